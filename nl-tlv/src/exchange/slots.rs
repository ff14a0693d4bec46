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
/// that a number is mostly found, or known to be missing, with one look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots<const N: usize> {
    places: [Option<Slot>; N],
    /// How many are not at the place that their number names.
    displaced: usize,
}

impl<const N: usize> Slots<N> {
    pub(super) const fn new() -> Self {
        Self { places: [None; N], displaced: 0 }
    }

    /// The slot with a number.
    pub(super) fn get(&self, seq: u32) -> Option<&Slot> {
        self.places.get(self.at(seq)?)?.as_ref()
    }

    /// The slot with a number, to change it.
    pub(super) fn get_mut(&mut self, seq: u32) -> Option<&mut Slot> {
        let at = self.at(seq)?;
        self.places.get_mut(at)?.as_mut()
    }

    /// All of them, in any order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.places.iter().flatten()
    }

    /// Whether there is no room for one more.
    pub(super) fn is_full(&self) -> bool {
        self.places.iter().all(Option::is_some)
    }

    /// Keeps a slot, whose number no other has, if there is room.
    pub(super) fn insert(&mut self, slot: Slot) {
        let named = named_by::<N>(slot.seq);
        let is_free = |at: &usize| self.places.get(*at).is_some_and(Option::is_none);
        let free = named.filter(is_free).or_else(|| self.places.iter().position(Option::is_none));
        if let Some(place) = free.and_then(|at| self.places.get_mut(at)) {
            *place = Some(slot);
            self.displaced = self.displaced.saturating_add(usize::from(free != named));
        }
    }

    /// Forgets the slot with a number.
    pub(super) fn remove(&mut self, seq: u32) {
        let at = self.at(seq);
        if let Some(place) = at.and_then(|at| self.places.get_mut(at)) {
            *place = None;
            self.displaced = self.displaced.saturating_sub(usize::from(at != named_by::<N>(seq)));
        }
    }

    fn at(&self, seq: u32) -> Option<usize> {
        let is_it = |place: &Option<Slot>| place.is_some_and(|slot| slot.seq == seq);
        let named = named_by::<N>(seq).filter(|at| self.places.get(*at).is_some_and(is_it));
        match self.displaced {
            0 => named,
            _ => named.or_else(|| self.places.iter().position(is_it)),
        }
    }
}

/// The place that a number names.
fn named_by<const N: usize>(seq: u32) -> Option<usize> {
    crate::bytes::from_u32(seq).checked_rem(N)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slot_is_found_wherever_it_is_until_it_is_removed() {
        let mut slots: Slots<4> = Slots::new();
        let seqs = [4, 8, 12, 1]; // the first three name one place
        for seq in seqs {
            slots.insert(Slot::new(seq, Expect::Ack, true, false));
        }
        assert!(slots.is_full());
        // The place that 8 and 12 name is free again, and they are elsewhere.
        for (gone, left) in [(4, &[8, 12, 1][..]), (8, &[12, 1]), (1, &[12]), (12, &[])] {
            slots.remove(gone);
            slots.remove(gone);
            assert_eq!(slots.get(gone), None);
            left.iter().for_each(|&seq| assert_eq!(slots.get(seq).map(|slot| slot.seq), Some(seq)));
        }
        assert_eq!(slots.displaced, 0);
    }
}
