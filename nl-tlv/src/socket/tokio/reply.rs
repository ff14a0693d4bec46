//! Answers that own their bytes, so that the next request need not wait until they are read.

use crate::control::ExtAck;
use crate::schema::schema_of;
use crate::socket::RequestError;
use crate::socket::connection::answer::unreadable;
use crate::socket::connection::inbox::first_message;
use crate::{Message, ParseMessage};
use std::boxed::Box;

/// The answer to a request: a reply, or an acknowledgement and what it says beyond that.
///
/// ```
/// # use nl_tlv::socket::{Protocol, tokio::Connection};
/// use nl_tlv_families::rt_link::{GetLink, Link};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let conn = Connection::open(Protocol::ROUTE)?;
/// let reply = conn.get(&GetLink::named("lo")).await?;
/// let link: Link = reply.parse()?; // it borrows from the reply
/// assert_eq!(link.header.index, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Reply(Box<[u8]>);

impl Reply {
    pub(super) const fn new(bytes: Box<[u8]>) -> Self {
        Self(bytes)
    }

    /// The message as it is.
    ///
    /// # Errors
    ///
    /// [`RequestError::Damaged`] for an acknowledgement that says nothing more: its message is not kept.
    pub fn message(&self) -> Result<Message<'_>, RequestError> {
        first_message(&self.0).map_err(RequestError::Damaged)
    }

    /// Reads the message.
    ///
    /// # Errors
    ///
    /// [`RequestError::Answer`] if it is not an `R`.
    pub fn parse<'r, R: ParseMessage<'r>>(&'r self) -> Result<R, RequestError> {
        let message = self.message()?;
        R::parse(&message).map_err(|err| unreadable(err, schema_of(R::SCHEMAS, &message), &message))
    }

    /// What an acknowledgement says beyond that: a warning, a cookie, mostly nothing.
    #[must_use]
    pub fn ext_ack(&self) -> ExtAck<'_> {
        first_message(&self.0).map_or(ExtAck::NONE, |message| ExtAck::of(&message))
    }
}
