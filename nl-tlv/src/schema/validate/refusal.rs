//! What the kernel says when it refuses attributes.

#[cfg(feature = "socket")]
use crate::bytes::{add, to_u32};
use crate::control::{Errno, ExtAck, Policy, Refusal};
use crate::schema::MessageSchema;
use crate::{Attr, MessageId};
#[cfg(feature = "socket")]
use crate::{Error, ErrorKind, schema::MAX_DEPTH};

/// A refusal, as the kernel's validator says it in an extended ack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PolicyRefusal {
    errno: Errno,
    message: Option<&'static str>,
    offset: Option<u32>,
}

impl PolicyRefusal {
    pub(super) const UNKNOWN: Self = Self::invalid("Unknown attribute type");
    pub(super) const LEFTOVER: Self = Self::invalid("bytes leftover after parsing attributes");
    pub(crate) const TOO_DEEP: Self = Self::invalid("allowed policy recursion depth exceeded");
    pub(super) const LENGTH: Self = Self::invalid("invalid attribute length");
    pub(super) const NESTED_MISSING: Self = Self::invalid("NLA_F_NESTED is missing");
    pub(super) const NESTED_UNEXPECTED: Self = Self::invalid("NLA_F_NESTED not expected");
    pub(super) const UNSUPPORTED: Self = Self::invalid("Unsupported attribute");
    pub(super) const RESERVED_BIT: Self = Self::invalid("reserved bit set");
    /// Where the kernel has no text of its own.
    pub(super) const INVALID: Self = Self::invalid("Attribute failed policy validation");
    /// The same for lengths, of which the kernel says that they are out of range.
    pub(super) const FAILED: Self = Self::range("Attribute failed policy validation");
    pub(super) const SHORT_ITEM: Self = Self::range("Array element too short");
    pub(super) const NUMBER_RANGE: Self = Self::range("integer out of range");
    pub(super) const BINARY_RANGE: Self = Self::range("binary attribute size out of range");

    const fn invalid(message: &'static str) -> Self {
        Self { errno: Errno::EINVAL, message: Some(message), offset: None }
    }

    const fn range(message: &'static str) -> Self {
        Self { errno: Errno::ERANGE, message: Some(message), offset: None }
    }

    /// Of a message that is shorter than its family header; generic netlink has no text for it.
    pub(super) fn short_header(schema: &MessageSchema) -> Self {
        let message = matches!(schema.id, MessageId::Type(_)).then_some("Invalid header length");
        Self { errno: Errno::EINVAL, message, offset: None }
    }

    /// The same, said of an attribute.
    pub(super) fn of(self, attr: &Attr<'_>) -> Self {
        Self { offset: Some(attr.offset()), ..self }
    }

    /// As a refusal that can be kept, with what would have been accepted.
    #[cold]
    pub(super) fn kept(self, policy: Option<Policy>) -> Refusal {
        let Self { errno, message, offset } = self;
        Refusal::new(errno, &ExtAck { message, offset, policy, ..ExtAck::NONE })
    }

    /// What the kernel says about it, if it says anything.
    #[cfg(feature = "socket")]
    pub(crate) fn message(&self) -> Option<&'static str> {
        self.message
    }

    /// Where the refused attribute lies, if it is one that is refused.
    pub(super) fn offset(&self) -> Option<u32> {
        self.offset
    }
}

/// The error of a reader that refuses what the kernel refuses, without the numbers.
#[cfg(feature = "socket")]
impl From<PolicyRefusal> for Error {
    fn from(refusal: PolicyRefusal) -> Self {
        if refusal == PolicyRefusal::TOO_DEEP {
            let (most, found) = (to_u32(MAX_DEPTH), to_u32(add(MAX_DEPTH, 1)));
            return Self::new(ErrorKind::TooDeep, 0, most, found);
        }
        let kind = match refusal.errno {
            Errno::ERANGE => ErrorKind::OutOfRange,
            _ if refusal.message == PolicyRefusal::RESERVED_BIT.message => ErrorKind::ReservedBit,
            _ if refusal.message == PolicyRefusal::UNSUPPORTED.message => ErrorKind::Rejected,
            _ => ErrorKind::WrongLength,
        };
        Self::new(kind, refusal.offset.unwrap_or_default(), 0, 0).without_found()
    }
}
