//! How strict the kernel is.

use bitflags::bitflags;

bitflags! {
    /// How strict a validation is: the bits of the kernel's `enum netlink_validation`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    #[doc(alias = "netlink_validation")]
    pub struct Strictness: u32 {
        /// Bytes behind the last attribute are refused.
        #[doc(alias = "NL_VALIDATE_TRAILING")]
        const TRAILING = 1;
        /// Attribute types beyond the last known one are refused.
        #[doc(alias = "NL_VALIDATE_MAXTYPE")]
        const MAXTYPE = 2;
        /// Attribute types that have no policy are refused.
        #[doc(alias = "NL_VALIDATE_UNSPEC")]
        const UNSPEC = 4;
        /// Numbers must have exactly their length.
        #[doc(alias = "NL_VALIDATE_STRICT_ATTRS")]
        const STRICT_ATTRS = 8;
        /// Nests must have `NLA_F_NESTED`, and nothing else may.
        #[doc(alias = "NL_VALIDATE_NESTED")]
        const NESTED = 16;
        /// What families check that were strict before there was [`STRICT`](Self::STRICT).
        #[doc(alias = "NL_VALIDATE_DEPRECATED_STRICT")]
        const DEPRECATED_STRICT = 3;
        /// Everything; what new families check.
        #[doc(alias = "NL_VALIDATE_STRICT")]
        const STRICT = 0x1f;
    }
}

impl Strictness {
    /// Only what the policy says, and longer numbers than that.
    #[doc(alias = "NL_VALIDATE_LIBERAL")]
    pub const LIBERAL: Self = Self::empty();
}
