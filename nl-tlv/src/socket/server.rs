//! The other side of a conversation: what a kernel module does, in user space.

use super::connection::append;
use super::connection::inbox::{BUFFER, deadline, first_message};
use super::connection::send::reserve;
use super::error::unsent;
use super::outbox::Outbox;
use super::{Address, Protocol, RecvError, RequestError, Socket, Transport, connection};
use crate::bytes::{add, from_u32};
use crate::control::{Errno, ExtAck, emit_ack, emit_done, emit_refusal};
use crate::schema::{
    MessageSchema, Misplaced, PolicyRefusal, Strictness, accepted, check_values, judge, place, schema_of,
};
use crate::{
    Error, ErrorKind, Flags, Header, Message, MessageType, Messages, NlMessage, ParseMessage, Writer,
};
use std::cell::Cell;
use std::format;
use std::io;
use std::ops::Range;
use std::string::ToString;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::vec;
use std::vec::Vec;

/// Receives requests and answers them, by the rules that the kernel has for its own families.
///
/// Over [`Protocol::USERSOCK`] it serves other processes, over the in-memory network of `nl-tlv-testing` tests. Its clients are
/// connections to its port id ([`Connection::open_to`](super::Connection::open_to)).
///
/// It does not wait for a client that does not read. Answers that a client has no room for are kept, up to 64 MiB of them,
/// and sent by [`recv`](Self::recv) when there is room. An answer that is longer waits for its client as long as that goes
/// on reading, a megabyte in 5 seconds at least. Answers are dropped, as the kernel drops them, if the client reads nothing
/// for 5 seconds, or has gone; those beyond 64 MiB, if it reads nothing for 100 ms. No call fails for that: one client
/// could end a server for all others with it. A server that is dropped sends the last answers as long as its clients read, a minute at most;
/// it gives up when they have read nothing for 5 seconds.
///
/// ```
/// use nl_tlv::control::{Errno, ExtAck};
/// use nl_tlv::socket::{Connection, Protocol, RequestError, Server};
/// use nl_tlv::{Flags, NlMessage};
/// # #[derive(NlMessage)] #[nl(ty = 22)] struct TableGet<'a> { #[nl(attr = 1)] name: Option<&'a str> }
/// # #[derive(NlMessage)] #[nl(ty = 20)] struct Table<'a> { #[nl(attr = 1)] name: &'a str }
///
/// let mut server = Server::open(Protocol::USERSOCK, 0)?;
/// let mut conn = Connection::open_to(Protocol::USERSOCK, server.port_id())?;
/// let serving = std::thread::spawn(move || -> std::io::Result<()> {
///     for _ in 0..2 {
///         let request = server.recv().unwrap();
///         let tables = ["blue", "red"].map(|name| Table { name });
///         match request.parse::<TableGet<'_>>() {
///             Ok(_) if request.is_dump() => request.dump(&tables, Flags::empty())?,
///             Ok(_) => request.refuse(Errno::ENOENT, &ExtAck::NONE)?,
///             Err(err) => request.refuse_unreadable(err)?,
///         }
///     }
///     Ok(())
/// });
/// let mut tables = conn.dump(&TableGet { name: None })?;
/// assert_eq!(tables.next::<Table<'_>>()?.map(|table| table.name), Some("blue"));
/// drop(tables);
/// let err = conn.request(&TableGet { name: Some("green") }).unwrap_err();
/// assert_eq!(err.refusal().map(|refusal| refusal.errno()), Some(Errno::ENOENT));
/// # serving.join().unwrap()?;
/// # Ok::<(), RequestError>(())
/// ```
#[derive(Debug)]
pub struct Server<T: Transport = Socket> {
    transport: T,
    outbox: Mutex<Outbox>,
    buffer: Vec<u8>,
    /// The part of the datagram that has not been handed out.
    unread: Range<usize>,
    /// Whether the buffer was too small for all of the datagram.
    is_cut: bool,
    sender: u32,
    is_request_required: bool,
    strictness: Strictness,
    timeout: Option<Duration>,
}

impl Server {
    /// Opens a server with a port id (0: one that is free).
    ///
    /// ```
    /// use nl_tlv::socket::{Protocol, RecvError, Server};
    /// use std::time::{Duration, Instant};
    ///
    /// let mut server = Server::open(Protocol::USERSOCK, 0)?;
    /// println!("clients connect to port id {}", server.port_id());
    /// let deadline = Instant::now() + Duration::from_millis(5);
    /// assert!(matches!(server.recv_deadline(deadline), Err(RecvError::Timeout)));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn open(protocol: Protocol, port_id: u32) -> io::Result<Self> {
        Ok(Self::new(Socket::open_at(protocol, port_id)?))
    }
}

impl<T: Transport> Server<T> {
    /// A server over a transport.
    #[must_use]
    pub fn new(transport: T) -> Self {
        let buffer = vec![0; BUFFER];
        Self {
            transport,
            outbox: Mutex::default(),
            buffer,
            unread: 0..0,
            is_cut: false,
            sender: 0,
            is_request_required: true,
            strictness: Strictness::STRICT,
            timeout: None,
        }
    }

    /// Its port id: the one that clients have to know.
    #[must_use]
    pub fn port_id(&self) -> u32 {
        self.transport.port_id()
    }

    /// The socket, or the other transport, that it uses.
    #[must_use]
    pub const fn transport(&self) -> &T {
        &self.transport
    }

    /// Hands out messages without [`Flags::REQUEST`] too: for protocols with rules of their own.
    pub fn take_all(&mut self) {
        self.is_request_required = false;
    }

    /// How [`Request::parse`] judges: [`STRICT`](Strictness::STRICT), as families of today do, unless this was called.
    /// A server that is `LIBERAL` ignores what it does not know, and a client with a newer definition does not learn of it.
    pub const fn set_strictness(&mut self, strictness: Strictness) {
        self.strictness = strictness;
    }

    /// How long [`recv`](Self::recv) waits; for ever (`None`) unless this was called.
    pub const fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout;
    }

    /// Waits for the next request.
    ///
    /// As in the kernel, a message without [`Flags::REQUEST`] or of a type below 16 is not a request, and is acknowledged
    /// if it asks for that; a message whose length is wrong ends its datagram without an answer. A request that is longer
    /// than the buffer of 1 MiB is refused with `EMSGSIZE`.
    ///
    /// While it waits, it also sends answers that clients had no room for.
    ///
    /// # Errors
    ///
    /// As [`Socket::recv`], but never [`RecvError::Truncated`]; the server can be used afterwards.
    pub fn recv(&mut self) -> Result<Request<'_, T>, RecvError> {
        self.recv_before(deadline(self.timeout))
    }

    /// As [`recv`](Self::recv), until the deadline.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv); [`RecvError::Timeout`] if none came.
    pub fn recv_deadline(&mut self, deadline: Instant) -> Result<Request<'_, T>, RecvError> {
        self.recv_before(Some(deadline))
    }

    /// When to call [`recv_deadline`](Self::recv_deadline) again after its timeout, even if no request comes before: a client
    /// may have room by then for answers that wait for it. `None` if none waits. This is for loops that wait with `poll`;
    /// [`recv`](Self::recv) wakes by itself.
    #[must_use]
    pub fn wake_at(&self) -> Option<Instant> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    fn recv_before(&mut self, deadline: Option<Instant>) -> Result<Request<'_, T>, RecvError> {
        let mut has_received = false;
        let range = loop {
            match self.next_in_datagram() {
                Some(range) => {
                    let request = self.request_at(range.clone())?;
                    if request.is_one(self.is_request_required) {
                        break range;
                    }
                    // It is nobody's request, whose failure could be told.
                    let _ = request.ack();
                }
                // Who sends faster than this reads does not hold it up.
                None if has_received && deadline.is_some_and(|deadline| deadline <= Instant::now()) => {
                    return Err(RecvError::Timeout);
                }
                None => {
                    self.receive(deadline)?;
                    has_received = true;
                }
            }
        };
        self.request_at(range)
    }

    /// The next datagram; of one that the buffer is too small for, the part that fits.
    fn receive(&mut self, deadline: Option<Instant>) -> Result<(), RecvError> {
        let outbox = self.outbox.get_mut().unwrap_or_else(PoisonError::into_inner);
        let received = loop {
            outbox.flush(&self.transport);
            let next = outbox.next().filter(|&next| deadline.is_none_or(|deadline| next < deadline));
            match self.transport.receive(&mut self.buffer, next.or(deadline)) {
                Err(RecvError::Timeout) if next.is_some() => {}
                received => break received.map(|(datagram, sender)| (datagram.len(), sender)),
            }
        };
        let (len, sender) = match received {
            Ok((len, sender)) => (Some(len), sender),
            Err(RecvError::Truncated { sender, .. }) => (None, sender),
            Err(err) => return Err(err),
        };
        (self.unread, self.is_cut) = (0..len.unwrap_or(self.buffer.len()), len.is_none());
        self.sender = sender.port_id;
        Ok(())
    }

    /// Refuses the request whose end did not fit the buffer, so that its sender does not wait for an answer.
    fn refuse_cut(&self) {
        let unread = self.buffer.get(self.unread.clone()).filter(|_| self.is_cut);
        let Some(message) = unread.and_then(Message::without_end) else { return };
        let request = self.request(message);
        if request.is_one(self.is_request_required) {
            let text = format!("a request is {} bytes long at most", self.buffer.len());
            let _ = request.refuse(Errno::EMSGSIZE, &ExtAck { message: Some(&text), ..ExtAck::NONE });
        }
    }

    /// Sends an event to the members of a group, 1 to 32.
    ///
    /// ```
    /// use nl_tlv::{Header, NlMessage};
    /// use nl_tlv::socket::{Protocol, Server};
    ///
    /// #[derive(NlMessage)]
    /// #[nl(ty = 20)]
    /// struct Table<'a> {
    ///     #[nl(attr = 1)]
    ///     name: &'a str,
    /// }
    ///
    /// let server = Server::open(Protocol::USERSOCK, 0)?;
    /// server.notify(4, &Table { name: "blue" }, Header::new())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) for another group, or a message that cannot be written; the
    /// system's.
    pub fn notify(&self, group: u32, message: &impl NlMessage, header: Header) -> io::Result<()> {
        notify(&self.transport, group, message, header)
    }

    fn next_in_datagram(&mut self) -> Option<Range<usize>> {
        let unread = self.buffer.get(self.unread.clone())?;
        let mut messages = Messages::new(unread);
        let Some(Ok(message)) = messages.next() else {
            self.refuse_cut();
            self.unread = 0..0;
            return None;
        };
        let start = self.unread.start;
        let range = start..add(start, message.as_bytes().len());
        self.unread.start = self.unread.end.saturating_sub(messages.remainder().len());
        Some(range)
    }

    fn request_at(&self, range: Range<usize>) -> Result<Request<'_, T>, RecvError> {
        let message = first_message(self.buffer.get(range).unwrap_or_default());
        let message =
            message.map_err(|err| RecvError::Io(io::Error::new(io::ErrorKind::InvalidData, err)))?;
        Ok(self.request(message))
    }

    fn request<'s>(&'s self, message: Message<'s>) -> Request<'s, T> {
        let Self { sender, transport, outbox, strictness, .. } = self;
        let (sender, strictness) = (*sender, *strictness);
        let (schemas, refusal) = (Cell::new(&[][..]), Cell::new(None));
        Request { message, sender, strictness, transport, outbox, schemas, refusal }
    }
}

impl<T: Transport> Drop for Server<T> {
    fn drop(&mut self) {
        let outbox = self.outbox.get_mut().unwrap_or_else(PoisonError::into_inner);
        outbox.finish(&self.transport);
    }
}

/// A request, and the methods that answer it. All of them fail as [`reply`](Self::reply) does, and none because the client
/// does not read or has gone.
#[derive(Debug)]
pub struct Request<'s, T: Transport = Socket> {
    message: Message<'s>,
    sender: u32,
    strictness: Strictness,
    transport: &'s T,
    outbox: &'s Mutex<Outbox>,
    /// What it was read as, for the place of what is missing.
    schemas: Cell<&'static [&'static MessageSchema]>,
    /// What the kernel would say of it, of which an [`Error`] has no text.
    refusal: Cell<Option<PolicyRefusal>>,
}

impl<'s, T: Transport> Request<'s, T> {
    /// The message.
    #[must_use]
    pub const fn message(&self) -> &Message<'s> {
        &self.message
    }

    /// The port id of the one who made it, as the socket says: this cannot be forged.
    #[must_use]
    pub const fn sender(&self) -> u32 {
        self.sender
    }

    /// Sends an event before the request is answered, as [`Server::notify`].
    pub fn notify(&self, group: u32, message: &impl NlMessage, header: Header) -> io::Result<()> {
        notify(self.transport, group, message, header)
    }

    /// Whether all objects that match are asked for.
    #[must_use]
    pub fn is_dump(&self) -> bool {
        self.message.flags().contains(crate::GetFlags::DUMP.into())
    }

    /// Reads the message.
    ///
    /// ```
    /// use nl_tlv::NlMessage;
    /// # use nl_tlv::socket::{Address, Protocol, Server, Socket};
    /// # use nl_tlv::Header;
    ///
    /// /// What clients may ask for.
    /// #[derive(NlMessage)]
    /// enum Asked {
    ///     Set(Room),
    ///     Get(RoomGet),
    /// }
    /// #[derive(NlMessage)]
    /// #[nl(ty = 20)]
    /// struct Room {
    ///     #[nl(attr = 2, max = 30)]
    ///     degrees: u8,
    /// }
    /// #[derive(NlMessage)]
    /// #[nl(ty = 22)]
    /// struct RoomGet {}
    ///
    /// # let mut server = Server::open(Protocol::USERSOCK, 0)?;
    /// # let mut buf = [0; 64];
    /// # let bytes = Room { degrees: 21 }.emit(&mut buf, Header::request())?;
    /// # Socket::open(Protocol::USERSOCK)?.send_to(bytes, Address::port(server.port_id()))?;
    /// let request = server.recv()?;
    /// match request.parse::<Asked>() {
    ///     Ok(Asked::Set(room)) => assert_eq!(room.degrees, 21),
    ///     Ok(Asked::Get(_)) => println!("the client asks for the room"),
    ///     Err(err) => request.refuse_unreadable(err)?,
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`NlMessage::parse`]; if a value of a list or a [`Lazy`](crate::value::Lazy) cannot be read, though `parse` leaves
    /// that to whoever asks for it; if a value is beyond a limit of the definition, or the message could not be written for
    /// another reason; and if the kernel's policies would refuse the request ([`validate`](crate::schema::validate)), as for
    /// an attribute that the definition does not have ([`set_strictness`](Server::set_strictness)). So what this returns can be sent on, and reading its lists fails only where a text is not UTF-8. See [`refuse_unreadable`](Self::refuse_unreadable).
    pub fn parse<M: ParseMessage<'s>>(&self) -> Result<M, Error> {
        self.schemas.set(M::SCHEMAS);
        let message = M::parse(&self.message).map_err(|err| self.unless_too_deep(err))?;
        check_values(message.schema(), &self.message).map_err(|err| self.unless_too_deep(err))?;
        let mut buffer = vec![0; self.message.as_bytes().len()];
        // What else is checked when it is written has no place in the request.
        let written = append(&mut buffer, 0, |w| message.emit_into(w, self.header()));
        written.map_err(|err| self.unless_too_deep(err.at(0)))?;
        judge(message.schema(), &self.message, self.strictness).map_err(|err| self.refused(err))?;
        Ok(message)
    }

    /// Nests that are too deep are refused with the kernel's words, whoever finds them first.
    fn unless_too_deep(&self, err: Error) -> Error {
        if err.kind() == ErrorKind::TooDeep { self.refused(PolicyRefusal::TOO_DEEP) } else { err }
    }

    fn refused(&self, refusal: PolicyRefusal) -> Error {
        self.refusal.set(Some(refusal));
        refusal.into()
    }

    /// Where in the request an attribute is, by its path: the `offset` of a refusal. `None` if the request does not have
    /// it.
    ///
    /// A path consists of the names of fields, with an index where there are several: `steps[1].seconds`. Without an
    /// index it is the last of them. A field of the family header, or of a C struct, is a name too.
    ///
    /// ```
    /// use nl_tlv::control::{Errno, ExtAck};
    /// # use nl_tlv::socket::{Address, Protocol, Server, Socket};
    /// # use nl_tlv::Header;
    /// use nl_tlv::{NlAttrs, NlMessage};
    ///
    /// #[derive(NlMessage)]
    /// #[nl(ty = 20)]
    /// struct Timer {
    ///     #[nl(attr = 1)]
    ///     steps: Vec<Step>,
    /// }
    /// #[derive(NlAttrs, Clone, Debug)]
    /// struct Step {
    ///     #[nl(attr = 1)]
    ///     seconds: u32,
    /// }
    ///
    /// # let mut server = Server::open(Protocol::USERSOCK, 0)?;
    /// # let mut buf = [0; 64];
    /// # let bytes = Timer { steps: vec![Step { seconds: 1 }, Step { seconds: 0 }] }.emit(&mut buf, Header::request())?;
    /// # let client = Socket::open(Protocol::USERSOCK)?;
    /// # client.send_to(bytes, Address::port(server.port_id()))?;
    /// let request = server.recv()?;
    /// let timer = request.parse::<Timer>()?;
    /// if let Some(i) = timer.steps.iter().position(|step| step.seconds == 0) {
    ///     let offset = request.place(&format!("steps[{i}].seconds"))?;
    ///     assert_eq!(offset, Some(32));
    ///     let why = ExtAck { message: Some("a step takes a second at least"), offset, ..ExtAck::NONE };
    ///     request.refuse(Errno::EINVAL, &why)?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) if the definition has nothing of this name, or the request was not
    /// [parsed](Self::parse) before.
    pub fn place(&self, path: &str) -> io::Result<Option<u32>> {
        let schema = self.schema();
        let found = place(schema, self.message.as_bytes(), path);
        found.map_err(|Misplaced(step)| {
            let text = match schema.is_unknown() {
                true => format!("the place of `{path}` is known once the request is parsed"),
                false => format!("{} has no `{path}`: `{step}` is not a name or an index in it", schema.name),
            };
            io::Error::new(io::ErrorKind::InvalidInput, text)
        })
    }

    /// The header of an answer: the request's number and, for a generic netlink command, its family.
    #[must_use]
    pub fn header(&self) -> Header {
        Header::new().seq(self.message.seq()).port_id(self.sender).family(self.message.ty())
    }

    /// Sends a reply, or an echo.
    ///
    /// ```
    /// use nl_tlv::{Header, Messages, NlMessage};
    /// use nl_tlv::socket::{Address, Protocol, Server, Socket};
    ///
    /// #[derive(NlMessage, Debug, PartialEq)]
    /// #[nl(ty = 20)]
    /// struct Number {
    ///     #[nl(attr = 1)]
    ///     number: u32,
    /// }
    ///
    /// let (client, mut server) = (Socket::open(Protocol::USERSOCK)?, Server::open(Protocol::USERSOCK, 0)?);
    /// # let mut buf = [0; 64];
    /// let asked = Number { number: 20 }.emit(&mut buf, Header::request().seq(7))?;
    /// client.send_to(asked, Address::port(server.port_id()))?;
    ///
    /// let request = server.recv()?;
    /// let number = request.parse::<Number>()?.number;
    /// request.reply(&Number { number: number + 1 })?;
    ///
    /// # let mut buffer = [0; 64];
    /// let (answer, _) = client.recv(&mut buffer)?;
    /// let answer = Messages::new(answer).next().unwrap()?;
    /// assert_eq!((Number::parse(&answer)?.number, answer.seq()), (21, 7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) if it cannot be written; how long it is and how long it may be, if it
    /// cannot be one datagram; the system's. The request is refused then with the same text, so that its sender does
    /// not wait.
    pub fn reply(&self, message: &impl NlMessage) -> io::Result<()> {
        self.or_refused(self.send(message.schema(), |w| message.emit_into(w, self.header())))
    }

    /// Acknowledges the request, if it asks for that. `get` and `dump` of a connection do not: they wait for a
    /// [reply](Self::reply).
    pub fn ack(&self) -> io::Result<()> {
        self.ack_with(&ExtAck::NONE)
    }

    /// As [`ack`](Self::ack), with a warning or a cookie.
    pub fn ack_with(&self, ext_ack: &ExtAck<'_>) -> io::Result<()> {
        if !self.message.flags().contains(Flags::ACK) {
            return Ok(());
        }
        self.send(MessageSchema::UNKNOWN, |w| emit_ack(w, &self.message, self.sender, ext_ack))
    }

    /// Refuses the request.
    pub fn refuse(&self, errno: Errno, why: &ExtAck<'_>) -> io::Result<()> {
        self.send(MessageSchema::UNKNOWN, |w| emit_refusal(w, &self.message, self.sender, errno, why))
    }

    /// Refuses a request that cannot be read, as the kernel's policies do: with the place in it, if it has one, why, and
    /// what the definition accepts there.
    pub fn refuse_unreadable(&self, err: Error) -> io::Result<()> {
        let errno = Errno::of(err.kind());
        if err.kind() == ErrorKind::MissingAttr {
            let missing_type = err.attr_type().map(u32::from);
            let why = ExtAck { missing_type, missing_nest: self.nest(err), ..ExtAck::NONE };
            return self.refuse(errno, &why);
        }
        let located = err.located(self.schema(), self.message.as_bytes());
        let refusal = self.refusal.get().filter(|refusal| Error::from(*refusal) == err);
        let text = match refusal.and_then(|refusal| refusal.message()) {
            Some(text) => text.to_string(),
            None => located.reason().to_string(),
        };
        let offset = Some(err.offset()).filter(|offset| *offset != 0);
        let is_unknown = err.kind() == ErrorKind::UnknownForm;
        let policy = offset.filter(|_| !is_unknown).and_then(|_| accepted(&located.path));
        self.refuse(errno, &ExtAck { message: Some(&text), offset, policy, ..ExtAck::NONE })
    }

    /// What it was read as.
    fn schema(&self) -> &'static MessageSchema {
        schema_of(self.schemas.get(), &self.message)
    }

    /// Where the nest begins in which an attribute is missing; `None` for the attributes of the message itself.
    fn nest(&self, err: Error) -> Option<u32> {
        let schema = self.schema();
        let nest = err.offset().checked_sub(4)?;
        (from_u32(nest) >= schema.contents_offset()).then_some(nest)
    }

    /// Answers a dump with these objects, as many in a datagram as fit 16 KiB, and its end. Of `flags`, give
    /// [`Flags::DUMP_INTR`] if objects changed meanwhile, and [`Flags::DUMP_FILTERED`] if they are filtered as asked.
    ///
    /// # Errors
    ///
    /// As [`reply`](Self::reply); the refusal ends the dump then.
    pub fn dump<'o, M: NlMessage + 'o>(
        &self,
        objects: impl IntoIterator<Item = &'o M>,
        flags: Flags,
    ) -> io::Result<()> {
        self.or_refused(self.send_all(objects, flags))
    }

    fn send_all<'o, M: NlMessage + 'o>(
        &self,
        objects: impl IntoIterator<Item = &'o M>,
        flags: Flags,
    ) -> io::Result<()> {
        let header = self.header().flags(flags | Flags::MULTI);
        let mut buffer = vec![0; DATAGRAM];
        let mut w = Writer::new(&mut buffer);
        for object in objects {
            if object.emit_into(&mut w, header).is_ok() {
                continue;
            }
            // Full, or a message that cannot be written: alone it shows which.
            self.flush(w.as_bytes())?;
            w = Writer::new(&mut buffer);
            if object.emit_into(&mut w, header).is_err() {
                self.send(object.schema(), |w| object.emit_into(w, header))?;
            }
        }
        self.flush(w.as_bytes())?;
        self.send(MessageSchema::UNKNOWN, |w| {
            emit_done(w, &self.message, self.sender, None, flags, &ExtAck::NONE)
        })
    }

    /// Tells the sender of an answer that could not be sent.
    fn or_refused(&self, answered: io::Result<()>) -> io::Result<()> {
        if let Err(err) = &answered {
            let is_too_long = err.kind() == io::ErrorKind::FileTooLarge;
            let errno = if is_too_long { Errno::EMSGSIZE } else { Errno::EIO };
            let _ = self.refuse(errno, &ExtAck { message: Some(&err.to_string()), ..ExtAck::NONE });
        }
        answered
    }

    fn flush(&self, datagram: &[u8]) -> io::Result<()> {
        if datagram.is_empty() {
            return Ok(());
        }
        make_room(self.transport, datagram)?;
        let mut outbox = self.outbox.lock().unwrap_or_else(PoisonError::into_inner);
        outbox.send(self.transport, self.sender, datagram)
    }

    fn send(
        &self,
        schema: &MessageSchema,
        emit: impl Fn(&mut Writer<'_>) -> Result<(), Error>,
    ) -> io::Result<()> {
        self.flush(&written(schema, emit)?)
    }

    fn is_one(&self, is_request_required: bool) -> bool {
        let is_marked = self.message.flags().contains(Flags::REQUEST);
        self.message.ty() >= MessageType::FIRST_OF_FAMILY && (is_marked || !is_request_required)
    }
}

/// A datagram that `emit` writes.
fn written(
    schema: &MessageSchema,
    emit: impl Fn(&mut Writer<'_>) -> Result<(), Error>,
) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0; 512];
    let len = append(&mut buffer, 0, emit).map_err(|err| {
        io::Error::new(io::ErrorKind::InvalidInput, connection::place(err, schema, &buffer))
    })?;
    buffer.truncate(len);
    Ok(buffer)
}

/// Makes room in the send buffer for an answer or an event.
fn make_room(transport: &impl Transport, datagram: &[u8]) -> io::Result<()> {
    reserve(transport, datagram).map_err(|err| match err {
        RequestError::Io(err) => err,
        too_large => io::Error::new(io::ErrorKind::FileTooLarge, too_large),
    })
}

/// Sends an event to the members of a group.
fn notify(
    transport: &impl Transport,
    group: u32,
    message: &impl NlMessage,
    header: Header,
) -> io::Result<()> {
    if !(1..=32).contains(&group) {
        let text = format!("a socket can send to the groups 1 to 32, and not to {group}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let bytes = written(message.schema(), |w| message.emit_into(w, header))?;
    make_room(transport, &bytes)?;
    let to = Address::group(group);
    match transport.send_to(&bytes, to) {
        // It was delivered; there is no kernel side that it could go to as well.
        Err(err) if err.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        sent => sent.map_err(|err| unsent(err, to)),
    }
}

/// Bytes of a datagram of a dump.
const DATAGRAM: usize = 16 * 1024;
