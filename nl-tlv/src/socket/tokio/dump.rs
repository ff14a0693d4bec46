//! A dump, object by object.

use super::Connection;
use crate::socket::{Dump, RequestError, Transport};
use crate::{Message, ParseMessage};

/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nl_tlv::socket::{Protocol, tokio::Connection};
/// use nl_tlv_families::rt_link::{GetLink, Link};
///
/// # let conn = Connection::open(Protocol::ROUTE)?;
/// let mut links = conn.dump(&GetLink::default()).await?;
/// while let Some(link) = links.next::<Link>().await? {
///     println!("{}: {}", link.header.index, link.ifname.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
impl<T: Transport + 'static> Dump<'static, Connection<T>> {
    /// The next object, or `None` at the end.
    pub async fn next<'d, R: ParseMessage<'d>>(&'d mut self) -> Result<Option<R>, RequestError> {
        let range = self.advance().await?;
        range.map(|range| self.connection.parse(range)).transpose()
    }

    /// The next object as it is.
    pub async fn next_message(&mut self) -> Result<Option<Message<'_>>, RequestError> {
        self.following().await
    }
}
