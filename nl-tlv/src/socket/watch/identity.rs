//! What tells an object apart, as bytes.

use crate::bytes::array_at;
use crate::{Keyed, Message};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::vec::Vec;

/// The key of an object, and behind it what tells it from others with the same key.
#[derive(Debug, Default)]
pub(super) struct Identity {
    bytes: Vec<u8>,
    /// Bytes of the key.
    key: usize,
}

impl Identity {
    /// Makes it that of the object that a message is about.
    pub(super) fn set<O: Keyed>(&mut self, message: &Message<'_>) {
        self.bytes.clear();
        O::key(message, &mut |part| append(&mut self.bytes, part));
        self.key = self.bytes.len();
        if O::SEVERAL {
            O::member(message, &mut |part| append(&mut self.bytes, part));
        }
    }

    fn key(&self) -> &[u8] {
        self.bytes.get(..self.key).unwrap_or_default()
    }

    /// The hash of the key.
    pub(super) fn hash(&self, keys: &RandomState) -> u64 {
        let mut hasher = keys.build_hasher();
        hasher.write(self.key());
        hasher.finish()
    }

    /// Whether an object has the same key.
    pub(super) fn is_key_of<O: Keyed>(&self, message: &Message<'_>) -> bool {
        is_all(self.key(), |part| O::key(message, part))
    }

    /// Whether an object with the same key is this one.
    pub(super) fn is_member_of<O: Keyed>(&self, message: &Message<'_>) -> bool {
        let member = self.bytes.get(self.key..).unwrap_or_default();
        is_all(member, |part| O::member(message, part))
    }
}

/// Whether the parts, one after the other, are these bytes.
fn is_all(mut bytes: &[u8], parts: impl FnOnce(&mut dyn FnMut(&[u8]))) -> bool {
    let mut is_equal = true;
    parts(&mut |part| match without(bytes, part) {
        Some(after) => bytes = after,
        None => is_equal = false,
    });
    is_equal && bytes.is_empty()
}

/// Appends a part. Most have one byte, four or eight, which need no call.
#[inline(always)]
fn append(bytes: &mut Vec<u8>, part: &[u8]) {
    match *part {
        [byte] => bytes.push(byte),
        [p0, p1, p2, p3] => bytes.extend_from_slice(&[p0, p1, p2, p3]),
        [p0, p1, p2, p3, p4, p5, p6, p7] => bytes.extend_from_slice(&[p0, p1, p2, p3, p4, p5, p6, p7]),
        _ => bytes.extend_from_slice(part),
    }
}

/// The bytes that follow a part, if they begin with it.
#[inline(always)]
fn without<'b>(bytes: &'b [u8], part: &[u8]) -> Option<&'b [u8]> {
    let (start, after) = bytes.split_at_checked(part.len())?;
    let is_equal = match part.len() {
        1 => start.first() == part.first(),
        4 => array_at::<4>(start, 0) == array_at(part, 0),
        8 => array_at::<8>(start, 0) == array_at(part, 0),
        _ => start == part,
    };
    is_equal.then_some(after)
}

#[cfg(test)]
mod tests {
    use super::is_all;

    #[test]
    fn parts_are_the_bytes_only_if_all_of_them_are_equal() {
        let is = |bytes: &[u8], parts: &[&[u8]]| is_all(bytes, |part| parts.iter().for_each(|own| part(own)));
        assert!(is(b"abcd", &[b"ab", b"", b"cd"]));
        for other in [&[b"ab" as &[u8]][..], &[b"ab", b"cde"], &[b"ab", b"ce"], &[b"xb", b"cd"], &[b"abcde"]]
        {
            assert!(!is(b"abcd", other), "{other:?}");
        }
    }
}
