//! What the tests of the program share.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// The program.
pub(crate) const NLTOOL: &str = env!("CARGO_BIN_EXE_nltool");

/// The path of a capture.
pub(crate) fn capture(name: &str) -> String {
    format!("{}/tests/captures/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program with this input.
pub(crate) fn run(args: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(NLTOOL);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that ends early does not read everything.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// What it prints, when it succeeds.
pub(crate) fn stdout(args: &[&str], input: &[u8]) -> String {
    let output = run(args, input);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Says why a test cannot run here; in CI that is a failure.
pub(crate) fn skip(reason: &str) {
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "skipped in CI: {reason}");
    println!("SKIP: {reason}");
}

/// Whether a program is there.
pub(crate) fn has(program: &str) -> bool {
    let found =
        Command::new("sh").args(["-c", &format!("command -v {program}")]).stdout(Stdio::null()).status();
    let is_there = found.is_ok_and(|status| status.success());
    if !is_there {
        skip(&format!("there is no {program}"));
    }
    is_there
}

/// Runs a shell script in a network namespace of its own, `$nltool` being the program; `None` if there cannot be one.
pub(crate) fn in_namespace(script: &str) -> Option<Output> {
    let may = |flags: &[&str]| {
        let tried = Command::new("unshare").args(flags).arg("true").stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    };
    let Some(flags) = [&["-n"][..], &["-Urn"]].into_iter().find(|flags| may(flags)) else {
        skip("cannot make a network namespace with unshare");
        return None;
    };
    Some(
        Command::new("unshare")
            .args(flags)
            .args(["sh", "-c", script])
            .env("nltool", NLTOOL)
            .output()
            .unwrap(),
    )
}
