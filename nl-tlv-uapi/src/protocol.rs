//! A protocol as a whole.

use nl_tlv::schema::{AttrSet, MessageSchema};

/// What belongs together on both sides of a socket: messages, groups and numbers. From it come the C headers of
/// [`CHeader`](crate::CHeader) and the specifications of [`Spec`](crate::Spec).
///
/// ```
/// use nl_tlv_uapi::{Constant, ProtocolDef};
///
/// static RTM: ProtocolDef = ProtocolDef {
///     number: Some(Constant { name: "NETLINK_RTM", value: 30, doc: "Netlink protocol of the routing table manager." }),
///     ..ProtocolDef::new("rtm")
/// };
/// # assert!(RTM.requests.is_empty());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ProtocolDef {
    /// Its name in lower case, with which names in C begin.
    pub name: &'static str,
    /// What it is, in a sentence: for the specification.
    pub doc: &'static str,
    /// The number of its netlink protocol, if it has one of its own.
    pub number: Option<Constant>,
    /// Limits and other numbers that both sides know.
    pub constants: &'static [Constant],
    /// Messages that the kernel parses: each has a policy.
    pub requests: &'static [&'static MessageSchema],
    /// Messages that only the kernel sends: replies and events.
    pub answers: &'static [&'static MessageSchema],
    /// Multicast groups, in order of their numbers.
    pub groups: &'static [Constant],
    /// The generic netlink family, if it has one.
    pub family: Option<FamilyDef>,
    /// Sets of attributes that the kernel parses apart from any message: each has a policy.
    pub sets: &'static [&'static AttrSet],
    /// What is answered, and what is told unasked: for the specification. A request that is not here is answered with an
    /// ACK alone.
    pub exchanges: &'static [Exchange],
}

impl ProtocolDef {
    /// A protocol of this name, empty so far.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            doc: "",
            number: None,
            constants: &[],
            requests: &[],
            answers: &[],
            groups: &[],
            family: None,
            sets: &[],
            exchanges: &[],
        }
    }

    /// The messages of the family that the kernel parses.
    pub(crate) fn commands(&self) -> &'static [&'static MessageSchema] {
        self.family.map_or(&[], |family| family.requests)
    }
}

/// A generic netlink family.
#[derive(Clone, Copy, Debug)]
pub struct FamilyDef {
    /// The name by which it is found.
    pub name: &'static str,
    /// Its version.
    pub version: u8,
    /// Commands that the kernel parses: each has a policy.
    pub requests: &'static [&'static MessageSchema],
    /// Commands that only the kernel sends.
    pub answers: &'static [&'static MessageSchema],
    /// Multicast groups, by name; their numbers are known at run time.
    pub groups: &'static [&'static str],
}

/// Messages that belong together.
#[derive(Clone, Copy, Debug)]
pub enum Exchange {
    /// A request for one thing, and the message that answers it.
    Do(&'static MessageSchema, &'static MessageSchema),
    /// A request for all, and the message that answers it, any number of times.
    Dump(&'static MessageSchema, &'static MessageSchema),
    /// An event, and the name of the group that receives it.
    Event(&'static MessageSchema, &'static str),
}

impl Exchange {
    /// What the kernel sends.
    pub(crate) const fn answer(&self) -> &'static MessageSchema {
        match self {
            Self::Do(_, answer) | Self::Dump(_, answer) | Self::Event(answer, _) => answer,
        }
    }
}

/// A number with a name.
#[derive(Clone, Copy, Debug)]
pub struct Constant {
    /// The name: in C, or of a group.
    pub name: &'static str,
    /// The number.
    pub value: u64,
    /// What it is; the first paragraph becomes a comment.
    pub doc: &'static str,
}
