//! A second network namespace, for interfaces that move.

use std::fs::read_link;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::thread::sleep;
use std::time::Duration;

/// The shell in the namespace; it ends with this process, which closes its input.
static SHELL: OnceLock<Mutex<Child>> = OnceLock::new();

fn shell() -> &'static Mutex<Child> {
    SHELL.get_or_init(|| {
        let script = "while read -r line; do ip $line; done";
        let mut unshare = Command::new("unshare");
        unshare.args(["-n", "sh", "-c", script]).stdin(Stdio::piped());
        let child = unshare.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let own = read_link("/proc/self/ns/net").unwrap();
        while read_link(format!("/proc/{}/ns/net", child.id())).unwrap() == own {
            sleep(Duration::from_millis(1));
        }
        Mutex::new(child)
    })
}

/// Carries out lines there, after a while.
pub(crate) fn run(lines: &[&str]) {
    let mut shell = shell().lock().unwrap();
    let lines: String =
        lines.iter().map(|line| line.trim_start_matches(['@', ' ']).to_owned() + "\n").collect();
    shell.stdin.as_mut().unwrap().write_all(lines.as_bytes()).unwrap();
}

/// A move of an interface to that namespace.
pub(crate) fn away(name: &str) -> String {
    format!("link set {name} netns {}", shell().lock().unwrap().id())
}

/// A move back.
pub(crate) fn back(name: &str) -> String {
    format!("@ link set {name} netns {}", std::process::id())
}
