//! What a name may have meant that a set of attributes does not have: the words of `ip`, values, names in nests.

use super::write::header_key;
use crate::catalogue::names::{dashed, same};
use crate::catalogue::places;
use nl_tlv::schema::{AttrSet, StructSchema, ValueType};
use serde_json::Value as Json;

/// Words of `ip` and `tc`, and what attributes are called that have the same meaning.
const WORDS: [(&str, &[&str]); 7] = [
    ("dev", &["ifname", "oif", "ifindex", "index", "dev-name"]),
    ("name", &["ifname"]),
    ("via", &["gateway"]),
    ("metric", &["priority"]),
    ("to", &["dst"]),
    ("proto", &["protocol"]),
    ("mac", &["lladdr", "address"]),
];

/// What was meant, as it is typed; nothing if it is not known.
pub fn meant(
    key: &str,
    header: Option<&StructSchema>,
    set: Option<&'static AttrSet>,
    json: &Json,
) -> Vec<String> {
    let paths = set.map_or_else(Vec::new, |set| places::paths(set, key));
    if !paths.is_empty() {
        return paths;
    }
    // A name alone: of a flag in the header, or perhaps of an interface.
    if *json == Json::Bool(true) {
        let fields = header.into_iter().flat_map(|header| header.fields);
        let mut fields = fields.filter(|field| match field.value {
            ValueType::Named(schema) => schema.names().any(|(name, _)| same(name, key)),
            _ => false,
        });
        let flag = fields.next().map(|field| format!("{}={key}", dashed(field.name)));
        let name = set.filter(|set| has(set, "ifname")).map(|_| format!("ifname={key}"));
        return flag.or(name).into_iter().collect();
    }
    let words = WORDS.iter().find(|(word, _)| *word == key).map_or(&[][..], |(_, words)| words);
    words.iter().find_map(|word| place(word, header, set)).into_iter().collect()
}

fn has(set: &AttrSet, name: &str) -> bool {
    set.attrs.iter().any(|attr| same(attr.name, name))
}

/// Where a name is: in the header, among the attributes, or in a nest.
fn place(name: &str, header: Option<&StructSchema>, set: Option<&'static AttrSet>) -> Option<String> {
    let mut fields = header.into_iter().flat_map(|header| header.fields);
    if let Some(field) = fields.find(|field| same(field.name, name)) {
        return Some(header_key(field.name, set));
    }
    let set = set?;
    if has(set, name) {
        return Some(name.to_owned());
    }
    places::paths(set, name).into_iter().next()
}
