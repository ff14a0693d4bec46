//! Sub-messages, and the attributes that select their forms.

use super::tree::{Node, value_node};
use super::value::{self, Number};
use arbitrary::{Result, Unstructured};
use nl_tlv::AttrType;
use nl_tlv::schema::{
    AttrSchema, AttrSet, Limits, MAX_DEPTH, Presence, Selector, SubMessageSchema, ValueType,
};

/// Whether an attribute is drawn here: a sub-message that is selected in its own set.
pub(super) fn is_drawn(attr: &AttrSchema) -> bool {
    matches!(attr.value, ValueType::SubMessage { selector: Some(_), schema } if !schema.forms.is_empty())
}

/// Adds sub-messages to the attributes of a set, each with what selects its form; of several that one attribute selects,
/// the first.
pub(super) fn draw(
    set: &AttrSet,
    nodes: &mut Vec<Node>,
    depth: usize,
    u: &mut Unstructured<'_>,
) -> Result<()> {
    let mut taken = Vec::new();
    for attr in set.attrs.iter().filter(|attr| is_drawn(attr)) {
        let ValueType::SubMessage { selector: Some(ty), schema } = attr.value else { continue };
        let Some(by) = set.attr(ty).filter(|_| !taken.contains(&ty)) else { continue };
        let forms = forms(schema, by, depth);
        if forms.is_empty() || (attr.presence != Presence::Required && u.arbitrary()?) {
            continue;
        }
        let (key, form) = u.choose(&forms)?;
        let mut form = value_node(attr.ty, *form, &Limits::NONE, depth + 1, u)?;
        if !schema.has_nested_flag() {
            form.nla_type &= !AttrType::NESTED_FLAG;
        }
        nodes.retain(|node| node.nla_type & AttrType::MASK != ty);
        nodes.push(Node { schema: Some(by), ..Node::leaf(ty, key.clone()) });
        nodes.push(Node { schema: Some(attr), ..form });
        taken.push(ty);
    }
    Ok(())
}

/// The forms that can be drawn, each with the payload that selects it.
fn forms(schema: &SubMessageSchema, by: &AttrSchema, depth: usize) -> Vec<(Vec<u8>, ValueType)> {
    let has_room = |form: &ValueType| !value::has_attrs(*form) || depth + 2 <= MAX_DEPTH;
    let forms = schema.forms.iter().filter(|(_, form)| has_room(form));
    forms.filter_map(|(key, form)| Some((payload(by, *key)?, *form))).collect()
}

/// The payload of an attribute that selects, if the attribute can say so.
fn payload(by: &AttrSchema, key: Selector<'_>) -> Option<Vec<u8>> {
    match key {
        Selector::Text(text) => {
            let end: &[u8] = match by.value {
                ValueType::NulString => &[0],
                ValueType::String | ValueType::Bytes => &[],
                _ => return None,
            };
            by.limits.check_len(text.len()).ok().map(|()| [text, end].concat())
        }
        Selector::Number(number) => {
            let of = Number::of(by.value)?;
            by.limits.check_number(number).ok().map(|()| of.encode(number))
        }
    }
}
