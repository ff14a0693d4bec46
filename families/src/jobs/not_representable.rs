//! Why a constructor refuses what it is given.

use core::fmt;

/// What a constructor was given cannot be represented in its message. Nothing is cut or exchanged so that it fits.
///
/// What the kernel refuses by itself, a constructor leaves to the kernel: a prefix length of 40 for an address of IPv4, for
/// example, is "Invalid prefix length".
///
#[cfg_attr(feature = "tc", doc = "```")]
#[cfg_attr(not(feature = "tc"), doc = "```ignore")]
/// use nl_tlv_families::tc::TcNetemQopt;
/// let refused = TcNetemQopt::new().loss(120.0).unwrap_err();
/// assert_eq!(refused.to_string(), "a share is from 0 to 100 percent");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotRepresentable(&'static str);

impl NotRepresentable {
    /// With the rule that was broken.
    pub(super) const fn new(rule: &'static str) -> Self {
        Self(rule)
    }

    /// Two addresses of a message that has one family.
    #[cfg(any(feature = "rt-link", feature = "xfrm", feature = "tc"))]
    pub(super) const FAMILIES: Self = Self::new("all addresses have to be of one family");
}

impl fmt::Display for NotRepresentable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl core::error::Error for NotRepresentable {}
