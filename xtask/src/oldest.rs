//! The oldest compiler that the published crates promise to build with: `rust-version` in `Cargo.toml`.
//!
//! It is Debian's, unpacked under `target/` as the kernels are, and runs on this machine as it is.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::apt::Apt;
use crate::command::{cargo, run, stdout, tool};
use crate::host::Unavailable;
use crate::tally::Tally;
use crate::{paths, published};

/// Debian's suite with that compiler, and its packages there: compiler, standard library, code generator.
const SUITE: &str = "bookworm";
const PACKAGES: [&str; 4] = ["rustc-web", "libstd-rust-web-dev", "libstd-rust-web-1.85", "libllvm19"];

/// Checks the published crates, with all features, by that compiler.
pub(crate) fn check() -> Result<Tally> {
    let compiler = compiler()?;
    let mut command = cargo();
    command.args(["check", "--quiet", "--target-dir"]).arg(dir().join("target"));
    command.args(published::packages()).args(["--features", published::FEATURES]);
    // Crates that we use may promise less than they hold.
    run(command.arg("--ignore-rust-version").env("RUSTC", compiler))?;
    Ok(Tally { passed: published::CRATES.len(), ..Tally::default() })
}

fn dir() -> PathBuf {
    paths::cache().join("oldest-rustc")
}

/// A script that runs the compiler with its own libraries; fetched if it is not there.
fn compiler() -> Result<PathBuf> {
    if std::env::consts::ARCH != "x86_64" {
        return Err(Unavailable("the oldest compiler is fetched for x86-64 only".into()).into());
    }
    let _lock = paths::lock()?;
    let script = dir().join("rustc");
    if !script.exists() {
        let tree = dir().join("tree");
        eprintln!("oldest compiler: fetching and unpacking {}", PACKAGES.join(" "));
        let apt = Apt::update(dir().join("apt"), &[SUITE])?;
        apt.unpack(&PACKAGES, &tree)?;
        write_script(&script, &tree.join("usr"))?;
    }
    let version = stdout(tool(&script).arg("--version"))?;
    let wanted = wanted()?;
    ensure!(is_release(&version, &wanted), "`rust-version` is {wanted}, and {SUITE} has {version}");
    Ok(script)
}

fn write_script(script: &Path, tree: &Path) -> Result<()> {
    let tree = tree.display();
    let libraries = format!("{tree}/lib/x86_64-linux-gnu:{tree}/lib/llvm-19/lib");
    let text =
        format!("#!/bin/sh\nLD_LIBRARY_PATH={libraries} exec {tree}/bin/rustc --sysroot {tree} \"$@\"\n");
    fs::write(script, text)?;
    fs::set_permissions(script, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// What `Cargo.toml` promises.
fn wanted() -> Result<String> {
    let manifest = fs::read_to_string(paths::root().join("Cargo.toml"))?;
    let Some(line) = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")) else {
        bail!("the workspace's Cargo.toml has no `rust-version`");
    };
    let version = line.trim().trim_matches('"');
    version.split_once('.').context("`rust-version` has no minor version").map(|_| version.to_owned())
}

/// Whether `rustc --version` is of this release.
fn is_release(version: &str, release: &str) -> bool {
    let number = version.split(' ').nth(1).unwrap_or_default();
    number.strip_prefix(release).is_some_and(|patch| patch.is_empty() || patch.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_all_of_its_numbers() {
        assert!(is_release("rustc 1.85.0 (4d91de4e4 2025-02-17)", "1.85"));
        assert!(!is_release("rustc 1.850.0", "1.85"));
        assert!(!is_release("rustc 1.95.0", "1.85"));
    }

    #[test]
    fn the_manifest_promises_a_release() {
        assert!(wanted().unwrap().starts_with("1."));
    }
}
