//! A guest with the modules and the programs in it, and `cargo xtask vm`.

use std::fs;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::command::{run, stdout, tool};
use crate::initramfs::Initramfs;
use crate::kernel::Kernel;
use crate::lane::Lane;
use crate::module::{self, Built, Source};
use crate::modules::{self, Module};
use crate::qemu::{self, Boot, Machine, Outcome};
use crate::{host, paths, programs};

/// Everything that a guest is made of.
#[derive(Debug)]
pub(crate) struct Guest {
    pub(crate) kernel: Kernel,
    machine: Machine,
    built: Built,
    programs: Vec<PathBuf>,
    /// Paths in the guest, and here.
    files: Vec<(String, PathBuf)>,
}

impl Guest {
    /// Fetches and builds what is not there yet. It has no programs.
    pub(crate) fn prepare(lane: Lane, source: &Source) -> Result<Self> {
        let _lock = paths::lock()?;
        host::need(host::KERNEL)?;
        let kernel = Kernel::of(lane)?;
        let built = module::build(&kernel, source)?;
        Ok(Self { kernel, machine: Machine::CHECKED, built, programs: Vec::new(), files: Vec::new() })
    }

    /// With these programs in `PATH`.
    pub(crate) fn with_programs(self, programs: Vec<PathBuf>) -> Self {
        Self { programs, ..self }
    }

    /// With these files: their paths in the guest, and here.
    pub(crate) fn with_files(self, files: Vec<(String, PathBuf)>) -> Self {
        Self { files, ..self }
    }

    /// On this machine.
    pub(crate) fn on(self, machine: Machine) -> Self {
        Self { machine, ..self }
    }

    /// Boots and runs `job`, a shell script; without a limit a person sits at the terminal.
    pub(crate) fn run(&self, job: &str, limit: Option<u64>, show: bool) -> Result<Outcome> {
        let boot = Boot { kernel: &self.kernel, machine: self.machine, limit, show };
        qemu::boot(&boot, &self.initramfs(job)?)
    }

    fn initramfs(&self, job: &str) -> Result<Initramfs> {
        // Another run may be building the same modules anew.
        let _lock = paths::lock()?;
        let mut guest = Initramfs::default();
        for directory in ["bin", "dev", "etc", "proc", "sys", "tmp", "usr/local/bin"] {
            guest.directory(directory);
        }
        // The kernel opens it for us before there is a devtmpfs.
        guest.device("dev/console", 5, 1);
        guest.link("sbin", "bin");
        guest.program("bin/busybox", fs::read(self.kernel.busybox()?)?);
        for program in self.tools() {
            guest.program(&format!("bin/{program}"), guest_tool(program)?);
        }
        guest.program("init", include_str!("../guest/init"));
        guest.file("etc/job", format!("{}\n{job}\n", self.modules_for_shell()));
        self.add_modules(&mut guest)?;
        for program in &self.programs {
            let name = program.file_name().unwrap_or_default().to_string_lossy();
            guest.program(&format!("usr/local/bin/{name}"), stripped(program, "--strip-all")?);
        }
        for library in programs::libraries(&self.programs)? {
            guest.program(&library.to_string_lossy(), fs::read(&library)?);
        }
        for (path, here) in &self.files {
            guest.program(path, fs::read(here).with_context(|| here.display().to_string())?);
        }
        Ok(guest)
    }

    /// Names of C programs in `guest/`.
    fn tools(&self) -> &'static [&'static str] {
        match self.kernel.lane {
            Lane::Sanitized => &["guest-exit", "fail-load"],
            _ => &["guest-exit"],
        }
    }

    fn add_modules(&self, guest: &mut Initramfs) -> Result<()> {
        let mut modules = modules::wanted(&self.kernel.modules()?)?;
        for path in &self.built.modules {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            modules.push(Module::new(&name, stripped(path, "--strip-debug")?));
        }
        let place = format!("lib/modules/{}", self.kernel.release);
        let (dep, alias) = modules::tables(&modules);
        guest.file(&format!("{place}/modules.dep"), dep);
        guest.file(&format!("{place}/modules.alias"), alias);
        for module in modules {
            guest.file(&format!("{place}/{}.ko", module.name), module.contents);
        }
        Ok(())
    }

    fn modules_for_shell(&self) -> String {
        let mut names = self.built.names();
        let load = names.join(" ");
        names.reverse();
        format!("MODULES='{load}' UNLOAD='{}'", names.join(" "))
    }
}

/// What `cargo xtask vm` is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) lane: Lane,
    /// The directory of other modules than ours.
    pub(crate) module: Option<PathBuf>,
    /// Other programs than ours.
    pub(crate) programs: Vec<PathBuf>,
    /// The command; a shell if there is none.
    pub(crate) words: Vec<String>,
    /// Seconds.
    pub(crate) limit: Option<u64>,
}

impl Options {
    /// With other modules or programs than ours, ours are not even built.
    fn guest(&self) -> Result<Guest> {
        let is_other = self.module.is_some() || !self.programs.is_empty();
        let programs = if is_other { absolute(&self.programs)? } else { programs::build()? };
        let source = match &self.module {
            Some(dir) => Source::Directory(fs::canonicalize(dir).with_context(|| dir.display().to_string())?),
            None => Source::Ours,
        };
        Ok(Guest::prepare(self.lane, &source)?.with_programs(programs))
    }
}

fn absolute(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let absolute = |path: &PathBuf| fs::canonicalize(path).with_context(|| path.display().to_string());
    paths.iter().map(absolute).collect()
}

/// `cargo xtask vm`: a shell, or one command whose status is ours.
pub(crate) fn main(options: &Options) -> Result<ExitCode> {
    let words = &options.words;
    if words.is_empty() && !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        bail!("a shell needs a terminal; without one: cargo xtask vm -- sh -c 'commands'");
    }
    let guest = options.guest()?;
    let limit = options.limit.unwrap_or(options.lane.limit());
    if words.is_empty() {
        eprintln!("{}: `exit` ends the guest, Ctrl-A x QEMU", guest.kernel.release);
        guest.run("load\nsetsid -c sh </dev/ttyS1 >/dev/ttyS1 2>&1\nunload", None, true)?;
        return Ok(ExitCode::SUCCESS);
    }
    let outcome = guest.run(&command_job(words, std::io::stdout().is_terminal()), Some(limit), true)?;
    eprint!("{}", outcome.stderr);
    if outcome.fact("unload") != Some("0") {
        bail!("a module cannot be unloaded, or is not there any more; kernel log: {}", outcome.log.display());
    }
    let status = outcome.fact("status").context("the guest did not run the command")?;
    Ok(ExitCode::from(status.parse::<u8>()?))
}

/// In the guest it writes to a terminal, whatever our standard output is.
fn command_job(words: &[String], is_terminal: bool) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let color = if is_terminal { "" } else { "export NO_COLOR=1\n" };
    format!("{color}load\n{}\nfact status $?\nunload\nfact unload $?", words.join(" "))
}

/// As one word of a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn guest_tool(name: &str) -> Result<Vec<u8>> {
    let program = paths::cache().join("vm").join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(paths::cache().join("vm"))?;
    run(tool("gcc")
        .args(["-Os", "-static", "-Wall", "-Werror", "-o"])
        .arg(&program)
        .arg(format!("xtask/guest/{name}.c")))?;
    let bytes = stripped(&program, "--strip-all")?;
    fs::remove_file(program)?;
    Ok(bytes)
}

fn stripped(path: &PathBuf, how: &str) -> Result<Vec<u8>> {
    let copy = paths::cache().join("vm").join(format!("stripped-{}", std::process::id()));
    fs::create_dir_all(paths::cache().join("vm"))?;
    stdout(tool("strip").arg(how).arg("-o").arg(&copy).arg(path))?;
    let bytes = fs::read(&copy)?;
    fs::remove_file(copy)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_the_guest_as_they_are() {
        let echoed =
            |word: &str| stdout(tool("sh").arg("-c").arg(format!("printf %s {}", quoted(word)))).unwrap();
        for word in ["Hello, how are you?", "it's", "$HOME `id` \"x\" \\", ""] {
            assert_eq!(echoed(word), word);
        }
    }

    #[test]
    fn the_status_is_that_of_the_command() {
        let job = command_job(&["greet".into(), "Hello".into()], true);
        assert!(job.contains("'greet' 'Hello'\nfact status $?"), "{job}");
        assert!(!job.contains("NO_COLOR"), "{job}");
    }

    #[test]
    fn what_goes_into_a_file_has_no_colour() {
        assert!(command_job(&["rtm".into()], false).starts_with("export NO_COLOR=1\n"));
    }
}
