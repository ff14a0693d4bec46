//! The traits that the derives implement: [`NlMessage`] for messages, [`NlAttrs`] for attributes.
//!
//! What is written has no lifetime; reading is a second trait with the lifetime of the bytes: [`ParseMessage`],
//! [`ParseAttrs`].

pub(crate) mod contents;

use crate::schema::{AttrSet, MessageSchema, SetRef, ValueType};
use crate::value::Parse;
use crate::{AttrWriter, Attrs, Error, Header, Message, MessageType, Writer};
use contents::contents;

/// A message, defined by a struct with `#[derive(NlMessage)]`, or one of several messages, defined by an enum with it.
///
/// An enum tells its messages apart by type or command. Since a request and its answer may have different ones, an enum
/// is of what one side receives.
///
/// ```
/// use nl_tlv::{Flags, Header, Messages, NlMessage};
///
/// #[derive(NlMessage, Debug, PartialEq)]
/// #[nl(ty = 20)]
/// struct Room<'a> {
///     #[nl(attr = 1)]
///     name: &'a str,
///     #[nl(attr = 2)]
///     degrees: Option<u8>,
/// }
///
/// let mut buf = [0; 64];
/// let room = Room { name: "attic", degrees: Some(19) };
/// let bytes = room.emit(&mut buf, Header::request().flags(Flags::ACK))?;
///
/// let message = Messages::new(bytes).next().unwrap()?;
/// assert_eq!(Room::parse(&message)?, room);
/// for attr in Room::attrs(&message)? {
///     match attr? {
///         RoomAttr::Name(name) => println!("{name}"),
///         RoomAttr::Degrees(degrees) => println!("{degrees} degrees"),
///         other => println!("{other:?}"), // an attribute that `Room` does not have
///     }
/// }
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a netlink message",
    note = "add `#[derive(NlMessage)]`"
)]
pub trait NlMessage {
    /// What it consists of: one schema for each type or command that it can have. The first is that of a struct when
    /// it is written.
    const SCHEMAS: &'static [&'static MessageSchema];

    /// Appends the message to others in one buffer.
    ///
    /// # Errors
    ///
    /// If a value cannot be represented or is outside its limits, or the buffer is too small. The error then has the
    /// size that is needed, and what was written before is intact.
    fn emit_into(&self, w: &mut Writer<'_>, header: Header) -> Result<(), Error>;

    /// What this message consists of. For a message that is kept as bytes, it is
    /// [`MessageSchema::UNKNOWN`](crate::schema::MessageSchema::UNKNOWN).
    #[must_use]
    #[inline]
    fn schema(&self) -> &'static MessageSchema {
        Self::SCHEMAS.first().copied().unwrap_or(MessageSchema::UNKNOWN)
    }

    /// Writes the message into `buf` and returns its bytes.
    ///
    /// # Errors
    ///
    /// As [`emit_into`](Self::emit_into).
    #[inline]
    fn emit<'b>(&self, buf: &'b mut [u8], header: Header) -> Result<&'b [u8], Error> {
        let mut w = Writer::new(buf);
        self.emit_into(&mut w, header)?;
        Ok(w.finish())
    }

    /// Reads a message. Unknown attributes are skipped (a field `rest` keeps them).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongType`](crate::ErrorKind::WrongType) for another message, unless the enum has a variant for
    /// others. Other errors if the framing is damaged, a required attribute is missing, or a value does not have its
    /// type.
    #[inline]
    fn parse<'a>(message: &Message<'a>) -> Result<Self, Error>
    where
        Self: ParseMessage<'a>,
    {
        Self::parse_in(message, None)
    }

    /// The attributes of a message, one at a time and typed. Unknown ones pass through.
    ///
    /// # Errors
    ///
    /// If it is another message, or too short for its family header.
    #[inline]
    fn attrs<'a>(message: &Message<'a>) -> Result<Attrs<'a, Self::Attr>, Error>
    where
        Self: ParseMessage<'a>,
    {
        let (payload, schema) = contents(message, None, Self::SCHEMAS)?;
        payload.attrs_of(schema).map(Attrs::typed)
    }
}

/// The reading side of [`NlMessage`], implemented with the same derive. Its methods are called through `NlMessage`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a netlink message that can be read",
    note = "add `#[derive(NlMessage)]`"
)]
pub trait ParseMessage<'a>: NlMessage + Sized {
    /// One attribute of it, typed: the companion enum. Where there is none, the attribute as it is.
    type Attr: Parse<'a>;

    /// As [`NlMessage::parse`], for a generic netlink family whose id is known: a message of another family is another
    /// message.
    ///
    /// # Errors
    ///
    /// As [`NlMessage::parse`].
    fn parse_in(message: &Message<'a>, family: Option<MessageType>) -> Result<Self, Error>;
}

/// Attributes, defined with `#[derive(NlAttrs)]`: a struct is a set of them, to be nested or shared by messages; an
/// enum, and the companion of a struct, is one out of a set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of netlink attributes",
    note = "add `#[derive(NlAttrs)]`"
)]
pub trait NlAttrs {
    /// The set.
    const SCHEMA: &'static AttrSet;

    /// Appends the attributes, or the one attribute.
    ///
    /// # Errors
    ///
    /// If a value cannot be represented or is outside its limits.
    fn emit_attrs(&self, w: &mut AttrWriter<'_>) -> Result<(), Error>;
}

/// The reading side of a set of attributes. (One attribute is read as any value: [`Attr::parse`](crate::Attr::parse).)
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of netlink attributes that can be read",
    note = "add `#[derive(NlAttrs)]` to a struct"
)]
pub trait ParseAttrs<'a>: NlAttrs + Sized {
    /// One attribute of it, typed: the companion enum. Where there is none, the attribute as it is.
    type Attr: Parse<'a>;

    /// Reads the set.
    ///
    /// # Errors
    ///
    /// If the framing is damaged, a required attribute is missing, or a value does not have its type.
    fn parse_attrs(attrs: Attrs<'a>) -> Result<Self, Error>;

    /// The attributes, one at a time and typed. Unknown ones pass through.
    #[inline]
    fn attrs(attrs: Attrs<'a>) -> Attrs<'a, Self::Attr> {
        attrs.typed()
    }
}

/// The type of a definition as a nest. The compiler can only say what `set` is if it is finite, so it is read here. The
/// reference to it is one function, where a closure of each definition would be three.
#[must_use]
pub const fn nest<T: NlAttrs>(set: &AttrSet) -> ValueType {
    const fn schema<T: NlAttrs>() -> &'static AttrSet {
        T::SCHEMA
    }
    let _ = set.name.len();
    ValueType::Nested(SetRef::new(
        const {
            let schema: fn() -> &'static AttrSet = schema::<T>;
            &{ schema }
        },
    ))
}
