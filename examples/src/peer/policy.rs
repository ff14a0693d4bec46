//! The kernel's strict validation of attributes, with the same limits as the policy that is generated from a schema.

use super::Refused;
use nl_tlv::control::Errno;
use nl_tlv::schema::{AttrSchema, AttrSet, Contents, MessageSchema, ValueType};
use nl_tlv::{Attr, Attrs, Message};

/// Checks the attributes of a request as `nlmsg_parse` does with the policy of its type: which attributes there may be,
/// their lengths, their ranges. Whether any is missing it does not check.
///
/// # Errors
///
/// The kernel's errno and text.
///
/// Source: `lib/nlattr.c`, `__nla_validate_parse` with `NL_VALIDATE_STRICT`.
pub fn check(schema: &MessageSchema, request: &Message<'_>) -> Result<(), Refused> {
    match schema.contents {
        Contents::Attrs(set) => check_set(set, request.attrs()),
        Contents::Payload { .. } => Ok(()),
    }
}

fn check_set(set: &AttrSet, mut attrs: Attrs<'_>) -> Result<(), Refused> {
    let last = set.part_of.map_or(set, |whole| whole()).attrs.iter().map(|attr| attr.ty).max();
    for attr in attrs.by_ref() {
        // The kernel's loop stops at an attribute whose length is wrong, and finds that something is left.
        let attr = attr.map_err(|_| LEFTOVER)?;
        let ty = attr.ty().get();
        if ty == 0 || Some(ty) > last {
            return Err(Refused::at(Errno::EINVAL, "Unknown attribute type", attr));
        }
        match set.attrs.iter().find(|known| known.ty == ty) {
            Some(known) => check_attr(known, attr)?,
            None => return Err(Refused::at(Errno::EINVAL, "Unsupported attribute", attr)),
        }
    }
    if attrs.remainder().is_empty() { Ok(()) } else { Err(LEFTOVER) }
}

const LEFTOVER: Refused = Refused::new(Errno::EINVAL, "bytes leftover after parsing attributes");

fn check_attr(schema: &AttrSchema, attr: Attr<'_>) -> Result<(), Refused> {
    let len = attr.payload().len();
    if fixed_len(schema.value).is_some_and(|fixed| fixed != len) {
        return Err(Refused::at(Errno::EINVAL, "invalid attribute length", attr));
    }
    let is_nest = matches!(schema.value, ValueType::Nested(_) | ValueType::NestedArray(_));
    match (is_nest, attr.is_nested()) {
        (true, false) => return Err(Refused::at(Errno::EINVAL, "NLA_F_NESTED is missing", attr)),
        (false, true) => return Err(Refused::at(Errno::EINVAL, "NLA_F_NESTED not expected", attr)),
        _ => {}
    }
    let out_of_range = |text| Err(Refused::at(Errno::ERANGE, text, attr));
    match schema.value {
        ValueType::Nested(_) if (1..4).contains(&len) => out_of_range(FAILED),
        ValueType::Nested(set) => check_set(set(), attr.nested()),
        ValueType::NulString => check_string(schema, attr),
        ValueType::Ip if !(4..=16).contains(&len) => out_of_range("binary attribute size out of range"),
        _ => check_number(schema, attr),
    }
}

fn check_string(schema: &AttrSchema, attr: Attr<'_>) -> Result<(), Refused> {
    let (max, text) = (schema.limits.max_len.unwrap_or(usize::MAX - 1), attr.payload());
    // The NUL is looked for as far as the longest string has it.
    let is_terminated = text.iter().take(max + 1).any(|&byte| byte == 0);
    if !is_terminated {
        return Err(Refused::at(Errno::EINVAL, FAILED, attr));
    }
    let len = text.len() - usize::from(text.last() == Some(&0));
    if len > max { Err(Refused::at(Errno::ERANGE, FAILED, attr)) } else { Ok(()) }
}

fn check_number(schema: &AttrSchema, attr: Attr<'_>) -> Result<(), Refused> {
    let number = match schema.value {
        ValueType::U8 => attr.parse::<u8>().map(i128::from),
        ValueType::U16 => attr.parse::<u16>().map(i128::from),
        ValueType::U32 => attr.parse::<u32>().map(i128::from),
        ValueType::U64 => attr.parse::<u64>().map(i128::from),
        _ => return Ok(()),
    };
    match number.and_then(|number| schema.limits.check_number(number)) {
        Ok(()) => Ok(()),
        Err(_) => Err(Refused::at(Errno::ERANGE, "integer out of range", attr)),
    }
}

/// The one length that values of a type have.
fn fixed_len(value: ValueType) -> Option<usize> {
    Some(match value {
        ValueType::U8 | ValueType::S8 => 1,
        ValueType::U16 | ValueType::S16 | ValueType::Be16 => 2,
        ValueType::U32 | ValueType::S32 | ValueType::Be32 | ValueType::Ipv4 => 4,
        ValueType::U64 | ValueType::S64 | ValueType::Be64 => 8,
        ValueType::Ipv6 => 16,
        ValueType::Mac => 6,
        ValueType::Array(len) => len,
        ValueType::Struct(schema) => schema.len,
        _ => return None,
    })
}

const FAILED: &str = "Attribute failed policy validation";
