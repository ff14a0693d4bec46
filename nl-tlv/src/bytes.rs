//! The one file that slices and does arithmetic on lengths. Nothing here can panic.

use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

/// Rounds up to a multiple of `align`, a power of two; saturates instead of overflowing.
#[inline(always)]
pub(crate) const fn align_up(len: usize, align: usize) -> usize {
    let mask = align.wrapping_sub(1);
    match len.checked_add(mask) {
        Some(sum) => sum & !mask,
        None => usize::MAX,
    }
}

/// Rounds up to netlink's alignment of 4 (`NLMSG_ALIGN`, `NLA_ALIGN`).
#[inline(always)]
pub(crate) const fn align4(len: usize) -> usize {
    align_up(len, 4)
}

/// How many zero bytes follow a payload of `len` bytes under netlink's alignment.
#[inline(always)]
pub(crate) const fn padding4(len: usize) -> usize {
    len.wrapping_neg() & 3
}

/// `a + b` for lengths within one buffer; saturates.
#[inline(always)]
pub(crate) const fn add(a: usize, b: usize) -> usize {
    a.saturating_add(b)
}

/// `a - b` for lengths within one buffer; saturates at 0.
#[inline(always)]
pub(crate) const fn sub(a: usize, b: usize) -> usize {
    a.saturating_sub(b)
}

/// `a + b` where only differences of sums count.
#[inline(always)]
pub(crate) const fn wrapping_add(a: usize, b: usize) -> usize {
    a.wrapping_add(b)
}

/// `a - b` where only differences of sums count.
#[inline(always)]
pub(crate) const fn wrapping_sub(a: usize, b: usize) -> usize {
    a.wrapping_sub(b)
}

/// A length or offset as an error reports it: `u32`, saturating.
#[inline(always)]
#[allow(clippy::as_conversions, reason = "checked in the line above")]
pub(crate) const fn to_u32(len: usize) -> u32 {
    if len > 0xffff_ffff { u32::MAX } else { len as u32 }
}

/// A `u16` length as an index.
#[inline(always)]
#[allow(clippy::as_conversions, reason = "widening, and usable in const")]
pub(crate) const fn from_u16(len: u16) -> usize {
    len as usize
}

/// A `u32` length as an index; saturates where `usize` is smaller.
#[inline(always)]
pub(crate) fn from_u32(len: u32) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}

/// The bytes from `at` on; none where `at` is beyond the end.
#[inline(always)]
pub(crate) fn tail(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

/// As [`tail`], where `at` is seldom beyond the end.
///
/// A branch instead of a conditional move: the next address waits for a conditional move, not for a predicted branch.
#[inline(always)]
pub(crate) fn likely_tail(bytes: &[u8], at: usize) -> &[u8] {
    match bytes.get(at..) {
        Some(tail) => tail,
        None => nothing(),
    }
}

#[cold]
#[inline(never)]
fn nothing() -> &'static [u8] {
    &[]
}

/// The first `len` bytes, or all where there are fewer.
#[inline(always)]
pub(crate) fn head(bytes: &[u8], len: usize) -> &[u8] {
    bytes.get(..len).unwrap_or(bytes)
}

/// The bytes up to the first NUL, or all.
#[inline]
pub(crate) fn until_nul(bytes: &[u8]) -> &[u8] {
    match bytes.iter().position(|&b| b == 0) {
        Some(at) => head(bytes, at),
        None => bytes,
    }
}

/// A reference to the fixed-size struct at the start of `bytes`.
#[inline(always)]
pub(crate) fn prefix<T>(bytes: &[u8]) -> Option<&T>
where
    T: FromBytes + KnownLayout + Immutable + Unaligned,
{
    T::ref_from_prefix(bytes).ok().map(|(value, _)| value)
}

/// A writable window of `len` bytes at `at`, if the buffer has it.
///
/// The sum may wrap: a range whose end is before its start is refused like any other.
#[inline(always)]
#[allow(clippy::arithmetic_side_effects, reason = "wrapping_add")]
pub(crate) fn window(buf: &mut [u8], at: usize, len: usize) -> Option<&mut [u8]> {
    buf.get_mut(at..at.wrapping_add(len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alignment_saturates() {
        assert_eq!(align4(0), 0);
        assert_eq!(align4(5), 8);
        assert_eq!(align4(usize::MAX), usize::MAX);
        assert_eq!([padding4(0), padding4(1), padding4(4), padding4(7)], [0, 3, 0, 1]);
    }

    #[test]
    fn windows_outside_the_buffer_are_refused() {
        let mut buf = [0; 8];
        assert!(window(&mut buf, 4, 4).is_some());
        assert!(window(&mut buf, 4, 5).is_none());
        assert!(window(&mut buf, 9, 0).is_none());
        assert!(window(&mut buf, 4, usize::MAX).is_none());
    }

    #[test]
    fn strings_end_at_the_first_nul() {
        assert_eq!(until_nul(b"ab\0c\0"), b"ab");
        assert_eq!(until_nul(b"ab"), b"ab");
    }
}
