//! What there is, and how it changes: a dump, then events, and a dump again when events were lost.

use super::collect::is_worth_repeating;
use super::inbox::deadline;
use super::{Connection, Event, RequestError, Socket, Transport};
use crate::{Error, Message, NlMessage};
use std::boxed::Box;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::{Duration, Instant};

/// What a message says about an object, in the words of the one who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<K, V> {
    /// The object exists, and is like this.
    Present(K, V),
    /// The object does not exist any more.
    Gone(K),
}

/// A change of what is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<K, V> {
    /// An object that was not there before.
    Added(K, V),
    /// An object that is not as it was before.
    Changed {
        /// Which one.
        key: K,
        /// As it was.
        old: V,
        /// As it is.
        new: V,
    },
    /// An object that is there no more, as it was last.
    Removed(K, V),
}

/// A set of objects that is kept equal to the peer's: it dumps them, follows the events that a connection is subscribed
/// to, and dumps them anew when events were lost.
///
/// It may be late, but it does not lie: whoever applies all changes in order has what there is. Changes that undo one
/// another while it was not looking are not told. A peer that answers dumps is needed for it: one that refuses them, as
/// the kernel does for a routing table that does not exist yet, makes [`change`](Self::change) fail, until it does not.
///
/// ```no_run
/// use nl_tlv::socket::{Change, Connection, Protocol, Seen, Watch};
/// # use nl_tlv::{MessageType, NlMessage};
/// # #[derive(NlMessage, Clone)] #[nl(ty = 22)] struct TableGet {}
/// # #[derive(NlMessage)] #[nl(ty = 20)] struct Table<'a> { #[nl(attr = 1)] name: &'a str }
/// # const TABLE_DEL: MessageType = MessageType(21);
///
/// let conn = Connection::open(Protocol::new(30))?;
/// conn.subscribe(1)?;
/// let mut tables = Watch::new(conn, TableGet {}, |message| {
///     let name = Table::parse(message)?.name.to_owned();
///     Ok(Some(if message.ty() == TABLE_DEL { Seen::Gone(name) } else { Seen::Present(name, ()) }))
/// });
/// loop {
///     match tables.change()? {
///         Change::Added(name, ()) => println!("+ {name}"),
///         Change::Removed(name, ()) => println!("- {name}"),
///         Change::Changed { .. } => {}
///     }
/// }
/// # #[allow(unreachable_code)]
/// # Ok::<(), nl_tlv::socket::RequestError>(())
/// ```
pub struct Watch<K, V, M, T: Transport = Socket> {
    connection: Connection<T>,
    request: M,
    read: Read<K, V>,
    objects: BTreeMap<K, V>,
    changes: VecDeque<Change<K, V>>,
    /// Whether the objects may not be what there is.
    is_stale: bool,
    dumps: u64,
}

/// What makes an object of a message; `None` for a message about something else.
type Read<K, V> = Box<dyn FnMut(&Message<'_>) -> Result<Option<Seen<K, V>>, Error> + Send>;

impl<K: Ord + Clone, V: PartialEq + Clone, M: NlMessage<'static>, T: Transport> Watch<K, V, M, T> {
    /// A watch over a connection that is subscribed to the events, with the request that dumps the objects, and a
    /// function that tells what a message of either says.
    ///
    /// What it takes for the object's value should be the same in dump and event; whatever changes by itself is best
    /// left out.
    #[must_use]
    pub fn new(
        connection: Connection<T>,
        request: M,
        read: impl FnMut(&Message<'_>) -> Result<Option<Seen<K, V>>, Error> + Send + 'static,
    ) -> Self {
        let (objects, changes) = (BTreeMap::new(), VecDeque::new());
        Self { connection, request, read: Box::new(read), objects, changes, is_stale: true, dumps: 0 }
    }

    /// Waits for the next change, for ever. The first ones are all objects that there are.
    ///
    /// # Errors
    ///
    /// [`RequestError::Damaged`] for a message that cannot be read; what else there is. Nothing is lost by it: the next
    /// call dumps again.
    pub fn change(&mut self) -> Result<Change<K, V>, RequestError> {
        self.change_before(None)
    }

    /// As [`change`](Self::change), for at most so long.
    ///
    /// # Errors
    ///
    /// [`RequestError::Timeout`] if nothing changed; as [`change`](Self::change).
    pub fn change_timeout(&mut self, timeout: Duration) -> Result<Change<K, V>, RequestError> {
        self.change_before(deadline(Some(timeout)))
    }

    /// The objects, as they are with all changes so far. Some of these may not have been told yet.
    #[must_use]
    pub const fn objects(&self) -> &BTreeMap<K, V> {
        &self.objects
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

    fn change_before(&mut self, until: Option<Instant>) -> Result<Change<K, V>, RequestError> {
        loop {
            if let Some(change) = self.changes.pop_front() {
                return Ok(change);
            }
            if self.is_stale {
                self.synchronise(until)?;
                continue;
            }
            let seen = match event(&mut self.connection, &mut self.read, until) {
                Ok(seen) => seen,
                Err(err @ RequestError::Timeout) => return Err(err),
                Err(err) => {
                    self.is_stale = true;
                    return Err(err);
                }
            };
            match seen {
                Heard::Lost => self.is_stale = true,
                Heard::Else => {}
                Heard::Object(seen) => self.changes.extend(apply(&mut self.objects, seen)),
            }
        }
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
        let mut old = std::mem::replace(&mut self.objects, objects);
        for (key, new) in &self.objects {
            let change = match old.remove(key) {
                None => Change::Added(key.clone(), new.clone()),
                Some(old) if old != *new => Change::Changed { key: key.clone(), old, new: new.clone() },
                Some(_) => continue,
            };
            self.changes.push_back(change);
        }
        // Removals first, so that whoever counts does not exceed what there was.
        for (key, value) in old.into_iter().rev() {
            self.changes.push_front(Change::Removed(key, value));
        }
        self.is_stale = false;
        Ok(())
    }

    /// All objects, with the events applied that came meanwhile; `None` if some of these were lost.
    fn dump(&mut self) -> Result<Option<BTreeMap<K, V>>, RequestError> {
        self.dumps = self.dumps.saturating_add(1);
        let Self { connection, request, read, .. } = self;
        // What is queued from before a loss is older than what was lost: it must not be applied to a newer dump.
        discard(connection)?;
        let mut objects = BTreeMap::new();
        let mut dump = connection.dump(request)?;
        loop {
            match dump.next_message() {
                Ok(Some(message)) => {
                    let seen = read(&message).map_err(RequestError::Damaged)?;
                    seen.and_then(|seen| apply(&mut objects, seen));
                }
                Ok(None) => break,
                Err(err) if is_worth_repeating(&err) => return Ok(None),
                Err(err) => return Err(err),
            }
        }
        drop(dump);
        loop {
            match event(connection, read, Some(Instant::now())) {
                Ok(Heard::Object(seen)) => drop(apply(&mut objects, seen)),
                Ok(Heard::Else) => {}
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
        match connection.event_timeout(Duration::ZERO) {
            Err(RequestError::Timeout) => return Ok(()),
            Err(err @ RequestError::Io(_)) => return Err(err),
            _ => {}
        }
    }
}

/// What an event was.
enum Heard<K, V> {
    Object(Seen<K, V>),
    /// About something else.
    Else,
    /// Events were lost.
    Lost,
}

fn event<K, V, T: Transport>(
    connection: &mut Connection<T>,
    read: &mut Read<K, V>,
    until: Option<Instant>,
) -> Result<Heard<K, V>, RequestError> {
    let event = match until {
        None => connection.event(),
        Some(until) => connection.event_timeout(until.saturating_duration_since(Instant::now())),
    };
    match event {
        Ok(Event::Message(message)) => {
            let seen = read(&message).map_err(RequestError::Damaged)?;
            Ok(seen.map_or(Heard::Else, Heard::Object))
        }
        Ok(Event::Overrun) | Err(RequestError::Truncated { .. }) => Ok(Heard::Lost),
        Err(err) => Err(err),
    }
}

/// Makes the objects what was seen, and says what changed by it.
fn apply<K: Ord + Clone, V: PartialEq + Clone>(
    objects: &mut BTreeMap<K, V>,
    seen: Seen<K, V>,
) -> Option<Change<K, V>> {
    match seen {
        Seen::Gone(key) => objects.remove(&key).map(|value| Change::Removed(key, value)),
        Seen::Present(key, new) => match objects.insert(key.clone(), new.clone()) {
            None => Some(Change::Added(key, new)),
            Some(old) if old != new => Some(Change::Changed { key, old, new }),
            Some(_) => None,
        },
    }
}

impl<K: fmt::Debug, V: fmt::Debug, M, T: Transport> fmt::Debug for Watch<K, V, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("objects", &self.objects).field("is_stale", &self.is_stale).finish()
    }
}

/// How long it waits at most before it dumps again.
const MAX_PAUSE: Duration = Duration::from_millis(64);
