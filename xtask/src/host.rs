//! Tools of the machine: installed where that can be done, asked for where it cannot.

use anyhow::{Result, bail};

use crate::command::{is_installed, run, stdout, tool};

/// A program and the Debian package that has it.
type Needed = (&'static str, &'static str);

/// To boot a kernel and to build a module for it.
pub(crate) const KERNEL: &[Needed] = &[
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("gcc", "gcc"),
    ("make", "make"),
    ("strip", "binutils"),
    ("xz", "xz-utils"),
    ("ldd", "libc-bin"),
    ("unshare", "util-linux"),
];

/// To check a module's source.
pub(crate) const CHECKS: &[Needed] = &[("sparse", "sparse"), ("perl", "perl"), ("tar", "tar")];

/// Installs what is missing if we are root, and otherwise says in one line what to install.
pub(crate) fn need(tools: &[Needed]) -> Result<()> {
    let missing: Vec<&str> =
        tools.iter().filter(|(program, _)| !is_installed(program)).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !is_installed("apt-get") || stdout(tool("id").arg("-u"))?.trim() != "0" {
        bail!("please install: apt-get install --no-install-recommends {}", missing.join(" "));
    }
    eprintln!("installing {}", missing.join(" "));
    run(tool("apt-get").args(["-q", "update"]))?;
    run(tool("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["-q", "-y", "install", "--no-install-recommends"])
        .args(&missing))
}
