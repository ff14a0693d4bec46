//! Messages with one thing wrong.

use super::tree::{Contents, Node, Tree};
use super::value::{self, Number};
use arbitrary::{Result, Unstructured};
use nl_tlv::AttrType;
use nl_tlv::schema::{AttrSchema, AttrSet, MAX_DEPTH, MessageSchema, Presence, ValueType};

/// A message with one thing wrong, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// What is wrong.
    pub damage: Damage,
    /// The message.
    pub bytes: Vec<u8>,
}

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Damage {
    /// A value of fixed length has another one: refused by the strict validator.
    Length,
    /// A required attribute is missing, which the kernel's validator does not look at.
    Missing,
    /// A number, a string or bytes are beyond their limits.
    OutOfRange,
    /// An attribute that must not be sent is there: refused in every mode.
    Rejected,
    /// `NLA_F_NESTED` is set where it must not be, or absent where it must be set: refused by the strict validator.
    NestedFlag,
    /// An attribute is there that the schema does not have: refused by the strict validator, skipped by parsers.
    Unknown,
    /// Nests go deeper than the kernel and the readers of schemas do.
    Deep,
    /// The message ends early; its header says so, or lies.
    Truncated,
    /// Any bytes behind the header are changed.
    Changed,
}

impl Damage {
    const ALL: [Self; 9] = [
        Self::Length,
        Self::Missing,
        Self::OutOfRange,
        Self::Rejected,
        Self::NestedFlag,
        Self::Unknown,
        Self::Deep,
        Self::Truncated,
        Self::Changed,
    ];
}

/// A message with one thing wrong. If the damage that was drawn is impossible in this message, bytes are changed instead.
///
/// ```
/// use arbitrary::Unstructured;
/// use nl_tlv::NlMessage;
/// use nl_tlv_testing::random;
/// # #[derive(NlMessage)]
/// # #[nl(ty = 20)]
/// # struct Room { #[nl(attr = 2)] degrees: u8 }
///
/// let near_miss = random::near_miss(Room::SCHEMAS[0], &mut Unstructured::new(b"what a fuzzer has drawn"))?;
/// println!("{:?}: a server must refuse {:?}", near_miss.damage, near_miss.bytes);
/// # Ok::<(), arbitrary::Error>(())
/// ```
///
/// # Errors
///
/// As [`message`](super::message).
pub fn near_miss(schema: &MessageSchema, u: &mut Unstructured<'_>) -> Result<NearMiss> {
    let damage = *u.choose(&Damage::ALL)?;
    let mut tree = Tree::draw(schema, u)?;
    let is_done = match tree.nodes() {
        Some(nodes) => apply(damage, schema.attrs, nodes, u)?,
        None => false,
    };
    let bytes = tree.encode();
    Ok(match damage {
        _ if is_done => NearMiss { damage, bytes },
        Damage::Truncated => NearMiss { damage, bytes: truncated(&tree, bytes, u)? },
        _ => NearMiss { damage: Damage::Changed, bytes: changed(bytes, u)? },
    })
}

/// Makes something wrong in the tree, if there is what it takes.
fn apply(damage: Damage, set: &AttrSet, nodes: &mut Vec<Node>, u: &mut Unstructured<'_>) -> Result<bool> {
    match damage {
        Damage::Length => one(nodes, u, has_fixed_len, wrong_length),
        Damage::OutOfRange => one(nodes, u, has_limits, out_of_range),
        Damage::NestedFlag => one(nodes, u, |_| true, flip_nested),
        Damage::Deep => one(nodes, u, is_nest, deepen),
        Damage::Missing => missing(nodes, u),
        Damage::Rejected => rejected(set, nodes, u),
        Damage::Unknown => unknown(set, nodes, u),
        Damage::Truncated | Damage::Changed => Ok(false),
    }
}

/// Does something to one of the known attributes that it can be done to, at any depth.
fn one(
    nodes: &mut [Node],
    u: &mut Unstructured<'_>,
    is_fit: fn(&AttrSchema) -> bool,
    change: fn(&mut Node, &'static AttrSchema, &mut Unstructured<'_>) -> Result<()>,
) -> Result<bool> {
    let mut fit = 0;
    while nth(nodes, is_fit, &mut { fit }).is_some() {
        fit += 1;
    }
    if fit == 0 {
        return Ok(false);
    }
    match nth(nodes, is_fit, &mut u.choose_index(fit)?) {
        Some((node, attr)) => change(node, attr, u).map(|()| true),
        None => Ok(false),
    }
}

/// The fitting attribute of a number, those in front of it and around it counted.
fn nth<'n>(
    nodes: &'n mut [Node],
    is_fit: fn(&AttrSchema) -> bool,
    at: &mut usize,
) -> Option<(&'n mut Node, &'static AttrSchema)> {
    for node in nodes {
        if let Some(attr) = node.schema.filter(|attr| is_fit(attr)) {
            match at.checked_sub(1) {
                Some(less) => *at = less,
                None => return Some((node, attr)),
            }
        }
        // What lies in other nests, no policy of the kernel is held against.
        let is_checked =
            |attr: &AttrSchema| matches!(attr.value, ValueType::Nested(_) | ValueType::NestedArray(_));
        let is_open = node.schema.is_none_or(is_checked);
        let found = match &mut node.contents {
            Contents::Nodes(nodes) if is_open => nth(nodes, is_fit, at),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn has_fixed_len(attr: &AttrSchema) -> bool {
    value::fixed_len(attr.value).is_some()
}

fn wrong_length(node: &mut Node, attr: &'static AttrSchema, u: &mut Unstructured<'_>) -> Result<()> {
    let right = value::fixed_len(attr.value).unwrap_or(0);
    let len = u.int_in_range(0..=right + 3)?;
    let len = if len < right { len } else { len + 1 };
    node.contents = Contents::Bytes(value::bytes(len, u)?);
    Ok(())
}

fn has_limits(attr: &AttrSchema) -> bool {
    !beyond(attr).is_empty()
}

fn out_of_range(node: &mut Node, attr: &'static AttrSchema, u: &mut Unstructured<'_>) -> Result<()> {
    node.contents = Contents::Bytes(u.choose(&beyond(attr))?.clone());
    Ok(())
}

/// Payloads that the limits of an attribute do not allow.
fn beyond(attr: &AttrSchema) -> Vec<Vec<u8>> {
    let AttrSchema { value, limits, .. } = attr;
    if let Some(number) = Number::of(*value) {
        return number.beyond(limits).into_iter().map(|beyond| number.encode(beyond)).collect();
    }
    let too_long = limits.max_len.map(|max| max + 1);
    let too_short = limits.min_len.and_then(|min| min.checked_sub(1));
    let lengths = too_long.into_iter().chain(too_short);
    let end: &[u8] = if matches!(value, ValueType::NulString) { &[0] } else { &[] };
    match value {
        ValueType::String | ValueType::NulString | ValueType::Bytes | ValueType::HwAddr => {
            lengths.map(|len| core::iter::repeat_n(b'x', len).chain(end.iter().copied()).collect()).collect()
        }
        ValueType::Bitfield32(_) => {
            let mask = limits.mask.and_then(|mask| u32::try_from(mask).ok()).unwrap_or(u32::MAX);
            let reserved = (mask != u32::MAX).then(|| [(!mask).to_ne_bytes(); 2].concat());
            reserved.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn flip_nested(node: &mut Node, _: &'static AttrSchema, _: &mut Unstructured<'_>) -> Result<()> {
    node.nla_type ^= AttrType::NESTED_FLAG;
    Ok(())
}

fn is_nest(attr: &AttrSchema) -> bool {
    matches!(attr.value, ValueType::Nested(_))
}

/// The nest in itself, again and again.
fn deepen(node: &mut Node, attr: &'static AttrSchema, _: &mut Unstructured<'_>) -> Result<()> {
    let deeper = |nodes, _| Vec::from([Node::nested(attr.ty, nodes)]);
    node.contents = Contents::Nodes((0..=MAX_DEPTH).fold(Vec::new(), deeper));
    Ok(())
}

/// Without one of the required attributes.
fn missing(nodes: &mut Vec<Node>, u: &mut Unstructured<'_>) -> Result<bool> {
    let is_required = |attr: &AttrSchema| attr.presence == Presence::Required;
    let mark = |node: &mut Node, _: &'static AttrSchema, _: &mut Unstructured<'_>| {
        node.nla_type = GONE;
        Ok(())
    };
    let is_done = one(nodes, u, is_required, mark)?;
    sweep(nodes);
    Ok(is_done)
}

/// Marks what is to be taken out; no attribute is drawn with both flags.
const GONE: u16 = u16::MAX;

fn sweep(nodes: &mut Vec<Node>) {
    nodes.retain(|node| node.nla_type != GONE);
    for node in nodes {
        if let Contents::Nodes(nodes) = &mut node.contents {
            sweep(nodes);
        }
    }
}

fn rejected(set: &AttrSet, nodes: &mut Vec<Node>, u: &mut Unstructured<'_>) -> Result<bool> {
    let Some(attr) = set.attrs.iter().find(|attr| matches!(attr.value, ValueType::Reject)) else {
        return Ok(false);
    };
    nodes.insert(u.int_in_range(0..=nodes.len())?, Node::leaf(attr.ty, Vec::new()));
    Ok(true)
}

fn unknown(set: &AttrSet, nodes: &mut Vec<Node>, u: &mut Unstructured<'_>) -> Result<bool> {
    let shared = set.part_of.map_or(&[][..], |set| set().attrs);
    let last = set.attrs.iter().chain(shared).map(|attr| attr.ty).max().unwrap_or(0);
    let ty = u.int_in_range(last.saturating_add(1)..=AttrType::MASK)?;
    let len = u.int_in_range(0..=8)?;
    let node = Node::leaf(ty, value::bytes(len, u)?);
    nodes.insert(u.int_in_range(0..=nodes.len())?, node);
    Ok(true)
}

/// Cut behind the header, which says so; or cut anywhere, with a header that lies.
fn truncated(tree: &Tree, mut bytes: Vec<u8>, u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let len = u.choose_index(bytes.len())?;
    if len > 16 && u.arbitrary()? {
        return Ok(tree.framed(bytes.get(16..len).unwrap_or_default()));
    }
    bytes.truncate(len);
    Ok(bytes)
}

fn changed(mut bytes: Vec<u8>, u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    for _ in 0..u.int_in_range(1..=4)? {
        let at = u.choose_index(bytes.len())?;
        let value = if u.arbitrary()? { *u.choose(&[0, 1, 3, 4, 5, 0x80, 0xff])? } else { u.arbitrary()? };
        if let Some(byte) = bytes.get_mut(at).filter(|_| at >= 16) {
            *byte = value;
        }
    }
    Ok(bytes)
}
