//! The modules of `nl-tlv-families`, which a program writes out of the kernel's specifications: this one fetches them.
//!
//! They come from the newest source package that Debian's backports have, and stay under `target/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::apt::Apt;
use crate::command::{cargo, run, stdout, tool};
use crate::lane::Lane;
use crate::{paths, version};

/// Where the specifications are in a source tree.
const SPECS: &str = "Documentation/netlink/specs";

/// The specifications and the headers of one release.
#[derive(Debug)]
struct Linux {
    specs: PathBuf,
    headers: PathBuf,
    release: String,
}

/// Writes the modules, or with `check` says whether they are up to date; from a source tree, if one is given.
pub(crate) fn main(linux: Option<&Path>, check: bool) -> Result<()> {
    let Linux { specs, headers, release } = match linux {
        Some(tree) => of_tree(tree)?,
        None => of_debian()?,
    };
    let mut command = cargo();
    command.args(["run", "--quiet", "--package=nl-tlv-families-generate", "--"]);
    command.arg("--specs").arg(specs).arg("--headers").arg(headers).args(["--linux", &release]);
    print!("{}", stdout(command.args(check.then_some("--check")))?);
    Ok(())
}

/// Of a source tree, whose headers are installed aside.
fn of_tree(tree: &Path) -> Result<Linux> {
    let aside = paths::cache().join("linux/headers");
    let make = |goal: &str| {
        let mut command = tool("make");
        command.arg("-s").arg("-C").arg(tree).arg(goal);
        command
    };
    run(make("headers_install").arg(format!("INSTALL_HDR_PATH={}", aside.display())))?;
    let release = stdout(&mut make("kernelversion"))?;
    Ok(Linux { specs: tree.join(SPECS), headers: aside.join("include"), release: short(release.trim()) })
}

/// Of Debian's newest source package, fetched once.
fn of_debian() -> Result<Linux> {
    let _lock = paths::lock()?;
    let cache = paths::cache().join("linux");
    let apt = Apt::update(cache.join("apt"), Lane::Newest.suites())?;
    let names = apt.names("linux-source-")?;
    let source = version::newest(names.iter().map(String::as_str), "linux-source-", "");
    let source = source.context("the suites offer no source of the kernel")?;
    let release = source.trim_start_matches("linux-source-").to_owned();
    let place = cache.join(&release);
    let linux = Linux { specs: place.join(SPECS), headers: place.join("package/usr/include"), release };
    if linux.specs.is_dir() {
        return Ok(linux);
    }
    eprintln!("families: fetching {source}");
    let package = place.join("package");
    apt.unpack(&[source, "linux-libc-dev/trixie-backports"], &package)?;
    let archive = package.join("usr/src").join(format!("{source}.tar.xz"));
    let mut tar = tool("tar");
    tar.args(["--strip-components=1", "-xJf"]).arg(&archive).arg("-C").arg(&place);
    run(tar.arg(format!("{source}/{SPECS}")))?;
    fs::remove_file(archive)?;
    Ok(linux)
}

/// `7.3` of `7.3.4`.
fn short(release: &str) -> String {
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
