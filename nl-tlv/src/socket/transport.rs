//! What a conversation goes over: a [`Socket`] of this machine's, or datagrams in memory.

use super::{Address, Datagram, RecvError, Socket};
use std::io;
use std::time::Instant;

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

    /// Sends one datagram.
    fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()>;

    /// Waits for a datagram until the deadline (`None`: as long as the transport itself says, or for ever).
    fn receive<'b>(&self, buffer: &'b mut [u8], deadline: Option<Instant>)
    -> Result<Datagram<'b>, RecvError>;

    /// Joins a multicast group, by number.
    fn join(&self, group: u32) -> io::Result<()>;

    /// Leaves a multicast group, by number.
    fn leave(&self, group: u32) -> io::Result<()>;

    /// Whether this end is a member of any group.
    fn is_member(&self) -> bool;

    /// Bytes of datagrams that can wait to be received, bookkeeping included.
    fn recv_buffer(&self) -> io::Result<usize>;
}

/// A socket of this machine's, blocking or not, as a transport: they differ in how they wait.
macro_rules! transport {
    ($socket:ty, |$self:ident, $buffer:ident, $deadline:ident| $receive:expr) => {
        impl Transport for $socket {
            fn port_id(&self) -> u32 {
                *self.port_id.get_or_init(|| crate::socket::bound_port_id(self.as_sys()))
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
                crate::socket::send_to(self.as_sys(), datagram, to)
            }

            fn receive<'b>(
                &$self,
                $buffer: &'b mut [u8],
                $deadline: Option<Instant>,
            ) -> Result<Datagram<'b>, RecvError> {
                $receive
            }

            fn join(&self, group: u32) -> io::Result<()> {
                // One without a port id gets no events.
                let _ = Transport::port_id(self);
                crate::socket::join(self.as_sys(), group)
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
    };
}

#[cfg(feature = "tokio")]
pub(super) use transport;

transport!(Socket, |self, buffer, deadline| match deadline {
    None => self.recv(buffer),
    Some(deadline) => self.recv_deadline(buffer, deadline),
});
