//! Many requests in few datagrams, and a result for each.

use super::exclusive::{patiently, receive};
use super::{AsyncSocket, AsyncTransport, Connection};
use crate::socket::connection::batch::Requests;
use crate::socket::connection::inbox::deadline;
use crate::socket::{BatchResult, Connection as Blocking, RequestError};
use crate::{Flags, NlMessage};

/// Requests that are sent together, many in one datagram, made by [`Connection::batch`](super::Connection::batch).
///
/// It sends and waits as the blocking [`Batch`](crate::socket::Batch) does. A future of it that is dropped leaves it
/// usable: what was sent stays sent, and the next call reads its answers.
///
/// ```no_run
/// # use nl_tlv::socket::{RequestError, tokio::Connection};
/// # use nl_tlv::{NewFlags, NlMessage};
/// # async fn example(conn: Connection, routes: &[impl NlMessage]) -> Result<(), RequestError> {
/// let mut batch = conn.batch()?;
/// for route in routes {
///     batch.push(route, NewFlags::CREATE | NewFlags::EXCL).await?;
/// }
/// for (at, outcome) in batch.finish().await?.iter().enumerate() {
///     if let Some(refusal) = outcome.refusal() {
///         println!("route {at}: {refusal}");
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Batch<T: AsyncTransport = AsyncSocket> {
    connection: Blocking<T>,
    requests: Requests,
    /// Knows the family that is there by now.
    handle: Connection<T>,
}

impl<T: AsyncTransport> Batch<T> {
    pub(super) fn new(mut connection: Blocking<T>, handle: Connection<T>) -> Self {
        let requests = Requests::new(&mut connection);
        Self { connection, requests, handle }
    }

    /// Adds a request; if there are enough of them, those before it are sent first and their answers read. Its result
    /// will have the place in [`results`](Self::results) that it has among the requests pushed. Dropped before it is
    /// done, it has added nothing.
    pub async fn push<M: NlMessage>(
        &mut self,
        message: &M,
        flags: impl Into<Flags>,
    ) -> Result<(), RequestError> {
        let flags = flags.into();
        if !self.requests.write(&mut self.connection, message, flags)? {
            self.flush().await?;
            self.requests.write(&mut self.connection, message, flags)?;
        }
        Ok(())
    }

    /// Sends what has not been sent, and waits for the last answers: all results, in the order of the requests.
    ///
    /// # Errors
    ///
    /// If the system refuses to send or receive; what is known all the same is in [`results`](Self::results).
    pub async fn finish(&mut self) -> Result<&[BatchResult], RequestError> {
        self.flush().await?;
        Ok(self.results())
    }

    /// The results that are known so far: of all requests but the last [`unanswered`](Self::unanswered) ones.
    #[must_use]
    pub fn results(&self) -> &[BatchResult] {
        &self.requests.results
    }

    /// How many requests wait to be sent, or for their answers.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.requests.pending.len()
    }

    async fn flush(&mut self) -> Result<(), RequestError> {
        self.send_and_wait().await?;
        let used = self.connection.family().map(|family| family.id);
        if self.requests.has_unknown(&self.connection) && self.handle.has_other_family_than(used).await {
            self.connection.set_known_family(self.handle.family());
            self.requests.repeat_unknown(&mut self.connection)?;
            self.send_and_wait().await?;
        }
        Ok(())
    }

    async fn send_and_wait(&mut self) -> Result<(), RequestError> {
        let Self { connection, requests, .. } = self;
        patiently(deadline(connection.timeout()), || requests.send(connection)).await?;
        let (mut until, mut received) = (connection.answer_deadline(), Ok(()));
        loop {
            if let Some(answered) = requests.advance(connection, &mut until, received) {
                return answered;
            }
            received = receive(connection, until).await;
        }
    }
}
