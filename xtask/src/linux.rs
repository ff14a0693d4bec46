//! What is read of the kernel's source: the specifications of netlink families, the headers, and the client in Python.
//!
//! They come from the newest source package that Debian's backports have, and stay under `target/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::apt::Apt;
use crate::command::{run, stdout, tool};
use crate::lane::Lane;
use crate::{paths, version};

/// Where the specifications are in a source tree.
const SPECS: &str = "Documentation/netlink/specs";

/// Where the client is.
const CLIENT: &str = "tools/net/ynl";

/// What is unpacked of a source package: the specifications with their JSON schemas, and the client.
const UNPACKED: [&str; 2] = ["Documentation/netlink", CLIENT];

/// Parts of one release.
#[derive(Debug)]
pub(crate) struct Linux {
    pub(crate) specs: PathBuf,
    pub(crate) headers: PathBuf,
    /// The client in Python: `pyynl/cli.py` is its program.
    pub(crate) client: PathBuf,
    pub(crate) release: String,
}

impl Linux {
    /// Of a source tree, whose headers are installed aside.
    pub(crate) fn of_tree(tree: &Path) -> Result<Self> {
        let aside = paths::cache().join("linux/headers");
        let make = |goal: &str| {
            let mut command = tool("make");
            command.arg("-s").arg("-C").arg(tree).arg(goal);
            command
        };
        run(make("headers_install").arg(format!("INSTALL_HDR_PATH={}", aside.display())))?;
        let release = short(stdout(&mut make("kernelversion"))?.trim());
        Ok(Self {
            specs: tree.join(SPECS),
            headers: aside.join("include"),
            client: tree.join(CLIENT),
            release,
        })
    }

    /// Of Debian's newest source package, fetched once.
    pub(crate) fn of_debian() -> Result<Self> {
        let _lock = paths::lock()?;
        let cache = paths::cache().join("linux");
        let apt = Apt::update(cache.join("apt"), Lane::Newest.suites())?;
        let names = apt.names("linux-source-")?;
        let source = version::newest(names.iter().map(String::as_str), "linux-source-", "");
        let source = source.context("the suites offer no source of the kernel")?;
        let release = source.trim_start_matches("linux-source-").to_owned();
        let place = cache.join(&release);
        let headers = place.join("package/usr/include");
        let linux = Self { specs: place.join(SPECS), headers, client: place.join(CLIENT), release };
        if linux.specs.is_dir() && linux.client.is_dir() {
            return Ok(linux);
        }
        eprintln!("linux: fetching {source}");
        let package = place.join("package");
        apt.unpack(&[source, "linux-libc-dev/trixie-backports"], &package)?;
        let archive = package.join("usr/src").join(format!("{source}.tar.xz"));
        let mut tar = tool("tar");
        tar.args(["--strip-components=1", "-xJf"]).arg(&archive).arg("-C").arg(&place);
        run(tar.args(UNPACKED.map(|part| format!("{source}/{part}"))))?;
        fs::remove_file(archive)?;
        Ok(linux)
    }
}

/// `7.3` of `7.3.4`.
pub(crate) fn short(release: &str) -> String {
    release.split(['.', '-']).take(2).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_named_by_its_first_two_numbers() {
        assert_eq!(short("7.3.4"), "7.3");
        assert_eq!(short("7.4-rc1"), "7.4");
    }
}
