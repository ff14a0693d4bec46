//! A connection for one conversation of a task: the task waits, and all else is the blocking connection's.

use super::Connection as Handle;
use crate::socket::lend::Lend;
use crate::socket::{Connection, RecvError, Transport};
use std::boxed::Box;
use std::future::poll_fn;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout_at};

impl<T: Transport + 'static> Lend for Handle<T> {
    type Transport = T;
    type Lent<'c>
        = Box<Connection<T>>
    where
        Self: 'c;

    const IS_LENT: bool = false;

    async fn receive(connection: &mut Connection<T>, until: Option<Instant>) -> Result<(), RecvError> {
        // A datagram that is there already is no reason to keep the other tasks waiting for ever.
        tokio::task::consume_budget().await;
        loop {
            match connection.receive(Some(Instant::now())) {
                Err(RecvError::Timeout) if until.is_none_or(|until| Instant::now() < until) => {
                    readable(connection.transport(), until).await?;
                }
                received => return received,
            }
        }
    }

    async fn pause(time: Duration) {
        sleep(time).await;
    }
}

/// Waits until a receive would bring something, or the deadline.
async fn readable<T: Transport>(transport: &T, until: Option<Instant>) -> Result<(), RecvError> {
    let readable = poll_fn(|cx| transport.poll_readable(cx));
    let ready = match until {
        None => readable.await,
        Some(until) => timeout_at(until.into(), readable).await.unwrap_or(Ok(())),
    };
    ready.map_err(RecvError::Io)
}
