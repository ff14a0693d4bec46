//! The objects that a watch knows, and what a message changes about them. No socket is needed for it.

use super::stored::{Difference, Filter, Stored};
use crate::{Effect, Keyed, Message};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::marker::PhantomData;
use std::mem;
use std::vec::Vec;

/// Objects by the hashes of their keys.
pub(super) struct Objects<O> {
    buckets: HashMap<u64, Bucket, BuildHasherDefault<Hashed>>,
    keys: RandomState,
    len: usize,
    scratch: Vec<u8>,
    of: PhantomData<fn() -> O>,
}

/// What became of the objects.
pub(super) enum Applied {
    /// This, if it is anything new.
    Known(Option<Difference>),
    /// The message does not say it.
    AskAgain,
}

/// Objects whose keys have the same hash: mostly one.
#[derive(Debug)]
enum Bucket {
    One(Stored),
    Several(Vec<Stored>),
}

/// Where an object is in its bucket.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// The object that the message is about.
    same: Option<usize>,
    /// Another one with the same key, and how many there are.
    other: Option<usize>,
    others: usize,
}

impl<O: Keyed> Objects<O> {
    pub(super) fn new() -> Self {
        Self::with_keys(RandomState::new())
    }

    fn with_keys(keys: RandomState) -> Self {
        Self { buckets: HashMap::default(), keys, len: 0, scratch: Vec::new(), of: PhantomData }
    }

    /// Room for the objects of a new dump, which is compared with these.
    pub(super) fn another(&self) -> Self {
        Self::with_keys(self.keys.clone())
    }

    /// How many there are for whoever watches.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Stored> {
        self.buckets.values().flat_map(Bucket::stored).filter(|stored| stored.is_shown())
    }

    /// Takes in an object of a dump, or what an event does.
    pub(super) fn apply(
        &mut self,
        message: &Message<'_>,
        effect: Effect,
        filter: &mut Option<Filter<O>>,
    ) -> Applied {
        match effect {
            Effect::Nothing => return Applied::Known(None),
            Effect::AskAgain => return Applied::AskAgain,
            _ => {}
        }
        let hash = self.hash(message);
        let place = self.buckets.get(&hash).map_or_else(Place::default, |bucket| bucket.place::<O>(message));
        let at = match (effect, place) {
            (Effect::SetsAlone, Place { same: None, others: 1.., .. })
            | (Effect::Replaces, Place { same: Some(_), others: 1.., .. } | Place { others: 2.., .. })
            | (Effect::Updates, Place { same: None, .. })
            | (Effect::Removes, Place { same: None, others: 1.., .. }) => return Applied::AskAgain,
            (Effect::Removes, Place { same: None, .. }) => return Applied::Known(None),
            (Effect::Replaces, Place { same: None, other, .. }) => other,
            (_, Place { same, .. }) => same,
        };
        let new = match (effect, at) {
            (Effect::Removes, _) => None,
            (Effect::Updates, Some(at)) => self.updated(hash, at, message, filter),
            _ => Some(Stored::new::<O>(message.as_bytes(), filter)),
        };
        Applied::Known(self.put(hash, at, new).worth_telling::<O>())
    }

    /// An object with the attributes of a message in the place of its own.
    fn updated(
        &self,
        hash: u64,
        at: usize,
        message: &Message<'_>,
        filter: &mut Option<Filter<O>>,
    ) -> Option<Stored> {
        let old = self.buckets.get(&hash)?.stored().get(at)?;
        Some(Stored::new::<O>(&old.updated::<O>(message)?, filter))
    }

    /// Puts an object in a place, or takes it away.
    fn put(&mut self, hash: u64, at: Option<usize>, new: Option<Stored>) -> Difference {
        // What is not shown is kept where it may matter to others with its key.
        let kept = new.clone().filter(|new| O::SEVERAL || new.is_shown());
        let old = match (self.buckets.entry(hash), at, kept) {
            (Entry::Occupied(mut bucket), Some(at), Some(kept)) => bucket.get_mut().replace(at, kept),
            (Entry::Occupied(mut bucket), Some(at), None) => {
                let old = bucket.get_mut().remove(at);
                if bucket.get().stored().is_empty() {
                    bucket.remove();
                }
                old
            }
            (Entry::Occupied(mut bucket), None, Some(kept)) => {
                bucket.get_mut().push(kept);
                None
            }
            (Entry::Vacant(bucket), _, Some(kept)) => {
                bucket.insert(Bucket::One(kept));
                None
            }
            (_, _, None) => None,
        };
        let difference = Difference::new(old, new);
        self.len = self.len.saturating_add(usize::from(difference.new.is_some()));
        self.len = self.len.saturating_sub(usize::from(difference.old.is_some()));
        difference
    }

    fn hash(&mut self, message: &Message<'_>) -> u64 {
        self.scratch.clear();
        O::key(message, &mut |part| self.scratch.extend_from_slice(part));
        self.keys.hash_one(self.scratch.as_slice())
    }

    /// What has to change for these to be as the others: first what goes.
    pub(super) fn differences(mut self, others: &Self) -> Vec<Difference> {
        let mut there = Vec::new();
        for (hash, bucket) in &others.buckets {
            let mut old = self.buckets.remove(hash).map(Bucket::into_stored).unwrap_or_default();
            let (mut found, mut unmatched) = (Vec::new(), Vec::new());
            for new in bucket.stored() {
                match new.message().ok().and_then(|message| place::<O>(&old, &message).same) {
                    Some(at) => found.push((Some(old.swap_remove(at)), new)),
                    None => unmatched.push(new),
                }
            }
            for new in unmatched {
                let at = new.message().ok().and_then(|message| place::<O>(&old, &message).other);
                found.push((at.map(|at| old.swap_remove(at)), new));
            }
            let differences = found.into_iter().map(|(old, new)| Difference::new(old, Some(new.clone())));
            there.extend(differences.filter_map(Difference::worth_telling::<O>));
            if let Some(left) = Bucket::of(old) {
                self.buckets.insert(*hash, left);
            }
        }
        let gone = self.buckets.into_values().flat_map(Bucket::into_stored);
        let gone = gone.filter_map(|old| Difference::new(Some(old), None).worth_telling::<O>());
        gone.chain(there).collect()
    }
}

impl<O> fmt::Debug for Objects<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").field("len", &self.len).finish_non_exhaustive()
    }
}

impl Bucket {
    fn of(mut stored: Vec<Stored>) -> Option<Self> {
        match stored.len() {
            0 => None,
            1 => stored.pop().map(Self::One),
            _ => Some(Self::Several(stored)),
        }
    }

    fn stored(&self) -> &[Stored] {
        match self {
            Self::One(stored) => std::slice::from_ref(stored),
            Self::Several(several) => several,
        }
    }

    fn into_stored(self) -> Vec<Stored> {
        match self {
            Self::One(stored) => std::vec![stored],
            Self::Several(several) => several,
        }
    }

    fn place<O: Keyed>(&self, message: &Message<'_>) -> Place {
        place::<O>(self.stored(), message)
    }

    fn push(&mut self, new: Stored) {
        let mut stored = mem::replace(self, Self::Several(Vec::new())).into_stored();
        stored.push(new);
        *self = Self::Several(stored);
    }

    fn replace(&mut self, at: usize, new: Stored) -> Option<Stored> {
        let slot = match self {
            Self::One(stored) => Some(stored),
            Self::Several(several) => several.get_mut(at),
        };
        slot.map(|slot| mem::replace(slot, new))
    }

    fn remove(&mut self, at: usize) -> Option<Stored> {
        let mut stored = mem::replace(self, Self::Several(Vec::new())).into_stored();
        let old = (at < stored.len()).then(|| stored.swap_remove(at));
        *self = Self::of(stored).unwrap_or(Self::Several(Vec::new()));
        old
    }
}

/// Where among these the object is that a message is about.
fn place<O: Keyed>(stored: &[Stored], message: &Message<'_>) -> Place {
    let mut place = Place::default();
    for (at, stored) in stored.iter().enumerate() {
        let Ok(known) = stored.message() else { continue };
        if !is_equal(&known, message, |message, part| O::key(message, part)) {
            continue;
        }
        if is_equal(&known, message, |message, part| O::member(message, part)) {
            place.same = Some(at);
        } else {
            (place.other, place.others) = (Some(at), place.others.saturating_add(1));
        }
    }
    place
}

/// Whether two messages give the same parts.
fn is_equal(
    one: &Message<'_>,
    other: &Message<'_>,
    parts: impl Fn(&Message<'_>, &mut dyn FnMut(&[u8])),
) -> bool {
    let (mut all, mut rest) = ([0; 256], 0);
    parts(one, &mut |part| {
        if let Some(to) = all.get_mut(rest..).and_then(|free| free.get_mut(..part.len())) {
            to.copy_from_slice(part);
        }
        rest = rest.saturating_add(part.len());
    });
    if rest > all.len() {
        return is_equal_at_length(one, other, &parts);
    }
    let mut left = all.get(..rest).unwrap_or_default();
    let mut is_equal = true;
    parts(other, &mut |part| match left.strip_prefix(part) {
        Some(after) => left = after,
        None => is_equal = false,
    });
    is_equal && left.is_empty()
}

/// The same for parts that are long together.
#[cold]
fn is_equal_at_length(
    one: &Message<'_>,
    other: &Message<'_>,
    parts: &impl Fn(&Message<'_>, &mut dyn FnMut(&[u8])),
) -> bool {
    let together = |message: &Message<'_>| {
        let mut all = Vec::new();
        parts(message, &mut |part| all.extend_from_slice(part));
        all
    };
    together(one) == together(other)
}

/// The key is a hash already.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| hash.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
