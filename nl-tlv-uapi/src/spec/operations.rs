//! Operations: requests with their answers, and events.

use super::yaml::Block;
use super::{Flavour, Writer, dashed};
use crate::{Exchange, ProtocolDef, names};
use core::fmt;
use nl_tlv::MessageId;
use nl_tlv::schema::{AttrSet, MessageSchema};

/// The messages of a protocol that consist of attributes: requests, then what the kernel sends.
pub(super) fn messages(
    protocol: &ProtocolDef,
    is_raw: bool,
) -> impl Iterator<Item = &'static MessageSchema> + use<> {
    let answers = protocol.exchanges.iter().map(Exchange::answer);
    requests(protocol, is_raw).chain(answers.filter(move |schema| is_meant(schema, is_raw)))
}

fn requests(protocol: &ProtocolDef, is_raw: bool) -> impl Iterator<Item = &'static MessageSchema> + use<> {
    let all = protocol.requests.iter().chain(protocol.commands());
    all.copied().filter(move |schema| is_meant(schema, is_raw))
}

/// Whether a message has the kind of number that is meant, and attributes.
fn is_meant(schema: &MessageSchema, is_raw: bool) -> bool {
    matches!(schema.id, MessageId::Type(_)) == is_raw && schema.payload.is_none()
}

/// How a request is made, and what answers it.
struct Mode {
    name: &'static str,
    reply: Option<&'static MessageSchema>,
}

impl Writer<'_> {
    fn requests(&self) -> impl Iterator<Item = &'static MessageSchema> {
        requests(self.protocol, self.is_raw())
    }

    fn exchanges(&self) -> impl Iterator<Item = &'static Exchange> {
        let is_raw = self.is_raw();
        self.protocol.exchanges.iter().filter(move |exchange| is_meant(exchange.answer(), is_raw))
    }

    /// Whether requests and answers have numbers of their own.
    pub(super) fn is_directional(&self) -> bool {
        let differ = |exchange: &Exchange| match exchange {
            Exchange::Do(request, reply) | Exchange::Dump(request, reply) => number(request) != number(reply),
            Exchange::Event(event, _) => self.requests().any(|request| number(request) == number(event)),
        };
        self.is_raw() || self.exchanges().any(differ)
    }

    pub(super) fn operations(&self, yaml: &mut Block<'_, '_>) -> fmt::Result {
        yaml.gap()?;
        yaml.open("operations", |yaml| {
            yaml.key("enum-model", if self.is_directional() { "directional" } else { "unified" })?;
            yaml.line(format_args!("name-prefix: {}", self.prefix()))?;
            if self.requests().next().is_none() && self.exchanges().next().is_none() {
                return yaml.line(format_args!("list: []"));
            }
            yaml.open("list", |yaml| {
                self.requests().try_for_each(|schema| yaml.item(|yaml| self.request(yaml, schema)))?;
                self.exchanges().try_for_each(|exchange| match exchange {
                    Exchange::Event(schema, group) => yaml.item(|yaml| self.event(yaml, schema, group)),
                    Exchange::Do(..) | Exchange::Dump(..) => Ok(()),
                })
            })
        })
    }

    fn prefix(&self) -> String {
        let name = dashed(self.protocol.name);
        if self.is_raw() { format!("{name}-") } else { format!("{name}-cmd-") }
    }

    /// The name of an operation, after that of the message's constant in C.
    fn operation(&self, schema: &MessageSchema) -> String {
        let name = dashed(&names::message(self.protocol, schema).to_string());
        name.strip_prefix(&self.prefix()).unwrap_or(&name).to_owned()
    }

    fn request(&self, yaml: &mut Block<'_, '_>, schema: &'static MessageSchema) -> fmt::Result {
        self.head(yaml, &self.operation(schema), schema)?;
        if !self.is_directional() {
            yaml.line(format_args!("value: {}", number(schema)))?;
        }
        self.set_and_header(yaml, schema)?;
        for Mode { name, reply } in self.modes(schema) {
            yaml.open(name, |yaml| {
                yaml.open("request", |yaml| self.side(yaml, schema))?;
                reply.map_or(Ok(()), |reply| yaml.open("reply", |yaml| self.side(yaml, reply)))
            })?;
        }
        Ok(())
    }

    fn modes(&self, schema: &'static MessageSchema) -> Vec<Mode> {
        let is_own = |request: &MessageSchema| request.id == schema.id;
        let modes = self.exchanges().filter_map(|exchange| match exchange {
            Exchange::Do(request, reply) if is_own(request) => Some(Mode { name: "do", reply: Some(reply) }),
            Exchange::Dump(request, reply) if is_own(request) => {
                Some(Mode { name: "dump", reply: Some(reply) })
            }
            _ => None,
        });
        let modes: Vec<Mode> = modes.collect();
        if modes.is_empty() { vec![Mode { name: "do", reply: None }] } else { modes }
    }

    fn event(
        &self,
        yaml: &mut Block<'_, '_>,
        schema: &'static MessageSchema,
        group: &'static str,
    ) -> fmt::Result {
        let name = self.operation(schema);
        let is_taken = self.requests().any(|request| self.operation(request) == name);
        self.head(yaml, &if is_taken { format!("{name}-ntf") } else { name }, schema)?;
        yaml.line(format_args!("value: {}", number(schema)))?;
        self.set_and_header(yaml, schema)?;
        yaml.open("event", |yaml| yaml.names("attributes", &attributes(schema)))?;
        yaml.key("mcgrp", group)
    }

    fn head(&self, yaml: &mut Block<'_, '_>, name: &str, schema: &MessageSchema) -> fmt::Result {
        yaml.key("name", name)?;
        yaml.doc(if schema.doc.is_empty() { schema.name } else { schema.doc })
    }

    fn set_and_header(&self, yaml: &mut Block<'_, '_>, schema: &'static MessageSchema) -> fmt::Result {
        if let Some(set) = whole(schema) {
            yaml.key("attribute-set", &self.set(set))?;
        }
        schema.header.map_or(Ok(()), |header| yaml.key("fixed-header", &dashed(header.name)))
    }

    /// A request or a reply.
    fn side(&self, yaml: &mut Block<'_, '_>, schema: &'static MessageSchema) -> fmt::Result {
        if matches!(self.flavour, Flavour::Raw(_)) || self.is_directional() {
            yaml.line(format_args!("value: {}", number(schema)))?;
        }
        yaml.names("attributes", &attributes(schema))
    }
}

/// The set that a message has a part of.
fn whole(schema: &'static MessageSchema) -> Option<&'static AttrSet> {
    Some(names::whole(schema.attrs)).filter(|set| !set.attrs.is_empty())
}

fn attributes(schema: &MessageSchema) -> Vec<String> {
    schema.attrs.attrs.iter().map(|attr| dashed(attr.name)).collect()
}

fn number(schema: &MessageSchema) -> u16 {
    match schema.id {
        MessageId::Type(ty) => ty.0,
        MessageId::Command { cmd, .. } => cmd.into(),
    }
}
