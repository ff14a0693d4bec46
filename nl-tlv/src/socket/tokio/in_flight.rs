//! What is known of the requests that are in flight on one socket.

use crate::Error;
use crate::exchange::{Exchange, Verdict};
use crate::socket::connection::first_seq;
use crate::socket::connection::inbox::Inbox;
use crate::socket::{RecvError, RequestError, Transport};
use std::boxed::Box;
use std::collections::BTreeMap;
use std::io;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};
use std::time::Instant;
use std::vec::Vec;

/// An answer, and the message that it is: empty for an acknowledgement that says nothing more.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    pub(super) bytes: Box<[u8]>,
}

impl Answer {
    pub(super) fn new(verdict: Verdict, message: &[u8]) -> Self {
        let says_more = !matches!(verdict, Verdict::Ack { has_warning: false, .. });
        Self { verdict, bytes: if says_more { message.into() } else { Box::default() } }
    }
}

/// Datagrams that were lost, and answers with them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loss {
    Overrun,
    Truncated { needed: usize },
    Damaged(Error),
}

impl From<Loss> for RequestError {
    fn from(loss: Loss) -> Self {
        match loss {
            Loss::Overrun => Self::Overrun,
            Loss::Truncated { needed } => Self::Truncated { needed },
            Loss::Damaged(err) => Self::Damaged(err),
        }
    }
}

/// A request whose answer has not been taken.
#[derive(Debug)]
struct Pending {
    /// Whether a reply answers it, or is an echo that nobody asked to see.
    wants_reply: bool,
    /// Whether the answer may come after the request was sent, even from the kernel.
    may_come_later: bool,
    is_sent: bool,
    /// Since it was made, or just before, datagrams were lost: its answer may be among them.
    loss: Option<Loss>,
    answer: Option<Result<Answer, RequestError>>,
    /// Who waits for it.
    waker: Option<Waker>,
}

/// The requests in flight, and the numbers of those that nobody waits for any more.
#[derive(Debug)]
pub(super) struct InFlight {
    pub(super) exchange: Exchange<MAX_NUMBERS>,
    inbox: Inbox,
    pending: BTreeMap<u32, Pending>,
    peer: u32,
    /// Whether the peer is the kernel, which answers before the request's send returns.
    is_kernel: bool,
    /// Whether the kernel may be dropping what it sends us: since an overrun, until the queue has been empty once.
    is_congested: bool,
    /// Who is to be woken, without the lock around this, because that may run anything.
    woken: Vec<Waker>,
}

/// The requests in flight, of which each task looks at its own. As a waker it wakes all of them, because the transport
/// wakes only one: any may be the one that is polled next, and that one receives for the others.
#[derive(Debug)]
pub(super) struct Locked(pub(super) Mutex<InFlight>);

impl Locked {
    pub(super) fn lock(&self) -> MutexGuard<'_, InFlight> {
        // Nothing in there can panic half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Locked {
    fn wake(self: Arc<Self>) {
        let woken = self.lock().take_woken(true);
        woken.into_iter().for_each(Waker::wake);
    }
}

impl InFlight {
    pub(super) fn new(transport: &impl Transport, peer: u32) -> Self {
        Self {
            exchange: Exchange::with_first_seq(transport.port_id(), peer, first_seq(peer)),
            inbox: Inbox::new(),
            pending: BTreeMap::new(),
            peer,
            is_kernel: peer == 0 && transport.is_kernel(),
            is_congested: false,
            woken: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, seq: u32, wants_reply: bool) {
        let may_come_later = self.exchange.may_answer_later(seq);
        let loss = self.is_congested.then_some(Loss::Overrun);
        let pending =
            Pending { wants_reply, may_come_later, is_sent: false, loss, answer: None, waker: None };
        self.pending.insert(seq, pending);
    }

    /// Notes who waits for an answer, and returns who did before, to be dropped without the lock.
    pub(super) fn wait(&mut self, seq: u32, waker: &Waker) -> Option<Waker> {
        self.pending.get_mut(&seq)?.waker.replace(waker.clone())
    }

    /// Those who are to be woken: all who wait, or whose answers are there.
    pub(super) fn take_woken(&mut self, all: bool) -> Vec<Waker> {
        let waiting = self.pending.values_mut().filter(|_| all).filter_map(|pending| pending.waker.take());
        self.woken.extend(waiting);
        mem::take(&mut self.woken)
    }

    pub(super) fn sent(&mut self, seq: u32) {
        if let Some(pending) = self.pending.get_mut(&seq) {
            pending.is_sent = true;
        }
    }

    /// The answer, once.
    pub(super) fn take(&mut self, seq: u32) -> Option<Result<Answer, RequestError>> {
        self.pending.get_mut(&seq)?.answer.take()
    }

    /// Why no answer came in time.
    pub(super) fn too_late(&self, seq: u32) -> RequestError {
        self.pending.get(&seq).and_then(|pending| pending.loss).map_or(RequestError::Timeout, Into::into)
    }

    /// Nobody waits for the request any more. If it was sent, its number stays taken until the answer has come. Returns who
    /// waited.
    pub(super) fn drop_request(&mut self, seq: u32) -> Option<Waker> {
        let pending = self.pending.remove(&seq);
        match &pending {
            Some(pending) if pending.is_sent => self.exchange.abandon(seq),
            _ => self.exchange.forget(seq),
        }
        pending?.waker
    }

    /// Receives what is there, for one request and all others, and says whether that was all that any of them can have by
    /// now; otherwise others should have a turn before it goes on.
    ///
    /// # Errors
    ///
    /// If the system refuses to receive.
    pub(super) fn pump(&mut self, transport: &impl Transport, seq: u32) -> io::Result<bool> {
        for _ in 0..DATAGRAMS {
            self.judge();
            let is_answered = self.pending.get(&seq).is_some_and(|pending| pending.answer.is_some());
            if self.pending.len() == 1 && is_answered && !self.is_congested {
                // The usual case with the kernel: it saves asking whether there is more.
                return Ok(true);
            }
            match self.inbox.receive(transport, self.peer, Some(Instant::now())) {
                Ok(()) => {}
                Err(RecvError::Timeout) => {
                    self.is_congested = false;
                    self.give_up();
                    return Ok(true);
                }
                Err(RecvError::Overrun) => {
                    self.is_congested = true;
                    self.lost(Loss::Overrun);
                }
                Err(RecvError::Truncated { needed, .. }) => self.lost(Loss::Truncated { needed }),
                Err(RecvError::Io(err)) => return Err(err),
            }
        }
        Ok(false)
    }

    /// Hands out what the datagram that is here says.
    fn judge(&mut self) {
        while let Some((verdict, range)) = self.inbox.judge(&mut self.exchange) {
            if let Verdict::Damaged(err) = verdict {
                self.damaged(err);
            }
            let pending = verdict.seq().and_then(|seq| self.pending.get_mut(&seq));
            let Some(pending) = pending.filter(|pending| pending.answer.is_none()) else { continue };
            if matches!(verdict, Verdict::Reply { .. }) && !pending.wants_reply {
                continue;
            }
            pending.answer = Some(Ok(Answer::new(verdict, self.inbox.bytes(range))));
            self.woken.extend(pending.waker.take());
        }
    }

    /// An answer that is damaged has ended its request; otherwise it is not known whose answers were in the datagram.
    fn damaged(&mut self, err: Error) {
        self.lost(Loss::Damaged(err));
        self.fail(|exchange, seq, pending| {
            pending.loss.filter(|_| !exchange.is_waiting(seq)).map(RequestError::from)
        });
    }

    fn lost(&mut self, loss: Loss) {
        for pending in self.pending.values_mut() {
            pending.loss = pending.loss.or(Some(loss));
        }
    }

    /// Nothing more is there: an answer that should be is lost. A peer in user space may still send it, unless something
    /// came that can only have been the answer.
    fn give_up(&mut self) {
        let is_only = self.pending.len() == 1;
        let Self { peer, is_kernel, .. } = *self;
        self.fail(|_, _, pending| match pending.loss {
            Some(loss) if peer == 0 || (is_only && !matches!(loss, Loss::Overrun)) => Some(loss.into()),
            _ => (is_kernel && !pending.may_come_later).then_some(RequestError::NoReply),
        });
    }

    /// Fails the requests that were sent and have no answer, if there is a reason.
    fn fail(&mut self, reason: impl Fn(&Exchange<MAX_NUMBERS>, u32, &Pending) -> Option<RequestError>) {
        let waiting = self.pending.iter_mut();
        for (&seq, pending) in waiting.filter(|(_, pending)| pending.is_sent && pending.answer.is_none()) {
            if let Some(err) = reason(&self.exchange, seq, pending) {
                pending.answer = Some(Err(err));
                self.woken.extend(pending.waker.take());
            }
        }
    }
}

/// How many numbers are remembered: of requests in flight, of which there are at most 512, and of those that were dropped.
const MAX_NUMBERS: usize = 1024;

/// How many datagrams are received before other tasks have a turn.
const DATAGRAMS: usize = 64;
