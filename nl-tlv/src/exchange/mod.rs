//! Which answer belongs to which request: the rules of netlink's conversation, without a socket.
//!
//! The connections of `nl_tlv::socket` use it, and their callers need not. It is public for programs that move the bytes
//! themselves: in another runtime, with two threads on one socket, or without `std`.
//!
//! An [`Exchange`] gives out sequence numbers and remembers what is expected under them ([`Expect`]). What arrives is
//! handed to [`Exchange::judge`], which takes one message after the other off a datagram and returns the [`Verdict`] on
//! it. Nothing is stored but numbers and states.
//!
//! | verdict | what the message is |
//! |---|---|
//! | [`Reply`](Verdict::Reply), [`Object`](Verdict::Object) | an answer to read: one reply, or one of the objects of a dump |
//! | [`Ack`](Verdict::Ack), [`DumpEnd`](Verdict::DumpEnd) | the end of what was asked for |
//! | [`Refusal`](Verdict::Refusal) | why the request was not carried out |
//! | [`Event`](Verdict::Event) | something that nobody asked for |
//! | [`Stale`](Verdict::Stale), [`Ignored`](Verdict::Ignored), [`Foreign`](Verdict::Foreign) | to be dropped |
//! | [`Damaged`](Verdict::Damaged) | bytes that cannot be read; a request that they answer has ended |
//!
//! - What another socket than the peer sent is [`Verdict::Foreign`], whatever it claims in its headers.
//! - What was sent to a multicast group is [`Verdict::Event`], even with the number of a request of ours on it, unless the
//!   request asked for its echo ([`Flags::ECHO`]).
//! - What the kernel sends with number 0 and port id 0 is an object of the running dump if the datagram has the end of that
//!   dump too: `thermal` names no request in its dumps.
//! - What the kernel sends with the number of a request and port id 0 is a reply, unless a reply of this type has named us
//!   before: then it is an event with a number of the kernel's own, as `taskstats` has them.
//! - A request that nobody waits for any more is [abandoned](Exchange::abandon): its late answers are
//!   [`Verdict::Stale`], and its number is not given out again before they have come.
//! - What comes after the last answer, with our port id and a number of ours, is [`Verdict::Stale`] too. A message with
//!   port id 0 is not: it may be an event that the peer has numbered by itself.
//! - The kernel runs one dump at a time, and refuses a second one on the same socket.

mod address;
#[cfg(feature = "socket")]
mod objects;
mod slots;
mod verdict;
mod window;

pub use address::Address;
#[cfg(feature = "socket")]
pub(crate) use objects::Objects;
pub use verdict::Verdict;

use crate::control::Control;
use crate::{Flags, GetFlags, Header, Message, MessageType, Messages};
use slots::{Slot, Slots};
use window::Window;

/// What answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expect {
    /// An acknowledgement or a refusal; with [`Flags::ECHO`] echoes come before it. Replies are [`Verdict::Stale`].
    Ack,
    /// One reply or a refusal; with [`Flags::ACK`] the acknowledgement comes behind the reply.
    OneReply,
    /// Any number of replies, and then an acknowledgement or a refusal.
    UntilAck,
    /// A dump: any number of objects up to an `NLMSG_DONE`.
    Dump,
    /// One message of exactly this type, which is not looked into: even an `NLMSG_DONE` can be a protocol's own reply.
    /// The request's flags are left as they are.
    Raw(MessageType),
}

/// Sequence numbers, and what is expected under them: for at most `N` requests at a time.
///
/// ```
/// use nl_tlv::control::{Errno, ExtAck, emit_refusal};
/// use nl_tlv::exchange::{Address, Exchange, Expect, Verdict};
/// use nl_tlv::{Header, Messages, MessageType, Writer};
///
/// let mut exchange = Exchange::new(4242, 0); // our port id, and the kernel as the peer
/// let header = exchange.request(Expect::Ack, Header::new()).unwrap();
/// let (mut request, mut answer) = ([0; 64], [0; 64]);
/// let mut w = Writer::new(&mut request);
/// w.message(MessageType(25).into(), header, |_| Ok(()))?;
/// let request = Messages::new(w.finish()).next().unwrap()?;
///
/// let mut w = Writer::new(&mut answer); // the kernel's part
/// emit_refusal(&mut w, &request, 4242, Errno::EEXIST, &ExtAck::NONE)?;
///
/// let mut datagram = w.as_bytes();
/// while let Some((verdict, message)) = exchange.judge(&mut datagram, Address::KERNEL) {
///     assert_eq!(verdict, Verdict::Refusal { seq: request.seq(), errno: Errno::EEXIST });
///     assert_eq!(message.len(), 36);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Two threads can share a socket, whose methods take `&self`, and an exchange: one sends requests, the other receives.
///
/// ```
/// # #[cfg(feature = "socket")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use nl_tlv::exchange::{Exchange, Expect, Verdict};
/// use nl_tlv::socket::{Protocol, Socket};
/// use nl_tlv::{Header, MessageType, Writer};
/// use std::sync::Mutex;
///
/// let socket = Socket::open(Protocol::ROUTE)?;
/// let exchange = Mutex::new(Exchange::new(socket.port_id(), 0));
/// std::thread::scope(|scope| {
///     let receiving = scope.spawn(|| {
///         let mut buffer = vec![0; Socket::RECV_BUFFER];
///         let (mut datagram, sender) = socket.recv(&mut buffer)?;
///         let (verdict, _) = exchange.lock().unwrap().judge(&mut datagram, sender).unwrap();
///         Ok::<_, nl_tlv::socket::RecvError>(verdict)
///     });
///     let header = exchange.lock().unwrap().request(Expect::Ack, Header::new()).unwrap();
///     let mut request = [0; 64];
///     let mut w = Writer::new(&mut request);
///     w.message(MessageType(18).into(), header, |w| w.bytes(&[0; 16]))?; // RTM_GETLINK
///     socket.send(w.as_bytes())?;
///     assert_eq!(receiving.join().unwrap()?.seq(), Some(header.seq));
///     Ok(())
/// })
/// # }
/// # #[cfg(not(feature = "socket"))]
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct Exchange<const N: usize = 8> {
    port_id: u32,
    peer: u32,
    /// The first of the numbers that were given out, of the last two thousand million of them; and the next one.
    first_seq: u32,
    next_seq: u32,
    slots: Slots<N>,
    /// The type of the last reply of the kernel's that named us.
    naming: Option<MessageType>,
    /// The batch that is being made or waited for.
    window: Option<Window>,
}

impl Exchange {
    /// An exchange with room for 8 requests: the port id of our socket, and that of the one which answers (the kernel
    /// is 0).
    #[must_use]
    pub const fn new(port_id: u32, peer: u32) -> Self {
        Self::with_first_seq(port_id, peer, 1)
    }
}

impl<const N: usize> Exchange<N> {
    /// As [`new`](Exchange::new), with room for `N` requests and the sequence number of the first request (0 is left
    /// out: events have it). A process may still answer a closed socket that had our port id before: with such a peer, begin
    /// with a number that was not used then, such as the time in microseconds.
    #[must_use]
    pub const fn with_first_seq(port_id: u32, peer: u32, first_seq: u32) -> Self {
        Self {
            port_id,
            peer,
            first_seq,
            next_seq: first_seq,
            slots: Slots::new(),
            naming: None,
            window: None,
        }
    }

    /// Makes room for a request, and completes its header: sequence number, and the flags that belong to what is
    /// expected.
    ///
    /// `None` if the request cannot be made now: a second dump of the kernel's while there is a
    /// [running](Self::running_dump) one, or more than `N` requests. (An abandoned request makes room if there is no
    /// other, a running dump does not.)
    ///
    /// ```
    /// use nl_tlv::Header;
    /// use nl_tlv::exchange::{Exchange, Expect};
    ///
    /// let mut exchange = Exchange::new(4242, 0);
    /// assert!(exchange.request(Expect::Dump, Header::new()).is_some());
    /// assert!(exchange.request(Expect::Dump, Header::new()).is_none());
    /// ```
    pub fn request(&mut self, expect: Expect, header: Header) -> Option<Header> {
        if expect == Expect::Dump && self.peer == 0 && self.running_dump().is_some() {
            return None;
        }
        let header = match expect {
            Expect::Ack | Expect::UntilAck => header.flags(Flags::REQUEST | Flags::ACK),
            Expect::OneReply => header.flags(Flags::REQUEST),
            Expect::Dump => header.flags(Flags::REQUEST | GetFlags::DUMP),
            Expect::Raw(_) => header,
        };
        if self.slots.is_full() {
            let seq = self.oldest_abandoned()?;
            self.slots.remove(seq);
        }
        let seq = self.unused_seq();
        let has_ack = header.flags.contains(Flags::ACK);
        let is_echoed = header.flags.contains(Flags::ECHO);
        self.slots.insert(Slot::new(seq, expect, has_ack, is_echoed));
        self.go_on_from(seq.wrapping_add(1));
        Some(header.seq(seq))
    }

    /// Sets the port id of our socket, for one that got it after the exchange was made. As long as it is 0, what the peer
    /// sends to us alone is for us, whatever port id it names.
    pub const fn set_port_id(&mut self, port_id: u32) {
        self.port_id = port_id;
    }

    /// The port id of our socket.
    #[must_use]
    pub const fn port_id(&self) -> u32 {
        self.port_id
    }

    /// Gives up waiting for a request's answer, which may have been lost or come late: it will be [`Verdict::Stale`].
    ///
    /// ```
    /// use nl_tlv::control::{ExtAck, emit_ack};
    /// use nl_tlv::exchange::{Address, Exchange, Expect, Verdict};
    /// # use nl_tlv::{Header, MessageType, Messages, Writer};
    /// # let (mut request, mut answer) = ([0; 64], [0; 64]);
    ///
    /// let mut exchange = Exchange::new(4242, 0);
    /// let header = exchange.request(Expect::Ack, Header::new()).unwrap();
    /// exchange.abandon(header.seq); // it took too long
    ///
    /// # let mut w = Writer::new(&mut request);
    /// # w.message(MessageType(25).into(), header, |_| Ok(()))?;
    /// # let request = Messages::new(w.finish()).next().unwrap()?;
    /// # let mut w = Writer::new(&mut answer);
    /// emit_ack(&mut w, &request, 4242, &ExtAck::NONE)?; // the answer comes all the same
    /// let (verdict, _) = exchange.judge(&mut w.as_bytes(), Address::KERNEL).unwrap();
    /// assert_eq!(verdict, Verdict::Stale);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn abandon(&mut self, seq: u32) {
        if let Some(slot) = self.slots.get_mut(seq) {
            slot.is_abandoned = true;
        }
    }

    /// Forgets a request, as if its answer had come: for one that was not sent, or a dump whose end was lost.
    pub fn forget(&mut self, seq: u32) {
        self.slots.remove(seq);
    }

    /// The sequence number of the dump that has not ended yet, abandoned or not; of several the last, because the kernel has
    /// ended the others then. A request that was made with the flags of a dump is one once an answer says so
    /// ([`Flags::MULTI`]).
    #[must_use]
    pub fn running_dump(&self) -> Option<u32> {
        let dumps = self.slots.iter().filter(|slot| slot.is_dump).map(|slot| slot.seq);
        dumps.min_by_key(|seq| self.next_seq.wrapping_sub(*seq))
    }

    /// Whether a request's answer has not come, and is waited for.
    #[must_use]
    pub fn is_waiting(&self, seq: u32) -> bool {
        self.slots.get(seq).is_some_and(|slot| !slot.is_abandoned)
    }

    /// Whether the answer to a request may come after the request was sent, even from the kernel: a reply of a
    /// protocol's own kind.
    #[cfg(feature = "socket")]
    pub(crate) fn may_answer_later(&self, seq: u32) -> bool {
        self.slots.get(seq).is_some_and(|slot| matches!(slot.expect, Expect::Raw(_)))
    }

    /// Takes the next message off a datagram: the verdict on it, and its bytes without padding. `None` at the end.
    ///
    /// Of a datagram that is not from the peer, or can be read no further, the bytes are all that is left.
    #[inline]
    pub fn judge<'d>(&mut self, datagram: &mut &'d [u8], sender: Address) -> Option<(Verdict, &'d [u8])> {
        let all = *datagram;
        let mut messages = Messages::new(if sender.port_id == self.peer { all } else { &[] });
        let next = messages.next();
        *datagram = messages.remainder();
        match next {
            Some(Ok(message)) => {
                let verdict = self.verdict(&message, sender);
                let is_nameless =
                    verdict == Verdict::Event && message.seq() == 0 && sender == Address::KERNEL;
                let verdict = if is_nameless { self.nameless(messages) } else { verdict };
                Some((verdict, message.as_bytes()))
            }
            Some(Err(err)) => Some((Verdict::Damaged(err), all)),
            None if sender.port_id == self.peer || all.is_empty() => None,
            None => Some((Verdict::Foreign, all)),
        }
    }

    #[inline]
    fn verdict(&mut self, message: &Message<'_>, sender: Address) -> Verdict {
        if sender.group.is_some() && !self.is_echo(message) {
            return if is_family(message) { Verdict::Event } else { Verdict::Ignored };
        }
        if !self.is_for_us(message) {
            return self.unexpected(message);
        }
        let Some(slot) = self.slots.get_mut(message.seq()) else {
            return self.judge_batch(message);
        };
        let was_abandoned = slot.is_abandoned;
        let (verdict, is_end) = slot.judge(message);
        if matches!(verdict, Verdict::Reply { .. }) && !self.names_us(message) {
            return Verdict::Event;
        }
        if is_end {
            self.slots.remove(message.seq());
        }
        if was_abandoned { Verdict::Stale } else { verdict }
    }

    /// What a message with number 0 is: an object of the dump that ends behind it in the datagram, because the kernel puts
    /// nothing else there, and `thermal` names no request in its dumps; otherwise an event.
    #[cold]
    fn nameless(&self, rest: Messages<'_>) -> Verdict {
        let ends = |seq: u32| move |next: Message<'_>| next.ty() == MessageType::DONE && next.seq() == seq;
        match self.running_dump().filter(|&seq| rest.flatten().any(ends(seq))) {
            Some(seq) if self.is_waiting(seq) => Verdict::Object { seq },
            Some(_) => Verdict::Stale,
            None => Verdict::Event,
        }
    }

    /// Whether a reply names us as replies of its type do. One of the kernel's that names nobody, where another named us, is
    /// an event with a number that the kernel has counted to by itself.
    fn names_us(&mut self, reply: &Message<'_>) -> bool {
        match reply.port_id() {
            0 => self.naming != Some(reply.ty()),
            _ => {
                self.naming = Some(reply.ty()).filter(|_| self.peer == 0);
                true
            }
        }
    }

    /// Whether a message with a group is the echo of a request that asked for one: it is sent to us alone, with our
    /// number and port id.
    #[cold]
    fn is_echo(&self, message: &Message<'_>) -> bool {
        let is_ours = message.port_id() == self.port_id && self.port_id != 0;
        is_ours && is_family(message) && self.slots.get(message.seq()).is_some_and(|slot| slot.is_echoed)
    }

    /// What a message is that answers no request in a slot: it may answer one of a batch.
    #[inline(never)]
    fn judge_batch(&mut self, message: &Message<'_>) -> Verdict {
        let Some(mut slot) = self.in_window(message.seq()) else {
            return self.unexpected(message);
        };
        let (verdict, is_end) = slot.judge(message);
        if is_end {
            self.end_in_window(slot.seq);
        }
        verdict
    }

    /// What a message is that answers no request.
    #[inline(never)]
    fn unexpected(&self, message: &Message<'_>) -> Verdict {
        match Control::parse(message) {
            Ok(Control::Family) if self.was_asked_for(message) => Verdict::Stale,
            Ok(Control::Family) => Verdict::Event,
            Ok(Control::Error(_) | Control::Done(_)) => Verdict::Stale,
            Ok(_) => Verdict::Ignored,
            Err(err) => Verdict::Damaged(err),
        }
    }

    /// Whether a message has a number that we have given out and names us: a further reply, or a late one. As long as our
    /// port id is not known, whatever the kernel names is us, because it sends no events of others to us alone; a server
    /// may. One that names nobody may be an event, whatever its number: the kernel counts those of `taskstats` by itself.
    fn was_asked_for(&self, message: &Message<'_>) -> bool {
        let given_out = self.next_seq.wrapping_sub(self.first_seq);
        let is_given_out = message.seq().wrapping_sub(self.first_seq) < given_out;
        let names_us = match self.port_id {
            0 => self.peer == 0 && message.port_id() != 0,
            ours => message.port_id() == ours,
        };
        is_given_out && names_us
    }

    /// Whether a message may be an answer to us: one that names the port of a third is an event that the third caused.
    /// Servers also write 0 or their own there.
    #[inline]
    fn is_for_us(&self, message: &Message<'_>) -> bool {
        self.port_id == 0 || [self.port_id, self.peer, 0].contains(&message.port_id())
    }

    /// The oldest request that nobody waits for. Not a dump: that its end has not come matters to the next one.
    fn oldest_abandoned(&self) -> Option<u32> {
        let running = self.running_dump();
        let may_go = |slot: &&Slot| slot.is_abandoned && Some(slot.seq) != running;
        let seqs = self.slots.iter().filter(may_go).map(|slot| slot.seq);
        seqs.max_by_key(|seq| self.next_seq.wrapping_sub(*seq))
    }

    /// Sets the next number. Numbers begin anew after 2^32, so only half of them count as given out.
    const fn go_on_from(&mut self, seq: u32) {
        self.next_seq = seq;
        if seq.wrapping_sub(self.first_seq) > MOST_GIVEN_OUT {
            self.first_seq = seq.wrapping_sub(MOST_GIVEN_OUT);
        }
    }

    /// The next number that is not 0 and under which nothing is expected; a few have to be left out.
    fn unused_seq(&self) -> u32 {
        let mut seq = self.next_seq;
        while seq == 0 || self.slots.get(seq).is_some() || self.in_window(seq).is_some() {
            seq = seq.wrapping_add(1);
        }
        seq
    }
}

impl Slot {
    /// What a message with the slot's number is, and whether it is the last one that is expected.
    #[inline(always)]
    fn judge(&mut self, message: &Message<'_>) -> (Verdict, bool) {
        self.is_interrupted |= message.flags().contains(Flags::DUMP_INTR);
        if self.expect == Expect::Dump && message.ty() >= MessageType::FIRST_OF_FAMILY {
            return (Verdict::Object { seq: self.seq }, false);
        }
        self.is_dump |= message.flags().contains(Flags::MULTI);
        self.judge_answer(message)
    }

    /// The same for what is not simply an object of a dump.
    #[inline(never)]
    fn judge_answer(&self, message: &Message<'_>) -> (Verdict, bool) {
        let seq = self.seq;
        if self.expect == Expect::Raw(message.ty()) {
            let is_last = !self.is_dump || message.ty() == MessageType::DONE;
            return (Verdict::Reply { seq, is_last }, is_last);
        }
        match Control::parse(message) {
            Ok(Control::Error(error)) => match error.errno() {
                Some(errno) => (Verdict::Refusal { seq, errno }, true),
                None => (Verdict::Ack { seq, has_warning: !error.ext_ack().is_empty() }, true),
            },
            Ok(Control::Done(errno)) => {
                let mut flags = message.flags() & Flags::DUMP_FILTERED;
                flags.set(Flags::DUMP_INTR, self.is_interrupted);
                (Verdict::DumpEnd { seq, errno, flags }, true)
            }
            Ok(Control::Family) => self.family(),
            Ok(Control::Noop | Control::Overrun | Control::Reserved) => (Verdict::Ignored, false),
            Err(err) => (Verdict::Damaged(err), true),
        }
    }

    fn family(&self) -> (Verdict, bool) {
        let seq = self.seq;
        match self.expect {
            Expect::Ack if !self.is_echoed => (Verdict::Stale, false),
            Expect::Ack | Expect::UntilAck => (Verdict::Reply { seq, is_last: false }, false),
            Expect::OneReply => {
                let is_last = !self.has_ack && !self.is_dump;
                (Verdict::Reply { seq, is_last }, is_last)
            }
            Expect::Dump => (Verdict::Object { seq }, false),
            Expect::Raw(_) => (Verdict::Event, false),
        }
    }
}

/// Whether a message is a family's own; a damaged one is nobody's.
fn is_family(message: &Message<'_>) -> bool {
    matches!(Control::parse(message), Ok(Control::Family))
}

/// How far back a number counts as given out.
const MOST_GIVEN_OUT: u32 = 1 << 31;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_come_round_again_leave_out_those_still_expected() {
        let mut exchange: Exchange<3> = Exchange::with_first_seq(7, 0, 1);
        exchange.request(Expect::Ack, Header::new()).unwrap();
        exchange.request(Expect::Ack, Header::new()).unwrap();
        exchange.abandon(2);
        exchange.next_seq = u32::MAX;
        assert_eq!(exchange.request(Expect::Ack, Header::new()).unwrap().seq, u32::MAX);
        exchange.forget(u32::MAX);
        let header = exchange.request(Expect::Ack, Header::new()).unwrap();
        assert_eq!(header.seq, 3, "0 is for events, 1 is waited for, 2 is abandoned");
    }

    #[test]
    fn late_reply_is_no_event_after_the_numbers_have_begun_anew() {
        let mut exchange: Exchange = Exchange::with_first_seq(7, 0, 1);
        // Half of the numbers are given out, and then all of them.
        for seq in [1 << 31, u32::MAX - 2] {
            exchange.go_on_from(seq);
        }
        let seqs: [u32; 6] = core::array::from_fn(|_| {
            let seq = exchange.request(Expect::OneReply, Header::new()).unwrap().seq;
            exchange.forget(seq);
            seq
        });
        assert_eq!(seqs, [u32::MAX - 2, u32::MAX - 1, u32::MAX, 1, 2, 3]);
        let mut late = |seq| {
            let reply = [16, 20, seq, 7].map(u32::to_ne_bytes).concat();
            exchange.judge(&mut reply.as_slice(), Address::KERNEL).unwrap().0
        };
        assert_eq!(seqs.map(&mut late), [Verdict::Stale; 6]);
        assert_eq!(late(1000), Verdict::Event, "it was given out long ago");
    }
}
