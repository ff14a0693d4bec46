//! What a conversation has of the connection that makes it, and how it waits.
//!
//! Dumps, batches, transactions and watches are written once, as async functions. A blocking connection is lent to them and
//! waits within each call. One for tasks opens a further connection, and its task waits.

use super::{Connection, RecvError, Transport};
use std::ops::DerefMut;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// A connection: [`Connection`], or the one for tasks.
pub trait Lend: Sized {
    /// What it sends and receives over.
    type Transport: Transport;

    /// What a conversation has of it.
    type Lent<'c>: DerefMut<Target = Connection<Self::Transport>>
    where
        Self: 'c;

    /// Whether the connection is used on when the conversation is over.
    const IS_LENT: bool;

    /// Receives the next datagram, if one comes before the deadline. Dropped before it ends, it has received none.
    fn receive(
        connection: &mut Connection<Self::Transport>,
        until: Option<Instant>,
    ) -> impl Future<Output = Result<(), RecvError>>;

    /// Lets a moment pass.
    fn pause(time: Duration) -> impl Future<Output = ()>;
}

impl<T: Transport> Lend for Connection<T> {
    type Transport = T;
    type Lent<'c>
        = &'c mut Self
    where
        Self: 'c;

    const IS_LENT: bool = true;

    async fn receive(connection: &mut Self, until: Option<Instant>) -> Result<(), RecvError> {
        connection.receive(until)
    }

    async fn pause(time: Duration) {
        std::thread::sleep(time);
    }
}

/// The result of a conversation over a blocking connection, which waits nowhere but within the first poll.
pub(super) fn now<R>(conversation: impl Future<Output = R>) -> R {
    let mut conversation = pin!(conversation);
    loop {
        if let Poll::Ready(result) = conversation.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return result;
        }
    }
}
