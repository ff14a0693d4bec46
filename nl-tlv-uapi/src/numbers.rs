//! The names of numbers and bits, as constants.

use crate::distinct::Distinct;
use crate::sets::{Sets, messages};
use crate::text::{comment, indent, shown};
use crate::{ProtocolDef, names};
use core::fmt::{self, Display, Formatter};
use nl_tlv::schema::{AttrSet, MessageSchema, NumberSchema, StructSchema, ValueType};

/// An `enum` for each type of numbers that a protocol's attributes and payloads have.
pub(crate) fn write(f: &mut Formatter<'_>, protocol: &ProtocolDef, sets: &Sets) -> fmt::Result {
    Numbers::of(messages(protocol), sets).iter().try_for_each(|schema| constants(f, protocol, schema))
}

/// Types of numbers, each once and in the order in which they came.
pub(crate) struct Numbers(Distinct<&'static NumberSchema>);

impl Numbers {
    /// All types in the messages, and in the attributes of the sets.
    pub(crate) fn of(messages: impl Iterator<Item = &'static MessageSchema>, sets: &Sets) -> Self {
        let mut numbers = Self(Distinct::new());
        for schema in messages {
            schema.header.into_iter().for_each(|header| numbers.add_struct(header));
            numbers.add_set(schema.attrs);
            schema.payload.into_iter().for_each(|payload| numbers.add(payload.value));
        }
        sets.iter().for_each(|set| numbers.add_set(set));
        numbers
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static NumberSchema> {
        self.0.iter()
    }

    fn add_set(&mut self, set: &'static AttrSet) {
        set.attrs.iter().for_each(|attr| self.add(attr.value));
    }

    fn add(&mut self, value: ValueType) {
        match value {
            ValueType::Named(schema) | ValueType::Bitfield32(Some(schema)) => {
                self.0.insert(schema, |other| is_same(other, schema));
            }
            ValueType::Units { value, .. } | ValueType::Indexed(value) | ValueType::ByType(value) => {
                self.add(*value);
            }
            ValueType::Struct(schema)
            | ValueType::Headed(schema, _)
            | ValueType::Records { header: schema, .. } => self.add_struct(schema),
            ValueType::SubMessage { schema, .. } => {
                schema.forms.iter().for_each(|(_, form)| self.add(*form));
            }
            _ => {}
        }
    }

    fn add_struct(&mut self, schema: &StructSchema) {
        schema.fields.iter().for_each(|field| self.add(field.value));
    }
}

/// Whether two types have the same constants: the same names with the same numbers.
fn is_same(a: &NumberSchema, b: &NumberSchema) -> bool {
    a.c_prefix == b.c_prefix
        && (a.c_prefix.is_some() || a.name == b.name)
        && a.is_flags == b.is_flags
        && a.names().eq(b.names())
}

/// Whether the constants are macros: one is larger than the `int` that the constants of an `enum` are.
pub(crate) fn are_macros(schema: &NumberSchema) -> bool {
    schema.names().any(|(_, number)| i32::try_from(number).is_err())
}

/// An `enum`, or macros where a number is larger than the `int` that the constants of an `enum` are.
fn constants(f: &mut Formatter<'_>, protocol: &ProtocolDef, schema: &NumberSchema) -> fmt::Result {
    if schema.names().next().is_none() {
        return Ok(());
    }
    let prefix = prefix(protocol, schema);
    comment(f, 0, schema.doc)?;
    if are_macros(schema) {
        for (name, number) in schema.names() {
            writeln!(f, "#define {prefix}_{} {}", names::upper(name), large(schema, number))?;
        }
        return f.write_str("\n");
    }
    writeln!(f, "enum {} {{", names::lower(&prefix))?;
    for (name, number) in schema.names() {
        indent(f, 1)?;
        match schema.is_flags && number >= 0 {
            true => writeln!(f, "{prefix}_{} = {number:#x},", names::upper(name))?,
            false => writeln!(f, "{prefix}_{} = {number},", names::upper(name))?,
        }
    }
    f.write_str("};\n\n")
}

/// What the constants of a type begin with: `GREET_MOOD`.
pub(crate) fn prefix(protocol: &ProtocolDef, schema: &NumberSchema) -> impl Display {
    shown(move |f| match schema.c_prefix {
        Some(prefix) => f.write_str(prefix),
        None => write!(f, "{}_{}", names::upper(protocol.name), names::upper(schema.name)),
    })
}

/// A literal for `case`.
pub(crate) fn literal(f: &mut Formatter<'_>, number: i128) -> fmt::Result {
    match (i32::try_from(number), i64::try_from(number)) {
        (Ok(number), _) => write!(f, "{number}"),
        (_, Ok(i64::MIN)) => f.write_str("S64_MIN"),
        (_, Ok(number)) => write!(f, "{number}LL"),
        _ => write!(f, "{number}ULL"),
    }
}

/// A number in C. All constants of a type have its size and sign, so that comparisons with one, and `~` of one, are right.
fn large(schema: &NumberSchema, number: i128) -> impl Display {
    let suffix = suffix(schema.base);
    let is_hex = schema.is_flags && number >= 0;
    shown(move |f| match is_hex {
        true => write!(f, "{number:#x}{suffix}"),
        // The smallest number has no literal of its own.
        false if number == i128::from(i64::MIN) => write!(f, "(-{}LL - 1)", i64::MAX),
        false => write!(f, "{number}{suffix}"),
    })
}

/// What stands behind literals of a type. Those of smaller types are `int`, and never large.
const fn suffix(base: ValueType) -> &'static str {
    match base {
        ValueType::U64 | ValueType::Be64 | ValueType::Uint => "ULL",
        ValueType::S64 | ValueType::BeS64 | ValueType::Sint => "LL",
        ValueType::Named(schema) => suffix(schema.base),
        _ => "U",
    }
}
