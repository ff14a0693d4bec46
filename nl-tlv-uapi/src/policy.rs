//! The header for the kernel module.

use crate::distinct::Distinct;
use crate::forms::Selected;
use crate::sets::{Sets, contents, nested, sorted};
use crate::text::{comment, shown};
use crate::{ProtocolDef, names};
use core::fmt::{self, Display, Formatter};
use core::ops::RangeInclusive;
use nl_tlv::schema::{AttrSchema, AttrSet, Limits, MAX_DEPTH, Nest, Presence, SetRef, ValueType};

pub(crate) fn write(f: &mut Formatter<'_>, protocol: &ProtocolDef) -> fmt::Result {
    let name = names::lower(names::upper(protocol.name));
    writeln!(f, "#include <net/netlink.h>\n\n#include \"{name}_uapi.h\"\n")?;
    group_indices(f, protocol)?;
    let tables = tables(protocol)?;
    for (index, table) in tables.iter().enumerate() {
        nested(table.set, &mut |nest, _| {
            let stem = names::set_stem(protocol, nest).to_string();
            match tables.iter().take(index).all(|before| before.stem != stem) {
                true => declaration(f, protocol, nest),
                false => Ok(()),
            }
        })?;
        table.write(f)?;
    }
    Sets::of(protocol)?.iter().try_for_each(|set| answered(f, protocol, set, &tables))
}

/// A comment at types in answers, which no table has, that older kernels cannot write.
fn answered(
    f: &mut Formatter<'_>,
    protocol: &ProtocolDef,
    set: &'static AttrSet,
    tables: &[Table<'_>],
) -> fmt::Result {
    let is_in_table = |ty| {
        let of = |table: &&Table<'_>| names::is_same(table.set, set);
        tables.iter().filter(of).any(|table| table.set.attrs.iter().any(|attr| attr.ty == ty))
    };
    for attr in sorted(set.attrs).filter(|attr| !is_in_table(attr.ty)) {
        let put = match Number::of(attr.value).map(|number| number.name) {
            Some("NLA_UINT") => "nla_put_uint",
            Some("NLA_SINT") => "nla_put_sint",
            _ => continue,
        };
        writeln!(f, "/* {}: {put}() needs Linux 6.7. */\n", names::attr(protocol, set, attr))?;
    }
    Ok(())
}

fn group_indices(f: &mut Formatter<'_>, protocol: &ProtocolDef) -> fmt::Result {
    let groups = protocol.family.map_or(&[][..], |family| family.groups);
    if groups.is_empty() {
        return Ok(());
    }
    f.write_str("/* Indices of the multicast groups in the generic netlink family. */\nenum {\n")?;
    for (index, group) in groups.iter().enumerate() {
        let name = names::upper(protocol.name);
        writeln!(f, "\t{name}_NLGRP_{} = {index},", names::upper(group))?;
    }
    f.write_str("};\n\n")
}

/// The tables in the order in which they are written: those of the sets nested in a message, then its own.
pub(crate) fn tables(protocol: &ProtocolDef) -> Result<Vec<Table<'_>>, fmt::Error> {
    let mut tables = Tables { protocol, visited: Distinct::new(), all: Vec::new() };
    for schema in [protocol.requests, protocol.commands()].into_iter().flatten() {
        if let Some(set) = contents(schema) {
            nested(set, &mut |nest, is_used| tables.set(nest, is_used, 0))?;
            let stem = names::message_stem(protocol, schema).to_string();
            tables.all.push(Table { protocol, stem, set, is_used: true });
        }
    }
    protocol.sets.iter().try_for_each(|set| tables.set(set, true, 0))?;
    Ok(tables.all)
}

struct Tables<'p> {
    protocol: &'p ProtocolDef,
    /// Sets whose table is there, or will be behind those of the sets nested in it.
    visited: Distinct<&'static AttrSet>,
    all: Vec<Table<'p>>,
}

impl Tables<'_> {
    /// The table of a set, behind those of the sets nested in it; none if an equal one is there.
    fn set(&mut self, set: &'static AttrSet, is_used: bool, depth: usize) -> fmt::Result {
        if depth > MAX_DEPTH {
            return Err(fmt::Error);
        }
        if !self.visited.insert(set, |other| core::ptr::eq(other, set)) {
            return Ok(());
        }
        nested(set, &mut |nest, is_used| self.set(nest, is_used, depth.saturating_add(1)))?;
        let stem = names::set_stem(self.protocol, set).to_string();
        let table = Table { protocol: self.protocol, stem, set, is_used };
        if !self.all.iter().any(|other| other.is_same(&table)) {
            self.all.push(table);
        }
        Ok(())
    }
}

/// The table of a message or of a set.
pub(crate) struct Table<'p> {
    protocol: &'p ProtocolDef,
    /// What its name begins with.
    pub(crate) stem: String,
    pub(crate) set: &'static AttrSet,
    /// Whether another table or a handler refers to it.
    is_used: bool,
}

impl Table<'_> {
    /// Whether two tables of sets are the same table.
    fn is_same(&self, other: &Self) -> bool {
        let entries = |table: &Self| shown(|f| table.entries(f)).to_string();
        self.stem == other.stem && names::is_same(self.set, other.set) && entries(self) == entries(other)
    }

    /// The names of its ranges.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (&'static AttrSchema, String)> {
        let is_long = |attr: &&AttrSchema| Range::of(attr).is_some_and(|range| !range.is_short());
        sorted(self.set.attrs).filter(is_long).map(|attr| (attr, range_name(&self.stem, attr).to_string()))
    }

    fn write(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (stem, prefix) = (&self.stem, names::prefix(self.protocol, self.set));
        self.ranges().try_for_each(|(attr, name)| write_range(f, &name, attr))?;
        let mark = if self.is_used { " " } else { " __maybe_unused\n" };
        writeln!(f, "static const struct nla_policy{mark}{stem}_policy[{prefix}_MAX + 1] = {{")?;
        self.entries(f)?;
        f.write_str("};\n\n")?;
        Selected::of(stem, self.set).try_for_each(|attr| attr.write(f, self.protocol, self.set))
    }

    fn entries(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { protocol, stem, set, .. } = self;
        if let Some(start) = set.strict_start_type {
            writeln!(f, "\t[0] = {{ .strict_start_type = {} }},", start_type(protocol, set, start))?;
        }
        for attr in sorted(set.attrs) {
            let constant = names::attr(protocol, set, attr);
            // The entry 0 is for what holds for all.
            if attr.ty == 0 {
                let text = "of type 0, has no policy: the kernel skips it, or refuses it";
                comment(f, 1, &format!("{constant}, {text}."))?;
                continue;
            }
            needed(f, attr)?;
            unchecked(f, attr)?;
            writeln!(f, "\t[{constant}] = {},", Policy { protocol, stem, attr })?;
        }
        Ok(())
    }
}

/// A comment at a type that older kernels do not have.
fn needed(f: &mut Formatter<'_>, attr: &AttrSchema) -> fmt::Result {
    let (key, instead) = match Number::of(attr.value).map(|number| number.name) {
        Some("NLA_UINT") => ("uint", "u64"),
        Some("NLA_SINT") => ("sint", "i64"),
        _ => return Ok(()),
    };
    writeln!(f, "\t/* Needs Linux 6.7; for older kernels define it as {instead} without {key}. */")
}

/// A comment with what the kernel's policies cannot express of an attribute.
fn unchecked(f: &mut Formatter<'_>, attr: &AttrSchema) -> fmt::Result {
    let Limits { min, max, min_len, max_len, mask } = attr.limits;
    let is_string = matches!(attr.value, ValueType::String | ValueType::NulString);
    let number = Number::of(attr.value);
    let is_checked =
        |mask: u64| number.is_some_and(|number| number.has_mask(mask) && min.is_none() && max.is_none());
    let mask = mask.filter(|mask| !is_checked(*mask) && !matches!(attr.value, ValueType::Bitfield32(_)));
    let end = |limit: Option<i128>| limit.filter(|_| !number.is_some_and(|number| number.has_range));
    let bytes = |min: usize| format!("at least {min} byte{}", if min == 1 { "" } else { "s" });
    let says: Vec<String> = [
        (attr.presence == Presence::Required).then(|| "required".to_owned()),
        min_len.filter(|min| is_string && *min > 0).map(bytes),
        // A length of 0 is no limit there.
        max_len.filter(|max| is_string && *max == 0).map(|_| "empty".to_owned()),
        end(min).map(|min| format!("at least {min}")),
        end(max).map(|max| format!("at most {max}")),
        mask.map(|mask| format!("only bits of {mask:#x}")),
        matches!(attr.value, ValueType::Ip).then(|| "4 or 16 bytes".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    match says.is_empty() {
        true => Ok(()),
        false => {
            writeln!(f, "\t/* No policy says this, the module checks it: {}. */", says.join(", "))
        }
    }
}

/// A table that another one refers to before it stands there.
fn declaration(f: &mut Formatter<'_>, protocol: &ProtocolDef, set: &'static AttrSet) -> fmt::Result {
    let (stem, prefix) = (names::set_stem(protocol, set), names::prefix(protocol, set));
    writeln!(f, "static const struct nla_policy {stem}_policy[{prefix}_MAX + 1];\n")
}

/// The constant of a type, or the number where no attribute has it.
fn start_type(protocol: &ProtocolDef, set: &'static AttrSet, ty: u16) -> impl Display {
    shown(move |f| match set.attr(ty) {
        Some(attr) => write!(f, "{}", names::attr(protocol, set, attr)),
        None => write!(f, "{ty}"),
    })
}

/// The entry of an attribute.
pub(crate) struct Policy<'a> {
    pub(crate) protocol: &'a ProtocolDef,
    /// What the table's name begins with, and those of its ranges.
    pub(crate) stem: &'a str,
    pub(crate) attr: &'a AttrSchema,
}

impl Display for Policy<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let AttrSchema { value, limits, .. } = self.attr;
        if let Some(number) = Number::of(*value) {
            return self.number(f, number);
        }
        if let Some(nest) = value.nest() {
            return self.nest(f, nest);
        }
        match *value {
            ValueType::Flag => f.write_str("{ .type = NLA_FLAG }"),
            ValueType::Reject => f.write_str("{ .type = NLA_REJECT }"),
            ValueType::String => with_len(f, "NLA_STRING", limits.max_len),
            ValueType::NulString => with_len(f, "NLA_NUL_STRING", limits.max_len),
            ValueType::SubMessage { schema, .. } if schema.nested_flag => {
                f.write_str("{ .type = NLA_UNSPEC }")
            }
            ValueType::Pad => f.write_str("{ .type = NLA_UNSPEC }"),
            ValueType::Bitfield32(_) => {
                write!(f, "NLA_POLICY_BITFIELD32({:#x})", limits.mask.unwrap_or(u32::MAX.into()))
            }
            _ => Lengths::of(self.attr).map_or(Ok(()), |lengths| self.bytes(f, lengths)),
        }
    }
}

impl Policy<'_> {
    fn nest(&self, f: &mut Formatter<'_>, nest: Nest) -> fmt::Result {
        let stem = |set: SetRef| names::set_stem(self.protocol, set());
        match nest {
            Nest::Attrs(set) => write!(f, "NLA_POLICY_NESTED({}_policy)", stem(set)),
            Nest::Items(set) => write!(f, "NLA_POLICY_NESTED_ARRAY({}_policy)", stem(set)),
            Nest::Any => f.write_str("{ .type = NLA_NESTED }"),
        }
    }

    fn bytes(&self, f: &mut Formatter<'_>, Lengths { min, max }: Lengths) -> fmt::Result {
        match (min, max) {
            (None, max) => with_len(f, "NLA_BINARY", max),
            _ if Range::of(self.attr).is_some_and(|range| !range.is_short()) => {
                write!(f, "NLA_POLICY_FULL_RANGE(NLA_BINARY, &{})", range_name(self.stem, self.attr))
            }
            (Some(min), None) => write!(f, "NLA_POLICY_MIN_LEN({min})"),
            (Some(min), Some(max)) if min == max => write!(f, "NLA_POLICY_EXACT_LEN({min})"),
            (Some(min), Some(max)) => write!(f, "NLA_POLICY_RANGE(NLA_BINARY, {min}, {max})"),
        }
    }

    fn number(&self, f: &mut Formatter<'_>, number: Number) -> fmt::Result {
        let Limits { min, max, mask, .. } = self.attr.limits;
        let name = number.name;
        match (Range::of(self.attr), mask) {
            (None, Some(mask)) if number.has_mask(mask) => write!(f, "NLA_POLICY_MASK({name}, {mask:#x})"),
            (None, _) => write!(f, "{{ .type = {name} }}"),
            (Some(range), _) if !range.is_short() => {
                let signed = if number.min < 0 { "_SIGNED" } else { "" };
                let range = range_name(self.stem, self.attr);
                write!(f, "NLA_POLICY_FULL_RANGE{signed}({name}, &{range})")
            }
            (Some(Range { min: first, max: last, .. }), _) => match (min, max) {
                (_, None) => write!(f, "NLA_POLICY_MIN({name}, {first})"),
                (None, _) => write!(f, "NLA_POLICY_MAX({name}, {last})"),
                _ => write!(f, "NLA_POLICY_RANGE({name}, {first}, {last})"),
            },
        }
    }
}

/// Bytes, at most so many. A table has 16 bits for that, no attribute is longer, and 0 is no limit.
fn with_len(f: &mut Formatter<'_>, name: &str, max_len: Option<usize>) -> fmt::Result {
    match max_len.filter(|len| *len != 0 && u16::try_from(*len).is_ok()) {
        Some(len) => write!(f, "{{ .type = {name}, .len = {len} }}"),
        None => write!(f, "{{ .type = {name} }}"),
    }
}

/// The lengths that bytes may have, in bytes.
struct Lengths {
    min: Option<usize>,
    max: Option<usize>,
}

impl Lengths {
    /// Those of an attribute that the kernel knows no other type for.
    fn of(attr: &AttrSchema) -> Option<Self> {
        let lengths = |min, max| Self { min, max };
        let exactly = |len| lengths(Some(len), Some(len));
        Some(match attr.value {
            ValueType::Flag | ValueType::String | ValueType::NulString | ValueType::Bitfield32(_) => {
                return None;
            }
            ValueType::Pad | ValueType::Reject => return None,
            value if Number::of(value).is_some() || value.nest().is_some() => return None,
            ValueType::Bytes | ValueType::HwAddr | ValueType::Units { .. } => {
                let Limits { min_len, max_len, .. } = attr.limits;
                // A longest length is a limit by itself, unless it is 0.
                lengths(min_len.or(max_len.filter(|max| *max == 0)), max_len)
            }
            ValueType::SubMessage { .. } => lengths(None, None),
            ValueType::Headed(header, _) | ValueType::Records { header, .. } => {
                lengths(Some(header.len), None)
            }
            ValueType::Array(len) => exactly(len),
            ValueType::Struct(schema) if schema.zero_extend => lengths(None, Some(schema.len)),
            ValueType::Struct(schema) if schema.items.is_some() => lengths(Some(schema.len), None),
            ValueType::Struct(schema) => exactly(schema.len),
            ValueType::Ipv4 => exactly(4),
            ValueType::Ipv6 => exactly(16),
            ValueType::Ip => lengths(Some(4), Some(16)),
            ValueType::Mac => exactly(6),
            _ => exactly(8),
        })
    }
}

/// A number that the kernel has a type for.
#[derive(Clone, Copy)]
struct Number {
    name: &'static str,
    min: i128,
    max: i128,
    /// Whether the kernel can compare it with a mask.
    is_masked: bool,
    /// Whether the kernel can compare it with limits: not a signed number in network order, which it takes as unsigned.
    has_range: bool,
}

impl Number {
    fn of(value: ValueType) -> Option<Self> {
        let number = |name, min, max| Self { name, min, max, is_masked: false, has_range: true };
        let unsigned = |name, max| Some(Self { is_masked: true, ..number(name, 0, max) });
        let big = |name, max| Some(number(name, 0, max));
        let signed = |name, min, max| Some(number(name, min, max));
        let big_signed = |name, min, max| Some(Self { has_range: false, ..number(name, min, max) });
        match value {
            ValueType::U8 => unsigned("NLA_U8", u8::MAX.into()),
            ValueType::U16 => unsigned("NLA_U16", u16::MAX.into()),
            ValueType::U32 => unsigned("NLA_U32", u32::MAX.into()),
            ValueType::U64 => unsigned("NLA_U64", u64::MAX.into()),
            ValueType::S8 => signed("NLA_S8", i8::MIN.into(), i8::MAX.into()),
            ValueType::S16 => signed("NLA_S16", i16::MIN.into(), i16::MAX.into()),
            ValueType::S32 => signed("NLA_S32", i32::MIN.into(), i32::MAX.into()),
            ValueType::S64 => signed("NLA_S64", i64::MIN.into(), i64::MAX.into()),
            ValueType::Be16 => big("NLA_BE16", u16::MAX.into()),
            ValueType::Be32 => big("NLA_BE32", u32::MAX.into()),
            ValueType::BeS16 => big_signed("NLA_BE16", i16::MIN.into(), i16::MAX.into()),
            ValueType::BeS32 => big_signed("NLA_BE32", i32::MIN.into(), i32::MAX.into()),
            ValueType::Uint => unsigned("NLA_UINT", u64::MAX.into()),
            ValueType::Sint => signed("NLA_SINT", i64::MIN.into(), i64::MAX.into()),
            ValueType::Named(schema) if !matches!(schema.base, ValueType::Named(_)) => Self::of(schema.base),
            _ => None,
        }
    }

    /// Whether the kernel can compare it with this mask: a policy has 32 bits for it.
    fn has_mask(self, mask: u64) -> bool {
        self.is_masked && u32::try_from(mask).is_ok()
    }
}

/// The values that a limit of a number's attribute has beyond its type: `300` of `1..=300` for a `u8`.
pub(crate) fn beyond(attr: &AttrSchema) -> Option<i128> {
    let number = Number::of(attr.value)?;
    let limits = [attr.limits.min, attr.limits.max].into_iter().flatten();
    limits.into_iter().find(|limit| !(number.min..=number.max).contains(limit))
}

/// The range of a number, or of the length of bytes, both ends included.
struct Range {
    min: i128,
    max: i128,
    is_signed: bool,
    /// Which of the ends is a limit, not the type's own.
    limits: (bool, bool),
}

impl Range {
    /// The range of an attribute, if it is limited.
    fn of(attr: &AttrSchema) -> Option<Self> {
        let Limits { min, max, .. } = attr.limits;
        match Number::of(attr.value) {
            Some(number) if number.has_range => {
                (min.is_some() || max.is_some()).then(|| Self::new(number.min..=number.max, (min, max)))
            }
            None => {
                let Lengths { min, max } = Lengths::of(attr)?;
                let [min, max] = [min, max].map(|len| len.and_then(|len| len.try_into().ok()));
                min.is_some().then(|| Self::new(0..=u16::MAX.into(), (min, max)))
            }
            Some(_) => None,
        }
    }

    /// The part of a type's numbers that limits leave.
    fn new(all: RangeInclusive<i128>, (min, max): (Option<i128>, Option<i128>)) -> Self {
        Self {
            min: min.unwrap_or(*all.start()),
            max: max.unwrap_or(*all.end()),
            is_signed: *all.start() < 0,
            limits: (min.is_some(), max.is_some()),
        }
    }

    /// Whether the limits fit the 16 signed bits that a table has for them.
    fn is_short(&self) -> bool {
        let fits = |is_limit: bool, end: i128| !is_limit || i16::try_from(end).is_ok();
        fits(self.limits.0, self.min) && fits(self.limits.1, self.max)
    }
}

/// A range that does not fit into the table stands beside it. Not `const`: before 6.12 a policy points at a variable.
fn write_range(f: &mut Formatter<'_>, name: &str, attr: &AttrSchema) -> fmt::Result {
    let Some(Range { min, max, is_signed, .. }) = Range::of(attr) else { return Ok(()) };
    let (ty, suffix) = match is_signed {
        true => ("netlink_range_validation_signed", "LL"),
        false => ("netlink_range_validation", "ULL"),
    };
    writeln!(f, "static struct {ty} {name} = {{")?;
    writeln!(f, "\t.min = {},", literal(min, suffix))?;
    writeln!(f, "\t.max = {},\n}};\n", literal(max, suffix))
}

/// The range that the entry of an attribute refers to, if it is one beside the table.
pub(crate) fn long_range(f: &mut Formatter<'_>, stem: &str, attr: &AttrSchema) -> fmt::Result {
    match Range::of(attr) {
        Some(range) if !range.is_short() => write_range(f, &range_name(stem, attr).to_string(), attr),
        _ => Ok(()),
    }
}

fn range_name<'a>(stem: &'a str, attr: &'a AttrSchema) -> impl Display {
    shown(move |f| write!(f, "{stem}_{}_range", names::lower(names::upper(attr.name))))
}

/// A number in C; the smallest has no literal of its own.
fn literal(number: i128, suffix: &'static str) -> impl Display {
    shown(move |f| match number == i128::from(i64::MIN) {
        true => f.write_str("S64_MIN"),
        false => write!(f, "{number}{suffix}"),
    })
}
