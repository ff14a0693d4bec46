//! `nltool trace`: what a program says on its netlink sockets, through strace.

mod ending;

use crate::capture;
use crate::catalogue::Catalogue;
use crate::decode::{Decoder, Options};
use crate::error::Failure;
use crate::kernel;
use crate::paint::Ink;
use ending::{Code, UntilEnd};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;

/// What to trace.
#[derive(Debug, clap::Args)]
pub struct Trace {
    /// The command to trace, and its arguments; what belongs to nltool comes before it
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub command: Vec<String>,
    /// Traces this running process instead of a command
    #[arg(short, long, value_name = "PID", conflicts_with = "command")]
    pub pid: Option<u32>,
    #[command(flatten)]
    pub options: Options,
}

/// Runs a command, or attaches to a process, and shows its messages.
///
/// # Errors
///
/// If there is no strace, or it may not trace; the command's exit code.
pub fn run(trace: &Trace, mut catalogue: Catalogue, ink: Ink, out: &mut dyn Write) -> Result<(), Failure> {
    if trace.pid.is_none() && trace.command.is_empty() {
        let text =
            "what is to be traced? A command (nltool trace -- COMMAND), or a process that runs (--pid PID)";
        return Err(Failure::Usage(text.into()));
    }
    trace.options.filter.check(&catalogue, &[])?;
    // The numbers of families are those of this kernel. Without them, their messages are shown as bytes.
    if let Err(err) = kernel::learn(&mut catalogue) {
        eprintln!("nltool: generic netlink cannot be asked: {err}");
    }
    let pipe = Pipe::new()?;
    let mut strace = Command::new("strace");
    strace.arg("-o").arg(&pipe.path).args([
        "-f",
        // The line that a process has ended is needed; those about attaching are not.
        "-q",
        // It can be told to stop, which it does not let happen otherwise when it writes to a file.
        "-I",
        "2",
        "-ttt",
        "-T",
        "-yy",
        "-s",
        "0",
        "-e",
        "signal=none",
        "-e",
        "read=all",
        "-e",
        "write=all",
        "-e",
        "trace=execve,socket,close,sendto,sendmsg,sendmmsg,recvfrom,recvmsg,recvmmsg,read,readv,write,writev",
    ]);
    match trace.pid {
        Some(pid) => strace.arg("-p").arg(pid.to_string()),
        None => strace.arg("--").args(&trace.command),
    };
    let mut child = strace.spawn().map_err(|err| match err.kind() {
        io::ErrorKind::NotFound => Failure::Other(
            "strace is not installed; nltool trace works through it (apt install strace)".into(),
        ),
        _ => Failure::Io(err),
    })?;
    let mut decoder = Decoder::new(&trace.options, catalogue, ink);
    let (strace, code) = (child.id(), Code::default());
    let input = |file| UntilEnd::new(file, strace, trace.pid, code.clone());
    let shown = pipe.read(&mut child).and_then(|file| decoder.capture(Box::new(input(file)), out));
    let status = child.wait()?;
    // A process that is traced by its number is not ours: how it ends is no error. Of a command strace knows it, unless it
    // was told to stop.
    let code = match (trace.pid, status.code()) {
        (Some(_), None) => Some(0),
        (_, own) => own.or(code.get()),
    };
    match shown {
        // A program that says nothing on netlink is worth a word, not an error.
        Err(Failure::Other(text))
            if [capture::NOTHING, capture::EMPTY].contains(&&*text) && code == Some(0) =>
        {
            eprintln!("nltool: the program has not used netlink");
        }
        Err(failure) if code == Some(0) => return Err(failure),
        _ => {}
    }
    decoder.finish(out)?;
    ended(code, trace.pid.is_some())
}

/// How the command has ended, or strace, if the process is not ours.
fn ended(code: Option<i32>, is_strace: bool) -> Result<(), Failure> {
    match (code, code.and_then(|code| u8::try_from(code).ok())) {
        (Some(0), _) => Ok(()),
        (Some(code), Some(_)) if is_strace => {
            Err(Failure::Other(format!("strace ended with exit code {code}")))
        }
        (_, Some(code)) => Err(Failure::Command(code)),
        _ => Err(Failure::Other("the command was ended by a signal".into())),
    }
}

/// A named pipe in a directory of its own.
struct Pipe {
    directory: PathBuf,
    path: PathBuf,
}

impl Pipe {
    fn new() -> Result<Self, Failure> {
        let directory = std::env::temp_dir().join(format!("nltool-{}", std::process::id()));
        fs::create_dir(&directory)?;
        let path = directory.join("strace");
        let new = Self { directory, path };
        match Command::new("mkfifo").arg("-m").arg("600").arg(&new.path).status()?.success() {
            true => Ok(new),
            false => Err(Failure::Other("mkfifo failed".into())),
        }
    }

    /// The reading end, once strace has opened the other; an empty file if strace ends before.
    fn read(&self, child: &mut Child) -> Result<File, Failure> {
        let path = self.path.clone();
        let opened = thread::spawn(move || File::open(path));
        while !opened.is_finished() {
            if child.try_wait()?.is_some() {
                release(&self.path);
            }
            thread::sleep(std::time::Duration::from_millis(2));
        }
        match opened.join() {
            Ok(file) => Ok(file?),
            Err(_) => Err(Failure::Other("the pipe from strace could not be opened".into())),
        }
    }
}

/// Opens the writing end for a moment, so that a reader that waits for it goes on.
fn release(path: &Path) {
    drop(OpenOptions::new().read(true).write(true).open(path));
}

impl Drop for Pipe {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.directory));
    }
}
