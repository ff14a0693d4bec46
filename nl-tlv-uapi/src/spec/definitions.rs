//! Constants, enums, flags and structs.

use super::kinds::Kind;
use super::yaml::Block;
use super::{Writer, dashed};
use crate::claims;
use crate::distinct::Distinct;
use crate::sets::Sets;
use core::fmt;
use nl_tlv::schema::{AttrSet, MAX_DEPTH, MessageSchema, NumberSchema, StructField, StructSchema, ValueType};

/// C structs, each once and before those that contain it.
pub(super) struct Structs(Distinct<&'static StructSchema>);

impl Structs {
    /// All structs of messages and sets.
    pub(super) fn of(
        messages: impl Iterator<Item = &'static MessageSchema>,
        sets: &Sets,
    ) -> Result<Self, fmt::Error> {
        let mut structs = Self(Distinct::new());
        messages.filter_map(|schema| schema.header).try_for_each(|header| structs.add(header, 0))?;
        let values = sets.iter().flat_map(|set| set.attrs).map(|attr| attr.value);
        values.into_iter().try_for_each(|value| structs.add_value(value, 0))?;
        Ok(structs)
    }

    fn add_value(&mut self, value: ValueType, depth: usize) -> fmt::Result {
        match value {
            ValueType::Struct(schema)
            | ValueType::Headed(schema, _)
            | ValueType::Records { header: schema, .. } => self.add(schema, depth),
            ValueType::SubMessage { schema, .. } => {
                schema.forms.iter().try_for_each(|(_, form)| self.add_value(*form, depth))
            }
            _ => Ok(()),
        }
    }

    fn add(&mut self, schema: &'static StructSchema, depth: usize) -> fmt::Result {
        if depth > MAX_DEPTH {
            return Err(fmt::Error);
        }
        let inner = schema.fields.iter().map(|field| field.value);
        inner.into_iter().try_for_each(|value| self.add_value(value, depth.saturating_add(1)))?;
        self.0.insert(schema, |other| is_same(other, schema));
        Ok(())
    }
}

/// Names for the bytes between fields: `pad`, `pad2` and so on, those that no field has.
fn pad_names(schema: &StructSchema) -> impl Iterator<Item = String> {
    let names = (1..).map(|number| if number == 1 { "pad".to_owned() } else { format!("pad{number}") });
    names.filter(|name| schema.fields.iter().all(|field| dashed(field.name) != *name))
}

/// Whether two structs have one name and the same members at the same places.
fn is_same(a: &'static StructSchema, b: &'static StructSchema) -> bool {
    let members = |schema: &'static StructSchema| {
        schema.fields.iter().map(|field| (field.name, field.offset, field.len))
    };
    a.name == b.name && a.len == b.len && members(a).eq(members(b))
}

/// An error if one name stands for two things; each with what it is.
fn distinct(things: impl Iterator<Item = (String, String)>) -> Result<(), String> {
    let mut all: Vec<(String, String)> = Vec::new();
    for (name, thing) in things {
        if let Some((_, other)) = all.iter().find(|(given, _)| *given == name) {
            return Err(format!(
                "`{name}` is the name of two things, of {other} and of {thing}: rename one of them"
            ));
        }
        all.push((name, thing));
    }
    Ok(())
}

impl Writer<'_> {
    /// An error if two things in one list of the specification have one name.
    pub(super) fn check(&self) -> Result<(), String> {
        let constants = self.protocol.constants.iter();
        let constants = constants.map(|own| (self.short(own.name), format!("the constant `{}`", own.name)));
        let named = self.numbers.iter().filter(|schema| schema.names().next().is_some());
        let numbers = named.map(|schema| (self.number(schema), format!("the numbers `{}`", schema.name)));
        let structs = self.structs.0.iter();
        let structs = structs.map(|schema| {
            (dashed(schema.name), format!("the struct `{}` of {} bytes", schema.name, schema.len))
        });
        distinct(constants.chain(numbers).chain(structs))?;
        distinct(self.sets.iter().map(|set| (self.set(set), claims::of_set(set))))?;
        let forms = self.sub_message_schemas().into_iter().map(|(schema, _)| {
            (
                dashed(schema.name),
                format!("the sub-message `{}` with {} forms", schema.name, schema.forms.len()),
            )
        });
        distinct(forms)
    }

    pub(super) fn definitions(&self, yaml: &mut Block<'_, '_>) -> fmt::Result {
        let constants = self.protocol.constants;
        let mut numbers = self.numbers.iter().filter(|schema| schema.names().next().is_some()).peekable();
        let mut structs = self.structs.0.iter().peekable();
        if constants.is_empty() && numbers.peek().is_none() && structs.peek().is_none() {
            return Ok(());
        }
        yaml.gap()?;
        yaml.open("definitions", |yaml| {
            for constant in constants {
                yaml.item(|yaml| {
                    yaml.key("name", &self.short(constant.name))?;
                    yaml.key("type", "const")?;
                    yaml.doc(constant.doc)?;
                    yaml.line(format_args!("value: {}", constant.value))
                })?;
            }
            numbers.try_for_each(|schema| yaml.item(|yaml| self.names(yaml, schema)))?;
            structs.try_for_each(|schema| yaml.item(|yaml| self.structure(yaml, schema)))
        })
    }

    /// The names of numbers or bits. Bits are counted; a name of several bits is left out.
    fn names(&self, yaml: &mut Block<'_, '_>, schema: &NumberSchema) -> fmt::Result {
        yaml.key("name", &self.number(schema))?;
        yaml.key("type", if schema.is_flags { "flags" } else { "enum" })?;
        yaml.doc(schema.doc)?;
        let value = |number: i128| match schema.is_flags {
            true => (number.count_ones() == 1).then(|| i128::from(number.trailing_zeros())),
            false => Some(number),
        };
        yaml.open("entries", |yaml| {
            let mut next = 0;
            for (name, number) in schema.names() {
                let Some(value) = value(number) else { continue };
                yaml.item(|yaml| {
                    yaml.key("name", &dashed(name))?;
                    if value == next { Ok(()) } else { yaml.line(format_args!("value: {value}")) }
                })?;
                next = value.saturating_add(1);
            }
            Ok(())
        })
    }

    /// A struct with the bytes between its fields, which a specification has to name.
    fn structure(&self, yaml: &mut Block<'_, '_>, schema: &StructSchema) -> fmt::Result {
        yaml.key("name", &dashed(schema.name))?;
        yaml.key("type", "struct")?;
        yaml.open("members", |yaml| {
            let (mut end, mut names) = (0, pad_names(schema));
            for field in schema.fields {
                self.hole(yaml, &mut names, field.offset.saturating_sub(end))?;
                yaml.item(|yaml| self.member(yaml, field))?;
                end = field.offset.saturating_add(field.len);
            }
            self.hole(yaml, &mut names, schema.len.saturating_sub(end))
        })
    }

    fn hole(
        &self,
        yaml: &mut Block<'_, '_>,
        names: &mut impl Iterator<Item = String>,
        len: usize,
    ) -> fmt::Result {
        if len == 0 {
            return Ok(());
        }
        yaml.item(|yaml| {
            yaml.key("name", &names.next().unwrap_or_default())?;
            yaml.key("type", if self.is_raw() { "pad" } else { "binary" })?;
            yaml.line(format_args!("len: {len}"))
        })
    }

    fn member(&self, yaml: &mut Block<'_, '_>, field: &StructField) -> fmt::Result {
        let Kind { ty, more, .. } = self.kind(AttrSet::EMPTY, field.value);
        yaml.key("name", &dashed(field.name))?;
        yaml.key("type", ty)?;
        let is_allowed = |name: &&(&str, String)| name.0 != "sub-type";
        more.iter()
            .filter(is_allowed)
            .try_for_each(|(name, value)| yaml.line(format_args!("{name}: {value}")))?;
        let is_struct = matches!(field.value, ValueType::Struct(_));
        match ty {
            "binary" | "string" if !is_struct => yaml.line(format_args!("len: {}", field.len)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hole_has_a_name_of_its_own() {
        let field = |name, offset| StructField { name, offset, len: 1, value: nl_tlv::schema::ValueType::U8 };
        let fields = [field("a", 0), field("pad2", 4), field("b", 8)];
        let schema = StructSchema {
            name: "Holes",
            len: 12,
            align: 4,
            fields: Box::leak(Box::new(fields)),
            items: None,
            zero_extend: false,
        };
        assert!(pad_names(&schema).take(3).eq(["pad", "pad3", "pad4"]));
    }
}
