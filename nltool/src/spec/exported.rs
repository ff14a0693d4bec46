//! What `nl-tlv-uapi` exports is read back as it was.

use super::family;
use crate::catalogue::Family;
use crate::catalogue::names::same;
use nl_tlv::MessageId;
use nl_tlv::schema::{AttrSchema, AttrSet, Limits, MessageSchema, Presence, ValueType};
use nl_tlv_lab::check::NL_CHECK;
use nl_tlv_lab::rtm::uapi::RTM;
use nl_tlv_lab::uapi::GREET;
use nl_tlv_uapi::{Exchange, ProtocolDef, Spec};

#[test]
fn exported_families_are_read_back_with_equal_schemas() {
    for (protocol, text) in [
        (&GREET, Spec::new(&GREET).family().to_string()),
        (&RTM, Spec::new(&RTM).raw().to_string()),
        (&NL_CHECK, Spec::new(&NL_CHECK).family().to_string()),
    ] {
        let read = family(&text).unwrap();
        let messages = exported(protocol);
        assert!(!messages.is_empty());
        for schema in messages {
            let found = read.messages.iter().find(|found| is_same_id(found, schema));
            let found = found.unwrap_or_else(|| panic!("{} has no {}", read.name, schema.name));
            compare(set(found), set(schema), &format!("{} {}", read.name, schema.name), 0);
        }
        groups(&read, protocol);
    }
}

/// The exported specifications, changed at random, and a message of random bytes: reading and decoding end.
#[test]
fn hostile_specifications_never_panic() {
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    let mut roll = |below: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        usize::try_from(dice % u64::try_from(below).unwrap()).unwrap()
    };
    let texts = [Spec::new(&RTM).raw().to_string(), Spec::new(&NL_CHECK).family().to_string()];
    let (mut read, mut out) = (0, Vec::new());
    for round in 0..900 {
        let mut lines: Vec<&str> = texts[round % texts.len()].lines().collect();
        for _ in 0..=roll(6) {
            let (from, to) = (roll(lines.len()), roll(lines.len()));
            match roll(3) {
                0 => lines[to] = lines[from],
                1 => lines.swap(from, to),
                _ => drop(lines.remove(to)),
            }
        }
        let Ok(family) = family(&lines.join("\n")) else { continue };
        read += 1;
        let message: Vec<u8> = (0..200).map(|_| [0, 1, 4, 8, 0x80, 0xff][roll(6)]).collect();
        for schema in family.messages {
            crate::json::write::contents(schema, &message, &mut out);
            out.clear();
        }
    }
    assert!(read > 20, "{read}");
}

#[test]
fn a_struct_in_itself_is_an_error() {
    let text =
        "{name: a, definitions: [{name: s, type: struct, members: [{name: m, type: binary, struct: t}]},
        {name: t, type: struct, members: [{name: m, type: binary, struct: s}]}],
        attribute-sets: [{name: x, attributes: [{name: y, type: binary, struct: s}]}]}";
    let err = family(text).unwrap_err();
    assert!(err.contains("is in itself"), "{err}");
}

/// The messages of the family, or of a protocol without one.
fn exported(protocol: &ProtocolDef) -> Vec<&'static MessageSchema> {
    let requests = protocol.family.map_or(protocol.requests, |family| family.requests);
    let answers = protocol.exchanges.iter().map(|exchange| match exchange {
        Exchange::Do(_, answer) | Exchange::Dump(_, answer) | Exchange::Event(answer, _) => *answer,
    });
    requests.iter().copied().chain(answers).collect()
}

fn is_same_id(left: &MessageSchema, right: &MessageSchema) -> bool {
    match (left.id, right.id) {
        (MessageId::Type(left), MessageId::Type(right)) => left == right,
        (MessageId::Command { cmd: left, .. }, MessageId::Command { cmd: right, .. }) => left == right,
        _ => false,
    }
}

fn set(schema: &MessageSchema) -> &'static AttrSet {
    assert!(schema.payload.is_none(), "{} has a payload", schema.name);
    schema.attrs
}

fn groups(read: &Family, protocol: &ProtocolDef) {
    let family = protocol.family.map_or(&[][..], |family| family.groups);
    let expected: Vec<_> = match protocol.family {
        Some(_) => family.iter().map(|name| (*name, 0)).collect(),
        None => protocol.groups.iter().map(|group| (group.name, group.value as u32)).collect(),
    };
    assert_eq!(read.groups, expected);
}

/// All attributes of the whole set; how often one occurs is said by the part of it that a message has.
fn compare(read: &'static AttrSet, own: &'static AttrSet, path: &str, depth: usize) {
    let whole = own.part_of.map_or(own, |whole| whole());
    assert_eq!(read.attrs.len(), whole.attrs.len(), "{path}");
    for attr in whole.attrs {
        let path = format!("{path}.{}", attr.name);
        let found = read.attr(attr.ty).unwrap_or_else(|| panic!("{path} is missing"));
        assert!(same(found.name, attr.name), "{path} is called {}", found.name);
        assert_eq!(found.doc, attr.doc, "{path}");
        assert_eq!(found.limits, limits(attr), "{path}");
        assert_eq!(value(found.value), value(attr.value), "{path}");
        let (found, attr) = (found.value, attr.value);
        if let (Some(read), Some(own)) = (nested(found), nested(attr)) {
            if depth < 4 {
                compare(read, own, &path, depth + 1);
            }
        }
    }
    for attr in own.attrs.iter().filter(|attr| attr.presence == Presence::Repeated) {
        assert_eq!(read.attr(attr.ty).map(|attr| attr.presence), Some(Presence::Repeated), "{path}");
    }
}

/// The limits that a specification can represent.
fn limits(attr: &AttrSchema) -> Limits {
    let is_named = matches!(attr.value, ValueType::Named(names) if names.is_flags);
    let Limits { min, max, mask, .. } = attr.limits;
    Limits { min: min.filter(|min| *min >= 0), max, mask: mask.filter(|_| is_named), ..attr.limits }
}

/// A type as a specification can represent it.
fn value(value: ValueType) -> String {
    match value {
        ValueType::Named(schema) => {
            let names: Vec<_> = schema
                .names()
                .map(|(name, number)| (name.to_lowercase().replace('_', "-"), number))
                .collect();
            format!("{:?} {} {names:?}", schema.base, schema.is_flags)
        }
        ValueType::Nested(_) => "nest".to_owned(),
        ValueType::NestedArray(_) | ValueType::Indexed(ValueType::Nested(_)) => "array of nests".to_owned(),
        ValueType::Indexed(unit) => format!("array of {}", self::value(*unit)),
        ValueType::ByType(_) => "nest by type".to_owned(),
        // Sub-messages of generic netlink, and attributes behind a struct.
        ValueType::SubMessage { .. } | ValueType::Headed(..) => "Bytes".to_owned(),
        other => format!("{other:?}"),
    }
}

fn nested(value: ValueType) -> Option<&'static AttrSet> {
    match value {
        ValueType::Nested(set) | ValueType::NestedArray(set) => Some(set()),
        ValueType::Indexed(value) | ValueType::ByType(value) => nested(*value),
        _ => None,
    }
}
