//! What a subscriber gets, over a socket of its own.

use super::Connection;
use crate::control::ExtAck;
use crate::exchange::{Address, Expect};
use crate::socket::{Connection as Blocking, RequestError, Socket, Transport};
use crate::{Flags, Message, NlMessage};
use std::io;

/// Events of multicast groups, made by [`Connection::join`](super::Connection::join).
///
/// They wait in the socket's receive buffer and nowhere else: a program that does not read in time loses some, and is told
/// ([`RequestError::Overrun`]). A future of it that is dropped loses nothing, so that it can stand in a `select!`.
///
/// ```no_run
/// # use nl_tlv::socket::{Protocol, RequestError, tokio::Connection};
/// # async fn example() -> Result<(), RequestError> {
/// let mut events = Connection::open(Protocol::ROUTE)?.join(1)?; // RTNLGRP_LINK
/// loop {
///     match events.next().await {
///         Ok(event) => println!("{event:?}"),
///         Err(RequestError::Overrun) => println!("some were lost: ask anew"),
///         Err(err) => return Err(err),
///     }
/// }
/// # }
/// ```
#[derive(Debug)]
#[must_use = "these are all events of the group; a watch joins a group with `Watch::join`"]
pub struct Events<T: Transport = Socket> {
    connection: Blocking<T>,
}

impl<T: Transport + 'static> Events<T> {
    pub(super) const fn new(connection: Blocking<T>) -> Self {
        Self { connection }
    }

    /// Joins one more multicast group, by number.
    pub fn join(&self, group: u32) -> Result<(), RequestError> {
        self.connection.join(group)
    }

    /// Joins one more multicast group of the generic netlink family, by name.
    pub fn join_named(&self, group: &str) -> Result<(), RequestError> {
        self.connection.join_named(group)
    }

    /// Leaves a multicast group, by number. What was queued of it still arrives.
    pub fn leave(&self, group: u32) -> io::Result<()> {
        self.connection.leave(group)
    }

    /// What they come over: the port id that a peer has to know, the size of the receive buffer.
    #[must_use]
    pub const fn transport(&self) -> &T {
        self.connection.transport()
    }

    /// Waits for the next event, for ever.
    ///
    /// # Errors
    ///
    /// [`RequestError::Overrun`] if events were lost, [`RequestError::Damaged`], [`RequestError::Truncated`] and the system's; the next call goes on.
    pub async fn next(&mut self) -> Result<Message<'_>, RequestError> {
        let found = self.connection.find_event::<Connection<T>>(None).await?;
        self.connection.found_event(found)
    }

    /// Where the last event came from: its group, and its network namespace if that is another one.
    #[must_use]
    pub const fn event_origin(&self) -> Address {
        self.connection.event_origin()
    }

    /// Makes a request over the same socket and waits until it is acknowledged: for peers that send events to those who
    /// asked for them. Events that come meanwhile are kept, up to 1 MiB.
    ///
    /// # Errors
    ///
    /// [`RequestError::Refused`]; any other error of the connection.
    pub async fn request<M: NlMessage>(&mut self, message: &M) -> Result<ExtAck<'_>, RequestError> {
        self.request_with(message, Flags::empty()).await
    }

    /// As [`request`](Self::request), with flags.
    pub async fn request_with<M: NlMessage>(
        &mut self,
        message: &M,
        flags: impl Into<Flags>,
    ) -> Result<ExtAck<'_>, RequestError> {
        let mut awaited = self.connection.begin::<Connection<T>>(message, Expect::Ack, flags.into()).await?;
        let (_, range) = self.connection.answer::<Connection<T>>(&mut awaited).await?;
        self.connection.ext_ack(range)
    }
}
