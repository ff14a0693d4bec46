//! `netdevsim`, the kernel's network card without hardware. Debian's kernels do not have the module, so it is built from
//! Debian's source of the same release.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::apt::Apt;
use crate::command::{run, tool};
use crate::kernel::{Kernel, fresh};
use crate::linux::short;
use crate::paths;

/// Where the module is in a source tree.
const PLACE: &str = "drivers/net/netdevsim";

/// Puts the module among those of the kernel, once.
pub(crate) fn add_to(kernel: &Kernel) -> Result<()> {
    let _lock = paths::lock()?;
    let extra = kernel.modules()?.join("kernel/extra");
    let module = extra.join("netdevsim.ko");
    if module.is_file() {
        return Ok(());
    }
    let part = fresh(paths::lane(kernel.lane.name()).join("netdevsim"))?;
    let built = build(kernel, &part).context("netdevsim")?;
    fs::create_dir_all(extra)?;
    fs::copy(built, module)?;
    fs::remove_dir_all(part)?;
    Ok(())
}

/// Fetches the source and builds the module in this directory.
fn build(kernel: &Kernel, part: &Path) -> Result<PathBuf> {
    let source = format!("linux-source-{}", short(&kernel.release));
    eprintln!("netdevsim: fetching {source}");
    let package = part.join("package");
    Apt::update(part.join("apt"), kernel.lane.suites())?.unpack(&[&source], &package)?;
    let archive = package.join("usr/src").join(format!("{source}.tar.xz"));
    run(tool("tar").arg("-xJf").arg(archive).arg("-C").arg(part).arg(format!("{source}/{PLACE}")))?;
    let sources = part.join(source).join(PLACE);
    let mut make = tool("make");
    make.arg("-s").arg("-C").arg(kernel.headers()).arg(format!("M={}", sources.display()));
    run(make.args(["CONFIG_NETDEVSIM=m", "modules"]))?;
    Ok(sources.join("netdevsim.ko"))
}
