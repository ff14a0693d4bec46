//! The kernel's policy (`struct nla_policy`) for an attribute, worked out from its schema.
//!
//! `nl-tlv-uapi` writes the same as C: what it leaves out, such as limits that the kernel has no
//! field for, is not checked here either.

use super::{PolicyRefusal, Strictness};
use crate::Attr;
use crate::control::Policy as Accepted;
use crate::schema::integer::Integer;
use crate::schema::types::Nest;
use crate::schema::{AttrSchema, AttrSet, Limits, ValueType};

/// The last type that a policy has an entry for (`maxtype`).
pub(super) fn max_type(set: &AttrSet) -> u16 {
    let shared = set.part_of.map_or(&[][..], |set| set().attrs);
    set.attrs.iter().chain(shared).map(|attr| attr.ty).max().unwrap_or(0)
}

/// What the kernel says that it accepts; `None` if there is no entry, or nothing is accepted.
pub(super) fn accepted(attr: &AttrSchema) -> Option<Accepted> {
    Policy::entry(attr).map(|policy| policy.accepted).filter(|accepted| accepted.ty != Accepted::INVALID)
}

/// An entry of a policy.
#[derive(Clone, Copy)]
pub(super) struct Policy {
    /// What it accepts, as the kernel says it: without limits that every number of the type is within. Bytes have a smallest
    /// length where their length is a range (`NLA_POLICY_RANGE`, `NLA_POLICY_EXACT_LEN`).
    pub(super) accepted: Accepted,
    /// How a number of fixed length lies in the payload.
    pub(super) integer: Option<Integer>,
    /// What lies in a nest.
    pub(super) nest: Option<Nest>,
}

impl Policy {
    /// The entry of a type, if there is one. A set that is part of another one has entries for its own attributes only.
    pub(super) fn of(set: &AttrSet, ty: u16) -> Option<Self> {
        set.attrs.iter().find(|attr| attr.ty == ty).and_then(Self::entry)
    }

    fn entry(attr: &AttrSchema) -> Option<Self> {
        let limits = &attr.limits;
        let value = match attr.value {
            ValueType::Named(schema) => schema.base,
            value => value,
        };
        let of_type = |ty| Accepted { ty, ..Accepted::default() };
        let (nest, integer) = (value.nest(), of_policy(value));
        let accepted = match (nest, integer, value) {
            (Some(Nest::Items(_)), ..) => of_type(Accepted::NESTED_ARRAY),
            (Some(Nest::Attrs(_) | Nest::Any), ..) => of_type(Accepted::NESTED),
            (_, Some(integer), _) => numbers(type_of(integer), limits, integer.is_signed, integer.is_network),
            (.., ValueType::Uint) => numbers(Accepted::UINT, limits, false, false),
            (.., ValueType::Sint) => numbers(Accepted::SINT, limits, true, false),
            (.., ValueType::Flag) => of_type(Accepted::FLAG),
            (.., ValueType::String) => up_to(Accepted::STRING, limits.max_len),
            (.., ValueType::NulString) => up_to(Accepted::NUL_STRING, limits.max_len),
            (.., ValueType::Bitfield32(_)) => {
                let mask = limits.mask.unwrap_or(u32::MAX.into()) & u64::from(u32::MAX);
                Accepted { bitfield32_mask: mask.try_into().ok(), ..of_type(Accepted::BITFIELD32) }
            }
            (.., ValueType::Reject) => of_type(Accepted::INVALID),
            (.., ValueType::Pad) => return None,
            (.., ValueType::SubMessage { schema, .. }) if schema.nested_flag => return None,
            (.., value) => binary(value, limits),
        };
        Some(Self { accepted, integer, nest })
    }

    /// What the kernel looks at first: the length of a number and the flag of a nest.
    pub(super) fn check_header(&self, attr: &Attr<'_>, strictness: Strictness) -> Result<(), PolicyRefusal> {
        let is_other_len = self.integer.is_some_and(|integer| integer.len != attr.payload().len());
        if is_other_len && strictness.contains(Strictness::STRICT_ATTRS) {
            return Err(PolicyRefusal::LENGTH);
        }
        match (strictness.contains(Strictness::NESTED), self.nest.is_some(), attr.is_nested()) {
            (true, true, false) => Err(PolicyRefusal::NESTED_MISSING),
            (true, false, true) => Err(PolicyRefusal::NESTED_UNEXPECTED),
            _ => Ok(()),
        }
    }
}

/// The number that a policy has a type for. Numbers in network order have no sign there, and at most four bytes.
fn of_policy(value: ValueType) -> Option<Integer> {
    let integer = value.integer()?;
    let is_signed = integer.is_signed && !integer.is_network;
    (!integer.is_network || integer.len < 8).then_some(Integer { is_signed, ..integer })
}

/// The types of one sign follow each other, by their size.
fn type_of(Integer { len, is_signed, .. }: Integer) -> u32 {
    let first = if is_signed { Accepted::S8 } else { Accepted::U8 };
    first.saturating_add(len.trailing_zeros())
}

/// A policy has room for a range or a mask, and a mask for numbers without sign and in host order only.
fn numbers(ty: u32, limits: &Limits, is_signed: bool, is_network: bool) -> Accepted {
    let Limits { min, max, mask, .. } = *limits;
    let accepted = Accepted { ty, ..Accepted::default() };
    match (min, max) {
        (None, None) => Accepted { mask: mask.filter(|_| !is_signed && !is_network), ..accepted },
        _ if is_signed => Accepted { min_signed: fitting(min), max_signed: fitting(max), ..accepted },
        _ => Accepted { min: fitting(min), max: fitting(max), ..accepted },
    }
}

/// A limit that is not beyond all numbers of its type.
fn fitting<T: TryFrom<i128>>(limit: Option<i128>) -> Option<T> {
    limit?.try_into().ok()
}

/// Bytes, at most so many of them; 0 stands for any number.
fn up_to(ty: u32, max_len: Option<usize>) -> Accepted {
    let max_len = max_len.and_then(|len| u32::try_from(len).ok()).filter(|len| *len != 0);
    Accepted { ty, max_len, ..Accepted::default() }
}

/// Everything else is bytes: exactly so many, or as many as the limits say.
fn binary(value: ValueType, limits: &Limits) -> Accepted {
    let of_len = |min: usize, max: Option<usize>| {
        let [min_len, max_len] = [Some(min), max].map(|len| len.and_then(|len| len.try_into().ok()));
        Accepted { ty: Accepted::BINARY, min_len, max_len, ..Accepted::default() }
    };
    match value {
        ValueType::Struct(schema) if schema.zero_extend => up_to(Accepted::BINARY, Some(schema.len)),
        ValueType::Struct(schema) if schema.items.is_some() => of_len(schema.len, None),
        ValueType::Headed(header, _) | ValueType::Records { header, .. } => of_len(header.len, None),
        ValueType::Ip => of_len(4, Some(16)),
        _ => match (value.payload_len(), limits.min_len, limits.max_len) {
            (Some(len), ..) | (None, None, Some(len @ 0)) => of_len(len, Some(len)),
            (None, Some(min), max) => of_len(min, max),
            (None, None, max) => up_to(Accepted::BINARY, max),
        },
    }
}
