//! The one file that slices and does arithmetic on lengths (strings in `bytes/nul.rs`, arrays in `bytes/in_place.rs`). Nothing here can panic.

mod in_place;
mod nul;

pub(crate) use in_place::InPlace;
pub(crate) use nul::{has_nul, is_copied_without_nul, until_nul};

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

/// Whether no padding follows a payload of `len` bytes.
#[inline(always)]
pub(crate) const fn is_aligned4(len: usize) -> bool {
    len & 3 == 0
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

/// The low 32 bits of a length that has no more.
#[inline(always)]
#[allow(clippy::as_conversions, reason = "the low half is meant")]
pub(crate) const fn low_u32(len: usize) -> u32 {
    len as u32
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

/// As [`tail`], where `at` is seldom beyond the end; then it is the empty end of `bytes`.
///
/// A branch instead of a conditional move: the next address waits for a conditional move, not for a predicted branch.
#[inline(always)]
pub(crate) fn likely_tail(bytes: &[u8], at: usize) -> &[u8] {
    match bytes.get(at..) {
        Some(tail) => tail,
        None => end(bytes),
    }
}

#[cold]
#[inline(never)]
fn end(bytes: &[u8]) -> &[u8] {
    tail(bytes, bytes.len())
}

/// The first `len` bytes, or all where there are fewer.
#[inline(always)]
pub(crate) fn head(bytes: &[u8], len: usize) -> &[u8] {
    bytes.get(..len).unwrap_or(bytes)
}

/// Copies bytes to a place of the same length; up to 32 as two pieces that may overlap, without a call of `memcpy`.
#[inline(always)]
pub(crate) fn copy(to: &mut [u8], from: &[u8]) {
    match from.len() {
        0..4 => to.iter_mut().zip(from).for_each(|(to, from)| *to = *from),
        4..8 => copy_ends::<4>(to, from),
        8..17 => copy_ends::<8>(to, from),
        17..33 => copy_ends::<16>(to, from),
        len if len == to.len() => to.copy_from_slice(from),
        _ => {}
    }
}

/// Copies the first and the last `N` bytes.
#[inline(always)]
fn copy_ends<const N: usize>(to: &mut [u8], from: &[u8]) {
    if let (Some(to), Some(from)) = (to.first_chunk_mut::<N>(), from.first_chunk()) {
        *to = *from;
    }
    if let (Some(to), Some(from)) = (to.last_chunk_mut::<N>(), from.last_chunk()) {
        *to = *from;
    }
}

/// The `N` bytes that begin at `at`; zeros where they are not all there.
#[inline(always)]
pub(crate) fn array_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    tail(bytes, at).first_chunk().copied().unwrap_or([0; N])
}

/// Writes `N` bytes from `at` on; nothing where there is no room for all of them.
#[inline(always)]
pub(crate) fn put_at<const N: usize>(bytes: &mut [u8], at: usize, array: [u8; N]) {
    if let Some(slot) = bytes.get_mut(at..).and_then(|bytes| bytes.first_chunk_mut()) {
        *slot = array;
    }
}

/// A writable window of `len` bytes at `at`, if the buffer has it.
///
/// The sum may wrap: a range whose end is before its start is refused like any other.
#[inline(always)]
pub(crate) fn window(buf: &mut [u8], at: usize, len: usize) -> Option<&mut [u8]> {
    buf.get_mut(at..at.wrapping_add(len))
}

/// At most the first `u32::MAX` bytes.
#[inline(always)]
pub(crate) fn within_u32(buf: &mut [u8]) -> &mut [u8] {
    let len = buf.len().min(from_u32(u32::MAX));
    buf.get_mut(..len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;

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
    fn bytes_of_every_length_are_copied() {
        for len in 0..70u8 {
            let from: std::vec::Vec<u8> = (1..=len).collect();
            let mut to = std::vec![0xa5; from.len()];
            copy(&mut to, &from);
            assert_eq!(to, from);
        }
    }
}
