//! A time limit that is about the program and not about the machine: the time that the program waited for a processor does
//! not count.

use std::fs;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::command::{run, tool};

/// How often it is looked how much time has passed.
const TICK: Duration = Duration::from_secs(1);

/// How many times its limit a program may take however busy the machine is. Only `timeout` knows it, so that a program ends
/// even if we are gone before it.
const AT_MOST: u64 = 10;

/// The program `timeout`, which is to run another one for that many seconds; 0 is for ever.
pub(crate) fn timeout(limit: u64) -> Command {
    let mut command = tool("timeout");
    command.args(["--foreground", "--kill-after=5"]).arg((limit * AT_MOST).to_string());
    command
}

/// Lets `timeout`, whose process id that is, end its program once it has had that many seconds; until `ended` is dropped.
pub(crate) fn watch(timeout: u32, limit: u64, ended: &Receiver<()>) {
    let began = Instant::now();
    while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        let waited = children(timeout).iter().map(|&child| waited(child)).max().unwrap_or_default();
        if began.elapsed().saturating_sub(waited).as_secs() >= limit {
            // As if its own time were over.
            let _ = run(tool("kill").args(["-ALRM", &timeout.to_string()]));
            return;
        }
    }
}

/// The processes that a process has started.
fn children(process: u32) -> Vec<u32> {
    let list = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

/// How long a thread of the process was ready to run and had no processor: that of the thread which waited longest.
fn waited(process: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let statistics = threads.filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok());
    statistics.filter_map(|text| delay(&text)).max().unwrap_or_default()
}

/// Of the time on a processor, the time without one, and the number of turns.
fn delay(schedstat: &str) -> Option<Duration> {
    schedstat.split_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::thread;

    /// The status of `timeout` for a shell command, and how long that took.
    fn ended(limit: u64, script: &str) -> (Option<i32>, Duration) {
        let began = Instant::now();
        let mut child = timeout(limit).args(["sh", "-c", script]).spawn().unwrap();
        let (end, ended) = mpsc::channel();
        let id = child.id();
        let watcher = thread::spawn(move || watch(id, limit, &ended));
        let status = child.wait().unwrap();
        drop(end);
        watcher.join().unwrap();
        (status.code(), began.elapsed())
    }

    #[test]
    fn a_program_is_ended_once_it_has_had_its_time() {
        let (status, took) = ended(1, "sleep 60");
        assert_eq!(status, Some(124));
        assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(AT_MOST), "{took:?}");
    }

    #[test]
    fn a_program_that_ends_by_itself_keeps_its_status() {
        assert_eq!(ended(60, "exit 33").0, Some(33));
    }

    #[test]
    fn the_time_without_a_processor_is_the_second_number() {
        assert_eq!(delay("227281291 1202484718 2469\n"), Some(Duration::from_nanos(1_202_484_718)));
        assert_eq!(delay(""), None);
    }

    #[test]
    fn who_waits_for_a_processor_is_seen_to_wait() {
        // More programs than processors.
        let count = thread::available_parallelism().unwrap().get() * 2;
        let spin = || timeout(1).args(["sh", "-c", "while :; do :; done"]).spawn().unwrap();
        let mut all: Vec<_> = (0..count).map(|_| spin()).collect();
        thread::sleep(Duration::from_secs(2));
        let waited = all.iter().flat_map(|child| children(child.id())).map(waited).max().unwrap();
        for child in &mut all {
            let _ = run(tool("kill").args(["-ALRM", &child.id().to_string()]));
            assert_eq!(child.wait().unwrap().code(), Some(124));
        }
        assert!(waited > Duration::from_millis(200), "{waited:?}");
    }
}
