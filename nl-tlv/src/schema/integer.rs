//! Numbers of fixed length, as they lie in a payload.

use super::{NumberSchema, ValueType};

/// How a number lies in a payload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Integer {
    /// How many bytes it has.
    pub(crate) len: usize,
    pub(crate) is_signed: bool,
    /// In network order, not that of the host.
    pub(crate) is_network: bool,
}

impl ValueType {
    /// The number that it is, if it is one of fixed length.
    #[inline]
    pub(crate) const fn integer(self) -> Option<Integer> {
        let (len, is_signed, is_network) = match self {
            Self::U8 => (1, false, false),
            Self::U16 => (2, false, false),
            Self::U32 => (4, false, false),
            Self::U64 => (8, false, false),
            Self::S8 => (1, true, false),
            Self::S16 => (2, true, false),
            Self::S32 => (4, true, false),
            Self::S64 => (8, true, false),
            Self::Be16 => (2, false, true),
            Self::Be32 => (4, false, true),
            Self::Be64 => (8, false, true),
            Self::BeS16 => (2, true, true),
            Self::BeS32 => (4, true, true),
            Self::BeS64 => (8, true, true),
            _ => return None,
        };
        Some(Integer { len, is_signed, is_network })
    }

    /// The smallest and the largest number, if it is one.
    #[allow(clippy::as_conversions, reason = "in constants there is no `From`")]
    pub(crate) const fn range(self) -> Option<(i128, i128)> {
        let (len, is_signed) = match self {
            Self::Named(NumberSchema { base: Self::Named(_), .. }) => return None,
            Self::Named(schema) => return schema.base.range(),
            Self::Uint => (8, false),
            Self::Sint => (8, true),
            Self::Bitfield32(_) => (4, false),
            other => match other.integer() {
                Some(Integer { len, is_signed, .. }) => (len, is_signed),
                None => return None,
            },
        };
        let bits = (len as u32).wrapping_mul(8);
        let unsigned = u64::MAX.wrapping_shr(64_u32.wrapping_sub(bits)) as i128;
        let max = if is_signed { unsigned >> 1 } else { unsigned };
        Some((max.wrapping_sub(unsigned), max))
    }
}

impl Integer {
    /// The number that a payload of its length is.
    #[inline]
    pub(crate) fn read(self, payload: &[u8]) -> Option<i128> {
        let (number, unused) = match *payload {
            [a] => (a.into(), 56),
            [a, b] => (u16::from_ne_bytes([a, b]).into(), 48),
            [a, b, c, d] => (u32::from_ne_bytes([a, b, c, d]).into(), 32),
            [a, b, c, d, e, f, g, h] => (u64::from_ne_bytes([a, b, c, d, e, f, g, h]), 0),
            _ => return None,
        };
        let number = match self.is_network && cfg!(target_endian = "little") {
            true => number.swap_bytes().wrapping_shr(unused),
            false => number,
        };
        Some(match self.is_signed {
            true => i64::from_ne_bytes(number.wrapping_shl(unused).to_ne_bytes()).wrapping_shr(unused).into(),
            false => number.into(),
        })
    }
}
