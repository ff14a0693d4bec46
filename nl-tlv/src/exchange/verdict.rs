//! What an exchange returns for a message.

use crate::control::Errno;
use crate::{Error, Flags};

/// What a received message is: the answer to a request of ours, an event, or something to be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// A reply to a request, or an echo of what it changed.
    Reply {
        /// The request's sequence number.
        seq: u32,
        /// Whether nothing more is expected for the request, not even an acknowledgement.
        is_last: bool,
    },
    /// The request is done.
    Ack {
        /// The request's sequence number.
        seq: u32,
        /// Whether an extended ack goes with it.
        has_warning: bool,
    },
    /// The request was refused; the message says more ([`ErrorMessage`](crate::control::ErrorMessage)).
    Refusal {
        /// The request's sequence number.
        seq: u32,
        /// Why.
        errno: Errno,
    },
    /// An object of a dump.
    Object {
        /// The request's sequence number.
        seq: u32,
    },
    /// The end of a dump (or of a reply of several messages).
    DumpEnd {
        /// The request's sequence number.
        seq: u32,
        /// Why it failed; `None` if it did not.
        errno: Option<Errno>,
        /// What is true of it: [`Flags::DUMP_INTR`] if a message of it said so, and [`Flags::DUMP_FILTERED`].
        flags: Flags,
    },
    /// A family's message that answers no request of ours.
    Event,
    /// A late answer to a request that nobody waits for any more, or one more than was expected.
    Stale,
    /// One of netlink's own messages that has no meaning here, such as `NLMSG_NOOP`.
    Ignored,
    /// The datagram is not from the peer; the bytes are all of it.
    Foreign,
    /// The rest of the datagram cannot be read, or the message is too short for its type. If it is an answer, the
    /// request has ended.
    Damaged(Error),
}

impl Verdict {
    /// The sequence number of the request that the message answers.
    #[must_use]
    pub const fn seq(&self) -> Option<u32> {
        match *self {
            Self::Reply { seq, .. }
            | Self::Ack { seq, .. }
            | Self::Refusal { seq, .. }
            | Self::Object { seq }
            | Self::DumpEnd { seq, .. } => Some(seq),
            Self::Event | Self::Stale | Self::Ignored | Self::Foreign | Self::Damaged(_) => None,
        }
    }
}
