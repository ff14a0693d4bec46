//! How much code derived messages become in a program of its own, in the default release profile: what a reader or a
//! writer takes is paid for each message, and no count of instructions shows it.

use std::process::Command;

/// The compiler that [`BYTES`] was recorded with, for x86-64.
const TOOLCHAIN: &str = "rustc 1.95";

/// Of ten messages, with their constants.
const BYTES: u64 = 31_331;

#[test]
fn ten_messages_are_as_little_code_as_recorded() {
    let version = Command::new("rustc").arg("--version").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    if !cfg!(target_arch = "x86_64") || !version.starts_with(TOOLCHAIN) {
        return println!("SKIP: recorded with {TOOLCHAIN}, this is another");
    }
    let printed = Command::new(env!("CARGO_BIN_EXE_many-messages")).arg("10").output().unwrap();
    let table = String::from_utf8(printed.stdout).unwrap();
    let bytes: u64 =
        table.lines().last().unwrap().split(['|', ' ']).rev().find_map(|cell| cell.parse().ok()).unwrap();
    assert!(bytes.abs_diff(BYTES) <= BYTES / 50, "{bytes} bytes, {BYTES} recorded");
}
