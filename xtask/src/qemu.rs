//! One boot of a guest in QEMU.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

use anyhow::{Context, Result, bail};

use crate::command::tail;
use crate::initramfs::Initramfs;
use crate::kernel::Kernel;
use crate::{log_scan, paths, patience};

/// What `guest-exit 16` at the end of the guest's `init` becomes. Status 0 is what a panic leaves.
const ENDED_IN_ORDER: i32 = 33;
/// What `timeout` returns when the time is over.
const TIME_OVER: i32 = 124;
/// On the kernel's command line: every fault ends the boot.
const COMMAND_LINE: &str = "console=ttyS0 panic=-1 oops=panic panic_on_warn=1";

/// What a guest runs on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Machine {
    /// Memory in MiB.
    memory: u32,
    /// More for the kernel's command line.
    options: &'static str,
    /// More for QEMU's command line.
    devices: &'static [&'static str],
}

impl Machine {
    /// Small, and with a kernel that looks at every object that it allocates or frees.
    pub(crate) const CHECKED: Self = Self { memory: 512, options: "slub_debug=FZPU", devices: &[] };
    /// The same with a network card, which is connected to nothing: it has rings and pause frames.
    pub(crate) const WITH_CARD: Self = Self {
        devices: &["-netdev", "hubport,hubid=0,id=card", "-device", "e1000,netdev=card,romfile="],
        ..Self::CHECKED
    };
    /// With room for a million routes, which the kernel does not look at: every cache is one of its own, so that its
    /// objects can be counted.
    pub(crate) const LARGE: Self = Self { memory: 2048, options: "slab_nomerge", devices: &[] };
}

/// How to boot.
#[derive(Debug)]
pub(crate) struct Boot<'a> {
    pub(crate) kernel: &'a Kernel,
    pub(crate) machine: Machine,
    /// Seconds, see [`patience`]; none for a person at a terminal.
    pub(crate) limit: Option<u64>,
    /// Whether the guest's output is shown as it comes.
    pub(crate) show: bool,
}

/// What a boot that ended in order leaves behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    facts: String,
    /// Whether the output was seen as it came.
    pub(crate) was_shown: bool,
    /// The kernel's log, which stays.
    pub(crate) log: PathBuf,
}

impl Outcome {
    /// What there is to read when something was not as it should.
    pub(crate) fn context(&self) -> String {
        format!("{}\n{}kernel log: {}", tail(&self.stdout, 40), self.stderr, self.log.display())
    }

    /// What the guest says under that name.
    pub(crate) fn fact(&self, name: &str) -> Option<&str> {
        self.facts(name).next()
    }

    /// All that the guest says under that name.
    pub(crate) fn facts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.facts.lines().filter_map(move |line| line.trim().strip_prefix(name)?.strip_prefix(' '))
    }
}

/// Boots that are repeated because the kernel did not reach its init, so that nothing of ours has run: QEMU's emulation of
/// two processors loses races with a kernel that patches its own code (seen on 7.3, in the scheduler).
const SPARE_BOOTS: u32 = 2;

/// Boots, waits for the end, and looks through the kernel's log.
///
/// # Errors
///
/// If the time was over, the kernel panicked, or its log holds a fault.
pub(crate) fn boot(boot: &Boot<'_>, guest: &Initramfs) -> Result<Outcome> {
    let dir = paths::cache().join("vm").join(format!("{}-{}", boot.kernel.lane.name(), std::process::id()));
    fs::create_dir_all(&dir)?;
    fs::write(dir.join("initrd"), guest.emit())?;
    let read = |file: &str| {
        let bytes = fs::read(dir.join(file)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
    };
    let mut run = self::run(boot, &dir);
    for _ in 0..SPARE_BOOTS {
        if run.is_err() || log_scan::reached_init(&read("console")) {
            break;
        }
        eprintln!("kernel {} fell over under emulation, before its init: once more", boot.kernel.lane.name());
        run = self::run(boot, &dir);
    }
    let (console, stderr, facts) = (read("console"), read("stderr"), read("facts"));
    let log = paths::cache().join("vm").join(format!("{}.log", boot.kernel.lane.name()));
    fs::write(&log, &console)?;
    fs::remove_dir_all(&dir)?;

    let (status, stdout) = run?;
    if let Err(error) = judge(status, &console, boot.limit) {
        bail!("{error:#}\n{stdout}{stderr}kernel log: {}", log.display());
    }
    Ok(Outcome { stdout, stderr, facts, was_shown: boot.show, log })
}

fn run(boot: &Boot<'_>, dir: &Path) -> Result<(ExitStatus, String)> {
    let mut child = qemu(boot, dir)?.spawn().context("cannot run QEMU")?;
    let id = child.id();
    thread::scope(|scope| {
        let (_until_here, ended) = mpsc::channel();
        if let Some(limit) = boot.limit {
            scope.spawn(move || patience::watch(id, limit, &ended));
        }
        let text = child.stdout.take().map_or_else(|| Ok(Vec::new()), |stdout| read(stdout, boot.show))?;
        Ok((child.wait()?, String::from_utf8_lossy(&text).into_owned()))
    })
}

/// All that comes, which is shown at once where that is wanted.
fn read(mut from: impl Read, show: bool) -> Result<Vec<u8>> {
    let (mut text, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let count = from.read(&mut chunk)?;
        if count == 0 {
            return Ok(text);
        }
        text.extend_from_slice(&chunk[..count]);
        if show {
            std::io::stdout().write_all(&chunk[..count])?;
            std::io::stdout().flush()?;
        }
    }
}

fn qemu(boot: &Boot<'_>, dir: &Path) -> Result<Command> {
    let mut command = patience::timeout(boot.limit.unwrap_or(0));
    command.arg("qemu-system-x86_64");
    // Not KVM: it may be there and hang. cmpxchg16b is emulated wrongly up to QEMU 7.2, which crashes kernels.
    command.args(["-accel", "tcg", "-cpu", "qemu64,-cx16", "-smp", "2,sockets=2,cores=1"]);
    command.arg("-m").arg(boot.machine.memory.to_string());
    command.args(["-nodefaults", "-display", "none", "-no-reboot"]);
    command.args(["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]).args(boot.machine.devices);
    let file = |name: &str| format!("file:{}", dir.join(name).display());
    let terminal = match boot.limit {
        Some(_) => "stdio,id=out,signal=off",
        None => "stdio,id=out,signal=off,mux=on",
    };
    command.args(["-serial", &file("console"), "-chardev", terminal, "-serial", "chardev:out"]);
    command.args(["-serial", &file("stderr"), "-serial", &file("facts")]);
    if boot.limit.is_none() {
        command.args(["-mon", "chardev=out"]);
    } else {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
    }
    command.arg("-kernel").arg(boot.kernel.image()?).arg("-initrd").arg(dir.join("initrd"));
    command.args(["-append", &format!("{COMMAND_LINE} {}", boot.machine.options)]);
    Ok(command)
}

fn judge(status: ExitStatus, console: &str, limit: Option<u64>) -> Result<()> {
    let faults = log_scan::faults(console);
    if !faults.is_empty() {
        bail!("the kernel reports {}\n{}", faults.join("\n"), tail(console, 60));
    }
    match status.code() {
        Some(ENDED_IN_ORDER) => {}
        Some(TIME_OVER) => bail!("no end after {} s\n{}", limit.unwrap_or(0), tail(console, 20)),
        _ => bail!("the guest did not end in order ({status})\n{}", tail(console, 40)),
    }
    if !log_scan::reached_init(console) {
        bail!("the kernel's log is not complete\n{}", tail(console, 20));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    const HEALTHY: &str = "[0.1] Run /init as init process\n[1.0] greet: registered\n";

    fn exited(code: i32) -> ExitStatus {
        ExitStatus::from_raw(code << 8)
    }

    #[test]
    fn only_an_end_in_order_with_a_clean_log_is_a_pass() {
        assert!(judge(exited(33), HEALTHY, Some(9)).is_ok());
        assert!(judge(exited(0), HEALTHY, Some(9)).is_err());
        assert!(judge(exited(35), HEALTHY, Some(9)).is_err());
        assert!(judge(exited(33), "nothing", Some(9)).is_err());
    }

    #[test]
    fn a_fault_is_reported_whatever_the_status() {
        let log = format!("{HEALTHY}[2.0] BUG: unable to handle page fault\n");
        let error = judge(exited(33), &log, Some(9)).unwrap_err().to_string();
        assert!(error.contains("page fault"), "{error}");
    }

    #[test]
    fn the_time_limit_is_named() {
        let error = judge(exited(124), HEALTHY, Some(9)).unwrap_err().to_string();
        assert!(error.contains("9 s"), "{error}");
    }

    #[test]
    fn facts_are_found_by_their_whole_name() {
        let facts = "loops 50\r\nstatus 3\n".to_owned();
        let outcome = Outcome {
            stdout: String::new(),
            stderr: String::new(),
            facts,
            was_shown: false,
            log: PathBuf::new(),
        };
        assert_eq!(outcome.fact("status"), Some("3"));
        assert_eq!(outcome.fact("loops"), Some("50"));
        assert_eq!(outcome.fact("loop"), None);
    }
}
