//! A message out of JSON.

use super::hints;
use super::value::{bytes, is_number, parse_number, payload, set_field, shown};
use super::write::header_key;
use crate::catalogue::names::{dashed, hint, plain, same};
use crate::fields;
use crate::meaning::Meaning;
use nl_tlv::schema::{
    AttrSchema, AttrSet, Limits, MAX_DEPTH, MessageSchema, Presence, Selector, StructField, StructSchema,
    Value, ValueType,
};
use nl_tlv::{Attr, AttrType, MessageId};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// A message that was built.
#[derive(Debug)]
pub struct Built {
    /// The message, with an `nlmsghdr` whose length is right and whose other fields are zero.
    pub bytes: Vec<u8>,
    /// What each attribute was made from: its offset, and the path in what was given.
    pub places: Vec<(u32, String)>,
}

impl Built {
    /// The path of what lies at an offset.
    pub fn place(&self, offset: u32) -> Option<&str> {
        let found = self.places.iter().rev().find(|(at, _)| *at <= offset);
        found.map(|(_, path)| path.as_str())
    }
}

/// What is wrong with what was given, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The path: `linkinfo.data.id`.
    pub path: String,
    /// What is wrong.
    pub text: String,
    /// Nothing has this name.
    pub is_unknown: bool,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.is_empty() {
            true => f.write_str(&self.text),
            false => write!(f, "{}: {}", self.path, self.text),
        }
    }
}

impl std::error::Error for Mistake {}

/// Builds a message of a schema from an object.
///
/// # Errors
///
/// Where something is not as the schema says.
pub fn message(schema: &'static MessageSchema, json: &Json) -> Result<Built, Mistake> {
    let mut builder = Builder { bytes: vec![0; 16], places: Vec::new(), schema };
    if let MessageId::Command { cmd, version } = schema.id {
        builder.bytes.extend([cmd, version, 0, 0]);
    }
    let top = Place { path: String::new(), depth: 0 };
    match schema.payload {
        None => builder.set(schema.header, Some(schema.attrs), None, json, &top)?,
        Some(AttrSchema { name, value, limits, .. }) => {
            builder.set(schema.header, None, None, &without(json, name), &top)?;
            if let Some(json) = json.as_object().and_then(|object| find(object, name)) {
                let at = Place { path: dashed(name), depth: 0 };
                let payload = builder.checked(*value, limits, json, &at)?;
                builder.bytes.extend(payload);
            }
        }
    }
    let Builder { mut bytes, places, .. } = builder;
    let len = u32::try_from(bytes.len()).map_err(|_| top.wrong("the message is too long"))?;
    bytes[..4].copy_from_slice(&len.to_ne_bytes());
    Ok(Built { bytes, places })
}

fn find<'j>(object: &'j serde_json::Map<String, Json>, name: &str) -> Option<&'j Json> {
    object.iter().find(|(key, _)| same(key, name)).map(|(_, value)| value)
}

fn without(json: &Json, name: &str) -> Json {
    match json {
        Json::Object(members) => Json::Object(
            members.iter().filter(|(key, _)| !same(key, name)).map(|(k, v)| (k.clone(), v.clone())).collect(),
        ),
        other => other.clone(),
    }
}

/// Where in what was given.
struct Place {
    path: String,
    depth: usize,
}

impl Place {
    fn wrong(&self, text: impl Into<String>) -> Mistake {
        Mistake { path: self.path.clone(), text: text.into(), is_unknown: false }
    }

    fn within(&self, name: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self { path: format!("{}{dot}{name}", self.path), depth: self.depth + 1 }
    }

    fn nth(&self, index: usize) -> Self {
        Self { path: format!("{}[{index}]", self.path), depth: self.depth + 1 }
    }
}

/// A value that selects the form of a sub-message.
pub enum Chosen {
    Text(Vec<u8>),
    Number(i128),
}

impl Chosen {
    /// What a value selects, if it is a string or a number.
    fn of(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) | Value::Bytes(text) => Some(Self::Text(text.to_vec())),
            Value::Number(number) | Value::Named(_, number) => Some(Self::Number(number)),
            _ => None,
        }
    }

    fn as_selector(&self) -> Selector<'_> {
        match self {
            Self::Text(text) => Selector::Text(text),
            Self::Number(number) => Selector::Number(*number),
        }
    }
}

struct Builder {
    bytes: Vec<u8>,
    places: Vec<(u32, String)>,
    schema: &'static MessageSchema,
}

/// The number that a word stands for; other JSON is kept.
fn number_of<'j>(json: &'j Json, meaning: impl FnOnce() -> Option<Meaning>) -> Cow<'j, Json> {
    let word = json.as_str().filter(|word| parse_number(word).is_none());
    match word.and_then(|word| meaning()?.constant(word)) {
        Some(number) => Cow::Owned(number.into()),
        None => Cow::Borrowed(json),
    }
}

const NESTED: u16 = 0x8000;

impl Builder {
    /// A header and attributes.
    fn set(
        &mut self,
        header: Option<&StructSchema>,
        set: Option<&'static AttrSet>,
        selector: Option<&Chosen>,
        json: &Json,
        at: &Place,
    ) -> Result<(), Mistake> {
        if at.depth > 2 * MAX_DEPTH {
            return Err(at.wrong("nested too deep"));
        }
        let start = self.bytes.len();
        self.bytes.resize(start + header.map_or(0, |header| header.len.next_multiple_of(4)), 0);
        let members = members(json, at)?;
        let mut attrs = Vec::new();
        for (key, value) in &members {
            let is_header = match header {
                Some(header) => self.header_field(header, set, start, key, value, at)?,
                None => false,
            };
            if !is_header {
                attrs.push((key, value));
            }
        }
        // The header of a message selects what nothing in it selects.
        let outer = header.filter(|_| at.depth == 0).and_then(|header| {
            let field = header.fields.first()?;
            Chosen::of(fields::read(field, self.bytes.get(start..)?)?)
        });
        let selector = outer.as_ref().or(selector);
        for (key, value) in attrs {
            let at = at.within(key);
            if *key == "damaged" {
                let raw = raw_of(value).ok_or_else(|| at.wrong("expected {\"hex\": \"..\"}"))?;
                self.bytes.extend(raw.map_err(|err| at.wrong(err))?);
                continue;
            }
            match set.and_then(|set| known(set, key)) {
                Some(known) => self.known(known, set, selector, &members, value, &at)?,
                None => self.unknown(key, header, set, value, &at)?,
            }
        }
        Ok(())
    }

    /// Writes a field of the header, if the key is one.
    fn header_field(
        &mut self,
        header: &StructSchema,
        set: Option<&'static AttrSet>,
        start: usize,
        key: &str,
        json: &Json,
        at: &Place,
    ) -> Result<bool, Mistake> {
        if key == "header"
            && set.is_none_or(|set| known(set, key).is_none())
            && let Json::Object(fields) = json
        {
            for (key, value) in fields {
                let field = header.fields.iter().find(|field| same(field.name, key));
                let field = field.ok_or_else(|| {
                    at.within("header").wrong(format!("{} has no field `{key}`", header.name))
                })?;
                self.set_header(header, field, start, value, &at.within("header").within(key))?;
            }
            return Ok(true);
        }
        let field = header.fields.iter().find(|field| {
            let name = header_key(field.name, set);
            if name.starts_with("header.") { name == key } else { same(&name, key) }
        });
        let Some(field) = field else { return Ok(false) };
        self.set_header(header, field, start, json, &at.within(key))?;
        Ok(true)
    }

    fn set_header(
        &mut self,
        header: &StructSchema,
        field: &StructField,
        start: usize,
        json: &Json,
        at: &Place,
    ) -> Result<(), Mistake> {
        let meaning =
            || Meaning::shown(field.name, Some(header), self.schema).filter(|_| is_number(field.value));
        let json = number_of(json, meaning);
        let own = self.bytes.get_mut(start..start + header.len).unwrap_or_default();
        set_field(field, &json, own).map_err(|err| at.wrong(err))
    }

    /// An attribute of the set, once or repeatedly.
    fn known(
        &mut self,
        known: &AttrSchema,
        set: Option<&'static AttrSet>,
        selector: Option<&Chosen>,
        members: &[(&str, &Json)],
        json: &Json,
        at: &Place,
    ) -> Result<(), Mistake> {
        let (value, chosen) = form(known, set, selector, members);
        let chosen = chosen.as_ref().or(selector);
        let ty = known.ty | if known.is_net_byteorder { AttrType::NET_BYTEORDER_FLAG } else { 0 };
        let start = self.bytes.len();
        match json {
            Json::Array(all) if known.presence == Presence::Repeated && !is_array(value) => {
                let mut each = all.iter().enumerate();
                each.try_for_each(|(i, json)| self.attr(ty, value, &known.limits, chosen, json, &at.nth(i)))
            }
            Json::Array(all) if known.presence == Presence::Repeated && all.iter().all(Json::is_array) => {
                let mut each = all.iter().enumerate();
                each.try_for_each(|(i, json)| self.attr(ty, value, &known.limits, chosen, json, &at.nth(i)))
            }
            json => self.attr(ty, value, &known.limits, chosen, json, at),
        }?;
        if let (ValueType::SubMessage { schema, .. }, Some(own)) =
            (known.value, self.bytes.get_mut(start + 2..start + 4))
            && !schema.has_nested_flag()
        {
            own.copy_from_slice(&ty.to_ne_bytes());
        }
        Ok(())
    }

    /// `#77`, an attribute that the schema does not have: attributes, or bytes.
    fn unknown(
        &mut self,
        key: &str,
        header: Option<&StructSchema>,
        set: Option<&'static AttrSet>,
        json: &Json,
        at: &Place,
    ) -> Result<(), Mistake> {
        let ty = key.strip_prefix('#').unwrap_or(key).parse::<u16>().ok().filter(|ty| *ty < 0x4000);
        let Some(ty) = ty else {
            let fields = header.into_iter().flat_map(|header| header.fields).map(|field| field.name);
            let attrs = set.into_iter().flat_map(|set| set.attrs).map(|attr| attr.name);
            let all: Vec<String> = fields.chain(attrs).map(dashed).collect();
            let of = set.map_or("this attribute", |set| set.name);
            let meant = hints::meant(key, header, set, json);
            let hint = match meant.is_empty() {
                true => hint(key, all.iter().map(String::as_str)),
                false => format!("; did you mean {}?", meant.join(" or ")),
            };
            let wrong = at.wrong(format!("{of} has no such attribute{hint}"));
            return Err(Mistake { is_unknown: true, ..wrong });
        };
        match json {
            Json::Object(_) | Json::Array(_) if raw_of(json).is_none() => {
                self.nest(ty, NESTED, at, |builder| builder.set(None, None, None, json, at))
            }
            json => self.attr(ty, ValueType::Bytes, &Limits::NONE, None, json, at),
        }
    }

    fn attr(
        &mut self,
        ty: u16,
        value: ValueType,
        limits: &Limits,
        selector: Option<&Chosen>,
        json: &Json,
        at: &Place,
    ) -> Result<(), Mistake> {
        if let Some(raw) = raw_of(json) {
            let raw = raw.map_err(|err| at.wrong(err))?;
            return self.put(ty, &raw, at);
        }
        match value {
            ValueType::Nested(set) => {
                let set = set();
                self.nest(ty, NESTED, at, |builder| builder.set(None, Some(set), selector, json, at))
            }
            ValueType::NestedArray(set) => self.entries(ty, ValueType::Nested(set), json, at),
            ValueType::Indexed(value) | ValueType::ByType(value) => self.entries(ty, *value, json, at),
            ValueType::Headed(header, behind) => {
                let set = behind();
                self.nest(ty, 0, at, |builder| builder.set(Some(header), Some(set), None, json, at))
            }
            ValueType::Records { header, length, set } => {
                let record = |builder: &mut Self, json: &Json, at: &Place| {
                    builder.record(header, usize::from(length), set(), json, at)
                };
                self.nest(ty, 0, at, |builder| match json {
                    Json::Array(all) => {
                        all.iter().enumerate().try_for_each(|(i, json)| record(builder, json, &at.nth(i)))
                    }
                    json => record(builder, json, at),
                })
            }
            ValueType::Flag if matches!(json, Json::Bool(false) | Json::Null) => Ok(()),
            value => {
                let payload = self.checked(value, limits, json, at)?;
                self.put(ty, &payload, at)
            }
        }
    }

    /// A record: a struct with the length of all, and attributes. A length that was given is kept if it only leaves out
    /// padding at the end.
    fn record(
        &mut self,
        header: &'static StructSchema,
        length: usize,
        set: &'static AttrSet,
        json: &Json,
        at: &Place,
    ) -> Result<(), Mistake> {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        if let Some(raw) = raw_of(json) {
            self.bytes.extend(raw.map_err(|err| at.wrong(err))?);
            return Ok(());
        }
        let start = self.bytes.len();
        self.places.push((u32::try_from(start).unwrap_or(u32::MAX), at.path.clone()));
        self.set(Some(header), Some(set), None, json, at)?;
        let Some(field) = header.fields.get(length) else { return Ok(()) };
        let own = self.bytes.get_mut(start..).unwrap_or_default();
        let given = match fields::read(field, own) {
            Some(Value::Number(given)) => usize::try_from(given).unwrap_or(0),
            _ => 0,
        };
        if given.next_multiple_of(4) != own.len() {
            set_field(field, &own.len().into(), own).map_err(|err| at.wrong(err))?;
        }
        Ok(())
    }

    /// The payload of a value that is within its limits.
    fn checked(
        &self,
        value: ValueType,
        limits: &Limits,
        json: &Json,
        at: &Place,
    ) -> Result<Vec<u8>, Mistake> {
        let name = at.path.rsplit('.').next().unwrap_or_default();
        let json = &*number_of(json, || Meaning::of(name, self.schema).filter(|_| is_number(value)));
        let payload = payload(value, json).map_err(|err| at.wrong(err))?;
        let read = Value::read(value, Attr::new(0, &payload)).and_then(|value| value.check(limits));
        read.map_err(|err| {
            let err = err.to_string();
            // The place is in the path.
            let what = err.split_once(" (offset").map_or(err.as_str(), |(what, _)| what);
            at.wrong(format!("{what}: {}", shown(json)))
        })?;
        Ok(payload)
    }

    /// The entries of an array: counted from 1, or with their types as keys.
    fn entries(&mut self, ty: u16, value: ValueType, json: &Json, at: &Place) -> Result<(), Mistake> {
        self.nest(ty, NESTED, at, |builder| match json {
            Json::Array(all) if !is_scattered(all) => {
                let mut each = (1_u16..).zip(all).enumerate();
                each.try_for_each(|(i, (ty, json))| {
                    builder.attr(ty, value, &Limits::NONE, None, json, &at.nth(i))
                })
            }
            json => members(json, at)?.into_iter().try_for_each(|(key, json)| {
                let at = at.within(key);
                let ty = key
                    .trim_start_matches('#')
                    .parse()
                    .map_err(|_| at.wrong("expected the type of an entry"))?;
                builder.attr(ty, value, &Limits::NONE, None, json, &at)
            }),
        })
    }

    fn put(&mut self, ty: u16, payload: &[u8], at: &Place) -> Result<(), Mistake> {
        self.nest(ty, 0, at, |builder| {
            builder.bytes.extend(payload);
            Ok(())
        })
    }

    /// An attribute around what `write` writes.
    fn nest(
        &mut self,
        ty: u16,
        flags: u16,
        at: &Place,
        write: impl FnOnce(&mut Self) -> Result<(), Mistake>,
    ) -> Result<(), Mistake> {
        let start = self.bytes.len();
        self.places.push((u32::try_from(start).unwrap_or(u32::MAX), at.path.clone()));
        self.bytes.extend([0; 2]);
        self.bytes.extend((ty | flags).to_ne_bytes());
        write(self)?;
        let len = self.bytes.len() - start;
        let len = u16::try_from(len)
            .map_err(|_| at.wrong(format!("the attribute has {len} bytes; 65535 is the most")))?;
        self.bytes[start..start + 2].copy_from_slice(&len.to_ne_bytes());
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        Ok(())
    }
}

/// Whether a value is a list in JSON itself.
fn is_array(value: ValueType) -> bool {
    matches!(
        value,
        ValueType::NestedArray(_)
            | ValueType::Indexed(_)
            | ValueType::Units { .. }
            | ValueType::ByType(_)
            | ValueType::Records { .. }
    )
}

/// The attribute of a name, in the set or in the larger one that it is a part of.
pub fn known(set: &'static AttrSet, key: &str) -> Option<&'static AttrSchema> {
    let of = |set: &'static AttrSet| set.attrs.iter().find(|attr| same(attr.name, key));
    of(set).or_else(|| set.part_of.and_then(|set| of(set())))
}

/// The type of an attribute beside others, and the value that selects it if one of the others does.
pub fn form(
    known: &AttrSchema,
    set: Option<&'static AttrSet>,
    selector: Option<&Chosen>,
    members: &[(&str, &Json)],
) -> (ValueType, Option<Chosen>) {
    match known.value {
        ValueType::SubMessage { selector: Some(ty), schema } => {
            let chosen = set.and_then(|set| chosen_by(set, ty, members));
            (schema.form(chosen.as_ref().map(Chosen::as_selector)), chosen)
        }
        ValueType::SubMessage { selector: None, schema } => {
            (schema.form(selector.map(Chosen::as_selector)), None)
        }
        other => (other, None),
    }
}

/// The value of the attribute that selects a sub-message, out of its siblings.
fn chosen_by(set: &'static AttrSet, ty: u16, members: &[(&str, &Json)]) -> Option<Chosen> {
    let attr = set.attr(ty)?;
    let (_, json) = members.iter().rev().find(|(key, _)| same(key, attr.name))?;
    let payload = payload(attr.value, json).ok()?;
    Chosen::of(Value::read(attr.value, Attr::new(ty, &payload)).ok()?)
}

/// The members of an object, or of a list of objects.
fn members<'j>(json: &'j Json, at: &Place) -> Result<Vec<(&'j str, &'j Json)>, Mistake> {
    let of =
        |object: &'j serde_json::Map<String, Json>| object.iter().map(|(key, value)| (key.as_str(), value));
    match json {
        Json::Object(object) => {
            let mut seen = HashSet::new();
            match object.keys().find(|key| !seen.insert(plain(key))) {
                Some(twice) => Err(at.within(twice).wrong("this is given twice, in two spellings")),
                None => Ok(of(object).collect()),
            }
        }
        Json::Array(all) => {
            let objects: Option<Vec<_>> = all.iter().map(Json::as_object).collect();
            let objects = objects.ok_or_else(|| at.wrong("expected a list of objects"))?;
            Ok(objects.into_iter().flat_map(of).collect())
        }
        Json::Null => Ok(Vec::new()),
        other => Err(at.wrong(format!("expected an object, found {}", shown(other)))),
    }
}

/// Whether a list is that of an array whose entries have types of their own.
fn is_scattered(all: &[Json]) -> bool {
    let is_entry = |json: &Json| {
        let object = json.as_object();
        object.is_some_and(|object| object.len() == 1 && object.keys().all(|key| key.starts_with('#')))
    };
    !all.is_empty() && all.iter().all(is_entry)
}

/// The payload of `{"hex": "…"}`.
fn raw_of(json: &Json) -> Option<Result<Vec<u8>, String>> {
    let object = json.as_object().filter(|object| object.len() == 1)?;
    object.get("hex").filter(|hex| hex.is_string()).map(bytes)
}
