//! Source text as rustfmt shapes it.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The text, formatted with the settings of the workspace.
pub(crate) fn formatted(source: &str) -> Result<String> {
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rustfmt.toml");
    let mut command = Command::new("rustfmt");
    command.args(["--edition", "2024", "--config-path", config]);
    let mut rustfmt =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot run rustfmt")?;
    rustfmt.stdin.take().context("no input")?.write_all(source.as_bytes())?;
    let output = rustfmt.wait_with_output()?;
    if !output.status.success() {
        bail!("rustfmt refuses\n{source}");
    }
    Ok(String::from_utf8(output.stdout)?)
}
