//! Messages that are carried out as a whole or not at all.

use super::Connection;
use super::exclusive::{patiently, receive_in_time};
use crate::socket::connection::inbox::deadline;
use crate::socket::{RequestError, Transaction, Transport};

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
impl<T: Transport + 'static> Transaction<'static, Connection<T>> {
    /// As the blocking `commit`.
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
            received = receive_in_time(connection, until).await;
        }
    }
}
