//! What `struct nla_policy` says of an attribute, out of its schema.
//!
//! `nl-tlv-uapi` writes the same as C: what it leaves out, such as limits that the kernel has no
//! field for, is not checked here either.

use super::{PolicyRefusal, Strictness};
use crate::Attr;
use crate::control::Policy as Accepted;
use crate::schema::types::Nest;
use crate::schema::{AttrSchema, AttrSet, Limits, SetRef, ValueType};

/// The last type that a policy has an entry for (`maxtype`).
pub(super) fn max_type(set: &AttrSet) -> u16 {
    let shared = set.part_of.map_or(&[][..], |set| set().attrs);
    set.attrs.iter().chain(shared).map(|attr| attr.ty).max().unwrap_or(0)
}

/// An entry of a policy.
#[derive(Clone, Copy)]
pub(super) struct Policy {
    pub(super) kind: Kind,
    pub(super) check: Check,
}

/// What an attribute is to the kernel (`NLA_*`).
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A type without an entry.
    Unspec,
    /// A number of fixed length.
    Number(Number),
    /// A number of four bytes or eight.
    AnyNumber { is_signed: bool },
    /// No payload.
    Flag,
    /// Flag bits, of which these exist.
    Bitfield32(u32),
    /// A string of at most so many bytes, 0 for any number, with a NUL behind them that may be required.
    Text { max_len: usize, needs_nul: bool },
    /// Bytes, at most so many of them, 0 for any number.
    Binary { max_len: usize },
    /// Attributes.
    Nested(SetRef),
    /// Attributes that no policy is known for.
    AnyNested,
    /// Items, each with attributes.
    NestedArray(SetRef),
    /// Nothing that may be sent.
    Reject,
}

/// What the kernel says that it accepts; `None` if there is no entry. Limits that every number of a type is within are not
/// part of it.
pub(super) fn accepted(attr: &AttrSchema) -> Option<Accepted> {
    let Policy { kind, check } = Policy::entry(attr);
    let (ty, len) = match kind {
        Kind::Number(number) => (number.ty(), 0),
        Kind::AnyNumber { is_signed } => (if is_signed { Accepted::SINT } else { Accepted::UINT }, 0),
        Kind::Flag => (Accepted::FLAG, 0),
        Kind::Bitfield32(_) => (Accepted::BITFIELD32, 0),
        Kind::Text { max_len, needs_nul } => {
            (if needs_nul { Accepted::NUL_STRING } else { Accepted::STRING }, max_len)
        }
        Kind::Binary { max_len } => (Accepted::BINARY, max_len),
        Kind::Nested(_) | Kind::AnyNested => (Accepted::NESTED, 0),
        Kind::NestedArray(_) => (Accepted::NESTED_ARRAY, 0),
        Kind::Unspec | Kind::Reject => return None,
    };
    let max_len = u32::try_from(len).ok().filter(|len| *len != 0);
    let is_signed = matches!(ty, Accepted::S8..=Accepted::S64 | Accepted::SINT);
    let bitfield32_mask = if let Kind::Bitfield32(mask) = kind { Some(mask) } else { None };
    let all = Accepted { ty, max_len, bitfield32_mask, ..Accepted::default() };
    Some(match check {
        Check::None => all,
        Check::Mask(mask) => Accepted { mask: Some(mask), ..all },
        Check::Range(min, max) if ty == Accepted::BINARY => {
            Accepted { min_len: min.try_into().ok(), max_len: max.try_into().ok(), ..all }
        }
        Check::Range(min, max) if is_signed => {
            Accepted { min_signed: min.try_into().ok(), max_signed: max.try_into().ok(), ..all }
        }
        Check::Range(min, max) => Accepted { min: min.try_into().ok(), max: max.try_into().ok(), ..all },
    })
}

/// How a number lies in the payload.
#[derive(Clone, Copy)]
pub(super) struct Number {
    /// How many bytes it has.
    pub(super) len: usize,
    pub(super) is_signed: bool,
    /// In network order, not that of the host.
    pub(super) is_network: bool,
}

/// What is checked of a value beyond its kind (`NLA_VALIDATE_*`).
#[derive(Clone, Copy)]
pub(super) enum Check {
    /// Nothing.
    None,
    /// A number, or the number of bytes: both ends included.
    Range(i128, i128),
    /// A number: the bits that may be set.
    Mask(u64),
}

impl Policy {
    /// The entry of a type. A set that is part of another one has entries for its own attributes only.
    pub(super) fn of(set: &AttrSet, ty: u16) -> Self {
        let attr = set.attrs.iter().find(|attr| attr.ty == ty);
        attr.map_or(Self { kind: Kind::Unspec, check: Check::None }, Self::entry)
    }

    fn entry(attr: &AttrSchema) -> Self {
        let AttrSchema { value, limits, .. } = attr;
        if let Some(nest) = value.nest() {
            return Self { kind: Kind::of(nest), check: Check::None };
        }
        let kind = match *value {
            ValueType::Flag => Kind::Flag,
            ValueType::Reject => Kind::Reject,
            ValueType::String => Kind::Text { max_len: limits.max_len.unwrap_or(0), needs_nul: false },
            ValueType::NulString => Kind::Text { max_len: limits.max_len.unwrap_or(0), needs_nul: true },
            ValueType::Bitfield32(_) => {
                let mask = limits.mask.unwrap_or(u32::MAX.into());
                Kind::Bitfield32(u32::try_from(mask & u64::from(u32::MAX)).unwrap_or(0))
            }
            ValueType::Pad => Kind::Unspec,
            ValueType::Named(schema) if !matches!(schema.base, ValueType::Named(_)) => {
                return Self::entry(&AttrSchema { value: schema.base, ..*attr });
            }
            ValueType::Uint => {
                return Self { kind: Kind::AnyNumber { is_signed: false }, check: Check::of(limits, true) };
            }
            ValueType::Sint => {
                return Self { kind: Kind::AnyNumber { is_signed: true }, check: Check::of(limits, false) };
            }
            value => match Number::of(value) {
                Some(number) => {
                    return Self {
                        kind: Kind::Number(number),
                        check: Check::of(limits, !number.is_signed && !number.is_network),
                    };
                }
                None => return binary(value, limits),
            },
        };
        Self { kind, check: Check::None }
    }

    /// What the kernel looks at first: the length of a number and the flag of a nest.
    pub(super) fn check_header(&self, attr: &Attr<'_>, strictness: Strictness) -> Result<(), PolicyRefusal> {
        let is_other_len = matches!(self.kind, Kind::Number(number) if number.len != attr.payload().len());
        if is_other_len && strictness.contains(Strictness::STRICT_ATTRS) {
            return Err(PolicyRefusal::LENGTH);
        }
        let is_nest = matches!(self.kind, Kind::Nested(_) | Kind::NestedArray(_) | Kind::AnyNested);
        match (strictness.contains(Strictness::NESTED), is_nest, attr.is_nested()) {
            (true, true, false) => Err(PolicyRefusal::NESTED_MISSING),
            (true, false, true) if !matches!(self.kind, Kind::Unspec) => {
                Err(PolicyRefusal::NESTED_UNEXPECTED)
            }
            _ => Ok(()),
        }
    }
}

impl Kind {
    fn of(nest: Nest) -> Self {
        match nest {
            Nest::Attrs(set) => Self::Nested(set),
            Nest::Items(set) => Self::NestedArray(set),
            Nest::Any => Self::AnyNested,
        }
    }
}

impl Number {
    fn ty(self) -> u32 {
        match (self.len, self.is_signed) {
            (1, false) => Accepted::U8,
            (2, false) => Accepted::U16,
            (4, false) => Accepted::U32,
            (_, false) => Accepted::U64,
            (1, true) => Accepted::S8,
            (2, true) => Accepted::S16,
            (4, true) => Accepted::S32,
            (_, true) => Accepted::S64,
        }
    }

    fn of(value: ValueType) -> Option<Self> {
        let host = |len, is_signed| Some(Self { len, is_signed, is_network: false });
        let network = |len| Some(Self { len, is_signed: false, is_network: true });
        match value {
            ValueType::U8 => host(1, false),
            ValueType::U16 => host(2, false),
            ValueType::U32 => host(4, false),
            ValueType::U64 => host(8, false),
            ValueType::S8 => host(1, true),
            ValueType::S16 => host(2, true),
            ValueType::S32 => host(4, true),
            ValueType::S64 => host(8, true),
            ValueType::Be16 | ValueType::BeS16 => network(2),
            ValueType::Be32 | ValueType::BeS32 => network(4),
            _ => None,
        }
    }
}

impl Check {
    /// A policy has room for a range or a mask, and a mask for numbers without sign and in host order only.
    fn of(limits: &Limits, has_mask: bool) -> Self {
        match (limits.min, limits.max, limits.mask) {
            (None, None, Some(mask)) if has_mask => Self::Mask(mask),
            (None, None, _) => Self::None,
            (min, max, _) => Self::Range(min.unwrap_or(i128::MIN), max.unwrap_or(i128::MAX)),
        }
    }
}

/// Everything else is bytes: exactly so many, or as many as the limits say.
fn binary(value: ValueType, limits: &Limits) -> Policy {
    let of_len = |min: usize, max: usize| {
        let len = |len| i128::try_from(len).unwrap_or(i128::MAX);
        Policy { kind: Kind::Binary { max_len: 0 }, check: Check::Range(len(min), len(max)) }
    };
    let up_to = |max_len| Policy { kind: Kind::Binary { max_len }, check: Check::None };
    match value {
        ValueType::Array(len) => of_len(len, len),
        ValueType::Struct(schema) if schema.zero_extend => up_to(schema.len),
        ValueType::Struct(schema) if schema.items.is_some() => of_len(schema.len, usize::MAX),
        ValueType::Struct(schema) => of_len(schema.len, schema.len),
        ValueType::Headed(header, _) | ValueType::Records { header, .. } => of_len(header.len, usize::MAX),
        ValueType::Ipv4 => of_len(4, 4),
        ValueType::Ipv6 => of_len(16, 16),
        ValueType::Ip => of_len(4, 16),
        ValueType::Mac => of_len(6, 6),
        ValueType::Be64 => of_len(8, 8),
        _ => match (limits.min_len, limits.max_len) {
            (Some(min), max) => of_len(min, max.unwrap_or(usize::MAX)),
            (None, max) => up_to(max.unwrap_or(0)),
        },
    }
}
