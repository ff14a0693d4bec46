//! Transports that tasks can wait for.

use crate::socket::transport::transport;
use crate::socket::{Address, Datagram, RecvError, Socket, Transport, receive};
use nl_tlv_sys::ReadySocket;
use std::io;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::Instant;

/// A transport that can wake a task when something has come.
///
/// Its [`send_to`](Transport::send_to) does not wait either: it fails with
/// [`WouldBlock`](io::ErrorKind::WouldBlock) if the receiver has no room.
pub trait AsyncTransport: Transport + Send + Sync + 'static {
    /// Whether a receive would bring something now, if only an error; otherwise the task of the last call is woken when
    /// it would.
    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}

/// A [`Socket`] that does not block, and is watched by the runtime in which it was made.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use nl_tlv::socket::tokio::{AsyncSocket, Connection};
/// use nl_tlv::socket::{Protocol, Socket};
///
/// // Each socket of the connection gets a larger receive buffer.
/// let open = || {
///     let socket = Socket::open(Protocol::ROUTE)?;
///     socket.set_recv_buffer(256 * 1024)?;
///     AsyncSocket::new(socket)
/// };
/// let conn = Connection::new(open, 0)?; // 0: the kernel
/// # Ok(())
/// # }
/// ```
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

transport!(AsyncSocket, |self, buffer, deadline| receive(self.as_sys(), buffer, deadline));

impl AsyncTransport for AsyncSocket {
    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.ready.poll_readable(cx)
    }
}
