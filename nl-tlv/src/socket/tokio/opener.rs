//! Sockets that one conversation has for itself: requests in flight, a dump, a batch, events.

use crate::control::genl::Family;
use crate::socket::{Connection, Transport};
use std::boxed::Box;
use std::fmt;
use std::io;
use std::time::Duration;

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

    /// A connection that one task has for itself, over a transport of its own: when it is dropped, the kernel forgets
    /// what it was about.
    pub(super) fn connection(
        &self,
        family: Option<Family>,
        timeout: Option<Duration>,
    ) -> io::Result<Connection<T>> {
        let mut connection = Connection::new(self.open()?, self.peer);
        family.into_iter().for_each(|family| connection.set_family(family));
        connection.set_timeout(timeout);
        Ok(connection)
    }
}

impl<T> fmt::Debug for Opener<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").field("peer", &self.peer).finish_non_exhaustive()
    }
}
