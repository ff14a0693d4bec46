//! Where a string ends: the search for the first NUL, without a loop over single bytes, which ends at another place for
//! each name, so that the processor cannot foresee it.

use super::{copy, head, sub, to_u32, wrapping_add};

/// The bytes up to the first NUL, or all. Not inlined: what it needs of registers the loop that asks needs too.
///
/// Most strings have one NUL, at their end. To see that this is so takes less than to find where it is, and in a short
/// text not to tell a NUL from a byte that is not ASCII.
#[inline(never)]
pub(crate) fn until_nul(bytes: &[u8]) -> &[u8] {
    match bytes.len() {
        5..9 => text_of(bytes, |text| ends(text).is_none_or(are_odd_4)),
        9..18 => text_of(bytes, |text| ends(text).is_none_or(are_odd_8)),
        18..34 => text_of(bytes, |text| ends(text).is_none_or(have_nul_16)),
        34.. => long_until_nul(bytes),
        _ => text_of(bytes, |text| matches!(text, [0, ..] | [_, 0, ..] | [_, _, 0, ..])),
    }
}

/// The same for long strings.
#[inline(never)]
fn long_until_nul(bytes: &[u8]) -> &[u8] {
    text_of(bytes, long_has_nul)
}

/// The bytes before the NUL at their end, if none of them may be one too.
#[inline(always)]
fn text_of(bytes: &[u8], may_hold_nul: impl FnOnce(&[u8]) -> bool) -> &[u8] {
    match bytes.split_last() {
        Some((0, text)) if !may_hold_nul(text) => text,
        _ => search_nul(bytes),
    }
}

/// The same where the NUL is not the last byte.
#[cold]
#[inline(never)]
fn search_nul(bytes: &[u8]) -> &[u8] {
    head(bytes, nul_at(bytes))
}

/// Whether there is a NUL.
#[cold]
#[inline(never)]
pub(crate) fn has_nul(bytes: &[u8]) -> bool {
    holds_nul(bytes)
}

#[inline(always)]
#[allow(clippy::manual_contains, reason = "a loop over at most three bytes needs no call")]
fn holds_nul(bytes: &[u8]) -> bool {
    match bytes.len() {
        0..4 => bytes.iter().any(|&byte| byte == 0),
        4..8 => ends(bytes).is_some_and(have_nul_4),
        8..17 => ends(bytes).is_some_and(have_nul_8),
        17..33 => ends(bytes).is_some_and(have_nul_16),
        _ => long_has_nul(bytes),
    }
}

/// The same for at least sixteen bytes: of a chunk all are looked at, in one instruction where the processor has it.
#[inline(never)]
fn long_has_nul(bytes: &[u8]) -> bool {
    let mut chunks = chunks::<16>(bytes).chain(bytes.last_chunk());
    chunks.any(|chunk| chunk.iter().fold(false, |found, byte| found | (*byte == 0)))
}

/// Copies a text to a place of the same length, and says whether there is no NUL in it: of a short one every byte is
/// loaded once.
#[inline(always)]
pub(crate) fn is_copied_without_nul(to: &mut [u8], text: &[u8]) -> bool {
    match text.len() {
        4..8 => copied_ends::<4>(to, text, are_odd_4) || !has_nul(text),
        8..17 => copied_ends::<8>(to, text, are_odd_8) || !has_nul(text),
        17..33 => copied_ends::<16>(to, text, have_nul_16),
        _ => is_other_copied_without_nul(to, text),
    }
}

/// The same for texts that are shorter or longer than most.
#[cold]
#[inline(never)]
fn is_other_copied_without_nul(to: &mut [u8], text: &[u8]) -> bool {
    copy(to, text);
    !holds_nul(text)
}

/// Copies the first and the last `N` bytes, and says whether nothing is found in them.
#[inline(always)]
fn copied_ends<const N: usize>(to: &mut [u8], text: &[u8], found: fn([[u8; N]; 2]) -> bool) -> bool {
    let Some([first, last]) = ends::<N>(text) else { return false };
    if let Some(to) = to.first_chunk_mut() {
        *to = first;
    }
    if let Some(to) = to.last_chunk_mut() {
        *to = last;
    }
    !found([first, last])
}

/// Four bytes and four in one word.
#[inline(always)]
fn four_and_four(ends: [[u8; 4]; 2]) -> u64 {
    let [first, last] = ends.map(|end| u64::from(u32::from_le_bytes(end)));
    first | last << 32
}

#[inline(always)]
fn have_nul_4(ends: [[u8; 4]; 2]) -> bool {
    nuls(four_and_four(ends)) != 0
}

#[inline(always)]
fn are_odd_4(ends: [[u8; 4]; 2]) -> bool {
    let word = four_and_four(ends);
    is_odd(word, word)
}

#[inline(always)]
fn are_odd_8([first, last]: [[u8; 8]; 2]) -> bool {
    is_odd(u64::from_le_bytes(first), u64::from_le_bytes(last))
}

#[inline(always)]
fn have_nul_8([first, last]: [[u8; 8]; 2]) -> bool {
    (nuls(u64::from_le_bytes(first)) | nuls(u64::from_le_bytes(last))) != 0
}

/// All are looked at, in a few instructions where the processor has such for sixteen bytes.
#[inline(always)]
fn have_nul_16([first, last]: [[u8; 16]; 2]) -> bool {
    first.iter().zip(&last).fold(false, |found, (a, b)| found | (*a == 0) | (*b == 0))
}

/// Where the first NUL is; the length if there is none. Words, the last one wherever it begins.
#[inline(always)]
fn nul_at(bytes: &[u8]) -> usize {
    let Some(last) = bytes.last_chunk::<8>() else { return nul_at_short(bytes) };
    for (i, word) in chunks::<8>(bytes).enumerate() {
        if let Some(at) = nul_in_word(u64::from_le_bytes(*word)) {
            return wrapping_add(i.wrapping_mul(8), at);
        }
    }
    match nul_in_word(u64::from_le_bytes(*last)) {
        Some(at) => wrapping_add(sub(bytes.len(), 8), at),
        None => bytes.len(),
    }
}

/// The same for fewer than eight bytes: the first four and the last four in one word. Where the two overlap they are the
/// same bytes; above them are zeros, of which the lowest is at the length.
#[inline(always)]
fn nul_at_short(bytes: &[u8]) -> usize {
    let Some(ends) = ends::<4>(bytes) else {
        return bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    };
    let [first, last] = ends.map(|half| u64::from(u32::from_le_bytes(half)));
    let above = to_u32(bytes.len()).wrapping_mul(8).wrapping_sub(32);
    nul_in_word(first | last.wrapping_shl(above)).unwrap_or(bytes.len())
}

/// The bytes as chunks of `N`, without the fewer than `N` at the end. (`as_chunks` needs a newer compiler.)
#[inline(always)]
fn chunks<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = &[u8; N]> {
    bytes.chunks_exact(N).filter_map(<[u8]>::first_chunk)
}

/// The first and the last `N` bytes, which may overlap.
#[inline(always)]
fn ends<const N: usize>(bytes: &[u8]) -> Option<[[u8; N]; 2]> {
    Some([*bytes.first_chunk()?, *bytes.last_chunk()?])
}

/// Which byte of a word is the first NUL, counted from the lowest.
#[inline(always)]
fn nul_in_word(word: u64) -> Option<usize> {
    let nuls = core::num::NonZeroU64::new(nuls(word))?;
    usize::try_from(nuls.trailing_zeros() >> 3).ok()
}

/// The highest bit of the lowest byte that is NUL, and perhaps of bytes above it.
#[inline(always)]
const fn nuls(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

/// Whether one of the bytes of two words is NUL, or perhaps not ASCII.
#[inline(always)]
const fn is_odd(a: u64, b: u64) -> bool {
    (a.wrapping_sub(LOW) | b.wrapping_sub(LOW)) & HIGH != 0
}

const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_end_at_the_first_nul() {
        assert_eq!(until_nul(b"ab\0c\0"), b"ab");
        assert_eq!(until_nul(b"ab"), b"ab");
    }

    #[test]
    fn the_first_nul_is_found_wherever_it_is() {
        for len in 0..70 {
            for first in 0..=len {
                for second in first..=len {
                    // High bytes and ones are what arithmetic on whole words could take for a NUL.
                    let mut text = [[0x80, 1, 0xff, b'a']; 18].concat();
                    text.truncate(len);
                    for at in [first, second] {
                        text.get_mut(at).into_iter().for_each(|byte| *byte = 0);
                    }
                    assert_eq!(until_nul(&text).len(), first, "{text:02x?}");
                    assert_eq!(has_nul(&text), first < len, "{text:02x?}");
                    let mut copied = text.clone();
                    copied.fill(0xa5);
                    assert_eq!(is_copied_without_nul(&mut copied, &text), first == len, "{text:02x?}");
                    assert_eq!(copied, text);
                }
            }
        }
    }
}
