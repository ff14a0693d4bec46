//! What the generated modules use.

pub(crate) use crate::flags::FlagSet;
pub(crate) use crate::message::{Command, HeadedMessage, Name};
#[cfg(feature = "devlink")]
pub(crate) use crate::values::Fmsg;
pub(crate) use crate::values::{Bits8, Bits16, Bits32, ByFamily, Endpoint, FamilyAddr, Unspecified, WgKey};
#[cfg(feature = "rt-route")]
pub(crate) use crate::values::{NextHops, Via};
pub(crate) use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
pub(crate) use nl_tlv::bitflags::Flag;
pub(crate) use nl_tlv::schema::MessageSchema;
pub(crate) use nl_tlv::value::{
    Array, Bitfield32, ByType, Headed, HwAddr, IndexedArray, Lazy, NestedArray, NlStr,
};
pub(crate) use nl_tlv::{
    Attr, MacAddr, Message, NlAttrs, NlMessage, NlSubMessage, NlValue, Repeat, Rest, nl_struct,
};

/// The first schema of a message.
pub(crate) const fn first(schemas: &'static [&'static MessageSchema]) -> &'static MessageSchema {
    match schemas {
        [first, ..] => first,
        [] => MessageSchema::UNKNOWN,
    }
}
