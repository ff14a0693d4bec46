//! The bytes of a message as a picture: a row for each header and each attribute, and in it a cell for each part.
//!
//! [`Picture`] is what both forms draw: [`svg`] for documents, [`text`] for terminals. [`conversation`] draws who says
//! what, instead of the bytes.

pub mod conversation;
pub mod svg;
pub mod text;

use crate::catalogue::GENERIC;
use crate::catalogue::names::dashed;
use crate::decode;
use crate::describe::bytes;
use crate::fields;
use crate::flags;
use crate::meaning;
use crate::verdict::{EXT_ACK, Verdict};
use nl_tlv::control::Errno;
use nl_tlv::schema::{AttrSchema, Item, MessageSchema, StructSchema, Value, Visitor, walk};
use nl_tlv::value::NlStr;
use nl_tlv::wire::GenlMsgHdr;
use nl_tlv::{Error, MessageType, NlStruct};
use std::convert::Infallible;

/// What bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A field of a header: of the message, or of the family.
    Header,
    /// Length and type of an attribute that holds a value.
    Attribute,
    /// Length and type of an attribute that holds attributes.
    Nest,
    /// The value.
    Payload,
    /// Zeros up to the next multiple of four bytes.
    Padding,
    /// What cannot be read.
    Damage,
}

/// Bytes that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell<'m> {
    /// What they are.
    pub role: Role,
    /// The bytes.
    pub bytes: &'m [u8],
    /// What they are called, where that is worth a word.
    pub caption: String,
}

/// A header or an attribute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row<'m> {
    /// Where it begins: bytes from the start of the message.
    pub offset: usize,
    /// In how many nests it lies.
    pub depth: usize,
    /// Its bytes.
    pub cells: Vec<Cell<'m>>,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether something is wrong with it.
    pub is_damaged: bool,
}

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture<'m> {
    /// The name of the message.
    pub title: String,
    /// How many bytes it has.
    pub len: usize,
    /// Its headers and attributes, in order.
    pub rows: Vec<Row<'m>>,
    /// The rows in each nest, from the one of its own header to the last in it, and how deep the nest is.
    pub nests: Vec<(usize, usize, usize)>,
}

/// What is known about a message.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The netlink protocol.
    pub protocol: u32,
    /// Its schema.
    pub schema: Option<&'static MessageSchema>,
    /// The schema of the request that it echoes, if it is an error message.
    pub echoed: Option<&'static MessageSchema>,
}

impl<'m> Picture<'m> {
    /// The picture of a message.
    pub fn new(source: &Source, message: &'m [u8]) -> Self {
        let title = match source.schema {
            Some(schema) => schema.name.to_owned(),
            None => decode::name_of(source.protocol, message),
        };
        let picture = Self { title, len: message.len(), ..Self::default() };
        let schema = source.schema.unwrap_or(MessageSchema::UNKNOWN);
        let mut draft =
            Draft { message, picture, base: 0, schema, ground: 0, open: Vec::new(), record: None };
        draft.message_header(0, source.schema, "nlmsghdr");
        let is_error = message.get(4..6) == Some(&MessageType::ERROR.0.to_ne_bytes());
        match (source.schema, Verdict::of(message).filter(|_| is_error)) {
            (None, Some(verdict)) => draft.verdict(source, &verdict),
            (schema, _) => draft.contents(source.protocol, schema, 0, message),
        }
        draft.picture
    }
}

struct Draft<'m> {
    message: &'m [u8],
    picture: Picture<'m>,
    /// What is added to offsets: where the message begins that is looked at.
    base: usize,
    schema: &'static MessageSchema,
    /// How many nests are open around that message.
    ground: usize,
    /// The rows of the nests that are open.
    open: Vec<usize>,
    /// The name of a record, whose row is that of the struct in it.
    record: Option<String>,
}

impl<'m> Draft<'m> {
    fn at(&self, offset: u32) -> usize {
        usize::try_from(offset).unwrap_or(usize::MAX).saturating_add(self.base)
    }

    fn part(&self, at: usize, len: usize) -> &'m [u8] {
        let end = at.saturating_add(len).min(self.message.len());
        self.message.get(at.min(end)..end).unwrap_or_default()
    }

    fn cell(&self, role: Role, at: usize, len: usize, caption: &str) -> Cell<'m> {
        Cell { role, bytes: self.part(at, len), caption: caption.to_owned() }
    }

    fn row(&mut self, offset: usize, cells: Vec<Cell<'m>>, name: String, value: String) -> usize {
        let cells = cells.into_iter().filter(|cell| !cell.bytes.is_empty()).collect();
        let [name, value] = [name, value].map(|text| NlStr::new(&text).to_string());
        let depth = self.open.len();
        self.picture.rows.push(Row { offset, depth, cells, name, value, is_damaged: false });
        self.picture.rows.len() - 1
    }

    /// The header of the message, or of one that is echoed.
    fn message_header(&mut self, at: usize, schema: Option<&MessageSchema>, name: &str) -> usize {
        let bytes = self.part(at, 16);
        let short =
            |at: usize| bytes.get(at..at + 2).map_or(0, |bytes| u16::from_ne_bytes([bytes[0], bytes[1]]));
        let word = |at: usize| {
            bytes.get(at..at + 4).and_then(|word| word.try_into().ok()).map_or(0, u32::from_ne_bytes)
        };
        let (ty, bits) = (MessageType(short(4)), short(6));
        let flags = if bits == 0 { "no flags".to_owned() } else { flags::names(bits, ty, schema) };
        let value = format!(
            "{}, {flags}, {} bytes, sequence number {}, port id {}",
            match schema {
                Some(schema) => format!("{} ({})", schema.name, ty.0),
                None if ty < MessageType::FIRST_OF_FAMILY => format!("{ty:?} ({})", ty.0),
                None => format!("type {}", ty.0),
            },
            word(0),
            word(8),
            word(12)
        );
        let parts =
            [(0, 4, "length"), (4, 2, "type"), (6, 2, "flags"), (8, 4, "sequence"), (12, 4, "port id")];
        let cells = parts.map(|(from, len, caption)| self.cell(Role::Header, at + from, len, caption));
        self.row(at, cells.into(), name.to_owned(), value)
    }

    /// What follows the `nlmsghdr` of a message that begins at this offset.
    fn contents(
        &mut self,
        protocol: u32,
        schema: Option<&'static MessageSchema>,
        at: usize,
        bytes: &'m [u8],
    ) {
        match schema {
            Some(schema) => self.walk(schema, at, bytes),
            None if protocol == GENERIC && bytes.len() >= 20 && !is_own(bytes) => {
                self.schema = MessageSchema::UNKNOWN;
                let cells = self.field_cells(Role::Header, GenlMsgHdr::SCHEMA, at + 16, 4);
                let text = self.fields_text(GenlMsgHdr::SCHEMA, self.part(at + 16, 4));
                self.row(at + 16, cells, GenlMsgHdr::SCHEMA.name.to_owned(), text);
                self.rest(at + 20, at + bytes.len());
            }
            // An end of a dump has an error code.
            None if bytes.len() == 20 && is_own(bytes) => {
                self.code(bytes[16..].try_into().map_or(0, i32::from_ne_bytes))
            }
            None => self.rest(at + 16, at + bytes.len()),
        }
    }

    fn walk(&mut self, schema: &'static MessageSchema, at: usize, bytes: &'m [u8]) {
        (self.base, self.schema, self.ground) = (at, schema, self.open.len());
        match walk(schema, bytes, self) {
            Ok(()) => {}
            Err(never) => match never {},
        }
    }

    /// The contents of an error message; the request lies in it as a nest does.
    fn verdict(&mut self, source: &Source, verdict: &Verdict<'m>) {
        self.code(verdict.code);
        let row = self.message_header(Verdict::REQUEST, source.echoed, "request");
        if let Some(request) = verdict.whole_request() {
            self.open.push(row);
            self.contents(source.protocol, source.echoed, Verdict::REQUEST, request);
            self.close_nest();
        }
        if let Some((at, bytes)) = verdict.ext_ack() {
            self.walk(&EXT_ACK, at, bytes);
        }
    }

    /// The error code behind the `nlmsghdr`.
    fn code(&mut self, code: i32) {
        let name = Errno::new(code).and_then(Errno::name).unwrap_or(if code == 0 { "success" } else { "" });
        let cell = self.cell(Role::Header, 16, 4, "error");
        self.row(16, vec![cell], "error".into(), format!("{code} {name}").trim_end().to_owned());
    }

    fn close_nest(&mut self) {
        if let Some(row) = self.open.pop() {
            self.picture.nests.push((row, self.picture.rows.len() - 1, self.open.len()));
        }
    }

    /// A number with its name, if it has one: `inet (2)`.
    fn number(&self, owner: Option<&StructSchema>, name: &str, number: i128) -> String {
        match meaning::word(name, owner, self.schema, number) {
            Some(word) => format!("{word} ({number})"),
            None => number.to_string(),
        }
    }

    fn value_text(&self, owner: Option<&StructSchema>, name: &str, value: &Value<'_>) -> String {
        match value {
            Value::Number(number) => self.number(owner, name, *number),
            Value::Named(schema, number) => match meaning::named(schema, *number) {
                Some(word) => format!("{word} ({number})"),
                None => value.to_string(),
            },
            Value::Struct(schema, bytes) => format!("{{ {} }}", self.fields_text(schema, bytes)),
            other => other.to_string(),
        }
    }

    /// The fields of a struct that are not zero; all of a short one.
    fn fields_text(&self, schema: &StructSchema, bytes: &[u8]) -> String {
        let is_short = schema.fields.len() <= 4;
        let mut parts = Vec::new();
        for field in schema.fields {
            let Some(value) = fields::read(field, bytes) else { continue };
            if is_short || !fields::is_zero(&value) {
                let text = self.value_text(Some(schema), field.name, &value);
                parts.push(format!("{} {text}", caption(field.name)));
            }
        }
        if parts.is_empty() { "all zero".to_owned() } else { parts.join(", ") }
    }

    /// What no schema describes.
    fn rest(&mut self, at: usize, end: usize) {
        if end > at {
            let cell = self.cell(Role::Payload, at, end - at, "");
            self.row(at, vec![cell], "payload".into(), String::new());
        }
    }

    /// The cells of a struct's fields.
    fn field_cells(&self, role: Role, schema: &StructSchema, at: usize, len: usize) -> Vec<Cell<'m>> {
        let within = |field: &nl_tlv::schema::StructField| field.offset + field.len <= len;
        let mut cells = Vec::new();
        let mut end = 0;
        for field in schema.fields.iter().filter(|field| within(field)) {
            if field.offset > end {
                cells.push(self.cell(Role::Padding, at + end, field.offset - end, ""));
            }
            cells.push(self.cell(role, at + field.offset, field.len, &caption(field.name)));
            end = field.offset + field.len;
        }
        cells.push(self.cell(role, at + end, len.saturating_sub(end), ""));
        cells
    }

    fn attr_row(&mut self, item: &Item<'m>, cells: Vec<Cell<'m>>, value: String) -> usize {
        let offset = self.at(item.attr.offset());
        if item.is_record {
            return self.row(offset, cells, name(item), value);
        }
        let role = if cells.is_empty() { Role::Nest } else { Role::Attribute };
        let mut all = vec![self.cell(role, offset, 2, "len"), self.cell(role, offset + 2, 2, "type")];
        all.extend(cells);
        let end = offset + 4 + item.attr.payload().len();
        if role == Role::Attribute {
            all.push(self.cell(Role::Padding, end, end.next_multiple_of(4) - end, ""));
        }
        self.row(offset, all, name(item), value)
    }
}

/// Whether a message is one of netlink's own.
fn is_own(message: &[u8]) -> bool {
    let ty = message.get(4..6).and_then(|bytes| bytes.try_into().ok()).map_or(0, u16::from_ne_bytes);
    MessageType(ty) < MessageType::FIRST_OF_FAMILY
}

/// Beginnings of names that are not those of a struct: `rx_packets`.
const WORDS: [&str; 9] = ["rx", "tx", "min", "max", "src", "dst", "num", "mem", "base"];

/// What a field is called in a small cell: without the prefix that all fields of its struct have.
fn caption(name: &str) -> String {
    let name = name.trim_start_matches('_');
    let short = match name.split_once('_') {
        Some((prefix, rest)) if prefix.len() <= 4 && !rest.is_empty() && !WORDS.contains(&prefix) => rest,
        _ => name,
    };
    dashed(short)
}

fn name(item: &Item<'_>) -> String {
    match (item.known, item.index) {
        (Some(known), None) => dashed(known.name),
        (Some(known), Some(index)) => format!("{}[{index}]", dashed(known.name)),
        (None, Some(index)) => format!("[{index}]"),
        (None, None) => format!("attribute {}", item.attr.ty().get()),
    }
}

impl<'m> Visitor<'m> for Draft<'m> {
    type Error = Infallible;

    fn header(
        &mut self,
        schema: &'static StructSchema,
        offset: u32,
        bytes: &'m [u8],
    ) -> Result<(), Infallible> {
        let offset = self.at(offset);
        let mut cells = self.field_cells(Role::Header, schema, offset, bytes.len());
        let end = offset + bytes.len();
        cells.push(self.cell(Role::Padding, end, end.next_multiple_of(4) - end, ""));
        let Some(name) = self.record.take() else {
            let text = self.fields_text(schema, bytes);
            self.row(offset, cells, schema.name.to_owned(), text);
            return Ok(());
        };
        let text = self.fields_text(schema, bytes);
        let row = self.row(offset, cells, name, text);
        self.open.push(row);
        Ok(())
    }

    fn value(&mut self, item: &Item<'m>, value: Value<'m>, limit: Option<Error>) -> Result<(), Infallible> {
        let (offset, payload) = (self.at(item.attr.offset()), item.attr.payload());
        if item.known.is_none()
            && let Some(name) = item.name
        {
            // The payload of a message without attributes.
            let from = self.base + self.schema.contents_offset();
            let cell = self.cell(Role::Payload, from, payload.len(), "");
            let text = self.value_text(self.schema.header, name, &value);
            self.row(from, vec![cell], dashed(name), text);
            return Ok(());
        }
        let (cells, text) = match value {
            Value::Struct(schema, bytes) => (
                self.field_cells(Role::Payload, schema, offset + 4, payload.len()),
                self.fields_text(schema, bytes),
            ),
            Value::Flag => (vec![self.cell(Role::Payload, offset + 4, 0, "")], "set".into()),
            other => {
                let owner = self.schema.header.filter(|_| self.open.len() == self.ground);
                let text = self.value_text(owner, item.known.map_or("", |known| known.name), &other);
                (vec![self.cell(Role::Payload, offset + 4, payload.len(), "")], text)
            }
        };
        let row = self.attr_row(item, cells, text);
        if let Some(err) = limit {
            self.picture.rows[row].value += &format!(" ! {}", err.reason());
            self.picture.rows[row].is_damaged = true;
        }
        Ok(())
    }

    fn open(&mut self, item: &Item<'m>) -> Result<(), Infallible> {
        if item.is_record {
            self.record = Some(name(item));
            return Ok(());
        }
        let text = bytes(item.attr.payload().len());
        let row = self.attr_row(item, Vec::new(), text);
        self.open.push(row);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Infallible> {
        self.close_nest();
        Ok(())
    }

    fn damage(&mut self, item: Option<&Item<'m>>, error: Error, bytes: &'m [u8]) -> Result<(), Infallible> {
        let cell = Cell { role: Role::Damage, bytes, caption: String::new() };
        let row = match item {
            Some(item) => self.attr_row(item, vec![cell], error.reason().to_string()),
            None => {
                let from = self.at(error.offset());
                self.row(from, vec![cell], String::new(), error.reason().to_string())
            }
        };
        self.picture.rows[row].is_damaged = true;
        Ok(())
    }

    fn missing(&mut self, attr: &'static AttrSchema, offset: u32) -> Result<(), Infallible> {
        let row = self.row(self.at(offset), Vec::new(), dashed(attr.name), "is missing".into());
        self.picture.rows[row].is_damaged = true;
        Ok(())
    }
}
