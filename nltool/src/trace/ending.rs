//! The end of a trace: when the command itself has ended, strace lets go of what it has left in the background.

use std::cell::Cell;
use std::fs;
use std::io::{self, Read};
use std::process::Command;
use std::rc::Rc;

/// What strace prints, up to the end of the command. Processes that the command has started in the background run on, but
/// are not traced any more.
pub(super) struct UntilEnd<R> {
    input: R,
    strace: u32,
    /// The process to which the trace belongs: that of the first line, if it is not known before.
    process: Option<u32>,
    /// The beginning of the line that is being read.
    line: Vec<u8>,
    has_ended: bool,
    /// The exit code of the command, once it has ended.
    code: Code,
}

/// An exit code that is told when it is known; -1 stands for a signal.
pub(super) type Code = Rc<Cell<Option<i32>>>;

/// The process, the time and the words of an end take less, in bytes.
const MAX_LINE: usize = 80;

impl<R> UntilEnd<R> {
    pub(super) fn new(input: R, strace: u32, process: Option<u32>, code: Code) -> Self {
        Self { input, strace, process, line: Vec::new(), has_ended: false, code }
    }

    /// Looks at what was read, for the line that tells the end.
    fn watch(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = MAX_LINE.saturating_sub(self.line.len());
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.has_ended |= self.is_end(&String::from_utf8_lossy(&line));
            }
        }
    }

    /// Whether a line tells that the process has ended: `17 1700000000.5 +++ exited with 0 +++`.
    fn is_end(&mut self, line: &str) -> bool {
        let mut words = line.split_whitespace();
        let Some(process) = words.next().and_then(|word| word.parse().ok()) else { return false };
        let is_own = *self.process.get_or_insert(process) == process;
        let code = match words.skip(1).collect::<Vec<_>>()[..] {
            ["+++", "exited", "with", code, ..] => code.parse().ok(),
            ["+++", "killed", ..] => Some(-1),
            _ => None,
        };
        let code = code.filter(|_| is_own);
        self.code.set(code.or(self.code.get()));
        code.is_some()
    }

    /// Makes strace let go of the processes that it still traces, and says which.
    fn let_go(&self) -> io::Result<()> {
        let left = traced_by(self.strace, self.process);
        if left.is_empty() {
            return Ok(());
        }
        eprintln!(
            "nltool: the command has ended; it has left this in the background, which is not traced any more: {}",
            left.join(", ")
        );
        let status = Command::new("kill").arg(self.strace.to_string()).status()?;
        match status.success() || !is_there(self.strace) {
            true => Ok(()),
            false => Err(io::Error::other("strace does not let go of the processes in the background")),
        }
    }
}

impl<R: Read> Read for UntilEnd<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let len = self.input.read(buf)?;
        if !self.has_ended {
            self.watch(&buf[..len]);
            if self.has_ended {
                self.let_go()?;
            }
        }
        Ok(len)
    }
}

fn is_there(process: u32) -> bool {
    fs::exists(format!("/proc/{process}")).unwrap_or(false)
}

/// The processes that one traces, by name and number, but for one of them.
fn traced_by(tracer: u32, but: Option<u32>) -> Vec<String> {
    let Ok(all) = fs::read_dir("/proc") else { return Vec::new() };
    let processes = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let traced = processes.filter(|process| Some(*process) != but).filter_map(|process| {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let field = |name: &str| status.lines().find_map(|line| Some(line.strip_prefix(name)?.trim()));
        let is_traced = field("TracerPid:")?.parse() == Ok(tracer);
        is_traced.then(|| format!("{} (process {process})", field("Name:").unwrap_or_default()))
    });
    traced.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str, process: Option<u32>) -> Option<i32> {
        let code = Code::default();
        // A number that no process has.
        let mut input = UntilEnd::new(text.as_bytes(), u32::MAX, process, code.clone());
        let mut one = [0; 1];
        while input.read(&mut one).unwrap() > 0 {}
        code.get()
    }

    #[test]
    fn the_end_is_that_of_the_command_and_of_no_other_process() {
        let text =
            "17 1.5 execve(\"/bin/a\", [\"\"...], 0x7ff /* 9 vars */) = 0\n18 1.6 +++ exited with 0 +++\n";
        assert_eq!((code(text, None), code(text, Some(18))), (None, Some(0)));
        for (end, expected) in [("exited with 3", 3), ("killed by SIGKILL", -1)] {
            assert_eq!(code(&format!("{text}17 1.7 +++ {end} +++\n"), None), Some(expected), "{end}");
        }
        let other =
            "17 1.7 +++ superseded by execve in pid 19 +++\n17 1.8 write(1, \" +++ exited\", 11) = 11\n";
        assert_eq!(code(&format!("{text}{other}"), None), None);
    }
}
