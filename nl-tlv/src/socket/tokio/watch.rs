//! What there is, and how it changes.

use super::exclusive::receive;
use super::{AsyncSocket, AsyncTransport, Connection};
use crate::socket::watch::following::{Following, Next};
use crate::socket::{Change, Connection as Blocking, RecvError, RequestError};
use crate::{Keyed, NlMessage};
use std::boxed::Box;
use std::fmt;
use std::time::Instant;

/// A set of objects that is kept equal to the peer's, over a socket of its own: as the blocking
/// [`Watch`](crate::socket::Watch). A future of it that is dropped loses nothing, so that it can stand in a `select!`.
///
/// ```no_run
/// # use nl_tlv::Keyed;
/// # use nl_tlv::NlMessage;
/// # use nl_tlv::socket::{Change, RequestError, tokio::{Connection, Watch}};
/// # async fn example<Link: Keyed>(conn: Connection, link_get: impl NlMessage) -> Result<(), RequestError> {
/// let mut links = Watch::<Link>::new(&conn, &link_get)?;
/// loop {
///     let is_new = matches!(links.change().await?, Change::Added(_));
///     if is_new {
///         println!("a link more, {} in all", links.len());
///     }
/// }
/// # }
/// ```
pub struct Watch<O: Keyed, T: AsyncTransport = AsyncSocket> {
    connection: Blocking<T>,
    following: Following<O>,
}

impl<O: Keyed, T: AsyncTransport> Watch<O, T> {
    /// A watch with the request that dumps the objects. It joins the [groups](Keyed::GROUPS) of the definition. A derived
    /// definition names none: call [`join`](Self::join), otherwise the watch hears of no change.
    ///
    /// # Errors
    ///
    /// As the blocking [`new`](crate::socket::Watch::new); if the socket cannot be opened.
    pub fn new<M: NlMessage>(connection: &Connection<T>, request: &M) -> Result<Self, RequestError> {
        let connection = connection.exclusive()?;
        let following = Following::new(&connection, request)?;
        Ok(Self { connection, following })
    }

    /// Keeps only the objects for which `filter` returns true, as the blocking [`filter`](crate::socket::Watch::filter).
    #[must_use]
    pub fn filter(mut self, filter: impl for<'a> FnMut(&O::View<'a>) -> bool + Send + 'static) -> Self {
        self.following.set_filter(Box::new(filter));
        self
    }

    /// Joins one more multicast group, by number: for definitions that do not name theirs.
    pub fn join(&self, group: u32) -> Result<(), RequestError> {
        self.connection.join(group)
    }

    /// Waits for the next change, without a time limit. The first changes add all objects of the peer.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use nl_tlv::socket::tokio::{Connection, Watch};
    /// use nl_tlv::socket::{Change, Protocol};
    /// use nl_tlv_families::watch::Links;
    ///
    /// let conn = Connection::open(Protocol::ROUTE)?;
    /// let mut links = Watch::<Links>::new(&conn, &Links::request())?;
    /// assert!(matches!(links.change().await?, Change::Added(_)));
    /// assert!(links.objects().any(|link| link.ifname.unwrap() == "lo"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn change(&mut self) -> Result<Change<O::View<'_>>, RequestError> {
        self.change_before(None).await
    }

    /// As [`change`](Self::change), until the deadline.
    ///
    /// # Errors
    ///
    /// [`RequestError::Timeout`] if nothing changed; as [`change`](Self::change).
    pub async fn change_deadline(&mut self, deadline: Instant) -> Result<Change<O::View<'_>>, RequestError> {
        self.change_before(Some(deadline)).await
    }

    /// The objects, as the blocking [`objects`](crate::socket::Watch::objects).
    pub fn objects(&self) -> impl Iterator<Item = O::View<'_>> {
        self.following.views()
    }

    /// How many objects there are, those that cannot be read among them.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.following.len()
    }

    /// Whether there is no object.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How often it has dumped the objects, as the blocking [`dumps`](crate::socket::Watch::dumps).
    #[must_use]
    pub const fn dumps(&self) -> u64 {
        self.following.dumps()
    }

    /// Whether all changes that were received have been reported, and no dump is running or needed.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.following.is_current()
    }

    async fn change_before(
        &mut self,
        deadline: Option<Instant>,
    ) -> Result<Change<O::View<'_>>, RequestError> {
        let mut received = Ok(());
        loop {
            match self.following.advance(&mut self.connection, received)? {
                Next::Tell => {
                    if self.following.tell()? {
                        return self.following.told().ok_or(RequestError::Timeout);
                    }
                    received = Ok(());
                }
                Next::Receive(until) => {
                    let first = [until, deadline].into_iter().flatten().min();
                    received = receive(&mut self.connection, first).await;
                    if matches!(received, Err(RecvError::Timeout)) && Next::is_over(until, deadline) {
                        return Err(RequestError::Timeout);
                    }
                }
            }
        }
    }
}

impl<O: Keyed, T: AsyncTransport> fmt::Debug for Watch<O, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Watch");
        f.field("objects", &self.len()).field("is_current", &self.is_current()).finish()
    }
}
