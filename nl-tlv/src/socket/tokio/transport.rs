//! Transports that tasks can wait for.

use crate::socket::{Address, Datagram, RecvError, Socket, Transport, bound_port_id, join, receive};
use nl_tlv_sys::ReadySocket;
use std::io;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::Instant;

/// A transport that can wake a task when something has come.
///
/// Its [`send_to`](Transport::send_to) does not wait either: it fails with
/// [`WouldBlock`](io::ErrorKind::WouldBlock) if the receiver has no room.
pub trait AsyncTransport: Transport + Send + Sync {
    /// Whether a receive would bring something now, if only an error; otherwise the task of the last call is woken when
    /// it would.
    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}

/// A [`Socket`] that does not block, and is watched by the runtime in which it was made.
#[derive(Debug)]
pub struct AsyncSocket {
    ready: ReadySocket,
    port_id: OnceLock<u32>,
}

impl AsyncSocket {
    /// Registers a socket with the runtime.
    ///
    /// # Errors
    ///
    /// [`NotConnected`](io::ErrorKind::NotConnected) outside a runtime; the system's.
    ///
    /// # Panics
    ///
    /// In a runtime without I/O.
    pub fn new(socket: Socket) -> io::Result<Self> {
        let Socket { socket, port_id } = socket;
        Ok(Self { ready: ReadySocket::new(socket)?, port_id })
    }

    /// The socket below, with its options.
    #[must_use]
    pub fn as_sys(&self) -> &nl_tlv_sys::NetlinkSocket {
        self.ready.socket()
    }
}

impl Transport for AsyncSocket {
    fn port_id(&self) -> u32 {
        *self.port_id.get_or_init(|| bound_port_id(self.as_sys()))
    }

    fn known_port_id(&self) -> u32 {
        self.port_id.get().copied().unwrap_or(0)
    }

    fn is_kernel(&self) -> bool {
        true
    }

    fn reserve_send_buffer(&self, len: usize) -> io::Result<usize> {
        self.as_sys().reserve_send_buffer(len)
    }

    fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()> {
        self.as_sys().send_to(datagram, to)
    }

    fn receive<'b>(
        &self,
        buffer: &'b mut [u8],
        deadline: Option<Instant>,
    ) -> Result<Datagram<'b>, RecvError> {
        receive(self.as_sys(), buffer, deadline)
    }

    fn join(&self, group: u32) -> io::Result<()> {
        let _ = self.port_id();
        join(self.as_sys(), group)
    }

    fn leave(&self, group: u32) -> io::Result<()> {
        self.as_sys().drop_membership(group)
    }

    fn is_member(&self) -> bool {
        self.as_sys().joined_groups().is_ok_and(|groups| !groups.is_empty())
    }

    fn recv_buffer(&self) -> io::Result<usize> {
        self.as_sys().recv_buffer()
    }
}

impl AsyncTransport for AsyncSocket {
    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.ready.poll_readable(cx)
    }
}
