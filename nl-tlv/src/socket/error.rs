//! Why a request brought no answer, or another one than was asked for.

use super::{Address, RecvError};
use crate::Error;
use crate::control::{Errno, Refusal};
use crate::schema::{Located, MessageSchema, Path};
use std::boxed::Box;
use std::fmt::{self, Write};
use std::format;
use std::io;
use std::string::String;
use std::vec::Vec;

/// Why a request of a [`Connection`](super::Connection) failed.
///
/// It borrows nothing. The connection can be used after each of these errors.
///
/// ```
/// use nl_tlv::control::Errno;
/// use nl_tlv::socket::{Connection, Protocol, RequestError};
/// use nl_tlv_families::rt_link::{GetLink, Link};
///
/// let mut conn = Connection::open(Protocol::ROUTE)?;
/// match conn.get::<Link>(&GetLink::named("no-such-link")) {
///     Ok(link) => println!("link {}", link.header.index),
///     Err(RequestError::Refused(refusal)) if refusal.errno() == Errno::ENODEV => {
///         println!("there is no such link");
///     }
///     Err(RequestError::Answer(unreadable)) => println!("the kernel's answer does not fit: {unreadable}"),
///     Err(err) => return Err(err.into()), // the system's, a timeout, lost datagrams
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The peer refused the request, or the dump failed: its number, and the place in the request if it named one.
    #[error("refused: {0}")]
    Refused(Box<Refusal>),
    /// The request cannot be written.
    #[error("request: {0}")]
    Emit(Box<Malformed>),
    /// The answer, or an object among others, cannot be read. What comes after it can.
    #[error("answer: {0}")]
    Answer(Box<Malformed>),
    /// The framing of what arrived is damaged.
    #[error("damaged answer: {0}")]
    Damaged(Error),
    /// No answer, change or event came in time. Whether a request was carried out is not known: a server that carries one out
    /// and has nothing to reply acknowledges it, and `get` and `dump` do not ask for that.
    #[error("nothing came in time")]
    Timeout,
    /// The kernel had to drop datagrams: events were lost, or the answer, and then it is not known whether the request was
    /// carried out.
    #[error("receive buffer overrun: the answer, or events, may be lost")]
    Overrun,
    /// The datagram with the answer did not fit the buffer and is lost. The buffer has grown for the next time.
    #[error("answer of {needed} bytes is lost: the buffer was too small")]
    Truncated {
        /// Its length in bytes.
        needed: usize,
    },
    /// The request was acknowledged where a reply was expected, or the kernel has not answered it at all: it answers while
    /// a request is sent, or never. Of a batch: no answer came, or it was lost, and whether the request was carried out is
    /// not known.
    #[error("there is no reply, and none will come")]
    NoReply,
    /// The request of a batch was not sent, because the system refused to send the datagram that it was in.
    #[error("the request was not sent")]
    NotSent,
    /// A request or a transaction has to be one datagram, and the send buffer does not take one of this length.
    #[error("{len} bytes cannot be sent as one datagram: the send buffer takes {max}")]
    TooLarge {
        /// Its length in bytes.
        len: usize,
        /// The longest datagram that the send buffer takes.
        max: usize,
    },
    /// Messages of a transaction were refused, and nothing of it was carried out. If hundreds were, these are the first of them:
    /// the kernel dropped the other refusals, for which the receive queue had no room (256 by default).
    #[error("transaction refused: {}", refused(.0))]
    Aborted(Vec<(usize, Box<Refusal>)>),
    /// A multicast group cannot be joined.
    #[error("group {group} cannot be joined: {error}{}", needed(.error))]
    Join {
        /// The group's number.
        group: u32,
        /// What the system says.
        error: io::Error,
    },
    /// What the dump covers changed meanwhile: objects may be missing from it or come twice. It is to be repeated.
    #[error("the dump was interrupted by a change")]
    Interrupted,
    /// The request cannot be made now: the dump before has not ended (an abandoned one is read to its end too), or too
    /// many requests wait for their answers.
    #[error("a dump has not ended, or too many requests are waiting for their answers")]
    Busy,
    /// There is no generic netlink family of this name now: its module may not be loaded.
    #[error("no generic netlink family is called {0:?}: is its module loaded?")]
    NoSuchFamily(String),
    /// The generic netlink family has no multicast group of this name, or the connection is for no family.
    #[error("no multicast group is called {name:?}: {}", there_are(family.as_deref(), groups))]
    NoSuchGroup {
        /// The name.
        name: String,
        /// The family of the connection; `None` if it is for none.
        family: Option<String>,
        /// The groups that the family has.
        groups: Vec<String>,
    },
    /// The system refused to send or receive.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The refusals of a transaction.
fn refused(refusals: &[(usize, Box<Refusal>)]) -> String {
    let mut text = String::new();
    for (at, refusal) in refusals.iter().take(3) {
        let _ = write!(text, "{}message {at}: {refusal}", if text.is_empty() { "" } else { "; " });
    }
    if let Some(more) = refusals.len().checked_sub(3).filter(|&more| more > 0) {
        let _ = write!(text, "; and {more} more");
    }
    text
}

/// Why a datagram could not be sent to a peer or a group, with what to do about it.
pub(super) fn unsent(err: io::Error, to: Address) -> io::Error {
    let text = match (err.kind(), to.port_id) {
        (io::ErrorKind::ConnectionRefused, 0) => {
            "nothing in this kernel answers the protocol (`open_to` opens a connection to a server in user space)".into()
        }
        (io::ErrorKind::ConnectionRefused, peer) => {
            format!("no process has the port id {peer}: is its server running?")
        }
        (io::ErrorKind::PermissionDenied, _) if to != Address::KERNEL => {
            "sending to another process needs CAP_NET_ADMIN".into()
        }
        _ => return err,
    };
    io::Error::new(err.kind(), text)
}

/// Why a socket could not get a port id, with what to do about it.
pub(super) fn unbound(err: io::Error, port_id: u32) -> io::Error {
    match err.kind() {
        io::ErrorKind::AddrInUse => {
            io::Error::new(err.kind(), format!("port id {port_id} is taken: is a server running already?"))
        }
        _ => err,
    }
}

/// What joining a group needs that was not there.
fn needed(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "; this group needs CAP_NET_ADMIN, which `unshare -rn` gives (that of the audit log needs CAP_AUDIT_READ)"
        }
        io::ErrorKind::InvalidInput => " (the protocol has no such group)",
        _ => "",
    }
}

/// What there is instead of a group.
fn there_are(family: Option<&str>, groups: &[String]) -> String {
    match (family, groups) {
        (None, _) => "the connection is not for a generic netlink family".into(),
        (Some(family), []) => format!("{family} has no groups"),
        (Some(family), groups) => format!("{family} has {}", groups.join(", ")),
    }
}

/// A message that cannot be read, or written: why, and its bytes.
#[derive(Clone)]
pub struct Malformed {
    located: Located,
    bytes: Box<[u8]>,
}

impl Malformed {
    pub(super) fn new(error: Error, schema: &MessageSchema, bytes: impl Into<Box<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { located: error.located(schema, &bytes), bytes }
    }

    /// Why.
    #[must_use]
    pub const fn error(&self) -> Error {
        self.located.error
    }

    /// Where in the message.
    #[must_use]
    pub const fn path(&self) -> &Path {
        &self.located.path
    }

    /// The message, from its header on; of one that cannot be written, what was written before the error.
    #[must_use]
    pub const fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.located.fmt(f)
    }
}

/// As [`Display`](fmt::Display): this is what a `main` that returns the error prints.
impl fmt::Debug for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.located.fmt(f)
    }
}

impl std::error::Error for Malformed {}

impl RequestError {
    /// The refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The error number: the peer's, the system's, or for a request that cannot be written the one that the kernel has for
    /// the same fault.
    ///
    /// ```
    /// use nl_tlv::control::Errno;
    /// use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv_families::rt_link::{GetLink, Link};
    ///
    /// let mut conn = Connection::open(Protocol::ROUTE)?;
    /// let err = conn.get::<Link>(&GetLink::named("no-such-link")).unwrap_err();
    /// assert_eq!(err.errno(), Some(Errno::ENODEV));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn errno(&self) -> Option<Errno> {
        match self {
            Self::Refused(refusal) => Some(refusal.errno()),
            Self::Aborted(refusals) => refusals.first().map(|(_, refusal)| refusal.errno()),
            Self::NoSuchFamily(_) => Some(Errno::ENOENT),
            Self::Emit(malformed) => Some(Errno::of(malformed.error().kind())),
            Self::Io(error) | Self::Join { error, .. } => error.raw_os_error().and_then(Errno::new),
            _ => None,
        }
    }
}

impl From<RecvError> for RequestError {
    fn from(err: RecvError) -> Self {
        match err {
            RecvError::Truncated { needed, .. } => Self::Truncated { needed },
            RecvError::Overrun => Self::Overrun,
            RecvError::Timeout => Self::Timeout,
            RecvError::Io(err) => Self::Io(err),
        }
    }
}
