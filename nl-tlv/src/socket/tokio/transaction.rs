//! Messages that are carried out as a whole or not at all.

use super::Connection;
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
    pub async fn commit(self) -> Result<(), RequestError> {
        self.committed().await
    }
}
