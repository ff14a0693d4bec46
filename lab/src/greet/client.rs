//! The client's side of greet: finding out who answers, saying something, and understanding what comes back.

use super::peer::{FAMILY_GROUP_ID, FAMILY_ID, GreetService, PORT_ID};
use super::{
    FAMILY, FAMILY_GROUP, GROUP_EVENTS, GreetEvent, GreetReply, Greeting, Hello, HelloEvent, PROTOCOL,
    SCHEMAS,
};
use crate::peer::{self, Subscribe};
use nl_tlv::control::{Control, Errno, Refusal};
use nl_tlv::schema::dissect_generic;
use nl_tlv::socket::{Address, Connection, Protocol, RecvError, RequestError, Socket};
use nl_tlv::{Error, Flags, Header, Message, MessageType, NlMessage};
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

/// Which way to go, and to whom.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Through the generic netlink family instead of the protocol of its own.
    pub genl: bool,
    /// Netlink protocol of the module.
    pub protocol: u32,
    /// The peer in user space even if the module is there.
    pub peer: bool,
    /// Show every message on standard error, as a tree.
    pub dissect: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { genl: false, protocol: PROTOCOL, peer: false, dissect: false }
    }
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answerer {
    /// The kernel module.
    Module,
    /// A peer in user space that another process runs.
    Peer,
    /// A peer in user space that this process has started.
    OwnPeer,
}

impl fmt::Display for Answerer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Module => "the kernel module",
            Self::Peer => "a peer in user space, which is running already",
            Self::OwnPeer => "a peer in user space, which this process has started",
        })
    }
}

/// The generic netlink family's id, and the number of its multicast group.
type FamilyIds = (MessageType, u32);

/// A conversation with whoever answers greetings.
#[derive(Debug)]
pub struct Client {
    socket: Socket,
    to: Address,
    answerer: Answerer,
    /// If generic netlink is the way.
    family: Option<FamilyIds>,
    next_seq: AtomicU32,
    subscribed: AtomicBool,
    dissect: bool,
}

/// What a message from the other side means.
#[derive(Clone, Debug)]
pub enum Heard<'a> {
    /// The answer to a greeting.
    Reply {
        /// The greeting's sequence number.
        seq: u32,
        /// The text.
        text: &'a [u8],
    },
    /// Somebody said something.
    Event {
        /// The speaker's port id.
        port: u32,
        /// The text.
        text: &'a [u8],
    },
    /// A greeting, or a subscription, was refused.
    Refused(Box<Refusal>),
    /// A request was acknowledged.
    Ack {
        /// The request's sequence number.
        seq: u32,
    },
    /// Something else.
    Other(Message<'a>),
}

impl Client {
    /// Opens the way to the module, or else to a peer: one that is running, or one of its own.
    ///
    /// # Errors
    ///
    /// If neither can be had.
    pub fn open(options: Options) -> io::Result<Self> {
        let module = match (options.peer, options.genl) {
            (true, _) => None,
            (false, false) => {
                absent_is_none(Socket::open(Protocol::new(options.protocol)))?.map(|socket| (socket, None))
            }
            (false, true) => Self::open_family()?,
        };
        if let Some((socket, family)) = module {
            return Ok(Self::new(socket, Address::KERNEL, Answerer::Module, family, options));
        }
        let answerer = match peer::spawn(GreetService, PORT_ID) {
            Ok(_) => Answerer::OwnPeer,
            Err(err) if err.kind() == io::ErrorKind::AddrInUse => Answerer::Peer,
            Err(err) => return Err(err),
        };
        let family = options.genl.then_some((FAMILY_ID, FAMILY_GROUP_ID));
        Ok(Self::new(Socket::open(Protocol::USERSOCK)?, Address::port(PORT_ID), answerer, family, options))
    }

    /// The family at the kernel; `None` if there is none of its name.
    fn open_family() -> io::Result<Option<(Socket, Option<FamilyIds>)>> {
        match Connection::open(Protocol::GENERIC)?.resolve(FAMILY) {
            Ok(family) => {
                let group = family.group(FAMILY_GROUP).unwrap_or(0);
                Ok(Some((Socket::open(Protocol::GENERIC)?, Some((family.id, group)))))
            }
            Err(RequestError::NoSuchFamily(_)) => Ok(None),
            Err(err) => Err(io::Error::other(err)),
        }
    }

    fn new(
        socket: Socket,
        to: Address,
        answerer: Answerer,
        family: Option<FamilyIds>,
        options: Options,
    ) -> Self {
        Self {
            socket,
            to,
            answerer,
            family,
            next_seq: AtomicU32::new(first_seq(to)),
            subscribed: AtomicBool::new(false),
            dissect: options.dissect,
        }
    }

    /// Who answers.
    #[must_use]
    pub fn answerer(&self) -> Answerer {
        self.answerer
    }

    /// The port id under which this client speaks.
    #[must_use]
    pub fn port_id(&self) -> u32 {
        self.socket.port_id()
    }

    /// The socket below.
    #[must_use]
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Where requests go.
    #[must_use]
    pub fn to(&self) -> Address {
        self.to
    }

    /// The id of the generic netlink family, if that is the way.
    #[must_use]
    pub fn family_id(&self) -> Option<MessageType> {
        self.family.map(|(id, _)| id)
    }

    /// Says something, and asks for an answer. Returns the greeting's sequence number.
    ///
    /// # Errors
    ///
    /// If the text cannot be said (a NUL in it, more than 1,024 bytes), or not be sent.
    pub fn say(&self, text: &[u8]) -> io::Result<u32> {
        match self.family {
            Some((id, _)) => self.request(&Hello { text }, Flags::REQUEST | Flags::ACK, Some(id)),
            None => self.request(&Greeting { text }, Flags::REQUEST | Flags::ACK, None),
        }
    }

    /// Asks for the events that greetings cause from now on.
    ///
    /// # Errors
    ///
    /// If the group cannot be joined.
    pub fn subscribe(&self) -> io::Result<()> {
        let group = self.family.map_or(GROUP_EVENTS, |(_, group)| group);
        self.subscribed.store(true, Ordering::Relaxed);
        match self.answerer {
            Answerer::Module => self.socket.join(group),
            _ => self.request(&Subscribe { group }, Flags::REQUEST | Flags::ACK, None).map(|_| ()),
        }
    }

    /// Waits for a datagram of whoever answers; others' are skipped.
    ///
    /// # Errors
    ///
    /// As [`Socket::recv_deadline`].
    pub fn receive<'b>(
        &self,
        buffer: &'b mut [u8],
        timeout: Duration,
    ) -> Result<(&'b [u8], Address), RecvError> {
        let (len, sender) = loop {
            let (bytes, sender) = self.socket.recv_deadline(buffer, Instant::now() + timeout)?;
            if sender.port_id == self.to.port_id {
                break (bytes.len(), sender);
            }
        };
        let bytes = buffer.get(..len).unwrap_or_default();
        self.show("received", bytes);
        Ok((bytes, sender))
    }

    /// What a message means.
    ///
    /// # Errors
    ///
    /// If it claims to be one of the protocol's and is not.
    pub fn understand<'a>(&self, message: &Message<'a>) -> Result<Heard<'a>, Error> {
        let seq = message.seq();
        if let Control::Error(verdict) = Control::parse(message)? {
            return Ok(match verdict.errno() {
                Some(errno) => Heard::Refused(Box::new(Refusal::new(errno, &verdict.ext_ack()))),
                None => Heard::Ack { seq },
            });
        }
        Ok(match self.family {
            Some((id, _)) if message.ty() == id => match HelloEvent::parse(message) {
                Ok(event) => Heard::Event { port: event.port, text: event.text },
                Err(_) => Heard::Reply { seq, text: Hello::parse(message)?.text },
            },
            None if GreetEvent::SCHEMAS[0].id == message.ty().into() => {
                let event = GreetEvent::parse(message)?;
                Heard::Event { port: event.port, text: event.text }
            }
            None if message.ty() == MessageType::DONE => {
                GreetReply::parse(message)?;
                let end = message.payload().iter().position(|&byte| byte == 0);
                Heard::Reply {
                    seq,
                    text: message.payload().get(..end.unwrap_or_default()).unwrap_or_default(),
                }
            }
            _ => Heard::Other(*message),
        })
    }

    fn request(
        &self,
        message: &impl NlMessage,
        flags: Flags,
        family: Option<MessageType>,
    ) -> io::Result<u32> {
        let seq = self.next_seq.fetch_add(1, Ordering::Relaxed);
        let header = Header::new().flags(flags).seq(seq).port_id(self.port_id());
        let header = family.map_or(header, |id| header.family(id));
        let mut buf = [0; 2048];
        let bytes =
            message.emit(&mut buf, header).map_err(|err| io::Error::new(io::ErrorKind::InvalidInput, err))?;
        self.show("sent", bytes);
        self.socket.send_to(bytes, self.to)?;
        Ok(seq)
    }

    fn show(&self, what: &str, bytes: &[u8]) {
        if self.dissect {
            let family = self.family.map(|(id, _)| id);
            eprintln!("{what}\n{}", dissect_generic(SCHEMAS, family, bytes));
        }
    }
}

/// A peer sends to port ids, and the next socket may get the same one: what was subscribed must not outlive this socket.
impl Drop for Client {
    fn drop(&mut self) {
        if self.answerer != Answerer::Module && self.subscribed.load(Ordering::Relaxed) {
            // Nothing to do about a peer that has gone before.
            let _ = self.request(&Subscribe { group: 0 }, Flags::REQUEST, None);
        }
    }
}

/// The number of a client's first message. A peer may still answer a socket of before that had the same port id, so it is the
/// time then. A message with 0 would look like an event.
fn first_seq(to: Address) -> u32 {
    let since = UNIX_EPOCH.elapsed().unwrap_or_default();
    if to == Address::KERNEL { 1 } else { u32::try_from(since.as_millis() & 0x7fff_ffff).unwrap_or(1).max(1) }
}

/// A protocol that nobody has registered means that the module is not there.
fn absent_is_none(opened: io::Result<Socket>) -> io::Result<Option<Socket>> {
    match opened {
        Ok(socket) => Ok(Some(socket)),
        Err(err) if err.raw_os_error().and_then(Errno::new) == Some(Errno::EPROTONOSUPPORT) => Ok(None),
        Err(err) => Err(err),
    }
}
