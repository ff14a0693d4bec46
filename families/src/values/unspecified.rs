//! A nest whose attributes no specification names.

use nl_tlv::{NlAttrs, Rest};

/// Attributes of which only the types are known: those of a driver, or of another family.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Unspecified<'a> {
    /// All of them.
    #[nl(rest)]
    pub all: Rest<'a>,
}
