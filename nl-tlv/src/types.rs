//! Message types and attribute types: open numbers with the kernel's names for the few that netlink itself defines.

use core::fmt;

/// The type of a message (`nlmsg_type`); any number, since each netlink protocol has its own from 16 on.
///
/// ```
/// use nl_tlv::MessageType;
///
/// assert_eq!(MessageType::DONE, MessageType(3));
/// assert_eq!(format!("{:?}", MessageType(2)), "NLMSG_ERROR");
/// assert!(MessageType(25) >= MessageType::FIRST_OF_FAMILY && MessageType(25) == 25);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageType(pub u16);

impl MessageType {
    /// Nothing; to be ignored.
    #[doc(alias = "NLMSG_NOOP")]
    pub const NOOP: Self = Self(1);
    /// A refusal, or with error 0 an acknowledgement.
    #[doc(alias = "NLMSG_ERROR")]
    pub const ERROR: Self = Self(2);
    /// The end of a dump, or a family's own message.
    #[doc(alias = "NLMSG_DONE")]
    pub const DONE: Self = Self(3);
    /// Data lost; never sent by a kernel.
    #[doc(alias = "NLMSG_OVERRUN")]
    pub const OVERRUN: Self = Self(4);
    /// The first type that is not netlink's own.
    #[doc(alias = "NLMSG_MIN_TYPE")]
    pub const FIRST_OF_FAMILY: Self = Self(16);
}

impl fmt::Debug for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NOOP => f.write_str("NLMSG_NOOP"),
            Self::ERROR => f.write_str("NLMSG_ERROR"),
            Self::DONE => f.write_str("NLMSG_DONE"),
            Self::OVERRUN => f.write_str("NLMSG_OVERRUN"),
            Self(ty) => write!(f, "MessageType({ty})"),
        }
    }
}

impl PartialEq<u16> for MessageType {
    fn eq(&self, number: &u16) -> bool {
        self.0 == *number
    }
}

/// The type of an attribute: the low 14 bits of `nla_type`, without its two flags, so that types can be compared.
///
/// ```
/// use nl_tlv::AttrType;
///
/// let ty = AttrType::new(0x8003); // as on the wire, with NLA_F_NESTED
/// assert_eq!((ty, ty.get()), (AttrType::new(3), 3));
/// assert!(ty == 3);
/// assert_eq!(ty.with_flags(AttrType::NESTED_FLAG).get(), 0x8003);
/// ```
///
/// Source: `include/uapi/linux/netlink.h`, `NLA_TYPE_MASK`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttrType(u16);

impl AttrType {
    /// The largest attribute type.
    pub const MAX: Self = Self(Self::MASK);
    /// The payload consists of attributes.
    #[doc(alias = "NLA_F_NESTED")]
    pub const NESTED_FLAG: u16 = 0x8000;
    /// The payload is in network byte order.
    #[doc(alias = "NLA_F_NET_BYTEORDER")]
    pub const NET_BYTEORDER_FLAG: u16 = 0x4000;
    /// The bits of `nla_type` that are the type.
    #[doc(alias = "NLA_TYPE_MASK")]
    pub const MASK: u16 = 0x3fff;

    /// The type in an `nla_type`; its flag bits are dropped.
    #[must_use]
    #[inline(always)]
    pub const fn new(nla_type: u16) -> Self {
        Self(nla_type & Self::MASK)
    }

    /// The number.
    #[must_use]
    #[inline(always)]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The type with these flag bits, to be written.
    #[must_use]
    #[inline(always)]
    pub const fn with_flags(self, flags: u16) -> NlaType {
        NlaType(self.0 | flags & !Self::MASK)
    }
}

/// What is written as `nla_type`: an attribute's type and its two flag bits.
///
/// ```
/// # use nl_tlv::{AttrType, NlaType};
/// let timeout = AttrType::new(6).with_flags(AttrType::NET_BYTEORDER_FLAG);
/// assert_eq!(timeout, NlaType::from(0x4006));
/// assert_eq!(NlaType::from(AttrType::new(6)).get(), 6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "nla_type")]
pub struct NlaType(u16);

impl NlaType {
    /// The number, with the flag bits.
    #[must_use]
    #[inline(always)]
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// A number with flag bits is no type, and equal to none.
impl PartialEq<u16> for AttrType {
    #[inline(always)]
    fn eq(&self, number: &u16) -> bool {
        self.0 == *number
    }
}

impl From<u16> for NlaType {
    #[inline(always)]
    fn from(nla_type: u16) -> Self {
        Self(nla_type)
    }
}

impl From<AttrType> for NlaType {
    #[inline(always)]
    fn from(ty: AttrType) -> Self {
        Self(ty.0)
    }
}

impl From<u16> for AttrType {
    #[inline(always)]
    fn from(nla_type: u16) -> Self {
        Self::new(nla_type)
    }
}

impl fmt::Display for AttrType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attribute_types_compare_without_their_flags() {
        assert_eq!(AttrType::new(0xc005), AttrType::new(5));
    }
}
