//! Which messages are shown.

mod condition;
mod order;

use crate::catalogue::names::{by_verb, hint, operation, same};
use crate::catalogue::{Catalogue, Family};
use crate::decode::text::protocol_name;
use crate::error::Failure;
use condition::Condition;
use nl_tlv::Message;
use nl_tlv::schema::MessageSchema;
pub use order::Prefix;

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
    /// Only requests that were refused, each with its refusal
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
    /// Only messages with this value: ifname=eth0, dst!=10.1.0.0, linkinfo.kind~vet (contains), and in quotes 'mtu>1000',
    /// 'mtu<=1500'; of addresses, 'dst<=10.0.0.0/8' are those within the prefix, and 'dst>=10.1.2.3' those around it
    #[arg(long = "where", short = 'w', value_name = "ATTRIBUTE=VALUE")]
    pub conditions: Vec<Condition>,
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
