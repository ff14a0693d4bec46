//! Where an exchange keeps what it waits for: a few slots in place, or with `alloc` as many as a limit allows.

use super::Expect;

/// A request whose answer has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub(super) seq: u32,
    pub(super) expect: Expect,
    /// Whether an acknowledgement was asked for.
    pub(super) has_ack: bool,
    /// Whether an echo was asked for.
    pub(super) is_echoed: bool,
    pub(super) is_interrupted: bool,
    pub(super) is_abandoned: bool,
}

impl Slot {
    /// The request's sequence number.
    #[must_use]
    pub const fn seq(&self) -> u32 {
        self.seq
    }
}

/// The requests whose answers have not come, by their sequence numbers: [`Fixed`] or [`Mapped`].
pub trait Slots {
    /// The slot with a number.
    fn slot(&self, seq: u32) -> Option<&Slot>;

    /// The slot with a number, to change it.
    fn slot_mut(&mut self, seq: u32) -> Option<&mut Slot>;

    /// All of them, in any order.
    fn slots(&self) -> impl Iterator<Item = &Slot>;

    /// Whether there is no room for one more.
    fn is_full(&self) -> bool;

    /// Keeps a slot, whose number no other has. Says whether there was room.
    fn insert(&mut self, slot: Slot) -> bool;

    /// Forgets the slot with a number.
    fn remove(&mut self, seq: u32);
}

/// At most `N` requests at a time, without allocation.
#[derive(Clone, Copy, Debug)]
pub struct Fixed<const N: usize = 8>([Option<Slot>; N]);

impl<const N: usize> Fixed<N> {
    /// Room for `N` requests.
    #[must_use]
    pub const fn new() -> Self {
        Self([None; N])
    }
}

impl<const N: usize> Default for Fixed<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Slots for Fixed<N> {
    fn slot(&self, seq: u32) -> Option<&Slot> {
        self.slots().find(|slot| slot.seq == seq)
    }

    fn slot_mut(&mut self, seq: u32) -> Option<&mut Slot> {
        self.0.iter_mut().flatten().find(|slot| slot.seq == seq)
    }

    fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.0.iter().flatten()
    }

    fn is_full(&self) -> bool {
        self.0.iter().all(Option::is_some)
    }

    fn insert(&mut self, slot: Slot) -> bool {
        let free = self.0.iter_mut().find(|place| place.is_none());
        free.is_some_and(|place| place.replace(slot).is_none())
    }

    fn remove(&mut self, seq: u32) {
        for place in &mut self.0 {
            place.take_if(|slot| slot.seq == seq);
        }
    }
}

/// As many requests at a time as a limit says, found by their numbers without a search: for connections that have
/// many in flight.
#[cfg(feature = "alloc")]
#[derive(Clone, Debug)]
pub struct Mapped {
    slots: alloc::collections::BTreeMap<u32, Slot>,
    limit: usize,
}

#[cfg(feature = "alloc")]
impl Mapped {
    /// Room for so many requests, abandoned ones among them.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { slots: alloc::collections::BTreeMap::new(), limit }
    }
}

#[cfg(feature = "alloc")]
impl Slots for Mapped {
    fn slot(&self, seq: u32) -> Option<&Slot> {
        self.slots.get(&seq)
    }

    fn slot_mut(&mut self, seq: u32) -> Option<&mut Slot> {
        self.slots.get_mut(&seq)
    }

    fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots.values()
    }

    fn is_full(&self) -> bool {
        self.slots.len() >= self.limit
    }

    fn insert(&mut self, slot: Slot) -> bool {
        let has_room = !self.is_full();
        if has_room {
            self.slots.insert(slot.seq, slot);
        }
        has_room
    }

    fn remove(&mut self, seq: u32) {
        self.slots.remove(&seq);
    }
}
