//! `nltool do` and `nltool dump`: any operation of any family.

use crate::addresses;
use crate::arguments::Typed;
use crate::by_number;
use crate::catalogue::names::{self, by_verb, same};
use crate::catalogue::{Catalogue, Family};
use crate::decode;
use crate::error::Failure;
use crate::filter::{Prefix, Selection};
use crate::guess;
use crate::interfaces::Names;
use crate::json::read::{self, Built};
use crate::json::write::{self, header_key};
use crate::kernel::{self, End, Kernel};
use crate::line;
use crate::meaning::Meaning;
use crate::paint::Ink;
use crate::picture;
use crate::policies::ADMIN_PERM;
use crate::refusal::Explained;
use nl_tlv::control::{Control, ExtAck};
use nl_tlv::schema::MessageSchema;
use nl_tlv::{Flags, GetFlags, Message, Messages, NewFlags};
use serde_json::Value as Json;
use std::io::Write;

/// What to ask for, and how to show the answers.
#[derive(Debug, clap::Args)]
pub struct Request {
    /// The family, such as rt-link; `nltool families` lists them
    pub family: String,
    /// The operation, such as getlink or GetLink; `nltool describe FAMILY` lists them. Only a dump of a family with one
    /// main kind of object needs none. Of a generic netlink family that only the kernel knows, the number of a command
    pub operation: Option<String>,
    /// Attributes and header fields: NAME=VALUE, or one JSON object, or - for JSON from standard input. An
    /// attribute without a name is '#1=5404': its type, and its payload in hexadecimal digits
    #[arg(value_name = "NAME=VALUE")]
    pub attributes: Vec<String>,
    /// Asks a server in user space instead of the kernel: the port id that it listens at. The number of the protocol is that
    /// of the family, such as 2 (NETLINK_USERSOCK)
    #[arg(long, value_name = "PORT_ID")]
    pub peer: Option<u32>,
    /// One JSON object for each answer
    #[arg(long, conflicts_with = "dry_run")]
    pub json: bool,
    /// Each answer as a tree, with the offset of every attribute
    #[arg(long, short, conflicts_with_all = ["json", "dry_run"])]
    pub tree: bool,
    /// Shows the bytes of the request as a picture, and does not send it
    #[arg(long)]
    pub dry_run: bool,
    /// Draws that picture in SVG
    #[arg(long, requires = "dry_run")]
    pub svg: bool,
}

/// What a request that changes something may do.
#[derive(Debug, Default, clap::Args)]
pub struct Modifiers {
    /// Creates the object if it does not exist (NLM_F_CREATE)
    #[arg(long)]
    pub create: bool,
    /// Fails if the object exists (NLM_F_EXCL)
    #[arg(long)]
    pub excl: bool,
    /// Replaces an object that exists (NLM_F_REPLACE)
    #[arg(long)]
    pub replace: bool,
    /// Adds the object behind others that are like it (NLM_F_APPEND)
    #[arg(long)]
    pub append: bool,
    /// Asks for the object as it is after the change (NLM_F_ECHO)
    #[arg(long)]
    pub echo: bool,
}

impl Modifiers {
    /// As flags of a message.
    pub fn bits(&self) -> u16 {
        let bits = [
            (self.create, NewFlags::CREATE.bits()),
            (self.excl, NewFlags::EXCL.bits()),
            (self.replace, NewFlags::REPLACE.bits()),
            (self.append, NewFlags::APPEND.bits()),
            (self.echo, Flags::ECHO.bits()),
        ];
        bits.iter().filter(|(is_set, _)| *is_set).fold(0, |all, (_, bit)| all | bit)
    }
}

/// The flags of a dump.
pub fn dump_flags() -> u16 {
    Flags::REQUEST.bits() | GetFlags::DUMP.bits()
}

/// The flags of a request for one thing.
pub fn do_flags(modifiers: &Modifiers) -> u16 {
    (Flags::REQUEST | Flags::ACK).bits() | modifiers.bits()
}

/// Makes a request and shows the answers.
///
/// # Errors
///
/// What is wrong with what was typed; the kernel's refusal, with the place in what was typed.
pub fn run(
    request: &Request,
    flags: u16,
    selection: &Selection,
    mut catalogue: Catalogue,
    mut ink: Ink,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let known = kernel::known_family(&catalogue, &request.family).copied();
    let numbered = match &known {
        Ok(_) => None,
        Err(_) => by_number::family(&request.family, request.operation.as_deref()),
    };
    let family = numbered.map_or(known, |(family, _)| Ok(family))?;
    request.operation.iter().chain(&request.attributes).try_for_each(|word| is_meant(word))?;
    // Where no operation is typed, the first attribute is in its place.
    let is_attribute = |word: &&String| word.contains('=') || word.starts_with('{');
    let first = request.operation.iter().find(is_attribute);
    let name = request.operation.as_deref().filter(|_| first.is_none());
    let schema = numbered.map_or_else(|| operation(&family, name, flags), |(_, schema)| Ok(schema))?;
    let words: Vec<String> = first.into_iter().chain(&request.attributes).cloned().collect();
    let mut typed = Typed::new(&words)?;
    fill(&mut typed.json, &family, schema);
    into_header(&mut typed, schema, flags == dump_flags());
    addresses::complete(&mut typed.json, schema)
        .map_err(|mistake| Failure::Usage(typed.explain(&mistake)))?;
    let schema = family.variant(schema, address_family(&typed.json));
    let mut built = build(schema, &mut typed)?;
    let ty = match schema.id {
        nl_tlv::MessageId::Type(ty) => ty.0,
        nl_tlv::MessageId::Command { .. } if request.dry_run => 0,
        nl_tlv::MessageId::Command { .. } => id(&family, &mut catalogue)?,
    };
    built.bytes[4..6].copy_from_slice(&ty.to_ne_bytes());
    built.bytes[6..8].copy_from_slice(&flags.to_ne_bytes());
    if request.dry_run {
        let source = picture::Source { protocol: family.protocol, schema: Some(schema), echoed: None };
        let picture = picture::Picture::new(&source, &built.bytes);
        match request.svg {
            true => picture::svg::document(&[picture], &mut ink.bytes),
            false => picture::text::draw(&picture, &mut ink),
        }
        return Ok(out.write_all(&ink.bytes)?);
    }
    let mut kernel = Kernel::open(family.protocol)?.at(request.peer).in_batch(family.batch(schema));
    let names = Names::default();
    selection.check(&family.schemas().collect::<Vec<_>>())?;
    let end = kernel.exchange(&mut built.bytes, flags, |message| {
        if !selection.is_empty() && !selection.matches(schema_of(&catalogue, &family, message), message) {
            return Ok(());
        }
        match request.tree {
            true => tree(&catalogue, &family, message, &names, &mut ink),
            false => answer(&catalogue, &family, message, request.json, &names, &mut ink),
        }
        out.write_all(&ink.bytes)?;
        ink.bytes.clear();
        Ok(())
    })?;
    match end {
        End::Complete(false) => Ok(()),
        End::Complete(true) => Err(Failure::Other(
            "the dump was interrupted: objects changed meanwhile, so the list may be wrong".into(),
        )),
        End::Refused(error) => {
            let asked = Asked { family: &family, schema, built: &built, typed: &typed, flags };
            Err(refused(&error, &asked, request.peer, &kernel.answerer()))
        }
    }
}

/// Whether a word can be what belongs here: neither a condition nor a value without a name.
fn is_meant(word: &str) -> Result<(), Failure> {
    let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
    if name.contains(['<', '>', '~', '!']) && !word.starts_with(['{', '[']) {
        return Err(Failure::Usage(format!("`{word}` is a condition: write --where '{word}'")));
    }
    if value.is_none() && Prefix::parse(word).is_some() {
        return Err(Failure::Usage(format!(
            "`{word}` has no name: write what it is, such as dst={word} or local={word}"
        )));
    }
    Ok(())
}

/// The operation that was typed. A dump asks for objects: it needs no verb, and no name where only one is meant.
fn operation(family: &Family, name: Option<&str>, flags: u16) -> Result<&'static MessageSchema, Failure> {
    let is_dump = flags == dump_flags();
    let gets = || family.messages.iter().copied().filter(|schema| by_verb(schema.name).0 == "get");
    let Some(name) = name else {
        // Of several, the one of the objects that the family is named after.
        let is_own =
            |schema: &&MessageSchema| family.name.strip_prefix("rt-") == Some(&*by_verb(schema.name).1);
        let only = gets().next().filter(|_| gets().count() == 1).or_else(|| gets().find(is_own));
        return only.filter(|_| is_dump).ok_or_else(|| {
            let all: Vec<_> = if is_dump { gets().collect() } else { family.messages.to_vec() };
            let names: Vec<_> = all.iter().map(|schema| family.operation(schema)).collect();
            let meant =
                only.map(|get| format!("; did you mean {}?", family.operation(get))).unwrap_or_default();
            let names = names.join(", ");
            Failure::Usage(format!(
                "the operation is missing: which one of {}? There are {names}{meant}",
                family.name
            ))
        });
    };
    let found = family.message(name)?;
    let (verb, object) = by_verb(found.name);
    let is_object = is_dump && verb == "new" && !names::plain(name).contains("new");
    Ok(gets().find(|get| is_object && by_verb(get.name).1 == object).unwrap_or(found))
}

/// Builds the message. Where the number of an interface or of an address family is expected, its name does.
fn build(schema: &'static MessageSchema, typed: &mut Typed) -> Result<Built, Failure> {
    let mut names = 0;
    loop {
        let mut mistake = match read::message(schema, &typed.json) {
            Ok(built) => return Ok(built),
            Err(mistake) => mistake,
        };
        let meaning = mistake.path.rsplit('.').next().and_then(|name| Meaning::of(name, schema));
        let is_number = mistake.text.starts_with("expected a number");
        if let (Some(meaning), Some(place @ Json::String(_)), true) =
            (meaning, typed.place(&mistake.path), is_number)
        {
            match place.as_str().and_then(|name| meaning.number(name)) {
                Some(number) if names < MAX_NAMES => {
                    *place = number.into();
                    names += 1;
                    continue;
                }
                _ => mistake.text += &meaning.otherwise(),
            }
        }
        return Err(Failure::Usage(typed.explain(&mistake)));
    }
}

/// More names of interfaces than a request can have.
const MAX_NAMES: u32 = 1000;

/// The address family that was typed.
pub fn address_family(json: &Json) -> Option<u8> {
    let (_, value) = json.as_object()?.iter().find(|(name, _)| same(name, "family"))?;
    let named = |text: &str| Meaning::AddressFamily.number(text).and_then(|number| number.try_into().ok());
    let typed = |text: &str| text.parse().ok().or_else(|| named(text));
    value.as_u64().and_then(|number| number.try_into().ok()).or_else(|| typed(value.as_str()?))
}

/// Adds what a request of the family has unless something else was typed.
fn fill(json: &mut Json, family: &Family, schema: &MessageSchema) {
    let (Json::Object(typed), Some(header)) = (json, schema.header) else { return };
    for (name, value) in family.by_address_family.map_or(&[][..], |by| by.defaults) {
        let is_field = header.fields.iter().any(|field| same(field.name, name));
        if is_field && !typed.keys().any(|key| same(key, name)) {
            typed.insert((*name).to_owned(), (*value).into());
        }
    }
}

/// Headers, and fields that the kernel reads there although an attribute has the same name.
const IN_HEADER: [(&str, &str); 3] = [("NdMsg", "ifindex"), ("SaId", "proto"), ("SaFlush", "proto")];

/// A name that the header and an attribute have is that of the header where the kernel reads that one, unless both are
/// typed. What a dump leaves out is told by attributes.
fn into_header(typed: &mut Typed, schema: &MessageSchema, is_dump: bool) {
    let (Some(header), Some(all)) = (schema.header, typed.json.as_object()) else { return };
    let own = IN_HEADER.iter().find(|(of, _)| *of == header.name && !is_dump);
    let Some((_, field)) = own else { return };
    let mut in_header =
        all.get("header").and_then(Json::as_object).into_iter().flat_map(|fields| fields.keys());
    let is_typed = in_header.any(|key| same(key, field)) || all.contains_key(&format!("header.{field}"));
    if let Some(key) = all.keys().find(|key| same(key, field)).filter(|_| !is_typed).cloned() {
        typed.rename(&key, &format!("header.{field}"));
    }
}

/// The number of a generic netlink family in this kernel.
fn id(family: &Family, catalogue: &mut Catalogue) -> Result<u16, Failure> {
    let known = crate::kernel::learn(catalogue)?;
    let found = known.iter().find(|known| known.name == family.name);
    found.map(|found| found.id.0).ok_or_else(|| {
        Failure::Other(format!(
            "this kernel does not have the family {}; perhaps a module is not loaded",
            family.name
        ))
    })
}

fn schema_of(
    catalogue: &Catalogue,
    family: &Family,
    message: &Message<'_>,
) -> Option<&'static MessageSchema> {
    catalogue.schema(family.protocol, message.as_bytes()).map(|(_, schema)| schema)
}

fn tree(catalogue: &Catalogue, family: &Family, message: &Message<'_>, names: &Names, ink: &mut Ink) {
    let shown = decode::Shown {
        time: None,
        protocol: family.protocol,
        family: family.name,
        schema: schema_of(catalogue, family, message),
        echoed: None,
        message: *message,
        note: "",
        process: None,
        names: Some(names.clone()),
    };
    decode::tree::message(ink, &shown, catalogue);
}

fn answer(
    catalogue: &Catalogue,
    family: &Family,
    message: &Message<'_>,
    is_json: bool,
    names: &Names,
    ink: &mut Ink,
) {
    let bytes = message.as_bytes();
    match (schema_of(catalogue, family, message), is_json) {
        (Some(schema), true) => write::contents(schema, bytes, &mut ink.bytes),
        (Some(schema), false) => {
            ink.paint(crate::paint::Style::Message, schema.name);
            line::contents(schema, bytes, ink, usize::MAX, Some(names));
        }
        (None, true) => {
            ink.put("{\"hex\": \"");
            crate::paint::hex_to(&mut ink.bytes, message.payload());
            ink.put("\"}");
        }
        (None, false) => {
            ink.put(&decode::name_of(family.protocol, bytes));
            // Behind the header of generic netlink.
            let at = if family.is_generic() { 4 } else { 0 };
            guess::message(ink, message.payload().get(at..).unwrap_or_default(), usize::MAX);
        }
    }
    ink.put("\n");
}

/// A request that was made.
struct Asked<'r> {
    family: &'r Family,
    schema: &'static MessageSchema,
    built: &'r Built,
    typed: &'r Typed,
    flags: u16,
}

/// A refusal, with the place in what was typed.
fn refused(error: &[u8], asked: &Asked<'_>, peer: Option<u32>, answerer: &str) -> Failure {
    let Asked { schema, built, typed, .. } = *asked;
    let Some(Ok(message)) = Messages::new(error).next() else {
        return Failure::Refused(format!("{answerer} refused the request, and its answer is damaged"));
    };
    let explained = match Control::parse(&message) {
        Ok(Control::Error(error)) => Explained::new(&error, Some(schema), &built.bytes),
        Ok(Control::Done(errno)) => Explained::of(errno, &ExtAck::of(&message), Some(schema), &built.bytes),
        _ => return Failure::Refused(format!("{answerer} refused the request")),
    };
    let place = explained.offset.and_then(|offset| built.place(offset));
    let point = place.map(|path| typed.point(path)).unwrap_or_default();
    let hint = hint(&explained, asked, peer);
    Failure::Refused(format!("{answerer} refused {}: {explained}{hint}{point}", schema.name))
}

/// What may help after a refusal. Where a server or the kernel says itself what is not permitted, no privilege is guessed.
fn hint(explained: &Explained, asked: &Asked<'_>, peer: Option<u32>) -> String {
    let Asked { family, schema, typed, flags, .. } = *asked;
    let hint = match explained.errno.as_str() {
        "EPERM" if peer.is_none() && explained.text.is_none() => needed(family, schema),
        "EINVAL" if by_verb(schema.name).0 == "get" && typed.is_empty() => {
            "; say which one is asked for, or ask for all: nltool dump"
        }
        "EOPNOTSUPP" if schema.name.starts_with("Get") || schema.name.ends_with("Get") => {
            "; perhaps it is answered as a dump only: nltool dump"
        }
        _ => "",
    };
    // What a dump leaves out is told by attributes.
    match hint {
        "" if flags != dump_flags() => beside(schema, typed),
        hint => hint.to_owned(),
    }
}

/// Which privilege a request needs that was refused. The kernel tells of each command of generic netlink whether that of
/// the network's own namespace is enough.
fn needed(family: &Family, schema: &MessageSchema) -> &'static str {
    const AUDIT: u32 = 9;
    let ops = || {
        kernel::families().ok()?.into_iter().find(|known| known.name == family.name).map(|known| known.ops)
    };
    let needs_first = match schema.id {
        nl_tlv::MessageId::Command { cmd, .. } => ops().is_some_and(|ops| {
            ops.iter().any(|(own, flags)| *own == u32::from(cmd) && flags & ADMIN_PERM != 0)
        }),
        nl_tlv::MessageId::Type(_) => false,
    };
    match family.protocol {
        AUDIT => {
            "; this needs CAP_AUDIT_CONTROL or CAP_AUDIT_READ in the first user namespace: run it as root there"
        }
        _ if needs_first => {
            "; this needs CAP_NET_ADMIN in the first user namespace: run it as root of the machine, not of a container or of \
             unshare -r"
        }
        _ => "; this needs CAP_NET_ADMIN: run it as root, or in a namespace of your own (unshare -rn)",
    }
}

/// A hint, if an attribute is typed that has the name of a header's field which is not typed.
fn beside(schema: &MessageSchema, typed: &Typed) -> String {
    let has = |name: &str| typed.json.as_object().is_some_and(|all| all.keys().any(|key| same(key, name)));
    let fields = schema.header.into_iter().flat_map(|header| header.fields);
    let mut keys = fields.map(|field| (field.name, header_key(field.name, Some(schema.attrs))));
    let other = keys.find(|(name, key)| *name != key && has(name) && !has(key));
    other.map_or_else(String::new, |(name, key)| {
        format!("; `{}` is the attribute, and `{key}` is the field of the header", names::dashed(name))
    })
}
