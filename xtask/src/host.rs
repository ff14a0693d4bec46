//! Tools of the machine: installed where that can be done, asked for where it cannot.

use std::fmt;

use anyhow::{Error, Result};

use crate::command::{is_installed, run, stdout, tool};

/// What this machine does not have, in one line: a step that meets it is skipped, and has not failed.
#[derive(Debug)]
pub(crate) struct Unavailable(pub(crate) String);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unavailable {}

/// A program, or a file by its whole path, and the Debian packages that it takes.
type Needed = (&'static str, &'static str);

/// To boot a kernel and to build a module for it.
pub(crate) const KERNEL: &[Needed] = &[
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("gcc", "gcc libc6-dev"),
    ("make", "make"),
    ("strip", "binutils"),
    ("xz", "xz-utils"),
    ("ldd", "libc-bin"),
    ("unshare", "util-linux"),
    ("patch", "patch"),
];

/// To build a kernel, beside [`KERNEL`].
pub(crate) const KERNEL_BUILD: &[Needed] = &[
    ("flex", "flex"),
    ("bison", "bison"),
    ("bc", "bc"),
    ("tar", "tar"),
    ("/usr/include/libelf.h", "libelf-dev"),
];

/// What tests call: links are made with ip(8), system calls counted, constants compared with the C headers.
pub(crate) const TESTS: &[Needed] = &[
    ("ip", "iproute2"),
    ("unshare", "util-linux"),
    ("nft", "nftables"),
    ("conntrack", "conntrack"),
    ("ethtool", "ethtool"),
    ("ipset", "ipset"),
    ("iw", "iw"),
    ("wg", "wireguard-tools"),
    ("strace", "strace"),
    ("tcpdump", "tcpdump"),
    ("python3", "python3"),
    ("zsh", "zsh"),
    ("fish", "fish"),
    ("cc", "gcc libc6-dev"),
    ("valgrind", "valgrind"),
];

/// To drive the fuzz targets with libFuzzer, which is C++.
pub(crate) const FUZZ: &[Needed] = &[("c++", "g++")];

/// To compare with libmnl, beside [`FUZZ`].
pub(crate) const FUZZ_MNL: &[Needed] =
    &[("/usr/include/libmnl/libmnl.h", "libmnl-dev"), ("cc", "gcc libc6-dev")];

/// To check a module's source.
pub(crate) const CHECKS: &[Needed] =
    &[("sparse", "sparse"), ("perl", "perl"), ("tar", "tar"), ("depmod", "kmod"), ("openssl", "openssl")];

/// To look for the kernel's known mistakes.
pub(crate) const COCCINELLE: &[Needed] = &[("spatch", "coccinelle"), ("tar", "tar")];

/// Installs what is missing if we are root, and otherwise says in one line what to install.
pub(crate) fn need(tools: &[Needed]) -> Result<()> {
    let missing: Vec<&str> =
        tools.iter().filter(|(program, _)| !is_installed(program)).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !is_installed("apt-get") || stdout(tool("id").arg("-u"))?.trim() != "0" {
        let line = format!("please install: apt-get install --no-install-recommends {}", missing.join(" "));
        return Err(Error::new(Unavailable(line)));
    }
    eprintln!("installing {}", missing.join(" "));
    run(tool("apt-get").args(["-q", "update"]))?;
    run(tool("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["-q", "-y", "install", "--no-install-recommends"])
        .args(missing.iter().flat_map(|packages| packages.split(' '))))
}
