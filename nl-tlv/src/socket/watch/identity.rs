//! What tells an object apart, as bytes.

use crate::{Keyed, Message};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::vec::Vec;

/// The key of an object, and behind it what tells it from others with the same key.
#[derive(Debug, Default)]
pub(super) struct Identity {
    bytes: Vec<u8>,
    /// Bytes of the key.
    key: usize,
    /// The bytes of the object that it was compared with last.
    other: Vec<u8>,
}

impl Identity {
    /// Makes it that of the object that a message is about.
    pub(super) fn set<O: Keyed>(&mut self, message: &Message<'_>) {
        self.key = write::<O>(message, &mut self.bytes);
    }

    /// The hash of the key.
    pub(super) fn hash(&self, keys: &RandomState) -> u64 {
        let mut hasher = keys.build_hasher();
        hasher.write(self.bytes.get(..self.key).unwrap_or_default());
        hasher.finish()
    }

    /// Whether the object of a message has the same key, and whether what tells it from others with its key is the same.
    pub(super) fn compared<O: Keyed>(&mut self, message: &Message<'_>) -> (bool, bool) {
        let key = write::<O>(message, &mut self.other);
        let parts = |bytes, key| <[u8]>::split_at_checked(bytes, key).unwrap_or_default();
        let (own, other) = (parts(&self.bytes, self.key), parts(&self.other, key));
        (own.0 == other.0, own.1 == other.1)
    }
}

/// Writes the identity of a message's object, and returns the length of its key.
fn write<O: Keyed>(message: &Message<'_>, bytes: &mut Vec<u8>) -> usize {
    bytes.clear();
    O::key(message, &mut |part| append(bytes, part));
    let key = bytes.len();
    if O::SEVERAL {
        O::member(message, &mut |part| append(bytes, part));
    }
    key
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
