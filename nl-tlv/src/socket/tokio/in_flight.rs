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

/// How far receiving went.
#[derive(Debug)]
pub(super) enum Pumped {
    /// The answer is here, and no other request waits for one.
    Enough,
    /// Nothing more is there.
    Dry,
    /// There may be more; others should have a turn.
    More,
    /// The system refused to receive.
    Failed(io::Error),
}

/// The requests in flight, and the numbers of those that nobody waits for any more.
#[derive(Debug)]
pub(super) struct InFlight {
    pub(super) exchange: Exchange<MAX_NUMBERS>,
    inbox: Inbox,
    pending: BTreeMap<u32, Pending>,
    peer: u32,
    /// Whether the peer answers before the request's send returns, as the kernel does.
    answers_at_once: bool,
    /// Whether the peer is the kernel, for which nothing has to wait.
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
            answers_at_once: peer == 0,
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

    /// Receives what is there, for one request and all others. `answered` gets the numbers of those that have their
    /// answers now.
    pub(super) fn pump(&mut self, transport: &impl Transport, seq: u32, answered: &mut Vec<u32>) -> Pumped {
        for _ in 0..DATAGRAMS {
            self.judge(answered);
            if self.pending.len() == 1 && answered.contains(&seq) && !self.is_congested {
                // The usual case with the kernel: it saves asking whether there is more.
                return Pumped::Enough;
            }
            match self.inbox.receive(transport, self.peer, Some(Instant::now())) {
                Ok(()) => {}
                Err(RecvError::Timeout) => {
                    self.is_congested = false;
                    self.give_up(answered);
                    return Pumped::Dry;
                }
                Err(RecvError::Overrun) => {
                    self.is_congested = true;
                    self.lost(Loss::Overrun);
                }
                Err(RecvError::Truncated { needed, .. }) => self.lost(Loss::Truncated { needed }),
                Err(RecvError::Io(err)) => return Pumped::Failed(err),
            }
        }
        Pumped::More
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
        fail(pending, answered, |seq, _| !exchange.is_waiting(seq));
    }

    fn lost(&mut self, loss: Loss) {
        for pending in self.pending.values_mut() {
            pending.loss = pending.loss.or(Some(loss));
        }
    }

    /// Nothing more is there: an answer that should be is lost. A peer in user space may still send it, unless something
    /// came that can only have been the answer.
    fn give_up(&mut self, answered: &mut Vec<u32>) {
        let (at_once, is_only) = (self.answers_at_once, self.pending.len() == 1);
        fail(&mut self.pending, answered, |_, loss| at_once || (is_only && !matches!(loss, Loss::Overrun)));
        let is_kernel = self.is_kernel;
        let waiting = self.pending.iter_mut().filter(|(_, pending)| is_kernel && pending.is_sent);
        for (&seq, pending) in
            waiting.filter(|(_, pending)| !pending.may_come_later && pending.answer.is_none())
        {
            pending.answer = Some(Err(RequestError::NoReply));
            answered.push(seq);
        }
    }
}

/// Fails the requests whose answers may be lost, and that are chosen.
fn fail(
    pending: &mut BTreeMap<u32, Pending>,
    answered: &mut Vec<u32>,
    is_chosen: impl Fn(u32, Loss) -> bool,
) {
    for (&seq, pending) in pending {
        let loss = pending.loss.filter(|_| pending.is_sent && pending.answer.is_none());
        if let Some(loss) = loss.filter(|&loss| is_chosen(seq, loss)) {
            pending.answer = Some(Err(loss.into()));
            answered.push(seq);
        }
    }
}

/// How many numbers are remembered: of requests in flight, of which there are at most 512, and of those that were dropped.
const MAX_NUMBERS: usize = 1024;

/// How many datagrams are received before other tasks have a turn.
const DATAGRAMS: usize = 64;
