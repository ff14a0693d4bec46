//! Generic netlink: families by name, and what to do when a family's number has gone.

use super::answer::unreadable;
use super::collect::repeated;
use crate::control::Errno;
use crate::control::genl::{self, Family, PolicyEntry};
use crate::exchange::Expect;
use crate::schema::MessageSchema;
use crate::socket::lend::{Lend, now};
use crate::socket::{Connection, Dump, Protocol, RequestError, Transport};
use crate::{Error, Flags, Header, Message, MessageId, NlMessage, Writer};
use std::format;
use std::io;
use std::string::String;
use std::sync::PoisonError;
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
        if let Some(known) = &self.family_of_all {
            // It is replaced as a whole.
            *known.lock().unwrap_or_else(PoisonError::into_inner) = Some(family.clone());
        }
        self.family = Some(family);
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
        now(self.resolved::<Self>(name))
    }

    /// Dropped before it ends, it has asked, and the next one waits for that answer.
    async fn resolved<C: Lend<Transport = T>>(&mut self, name: &str) -> Result<Family, RequestError> {
        let is_asked = |(seq, of): &(u32, String)| of == name && self.exchange.is_waiting(*seq);
        let seq = match self.resolving.take().filter(is_asked) {
            Some((seq, _)) => seq,
            None => self.begin::<C>(&About::family(name), Expect::OneReply, Flags::empty()).await?.seq,
        };
        self.resolving = Some((seq, name.into()));
        let (_, range) = self.wait::<C>(seq).await.map_err(|err| named(err, name))?;
        described(&self.message(range)?)
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
        repeated(self.retries, || now(self.dump(&About::policies(name))?.policies()))
    }

    /// Asks for the family of the connection anew, and says whether it has another id now: its module was loaded anew.
    /// Requests of every kind do so by themselves when they are refused with [`ENOENT`](Errno::ENOENT). Its groups have
    /// new numbers then too, and are to be joined again.
    pub fn renew_family(&mut self) -> Result<bool, RequestError> {
        now(self.family_renewed::<Self>())
    }

    pub(in crate::socket) async fn family_renewed<C: Lend<Transport = T>>(
        &mut self,
    ) -> Result<bool, RequestError> {
        let Some(old) = self.family.clone() else { return Ok(false) };
        let new = self.resolved::<C>(&old.name).await?;
        let is_other = new.id != old.id;
        self.set_family(new);
        Ok(is_other)
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

impl<'c, C: Lend> Dump<'c, C> {
    /// Reads a dump of the controller's to its end.
    pub(in crate::socket) async fn policies(mut self) -> Result<Vec<PolicyEntry>, RequestError> {
        let mut entries = Vec::new();
        while let Some(message) = self.following().await? {
            genl::read_policies(&message, |entry| entries.push(entry)).map_err(RequestError::Damaged)?;
        }
        Ok(entries)
    }
}

/// A request to the controller, about the family of a name.
#[derive(Debug)]
pub(in crate::socket) struct About<'a> {
    name: &'a str,
    schema: &'static MessageSchema,
    emit: fn(&mut Writer<'_>, Header, &str) -> Result<(), Error>,
}

impl<'a> About<'a> {
    pub(in crate::socket) const fn family(name: &'a str) -> Self {
        Self { name, schema: &genl::GET_FAMILY, emit: genl::emit_get_family }
    }

    pub(in crate::socket) const fn policies(name: &'a str) -> Self {
        Self { name, schema: &genl::GET_POLICY, emit: genl::emit_get_policy }
    }
}

impl NlMessage for About<'_> {
    const SCHEMAS: &'static [&'static MessageSchema] = &[&genl::GET_FAMILY, &genl::GET_POLICY];

    fn emit_into(&self, w: &mut Writer<'_>, header: Header) -> Result<(), Error> {
        (self.emit)(w, header, self.name)
    }

    fn schema(&self) -> &'static MessageSchema {
        self.schema
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
