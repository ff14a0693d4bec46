//! Bytes of a fixed size that are read where they lie, at any address.

/// What is read where it lies, at any address: arrays of bytes, and with the feature `zerocopy` all that has its derives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read where it lies in a buffer",
    label = "not an array of bytes",
    note = "write `[u8; N]`, and read a number from it with `from_be_bytes`, `from_le_bytes` or `from_ne_bytes`",
    note = "with the feature `zerocopy` of nl-tlv it can also be a type that has zerocopy's derives, such as `zerocopy::big_endian::U32`"
)]
pub trait InPlace: Sized + 'static {
    /// That with which these bytes begin, and what is behind it.
    fn split(bytes: &[u8]) -> Option<(&Self, &[u8])>;

    /// That of which all bytes are zero.
    fn zeroed() -> Self;
}

#[cfg(not(feature = "zerocopy"))]
impl<const N: usize> InPlace for [u8; N] {
    #[inline(always)]
    fn split(bytes: &[u8]) -> Option<(&Self, &[u8])> {
        bytes.split_first_chunk()
    }

    fn zeroed() -> Self {
        [0; N]
    }
}

#[cfg(feature = "zerocopy")]
mod with_zerocopy {
    use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

    impl<T: FromBytes + Immutable + KnownLayout + Unaligned + 'static> super::InPlace for T {
        #[inline(always)]
        fn split(bytes: &[u8]) -> Option<(&Self, &[u8])> {
            T::ref_from_prefix(bytes).ok()
        }

        fn zeroed() -> Self {
            T::new_zeroed()
        }
    }
}
