//! What a conversation goes over: a [`Socket`] of this machine's, or datagrams in memory.

use super::{Address, Datagram, RecvError, Socket};
use std::io;
use std::time::Instant;

/// Sends and receives datagrams as a netlink socket does: whole, with their sender, and with losses told.
pub trait Transport {
    /// The port id of this end.
    fn port_id(&self) -> u32;

    /// Sends one datagram.
    ///
    /// # Errors
    ///
    /// As [`Socket::send_to`].
    fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()>;

    /// Waits for a datagram until the deadline (`None`: as long as the transport itself says, or for ever).
    ///
    /// # Errors
    ///
    /// As [`Socket::recv`].
    fn receive<'b>(&self, buffer: &'b mut [u8], deadline: Option<Instant>)
    -> Result<Datagram<'b>, RecvError>;

    /// Joins a multicast group, by number.
    ///
    /// # Errors
    ///
    /// As [`Socket::join`].
    fn join(&self, group: u32) -> io::Result<()>;

    /// Leaves a multicast group, by number.
    ///
    /// # Errors
    ///
    /// As [`Socket::leave`].
    fn leave(&self, group: u32) -> io::Result<()>;

    /// Whether this end is a member of any group.
    fn is_member(&self) -> bool;

    /// Bytes of datagrams that can wait to be received, bookkeeping included.
    ///
    /// # Errors
    ///
    /// The system's.
    fn recv_buffer(&self) -> io::Result<usize>;
}

impl Transport for Socket {
    fn port_id(&self) -> u32 {
        self.port_id()
    }

    fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()> {
        self.send_to(datagram, to)
    }

    fn receive<'b>(
        &self,
        buffer: &'b mut [u8],
        deadline: Option<Instant>,
    ) -> Result<Datagram<'b>, RecvError> {
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

    fn is_member(&self) -> bool {
        self.as_sys().joined_groups().is_ok_and(|groups| !groups.is_empty())
    }

    fn recv_buffer(&self) -> io::Result<usize> {
        self.as_sys().recv_buffer()
    }
}
