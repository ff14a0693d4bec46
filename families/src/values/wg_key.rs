//! A key of WireGuard: 32 bytes, written in base64.

use core::fmt;
use core::str::FromStr;
use nl_tlv::schema::ValueType;
use nl_tlv::value::{Emit, Parse};
use nl_tlv::{Attr, AttrWriter, Error};

/// A private, public or shared key. It reads and prints as `wg` does, in base64; `Debug` does not show it.
///
/// ```
/// use nl_tlv_families::values::WgKey;
/// let key: WgKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=".parse()?;
/// assert_eq!(key.to_string(), "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");
/// # Ok::<(), nl_tlv_families::values::NotAKey>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WgKey(pub [u8; 32]);

impl WgKey {
    /// What removes a private or a shared key.
    pub const NONE: Self = Self([0; 32]);
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A text that is not 32 bytes in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKey;

impl fmt::Display for NotAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key is 44 characters of base64 for 32 bytes")
    }
}

impl core::error::Error for NotAKey {}

impl FromStr for WgKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let digits = text.strip_suffix('=').filter(|digits| digits.len() == 43).ok_or(NotAKey)?;
        let (mut key, mut at, mut bits, mut have) = ([0; 32], 0, 0u32, 0);
        for digit in digits.bytes() {
            let value = DIGITS.iter().zip(0u32..).find(|(known, _)| **known == digit).ok_or(NotAKey)?.1;
            (bits, have) = ((bits << 6 | value) & 0xffff, have + 6);
            if have >= 8 {
                have -= 8;
                key[at] = (bits >> have).to_le_bytes()[0];
                at += 1;
            }
        }
        // The last digit has two bits more than the key.
        match bits & 3 {
            0 => Ok(Self(key)),
            _ => Err(NotAKey),
        }
    }
}

impl fmt::Display for WgKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.chunks(3) {
            let mut three = [0; 4];
            three[1..=chunk.len()].copy_from_slice(chunk);
            let bits = u32::from_be_bytes(three);
            for digit in 0..4 {
                let value = usize::try_from(bits >> (18 - 6 * digit) & 0x3f).unwrap_or(0);
                let is_padding = digit > u32::try_from(chunk.len()).unwrap_or(3);
                let shown = if is_padding { b'=' } else { DIGITS[value] };
                fmt::Write::write_char(f, shown.into())?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for WgKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WgKey(..)")
    }
}

impl From<[u8; 32]> for WgKey {
    fn from(key: [u8; 32]) -> Self {
        Self(key)
    }
}

impl<'a> Parse<'a> for WgKey {
    #[inline]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        <[u8; 32]>::parse(attr).map(Self)
    }
}

impl Emit for WgKey {
    const TYPE: ValueType = <[u8; 32] as Emit>::TYPE;

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(&self.0)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_key_is_read_as_it_is_printed() {
        let mut key = [0; 32];
        for (at, byte) in key.iter_mut().enumerate() {
            *byte = u8::try_from(at * 37 % 256).unwrap();
        }
        assert_eq!(WgKey(key).to_string().parse(), Ok(WgKey(key)));
        assert_eq!(WgKey::NONE.to_string(), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let long = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let spare_bits = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=";
        for text in ["", "AAAA", long, spare_bits, &long[1..].replace("AA", "!!")] {
            assert_eq!(text.parse::<WgKey>(), Err(NotAKey), "{text}");
        }
    }
}
