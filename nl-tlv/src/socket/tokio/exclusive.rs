//! A blocking connection, driven by one task: it waits here, and all else is the connection's.

use super::Connection as Handle;
use crate::socket::connection::answer::Found;
use crate::socket::connection::send::is_full;
use crate::socket::lend::Lend;
use crate::socket::{Connection, RecvError, RequestError, Transport};
use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout_at};

/// A further connection of a handle's, for one conversation.
#[derive(Debug)]
pub struct Exclusive<T: Transport + 'static> {
    pub(super) connection: Connection<T>,
    /// Knows the family that is there by now.
    pub(super) handle: Handle<T>,
}

impl<T: Transport + 'static> Lend for Handle<T> {
    type Transport = T;
    type Lent<'c>
        = Exclusive<T>
    where
        Self: 'c;

    const IS_LENT: bool = false;
}

impl<T: Transport + 'static> Deref for Exclusive<T> {
    type Target = Connection<T>;

    fn deref(&self) -> &Connection<T> {
        &self.connection
    }
}

impl<T: Transport + 'static> DerefMut for Exclusive<T> {
    fn deref_mut(&mut self) -> &mut Connection<T> {
        &mut self.connection
    }
}

/// The next answer to a request. Dropped before, nothing is lost: what was received stays for the next call.
pub(super) async fn wait<T: Transport + 'static>(connection: &mut Connection<T>, seq: u32) -> Found {
    let mut waiting = connection.waiting(seq);
    let mut received = Ok(());
    loop {
        if let Some(found) = connection.advance(&mut waiting, received) {
            return found;
        }
        received = receive_in_time(connection, waiting.until).await;
    }
}

/// Receives the next datagram before the deadline, and none after it.
pub(super) async fn receive_in_time<T: Transport + 'static>(
    connection: &mut Connection<T>,
    until: Option<Instant>,
) -> Result<(), RecvError> {
    if connection.is_late(until) { Err(RecvError::Timeout) } else { receive(connection, until).await }
}

/// Receives the next datagram: one that is there already, or that comes before the deadline.
pub(super) async fn receive<T: Transport + 'static>(
    connection: &mut Connection<T>,
    until: Option<Instant>,
) -> Result<(), RecvError> {
    // A datagram that is there already is no reason to keep the other tasks waiting for ever.
    tokio::task::consume_budget().await;
    loop {
        match connection.receive(Some(Instant::now())) {
            Err(RecvError::Timeout) if !is_over(until) => readable(connection.transport(), until).await?,
            received => return received,
        }
    }
}

/// Waits until a receive would bring something, or the deadline.
pub(super) async fn readable<T: Transport + 'static>(
    transport: &T,
    until: Option<Instant>,
) -> Result<(), RecvError> {
    let readable = poll_fn(|cx| transport.poll_readable(cx));
    let ready = match until {
        None => readable.await,
        Some(until) => timeout_at(until.into(), readable).await.unwrap_or(Ok(())),
    };
    ready.map_err(RecvError::Io)
}

/// Sends, and tries again for a while if the peer has no room: it cannot be waited for otherwise. (The kernel always
/// has.) In the end the error is [`RequestError::Timeout`].
pub(super) async fn patiently<R>(
    until: Option<Instant>,
    mut send: impl FnMut() -> Result<R, RequestError>,
) -> Result<R, RequestError> {
    let mut pause = Duration::from_millis(1);
    loop {
        match send() {
            Err(err) if is_full(&err) => {
                if is_over(until) {
                    return Err(RequestError::Timeout);
                }
                sleep(pause).await;
                pause = pause.saturating_mul(2).min(MAX_PAUSE);
            }
            sent => return sent,
        }
    }
}

fn is_over(until: Option<Instant>) -> bool {
    until.is_some_and(|until| Instant::now() >= until)
}

/// How long it waits at most before it tries again.
const MAX_PAUSE: Duration = Duration::from_millis(32);
