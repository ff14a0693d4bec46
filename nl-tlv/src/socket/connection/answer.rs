//! Waiting for an answer: what arrives is judged, and events that come before it are kept.

use super::awaited::Awaited;
use super::inbox::deadline;
use crate::control::{Errno, ExtAck, Refusal};
use crate::exchange::{Expect, Verdict};
use crate::schema::{MessageSchema, Path, locate, schema_of};
use crate::socket::lend::Lend;
use crate::socket::{Connection, Malformed, RecvError, RequestError, Transport};
use crate::{Error, Message, ParseMessage};
use std::boxed::Box;
use std::ops::Range;
use std::time::Instant;

/// What came of a request: a verdict and where the message lies, or why there is none.
pub(in crate::socket) type Found = Result<(Verdict, Range<usize>), RequestError>;

/// An answer that is waited for.
#[derive(Debug)]
pub(in crate::socket) struct Waiting {
    seq: u32,
    /// When waiting ends; sooner if datagrams were lost.
    pub(in crate::socket) until: Option<Instant>,
    /// Whether all that will come is in the queue.
    is_at_once: bool,
    /// Whether the answer may have been lost.
    is_lossy: bool,
}

impl<T: Transport> Connection<T> {
    /// The next answer to a request; events that come before it are kept.
    ///
    /// # Errors
    ///
    /// The refusal; and whatever means that no answer will come. The request is abandoned then.
    pub(in crate::socket) async fn wait<C: Lend<Transport = T>>(&mut self, seq: u32) -> Found {
        // What is here already is not waited for: the clock would cost more than an object of a dump.
        if let Some(found) = self.judged(seq) {
            return self.settled(seq, found);
        }
        let mut waiting = self.waiting(seq);
        let mut received = C::receive(self, waiting.until).await;
        loop {
            if let Some(found) = self.advance(&mut waiting, received) {
                return found;
            }
            received = self.receive_in_time::<C>(waiting.until).await;
        }
    }

    /// Waits for what a request is made for: its reply, or if it is to be acknowledged, that.
    pub(in crate::socket) async fn answer<C: Lend<Transport = T>>(&mut self, awaited: &mut Awaited) -> Found {
        loop {
            match self.following::<C>(awaited).await? {
                (Verdict::Reply { .. }, range) if awaited.expect == Expect::Ack => self.keep_echo(range),
                found => return Ok(found),
            }
        }
    }

    /// Receives the next datagram, if it is not too late for that. So a peer that sends faster than this reads does not hold
    /// it up.
    pub(in crate::socket) async fn receive_in_time<C: Lend<Transport = T>>(
        &mut self,
        until: Option<Instant>,
    ) -> Result<(), RecvError> {
        if self.is_late(until) { Err(RecvError::Timeout) } else { C::receive(self, until).await }
    }

    /// Whether the peer has not answered in time. The kernel's queue is read as long as anything is there, and the timeout at
    /// most: an answer that was lost may be waited for behind events without an end.
    pub(in crate::socket) fn is_late(&self, until: Option<Instant>) -> bool {
        let until = match self.peer {
            0 => until.and_then(|until| until.checked_add(self.timeout?)),
            _ => until,
        };
        until.is_some_and(|until| until <= Instant::now())
    }

    /// Begins to wait for an answer.
    pub(in crate::socket) fn waiting(&self, seq: u32) -> Waiting {
        let is_at_once = self.answers_at_once && !self.exchange.may_answer_later(seq);
        let until = if is_at_once { self.answer_deadline() } else { deadline(self.timeout) };
        Waiting { seq, until, is_at_once, is_lossy: self.is_congested }
    }

    /// Until when answers are waited for that come in any case while the requests are sent, if the kernel sends them.
    pub(in crate::socket) fn answer_deadline(&self) -> Option<Instant> {
        if self.answers_at_once { Some(Instant::now()) } else { deadline(self.timeout) }
    }

    /// Until when the next answer is waited for, now that one has come. One that is not waited for is in the queue, or lost.
    pub(in crate::socket) fn renewed(&self, until: Option<Instant>) -> Option<Instant> {
        let now = Instant::now();
        match until {
            Some(before) if self.peer == 0 && before <= now => Some(now),
            _ => deadline(self.timeout),
        }
    }

    /// What came of a request, now that something was received, or failed to be; `None` if there is more to wait for.
    pub(in crate::socket) fn advance(
        &mut self,
        waiting: &mut Waiting,
        received: Result<(), RecvError>,
    ) -> Option<Found> {
        let seq = waiting.seq;
        let found = match received {
            Ok(()) => self.judged(seq)?,
            Err(RecvError::Overrun) => {
                self.backlog.overrun();
                self.overruns = self.overruns.wrapping_add(1);
                waiting.is_lossy = true;
                if self.peer == 0 {
                    // What is not in the queue now, is lost.
                    waiting.until = Some(Instant::now());
                }
                return None;
            }
            Err(RecvError::Timeout) if waiting.is_lossy => Err(RequestError::Overrun),
            Err(RecvError::Timeout) if waiting.is_at_once => Err(RequestError::NoReply),
            Err(err) => Err(err.into()),
        };
        Some(self.settled(seq, found))
    }

    /// Ends a request that failed.
    #[inline]
    fn settled(&mut self, seq: u32, found: Found) -> Found {
        match &found {
            // Waited for and not come: the end of a dump is among what was lost.
            Err(RequestError::Overrun) if self.exchange.running_dump() == Some(seq) => {
                self.exchange.forget(seq);
            }
            Err(_) => self.exchange.abandon(seq),
            Ok(_) => {}
        }
        found
    }

    /// What the datagram that is here says about a request.
    fn judged(&mut self, seq: u32) -> Option<Found> {
        loop {
            match self.inbox.judge(&mut self.exchange)? {
                (Verdict::Damaged(err), _) => return Some(Err(RequestError::Damaged(err))),
                (Verdict::Object { seq: of }, range) if of == seq => {
                    return Some(Ok((Verdict::Object { seq }, range)));
                }
                (verdict, range) if verdict.seq() == Some(seq) => {
                    let message = self.inbox.message(range.clone());
                    let told = told(verdict, self.schema, &self.request, message);
                    return Some(told.map(|()| (verdict, range)));
                }
                (verdict, range) => self.pass_over(verdict, range),
            }
        }
    }

    /// Keeps what is left of the datagram that is here, as far as it is events. What of it cannot be read was sent before the
    /// next request, and does not end that.
    pub(in crate::socket) fn put_away(&mut self) {
        while let Some((verdict, range)) = self.inbox.judge(&mut self.exchange) {
            self.pass_over(verdict, range);
        }
    }

    /// Keeps a message that nobody waits for now if it is an event, and notes if it was of a dump that goes on: one of a
    /// watch whose connection was used meanwhile.
    fn pass_over(&mut self, verdict: Verdict, range: Range<usize>) {
        match verdict {
            Verdict::Event => self.keep(range),
            Verdict::Damaged(_) => self.backlog.overrun(),
            Verdict::Object { .. } | Verdict::DumpEnd { .. } => self.overruns = self.overruns.wrapping_add(1),
            _ => {}
        }
    }

    /// Keeps a message as an event.
    pub(in crate::socket) fn keep(&mut self, range: Range<usize>) {
        self.backlog.push(self.inbox.bytes(range), self.inbox.sender);
    }

    /// Keeps an echo for whoever hears events: the one that it is an echo of was sent to the others only.
    pub(in crate::socket) fn keep_echo(&mut self, range: Range<usize>) {
        if self.peer != 0 || !self.transport.groups().is_empty() {
            self.keep(range);
        }
    }

    pub(in crate::socket) fn parse<'c, R: ParseMessage<'c>>(
        &'c self,
        range: Range<usize>,
    ) -> Result<R, RequestError> {
        let message = self.message(range)?;
        R::parse(&message).map_err(|err| unreadable(err, schema_of(R::SCHEMAS, &message), &message))
    }

    pub(in crate::socket) fn ext_ack(&self, range: Range<usize>) -> Result<ExtAck<'_>, RequestError> {
        Ok(ExtAck::of(&self.message(range)?))
    }
}

/// Turns a refusal, or the failure of a dump, into its error.
pub(in crate::socket) fn told(
    verdict: Verdict,
    schema: &MessageSchema,
    request: &[u8],
    message: Result<Message<'_>, Error>,
) -> Result<(), RequestError> {
    match verdict {
        Verdict::Refusal { errno, .. } | Verdict::DumpEnd { errno: Some(errno), .. } => {
            Err(RequestError::Refused(Box::new(refusal(schema, request, errno, message))))
        }
        _ => Ok(()),
    }
}

/// The refusal of a request, with the place in it that the answer names.
pub(in crate::socket) fn refusal(
    schema: &MessageSchema,
    request: &[u8],
    errno: Errno,
    answer: Result<Message<'_>, Error>,
) -> Refusal {
    let ext_ack = answer.as_ref().map_or(ExtAck::NONE, ExtAck::of);
    let refusal = Refusal::new(errno, &ext_ack);
    let refused = || Some(locate(schema, request, ext_ack.offset?));
    let path = Path::of_missing(schema, request, &ext_ack).or_else(refused);
    path.map_or(refusal, |path| refusal.at(path))
}

/// The error of an answer that is not of the type that was asked for.
#[cold]
pub(in crate::socket) fn unreadable(
    err: Error,
    schema: &MessageSchema,
    message: &Message<'_>,
) -> RequestError {
    RequestError::Answer(Box::new(Malformed::new(err, schema, message.as_bytes())))
}
