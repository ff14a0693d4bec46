//! What is known of the requests that are in flight on one socket.

use crate::Error;
use crate::exchange::{Exchange, Verdict};
use crate::socket::connection::first_seq;
use crate::socket::connection::inbox::Inbox;
use crate::socket::{RecvError, RequestError, Transport};
use std::boxed::Box;
use std::collections::BTreeMap;
use std::io;
use std::time::Instant;
use std::vec::Vec;

/// An answer, and the message that it is: empty for an acknowledgement that says nothing more.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    pub(super) bytes: Box<[u8]>,
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
        }
    }

    pub(super) fn add(&mut self, seq: u32, wants_reply: bool) {
        let may_come_later = self.exchange.may_answer_later(seq);
        let loss = self.is_congested.then_some(Loss::Overrun);
        let pending = Pending { wants_reply, may_come_later, is_sent: false, loss, answer: None };
        self.pending.insert(seq, pending);
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

    /// Nobody waits for the request any more. If it was sent, its number stays taken until the answer has come.
    pub(super) fn drop_request(&mut self, seq: u32) {
        match self.pending.remove(&seq) {
            Some(pending) if pending.is_sent => self.exchange.abandon(seq),
            _ => self.exchange.forget(seq),
        }
    }

    /// Receives what is there, for one request and all others, and says whether that was all that any of them can have by
    /// now; otherwise others should have a turn before it goes on. `answered` gets the numbers of those that have their
    /// answers now.
    ///
    /// # Errors
    ///
    /// If the system refuses to receive.
    pub(super) fn pump(
        &mut self,
        transport: &impl Transport,
        seq: u32,
        answered: &mut Vec<u32>,
    ) -> io::Result<bool> {
        for _ in 0..DATAGRAMS {
            self.judge(answered);
            if self.pending.len() == 1 && answered.contains(&seq) && !self.is_congested {
                // The usual case with the kernel: it saves asking whether there is more.
                return Ok(true);
            }
            match self.inbox.receive(transport, self.peer, Some(Instant::now())) {
                Ok(()) => {}
                Err(RecvError::Timeout) => {
                    self.is_congested = false;
                    self.give_up(answered);
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
    fn judge(&mut self, answered: &mut Vec<u32>) {
        while let Some((verdict, range)) = self.inbox.judge(&mut self.exchange) {
            if let Verdict::Damaged(err) = verdict {
                self.damaged(err, answered);
            }
            let pending = verdict.seq().and_then(|seq| Some((seq, self.pending.get_mut(&seq)?)));
            let Some((seq, pending)) = pending.filter(|(_, pending)| pending.answer.is_none()) else {
                continue;
            };
            if matches!(verdict, Verdict::Reply { .. }) && !pending.wants_reply {
                continue;
            }
            let says_more = !matches!(verdict, Verdict::Ack { has_warning: false, .. });
            let bytes = if says_more { self.inbox.bytes(range).into() } else { Box::default() };
            pending.answer = Some(Ok(Answer { verdict, bytes }));
            answered.push(seq);
        }
    }

    /// An answer that is damaged has ended its request; otherwise it is not known whose answers were in the datagram.
    fn damaged(&mut self, err: Error, answered: &mut Vec<u32>) {
        self.lost(Loss::Damaged(err));
        let Self { exchange, pending, .. } = self;
        fail(pending, answered, |seq, pending| {
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
    fn give_up(&mut self, answered: &mut Vec<u32>) {
        let is_only = self.pending.len() == 1;
        let Self { pending, peer, is_kernel, .. } = self;
        fail(pending, answered, |_, pending| match pending.loss {
            Some(loss) if *peer == 0 || (is_only && !matches!(loss, Loss::Overrun)) => Some(loss.into()),
            _ => (*is_kernel && !pending.may_come_later).then_some(RequestError::NoReply),
        });
    }
}

/// Fails the requests that were sent and have no answer, if there is a reason.
fn fail(
    pending: &mut BTreeMap<u32, Pending>,
    answered: &mut Vec<u32>,
    reason: impl Fn(u32, &Pending) -> Option<RequestError>,
) {
    for (&seq, pending) in
        pending.iter_mut().filter(|(_, pending)| pending.is_sent && pending.answer.is_none())
    {
        if let Some(err) = reason(seq, pending) {
            pending.answer = Some(Err(err));
            answered.push(seq);
        }
    }
}

/// How many numbers are remembered: of requests in flight, of which there are at most 512, and of those that were dropped.
const MAX_NUMBERS: usize = 1024;

/// How many datagrams are received before other tasks have a turn.
const DATAGRAMS: usize = 64;
