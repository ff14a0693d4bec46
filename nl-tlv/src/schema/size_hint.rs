//! How long a message is likely to be, as far as its definition says.

use super::{MessageSchema, Presence, ValueType};
use crate::bytes::{add, align4};

/// How many bytes a message takes up to its first attribute of open length, if all attributes in front of that are
/// present. A guess that makes writing faster where it is right.
pub(crate) const fn size_hint(schema: &MessageSchema) -> usize {
    let (mut attrs, mut size) = (schema.attrs.attrs, schema.contents_offset());
    while let [attr, rest @ ..] = attrs {
        match (attr.value.payload_len(), attr.presence) {
            (Some(len), Presence::Required | Presence::Optional) => size = add(size, align4(add(4, len))),
            _ => return size,
        }
        attrs = rest;
    }
    size
}

impl ValueType {
    /// The length of every payload of a type, if there is one.
    pub(super) const fn payload_len(self) -> Option<usize> {
        if let Some(integer) = self.integer() {
            return Some(integer.len);
        }
        Some(match self {
            Self::Flag => 0,
            Self::Ipv4 => 4,
            Self::Bitfield32(_) => 8,
            Self::Ipv6 => 16,
            Self::Mac => 6,
            Self::Array(len) => len,
            Self::Struct(schema) => schema.len,
            Self::Named(schema) => return schema.base.payload_len(),
            _ => return None,
        })
    }
}
