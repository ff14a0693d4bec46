//! Sets of attributes.

use super::yaml::Node;
use super::{Spec, leak};
use nl_tlv::AttrType;
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
        for (attr, ty) in self.numbered(set)? {
            let field = attr.text("name").unwrap_or_default();
            let named = |err| format!("{name}.{field}: {err}");
            let value = self.value(&attr, &whole).map_err(named)?;
            attrs.push(AttrSchema {
                ty,
                name: leak(&field.replace('-', "_")),
                doc: leak(attr.text("doc").unwrap_or_default().trim()),
                value,
                presence: if attr.is_set("multi-attr") { Presence::Repeated } else { Presence::Optional },
                limits: self.limits(&attr, value).map_err(named)?,
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
    fn numbered(&self, set: &Node) -> Result<Vec<(Node, u16)>, String> {
        if let Some(of) = set.text("subset-of") {
            let all = self.numbered(&self.whole(set).without("subset-of"))?;
            let named = |name: &Node| all.iter().find(|(attr, _)| attr.text("name") == name.text("name"));
            let part = set.list("attributes").map(|name| {
                let missing = || {
                    let name = name.text("name").unwrap_or_default();
                    format!("{}.{name}: `{of}` has no such attribute", set.text("name").unwrap_or_default())
                };
                named(&name).cloned().ok_or_else(missing)
            });
            return part.collect();
        }
        let mut next = 1;
        let numbered = set.list("attributes").map(|attr| {
            let ty = attr.number("value").unwrap_or(next);
            next = ty.saturating_add(1);
            let number = u16::try_from(ty).ok().filter(|ty| *ty <= AttrType::MASK);
            let name = attr.text("name").unwrap_or_default();
            let wrong = || format!("{name}: no attribute has the number {ty}");
            Ok((attr.clone(), number.ok_or_else(wrong)?))
        });
        numbered.collect()
    }

    /// The number of an attribute, by its name.
    pub(super) fn number_of(&self, set: &Node, name: &str) -> Result<Option<u16>, String> {
        let numbered = self.numbered(set)?;
        Ok(numbered.into_iter().find(|(attr, _)| attr.text("name") == Some(name)).map(|(_, ty)| ty))
    }

    fn limits(&self, attr: &Node, value: ValueType) -> Result<Limits, String> {
        let Some(checks) = attr.get("checks") else { return Ok(Limits::NONE) };
        let number = |name: &str| {
            let number = checks.get(name).map(|number| self.constant(&number)).transpose();
            number.map_err(|err| format!("{name}: {err}"))
        };
        let len = |name: &str| self.len(&checks, name);
        let (min_len, max_len, exact) = (len("min-len")?, len("max-len")?, len("exact-len")?);
        let mask = checks.text("flags-mask").map(|name| self.mask(name)).transpose()?;
        let (min, max) = (number("min")?, number("max")?);
        Ok(match value {
            ValueType::Bytes | ValueType::String | ValueType::NulString | ValueType::HwAddr => {
                Limits { min_len: min_len.or(exact), max_len: max_len.or(exact), ..Limits::NONE }
            }
            ValueType::Units { .. } => Limits { min_len, max_len, ..Limits::NONE },
            _ => Limits { min, max, mask, ..Limits::NONE },
        })
    }
}
