//! The fast path of dumps.

use super::slots::Slot;
use super::{Address, Exchange, Expect};
use crate::bytes::sub;
use crate::{Flags, MessageType, Messages};

/// The objects of a dump in one datagram, made by [`Exchange::objects`]: the fast path for messages on which the verdict
/// would be [`Verdict::Object`](super::Verdict::Object).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Objects {
    seq: u32,
    /// The port ids that it may name; any if our own is not known.
    port_ids: Option<[u32; 3]>,
}

impl<const N: usize> Exchange<N> {
    /// The objects of a running dump in a datagram that came from there; `None` if it has none of them. It holds until
    /// the datagram ends or something else of it is [judged](Self::judge).
    pub(crate) fn objects(&self, seq: u32, sender: Address) -> Option<Objects> {
        let is_dump = |slot: &Slot| slot.expect == Expect::Dump && !slot.is_abandoned;
        let is_running = self.slots.get(seq).is_some_and(is_dump);
        let port_ids = (self.port_id != 0).then_some([self.port_id, self.peer, 0]);
        (is_running && sender == Address::port(self.peer)).then_some(Objects { seq, port_ids })
    }
}

impl Objects {
    /// The length of the next message of the datagram, and that with its padding, if it is plainly an object: a family's
    /// message with the dump's number, for us, of a state that did not change. Others are to be
    /// [judged](Exchange::judge).
    #[inline(always)]
    pub(crate) fn next(&self, datagram: &[u8]) -> Option<(usize, usize)> {
        let mut messages = Messages::new(datagram);
        let message = messages.next()?.ok()?;
        let is_plain = message.ty() >= MessageType::FIRST_OF_FAMILY
            && message.seq() == self.seq
            && self.port_ids.is_none_or(|ids| ids.contains(&message.port_id()))
            && !message.flags().contains(Flags::DUMP_INTR);
        is_plain.then_some((message.as_bytes().len(), sub(datagram.len(), messages.remainder().len())))
    }
}
