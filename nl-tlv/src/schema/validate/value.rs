//! What the kernel looks at in a payload.

use super::PolicyRefusal;
use super::policy::Policy;
use crate::Attr;
use crate::bytes::{add, from_u32, head};
use crate::control::Policy as Accepted;
use crate::schema::integer::Integer;
use crate::value::Bitfield32;

impl Policy {
    /// Everything about a payload but what is nested in it.
    pub(super) fn check_payload(&self, attr: &Attr<'_>) -> Result<(), PolicyRefusal> {
        let (payload, Accepted { ty, max_len, .. }) = (attr.payload(), self.accepted);
        let max_text = max_len.map_or(0, from_u32);
        match (ty, payload.len()) {
            (Accepted::INVALID, _) => Err(PolicyRefusal::INVALID),
            (Accepted::FLAG, len) => ensure(len == 0, PolicyRefusal::FAILED),
            (Accepted::NESTED | Accepted::NESTED_ARRAY, len) => {
                ensure(!(1..4).contains(&len), PolicyRefusal::FAILED)
            }
            (Accepted::BITFIELD32, _) => bitfield32(attr, self.accepted.bitfield32_mask.unwrap_or(0)),
            (Accepted::STRING, _) => text(payload, max_text, false),
            (Accepted::NUL_STRING, _) => text(payload, max_text, true),
            (Accepted::BINARY, len) => self.check_len(len),
            (Accepted::UINT | Accepted::SINT, len @ (4 | 8)) => {
                self.check_number(Integer { len, is_signed: ty == Accepted::SINT, is_network: false }, attr)
            }
            _ => match self.integer {
                Some(integer) => self.check_number(integer, attr),
                None => Err(PolicyRefusal::LENGTH),
            },
        }
    }

    /// The length of bytes. Where it is not a range, the kernel has another text for it.
    fn check_len(&self, len: usize) -> Result<(), PolicyRefusal> {
        let is_short = self.accepted.min_len.is_some_and(|min| len < from_u32(min));
        let is_long = self.accepted.max_len.is_some_and(|max| len > from_u32(max));
        let refusal = self.accepted.min_len.map_or(PolicyRefusal::FAILED, |_| PolicyRefusal::BINARY_RANGE);
        ensure(!is_short && !is_long, refusal)
    }

    fn check_number(&self, integer: Integer, attr: &Attr<'_>) -> Result<(), PolicyRefusal> {
        let is_network = integer.is_network || attr.is_net_byteorder();
        // A longer payload is read as far as the number goes.
        let bytes = attr.payload().get(..integer.len).ok_or(PolicyRefusal::FAILED)?;
        let number = Integer { is_network, ..integer }.read(bytes).ok_or(PolicyRefusal::FAILED)?;
        let Accepted { min, max, min_signed, max_signed, mask, .. } = self.accepted;
        let [min, max] = [min, max].map(|limit| limit.map(i128::from));
        let [min, max] = [min.or(min_signed.map(i128::from)), max.or(max_signed.map(i128::from))];
        let is_within = min.is_none_or(|min| min <= number) && max.is_none_or(|max| number <= max);
        ensure(is_within, PolicyRefusal::NUMBER_RANGE)?;
        let is_of_mask = mask.is_none_or(|mask| number & !i128::from(mask) == 0);
        ensure(is_of_mask, PolicyRefusal::RESERVED_BIT)
    }
}

/// A string without its NUL must not be longer than so many bytes; one NUL at its end counts as none.
fn text(payload: &[u8], max_len: usize, needs_nul: bool) -> Result<(), PolicyRefusal> {
    let before_nul = if max_len == 0 { payload } else { head(payload, add(max_len, 1)) };
    if needs_nul && !before_nul.contains(&0) {
        return Err(PolicyRefusal::INVALID);
    }
    let without_nul = payload.strip_suffix(&[0]).unwrap_or(payload);
    ensure(!payload.is_empty() && (max_len == 0 || without_nul.len() <= max_len), PolicyRefusal::FAILED)
}

/// The value, then the selector that says which of its bits are meant.
fn bitfield32(attr: &Attr<'_>, mask: u32) -> Result<(), PolicyRefusal> {
    let Ok(Bitfield32 { value, selector }) = attr.parse::<Bitfield32>() else {
        return Err(PolicyRefusal::FAILED);
    };
    let is_valid = mask != 0 && selector & !mask == 0 && value & !mask == 0 && value & !selector == 0;
    ensure(is_valid, PolicyRefusal::INVALID)
}

fn ensure(holds: bool, refusal: PolicyRefusal) -> Result<(), PolicyRefusal> {
    if holds { Ok(()) } else { Err(refusal) }
}
