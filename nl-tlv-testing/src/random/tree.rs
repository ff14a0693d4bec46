//! A message as a tree, in which something can be made wrong before it becomes bytes.

use super::{sub_message, value};
use arbitrary::{Error, Result, Unstructured};
use nl_tlv::schema::{
    AttrSchema, AttrSet, Limits, MAX_DEPTH, MessageSchema, Presence, Selector, StructSchema, ValueType,
};
use nl_tlv::{AttrType, MessageId};

/// A message.
pub(super) struct Tree {
    id: MessageId,
    /// The type in the header, which for generic netlink is that of the family.
    ty: u16,
    flags: u16,
    seq: u32,
    port_id: u32,
    /// The family header.
    header: Vec<u8>,
    pub(super) contents: Contents,
}

/// What a message, or an attribute, consists of.
pub(super) enum Contents {
    Bytes(Vec<u8>),
    Nodes(Vec<Node>),
}

/// An attribute.
pub(super) struct Node {
    pub(super) nla_type: u16,
    /// What it is, unless it is an item of an array or unknown.
    pub(super) schema: Option<&'static AttrSchema>,
    pub(super) contents: Contents,
}

impl Tree {
    pub(super) fn draw(schema: &MessageSchema, u: &mut Unstructured<'_>) -> Result<Self> {
        let ty = match schema.id {
            MessageId::Type(ty) => ty.0,
            MessageId::Command { .. } => u.int_in_range(0x13..=0x3ff)?,
        };
        let (flags, seq, port_id) = (u.arbitrary()?, u.arbitrary()?, u.arbitrary()?);
        let header = schema.header.map(|header| value::structure(header, u)).transpose()?.unwrap_or_default();
        let mut contents = super::contents(schema, u)?;
        let is_byte =
            schema.header.and_then(|header| header.fields.first()).is_some_and(|field| field.len == 1);
        if let (Contents::Nodes(nodes), Some(first), true) = (&mut contents, header.first(), is_byte) {
            nodes.iter_mut().try_for_each(|node| node.select(*first, u))?;
        }
        Ok(Self { id: schema.id, ty, flags, seq, port_id, header, contents })
    }

    /// The message, with the padding behind the last attribute.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let MessageId::Command { cmd, version } = self.id {
            bytes.extend([cmd, version, 0, 0]);
        }
        bytes.extend(&self.header);
        match &self.contents {
            Contents::Bytes(payload) => bytes.extend(payload),
            Contents::Nodes(nodes) => {
                pad(&mut bytes);
                encode(nodes, &mut bytes);
            }
        }
        self.framed(&bytes)
    }

    /// Behind a header with the length that is right.
    pub(super) fn framed(&self, payload: &[u8]) -> Vec<u8> {
        let len = u32::try_from(16 + payload.len()).unwrap_or(u32::MAX);
        let mut message = len.to_ne_bytes().to_vec();
        message.extend([self.ty.to_ne_bytes(), self.flags.to_ne_bytes()].concat());
        message.extend([self.seq.to_ne_bytes(), self.port_id.to_ne_bytes()].concat());
        message.extend(payload);
        message
    }

    /// The attributes of the message; none if it has a payload instead.
    pub(super) fn nodes(&mut self) -> Option<&mut Vec<Node>> {
        match &mut self.contents {
            Contents::Nodes(nodes) => Some(nodes),
            Contents::Bytes(_) => None,
        }
    }
}

impl Node {
    /// One whose payload is bytes.
    pub(super) fn leaf(nla_type: u16, payload: Vec<u8>) -> Self {
        Self { nla_type, schema: None, contents: Contents::Bytes(payload) }
    }

    pub(super) fn nested(nla_type: u16, nodes: Vec<Self>) -> Self {
        Self { nla_type: nla_type | AttrType::NESTED_FLAG, schema: None, contents: Contents::Nodes(nodes) }
    }

    /// Draws the value anew where the header's first field, an address family, selects what it is.
    fn select(&mut self, family: u8, u: &mut Unstructured<'_>) -> Result<()> {
        let Some(attr) = self.schema.filter(|attr| !leaves(attr.value).is_empty()) else { return Ok(()) };
        let ValueType::SubMessage { schema, .. } = attr.value else { return Ok(()) };
        let selector = Selector::Number(family.into());
        let form = schema.forms.iter().find(|(own, _)| *own == selector);
        let value = form.map_or(schema.otherwise, |(_, value)| *value);
        self.contents = Contents::Bytes(value::draw(value, &attr.limits, u)?);
        Ok(())
    }
}

/// The attributes of a set, in the order of the definition or in another one.
pub(super) fn attrs(set: &AttrSet, depth: usize, u: &mut Unstructured<'_>) -> Result<Vec<Node>> {
    let mut nodes = Vec::new();
    for attr in set.attrs {
        for _ in 0..occurrences(attr, depth, u)? {
            nodes.push(node(attr, depth, u)?);
        }
    }
    sub_message::draw(set, &mut nodes, depth, u)?;
    if u.ratio(1, 4)? {
        for at in 1..nodes.len() {
            nodes.swap(at, u.int_in_range(0..=at)?);
        }
    }
    Ok(nodes)
}

/// How often an attribute comes; the deeper, the fewer of those that need not come. The strict validator takes none of
/// type 0.
fn occurrences(attr: &AttrSchema, depth: usize, u: &mut Unstructured<'_>) -> Result<usize> {
    let is_nest = value::has_attrs(attr.value);
    let is_meant = attr.ty != 0
        && match attr.value {
            ValueType::Reject | ValueType::Pad => false,
            value @ ValueType::SubMessage { .. } => !leaves(value).is_empty(),
            _ => true,
        };
    match attr.presence {
        _ if sub_message::is_drawn(attr) => Ok(0),
        Presence::Required => Ok(1),
        _ if !is_meant || (is_nest && depth + 2 > MAX_DEPTH) => Ok(0),
        // Out of no numbers `ratio` says yes: sets that contain themselves would fill all levels.
        _ if is_nest && u.is_empty() => Ok(0),
        Presence::Optional => u.ratio(if is_nest { 1 } else { 2 }, 4_u8).map(usize::from),
        Presence::Repeated => u.int_in_range(0..=if depth < 2 { 3 } else { 1 }),
    }
}

fn node(attr: &'static AttrSchema, depth: usize, u: &mut Unstructured<'_>) -> Result<Node> {
    let node = value_node(attr.ty, attr.value, &attr.limits, depth + 1, u)?;
    let order = if attr.is_net_byteorder { AttrType::NET_BYTEORDER_FLAG } else { 0 };
    Ok(Node { schema: Some(attr), nla_type: node.nla_type | order, ..node })
}

/// An attribute with a value; what is nested in it lies at `depth`.
pub(super) fn value_node(
    ty: u16,
    value: ValueType,
    limits: &Limits,
    depth: usize,
    u: &mut Unstructured<'_>,
) -> Result<Node> {
    if value::has_attrs(value) && depth >= MAX_DEPTH {
        return Err(Error::IncorrectFormat);
    }
    let is_by_type = matches!(value, ValueType::ByType(_));
    Ok(match value {
        ValueType::Nested(set) => Node::nested(ty, attrs(set(), depth, u)?),
        // The items of an array are no level of their own.
        ValueType::NestedArray(set) => {
            let item = |ty, u: &mut _| Ok(Node::nested(ty, attrs(set(), depth, u)?));
            Node::nested(ty, items(u, false, item)?)
        }
        ValueType::Indexed(value) | ValueType::ByType(value) => {
            let item = |ty, u: &mut _| value_node(ty, *value, &Limits::NONE, depth, u);
            Node::nested(ty, items(u, is_by_type, item)?)
        }
        ValueType::Headed(header, set) => {
            let mut bytes = value::structure(header, u)?;
            pad(&mut bytes);
            encode(&attrs(set(), depth, u)?, &mut bytes);
            Node::leaf(ty, bytes)
        }
        ValueType::Records { header, length, set } => {
            let mut bytes = Vec::new();
            for _ in 0..u.int_in_range(0..=3)? {
                bytes.extend(record(header, length, set(), depth, u)?);
            }
            Node::leaf(ty, bytes)
        }
        value @ ValueType::SubMessage { .. } => {
            Node::leaf(ty, value::draw(*u.choose(&leaves(value))?, limits, u)?)
        }
        value => Node::leaf(ty, value::draw(value, limits, u)?),
    })
}

/// The forms of a sub-message that is selected from outside, if each is a value without attributes: any of them is read.
fn leaves(value: ValueType) -> Vec<ValueType> {
    let ValueType::SubMessage { selector: None, schema } = value else { return Vec::new() };
    let forms: Vec<_> = schema.forms.iter().map(|(_, form)| *form).collect();
    if forms.iter().all(|form| form.nest().is_none() && !value::has_attrs(*form)) {
        forms
    } else {
        Vec::new()
    }
}

/// A record: a struct that has the length of all in one of its fields, and attributes.
fn record(
    header: &StructSchema,
    length: u8,
    set: &AttrSet,
    depth: usize,
    u: &mut Unstructured<'_>,
) -> Result<Vec<u8>> {
    let mut bytes = value::structure(header, u)?;
    pad(&mut bytes);
    encode(&attrs(set, depth, u)?, &mut bytes);
    let field = header.fields.get(usize::from(length)).ok_or(Error::IncorrectFormat)?;
    let number = value::Number::of(field.value).ok_or(Error::IncorrectFormat)?;
    let len = number.encode(i128::try_from(bytes.len()).unwrap_or(0));
    bytes.iter_mut().skip(field.offset).zip(len).for_each(|(to, from)| *to = from);
    Ok(bytes)
}

/// Up to three items, whose types count or are any.
fn items<'u>(
    u: &mut Unstructured<'u>,
    any_type: bool,
    item: impl Fn(u16, &mut Unstructured<'u>) -> Result<Node>,
) -> Result<Vec<Node>> {
    let mut nodes = Vec::new();
    for index in 1..=u.int_in_range(0..=3_u16)? {
        let ty = if any_type { u.int_in_range(0..=AttrType::MASK)? } else { index };
        nodes.push(item(ty, u)?);
    }
    Ok(nodes)
}

/// Attributes as bytes, each padded. A length that does not fit is cut, and lies.
pub(super) fn encode(nodes: &[Node], bytes: &mut Vec<u8>) {
    for node in nodes {
        let mut payload = Vec::new();
        match &node.contents {
            Contents::Bytes(found) => payload.extend(found),
            Contents::Nodes(nodes) => encode(nodes, &mut payload),
        }
        let nla_len = u16::try_from(4 + payload.len()).unwrap_or(u16::MAX);
        bytes.extend([nla_len.to_ne_bytes(), node.nla_type.to_ne_bytes()].concat());
        bytes.extend(payload);
        pad(bytes);
    }
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}
