//! Most messages of the families: a number, and one set of attributes behind it. They are two generic types, and each
//! message is an alias of one of them, which the compiler reads faster than six hundred structs.

use core::fmt::{Debug, Formatter};
use core::ops::{Deref, DerefMut};

use nl_tlv::__private::{emit_headed, emit_set, headed, payload};
use nl_tlv::schema::MessageSchema;
use nl_tlv::{
    Error, Header, Message, MessageId, MessageType, NlAttrs, NlMessage, NlStruct, ParseAttrs, ParseMessage,
    Writer,
};

/// A message of generic netlink: a command and its attributes, which are also fields of the message itself.
///
/// The commands of a family have names, like [`tcp_metrics::Get`](crate::tcp_metrics::Get).
#[derive(Clone, Default, PartialEq)]
pub struct Command<S, const CMD: u8> {
    /// The attributes.
    pub attrs: S,
}

/// A message with a header of its family and attributes, which are also fields of the message itself.
///
/// The messages of a family have names, like [`rt_link::Link`](crate::rt_link::Link).
#[derive(Clone, Default, PartialEq)]
pub struct HeadedMessage<H, S, const TYPE: u16> {
    /// What precedes the attributes.
    pub header: H,
    /// The attributes.
    pub attrs: S,
}

/// A set that messages consist of, with what they are called.
pub trait Messages: NlAttrs {
    /// Its messages.
    const NAMES: &'static [Name];

    /// The version of their family, if that is one of generic netlink.
    const VERSION: u8 = 0;

    /// Messages that are read under a second number: that of the request which the kernel answers with them.
    const ALSO: &'static [(u16, u16)] = &[];
}

/// What a message is called.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// Its type or command.
    number: u16,
    name: &'static str,
    doc: &'static str,
}

impl Name {
    /// The doc comment still begins with the space that is behind the slashes.
    pub(crate) const fn new(number: u16, name: &'static str, doc: &'static str) -> Self {
        let doc = crate::macros::comment(doc);
        Self { number, name, doc }
    }

    const fn of<S: Messages>(number: u16) -> Self {
        let mut names = S::NAMES;
        while let [name, rest @ ..] = names {
            if name.number == number {
                return *name;
            }
            names = rest;
        }
        panic!("no message with these attributes has this number")
    }

    const fn schema<S: Messages>(self, id: MessageId) -> MessageSchema {
        MessageSchema::new(self.name, self.doc, id, S::SCHEMA)
    }
}

impl<S: Messages, const CMD: u8> Command<S, CMD> {
    const NAME: Name = Name::of::<S>(CMD as u16);
    const SCHEMA: MessageSchema =
        Self::NAME.schema::<S>(MessageId::Command { cmd: CMD, version: S::VERSION });
}

impl<S: Messages, const CMD: u8> NlMessage for Command<S, CMD> {
    const SCHEMAS: &'static [&'static MessageSchema] = &[&Self::SCHEMA];

    #[inline]
    fn emit_into(&self, w: &mut Writer<'_>, header: Header) -> Result<(), Error> {
        emit_set::<Self, S>(w, header, &self.attrs)
    }
}

impl<'a, S: Messages + ParseAttrs<'a>, const CMD: u8> ParseMessage<'a> for Command<S, CMD> {
    type Attr = S::Attr;

    #[inline(always)]
    fn parse_in(message: &Message<'a>, family: Option<MessageType>) -> Result<Self, Error> {
        let attrs = payload::<Self>(message, family)?.attrs();
        Ok(Self { attrs: S::parse_attrs(attrs)? })
    }
}

impl<S: Messages + Debug, const CMD: u8> Debug for Command<S, CMD> {
    fn fmt(&self, f: &mut Formatter<'_>) -> core::fmt::Result {
        f.debug_struct(Self::NAME.name).field("attrs", &self.attrs).finish()
    }
}

impl<S, const CMD: u8> Deref for Command<S, CMD> {
    type Target = S;

    #[inline]
    fn deref(&self) -> &S {
        &self.attrs
    }
}

impl<S, const CMD: u8> DerefMut for Command<S, CMD> {
    #[inline]
    fn deref_mut(&mut self) -> &mut S {
        &mut self.attrs
    }
}

impl<H: NlStruct, S: Messages, const TYPE: u16> HeadedMessage<H, S, TYPE> {
    const NAME: Name = Name::of::<S>(TYPE);
    const SCHEMA: MessageSchema = Self::schema(TYPE);
    const ALSO: MessageSchema = Self::schema(also::<S>(TYPE));

    const fn schema(number: u16) -> MessageSchema {
        Self::NAME.schema::<S>(MessageId::Type(MessageType(number))).header(H::SCHEMA)
    }
}

/// The second number of a message, or its only one.
const fn also<S: Messages>(number: u16) -> u16 {
    let mut all = S::ALSO;
    while let [(of, also), rest @ ..] = all {
        if *of == number {
            return *also;
        }
        all = rest;
    }
    number
}

impl<H: NlStruct, S: Messages, const TYPE: u16> NlMessage for HeadedMessage<H, S, TYPE> {
    const SCHEMAS: &'static [&'static MessageSchema] =
        if also::<S>(TYPE) == TYPE { &[&Self::SCHEMA] } else { &[&Self::SCHEMA, &Self::ALSO] };

    #[inline]
    fn emit_into(&self, w: &mut Writer<'_>, header: Header) -> Result<(), Error> {
        emit_headed::<Self, H, S>(w, header, &self.header, &self.attrs)
    }
}

impl<'a, H: NlStruct, S: Messages + ParseAttrs<'a>, const TYPE: u16> ParseMessage<'a>
    for HeadedMessage<H, S, TYPE>
{
    type Attr = S::Attr;

    #[inline(always)]
    fn parse_in(message: &Message<'a>, family: Option<MessageType>) -> Result<Self, Error> {
        let (header, payload) = headed::<Self, H>(message, family)?;
        Ok(Self { header, attrs: S::parse_attrs(payload.attrs())? })
    }
}

impl<H: NlStruct + Debug, S: Messages + Debug, const TYPE: u16> Debug for HeadedMessage<H, S, TYPE> {
    fn fmt(&self, f: &mut Formatter<'_>) -> core::fmt::Result {
        f.debug_struct(Self::NAME.name).field("header", &self.header).field("attrs", &self.attrs).finish()
    }
}

impl<H, S, const TYPE: u16> Deref for HeadedMessage<H, S, TYPE> {
    type Target = S;

    #[inline]
    fn deref(&self) -> &S {
        &self.attrs
    }
}

impl<H, S, const TYPE: u16> DerefMut for HeadedMessage<H, S, TYPE> {
    #[inline]
    fn deref_mut(&mut self) -> &mut S {
        &mut self.attrs
    }
}
