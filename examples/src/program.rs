//! What the small examples have in common: how they read an argument, and how they end.

use std::error::Error;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::process::ExitCode;

/// Does a program's work, which writes to standard output. An error is one line on standard error, and exit code 1. Output
/// that is no longer read (`| head`) is not an error.
pub fn run(name: &str, work: impl FnOnce(&mut dyn Write) -> Result<(), Box<dyn Error>>) -> ExitCode {
    let mut out = io::stdout();
    match work(&mut out).and_then(|()| Ok(out.flush()?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) if is_closed(&*err) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("{name}: {err}");
            ExitCode::FAILURE
        }
    }
}

/// Whether output was written that nobody reads any more.
#[must_use]
pub fn is_closed(err: &(dyn Error + 'static)) -> bool {
    err.downcast_ref::<io::Error>().is_some_and(|err| err.kind() == io::ErrorKind::BrokenPipe)
}

/// Reads an argument that is an IPv4 address with the length of its prefix (32 if there is none).
///
/// # Errors
///
/// What it should be.
pub fn prefix(text: &str) -> Result<(Ipv4Addr, u8), String> {
    let (dst, len) = text.split_once('/').unwrap_or((text, "32"));
    let len = len.parse().ok().filter(|len| *len <= 32);
    let prefix = dst.parse().ok().zip(len);
    prefix.ok_or_else(|| "expected an address and its length, such as 10.1.0.0/16".into())
}
