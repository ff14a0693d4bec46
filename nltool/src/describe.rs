//! `nltool families` and `nltool describe`: what the schemas say, and beside it what the running kernel says.

mod kernel_only;

use crate::catalogue::names::{dashed, same, value_name};
use crate::catalogue::{Catalogue, Family};
use crate::decode::text::protocol_name;
use crate::error::Failure;
use crate::kernel;
use crate::meaning::Meaning;
use crate::paint::{Ink, Style};
use crate::policies::Policies;
use nl_tlv::MessageId;
use nl_tlv::control::Policy;
use nl_tlv::schema::{
    AttrSchema, AttrSet, Limits, MAX_DEPTH, MessageSchema, Presence, Selector, StructSchema, ValueType,
};
use std::collections::BTreeMap;
use std::io::Write;

/// `nltool families`: those that are known and those of the running kernel.
///
/// # Errors
///
/// The system's. That the kernel cannot be asked is told, and not an error.
pub fn families(catalogue: &Catalogue, mut ink: Ink, out: &mut dyn Write) -> Result<(), Failure> {
    let of_kernel = kernel::families().unwrap_or_else(|err| {
        eprintln!("nltool: generic netlink cannot be asked: {err}");
        Vec::new()
    });
    ink.paint(Style::Faint, &format!("{:<17} {:<11} {:>8}  groups\n", "family", "protocol", "messages"));
    for family in catalogue.families() {
        let running = of_kernel.iter().find(|known| family.is_generic() && known.name == family.name);
        let groups: Vec<String> = match running {
            Some(known) => known.groups.iter().map(|(name, id)| format!("{name} ({id})")).collect(),
            None => family.groups.iter().map(|(name, _)| (*name).to_owned()).collect(),
        };
        ink.paint(Style::Message, &format!("{:<17} ", family.name));
        ink.print(format_args!(
            "{:<11} {:>8}  {}",
            protocol_name(family.protocol),
            family.messages.len(),
            groups.join(", ")
        ));
        match running {
            Some(known) => ink.paint(
                Style::Good,
                &format!("  in this kernel: id {}, version {}", known.id.0, known.version),
            ),
            None if family.is_generic() && !of_kernel.is_empty() => {
                ink.paint(Style::Faint, "  not in this kernel")
            }
            None => {}
        }
        ink.put("\n");
    }
    let is_unknown = |known: &&nl_tlv::control::genl::Family| catalogue.family(&known.name).is_err();
    for known in of_kernel.iter().filter(is_unknown) {
        let groups: Vec<String> = known.groups.iter().map(|(name, id)| format!("{name} ({id})")).collect();
        ink.print(format_args!("{:<17} {:<11} {:>8}  {}", known.name, "generic", "-", groups.join(", ")));
        ink.paint(
            Style::Faint,
            &format!("  in this kernel only: id {}, {} operations\n", known.id.0, known.ops.len()),
        );
    }
    Ok(out.write_all(&ink.bytes)?)
}

/// `nltool describe`.
///
/// # Errors
///
/// If there is no such family or operation; the system's.
pub fn describe(
    catalogue: &Catalogue,
    family: &str,
    operation: Option<&str>,
    ink: Ink,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let running = |name: &str| kernel::families().ok()?.into_iter().find(|known| same(&known.name, name));
    let family = match catalogue.family(family) {
        Ok(family) => family,
        Err(unknown) => {
            let running = running(family).ok_or(Failure::Usage(unknown))?;
            return kernel_only::describe(&running, operation, ink, out);
        }
    };
    let policies = match family.is_generic() {
        // A kernel without the family has nothing to compare with.
        true => running(family.name).and_then(|running| Policies::of_kernel(&running).ok()),
        false => None,
    };
    let mut text = Text { ink, message: MessageSchema::UNKNOWN, policies, differences: 0 };
    match operation {
        Some(operation) => text.message(family.message(operation)?),
        None => text.family(family),
    }
    Ok(out.write_all(&text.ink.bytes)?)
}

struct Text {
    ink: Ink,
    /// The message whose header and attributes are described.
    message: &'static MessageSchema,
    policies: Option<Policies>,
    differences: usize,
}

/// What a policy accepts, by attribute type.
type Accepts = BTreeMap<u16, Policy>;

impl Text {
    fn family(&mut self, family: &Family) {
        self.ink.paint(Style::Message, family.name);
        self.ink.print(format_args!("  ({} netlink)\n", protocol_name(family.protocol)));
        for schema in family.messages {
            self.ink.print(format_args!("  {:<5} ", number(schema)));
            self.ink.paint(Style::Name, schema.name);
            self.ink.print(format_args!("{}", first_sentence(schema.doc)));
            if let (Some(policies), MessageId::Command { cmd, .. }) = (&self.policies, schema.id) {
                let kinds = policies.kinds(cmd.into());
                self.ink.paint(Style::Faint, &format!("  [{kinds}]"));
            }
            self.ink.put("\n");
        }
        for (name, number) in family.groups {
            let number = if *number == 0 { String::new() } else { format!(" ({number})") };
            self.ink.print(format_args!("  group {name}{number}\n"));
        }
    }

    fn message(&mut self, schema: &'static MessageSchema) {
        self.message = schema;
        self.ink.paint(Style::Message, schema.name);
        self.ink.print(format_args!("  ({}){}\n", number(schema), first_sentence(schema.doc)));
        if let Some(header) = schema.header {
            self.structure(header, 1);
        }
        if let Some(AttrSchema { name, value, limits, .. }) = schema.payload {
            let (name, limits) = (dashed(name), limit_words(limits));
            self.ink.print(format_args!("  {name}: {}{limits}\n", type_words(*value)));
        } else {
            let accepts = match (&self.policies, schema.id) {
                (Some(policies), MessageId::Command { cmd, .. }) => policies.command(cmd.into()).cloned(),
                _ => None,
            };
            self.set(schema.attrs, accepts.as_ref(), 1, &mut vec![schema.attrs]);
        }
        if self.differences > 0 {
            let text =
                format!("{} differences from this kernel's policy are marked with ≠.\n", self.differences);
            self.ink.paint(Style::Bad, &text);
        }
    }

    fn structure(&mut self, schema: &StructSchema, depth: usize) {
        self.ink.print(format_args!(
            "{:indent$}{} ({})\n",
            "",
            schema.name,
            bytes(schema.len),
            indent = depth * 2
        ));
        for field in schema.fields {
            self.ink.print(format_args!("{:indent$}", "", indent = depth * 2 + 2));
            self.ink.paint(Style::Name, field.name);
            self.ink.print(format_args!("  {}", type_words(field.value)));
            self.meaning(field.name, Some(schema));
            self.ink.put("\n");
        }
    }

    fn set(
        &mut self,
        set: &'static AttrSet,
        accepts: Option<&Accepts>,
        depth: usize,
        above: &mut Vec<&'static AttrSet>,
    ) {
        let mut attrs: Vec<&AttrSchema> = set.attrs.iter().collect();
        attrs.sort_by_key(|attr| attr.ty);
        for attr in &attrs {
            self.attr(attr, accepts.map(|accepts| accepts.get(&attr.ty)), depth, above);
        }
        let is_known = |ty: u16| set.attr(ty).is_some();
        for (ty, policy) in accepts.into_iter().flatten().filter(|(ty, _)| !is_known(**ty)) {
            self.differences += 1;
            self.ink.print(format_args!("{:indent$}{ty:>3} ", "", indent = depth * 2));
            self.ink.paint(Style::Bad, &format!("≠ only in this kernel: {policy}\n"));
        }
    }

    /// An attribute; `policy` is what the kernel says, if it says anything about the set.
    fn attr(
        &mut self,
        attr: &'static AttrSchema,
        policy: Option<Option<&Policy>>,
        depth: usize,
        above: &mut Vec<&'static AttrSet>,
    ) {
        let indent = depth * 2;
        self.ink.print(format_args!("{:indent$}{:>3} ", "", attr.ty));
        self.ink.paint(Style::Name, &dashed(attr.name));
        let often = match attr.presence {
            Presence::Required => ", required",
            Presence::Repeated => ", any number of times",
            Presence::Optional => "",
        };
        self.ink.print(format_args!("  {}{}{often}", type_words(attr.value), limit_words(&attr.limits)));
        self.meaning(attr.name, self.message.header.filter(|_| depth == 1));
        match policy {
            Some(Some(policy)) if !agrees(attr.value, policy.ty) => {
                self.differences += 1;
                self.ink.paint(Style::Bad, &format!("  ≠ this kernel: {policy}"));
            }
            Some(Some(policy)) => self.ink.paint(Style::Faint, &format!("  [{}]", bounded(policy))),
            Some(None) if !matches!(attr.value, ValueType::Pad) => {
                self.ink.paint(Style::Faint, "  [not accepted in requests]");
            }
            _ => {}
        }
        self.ink.paint(Style::Faint, &first_sentence(attr.doc));
        self.ink.put("\n");
        self.names(attr.value, indent + 4);
        self.within(attr.value, policy.flatten(), depth + 1, above);
    }

    /// The names that a number has although its definition has none.
    fn meaning(&mut self, name: &str, owner: Option<&StructSchema>) {
        if let Some(meaning) = Meaning::shown(name, owner, self.message) {
            // Not those of this machine's interfaces.
            let mut names = meaning.names();
            names.retain(|name| meaning.constant(name).is_some());
            let more = if names.len() > 8 { ", .." } else { "" };
            names.truncate(8);
            self.ink.paint(Style::Faint, &format!("  (or {}{more})", names.join(", ")));
        }
    }

    /// The names of a number's values.
    fn names(&mut self, value: ValueType, indent: usize) {
        if let ValueType::Named(schema) = value {
            let shown = |name: &str| if schema.is_flags { name.to_owned() } else { value_name(name) };
            let names: Vec<String> =
                schema.names().take(32).map(|(name, number)| format!("{} {number}", shown(name))).collect();
            if names.is_empty() {
                return;
            }
            self.ink.print(format_args!("{:indent$}", ""));
            self.ink.paint(Style::Faint, &format!("{}\n", names.join(", ")));
        }
    }

    /// What selects the form of an attribute of the innermost set: another attribute of it, or the first field of the header.
    fn selecting(&self, selector: Option<u16>, above: &[&'static AttrSet]) -> Option<Selecting> {
        let header = self.message.header.filter(|_| above.len() == 1);
        let (name, value) = match selector {
            Some(ty) => above.last()?.attr(ty).map(|attr| (attr.name, attr.value))?,
            None => header?.fields.first().map(|field| (field.name, field.value))?,
        };
        Some(Selecting { name, value, meaning: Meaning::shown(name, header, self.message) })
    }

    /// What lies in an attribute.
    fn within(
        &mut self,
        value: ValueType,
        policy: Option<&Policy>,
        depth: usize,
        above: &mut Vec<&'static AttrSet>,
    ) {
        let set = match value {
            ValueType::Nested(set)
            | ValueType::NestedArray(set)
            | ValueType::Headed(_, set)
            | ValueType::Records { set, .. } => set(),
            ValueType::Indexed(value) | ValueType::ByType(value) => {
                return self.within(*value, policy, depth, above);
            }
            ValueType::SubMessage { schema, selector } => {
                let by = self.selecting(selector, above);
                for (selector, form) in schema.forms {
                    self.ink.print(format_args!("{:indent$}", "", indent = depth * 2 + 2));
                    let when = by.map_or_else(|| words_of(*selector, None), |by| by.words(*selector));
                    self.ink.paint(Style::Faint, &format!("for {when}: {}\n", type_words(*form)));
                    self.within(*form, None, depth + 2, above);
                }
                return;
            }
            _ => return,
        };
        if above.iter().any(|known| std::ptr::eq(*known, set)) || above.len() >= MAX_DEPTH {
            self.ink.print(format_args!("{:indent$}(as above)\n", "", indent = depth * 2));
            return;
        }
        let inner = policy.and_then(|policy| policy.policy_index);
        let accepts = inner.and_then(|index| self.policies.as_ref()?.accepts.get(&index).cloned());
        above.push(set);
        self.set(set, accepts.as_ref(), depth, above);
        above.pop();
    }
}

/// The attribute or field that selects the form of another attribute.
#[derive(Clone, Copy)]
struct Selecting {
    name: &'static str,
    value: ValueType,
    meaning: Option<Meaning>,
}

impl Selecting {
    /// The selecting value: `kind vlan`, `family inet (2)`.
    fn words(&self, selector: Selector<'_>) -> String {
        let named = |number: i128| match self.value {
            ValueType::Named(schema) => {
                schema.names().find(|(_, own)| *own == number).map(|(name, _)| value_name(name))
            }
            _ => self.meaning.and_then(|meaning| Some(meaning.name(number)?.into_owned())),
        };
        let name = match selector {
            Selector::Number(number) => named(number),
            Selector::Text(_) => None,
        };
        format!("{} {}", dashed(self.name), words_of(selector, name))
    }
}

/// A selecting value, with its name if it is a number that has one.
fn words_of(selector: Selector<'_>, name: Option<String>) -> String {
    match (selector, name) {
        (Selector::Text(text), _) => String::from_utf8_lossy(text).into_owned(),
        (Selector::Number(number), Some(name)) => format!("{name} ({number})"),
        (Selector::Number(number), None) => number.to_string(),
    }
}

fn number(schema: &MessageSchema) -> String {
    match schema.id {
        MessageId::Type(ty) => format!("type {}", ty.0),
        MessageId::Command { cmd, .. } => format!("command {cmd}"),
    }
}

/// The first sentence of a doc comment, behind two spaces.
pub fn first_sentence(doc: &str) -> String {
    let text = doc.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let text = text.split(". ").next().unwrap_or_default().trim().to_owned();
    if text.is_empty() { text } else { format!("  {text}") }
}

/// A type in words.
pub fn type_words(value: ValueType) -> String {
    match value {
        ValueType::Named(schema) if schema.names().next().is_none() => {
            format!("{}, in hexadecimal", type_words(schema.base))
        }
        ValueType::Named(schema) => {
            let what = if schema.is_flags { "flags" } else { "one of" };
            format!("{} ({what} {})", type_words(schema.base), schema.name)
        }
        ValueType::String => "string".into(),
        ValueType::NulString => "string with NUL".into(),
        ValueType::Array(len) => bytes(len),
        ValueType::Struct(schema) => format!("struct {} ({})", schema.name, bytes(schema.len)),
        ValueType::Units { value, .. } => format!("array of {}", type_words(*value)),
        ValueType::Nested(set) => format!("nest {}", set().name),
        ValueType::NestedArray(set) => format!("array of nests {}", set().name),
        ValueType::Indexed(value) => format!("array of {}", type_words(*value)),
        ValueType::ByType(value) => format!("{} by attribute type", type_words(*value)),
        ValueType::Headed(schema, set) => format!("struct {} and nest {}", schema.name, set().name),
        ValueType::Records { header, set, .. } => {
            format!("records of struct {} and nest {}", header.name, set().name)
        }
        ValueType::SubMessage { schema, .. } => format!("{}, one of several forms", schema.name),
        ValueType::Ip => "IPv4 or IPv6 address".into(),
        ValueType::Ipv4 => "IPv4 address".into(),
        ValueType::Ipv6 => "IPv6 address".into(),
        ValueType::Mac | ValueType::HwAddr => "link-layer address".into(),
        ValueType::Reject => "must not be sent".into(),
        ValueType::Pad => "padding".into(),
        ValueType::Bitfield32(Some(schema)) => format!("bitfield32 ({})", schema.name),
        ValueType::Bitfield32(None) => "bitfield32".into(),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// So many bytes.
pub fn bytes(len: usize) -> String {
    format!("{len} byte{}", if len == 1 { "" } else { "s" })
}

fn limit_words(limits: &Limits) -> String {
    let mut text = String::new();
    let mut say = |words: &str, limit: Option<String>| {
        if let Some(limit) = limit {
            text += &format!(", {words} {limit}");
        }
    };
    say("at least", limits.min.map(|number| number.to_string()));
    say("at most", limits.max.map(|number| number.to_string()));
    say("at least", limits.min_len.map(bytes));
    say("at most", limits.max_len.map(bytes));
    say("only bits of", limits.mask.map(|mask| format!("{mask:#x}")));
    text
}

/// A policy without the limits that every number of its type is within.
fn bounded(policy: &Policy) -> Policy {
    let (min, max) = match policy.ty {
        Policy::S8 => (i64::from(i8::MIN), i8::MAX.into()),
        Policy::S16 => (i16::MIN.into(), i16::MAX.into()),
        Policy::S32 => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    };
    let largest = match policy.ty {
        Policy::U8 => u8::MAX.into(),
        Policy::U16 => u16::MAX.into(),
        Policy::U32 => u32::MAX.into(),
        _ => u64::MAX,
    };
    Policy {
        min: policy.min.filter(|min| *min != 0),
        max: policy.max.filter(|max| *max != largest),
        min_signed: policy.min_signed.filter(|own| *own != min),
        max_signed: policy.max_signed.filter(|own| *own != max),
        ..*policy
    }
}

/// Whether what a schema says and what a policy accepts are the same on the wire.
fn agrees(value: ValueType, policy: u32) -> bool {
    let is = |types: &[u32]| types.contains(&policy);
    match value {
        ValueType::Named(schema) => agrees(schema.base, policy),
        ValueType::U8 => is(&[Policy::U8]),
        ValueType::U16 => is(&[Policy::U16]),
        ValueType::U32 => is(&[Policy::U32]),
        ValueType::U64 => is(&[Policy::U64]),
        ValueType::S8 => is(&[Policy::S8]),
        ValueType::S16 => is(&[Policy::S16]),
        ValueType::S32 => is(&[Policy::S32]),
        ValueType::S64 => is(&[Policy::S64]),
        ValueType::Be16 | ValueType::BeS16 => is(&[Policy::U16, Policy::BINARY]),
        ValueType::Be32 | ValueType::BeS32 | ValueType::Ipv4 => is(&[Policy::U32, Policy::BINARY]),
        ValueType::Be64 | ValueType::BeS64 => is(&[Policy::U64, Policy::BINARY]),
        ValueType::Uint => is(&[Policy::UINT]),
        ValueType::Sint => is(&[Policy::SINT]),
        ValueType::Flag => is(&[Policy::FLAG]),
        ValueType::String | ValueType::NulString => is(&[Policy::STRING, Policy::NUL_STRING]),
        ValueType::Bitfield32(_) => is(&[Policy::BITFIELD32]),
        ValueType::Nested(_) => is(&[Policy::NESTED]),
        ValueType::NestedArray(_) | ValueType::Indexed(_) | ValueType::ByType(_) => {
            is(&[Policy::NESTED, Policy::NESTED_ARRAY])
        }
        ValueType::SubMessage { .. } => true,
        ValueType::Pad | ValueType::Reject => is(&[Policy::INVALID]),
        _ => is(&[Policy::BINARY, Policy::STRING]),
    }
}
