//! Which messages are shown.

use crate::catalogue::names::{by_verb, hint, operation, same};
use crate::catalogue::{Catalogue, Family, places};
use crate::decode::text::protocol_name;
use crate::error::Failure;
use crate::fields;
use crate::json::value;
use crate::kernel;
use crate::meaning::Meaning;
use nl_tlv::schema::{Item, MessageSchema, StructSchema, Value, ValueType, Visitor, walk};
use nl_tlv::{Error, Message};
use std::net::Ipv4Addr;

/// Conditions that a message has to meet, all of them; of several families, messages or port ids one is enough.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub struct Filter {
    /// Only messages of this family (may be given more than once)
    #[arg(long, short, value_name = "FAMILY")]
    pub family: Vec<String>,
    #[command(flatten)]
    pub selection: Selection,
    /// Only messages with this port id in their header
    #[arg(long, value_name = "NUMBER")]
    pub port_id: Vec<u32>,
    /// Only requests that were refused, and what went wrong
    #[arg(long)]
    pub refused: bool,
}

/// Conditions on the name of a message and on what is in it.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub struct Selection {
    /// Only messages of this name, such as Link or newlink, or of this type, such as 32; with the answers to them, if they
    /// are requests
    #[arg(long, short, value_name = "NAME")]
    pub message: Vec<String>,
    /// Only messages with this value: `ifname=eth0`, `dst!=10.1.0.0`, `linkinfo.kind~vet` (contains)
    #[arg(long = "where", short = 'w', value_name = "ATTRIBUTE=VALUE")]
    pub conditions: Vec<Condition>,
}

/// A condition about the value of an attribute or a header's field.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    path: Vec<String>,
    test: Test,
    value: String,
    /// The number that the value stands for, where the definition has no names: `family=inet`.
    number: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Test {
    Equal,
    Unequal,
    Contains,
}

impl std::str::FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let at = text.find(['=', '!', '~']).filter(|at| *at > 0);
        let at = at.ok_or("expected ATTRIBUTE=VALUE, ATTRIBUTE!=VALUE or ATTRIBUTE~VALUE")?;
        let (path, rest) = text.split_at(at);
        let (test, value) = match (rest.strip_prefix("!="), rest.strip_prefix('~'), rest.strip_prefix('=')) {
            (Some(value), _, _) => (Test::Unequal, value),
            (_, Some(value), _) => (Test::Contains, value),
            (_, _, Some(value)) => (Test::Equal, value),
            _ => return Err("expected `!=`".into()),
        };
        let path: Vec<_> = path.split('.').map(str::to_owned).collect();
        let named =
            path.last().and_then(|name| Meaning::of(name)).and_then(|meaning| meaning.constant(value));
        let number = named.or_else(|| value.parse::<Ipv4Addr>().ok().map(u32::from));
        let number = number.map(|number| number.to_string());
        Ok(Self { path, test, value: value.to_owned(), number })
    }
}

impl Filter {
    /// Whether anything is left out at all.
    pub fn is_empty(&self) -> bool {
        self.family.is_empty() && self.selection.is_empty() && self.port_id.is_empty()
    }

    /// Whether there are messages that meet the conditions: in these families, or in all if none is given.
    ///
    /// # Errors
    ///
    /// Which name is wrong.
    pub fn check(&self, catalogue: &Catalogue, families: &[String]) -> Result<(), Failure> {
        let mut schemas = Vec::new();
        for name in self.family.iter().chain(families) {
            match catalogue.family(name) {
                Ok(family) => schemas.extend(family.schemas()),
                // It may be one of which nltool has no definition, or a protocol.
                Err(text) if !text.contains("did you mean") || is_protocol(name) => {}
                Err(text) => return Err(Failure::Usage(text)),
            }
        }
        if schemas.is_empty() {
            schemas.extend(catalogue.families().iter().flat_map(Family::schemas));
        }
        self.selection.check(&schemas)
    }

    /// Whether a message is shown for its own sake.
    pub fn matches(
        &self,
        family: &str,
        schema: Option<&'static MessageSchema>,
        message: &Message<'_>,
    ) -> bool {
        let short = family.strip_prefix("rt-").unwrap_or(family);
        let is_family = |name: &String| same(name, family) || same(name, short);
        (self.family.is_empty() || self.family.iter().any(is_family))
            && (self.port_id.is_empty() || self.port_id.contains(&message.port_id()))
            && self.selection.matches(schema, message)
    }
}

/// Whether a name is that of a netlink protocol.
fn is_protocol(name: &str) -> bool {
    (0..=31).any(|protocol| same(protocol_name(protocol), name))
}

impl Selection {
    /// Whether nothing is left out.
    pub fn is_empty(&self) -> bool {
        self.message.is_empty() && self.conditions.is_empty()
    }

    /// Whether some of these messages have the names, attributes and values that are asked for.
    ///
    /// # Errors
    ///
    /// Which none has.
    pub fn check(&self, schemas: &[&'static MessageSchema]) -> Result<(), Failure> {
        let mut meant = Vec::new();
        for name in &self.message {
            let before = meant.len();
            meant.extend(schemas.iter().copied().filter(|schema| is_named(schema, name)));
            if meant.len() == before && number(name).is_none() {
                let operations: Vec<_> = schemas.iter().map(|schema| operation(schema.name)).collect();
                let hint = hint(name, operations.iter().map(String::as_str));
                return Err(Failure::Usage(format!("no message is called `{name}`{hint}")));
            }
        }
        // Of a number it is not known what the message has.
        let is_any = self.message.iter().all(|name| number(name).is_some());
        let meant = if is_any { schemas } else { &meant };
        self.conditions.iter().try_for_each(|condition| condition.check(meant)).map_err(Failure::Usage)
    }

    /// Learns the numbers of interfaces whose names are in conditions. Only for messages of this machine's kernel.
    pub fn ask_kernel(&mut self) {
        self.conditions.iter_mut().for_each(Condition::ask_kernel);
    }

    /// Whether a message meets the conditions.
    pub fn matches(&self, schema: Option<&'static MessageSchema>, message: &Message<'_>) -> bool {
        let is_named = |name: &String| {
            number(name) == Some(message.ty().0) || schema.is_some_and(|schema| is_named(schema, name))
        };
        let holds = |condition: &Condition| schema.is_some_and(|schema| condition.holds(schema, message));
        (self.message.is_empty() || self.message.iter().any(is_named)) && self.conditions.iter().all(holds)
    }
}

/// The type of messages, if a number is typed instead of a name; lines say `message 32` where there is no name.
fn number(name: &str) -> Option<u16> {
    name.strip_prefix("message ").unwrap_or(name).parse().ok()
}

fn is_named(schema: &MessageSchema, name: &str) -> bool {
    same(schema.name, name) || by_verb(schema.name) == by_verb(name)
}

impl Condition {
    /// Whether some of these messages can have the value.
    fn check(&self, schemas: &[&'static MessageSchema]) -> Result<(), String> {
        let found = places::find(schemas, &self.path);
        let path = self.path.join(".");
        if found.is_empty() {
            let of = match schemas {
                [only] => only.name,
                _ => "no message",
            };
            let names = places::names(schemas);
            let last = self.path.last().map_or("", String::as_str);
            let hint = hint(last, names.iter().map(String::as_str));
            let has = if of == "no message" { "has" } else { "has no attribute or field" };
            return Err(format!("--where {path}: {of} {has} `{path}`{hint}"));
        }
        match self.test {
            Test::Contains => Ok(()),
            Test::Equal | Test::Unequal => {
                self.check_value(&found).map_err(|err| format!("--where {path}: {err}"))
            }
        }
    }

    /// Whether a value of one of these types can be the one that is asked for.
    fn check_value(&self, types: &[ValueType]) -> Result<(), String> {
        if value::parse_number(&self.value).is_some() || self.number.is_some() {
            return Ok(());
        }
        let mut names = Vec::new();
        for ty in types {
            match ty {
                ValueType::Named(schema) if !schema.is_flags => {
                    names.extend(schema.names().map(|(name, _)| name))
                }
                ty if value::is_number(*ty) => {}
                _ => return Ok(()),
            }
        }
        let is_interface = self.path.last().and_then(|name| Meaning::of(name)) == Some(Meaning::Interface);
        match names.iter().any(|name| same(name, &self.value)) {
            true => Ok(()),
            false if names.is_empty() && is_interface => Err(format!(
                "`{}` is not a number, and not the name of an interface that is known here",
                self.value
            )),
            false if names.is_empty() => Err(format!("`{}` is not a number", self.value)),
            false => {
                Err(format!("there is no value `{}`{}", self.value, hint(&self.value, names.into_iter())))
            }
        }
    }

    /// Learns the number of an interface that the value is the name of, from this machine's kernel.
    fn ask_kernel(&mut self) {
        let meaning = self.path.last().and_then(|name| Meaning::of(name));
        if meaning == Some(Meaning::Interface) && value::parse_number(&self.value).is_none() {
            self.number = kernel::link_index(&self.value).map(|index| index.to_string());
        }
    }

    fn holds(&self, schema: &'static MessageSchema, message: &Message<'_>) -> bool {
        let mut search = Search { condition: self, path: Vec::new(), is_there: false, header: None };
        let found = walk(schema, message.as_bytes(), &mut search).is_err();
        match self.test {
            Test::Unequal => !found && search.is_there,
            Test::Equal | Test::Contains => found,
        }
    }

    fn fits(&self, text: &str) -> bool {
        match self.test {
            Test::Contains => text.contains(&self.value),
            Test::Equal | Test::Unequal => text == self.value || self.number.as_deref() == Some(text),
        }
    }

    /// Whether it asks for a value by this name.
    fn is_name(&self, name: &str) -> bool {
        self.test != Test::Contains && same(name, &self.value)
    }
}

/// The value was found.
struct Found;

struct Search<'c, 'm> {
    condition: &'c Condition,
    path: Vec<&'static str>,
    is_there: bool,
    /// The header of the message: the length of a prefix is in it.
    header: Option<(&'static StructSchema, &'m [u8])>,
}

impl<'m> Search<'_, 'm> {
    /// Whether a name ends the path that is looked for.
    fn is_place(&self, name: &str) -> bool {
        let Some((last, before)) = self.condition.path.split_last() else { return false };
        // The entries of an array have no names.
        let mut there = self.path.iter().rev().filter(|name| !name.is_empty());
        same(name, last)
            && before.iter().rev().all(|wanted| there.next().is_some_and(|there| same(wanted, there)))
    }

    fn test(&mut self, name: &str, value: Value<'_>) -> Result<(), Found> {
        self.is_there = true;
        let is_found = match value {
            Value::Named(schema, number) => {
                let mut names = schema.names().filter(|(_, value)| *value == number);
                names.any(|(name, _)| self.condition.is_name(name))
            }
            Value::Ip(address) if self.condition.value.contains('/') => {
                let prefix = self.prefix_len(name).map(|len| format!("{address}/{len}"));
                prefix.is_some_and(|prefix| self.condition.fits(&prefix))
            }
            _ => false,
        };
        match is_found || texts(value).iter().any(|text| self.condition.fits(text)) {
            true => Err(Found),
            false => Ok(()),
        }
    }

    /// The length of the prefix that an address is, which the header has.
    fn prefix_len(&self, name: &str) -> Option<i128> {
        let (schema, bytes) = self.header?;
        let field = fields::prefix_len(schema, name)?;
        match fields::read(field, bytes)? {
            Value::Number(len) => Some(len),
            _ => None,
        }
    }

    fn fields(&mut self, schema: &'static StructSchema, bytes: &'m [u8]) -> Result<(), Found> {
        for field in schema.fields {
            let is_place = self.is_place(field.name);
            let has_fields = matches!(field.value, ValueType::Struct(_));
            let Some(value) = fields::read(field, bytes).filter(|_| is_place || has_fields) else { continue };
            if is_place {
                self.test(field.name, value)?;
            }
            self.inside(field.name, value)?;
        }
        Ok(())
    }

    /// The fields of a struct.
    fn inside(&mut self, name: &'static str, value: Value<'m>) -> Result<(), Found> {
        let Value::Struct(schema, bytes) = value else { return Ok(()) };
        self.path.push(name);
        self.fields(schema, bytes)?;
        self.path.pop();
        Ok(())
    }
}

impl<'m> Visitor<'m> for Search<'_, 'm> {
    type Error = Found;

    fn header(&mut self, schema: &'static StructSchema, _: u32, bytes: &'m [u8]) -> Result<(), Found> {
        if !self.path.is_empty() {
            return self.fields(schema, bytes);
        }
        self.header = Some((schema, bytes));
        self.path.extend((self.condition.path.len() > 1).then_some("header"));
        self.fields(schema, bytes)?;
        self.path.clear();
        Ok(())
    }

    fn value(&mut self, item: &Item<'m>, value: Value<'m>, _: Option<Error>) -> Result<(), Found> {
        let Some(name) = item.name else { return Ok(()) };
        if self.is_place(name) {
            self.test(name, value)?;
        }
        self.inside(name, value)
    }

    fn open(&mut self, item: &Item<'m>) -> Result<(), Found> {
        self.path.push(item.known.map_or("", |known| known.name));
        Ok(())
    }

    fn close(&mut self) -> Result<(), Found> {
        self.path.pop();
        Ok(())
    }

    fn damage(&mut self, _: Option<&Item<'m>>, _: Error, _: &'m [u8]) -> Result<(), Found> {
        Ok(())
    }
}

/// The forms in which a value may be written.
fn texts(value: Value<'_>) -> Vec<String> {
    match value {
        Value::Text(text) => vec![String::from_utf8_lossy(text).into_owned()],
        Value::Named(_, number) => vec![number.to_string(), value.to_string()],
        Value::Number(number) => vec![number.to_string(), format!("{number:#x}")],
        other => vec![other.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        let condition: Condition = "linkinfo.kind~vet".parse().unwrap();
        assert_eq!((condition.path.len(), condition.test, &*condition.value), (2, Test::Contains, "vet"));
        assert_eq!("a!=b".parse::<Condition>().unwrap().test, Test::Unequal);
        assert!(
            "ab".parse::<Condition>().is_err()
                && "=b".parse::<Condition>().is_err()
                && "a!b".parse::<Condition>().is_err()
        );
    }
}
