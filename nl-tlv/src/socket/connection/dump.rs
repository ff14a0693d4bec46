//! A dump, object by object.

use super::answer::Found;
use super::awaited::Awaited;
use crate::exchange::{Objects, Verdict};
use crate::socket::lend::{Lend, now};
use crate::socket::{Connection, RequestError, Transport};
use crate::{Flags, Message, ParseMessage};
use std::ops::Range;

/// The objects of a dump, or the replies to a request that has several, in the order in which the kernel sends them.
///
/// An object borrows from the connection's buffer, and has to be dropped before the next one is read. If a dump is dropped
/// early, it reads for a while so that the kernel can finish; the connection reads the rest before its next dump.
///
/// A dump of a connection for tasks has a socket of its own, which closes when it is dropped. It reads a datagram only when
/// the one before is used up: a slow program makes the kernel wait. Dropping a future of it loses nothing.
#[derive(Debug)]
pub struct Dump<'c, C: Lend + 'c = Connection> {
    pub(in crate::socket) connection: C::Lent<'c>,
    awaited: Awaited,
    progress: Progress,
    /// The objects in the datagram that is here, which need not be judged one by one.
    objects: Option<Objects>,
}

impl<'c, C: Lend> Dump<'c, C> {
    pub(in crate::socket) fn new(connection: C::Lent<'c>, awaited: Awaited) -> Self {
        let progress = Progress::new(connection.overruns);
        Self { connection, awaited, progress, objects: None }
    }

    /// Whether the kernel filtered the dump as asked; known at the end. If not, the requester has to.
    #[must_use]
    pub const fn is_filtered(&self) -> bool {
        self.progress.is_filtered
    }

    /// The next object as it is.
    pub(in crate::socket) async fn following(&mut self) -> Result<Option<Message<'_>>, RequestError> {
        let range = self.advance().await?;
        range.map(|range| self.connection.message(range)).transpose()
    }

    /// Where the next object is.
    pub(in crate::socket) async fn advance(&mut self) -> Result<Option<Range<usize>>, RequestError> {
        match self.object_here() {
            Some(range) => Ok(Some(range)),
            None => self.advance_to_any().await,
        }
    }

    /// The next object, if it is in the datagram that is here and nothing else comes first.
    #[inline]
    fn object_here(&mut self) -> Option<Range<usize>> {
        self.objects.as_ref().and_then(|objects| self.connection.inbox.object(objects))
    }

    /// The next object, whatever comes before it.
    async fn advance_to_any(&mut self) -> Result<Option<Range<usize>>, RequestError> {
        if self.progress.is_ended {
            return Ok(None);
        }
        let found = self.connection.following::<C>(&mut self.awaited).await;
        let connection = &*self.connection;
        // They are objects of the dump until their datagram or the dump ends: the connection is borrowed by the dump.
        self.objects = connection.exchange.objects(self.awaited.seq, connection.inbox.sender);
        self.progress.object(found, connection.overruns)
    }
}

impl<T: Transport> Dump<'_, Connection<T>> {
    /// The next object, or `None` at the end.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv::socket::RequestError;
    /// use nl_tlv_families::rt_link::{GetLink, Link};
    ///
    /// # let mut conn = Connection::open(Protocol::ROUTE)?;
    /// let mut links = conn.dump(&GetLink::default())?;
    /// loop {
    ///     match links.next::<Link>() {
    ///         Ok(Some(link)) => println!("{}", link.header.index),
    ///         Ok(None) => break,
    ///         Err(RequestError::Answer(unreadable)) => eprintln!("left out: {unreadable}"),
    ///         Err(err) => return Err(err.into()),
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError::Answer`] if the object is not an `R`; the next call returns the next object. Other errors end the
    /// dump: [`RequestError::Refused`] if it failed; behind the last object [`RequestError::Interrupted`] if what it covers
    /// changed meanwhile, or [`RequestError::Overrun`] if datagrams were lost. (Whether these were of the dump or of events
    /// cannot be known.)
    #[inline]
    pub fn next<'d, R: ParseMessage<'d>>(&'d mut self) -> Result<Option<R>, RequestError> {
        match self.advance_now()? {
            Some(range) => self.connection.parse(range).map(Some),
            None => Ok(None),
        }
    }

    /// The next object as it is.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv::schema::dissect;
    /// use nl_tlv_families::rt_link::{self, GetLink};
    ///
    /// # let mut conn = Connection::open(Protocol::ROUTE)?;
    /// let mut links = conn.dump(&GetLink::default())?;
    /// while let Some(message) = links.next_message()? {
    ///     println!("{}", dissect(rt_link::SCHEMAS, message.as_bytes()));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn next_message(&mut self) -> Result<Option<Message<'_>>, RequestError> {
        let range = self.advance_now()?;
        range.map(|range| self.connection.message(range)).transpose()
    }

    #[inline]
    fn advance_now(&mut self) -> Result<Option<Range<usize>>, RequestError> {
        match self.object_here() {
            Some(range) => Ok(Some(range)),
            None => now(self.advance_to_any()),
        }
    }
}

impl<'c, C: Lend + 'c> Drop for Dump<'c, C> {
    fn drop(&mut self) {
        if C::IS_LENT {
            self.connection.leave_dump(self.awaited.seq, DRAINED);
        }
    }
}

/// How far a dump has come.
#[derive(Debug)]
pub(in crate::socket) struct Progress {
    is_ended: bool,
    is_filtered: bool,
    /// What the connection had counted before.
    overruns: u32,
}

impl Progress {
    pub(in crate::socket) const fn new(overruns: u32) -> Self {
        Self { is_ended: false, is_filtered: false, overruns }
    }

    /// The object that was found, or that the dump has ended, and how. `overruns` is what the connection has counted
    /// by now.
    pub(in crate::socket) fn object(
        &mut self,
        found: Found,
        overruns: u32,
    ) -> Result<Option<Range<usize>>, RequestError> {
        let end = match found {
            Ok((Verdict::Object { .. } | Verdict::Reply { .. }, range)) => return Ok(Some(range)),
            Ok((Verdict::DumpEnd { flags, .. }, _)) => {
                self.is_filtered = flags.contains(Flags::DUMP_FILTERED);
                if flags.contains(Flags::DUMP_INTR) {
                    Err(RequestError::Interrupted)
                } else if overruns != self.overruns {
                    Err(RequestError::Overrun)
                } else {
                    Ok(None)
                }
            }
            Ok(_) if overruns != self.overruns => Err(RequestError::Overrun),
            Ok(_) => Ok(None),
            // What was waited for in vain is among what was lost before.
            Err(RequestError::Timeout | RequestError::NoReply) if overruns != self.overruns => {
                Err(RequestError::Overrun)
            }
            Err(err) => Err(err),
        };
        self.is_ended = true;
        end
    }
}

/// How many datagrams a dump that is dropped early reads at most: 2 MiB.
const DRAINED: u32 = 64;
