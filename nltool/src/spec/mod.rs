//! Families that are read from a specification in YAML while the program runs, as the kernel has them in
//! `Documentation/netlink/specs`.
//!
//! The schemas that are made here stay as long as the program runs, because readers of schemas take `'static` ones: a
//! specification is read once, at the start.

#[cfg(test)]
mod exported;
mod messages;
mod numbers;
mod sets;
mod values;
mod yaml;

use crate::catalogue::{Catalogue, Family, GENERIC};
use crate::error::Failure;
use crate::input;
use nl_tlv::schema::AttrSet;
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::OnceLock;
use yaml::Node;

/// A specification that is too large to be one, in bytes.
const MAX_LEN: u64 = 4 << 20;

/// Reads specifications and adds their families.
///
/// # Errors
///
/// Which file cannot be read, and what is wrong with it.
pub fn load(files: &[impl AsRef<Path>], catalogue: &mut Catalogue) -> Result<(), Failure> {
    for path in files {
        let path = path.as_ref();
        let named = |err: Failure| err.about(&path.display().to_string());
        let file = File::open(path).map_err(Failure::from).map_err(named)?;
        let text = input::text(file, MAX_LEN).map_err(named)?;
        let family = family(&text).map_err(|err| named(Failure::Other(err)))?;
        catalogue.add(family);
    }
    Ok(())
}

/// What is defined beside the operations.
struct Spec {
    yaml: Node,
    sets: HashMap<String, &'static OnceLock<AttrSet>>,
}

/// The family that a specification describes.
fn family(text: &str) -> Result<Family, String> {
    let yaml = Node::parse(text)?;
    let protocol = match yaml.text("protocol") {
        Some("netlink-raw") => yaml.number("protonum").and_then(|number| u32::try_from(number).ok()),
        _ => Some(GENERIC),
    };
    let protocol = protocol.ok_or("`protonum` is missing")?;
    let name = yaml.text("name").ok_or("`name` is missing")?;
    let sets = yaml.list("attribute-sets").filter_map(|set| set.text("name").map(str::to_owned));
    let sets = sets.map(|name| (name, &*Box::leak(Box::new(OnceLock::new())))).collect();
    let spec = Spec { sets, yaml: yaml.clone() };
    spec.make_sets()?;
    let groups = yaml
        .get("mcast-groups")
        .map(|groups| groups.list("list").filter_map(|group| group_of(&group)).collect());
    let groups: Vec<(&'static str, u32)> = groups.unwrap_or_default();
    Ok(Family {
        name: leak(name),
        protocol,
        messages: spec.messages(protocol)?.leak(),
        groups: groups.leak(),
        by_address_family: None,
        variants: &[],
    })
}

fn group_of(group: &Node) -> Option<(&'static str, u32)> {
    let number = group.number("value").and_then(|number| u32::try_from(number).ok());
    Some((leak(group.text("name")?), number.unwrap_or(0)))
}

/// A string for as long as the program runs.
fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = "
name: pet
protocol: genetlink
definitions:
  - {name: kind, type: enum, entries: [cat, dog, {name: fish, value: 7}]}
  - {name: state, type: flags, entries: [fed, clean]}
  - {name: size, type: struct, members: [{name: legs, type: u8}, {name: weight, type: u32}]}
attribute-sets:
  - name: pet
    attributes:
      - {name: name, type: string, checks: {max-len: 15}}
      - {name: kind, type: u32, enum: kind}
      - {name: state, type: u8, enum: state}
      - {name: size, type: binary, struct: size}
      - {name: young, type: nest, nested-attributes: pet, multi-attr: true}
      - {name: port, type: u16, byte-order: big-endian, value: 9}
      - {name: data, type: sub-message, sub-message: data, selector: kind}
  - name: cat
    attributes: [{name: lives, type: u8}]
sub-messages:
  - name: data
    formats: [{value: cat, attribute-set: cat}]
operations:
  list:
    - {name: get, attribute-set: pet, value: 3, do: {request: {attributes: [name]}, reply: {attributes: [name]}}}
mcast-groups:
  list: [{name: events}]
";

    #[test]
    fn a_family_is_read_and_its_messages_go_to_json_and_back() {
        let family = family(SPEC).unwrap();
        let schema = family.message("get").unwrap();
        let json = serde_json::json!({"name": "tom", "kind": "cat", "state": ["fed", "clean"],
            "size": {"legs": 4, "weight": 5}, "young": [{"name": "a"}, {"young": [{"name": "b"}]}], "port": 80,
            "data": {"lives": 9}});
        let built = crate::json::read::message(schema, &json).unwrap();
        let mut out = Vec::new();
        crate::json::write::contents(schema, &built.bytes, &mut out);
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&out).unwrap(), json);
        // The struct has C's padding.
        assert!(built.bytes.windows(8).any(|bytes| bytes == [4, 0, 0, 0, 5, 0, 0, 0]));
        assert_eq!(family.groups, [("events", 0)]);
    }

    #[test]
    fn what_is_not_a_specification_says_so() {
        let set = |attr: &str| format!("{{name: a, attribute-sets: [{{name: s, attributes: [{attr}]}}]}}");
        for (text, says) in [
            ("a: [".to_owned(), "this is not YAML"),
            ("protocol: genetlink".to_owned(), "`name` is missing"),
            (set("{name: x, type: odd}"), "s.x: there is no type `odd`"),
            (set("{name: x, type: nest, nested-attributes: t}"), "s.x: there is no attribute set `t`"),
        ] {
            let err = family(&text).unwrap_err();
            assert!(err.contains(says), "{err}");
        }
    }
}
