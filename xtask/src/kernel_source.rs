//! The sanitised kernel: Debian's source of the long-term kernel, configured by `guest/sanitized.config`.
//!
//! It is built once for a checkout and laid out as an unpacked Debian kernel is, so that everything else treats it as
//! one: image, a tree to build modules against, busybox.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::command::{run, stdout, tail, tool};
use crate::host;
use crate::lane::Lane;

/// On top of `tinyconfig`.
const CONFIG: &str = include_str!("../guest/sanitized.config");

/// The source package, and the directory in it.
const SOURCE: &str = "linux-source-6.12";

/// Of the built tree, what the build of a module reads.
const KEPT: &[&str] =
    &[".config", "Makefile", "Module.symvers", "arch/x86", "include", "scripts", "tools/objtool"];

/// Compiled files between two signs of life; about 1,650 in all.
const PROGRESS: usize = 300;

/// Changes with the configuration.
pub(crate) fn fingerprint() -> u64 {
    let mut hasher = DefaultHasher::new();
    CONFIG.hash(&mut hasher);
    hasher.finish()
}

/// Fetches the source and builds it below `part`; gives the release. The kernel's files are then in `tree`.
pub(crate) fn build(part: &Path, tree: &Path) -> Result<String> {
    host::need(host::KERNEL_BUILD)?;
    eprintln!("kernel {}: fetching {SOURCE}", Lane::Sanitized);
    let apt = Apt::update(part.join("apt"), Lane::Sanitized.suites())?;
    apt.unpack(&["busybox-static"], tree)?;
    let package = part.join("package");
    apt.unpack(&[SOURCE], &package)?;
    let archive = package.join(format!("usr/src/{SOURCE}.tar.xz"));
    run(tool("tar").arg("-xJf").arg(archive).arg("-C").arg(part))?;
    fs::remove_dir_all(package)?;

    let source = part.join(SOURCE);
    configure(&source)?;
    compile(&source)?;
    let release = stdout(tool("make").current_dir(&source).args(["-s", "kernelrelease"]))?.trim().to_owned();
    lay_out(&source, tree, &release)?;
    Ok(release)
}

/// # Errors
///
/// Also if an option did not survive, because what it depends on is not there: the kernel would check less than it says.
fn configure(source: &Path) -> Result<()> {
    run(tool("make").current_dir(source).args(["-s", "tinyconfig"]))?;
    let path = source.join(".config");
    fs::OpenOptions::new().append(true).open(&path)?.write_all(CONFIG.as_bytes())?;
    run(tool("make").current_dir(source).args(["-s", "olddefconfig"]))?;
    let lost = lost(CONFIG, &fs::read_to_string(path)?);
    if !lost.is_empty() {
        bail!("{SOURCE} does not take\n{}", lost.join("\n"));
    }
    Ok(())
}

/// The lines of `wanted` that the configuration does not have.
fn lost<'a>(wanted: &'a str, config: &str) -> Vec<&'a str> {
    let is_set = |line: &&str| line.starts_with("CONFIG_") && !config.lines().any(|found| found == *line);
    let is_unset = |line: &&str| {
        let name = line.strip_prefix("# ").and_then(|line| line.strip_suffix(" is not set"));
        name.is_some_and(|name| config.lines().any(|found| found.strip_prefix(name) == Some("=y")))
    };
    wanted.lines().filter(|line| is_set(line) || is_unset(line)).collect()
}

/// Takes minutes, so that it says how far it is, and leaves the machine to whoever else needs it.
fn compile(source: &Path) -> Result<()> {
    let jobs = std::thread::available_parallelism().map_or(2, |count| count.get());
    eprintln!("kernel {}: compiling, once: about ten minutes on two idle processors", Lane::Sanitized);
    let mut make = tool("nice");
    make.args(["-n", "10", "make", &format!("-j{jobs}"), "bzImage", "modules"]).current_dir(source);
    let log = source.with_extension("log");
    make.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(fs::File::create(&log)?);
    let mut make = make.spawn().context("cannot run make")?;
    let mut said = Vec::new();
    for line in BufReader::new(make.stdout.take().context("no output of make")?).lines() {
        said.push(line?);
        if said.len() % PROGRESS == 0 {
            eprintln!("kernel {}: {} steps done", Lane::Sanitized, said.len());
        }
    }
    let status = make.wait()?;
    if !status.success() {
        bail!("the build failed ({status})\n{}", tail(&fs::read_to_string(&log)?, 40));
    }
    Ok(())
}

/// As Debian's packages are, see [`crate::kernel`].
fn lay_out(source: &Path, tree: &Path, release: &str) -> Result<()> {
    let headers: PathBuf = tree.join("usr/src").join(format!("linux-headers-{release}"));
    for kept in KEPT {
        let to = headers.join(kept);
        fs::create_dir_all(to.parent().unwrap_or(&headers))?;
        fs::rename(source.join(kept), to).with_context(|| format!("the build made no {kept}"))?;
    }
    // Everything is built in.
    fs::create_dir_all(tree.join("lib/modules").join(release).join("kernel"))?;
    run(tool("strip").arg("-o").arg(tree.join("vmlinux")).arg(source.join("vmlinux")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_that_did_not_survive_is_named() {
        let wanted = "# why\nCONFIG_A=y\nCONFIG_B=y\n# CONFIG_C is not set\n# CONFIG_D is not set\n";
        assert!(lost(wanted, "CONFIG_A=y\nCONFIG_B=y\n# CONFIG_C is not set\n").is_empty());
        assert_eq!(lost(wanted, "CONFIG_A=y\nCONFIG_C=y\n"), ["CONFIG_B=y", "# CONFIG_C is not set"]);
    }

    #[test]
    fn the_configuration_has_every_checker() {
        for checker in [
            "KASAN",
            "UBSAN",
            "PROVE_LOCKING",
            "PROVE_RCU",
            "DEBUG_ATOMIC_SLEEP",
            "DEBUG_KMEMLEAK",
            "FAILSLAB",
        ] {
            assert!(CONFIG.lines().any(|line| line == format!("CONFIG_{checker}=y")), "{checker}");
        }
    }
}
