//! The objects that a watch knows, and what a message changes about them. No socket is needed for it.

use super::identity::Identity;
use super::stored::{Difference, Filter, Spot, Stored, compared};
use crate::socket::{Change, Malformed, RequestError};
use crate::{Effect, Keyed, Message, keyed};
use std::boxed::Box;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher, RandomState};
use std::marker::PhantomData;
use std::mem;
use std::vec::Vec;

/// Objects by the hashes of their keys.
pub(super) struct Objects<O> {
    buckets: HashMap<u64, Bucket, BuildHasherDefault<Hashed>>,
    keys: RandomState,
    len: usize,
    /// What tells the object apart that is looked for.
    identity: Identity,
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
    #[allow(clippy::box_collection, reason = "it is seldom, and takes no more room than one object")]
    Several(Box<Vec<Stored>>),
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
    pub(super) fn new(keys: RandomState) -> Self {
        Self { buckets: HashMap::default(), keys, len: 0, identity: Identity::default(), of: PhantomData }
    }

    /// Room for the objects of a new dump, which is compared with these.
    pub(super) fn another(&self) -> Self {
        Self::new(self.keys.clone())
    }

    /// How many there are for whoever watches.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Stored> {
        self.buckets.values().flat_map(Bucket::stored).filter(|stored| stored.is_shown())
    }

    /// Takes in an object of a dump, or what an event does. The buffer is of an object that is needed no more. Another object
    /// is one more even if it is equal to one that is there.
    pub(super) fn apply(
        &mut self,
        message: &Message<'_>,
        effect: Effect,
        is_another: bool,
        buffer: Option<Stored>,
        filter: &mut Option<Filter<O>>,
    ) -> Applied {
        match effect {
            Effect::Nothing => return Applied::Known(None),
            Effect::AskAgain => return Applied::AskAgain,
            _ => {}
        }
        self.identity.set::<O>(message);
        let hash = self.identity.hash(&self.keys);
        let bucket = self.buckets.entry(hash);
        let there = match &bucket {
            Entry::Occupied(bucket) => bucket.get().stored(),
            Entry::Vacant(_) => &[],
        };
        let place = place::<O>(there, &mut self.identity);
        let at = match target(effect, place) {
            Ok(_) if is_another => None,
            Ok(at) => at,
            Err(applied) => return applied,
        };
        let old = at.and_then(|at| there.get(at));
        let new = match (effect, old) {
            (Effect::Removes, _) => None,
            (Effect::Updates, Some(old)) => old.updated::<O>(message, filter),
            _ => Some(Stored::new::<O>(message.as_bytes(), buffer, filter)),
        };
        let [was_shown, is_shown] = [old, new.as_ref()].map(|stored| stored.filter(|it| it.is_shown()));
        let comparison = compared::<O>(was_shown, is_shown);
        let [was_shown, is_shown] = [was_shown, is_shown].map(|stored| stored.is_some());
        self.len = self.len.saturating_add(usize::from(is_shown)).saturating_sub(usize::from(was_shown));
        // What is not shown is kept where it may matter to others with its key.
        let (old, at) = put(bucket, at, new.filter(|_| O::SEVERAL || is_shown));
        let new = is_shown.then_some(Spot { hash, at });
        let old = old.filter(|_| was_shown);
        Applied::Known(comparison.map(|is_readable| Difference { old, new, is_readable }))
    }

    fn stored(&self, at: Spot) -> Option<&Stored> {
        self.buckets.get(&at.hash)?.stored().get(at.at)
    }

    /// Why the new object cannot be read, if it cannot. Then what is left to be told is that the old one is gone.
    pub(super) fn take_unreadable(&self, difference: &mut Difference) -> Option<RequestError> {
        let new = self.stored(difference.new?)?;
        let err = new.view::<O>().err()?;
        let unreadable = Malformed::new(err, keyed::schema::<O>(), new.bytes());
        difference.new = None;
        Some(RequestError::Answer(Box::new(unreadable)))
    }

    /// A difference as messages; `None` if there is nothing to tell.
    pub(super) fn change<'a>(&'a self, difference: &'a Difference) -> Option<Change<O::View<'a>>> {
        let view = |stored: &'a Stored| stored.view::<O>().ok();
        let old = difference.old.as_ref().and_then(view);
        let new = difference.new.and_then(|new| self.stored(new)).and_then(view);
        match (old, new) {
            (None, Some(new)) => Some(Change::Added(new)),
            (Some(old), Some(new)) => Some(Change::Changed { old, new }),
            (Some(old), None) => Some(Change::Removed(old)),
            (None, None) => None,
        }
    }

    /// What has to change for these to be as the others: first what goes.
    pub(super) fn differences(mut self, others: &Self) -> Vec<Difference> {
        let mut there = Vec::new();
        for (&hash, bucket) in &others.buckets {
            let mut old = self.buckets.remove(&hash).map(Bucket::into_stored).unwrap_or_default();
            let found = matched::<O>(&mut old, bucket.stored(), &mut self.identity);
            there.extend(found.into_iter().filter_map(|(old, at)| {
                let old = old.filter(Stored::is_shown);
                let new = bucket.stored().get(at).filter(|new| new.is_shown());
                let is_readable = compared::<O>(old.as_ref(), new)?;
                Some(Difference { old, new: new.map(|_| Spot { hash, at }), is_readable })
            }));
            if let Some(left) = Bucket::of(old) {
                self.buckets.insert(hash, left);
            }
        }
        let gone = self.buckets.into_values().flat_map(Bucket::into_stored).filter(Stored::is_shown);
        let gone = gone.map(|old| Difference { old: Some(old), new: None, is_readable: false });
        gone.chain(there).collect()
    }
}

/// The old objects that new ones of the same hash take the place of, with the places of the new ones: first those that
/// are the same object, then those that have the same key.
fn matched<O: Keyed>(
    old: &mut Vec<Stored>,
    new: &[Stored],
    identity: &mut Identity,
) -> Vec<(Option<Stored>, usize)> {
    let (mut found, mut unmatched) = (Vec::new(), Vec::new());
    let mut place = |old: &[Stored], new: &Stored| match new.message() {
        Ok(message) if !old.is_empty() => {
            identity.set::<O>(&message);
            place::<O>(old, identity)
        }
        _ => Place::default(),
    };
    for (at, stored) in new.iter().enumerate() {
        match place(old, stored).same {
            Some(same) => found.push((Some(old.swap_remove(same)), at)),
            None => unmatched.push((at, stored)),
        }
    }
    for (at, stored) in unmatched {
        let other = place(old, stored).other;
        found.push((other.map(|other| old.swap_remove(other)), at));
    }
    found
}

impl Bucket {
    fn of(mut stored: Vec<Stored>) -> Option<Self> {
        match stored.len() {
            0 => None,
            1 => stored.pop().map(Self::One),
            _ => Some(Self::Several(Box::new(stored))),
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
            Self::Several(several) => *several,
        }
    }

    /// Adds an object, and says where it is.
    fn push(&mut self, new: Stored) -> usize {
        let mut stored = self.take();
        let at = stored.len();
        stored.push(new);
        *self = Self::Several(Box::new(stored));
        at
    }

    fn take(&mut self) -> Vec<Stored> {
        mem::replace(self, Self::Several(Box::default())).into_stored()
    }

    fn replace(&mut self, at: usize, new: Stored) -> Option<Stored> {
        let stored = match self {
            Self::One(stored) => std::slice::from_mut(stored),
            Self::Several(several) => several,
        };
        Some(mem::replace(stored.get_mut(at)?, new))
    }

    fn remove(&mut self, at: usize) -> Option<Stored> {
        let mut stored = self.take();
        let old = (at < stored.len()).then(|| stored.swap_remove(at));
        *self = Self::of(stored).unwrap_or(Self::Several(Box::default()));
        old
    }
}

/// Where the object is that a message has an effect on, if it is there, among those with its key. An error is all that the
/// message does.
fn target(effect: Effect, place: Place) -> Result<Option<usize>, Applied> {
    match (effect, place) {
        (Effect::SetsAlone, Place { same: None, others: 1.., .. })
        | (Effect::Replaces, Place { same: Some(_), others: 1.., .. } | Place { others: 2.., .. })
        | (Effect::Updates, Place { same: None, .. })
        | (Effect::Removes, Place { same: None, others: 1.., .. }) => Err(Applied::AskAgain),
        (Effect::Removes, Place { same: None, .. }) => Err(Applied::Known(None)),
        (Effect::Replaces, Place { same: None, other, .. }) => Ok(other),
        (_, Place { same, .. }) => Ok(same),
    }
}

/// Puts an object into a bucket, in the place of another one, or takes that away. Returns the one that was there, and where
/// the new one is.
fn put(bucket: Entry<'_, u64, Bucket>, at: Option<usize>, new: Option<Stored>) -> (Option<Stored>, usize) {
    match (bucket, at, new) {
        (Entry::Occupied(mut bucket), Some(at), Some(new)) => (bucket.get_mut().replace(at, new), at),
        (Entry::Occupied(mut bucket), Some(at), None) => {
            let old = bucket.get_mut().remove(at);
            if bucket.get().stored().is_empty() {
                bucket.remove();
            }
            (old, at)
        }
        (Entry::Occupied(mut bucket), None, Some(new)) => (None, bucket.get_mut().push(new)),
        (Entry::Vacant(bucket), _, Some(new)) => {
            bucket.insert(Bucket::One(new));
            (None, 0)
        }
        (_, _, None) => (None, 0),
    }
}

/// Where among these the object is that is looked for.
fn place<O: Keyed>(stored: &[Stored], identity: &mut Identity) -> Place {
    let mut place = Place::default();
    for (at, stored) in stored.iter().enumerate() {
        let Ok(known) = stored.message() else { continue };
        match identity.compared::<O>(&known) {
            (false, _) => {}
            (true, true) => place.same = Some(at),
            (true, false) => (place.other, place.others) = (Some(at), place.others.saturating_add(1)),
        }
    }
    place
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
