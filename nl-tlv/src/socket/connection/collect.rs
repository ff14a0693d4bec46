//! Whole dumps: repeated until nothing changed meanwhile, but not for ever.

use crate::control::Errno;
use crate::schema::{MessageSchema, schema_of};
use crate::socket::lend::{Lend, now};
use crate::socket::{Connection, Dump, Malformed, RequestError, Transport};
use crate::{Error, Message, NlMessage, ParseMessage};
use std::cell::Cell;
use std::ops::Deref;
use std::vec::Vec;

/// An object of a dump, for the closure of [`Connection::collect`]: a [`Message`] that remembers what it was read as, so
/// that an error has names.
#[derive(Debug)]
pub struct Object<'a> {
    message: Message<'a>,
    schemas: Cell<&'static [&'static MessageSchema]>,
}

impl<'a> Object<'a> {
    /// Reads the object.
    pub fn parse<R: ParseMessage<'a>>(&self) -> Result<R, Error> {
        self.schemas.set(R::SCHEMAS);
        R::parse(&self.message)
    }

    fn unreadable(&self, err: Error) -> Malformed {
        let schema = schema_of(self.schemas.get(), &self.message);
        Malformed::new(err, schema, self.message.as_bytes())
    }
}

impl<'a> Deref for Object<'a> {
    type Target = Message<'a>;

    fn deref(&self) -> &Message<'a> {
        &self.message
    }
}

impl<T: Transport> Connection<T> {
    /// How often a dump that was interrupted or lost datagrams is repeated, unless [`set_retries`](Self::set_retries) says
    /// otherwise.
    pub const RETRIES: u32 = 5;

    /// How often [`collect`](Self::collect) repeats a dump.
    pub fn set_retries(&mut self, retries: u32) {
        self.retries = retries;
    }

    /// Asks for all objects that match, and returns what `read` makes of each (`None` leaves it out), and those that it
    /// cannot read. The objects of a dump that was interrupted, or lost datagrams, are thrown away, and it is repeated.
    ///
    /// It reads to the end, however much comes and however long that takes: the [timeout](Self::set_timeout) limits the wait
    /// for each datagram. From a process that you do not trust, read with [`dump`](Self::dump), which you can leave at any
    /// object, after so many of them or at a deadline of your own.
    ///
    /// Not every family tells that a dump was interrupted. IPv4 routes do not: some of the routes that come and go
    /// meanwhile are in the list, but none that stays is missing.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv::NlMessage;
    /// use nl_tlv_families::rt_link::{GetLink, Link};
    ///
    /// # let mut conn = Connection::open(Protocol::ROUTE)?;
    /// let (names, unreadable) = conn.collect(&GetLink::default(), |link| {
    ///     Ok(Link::parse(link)?.ifname.map(|name| name.to_string())) // a link without a name is left out
    /// })?;
    /// assert!(names.iter().any(|name| name == "lo"));
    /// unreadable.iter().for_each(|link| eprintln!("left out: {link}"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError::Interrupted`], [`RequestError::Overrun`] or [`RequestError::Truncated`] if that happened to the
    /// last repetition too; any other error of the connection.
    pub fn collect<R, M: NlMessage>(
        &mut self,
        message: &M,
        mut read: impl FnMut(&Object<'_>) -> Result<Option<R>, Error>,
    ) -> Result<(Vec<R>, Vec<Malformed>), RequestError> {
        repeated(self.retries, || now(self.dump(message)?.collected(&mut read)))
    }
}

impl<'c, C: Lend> Dump<'c, C> {
    /// What is made of all objects, and those that cannot be read.
    pub(in crate::socket) async fn collected<R>(
        mut self,
        read: &mut impl FnMut(&Object<'_>) -> Result<Option<R>, Error>,
    ) -> Result<(Vec<R>, Vec<Malformed>), RequestError> {
        let (mut objects, mut unreadable) = (Vec::new(), Vec::new());
        while let Some(message) = self.following().await? {
            let object = Object { message, schemas: Cell::new(&[]) };
            match read(&object) {
                Ok(made) => objects.extend(made),
                Err(err) => unreadable.push(object.unreadable(err)),
            }
        }
        Ok((objects, unreadable))
    }
}

/// Reads a dump, and repeats it so often if it was interrupted or lost datagrams.
pub(super) fn repeated<R>(
    retries: u32,
    mut once: impl FnMut() -> Result<R, RequestError>,
) -> Result<R, RequestError> {
    let mut retries = 0..retries;
    loop {
        match once() {
            Err(err) if is_worth_repeating(&err) && retries.next().is_some() => {}
            dumped => return dumped,
        }
    }
}

/// Whether the next dump may go well.
pub(in crate::socket) fn is_worth_repeating(err: &RequestError) -> bool {
    match err {
        RequestError::Interrupted | RequestError::Overrun | RequestError::Truncated { .. } => true,
        // A dump that finds the receive buffer full of events is refused, and runs on as soon as there is room.
        RequestError::Refused(refusal) => [Errno::ENOBUFS, Errno::EBUSY].contains(&refusal.errno()),
        _ => false,
    }
}
