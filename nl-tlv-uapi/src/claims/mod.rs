//! The names that the headers give out in C, each with the definition that claims it.

mod reserved;

use crate::forms::Selected;
use crate::sets::{Sets, messages, sorted};
use crate::text::shown;
use crate::{FamilyDef, ProtocolDef, names, numbers, policy, uapi};
use core::fmt::{self, Display};
use nl_tlv::schema::{AttrSet, MAX_DEPTH, MessageSchema, NumberSchema};
use nl_tlv::{MessageId, MessageType};

/// The longest name of a family or of one of its groups, in bytes: `GENL_NAMSIZ` without the NUL.
const NAME_MAX: usize = 15;

/// Panics if a definition cannot be written in C.
#[track_caller]
pub(crate) fn check(protocol: &ProtocolDef) {
    let mut claims = Claims { protocol, all: Vec::new() };
    if let Err(why) = lists(protocol).and_then(|()| claims.headers()) {
        panic!("the protocol `{}` cannot be written in C: {why}", protocol.name);
    }
}

type Checked = Result<(), String>;

/// Whether messages stand where they belong, and names and numbers are such as the kernel takes.
fn lists(protocol: &ProtocolDef) -> Checked {
    let own = |schema: &MessageSchema| matches!(schema.id, MessageId::Type(_));
    list("ProtocolDef.requests", protocol.requests, "ty", own)?;
    list("ProtocolDef.answers", protocol.answers, "ty", own)?;
    ascending(protocol)?;
    protocol.family.as_ref().map_or(Ok(()), family)
}

fn family(family: &FamilyDef) -> Checked {
    let command = |schema: &MessageSchema| matches!(schema.id, MessageId::Command { .. });
    list("FamilyDef.requests", family.requests, "cmd", command)?;
    list("FamilyDef.answers", family.answers, "cmd", command)?;
    name_of_kernel("family", family.name)?;
    family.groups.iter().try_for_each(|group| name_of_kernel("group", group))
}

/// A list of messages of one kind, each once.
fn list(
    place: &str,
    schemas: &'static [&'static MessageSchema],
    key: &str,
    is_meant: impl Fn(&MessageSchema) -> bool,
) -> Checked {
    for (index, schema) in schemas.iter().enumerate() {
        let name = schema.name;
        if !is_meant(schema) {
            return Err(format!("the message `{name}` in `{place}` is not defined with `{key}`"));
        }
        if schemas.iter().take(index).any(|other| core::ptr::eq(*other, *schema)) {
            return Err(format!("the message `{name}` is listed twice in `{place}`: remove one of the two"));
        }
    }
    Ok(())
}

/// The kernel numbers groups from 1 on, and the largest constant is that of the last.
fn ascending(protocol: &ProtocolDef) -> Checked {
    let mut last = 0;
    for group in protocol.groups {
        if group.value <= last || i32::try_from(group.value).is_err() {
            let (name, value) = (group.name, group.value);
            return Err(format!(
                "the group `{name}` has the number {value} behind {last}: \
                 list groups by their numbers, from 1 on"
            ));
        }
        last = group.value;
    }
    Ok(())
}

fn name_of_kernel(what: &str, name: &str) -> Checked {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'));
    match name.len() {
        1..=NAME_MAX if is_plain => Ok(()),
        1..=NAME_MAX => {
            Err(format!("the {what} name {name:?} has characters other than letters, digits and marks"))
        }
        len => Err(format!("the {what} name {name:?} has {len} bytes: the kernel takes 1 to {NAME_MAX}")),
    }
}

/// All names so far, each with the definition that claims it.
struct Claims<'p> {
    protocol: &'p ProtocolDef,
    all: Vec<(String, String)>,
}

impl Claims<'_> {
    fn headers(&mut self) -> Checked {
        let deep = |fmt::Error| format!("nests are deeper than {MAX_DEPTH}");
        let protocol = self.protocol;
        let sets = Sets::of(protocol).map_err(deep)?;
        let tables = policy::tables(protocol).map_err(deep)?;
        for constant in protocol.number.iter().chain(protocol.constants) {
            self.add(constant.name, format!("the constant `{}`", constant.name))?;
        }
        self.messages()?;
        self.groups()?;
        sets.iter().try_for_each(|set| self.attributes(set))?;
        numbers::Numbers::of(messages(protocol), &sets).iter().try_for_each(|schema| self.numbers(schema))?;
        tables.iter().try_for_each(|table| self.table(table))
    }

    /// Gives a name to a definition; an error if another one has it, or C or the kernel.
    fn add(&mut self, name: impl Display, by: impl Display) -> Checked {
        let (name, by) = (name.to_string(), by.to_string());
        let rename = "write another name, `c_name` or `c_prefix`";
        let word = name.strip_prefix("enum ").unwrap_or(&name);
        if !reserved::is_identifier(word) {
            return Err(format!("`{word}`, the name of {by}, is not a name in C: {rename}"));
        }
        if reserved::is_reserved(word) {
            return Err(format!("`{word}`, the name of {by}, is a word of C or of the kernel: {rename}"));
        }
        if let Some((_, other)) = self.all.iter().find(|(given, _)| *given == name) {
            return Err(format!(
                "`{name}` is the name of two things, of {other} and of {by}: {rename} for one of them \
                 (messages that share their attributes name one set with `attrs`)"
            ));
        }
        self.all.push((name, by));
        Ok(())
    }

    /// The constants at the end of an `enum`.
    fn end(&mut self, prefix: &dyn Display, by: &str) -> Checked {
        self.add(format!("__{prefix}_MAX"), by)?;
        self.add(format!("{prefix}_MAX"), by)
    }

    fn messages(&mut self) -> Checked {
        let protocol = self.protocol;
        let name = names::lower(names::upper(protocol.name)).to_string();
        let first = MessageType::FIRST_OF_FAMILY.0;
        if !uapi::constants(protocol, protocol.requests, protocol.answers, first).is_empty() {
            self.add(format!("enum {name}_msg"), "the message types")?;
        }
        self.constants(protocol.requests, protocol.answers, first)?;
        let Some(family) = &protocol.family else { return Ok(()) };
        let (upper, by) = (names::upper(protocol.name).to_string(), "the family");
        self.add(format!("{upper}_GENL_NAME"), by)?;
        self.add(format!("{upper}_GENL_VERSION"), by)?;
        self.add(format!("enum {name}_cmd"), "the commands")?;
        if !uapi::has_command_0(family) {
            self.add(format!("{upper}_CMD_UNSPEC"), "the commands")?;
        }
        self.constants(family.requests, family.answers, 0)?;
        self.end(&format!("{upper}_CMD"), "the commands")
    }

    /// The constants of messages: one for each number.
    fn constants(
        &mut self,
        requests: &'static [&'static MessageSchema],
        answers: &'static [&'static MessageSchema],
        first: u16,
    ) -> Checked {
        let protocol = self.protocol;
        for uapi::Numbered { number, name, schema, .. } in uapi::constants(protocol, requests, answers, first)
        {
            one_name(schema, requests.iter().chain(answers))?;
            let what = if number == uapi::number(schema) { "the message" } else { "what deletes" };
            self.add(name, format!("{what} `{}`, number {number}", schema.name))?;
        }
        Ok(())
    }

    fn groups(&mut self) -> Checked {
        let protocol = self.protocol;
        let upper = names::upper(protocol.name).to_string();
        for group in protocol.family.map_or(&[][..], |family| family.groups) {
            let (name, by) = (names::upper(group), format!("the group {group:?} of the family"));
            self.add(format!("{upper}_MCGRP_{name}"), &by)?;
            self.add(format!("{upper}_NLGRP_{name}"), &by)?;
        }
        if protocol.groups.is_empty() {
            return Ok(());
        }
        let by = "the groups";
        self.add(format!("enum {}_grp", names::lower(&upper)), by)?;
        self.add(format!("{upper}_GRP_NONE"), by)?;
        for group in protocol.groups {
            let name = names::upper(group.name);
            self.add(format!("{upper}_GRP_{name}"), format!("the group `{}`", group.name))?;
        }
        self.end(&format!("{upper}_GRP"), by)
    }

    fn attributes(&mut self, set: &'static AttrSet) -> Checked {
        let (protocol, prefix) = (self.protocol, names::prefix(self.protocol, set));
        let by = of_set(set);
        self.add(format!("enum {}", names::set_enum(protocol, set)), &by)?;
        if set.attrs.iter().all(|attr| attr.ty != 0) {
            self.add(format!("{prefix}_UNSPEC"), &by)?;
        }
        for attr in sorted(set.attrs) {
            let by = format!("the attribute `{}` of {by}", attr.name);
            self.add(names::attr(protocol, set, attr), by)?;
        }
        self.end(&prefix, &by)
    }

    fn numbers(&mut self, schema: &NumberSchema) -> Checked {
        let prefix = numbers::prefix(self.protocol, schema);
        let by = format!("the numbers `{}`", schema.name);
        if schema.names().next().is_some() && !numbers::are_macros(schema) {
            self.add(format!("enum {}", names::lower(&prefix)), &by)?;
        }
        for (name, number) in schema.names() {
            self.add(format!("{prefix}_{}", names::upper(name)), format!("`{name}` ({number}) of {by}"))?;
        }
        Ok(())
    }

    fn table(&mut self, table: &policy::Table<'_>) -> Checked {
        for attr in table.set.attrs {
            if let Some(limit) = policy::beyond(attr) {
                let (name, set, value) = (attr.name, table.set.name, attr.value);
                return Err(format!(
                    "the limit {limit} of `{set}.{name}` is beyond the numbers of its type: {value:?}"
                ));
            }
        }
        let by = format!("the policy of {}", of_set(table.set));
        self.add(format!("{}_policy", table.stem), &by)?;
        for attr in Selected::of(&table.stem, table.set) {
            let by = format!("the forms of `{}` in {by}", attr.name());
            attr.names().try_for_each(|name| self.add(name, &by))?;
        }
        table
            .ranges()
            .try_for_each(|(attr, name)| self.add(name, format!("the range of `{}` in {by}", attr.name)))
    }
}

/// The messages with one number have one name, if they have names in C.
fn one_name<'s>(schema: &MessageSchema, all: impl Iterator<Item = &'s &'static MessageSchema>) -> Checked {
    let number = uapi::number(schema);
    for other in all.filter(|other| uapi::number(other) == number) {
        if let (Some(given), Some(name)) =
            (schema.c_name, other.c_name.filter(|name| schema.c_name != Some(name)))
        {
            let (own, other) = (schema.name, other.name);
            return Err(format!(
                "the messages `{own}` and `{other}` have the number {number}, but the names `{given}` and \
                 `{name}`: give both one `c_name`"
            ));
        }
    }
    Ok(())
}

/// A set by its name and its attributes: two sets of one name differ in these.
pub(crate) fn of_set(set: &'static AttrSet) -> String {
    let attrs = shown(|f| {
        sorted(set.attrs).enumerate().try_for_each(|(index, attr)| {
            let mark = if index == 0 { "" } else { ", " };
            write!(f, "{mark}{} {}", attr.ty, attr.name)
        })
    });
    format!("`{}` ({attrs})", set.name)
}
