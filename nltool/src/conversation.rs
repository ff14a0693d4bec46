//! Which answer belongs to which request, in what was captured.
//!
//! The exchange of a connection knows its own requests; a capture has those of everybody, begins in the middle, and may
//! have lost messages. So requests are remembered, a bounded number of them, and what has the sequence number and port
//! id of one is taken for its answer.

use crate::capture::Direction;
use nl_tlv::control::ErrorMessage;
use nl_tlv::schema::MessageSchema;
use nl_tlv::{Flags, Message, MessageType};
use std::collections::VecDeque;
use std::time::Duration;

/// How many requests are remembered that were not answered completely.
const MAX_OPEN: usize = 1024;

/// How many bytes of a request are remembered, for the path of an attribute that is refused.
const MAX_REQUEST: usize = 64 * 1024;

/// Where a message was sent, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The netlink protocol.
    pub protocol: u32,
    /// A number of the socket, or 0.
    pub socket: u64,
    /// When.
    pub time: Option<Duration>,
    /// Who sent it, if it is known.
    pub direction: Option<Direction>,
    /// The port id of the socket, if it is known.
    pub port_id: Option<u32>,
}

impl Context {
    fn is_sent(&self) -> bool {
        self.direction == Some(Direction::ToKernel)
    }
}

/// A request, and what has come back so far.
#[derive(Debug)]
pub struct Exchange {
    /// Counts from 1.
    pub id: u64,
    protocol: u32,
    socket: u64,
    seq: u32,
    port_id: Option<u32>,
    /// When it was sent.
    pub time: Option<Duration>,
    /// Its bytes.
    pub request: Vec<u8>,
    /// What the capture shows about a request whose bytes it does not have.
    pub note: String,
    /// The process that has sent it, if the capture says it.
    pub process: Option<u32>,
    /// Its schema.
    pub schema: Option<&'static MessageSchema>,
    /// Whether it asks for a dump.
    pub is_dump: bool,
    wants_ack: bool,
    /// How many answers there are of each kind.
    pub answers: Vec<(String, u64)>,
    /// How many bytes they have.
    pub len: u64,
    /// Whether the kernel said that the dump is not consistent.
    pub is_interrupted: bool,
    /// Whether a filter has let the request through.
    pub is_shown: bool,
}

impl Exchange {
    /// Counts an answer.
    pub fn count(&mut self, name: &str, len: usize) {
        self.len += u64::try_from(len).unwrap_or(0);
        let has_room = self.answers.len() < 16;
        match self.answers.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += 1,
            None if has_room => self.answers.push((name.to_owned(), 1)),
            None => {}
        }
    }
}

/// What a message is in its conversation.
#[derive(Debug)]
pub enum Role {
    /// A request: the exchange that it begins is the last one.
    Request(u64),
    /// An answer to the exchange at this place, which goes on.
    Answer(usize),
    /// The last answer to an exchange.
    Last(Box<Exchange>),
    /// An answer to a request that was not captured.
    Orphan,
    /// An acknowledgement; the request may not have been captured.
    Ack(Option<Box<Exchange>>),
    /// A refusal.
    Refusal(Option<Box<Exchange>>),
    /// The end of a dump.
    Done(Option<Box<Exchange>>),
    /// What came without being asked for.
    Event,
}

/// Everything that was asked and is not answered yet.
#[derive(Debug, Default)]
pub struct Conversation {
    open: VecDeque<Exchange>,
    count: u64,
}

impl Conversation {
    /// The exchange at a place that a role told.
    pub fn exchange(&mut self, at: usize) -> Option<&mut Exchange> {
        self.open.get_mut(at)
    }

    /// The exchange that was begun last.
    pub fn last(&mut self) -> Option<&mut Exchange> {
        self.open.back_mut()
    }

    /// Takes back the exchange that was begun last: its request was not sent.
    pub fn take_back(&mut self) -> Option<Exchange> {
        self.open.pop_back()
    }

    /// What remains unanswered.
    pub fn rest(self) -> impl Iterator<Item = Exchange> {
        self.open.into_iter()
    }

    /// What a message is; requests are remembered.
    pub fn message(&mut self, context: &Context, message: &Message<'_>) -> Role {
        let flags = message.flags();
        if is_request(context, message) {
            return self.request(context, message);
        }
        // That of a change may have the sequence number of the request that has caused it.
        if context.direction == Some(Direction::Multicast) {
            return Role::Event;
        }
        let found = self.find(context, message);
        match message.ty() {
            MessageType::ERROR => {
                let is_ack = ErrorMessage::parse(message).is_ok_and(|error| error.is_ack());
                let exchange = found.and_then(|at| self.open.remove(at)).map(Box::new);
                if is_ack { Role::Ack(exchange) } else { Role::Refusal(exchange) }
            }
            MessageType::DONE => {
                let exchange = found.and_then(|at| self.open.remove(at));
                Role::Done(exchange.map(|mut exchange| {
                    exchange.is_interrupted |= flags.contains(Flags::DUMP_INTR);
                    Box::new(exchange)
                }))
            }
            _ if found.is_none() && is_answer(context, message) => Role::Orphan,
            // What a program sends is a request, if it answers none that has come to its socket.
            _ if found.is_none() && context.is_sent() => self.request(context, message),
            _ => self.answer(found, flags),
        }
    }

    fn answer(&mut self, found: Option<usize>, flags: Flags) -> Role {
        let Some((at, exchange)) = found.and_then(|at| Some((at, self.open.get_mut(at)?))) else {
            return Role::Event;
        };
        exchange.is_interrupted |= flags.contains(Flags::DUMP_INTR);
        let goes_on = exchange.wants_ack || exchange.is_dump || flags.contains(Flags::MULTI);
        match goes_on {
            true => Role::Answer(at),
            false => self.open.remove(at).map_or(Role::Event, |exchange| Role::Last(Box::new(exchange))),
        }
    }

    fn request(&mut self, context: &Context, message: &Message<'_>) -> Role {
        if self.open.len() >= MAX_OPEN {
            self.open.pop_front();
        }
        self.count += 1;
        let bytes = message.as_bytes();
        let flags = message.flags();
        self.open.push_back(Exchange {
            id: self.count,
            protocol: context.protocol,
            socket: context.socket,
            seq: message.seq(),
            port_id: Some(message.port_id()).filter(|port_id| *port_id != 0),
            time: context.time,
            request: bytes[..bytes.len().min(MAX_REQUEST)].to_vec(),
            note: String::new(),
            process: None,
            schema: None,
            // `NEW` requests have other meanings for these bits; they have both only by accident.
            is_dump: flags.bits() & DUMP == DUMP,
            wants_ack: flags.contains(Flags::ACK),
            answers: Vec::new(),
            len: 0,
            is_interrupted: false,
            is_shown: true,
        });
        Role::Request(self.count)
    }

    /// The place of the request that a message answers. Its own port id is known from the first answer on.
    fn find(&mut self, context: &Context, message: &Message<'_>) -> Option<usize> {
        let port_id = message.port_id();
        let at = self.open.iter().rposition(|exchange| {
            (exchange.protocol, exchange.seq, exchange.socket)
                == (context.protocol, message.seq(), context.socket)
                && exchange.port_id.is_none_or(|own| own == port_id)
        })?;
        self.open.get_mut(at)?.port_id = Some(port_id);
        Some(at)
    }
}

/// Whether a message says that it is a request. Those that come to the socket of a server are requests too.
fn is_request(context: &Context, message: &Message<'_>) -> bool {
    // The kernel's own messages are not: only those of families, and the probes that programs send.
    let is_first = message.ty() >= MessageType::FIRST_OF_FAMILY || context.is_sent();
    let is_answer = matches!(message.ty(), MessageType::ERROR | MessageType::DONE);
    message.flags().contains(Flags::REQUEST) && is_first && !is_answer
}

/// Whether a message of a family answers a request, although that is not known: a part of a dump, or what came to a socket
/// alone with its port id. Events have the port id of whoever has caused them.
fn is_answer(context: &Context, message: &Message<'_>) -> bool {
    let is_own = context.port_id == Some(message.port_id()) && message.seq() != 0;
    message.flags().contains(Flags::MULTI) || (context.direction == Some(Direction::ToUser) && is_own)
}

/// `NLM_F_ROOT | NLM_F_MATCH`.
const DUMP: u16 = 0x300;

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv::Messages;

    fn message(ty: u16, flags: u16, seq: u32, port_id: u32, payload: &[u8]) -> Vec<u8> {
        let len = u32::try_from(16 + payload.len()).unwrap();
        let words = [len.to_ne_bytes(), [0; 4], seq.to_ne_bytes(), port_id.to_ne_bytes()].concat();
        let mut bytes = [words, payload.to_vec()].concat();
        bytes[4..6].copy_from_slice(&ty.to_ne_bytes());
        bytes[6..8].copy_from_slice(&flags.to_ne_bytes());
        bytes
    }

    fn role(conversation: &mut Conversation, bytes: &[u8]) -> Role {
        let context = Context { protocol: 0, socket: 0, time: None, direction: None, port_id: None };
        conversation.message(&context, &Messages::new(bytes).next().unwrap().unwrap())
    }

    #[test]
    fn answers_find_their_request_and_others_are_events() {
        let mut conversation = Conversation::default();
        assert!(matches!(role(&mut conversation, &message(18, 0x301, 7, 0, &[])), Role::Request(1)));
        assert!(matches!(role(&mut conversation, &message(16, 2, 7, 99, &[])), Role::Answer(0)));
        assert!(matches!(role(&mut conversation, &message(16, 2, 7, 98, &[])), Role::Orphan));
        assert!(matches!(role(&mut conversation, &message(16, 0, 7, 98, &[])), Role::Event));
        assert!(
            matches!(role(&mut conversation, &message(3, 0x12, 7, 99, &[0; 4])), Role::Done(Some(done)) if done.is_interrupted)
        );
        assert!(matches!(role(&mut conversation, &message(3, 2, 7, 99, &[0; 4])), Role::Done(None)));
    }

    #[test]
    fn what_a_server_receives_is_a_request_and_what_it_sends_the_answer() {
        let mut conversation = Conversation::default();
        let mut role_of = |direction: Direction, bytes: &[u8]| {
            let (direction, port_id) = (Some(direction), Some(50));
            let context = Context { protocol: 2, socket: 1, time: None, direction, port_id };
            conversation.message(&context, &Messages::new(bytes).next().unwrap().unwrap())
        };
        let mut role = |is_sent: bool, bytes: &[u8]| {
            role_of(if is_sent { Direction::ToKernel } else { Direction::ToUser }, bytes)
        };
        let refusal = [&(-22_i32).to_ne_bytes()[..], &[0; 16]].concat();
        assert!(matches!(role(false, &message(32, 5, 7, 99, &[])), Role::Request(1)));
        assert!(matches!(role(true, &message(32, 0, 7, 99, &[])), Role::Answer(0)));
        assert!(matches!(role(true, &message(2, 0x100, 7, 99, &[0; 20])), Role::Ack(Some(_))));
        assert!(matches!(role(true, &message(2, 0, 8, 99, &refusal)), Role::Refusal(None)));
        assert!(matches!(role(true, &message(32, 0, 9, 99, &[])), Role::Request(2)));
        assert!(matches!(role(true, &message(32, 2, 10, 99, &[])), Role::Orphan));
        assert!(matches!(role(false, &message(32, 0, 11, 50, &[])), Role::Orphan));
        assert!(matches!(role(false, &message(32, 0, 0, 50, &[])), Role::Event));
        assert!(matches!(role(false, &message(32, 5, 12, 99, &[])), Role::Request(3)));
        assert!(matches!(role_of(Direction::Multicast, &message(32, 0, 12, 99, &[])), Role::Event));
    }

    #[test]
    fn what_is_never_answered_is_forgotten() {
        let mut conversation = Conversation::default();
        for seq in 0..5000 {
            role(&mut conversation, &message(18, 5, seq, 0, &[]));
        }
        assert_eq!(conversation.rest().count(), MAX_OPEN);
    }
}
