//! A message in one line: names and values, nests in braces.

use crate::catalogue::names::dashed;
use crate::fields;
use crate::paint::{Ink, Style, hex_to};
use nl_tlv::Error;
use nl_tlv::schema::{AttrSchema, Item, MessageSchema, StructSchema, Value, Visitor, walk};

/// Appends what is in a message; the line is cut when it gets longer than `width` bytes.
pub fn contents(schema: &'static MessageSchema, message: &[u8], ink: &mut Ink, width: usize) {
    let end = ink.bytes.len().saturating_add(width);
    match walk(schema, message, &mut Line { ink, end }) {
        Ok(()) => {}
        Err(Cut) => ink.paint(Style::Faint, " .."),
    }
}

struct Line<'i> {
    ink: &'i mut Ink,
    /// Where the line is long enough.
    end: usize,
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

    fn fields(&mut self, schema: &StructSchema, bytes: &[u8]) {
        for field in schema.fields {
            let Some(value) = fields::read(field, bytes).filter(|value| !fields::is_zero(value)) else {
                continue;
            };
            self.ink.put(" ");
            self.ink.paint(Style::Name, field.name);
            self.ink.put(" ");
            match value {
                Value::Number(number) => self.ink.number(number),
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
                self.ink.number(number);
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
                self.ink.print(other);
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
