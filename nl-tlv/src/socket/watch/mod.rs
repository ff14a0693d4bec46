//! What there is, and how it changes: a dump, then events, and a dump again when events were lost.

mod objects;

use super::collect::is_worth_repeating;
use super::connection::write;
use super::inbox::first_message;
use super::{Connection, Event, Family, RequestError, Socket, Transport};
use crate::schema::MessageSchema;
use crate::{Header, Keyed, NlMessage};
use objects::{Difference, Filter, Objects};
use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};
use std::vec;
use std::vec::Vec;

/// A change of what is watched.
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
    /// An object that is there no more, as it was last.
    Removed(V),
}

/// A set of objects that is kept equal to the peer's: it dumps them, follows the events that a connection is subscribed
/// to, and dumps them anew when events were lost.
///
/// It may be late, but it does not lie: whoever applies all changes in order has what there is. Changes that undo one
/// another while it was not looking are not told. A peer that answers dumps is needed for it: one that refuses them, as
/// the kernel does for a routing table that does not exist yet, makes [`change`](Self::change) fail, until it does not.
///
/// The objects are messages with a key, which [`Keyed`] describes. What the struct does not name is not looked at:
/// attributes that change all the time, like counters, are best left out of it, or all changes are told.
///
#[cfg_attr(feature = "derive", doc = "```")]
#[cfg_attr(not(feature = "derive"), doc = "```ignore")]
/// use nl_tlv::socket::{Change, Connection, Network, Server, Watch};
/// use nl_tlv::{Header, NlMessage};
/// # use nl_tlv::exchange::DumpEnd;
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
/// conn.join(1)?;
/// let mut tables = Watch::<Table, _>::new(conn, &TableGet {})?;
/// # let serving = std::thread::spawn(move || {
/// #     let blue = Table { name: "blue", routes: Some(1) };
/// #     server.recv().unwrap().dump(&[blue], DumpEnd::default()).unwrap();
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
pub struct Watch<O: Keyed, T: Transport = Socket> {
    connection: Connection<T>,
    /// The request that dumps the objects, and what it consists of.
    request: Vec<u8>,
    schema: &'static MessageSchema,
    filter: Option<Filter<O>>,
    objects: Objects,
    changes: VecDeque<Difference>,
    /// The change that was told last.
    told: Difference,
    /// Whether the objects may not be what there is.
    is_stale: bool,
    dumps: u64,
}

impl<O: Keyed, T: Transport> Watch<O, T> {
    /// A watch over a connection that is subscribed to the events, with the request that dumps the objects. Nothing is
    /// asked before the first change is waited for.
    ///
    /// # Errors
    ///
    /// [`RequestError::Emit`] if the request cannot be written.
    pub fn new<M: NlMessage>(connection: Connection<T>, request: &M) -> Result<Self, RequestError> {
        let header = Header { family: connection.family().map(Family::id), ..Header::new() };
        let mut bytes = vec![0; 64];
        let len = write(&mut bytes, request.schema(), |w| request.emit_into(w, header))?;
        bytes.truncate(len);
        Ok(Self {
            connection,
            request: bytes,
            schema: request.schema(),
            filter: None,
            objects: Objects::default(),
            changes: VecDeque::new(),
            told: Difference::default(),
            is_stale: true,
            dumps: 0,
        })
    }

    /// Looks only at objects of which this is true: for those that the peer does not filter by itself, in its dumps or
    /// its events. An object of which it is true no more is removed.
    #[must_use]
    pub fn filter(mut self, filter: impl for<'a> FnMut(&O::View<'a>) -> bool + Send + 'static) -> Self {
        self.filter = Some(std::boxed::Box::new(filter));
        self
    }

    /// Waits for the next change, for ever. The first ones are all objects that there are.
    ///
    /// # Errors
    ///
    /// [`RequestError::Answer`] for an object that cannot be read; what else there is. Nothing is lost by it: the next
    /// call dumps again.
    pub fn change(&mut self) -> Result<Change<O::View<'_>>, RequestError> {
        self.change_before(None)
    }

    /// As [`change`](Self::change), until the deadline.
    ///
    /// # Errors
    ///
    /// [`RequestError::Timeout`] if nothing changed; as [`change`](Self::change).
    pub fn change_deadline(&mut self, deadline: Instant) -> Result<Change<O::View<'_>>, RequestError> {
        self.change_before(Some(deadline))
    }

    /// The objects, as they are with all changes so far, in the order of their keys. Some of these changes may not have
    /// been told yet.
    pub fn objects(&self) -> impl Iterator<Item = O::View<'_>> {
        self.objects.values().filter_map(|object| object.view::<O>().ok())
    }

    /// How many objects there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is no object.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How often it has dumped the objects: more than once means that events were lost.
    #[must_use]
    pub const fn dumps(&self) -> u64 {
        self.dumps
    }

    /// The connection, to change something with. (Its events belong to the watch.)
    #[must_use]
    pub const fn connection(&mut self) -> &mut Connection<T> {
        &mut self.connection
    }

    fn change_before(&mut self, until: Option<Instant>) -> Result<Change<O::View<'_>>, RequestError> {
        while self.changes.is_empty() {
            let followed = if self.is_stale { self.synchronise(until) } else { self.follow(until) };
            match followed {
                Err(err @ RequestError::Timeout) => return Err(err),
                Err(err) => {
                    self.is_stale = true;
                    return Err(err);
                }
                Ok(()) => {}
            }
        }
        self.told = self.changes.pop_front().unwrap_or_default();
        let change = self.told.change::<O>().map_err(RequestError::Damaged)?;
        change.ok_or(RequestError::Timeout)
    }

    /// Takes in the next event.
    fn follow(&mut self, until: Option<Instant>) -> Result<(), RequestError> {
        let Self { connection, objects, filter, .. } = self;
        match hear(connection, objects, filter, until)? {
            Heard::Lost => self.is_stale = true,
            Heard::Message(difference) => self.changes.extend(difference),
        }
        Ok(())
    }

    /// Dumps the objects until no event was lost meanwhile, and finds out what changed.
    fn synchronise(&mut self, until: Option<Instant>) -> Result<(), RequestError> {
        let mut pause = Duration::from_millis(1);
        let objects = loop {
            if let Some(objects) = self.dump()? {
                break objects;
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(RequestError::Timeout);
            }
            // Changes come faster than they are read: this gives them time to end.
            std::thread::sleep(left.map_or(pause, |left| left.min(pause)));
            pause = pause.saturating_mul(2).min(MAX_PAUSE);
        };
        let old = std::mem::replace(&mut self.objects, objects);
        self.changes.extend(old.differences::<O>(&self.objects));
        self.is_stale = false;
        Ok(())
    }

    /// All objects, with the events applied that came meanwhile; `None` if some of these were lost.
    fn dump(&mut self) -> Result<Option<Objects>, RequestError> {
        self.dumps = self.dumps.saturating_add(1);
        let Self { connection, request, schema, filter, .. } = self;
        // What is queued from before a loss is older than what was lost: it must not be applied to a newer dump.
        discard(connection)?;
        let mut objects = Objects::default();
        let request = first_message(request).map_err(RequestError::Damaged)?;
        let mut dump = connection.dump_again(&request, schema)?;
        loop {
            let family = dump.family();
            match dump.next_message() {
                Ok(Some(message)) => drop(objects.apply::<O>(&message, family, filter)?),
                Ok(None) => break,
                Err(err) if is_worth_repeating(&err) => return Ok(None),
                Err(err) => return Err(err),
            }
        }
        drop(dump);
        loop {
            match hear(connection, &mut objects, filter, Some(Instant::now())) {
                Ok(Heard::Message(_)) => {}
                Ok(Heard::Lost) => return Ok(None),
                Err(RequestError::Timeout) => return Ok(Some(objects)),
                Err(err) => return Err(err),
            }
        }
    }
}

/// Reads all events that wait.
fn discard<T: Transport>(connection: &mut Connection<T>) -> Result<(), RequestError> {
    loop {
        match connection.event_deadline(Instant::now()) {
            Err(RequestError::Timeout) => return Ok(()),
            Err(err @ RequestError::Io(_)) => return Err(err),
            _ => {}
        }
    }
}

/// What was heard.
enum Heard {
    /// A message, and what it changed.
    Message(Option<Difference>),
    /// Events were lost.
    Lost,
}

/// Waits for an event and takes it in.
fn hear<O: Keyed, T: Transport>(
    connection: &mut Connection<T>,
    objects: &mut Objects,
    filter: &mut Option<Filter<O>>,
    until: Option<Instant>,
) -> Result<Heard, RequestError> {
    let family = connection.family().map(Family::id);
    let event = match until {
        None => connection.event(),
        Some(until) => connection.event_deadline(until),
    };
    match event {
        Ok(Event::Message(message)) => objects.apply::<O>(&message, family, filter).map(Heard::Message),
        Ok(Event::Overrun) | Err(RequestError::Truncated { .. }) => Ok(Heard::Lost),
        Err(err) => Err(err),
    }
}

impl<O: Keyed, T: Transport> fmt::Debug for Watch<O, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("objects", &self.len()).field("is_stale", &self.is_stale).finish()
    }
}

/// How long it waits at most before it dumps again.
const MAX_PAUSE: Duration = Duration::from_millis(64);
