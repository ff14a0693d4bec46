//! Constant functions that generated code calls: they check a definition while it is compiled, and put schemas together.
#![allow(
    clippy::panic,
    clippy::as_conversions,
    reason = "called in constants only: it is how a constant refuses"
)]

use super::{AttrSchema, AttrSet, Limits, MessageSchema, ValueType};
use crate::MessageId;
use crate::bytes::add;

/// The first schema; there is one for each id that the definition has.
#[must_use]
pub const fn first(schemas: &'static [&'static MessageSchema]) -> &'static MessageSchema {
    match schemas {
        [first, ..] => first,
        [] => MessageSchema::UNKNOWN,
    }
}

/// The first of several lists with a message that cannot be told from those of the lists before it; how many lists there
/// are if there is none.
#[must_use]
pub const fn first_clash(lists: &[&[&MessageSchema]]) -> usize {
    let (mut nth, mut seen, mut behind) = (0, 0, lists);
    while let [own, rest @ ..] = behind {
        let ids = bits(own);
        // Most are told apart by these bits. To compare a hundred messages in pairs takes the compiler longer than their sets.
        let is_alike = seen & ids & !KINDS != 0 || (seen | ids) & KINDS == KINDS;
        if is_alike && !are_distinct(own, lists.split_at(nth).0) {
            return nth;
        }
        (nth, seen, behind) = (add(nth, 1), seen | ids, rest);
    }
    nth
}

/// The bits for types and for commands.
const KINDS: u128 = 0b11;

/// The bit of each id, which few others have, and that of its kind.
const fn bits(mut schemas: &[&MessageSchema]) -> u128 {
    let mut bits = 0;
    while let [schema, rest @ ..] = schemas {
        let (kind, number) = match schema.id {
            MessageId::Type(ty) => (0b01, ty.0),
            MessageId::Command { cmd, .. } => (0b10, cmd as u16),
        };
        bits |= kind | 0b100_u128.wrapping_shl((number % 126) as u32);
        schemas = rest;
    }
    bits
}

const fn are_distinct(mut own: &[&MessageSchema], others: &[&[&MessageSchema]]) -> bool {
    while let [schema, rest @ ..] = own {
        let mut sets = others;
        while let [others, rest @ ..] = sets {
            if !is_distinct(schema.id, others) {
                return false;
            }
            sets = rest;
        }
        own = rest;
    }
    true
}

const fn is_distinct(id: MessageId, mut others: &[&MessageSchema]) -> bool {
    while let [other, rest @ ..] = others {
        match (id, other.id) {
            (MessageId::Type(own), MessageId::Type(other)) if own.0 != other.0 => {}
            (MessageId::Command { cmd: own, .. }, MessageId::Command { cmd: other, .. }) if own != other => {}
            _ => return false,
        }
        others = rest;
    }
    true
}

/// How many schemas several lists have in all.
#[must_use]
pub const fn total(mut lists: &[&[&MessageSchema]]) -> usize {
    let mut total = 0;
    while let [list, rest @ ..] = lists {
        (total, lists) = (add(total, list.len()), rest);
    }
    total
}

/// Several lists of schemas as one, of `N` in all.
#[must_use]
pub const fn concat<const N: usize>(
    mut lists: &[&'static [&'static MessageSchema]],
) -> [&'static MessageSchema; N] {
    let (mut all, mut len) = ([MessageSchema::UNKNOWN; N], 0);
    while let [list, rest @ ..] = lists {
        let mut list = *list;
        while let [first, rest @ ..] = list {
            if let Some((_, [slot, ..])) = all.split_at_mut_checked(len) {
                *slot = first;
            }
            (len, list) = (add(len, 1), rest);
        }
        lists = rest;
    }
    all
}

/// Whether a set has an attribute of this name and number; for an assertion in generated code.
#[must_use]
pub const fn has_attr(set: &AttrSet, name: &str, ty: u16) -> bool {
    let mut attrs = set.attrs;
    while let [attr, rest @ ..] = attrs {
        // The number first: to compare names costs the compiler more than all else of a large set.
        if attr.ty == ty && is_same(attr.name.as_bytes(), name.as_bytes()) {
            return true;
        }
        attrs = rest;
    }
    false
}

/// A constant that is in one of these ranges.
#[must_use]
pub const fn within(number: i128, mut ranges: &[(i128, i128)], message: &'static str) -> i128 {
    while let [(min, max), rest @ ..] = ranges {
        if *min <= number && number <= *max {
            return number;
        }
        ranges = rest;
    }
    panic!("{}", message)
}

/// The attribute of this name, which is part of a key.
#[must_use]
pub const fn key_of(set: &AttrSet, name: &str) -> AttrSchema {
    let mut attrs = set.attrs;
    while let [attr, rest @ ..] = attrs {
        if is_same(attr.name.as_bytes(), name.as_bytes()) {
            return *attr;
        }
        attrs = rest;
    }
    panic!("the set has no attribute of this name: write the name of one of its fields")
}

/// Whether the number at this place stands before it already; for an assertion in generated code.
#[must_use]
pub const fn is_taken(numbers: &[i128], at: usize) -> bool {
    let Some((mut before, [own, ..])) = numbers.split_at_checked(at) else { return false };
    while let [other, rest @ ..] = before {
        if *other == *own {
            return true;
        }
        before = rest;
    }
    false
}

/// Whether numbers can limit such a value; for an assertion in generated code.
#[must_use]
pub const fn is_integer(value: ValueType) -> bool {
    use ValueType::{Bitfield32, Named, Sint, Uint};
    value.integer().is_some() || matches!(value, Uint | Sint | Bitfield32(_) | Named(_))
}

/// Whether lengths can limit such a value; for an assertion in generated code.
#[must_use]
pub const fn has_len(value: ValueType) -> bool {
    use ValueType::{Bytes, HwAddr, NulString, String, Units};
    matches!(value, String | NulString | Bytes | HwAddr | Units { .. })
}

/// Whether some value is within the limits; for an assertion in generated code.
#[must_use]
pub const fn is_possible(limits: &Limits) -> bool {
    !matches!((limits.min, limits.max), (Some(min), Some(max)) if min > max)
        && !matches!((limits.min_len, limits.max_len), (Some(min), Some(max)) if min > max)
}

/// Whether some value of that type is this number, or has these bits; for an assertion in generated code.
#[must_use]
pub const fn is_held(value: ValueType, number: i128, is_mask: bool) -> bool {
    let Some((min, max)) = value.range() else { return true };
    if is_mask { number <= max.saturating_sub(min) } else { min <= number && number <= max }
}

const fn is_same(mut a: &[u8], mut b: &[u8]) -> bool {
    while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}
