//! Generic netlink: families by name, and what to do when a family's number has gone.

use super::answer::unreadable;
use super::collect::repeated;
use super::dump::First;
use super::inbox::first_message;
use crate::control::Errno;
use crate::control::genl::{self, Family, PolicyEntry};
use crate::exchange::Expect;
use crate::schema::MessageSchema;
use crate::socket::{Connection, Dump, Protocol, RequestError, Transport};
use crate::{Header, Message, MessageId};
use std::format;
use std::io;
use std::vec::Vec;

impl Connection {
    /// Opens a connection to a family of generic netlink, by its name. Commands are sent with the id that it has now.
    ///
    /// ```
    /// use nl_tlv::MessageType;
    /// use nl_tlv::socket::Connection;
    ///
    /// let conn = Connection::generic("nlctrl")?;
    /// assert_eq!(conn.family().map(|family| family.id), Some(MessageType(16)));
    /// # Ok::<(), nl_tlv::socket::RequestError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError::NoSuchFamily`].
    pub fn generic(name: &str) -> Result<Self, RequestError> {
        let mut conn = Self::open(Protocol::GENERIC)?;
        conn.family = Some(conn.resolve(name)?);
        Ok(conn)
    }
}

impl<T: Transport> Connection<T> {
    /// The generic netlink family that the connection is for.
    #[must_use]
    pub const fn family(&self) -> Option<&Family> {
        self.family.as_ref()
    }

    /// Sets the family that commands are sent to: one that [`resolve`](Self::resolve) found.
    pub fn set_family(&mut self, family: Family) {
        self.family = Some(family);
    }

    /// Sets the family, if there is one.
    #[cfg(feature = "tokio")]
    pub(in crate::socket) fn set_known_family(&mut self, family: Option<Family>) {
        self.family = family;
    }

    /// Asks the controller of generic netlink for a family.
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol};
    /// let mut conn = Connection::open(Protocol::GENERIC)?;
    /// let family = conn.resolve("nlctrl")?;
    /// println!("{} has the groups {:?}", family.name, family.groups);
    /// conn.set_family(family); // as `Connection::generic` does
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError::NoSuchFamily`].
    pub fn resolve(&mut self, name: &str) -> Result<Family, RequestError> {
        let header = self.exchange.request(Expect::OneReply, Header::new()).ok_or(RequestError::Busy)?;
        self.schema = &genl::GET_FAMILY;
        self.send_request(header, |w, header| genl::emit_get_family(w, header, name))?;
        let (_, range) = self.wait(header.seq).map_err(|err| named(err, name))?;
        described(&self.inbox.message(range).map_err(RequestError::Damaged)?)
    }

    /// Asks the controller of generic netlink which attributes a family accepts, and which values (Linux 5.10). A dump that
    /// is interrupted is made again, as in [`collect`](Self::collect).
    ///
    /// ```
    /// # use nl_tlv::socket::{Connection, Protocol};
    /// use nl_tlv::control::genl::PolicyEntry;
    ///
    /// for entry in Connection::open(Protocol::GENERIC)?.policies("nlctrl")? {
    ///     if let PolicyEntry::Attr { policy, ty, accepts } = entry {
    ///         println!("policy {policy}: attribute {ty} holds {accepts}");
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn policies(&mut self, name: &str) -> Result<Vec<PolicyEntry>, RequestError> {
        repeated(self.retries, || {
            let seq = self.start_policies(name)?;
            // The controller's number never changes.
            let mut dump = Dump::<Self>::new(self, seq, First::Past);
            let mut entries = Vec::new();
            while let Some(message) = dump.next_message()? {
                genl::read_policies(&message, |entry| entries.push(entry)).map_err(RequestError::Damaged)?;
            }
            Ok(entries)
        })
    }

    /// Begins to dump the policies of a family.
    pub(in crate::socket) fn start_policies(&mut self, name: &str) -> Result<u32, RequestError> {
        self.end_dump();
        let header = self.exchange.request(Expect::Dump, Header::new()).ok_or(RequestError::Busy)?;
        self.schema = &genl::GET_POLICY;
        self.send_request(header, |w, header| genl::emit_get_policy(w, header, name))?;
        Ok(header.seq)
    }

    /// Asks for the family of the connection anew, and says whether it has another id now: its module was loaded anew.
    /// Requests of every kind do so by themselves when they are refused with [`ENOENT`](Errno::ENOENT). Its groups have
    /// new numbers then too, and are to be joined again.
    pub fn renew_family(&mut self) -> Result<bool, RequestError> {
        let Some(old) = self.family.clone() else { return Ok(false) };
        let new = self.resolve(&old.name)?;
        let is_other = new.id != old.id;
        self.family = Some(new);
        Ok(is_other)
    }

    /// Whether a refusal came because the family's id has gone, and there is a new one.
    pub(in crate::socket) fn is_renewed_after(&mut self, err: &RequestError) -> bool {
        is_unknown(err) && self.renew_family().unwrap_or(false)
    }

    /// Asks for the family anew, and if it has another id, makes the last request again: its new number.
    ///
    /// # Errors
    ///
    /// If the request cannot be made.
    pub(in crate::socket) fn renew_and_repeat(
        &mut self,
        expect: Expect,
    ) -> Result<Option<u32>, RequestError> {
        let (request, schema) = (self.request.clone(), self.schema);
        if !self.renew_family().unwrap_or(false) {
            return Ok(None);
        }
        let request = first_message(&request).map_err(RequestError::Damaged)?;
        self.start_again(&request, schema, expect).map(Some)
    }

    /// Joins a multicast group of the generic netlink family, by name.
    ///
    /// ```
    /// # use nl_tlv::socket::Connection;
    /// let conn = Connection::generic("nlctrl")?;
    /// conn.join_named("notify")?; // families that come and go
    /// let err = conn.join_named("no such group").unwrap_err();
    /// assert!(err.to_string().ends_with("nlctrl has notify"));
    /// # Ok::<(), nl_tlv::socket::RequestError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError::NoSuchGroup`]; as [`join`](Self::join).
    pub fn join_named(&self, group: &str) -> Result<(), RequestError> {
        self.join(group_of(self.family.as_ref(), group)?)
    }
}

/// The header of a request: to the family that the connection is for, if it is for one.
///
/// # Errors
///
/// If the message is not one of generic netlink: it has a type where that family has commands.
pub(in crate::socket) fn addressed(
    header: Header,
    family: Option<&Family>,
    schema: &MessageSchema,
) -> Result<Header, RequestError> {
    let Some(family) = family else { return Ok(header) };
    match schema.id {
        MessageId::Type(ty) if ty.0 > FIRST_FAMILY && ty != family.id => {
            let text = format!(
                "{} has ty = {}, but messages of {}, a family of generic netlink, have cmd",
                schema.name, ty.0, family.name
            );
            Err(io::Error::new(io::ErrorKind::InvalidInput, text).into())
        }
        _ => Ok(header.family(family.id)),
    }
}

/// The number of the controller, which each connection can ask. Lower ones are netlink's own messages.
///
/// Source: `include/uapi/linux/genetlink.h`, `GENL_ID_CTRL`.
const FIRST_FAMILY: u16 = 16;

/// The number of a family's multicast group.
pub(in crate::socket) fn group_of(family: Option<&Family>, name: &str) -> Result<u32, RequestError> {
    family.and_then(|family| family.group(name)).ok_or_else(|| {
        let groups = family.into_iter().flat_map(|family| &family.groups).map(|group| group.0.clone());
        let of = family.map(|family| family.name.clone());
        RequestError::NoSuchGroup { name: name.into(), family: of, groups: groups.collect() }
    })
}

/// The error of asking for a family, with its name if there is none.
pub(in crate::socket) fn named(err: RequestError, name: &str) -> RequestError {
    if is_unknown(&err) { RequestError::NoSuchFamily(name.into()) } else { err }
}

/// The family that an answer of the controller describes.
pub(in crate::socket) fn described(message: &Message<'_>) -> Result<Family, RequestError> {
    Family::parse(message).map_err(|err| unreadable(err, &genl::NEW_FAMILY, message))
}

/// Whether a refusal may mean that the family's id has gone. The kernel says the same of an id that it does not know as a
/// family may say of its own objects.
pub(in crate::socket) fn is_unknown(err: &RequestError) -> bool {
    err.refusal().is_some_and(|refusal| refusal.errno() == Errno::ENOENT)
}
