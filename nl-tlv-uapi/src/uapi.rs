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
    in_order(protocol.requests, protocol.answers, first)
        .try_for_each(|schema| entry(f, schema.doc, &names::message(protocol, schema), number(schema)))?;
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
    writeln!(f, "enum {}_cmd {{\n\t{name}_CMD_UNSPEC = 0,", names::lower(&name))?;
    in_order(family.requests, family.answers, 1)
        .try_for_each(|schema| entry(f, schema.doc, &names::message(protocol, schema), number(schema)))?;
    close(f, &shown(|f| write!(f, "{name}_CMD")))
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
    match schema.id {
        MessageId::Type(ty) => ty.0,
        MessageId::Command { cmd, .. } => cmd.into(),
    }
}

/// Messages by number, from `first` on; of several with one number, the first that there is.
pub(crate) fn in_order(
    requests: &'static [&'static MessageSchema],
    answers: &'static [&'static MessageSchema],
    first: u16,
) -> impl Iterator<Item = &'static MessageSchema> {
    let mut from = first;
    core::iter::from_fn(move || {
        let all = requests.iter().chain(answers).copied();
        let next = all.filter(|schema| number(schema) >= from).min_by_key(|schema| number(schema))?;
        from = number(next).saturating_add(1);
        Some(next)
    })
}
