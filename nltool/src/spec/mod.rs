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
mod shape;
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
    let unknown = shape::unknown(&yaml)?;
    let name = yaml.text("name").unwrap_or_default();
    unknown.iter().for_each(|what| eprintln!("nltool: specification {name}: {what}"));
    let protocol = match yaml.text("protocol") {
        Some("netlink-raw") => {
            let number = yaml.number("protonum").ok_or("`protonum` is missing")?;
            u32::try_from(number).map_err(|_| format!("`protonum` is {number}"))?
        }
        _ => GENERIC,
    };
    let sets = yaml.list("attribute-sets").filter_map(|set| set.text("name").map(str::to_owned));
    let sets = sets.map(|name| (name, &*Box::leak(Box::new(OnceLock::new())))).collect();
    let spec = Spec { sets, yaml: yaml.clone() };
    spec.make_sets()?;
    let groups = yaml.get("mcast-groups").into_iter().flat_map(|groups| groups.list("list"));
    let groups = groups.map(|group| group_of(&group)).collect::<Result<Vec<_>, _>>()?;
    Ok(Family {
        name: leak(name),
        protocol,
        messages: spec.messages(protocol)?.leak(),
        groups: groups.leak(),
        by_address_family: None,
        variants: &[],
    })
}

fn group_of(group: &Node) -> Result<(&'static str, u32), String> {
    let (name, number) = (group.text("name").unwrap_or_default(), group.number("value").unwrap_or(0));
    let wrong = |_| format!("the group {name} has the number {number}");
    Ok((leak(name), u32::try_from(number).map_err(wrong)?))
}

/// A string for as long as the program runs.
fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv::schema::ValueType;

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
    fn numbers_of_64_bits_are_read() {
        let text = "{name: a, definitions: [{name: max, name-prefix: a-, type: const, value: 7}, {name: e, type: enum, entries: [small,
            {name: big, value: 18446744073709551600}, next, {name: hex, value: 0xfffffffffffffff8},
            {name: least, value: -9223372036854775808}]}],
            attribute-sets: [{name: x, attributes: [{name: y, type: u64, enum: e,
                checks: {max: 18446744073709551615, min: a-max}}]}],
            operations: {list: [{name: get, attribute-set: x}]}}";
        let schema = family(text).unwrap().message("get").unwrap();
        let ValueType::Named(names) = schema.attrs.attrs[0].value else { panic!("{schema:?}") };
        let high = i128::from(u64::MAX);
        assert!(names.names().eq([
            ("small", 0),
            ("big", high - 15),
            ("next", high - 14),
            ("hex", high - 7),
            ("least", i64::MIN.into()),
        ]));
        let limits = schema.attrs.attrs[0].limits;
        assert_eq!((limits.min, limits.max), (Some(7), Some(high)));
    }

    #[test]
    fn what_is_not_known_is_said() {
        let text =
            "{name: a, attribute-sets: [{name: s, attributes: [{name: x, type: u8, mutli-attr: true}]}]}";
        let unknown = shape::unknown(&Node::parse(text).unwrap()).unwrap();
        assert_eq!(
            unknown,
            ["attribute-sets.s.attributes.x: there is no property `mutli-attr`, it is left out"]
        );
        assert_eq!(shape::unknown(&Node::parse(SPEC).unwrap()), Ok(Vec::new()));
    }

    #[test]
    fn what_is_not_a_specification_says_so() {
        let set = |attr: &str| format!("{{name: a, attribute-sets: [{{name: s, attributes: [{attr}]}}]}}");
        for (text, says) in [
            ("a: [".to_owned(), "this is not YAML"),
            ("protocol: genetlink".to_owned(), "`name` is missing"),
            (set("{name: x, type: odd}"), "s.x: there is no type `odd`"),
            (set("{name: x, type: nest, nested-attributes: t}"), "s.x: there is no attribute set `t`"),
            (set("{name: x}"), "s.x: `type` is missing"),
            (
                set("{name: x, type: u8, value: y}"),
                "attribute-sets.s.attributes.x.value: expected a number, found `y`",
            ),
            (set("{name: x, type: u8, value: 0x4000}"), "x: no attribute has the number 16384"),
            (set("{name: x, type: u8, enum: e}"), "s.x: there is no enum `e`"),
            (set("{name: x, type: bitfield32, enum: e}"), "s.x: there is no enum `e`"),
            (
                set("{name: x, type: u16, byte-order: big}"),
                "x.byte-order: expected big-endian, little-endian",
            ),
            (set("{name: x, type: string, checks: {max-len: LONG}}"), "s.x: max-len: `LONG` is not a number"),
            (set("{name: x, type: string, checks: {max-len: 70000}}"), "no attribute has 70000 bytes"),
            (set("{name: x, type: u8, checks: {flags-mask: e}}"), "s.x: there is no enum `e`"),
            (set("{name: x, type: u8, multi-attr: yes!}"), "x.multi-attr: expected true or false"),
            (set("{name: x, type: u8}, {name: 12, type: u8}"), "12.name: expected text, found `12`"),
            (set("{name: x, type: binary, struct: t}"), "s.x: there is no struct `t`"),
            ("{name: a, protocol: netlink-rwa}".to_owned(), "protocol: expected genetlink"),
            ("{name: a, protocol: netlink-raw, protonum: 1e3}".to_owned(), "protonum: expected a number"),
            (
                "{name: a, version: 256, operations: {list: [{name: b}]}}".to_owned(),
                "the version of the family is 256",
            ),
            ("{name: a, attribute-sets: {s: 1}}".to_owned(), "attribute-sets: a list is expected"),
            (
                "{name: a, definitions: [{name: s, type: struct, members: [{name: m, type: binary}]}],
                attribute-sets: [{name: x, attributes: [{name: y, type: binary, struct: s}]}]}"
                    .to_owned(),
                "x.y: s.m: `len` is missing",
            ),
            (
                "{name: a, definitions: [{name: f, type: flags, entries: [{name: high, value: 64}]}],
                attribute-sets: [{name: x, attributes: [{name: y, type: u64, enum: f}]}]}"
                    .to_owned(),
                "x.y: f.high: no number of 64 bits has the value 64",
            ),
            (
                "{name: a, operations: {list: [{name: b, notify: c}]}}".to_owned(),
                "operation b: there is no operation `c`",
            ),
            (
                "{name: a, mcast-groups: {list: [{name: g, value: -1}]}}".to_owned(),
                "the group g has the number -1",
            ),
        ] {
            let err = family(&text).unwrap_err();
            assert!(err.contains(says), "{err}");
        }
    }
}
