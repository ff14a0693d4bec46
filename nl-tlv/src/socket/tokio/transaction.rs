//! Messages that are carried out as a whole or not at all.

use super::exclusive::{patiently, receive};
use super::{AsyncSocket, AsyncTransport};
use crate::socket::connection::inbox::deadline;
use crate::socket::connection::transaction::Messages;
use crate::socket::{Connection as Blocking, RequestError};
use crate::{Flags, NlMessage};

/// Messages between one that begins a transaction and one that ends it, made by
/// [`Connection::transaction`](super::Connection::transaction).
///
/// As the blocking [`Transaction`](crate::socket::Transaction), over a socket of its own. A future of
/// [`commit`](Self::commit) that is dropped may have sent the transaction.
///
/// ```no_run
/// # use nl_tlv::socket::{RequestError, tokio::Connection};
/// use nl_tlv::NewFlags;
/// use nl_tlv_families::nftables::{BatchBegin, BatchEnd, NfGenMsg, Table, TableAttrs};
///
/// # async fn example(conn: Connection) -> Result<(), RequestError> {
/// let mut transaction = conn.transaction(&BatchBegin::of_nftables(), &BatchEnd::of_nftables())?;
/// for name in ["filter", "nat"] {
///     let attrs = TableAttrs { name: Some(name.into()), ..TableAttrs::default() };
///     transaction.push(&Table { header: NfGenMsg::family(2), attrs }, NewFlags::CREATE)?;
/// }
/// transaction.commit().await // both tables, or none
/// # }
/// ```
#[derive(Debug)]
pub struct Transaction<T: AsyncTransport = AsyncSocket> {
    connection: Blocking<T>,
    messages: Messages,
}

impl<T: AsyncTransport> Transaction<T> {
    pub(super) fn new(
        mut connection: Blocking<T>,
        begin: &impl NlMessage,
        end: &impl NlMessage,
    ) -> Result<Self, RequestError> {
        let messages = Messages::new(&mut connection, begin, end)?;
        Ok(Self { connection, messages })
    }

    /// Adds a message.
    pub fn push(&mut self, message: &impl NlMessage, flags: impl Into<Flags>) -> Result<(), RequestError> {
        self.messages.push(&mut self.connection, message, flags.into())
    }

    /// Sends the transaction and reads the answers. Without messages nothing is sent.
    pub async fn commit(mut self) -> Result<(), RequestError> {
        let Self { connection, messages } = &mut self;
        if messages.is_empty() {
            return Ok(());
        }
        patiently(deadline(connection.timeout()), || messages.send(connection)).await?;
        let (until, mut received) = (connection.answer_deadline(), Ok(()));
        loop {
            if let Some(committed) = messages.advance(connection, received) {
                return committed;
            }
            received = receive(connection, until).await;
        }
    }
}
