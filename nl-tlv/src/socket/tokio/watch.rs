//! What there is, and how it changes.

use super::Connection;
use crate::socket::{Change, RequestError, Transport, Watch};
use crate::{Keyed, NlMessage};
use std::time::Instant;

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
