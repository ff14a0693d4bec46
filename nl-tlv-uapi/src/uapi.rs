//! The header for user space.

use crate::sets::{Sets, sorted};
use crate::text::{comment, indent, shown};
use crate::{Constant, FamilyDef, ProtocolDef, names, numbers};
use core::fmt::{self, Display, Formatter};
use nl_tlv::schema::{AttrSet, MessageSchema};
use nl_tlv::{MessageId, MessageType};

pub(crate) fn write(f: &mut Formatter<'_>, protocol: &ProtocolDef) -> fmt::Result {
    if let Some(number) = &protocol.number {
        define(f, number)?;
        f.write_str("\n")?;
    }
    protocol.constants.iter().try_for_each(|constant| define(f, constant))?;
    if !protocol.constants.is_empty() {
        f.write_str("\n")?;
    }
    messages(f, protocol)?;
    groups(f, protocol)?;
    if let Some(family) = &protocol.family {
        self::family(f, protocol, family)?;
    }
    let sets = Sets::of(protocol)?;
    numbers::write(f, protocol, &sets)?;
    sets.iter().try_for_each(|set| attributes(f, protocol, set))
}

fn define(f: &mut Formatter<'_>, constant: &Constant) -> fmt::Result {
    comment(f, 0, constant.doc)?;
    let suffix = if i64::try_from(constant.value).is_ok() { "" } else { "ULL" };
    writeln!(f, "#define {} {}{suffix}", constant.name, constant.value)
}

fn messages(f: &mut Formatter<'_>, protocol: &ProtocolDef) -> fmt::Result {
    let own = |schema: &&MessageSchema| number(schema) >= MessageType::FIRST_OF_FAMILY.0;
    if !protocol.requests.iter().chain(protocol.answers).any(own) {
        return Ok(());
    }
    let name = names::lower(names::upper(protocol.name));
    writeln!(f, "enum {name}_msg {{")?;
    let first = MessageType::FIRST_OF_FAMILY.0;
    constants(protocol, protocol.requests, protocol.answers, first)
        .iter()
        .try_for_each(|constant| constant.write(f))?;
    f.write_str("};\n\n")
}

fn groups(f: &mut Formatter<'_>, protocol: &ProtocolDef) -> fmt::Result {
    if protocol.groups.is_empty() {
        return Ok(());
    }
    let name = names::upper(protocol.name);
    writeln!(f, "enum {}_grp {{\n\t{name}_GRP_NONE = 0,", names::lower(&name))?;
    for group in protocol.groups {
        let constant = shown(|f| write!(f, "{name}_GRP_{}", names::upper(group.name)));
        entry(f, group.doc, &constant, group.value)?;
    }
    close(f, &shown(|f| write!(f, "{name}_GRP")))
}

fn family(f: &mut Formatter<'_>, protocol: &ProtocolDef, family: &FamilyDef) -> fmt::Result {
    let name = names::upper(protocol.name);
    writeln!(f, "#define {name}_GENL_NAME \"{}\"", family.name)?;
    writeln!(f, "#define {name}_GENL_VERSION {}\n", family.version)?;
    for group in family.groups {
        writeln!(f, "#define {name}_MCGRP_{} \"{group}\"", names::upper(group))?;
    }
    if !family.groups.is_empty() {
        f.write_str("\n")?;
    }
    writeln!(f, "enum {}_cmd {{", names::lower(&name))?;
    if !has_command_0(family) {
        writeln!(f, "\t{name}_CMD_UNSPEC = 0,")?;
    }
    constants(protocol, family.requests, family.answers, 0)
        .iter()
        .try_for_each(|constant| constant.write(f))?;
    close(f, &shown(|f| write!(f, "{name}_CMD")))
}

/// Whether a message has the number that otherwise stands for none.
pub(crate) fn has_command_0(family: &FamilyDef) -> bool {
    family.requests.iter().chain(family.answers).any(|schema| number(schema) == 0)
}

fn attributes(f: &mut Formatter<'_>, protocol: &ProtocolDef, set: &'static AttrSet) -> fmt::Result {
    let prefix = names::prefix(protocol, set);
    writeln!(f, "enum {} {{", names::set_enum(protocol, set))?;
    if set.attrs.iter().all(|attr| attr.ty != 0) {
        writeln!(f, "\t{prefix}_UNSPEC = 0,")?;
    }
    for attr in sorted(set.attrs) {
        entry(f, attr.doc, &names::attr(protocol, set, attr), attr.ty)?;
    }
    close(f, &prefix)
}

/// One constant of an `enum`, with its comment above.
fn entry(f: &mut Formatter<'_>, doc: &str, name: &dyn Display, value: impl Display) -> fmt::Result {
    comment(f, 1, doc)?;
    indent(f, 1)?;
    writeln!(f, "{name} = {value},")
}

/// The end of an `enum` whose largest constant is needed.
fn close(f: &mut Formatter<'_>, prefix: &dyn Display) -> fmt::Result {
    writeln!(f, "\n\t__{prefix}_MAX,\n\t{prefix}_MAX = __{prefix}_MAX - 1\n}};\n")
}

pub(crate) fn number(schema: &MessageSchema) -> u16 {
    of_id(schema.id)
}

fn of_id(id: MessageId) -> u16 {
    match id {
        MessageId::Type(ty) => ty.0,
        MessageId::Command { cmd, .. } => cmd.into(),
    }
}

/// The constant of a number of messages.
pub(crate) struct Numbered {
    pub(crate) number: u16,
    pub(crate) name: String,
    doc: String,
    /// The message that has the number, or says which one it is.
    pub(crate) schema: &'static MessageSchema,
}

impl Numbered {
    fn of(protocol: &ProtocolDef, schema: &'static MessageSchema) -> Self {
        let name = names::message(protocol, schema).to_string();
        Self { number: number(schema), name, doc: schema.doc.to_owned(), schema }
    }

    /// The message that says that an object has been deleted.
    fn of_deleted(protocol: &ProtocolDef, schema: &'static MessageSchema) -> Option<Self> {
        let name = names::message(protocol, schema);
        Some(Self {
            number: of_id(schema.deleted?),
            name: format!("{name}_DELETED"),
            doc: format!("Event: what {name} describes has been deleted."),
            schema,
        })
    }

    fn write(&self, f: &mut Formatter<'_>) -> fmt::Result {
        entry(f, &self.doc, &self.name, self.number)
    }
}

/// The constants of messages by number, from `first` on; of several messages with one number, that of the first.
pub(crate) fn constants(
    protocol: &ProtocolDef,
    requests: &'static [&'static MessageSchema],
    answers: &'static [&'static MessageSchema],
    first: u16,
) -> Vec<Numbered> {
    let all = || requests.iter().chain(answers);
    let own = all().map(|schema| Numbered::of(protocol, schema));
    let deleted = all().filter_map(|schema| Numbered::of_deleted(protocol, schema));
    let mut found: Vec<Numbered> = own.chain(deleted).filter(|constant| constant.number >= first).collect();
    found.sort_by_key(|constant| constant.number);
    found.dedup_by_key(|constant| constant.number);
    found
}
