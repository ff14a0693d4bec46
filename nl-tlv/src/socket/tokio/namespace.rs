//! The network namespace in which a connection was opened: its further sockets belong there, whichever thread opens them.

use crate::socket::{Protocol, Socket};
use std::fs::{File, metadata};
use std::io;
use std::os::unix::fs::MetadataExt;

/// The namespace of the thread that made it. Unknown where there is no `/proc`, and then taken to be every thread's.
#[derive(Debug)]
pub(super) struct Namespace {
    file: Option<File>,
    id: Option<(u64, u64)>,
}

impl Namespace {
    pub(super) fn of_thread() -> Self {
        Self { file: File::open(OWN).ok(), id: id() }
    }

    /// Opens a socket in the namespace.
    ///
    /// # Errors
    ///
    /// As [`Socket::open`]; as [`Socket::open_in`] on a thread that is in another namespace.
    pub(super) fn open(&self, protocol: Protocol) -> io::Result<Socket> {
        match &self.file {
            Some(file) if self.id != id() => Socket::open_in(file, protocol),
            _ => Socket::open(protocol),
        }
    }
}

/// What tells the namespace of this thread from others.
fn id() -> Option<(u64, u64)> {
    metadata(OWN).ok().map(|found| (found.dev(), found.ino()))
}

const OWN: &str = "/proc/thread-self/ns/net";
