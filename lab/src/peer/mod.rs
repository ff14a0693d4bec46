//! The user-space peer: what a kernel module does, done by a thread or a process, over `NETLINK_USERSOCK`.
//!
//! The rules that all protocols share are in [`Peer`], which does no I/O: [`Peer::take`] is given a datagram and its
//! sender, [`Peer::flush`] hands out datagrams and their receivers. [`serve`] is the loop around it. A [`Service`] is
//! what one protocol adds.
//!
//! What it cannot do: see capabilities, be port id 0, refuse groups. Joining groups of `NETLINK_USERSOCK` needs a
//! capability, so subscribers register with a [`Subscribe`] message, and events are sent to each.

mod outbox;
mod refused;
mod serve;

pub use outbox::Outbox;
pub use refused::Refused;
pub use serve::{PeerThread, serve, spawn};

use nl_tlv::control::{Errno, ExtAck, emit_ack, emit_done, emit_whole_refusal};
use nl_tlv::{Flags, Header, Message, MessageType, Messages, NlMessage, Writer};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

/// Asks the peer to send the events of a group to this port id from now on; group 0 ends all of that, and a dump that
/// is under way. Spoken by the peer alone: a module has real groups.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 0x7ff0)]
pub struct Subscribe {
    /// Number of the group.
    #[nl(attr = 1)]
    pub group: u32,
}

/// What a protocol does with its own messages.
pub trait Service {
    /// A dump that is under way: what it covers, and how far it has come. [`Infallible`] if there are none.
    type Dump;

    /// Whether a message of this type is handled without `NLM_F_REQUEST`.
    fn is_request_optional(&self, ty: MessageType) -> bool;

    /// Handles one message, whose answers and events go into the outbox.
    ///
    /// # Errors
    ///
    /// A refusal; nothing has changed then.
    fn handle(
        &mut self,
        request: &Message<'_>,
        sender: u32,
        out: &mut Outbox,
    ) -> Result<Answer<Self::Dump>, Refused>;

    /// Appends the next objects of a dump, as many as fit: at least one, if there are any more.
    fn fill(&self, dump: &mut Self::Dump, w: &mut Writer<'_>, header: Header) -> Filled;
}

/// How a message was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<D = Infallible> {
    /// An ACK is due, where the request asks for one.
    Ack,
    /// The service has answered itself.
    Own,
    /// With a dump, which ends itself and is never acknowledged.
    Dump(D),
}

/// What a step of a dump has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Whether there are no more objects.
    pub is_complete: bool,
    /// What is true of the dump: `DUMP_INTR`, `DUMP_FILTERED`.
    pub flags: Flags,
}

/// What became of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It was sent.
    Yes,
    /// The receiver has no room for it now.
    Full,
    /// The receiver is no more.
    Gone,
}

/// What is left after a [flush](Peer::flush).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing.
    Nothing,
    /// Parts of dumps that can be sent at once.
    More,
    /// Datagrams for receivers that have no room.
    Blocked,
}

/// A service, those who subscribed to it, and its dumps.
#[derive(Debug)]
pub struct Peer<S: Service> {
    service: S,
    out: Outbox,
    /// By the requester: a socket has one dump at a time.
    dumps: BTreeMap<u32, Running<S::Dump>>,
}

/// A dump that is under way.
#[derive(Debug)]
struct Running<D> {
    request: Vec<u8>,
    dump: D,
}

impl<S: Service> Peer<S> {
    /// A peer without subscribers.
    #[must_use]
    pub fn new(service: S) -> Self {
        Self { service, out: Outbox::default(), dumps: BTreeMap::new() }
    }

    /// Handles every message of a datagram. A message whose length is wrong ends the datagram without an answer.
    pub fn take(&mut self, datagram: &[u8], sender: u32) {
        for message in Messages::new(datagram).map_while(Result::ok) {
            self.take_message(&message, sender);
        }
    }

    /// Sends what there is, until each receiver is content or full, and one datagram of each dump that has room.
    ///
    /// A dump of any size needs no more memory than one datagram, and requests can come between its parts.
    pub fn flush(&mut self, mut send: impl FnMut(u32, &[u8]) -> Sent) -> Left {
        let receivers: BTreeSet<u32> = self.out.receivers().chain(self.dumps.keys().copied()).collect();
        for port_id in receivers {
            if self.send_queue(port_id, &mut send) && self.dumps.contains_key(&port_id) {
                self.advance(port_id);
                self.send_queue(port_id, &mut send);
            }
        }
        let is_blocked = |port_id| self.out.front(port_id).is_some();
        match (self.dumps.keys().any(|&port_id| !is_blocked(port_id)), self.out.receivers().next()) {
            (true, _) => Left::More,
            (false, Some(_)) => Left::Blocked,
            (false, None) => Left::Nothing,
        }
    }

    /// Whether the receiver has got all that was queued for it.
    fn send_queue(&mut self, port_id: u32, send: &mut impl FnMut(u32, &[u8]) -> Sent) -> bool {
        while let Some(datagram) = self.out.front(port_id) {
            match send(port_id, datagram) {
                Sent::Yes => self.out.pop(port_id),
                Sent::Full => return false,
                Sent::Gone => self.forget(port_id),
            }
        }
        true
    }

    /// A socket is no more, or is about to be: the next one with its port id must not get what is meant for it.
    fn forget(&mut self, port_id: u32) {
        self.out.drop_receiver(port_id);
        self.dumps.remove(&port_id);
    }

    fn take_message(&mut self, message: &Message<'_>, sender: u32) {
        let ty = message.ty();
        if ty == MessageType::NOOP {
            return self.answer_noop(message, sender);
        }
        let required = !self.service.is_request_optional(ty);
        if ty < MessageType::FIRST_OF_FAMILY || (required && !message.flags().contains(Flags::REQUEST)) {
            return;
        }
        let answer = match Subscribe::parse(message) {
            Ok(subscribe) => {
                match subscribe.group {
                    0 => self.forget(sender),
                    group => self.out.subscribe(sender, group),
                }
                Ok(Answer::Ack)
            }
            Err(_) => self.service.handle(message, sender, &mut self.out),
        };
        match answer.and_then(|answer| self.start_dump(answer, message, sender)) {
            Ok(true) if message.flags().contains(Flags::ACK) => {
                self.out.write(sender, |w| emit_ack(w, message, sender, &ExtAck::NONE));
            }
            Ok(_) => {}
            Err(refused) => {
                let (errno, why) = (refused.errno, refused.ext_ack());
                self.out.write(sender, |w| emit_whole_refusal(w, message, sender, errno, &why));
            }
        }
    }

    /// Notes the dump, if the answer is one; and says whether an ACK is due.
    fn start_dump(
        &mut self,
        answer: Answer<S::Dump>,
        request: &Message<'_>,
        sender: u32,
    ) -> Result<bool, Refused> {
        let dump = match answer {
            Answer::Ack => return Ok(true),
            Answer::Own => return Ok(false),
            Answer::Dump(dump) => dump,
        };
        if self.dumps.contains_key(&sender) {
            return Err(Refused::new(Errno::EBUSY, "a dump is already running on this socket"));
        }
        self.dumps.insert(sender, Running { request: request.as_bytes().to_vec(), dump });
        Ok(false)
    }

    /// Writes the next part of a dump, the end of it included.
    fn advance(&mut self, port_id: u32) {
        let Some(Running { request, dump }) = self.dumps.get_mut(&port_id) else { return };
        let Some(Ok(request)) = Messages::new(request).next() else { return };
        let header = Header::new().seq(request.seq()).port_id(port_id).flags(Flags::MULTI);
        let mut buf = vec![0; DUMP_LEN];
        let mut w = Writer::new(&mut buf);
        let filled = self.service.fill(dump, &mut w, header);
        let end = |w: &mut Writer<'_>| emit_done(w, &request, port_id, None, filled.flags, &ExtAck::NONE);
        if filled.is_complete && end(&mut w).is_ok() {
            self.dumps.remove(&port_id);
        }
        self.out.push(port_id, w.as_bytes().to_vec());
    }

    fn answer_noop(&mut self, message: &Message<'_>, sender: u32) {
        let header = Header::new().seq(message.seq()).port_id(sender);
        self.out.write(sender, |w| w.message(MessageType::DONE.into(), header, |w| w.bytes(&[0; 4])));
    }
}

/// Length of a datagram of a dump, in bytes: what a reader of kernel dumps has room for.
const DUMP_LEN: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv::control::Control;

    /// Dumps as many messages as the request has words; acknowledges an empty one.
    struct Counting;

    const COUNT: MessageType = MessageType(50);

    impl Service for Counting {
        type Dump = u32;

        fn is_request_optional(&self, _: MessageType) -> bool {
            false
        }

        fn handle(&mut self, request: &Message<'_>, _: u32, _: &mut Outbox) -> Result<Answer<u32>, Refused> {
            match request.payload() {
                [] => Ok(Answer::Ack),
                count => Ok(Answer::Dump(u32::try_from(count.len() / 4).unwrap())),
            }
        }

        fn fill(&self, dump: &mut u32, w: &mut Writer<'_>, header: Header) -> Filled {
            while *dump > 0 && w.message(COUNT.into(), header, |w| w.bytes(&[0; 4000])).is_ok() {
                *dump -= 1;
            }
            Filled { is_complete: *dump == 0, flags: Flags::empty() }
        }
    }

    fn request(seq: u32, count: usize) -> Vec<u8> {
        let mut buf = vec![0; 1024];
        let mut w = Writer::new(&mut buf);
        let header = Header::request().flags(Flags::ACK).seq(seq);
        w.message(COUNT.into(), header, |w| w.bytes(&vec![0; 4 * count])).unwrap();
        w.finish().to_vec()
    }

    /// The types of the messages that a peer sends to a port in one flush.
    fn flush(peer: &mut Peer<Counting>, port_id: u32, answer: Sent) -> (Vec<u16>, Left) {
        let mut types = Vec::new();
        let left = peer.flush(|to, datagram| {
            if to == port_id {
                types.extend(Messages::new(datagram).map(|message| message.unwrap().ty().0));
                return answer;
            }
            Sent::Yes
        });
        (types, left)
    }

    #[test]
    fn a_dump_goes_on_part_by_part_with_requests_in_between() {
        let mut peer = Peer::new(Counting);
        peer.take(&request(1, 6), 9);
        assert_eq!(flush(&mut peer, 9, Sent::Yes), (vec![50; 4], Left::More));
        peer.take(&request(2, 0), 9);
        assert_eq!(flush(&mut peer, 9, Sent::Yes), (vec![2, 50, 50, 3], Left::Nothing));
    }

    #[test]
    fn a_second_dump_is_refused_until_the_first_is_over() {
        let mut peer = Peer::new(Counting);
        peer.take(&[request(1, 6), request(2, 1)].concat(), 9);
        let mut errors = Vec::new();
        peer.flush(|_, datagram| {
            for message in Messages::new(datagram) {
                if let Ok(Control::Error(error)) = Control::parse(&message.unwrap()) {
                    errors.push((error.request().nlmsg_seq, error.errno()));
                }
            }
            Sent::Yes
        });
        assert_eq!(errors, [(2, Some(Errno::EBUSY))]);
        flush(&mut peer, 9, Sent::Yes);
        peer.take(&request(3, 1), 9);
        assert_eq!(flush(&mut peer, 9, Sent::Yes), (vec![50, 3], Left::Nothing));
    }

    #[test]
    fn a_receiver_without_room_blocks_no_other_and_loses_what_is_too_much() {
        let mut peer = Peer::new(Counting);
        for seq in 0..5000 {
            peer.take(&request(seq, 0), 9);
        }
        peer.take(&request(1, 0), 8);
        assert_eq!(flush(&mut peer, 9, Sent::Full), (vec![2], Left::Blocked));
        let (kept, left) = flush(&mut peer, 9, Sent::Yes);
        assert_eq!((kept.len(), left), (Outbox::MAX, Left::Nothing));
        assert_eq!(flush(&mut peer, 8, Sent::Yes).0, []);
    }

    #[test]
    fn what_is_meant_for_a_closed_socket_is_forgotten() {
        let mut peer = Peer::new(Counting);
        peer.take(&request(1, 50), 9);
        assert_eq!(flush(&mut peer, 9, Sent::Full).1, Left::Blocked);
        assert_eq!(flush(&mut peer, 9, Sent::Gone).1, Left::Nothing);
        assert_eq!(flush(&mut peer, 9, Sent::Yes).0, []);
    }
}
