//! A message in one line: names and values, nests in braces. Numbers that have names are names; what the header says about
//! an attribute is shown with the attribute: `dst 10.1.0.0/16`.

use crate::catalogue::names::dashed;
use crate::fields;
use crate::guess;
use crate::interfaces::{self, Names};
use crate::meaning;
use crate::mpls;
use crate::paint::{Ink, Style, hex_to};
use nl_tlv::schema::{AttrSchema, Item, MessageSchema, StructField, StructSchema, Value, Visitor, walk};
use nl_tlv::{Attr, Error};

/// Appends what is in a message; the line is cut when it gets longer than `width` bytes. Interfaces have their names
/// beside their numbers if somebody knows them.
pub fn contents(
    schema: &'static MessageSchema,
    message: &[u8],
    ink: &mut Ink,
    width: usize,
    names: Option<&Names>,
) {
    let end = ink.bytes.len().saturating_add(width);
    let mut line = Line { ink, end, names, schema, message, lengths: None, depth: 0 };
    match walk(schema, message, &mut line) {
        Ok(()) => {}
        Err(Cut) => ink.paint(Style::Faint, " .."),
    }
}

/// The attribute of a name that is directly in a message, and its description.
fn attr_named<'m>(
    schema: &MessageSchema,
    message: &'m [u8],
    name: &str,
) -> Option<(&'static AttrSchema, Attr<'m>)> {
    let known = schema.attrs.attrs.iter().find(|known| known.name == name)?;
    Some((known, fields::attr(schema, message, known.ty)?))
}

/// Whether an attribute says what a field of the header says, which has fewer bits: the table of a route, the flags of an
/// address.
fn is_repeated(schema: &MessageSchema, message: &[u8], field: &StructField, number: i128) -> bool {
    /// `RT_TABLE_COMPAT`: the attribute has the number.
    const COMPAT: i128 = 252;
    let header = schema.header.map_or("", |header| header.name);
    if !matches!((header, field.name), ("RtMsg" | "FibRuleHdr", "table") | ("IfAddrMsg", "flags")) {
        return false;
    }
    let found = attr_named(schema, message, field.name);
    let value = found.and_then(|(known, attr)| Value::read(known.value, attr).ok());
    match value {
        Some(Value::Number(own) | Value::Named(_, own)) => {
            own & 0xff == number || field.name == "table" && number == COMPAT
        }
        _ => false,
    }
}

/// The attributes whose length the header may have.
const PREFIXES: [&str; 4] = ["dst", "src", "local", "address"];

struct Line<'i> {
    ink: &'i mut Ink,
    /// Where the line is long enough.
    end: usize,
    /// Who knows the names of interfaces.
    names: Option<&'i Names>,
    schema: &'static MessageSchema,
    message: &'i [u8],
    /// The header of the message, which has the lengths of prefixes.
    lengths: Option<(&'static StructSchema, &'i [u8])>,
    /// In how many nests it is.
    depth: usize,
}

/// The line is long enough.
struct Cut;

impl Line<'_> {
    fn name(&mut self, item: &Item<'_>) -> Result<(), Cut> {
        if self.ink.bytes.len() > self.end {
            return Err(Cut);
        }
        self.ink.put(" ");
        self.ink.begin(Style::Name);
        match (item.known, item.index) {
            (Some(known), _) => self.ink.put(known.name),
            (None, Some(index)) => {
                self.ink.put("[");
                self.ink.number(if item.is_record { index.into() } else { item.attr.ty().get().into() });
                self.ink.put("]");
            }
            (None, None) => {
                self.ink.put("#");
                self.ink.number(item.attr.ty().get().into());
            }
        }
        self.ink.end(Style::Name);
        Ok(())
    }

    /// A number: its name, or beside it that of an interface.
    fn number(&mut self, owner: Option<&StructSchema>, name: &str, number: i128) {
        if let Some(word) = meaning::word(name, owner, self.schema, number) {
            return self.ink.put(&word);
        }
        self.ink.number(number);
        if let Some(name) = interfaces::name(self.names, self.schema, self.message, name, number) {
            self.ink.put(" (");
            self.ink.paint(Style::Text, &name);
            self.ink.put(")");
        }
    }

    /// The length of the prefix that an attribute of the message is, behind its value.
    fn prefix_len(&mut self, name: &str) {
        let Some((header, bytes)) = self.lengths.filter(|_| self.depth == 0) else { return };
        let field = fields::prefix_len(header, name);
        if let Some(Value::Number(len)) = field.and_then(|field| fields::read(field, bytes)) {
            self.ink.put("/");
            self.ink.number(len);
        }
    }

    /// Whether a field of the header is shown with an attribute.
    fn is_with_attr(&self, schema: &StructSchema, field: &StructField, number: i128) -> bool {
        let is_length = |name: &&str| {
            fields::prefix_len(schema, name).is_some_and(|own| own.offset == field.offset)
                && attr_named(self.schema, self.message, name).is_some()
        };
        (field.name.ends_with("len") && PREFIXES.iter().any(is_length))
            || is_repeated(self.schema, self.message, field, number)
    }

    /// The header of the message.
    fn header_fields(&mut self, schema: &'static StructSchema, bytes: &[u8]) {
        for field in schema.fields {
            let Some(value) = fields::read(field, bytes) else { continue };
            let number = match value {
                Value::Number(number) | Value::Named(_, number) => Some(number),
                _ => None,
            };
            if number.is_none_or(|number| !self.is_with_attr(schema, field, number)) {
                self.field(schema, field, value);
            }
        }
        // The kernel does not send the destination of a default route.
        let is_route = schema.name == "RtMsg" && !fields::is_zero_at(schema, "type", bytes);
        if is_route && attr_named(self.schema, self.message, "dst").is_none() {
            self.ink.put(" ");
            self.ink.paint(Style::Name, "dst");
            self.ink.put(" default");
        }
    }

    fn fields(&mut self, schema: &'static StructSchema, bytes: &[u8]) {
        for field in schema.fields {
            if let Some(value) = fields::read(field, bytes) {
                self.field(schema, field, value);
            }
        }
    }

    fn field(&mut self, schema: &'static StructSchema, field: &StructField, value: Value<'_>) {
        if fields::is_zero(&value) {
            return;
        }
        self.ink.put(" ");
        self.ink.paint(Style::Name, field.name);
        self.ink.put(" ");
        match value {
            Value::Number(number) => self.number(Some(schema), field.name, number),
            Value::Named(schema, number) => {
                meaning::named_to(self.ink, schema, number);
            }
            Value::Struct(schema, bytes) => {
                self.ink.put("{");
                self.fields(schema, bytes);
                self.ink.put(" }");
            }
            other => self.ink.print(other),
        }
    }
}

impl<'m> Visitor<'m> for Line<'m> {
    type Error = Cut;

    fn header(&mut self, schema: &'static StructSchema, at: u32, bytes: &'m [u8]) -> Result<(), Cut> {
        if fields::is_genl_header(schema, at) {
            return Ok(());
        }
        match self.schema.header {
            Some(own) if self.lengths.is_none() && std::ptr::eq(own, schema) => {
                self.header_fields(schema, bytes);
                self.lengths = Some((schema, bytes));
            }
            _ => self.fields(schema, bytes),
        }
        Ok(())
    }

    fn value(&mut self, item: &Item<'m>, value: Value<'m>, limit: Option<Error>) -> Result<(), Cut> {
        self.name(item)?;
        match value {
            Value::Flag => {}
            Value::Number(number) => {
                self.ink.put(" ");
                let owner = self.schema.header.filter(|_| self.depth == 0);
                self.number(owner, item.known.map_or("", |known| known.name), number);
            }
            Value::Named(schema, number) => {
                self.ink.put(" ");
                meaning::named_to(self.ink, schema, number);
            }
            Value::Ip(_) => {
                self.ink.put(" ");
                self.ink.print(value);
                self.prefix_len(item.known.map_or("", |known| known.name));
            }
            Value::Bytes(_) if item.name.is_none() && item.index.is_none() => {
                guess::payload(self.ink, item.attr, self.end);
            }
            Value::Text(_) => {
                self.ink.put(" ");
                self.ink.begin(Style::Text);
                self.ink.print(value);
                self.ink.end(Style::Text);
            }
            Value::Struct(schema, bytes) => {
                self.ink.put(" {");
                self.fields(schema, bytes);
                self.ink.put(" }");
            }
            other => {
                self.ink.put(" ");
                match mpls::labels(&other) {
                    Some(labels) => self.ink.put(&labels),
                    None => self.ink.print(other),
                }
            }
        }
        if let Some(err) = limit {
            self.ink.begin(Style::Bad);
            self.ink.print(format_args!(" ! {err}"));
            self.ink.end(Style::Bad);
        }
        Ok(())
    }

    fn open(&mut self, item: &Item<'m>) -> Result<(), Cut> {
        self.name(item)?;
        self.ink.put(" {");
        self.depth += 1;
        Ok(())
    }

    fn close(&mut self) -> Result<(), Cut> {
        self.ink.put(" }");
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    fn damage(&mut self, item: Option<&Item<'m>>, error: Error, bytes: &'m [u8]) -> Result<(), Cut> {
        if let Some(item) = item {
            self.name(item)?;
        }
        self.ink.begin(Style::Bad);
        self.ink.print(format_args!(" ! {error}: "));
        hex_to(&mut self.ink.bytes, &bytes[..bytes.len().min(64)]);
        self.ink.end(Style::Bad);
        Ok(())
    }

    fn missing(&mut self, attr: &'static AttrSchema, _: u32) -> Result<(), Cut> {
        self.ink.begin(Style::Bad);
        self.ink.print(format_args!(" ! {} is missing", dashed(attr.name)));
        self.ink.end(Style::Bad);
        Ok(())
    }
}
