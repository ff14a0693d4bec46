//! Requests that are sent together: a run of sequence numbers, and which of them have been answered.

use super::slots::Slot;
use super::{Exchange, Expect};
use crate::bytes::{from_u32, to_u32};
use crate::{Flags, Header};

impl Exchange {
    /// How many requests there can be in one batch.
    pub const MAX_BATCH: u32 = Window::MAX;
}

impl<const N: usize> Exchange<N> {
    /// Adds a request to the batch that is being made, or begins one, and completes its header. Each request of a batch
    /// waits for its own acknowledgement ([`Expect::Ack`]); they take no slots.
    ///
    /// `None` for more than [`MAX_BATCH`](Exchange::MAX_BATCH).
    pub fn batch_request(&mut self, header: Header) -> Option<Header> {
        let seq = self.give_out(Window::MAX, header)?;
        Some(header.flags(Flags::REQUEST | Flags::ACK).seq(seq))
    }

    /// Adds a message to the transaction that is being made, or begins one, and completes its header. As in a batch, but
    /// of any number of messages, and their acknowledgements are not counted. It ends as a [batch](Self::end_batch).
    ///
    /// `None` for more than 16 million.
    pub fn transaction_request(&mut self, header: Header) -> Option<Header> {
        let seq = self.give_out(Window::TRANSACTION, header)?;
        Some(header.flags(Flags::REQUEST).seq(seq))
    }

    /// Takes the last request out of the batch again, because it could not be written.
    pub fn take_back(&mut self) {
        if let Some(window) = &mut self.window {
            window.len = window.len.saturating_sub(1);
        }
    }

    /// How many requests of the batch have not been answered.
    #[must_use]
    pub fn batch_waiting(&self) -> u32 {
        self.window.as_ref().map_or(0, Window::waiting)
    }

    /// Which request of the batch has this number, counted from 0.
    #[must_use]
    pub fn place_in_batch(&self, seq: u32) -> Option<u32> {
        self.window.as_ref().and_then(|window| window.place(seq))
    }

    /// Ends the batch. Answers that were not there yet will be [`Verdict::Stale`](super::Verdict::Stale).
    pub fn end_batch(&mut self) {
        if let Some(window) = self.window.take() {
            self.give_back(&window);
        }
    }

    /// The next number of the window, which begins with this if there is none.
    fn give_out(&mut self, max: u32, header: Header) -> Option<u32> {
        if self.window.is_none() {
            self.window = Some(self.new_window(max));
        }
        let window = self.window.as_mut()?;
        window.has_echoes |= header.flags.contains(Flags::ECHO);
        window.give_out()
    }

    /// Takes back the numbers of a window that were not given out, unless others were given out behind them.
    fn give_back(&mut self, window: &Window) {
        if self.next_seq == window.first.wrapping_add(window.max) {
            self.next_seq = window.first.wrapping_add(window.len.min(window.max));
        }
    }

    /// A window of numbers that nothing else has: 0 is not among them, nor what a slot is waiting for.
    fn new_window(&mut self, max: u32) -> Window {
        let mut first = self.next_seq;
        while let Some(taken) = self.taken(first, max) {
            first = taken.wrapping_add(1);
        }
        self.go_on_from(first.wrapping_add(max));
        Window::new(first, max)
    }

    /// A number among those of a window that begins here which it cannot have.
    fn taken(&self, first: u32, max: u32) -> Option<u32> {
        let within = |seq: &u32| seq.wrapping_sub(first) < max;
        let slots = self.slots.iter().map(|slot| slot.seq);
        core::iter::once(0).chain(slots).find(within)
    }

    /// The state of a request of the batch, if it has not been answered.
    pub(super) fn in_window(&self, seq: u32) -> Option<Slot> {
        let window = self.window.as_ref().filter(|window| window.is_waiting(seq))?;
        Some(Slot::new(seq, Expect::Ack, true, window.has_echoes))
    }

    /// Notes that a request of the batch has been answered.
    pub(super) fn end_in_window(&mut self, seq: u32) {
        if let Some(window) = &mut self.window {
            window.answer(seq);
        }
    }
}

/// Requests with consecutive numbers. Which of the first [`MAX`](Self::MAX) have been answered is known; further ones, as
/// a transaction has them, count as waiting until the window ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    first: u32,
    len: u32,
    max: u32,
    /// Whether any of them asks for its echo.
    has_echoes: bool,
    answered: [bool; 512],
}

impl Window {
    /// How many requests there can be in a batch.
    pub(super) const MAX: u32 = 512;

    /// How many messages there can be in a transaction.
    pub(super) const TRANSACTION: u32 = 1 << 24;

    /// A window without requests, whose first will have this number.
    pub(super) const fn new(first: u32, max: u32) -> Self {
        Self { first, len: 0, max, has_echoes: false, answered: [false; 512] }
    }

    /// The number of one more request; `None` if there are as many as there can be.
    pub(super) fn give_out(&mut self) -> Option<u32> {
        let seq = self.first.wrapping_add(self.len);
        self.len = self.len.checked_add(1).filter(|&len| len <= self.max)?;
        Some(seq)
    }

    /// How many requests have not been answered.
    pub(super) fn waiting(&self) -> u32 {
        let answered = self.answered.iter().filter(|&&is_answered| is_answered).count();
        self.len.saturating_sub(to_u32(answered))
    }

    /// Which request has this number.
    pub(super) fn place(&self, seq: u32) -> Option<u32> {
        Some(seq.wrapping_sub(self.first)).filter(|&at| at < self.len)
    }

    /// Whether a request with this number has not been answered.
    pub(super) fn is_waiting(&self, seq: u32) -> bool {
        self.place(seq).is_some_and(|at| self.answered.get(from_u32(at)) != Some(&true))
    }

    /// Notes that a request has been answered.
    pub(super) fn answer(&mut self, seq: u32) {
        // A message of a transaction may be refused and acknowledged.
        let Some(at) = self.place(seq).filter(|_| self.max == Self::MAX) else { return };
        if let Some(is_answered) = self.answered.get_mut(from_u32(at)) {
            *is_answered = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_waits_until_it_is_answered_and_then_no_more() {
        let mut window = Window::new(u32::MAX - 3, Window::MAX);
        let seqs: [u32; 512] = core::array::from_fn(|_| window.give_out().unwrap());
        assert_eq!((window.give_out(), window.waiting()), (None, 512));
        assert_eq!((seqs[3], seqs[4]), (u32::MAX, 0));
        for (at, &seq) in seqs.iter().enumerate() {
            assert!(window.is_waiting(seq));
            window.answer(seq);
            assert!(!window.is_waiting(seq));
            assert_eq!(window.waiting(), 511 - u32::try_from(at).unwrap());
        }
    }

    #[test]
    fn numbers_beyond_the_window_never_wait() {
        let mut window = Window::new(10, Window::MAX);
        window.give_out();
        window.give_out();
        window.len -= 1;
        for seq in [9, 11, 10 + 512, 0, u32::MAX] {
            window.answer(seq);
            assert!(!window.is_waiting(seq));
        }
        assert!(window.is_waiting(10));
    }
}
