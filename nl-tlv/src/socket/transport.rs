//! What a conversation goes over: a [`Socket`] of this machine's, or datagrams in memory.

#[cfg(feature = "tokio")]
use super::Inner;
use super::{Address, RecvError, Socket};
use std::io;
#[cfg(feature = "tokio")]
use std::task::{Context, Poll};
use std::time::Instant;
use std::vec::Vec;

/// Sends and receives datagrams as a netlink socket does: whole, with their sender, and with an error where some were lost.
/// Its methods fail as those of [`Socket`] do; errors are the system's.
///
/// ```
/// use nl_tlv::socket::{Connection, Protocol, RequestError, Transport};
/// use nl_tlv_families::rt_link::{GetLink, Link};
///
/// /// Works over a socket, and in tests over a network in memory (`nl-tlv-testing`).
/// fn mtu<T: Transport>(conn: &mut Connection<T>, index: u32) -> Result<Option<u32>, RequestError> {
///     Ok(conn.get::<Link>(&GetLink::at(index))?.mtu)
/// }
///
/// assert!(mtu(&mut Connection::open(Protocol::ROUTE)?, 1)?.is_some());
/// # Ok::<(), RequestError>(())
/// ```
pub trait Transport {
    /// The port id of this end.
    fn port_id(&self) -> u32;

    /// The port id of this end if it has one already; 0 if it gets one when it first sends, joins a group, or is
    /// [asked](Self::port_id) for it.
    fn known_port_id(&self) -> u32 {
        self.port_id()
    }

    /// Whether the kernel is at the other end of port id 0: it answers a request while it is sent.
    fn is_kernel(&self) -> bool {
        false
    }

    /// Makes room in the send buffer for one datagram of so many bytes, if it can, and says how long one can be then.
    fn reserve_send_buffer(&self, _len: usize) -> io::Result<usize> {
        Ok(usize::MAX)
    }

    /// Sends one datagram. It does not wait: it fails with [`WouldBlock`](io::ErrorKind::WouldBlock) if the receiver has no
    /// room, as a process that does not read.
    fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()>;

    /// Waits for a datagram until the deadline (`None`: as long as the transport itself says, or for ever): the bytes, in
    /// `buffer`, and who sent them.
    fn receive<'b>(
        &self,
        buffer: &'b mut [u8],
        deadline: Option<Instant>,
    ) -> Result<(&'b [u8], Address), RecvError>;

    /// Joins a multicast group, by number.
    fn join(&self, group: u32) -> io::Result<()>;

    /// Leaves a multicast group, by number.
    fn leave(&self, group: u32) -> io::Result<()>;

    /// The numbers of the groups that this end is a member of.
    fn groups(&self) -> Vec<u32>;

    /// Bytes of datagrams that can wait to be received, bookkeeping included.
    fn recv_buffer(&self) -> io::Result<usize>;

    /// Makes it one that tasks can wait for, in the runtime of this thread.
    ///
    /// # Errors
    ///
    /// [`NotConnected`](io::ErrorKind::NotConnected) outside a runtime; the system's.
    #[cfg(feature = "tokio")]
    fn register(self) -> io::Result<Self>
    where
        Self: Sized,
    {
        Ok(self)
    }

    /// Whether a receive would bring something now, if only an error; otherwise the task of the last call is woken when
    /// it would. A transport has to be [registered](Self::register) for that, and unless it implements this no task can
    /// wait for it. Tasks are to be woken without a lock that `receive` takes: a waker may run anything.
    #[cfg(feature = "tokio")]
    fn poll_readable(&self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::ErrorKind::Unsupported.into()))
    }
}

impl Transport for Socket {
    fn port_id(&self) -> u32 {
        self.port_id()
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
        self.as_sys().try_send_to(datagram, to.to_sys()?)
    }

    fn receive<'b>(
        &self,
        buffer: &'b mut [u8],
        deadline: Option<Instant>,
    ) -> Result<(&'b [u8], Address), RecvError> {
        match deadline {
            None => self.recv(buffer),
            Some(deadline) => self.recv_deadline(buffer, deadline),
        }
    }

    fn join(&self, group: u32) -> io::Result<()> {
        self.join(group)
    }

    fn leave(&self, group: u32) -> io::Result<()> {
        self.leave(group)
    }

    fn groups(&self) -> Vec<u32> {
        self.as_sys().joined_groups().unwrap_or_default()
    }

    fn recv_buffer(&self) -> io::Result<usize> {
        self.as_sys().recv_buffer()
    }

    #[cfg(feature = "tokio")]
    fn register(self) -> io::Result<Self> {
        let Inner::Blocking(socket) = self.socket else { return Ok(self) };
        Ok(Self { socket: Inner::Ready(nl_tlv_sys::ReadySocket::new(socket)?), ..self })
    }

    #[cfg(feature = "tokio")]
    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &self.socket {
            Inner::Ready(ready) => ready.poll_readable(cx),
            Inner::Blocking(_) => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}
