//! What a receive brings: a datagram, or why there is none.

use super::Address;
use nl_tlv_sys::Received;
use std::io;

/// The datagram that is in the buffer, and who sent it.
pub(super) fn received(received: io::Result<Received>, buffer: &[u8]) -> Result<(&[u8], Address), RecvError> {
    let received = received.map_err(RecvError::from)?;
    let (port_id, groups) = (received.sender.port_id, received.sender.groups);
    let lowest = Some(groups.trailing_zeros().saturating_add(1)).filter(|_| groups != 0);
    let group = received.group.or(lowest).filter(|&group| group != 0);
    let sender = Address { port_id, group, nsid: received.nsid };
    if received.is_truncated() {
        return Err(RecvError::Truncated { needed: received.full_len, sender });
    }
    Ok((buffer.get(..received.len).unwrap_or_default(), sender))
}

/// Why receiving returned no datagram. The socket can be used after each of these errors.
///
/// ```no_run
/// use nl_tlv::Messages;
/// use nl_tlv::socket::{Protocol, RecvError, Socket};
///
/// let socket = Socket::open(Protocol::ROUTE)?;
/// socket.join(1)?;
/// let mut buffer = vec![0; Socket::RECV_BUFFER];
/// loop {
///     match socket.recv(&mut buffer) {
///         Ok((datagram, _)) => println!("{} messages", Messages::new(datagram).count()),
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
