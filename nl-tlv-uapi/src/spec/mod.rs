//! The specification of a family in YAML, as the kernel has them in `Documentation/netlink/specs`.

mod attributes;
mod definitions;
mod kinds;
mod operations;
mod yaml;

use crate::numbers::Numbers;
use crate::preamble::{Preamble, with_preamble};
use crate::sets::Sets;
use crate::text::{shown, summary};
use crate::{FamilyDef, ProtocolDef};
use crate::{claims, names};
use core::fmt::{self, Display, Formatter};
use definitions::Structs;
use nl_tlv::schema::{AttrSet, MessageSchema, NumberSchema};
use yaml::Block;

/// The specifications of a [`ProtocolDef`]: of its generic netlink family, and of its own netlink protocol. The kernel's
/// client in Python (`tools/net/ynl`) speaks the protocol with it, and `nltool --spec` reads it.
///
/// An attribute has the type, the names and the limits of the schema. Names are those of the C header, in lower case and
/// without what all of them begin with. A specification cannot represent everything: left out are messages whose payload
/// is not attributes, negative limits, masks of numbers whose bits have no names, names of several bits, and arrays behind
/// structs.
/// Sub-messages of generic netlink, values behind structs and arrays that are indexed by values other than nests are
/// `binary`. Which attributes are required is not said either.
///
/// ```
/// use nl_tlv_uapi::{FamilyDef, ProtocolDef, Spec};
///
/// static PET: ProtocolDef = ProtocolDef {
///     doc: "Pets.",
///     family: Some(FamilyDef { name: "pet", version: 1, requests: &[], answers: &[], groups: &["events"] }),
///     ..ProtocolDef::new("pet")
/// };
/// assert_eq!(Spec::new(&PET).license("MIT").family().to_string(), "\
/// ## SPDX-License-Identifier: MIT
/// ---
/// name: pet
/// protocol: genetlink
/// doc: Pets.
///
/// attribute-sets: []
///
/// operations:
///   enum-model: unified
///   name-prefix: pet-cmd-
///   list: []
///
/// mcast-groups:
///   list:
///     -
///       name: events
/// ".replace("##", "#"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Spec<'a> {
    protocol: &'a ProtocolDef,
    preamble: Preamble<'a>,
}

with_preamble!(Spec);

impl<'a> Spec<'a> {
    /// The generic netlink family: `genetlink`, or `genetlink-legacy` where that is needed to represent it. An error of
    /// the formatter if there is no family.
    ///
    /// # Panics
    ///
    /// As [`CHeader::uapi`](crate::CHeader::uapi); when it is displayed, if two different things have one name there.
    #[track_caller]
    pub fn family(self) -> impl Display + use<'a> {
        claims::check(self.protocol);
        let protocol =
            ProtocolDef { number: None, requests: &[], answers: &[], groups: &[], ..*self.protocol };
        shown(move |f| {
            let family = protocol.family.ok_or(fmt::Error)?;
            self.write(f, &protocol, Flavour::Generic(family))
        })
    }

    /// The netlink protocol of its own: `netlink-raw`. An error of the formatter if it has no number.
    ///
    /// # Panics
    ///
    /// As [`family`](Self::family).
    #[track_caller]
    pub fn raw(self) -> impl Display + use<'a> {
        claims::check(self.protocol);
        let protocol = ProtocolDef { family: None, ..*self.protocol };
        shown(move |f| {
            let number = protocol.number.ok_or(fmt::Error)?.value;
            self.write(f, &protocol, Flavour::Raw(number))
        })
    }

    fn write(&self, f: &mut Formatter<'_>, protocol: &ProtocolDef, flavour: Flavour) -> fmt::Result {
        if let Some(license) = self.preamble.license {
            writeln!(f, "# SPDX-License-Identifier: {license}")?;
        }
        if let Some(note) = self.preamble.note {
            writeln!(f, "# {}", summary(note))?;
        }
        f.write_str("---\n")?;
        let writer = Writer::new(protocol, flavour)?;
        if let Err(why) = writer.check() {
            panic!("the protocol `{}` cannot be written as a specification: {why}", protocol.name);
        }
        writer.document(&mut Block::new(f))
    }
}

/// Which of the kernel's vocabularies.
#[derive(Clone, Copy, Debug)]
enum Flavour {
    Generic(FamilyDef),
    /// With the number of the netlink protocol.
    Raw(u64),
}

/// A protocol of one flavour, and everything that its specification defines.
struct Writer<'p> {
    protocol: &'p ProtocolDef,
    flavour: Flavour,
    sets: Sets,
    numbers: Numbers,
    structs: Structs,
}

impl<'p> Writer<'p> {
    fn new(protocol: &'p ProtocolDef, flavour: Flavour) -> Result<Self, fmt::Error> {
        let is_raw = matches!(flavour, Flavour::Raw(_));
        let mut sets = Sets::new();
        operations::messages(protocol, is_raw).try_for_each(|schema| sets.add_message(schema))?;
        protocol.sets.iter().try_for_each(|set| sets.add(set, 0))?;
        let numbers = Numbers::of(operations::messages(protocol, is_raw), &sets);
        let structs = Structs::of(operations::messages(protocol, is_raw), &sets)?;
        Ok(Self { protocol, flavour, sets, numbers, structs })
    }

    const fn is_raw(&self) -> bool {
        matches!(self.flavour, Flavour::Raw(_))
    }

    fn messages(&self) -> impl Iterator<Item = &'static MessageSchema> {
        operations::messages(self.protocol, self.is_raw())
    }

    fn document(&self, yaml: &mut Block<'_, '_>) -> fmt::Result {
        let protocol = self.protocol;
        match self.flavour {
            Flavour::Generic(family) => {
                yaml.key("name", family.name)?;
                yaml.key("protocol", if self.is_legacy() { "genetlink-legacy" } else { "genetlink" })?;
                if family.version != 1 {
                    yaml.line(format_args!("version: {}", family.version))?;
                }
            }
            Flavour::Raw(number) => {
                yaml.key("name", &self.short(""))?;
                yaml.key("protocol", "netlink-raw")?;
                yaml.line(format_args!("protonum: {number}"))?;
            }
        }
        yaml.doc(if protocol.doc.is_empty() { protocol.name } else { protocol.doc })?;
        self.definitions(yaml)?;
        self.attribute_sets(yaml)?;
        self.sub_messages(yaml)?;
        self.operations(yaml)?;
        self.groups(yaml)
    }

    /// Whether `genetlink` alone cannot represent it.
    fn is_legacy(&self) -> bool {
        let Flavour::Generic(family) = self.flavour else { return false };
        let is_modern = |name: &str| name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'z' | b'-'));
        family.version != 1
            || !is_modern(family.name)
            || !family.groups.iter().all(|name| is_modern(name))
            || self.is_directional()
            || self.messages().any(|schema| schema.header.is_some())
            || self.sets.iter().flat_map(|set| set.attrs).any(|attr| kinds::is_legacy(attr.value))
    }

    fn groups(&self, yaml: &mut Block<'_, '_>) -> fmt::Result {
        let family = self.protocol.family.map_or(&[][..], |family| family.groups);
        let own = self.protocol.groups.iter().map(|group| (group.name, Some(group.value)));
        let mut groups = own.chain(family.iter().map(|name| (*name, None))).peekable();
        if groups.peek().is_none() {
            return Ok(());
        }
        yaml.gap()?;
        yaml.open("mcast-groups", |yaml| {
            yaml.open("list", |yaml| {
                groups.try_for_each(|(name, value)| {
                    yaml.item(|yaml| {
                        yaml.key("name", name)?;
                        value.map_or(Ok(()), |value| yaml.line(format_args!("value: {value}")))
                    })
                })
            })
        })
    }

    /// A name of the C header in lower case, without the protocol's name at its beginning.
    fn short(&self, name: &str) -> String {
        let own = dashed(self.protocol.name);
        let name = dashed(name);
        let rest = name.strip_prefix(&own).and_then(|rest| rest.strip_prefix('-'));
        match rest.unwrap_or(&name) {
            "" => own,
            rest => rest.to_owned(),
        }
    }

    /// The name of a set.
    fn set(&self, set: &'static AttrSet) -> String {
        self.short(&names::set_stem(self.protocol, set).to_string())
    }

    /// The name of an enum or of flags.
    fn number(&self, schema: &NumberSchema) -> String {
        self.short(&crate::numbers::prefix(self.protocol, schema).to_string())
    }
}

/// `NEXT_HOP`, `NextHop` and `next_hop` as `next-hop`.
fn dashed(name: &str) -> String {
    names::lower(names::upper(name)).to_string().replace('_', "-")
}
