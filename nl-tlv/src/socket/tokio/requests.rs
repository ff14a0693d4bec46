//! Many requests in flight on one socket, for many tasks.

use super::Connection;
use super::in_flight::{Answer, InFlight, Locked};
use crate::exchange::Expect;
use crate::socket::connection::answer::told;
use crate::socket::connection::batch::{ANSWER, EVENT, answers_held};
use crate::socket::connection::inbox::first_message;
use crate::socket::connection::send::{patiently, send_datagram};
use crate::socket::connection::write;
use crate::socket::{RequestError, Transport};
use crate::{Flags, Header, NlMessage};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
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
    pub(super) transport: T,
    pub(super) peer: u32,
    /// How many acknowledgements more the receive buffer surely holds.
    room: Semaphore,
    max_room: u32,
    in_flight: Arc<Locked>,
    /// Wakes all who wait.
    waker: Waker,
}

impl<T: Transport + 'static> Requests<T> {
    pub(super) fn new(transport: T, peer: u32) -> Self {
        let room = answers_held(&transport, ANSWER);
        let in_flight = Arc::new(Locked(InFlight::new(&transport, peer).into()));
        Self {
            peer,
            room: Semaphore::new(room),
            max_room: room.try_into().unwrap_or(u32::MAX),
            waker: Waker::from(Arc::clone(&in_flight)),
            in_flight,
            transport,
        }
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
        self.in_flight.lock().exchange.forget(sent.seq);
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
            let mut in_flight = self.in_flight.lock();
            let header =
                in_flight.exchange.request(question.expect, question.header).ok_or(RequestError::Busy)?;
            in_flight.add(header.seq, question.expect != Expect::Ack);
            header
        };
        // From here on, whatever goes wrong takes the number back.
        let sent = Sent { requests: self, seq: header.seq };
        write(request, question.message.schema(), |w| question.message.emit_into(w, header))?;
        send_datagram(&self.transport, request, self.peer)?;
        self.in_flight.lock().sent(header.seq);
        Ok(sent)
    }

    fn poll_answer(&self, seq: u32, cx: &mut Context<'_>) -> Poll<Result<Answer, RequestError>> {
        loop {
            let mut in_flight = self.in_flight.lock();
            let pumped = match in_flight.take(seq) {
                Some(answer) => return Poll::Ready(answer),
                None => in_flight.pump(&self.transport, seq),
            };
            let answer = in_flight.take(seq);
            let before = answer.is_none().then(|| in_flight.wait(seq, cx.waker()));
            // If there may be more, nothing else will wake the others.
            let woken = in_flight.take_woken(!matches!(pumped, Ok(true)));
            drop(in_flight);
            drop(before);
            woken.into_iter().for_each(Waker::wake);
            let readable = match (answer, pumped) {
                (Some(answer), _) => return Poll::Ready(answer),
                // Every task that waits here is woken, because the one that is may not be polled again.
                (None, Ok(true)) => self.transport.poll_readable(&mut Context::from_waker(&self.waker)),
                (None, Ok(false)) => return Poll::Pending,
                (None, Err(err)) => Poll::Ready(Err(err)),
            };
            match readable {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(err)) => {
                    self.waker.wake_by_ref();
                    return Poll::Ready(Err(err.into()));
                }
                Poll::Pending => return Poll::Pending,
            }
        }
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
        answered.unwrap_or_else(|_| Err(self.requests.in_flight.lock().too_late(self.seq)))
    }
}

impl<T: Transport + 'static> Drop for Sent<'_, T> {
    fn drop(&mut self) {
        // Whoever waited is dropped without the lock, because that may run anything.
        let waker = self.requests.in_flight.lock().drop_request(self.seq);
        drop(waker);
    }
}

/// Bytes that most requests fit, so that they are written once.
const MOSTLY: usize = 256;

/// How many acknowledgements need as much room as a reply and an acknowledgement.
const REPLY: u32 = 4;

const _: () = assert!(ANSWER + EVENT == 4 * ANSWER, "REPLY says it in acknowledgements");
