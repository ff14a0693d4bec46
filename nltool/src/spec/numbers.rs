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

    /// An enum or flags.
    fn enumeration(&self, name: &str) -> Result<Node, String> {
        let is_one = |definition: &Node| matches!(definition.text("type"), Some("enum" | "flags"));
        self.definition(name).filter(is_one).ok_or_else(|| format!("there is no enum `{name}`, and no flags"))
    }

    /// The names of a definition.
    pub(super) fn number_schema(
        &self,
        name: &str,
        base: ValueType,
        as_flags: bool,
    ) -> Result<&'static NumberSchema, String> {
        let definition = self.enumeration(name)?;
        let is_flags = as_flags || definition.text("type") == Some("flags");
        let names: &'static [(&'static str, i128)] = entries(&definition, is_flags)?.leak();
        let schema = NumberSchema {
            name: leak(name),
            doc: "",
            c_prefix: None,
            base,
            is_flags,
            nth: Box::leak(Box::new(move |at: usize| names.get(at).copied())),
        };
        Ok(Box::leak(Box::new(schema)))
    }

    /// All bits of a definition.
    pub(super) fn mask(&self, name: &str) -> Result<u64, String> {
        let bits = entries(&self.enumeration(name)?, true)?.iter().fold(0, |bits, (_, bit)| bits | bit);
        u64::try_from(bits).map_err(|_| format!("the flags `{name}` have more than 64 bits"))
    }

    /// A number that stands for itself, the largest one of a type, or the name of a constant.
    pub(super) fn constant(&self, node: &Node) -> Result<i128, String> {
        let text = node.as_text().unwrap_or_default();
        let largest = |text: &str| {
            let (sign, bits) = text.strip_suffix("-max")?.split_at_checked(1)?;
            let bits: u32 = bits.parse().ok().filter(|bits| (8..=64).contains(bits))?;
            match sign {
                "u" => Some((1_i128 << bits) - 1),
                "s" => Some((1_i128 << (bits - 1)) - 1),
                _ => None,
            }
        };
        // Some specifications write the prefix that the name has in C.
        let is_meant = |definition: &Node| {
            let name = definition.text("name").unwrap_or_default();
            let rest = text.strip_prefix(definition.text("name-prefix").unwrap_or_default());
            text == name || rest == Some(name)
        };
        let defined = || self.yaml.list("definitions").find(is_meant)?.number("value");
        let number = node.as_number().or_else(|| largest(&text)).or_else(defined);
        number.ok_or_else(|| format!("`{text}` is not a number, and there is no constant of this name"))
    }

    /// A length that a property gives, if it is there.
    pub(super) fn len(&self, node: &Node, property: &str) -> Result<Option<usize>, String> {
        let Some(len) = node.get(property) else { return Ok(None) };
        let len = self.constant(&len).map_err(|err| format!("{property}: {err}"))?;
        let fitting = usize::try_from(len).ok().filter(|len| *len <= 1 << 16);
        fitting.map(Some).ok_or_else(|| format!("{property}: no attribute has {len} bytes"))
    }
}

/// The entries with their numbers; those of flags are bits.
fn entries(definition: &Node, is_flags: bool) -> Result<Vec<(&'static str, i128)>, String> {
    let mut next = definition.number("value-start").unwrap_or(0);
    let mut found = Vec::new();
    for entry in definition.list("entries") {
        let name = entry.text("name").map(str::to_owned).or_else(|| entry.as_text()).unwrap_or_default();
        next = entry.number("value").unwrap_or(next);
        let bit = || u32::try_from(next).ok().filter(|bit| *bit < 64).map(|bit| 1_i128 << bit);
        let all = i128::from(i64::MIN)..=i128::from(u64::MAX);
        let number = if is_flags { bit() } else { Some(next).filter(|next| all.contains(next)) };
        let of = definition.text("name").unwrap_or_default();
        let number =
            number.ok_or_else(|| format!("{of}.{name}: no number of 64 bits has the value {next}"))?;
        found.push((leak(&name), number));
        next = next.saturating_add(1);
    }
    Ok(found)
}
