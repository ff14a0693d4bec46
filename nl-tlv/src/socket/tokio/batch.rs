//! Many requests in few datagrams, and a result for each.

use super::Connection;
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
        self.add(message, flags.into()).await
    }

    /// As the blocking `finish`.
    pub async fn finish(&mut self) -> Result<&[Result<(), Box<RequestError>>], RequestError> {
        self.flush().await?;
        Ok(self.results())
    }
}
