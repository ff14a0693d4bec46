//! What the sender of a message says in its `nlmsghdr`: flags, sequence number, port id, and which message it is.

use crate::{Flags, MessageType};

/// Bytes of the `nlmsghdr`, which begins every message.
pub(crate) const NLMSG_HDRLEN: usize = 16;
/// Bytes of the `genlmsghdr`, which follows it in generic netlink.
pub(crate) const GENL_HDRLEN: usize = 4;

/// The part of a message's header that is not in its definition.
///
/// ```
/// use nl_tlv::{Flags, Header, NewFlags};
/// let header = Header::request().flags(NewFlags::CREATE | Flags::ACK).seq(7);
/// assert_eq!((header.flags, header.seq), (Flags::REQUEST | NewFlags::CREATE | Flags::ACK, 7));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The id of the generic netlink family, for a command.
    pub family: Option<MessageType>,
    /// All flags.
    pub flags: Flags,
    /// The sequence number.
    pub seq: u32,
    /// The port id (`nlmsg_pid`).
    pub port_id: u32,
}

impl Header {
    /// No flags, sequence number 0, port id 0.
    #[must_use]
    pub const fn new() -> Self {
        Self { family: None, flags: Flags::empty(), seq: 0, port_id: 0 }
    }

    /// As [`new`](Self::new), with [`Flags::REQUEST`].
    #[must_use]
    pub const fn request() -> Self {
        Self { flags: Flags::REQUEST, ..Self::new() }
    }

    /// Adds flags, of any of the flag types or their unions.
    #[must_use]
    pub fn flags(self, flags: impl Into<Flags>) -> Self {
        Self { flags: self.flags | flags.into(), ..self }
    }

    /// Sets the sequence number.
    #[must_use]
    pub const fn seq(self, seq: u32) -> Self {
        Self { seq, ..self }
    }

    /// Sets the port id (`nlmsg_pid`). The kernel does not look at it; servers echo the requester's.
    #[must_use]
    pub const fn port_id(self, port_id: u32) -> Self {
        Self { port_id, ..self }
    }

    /// Sets the generic netlink family's id, which is known only at run time.
    #[must_use]
    pub const fn family(self, id: MessageType) -> Self {
        Self { family: Some(id), ..self }
    }
}

/// The number of a message within its netlink protocol.
///
/// ```
/// use nl_tlv::{MessageId, MessageType};
///
/// let route = MessageId::from(MessageType(24)); // RTM_NEWROUTE of rtnetlink
/// let family = MessageId::Command { cmd: 3, version: 2 }; // CTRL_CMD_GETFAMILY of generic netlink
/// assert_ne!(route, family);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageId {
    /// By `nlmsg_type`.
    Type(MessageType),
    /// By the command of a generic netlink family, whose id is known only at run time.
    Command {
        /// `genlmsghdr.cmd`.
        cmd: u8,
        /// `genlmsghdr.version`; not compared when a message is read.
        version: u8,
    },
}

impl From<MessageType> for MessageId {
    fn from(ty: MessageType) -> Self {
        Self::Type(ty)
    }
}
