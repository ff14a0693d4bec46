//! Generic netlink: families by name, and what to do when a family's number has gone.

use super::{Connection, Events};
use crate::control::genl::{Family, PolicyEntry};
use crate::exchange::Expect;
use crate::socket::connection::collect::is_worth_repeating;
use crate::socket::connection::generic::{About, described, group_of, named};
use crate::socket::connection::inbox::first_message;
use crate::socket::{Protocol, RequestError, Transport};
use crate::{Flags, MessageType};
use std::sync::{MutexGuard, PoisonError};
use std::vec::Vec;

impl Connection {
    /// Opens a connection to a family of generic netlink, by its name. Commands are sent with the id that it has now.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), nl_tlv::socket::RequestError> {
    /// use nl_tlv::MessageType;
    /// use nl_tlv::socket::tokio::Connection;
    ///
    /// let conn = Connection::generic("nlctrl").await?;
    /// assert_eq!(conn.family().map(|family| family.id), Some(MessageType(16)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError::NoSuchFamily`].
    pub async fn generic(name: &str) -> Result<Self, RequestError> {
        let conn = Self::open(Protocol::GENERIC)?;
        let family = conn.resolve(name).await?;
        conn.set_family(family);
        Ok(conn)
    }
}

impl<T: Transport + 'static> Connection<T> {
    /// The generic netlink family that the connection is for, as it is known now.
    #[must_use]
    pub fn family(&self) -> Option<Family> {
        self.lock_family().clone()
    }

    /// Sets the family that commands are sent to, for all clones: one that [`resolve`](Self::resolve) found.
    pub fn set_family(&self, family: Family) {
        *self.lock_family() = Some(family);
    }

    /// Asks the controller of generic netlink for a family.
    ///
    /// # Errors
    ///
    /// [`RequestError::NoSuchFamily`].
    pub async fn resolve(&self, name: &str) -> Result<Family, RequestError> {
        let about = About::family(name);
        let question = self.question(&about, Expect::OneReply, Flags::empty())?;
        let answer = self.shared.requests.ask(&question).await.map_err(|err| named(err, name))?;
        described(&first_message(&answer.bytes).map_err(RequestError::Damaged)?)
    }

    /// Asks for the family of the connection anew, and says whether it has another id now: its module was loaded anew.
    /// Requests, dumps and batches of the connection do so by themselves when they are refused with
    /// [`ENOENT`](crate::control::Errno::ENOENT). Its groups have new numbers then too.
    pub async fn renew_family(&self) -> Result<bool, RequestError> {
        let Some(old) = self.family() else { return Ok(false) };
        let new = self.resolve(&old.name).await?;
        let is_other = new.id != old.id;
        self.set_family(new);
        Ok(is_other)
    }

    /// The messages of a multicast group of the generic netlink family, by its name, over a socket of its own.
    ///
    /// # Errors
    ///
    /// [`RequestError::NoSuchGroup`]; as [`join`](Self::join).
    pub fn join_named(&self, group: &str) -> Result<Events<T>, RequestError> {
        let group = group_of(self.lock_family().as_ref(), group)?;
        self.join(group)
    }

    /// Asks the controller of generic netlink which attributes a family accepts, and which values, as the blocking
    /// [`policies`](crate::socket::Connection::policies).
    pub async fn policies(&self, name: &str) -> Result<Vec<PolicyEntry>, RequestError> {
        let mut retries = 0..self.retries;
        loop {
            match self.dump(&About::policies(name)).await?.policies().await {
                Err(err) if is_worth_repeating(&err) && retries.next().is_some() => {}
                policies => return policies,
            }
        }
    }

    pub(super) fn family_id(&self) -> Option<MessageType> {
        self.lock_family().as_ref().map(|family| family.id)
    }

    /// Whether the family has another id than one that was used: because another task asked anew, or by asking now.
    pub(super) async fn has_other_family_than(&self, used: Option<MessageType>) -> bool {
        self.family_id() != used || self.renew_family().await.unwrap_or(false)
    }

    pub(super) fn lock_family(&self) -> MutexGuard<'_, Option<Family>> {
        // It is replaced as a whole.
        self.shared.family.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
