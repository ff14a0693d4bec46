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

/// Copies bytes to a place of the same length; short ones as two words that may overlap, without a call of `memcpy`.
#[inline(always)]
pub(crate) fn copy(to: &mut [u8], from: &[u8]) {
    match from.len() {
        4..8 => copy_ends::<4>(to, from),
        8..=16 => copy_ends::<8>(to, from),
        _ => to.iter_mut().zip(from).for_each(|(to, from)| *to = *from),
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

/// The bytes up to the first NUL, or all.
#[inline]
pub(crate) fn until_nul(bytes: &[u8]) -> &[u8] {
    head(bytes, nul_at(bytes))
}

/// Whether there is a NUL.
#[inline]
pub(crate) fn has_nul(bytes: &[u8]) -> bool {
    if let Some(last) = bytes.last_chunk::<8>() {
        let (words, _) = bytes.as_chunks::<8>();
        return words.iter().chain([last]).any(|word| nuls(u64::from_le_bytes(*word)) != 0);
    }
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(&[a, b, c, d]), Some(&[e, f, g, h])) => nuls(u64::from_le_bytes([a, b, c, d, e, f, g, h])) != 0,
        _ => bytes.contains(&0),
    }
}

/// Where the first NUL is; the length if there is none.
///
/// Several bytes at a time, the last ones wherever they begin: a loop over single bytes ends at another place for each
/// name, which the processor cannot foresee.
#[inline(always)]
fn nul_at(bytes: &[u8]) -> usize {
    let Some(last) = bytes.last_chunk::<8>() else { return nul_at_short(bytes) };
    let (words, _) = bytes.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        if let Some(at) = nul_in_word(u64::from_le_bytes(*word)) {
            return wrapping_add(i.wrapping_mul(8), at);
        }
    }
    match nul_in_word(u64::from_le_bytes(*last)) {
        Some(at) => wrapping_add(wrapping_sub(bytes.len(), 8), at),
        None => bytes.len(),
    }
}

/// The same for fewer than eight bytes.
#[inline(always)]
fn nul_at_short(bytes: &[u8]) -> usize {
    let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) else {
        return bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    };
    // Where the two overlap they are the same bytes; above them are zeros, of which the lowest is at the length.
    let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(*half)));
    let above = to_u32(bytes.len()).wrapping_mul(8).wrapping_sub(32);
    nul_in_word(first | last.wrapping_shl(above)).unwrap_or(bytes.len())
}

/// Which byte of a word is the first NUL, counted from the lowest.
#[inline(always)]
fn nul_in_word(word: u64) -> Option<usize> {
    match nuls(word) {
        0 => None,
        nuls => usize::try_from(nuls.trailing_zeros() >> 3).ok(),
    }
}

/// The highest bit of the lowest byte that is NUL, and perhaps of bytes above it.
#[inline(always)]
const fn nuls(word: u64) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    word.wrapping_sub(LOW) & !word & HIGH
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
    buf.get_mut(at..)?.get_mut(..len)
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
    fn strings_end_at_the_first_nul() {
        assert_eq!(until_nul(b"ab\0c\0"), b"ab");
        assert_eq!(until_nul(b"ab"), b"ab");
    }

    #[test]
    fn the_first_nul_is_found_wherever_it_is() {
        for len in 0..40 {
            for first in 0..=len {
                for second in first..=len {
                    // High bytes and ones are what arithmetic on whole words could take for a NUL.
                    let mut text = [[0x80, 1, 0xff, b'a']; 10].concat();
                    text.truncate(len);
                    for at in [first, second] {
                        text.get_mut(at).into_iter().for_each(|byte| *byte = 0);
                    }
                    assert_eq!(until_nul(&text).len(), first, "{text:02x?}");
                    assert_eq!(has_nul(&text), first < len, "{text:02x?}");
                }
            }
        }
    }
}
