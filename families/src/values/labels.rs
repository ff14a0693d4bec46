//! Labels of MPLS.

use nl_tlv::NlValue;
use nl_tlv::bitflags::bitflags;

/// An entry of a label stack, in network order on the wire: a label of 20 bits, a traffic class of 3, the bit
/// [`BOTTOM`](Self::BOTTOM), and a time to live of 8.
///
/// A reader of schemas shows the entry in hexadecimal digits, of which the first five are the label:
/// `BOTTOM|0x64000` is label 0x64, the last one.
///
/// ```
/// use nl_tlv_families::values::MplsLabel;
/// let last = MplsLabel::new(100) | MplsLabel::BOTTOM;
/// assert_eq!((last.label(), last.bits()), (100, 0x0006_4100));
/// ```
///
/// Source: `include/uapi/linux/mpls.h`, `struct mpls_label`.
#[doc(alias = "mpls_label")]
#[derive(NlValue, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[nl(flags)]
pub struct MplsLabel(u32);

bitflags! {
    impl MplsLabel: u32 {
        /// The last entry of the stack.
        const BOTTOM = 0x100;
    }
}

impl MplsLabel {
    /// This label, of which the low 20 bits count; not the last one, with traffic class and time to live 0.
    #[must_use]
    pub const fn new(label: u32) -> Self {
        Self((label & 0xf_ffff) << 12)
    }

    /// The label.
    #[must_use]
    pub const fn label(self) -> u32 {
        self.0 >> 12
    }

    /// The traffic class.
    #[must_use]
    pub const fn traffic_class(self) -> u32 {
        self.0 >> 9 & 7
    }

    /// The time to live.
    #[must_use]
    pub const fn ttl(self) -> u32 {
        self.0 & 0xff
    }
}
