//! Readiness for tasks: a socket that tokio's reactor watches.

use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::runtime::Handle;

use crate::NetlinkSocket;

/// A socket that does not block, and wakes a task when a receive would bring something.
#[derive(Debug)]
pub struct ReadySocket(AsyncFd<NetlinkSocket>);

impl ReadySocket {
    /// Registers a socket with the runtime of this thread.
    ///
    /// # Errors
    ///
    /// [`NotConnected`](io::ErrorKind::NotConnected) outside a runtime; the system's.
    ///
    /// # Panics
    ///
    /// In a runtime without I/O: build it with `enable_io`.
    pub fn new(socket: NetlinkSocket) -> io::Result<Self> {
        Handle::try_current().map_err(|err| io::Error::new(io::ErrorKind::NotConnected, err))?;
        socket.set_nonblocking(true)?;
        // SAFETY: the socket owns its descriptor, which is therefore open, and closed only by its drop. It is moved in
        // here and lent as `&NetlinkSocket` only, through which it can be neither replaced nor taken out, so that
        // `as_raw_fd` gives the same open descriptor as long as the `AsyncFd` lives.
        let registered = unsafe { AsyncFd::register_with_interest(socket, Interest::READABLE) };
        Ok(Self(registered?))
    }

    /// The socket.
    pub fn socket(&self) -> &NetlinkSocket {
        self.0.get_ref()
    }

    /// Whether a receive would bring something now; if not, the task of the last call is woken when it would.
    pub fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let mut guard = ready!(self.0.poll_read_ready(cx))?;
            // The reactor tells that something came, not whether it was read since.
            if self.socket().wait_readable(Some(Duration::ZERO))? {
                return Poll::Ready(Ok(()));
            }
            guard.clear_ready();
        }
    }
}

impl AsRawFd for NetlinkSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}
