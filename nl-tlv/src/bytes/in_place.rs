//! Bytes of a fixed size that are read where they lie, at any address.

/// What is read where it lies, at any address: arrays of bytes, and with the feature `zerocopy` all that has its derives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read where it lies in a buffer",
    label = "not an array of bytes",
    note = "write `[u8; N]`, and read a number from it with `from_be_bytes`, `from_le_bytes` or `from_ne_bytes`",
    note = "with the feature `zerocopy` of nl-tlv it can also be a type that has zerocopy's derives, such as `zerocopy::big_endian::U32`"
)]
pub trait InPlace: Sized + 'static {
    /// That with which these bytes begin.
    fn first_of(bytes: &[u8]) -> Option<&Self>;

    /// That of which these are the first bytes; the others are zero.
    fn zero_extended(bytes: &[u8]) -> Self;

    /// Its bytes.
    fn as_bytes(&self) -> &[u8];
}

#[cfg(not(feature = "zerocopy"))]
impl<const N: usize> InPlace for [u8; N] {
    #[inline(always)]
    fn first_of(bytes: &[u8]) -> Option<&Self> {
        bytes.first_chunk()
    }

    fn zero_extended(bytes: &[u8]) -> Self {
        let mut whole = [0; N];
        whole.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        whole
    }

    #[inline(always)]
    fn as_bytes(&self) -> &[u8] {
        self
    }
}

#[cfg(feature = "zerocopy")]
impl<T> InPlace for T
where
    T: zerocopy::FromBytes
        + zerocopy::IntoBytes
        + zerocopy::Immutable
        + zerocopy::KnownLayout
        + zerocopy::Unaligned
        + 'static,
{
    #[inline(always)]
    fn first_of(bytes: &[u8]) -> Option<&Self> {
        T::ref_from_prefix(bytes).ok().map(|(first, _)| first)
    }

    fn zero_extended(bytes: &[u8]) -> Self {
        let mut whole = T::new_zeroed();
        whole.as_mut_bytes().iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        whole
    }

    #[inline(always)]
    fn as_bytes(&self) -> &[u8] {
        zerocopy::IntoBytes::as_bytes(self)
    }
}
