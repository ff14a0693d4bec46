//! The modules of `nl-tlv-families`, which a program writes out of the kernel's specifications.

use std::path::Path;

use anyhow::Result;

use crate::command::{cargo, stdout};
use crate::linux::Linux;

/// Writes the modules, or with `check` says whether they are up to date; from a source tree, if one is given.
pub(crate) fn main(linux: Option<&Path>, check: bool) -> Result<()> {
    let Linux { specs, headers, release, .. } = match linux {
        Some(tree) => Linux::of_tree(tree)?,
        None => Linux::of_debian()?,
    };
    let mut command = cargo();
    command.args(["run", "--quiet", "--package=nl-tlv-families-generate", "--"]);
    command.arg("--specs").arg(specs).arg("--headers").arg(headers).args(["--linux", &release]);
    print!("{}", stdout(command.args(check.then_some("--check")))?);
    Ok(())
}
