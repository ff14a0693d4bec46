//! A message in one line: names and values, nests in braces.

use crate::catalogue::names::dashed;
use crate::fields;
use crate::guess;
use crate::interfaces::{Names, is_interface};
use crate::mpls;
use crate::paint::{Ink, Style, hex_to};
use nl_tlv::schema::{AttrSchema, Item, MessageSchema, StructSchema, Value, Visitor, walk};
use nl_tlv::{Attrs, Error};

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
    // The link below may be in another namespace: its number is another interface here.
    let is_link = names.is_some() && schema.header.is_some_and(|header| header.name == "IfInfoMsg");
    let is_elsewhere = is_link && has_attr(schema, message, LINK_NETNSID);
    match walk(schema, message, &mut Line { ink, end, names, header: schema.header, is_elsewhere }) {
        Ok(()) => {}
        Err(Cut) => ink.paint(Style::Faint, " .."),
    }
}

/// `IFLA_LINK_NETNSID`.
const LINK_NETNSID: u16 = 37;

fn has_attr(schema: &MessageSchema, message: &[u8], ty: u16) -> bool {
    let attrs = Attrs::new(message.get(schema.contents_offset()..).unwrap_or_default());
    attrs.map_while(Result::ok).any(|attr| attr.ty().get() == ty)
}

struct Line<'i> {
    ink: &'i mut Ink,
    /// Where the line is long enough.
    end: usize,
    /// Who knows the names of interfaces.
    names: Option<&'i Names>,
    /// The header of the message.
    header: Option<&'static StructSchema>,
    /// The link below is in another namespace.
    is_elsewhere: bool,
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

    /// A number, and of an interface its name.
    fn number(&mut self, name: &str, number: i128) {
        self.ink.number(number);
        let Some(names) = self.names.filter(|_| is_interface(name, self.header)) else { return };
        let index = u32::try_from(number).ok().filter(|index| *index != 0);
        let Some(index) = index.filter(|_| name != "link" || !self.is_elsewhere) else { return };
        if let Some(name) = names.borrow_mut().name(index) {
            self.ink.put(" (");
            self.ink.paint(Style::Text, name);
            self.ink.put(")");
        }
    }

    fn fields(&mut self, schema: &StructSchema, bytes: &[u8]) {
        for field in schema.fields {
            let Some(value) = fields::read(field, bytes).filter(|value| !fields::is_zero(value)) else {
                continue;
            };
            self.ink.put(" ");
            self.ink.paint(Style::Name, field.name);
            self.ink.put(" ");
            match value {
                Value::Number(number) => self.number(field.name, number),
                Value::Struct(schema, bytes) => {
                    self.ink.put("{");
                    self.fields(schema, bytes);
                    self.ink.put(" }");
                }
                other => self.ink.print(other),
            }
        }
    }
}

impl<'m> Visitor<'m> for Line<'_> {
    type Error = Cut;

    fn header(&mut self, schema: &'static StructSchema, at: u32, bytes: &'m [u8]) -> Result<(), Cut> {
        if !fields::is_genl_header(schema, at) {
            self.fields(schema, bytes);
        }
        Ok(())
    }

    fn value(&mut self, item: &Item<'m>, value: Value<'m>, limit: Option<Error>) -> Result<(), Cut> {
        self.name(item)?;
        match value {
            Value::Flag => {}
            Value::Number(number) => {
                self.ink.put(" ");
                self.number(item.known.map_or("", |known| known.name), number);
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
        Ok(())
    }

    fn close(&mut self) -> Result<(), Cut> {
        self.ink.put(" }");
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
