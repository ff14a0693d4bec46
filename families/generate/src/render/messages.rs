//! Messages, the enum of what the family sends, and the list of schemas.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::{alias, field_name};
use crate::corrections::MessageFix;
use crate::messages::Message;
use crate::module::Module;
use crate::spec::{Member, Protocol};

pub(super) fn render(out: &mut String, module: &Module<'_>) -> Result<()> {
    let (of_sets, own) = of_sets(module)?;
    for messages in &of_sets {
        aliases(out, module, messages)?;
    }
    for message in own {
        structure(out, module, message)?;
    }
    received(out, module)?;
    schemas(out, module)
}

/// Messages that are no more than a set and a number, by their sets, and the others. Those of one set have numbers of their
/// own; where a request and an answer have the same, the first is one of them.
fn of_sets<'m>(module: &'m Module<'_>) -> Result<(Vec<Vec<&'m Message>>, Vec<&'m Message>)> {
    let (mut of_sets, mut own) = (Vec::<Vec<&Message>>::new(), Vec::new());
    let is_raw = module.family().spec.protocol == Protocol::NetlinkRaw;
    for message in &module.messages {
        let is_plain = message.set.is_some()
            && message.header.is_some() == is_raw
            && !module.family().fixes.checks.contains_key(&message.name)
            && Key::of(module, message)?.deleted.is_none();
        if !is_plain {
            own.push(message);
            continue;
        }
        match of_sets.iter_mut().find(|messages| messages[0].set == message.set) {
            Some(messages) if messages.iter().any(|before| before.number == message.number) => {
                own.push(message)
            }
            Some(messages) => messages.push(message),
            None => of_sets.push(vec![message]),
        }
    }
    Ok((of_sets, own))
}

/// Writes messages of one set. rustfmt does not look into the macro.
fn aliases(out: &mut String, module: &Module<'_>, messages: &[&Message]) -> Result<()> {
    let Some(set) = messages.first().and_then(|message| message.set.as_ref()) else { return Ok(()) };
    let set = module.types.type_name(set);
    let version = match module.family().spec.protocol {
        Protocol::NetlinkRaw => "",
        _ => ", version = VERSION",
    };
    let also = also(module, messages);
    writeln!(out, "messages! {{\n    {set}{version}{also};")?;
    for message in messages {
        let Message { name, number, .. } = message;
        for line in documented(module, message)?.lines() {
            writeln!(out, "    {line}")?;
        }
        match &message.header {
            Some(header) => {
                let header = module.types.type_name(header);
                writeln!(out, "    pub type {name}<'a> = HeadedMessage<{header}, {set}<'a>, {number}>;")?;
            }
            None => writeln!(out, "    pub type {name}<'a> = Command<{set}<'a>, {number}>;")?,
        }
    }
    writeln!(out, "}}\n")?;
    Ok(())
}

/// The numbers of requests which the kernel answers with one of these messages, but under the number of the request.
fn also(module: &Module<'_>, messages: &[&Message]) -> String {
    let number = |operation: &String| {
        let name = module.family().message_name(operation);
        module.messages.iter().find(|found| found.name == name).map(|found| found.number)
    };
    let pairs: Vec<_> = messages
        .iter()
        .filter_map(|message| Some((message.number, number(fix(module, message)?.answers.as_ref()?)?)))
        .collect();
    if pairs.is_empty() { String::new() } else { format!(", also = {pairs:?}") }
}

/// What the corrections say of a message.
fn fix<'m>(module: &'m Module<'_>, message: &Message) -> Option<&'m MessageFix> {
    let family = module.family();
    let is_own = |operation: &String, fix: &MessageFix| match &fix.reply {
        Some(reply) => *reply == message.name,
        None => family.message_name(operation) == message.name,
    };
    family.fixes.messages.iter().find(|(operation, fix)| is_own(operation, fix)).map(|(_, fix)| fix)
}

/// The doc comment of a message, and its names in C.
fn documented(module: &Module<'_>, message: &Message) -> Result<String> {
    let family = module.family();
    let c_names: Vec<&str> = message.c_names.iter().map(|name| family.corrected(name)).collect();
    let aliases: String = c_names.iter().map(|name| alias(family, name)).collect();
    let doc = match (&c_names[..], message.is_sent, message.is_received) {
        ([request, answer], ..) => format!("`{request}`, a request, and `{answer}`, its answer"),
        ([name, ..], true, false) => format!("`{name}`, a request"),
        ([name, ..], false, _) => format!("`{name}`, an answer or an event"),
        ([name, ..], true, true) => format!("`{name}`: a request, an answer or an event"),
        ([], ..) => bail!("{} has no name in C", message.name),
    };
    let more = fix(module, message).and_then(|fix| fix.doc.as_ref());
    let more = more.map(|text| format!("///\n/// {text}\n")).unwrap_or_default();
    Ok(format!("/// {doc}.\n{more}{aliases}"))
}

fn structure(out: &mut String, module: &Module<'_>, message: &Message) -> Result<()> {
    let Message { name, number, .. } = message;
    let (family, key) = (module.family(), Key::of(module, message)?);
    let documented = documented(module, message)?;
    writeln!(out, "{documented}#[derive(NlMessage, Clone, Debug, Default, PartialEq)]")?;
    let version = family.spec.version.map(|version| format!(", version = {version}")).unwrap_or_default();
    let deleted = key.deleted.map(|deleted| format!(", deleted = {deleted}")).unwrap_or_default();
    let check = family.fixes.checks.get(name).map(|check| format!(", check = {check}")).unwrap_or_default();
    match family.spec.protocol {
        Protocol::NetlinkRaw => writeln!(out, "#[nl(ty = {number}{deleted}{check})]")?,
        _ => writeln!(out, "#[nl(cmd = {number}{version}{deleted}{check})]")?,
    }
    writeln!(out, "pub struct {name}{} {{", lifetime(message))?;
    if let Some(header) = &message.header {
        let header = module.types.type_name(header);
        writeln!(
            out,
            "/// What precedes the attributes.\n#[nl(fixed_header{})] pub header: {header},",
            listed(&key.header)
        )?;
    }
    if let Some(set) = &message.set {
        let set = module.types.type_name(set);
        writeln!(out, "/// The attributes.\n#[nl(attrs{})] pub attrs: {set}<'a>,", listed(&key.attrs))?;
    }
    if let Some(payload) = &message.payload {
        writeln!(out, "/// What follows it.\n#[nl(payload)] pub payload: {payload},")?;
    }
    writeln!(out, "}}\n")?;
    if let Some(set) = &message.set {
        writeln!(out, "deref!({name} => {});\n", module.types.type_name(set))?;
    }
    Ok(())
}

/// As a key of a field.
fn listed(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!(", key = [{}]", names.join(", ")) }
}

/// What tells one object from another, for a message that says what an object is like.
#[derive(Debug, Default)]
struct Key {
    header: Vec<String>,
    attrs: Vec<String>,
    /// The number of the message that says that the object has been deleted.
    deleted: Option<u16>,
}

impl Key {
    fn of(module: &Module<'_>, message: &Message) -> Result<Self> {
        let family = module.family();
        let own = |operation: &String, fix: &MessageFix| {
            let reply = fix.reply.as_ref().filter(|reply| **reply == message.name);
            fix.deleted.is_some()
                && (reply.is_some()
                    || (fix.reply.is_none() && family.message_name(operation) == message.name))
        };
        let Some((_, fix)) = family.fixes.messages.iter().find(|(operation, fix)| own(operation, fix)) else {
            return Ok(Self::default());
        };
        let deleted = fix.deleted.as_ref().map(|deleted| family.message_name(deleted));
        let deleted = module.messages.iter().find(|found| Some(&found.name) == deleted.as_ref());
        Ok(Self {
            header: header_key(module, message, &fix.header_key)?,
            attrs: fix.key.iter().map(|name| field_name(name)).collect(),
            deleted: deleted.map(|deleted| deleted.number),
        })
    }
}

/// The names of the header's fields, in Rust.
fn header_key(module: &Module<'_>, message: &Message, members: &[String]) -> Result<Vec<String>> {
    let Some(header) = message.header.as_ref() else { return Ok(Vec::new()) };
    let layout = module.family().layout(module.family().definition(header)?)?;
    let all: Vec<&Member> = layout.members.iter().map(|(_, member)| member).collect();
    let prefix = super::structs::common_prefix(&all);
    Ok(members.iter().map(|member| field_name(member.strip_prefix(prefix).unwrap_or(member))).collect())
}

fn lifetime(message: &Message) -> &'static str {
    if message.set.is_some() || message.payload.is_some() { "<'a>" } else { "" }
}

/// One of all messages that the kernel sends.
fn received(out: &mut String, module: &Module<'_>) -> Result<()> {
    let messages = of_one_number(module.messages.iter().filter(|message| message.is_received));
    if messages.is_empty() {
        return Ok(());
    }
    writeln!(out, "/// A message that the kernel sends: an answer or an event.")?;
    writeln!(out, "#[allow(clippy::large_enum_variant, reason = \"a box would need an allocator\")]")?;
    writeln!(out, "#[derive(NlMessage, Clone, Debug, PartialEq)]\npub enum Received<'a> {{")?;
    for message in messages {
        let name = &message.name;
        writeln!(out, "/// [`{name}`].\n{name}({name}{}),", lifetime(message))?;
    }
    writeln!(out, "/// Any other message.\n#[nl(other)] Other(Message<'a>),\n}}\n")?;
    Ok(())
}

/// The first message of each number.
fn of_one_number<'m>(messages: impl Iterator<Item = &'m Message>) -> Vec<&'m Message> {
    let mut found: Vec<&Message> = Vec::new();
    for message in messages {
        if !found.iter().any(|before| before.number == message.number) {
            found.push(message);
        }
    }
    found
}

/// The schemas of all messages; readers take the first of a number, which is that of the answer.
fn schemas(out: &mut String, module: &Module<'_>) -> Result<()> {
    let (received, sent): (Vec<&Message>, Vec<&Message>) =
        module.messages.iter().partition(|message| message.is_received);
    writeln!(
        out,
        "/// The messages, for readers of schemas. Where an answer and a request have the same number, the answer"
    )?;
    writeln!(out, "/// comes first.")?;
    writeln!(out, "pub const SCHEMAS: &[&MessageSchema] = &[")?;
    for message in received.into_iter().chain(sent) {
        writeln!(out, "first({}::SCHEMAS),", message.name)?;
    }
    writeln!(out, "];\n")?;
    Ok(())
}
