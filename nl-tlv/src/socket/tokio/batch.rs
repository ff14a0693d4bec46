//! Many requests in few datagrams, and a result for each.

use super::Connection;
use super::exclusive::{Exclusive, patiently, receive_in_time};
use crate::socket::connection::inbox::deadline;
use crate::socket::{Batch, RequestError, Transport};
use crate::{Flags, NlMessage};
use std::boxed::Box;

impl<T: Transport + 'static> Batch<'static, Connection<T>> {
    /// As the blocking `push`.
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

    /// As the blocking `finish`.
    pub async fn finish(&mut self) -> Result<&[Result<(), Box<RequestError>>], RequestError> {
        self.flush().await?;
        Ok(self.results())
    }

    async fn flush(&mut self) -> Result<(), RequestError> {
        self.send_and_wait().await?;
        let Self { connection: Exclusive { connection, handle }, requests } = self;
        let used = connection.family().map(|family| family.id);
        if requests.has_unknown(connection) && handle.has_other_family_than(used).await {
            connection.set_known_family(handle.family());
            requests.repeat_unknown(connection)?;
            self.send_and_wait().await?;
        }
        Ok(())
    }

    async fn send_and_wait(&mut self) -> Result<(), RequestError> {
        let Self { connection, requests } = self;
        patiently(deadline(connection.timeout()), || requests.send(connection)).await?;
        let (mut until, mut received) = (connection.answer_deadline(), Ok(()));
        loop {
            if let Some(answered) = requests.advance(connection, &mut until, received) {
                return answered;
            }
            received = receive_in_time(connection, until).await;
        }
    }
}
