//! The shape of a specification: which properties stand where, and what each holds. Checked before anything is read, so
//! that a value which cannot be read is an error, and never taken for a missing one.

use super::yaml::Node;

/// What properties stand in.
#[derive(Clone, Copy)]
enum Place {
    Family,
    Definition,
    Entry,
    Member,
    Set,
    Attribute,
    Checks,
    SubMessage,
    Format,
    Operations,
    Operation,
    Mode,
    Side,
    Groups,
    Group,
}

/// What a property holds.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    Number,
    /// A number, or the name of a constant.
    Constant,
    Bool,
    OneOf(&'static [&'static str]),
    Words,
    One(Place),
    Each(Place),
    /// Anything: it is not read.
    Unread,
}

impl Place {
    /// What a property holds; `None` if there is no such property.
    fn holds(self, property: &str) -> Option<Holds> {
        use Holds::{Bool, Constant, Each, Number, One, OneOf, Text, Unread, Words};
        use Place::{
            Attribute, Checks, Definition, Entry, Family, Format, Group, Groups, Member, Mode, Operation,
            Operations, Set, Side, SubMessage,
        };
        Some(match (self, property) {
            (Family, "protocol") => OneOf(&["genetlink", "genetlink-c", "genetlink-legacy", "netlink-raw"]),
            (Family, "protonum" | "version") => Number,
            (Family, "definitions") => Each(Definition),
            (Family, "attribute-sets") => Each(Set),
            (Family, "sub-messages") => Each(SubMessage),
            (Family, "operations") => One(Operations),
            (Family, "mcast-groups") => One(Groups),
            (Definition, "type") => OneOf(&["const", "enum", "flags", "struct"]),
            (Definition, "value") => Constant,
            (Definition, "value-start") => Number,
            (Definition, "entries") => Each(Entry),
            (Definition, "members") => Each(Member),
            (Entry, "value") => Number,
            (Member | Attribute, "byte-order") => OneOf(&["big-endian", "little-endian"]),
            (Member | Attribute, "enum-as-flags") => Bool,
            (Member, "len") => Constant,
            (Member | Attribute, "type" | "enum" | "struct" | "display-hint") => Text,
            (Set, "attributes") => Each(Attribute),
            (Set, "subset-of") => Text,
            (Attribute, "value") => Number,
            (Attribute, "multi-attr") => Bool,
            (Attribute, "type-value") => Words,
            (Attribute, "nested-attributes" | "sub-type" | "sub-message" | "selector") => Text,
            (Attribute, "checks") => One(Checks),
            (Checks, "min" | "max" | "min-len" | "max-len" | "exact-len") => Constant,
            (Checks, "flags-mask") => Text,
            (Checks, "unterminated-ok") => Bool,
            (SubMessage, "formats") => Each(Format),
            (Format, "value") => Constant,
            (Format | Operation, "fixed-header" | "attribute-set") => Text,
            (Operations, "enum-model") => OneOf(&["unified", "directional"]),
            (Operations, "fixed-header") => Text,
            (Operations, "list") => Each(Operation),
            (Operation, "value") => Number,
            (Operation, "notify") => Text,
            (Operation, "do" | "dump" | "event") => One(Mode),
            (Mode, "request" | "reply") => One(Side),
            (Side, "value") => Number,
            (Mode | Side, "attributes") => Words,
            (Groups, "list") => Each(Group),
            (Group, "value") => Number,
            (Format | Checks | Operations | Mode | Side | Groups, "name") => return None,
            (_, "name") => Text,
            // For generated C and the kernel.
            (_, "doc" | "header" | "name-prefix" | "enum-name" | "uapi-header" | "kernel-policy") => Unread,
            (_, "c-family-name" | "c-version-name" | "c-define-name" | "max-by-define") => Unread,
            (_, "cmd-max-name" | "cmd-cnt-name" | "attr-max-name" | "attr-cnt-name") => Unread,
            (_, "enum-cnt-name" | "render-max" | "scope" | "kernel-family") => Unread,
            (_, "async-prefix" | "async-enum" | "flags" | "dont-validate") => Unread,
            (_, "config-cond" | "pre" | "post" | "mcgrp") => Unread,
            _ => return None,
        })
    }

    /// The properties that must be there.
    const fn required(self) -> &'static [&'static str] {
        match self {
            Self::Definition => &["name", "type"],
            Self::Member => &["name", "type"],
            Self::Format => &["value"],
            Self::Checks | Self::Operations | Self::Mode | Self::Side | Self::Groups => &[],
            _ => &["name"],
        }
    }
}

/// The properties that are not known, each with its place.
///
/// # Errors
///
/// The first place where a property cannot be read, or is missing.
pub(super) fn unknown(family: &Node) -> Result<Vec<String>, String> {
    let mut unknown = Vec::new();
    place(family, Place::Family, "", &mut unknown)?;
    Ok(unknown)
}

fn place(node: &Node, place: Place, path: &str, unknown: &mut Vec<String>) -> Result<(), String> {
    // An entry of an enum may be its name alone.
    if matches!(place, Place::Entry) && node.as_text().is_some() {
        return Ok(());
    }
    let at = if path.is_empty() { String::new() } else { format!("{path}: ") };
    let properties = node.properties().ok_or_else(|| format!("{at}properties are expected"))?;
    if let Some(name) = place.required().iter().find(|name| node.get(name).is_none()) {
        return Err(format!("{at}`{name}` is missing"));
    }
    for (name, value) in properties {
        let Some(holds) = place.holds(&name) else {
            unknown.push(format!("{at}there is no property `{name}`, it is left out"));
            continue;
        };
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if !value.is_null() {
            property(&value, holds, &path, unknown)?;
        }
    }
    Ok(())
}

fn property(value: &Node, holds: Holds, path: &str, unknown: &mut Vec<String>) -> Result<(), String> {
    let (is_right, expected) = match holds {
        Holds::Unread => (true, String::new()),
        Holds::Text => (value.is_text(), "text".to_owned()),
        Holds::Number => (value.as_number().is_some(), "a number".to_owned()),
        Holds::Constant => (value.as_text().is_some(), "a number or a name".to_owned()),
        Holds::Bool => (value.as_bool().is_some(), "true or false".to_owned()),
        Holds::OneOf(words) => {
            let is_one = value.as_text().is_some_and(|text| words.contains(&text.as_str()));
            (is_one, words.join(", "))
        }
        Holds::Words => {
            let words = value.items();
            (words.is_some_and(|words| words.iter().all(|word| word.as_text().is_some())), "names".to_owned())
        }
        Holds::One(inner) => return place(value, inner, path, unknown),
        Holds::Each(inner) => {
            let items = value.items().ok_or_else(|| format!("{path}: a list is expected"))?;
            return items.iter().enumerate().try_for_each(|(index, item)| {
                let name = item.get("name").or_else(|| item.get("value")).and_then(|name| name.as_text());
                let name = name.unwrap_or_else(|| format!("[{index}]"));
                place(item, inner, &format!("{path}.{name}"), unknown)
            });
        }
    };
    let found = value.as_text().map_or_else(|| "something else".to_owned(), |text| format!("`{text}`"));
    if is_right { Ok(()) } else { Err(format!("{path}: expected {expected}, found {found}")) }
}
