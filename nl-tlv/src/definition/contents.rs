//! The contents of a message: what follows its headers. Called by the derives.

use super::{NlAttrs, NlMessage};
use crate::bytes::{align4, tail, to_u32};
use crate::schema::assertions::first;
use crate::schema::level::check_written_depth;
use crate::schema::{MessageSchema, size_hint};
use crate::wire::GenlMsgHdr;
use crate::{
    Attr, AttrWriter, Attrs, Error, ErrorKind, Header, Message, MessageId, MessageType, NlStruct, Writer,
};

/// What follows the headers of a message, if it is one of these, and which one it is.
///
/// # Errors
///
/// [`ErrorKind::WrongType`], or [`ErrorKind::Truncated`] if the message is too short for a command.
#[inline(always)]
pub(crate) fn contents<'a>(
    message: &Message<'a>,
    family: Option<MessageType>,
    schemas: &'static [&'static MessageSchema],
) -> Result<(Payload<'a>, &'static MessageSchema), Error> {
    let schema = match schemas {
        [schema] => schema,
        _ => *schemas.iter().find(|own| is_message(message, family, own.id)).unwrap_or(&first(schemas)),
    };
    Ok((Payload::of(message, family, schema.id)?, schema))
}

/// What follows the headers of a message, but for its family header.
///
/// # Errors
///
/// [`ErrorKind::WrongType`], or [`ErrorKind::Truncated`] if the message is too short for a command.
#[inline(always)]
pub fn payload<'a, M: NlMessage>(
    message: &Message<'a>,
    family: Option<MessageType>,
) -> Result<Payload<'a>, Error> {
    Ok(contents(message, family, M::SCHEMAS)?.0)
}

/// The family header of a message, and what follows it.
///
/// # Errors
///
/// As [`payload`]; [`ErrorKind::Truncated`] if the message is too short for the header.
#[inline(always)]
pub fn headed<'a, M: NlMessage, H: NlStruct>(
    message: &Message<'a>,
    family: Option<MessageType>,
) -> Result<(H, Payload<'a>), Error> {
    payload::<M>(message, family)?.header()
}

/// Whether a message is one of this id, and of this family if that is known. Netlink's own messages are of no family.
#[must_use]
#[inline(always)]
pub fn is_message(message: &Message<'_>, family: Option<MessageType>, id: MessageId) -> bool {
    match id {
        MessageId::Type(ty) => message.ty() == ty,
        MessageId::Command { cmd, .. } => {
            let header = message.family_header::<GenlMsgHdr>();
            is_of_family(message, family) && header.is_ok_and(|(header, _)| header.cmd == cmd)
        }
    }
}

#[inline(always)]
fn is_of_family(message: &Message<'_>, family: Option<MessageType>) -> bool {
    family.map_or(message.ty() >= MessageType::FIRST_OF_FAMILY, |family| message.ty() == family)
}

/// The error of an enum without a variant for others that meets one; it expects 0, because the enum has several.
#[cold]
#[must_use]
pub fn unknown_message(
    message: &Message<'_>,
    family: Option<MessageType>,
    schemas: &[&MessageSchema],
) -> Error {
    let is_command = schemas.iter().any(|schema| matches!(schema.id, MessageId::Command { .. }));
    match message.family_header::<GenlMsgHdr>() {
        Ok((header, _)) if is_command && is_of_family(message, family) => {
            wrong_type(16, 0, header.cmd.into())
        }
        _ => wrong_type(4, 0, message.ty().0),
    }
}

/// Appends a message as it was read, under another header.
///
/// # Errors
///
/// As [`Writer::message`].
pub fn emit_message(message: &Message<'_>, w: &mut Writer<'_>, header: Header) -> Result<(), Error> {
    w.message(message.ty().into(), header, |w| w.bytes(message.payload()))
}

/// Whether a message is one of these.
#[must_use]
#[inline(always)]
pub fn is_one_of(message: &Message<'_>, family: Option<MessageType>, schemas: &[&MessageSchema]) -> bool {
    schemas.iter().any(|schema| is_message(message, family, schema.id))
}

/// Appends a message, the contents of which `fill` writes.
///
/// # Errors
///
/// As [`Writer::message`]; [`ErrorKind::TooDeep`] for nests that no reader would look into.
#[inline(always)]
pub fn emit_contents<M: NlMessage>(
    w: &mut Writer<'_>,
    header: Header,
    fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let (schema, size) = const { (first(M::SCHEMAS), size_hint(first(M::SCHEMAS))) };
    w.message_with_hint(size, schema.id, header, |w| {
        fill(w)?;
        if w.is_recursive { check_written_depth(schema, w.written()) } else { Ok(()) }
    })
}

/// Appends a message whose contents are one set.
///
/// # Errors
///
/// As [`emit_contents`].
#[inline(always)]
pub fn emit_set<M: NlMessage, S: NlAttrs>(w: &mut Writer<'_>, header: Header, set: &S) -> Result<(), Error> {
    emit_contents::<M>(w, header, |w| set.emit_attrs(w))
}

/// Appends a message whose contents are a family header and one set.
///
/// # Errors
///
/// As [`emit_contents`].
#[inline(always)]
pub fn emit_headed<M: NlMessage, H: NlStruct, S: NlAttrs>(
    w: &mut Writer<'_>,
    header: Header,
    family_header: &H,
    set: &S,
) -> Result<(), Error> {
    emit_contents::<M>(w, header, |w| {
        w.family_header(family_header)?;
        set.emit_attrs(w)
    })
}

/// The verdict of a message's own check (key `check`), or of the limits of its payload; its error is at the place of what is
/// not yet written.
///
/// # Errors
///
/// As the check.
#[inline(always)]
pub fn checked(verdict: Result<(), Error>, w: &AttrWriter<'_>) -> Result<(), Error> {
    verdict.map_err(|err| err.at(w.offset()))
}

/// What follows the headers of a message.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a> {
    bytes: &'a [u8],
    offset: u32,
}

impl<'a> Payload<'a> {
    /// What follows the `nlmsghdr` and `genlmsghdr` of a message, if it has this id.
    #[inline(always)]
    fn of(message: &Message<'a>, family: Option<MessageType>, id: MessageId) -> Result<Self, Error> {
        match (id, family) {
            (MessageId::Type(ty), _) if message.ty() == ty => {
                Ok(Self { bytes: message.payload(), offset: 16 })
            }
            (MessageId::Type(ty), _) => Err(wrong_type(4, ty.0, message.ty().0)),
            (_, Some(family)) if message.ty() != family => Err(wrong_type(4, family.0, message.ty().0)),
            (MessageId::Command { cmd, .. }, _) => {
                let (header, _) = message.family_header::<GenlMsgHdr>()?;
                match header.cmd == cmd {
                    true => Ok(Self { bytes: tail(message.payload(), 4), offset: 20 }),
                    false => Err(wrong_type(16, cmd.into(), header.cmd.into())),
                }
            }
        }
    }

    /// The attributes behind the family header of such a message; none if it has a payload instead.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Truncated`] if it is too short for the family header.
    #[inline(always)]
    pub fn attrs_of(self, schema: &MessageSchema) -> Result<Attrs<'a>, Error> {
        let len = schema.header.map_or(0, |header| header.len);
        if self.bytes.len() < len {
            return Err(truncated(self.offset, len, self.bytes.len()));
        }
        Ok(if schema.payload.is_none() { self.behind(len).attrs() } else { Attrs::new(&[]) })
    }

    /// What follows a header of this length and its padding.
    #[inline(always)]
    fn behind(self, len: usize) -> Self {
        let len = align4(len);
        Self { bytes: tail(self.bytes, len), offset: self.offset.saturating_add(to_u32(len)) }
    }

    /// The family header, and what follows it and its padding.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Truncated`].
    #[inline(always)]
    fn header<T: NlStruct>(self) -> Result<(T, Self), Error> {
        match T::from_prefix(self.bytes) {
            Some(header) => Ok((header, self.behind(size_of::<T::Bytes>()))),
            None => Err(truncated(self.offset, size_of::<T::Bytes>(), self.bytes.len())),
        }
    }

    /// All of it as attributes.
    #[must_use]
    #[inline(always)]
    pub fn attrs(self) -> Attrs<'a> {
        Attrs::at(self.bytes, self.offset)
    }

    /// All of it as one value.
    ///
    /// # Errors
    ///
    /// If it does not have this type.
    #[inline(always)]
    pub fn value<T>(self, parse: impl FnOnce(Attr<'a>) -> Result<T, Error>) -> Result<T, Error> {
        parse(Attr::new(0, self.bytes)).map_err(|err| err.payload_at(self.offset))
    }
}

/// By value: a reference to the payload would have it written to memory for each message.
#[cold]
fn truncated(offset: u32, expected: usize, found: usize) -> Error {
    Error::new(ErrorKind::Truncated, offset, to_u32(expected), to_u32(found))
}

/// The error of an enum without a variant for others that meets one.
///
/// # Errors
///
/// Always.
#[cold]
pub fn unknown_attr<T>(attr: Attr<'_>) -> Result<T, Error> {
    Err(attr.error(ErrorKind::UnknownAttr, 0, attr.ty().get().into()))
}

#[cold]
fn wrong_type(offset: u32, expected: u16, found: u16) -> Error {
    Error::new(ErrorKind::WrongType, offset, expected.into(), found.into())
}
