//! What the kernel looks at in a payload.

use super::policy::{Check, Kind, Number, Policy};
use super::{PolicyRefusal, Strictness};
use crate::Attr;
use crate::bytes::{add, head};
use crate::value::Bitfield32;

impl Policy {
    /// Everything about a payload but what is nested in it.
    pub(super) fn check_payload(&self, attr: &Attr<'_>, strictness: Strictness) -> Result<(), PolicyRefusal> {
        let payload = attr.payload();
        match self.kind {
            Kind::Unspec if strictness.contains(Strictness::UNSPEC) => Err(PolicyRefusal::UNSUPPORTED),
            Kind::Unspec => Ok(()),
            Kind::Reject => Err(PolicyRefusal::INVALID),
            Kind::Flag => ensure(payload.is_empty(), PolicyRefusal::FAILED),
            Kind::Nested(_) | Kind::NestedArray(_) | Kind::AnyNested => {
                ensure(!(1..4).contains(&payload.len()), PolicyRefusal::FAILED)
            }
            Kind::Bitfield32(mask) => bitfield32(attr, mask),
            Kind::Text { max_len, needs_nul } => text(payload, max_len, needs_nul),
            Kind::Binary { max_len } if max_len != 0 && payload.len() > max_len => Err(PolicyRefusal::FAILED),
            Kind::Binary { .. } => {
                let len = i128::try_from(payload.len()).unwrap_or(i128::MAX);
                ensure(self.check.holds(len), PolicyRefusal::BINARY_RANGE)
            }
            Kind::Number(number) => self.check_number(number, attr),
            Kind::AnyNumber { is_signed } => match payload.len() {
                len @ (4 | 8) => self.check_number(Number { len, is_signed, is_network: false }, attr),
                _ => Err(PolicyRefusal::LENGTH),
            },
        }
    }

    fn check_number(&self, number: Number, attr: &Attr<'_>) -> Result<(), PolicyRefusal> {
        let is_network = number.is_network || attr.is_net_byteorder();
        let value = Number { is_network, ..number }.read(attr.payload()).ok_or(PolicyRefusal::FAILED)?;
        let refusal = match self.check {
            Check::Mask(_) => PolicyRefusal::RESERVED_BIT,
            Check::None | Check::Range(..) => PolicyRefusal::NUMBER_RANGE,
        };
        ensure(self.check.holds(value), refusal)
    }
}

impl Check {
    fn holds(self, value: i128) -> bool {
        match self {
            Self::None => true,
            Self::Range(min, max) => (min..=max).contains(&value),
            Self::Mask(mask) => value & !i128::from(mask) == 0,
        }
    }
}

impl Number {
    /// The number at the start of a payload, which may be longer.
    fn read(self, payload: &[u8]) -> Option<i128> {
        let payload = payload.get(..self.len)?;
        let big_endian = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        let value = match self.is_network || cfg!(target_endian = "big") {
            true => payload.iter().fold(0, big_endian),
            false => payload.iter().rev().fold(0, big_endian),
        };
        let unused = 64_u32.saturating_sub(u32::try_from(self.len).ok()?.saturating_mul(8));
        Some(match self.is_signed {
            true => {
                i128::from(i64::from_ne_bytes(value.wrapping_shl(unused).to_ne_bytes()).wrapping_shr(unused))
            }
            false => i128::from(value),
        })
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
