//! A connection for two threads.

use super::inbox::Inbox;
use super::{send_datagram, write};
use crate::exchange::{Exchange, Expect, Verdict};
use crate::socket::{Connection, Family, RequestError, Socket, Transport};
use crate::{Flags, Header, Message, NlMessage};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec::Vec;

/// What both halves use.
#[derive(Debug)]
struct Shared<T> {
    transport: T,
    exchange: Mutex<Exchange>,
}

impl<T> Shared<T> {
    fn exchange(&self) -> MutexGuard<'_, Exchange> {
        // A thread that panicked left numbers behind, which are right at every moment.
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The half that sends requests.
#[derive(Debug)]
pub struct Sender<T: Transport = Socket> {
    shared: Arc<Shared<T>>,
    peer: u32,
    family: Option<Family>,
    request: Vec<u8>,
}

/// The half that gets everything that arrives.
#[derive(Debug)]
pub struct Receiver<T: Transport = Socket> {
    shared: Arc<Shared<T>>,
    inbox: Inbox,
}

pub(in crate::socket) fn split<T: Transport>(connection: Connection<T>) -> (Sender<T>, Receiver<T>) {
    let Connection { transport, mut exchange, inbox, peer, family, .. } = connection;
    exchange.set_port_id(transport.port_id());
    let shared = Arc::new(Shared { transport, exchange: Mutex::new(exchange) });
    let sender = Sender { shared: Arc::clone(&shared), peer, family, request: Vec::new() };
    (sender, Receiver { shared, inbox })
}

impl<T: Transport> Sender<T> {
    /// Sends a request, and returns the sequence number under which the other half gets the answer.
    ///
    /// # Errors
    ///
    /// If the request cannot be made, written, or sent.
    pub fn send<M: NlMessage>(
        &mut self,
        message: &M,
        expect: Expect,
        flags: impl Into<Flags>,
    ) -> Result<u32, RequestError> {
        let header = self.shared.exchange().request(expect, Header::new().flags(flags))?;
        let header = self.family.as_ref().map_or(header, |family| header.family(family.id()));
        let sent = self.write_and_send(message, header);
        if sent.is_err() {
            self.shared.exchange().forget(header.seq);
        }
        sent.map(|()| header.seq)
    }

    /// Gives up waiting for an answer; it counts as an event no more when it comes late.
    pub fn abandon(&self, seq: u32) {
        self.shared.exchange().abandon(seq);
    }

    /// What it sends and receives over.
    #[must_use]
    pub fn transport(&self) -> &T {
        &self.shared.transport
    }

    fn write_and_send<M: NlMessage>(&mut self, message: &M, header: Header) -> Result<(), RequestError> {
        write(&mut self.request, message.schema(), |w| message.emit_into(w, header))?;
        send_datagram(&self.shared.transport, &self.request, self.peer)
    }
}

impl<T: Transport> Receiver<T> {
    /// Waits for the next message of the peer, for ever, or as long as [`Socket::set_timeout`] says: what it is, and
    /// the message.
    ///
    /// # Errors
    ///
    /// [`RequestError::Overrun`] if messages were lost, [`RequestError::Truncated`] if one was too long,
    /// [`RequestError::Damaged`], and the system's; the next call goes on.
    pub fn recv(&mut self) -> Result<(Verdict, Message<'_>), RequestError> {
        let (verdict, range) = loop {
            let judged = self.inbox.judge(&mut self.shared.exchange());
            match judged {
                Some((Verdict::Foreign | Verdict::Stale | Verdict::Ignored, _)) => {}
                Some((Verdict::Damaged(err), _)) => return Err(RequestError::Damaged(err)),
                Some(judged) => break judged,
                None => self.inbox.receive(&self.shared.transport, None)?,
            }
        };
        Ok((verdict, self.inbox.message(range).map_err(RequestError::Damaged)?))
    }

    /// What it sends and receives over.
    #[must_use]
    pub fn transport(&self) -> &T {
        &self.shared.transport
    }
}
