//! Which messages are shown.

use crate::catalogue::Catalogue;
use crate::catalogue::names::{by_verb, hint, operation, same};
use crate::error::Failure;
use crate::fields;
use nl_tlv::schema::{Item, MessageSchema, StructSchema, Value, Visitor, walk};
use nl_tlv::{Error, Message};

/// Conditions that a message has to meet, all of them; of several families, messages or port ids one is enough.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub struct Filter {
    /// Only messages of this family (may be given more than once)
    #[arg(long, short, value_name = "FAMILY")]
    pub family: Vec<String>,
    /// Only messages of this name, such as Link or newlink, with the answers to them
    #[arg(long, short, value_name = "NAME")]
    pub message: Vec<String>,
    /// Only messages with this value: `ifname=eth0`, `dst!=10.1.0.0`, `linkinfo.kind~vet` (contains)
    #[arg(long = "where", short = 'w', value_name = "ATTRIBUTE=VALUE")]
    pub conditions: Vec<Condition>,
    /// Only messages with this port id in their header
    #[arg(long, value_name = "NUMBER")]
    pub port_id: Vec<u32>,
    /// Only requests that were refused, and what went wrong
    #[arg(long)]
    pub refused: bool,
}

/// A condition about the value of an attribute or a header's field.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    path: Vec<String>,
    test: Test,
    value: String,
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
        Ok(Self { path: path.split('.').map(str::to_owned).collect(), test, value: value.to_owned() })
    }
}

impl Filter {
    /// Whether anything is left out at all.
    pub fn is_empty(&self) -> bool {
        self.family.is_empty()
            && self.message.is_empty()
            && self.conditions.is_empty()
            && self.port_id.is_empty()
    }

    /// Whether messages of these names exist.
    ///
    /// # Errors
    ///
    /// Which does not.
    pub fn check(&self, catalogue: &Catalogue) -> Result<(), Failure> {
        let schemas = || catalogue.families().iter().flat_map(|family| family.messages);
        let is_known = |name: &&String| schemas().any(|schema| is_named(schema, name));
        match self.message.iter().find(|name| !is_known(name)) {
            None => Ok(()),
            Some(name) => {
                let operations: Vec<_> = schemas().map(|schema| operation(schema.name)).collect();
                let known = operations.iter().map(String::as_str);
                Err(Failure::Usage(format!("no message is called `{name}`{}", hint(name, known))))
            }
        }
    }

    /// Whether a message is shown for its own sake.
    pub fn matches(
        &self,
        family: &str,
        schema: Option<&'static MessageSchema>,
        message: &Message<'_>,
    ) -> bool {
        let is_named = |name: &String| schema.is_some_and(|schema| is_named(schema, name));
        (self.family.is_empty() || self.family.iter().any(|name| same(name, family)))
            && (self.message.is_empty() || self.message.iter().any(is_named))
            && (self.port_id.is_empty() || self.port_id.contains(&message.port_id()))
            && self
                .conditions
                .iter()
                .all(|condition| schema.is_some_and(|schema| condition.holds(schema, message)))
    }
}

fn is_named(schema: &MessageSchema, name: &str) -> bool {
    same(schema.name, name) || by_verb(schema.name) == by_verb(name)
}

impl Condition {
    fn holds(&self, schema: &'static MessageSchema, message: &Message<'_>) -> bool {
        let mut search = Search { condition: self, path: Vec::new(), is_there: false };
        let found = walk(schema, message.as_bytes(), &mut search).is_err();
        match self.test {
            Test::Unequal => !found && search.is_there,
            Test::Equal | Test::Contains => found,
        }
    }

    fn fits(&self, text: &str) -> bool {
        match self.test {
            Test::Contains => text.contains(&self.value),
            Test::Equal | Test::Unequal => text == self.value,
        }
    }
}

/// The value was found.
struct Found;

struct Search<'c> {
    condition: &'c Condition,
    path: Vec<&'static str>,
    is_there: bool,
}

impl Search<'_> {
    /// Whether a name ends the path that is looked for.
    fn is_place(&self, name: &str) -> bool {
        let Some((last, before)) = self.condition.path.split_last() else { return false };
        same(name, last)
            && before.len() <= self.path.len()
            && before.iter().rev().zip(self.path.iter().rev()).all(|(wanted, there)| same(wanted, there))
    }

    fn value(&mut self, texts: &[String]) -> Result<(), Found> {
        self.is_there = true;
        match texts.iter().any(|text| self.condition.fits(text)) {
            true => Err(Found),
            false => Ok(()),
        }
    }
}

impl<'m> Visitor<'m> for Search<'_> {
    type Error = Found;

    fn header(&mut self, schema: &'static StructSchema, _: u32, bytes: &'m [u8]) -> Result<(), Found> {
        for field in schema.fields {
            if !self.is_place(field.name) {
                continue;
            }
            if let Some(value) = fields::read(field, bytes) {
                self.value(&texts(value))?;
            }
        }
        Ok(())
    }

    fn value(&mut self, item: &Item<'m>, value: Value<'m>, _: Option<Error>) -> Result<(), Found> {
        if !item.known.is_some_and(|known| self.is_place(known.name)) {
            return Ok(());
        }
        Self::value(self, &texts(value))
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
        Value::Named(schema, number) => {
            let names = schema.names().filter(|(_, value)| *value == number).map(|(name, _)| name.to_owned());
            names.chain([number.to_string(), value.to_string()]).collect()
        }
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
