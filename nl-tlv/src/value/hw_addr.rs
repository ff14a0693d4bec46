//! Link-layer addresses. Ethernet's have six bytes; InfiniBand's 20, those of IP tunnels 4 or 16, a TUN device's none.

use super::Parse;
use crate::{Attr, Error, MacAddr};
use core::fmt;

/// A link-layer address of any length; printed as hexadecimal bytes with colons between them.
///
/// ```
/// use nl_tlv::{MacAddr, value::HwAddr};
/// let mac = MacAddr([2, 0, 0, 0, 0, 5]);
/// assert_eq!(HwAddr::from(&mac).to_string(), "02:00:00:00:00:05");
/// assert_eq!(HwAddr::new(&[10, 0, 0, 1]).to_string(), "0a:00:00:01");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HwAddr<'a>(&'a [u8]);

impl<'a> HwAddr<'a> {
    /// These bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// The address, if it has six bytes.
    #[must_use]
    pub fn mac(self) -> Option<MacAddr> {
        self.0.try_into().ok().map(MacAddr)
    }
}

impl<'a> From<&'a [u8]> for HwAddr<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for HwAddr<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self(bytes)
    }
}

impl<'a> From<&'a MacAddr> for HwAddr<'a> {
    fn from(mac: &'a MacAddr) -> Self {
        Self(&mac.0)
    }
}

impl AsRef<[u8]> for HwAddr<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl PartialEq<MacAddr> for HwAddr<'_> {
    fn eq(&self, other: &MacAddr) -> bool {
        self.0 == other.0
    }
}

impl fmt::Display for HwAddr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let colon = if index == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for HwAddr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HwAddr({self})")
    }
}

impl<'a> Parse<'a> for HwAddr<'a> {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Ok(Self(attr.payload()))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::value::Native;
    use crate::value::tests::{read, wire};
    use std::string::ToString;

    #[test]
    fn an_address_has_any_length() {
        for (payload, text) in [
            (&[][..], ""),
            (&[0xc0], "c0"),
            (&[0xc0, 0, 2, 7], "c0:00:02:07"),
            (&[0xa; 6], "0a:0a:0a:0a:0a:0a"),
        ] {
            let address: HwAddr<'_> = read::<_, Native>(payload).unwrap();
            assert_eq!(address.to_string(), text);
            assert_eq!(wire::<_, Native>(&address), payload);
        }
    }

    #[test]
    fn six_bytes_are_a_mac_address() {
        let mac = MacAddr([2, 0, 0, 0, 0, 5]);
        assert_eq!(HwAddr::from(&mac).mac(), Some(mac));
        assert_eq!(HwAddr::from(&mac), mac);
        assert_eq!(HwAddr::new(&[1, 2]).mac(), None);
    }
}
