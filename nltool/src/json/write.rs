//! A message as JSON, written as it is walked.

use crate::catalogue::names::{same, value_name_bytes};
use crate::fields;
use crate::meaning;
use crate::paint::{hex_to, number_to};
use nl_tlv::schema::{
    AttrSet, Item, MessageSchema, NumberSchema, Presence, StructSchema, Value, ValueType, Visitor, walk,
};
use nl_tlv::{Attr, Attrs, Error};
use std::convert::Infallible;
use std::io::Write;

/// Appends the contents of a message: an object.
pub fn contents(schema: &'static MessageSchema, message: &[u8], out: &mut Vec<u8>) {
    let (set, area) = match schema.payload {
        None => (Some(schema.attrs), message.get(schema.contents_offset()..).unwrap_or_default()),
        Some(_) => (None, &[][..]),
    };
    let mut json = Json { out, levels: Vec::with_capacity(8), own: set, schema };
    let kind = kind_of(set, Attrs::new(area));
    json.begin(kind);
    match walk(schema, message, &mut json) {
        Ok(()) => {}
        Err(never) => match never {},
    }
    json.end();
}

/// The name of the header's field, with a prefix if an attribute has the same.
pub fn header_key(field: &str, set: Option<&AttrSet>) -> String {
    let name = field.replace('_', "-");
    if is_taken(field, set) { format!("header.{name}") } else { name }
}

/// Whether an attribute has the name of the header's field.
fn is_taken(field: &str, set: Option<&AttrSet>) -> bool {
    set.is_some_and(|set| set.attrs.iter().any(|attr| same(attr.name, field)))
}

struct Json<'o> {
    out: &'o mut Vec<u8>,
    levels: Vec<Level>,
    own: Option<&'static AttrSet>,
    schema: &'static MessageSchema,
}

/// What is being written.
struct Level {
    kind: Kind,
    is_empty: bool,
    /// The type of the repeated attribute whose list is open.
    list: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// An object whose keys are names.
    Named,
    /// A list of objects with one attribute each.
    Scattered,
    /// A list of the entries of an array.
    List,
    /// An object whose keys are the types of entries.
    Numbered,
}

impl Json<'_> {
    fn begin(&mut self, kind: Kind) {
        let open = if matches!(kind, Kind::List | Kind::Scattered) { b'[' } else { b'{' };
        self.out.push(open);
        self.levels.push(Level { kind, is_empty: true, list: None });
    }

    fn end(&mut self) {
        let Some(level) = self.levels.pop() else { return };
        if level.list.is_some() {
            self.out.push(b']');
        }
        self.out.push(if matches!(level.kind, Kind::List | Kind::Scattered) { b']' } else { b'}' });
    }

    /// A comma, if something is there already.
    fn separate(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            let is_first = std::mem::replace(&mut level.is_empty, false);
            if level.list.take().is_some() {
                self.out.push(b']');
            }
            if !is_first {
                self.out.extend_from_slice(b", ");
            }
        }
    }

    /// What stands before the value of an attribute.
    fn key(&mut self, item: &Item<'_>) {
        let ty = item.attr.ty().get();
        let Some(kind) = self.levels.last().map(|level| level.kind) else { return };
        let is_repeated = item.known.is_some_and(|known| known.presence == Presence::Repeated);
        if kind == Kind::Named
            && is_repeated
            && self.levels.last().is_some_and(|level| level.list == Some(ty))
        {
            self.out.extend_from_slice(b", ");
            return;
        }
        self.separate();
        match kind {
            Kind::List => return,
            Kind::Scattered => self.out.push(b'{'),
            Kind::Named | Kind::Numbered => {}
        }
        self.out.push(b'"');
        match item.name {
            Some(name) => dashed_to(self.out, name),
            None if kind == Kind::Numbered => number_to(self.out, ty.into()),
            None => {
                self.out.push(b'#');
                number_to(self.out, ty.into());
            }
        }
        self.out.extend_from_slice(b"\": ");
        if kind == Kind::Named && is_repeated {
            self.out.push(b'[');
            if let Some(level) = self.levels.last_mut() {
                level.list = Some(ty);
            }
        }
    }

    /// What stands behind the value of an attribute.
    fn done(&mut self) {
        if self.levels.last().is_some_and(|level| level.kind == Kind::Scattered) {
            self.out.push(b'}');
        }
    }

    fn fields(&mut self, schema: &StructSchema, bytes: &[u8], own: Option<Option<&AttrSet>>) {
        for field in schema.fields {
            let Some(value) = fields::read(field, bytes) else { continue };
            if fields::is_padding(field, bytes) {
                continue;
            }
            self.separate();
            let is_scattered = self.levels.last().is_some_and(|level| level.kind == Kind::Scattered);
            if is_scattered {
                self.out.push(b'{');
            }
            self.out.push(b'"');
            if own.is_some_and(|set| is_taken(field.name, set)) {
                self.out.extend_from_slice(b"header.");
            }
            dashed_to(self.out, field.name);
            self.out.extend_from_slice(b"\": ");
            self.named(Some(schema), field.name, value, field.bytes(bytes));
            if is_scattered {
                self.out.push(b'}');
            }
        }
    }

    fn object(&mut self, schema: &StructSchema, bytes: &[u8]) {
        self.begin(Kind::Named);
        self.fields(schema, bytes, None);
        // A newer kernel's struct may be longer.
        if let Some(rest) = bytes.get(schema.len..).filter(|rest| !rest.is_empty()) {
            self.separate();
            self.out.extend_from_slice(b"\"rest\": ");
            self.hex(rest);
        }
        self.end();
    }

    fn hex(&mut self, bytes: &[u8]) {
        self.out.push(b'"');
        hex_to(self.out, bytes);
        self.out.push(b'"');
    }

    /// A payload as it is.
    fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(b"{\"hex\": ");
        self.hex(bytes);
        self.out.push(b'}');
    }

    fn text(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) => string_to(self.out, text),
            Err(_) => self.raw(bytes),
        }
    }

    fn print(&mut self, what: impl std::fmt::Display) {
        self.out.push(b'"');
        // Writing to a vector does not fail.
        drop(write!(self.out, "{what}"));
        self.out.push(b'"');
    }

    /// A value; a number that stands for something is a name.
    fn named(&mut self, owner: Option<&StructSchema>, name: &str, value: Value<'_>, payload: &[u8]) {
        let word = match value {
            Value::Number(number) => meaning::json_word(name, owner, self.schema, number),
            _ => None,
        };
        match word {
            Some(word) => string_to(self.out, &word),
            None => self.plain(value, payload),
        }
    }

    fn plain(&mut self, value: Value<'_>, payload: &[u8]) {
        match value {
            Value::Number(number) => number_to(self.out, number),
            Value::Named(schema, number) => named_to(self.out, schema, number),
            Value::Text(text) => self.text(text),
            Value::Bytes(bytes) => self.hex(bytes),
            Value::Flag => self.out.extend_from_slice(b"true"),
            Value::Ip(address) => self.print(address),
            Value::HwAddr(address) => self.print(address),
            Value::Struct(schema, bytes) => self.object(schema, bytes),
            Value::Bitfield32(names, bits) => {
                let word = |out: &mut Vec<u8>, word: u32| match names {
                    Some(names) => named_to(out, names, word.into()),
                    None => number_to(out, word.into()),
                };
                self.out.extend_from_slice(b"{\"value\": ");
                word(self.out, bits.value);
                self.out.extend_from_slice(b", \"selector\": ");
                word(self.out, bits.selector);
                self.out.push(b'}');
            }
            Value::Units(unit, len, bytes) => self.units(unit, len, bytes),
            _ => self.raw(payload),
        }
    }

    fn units(&mut self, unit: ValueType, len: usize, bytes: &[u8]) {
        self.out.push(b'[');
        for (i, bytes) in bytes.chunks_exact(len.max(1)).enumerate() {
            if i > 0 {
                self.out.extend_from_slice(b", ");
            }
            match Value::read(unit, Attr::new(0, bytes)) {
                Ok(value) => self.plain(value, bytes),
                Err(_) => self.raw(bytes),
            }
        }
        self.out.push(b']');
    }
}

impl<'m> Visitor<'m> for Json<'_> {
    type Error = Infallible;

    fn header(&mut self, schema: &'static StructSchema, at: u32, bytes: &'m [u8]) -> Result<(), Infallible> {
        if fields::is_genl_header(schema, at) {
            return Ok(());
        }
        let own = if self.levels.len() == 1 { self.own } else { None };
        self.fields(schema, bytes, Some(own));
        Ok(())
    }

    fn value(&mut self, item: &Item<'m>, value: Value<'m>, _: Option<Error>) -> Result<(), Infallible> {
        if matches!(item.value, ValueType::Pad) {
            return Ok(());
        }
        self.key(item);
        let owner = self.schema.header.filter(|_| self.levels.len() == 1);
        self.named(owner, item.known.map_or("", |known| known.name), value, item.attr.payload());
        self.done();
        Ok(())
    }

    fn open(&mut self, item: &Item<'m>) -> Result<(), Infallible> {
        self.key(item);
        let kind = match item.value {
            ValueType::Nested(set) => kind_of(Some(set()), item.attr.nested()),
            ValueType::Records { .. } => Kind::List,
            ValueType::NestedArray(_) | ValueType::Indexed(_) => kind_of_array(item.attr.nested()),
            ValueType::ByType(_) => match has_twice(item.attr.nested()) {
                false => Kind::Numbered,
                true => Kind::Scattered,
            },
            ValueType::Headed(header, behind) => {
                let payload = item.attr.payload();
                kind_of(
                    Some(behind()),
                    Attrs::new(payload.get(header.len.next_multiple_of(4)..).unwrap_or_default()),
                )
            }
            _ if item.known.is_none() && item.index.is_some() => kind_of(None, item.attr.nested()),
            _ => kind_of(None, item.attr.nested()),
        };
        self.begin(kind);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Infallible> {
        self.end();
        self.done();
        Ok(())
    }

    fn damage(&mut self, item: Option<&Item<'m>>, _: Error, bytes: &'m [u8]) -> Result<(), Infallible> {
        match item {
            Some(item) => {
                self.key(item);
                self.raw(bytes);
                self.done();
            }
            None => {
                self.separate();
                match self.levels.last().map(|level| level.kind) {
                    Some(Kind::List) => self.raw(bytes),
                    Some(Kind::Scattered) => {
                        self.out.extend_from_slice(b"{\"damaged\": ");
                        self.raw(bytes);
                        self.out.push(b'}');
                    }
                    _ => {
                        self.out.extend_from_slice(b"\"damaged\": ");
                        self.raw(bytes);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether attributes can be the members of one object: no type occurs again after another one, and only repeated
/// attributes occur more than once.
fn kind_of(set: Option<&AttrSet>, attrs: Attrs<'_>) -> Kind {
    let mut seen = Types::default();
    let mut last = None;
    for attr in attrs.map_while(Result::ok) {
        let ty = attr.ty().get();
        if last == Some(ty) {
            let known = set.and_then(|set| set.attr(ty));
            if known.is_none_or(|known| known.presence != Presence::Repeated) {
                return Kind::Scattered;
            }
        } else if !seen.insert(ty) {
            return Kind::Scattered;
        }
        last = Some(ty);
    }
    Kind::Named
}

fn kind_of_array(attrs: Attrs<'_>) -> Kind {
    let is_counted = attrs.map_while(Result::ok).zip(1..).all(|(attr, count)| attr.ty().get() == count);
    match (is_counted, has_twice(attrs)) {
        (true, _) => Kind::List,
        (false, false) => Kind::Numbered,
        (false, true) => Kind::Scattered,
    }
}

fn has_twice(attrs: Attrs<'_>) -> bool {
    let mut seen = Types::default();
    !attrs.map_while(Result::ok).all(|attr| seen.insert(attr.ty().get()))
}

/// Attribute types that were seen: the small ones as bits.
#[derive(Default)]
struct Types {
    small: [u128; 2],
    large: Vec<u16>,
}

impl Types {
    /// Remembers a type; false if it was there.
    fn insert(&mut self, ty: u16) -> bool {
        match self.small.get_mut(usize::from(ty / 128)) {
            Some(bits) => {
                let bit = 1 << (ty % 128);
                let is_new = *bits & bit == 0;
                *bits |= bit;
                is_new
            }
            None => match self.large.binary_search(&ty) {
                Ok(_) => false,
                Err(at) => {
                    self.large.insert(at, ty);
                    true
                }
            },
        }
    }
}

/// A number by its name; flags as a list. Bits without names are a number.
fn named_to(out: &mut Vec<u8>, schema: &NumberSchema, number: i128) {
    if !schema.is_flags || schema.names().next().is_none() {
        match schema.names().find(|(_, value)| *value == number) {
            Some((name, _)) => value_name_to(out, name),
            None => number_to(out, number),
        }
        return;
    }
    let (mut left, mut separator) = (number, "");
    out.push(b'[');
    for (name, bit) in schema.names() {
        if bit != 0 && left & bit == bit {
            out.extend_from_slice(separator.as_bytes());
            value_name_to(out, name);
            left &= !bit;
            separator = ", ";
        }
    }
    if left != 0 {
        out.extend_from_slice(separator.as_bytes());
        number_to(out, left);
    }
    out.push(b']');
}

fn dashed_to(out: &mut Vec<u8>, name: &str) {
    out.extend(name.bytes().map(|byte| if byte == b'_' { b'-' } else { byte }));
}

/// The name of a value, as a string.
fn value_name_to(out: &mut Vec<u8>, name: &str) {
    out.push(b'"');
    out.extend(value_name_bytes(name));
    out.push(b'"');
}

/// A JSON string.
pub fn string_to(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !matches!(byte, b'"' | b'\\' | 0..0x20 | 0x7f) {
            continue;
        }
        out.extend_from_slice(&text.as_bytes()[from..at]);
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            byte => {
                out.extend_from_slice(b"\\u00");
                hex_to(out, &[byte]);
            }
        }
        from = at + 1;
    }
    out.extend_from_slice(&text.as_bytes()[from..]);
    out.push(b'"');
}
