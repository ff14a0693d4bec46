//! A dump, object by object.

use super::exclusive::wait;
use super::{AsyncSocket, AsyncTransport};
use crate::exchange::Objects;
use crate::socket::connection::answer::Found;
use crate::socket::connection::dump::Progress;
use crate::socket::connection::generic::is_unknown;
use crate::socket::{Connection as Blocking, RequestError};
use crate::{Message, ParseMessage};
use std::ops::Range;

/// The objects of a dump, in the order in which the kernel sends them.
///
/// It lends, as the blocking [`Dump`](crate::socket::Dump) does, and reads a datagram only when the one before is used
/// up: a slow program makes the kernel wait. Dropping a future of it loses nothing.
///
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
#[derive(Debug)]
pub struct Dump<T: AsyncTransport = AsyncSocket> {
    connection: Blocking<T>,
    progress: Progress,
    /// The objects in the datagram that is here, which need not be judged one by one.
    objects: Option<Objects>,
    /// What came first, if that was looked at already.
    first: Option<Found>,
}

impl<T: AsyncTransport> Dump<T> {
    pub(super) const fn new(connection: Blocking<T>, seq: u32) -> Self {
        let progress = connection.progress(seq);
        Self { connection, progress, first: None, objects: None }
    }

    /// Looks at what comes first, and says whether it is that the family's id has gone. It is the next object all the
    /// same.
    pub(super) async fn is_unknown(&mut self) -> bool {
        let first = wait(&mut self.connection, self.progress.seq).await;
        let is_unknown = first.as_ref().is_err_and(is_unknown);
        self.first = Some(first);
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

    /// Whether the kernel filtered the dump as asked; known at the end. If not, the requester has to.
    #[must_use]
    pub const fn is_filtered(&self) -> bool {
        self.progress.is_filtered
    }

    async fn advance(&mut self) -> Result<Option<Range<usize>>, RequestError> {
        let next = self.objects.as_ref().and_then(|objects| self.connection.next_object(objects));
        if next.is_some() {
            return Ok(next);
        }
        if self.progress.is_ended {
            return Ok(None);
        }
        let found = match self.first.take() {
            Some(first) => first,
            None => wait(&mut self.connection, self.progress.seq).await,
        };
        let object = self.progress.object(found, self.connection.overruns());
        self.objects = self.connection.objects_here(self.progress.seq);
        object
    }
}
