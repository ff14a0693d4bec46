//! Attributes held against a schema as the kernel holds them against a policy: `__nla_validate`, with its verdicts.
//!
//! What a typed parser accepts is one thing, what the kernel accepts another: it looks at lengths, flags, ranges and
//! masks, in the strictness that the family asks for, and never at what is missing.

mod mode;
mod policy;
mod value;
mod verdict;

pub use mode::Mode;
pub use verdict::Verdict;

use super::{AttrSet, Contents, MAX_DEPTH, MessageSchema};
use crate::bytes::add;
use crate::{Attr, Attrs, Message};
use policy::Kind;

/// Holds the attributes of a message against its schema, as `nlmsg_parse` and `genlmsg_parse` do: the verdict is that of
/// the policy in the kernel that `nl-tlv-uapi` writes for the schema.
///
/// The type of the message is not looked at. A payload that is no attributes passes, because no policy is held against
/// it.
///
/// # Errors
///
/// The first refusal, with the errno, the text and the offset of the kernel.
pub fn validate(schema: &MessageSchema, message: &Message<'_>, mode: Mode) -> Result<(), Verdict> {
    let header_end = add(schema.header_offset(), schema.header.map_or(0, |header| header.len));
    if message.as_bytes().len() < header_end {
        return Err(Verdict::short_header(schema));
    }
    match schema.contents {
        Contents::Attrs(set) => {
            let header = header_end.saturating_sub(size_of::<crate::wire::NlMsgHdr>());
            validate_attrs(set, message.attrs_after(header), mode)
        }
        Contents::Payload { .. } => Ok(()),
    }
}

/// Holds attributes against a set, as `__nla_validate` does.
///
/// Offsets count as those of `attrs`: [`Attrs::at`] says where they begin.
///
/// ```
/// use nl_tlv::schema::{Mode, validate_attrs};
/// # use nl_tlv::{Attrs, schema::*};
/// # static PORT: AttrSet = AttrSet { name: "Port", doc: "", attrs: &[
/// #     AttrSchema { ty: 1, name: "port", doc: "", value: ValueType::U32, presence: Presence::Required, limits: Limits::NONE },
/// # ], c_prefix: None, part_of: None, strict_start_type: None };
/// # let bytes = [[12_u16, 1].map(u16::to_ne_bytes).concat(), vec![0; 8]].concat();
/// // `bytes` is attribute 1 with eight bytes, and the set has it as a u32
/// assert!(validate_attrs(&PORT, Attrs::at(&bytes, 20), Mode::LIBERAL).is_ok());
/// let refused = validate_attrs(&PORT, Attrs::at(&bytes, 20), Mode::STRICT).unwrap_err();
/// assert_eq!(refused.to_string(), "invalid attribute length (EINVAL, offset 20)");
/// ```
///
/// # Errors
///
/// The first refusal, with the errno, the text and the offset of the kernel.
///
/// Source: `lib/nlattr.c`, `__nla_validate_parse`.
#[doc(alias = "__nla_validate")]
pub fn validate_attrs(set: &AttrSet, attrs: Attrs<'_>, mode: Mode) -> Result<(), Verdict> {
    area(set, attrs, mode, 0)
}

/// Calls itself for a nest, through [`nest`] and [`items`], no deeper than the kernel does.
fn area(set: &AttrSet, mut attrs: Attrs<'_>, mode: Mode, depth: usize) -> Result<(), Verdict> {
    if depth >= MAX_DEPTH {
        return Err(Verdict::TOO_DEEP);
    }
    let max_type = policy::max_type(set);
    for attr in attrs.by_ref() {
        let Ok(attr) = attr else { return leftover(mode) };
        let ty = attr.ty().get();
        if (1..=max_type).contains(&ty) {
            self::attr(set, attr, mode, depth)?;
        } else if mode.contains(Mode::MAXTYPE) {
            return Err(Verdict::UNKNOWN.of(&attr));
        }
    }
    if attrs.remainder().is_empty() { Ok(()) } else { leftover(mode) }
}

/// Bytes at the end that are no attribute: fewer than a header, or a header whose length lies.
fn leftover(mode: Mode) -> Result<(), Verdict> {
    if mode.contains(Mode::TRAILING) { Err(Verdict::LEFTOVER) } else { Ok(()) }
}

fn attr(set: &AttrSet, attr: Attr<'_>, mode: Mode, depth: usize) -> Result<(), Verdict> {
    let mode = match set.strict_start_type {
        Some(start) if start != 0 && attr.ty().get() >= start => mode | Mode::STRICT,
        _ => mode,
    };
    let policy = policy::Policy::of(set, attr.ty().get());
    policy.check_header(&attr, mode).map_err(|verdict| verdict.of(&attr))?;
    policy.check_payload(attr.payload(), mode).map_err(|verdict| verdict.of(&attr))?;
    match policy.kind {
        _ if attr.payload().is_empty() => Ok(()),
        Kind::Nested(set) => area(set(), attr.nested(), mode, add(depth, 1)),
        Kind::NestedArray(set) => items(set(), attr.nested(), mode, add(depth, 1)),
        _ => Ok(()),
    }
}

/// The items of an array. Their types and flags mean nothing, and what follows the last one is not looked at.
fn items(set: &AttrSet, items: Attrs<'_>, mode: Mode, depth: usize) -> Result<(), Verdict> {
    items.map_while(Result::ok).try_for_each(|item| match item.payload().len() {
        0 => Ok(()),
        1..4 => Err(Verdict::SHORT_ITEM.of(&item)),
        _ => area(set, item.nested(), mode, depth),
    })
}
