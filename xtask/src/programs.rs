//! The example programs, and the libraries they need in the guest.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command::{capture, cargo, run, stdout, tail, tool};

/// The scenario suite's program.
pub(crate) const SCENARIOS: &str = "scenarios";
/// The program that lets every allocation fail.
pub(crate) const FAIL_NTH: &str = "fail_nth";
/// The program that puts the modules under load.
pub(crate) const STRESS: &str = "stress";

/// Where the programs are that a guest has.
const PACKAGES: [&str; 2] = ["--package=nl-tlv-lab", "--package=nl-tlv-examples"];

/// Builds the examples and the suites; gives the paths of all programs.
pub(crate) fn build() -> Result<Vec<PathBuf>> {
    eprintln!("programs: building the examples");
    let mut programs = built(&["--bins", "--examples"])?;
    programs.sort();
    Ok(programs)
}

/// The program for load, optimised: emulation is slow enough. It takes all that it depends on anew, so only where it pays.
pub(crate) fn build_stress() -> Result<Vec<PathBuf>> {
    eprintln!("programs: building {STRESS}, optimised");
    built(&["--bin", STRESS, "--profile=guest"])
}

/// The programs that are installed.
pub(crate) fn installed(is_debug: bool) -> Result<Vec<PathBuf>> {
    eprintln!("programs: building those that are installed");
    let packages = ["--package=nltool", "--package=nl-tlv-examples"];
    let programs = ["--bin=nltool", "--example=greet", "--example=rtm"];
    let profile = if is_debug { "--profile=dev" } else { "--profile=release" };
    executables(packages.iter().chain(&programs).chain(&[profile]).copied())
}

/// The tests of the families' jobs, and of the container with its program: built as the step that runs all tests builds them.
pub(crate) fn jobs() -> Result<Vec<PathBuf>> {
    eprintln!("programs: building the tests of jobs");
    run(cargo().args(["build", "--quiet", "--workspace", "--example=container"]))?;
    tests(&["jobs", "container", "policies"])
}

/// Tests of the families, and of the container.
pub(crate) fn tests(names: &[&str]) -> Result<Vec<PathBuf>> {
    let mut command = cargo();
    command.args(["test", "--quiet", "--no-run", "--workspace"]);
    command.args(names.iter().map(|name| format!("--test={name}")));
    let text = stdout(command.arg("--message-format=json-render-diagnostics"))?;
    let is_ours = |line: &&str| line.contains("/families/tests/") || line.contains("/tests/container.rs");
    Ok(text.lines().filter(is_ours).filter_map(executable).map(PathBuf::from).collect())
}

fn built(what: &[&str]) -> Result<Vec<PathBuf>> {
    executables(PACKAGES.iter().chain(what).copied())
}

fn executables<'a>(arguments: impl Iterator<Item = &'a str>) -> Result<Vec<PathBuf>> {
    let json = ["build", "--quiet", "--message-format=json-render-diagnostics"];
    let output = capture(cargo().args(json).args(arguments))?;
    if !output.status.success() {
        bail!("the programs do not build\n{}", tail(&String::from_utf8_lossy(&output.stderr), 60));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(executable).map(PathBuf::from).collect())
}

/// The program of that name.
pub(crate) fn find<'a>(programs: &'a [PathBuf], name: &str) -> Result<&'a Path> {
    let found = programs.iter().find(|path| path.file_name().is_some_and(|file| file == name));
    found.map(PathBuf::as_path).with_context(|| format!("there is no program named {name}"))
}

/// The shared libraries of all of them, the loader included, as absolute paths.
pub(crate) fn libraries(programs: &[PathBuf]) -> Result<BTreeSet<PathBuf>> {
    let mut libraries = BTreeSet::new();
    for program in programs {
        let listing = stdout(tool("ldd").arg(program))?;
        libraries.extend(listing.lines().filter_map(library).map(PathBuf::from));
    }
    Ok(libraries)
}

/// The program that a line of cargo's JSON names.
fn executable(line: &str) -> Option<String> {
    let (_, after) = line.split_once("\"executable\":\"")?;
    let mut path = String::new();
    let mut chars = after.chars();
    loop {
        match chars.next()? {
            '"' => return Some(path),
            '\\' => path.push(chars.next()?),
            char => path.push(char),
        }
    }
}

/// The file that a line of `ldd` names.
fn library(line: &str) -> Option<&str> {
    let line = line.trim();
    let path = line.split_once("=> ").map_or(line, |(_, path)| path);
    path.split_whitespace().next().filter(|path| path.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executables_are_found_among_the_messages() {
        let line = r#"{"reason":"compiler-artifact","target":{"name":"greet"},"executable":"/a \"b\"/greet","fresh":true}"#;
        assert_eq!(executable(line).as_deref(), Some("/a \"b\"/greet"));
        assert_eq!(executable(r#"{"reason":"compiler-artifact","executable":null}"#), None);
    }

    #[test]
    fn libraries_and_the_loader_are_files() {
        assert_eq!(
            library("\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x7f)"),
            Some("/lib/x86_64-linux-gnu/libc.so.6")
        );
        assert_eq!(library("\t/lib64/ld-linux-x86-64.so.2 (0x7f)"), Some("/lib64/ld-linux-x86-64.so.2"));
        assert_eq!(library("\tlinux-vdso.so.1 (0x7f)"), None);
    }

    #[test]
    fn a_missing_program_is_named() {
        let programs = [PathBuf::from("target/debug/examples/greet")];
        assert!(find(&programs, "greet").is_ok());
        assert!(find(&programs, "rtm").unwrap_err().to_string().contains("rtm"));
    }
}
