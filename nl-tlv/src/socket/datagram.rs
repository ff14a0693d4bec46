//! What a receive brings: a [`Datagram`], or why there is none.

use super::Address;
use crate::Messages;
use nl_tlv_sys::Received;
use std::io;

/// One datagram, in the buffer of the one who receives it.
///
/// ```
/// use nl_tlv::socket::{Address, Protocol, Socket};
/// use nl_tlv::{Header, MessageType, Writer};
///
/// # let mut buf = [0; 64];
/// let mut w = Writer::new(&mut buf);
/// w.message(MessageType(20).into(), Header::request(), |_| Ok(()))?;
///
/// let (client, server) = (Socket::open(Protocol::USERSOCK)?, Socket::open(Protocol::USERSOCK)?);
/// client.send_to(w.as_bytes(), Address::port(server.port_id()))?;
/// let mut buffer = [0; 64];
/// let datagram = server.recv(&mut buffer)?;
/// assert_eq!(datagram.sender, Address::port(client.port_id()));
/// for message in datagram.messages() {
///     assert_eq!(message?.ty(), MessageType(20));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'b> {
    /// The messages, as bytes.
    pub bytes: &'b [u8],
    /// Who sent it, as the kernel says: this cannot be forged. Its group is the one that it was sent to.
    pub sender: Address,
}

impl<'b> Datagram<'b> {
    pub(super) fn new(received: io::Result<Received>, buffer: &'b [u8]) -> Result<Self, RecvError> {
        let received = received.map_err(RecvError::from)?;
        let (port_id, groups) = (received.sender.port_id, received.sender.groups);
        let lowest = Some(groups.trailing_zeros().saturating_add(1)).filter(|_| groups != 0);
        let group = received.group.or(lowest).filter(|&group| group != 0);
        let sender = Address { port_id, group, nsid: received.nsid };
        if received.is_truncated() {
            return Err(RecvError::Truncated { needed: received.full_len, sender });
        }
        Ok(Self { bytes: buffer.get(..received.len).unwrap_or_default(), sender })
    }

    /// Its messages.
    #[must_use]
    pub fn messages(&self) -> Messages<'b> {
        Messages::new(self.bytes)
    }
}

/// Why receiving returned no datagram. The socket can be used after each of these errors.
///
/// ```no_run
/// use nl_tlv::socket::{Protocol, RecvError, Socket};
///
/// let socket = Socket::open(Protocol::ROUTE)?;
/// socket.join(1)?;
/// let mut buffer = vec![0; Socket::RECV_BUFFER];
/// loop {
///     match socket.recv(&mut buffer) {
///         Ok(datagram) => println!("{} messages", datagram.messages().count()),
///         Err(RecvError::Overrun) => println!("events were lost: ask for everything again"),
///         Err(RecvError::Truncated { needed, .. }) => buffer.resize(needed, 0),
///         Err(err) => return Err(err.into()),
///     }
/// }
/// # #[allow(unreachable_code)]
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecvError {
    /// The buffer was too small, and the datagram is lost but for the part that the buffer has.
    #[error("datagram of {needed} bytes is lost: the buffer is too small")]
    Truncated {
        /// Its length in bytes.
        needed: usize,
        /// Who sent it.
        sender: Address,
    },
    /// The kernel had to drop datagrams, because the socket's receive buffer was full: what was learned from events is
    /// out of date. Those that were queued before come next.
    #[error("receive buffer overrun: datagrams were lost")]
    Overrun,
    /// None came in time.
    #[error("no datagram came in time")]
    Timeout,
    /// Another error of the kernel's.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for RecvError {
    fn from(err: io::Error) -> Self {
        match err.raw_os_error() {
            Some(libc::ENOBUFS) => Self::Overrun,
            Some(libc::EAGAIN) => Self::Timeout,
            _ => Self::Io(err),
        }
    }
}
