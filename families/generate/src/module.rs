//! What a module holds: the messages of a family, and all that lies in them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

use crate::family::Family;
use crate::messages::Message;
use crate::numbers::{self, Numbers};
use crate::spec::{Definition, DefinitionType};
use crate::types::Types;

/// Names that generated modules use and that nothing in them may have.
const RESERVED: &[&str] = &[
    "Attr",
    "AttrSet",
    "Attrs",
    "Array",
    "Error",
    "Header",
    "Message",
    "MessageId",
    "MessageType",
    "Writer",
    "Bitfield32",
    "Bits8",
    "Bits16",
    "Bits32",
    "ByType",
    "Command",
    "FamilyAddr",
    "Flag",
    "FlagSet",
    "Fmsg",
    "Headed",
    "HeadedMessage",
    "HwAddr",
    "IndexedArray",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "Lazy",
    "MacAddr",
    "MessageSchema",
    "Name",
    "NestedArray",
    "NlStr",
    "Option",
    "Received",
    "Repeat",
    "Rest",
    "Result",
    "Unspecified",
    "String",
    "Vec",
    "Box",
];

/// What is to be written.
#[derive(Debug)]
pub(crate) struct Module<'f> {
    pub(crate) types: Types<'f>,
    pub(crate) messages: Vec<Message>,
    /// Names of the sets that lie in a message, in the order of the specification.
    pub(crate) sets: Vec<String>,
    pub(crate) sub_messages: Vec<String>,
    pub(crate) structs: Vec<&'f Definition>,
}

impl<'f> Module<'f> {
    /// Gathers what a family needs; also gives names to what would have that of something else.
    pub(crate) fn new(family: &'f mut Family) -> Result<Self> {
        let messages = family.messages()?;
        let sets = reached_sets(family, &messages)?;
        give_names(family, &messages, &sets);
        let family = &*family;
        let sub_messages = sub_messages(family, &sets)?;
        let structs = structs(family, &messages, &sets, &sub_messages)?;
        let numbers = used_numbers(family, &sets, &structs)?;
        let mut types = Types { family, numbers, plans: BTreeMap::new() };
        types.plan(&messages)?;
        Ok(Self { types, messages, sets, sub_messages, structs })
    }

    pub(crate) fn family(&self) -> &'f Family {
        self.types.family
    }
}

/// The sets of messages and all in them.
fn reached_sets(family: &Family, messages: &[Message]) -> Result<Vec<String>> {
    let mut reached = BTreeSet::new();
    let of_messages = messages.iter().filter_map(|message| message.set.as_ref());
    for name in of_messages.chain(&family.fixes.also).chain(family.fixes.parts.keys()) {
        if reached.insert(name.clone()) {
            reached.extend(family.sets_within(name)?);
        }
    }
    let all = family.spec.attribute_sets.iter().map(|set| set.name.clone());
    Ok(all.filter(|name| reached.contains(name)).collect())
}

/// A message keeps its name; a set or a struct of the same name has another.
fn give_names(family: &mut Family, messages: &[Message], sets: &[String]) {
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    taken.extend(messages.iter().map(|message| message.name.clone()));
    let mut given = BTreeMap::new();
    let definitions = family.spec.definitions.iter().filter(|found| found.ty != DefinitionType::Const);
    let definitions = definitions.map(|found| (found.name.clone(), "Value"));
    let sub_messages = family.spec.sub_messages.iter().map(|found| (found.name.clone(), "Form"));
    let sets = sets.iter().map(|name| (name.clone(), "Attrs"));
    for (name, suffix) in definitions.chain(sets).chain(sub_messages) {
        let chosen = family.fixes.names.get(&name).cloned();
        let short =
            ["-attrs", "-attributes"].iter().find_map(|end| name.strip_suffix(end)).map(crate::names::camel);
        let long = crate::names::camel(&name);
        let mut wanted = [chosen, short, Some(long.clone())].into_iter().flatten();
        let free = wanted.find(|wanted| !taken.contains(wanted)).unwrap_or(format!("{long}{suffix}"));
        taken.insert(free.clone());
        given.insert(name, free);
    }
    family.fixes.names.extend(given);
}

fn sub_messages(family: &Family, sets: &[String]) -> Result<Vec<String>> {
    let mut used = BTreeSet::new();
    for name in sets {
        let set = family.set(name)?;
        used.extend(set.attributes.iter().filter_map(|(_, attribute)| attribute.sub_message.clone()));
    }
    let all = family.spec.sub_messages.iter().map(|found| found.name.clone());
    Ok(all.filter(|name| used.contains(name)).collect())
}

/// The structs of headers, attributes and forms, and the structs in them.
fn structs<'f>(
    family: &'f Family,
    messages: &[Message],
    sets: &[String],
    sub_messages: &[String],
) -> Result<Vec<&'f Definition>> {
    let mut open: Vec<String> = messages.iter().filter_map(|message| message.header.clone()).collect();
    for name in sets {
        let set = family.set(name)?;
        open.extend(set.attributes.iter().filter_map(|(_, attribute)| attribute.structure.clone()));
    }
    for name in sub_messages {
        let formats = &family.sub_message(name)?.formats;
        open.extend(formats.iter().filter_map(|format| format.fixed_header.clone()));
    }
    let tails = family.fixes.structs.values().filter_map(|fix| fix.tail.clone());
    open.extend(tails.filter(|name| crate::layout::integer_len(name).is_none()));
    let mut used = BTreeSet::new();
    while let Some(name) = open.pop() {
        let definition = family.definition(&name).context("a struct")?;
        if used.insert(name) {
            open.extend(definition.members.iter().filter_map(|member| member.structure.clone()));
        }
    }
    Ok(family.structs().filter(|definition| used.contains(&definition.name)).collect())
}

fn used_numbers(family: &Family, sets: &[String], structs: &[&Definition]) -> Result<Numbers> {
    let mut found = Numbers::default();
    for name in sets {
        for (_, attribute) in family.set(name)?.attributes {
            let (ty, is_flags) = match attribute.ty.as_str() {
                "bitfield32" => ("u32", true),
                ty if crate::layout::integer_len(ty).is_some() || matches!(ty, "uint" | "sint") => {
                    (ty, attribute.enum_as_flags)
                }
                _ => continue,
            };
            let used = numbers::used(family, attribute.enumeration.as_deref(), is_flags, ty)?;
            used.into_iter().for_each(|used| found.add(used));
        }
    }
    for member in structs.iter().flat_map(|definition| &definition.members) {
        let enumeration = member.enumeration.as_deref();
        let used = numbers::used(family, enumeration, member.enum_as_flags, &member.ty)?;
        used.into_iter().for_each(|used| found.add(used));
    }
    Ok(found)
}
