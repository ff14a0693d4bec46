//! What there is, and how it changes: a dump, then events, and a dump again when events were lost.

pub(super) mod following;
mod identity;
mod objects;
mod stored;

use super::lend::{Lend, now};
use super::{Connection, RecvError, RequestError, Transport};
use crate::socket::connection::event::is_long_past;
use crate::{Keyed, NlMessage};
use following::Following;
use std::boxed::Box;
use std::fmt;
use std::time::Instant;

/// A change of what is watched.
///
/// ```
/// use nl_tlv::socket::{Change, Connection, Protocol};
/// use nl_tlv_families::watch::Links;
///
/// let conn = Connection::open(Protocol::ROUTE)?;
/// let mut links = conn.watch::<Links>(&Links::request())?;
/// match links.change()? {
///     Change::Added(link) => println!("+ {}", link.ifname.unwrap_or_default()),
///     Change::Changed { new, .. } => println!("~ {}", new.ifname.unwrap_or_default()),
///     Change::Removed(link) => println!("- {}", link.ifname.unwrap_or_default()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<V> {
    /// An object that was not there before.
    Added(V),
    /// An object that is not as it was before.
    Changed {
        /// As it was.
        old: V,
        /// As it is.
        new: V,
    },
    /// An object that has been deleted, as it was last.
    Removed(V),
}

/// A set of objects that is kept equal to the peer's: it dumps them, follows the events of the groups that the connection
/// has joined, and dumps them again if events were lost, or if an event does not say what it changed.
///
/// A change may be reported late. A program that applies all changes in order has the peer's objects. Changes that undo one
/// another before the watch has seen the first of them are not reported. It spends at most a fifth of the time on dumping again,
/// or more if a dump takes longer than a second: it waits 5 seconds at most. If its generic netlink family goes, `change`
/// fails; if that is registered anew, the watch joins its groups again, by their names, and dumps.
/// While the peer refuses the dump, as the kernel does for a routing table that does not exist yet,
/// [`change`](Self::change) fails.
/// Dropping a future of a watch for tasks loses nothing, so it can stand in a `select!`.
///
/// The objects are messages with a key, which [`Keyed`] describes. Attributes that the struct does not have are ignored, and
/// so are those of which the definition says that they change all the time.
///
/// ```
/// use nl_tlv::socket::{Change, Connection, Server};
/// use nl_tlv::{Flags, Header, NlMessage};
/// use nl_tlv_testing::network::Network;
///
/// #[derive(NlMessage, Debug, Clone, PartialEq)]
/// #[nl(ty = 20, deleted = 21)]
/// struct Table<'a> {
///     #[nl(attr = 1, key)]
///     name: &'a str,
///     #[nl(attr = 2)]
///     routes: Option<u32>,
/// }
/// #[derive(NlMessage, Debug)]
/// #[nl(ty = 22)]
/// struct TableGet {}
///
/// let network = Network::new(); // in the place of a kernel
/// let mut server = Server::new(network.kernel());
/// let conn = Connection::new(network.open(), 0); // or `Connection::open(Protocol::new(30))?`
/// let mut tables = conn.watch::<Table>(&TableGet {})?;
/// tables.join(1)?;
/// # let serving = std::thread::spawn(move || {
/// #     let blue = Table { name: "blue", routes: Some(1) };
/// #     server.recv().unwrap().dump(&[blue], Flags::empty()).unwrap();
/// #     std::thread::sleep(std::time::Duration::from_millis(20));
/// #     server.notify(1, &Table { name: "blue", routes: Some(2) }, Header::new()).unwrap();
/// #     server
/// # });
///
/// assert_eq!(tables.change()?, Change::Added(Table { name: "blue", routes: Some(1) }));
/// match tables.change()? {
///     Change::Changed { old, new } => assert_eq!((old.routes, new.routes), (Some(1), Some(2))),
///     other => panic!("{other:?}"),
/// }
/// # serving.join().unwrap();
/// # Ok::<(), nl_tlv::socket::RequestError>(())
/// ```
pub struct Watch<O: Keyed, C: Lend = Connection> {
    pub(super) connection: Connection<C::Transport>,
    pub(super) following: Following<O>,
}

impl<T: Transport> Connection<T> {
    /// A set of objects that is kept equal to the peer's, with the request that dumps them. Nothing is asked before the
    /// first call of [`change`](Watch::change).
    ///
    /// It joins the [groups](Keyed::GROUPS) of the definition: those of `nl-tlv-families` name them. A derived definition
    /// names none, so call [`join`](Watch::join) before `change`; otherwise the watch hears of no change.
    ///
    /// # Errors
    ///
    /// [`RequestError::Emit`] if the request cannot be written; [`RequestError::Join`].
    pub fn watch<O: Keyed>(self, request: &impl NlMessage) -> Result<Watch<O, Self>, RequestError> {
        Watch::new(self, request)
    }
}

impl<O: Keyed, C: Lend> Watch<O, C> {
    pub(super) fn new(
        connection: Connection<C::Transport>,
        request: &impl NlMessage,
    ) -> Result<Self, RequestError> {
        let following = Following::new(&connection, request)?;
        Ok(Self { connection, following })
    }

    /// Keeps only the objects for which `filter` returns true, where the peer does not filter its dumps or its events. An
    /// object for which it no longer returns true is reported as removed.
    ///
    /// ```
    /// # use nl_tlv::socket::{Change, Connection, Protocol};
    /// # use nl_tlv_families::watch::Links;
    /// # let conn = Connection::open(Protocol::ROUTE)?;
    /// let links = conn.watch::<Links>(&Links::request())?;
    /// let mut first = links.filter(|link| link.header.index == 1);
    /// assert!(matches!(first.change()?, Change::Added(link) if link.ifname.unwrap() == "lo"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn filter(mut self, filter: impl for<'a> FnMut(&O::View<'a>) -> bool + Send + 'static) -> Self {
        self.following.filter = Some(Box::new(filter));
        self
    }

    /// Joins one more multicast group, by number: for definitions that do not name theirs. Call it before the first
    /// [`change`](Self::change), which asks for the objects.
    pub fn join(&self, group: u32) -> Result<(), RequestError> {
        self.connection.join(group)
    }

    /// The objects after all changes that have been received, in any order; those that cannot be read are left out.
    /// [`change`](Self::change) may not have reported some of these changes yet.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol};
    /// # use nl_tlv_families::watch::Links;
    /// # let conn = Connection::open(Protocol::ROUTE)?;
    /// # let mut links = conn.watch::<Links>(&Links::request())?;
    /// links.change()?; // the first call asks for all of them
    /// assert!(links.objects().any(|link| link.ifname.unwrap() == "lo"));
    /// assert_eq!(links.objects().count(), links.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn objects(&self) -> impl Iterator<Item = O::View<'_>> {
        self.following.objects.values().filter_map(|object| object.view::<O>().ok())
    }

    /// How many objects there are, those that cannot be read among them.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.following.objects.len()
    }

    /// Whether there is no object.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How often it has dumped the objects: more than once means that events were lost, or did not say what they changed.
    #[must_use]
    pub const fn dumps(&self) -> u64 {
        self.following.dumps
    }

    /// Whether all changes that were received have been reported, and no dump is running or needed.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.following.is_current()
    }

    /// Waits for the next change, which the watch has [told](Following::told) then: a future would copy two messages.
    pub(super) async fn wait(&mut self, deadline: Option<Instant>) -> Result<(), RequestError> {
        let is_past = |at: Option<Instant>| at.is_some_and(|at| at <= Instant::now());
        let (mut received, mut has_read) = (Ok(()), false);
        while let Some(until) = self.following.advance(&mut self.connection, received)? {
            // What does not concern whoever watches does not hold them up. The next datagram stays in the socket, where
            // `poll` sees it.
            if has_read && is_long_past(deadline) {
                return Err(RequestError::Timeout);
            }
            let first = [until, deadline].into_iter().flatten().min();
            received = C::receive(&mut self.connection, first).await;
            // The deadline of whoever watches has passed, and not only the time for a datagram.
            if matches!(received, Err(RecvError::Timeout)) && is_past(deadline) && !is_past(until) {
                return Err(RequestError::Timeout);
            }
            has_read = received.is_ok();
        }
        Ok(())
    }
}

impl<O: Keyed, T: Transport> Watch<O, Connection<T>> {
    /// Waits for the next change, without a time limit. The first changes add all objects of the peer.
    ///
    /// # Errors
    ///
    /// [`RequestError::Answer`] for an object that cannot be read, once; the watch goes on. Any other error of the
    /// connection; nothing is lost by it, because the next call dumps again.
    pub fn change(&mut self) -> Result<Change<O::View<'_>>, RequestError> {
        now(self.wait(None))?;
        self.following.told().ok_or(RequestError::Timeout)
    }

    /// As [`change`](Self::change), until the deadline.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol, RequestError};
    /// # use nl_tlv_families::watch::Links;
    /// use std::time::{Duration, Instant};
    ///
    /// # let conn = Connection::open(Protocol::ROUTE)?;
    /// # let mut links = conn.watch::<Links>(&Links::request())?;
    /// let deadline = Instant::now() + Duration::from_millis(20);
    /// loop {
    ///     match links.change_deadline(deadline) {
    ///         Ok(change) => println!("{change:?}"),
    ///         Err(RequestError::Timeout) => break, // time for something else
    ///         Err(err) => return Err(err.into()),
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError::Timeout`] if nothing changed; as [`change`](Self::change).
    pub fn change_deadline(&mut self, deadline: Instant) -> Result<Change<O::View<'_>>, RequestError> {
        now(self.wait(Some(deadline)))?;
        self.following.told().ok_or(RequestError::Timeout)
    }

    /// When to call [`change_deadline`](Self::change_deadline) again after its timeout, even if nothing can be received
    /// before: it is to dump again then, or to give up a dump that is not answered. `None` if only what is received counts.
    /// This is for loops that wait with `poll`; [`change`](Self::change) wakes by itself.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol, RequestError};
    /// # use nl_tlv_families::watch::Links;
    /// use std::time::Instant;
    ///
    /// # let conn = Connection::open(Protocol::ROUTE)?;
    /// # let mut links = conn.watch::<Links>(&Links::request())?;
    /// while links.change_deadline(Instant::now()).is_ok() {}
    /// let timeout = links.wake_at().map(|at| at.saturating_duration_since(Instant::now()));
    /// println!("poll, at most for {timeout:?}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn wake_at(&self) -> Option<Instant> {
        self.following.wake_at()
    }

    /// The connection, to change something with. (Its events belong to the watch.)
    #[must_use]
    pub const fn connection(&mut self) -> &mut Connection<T> {
        &mut self.connection
    }
}

impl<O: Keyed, C: Lend> fmt::Debug for Watch<O, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Watch");
        f.field("objects", &self.len()).field("is_current", &self.is_current()).finish()
    }
}
