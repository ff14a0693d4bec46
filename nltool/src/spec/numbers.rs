//! Enums and flags: numbers with names.

use super::yaml::Node;
use super::{Spec, leak};
use nl_tlv::schema::NumberSchema;
use nl_tlv::schema::ValueType;

impl Spec {
    /// A definition of a name.
    pub(super) fn definition(&self, name: &str) -> Option<Node> {
        self.yaml.list("definitions").find(|definition| definition.text("name") == Some(name))
    }

    /// A number whose names an enum or a set of flags defines.
    pub(super) fn named(&self, name: &str, base: ValueType, as_flags: bool) -> Option<ValueType> {
        self.number_schema(name, base, as_flags).map(ValueType::Named)
    }

    /// The names of a definition.
    pub(super) fn number_schema(
        &self,
        name: &str,
        base: ValueType,
        as_flags: bool,
    ) -> Option<&'static NumberSchema> {
        let definition = self.definition(name)?;
        let is_flags = as_flags || definition.text("type") == Some("flags");
        let names: &'static [(&'static str, i128)] = entries(&definition, is_flags).leak();
        let schema = NumberSchema {
            name: leak(name),
            doc: "",
            c_prefix: None,
            base,
            is_flags,
            nth: Box::leak(Box::new(move |at: usize| names.get(at).copied())),
        };
        Some(Box::leak(Box::new(schema)))
    }

    /// All bits of a definition.
    pub(super) fn mask(&self, name: &str) -> Option<u64> {
        let definition = self.definition(name)?;
        let bits = entries(&definition, true).iter().fold(0, |bits, (_, bit)| bits | bit);
        u64::try_from(bits).ok()
    }

    /// A number that stands for itself, the largest one of a type, or the name of a constant.
    pub(super) fn constant(&self, node: &Node) -> Option<i128> {
        let text = node.as_text()?;
        if let Ok(number) = text.parse::<i128>() {
            return Some(number);
        }
        let largest = |text: &str| {
            let (sign, bits) = text.strip_suffix("-max")?.split_at_checked(1)?;
            let bits: u32 = bits.parse().ok().filter(|bits| (8..=64).contains(bits))?;
            match sign {
                "u" => Some((1_i128 << bits) - 1),
                "s" => Some((1_i128 << (bits - 1)) - 1),
                _ => None,
            }
        };
        let hex = |text: &str| i128::from_str_radix(text.strip_prefix("0x")?, 16).ok();
        let defined = || self.definition(&text)?.number("value").map(i128::from);
        hex(&text).or_else(|| largest(&text)).or_else(defined)
    }
}

/// The entries with their numbers; those of flags are bits.
fn entries(definition: &Node, is_flags: bool) -> Vec<(&'static str, i128)> {
    let mut next = definition.number("value-start").unwrap_or(0);
    let mut found = Vec::new();
    for entry in definition.list("entries") {
        let name = entry.text("name").map(str::to_owned).or_else(|| entry.as_text());
        next = entry.number("value").unwrap_or(next);
        let number = match is_flags {
            true => u32::try_from(next).ok().filter(|bit| *bit < 64).map_or(0, |bit| 1_i128 << bit),
            false => next.into(),
        };
        found.extend(name.map(|name| (leak(&name), number)));
        next = next.saturating_add(1);
    }
    found
}
