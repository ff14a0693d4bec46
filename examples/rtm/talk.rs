//! The conversation: requests and their answers, one at a time or many in a datagram, and events.
//!
//! It drives [`Exchange`] over a [`Socket`] itself, where `Connection` would do for single requests: `rtm load` has
//! many requests under way, and `--dissect` shows every message that is sent or received.

use nl_tlv::control::{Control, ExtAck, Refusal};
use nl_tlv::exchange::{Exchange, Expect, Origin, Verdict};
use nl_tlv::schema::{MessageSchema, Path, dissect, locate};
use nl_tlv::socket::{Address, RecvError, RequestError, Socket};
use nl_tlv::{AttrType, Flags, Header, Message, MessageType, Messages, NlMessage, Writer};
use nl_tlv_examples::peer::Subscribe;
use nl_tlv_examples::rtm::{SCHEMAS, uapi::RTM};
use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

/// How many requests may be waiting for their answers. The answers to so many fit a receive buffer of the default
/// size (the kernel counts about 800 bytes for each, and drops what does not fit).
pub(crate) const OUTSTANDING: usize = 128;

/// How long an answer may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// How often a dump is made again that a change interrupted.
const DUMP_TRIES: usize = 5;

/// Room for the longest request: a route with 32 next hops of IPv6 and names of 31 bytes has about 2,300 bytes.
const REQUEST_MAX: usize = 4096;

/// A request that is ready to be sent. It is kept until its answer, because a refusal names a place in it.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) seq: u32,
    bytes: Vec<u8>,
    schema: &'static MessageSchema,
}

impl Request {
    /// Its length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// What an answer refuses, with the place in the request by name.
    pub(crate) fn refusal(&self, answer: &Message<'_>) -> Option<Refusal> {
        let (errno, ext_ack) = match Control::parse(answer).ok()? {
            Control::Error(error) => (error.errno()?, error.ext_ack()),
            Control::Done(done) => (done.errno()?, done.ext_ack()),
            _ => return None,
        };
        let refusal = Refusal::new(errno, &ext_ack);
        Some(match self.path(&ext_ack) {
            Some(path) => refusal.at(path),
            None => refusal,
        })
    }

    fn path(&self, ext_ack: &ExtAck<'_>) -> Option<Path> {
        let at = |offset| locate(self.schema, &self.bytes, offset);
        match ext_ack.missing_type.and_then(|ty| u16::try_from(ty).ok()) {
            Some(ty) => {
                let nest = ext_ack.missing_nest.map_or_else(|| Path::new(self.schema), at);
                Some(nest.join(AttrType::new(ty)))
            }
            None => ext_ack.offset.map(at),
        }
    }
}

/// Replies or objects, as the messages that they came in.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    bytes: Vec<u8>,
    /// Whether changes kept interrupting the dump: objects may be missing or come twice.
    pub(crate) is_interrupted: bool,
}

impl Replies {
    pub(crate) fn messages(&self) -> impl Iterator<Item = Message<'_>> {
        Messages::new(&self.bytes).map_while(Result::ok)
    }

    fn push(&mut self, message: &[u8]) {
        self.bytes.extend_from_slice(message);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

/// What a subscriber gets.
#[derive(Debug)]
pub(crate) enum Event {
    /// An event, as the message that it came in.
    Message(Replies),
    /// Events were lost.
    Overrun,
}

/// A conversation with whoever holds the routing tables.
#[derive(Debug)]
pub(crate) struct Talk {
    socket: Socket,
    to: Address,
    exchange: Exchange<OUTSTANDING>,
    buffer: Vec<u8>,
    /// The part of the buffer that has not been judged, and where it came from.
    unread: Range<usize>,
    origin: Origin,
    /// Events that came while an answer was waited for.
    events: VecDeque<Event>,
    is_subscribed: bool,
    dissect: bool,
}

impl Talk {
    pub(crate) fn new(socket: Socket, to: Address, dissect: bool) -> Self {
        Self {
            exchange: Exchange::with_first_seq(socket.port_id(), to.port_id, 1),
            buffer: vec![0; Socket::RECV_BUFFER],
            unread: 0..0,
            origin: Origin::port(to.port_id),
            events: VecDeque::new(),
            is_subscribed: false,
            socket,
            to,
            dissect,
        }
    }

    pub(crate) fn port_id(&self) -> u32 {
        self.socket.port_id()
    }

    /// Makes a request and waits for its one reply.
    pub(crate) fn get<'m>(&mut self, message: &impl NlMessage<'m>) -> Result<Replies, RequestError> {
        let request = self.prepare(message, Expect::OneReply, Flags::empty())?;
        self.carry_out(&request)
    }

    /// All objects that match; asked for again if a change interrupts it.
    pub(crate) fn dump<'m>(&mut self, message: &impl NlMessage<'m>) -> Result<Replies, RequestError> {
        let mut tries = 0;
        loop {
            let request = self.prepare(message, Expect::Dump, Flags::empty())?;
            let objects = self.carry_out(&request)?;
            tries += 1;
            if !objects.is_interrupted || tries == DUMP_TRIES {
                return Ok(objects);
            }
        }
    }

    /// Asks for the events of a group from now on.
    pub(crate) fn subscribe(&mut self, group: u32) -> Result<(), RequestError> {
        if self.to == Address::KERNEL {
            return Ok(self.socket.join(group)?);
        }
        self.is_subscribed = true;
        let request = self.prepare(&Subscribe { group }, Expect::Ack, Flags::empty())?;
        self.carry_out(&request).map(|_| ())
    }

    /// Waits for an event, for ever.
    pub(crate) fn event(&mut self) -> Result<Event, RequestError> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(event);
            }
            match self.next(None) {
                Ok((Verdict::Event, range)) => self.keep(range),
                Ok((Verdict::Damaged(err), _)) => return Err(RequestError::Damaged(err)),
                Ok(_) => {}
                Err(RequestError::Overrun) => self.events.push_back(Event::Overrun),
                Err(err) => return Err(err),
            }
        }
    }

    /// Writes a request, and makes room for its answer.
    pub(crate) fn prepare<'m, M: NlMessage<'m>>(
        &mut self,
        message: &M,
        expect: Expect,
        flags: Flags,
    ) -> Result<Request, RequestError> {
        let header = self.exchange.request(expect, Header::new().flags(flags).port_id(self.port_id()))?;
        let seq = seq(header);
        let mut buffer = [0; REQUEST_MAX];
        match message.emit(&mut buffer, header) {
            Ok(bytes) => Ok(Request { seq, bytes: bytes.to_vec(), schema: M::SCHEMA }),
            Err(err) => {
                self.exchange.forget(seq);
                Err(RequestError::Emit(Box::new(err.within(M::SCHEMA, &[]))))
            }
        }
    }

    /// Sends requests, all in one datagram.
    pub(crate) fn send<'r>(
        &mut self,
        requests: impl Iterator<Item = &'r Request> + Clone,
    ) -> Result<(), RequestError> {
        let mut datagram = Replies::default();
        requests.clone().for_each(|request| datagram.push(&request.bytes));
        self.show("sent", &datagram.bytes);
        let sent = self.socket.send_to(&datagram.bytes, self.to);
        if sent.is_err() {
            requests.for_each(|request| self.exchange.forget(request.seq));
        }
        Ok(sent?)
    }

    /// Waits for the next answer to any of the requests; events that come before it are kept.
    pub(crate) fn answer(&mut self) -> Result<(Verdict, Message<'_>), RequestError> {
        let deadline = Instant::now() + PATIENCE;
        let (verdict, range) = loop {
            match self.next(Some(deadline))? {
                (Verdict::Event, range) => self.keep(range),
                (Verdict::Damaged(err), _) => return Err(RequestError::Damaged(err)),
                (verdict, range) if verdict.seq().is_some() => break (verdict, range),
                _ => {}
            }
        };
        let message = Messages::new(&self.buffer[range]).next().transpose().map_err(RequestError::Damaged)?;
        Ok((verdict, message.ok_or(RequestError::NoReply)?))
    }

    /// Gives up waiting for an answer.
    pub(crate) fn abandon(&mut self, request: &Request) {
        self.exchange.abandon(request.seq);
    }

    /// One request from its sending to the last message of its answer.
    pub(crate) fn carry_out(&mut self, request: &Request) -> Result<Replies, RequestError> {
        self.send([request].into_iter())?;
        let replies = self.replies(request);
        if replies.is_err() {
            self.abandon(request);
        }
        replies
    }

    fn replies(&mut self, request: &Request) -> Result<Replies, RequestError> {
        let mut replies = Replies::default();
        loop {
            let (verdict, message) = self.answer()?;
            if verdict.seq() != Some(request.seq) {
                continue;
            }
            if let Some(refusal) = request.refusal(&message) {
                return Err(RequestError::Refused(Box::new(refusal)));
            }
            match verdict {
                Verdict::DumpEnd { end, .. } => {
                    replies.is_interrupted = end.is_interrupted;
                    return Ok(replies);
                }
                Verdict::Ack { .. } => return Ok(replies),
                _ => replies.push(message.as_bytes()),
            }
            if matches!(verdict, Verdict::Reply { is_last: true, .. }) {
                return Ok(replies);
            }
        }
    }

    fn keep(&mut self, range: Range<usize>) {
        let mut event = Replies::default();
        event.push(&self.buffer[range]);
        self.events.push_back(Event::Message(event));
    }

    /// The next message, of the datagram that is here or the next one.
    fn next(&mut self, deadline: Option<Instant>) -> Result<(Verdict, Range<usize>), RequestError> {
        loop {
            let start = self.unread.start;
            let mut step = self.exchange.step(&self.buffer[self.unread.clone()], self.origin);
            if let Some((verdict, range)) = step.next() {
                self.unread.start = start + step.consumed();
                return Ok((verdict, start + range.start..start + range.end));
            }
            self.receive(deadline)?;
        }
    }

    fn receive(&mut self, deadline: Option<Instant>) -> Result<(), RecvError> {
        self.unread = 0..0;
        let datagram = match deadline {
            None => self.socket.recv(&mut self.buffer),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                self.socket.recv_timeout(&mut self.buffer, left)
            }
        }?;
        (self.unread, self.origin) = (0..datagram.bytes.len(), datagram.origin());
        if self.origin.port_id == self.to.port_id {
            self.show("received", &self.buffer[self.unread.clone()]);
        }
        Ok(())
    }

    /// Shows messages on standard error, if that was asked for.
    fn show(&self, what: &str, datagram: &[u8]) {
        if !self.dissect {
            return;
        }
        // TABLE_NEW and ROUTE_NEW are requests one way, and replies with more in them the other way.
        let is_request = |message: &Message<'_>| what == "sent" || message.ty() == MessageType::ERROR;
        let requests: Vec<_> = RTM.requests.iter().copied().chain([Subscribe::SCHEMA]).collect();
        eprintln!("{what}");
        for message in Messages::new(datagram).map_while(Result::ok) {
            let schemas = if is_request(&message) { &requests } else { SCHEMAS };
            eprint!("{}", dissect(schemas, message.as_bytes()));
        }
        eprintln!();
    }
}

/// A peer sends to port ids, and the next socket may get the same one: what was subscribed must not outlive this socket.
impl Drop for Talk {
    fn drop(&mut self) {
        if self.is_subscribed
            && let Ok(request) = self.prepare(&Subscribe { group: 0 }, Expect::Ack, Flags::empty())
        {
            // Nothing to do about a peer that has gone before.
            let _ = self.send([&request].into_iter());
        }
    }
}

/// The sequence number that an exchange has given to a header.
fn seq(header: Header) -> u32 {
    let mut buffer = [0; 16];
    let mut w = Writer::new(&mut buffer);
    let written = w.message(MessageType::NOOP.into(), header, |_| Ok(()));
    debug_assert!(written.is_ok(), "a message without contents has 16 bytes");
    Messages::new(w.as_bytes()).next().and_then(Result::ok).map_or(0, |message| message.seq())
}
