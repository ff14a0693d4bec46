//! What events change of objects that are known: of each object, the last message about it is kept.

use crate::fields;
use crate::interfaces::{self, Names};
use crate::meaning;
use crate::paint::{Ink, Style};
use nl_tlv::schema::{Item, MessageSchema, StructSchema, Value, Visitor, walk};
use nl_tlv::{Attr, Effect, Error, Keyed, Message, MessageType, Messages, NewFlags};
use nl_tlv_families::watch::{
    Addresses, Connections, FilterRules, Links, Neighbours, NextHops, Routes, Rules,
};
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

/// Tells the parts of an object's key.
type Key = fn(&Message<'_>, &mut dyn FnMut(&[u8]));

/// What the library knows about one kind of objects, and what they are called by.
struct Kind {
    protocol: u32,
    is_object: fn(&Message<'_>, Option<MessageType>) -> bool,
    effect: fn(&Message<'_>, Option<MessageType>) -> Effect,
    key: Key,
    volatile: &'static [&'static [u16]],
    /// Others may have the same key.
    has_several: bool,
    names: &'static [&'static str],
}

const fn kind<K: Keyed>(protocol: u32, names: &'static [&'static str]) -> Kind {
    Kind {
        protocol,
        is_object: K::is_object,
        effect: K::effect,
        key: K::key,
        volatile: K::VOLATILE,
        has_several: K::SEVERAL,
        names,
    }
}

static KINDS: [Kind; 8] = [
    kind::<Links>(0, &["index", "ifname"]),
    kind::<Addresses>(0, &["index", "local", "address", "prefixlen"]),
    kind::<Neighbours>(0, &["ifindex", "dst", "lladdr"]),
    kind::<Routes>(0, &["table", "dst", "dst_len", "priority"]),
    kind::<Rules>(0, &["priority", "src", "dst"]),
    kind::<NextHops>(0, &["id"]),
    kind::<Connections>(12, &["id"]),
    kind::<FilterRules>(12, &["table", "chain", "handle"]),
];

/// The families whose objects are asked for, and how. Connections are too many, and rules of nftables need root.
pub const REQUESTS: [(&str, &str); 6] = [
    ("rt-link", "getlink"),
    ("rt-addr", "getaddr"),
    ("rt-neigh", "getneigh"),
    ("rt-route", "getroute"),
    ("rt-rule", "getrule"),
    ("rt-nexthop", "getnexthop"),
];

/// `IFLA_LINKINFO`: of what is in it only timers change all the time, and these have names that say so.
const LINKINFO: u16 = 18;

/// The last message about each object.
#[derive(Debug, Default)]
pub struct Changes {
    last: HashMap<(usize, Vec<u8>), Vec<u8>>,
}

/// More objects are not remembered: their events are shown in full.
const MAX_OBJECTS: usize = 1 << 17;

impl Changes {
    /// Remembers a message, and gives the one before about the same object.
    pub fn replace(&mut self, protocol: u32, message: &Message<'_>) -> Option<(Known, Vec<u8>)> {
        let of_protocol = |(_, kind): &(usize, &Kind)| kind.protocol == protocol;
        for (at, kind) in KINDS.iter().enumerate().filter(of_protocol) {
            if (kind.effect)(message, None) == Effect::Removes {
                self.last.remove(&(at, key(kind, message)));
            }
            if !(kind.is_object)(message, None) {
                continue;
            }
            let key = (at, key(kind, message));
            if !self.last.contains_key(&key) && self.last.len() >= MAX_OBJECTS {
                return None;
            }
            let before = self.last.insert(key, message.as_bytes().to_vec());
            let is_other = kind.has_several && !message.flags().contains(NewFlags::REPLACE.into());
            return before.filter(|_| !is_other).map(|before| (Known(kind), before));
        }
        None
    }
}

fn key(kind: &Kind, message: &Message<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    (kind.key)(message, &mut |part| bytes.extend_from_slice(part));
    bytes
}

/// A kind of objects.
pub struct Known(&'static Kind);

impl Known {
    /// Appends what the object is called, and what has changed.
    pub fn write(
        &self,
        schema: &'static MessageSchema,
        old: &[u8],
        new: &Message<'_>,
        ink: &mut Ink,
        names: Option<&Names>,
    ) {
        let old = Messages::new(old).next().and_then(Result::ok).map(|old| self.values(schema, &old, names));
        let (old, new) = (old.unwrap_or_default(), self.values(schema, new, names));
        for name in self.0.names {
            if let Some(value) = new.get(*name).filter(|value| *value != "0") {
                pair(ink, name, value);
            }
        }
        ink.put(":");
        let mut separator = "";
        for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
            if old.get(name) == new.get(name) {
                continue;
            }
            ink.put(separator);
            separator = ",";
            match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => {
                    pair(ink, name, old);
                    ink.paint(Style::Event, " → ");
                    ink.put(new);
                }
                (None, Some(new)) => pair(ink, &format!("+ {name}"), new),
                (Some(old), None) => pair(ink, &format!("- {name}"), old),
                (None, None) => {}
            }
        }
        if separator.is_empty() {
            ink.paint(Style::Faint, " nothing but counters and times");
        }
    }

    fn values(
        &self,
        schema: &'static MessageSchema,
        message: &Message<'_>,
        names: Option<&Names>,
    ) -> BTreeMap<String, String> {
        let mut flat = Flat {
            values: BTreeMap::new(),
            path: Vec::new(),
            volatile: self.0.volatile,
            schema,
            message: message.as_bytes(),
            names,
        };
        match walk(schema, message.as_bytes(), &mut flat) {
            Ok(()) => flat.values,
            Err(never) => match never {},
        }
    }
}

fn pair(ink: &mut Ink, name: &str, value: &str) {
    ink.put(" ");
    ink.paint(Style::Name, name);
    ink.put(" ");
    ink.put(value);
}

/// Values by their paths, without those that change all the time.
struct Flat<'n> {
    values: BTreeMap<String, String>,
    path: Vec<(u16, String)>,
    volatile: &'static [&'static [u16]],
    schema: &'static MessageSchema,
    message: &'n [u8],
    names: Option<&'n Names>,
}

impl Flat<'_> {
    fn name(item: &Item<'_>) -> String {
        let name = item.name.map_or_else(|| format!("#{}", item.attr.ty().get()), str::to_owned);
        item.index.map_or_else(|| name.clone(), |index| format!("{name}[{index}]"))
    }

    fn insert(&mut self, owner: Option<&StructSchema>, name: &str, value: &Value<'_>) {
        if let Value::Struct(schema, bytes) = value {
            self.path.push((0, name.to_owned()));
            self.fields(schema, bytes);
            self.path.pop();
            return;
        }
        let before: String = self.path.iter().map(|(_, name)| format!("{name}.")).collect();
        let text = match *value {
            Value::Number(number) => self.number(owner, name, number),
            Value::Named(schema, number) => {
                let mut ink = Ink::new(false);
                meaning::named_to(&mut ink, schema, number);
                String::from_utf8_lossy(&ink.bytes).into_owned()
            }
            Value::Units(unit, len, bytes) => return self.units(&before, name, unit, len, bytes),
            _ => value.to_string(),
        };
        self.values.insert(before + name, text);
    }

    fn units(&mut self, before: &str, name: &str, unit: nl_tlv::schema::ValueType, len: usize, bytes: &[u8]) {
        for (i, bytes) in bytes.chunks_exact(len.max(1)).enumerate() {
            if let Ok(value) = Value::read(unit, Attr::new(0, bytes)) {
                self.values.insert(format!("{before}{name}[{i}]"), value.to_string());
            }
        }
    }

    fn number(&self, owner: Option<&StructSchema>, name: &str, number: i128) -> String {
        if let Some(word) = meaning::word(name, owner, self.schema, number) {
            return word.into_owned();
        }
        match interfaces::name(self.names, self.schema, self.message, name, number) {
            Some(name) => format!("{number} ({name})"),
            None => number.to_string(),
        }
    }

    fn fields(&mut self, schema: &StructSchema, bytes: &[u8]) {
        for field in schema.fields.iter().filter(|field| !fields::is_named_padding(field)) {
            if let Some(value) = fields::read(field, bytes) {
                self.insert(Some(schema), field.name, &value);
            }
        }
    }

    fn is_volatile(&self, item: &Item<'_>) -> bool {
        let ty = item.attr.ty().get();
        let path = || self.path.iter().map(|(ty, _)| *ty).chain([ty]);
        let is_listed =
            |volatile: &&&[u16]| volatile.first() != Some(&LINKINFO) && path().eq(volatile.iter().copied());
        self.volatile.iter().any(|volatile| is_listed(&volatile))
            || self.path.iter().any(|(ty, _)| self.volatile.contains(&&[*ty][..]) && *ty != LINKINFO)
            || item.name.is_some_and(|name| name.ends_with("timer") || name.ends_with("stats"))
    }
}

impl<'m> Visitor<'m> for Flat<'_> {
    type Error = Infallible;

    fn header(&mut self, schema: &'static StructSchema, at: u32, bytes: &'m [u8]) -> Result<(), Infallible> {
        if fields::is_genl_header(schema, at) {
            return Ok(());
        }
        self.fields(schema, bytes);
        // Which flags an event is about: the next one is about others.
        if schema.name == "IfInfoMsg" {
            self.values.remove("change");
        }
        Ok(())
    }

    fn value(&mut self, item: &Item<'m>, value: Value<'m>, _: Option<Error>) -> Result<(), Infallible> {
        if !self.is_volatile(item) {
            let owner = self.schema.header.filter(|_| self.path.is_empty());
            self.insert(owner, &Self::name(item), &value);
        }
        Ok(())
    }

    fn open(&mut self, item: &Item<'m>) -> Result<(), Infallible> {
        self.path.push((item.attr.ty().get(), Self::name(item)));
        Ok(())
    }

    fn close(&mut self) -> Result<(), Infallible> {
        self.path.pop();
        Ok(())
    }

    fn damage(&mut self, item: Option<&Item<'m>>, _: Error, bytes: &'m [u8]) -> Result<(), Infallible> {
        let name = item.map_or_else(|| "damaged".to_owned(), Self::name);
        self.insert(None, &name, &Value::Bytes(bytes));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use serde_json::{Value as Json, json};

    /// What is shown of each of some messages of rt-link or rt-route; the flags are those of the message.
    fn shown(family: &str, events: &[(&str, u16, Json)]) -> Vec<Option<String>> {
        let catalogue = Catalogue::new();
        let mut changes = Changes::default();
        let show = |(operation, flags, json): &(&str, u16, Json)| {
            let schema = catalogue.family(family).unwrap().message(operation).unwrap();
            let mut bytes = crate::json::read::message(schema, json).unwrap().bytes;
            let nl_tlv::MessageId::Type(ty) = schema.id else { panic!("{family} is not generic netlink") };
            bytes[4..6].copy_from_slice(&ty.0.to_ne_bytes());
            bytes[6..8].copy_from_slice(&flags.to_ne_bytes());
            let message = Messages::new(&bytes).next().unwrap().unwrap();
            let (known, old) = changes.replace(0, &message)?;
            let mut ink = Ink::new(false);
            known.write(schema, &old, &message, &mut ink, None);
            Some(String::from_utf8(ink.bytes).unwrap())
        };
        events.iter().map(show).collect()
    }

    #[test]
    fn only_what_has_changed_is_shown() {
        let link = |mtu: u32, more: Json| {
            let mut json = json!({"index": 2, "ifname": "v0", "mtu": mtu, "stats64": {"rx-packets": mtu}});
            json.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            ("newlink", 0, json)
        };
        let events = [
            link(1500, json!({})),
            link(1400, json!({"change": 1})),
            link(1400, json!({"master": 5, "stats64": {"rx-packets": 7}})),
            link(1400, json!({"linkinfo": {"kind": "veth"}})),
            link(1400, json!({"linkinfo": {"kind": "veth"}, "stats64": {"rx-packets": 9}})),
            ("dellink", 0, json!({"index": 2, "ifname": "v0"})),
            link(1400, json!({})),
        ];
        let name = " index 2 ifname \"v0\":";
        let expected = [
            None,
            Some(format!("{name} mtu 1500 → 1400")),
            Some(format!("{name} + master 5")),
            Some(format!("{name} - master 5, + linkinfo.kind \"veth\"")),
            Some(format!("{name} nothing but counters and times")),
            None,
            None,
        ];
        assert_eq!(shown("rt-link", &events), expected);
    }

    #[test]
    fn a_route_that_is_appended_is_no_change_of_another() {
        let route = |flags, gateway| {
            let json = json!({"family": 2, "dst-len": 8, "header.table": 254, "table": 254, "dst": "10.0.0.0",
                "gateway": gateway});
            ("newroute", flags, json)
        };
        let events = [route(0, "10.9.0.1"), route(0x800, "10.9.0.2"), route(0x100, "10.9.0.3")];
        let shown = shown("rt-route", &events);
        assert_eq!(shown[..2], [None, None]);
        assert!(shown[2].as_ref().unwrap().ends_with(": gateway 10.9.0.2 → 10.9.0.3"), "{shown:?}");
    }
}
