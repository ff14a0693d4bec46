//! Numbers of interfaces: one type for what structs and attributes have as `i32` here and as `u32` there.

use core::fmt;

/// The number of an interface.
///
/// Constructors take it, a `u32` or an `i32`. To compare it with a field, or to store it in one, it becomes either again:
///
/// ```
/// use nl_tlv_families::jobs::IfIndex;
/// let index = IfIndex::from(2i32);
/// assert_eq!(index, IfIndex::from(2u32));
/// assert_eq!((u32::from(index), i32::from(index)), (2, 2));
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

impl From<IfIndex> for u32 {
    fn from(index: IfIndex) -> Self {
        index.get()
    }
}

impl From<IfIndex> for i32 {
    fn from(index: IfIndex) -> Self {
        index.signed()
    }
}

impl fmt::Display for IfIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
