//! How long a message is likely to be, as far as its definition says.

use super::{MessageSchema, Presence, ValueType};
use crate::bytes::{add, align4};

/// How many bytes a message takes up to its first attribute of open length, if all attributes in front of that are
/// present. A guess that makes writing faster where it is right.
pub(crate) const fn size_hint(schema: &MessageSchema) -> usize {
    let (mut attrs, mut size) = (schema.attrs.attrs, schema.contents_offset());
    while let [attr, rest @ ..] = attrs {
        match (payload_len(attr.value), attr.presence) {
            (Some(len), Presence::Required | Presence::Optional) => size = add(size, align4(add(4, len))),
            _ => return size,
        }
        attrs = rest;
    }
    size
}

/// The length of every payload of a type, if there is one.
const fn payload_len(value: ValueType) -> Option<usize> {
    use ValueType::*;
    if let Some(integer) = value.integer() {
        return Some(integer.len);
    }
    Some(match value {
        Flag => 0,
        Ipv4 => 4,
        Bitfield32(_) => 8,
        Ipv6 => 16,
        Mac => 6,
        Array(len) => len,
        Struct(schema) => schema.len,
        Named(schema) => return payload_len(schema.base),
        _ => return None,
    })
}
