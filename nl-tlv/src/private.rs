//! What generated code calls. Not for anyone else: anything here may change in any release.

pub use crate::definition::{NlAttrs, NlMessage, ParseAttrs, ParseMessage};
pub use crate::field::{Field, ParseField};
pub use crate::keyed::{KeySchema, Keyed};
pub use crate::repeat::Rest;
pub use crate::schema::{
    AttrSchema, AttrSet, Contents, Limits, MessageSchema, NumberSchema, Presence, Selector, SetRef,
    StructField, StructSchema, SubMessageSchema, ValueType,
};
pub use crate::value::{
    Be, Describe, Emit, Member, Members, Native, NlStruct, NlSubMessage, NoNul, Parse, ParseSelectedField,
    ParseSubMessage, Select, SelectedField, SelectingField, Sint, Text, Uint, Unit, alignment, offset,
    parse_struct, size,
};
pub use crate::{
    Attr, AttrType, AttrWriter, Attrs, Error, ErrorKind, Header, Message, MessageId, MessageType, Writer,
};

use crate::bytes::{add, align4, tail, to_u32};
use crate::wire::GenlMsgHdr;

/// Bits with names.
#[diagnostic::on_unimplemented(
    message = "the bits of `{Self}` have no names",
    note = "say them with `nl_tlv::bitflags::bitflags! {{ impl {Self}: u32 {{ const NAME = 1; }} }}`"
)]
pub trait NamedBits {
    /// The name and the bits of a flag, by its index.
    fn nth(i: usize) -> Option<(&'static str, i128)>;
}

#[diagnostic::do_not_recommend]
impl<T: bitflags::Flags<Bits: Into<i128>> + 'static> NamedBits for T {
    fn nth(i: usize) -> Option<(&'static str, i128)> {
        let flag = T::FLAGS.iter().filter(|flag| !flag.name().is_empty()).nth(i)?;
        Some((flag.name(), flag.value().bits().into()))
    }
}

/// What follows the headers of a message, if it is one of these, and which one it is.
///
/// # Errors
///
/// [`ErrorKind::WrongType`], or [`ErrorKind::Truncated`] if the message is too short for a command.
#[inline(always)]
pub fn contents<'a>(
    message: &Message<'a>,
    family: Option<MessageType>,
    schemas: &'static [&'static MessageSchema],
) -> Result<(Payload<'a>, &'static MessageSchema), Error> {
    let schema = match schemas {
        [schema] => schema,
        _ => match schemas.iter().find(|schema| is_message(message, family, schema.id)) {
            Some(schema) => schema,
            None => first(schemas),
        },
    };
    Ok((Payload::of(message, family, schema.id)?, schema))
}

/// The first schema; there is one for each id that the definition has.
#[must_use]
pub const fn first(schemas: &'static [&'static MessageSchema]) -> &'static MessageSchema {
    match schemas {
        [first, ..] => first,
        [] => MessageSchema::UNKNOWN,
    }
}

/// Whether a message is one of this id, and of this family if that is known. Netlink's own messages are of no family.
#[must_use]
#[inline(always)]
pub fn is_message(message: &Message<'_>, family: Option<MessageType>, id: MessageId) -> bool {
    match id {
        MessageId::Type(ty) => message.ty() == ty,
        MessageId::Command { cmd, .. } => {
            let is_family = match family {
                Some(family) => message.ty() == family,
                None => message.ty() >= MessageType::FIRST_OF_FAMILY,
            };
            let header = message.family_header::<GenlMsgHdr>();
            is_family && header.is_ok_and(|(header, _)| header.cmd == cmd)
        }
    }
}

/// The error of an enum without a variant for others that meets one.
#[cold]
#[must_use]
pub fn unknown_message(message: &Message<'_>) -> Error {
    wrong_type(4, 0, message.ty().0)
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

/// Whether messages can be told from others; for an assertion in generated code.
#[must_use]
pub const fn are_distinct(mut own: &[&MessageSchema], others: &[&[&MessageSchema]]) -> bool {
    while let [schema, rest @ ..] = own {
        let mut sets = others;
        while let [others, rest @ ..] = sets {
            if !is_distinct(schema.id, others) {
                return false;
            }
            sets = rest;
        }
        own = rest;
    }
    true
}

const fn is_distinct(id: MessageId, mut others: &[&MessageSchema]) -> bool {
    while let [other, rest @ ..] = others {
        match (id, other.id) {
            (MessageId::Type(own), MessageId::Type(other)) if own.0 != other.0 => {}
            (MessageId::Command { cmd: own, .. }, MessageId::Command { cmd: other, .. }) if own != other => {}
            _ => return false,
        }
        others = rest;
    }
    true
}

/// Several lists of schemas as one, of `N` in all.
#[must_use]
pub const fn concat<const N: usize>(
    mut lists: &[&'static [&'static MessageSchema]],
) -> [&'static MessageSchema; N] {
    let mut all = [MessageSchema::UNKNOWN; N];
    let mut len = 0;
    while let [list, rest @ ..] = lists {
        let mut list = *list;
        while let [first, rest @ ..] = list {
            if let Some((_, [slot, ..])) = all.split_at_mut_checked(len) {
                *slot = first;
            }
            len = add(len, 1);
            list = rest;
        }
        lists = rest;
    }
    all
}

/// Appends a message, the contents of which `fill` writes.
///
/// # Errors
///
/// As [`Writer::message`].
#[inline(always)]
pub fn emit_contents<M: NlMessage>(
    w: &mut Writer<'_>,
    header: Header,
    fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let (schema, room) = const { (first(M::SCHEMAS), crate::schema::room(first(M::SCHEMAS))) };
    w.message_of_about(room, schema.id, header, fill)
}

/// What the attribute of a slot selects.
#[inline]
pub fn select<T: Select>(slot: &Option<T>) -> Option<Selector<'_>> {
    slot.as_ref().map(Select::selector)
}

/// Whether a sub-message has the form that its selector selects.
///
/// # Errors
///
/// [`ErrorKind::WrongForm`].
#[inline]
pub fn check_form(
    ty: AttrType,
    selected: Option<Selector<'_>>,
    form: Selector<'_>,
    w: &AttrWriter<'_>,
) -> Result<(), Error> {
    if selected == Some(form) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::WrongForm, w.offset(), 0, 0).of_attr(ty.get()))
}

/// Whether the nests of a set that can contain itself are not too deep.
///
/// # Errors
///
/// [`ErrorKind::TooDeep`].
pub fn check_depth(attrs: Attrs<'_>, set: &'static AttrSet) -> Result<(), Error> {
    crate::schema::check_depth(attrs, set)
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
            return Err(self.truncated(len));
        }
        match schema.contents {
            Contents::Attrs(_) => Ok(self.behind(len).attrs()),
            Contents::Payload { .. } => Ok(Attrs::new(&[])),
        }
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
    pub fn header<T: NlStruct>(self) -> Result<(T, Self), Error> {
        match T::from_prefix(self.bytes) {
            Some(header) => Ok((header, self.behind(size_of::<T::Bytes>()))),
            None => Err(self.truncated(size_of::<T::Bytes>())),
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
    pub fn value<T, E>(self) -> Result<T, Error>
    where
        T: Parse<'a, E> + Describe<E>,
    {
        T::parse(Attr::new(0, self.bytes)).map_err(|err| err.payload_at(self.offset))
    }

    #[cold]
    fn truncated(&self, expected: usize) -> Error {
        Error::new(ErrorKind::Truncated, self.offset, to_u32(expected), to_u32(self.bytes.len()))
    }
}

/// A value as the whole payload of a message.
///
/// # Errors
///
/// If it cannot be said or is beyond its limits.
#[inline(always)]
pub fn emit_value<T, E>(value: &T, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error>
where
    T: Emit<E> + Describe<E>,
{
    value.check(limits).map_err(|err| err.at(w.offset()))?;
    value.emit_payload(w)
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

/// Whether a set has an attribute of this name and number; for an assertion in generated code.
#[must_use]
pub const fn has_attr(set: &AttrSet, name: &str, ty: u16) -> bool {
    let mut attrs = set.attrs;
    while let [attr, rest @ ..] = attrs {
        if attr.ty == ty && is_same(attr.name.as_bytes(), name.as_bytes()) {
            return true;
        }
        attrs = rest;
    }
    false
}

/// A constant as an attribute type.
#[must_use]
#[allow(
    clippy::panic,
    clippy::as_conversions,
    reason = "called in constants only: it is how a constant refuses"
)]
pub const fn attr_type(number: i128) -> u16 {
    match number {
        0..=0x3fff => number as u16,
        _ => panic!("an attribute type has 14 bits: at most 0x3fff"),
    }
}

/// A constant as a message type.
#[must_use]
#[allow(
    clippy::panic,
    clippy::as_conversions,
    reason = "called in constants only: it is how a constant refuses"
)]
pub const fn message_type(number: i128) -> u16 {
    match number {
        0..=0xffff => number as u16,
        _ => panic!("a message type has 16 bits: at most 65535"),
    }
}

/// A constant as a command, or its version.
#[must_use]
#[allow(
    clippy::panic,
    clippy::as_conversions,
    reason = "called in constants only: it is how a constant refuses"
)]
pub const fn command(number: i128) -> u8 {
    match number {
        0..=0xff => number as u8,
        _ => panic!("a command has 8 bits: at most 255"),
    }
}

/// The type of the attribute of this name, which is part of a key.
#[must_use]
#[allow(clippy::panic, reason = "called in constants only: it is how a constant refuses")]
pub const fn key_of(set: &AttrSet, name: &str) -> AttrType {
    let mut attrs = set.attrs;
    while let [attr, rest @ ..] = attrs {
        if is_same(attr.name.as_bytes(), name.as_bytes()) {
            return AttrType::new(attr.ty);
        }
        attrs = rest;
    }
    panic!("the set has no attribute of this name")
}

/// Whether the attribute type at this place stands before it already; for an assertion in generated code.
#[must_use]
pub const fn is_taken(types: &[u16], at: usize) -> bool {
    let Some((mut before, [ty, ..])) = types.split_at_checked(at) else { return false };
    while let [other, rest @ ..] = before {
        if *other == *ty {
            return true;
        }
        before = rest;
    }
    false
}

/// Whether numbers can limit such a value; for an assertion in generated code.
#[must_use]
pub const fn is_integer(value: ValueType) -> bool {
    use ValueType::{Be16, Be32, Be64, Bitfield32, Named, S8, S16, S32, S64, Sint, U8, U16, U32, U64, Uint};
    use ValueType::{BeS16, BeS32, BeS64};
    matches!(
        value,
        U8 | U16
            | U32
            | U64
            | Uint
            | S8
            | S16
            | S32
            | S64
            | Sint
            | Be16
            | Be32
            | Be64
            | BeS16
            | BeS32
            | BeS64
            | Bitfield32(_)
            | Named(_)
    )
}

/// Whether lengths can limit such a value; for an assertion in generated code.
#[must_use]
pub const fn has_len(value: ValueType) -> bool {
    use ValueType::{Bytes, HwAddr, NulString, String, Units};
    matches!(value, String | NulString | Bytes | HwAddr | Units { .. })
}

/// Whether some value is within the limits; for an assertion in generated code.
#[must_use]
pub const fn is_possible(limits: &Limits) -> bool {
    let is_number = match (limits.min, limits.max) {
        (Some(min), Some(max)) => min <= max,
        _ => true,
    };
    let is_len = match (limits.min_len, limits.max_len) {
        (Some(min), Some(max)) => min <= max,
        _ => true,
    };
    is_number && is_len
}

const fn is_same(mut a: &[u8], mut b: &[u8]) -> bool {
    while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}
