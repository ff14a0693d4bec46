//! Sets of attributes, and the forms of sub-messages.

use super::kinds::{checks, is_mask_of_names};
use super::yaml::Block;
use super::{Writer, dashed};
use crate::names;
use crate::sets::sorted;
use core::fmt;
use nl_tlv::schema::{AttrSchema, AttrSet, Presence, ValueType};

impl Writer<'_> {
    pub(super) fn attribute_sets(&self, yaml: &mut Block<'_, '_>) -> fmt::Result {
        yaml.gap()?;
        if self.sets.iter().next().is_none() {
            return yaml.line(format_args!("attribute-sets: []"));
        }
        yaml.open("attribute-sets", |yaml| {
            self.sets.iter().try_for_each(|set| yaml.item(|yaml| self.attribute_set(yaml, set)))
        })
    }

    fn attribute_set(&self, yaml: &mut Block<'_, '_>, set: &'static AttrSet) -> fmt::Result {
        yaml.key("name", &self.set(set))?;
        let prefix = names::prefix(self.protocol, set).to_string();
        yaml.line(format_args!("name-prefix: {}-", dashed(&prefix)))?;
        yaml.doc(set.doc)?;
        yaml.open("attributes", |yaml| {
            let mut next = 1;
            sorted(set.attrs).try_for_each(|attr| {
                let number = (attr.ty != next).then_some(attr.ty);
                next = attr.ty.saturating_add(1);
                yaml.item(|yaml| self.attribute(yaml, set, attr, number))
            })
        })
    }

    fn attribute(
        &self,
        yaml: &mut Block<'_, '_>,
        set: &'static AttrSet,
        attr: &'static AttrSchema,
        number: Option<u16>,
    ) -> fmt::Result {
        let kind = self.kind(set, attr.value);
        yaml.key("name", &dashed(attr.name))?;
        if let Some(number) = number {
            yaml.line(format_args!("value: {number}"))?;
        }
        yaml.doc(attr.doc)?;
        match lost(attr.value).filter(|_| kind.ty == "binary") {
            Some(what) => yaml.line(format_args!("type: binary  # {what}"))?,
            None => yaml.key("type", kind.ty)?,
        }
        kind.more.iter().try_for_each(|(name, value)| yaml.line(format_args!("{name}: {value}")))?;
        if self.is_repeated(set, attr) {
            yaml.line(format_args!("multi-attr: true"))?;
        }
        let mut checks = checks(&kind, attr.value, &attr.limits);
        if let ValueType::Named(names) | ValueType::Bitfield32(Some(names)) = attr.value {
            if is_mask_of_names(names, attr.limits.mask) {
                checks.push(("flags-mask", self.number(names)));
            }
        }
        if checks.is_empty() {
            return Ok(());
        }
        yaml.open("checks", |yaml| {
            checks.iter().try_for_each(|(name, value)| yaml.line(format_args!("{name}: {value}")))
        })
    }

    /// Whether the set, or a message that has a part of it, has the attribute several times.
    fn is_repeated(&self, set: &'static AttrSet, attr: &AttrSchema) -> bool {
        let parts = self.messages().map(|schema| schema.attrs).filter(|part| names::is_same(part, set));
        let mut all = parts.chain([set]).flat_map(|part| part.attrs);
        all.any(|other| other.ty == attr.ty && other.presence == Presence::Repeated)
    }

    pub(super) fn sub_messages(&self, yaml: &mut Block<'_, '_>) -> fmt::Result {
        let schemas = self.sub_message_schemas();
        if schemas.is_empty() {
            return Ok(());
        }
        yaml.gap()?;
        yaml.open("sub-messages", |yaml| {
            schemas.iter().try_for_each(|(schema, names)| {
                yaml.item(|yaml| {
                    yaml.key("name", &dashed(schema.name))?;
                    yaml.open("formats", |yaml| {
                        schema.forms.iter().try_for_each(|(when, form)| {
                            let when = self.selector(*when, *names);
                            yaml.item(|yaml| self.format(yaml, &when, *form))
                        })
                    })
                })
            })
        })
    }

    fn format(&self, yaml: &mut Block<'_, '_>, when: &str, form: ValueType) -> fmt::Result {
        yaml.key("value", when)?;
        if let ValueType::Struct(schema) | ValueType::Headed(schema, _) = form {
            yaml.key("fixed-header", &dashed(schema.name))?;
        }
        match form {
            ValueType::Nested(set) | ValueType::Headed(_, set) => yaml.key("attribute-set", &self.set(set())),
            _ => Ok(()),
        }
    }
}

/// What a value is that a specification cannot represent.
fn lost(value: ValueType) -> Option<String> {
    match value {
        ValueType::Records { header, set, .. } => {
            Some(format!("records: each a struct {} and attributes of {}", header.name, set().name))
        }
        ValueType::Headed(header, set) => {
            Some(format!("a struct {} and attributes of {}", header.name, set().name))
        }
        ValueType::SubMessage { schema, .. } => Some(format!("one of the forms of {}", schema.name)),
        ValueType::ByType(_) => Some("attributes whose types are values".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv::NlStruct;
    use nl_tlv::schema::SetRef;
    use nl_tlv::wire::GenlMsgHdr;

    #[test]
    fn what_a_specification_cannot_represent_is_said() {
        let set = SetRef::new(&|| AttrSet::EMPTY);
        let records = ValueType::Records { header: GenlMsgHdr::SCHEMA, length: 0, set };
        let said = lost(records).unwrap();
        assert!(said.starts_with("records: each a struct GenlMsgHdr and attributes of"), "{said}");
        assert!(lost(ValueType::Headed(GenlMsgHdr::SCHEMA, set)).is_some());
        assert_eq!((lost(ValueType::Bytes), lost(ValueType::U32)), (None, None));
    }
}
