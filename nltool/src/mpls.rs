//! Stacks of labels as people read them.

use nl_tlv::schema::{Value, ValueType};
use nl_tlv_families::values::MplsLabel;

/// `label 100 bottom`, if the value is a stack of labels.
pub fn labels(value: &Value<'_>) -> Option<String> {
    let Value::Units(ValueType::Named(schema), 4, bytes) = value else { return None };
    if schema.name != "MplsLabel" {
        return None;
    }
    let entries = bytes.chunks_exact(4).filter_map(|bytes| Some(u32::from_be_bytes(bytes.try_into().ok()?)));
    let entries = entries.map(|bits| label(MplsLabel::from_bits_retain(bits)));
    Some(entries.collect::<Vec<_>>().join(", "))
}

fn label(entry: MplsLabel) -> String {
    let mut text = format!("label {}", entry.label());
    for (name, number) in [("traffic class", entry.traffic_class()), ("ttl", entry.ttl())] {
        if number != 0 {
            text += &format!(" {name} {number}");
        }
    }
    text + if entry.contains(MplsLabel::BOTTOM) { " bottom" } else { "" }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;
    use crate::paint::Ink;

    #[test]
    fn a_stack_is_shown_with_its_labels() {
        let catalogue = Catalogue::new();
        let schema = catalogue.family("rt-route").unwrap().message("newroute").unwrap();
        let json = serde_json::json!({"family": 28, "dst": {"hex": "000c800000064140"}});
        let built = crate::json::read::message(schema, &json).unwrap();
        let mut ink = Ink::new(false);
        crate::line::contents(schema, &built.bytes, &mut ink, 1000, None);
        let line = String::from_utf8(ink.bytes).unwrap();
        assert!(line.ends_with("dst label 200, label 100 ttl 64 bottom"), "{line}");
    }
}
