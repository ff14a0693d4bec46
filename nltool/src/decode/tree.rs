//! Messages as trees: a line for each header and each attribute, with its offset, as [`nl_tlv::schema::dissect`] has it; and
//! beside it the names of numbers and of interfaces that no schema knows, and guesses.

use super::Shown;
use crate::catalogue::{Catalogue, GENERIC};
use crate::describe;
use crate::flags;
use crate::guess;
use crate::interfaces::{self, Names};
use crate::meaning;
use crate::paint::{Ink, Style, hex_to};
use crate::refusal::Explained;
use crate::verdict::{EXT_ACK, MISS_TYPE, OFFSET, Verdict};
use nl_tlv::control::Errno;
use nl_tlv::schema::{
    AttrSchema, Item, MessageSchema, StructField, StructSchema, Value, ValueType, Visitor, dissect, walk,
};
use nl_tlv::wire::{GenlMsgHdr, NlMsgHdr};
use nl_tlv::{Attr, Error, ErrorKind, MessageType, NlStruct};
use std::convert::Infallible;

/// Appends a message.
pub fn message(ink: &mut Ink, shown: &Shown<'_>, catalogue: &Catalogue) {
    let bytes = shown.message.as_bytes();
    let source = Source { protocol: shown.protocol, names: shown.names.as_ref(), indent: 0 };
    let verdict = Verdict::of(bytes).filter(|_| shown.message.ty() == MessageType::ERROR);
    match (shown.schema, verdict) {
        (None, Some(verdict)) => {
            source.title(ink, "", None, &shown.title(), bytes);
            source.verdict(ink, shown.echoed, &verdict);
        }
        // What netlink itself says, such as the ends of dumps.
        (None, None) if shown.message.ty() < MessageType::FIRST_OF_FAMILY => {
            ink.print(dissect(&catalogue.schemas(shown.protocol, shown.message.ty().0), bytes));
        }
        (schema, _) => {
            source.title(ink, "", schema, &shown.title(), bytes);
            source.contents(ink, schema, bytes);
        }
    }
    ink.put("\n");
}

/// Where a message comes from, and how deep it is shown.
#[derive(Clone, Copy)]
struct Source<'s> {
    protocol: u32,
    names: Option<&'s Names>,
    indent: usize,
}

impl Source<'_> {
    /// The line of a message's header, which is there; `name` is what a message without a schema is called.
    fn title(self, ink: &mut Ink, role: &str, schema: Option<&MessageSchema>, name: &str, bytes: &[u8]) {
        let Some(header) = NlMsgHdr::from_prefix(bytes) else { return };
        let ty = MessageType(header.nlmsg_type);
        line_start(ink, 0, self.indent);
        ink.put(role);
        ink.paint(Style::Message, schema.map_or(name, |schema| schema.name));
        if !name.ends_with(&format!(" {}", ty.0)) || schema.is_some() {
            ink.print(format_args!(" ({})", ty.0));
        }
        let flags = flags::names(header.nlmsg_flags, ty, schema);
        ink.print(format_args!(", {} bytes, flags {flags}", header.nlmsg_len));
        ink.print(format_args!(", seq {}, port id {}", header.nlmsg_seq, header.nlmsg_pid));
    }

    /// What follows the `nlmsghdr`.
    fn contents(self, ink: &mut Ink, schema: Option<&'static MessageSchema>, bytes: &[u8]) {
        match schema {
            Some(schema) => self.walk(ink, schema, bytes, 0),
            None => self.unknown(ink, bytes),
        }
    }

    /// The contents of a message that begins at this offset.
    fn walk(self, ink: &mut Ink, schema: &'static MessageSchema, bytes: &[u8], at: usize) {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let mut tree = Tree { ink, source: self, message: bytes, at, schema, depth: 1, is_headed: false };
        match walk(schema, bytes, &mut tree) {
            Ok(()) => {}
            Err(never) => match never {},
        }
    }

    /// What follows the headers of a message of which no schema is known.
    fn unknown(self, ink: &mut Ink, bytes: &[u8]) {
        let (mut at, mut payload) = (16, bytes.get(16..).unwrap_or_default());
        if let (GENERIC, Some(([cmd, version, reserved @ ..], rest))) =
            (self.protocol, payload.split_first_chunk::<4>())
        {
            ink.put("\n");
            line_start(ink, 16, self.indent + 1);
            ink.paint(Style::Name, GenlMsgHdr::SCHEMA.name);
            let reserved = u16::from_ne_bytes(*reserved);
            ink.print(format_args!(": cmd {cmd}, version {version}, reserved {reserved}"));
            (at, payload) = (20, rest);
        }
        if !payload.is_empty() {
            guess::tree(ink, payload, at, self.indent + 1);
        }
    }

    /// The contents of an error message: the request that it echoes has its own offsets.
    fn verdict(self, ink: &mut Ink, schema: Option<&'static MessageSchema>, verdict: &Verdict<'_>) {
        self.line(ink, 16);
        match verdict.code {
            0 => ink.put("error = 0 (acknowledgement)"),
            code => ink.print(format_args!("error = {}", errno_words(code))),
        }
        let inner = Self { indent: self.indent + 1, ..self };
        ink.put("\n");
        inner.title(
            ink,
            "request ",
            schema,
            &super::name_of(self.protocol, verdict.request),
            verdict.request,
        );
        if let Some(request) = verdict.whole_request() {
            inner.contents(ink, schema, request);
        }
        if let Some((at, bytes)) = verdict.ext_ack() {
            self.walk(ink, &EXT_ACK, bytes, at);
        }
        let Some((explained, schema)) = Explained::of_verdict(verdict, schema).zip(schema) else { return };
        let line = |ink: &mut Ink, ty: u16, word: &str, path: Option<&String>| {
            if let (Some(at), Some(path), true) = (verdict.place(ty), path, !schema.name.is_empty()) {
                self.line(ink, at);
                ink.print(format_args!("{word}: {path}"));
            }
        };
        line(ink, OFFSET, "refused", explained.path.as_ref());
        line(ink, MISS_TYPE, "missing", explained.missing.as_ref());
    }

    /// Begins a line one level deeper.
    fn line(self, ink: &mut Ink, at: u32) {
        ink.put("\n");
        line_start(ink, at, self.indent + 1);
    }
}

/// An error code with its name, if it has one.
fn errno_words(code: i32) -> String {
    match Errno::new(code).and_then(Errno::name) {
        Some(name) => format!("{code} ({name})"),
        None => code.to_string(),
    }
}

/// An offset and an indent; the line before is ended by whoever begins one.
pub fn line_start(ink: &mut Ink, offset: u32, depth: usize) {
    ink.begin(Style::Faint);
    [10_000, 1000, 100, 10].iter().filter(|least| offset < **least).for_each(|_| ink.put(" "));
    ink.number(offset.into());
    ink.put("  ");
    ink.end(Style::Faint);
    (0..depth).for_each(|_| ink.put("  "));
}

struct Tree<'t, 'm> {
    ink: &'t mut Ink,
    source: Source<'t>,
    message: &'m [u8],
    /// What is added to offsets.
    at: u32,
    schema: &'static MessageSchema,
    depth: usize,
    /// The line of an attribute waits for the struct in front of its attributes.
    is_headed: bool,
}

impl Tree<'_, '_> {
    fn line(&mut self, offset: u32) {
        self.ink.put("\n");
        line_start(self.ink, offset.saturating_add(self.at), self.depth + self.source.indent);
    }

    /// Begins the line of an attribute.
    fn item(&mut self, item: &Item<'_>) {
        if let (None, Some(name)) = (item.known, item.name) {
            // The payload of a message without attributes.
            self.line(u32::try_from(self.schema.contents_offset()).unwrap_or(u32::MAX));
            return self.ink.paint(Style::Name, name);
        }
        self.line(item.attr.offset());
        let ty = item.attr.ty().get();
        if item.known.is_none() && item.index.is_none() {
            return self.ink.print(format_args!("attribute {ty}"));
        }
        self.ink.paint(Style::Name, item.known.map_or("", |known| known.name));
        if let Some(index) = item.index {
            self.ink.print(format_args!("[{index}]"));
        }
        if !item.is_record {
            self.in_brackets(ty.into());
        }
    }

    fn in_brackets(&mut self, number: i128) {
        self.ink.put(" (");
        self.ink.number(number);
        self.ink.put(")");
    }

    /// What stands behind `!`, and the bytes.
    fn damaged(&mut self, err: Error, bytes: &[u8]) {
        self.ink.begin(Style::Bad);
        self.ink.print(format_args!("! {}: {}", err.reason(), Value::Bytes(bytes)));
        self.ink.end(Style::Bad);
    }

    /// A number with its name, or with that of the interface.
    fn number(&mut self, owner: Option<&StructSchema>, name: &str, number: i128) {
        if let Some(word) = meaning::word(name, owner, self.schema, number) {
            self.ink.put(&word);
            return self.in_brackets(number);
        }
        self.ink.number(number);
        if let Some(name) = interfaces::name(self.source.names, self.schema, self.message, name, number) {
            self.ink.print(format_args!(" ({name})"));
        }
    }

    /// A value, with the name of a number.
    fn value_of(&mut self, owner: Option<&StructSchema>, name: &str, value: Value<'_>) {
        match value {
            Value::Number(number) => self.number(owner, name, number),
            Value::Named(schema, number) => {
                if meaning::named_to(self.ink, schema, number) {
                    self.in_brackets(number);
                }
            }
            Value::Struct(schema, bytes) => {
                self.ink.put("{ ");
                self.fields(schema, bytes);
                self.ink.put(" }");
            }
            Value::Text(_) => {
                self.ink.begin(Style::Text);
                self.ink.print(value);
                self.ink.end(Style::Text);
            }
            other => self.ink.print(other),
        }
    }

    /// The fields of a struct that are there: `family inet (2), index 7`.
    fn fields(&mut self, schema: &'static StructSchema, bytes: &[u8]) {
        let mut is_first = true;
        for field in schema.fields.iter().filter(|field| !field.bytes(bytes).is_empty()) {
            if !std::mem::take(&mut is_first) {
                self.ink.put(", ");
            }
            self.field(schema, field, field.bytes(bytes));
        }
        if let Some(items) = &schema.items {
            self.ink.put(", ");
            self.field(schema, items, bytes.get(items.offset..).unwrap_or_default());
        }
    }

    fn field(&mut self, schema: &'static StructSchema, field: &StructField, bytes: &[u8]) {
        self.ink.put(field.name);
        self.ink.put(" ");
        match Value::read(field.value, Attr::new(0, bytes)) {
            Ok(Value::Bytes(_)) | Err(_) => grouped(self.ink, bytes),
            Ok(value) => self.value_of(Some(schema), field.name, value),
        }
    }
}

/// Digits, with a space between groups of four bytes.
pub fn grouped(ink: &mut Ink, bytes: &[u8]) {
    for (i, group) in bytes.chunks(4).enumerate() {
        ink.put(if i > 0 { " " } else { "" });
        hex_to(&mut ink.bytes, group);
    }
}

impl<'m> Visitor<'m> for Tree<'_, '_> {
    type Error = Infallible;

    fn header(&mut self, schema: &'static StructSchema, at: u32, bytes: &'m [u8]) -> Result<(), Infallible> {
        if std::mem::take(&mut self.is_headed) {
            self.ink.put(" = { ");
            self.fields(schema, bytes);
            self.ink.put(" }");
            return Ok(());
        }
        self.line(at);
        self.ink.paint(Style::Name, schema.name);
        self.ink.put(": ");
        self.fields(schema, bytes);
        Ok(())
    }

    fn value(&mut self, item: &Item<'m>, value: Value<'m>, limit: Option<Error>) -> Result<(), Infallible> {
        self.item(item);
        match value {
            Value::Bytes(_) if item.name.is_none() && item.index.is_none() => {
                guess::branch(
                    self.ink,
                    item.attr,
                    item.attr.offset().saturating_add(self.at),
                    self.depth + self.source.indent,
                );
            }
            value => {
                self.ink.put(" = ");
                let owner = self.schema.header.filter(|_| self.depth == 1);
                self.value_of(owner, item.known.map_or("", |known| known.name), value);
            }
        }
        if let Some(err) = limit {
            self.ink.paint(Style::Bad, &format!(" ! {}", err.reason()));
        }
        Ok(())
    }

    fn open(&mut self, item: &Item<'m>) -> Result<(), Infallible> {
        self.item(item);
        self.depth += 1;
        self.is_headed = matches!(item.value, ValueType::Headed(..));
        if !self.is_headed {
            self.ink.put(": ");
            self.ink.put(&describe::bytes(item.attr.payload().len()));
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Infallible> {
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    fn damage(&mut self, item: Option<&Item<'m>>, err: Error, bytes: &'m [u8]) -> Result<(), Infallible> {
        match item {
            Some(item) => {
                self.item(item);
                if err.kind() == ErrorKind::TooDeep {
                    self.ink.print(format_args!(": {}", describe::bytes(bytes.len())));
                }
                self.ink.put(" ");
            }
            None => self.line(err.offset()),
        }
        self.damaged(err, bytes);
        Ok(())
    }

    fn trailing(&mut self, at: u32, bytes: &'m [u8]) -> Result<(), Infallible> {
        if !bytes.is_empty() {
            self.line(at);
            self.ink.paint(Style::Bad, &format!("! trailing bytes: {}", Value::Bytes(bytes)));
        }
        Ok(())
    }

    fn missing(&mut self, attr: &'static AttrSchema, at: u32) -> Result<(), Infallible> {
        self.line(at);
        let err = Error::new(ErrorKind::MissingAttr, at, 0, 0);
        self.ink.print(format_args!("{} ({})", attr.name, attr.ty));
        self.ink.paint(Style::Bad, &format!(" ! {}", err.reason()));
        Ok(())
    }
}
