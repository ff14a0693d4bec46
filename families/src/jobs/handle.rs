//! Handles of traffic control: what qdiscs, classes and filters are called.

use core::fmt;
use core::str::FromStr;

/// A handle: the number of a qdisc and that of a class in it, both written in hexadecimal.
///
/// ```
/// use nl_tlv_families::jobs::Handle;
/// assert_eq!(Handle::from((1, 0x10)).to_string(), "1:10");
/// assert_eq!("1:10".parse(), Ok(Handle::new(1, 0x10)));
/// assert_eq!("1:".parse(), Ok(Handle::qdisc(1)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(u32);

impl Handle {
    /// The root of an interface.
    #[doc(alias = "TC_H_ROOT")]
    pub const ROOT: Self = Self(0xffff_ffff);

    /// What `ingress` and `clsact` are under.
    #[doc(alias = "TC_H_INGRESS")]
    #[doc(alias = "TC_H_CLSACT")]
    pub const INGRESS: Self = Self(0xffff_fff1);

    /// What the filters of incoming packets are under, in `ingress` and `clsact`.
    #[doc(alias = "TC_H_MIN_INGRESS")]
    pub const INCOMING: Self = Self(0xffff_fff2);

    /// What the filters of outgoing packets are under, in `clsact`.
    #[doc(alias = "TC_H_MIN_EGRESS")]
    pub const OUTGOING: Self = Self(0xffff_fff3);

    /// A class of a qdisc.
    #[must_use]
    pub const fn new(qdisc: u16, class: u16) -> Self {
        let ([b0, b1], [b2, b3]) = (qdisc.to_be_bytes(), class.to_be_bytes());
        Self(u32::from_be_bytes([b0, b1, b2, b3]))
    }

    /// A qdisc.
    #[must_use]
    pub const fn qdisc(number: u16) -> Self {
        Self::new(number, 0)
    }

    /// As messages have it.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl From<u32> for Handle {
    fn from(handle: u32) -> Self {
        Self(handle)
    }
}

impl From<(u16, u16)> for Handle {
    fn from((qdisc, class): (u16, u16)) -> Self {
        Self::new(qdisc, class)
    }
}

/// A text that is not a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAHandle;

impl fmt::Display for NotAHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a handle is two hexadecimal numbers of at most four digits with a colon between, as 1:10",
        )
    }
}

impl core::error::Error for NotAHandle {}

impl FromStr for Handle {
    type Err = NotAHandle;

    fn from_str(text: &str) -> Result<Self, NotAHandle> {
        let (qdisc, class) = text.split_once(':').ok_or(NotAHandle)?;
        let number = |digits: &str| match digits {
            "" => Ok(0),
            _ if digits.starts_with('+') => Err(NotAHandle),
            _ => u16::from_str_radix(digits, 16).map_err(|_| NotAHandle),
        };
        Ok(Self::new(number(qdisc)?, number(class)?))
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 >> 16, self.0 & 0xffff) {
            (qdisc, 0) => write!(f, "{qdisc:x}:"),
            (0, class) => write!(f, ":{class:x}"),
            (qdisc, class) => write!(f, "{qdisc:x}:{class:x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_hexadecimal() {
        assert_eq!(Handle::new(0xffff, 0xfff2), Handle::INCOMING);
        assert_eq!("8001:".parse(), Ok(Handle::from(0x8001_0000)));
        for text in ["", "1", "1:2:3", "10000:", "x:1", "+1:"] {
            assert_eq!(text.parse::<Handle>(), Err(NotAHandle), "{text}");
        }
    }
}
