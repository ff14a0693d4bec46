//! Sockets that one conversation has for itself: requests in flight, a dump, a batch, events.

use crate::socket::Transport;
use std::boxed::Box;
use std::fmt;
use std::io;

/// Opens transports to the same peer.
pub(super) struct Opener<T> {
    open: Box<dyn Fn() -> io::Result<T> + Send + Sync>,
    pub(super) peer: u32,
}

impl<T: Transport + 'static> Opener<T> {
    pub(super) fn new(open: impl Fn() -> io::Result<T> + Send + Sync + 'static, peer: u32) -> Self {
        Self { open: Box::new(open), peer }
    }

    pub(super) fn open(&self) -> io::Result<T> {
        (self.open)()?.register()
    }
}

impl<T> fmt::Debug for Opener<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").field("peer", &self.peer).finish_non_exhaustive()
    }
}
