//! The requests whose answers have not come.

use super::Expect;

/// A request whose answer has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) seq: u32,
    pub(super) expect: Expect,
    /// Whether more than one object answers it, up to an `NLMSG_DONE`.
    pub(super) is_dump: bool,
    /// Whether an acknowledgement was asked for.
    pub(super) has_ack: bool,
    /// Whether an echo was asked for.
    pub(super) is_echoed: bool,
    pub(super) is_interrupted: bool,
    pub(super) is_abandoned: bool,
}

impl Slot {
    /// A request that was just made.
    pub(super) const fn new(seq: u32, expect: Expect, has_ack: bool, is_echoed: bool) -> Self {
        let is_dump = matches!(expect, Expect::Dump);
        Self { seq, expect, is_dump, has_ack, is_echoed, is_interrupted: false, is_abandoned: false }
    }
}

/// At most `N` requests at a time. Each is kept at the place that its number names, or at another if that is taken, so
/// that it is mostly found at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots<const N: usize>([Option<Slot>; N]);

impl<const N: usize> Slots<N> {
    pub(super) const fn new() -> Self {
        Self([None; N])
    }

    /// The slot with a number.
    pub(super) fn get(&self, seq: u32) -> Option<&Slot> {
        self.0.get(self.at(seq)?)?.as_ref()
    }

    /// The slot with a number, to change it.
    pub(super) fn get_mut(&mut self, seq: u32) -> Option<&mut Slot> {
        let at = self.at(seq)?;
        self.0.get_mut(at)?.as_mut()
    }

    /// All of them, in any order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.0.iter().flatten()
    }

    /// Whether there is no room for one more.
    pub(super) fn is_full(&self) -> bool {
        self.0.iter().all(Option::is_some)
    }

    /// Keeps a slot, whose number no other has, if there is room.
    pub(super) fn insert(&mut self, slot: Slot) {
        let is_free = |at: &usize| self.0.get(*at).is_some_and(Option::is_none);
        let free =
            named_by::<N>(slot.seq).filter(is_free).or_else(|| self.0.iter().position(Option::is_none));
        if let Some(place) = free.and_then(|at| self.0.get_mut(at)) {
            *place = Some(slot);
        }
    }

    /// Forgets the slot with a number.
    pub(super) fn remove(&mut self, seq: u32) {
        if let Some(place) = self.at(seq).and_then(|at| self.0.get_mut(at)) {
            *place = None;
        }
    }

    fn at(&self, seq: u32) -> Option<usize> {
        let is_it = |place: &Option<Slot>| place.is_some_and(|slot| slot.seq == seq);
        let named = named_by::<N>(seq).filter(|at| self.0.get(*at).is_some_and(is_it));
        named.or_else(|| self.0.iter().position(is_it))
    }
}

/// The place that a number names.
fn named_by<const N: usize>(seq: u32) -> Option<usize> {
    crate::bytes::from_u32(seq).checked_rem(N)
}
