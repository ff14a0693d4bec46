//! The network namespace in which a connection was opened: its further sockets belong there, whichever thread opens them.

use crate::socket::{Protocol, Socket};
use std::fs::{File, Metadata, metadata};
use std::io;
use std::os::unix::fs::MetadataExt;

/// The namespace of the thread that made it. Unknown where there is no `/proc`, and then taken to be every thread's.
#[derive(Debug)]
pub(super) struct Namespace(Option<File>);

impl Namespace {
    pub(super) fn of_thread() -> Self {
        Self(File::open(OWN).ok())
    }

    /// Opens a socket in the namespace.
    ///
    /// # Errors
    ///
    /// As [`Socket::open`]; as [`Socket::open_in`] on a thread that is in another namespace.
    pub(super) fn open(&self, protocol: Protocol) -> io::Result<Socket> {
        match &self.0 {
            Some(file) if id(file.metadata()) != id(metadata(OWN)) => Socket::open_in(file, protocol),
            _ => Socket::open(protocol),
        }
    }
}

/// What tells a namespace from others.
fn id(found: io::Result<Metadata>) -> Option<(u64, u64)> {
    found.ok().map(|found| (found.dev(), found.ino()))
}

const OWN: &str = "/proc/thread-self/ns/net";
