//! One datagram, judged.

use super::{Exchange, Fixed, Slots, Verdict};
use crate::bytes::{add, sub};
use crate::{Flags, MessageType, Messages};
use core::fmt;
use core::ops::Range;

/// Where a datagram came from, as the socket says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The sender's port id, 0 for the kernel.
    pub port_id: u32,
    /// The multicast group that it was sent to; `None` if it was sent to our port id.
    pub group: Option<u32>,
    /// The id of the network namespace that it was sent in; `None` for our own. Only a socket that listens to several
    /// hears of others (`NETLINK_LISTEN_ALL_NSID`).
    pub nsid: Option<i32>,
}

impl Origin {
    /// Sent to us by a port id.
    #[must_use]
    pub const fn port(port_id: u32) -> Self {
        Self { port_id, group: None, nsid: None }
    }

    /// Sent to a multicast group by a port id.
    #[must_use]
    pub const fn group(port_id: u32, group: u32) -> Self {
        Self { port_id, group: Some(group), nsid: None }
    }
}

/// The objects of a dump in one datagram, made by [`Exchange::objects`]: the fast path for messages on which the verdict
/// would be [`Verdict::Object`](super::Verdict::Object).
#[derive(Clone, Copy, Debug)]
pub struct Objects {
    seq: u32,
    /// The port ids that it may name; any if our own is not known.
    port_ids: Option<[u32; 3]>,
}

impl Objects {
    pub(super) const fn new(seq: u32, port_id: u32, peer: u32) -> Self {
        Self { seq, port_ids: if port_id == 0 { None } else { Some([port_id, peer, 0]) } }
    }

    /// The length of the next message of the datagram, and that with its padding, if it is plainly an object: a family's
    /// message with the dump's number, for us, of a state that did not change. Others are to be
    /// [judged](Exchange::step).
    #[must_use]
    #[inline(always)]
    pub fn next(&self, datagram: &[u8]) -> Option<(usize, usize)> {
        let mut messages = Messages::new(datagram);
        let message = messages.next()?.ok()?;
        let is_plain = message.ty() >= MessageType::FIRST_OF_FAMILY
            && message.seq() == self.seq
            && self.port_ids.is_none_or(|ids| ids.contains(&message.port_id()))
            && !message.flags().contains(Flags::DUMP_INTR);
        is_plain.then_some((message.as_bytes().len(), sub(datagram.len(), messages.remainder().len())))
    }
}

/// The messages of a datagram: the verdict on each, and where its bytes lie.
pub struct Step<'e, 'd, S = Fixed> {
    exchange: &'e mut Exchange<S>,
    messages: Messages<'d>,
    len: usize,
    origin: Origin,
}

impl<'e, 'd, S> Step<'e, 'd, S> {
    #[inline]
    pub(super) fn new(exchange: &'e mut Exchange<S>, datagram: &'d [u8], origin: Origin) -> Self {
        Self { exchange, messages: Messages::new(datagram), len: datagram.len(), origin }
    }

    /// How many bytes of the datagram have been judged, padding included.
    #[must_use]
    #[inline]
    pub fn consumed(&self) -> usize {
        sub(self.len, self.messages.remainder().len())
    }
}

impl<S: Slots> Iterator for Step<'_, '_, S> {
    type Item = (Verdict, Range<usize>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let start = self.consumed();
        if self.origin.port_id != self.exchange.peer {
            self.messages = Messages::new(&[]);
            return (start < self.len).then_some((Verdict::Foreign, start..self.len));
        }
        Some(match self.messages.next()? {
            Ok(message) => {
                let end = add(start, message.as_bytes().len());
                (self.exchange.judge(&message, self.origin), start..end)
            }
            Err(err) => (Verdict::Damaged(err), start..self.len),
        })
    }
}

impl<S> fmt::Debug for Step<'_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").field("messages", &self.messages).field("origin", &self.origin).finish()
    }
}
