//! Dumps, batches, transactions and watches of tasks: what they do is written where the blocking ones are, and awaited here.

use super::Connection;
use crate::socket::{Batch, Change, Dump, RequestError, Transaction, Transport, Watch};
use crate::{Flags, Keyed, Message, NlMessage, ParseMessage};
use std::boxed::Box;
use std::time::Instant;

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

impl<T: Transport + 'static> Connection<T> {
    /// A set of objects that is kept equal to the peer's, over a socket of its own. It joins the
    /// [groups](Keyed::GROUPS) of the definition. A derived definition names none: call [`join`](Watch::join), otherwise
    /// the watch hears of no change.
    ///
    /// # Errors
    ///
    /// As the blocking [`watch`](crate::socket::Connection::watch); if the socket cannot be opened.
    pub fn watch<O: Keyed>(&self, request: &impl NlMessage) -> Result<Watch<O, Self>, RequestError> {
        Watch::new(self.open_blocking()?, request)
    }
}

impl<O: Keyed, T: Transport + 'static> Watch<O, Connection<T>> {
    /// As the blocking `change`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use nl_tlv::socket::tokio::Connection;
    /// use nl_tlv::socket::{Change, Protocol};
    /// use nl_tlv_families::watch::Links;
    ///
    /// let conn = Connection::open(Protocol::ROUTE)?;
    /// let mut links = conn.watch::<Links>(&Links::request())?;
    /// assert!(matches!(links.change().await?, Change::Added(_)));
    /// assert!(links.objects().any(|link| link.ifname.unwrap() == "lo"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn change(&mut self) -> Result<Change<O::View<'_>>, RequestError> {
        self.wait(None).await?;
        self.following.told().ok_or(RequestError::Timeout)
    }

    /// As the blocking `change_deadline`.
    pub async fn change_deadline(&mut self, deadline: Instant) -> Result<Change<O::View<'_>>, RequestError> {
        self.wait(Some(deadline)).await?;
        self.following.told().ok_or(RequestError::Timeout)
    }
}
