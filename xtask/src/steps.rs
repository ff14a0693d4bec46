//! The whole test run.
use std::process::ExitCode;
pub(crate) fn main(_full: bool, _fail_fast: bool) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
