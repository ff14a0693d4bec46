//! What a watch does next, whatever it waits with: events are taken in, and the objects are asked for where events do not
//! say what they are.

use super::objects::{Applied, Objects};
use super::stored::{Difference, Filter, Stored};
use crate::control::genl;
use crate::exchange::Expect;
use crate::schema::MessageSchema;
use crate::socket::connection::answer::Waiting;
use crate::socket::connection::collect::is_worth_repeating;
use crate::socket::connection::dump::Progress;
use crate::socket::connection::event::FoundEvent;
use crate::socket::connection::generic::is_unknown;
use crate::socket::connection::inbox::first_message;
use crate::socket::connection::send::is_full;
use crate::socket::connection::write;
use crate::socket::{Change, Connection, RecvError, RequestError, Transport};
use crate::{Effect, Header, Keyed, NlMessage};
use std::collections::VecDeque;
use std::hash::RandomState;
use std::io;
use std::ops::ControlFlow;
use std::string::String;
use std::time::{Duration, Instant};
use std::vec::Vec;

/// A watch without its connection.
pub(in crate::socket) struct Following<O: Keyed> {
    /// The request that dumps the objects, and what it consists of.
    request: Vec<u8>,
    schema: &'static MessageSchema,
    /// The groups of the family that the connection has joined. A family that is registered anew has others of the names.
    groups: Vec<String>,
    pub(super) filter: Option<Filter<O>>,
    pub(super) objects: Objects<O>,
    /// Changes to report. Until that is done, nothing is taken in that would change the objects.
    changes: VecDeque<Difference>,
    /// The change that was reported last.
    told: Difference,
    dumping: Option<Dumping<O>>,
    /// When the objects are to be asked for, because the events do not say what they are.
    due: Option<Instant>,
    /// Whether events were lost: those that are queued are older than what was lost.
    is_lossy: bool,
    /// Whether one more dump is to follow: what an event tells of may happen a moment later.
    is_confirmed_later: bool,
    pause: Duration,
    /// The next dump does not begin before this: dumps take at most a fifth of the time, if they take no more than a second.
    earliest: Option<Instant>,
    pub(super) dumps: u64,
}

/// A dump that is on its way.
struct Dumping<O: Keyed> {
    waiting: Waiting,
    progress: Progress,
    objects: Objects<O>,
    began: Instant,
    is_first: bool,
    /// Whether objects have come since the last receive.
    has_progressed: bool,
}

/// Whether there may be more to do; if not, what [`advance`](Following::advance) ends with.
type Step = ControlFlow<Option<Option<Instant>>>;

impl<O: Keyed> Following<O> {
    /// Joins the groups, and writes the request.
    pub(in crate::socket) fn new<T: Transport, M: NlMessage>(
        connection: &Connection<T>,
        request: &M,
    ) -> Result<Self, RequestError> {
        for &group in O::GROUPS {
            match connection.join(group) {
                // A kernel that is older than the group.
                Err(RequestError::Join { error, .. }) if error.kind() == io::ErrorKind::InvalidInput => {}
                joined => joined?,
            }
        }
        if connection.family().is_some() {
            // What has never told of families is no worse for it.
            let _ = connection.join(genl::NOTIFY);
        }
        let header = Header { family: connection.family().map(|family| family.id), ..Header::new() };
        let mut bytes = Vec::new();
        write(&mut bytes, request.schema(), |w| request.emit_into(w, header))?;
        Ok(Self {
            request: bytes,
            schema: request.schema(),
            groups: Vec::new(),
            filter: None,
            objects: Objects::new(RandomState::new()),
            changes: VecDeque::new(),
            told: Difference::default(),
            dumping: None,
            due: Some(Instant::now()),
            is_lossy: false,
            is_confirmed_later: false,
            pause: FIRST_PAUSE,
            earliest: None,
            dumps: 0,
        })
    }

    pub(in crate::socket) fn is_current(&self) -> bool {
        self.due.is_none() && self.dumping.is_none() && self.changes.is_empty()
    }

    /// When there is something to do even if nothing is received.
    pub(in crate::socket) fn wake_at(&self) -> Option<Instant> {
        self.dumping.as_ref().map_or(self.due, |dumping| dumping.waiting.until)
    }

    /// Goes on, now that something was received, or failed to be, until a change is [told](Self::told) or more has to be
    /// received: then this says until when, if not for ever.
    pub(in crate::socket) fn advance<T: Transport>(
        &mut self,
        connection: &mut Connection<T>,
        mut received: Result<(), RecvError>,
    ) -> Result<Option<Option<Instant>>, RequestError> {
        loop {
            if self.tell()? {
                return Ok(None);
            }
            let step = match self.dumping.take() {
                Some(dumping) => self.dump(connection, dumping, received)?,
                None => self.follow(connection, received)?,
            };
            if let ControlFlow::Break(end) = step {
                return Ok(end);
            }
            received = Ok(());
        }
    }

    /// Takes the next change, and says whether there was one for whoever reads the messages.
    fn tell(&mut self) -> Result<bool, RequestError> {
        while let Some(difference) = self.changes.pop_front() {
            if self.changes.is_empty() && self.changes.capacity() > FEW {
                self.changes = VecDeque::with_capacity(FEW);
            }
            if self.tell_one(difference)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes this change, and says whether it is one for whoever reads the messages.
    #[inline(always)]
    fn tell_one(&mut self, mut difference: Difference) -> Result<bool, RequestError> {
        let unreadable = (!difference.is_readable).then(|| self.objects.take_unreadable(&mut difference));
        if let Some(err) = unreadable.flatten() {
            if self.objects.change(&difference).is_some() {
                self.changes.push_front(difference);
            }
            return Err(err);
        }
        self.told = difference;
        // A new object that could not be read is not there any more.
        Ok(self.told.new.is_some() || self.told().is_some())
    }

    /// What was told last.
    pub(in crate::socket) fn told(&self) -> Option<Change<O::View<'_>>> {
        self.objects.change(&self.told)
    }

    /// Takes in the events that are here, or begins to dump; if there are none, until when one is to be received.
    fn follow<T: Transport>(
        &mut self,
        connection: &mut Connection<T>,
        received: Result<(), RecvError>,
    ) -> Result<Step, RequestError> {
        match received {
            Ok(()) | Err(RecvError::Timeout) => {}
            Err(RecvError::Overrun | RecvError::Truncated { .. }) => self.lost(),
            Err(RecvError::Io(err)) => return Err(err.into()),
        }
        if self.due.is_some_and(|due| due <= Instant::now()) {
            self.begin(connection)?;
            return Ok(Step::Continue(()));
        }
        if self.is_lossy {
            discard(connection);
            return Ok(Step::Break(Some(self.due)));
        }
        let event = match connection.event_here() {
            None => return Ok(Step::Break(Some(self.due))),
            Some(Err(RequestError::Overrun)) => {
                self.lost();
                return Ok(Step::Continue(()));
            }
            Some(event) => event.inspect_err(|_| self.lost())?,
        };
        let buffer = self.told.old.take();
        match hear(connection, event, &mut self.objects, buffer, &mut self.filter)? {
            Applied::Known(None) => {}
            // It is told at once, without the queue.
            Applied::Known(Some(difference)) => {
                if self.tell_one(difference)? {
                    return Ok(Step::Break(None));
                }
            }
            Applied::AskAgain => self.ask_again(),
        }
        Ok(Step::Continue(()))
    }

    /// Asks for the objects.
    fn begin<T: Transport>(&mut self, connection: &mut Connection<T>) -> Result<(), RequestError> {
        if self.is_lossy {
            discard(connection);
        }
        match connection.family() {
            Some(family) if self.dumps == 0 => {
                let joined = connection.transport().groups();
                let joined = family.groups.iter().filter(|group| joined.contains(&group.1));
                self.groups = joined.map(|group| group.0.clone()).collect();
            }
            // It may have gone and come again, which an event tells that may be among those that were lost.
            Some(_) => _ = self.renew_family(connection),
            None => {}
        }
        self.due = None;
        let request = first_message(&self.request).map_err(RequestError::Damaged)?;
        let seq = match connection.start_again(&request, self.schema, Expect::Dump) {
            Err(err) if is_full(&err) => {
                self.try_later();
                return Ok(());
            }
            started => started.inspect_err(|_| self.due = Some(Instant::now()))?,
        };
        self.is_lossy = false;
        self.dumps = self.dumps.saturating_add(1);
        self.dumping = Some(Dumping {
            waiting: connection.waiting(seq),
            progress: Progress::new(connection.overruns),
            objects: self.objects.another(),
            began: Instant::now(),
            is_first: true,
            has_progressed: false,
        });
        Ok(())
    }

    /// Takes in what has come of a dump; if nothing has, until when it is to be received.
    fn dump<T: Transport>(
        &mut self,
        connection: &mut Connection<T>,
        mut dumping: Dumping<O>,
        received: Result<(), RecvError>,
    ) -> Result<Step, RequestError> {
        let mut found = connection.advance(&mut dumping.waiting, received);
        if found.is_none() && std::mem::take(&mut dumping.has_progressed) {
            dumping.waiting.until = connection.renewed(dumping.waiting.until);
        }
        if found.is_none() && connection.is_late(dumping.waiting.until) {
            found = connection.advance(&mut dumping.waiting, Err(RecvError::Timeout));
        }
        let Some(found) = found else {
            let until = dumping.waiting.until;
            self.dumping = Some(dumping);
            return Ok(Step::Break(Some(until)));
        };
        let is_first = std::mem::take(&mut dumping.is_first);
        match dumping.progress.object(found, connection.overruns) {
            Ok(Some(range)) => {
                dumping.has_progressed = true;
                let family = connection.family().map(|family| family.id);
                let message = connection.message(range)?;
                if O::is_object(&message, family) {
                    let _ = dumping.objects.apply(&message, Effect::Sets, O::SEVERAL, None, &mut self.filter);
                }
                self.dumping = Some(dumping);
            }
            Ok(None) => self.dumped(connection, dumping)?,
            Err(err) if is_worth_repeating(&err) => self.try_later(),
            Err(err) => {
                self.due = Some(Instant::now());
                if !(is_first && is_unknown(&err) && self.renew_family(connection)) {
                    return Err(err);
                }
            }
        }
        Ok(Step::Continue(()))
    }

    /// Asks for the family anew and joins its groups, which a family that is registered anew has under other numbers. Says
    /// whether it has another id.
    fn renew_family<T: Transport>(&self, connection: &mut Connection<T>) -> bool {
        let is_other = connection.renew_family().unwrap_or(false);
        // One that is not there is not heard of.
        self.groups.iter().for_each(|group| drop(connection.join_named(group)));
        is_other
    }

    /// Compares what was dumped, and what events have changed meanwhile, with what was known.
    fn dumped<T: Transport>(
        &mut self,
        connection: &mut Connection<T>,
        mut dumping: Dumping<O>,
    ) -> Result<(), RequestError> {
        let mut is_known = true;
        for _ in 0..MANY {
            let event = match connection.next_event_now() {
                None => break,
                Some(Ok(event)) => event,
                Some(Err(RequestError::Overrun)) => {
                    self.try_later();
                    self.is_lossy = true;
                    return Ok(());
                }
                Some(Err(_)) => {
                    self.lost();
                    return Ok(());
                }
            };
            let heard = hear(connection, event, &mut dumping.objects, None, &mut self.filter)?;
            is_known &= matches!(heard, Applied::Known(_));
        }
        let now = Instant::now();
        let rest = now.saturating_duration_since(dumping.began).saturating_mul(4).min(LONGEST_REST);
        self.earliest = now.checked_add(rest.max(SETTLING));
        self.pause = FIRST_PAUSE;
        if std::mem::take(&mut self.is_confirmed_later) {
            self.due = now.checked_add(rest.max(CONFIRMING));
        }
        let old = std::mem::replace(&mut self.objects, dumping.objects);
        self.changes.extend(old.differences(&self.objects));
        if !is_known {
            self.ask_again();
        }
        Ok(())
    }

    /// Some of what an event changed is not known.
    fn ask_again(&mut self) {
        let settled = Instant::now().checked_add(SETTLING);
        let due = settled.max(self.earliest);
        self.due = [self.due, due].into_iter().flatten().min();
        self.is_confirmed_later = true;
    }

    /// Events were lost.
    fn lost(&mut self) {
        self.is_lossy = true;
        self.is_confirmed_later = true;
        self.due = Some(Instant::now());
    }

    /// A dump has failed because things change faster than they are read: this gives them time to end.
    fn try_later(&mut self) {
        self.due = Instant::now().checked_add(self.pause);
        self.pause = self.pause.saturating_mul(2).min(MAX_PAUSE);
    }
}

/// Drops all events that wait; of those that come meanwhile not for ever.
fn discard<T: Transport>(connection: &mut Connection<T>) {
    for _ in 0..MANY {
        if connection.next_event_now().is_none() {
            return;
        }
    }
}

/// Takes in an event.
#[inline]
fn hear<O: Keyed, T: Transport>(
    connection: &Connection<T>,
    event: FoundEvent,
    objects: &mut Objects<O>,
    buffer: Option<Stored>,
    filter: &mut Option<Filter<O>>,
) -> Result<Applied, RequestError> {
    let message = connection.found_event(event)?;
    // Another network namespace has objects of its own.
    if connection.event_origin().nsid.is_some() {
        return Ok(Applied::Known(None));
    }
    let family = connection.family();
    if family.is_some_and(|family| family.is_told_of(&message)) {
        return Ok(Applied::AskAgain);
    }
    let effect = O::effect(&message, family.map(|family| family.id));
    Ok(objects.apply(&message, effect, false, buffer, filter))
}

/// Room is kept for this many changes; a dump may bring more.
const FEW: usize = 16;

/// How many events are taken in or dropped before others have a turn: more than a receive buffer mostly holds.
const MANY: usize = 1 << 16;

/// How long it waits before it asks again: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const MAX_PAUSE: Duration = Duration::from_millis(64);

/// How long it waits at most for the next dump because the one before took long. The process may have been stopped in it.
const LONGEST_REST: Duration = Duration::from_secs(5);

/// The kernel tells of some changes a moment before it makes them.
const SETTLING: Duration = Duration::from_millis(10);

/// After this time the objects are asked for once more, to confirm what that dump brought.
const CONFIRMING: Duration = Duration::from_millis(200);
