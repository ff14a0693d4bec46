//! Many requests in flight on one socket, for many tasks.

use super::Connection;
use super::in_flight::{Answer, InFlight};
use super::wakers::Wakers;
use crate::exchange::Expect;
use crate::socket::connection::answer::told;
use crate::socket::connection::batch::{ANSWER, EVENT, answers_held};
use crate::socket::connection::inbox::first_message;
use crate::socket::connection::send::{patiently, send_datagram};
use crate::socket::connection::write;
use crate::socket::{RequestError, Transport};
use crate::{Flags, Header, NlMessage};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;
use std::vec::Vec;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// A request without its number.
#[derive(Debug)]
pub(super) struct Question<'m, M> {
    pub(super) message: &'m M,
    pub(super) expect: Expect,
    pub(super) header: Header,
    pub(super) timeout: Option<Duration>,
}

/// A transport, and what is in flight on it.
#[derive(Debug)]
pub(super) struct Requests<T> {
    transport: T,
    peer: u32,
    /// How many acknowledgements more the receive buffer surely holds.
    room: Semaphore,
    max_room: u32,
    in_flight: Mutex<InFlight>,
    wakers: Arc<Wakers>,
    /// Wakes all of them.
    waker: Waker,
}

impl<T: Transport + 'static> Requests<T> {
    pub(super) fn new(transport: T, peer: u32) -> Self {
        let room = answers_held(&transport, ANSWER);
        let wakers = Arc::<Wakers>::default();
        Self {
            peer,
            room: Semaphore::new(room),
            max_room: room.try_into().unwrap_or(u32::MAX),
            in_flight: Mutex::new(InFlight::new(&transport, peer)),
            waker: Waker::from(Arc::clone(&wakers)),
            wakers,
            transport,
        }
    }

    pub(super) const fn transport(&self) -> &T {
        &self.transport
    }

    /// Makes a request, and waits for its answer.
    ///
    /// # Errors
    ///
    /// The refusal; and whatever means that no answer will come.
    pub(super) async fn ask<M: NlMessage>(&self, question: &Question<'_, M>) -> Result<Answer, RequestError> {
        // The semaphore is never closed.
        let _room = self.room.acquire_many(self.room_for(question)).await.ok();
        let mut request = Vec::with_capacity(MOSTLY);
        let send = || self.send(question, &mut request);
        let sent = patiently::<Connection<T>, _>(question.timeout, send).await?;
        let answer = sent.answer(question.timeout).await?;
        let message = first_message(&answer.bytes);
        told(answer.verdict, question.message.schema(), &request, message)?;
        Ok(answer)
    }

    /// Sends a message whose answer nobody waits for, and says its number.
    pub(super) async fn tell<M: NlMessage>(&self, question: &Question<'_, M>) -> Result<u32, RequestError> {
        let mut request = Vec::with_capacity(MOSTLY);
        let send = || self.send(question, &mut request);
        let sent = patiently::<Connection<T>, _>(question.timeout, send).await?;
        // What the kernel has answered is not to take the room of the next answer.
        let _ = poll_fn(|cx| Poll::Ready(self.poll_answer(sent.seq, cx))).await;
        self.in_flight().exchange.forget(sent.seq);
        Ok(sent.seq)
    }

    /// How many acknowledgements need as much room as the answer.
    fn room_for<M>(&self, question: &Question<'_, M>) -> u32 {
        let is_echoed = question.header.flags.contains(Flags::ECHO);
        let room = if question.expect == Expect::Ack && !is_echoed { 1 } else { REPLY };
        room.min(self.max_room)
    }

    fn send<M: NlMessage>(
        &self,
        question: &Question<'_, M>,
        request: &mut Vec<u8>,
    ) -> Result<Sent<'_, T>, RequestError> {
        let header = {
            let mut in_flight = self.in_flight();
            let header =
                in_flight.exchange.request(question.expect, question.header).ok_or(RequestError::Busy)?;
            in_flight.add(header.seq, question.expect != Expect::Ack);
            header
        };
        // From here on, whatever goes wrong takes the number back.
        let sent = Sent { requests: self, seq: header.seq };
        write(request, question.message.schema(), |w| question.message.emit_into(w, header))?;
        send_datagram(&self.transport, request, self.peer)?;
        self.in_flight().sent(header.seq);
        Ok(sent)
    }

    fn poll_answer(&self, seq: u32, cx: &mut Context<'_>) -> Poll<Result<Answer, RequestError>> {
        // Before anything is looked at, so that no answer comes in between unnoticed.
        self.wakers.register(seq, cx.waker());
        let (mut answered, mut is_unfinished) = (Vec::new(), false);
        let polled = self.poll_in_flight(seq, &mut answered, &mut is_unfinished);
        let others = answered.into_iter().filter(|&of| of != seq);
        others.filter_map(|of| self.wakers.remove(of)).for_each(Waker::wake);
        if is_unfinished {
            self.waker.wake_by_ref();
        }
        polled
    }

    /// As [`poll_answer`](Self::poll_answer). `answered` gets the numbers of the requests that have their answers now;
    /// `is_unfinished` becomes true if nothing will wake the others when there is more for them.
    fn poll_in_flight(
        &self,
        seq: u32,
        answered: &mut Vec<u32>,
        is_unfinished: &mut bool,
    ) -> Poll<Result<Answer, RequestError>> {
        let mut in_flight = self.in_flight();
        loop {
            if let Some(answer) = in_flight.take(seq) {
                return Poll::Ready(answer);
            }
            let pumped = in_flight.pump(&self.transport, seq, answered);
            *is_unfinished = !matches!(pumped, Ok(true));
            if let Some(answer) = in_flight.take(seq) {
                return Poll::Ready(answer);
            }
            let readable = match pumped {
                // Every task that waits here is woken, because the one that is may not be polled again.
                Ok(true) => self.transport.poll_readable(&mut Context::from_waker(&self.waker)),
                Ok(false) => Poll::Pending,
                Err(err) => Poll::Ready(Err(err)),
            };
            if let Err(err) = ready!(readable) {
                *is_unfinished = true;
                return Poll::Ready(Err(err.into()));
            }
        }
    }

    fn in_flight(&self) -> MutexGuard<'_, InFlight> {
        // Nothing in there can panic half way.
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that was sent. Dropped, it is waited for no more.
struct Sent<'r, T: Transport + 'static> {
    requests: &'r Requests<T>,
    seq: u32,
}

impl<T: Transport + 'static> Sent<'_, T> {
    async fn answer(self, time: Option<Duration>) -> Result<Answer, RequestError> {
        let answer = poll_fn(|cx| self.requests.poll_answer(self.seq, cx));
        let Some(time) = time else { return answer.await };
        let answered = timeout(time, answer).await;
        answered.unwrap_or_else(|_| Err(self.requests.in_flight().too_late(self.seq)))
    }
}

impl<T: Transport + 'static> Drop for Sent<'_, T> {
    fn drop(&mut self) {
        self.requests.in_flight().drop_request(self.seq);
        drop(self.requests.wakers.remove(self.seq));
    }
}

/// Bytes that most requests fit, so that they are written once.
const MOSTLY: usize = 256;

/// How many acknowledgements need as much room as a reply and an acknowledgement.
const REPLY: u32 = 4;

const _: () = assert!(ANSWER + EVENT == 4 * ANSWER, "REPLY says it in acknowledgements");
