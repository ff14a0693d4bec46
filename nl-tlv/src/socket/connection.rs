//! Requests and their answers, one after the other.

use super::event::{Backlog, FoundEvent, Kept};
use super::inbox::{Inbox, first_message};
use super::{
    Address, Batch, Dump, Event, Family, Protocol, Receiver, RecvError, RequestError, Sender, Socket,
    Transport, split,
};
use crate::control::{ExtAck, genl};
use crate::exchange::{Exchange, Expect, Origin, Verdict};
use crate::schema::MessageSchema;
use crate::{Error, Flags, Header, Message, MessageType, NlMessage, ParseMessage, Writer};
use std::boxed::Box;
use std::io;
use std::ops::Range;
use std::time::{Duration, Instant};
use std::vec;
use std::vec::Vec;

/// A socket with a conversation on it: requests are made one at a time and wait for their answers, events that arrive
/// meanwhile are kept.
///
#[cfg_attr(feature = "derive", doc = "```")]
#[cfg_attr(not(feature = "derive"), doc = "```ignore")]
/// use nl_tlv::control::Errno;
/// use nl_tlv::socket::{Connection, RequestError};
/// use nl_tlv::NlMessage;
///
/// /// CTRL_CMD_GETFAMILY.
/// #[derive(NlMessage, Debug, Clone)]
/// #[nl(cmd = 3)]
/// struct FamilyGet<'a> {
///     #[nl(attr = 2)]
///     name: Option<&'a str>,
/// }
///
/// /// CTRL_CMD_NEWFAMILY.
/// #[derive(NlMessage, Debug, Clone)]
/// #[nl(cmd = 1)]
/// struct Family<'a> {
///     #[nl(attr = 1)]
///     id: u16,
///     #[nl(attr = 2)]
///     name: &'a str,
/// }
///
/// let mut conn = Connection::generic("nlctrl")?; // or `Connection::open(Protocol::ROUTE)`
/// let family: Family = conn.get(&FamilyGet { name: Some("nlctrl") })?;
/// assert_eq!(family.id, 16);
///
/// let mut families = conn.dump(&FamilyGet { name: None })?;
/// while let Some(family) = families.next::<Family>()? {
///     println!("{}", family.name);
/// }
/// drop(families);
///
/// match conn.request(&FamilyGet { name: Some("no such") }) {
///     Err(RequestError::Refused(refusal)) => assert_eq!(refusal.errno(), Errno::ENOENT),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), RequestError>(())
/// ```
#[derive(Debug)]
pub struct Connection<T: Transport = Socket> {
    pub(super) transport: T,
    pub(super) exchange: Exchange,
    pub(super) inbox: Inbox,
    pub(super) peer: u32,
    pub(super) family: Option<Family>,
    pub(super) timeout: Option<Duration>,
    pub(super) retries: u32,
    /// How often datagrams were lost while answers were waited for.
    pub(super) overruns: u32,
    pub(super) backlog: Backlog,
    /// The last event that was taken out of the backlog.
    event: Box<[u8]>,
    event_origin: Origin,
    /// The last request, because a refusal names a place in it; and what it consists of.
    pub(super) request: Vec<u8>,
    pub(super) schema: &'static MessageSchema,
}

impl Connection {
    /// How long an answer is waited for, unless [`set_timeout`](Self::set_timeout) says otherwise. The kernel answers
    /// at once or not at all.
    pub const TIMEOUT: Duration = Duration::from_secs(5);

    /// Opens a connection to the kernel side of a protocol.
    ///
    /// # Errors
    ///
    /// As [`Socket::open`].
    pub fn open(protocol: Protocol) -> io::Result<Self> {
        Self::open_to(protocol, 0)
    }

    /// Opens a connection to a server in user space, by its port id. What others send is skipped.
    ///
    /// # Errors
    ///
    /// As [`Socket::open`].
    pub fn open_to(protocol: Protocol, peer: u32) -> io::Result<Self> {
        Ok(Self::new(Socket::open(protocol)?, peer))
    }
}

impl<T: Transport> Connection<T> {
    /// A connection over a transport, to the peer with a port id (0: the kernel).
    #[must_use]
    pub fn new(transport: T, peer: u32) -> Self {
        Self {
            exchange: Exchange::new(transport.port_id(), peer),
            inbox: Inbox::new(),
            peer,
            family: None,
            timeout: Some(Connection::TIMEOUT),
            retries: Self::RETRIES,
            overruns: 0,
            backlog: Backlog::default(),
            event: Box::default(),
            event_origin: Origin::port(peer),
            request: vec![0; 512],
            schema: &genl::GET_FAMILY,
            transport,
        }
    }

    /// How long an answer is waited for; `None`: for ever.
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout;
    }

    /// What it sends and receives over.
    #[must_use]
    pub const fn transport(&self) -> &T {
        &self.transport
    }

    /// Makes a request and waits until it is acknowledged. The answer is what the acknowledgement says beyond that: a
    /// warning, a cookie, mostly nothing. Echoes of the request ([`Flags::ECHO`]) become [events](Self::event).
    ///
    /// # Errors
    ///
    /// [`RequestError::Refused`]; any other error of the connection.
    pub fn request(&mut self, message: &impl NlMessage) -> Result<ExtAck<'_>, RequestError> {
        self.request_with(message, Flags::empty())
    }

    /// As [`request`](Self::request), with flags: `NewFlags::CREATE`, for example.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request).
    pub fn request_with(
        &mut self,
        message: &impl NlMessage,
        flags: impl Into<Flags>,
    ) -> Result<ExtAck<'_>, RequestError> {
        let flags = flags.into();
        let range = match self.acknowledged(message, flags) {
            Err(err) if self.is_renewed_after(&err) => self.acknowledged(message, flags)?,
            acknowledged => acknowledged?,
        };
        self.ext_ack(range)
    }

    /// Makes a request and waits for its one reply.
    ///
    /// # Errors
    ///
    /// [`RequestError::Refused`]; [`RequestError::Answer`] if the reply is not an `R`; any other error of the connection.
    pub fn get<'c, R: ParseMessage<'c>>(&'c mut self, message: &impl NlMessage) -> Result<R, RequestError> {
        self.get_with(message, Flags::empty())
    }

    /// As [`get`](Self::get), with flags.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn get_with<'c, R: ParseMessage<'c>>(
        &'c mut self,
        message: &impl NlMessage,
        flags: impl Into<Flags>,
    ) -> Result<R, RequestError> {
        self.reply(message, Expect::OneReply, flags.into())
    }

    /// Sends a message with exactly these flags, and waits for a message of exactly this type, whatever that type means
    /// elsewhere: for protocols with replies of their own kind.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn get_of_type<'c, R: ParseMessage<'c>>(
        &'c mut self,
        message: &impl NlMessage,
        reply_type: MessageType,
        flags: impl Into<Flags>,
    ) -> Result<R, RequestError> {
        self.reply(message, Expect::Raw(reply_type), flags.into())
    }

    /// Asks for all objects that match. If the dump is dropped early, the connection reads the rest of it by itself.
    ///
    /// # Errors
    ///
    /// If the request cannot be made. A refusal comes with the first object.
    pub fn dump(&mut self, message: &impl NlMessage) -> Result<Dump<'_, T>, RequestError> {
        self.end_dump();
        let seq = self.start(message, Expect::Dump, Flags::empty())?;
        Ok(Dump::new(self, seq, Expect::Dump))
    }

    /// Makes a request that is no dump and has several replies, or echoes ([`Flags::ECHO`]): all of them, up to the
    /// acknowledgement.
    ///
    /// # Errors
    ///
    /// As [`dump`](Self::dump).
    pub fn get_until_ack(
        &mut self,
        message: &impl NlMessage,
        flags: impl Into<Flags>,
    ) -> Result<Dump<'_, T>, RequestError> {
        let seq = self.start(message, Expect::UntilAck, flags.into())?;
        Ok(Dump::new(self, seq, Expect::UntilAck))
    }

    /// As [`dump`](Self::dump), for a request that was written before.
    pub(super) fn dump_again(
        &mut self,
        request: &Message<'_>,
        schema: &'static MessageSchema,
    ) -> Result<Dump<'_, T>, RequestError> {
        self.end_dump();
        let seq = self.start_again(request, schema, Expect::Dump)?;
        Ok(Dump::new(self, seq, Expect::Dump))
    }

    /// Many requests in few datagrams, each of which is acknowledged or refused by itself.
    pub fn batch(&mut self) -> Batch<'_, T> {
        self.end_dump();
        Batch::new(self)
    }

    /// Joins a multicast group, by number; its messages come as [events](Self::event).
    ///
    /// # Errors
    ///
    /// As [`Socket::join`].
    pub fn join(&self, group: u32) -> io::Result<()> {
        self.transport.join(group)
    }

    /// Leaves a multicast group, by number. What was queued of it still arrives.
    ///
    /// # Errors
    ///
    /// As [`Socket::leave`].
    pub fn leave(&self, group: u32) -> io::Result<()> {
        self.transport.leave(group)
    }

    /// Waits for an event, for ever.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn event(&mut self) -> Result<Event<'_>, RequestError> {
        self.event_before(None)
    }

    /// Waits for an event until the deadline.
    ///
    /// # Errors
    ///
    /// [`RequestError::Timeout`]; the system's.
    pub fn event_deadline(&mut self, deadline: Instant) -> Result<Event<'_>, RequestError> {
        self.event_before(Some(deadline))
    }

    /// Where the last event came from: the group that it was sent to, and the network namespace if it was another one
    /// ([`SocketOption::ListenAllNsid`](super::SocketOption::ListenAllNsid)).
    #[must_use]
    pub const fn event_origin(&self) -> Origin {
        self.event_origin
    }

    /// Two halves for two threads: one sends requests, the other gets everything that arrives.
    #[must_use]
    pub fn split(self) -> (Sender<T>, Receiver<T>) {
        split::split(self)
    }

    fn event_before(&mut self, deadline: Option<Instant>) -> Result<Event<'_>, RequestError> {
        let found = self.find_event(deadline)?;
        self.found_event(found)
    }

    /// Waits for an event, and says where it is.
    pub(super) fn find_event(&mut self, deadline: Option<Instant>) -> Result<FoundEvent, RequestError> {
        match self.backlog.pop() {
            Some(Kept::Overrun) => return Ok(FoundEvent::Overrun),
            Some(Kept::Message(bytes, origin)) => {
                (self.event, self.event_origin) = (bytes, origin);
                return Ok(FoundEvent::Kept);
            }
            None => {}
        }
        loop {
            match self.next(deadline) {
                Ok((Verdict::Event, range)) => {
                    self.event_origin = self.inbox.origin();
                    return Ok(FoundEvent::Received(range));
                }
                Ok((Verdict::Damaged(err), _)) => return Err(RequestError::Damaged(err)),
                Ok(_) => {}
                Err(RecvError::Overrun) => return Ok(FoundEvent::Overrun),
                Err(err) => return Err(err.into()),
            }
        }
    }

    pub(super) fn found_event(&self, found: FoundEvent) -> Result<Event<'_>, RequestError> {
        let message = match found {
            FoundEvent::Overrun => return Ok(Event::Overrun),
            FoundEvent::Kept => first_message(&self.event),
            FoundEvent::Received(range) => self.inbox.message(range),
        };
        message.map(Event::Message).map_err(RequestError::Damaged)
    }

    fn acknowledged(&mut self, message: &impl NlMessage, flags: Flags) -> Result<Range<usize>, RequestError> {
        let seq = self.start(message, Expect::Ack, flags)?;
        loop {
            match self.wait(seq)? {
                (Verdict::Ack { .. } | Verdict::DumpEnd { .. }, range) => return Ok(range),
                (_, range) => self.keep(range),
            }
        }
    }

    fn reply<'c, R: ParseMessage<'c>>(
        &'c mut self,
        message: &impl NlMessage,
        expect: Expect,
        flags: Flags,
    ) -> Result<R, RequestError> {
        let range = match self.replied(message, expect, flags) {
            Err(err) if self.is_renewed_after(&err) => self.replied(message, expect, flags)?,
            replied => replied?,
        };
        self.parse(range)
    }

    fn replied(
        &mut self,
        message: &impl NlMessage,
        expect: Expect,
        flags: Flags,
    ) -> Result<Range<usize>, RequestError> {
        let seq = self.start(message, expect, flags)?;
        match self.wait(seq)? {
            (Verdict::Reply { is_last, .. }, range) => {
                if !is_last {
                    self.exchange.abandon(seq);
                }
                Ok(range)
            }
            _ => Err(RequestError::NoReply),
        }
    }

    /// Sends a request, and says under which number it is answered.
    pub(super) fn start<M: NlMessage>(
        &mut self,
        message: &M,
        expect: Expect,
        flags: Flags,
    ) -> Result<u32, RequestError> {
        let header = self.exchange.request(expect, Header::new().flags(flags))?;
        let header = Header { family: self.family.as_ref().map(Family::id), ..header };
        self.schema = message.schema();
        self.send(header, |w, header| message.emit_into(w, header))?;
        Ok(header.seq)
    }

    /// Makes a request of a message that was written before: with another number, and to the family's id of now.
    pub(super) fn start_again(
        &mut self,
        message: &Message<'_>,
        schema: &'static MessageSchema,
        expect: Expect,
    ) -> Result<u32, RequestError> {
        let header = self.exchange.request(expect, Header::new().flags(message.flags()))?;
        let ty = self.family.as_ref().map_or(message.ty(), Family::id);
        self.schema = schema;
        self.send(header, |w, header| w.message(ty.into(), header, |w| w.bytes(message.payload())))?;
        Ok(header.seq)
    }

    pub(super) fn send(
        &mut self,
        header: Header,
        emit: impl Fn(&mut Writer<'_>, Header) -> Result<(), Error>,
    ) -> Result<(), RequestError> {
        let sent = write(&mut self.request, self.schema, |w| emit(w, header)).and_then(|len| {
            self.request.truncate(len);
            Ok(self.transport.send_to(&self.request, Address::port(self.peer))?)
        });
        if sent.is_err() {
            self.exchange.forget(header.seq);
        }
        sent
    }
}

/// Writes a request into the buffer, which grows to what is needed, and says how long it is.
pub(super) fn write(
    buffer: &mut Vec<u8>,
    schema: &MessageSchema,
    emit: impl Fn(&mut Writer<'_>) -> Result<(), Error>,
) -> Result<usize, RequestError> {
    buffer.resize(buffer.capacity(), 0);
    loop {
        let mut w = Writer::new(buffer);
        match emit(&mut w) {
            Ok(()) => return Ok(w.as_bytes().len()),
            Err(err) => match err.needed() {
                Some(needed) => buffer.resize(crate::bytes::from_u32(needed), 0),
                None => return Err(RequestError::Emit(Box::new(err.within(schema, &[])))),
            },
        }
    }
}
