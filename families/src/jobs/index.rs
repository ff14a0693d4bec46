//! Numbers of interfaces: one type for what structs and attributes have as `i32` here and as `u32` there.

use core::fmt;

/// The number of an interface.
///
/// ```
/// use nl_tlv_families::jobs::IfIndex;
/// assert_eq!(IfIndex::from(2u32), IfIndex::from(2i32));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "ifindex")]
pub struct IfIndex(u32);

impl IfIndex {
    /// As attributes have it.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// As the structs of links and neighbours have it.
    #[must_use]
    pub const fn signed(self) -> i32 {
        i32::from_ne_bytes(self.0.to_ne_bytes())
    }
}

impl From<u32> for IfIndex {
    fn from(index: u32) -> Self {
        Self(index)
    }
}

impl From<i32> for IfIndex {
    fn from(index: i32) -> Self {
        Self(u32::from_ne_bytes(index.to_ne_bytes()))
    }
}

impl fmt::Display for IfIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
