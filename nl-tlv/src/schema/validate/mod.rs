//! Attributes held against a schema as the kernel holds them against a policy: `__nla_validate`, with its verdicts.
//!
//! The kernel's validation differs from typed parsing: it checks lengths, flags, ranges and masks, as strictly as the family
//! asks for, and never whether an attribute is missing.

#[cfg(feature = "socket")]
mod limits;
mod policy;
mod refusal;
mod strictness;
mod value;

#[cfg(feature = "socket")]
pub(crate) use limits::check_values;
pub(crate) use refusal::PolicyRefusal;
pub use strictness::Strictness;

use super::types::Nest;
use super::{AttrSet, MAX_DEPTH, MessageSchema, Path, locate};
use crate::bytes::add;
use crate::control::{Policy as Accepted, Refusal};
use crate::{Attr, Attrs, Message};

/// Holds the attributes of a message against its schema, as `nlmsg_parse` and `genlmsg_parse` do: the refusal is that of
/// the policy in the kernel that `nl-tlv-uapi` writes for the schema.
///
/// The type of the message is not checked. A message whose payload is not attributes passes, because the kernel has no
/// policy for it.
///
/// ```
/// use nl_tlv::schema::{Strictness, validate};
/// use nl_tlv::{Header, Messages, NlMessage};
///
/// #[derive(NlMessage)]
/// #[nl(ty = 20)]
/// struct Room {
///     #[nl(attr = 2, max = 30)]
///     degrees: u8,
/// }
/// # #[derive(NlMessage)]
/// # #[nl(ty = 20)]
/// # struct OfAnotherProgram { #[nl(attr = 2)] degrees: u8 }
/// # let mut buf = [0; 32];
/// # let bytes = OfAnotherProgram { degrees: 40 }.emit(&mut buf, Header::request())?;
///
/// let received = Messages::new(bytes).next().unwrap()?; // another program has sent 40 degrees
/// assert_eq!(Room::parse(&received)?.degrees, 40);
/// let refusal = validate(Room::SCHEMAS[0], &received, Strictness::STRICT).unwrap_err();
/// assert_eq!((refusal.message(), refusal.path()), (Some("integer out of range"), Some("Room.degrees")));
/// assert_eq!(refusal.ext_ack().policy.unwrap().to_string(), "u8, at most 30");
/// # Ok::<(), nl_tlv::Error>(())
/// ```
///
/// # Errors
///
/// The first refusal, with the errno, the text and the offset of the kernel, the place by name, and what would have been
/// accepted there.
#[expect(clippy::result_large_err, reason = "a refusal is owned without allocation")]
pub fn validate(
    schema: &MessageSchema,
    message: &Message<'_>,
    strictness: Strictness,
) -> Result<(), Refusal> {
    judge(schema, message, strictness).map_err(|refusal| {
        let Some(offset) = refusal.offset() else { return refusal.kept(None) };
        let path = locate(schema, message.as_bytes(), offset);
        refusal.kept(accepted(&path)).at(path)
    })
}

/// What would have been accepted at a place, if the kernel has a policy for it.
pub(crate) fn accepted(path: &Path) -> Option<Accepted> {
    path.attr().and_then(policy::accepted)
}

/// As [`validate`], with a verdict that is small.
pub(crate) fn judge(
    schema: &MessageSchema,
    message: &Message<'_>,
    strictness: Strictness,
) -> Result<(), PolicyRefusal> {
    let header_end = add(schema.header_offset(), schema.header.map_or(0, |header| header.len));
    if message.as_bytes().len() < header_end {
        return Err(PolicyRefusal::short_header(schema));
    }
    if schema.payload.is_some() {
        return Ok(());
    }
    let header = header_end.saturating_sub(size_of::<crate::wire::NlMsgHdr>());
    area(schema.attrs, message.attrs_after(header), strictness, 0)
}

/// Holds attributes against a set, as `__nla_validate` does.
///
/// Offsets count as those of `attrs`: [`Attrs::at`] says where they begin.
///
/// ```
/// use nl_tlv::schema::{Strictness, validate_attrs};
/// # use nl_tlv::{Attrs, schema::*};
/// # static PORT: AttrSet = AttrSet { name: "Port", doc: "", attrs: &[
/// #     AttrSchema { ty: 1, name: "port", doc: "", value: ValueType::U32, presence: Presence::Required, limits: Limits::NONE, is_net_byteorder: false },
/// # ], c_prefix: None, part_of: None, strict_start_type: None };
/// # let bytes = [[12_u16, 1].map(u16::to_ne_bytes).concat(), vec![0; 8]].concat();
/// // `bytes` is attribute 1 with eight bytes, and the set has it as a u32
/// assert!(validate_attrs(&PORT, Attrs::at(&bytes, 20), Strictness::LIBERAL).is_ok());
/// let refused = validate_attrs(&PORT, Attrs::at(&bytes, 20), Strictness::STRICT).unwrap_err();
/// assert_eq!((refused.message(), refused.ext_ack().offset), (Some("invalid attribute length"), Some(20)));
/// ```
///
/// # Errors
///
/// The first refusal, with the errno, the text and the offset of the kernel.
///
/// Source: `lib/nlattr.c`, `__nla_validate_parse`.
#[doc(alias = "__nla_validate")]
#[expect(clippy::result_large_err, reason = "a refusal is owned without allocation")]
pub fn validate_attrs(set: &AttrSet, attrs: Attrs<'_>, strictness: Strictness) -> Result<(), Refusal> {
    area(set, attrs, strictness, 0).map_err(|refusal| refusal.kept(None))
}

/// Calls itself for a nest, through [`nest`] and [`items`], no deeper than the kernel does.
fn area(
    set: &AttrSet,
    mut attrs: Attrs<'_>,
    strictness: Strictness,
    depth: usize,
) -> Result<(), PolicyRefusal> {
    if depth >= MAX_DEPTH {
        return Err(PolicyRefusal::TOO_DEEP);
    }
    let max_type = policy::max_type(set);
    for attr in attrs.by_ref() {
        let Ok(attr) = attr else { return leftover(strictness) };
        let ty = attr.ty().get();
        if (1..=max_type).contains(&ty) {
            self::attr(set, attr, strictness, depth)?;
        } else if strictness.contains(Strictness::MAXTYPE) {
            return Err(PolicyRefusal::UNKNOWN.of(&attr));
        }
    }
    if attrs.remainder().is_empty() { Ok(()) } else { leftover(strictness) }
}

/// Bytes at the end that are no attribute: fewer than a header, or a header whose length lies.
fn leftover(strictness: Strictness) -> Result<(), PolicyRefusal> {
    if strictness.contains(Strictness::TRAILING) { Err(PolicyRefusal::LEFTOVER) } else { Ok(()) }
}

fn attr(set: &AttrSet, attr: Attr<'_>, strictness: Strictness, depth: usize) -> Result<(), PolicyRefusal> {
    let strictness = match set.strict_start_type {
        Some(start) if start != 0 && attr.ty().get() >= start => strictness | Strictness::STRICT,
        _ => strictness,
    };
    let Some(policy) = policy::Policy::of(set, attr.ty().get()) else {
        let is_refused = strictness.contains(Strictness::UNSPEC);
        return if is_refused { Err(PolicyRefusal::UNSUPPORTED.of(&attr)) } else { Ok(()) };
    };
    policy.check_header(&attr, strictness).map_err(|refusal| refusal.of(&attr))?;
    policy.check_payload(&attr).map_err(|refusal| refusal.of(&attr))?;
    match policy.nest {
        _ if attr.payload().is_empty() => Ok(()),
        Some(Nest::Attrs(set)) => area(set(), attr.nested(), strictness, add(depth, 1)),
        Some(Nest::Items(set)) => items(set(), attr.nested(), strictness, add(depth, 1)),
        Some(Nest::Any) | None => Ok(()),
    }
}

/// The items of an array. Their types and flags mean nothing, and what follows the last one is not looked at.
fn items(set: &AttrSet, items: Attrs<'_>, strictness: Strictness, depth: usize) -> Result<(), PolicyRefusal> {
    items.map_while(Result::ok).try_for_each(|item| match item.payload().len() {
        0 => Ok(()),
        1..4 => Err(PolicyRefusal::SHORT_ITEM.of(&item)),
        _ => area(set, item.nested(), strictness, depth),
    })
}
