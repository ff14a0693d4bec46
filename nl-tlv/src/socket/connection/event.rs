//! Events, and those that arrived while something else was waited for.

use super::Connection;
use crate::Message;
use crate::exchange::{Address, Verdict};
use crate::socket::lend::{Lend, now};
use crate::socket::{RecvError, RequestError, Transport};
use std::boxed::Box;
use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

/// Events that arrived while an answer was waited for, as bytes.
#[derive(Debug, Default)]
pub(in crate::socket) struct Backlog {
    events: VecDeque<Kept>,
    len: usize,
}

/// An event that is kept.
#[derive(Debug)]
pub(in crate::socket) enum Kept {
    Message(Box<[u8]>, Address),
    Overrun,
}

/// Where an event is that was found.
#[derive(Debug)]
pub(in crate::socket) enum FoundEvent {
    /// In the connection, because it had been kept.
    Kept,
    /// In the datagram that was received last.
    Received(Range<usize>),
}

impl Backlog {
    /// Keeps an event, or that one was lost if there are too many.
    pub(in crate::socket) fn push(&mut self, message: &[u8], sender: Address) {
        let len = self.len.saturating_add(message.len());
        if len > Self::MAX {
            return self.overrun();
        }
        self.len = len;
        self.events.push_back(Kept::Message(message.into(), sender));
    }

    /// Keeps that events were lost, once for several in a row.
    pub(in crate::socket) fn overrun(&mut self) {
        if !matches!(self.events.back(), Some(Kept::Overrun)) {
            self.events.push_back(Kept::Overrun);
        }
    }

    pub(in crate::socket) fn pop(&mut self) -> Option<Kept> {
        let kept = self.events.pop_front()?;
        if let Kept::Message(message, _) = &kept {
            self.len = self.len.saturating_sub(message.len());
        }
        Some(kept)
    }

    /// Bytes of events that are kept at most.
    const MAX: usize = 1 << 20;
}

impl<T: Transport> Connection<T> {
    /// Waits for an event, without a time limit.
    ///
    /// ```no_run
    /// use nl_tlv::socket::{Connection, Protocol, RequestError};
    /// use nl_tlv_families::rt_link::{self, groups};
    ///
    /// let mut conn = Connection::open(Protocol::ROUTE)?;
    /// conn.join(groups::LINK)?;
    /// loop {
    ///     match conn.event() {
    ///         Ok(event) => println!("{}", nl_tlv::schema::dissect(rt_link::SCHEMAS, event.as_bytes())),
    ///         Err(RequestError::Overrun) => println!("some were lost: ask for everything again"),
    ///         Err(err) => return Err(err.into()),
    ///     }
    /// }
    /// # #[allow(unreachable_code)]
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError::Overrun`] if events were lost, because they were not read in time. What was learned from events
    /// before is out of date: ask anew, for example with a dump. Events that were queued before the loss may still follow.
    /// The system's errors.
    pub fn event(&mut self) -> Result<Message<'_>, RequestError> {
        self.event_before(None)
    }

    /// Waits for an event until the deadline.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv::socket::RequestError;
    /// use nl_tlv_families::rt_link::groups;
    /// use std::time::{Duration, Instant};
    ///
    /// # let mut conn = Connection::open(Protocol::ROUTE)?;
    /// conn.join(groups::LINK)?; // links that come, go and change
    /// match conn.event_deadline(Instant::now() + Duration::from_millis(5)) {
    ///     Ok(event) => println!("{event:?}"),
    ///     Err(RequestError::Overrun) => println!("some were lost: ask for everything again"),
    ///     Err(RequestError::Timeout) => println!("nothing has happened"),
    ///     Err(err) => return Err(err.into()),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError::Timeout`], and those of [`event`](Self::event).
    pub fn event_deadline(&mut self, deadline: Instant) -> Result<Message<'_>, RequestError> {
        self.event_before(Some(deadline))
    }

    /// Where the last event came from: the group that it was sent to, and the network namespace if it was another one
    /// ([`set_listen_all_nsid`](crate::socket::Socket::set_listen_all_nsid)).
    #[must_use]
    pub const fn event_origin(&self) -> Address {
        self.event_origin
    }

    fn event_before(&mut self, deadline: Option<Instant>) -> Result<Message<'_>, RequestError> {
        let found = now(self.find_event::<Self>(deadline))?;
        self.found_event(found)
    }

    /// Waits for an event, and says where it is.
    ///
    /// # Errors
    ///
    /// As [`event`](Self::event).
    pub(in crate::socket) async fn find_event<C: Lend<Transport = T>>(
        &mut self,
        deadline: Option<Instant>,
    ) -> Result<FoundEvent, RequestError> {
        loop {
            if let Some(found) = self.event_here() {
                return found;
            }
            match C::receive(self, deadline).await {
                Err(RecvError::Truncated { .. }) => return Err(RequestError::Overrun),
                received => received?,
            }
            // What is no event does not hold it up for ever.
            if is_long_past(deadline) {
                return self.event_here().unwrap_or(Err(RequestError::Timeout));
            }
        }
    }

    /// The next event that need not be received, because it was kept or is in the datagram that is here.
    pub(in crate::socket) fn event_here(&mut self) -> Option<Result<FoundEvent, RequestError>> {
        match self.backlog.pop() {
            Some(Kept::Overrun) => return Some(Err(RequestError::Overrun)),
            Some(Kept::Message(bytes, origin)) => {
                (self.event, self.event_origin) = (bytes, origin);
                return Some(Ok(FoundEvent::Kept));
            }
            None => {}
        }
        loop {
            match self.inbox.judge(&mut self.exchange)? {
                (Verdict::Event, range) => {
                    self.event_origin = self.inbox.sender;
                    return Some(Ok(FoundEvent::Received(range)));
                }
                (Verdict::Damaged(err), _) => return Some(Err(RequestError::Damaged(err))),
                _ => {}
            }
        }
    }
}

/// Whether a deadline has passed, and the time after it in which what was there already is read.
pub(in crate::socket) fn is_long_past(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| deadline.elapsed() > GRACE)
}

const GRACE: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backlog_that_is_full_says_once_that_events_were_lost() {
        let mut backlog = Backlog::default();
        for _ in 0..5 {
            backlog.push(&[0; Backlog::MAX / 3], Address::KERNEL);
        }
        let kept: [_; 4] = std::array::from_fn(|_| matches!(backlog.pop(), Some(Kept::Message(..))));
        assert_eq!(kept, [true, true, true, false]);
        assert!(backlog.pop().is_none(), "one overrun for two lost events");
        backlog.push(&[0; Backlog::MAX], Address::KERNEL);
        assert!(matches!(backlog.pop(), Some(Kept::Message(..))), "there is room again");
    }
}
