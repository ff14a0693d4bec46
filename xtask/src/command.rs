//! Running the tools of the machine.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

/// A tool in the workspace's directory, in plain C locale, kept from fetching parts of the Rust
/// toolchain by itself.
pub(crate) fn tool(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(crate::paths::root())
        .env("LC_ALL", "C")
        .env("CARGO_LLVM_COV_SETUP", "no")
        .env("RUSTUP_DIST_SERVER", "http://127.0.0.1:9")
        .env("RUSTUP_UPDATE_ROOT", "http://127.0.0.1:9");
    command
}

/// Cargo, the one that runs us.
pub(crate) fn cargo() -> Command {
    without_package(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A tool that builds: without what `cargo run` has set for us, which would make its build see other inputs than one by hand.
pub(crate) fn without_package(program: impl AsRef<OsStr>) -> Command {
    let mut command = tool(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|n| n.starts_with("CARGO_PKG_") || n.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it with nothing to read, and gives what it wrote, whatever its status.
pub(crate) fn capture(command: &mut Command) -> Result<Output> {
    let output = command.stdin(Stdio::null()).output();
    output.with_context(|| format!("cannot run {}", name(command)))
}

/// What it wrote to standard output; failure, with the end of what it said, unless it succeeds.
pub(crate) fn stdout(command: &mut Command) -> Result<String> {
    let output = capture(command)?;
    if !output.status.success() {
        bail!("{} failed ({})\n{}", name(command), output.status, tail(&said(&output), 40));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs it quietly.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    stdout(command).map(drop)
}

/// Runs it quietly; whether it succeeded. A tool that is not there did not.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    capture(command).is_ok_and(|output| output.status.success())
}

/// Both streams, one after the other.
pub(crate) fn said(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text
}

/// The last `lines` lines.
pub(crate) fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// Whether a program of this name is in `PATH`, or a file of this whole path is there.
pub(crate) fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<_> = std::env::split_paths(&path).collect();
    // Where Debian has programs for root, which a user's path lacks.
    places.extend(["/usr/sbin", "/sbin"].map(Into::into));
    places.iter().any(|place| place.join(program).is_file())
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()];
    words.extend(command.get_args().take(6).map(|arg| arg.to_string_lossy().into_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tail_is_the_last_lines() {
        assert_eq!(tail("a\nb\nc\n", 2), "b\nc");
        assert_eq!(tail("a", 2), "a");
    }

    #[test]
    fn a_failure_says_what_the_tool_said() {
        let error = stdout(tool("sh").args(["-c", "echo lost >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.contains("lost") && error.contains('3'), "{error}");
    }

    #[test]
    fn a_missing_tool_is_not_installed() {
        assert!(is_installed("sh"));
        assert!(!is_installed("no-such-program-here"));
    }
}
