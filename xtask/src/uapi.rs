//! The generated C headers, which a program of the lab writes: this one builds without the library.

use anyhow::Result;

use crate::command::{cargo, run, stdout};

/// Writes the headers, and says which have changed.
pub(crate) fn write() -> Result<()> {
    print!("{}", stdout(cargo().args(GENERATOR))?);
    Ok(())
}

/// Whether the headers say what the Rust definitions say.
pub(crate) fn check() -> Result<()> {
    run(cargo().args(GENERATOR).args(["--", "--check"]))
}

const GENERATOR: [&str; 4] = ["run", "--quiet", "--package=nl-tlv-lab", "--bin=uapi"];
