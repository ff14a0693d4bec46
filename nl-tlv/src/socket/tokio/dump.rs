//! A dump, object by object.

use super::Connection;
use super::exclusive::wait;
use crate::socket::connection::dump::First;
use crate::socket::connection::generic::is_unknown;
use crate::socket::{Dump, RequestError, Transport};
use crate::{Message, ParseMessage};
use std::mem::replace;
use std::ops::Range;

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
    /// Looks at what comes first, and says whether it is that the family's id has gone. It is the next object all the
    /// same.
    pub(super) async fn is_unknown(&mut self) -> bool {
        let first = wait(&mut self.connection, self.progress.seq).await;
        let is_unknown = first.as_ref().is_err_and(is_unknown);
        self.first = First::Found(first);
        is_unknown
    }

    /// The next object, or `None` at the end.
    pub async fn next<'d, R: ParseMessage<'d>>(&'d mut self) -> Result<Option<R>, RequestError> {
        match self.advance().await? {
            Some(range) => self.connection.parse(range).map(Some),
            None => Ok(None),
        }
    }

    /// The next object as it is.
    pub async fn next_message(&mut self) -> Result<Option<Message<'_>>, RequestError> {
        match self.advance().await? {
            Some(range) => self.connection.message(range).map(Some),
            None => Ok(None),
        }
    }

    async fn advance(&mut self) -> Result<Option<Range<usize>>, RequestError> {
        let next = self.object_here();
        if next.is_some() {
            return Ok(next);
        }
        if self.progress.is_ended {
            return Ok(None);
        }
        let found = match replace(&mut self.first, First::Past) {
            First::Found(first) => first,
            _ => wait(&mut self.connection, self.progress.seq).await,
        };
        self.object(found)
    }
}
