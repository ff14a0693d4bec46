//! Requests and their answers, one after the other.

pub(in crate::socket) mod answer;
pub(in crate::socket) mod awaited;
pub(in crate::socket) mod batch;
pub(in crate::socket) mod collect;
pub(in crate::socket) mod dump;
pub(in crate::socket) mod event;
pub(in crate::socket) mod generic;
pub(in crate::socket) mod inbox;
pub(in crate::socket) mod send;
pub(in crate::socket) mod transaction;

use super::lend::{Lend, now};
use super::{
    Address, Batch, Dump, Malformed, Protocol, RecvError, RequestError, Socket, Transaction, Transport,
};
use crate::bytes::{add, from_u32};
use crate::control::ExtAck;
use crate::control::genl::{self, Family};
use crate::exchange::{Exchange, Expect, Verdict};
use crate::schema::MessageSchema;
use crate::{Error, Flags, Header, Message, MessageType, NlMessage, ParseMessage, Writer};
use awaited::Awaited;
use event::{Backlog, FoundEvent};
use inbox::{Inbox, first_message};
use send::patiently;
use std::boxed::Box;
use std::io;
use std::ops::Range;
use std::os::fd::AsFd;
use std::string::String;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::vec;
use std::vec::Vec;

/// A socket with a conversation on it: requests are made one at a time and wait for their answers, events that arrive
/// meanwhile are kept.
///
/// ```
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
    transport: T,
    exchange: Exchange,
    inbox: Inbox,
    peer: u32,
    /// Whether the peer answers a request while it is sent, as the kernel does: what is not in the queue then will not
    /// come.
    answers_at_once: bool,
    family: Option<Family>,
    /// What all connections of a handle for tasks know of the family.
    pub(in crate::socket) family_of_all: Option<Arc<Mutex<Option<Family>>>>,
    /// The request to the controller that was sent last, and which family it is about.
    resolving: Option<(u32, String)>,
    timeout: Option<Duration>,
    /// Whether the queue is to be read before the next request: after an overrun the kernel drops what it sends us until the
    /// queue has been empty once.
    is_congested: bool,
    retries: u32,
    /// How often datagrams were lost while answers were waited for.
    pub(in crate::socket) overruns: u32,
    /// The request that was made last, unless it is a watch's.
    asked: u32,
    backlog: Backlog,
    /// The last event that was taken out of the backlog.
    event: Box<[u8]>,
    event_origin: Address,
    /// The last request, because a refusal names a place in it; and what it consists of.
    request: Vec<u8>,
    schema: &'static MessageSchema,
}

impl Connection {
    /// How long an answer is waited for, unless [`set_timeout`](Self::set_timeout) says otherwise. The kernel answers
    /// at once or not at all.
    pub const TIMEOUT: Duration = Duration::from_secs(5);

    /// Opens a connection to the kernel side of a protocol.
    ///
    /// ```
    /// use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv_families::rt_link::{GetLink, Link};
    ///
    /// let mut conn = Connection::open(Protocol::ROUTE)?;
    /// let loopback: Link = conn.get(&GetLink::named("lo"))?;
    /// assert_eq!(loopback.header.index, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(protocol: Protocol) -> io::Result<Self> {
        Self::open_to(protocol, 0)
    }

    /// Opens a connection to a server in user space, by its port id. What others send is skipped.
    ///
    /// ```
    /// use nl_tlv::socket::{Connection, Protocol, Server};
    ///
    /// let server = Server::open(Protocol::USERSOCK, 0)?; // usually another process
    /// let conn = Connection::open_to(Protocol::USERSOCK, server.port_id())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn open_to(protocol: Protocol, peer: u32) -> io::Result<Self> {
        Ok(Self::new(Socket::open(protocol)?, peer))
    }

    /// Opens a connection to the kernel in another network namespace, as [`Socket::open_in`].
    pub fn open_in(namespace: impl AsFd, protocol: Protocol) -> io::Result<Self> {
        Ok(Self::new(Socket::open_in(namespace, protocol)?, 0))
    }
}

impl<T: Transport> Connection<T> {
    /// A connection over a transport, to the peer with a port id (0: the kernel).
    #[must_use]
    pub fn new(transport: T, peer: u32) -> Self {
        // A server may send events of others to us alone, which are told by the port id; the kernel does not.
        let port_id = if peer == 0 { transport.known_port_id() } else { transport.port_id() };
        Self {
            exchange: Exchange::with_first_seq(port_id, peer, first_seq(peer)),
            answers_at_once: peer == 0 && transport.is_kernel(),
            inbox: Inbox::new(),
            peer,
            family: None,
            family_of_all: None,
            resolving: None,
            timeout: Some(Connection::TIMEOUT),
            is_congested: false,
            retries: Self::RETRIES,
            overruns: 0,
            asked: 0,
            backlog: Backlog::default(),
            event: Box::default(),
            event_origin: Address::port(peer),
            request: vec![0; 512],
            schema: &genl::GET_FAMILY,
            transport,
        }
    }

    /// Sets how long a call waits for the answer of a process, and before that as long again until the process has room
    /// for the request; `None` is without a limit. The kernel answers while the
    /// request is sent, so a call that finds no answer of the kernel fails with [`RequestError::NoReply`] at once, whatever
    /// the limit is. Only [`get_of_type`](Self::get_of_type) waits for the kernel too, because some protocols answer later.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol, RequestError, Server};
    /// use nl_tlv_families::rt_link::GetLink;
    /// use std::time::Duration;
    ///
    /// # let server = Server::open(Protocol::USERSOCK, 0)?;
    /// let mut conn = Connection::open_to(Protocol::USERSOCK, server.port_id())?; // a server that is busy
    /// conn.set_timeout(Some(Duration::from_millis(5)));
    /// assert!(matches!(conn.request(&GetLink::default()), Err(RequestError::Timeout)));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout;
    }

    /// The socket, or the other transport, that it uses.
    #[must_use]
    pub const fn transport(&self) -> &T {
        &self.transport
    }

    /// Makes a request and waits until it is acknowledged. It returns what else the acknowledgement says: a warning, a cookie,
    /// usually nothing. Replies are dropped. An echo ([`Flags::ECHO`]) is too, unless the connection has joined a group, or
    /// its peer is a process: then it is an [event](Self::event), because the peer sends that to the others only.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv_families::rt_link::SetLink;
    ///
    /// # let network = nl_tlv_testing::network::Network::new();
    /// # let mut server = nl_tlv::socket::Server::new(network.kernel());
    /// # let serving = std::thread::spawn(move || server.recv().unwrap().ack());
    /// # let mut conn = Connection::new(network.open(), 0);
    /// conn.request(&SetLink::named("eth0").up().mtu(1400))?;
    /// # serving.join().unwrap()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError::Refused`]; any other error of the connection.
    pub fn request(&mut self, message: &impl NlMessage) -> Result<ExtAck<'_>, RequestError> {
        self.request_with(message, Flags::empty())
    }

    /// As [`request`](Self::request), with flags: `NewFlags::CREATE`, for example.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv::NewFlags;
    /// use nl_tlv_families::rt_link::Link;
    ///
    /// # let network = nl_tlv_testing::network::Network::new();
    /// # let mut server = nl_tlv::socket::Server::new(network.kernel());
    /// # let serving = std::thread::spawn(move || server.recv().unwrap().ack());
    /// # let mut conn = Connection::new(network.open(), 0);
    /// // VLAN 5 on top of the link with index 2; an error if there is a link `vlan5`.
    /// conn.request_with(&Link::vlan("vlan5", 2, 5), NewFlags::CREATE | NewFlags::EXCL)?;
    /// # serving.join().unwrap()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn request_with(
        &mut self,
        message: &impl NlMessage,
        flags: impl Into<Flags>,
    ) -> Result<ExtAck<'_>, RequestError> {
        let mut awaited = now(self.begin::<Self>(message, Expect::Ack, flags.into()))?;
        let (_, range) = now(self.answer::<Self>(&mut awaited))?;
        self.ext_ack(range)
    }

    /// Makes a request and waits for its one reply: an answer with the request's number, or with [`Flags::ECHO`] the
    /// echo of what was changed.
    ///
    /// Further replies are dropped: [`get_until_ack`](Self::get_until_ack) returns several. If the peer acknowledges first and
    /// replies later, the error is [`RequestError::NoReply`], and the reply is dropped when it comes. A reply without the
    /// request's number is an [event](Self::event).
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv_families::rt_link::{GetLink, Link};
    ///
    /// # let mut conn = Connection::open(Protocol::ROUTE)?;
    /// let link: Link = conn.get(&GetLink::at(1))?;
    /// assert_eq!(link.ifname.unwrap(), "lo");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError::Refused`]; [`RequestError::Answer`] if the reply is not an `R`; any other error of the connection.
    pub fn get<'c, R: ParseMessage<'c>>(&'c mut self, message: &impl NlMessage) -> Result<R, RequestError> {
        self.get_with(message, Flags::empty())
    }

    /// As [`get`](Self::get), with flags.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv::{Flags, NewFlags};
    /// use nl_tlv_families::rt_link::Link;
    ///
    /// # let network = nl_tlv_testing::network::Network::new();
    /// # let mut server = nl_tlv::socket::Server::new(network.kernel());
    /// # let serving = std::thread::spawn(move || {
    /// #     let mut made = Link::dummy("dummy7");
    /// #     made.header.index = 7;
    /// #     server.recv().unwrap().reply(&made)
    /// # });
    /// # let mut conn = Connection::new(network.open(), 0);
    /// // ECHO: the kernel says what it made of the request, here the new link's index.
    /// let made: Link = conn.get_with(&Link::dummy("dummy7"), NewFlags::CREATE | Flags::ECHO)?;
    /// assert_eq!(made.header.index, 7);
    /// # serving.join().unwrap()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get_with<'c, R: ParseMessage<'c>>(
        &'c mut self,
        message: &impl NlMessage,
        flags: impl Into<Flags>,
    ) -> Result<R, RequestError> {
        self.reply(message, Expect::OneReply, flags.into())
    }

    /// Sends a message with exactly these flags, and waits for a message of exactly this type, even `NLMSG_DONE`: for
    /// protocols that do not answer as netlink usually does.
    ///
    /// ```no_run
    /// use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv::{Flags, MessageType, NlMessage};
    ///
    /// /// A text, sent as NLMSG_DONE and answered by one.
    /// #[derive(NlMessage)]
    /// #[nl(ty = 3)]
    /// struct Hello<'a> {
    ///     #[nl(payload)]
    ///     text: &'a str,
    /// }
    ///
    /// let mut conn = Connection::open(Protocol::new(31))?;
    /// let answer: Hello = conn.get_of_type(&Hello { text: "Hello" }, MessageType::DONE, Flags::empty())?;
    /// println!("{}", answer.text);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get_of_type<'c, R: ParseMessage<'c>>(
        &'c mut self,
        message: &impl NlMessage,
        reply_type: MessageType,
        flags: impl Into<Flags>,
    ) -> Result<R, RequestError> {
        self.reply(message, Expect::Raw(reply_type), flags.into())
    }

    /// Sends a message whose answer nobody waits for, and returns its sequence number. An answer that comes all the same is
    /// dropped, even a refusal.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv::Flags;
    /// use nl_tlv_families::rt_link::GetLink;
    ///
    /// # let mut conn = Connection::open(Protocol::ROUTE)?;
    /// let seq = conn.send(&GetLink::at(1), Flags::empty())?;
    /// assert_ne!(seq, conn.send(&GetLink::at(1), Flags::empty())?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the message cannot be written, or the system refuses to send it.
    pub fn send(&mut self, message: &impl NlMessage, flags: impl Into<Flags>) -> Result<u32, RequestError> {
        let Awaited { seq, .. } = now(self.begin::<Self>(message, Expect::OneReply, flags.into()))?;
        self.exchange.forget(seq);
        // What answers it is not to take the room of the next answer.
        self.is_congested = true;
        Ok(seq)
    }

    /// Asks for all objects that match. If the dump is dropped early, the connection reads the rest of it by itself.
    ///
    /// # Errors
    ///
    /// If the request cannot be made. A refusal is returned by the first call of [`next`](Dump::next).
    pub fn dump(&mut self, message: &impl NlMessage) -> Result<Dump<'_, Self>, RequestError> {
        self.objects(message, Expect::Dump, Flags::empty())
    }

    /// Makes a request that is not a dump and has several replies, or echoes ([`Flags::ECHO`]). It returns all of them, up to
    /// the acknowledgement.
    ///
    /// ```
    /// # use nl_tlv::socket::Connection;
    /// use nl_tlv::{Flags, NlMessage};
    /// use std::net::Ipv4Addr;
    ///
    /// /// Deletes all routes of a table. The echoes are the routes that were deleted.
    /// #[derive(NlMessage)]
    /// #[nl(ty = 24)]
    /// struct TableClear<'a> {
    ///     #[nl(attr = 1)]
    ///     name: &'a str,
    /// }
    /// #[derive(NlMessage)]
    /// #[nl(ty = 26)]
    /// struct RouteDel {
    ///     #[nl(attr = 2)]
    ///     dst: Ipv4Addr,
    /// }
    ///
    /// # let network = nl_tlv_testing::network::Network::new();
    /// # let mut server = nl_tlv::socket::Server::new(network.kernel());
    /// # let serving = std::thread::spawn(move || {
    /// #     let request = server.recv().unwrap();
    /// #     request.reply(&RouteDel { dst: Ipv4Addr::new(10, 1, 0, 0) })?;
    /// #     request.reply(&RouteDel { dst: Ipv4Addr::new(10, 2, 0, 0) })?;
    /// #     request.ack()
    /// # });
    /// # let mut conn = Connection::new(network.open(), 0);
    /// let mut deleted = conn.get_until_ack(&TableClear { name: "blue" }, Flags::ECHO)?;
    /// let mut count = 0;
    /// while let Some(route) = deleted.next::<RouteDel>()? {
    ///     println!("deleted {}", route.dst);
    ///     count += 1;
    /// }
    /// assert_eq!(count, 2);
    /// # serving.join().unwrap()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get_until_ack(
        &mut self,
        message: &impl NlMessage,
        flags: impl Into<Flags>,
    ) -> Result<Dump<'_, Self>, RequestError> {
        self.objects(message, Expect::UntilAck, flags.into())
    }

    /// Messages that are carried out as a whole or not at all, between the message that begins a transaction and the one
    /// that ends it: nftables, for example.
    ///
    /// # Errors
    ///
    /// [`RequestError::Emit`] if the first message cannot be written.
    pub fn transaction<'c>(
        &'c mut self,
        begin: &impl NlMessage,
        end: &'c impl NlMessage,
    ) -> Result<Transaction<'c, Self>, RequestError> {
        self.end_dump();
        Transaction::new(self, begin, end)
    }

    /// Many requests in few datagrams, each of which is acknowledged or refused by itself.
    pub fn batch(&mut self) -> Batch<'_, Self> {
        self.end_dump();
        Batch::new(self)
    }

    /// Joins a multicast group, by number; its messages come as [events](Self::event).
    ///
    /// # Errors
    ///
    /// [`RequestError::Join`], as [`Socket::join`].
    pub fn join(&self, group: u32) -> Result<(), RequestError> {
        self.transport.join(group).map_err(|error| RequestError::Join { group, error })
    }

    /// Leaves a multicast group, by number. What was queued of it still arrives.
    pub fn leave(&self, group: u32) -> io::Result<()> {
        self.transport.leave(group)
    }

    /// The next event that has come; `None` if there is none now, or the system refuses to receive.
    pub(in crate::socket) fn next_event_now(&mut self) -> Option<Result<FoundEvent, RequestError>> {
        match now(self.find_event::<Self>(Some(Instant::now()))) {
            Err(RequestError::Timeout | RequestError::Io(_)) => None,
            found => Some(found),
        }
    }

    /// Receives the next datagram; what was left of the one before is dropped.
    pub(in crate::socket) fn receive(&mut self, deadline: Option<Instant>) -> Result<(), RecvError> {
        self.learn_port_id();
        let received = self.inbox.receive(&self.transport, self.peer, deadline);
        match received {
            Err(RecvError::Overrun) => self.is_congested = true,
            Err(RecvError::Timeout) => self.is_congested = false,
            _ => {}
        }
        received
    }

    /// What is sent to a group has to be told from what is sent to us once we hear of it, and not before.
    fn learn_port_id(&mut self) {
        if self.exchange.port_id() == 0 {
            self.exchange.set_port_id(self.transport.known_port_id());
        }
    }

    /// The message of a range that was found.
    pub(in crate::socket) fn message(&self, range: Range<usize>) -> Result<Message<'_>, RequestError> {
        self.inbox.message(range).map_err(RequestError::Damaged)
    }

    pub(in crate::socket) fn found_event(&self, found: FoundEvent) -> Result<Message<'_>, RequestError> {
        let message = match found {
            FoundEvent::Kept => first_message(&self.event),
            FoundEvent::Received(range) => self.inbox.message(range),
        };
        message.map_err(RequestError::Damaged)
    }

    fn reply<'c, R: ParseMessage<'c>>(
        &'c mut self,
        message: &impl NlMessage,
        expect: Expect,
        flags: Flags,
    ) -> Result<R, RequestError> {
        let mut awaited = now(self.begin::<Self>(message, expect, flags))?;
        match now(self.answer::<Self>(&mut awaited))? {
            (Verdict::Reply { seq, is_last }, range) => {
                if !is_last {
                    self.exchange.abandon(seq);
                }
                self.parse(range)
            }
            _ => Err(RequestError::NoReply),
        }
    }

    fn objects(
        &mut self,
        message: &impl NlMessage,
        expect: Expect,
        flags: Flags,
    ) -> Result<Dump<'_, Self>, RequestError> {
        let awaited = now(self.begin::<Self>(message, expect, flags))?;
        Ok(Dump::new(self, awaited))
    }

    /// As [`start`](Self::start), and waits until the peer has room for the request. The answer to the one before is not
    /// waited for any more: its future was dropped.
    pub(in crate::socket) async fn begin<C: Lend<Transport = T>>(
        &mut self,
        message: &impl NlMessage,
        expect: Expect,
        flags: Flags,
    ) -> Result<Awaited, RequestError> {
        self.exchange.abandon(self.asked);
        let seq = patiently::<C, _>(self.timeout, || self.start(message, expect, flags)).await?;
        self.asked = seq;
        Ok(Awaited::new(seq, expect))
    }

    /// Sends a request, and says under which number it is answered.
    fn start(&mut self, message: &impl NlMessage, expect: Expect, flags: Flags) -> Result<u32, RequestError> {
        if flags.contains(Flags::ECHO) {
            // An echo is told from others by the port id.
            self.transport.port_id();
        }
        let schema = message.schema();
        let header = generic::addressed(Header::new().flags(flags), self.family.as_ref(), schema)?;
        self.send_request(expect, header, schema, |w, header| message.emit_into(w, header))
    }

    /// Makes a request of a message that was written before: with another number, and to the family's id of now.
    pub(in crate::socket) fn start_again(
        &mut self,
        message: &Message<'_>,
        schema: &'static MessageSchema,
        expect: Expect,
    ) -> Result<u32, RequestError> {
        let header = Header::new().flags(message.flags());
        let ty = self.family.as_ref().map_or(message.ty(), |family| family.id);
        self.send_request(expect, header, schema, |w, header| {
            w.message(ty.into(), header, |w| w.bytes(message.payload()))
        })
    }
}

/// The number of a connection's first request. A socket often gets the port id of one that was closed before, and a process
/// may still answer that one: with the time in microseconds no number comes again. The kernel answers no socket but the one
/// that asked.
pub(in crate::socket) fn first_seq(peer: u32) -> u32 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    if peer == 0 { 1 } else { u32::try_from(since.as_micros() & u128::from(u32::MAX)).unwrap_or(1) }
}

/// Writes a request into the buffer, which has the length of the request then.
pub(in crate::socket) fn write(
    buffer: &mut Vec<u8>,
    schema: &MessageSchema,
    emit: impl Fn(&mut Writer<'_>) -> Result<(), Error>,
) -> Result<(), RequestError> {
    buffer.resize(buffer.capacity().max(MOSTLY), 0);
    let len = append(buffer, 0, emit).map_err(|err| unwritten(err, schema, buffer))?;
    buffer.truncate(len);
    Ok(())
}

/// Writes messages into the buffer from an offset on, and says where they end. The buffer grows to what is needed.
pub(in crate::socket) fn append(
    buffer: &mut Vec<u8>,
    start: usize,
    emit: impl Fn(&mut Writer<'_>) -> Result<(), Error>,
) -> Result<usize, Error> {
    loop {
        let mut w = Writer::new(buffer.get_mut(start..).unwrap_or_default());
        match emit(&mut w) {
            Ok(()) => return Ok(add(start, w.as_bytes().len())),
            Err(err) => {
                let needed = err.needed().ok_or(err)?;
                buffer.resize(add(start, from_u32(needed)), 0);
            }
        }
    }
}

#[cold]
pub(in crate::socket) fn unwritten(err: Error, schema: &MessageSchema, written: &[u8]) -> RequestError {
    RequestError::Emit(Box::new(place(err, schema, written)))
}

/// The error of a message that could not be written, with its place; `written` begins with the part of it that was.
#[cold]
pub(in crate::socket) fn place(err: Error, schema: &MessageSchema, written: &[u8]) -> Malformed {
    let written = written.get(..from_u32(err.offset())).unwrap_or_default();
    // The attribute itself lies in the nests that were not finished.
    let header = err.attr_type().map(|ty| [4, ty].map(u16::to_ne_bytes).concat());
    Malformed::new(err, schema, [written, &header.unwrap_or_default()].concat())
}

/// Bytes that most requests fit.
const MOSTLY: usize = 256;
