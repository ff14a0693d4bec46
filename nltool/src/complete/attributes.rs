//! Names of attributes, nest by nest, and of values that have names.

use super::Candidate;
use crate::arguments::Typed;
use crate::catalogue::Family;
use crate::catalogue::names::{dashed, same, value_name};
use crate::describe::{first_sentence, type_words};
use crate::fields::is_named_padding;
use crate::json::read::{Chosen, form, known};
use crate::json::write::header_key;
use crate::meaning::Meaning;
use crate::request::address_family;
use nl_tlv::schema::{AttrSchema, AttrSet, MessageSchema, Selector, StructSchema, ValueType};
use serde_json::Value as Json;

/// What an attribute of a request may be, when these are typed already.
pub fn of_request(
    family: &Family,
    schema: &'static MessageSchema,
    typed: &[String],
    current: &str,
) -> Vec<Candidate> {
    let json = Typed::new(typed).map_or(Json::Null, |typed| typed.json);
    let schema = family.variant(schema, address_family(&json));
    let (before, last) = split(current);
    match Level::new(schema, &json).below(before) {
        Some(level) => level.candidates(before, last),
        None => Vec::new(),
    }
}

/// What a condition on messages may be.
pub fn of_messages(schemas: &[&'static MessageSchema], current: &str) -> Vec<Candidate> {
    let current =
        ["--where=", "-w"].iter().find_map(|option| current.strip_prefix(option)).unwrap_or(current);
    let (before, last) = split(current);
    let levels = schemas.iter().filter_map(|schema| Level::new(schema, &Json::Null).below(before));
    let mut found: Vec<Candidate> = levels.flat_map(|level| level.candidates(before, last)).collect();
    found.sort();
    found.dedup_by(|left, right| left.0 == right.0);
    found
}

/// A path as far as it is complete, and the word behind its last dot.
fn split(typed: &str) -> (&str, &str) {
    let name = typed.split('=').next().unwrap_or_default();
    typed.split_at(name.rfind('.').map_or(0, |dot| dot + 1))
}

/// What may have a name in one place: the fields of a header, the attributes of a set.
struct Level<'j> {
    message: &'static MessageSchema,
    header: Option<&'static StructSchema>,
    set: Option<&'static AttrSet>,
    /// What selects forms of sub-messages here, if it stands above.
    chosen: Option<Chosen>,
    /// What is typed already.
    json: &'j Json,
}

impl<'j> Level<'j> {
    fn new(schema: &'static MessageSchema, json: &'j Json) -> Self {
        Self { message: schema, header: schema.header, set: Some(schema.attrs), chosen: None, json }
    }

    /// The level that a path leads to: `linkinfo.data.`.
    fn below(self, path: &str) -> Option<Self> {
        path.split_terminator('.').try_fold(self, Self::inner)
    }

    fn inner(self, segment: &str) -> Option<Self> {
        let name = segment.split('[').next().unwrap_or_default();
        let json = self.member(name);
        let Some(attr) = self.set.and_then(|set| known(set, name)) else {
            return (name == "header").then_some(Self { set: None, json, ..self });
        };
        let (value, chosen) = form(attr, self.set, self.chosen.as_ref(), &self.members());
        let (header, set) = inside(value)?;
        Some(Self { header, set: Some(set), chosen: chosen.or(self.chosen), json, ..self })
    }

    fn members(&self) -> Vec<(&'j str, &'j Json)> {
        let members = self.json.as_object().into_iter().flatten();
        members.map(|(name, json)| (name.as_str(), json)).collect()
    }

    /// What is typed of an attribute; of a list its last entry.
    fn member(&self, name: &str) -> &'j Json {
        let found = self.members().into_iter().find(|(own, _)| same(own, name)).map(|(_, json)| json);
        match found {
            Some(Json::Array(all)) => all.last().unwrap_or(&Json::Null),
            Some(json) => json,
            None => &Json::Null,
        }
    }

    fn candidates(&self, before: &str, last: &str) -> Vec<Candidate> {
        match last.split_once('=') {
            Some((name, _)) => self.values(before, name),
            None => self.fields(before).chain(self.attrs(before)).collect(),
        }
    }

    fn fields(&self, before: &str) -> impl Iterator<Item = Candidate> {
        let fields = self.header.into_iter().flat_map(|header| header.fields);
        fields.filter(|field| !is_named_padding(field)).map(move |field| {
            (format!("{before}{}=", header_key(field.name, self.set)), type_words(field.value))
        })
    }

    fn attrs(&self, before: &str) -> impl Iterator<Item = Candidate> {
        let attrs = self.set.into_iter().flat_map(|set| set.attrs);
        let may_be_sent = |attr: &&AttrSchema| !matches!(attr.value, ValueType::Pad | ValueType::Reject);
        attrs.filter(may_be_sent).map(move |attr| {
            let (value, _) = form(attr, self.set, self.chosen.as_ref(), &self.members());
            let end = match value {
                ValueType::Flag => "",
                value if may_be_nest(attr.value, value) => ".",
                _ => "=",
            };
            let help = format!("{}{}", type_words(attr.value), first_sentence(attr.doc));
            (format!("{before}{}{end}", dashed(attr.name)), help)
        })
    }

    /// The names of values of a field or an attribute.
    fn values(&self, before: &str, name: &str) -> Vec<Candidate> {
        let plain = name.split('[').next().unwrap_or_default();
        let attr = self.set.and_then(|set| known(set, plain));
        let field = self.header.into_iter().flat_map(|header| header.fields);
        let field = field.filter(|_| attr.is_none()).find(|field| same(field.name, plain));
        let value = attr.map(|attr| attr.value).or(field.map(|field| field.value));
        let mut names = match value {
            Some(ValueType::Named(schema)) if schema.is_flags => {
                schema.names().map(|(name, _)| name.to_owned()).collect()
            }
            Some(ValueType::Named(schema)) => schema.names().map(|(name, _)| value_name(name)).collect(),
            Some(_) if plain == "ifname" => Meaning::Interface.names(),
            Some(_) => Meaning::of(plain, self.message).map(Meaning::names).unwrap_or_default(),
            None => Vec::new(),
        };
        names.extend(attr.into_iter().flat_map(|attr| self.selectors(attr.ty)));
        names.into_iter().map(|value| (format!("{before}{name}={value}"), String::new())).collect()
    }

    /// What an attribute may be that selects the form of another one: `veth`, `vlan`.
    fn selectors(&self, ty: u16) -> Vec<String> {
        let attrs = self.set.into_iter().flat_map(|set| set.attrs);
        let forms = attrs.filter_map(|attr| match attr.value {
            ValueType::SubMessage { selector, schema } if selector == Some(ty) => Some(schema.forms),
            _ => None,
        });
        let texts = forms.flatten().filter_map(|(selector, _)| match selector {
            Selector::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
            Selector::Number(_) => None,
        });
        let mut texts: Vec<String> = texts.collect();
        texts.sort();
        texts.dedup();
        texts
    }
}

/// Whether a value has names in it; of one that is selected by what is not typed yet, whether it can.
fn may_be_nest(value: ValueType, selected: ValueType) -> bool {
    let has_nests = match value {
        ValueType::SubMessage { schema, .. } => schema.forms.iter().any(|(_, form)| inside(*form).is_some()),
        _ => false,
    };
    inside(selected).is_some() || (has_nests && matches!(selected, ValueType::Bytes))
}

/// What has names in a value.
fn inside(value: ValueType) -> Option<(Option<&'static StructSchema>, &'static AttrSet)> {
    match value {
        ValueType::Nested(set) | ValueType::NestedArray(set) => Some((None, set())),
        ValueType::Headed(header, set) | ValueType::Records { header, set, .. } => {
            Some((Some(header), set()))
        }
        ValueType::Indexed(value) | ValueType::ByType(value) => inside(*value),
        _ => None,
    }
}
