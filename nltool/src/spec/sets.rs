//! Sets of attributes.

use super::yaml::Node;
use super::{Spec, leak};
use nl_tlv::schema::{AttrSchema, AttrSet, Limits, Presence, ValueType};

/// The set of an operation without attributes.
pub(super) static EMPTY: AttrSet =
    AttrSet { name: "", doc: "", attrs: &[], c_prefix: None, part_of: None, strict_start_type: None };

impl Spec {
    /// Makes all sets.
    pub(super) fn make_sets(&self) -> Result<(), String> {
        for set in self.yaml.list("attribute-sets") {
            let Some(name) = set.text("name") else { continue };
            let made = self.make_set(name, &set)?;
            if let Some(cell) = self.sets.get(name) {
                // Of two sets with one name, the first is used.
                let _ = cell.set(made);
            }
        }
        Ok(())
    }

    fn make_set(&self, name: &str, set: &Node) -> Result<AttrSet, String> {
        let whole = self.whole(set);
        let mut attrs = Vec::new();
        for (attr, ty) in self.numbered(set) {
            let field = attr.text("name").unwrap_or_default();
            let value = self.value(&attr, &whole).map_err(|err| format!("{name}.{field}: {err}"))?;
            attrs.push(AttrSchema {
                ty,
                name: leak(&field.replace('-', "_")),
                doc: leak(attr.text("doc").unwrap_or_default().trim()),
                value,
                presence: if attr.is_set("multi-attr") { Presence::Repeated } else { Presence::Optional },
                limits: self.limits(&attr, value),
                is_net_byteorder: false,
            });
        }
        let part_of = set.text("subset-of").map(|of| self.set_ref(of)).transpose()?;
        Ok(AttrSet {
            name: leak(name),
            doc: "",
            attrs: attrs.leak(),
            c_prefix: None,
            part_of,
            strict_start_type: None,
        })
    }

    /// The set that a subset is part of; the set itself if it is none.
    fn whole(&self, set: &Node) -> Node {
        let of = set.text("subset-of");
        let whole =
            of.and_then(|of| self.yaml.list("attribute-sets").find(|set| set.text("name") == Some(of)));
        whole.unwrap_or_else(|| set.clone())
    }

    /// The attributes with their numbers, which count from 1 where they are not given.
    fn numbered(&self, set: &Node) -> Vec<(Node, u16)> {
        if set.text("subset-of").is_some() {
            let all = self.numbered(&self.whole(set).without("subset-of"));
            let names: Vec<Node> = set.list("attributes").collect();
            let is_in = |attr: &Node| names.iter().any(|name| name.text("name") == attr.text("name"));
            return all.into_iter().filter(|(attr, _)| is_in(attr)).collect();
        }
        let mut next = 1_i64;
        let numbered = set.list("attributes").map(|attr| {
            let ty = attr.number("value").unwrap_or(next);
            next = ty.saturating_add(1);
            (attr, u16::try_from(ty).unwrap_or(0x3fff))
        });
        numbered.collect()
    }

    /// The number of an attribute, by its name.
    pub(super) fn number_of(&self, set: &Node, name: &str) -> Option<u16> {
        self.numbered(set).into_iter().find(|(attr, _)| attr.text("name") == Some(name)).map(|(_, ty)| ty)
    }

    fn limits(&self, attr: &Node, value: ValueType) -> Limits {
        let Some(checks) = attr.get("checks") else { return Limits::NONE };
        let number = |name: &str| self.constant(&checks.get(name)?);
        let len = |name: &str| usize::try_from(number(name)?).ok();
        let mask = || self.mask(checks.text("flags-mask")?);
        match value {
            ValueType::Bytes | ValueType::String | ValueType::NulString | ValueType::HwAddr => Limits {
                min_len: len("min-len").or_else(|| len("exact-len")),
                max_len: len("max-len").or_else(|| len("exact-len")),
                ..Limits::NONE
            },
            ValueType::Units { .. } => {
                Limits { min_len: len("min-len"), max_len: len("max-len"), ..Limits::NONE }
            }
            _ => Limits { min: number("min"), max: number("max"), mask: mask(), ..Limits::NONE },
        }
    }
}
