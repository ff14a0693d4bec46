//! Numbers whose order, or whose names, the kernel's specifications do not have.

use nl_tlv::schema::{AttrSchema, AttrSet, ValueType, dissect};
use nl_tlv::{Header, NlMessage};
use nl_tlv_families::nftables::{self, SetAttrs};
use nl_tlv_families::rt_link::{Link, LinkAttrs, LinkMode};
use nl_tlv_families::rt_rule::Rule;
use std::collections::BTreeSet;

/// The attributes of a set, and of all in it, that are numbers of several bytes in the order of the machine.
fn in_host_order(set: &'static AttrSet, seen: &mut BTreeSet<&'static str>) -> Vec<String> {
    if !seen.insert(set.name) {
        return Vec::new();
    }
    let found = |attr: &AttrSchema| match of(attr.value, seen) {
        (true, _) => vec![format!("{}.{}", set.name, attr.name)],
        (false, inner) => inner,
    };
    set.attrs.iter().flat_map(found).collect()
}

/// Whether a value is such a number, and those that lie in it.
fn of(value: ValueType, seen: &mut BTreeSet<&'static str>) -> (bool, Vec<String>) {
    match value {
        ValueType::U16 | ValueType::U32 | ValueType::U64 | ValueType::S32 => (true, Vec::new()),
        ValueType::Named(schema) => of(schema.base, seen),
        ValueType::Nested(set) | ValueType::NestedArray(set) => (false, in_host_order(set(), seen)),
        ValueType::Indexed(inner) | ValueType::ByType(inner) => of(*inner, seen),
        ValueType::SubMessage { schema, .. } => {
            (false, schema.forms.iter().flat_map(|(_, form)| of(*form, seen).1).collect())
        }
        _ => (false, Vec::new()),
    }
}

#[test]
fn all_numbers_of_nftables_are_in_network_order() {
    let mut seen = BTreeSet::new();
    let sets = nftables::SCHEMAS.iter().map(|schema| schema.attrs);
    let found: Vec<String> = sets.flat_map(|set| in_host_order(set, &mut seen)).collect();
    assert!(seen.len() > 40, "{seen:?}");
    assert!(found.is_empty(), "{found:?}");
}

/// What a message says about itself, emitted and read.
fn shown<M: NlMessage>(message: &M) -> String {
    let mut buf = [0xa5; 1024];
    dissect(M::SCHEMAS, message.emit(&mut buf, Header::new()).unwrap()).to_string()
}

#[test]
fn modes_are_shown_by_name_and_masks_in_hexadecimal() {
    let link =
        Link { attrs: LinkAttrs { linkmode: Some(LinkMode::Dormant), ..<_>::default() }, ..<_>::default() };
    assert!(shown(&link).ends_with("linkmode (17) = Dormant (1)"), "{}", shown(&link));
    let rule = shown(&Rule::to_table(99).mark(0x10, 0xff));
    assert!(rule.contains("fwmark (10) = 0x10") && rule.contains("fwmask (16) = 0xff"), "{rule}");
}

#[test]
fn elements_of_a_set_stay_as_long_as_it_says() {
    let set = nftables::Set { attrs: SetAttrs { timeout: Some(60_000), ..<_>::default() }, ..<_>::default() };
    let mut buf = [0xa5; 64];
    let bytes = set.emit(&mut buf, Header::new()).unwrap();
    // The kernel reads milliseconds (`nf_msecs_to_jiffies64`).
    assert!(bytes.ends_with(&[0, 0, 0, 0, 0, 0, 0xea, 0x60]), "{bytes:?}");
}
