//! A dump, object by object.

use super::answer::Found;
use super::generic::is_unknown;
use crate::exchange::{Expect, Objects, Verdict};
use crate::socket::{Connection, RequestError, Socket, Transport};
use crate::{Message, ParseMessage};
use std::ops::Range;

/// The objects of a dump, or the replies to a request that has several, in the order in which the kernel sends them.
///
/// An object borrows from the connection's buffer, and has to be dropped before the next one is read. If a dump is dropped
/// early, it reads for a while so that the kernel can finish; the connection reads the rest before its next dump.
#[derive(Debug)]
pub struct Dump<'c, T: Transport = Socket> {
    connection: &'c mut Connection<T>,
    progress: Progress,
    expect: Expect,
    /// Whether nothing of it has come yet.
    is_new: bool,
    /// The objects in the datagram that is here, which need not be judged one by one.
    objects: Option<Objects>,
}

impl<'c, T: Transport> Dump<'c, T> {
    pub(in crate::socket) fn new(connection: &'c mut Connection<T>, seq: u32, expect: Expect) -> Self {
        let progress = Progress::new(seq, connection.overruns);
        Self { connection, progress, expect, is_new: true, objects: None }
    }

    /// A dump of the controller's, whose number never changes.
    pub(in crate::socket) fn of_controller(connection: &'c mut Connection<T>, seq: u32) -> Self {
        let mut dump = Self::new(connection, seq, Expect::Dump);
        dump.is_new = false;
        dump
    }

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
        match self.advance()? {
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
        match self.advance()? {
            Some(range) => self.connection.inbox.message(range).map(Some).map_err(RequestError::Damaged),
            None => Ok(None),
        }
    }

    /// Whether the kernel filtered the dump as asked; known at the end. If not, the requester has to.
    #[must_use]
    pub const fn is_filtered(&self) -> bool {
        self.progress.is_filtered
    }

    #[inline]
    fn advance(&mut self) -> Result<Option<Range<usize>>, RequestError> {
        match self.objects.as_ref().and_then(|objects| self.connection.next_object(objects)) {
            Some(range) => Ok(Some(range)),
            None => self.advance_to_any(),
        }
    }

    /// The same, whatever comes next.
    #[inline(never)]
    fn advance_to_any(&mut self) -> Result<Option<Range<usize>>, RequestError> {
        if self.progress.is_ended {
            return Ok(None);
        }
        let found = self.answer();
        let object = self.progress.object(found, self.connection.overruns);
        self.objects = self.connection.objects_here(self.progress.seq);
        object
    }

    /// The next answer. If the first one is that the family's id has gone, the dump is requested from the new one.
    fn answer(&mut self) -> Found {
        let found = self.connection.wait(self.progress.seq);
        let is_first = std::mem::take(&mut self.is_new);
        match found {
            Err(err) if is_first && is_unknown(&err) => {
                self.progress.seq = self.connection.renew_and_repeat(self.expect)?.ok_or(err)?;
                self.connection.wait(self.progress.seq)
            }
            found => found,
        }
    }
}

impl<T: Transport> Drop for Dump<'_, T> {
    fn drop(&mut self) {
        self.connection.drain(self.progress.seq, DRAINED);
    }
}

/// How far a dump has come.
#[derive(Debug)]
pub(in crate::socket) struct Progress {
    pub(in crate::socket) seq: u32,
    pub(in crate::socket) is_ended: bool,
    pub(in crate::socket) is_filtered: bool,
    /// What the connection had counted before.
    overruns: u32,
}

impl Progress {
    pub(in crate::socket) const fn new(seq: u32, overruns: u32) -> Self {
        Self { seq, is_ended: false, is_filtered: false, overruns }
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
            Ok((Verdict::DumpEnd { end, .. }, _)) => {
                self.is_filtered = end.is_filtered;
                if end.is_interrupted {
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
const DRAINED: usize = 64;
