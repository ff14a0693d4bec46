//! Requests of many tasks, and what each of them waits for.

use super::in_flight::Answer;
use super::namespace::Namespace;
use super::requests::{Question, Requests};
use super::{Events, Reply};
use crate::control::genl::Family;
use crate::exchange::{Expect, Verdict};
use crate::socket::connection::collect::is_worth_repeating;
use crate::socket::connection::generic::{addressed, is_unknown};
use crate::socket::{
    Batch, Connection as Blocking, Dump, Malformed, Object, Protocol, RequestError, Socket, Transaction,
    Transport,
};
use crate::{Error, Flags, GetFlags, Header, MessageType, NlMessage};
use std::boxed::Box;
use std::fmt;
use std::io;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::vec::Vec;

/// A handle of a connection: clones share its sockets, and each has its own timeout.
///
/// Requests of all of them are in flight at the same time, and each future gets its own answer. What belongs together
/// has to be awaited one after the other: the peer carries out requests in the order in which they are sent, which is
/// that in which the futures are polled first, if there is room for all.
///
/// ```
/// use nl_tlv::socket::Protocol;
/// use nl_tlv::socket::tokio::Connection;
/// use nl_tlv_families::rt_link::GetLink;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let conn = Connection::open(Protocol::ROUTE)?;
/// let [lo, other] = ["lo", "no-such-link"].map(|name| {
///     let conn = conn.clone();
///     tokio::spawn(async move { conn.get(&GetLink::named(name)).await })
/// });
/// assert!(lo.await?.is_ok() && other.await?.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Connection<T: Transport = Socket> {
    pub(super) shared: Arc<Shared<T>>,
    pub(super) timeout: Option<Duration>,
    pub(super) retries: u32,
}

/// What the clones of a handle have in common.
pub(super) struct Shared<T> {
    pub(super) requests: Requests<T>,
    /// Opens a further transport to the same peer.
    open: Box<dyn Fn() -> io::Result<T> + Send + Sync>,
    pub(super) family: Arc<Mutex<Option<Family>>>,
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("requests", &self.requests).finish_non_exhaustive()
    }
}

impl Connection {
    /// Opens a connection to the kernel side of a protocol, in the network namespace of this thread. Its further sockets
    /// are opened there too, whichever thread needs them.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use nl_tlv::socket::Protocol;
    /// use nl_tlv::socket::tokio::Connection;
    /// use nl_tlv_families::rt_link::{GetLink, Link};
    ///
    /// let conn = Connection::open(Protocol::ROUTE)?;
    /// let reply = conn.get(&GetLink::named("lo")).await?;
    /// assert_eq!(reply.parse::<Link>()?.header.index, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// In a runtime without I/O. (Without time, its requests do.)
    pub fn open(protocol: Protocol) -> io::Result<Self> {
        Self::open_to(protocol, 0)
    }

    /// Opens a connection to a server in user space, by its port id. What others send is skipped.
    pub fn open_to(protocol: Protocol, peer: u32) -> io::Result<Self> {
        let here = Namespace::of_thread();
        Self::new(move || here.open(protocol), peer)
    }

    /// Opens a connection in another network namespace, as [`Socket::open_in`].
    pub fn open_in(namespace: impl AsFd + Send + Sync + 'static, protocol: Protocol) -> io::Result<Self> {
        Self::new(move || Socket::open_in(namespace.as_fd(), protocol), 0)
    }
}

impl<T: Transport + 'static> Connection<T> {
    /// A connection to the peer with a port id (0: the kernel), over transports that `open` opens: one for requests,
    /// and one for each dump, batch or subscriber.
    ///
    /// How many requests are in flight depends on the receive buffer, whose size `open` can set.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use nl_tlv::socket::{Protocol, Socket, tokio::Connection};
    ///
    /// let open = || {
    ///     let socket = Socket::open(Protocol::ROUTE)?;
    ///     socket.set_recv_buffer(256 * 1024)?;
    ///     Ok(socket)
    /// };
    /// let conn = Connection::new(open, 0)?; // 0: the kernel
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The error of `open`.
    pub fn new(open: impl Fn() -> io::Result<T> + Send + Sync + 'static, peer: u32) -> io::Result<Self> {
        let requests = Requests::new(open()?.register()?, peer);
        let shared = Arc::new(Shared { requests, open: Box::new(open), family: Arc::default() });
        Ok(Self { shared, timeout: Some(Blocking::TIMEOUT), retries: Blocking::<Socket>::RETRIES })
    }

    /// How long an answer is waited for once the request is sent; `None`: for ever. Unless this is called, as long as a
    /// [blocking connection](Blocking::TIMEOUT) does.
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout;
    }

    /// How often [`collect`](Self::collect) repeats a dump.
    pub fn set_retries(&mut self, retries: u32) {
        self.retries = retries;
    }

    /// What requests are sent over; dumps, batches and events have transports of their own.
    #[must_use]
    pub fn transport(&self) -> &T {
        &self.shared.requests.transport
    }

    /// Makes a request and waits until it is acknowledged. Replies and echoes of it ([`Flags::ECHO`]) are dropped;
    /// [`get`](Self::get) returns the first, [`get_until_ack`](Self::get_until_ack) all.
    ///
    /// # Errors
    ///
    /// [`RequestError::Refused`]; any other error of the connection.
    pub async fn request<M: NlMessage>(&self, message: &M) -> Result<Reply, RequestError> {
        self.request_with(message, Flags::empty()).await
    }

    /// As [`request`](Self::request), with flags: `NewFlags::CREATE`, for example.
    ///
    /// ```no_run
    /// # use nl_tlv::socket::{Protocol, RequestError, tokio::Connection};
    /// use nl_tlv::NewFlags;
    /// use nl_tlv_families::rt_link::Link;
    ///
    /// # async fn example(conn: Connection) -> Result<(), RequestError> {
    /// conn.request_with(&Link::vlan("vlan5", 2, 5), NewFlags::CREATE | NewFlags::EXCL).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn request_with<M: NlMessage>(
        &self,
        message: &M,
        flags: impl Into<Flags>,
    ) -> Result<Reply, RequestError> {
        let answer = self.ask(message, Expect::Ack, flags.into()).await?;
        Ok(Reply::new(answer.bytes))
    }

    /// Makes a request and waits for its one reply.
    ///
    /// # Errors
    ///
    /// [`RequestError::Refused`]; any other error of the connection.
    pub async fn get<M: NlMessage>(&self, message: &M) -> Result<Reply, RequestError> {
        self.get_with(message, Flags::empty()).await
    }

    /// As [`get`](Self::get), with flags.
    pub async fn get_with<M: NlMessage>(
        &self,
        message: &M,
        flags: impl Into<Flags>,
    ) -> Result<Reply, RequestError> {
        reply(self.ask(message, Expect::OneReply, flags.into()).await?)
    }

    /// Sends a message with exactly these flags, and waits for a message of exactly this type, even `NLMSG_DONE`: for
    /// protocols that do not answer as netlink usually does.
    pub async fn get_of_type<M: NlMessage>(
        &self,
        message: &M,
        reply_type: MessageType,
        flags: impl Into<Flags>,
    ) -> Result<Reply, RequestError> {
        reply(self.ask(message, Expect::Raw(reply_type), flags.into()).await?)
    }

    /// Sends a message whose answer nobody waits for, as the blocking [`send`](Blocking::send).
    pub async fn send<M: NlMessage>(
        &self,
        message: &M,
        flags: impl Into<Flags>,
    ) -> Result<u32, RequestError> {
        let question = self.question(message, Expect::OneReply, flags.into())?;
        self.shared.requests.tell(&question).await
    }

    /// Asks for all objects that match, over a socket of its own: any number of dumps run at the same time. One that is
    /// dropped early closes its socket, and the kernel ends it.
    ///
    /// # Errors
    ///
    /// If the request cannot be made. A refusal is returned by the first call of [`next`](Dump::next).
    pub async fn dump<M: NlMessage>(&self, message: &M) -> Result<Dump<'static, Self>, RequestError> {
        self.objects(message, Expect::Dump, Flags::empty()).await
    }

    /// Makes a request that is not a dump and has several replies, or echoes ([`Flags::ECHO`]), over a socket of its own. It
    /// returns all of them, up to the acknowledgement.
    pub async fn get_until_ack<M: NlMessage>(
        &self,
        message: &M,
        flags: impl Into<Flags>,
    ) -> Result<Dump<'static, Self>, RequestError> {
        self.objects(message, Expect::UntilAck, flags.into()).await
    }

    /// Asks for all objects that match, and returns what `read` makes of each (`None` leaves it out), and those that it
    /// cannot read. The objects of a dump that was interrupted, or lost datagrams, are thrown away, and it is repeated. It
    /// reads to the end, as the blocking [`collect`](Blocking::collect); `tokio::time::timeout` around it limits how long.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use nl_tlv::socket::{Protocol, tokio::Connection};
    /// use nl_tlv_families::rt_link::{GetLink, Link};
    ///
    /// # let conn = Connection::open(Protocol::ROUTE)?;
    /// let read = |link: &nl_tlv::socket::Object<'_>| Ok(Some(link.parse::<Link>()?.header.index));
    /// let (indices, unreadable) = conn.collect(&GetLink::default(), read).await?;
    /// assert!(indices.contains(&1) && unreadable.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn collect<R, M: NlMessage>(
        &self,
        message: &M,
        mut read: impl FnMut(&Object<'_>) -> Result<Option<R>, Error>,
    ) -> Result<(Vec<R>, Vec<Malformed>), RequestError> {
        let mut retries = 0..self.retries;
        loop {
            match self.dump(message).await?.collected(&mut read).await {
                Err(err) if is_worth_repeating(&err) && retries.next().is_some() => {}
                collected => return collected,
            }
        }
    }

    /// Many requests in few datagrams, each of which is acknowledged or refused by itself, over a socket of its own.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use nl_tlv::socket::{Protocol, Server, tokio::Connection};
    /// # use nl_tlv::{NewFlags, NlMessage};
    /// # #[derive(NlMessage)] #[nl(ty = 20)] struct TableNew<'a> { #[nl(attr = 1)] name: &'a str }
    /// # let mut server = Server::open(Protocol::USERSOCK, 0)?;
    /// let conn = Connection::open_to(Protocol::USERSOCK, server.port_id())?;
    /// # let serving = std::thread::spawn(move || (0..2).for_each(|_| server.recv().unwrap().ack().unwrap()));
    /// let mut batch = conn.batch()?;
    /// for name in ["blue", "red"] {
    ///     batch.push(&TableNew { name }, NewFlags::CREATE).await?;
    /// }
    /// assert!(batch.finish().await?.iter().all(Result::is_ok));
    /// # serving.join().unwrap();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the socket cannot be opened.
    pub fn batch(&self) -> io::Result<Batch<'static, Self>> {
        Ok(Batch::new(self.open_blocking()?.into()))
    }

    /// Messages that are carried out as a whole or not at all, between the message that begins a transaction and the one
    /// that ends it, over a socket of its own.
    ///
    /// # Errors
    ///
    /// As the blocking [`transaction`](Blocking::transaction); if the socket cannot be opened.
    pub fn transaction(
        &self,
        begin: &impl NlMessage,
        end: &impl NlMessage,
    ) -> Result<Transaction<'static, Self>, RequestError> {
        Transaction::new(self.open_blocking()?.into(), begin, end)
    }

    /// The messages of a multicast group, by its number, over a socket of its own; more groups can be
    /// [joined](Events::join).
    ///
    /// ```no_run
    /// # use nl_tlv::socket::{RequestError, tokio::Connection};
    /// use nl_tlv_families::rt_link::groups;
    ///
    /// # async fn example(conn: Connection) -> Result<(), RequestError> {
    /// let mut events = conn.join(groups::LINK)?;
    /// println!("{:?}", events.next().await?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn join(&self, group: u32) -> Result<Events<T>, RequestError> {
        let events = Events::new(self.open_blocking()?);
        events.join(group)?;
        Ok(events)
    }

    /// A blocking connection over a transport of its own, for one task to drive: when it is dropped, the kernel forgets
    /// what it was about.
    pub(super) fn open_blocking(&self) -> io::Result<Blocking<T>> {
        let Shared { requests, open, family } = &*self.shared;
        let mut connection = Blocking::new(open()?.register()?, requests.peer);
        self.family().into_iter().for_each(|family| connection.set_family(family));
        connection.family_of_all = Some(Arc::clone(family));
        connection.set_timeout(self.timeout);
        Ok(connection)
    }

    async fn objects<M: NlMessage>(
        &self,
        message: &M,
        expect: Expect,
        flags: Flags,
    ) -> Result<Dump<'static, Self>, RequestError> {
        let mut connection = self.open_blocking()?;
        let awaited = connection.begin::<Self>(message, expect, flags).await?;
        Ok(Dump::new(connection.into(), awaited))
    }

    /// Makes a request; anew, if the family's id has gone and there is another. One with the flags of a dump has a socket
    /// of its own, because the kernel runs one dump on a socket.
    async fn ask<M: NlMessage>(
        &self,
        message: &M,
        expect: Expect,
        flags: Flags,
    ) -> Result<Answer, RequestError> {
        if flags.contains(GetFlags::DUMP.into()) {
            let mut own = self.open_blocking()?;
            let mut awaited = own.begin::<Self>(message, expect, flags).await?;
            let (verdict, range) = own.answer::<Self>(&mut awaited).await?;
            return Ok(Answer::new(verdict, own.message(range)?.as_bytes()));
        }
        let once = async || {
            let question = self.question(message, expect, flags)?;
            self.shared.requests.ask(&question).await
        };
        let used = self.family_id();
        match once().await {
            Err(err) if is_unknown(&err) && self.has_other_family_than(used).await => once().await,
            answer => answer,
        }
    }

    pub(super) fn question<'m, M: NlMessage>(
        &self,
        message: &'m M,
        expect: Expect,
        flags: Flags,
    ) -> Result<Question<'m, M>, RequestError> {
        let header = addressed(Header::new().flags(flags), self.lock_family().as_ref(), message.schema())?;
        Ok(Question { message, expect, header, timeout: self.timeout })
    }
}

impl<T: Transport + 'static> Clone for Connection<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), timeout: self.timeout, retries: self.retries }
    }
}

fn reply(answer: Answer) -> Result<Reply, RequestError> {
    match answer.verdict {
        Verdict::Reply { .. } => Ok(Reply::new(answer.bytes)),
        _ => Err(RequestError::NoReply),
    }
}
