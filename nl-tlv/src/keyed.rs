//! Messages that say what one object is like: [`Keyed`], and which object of its family that is.

use crate::bytes::{add, head, tail, to_u32};
use crate::schema::MessageSchema;
use crate::{AttrType, Message, MessageId, MessageType, ParseMessage};

/// A message that says what one object of a family is like, and has a key: what tells it from the others.
///
/// It is derived for a message with `key` at some of its fields:
///
#[cfg_attr(feature = "derive", doc = "```")]
#[cfg_attr(not(feature = "derive"), doc = "```ignore")]
/// use nl_tlv::{NlMessage, Keyed};
///
/// /// RTM_TABLE_NEW; RTM_TABLE_DEL has the same key, and says that the table has been deleted.
/// #[derive(NlMessage, Clone, Debug, PartialEq)]
/// #[nl(ty = 20, deleted = 21)]
/// struct Table<'a> {
///     #[nl(attr = 1, key)]
///     name: &'a str,
///     #[nl(attr = 2)]
///     routes: Option<u32>,
/// }
/// assert_eq!(Table::KEY.key.len(), 1);
/// ```
///
/// Of a family header, the key is some of the fields: `#[nl(fixed_header, key = [rtm_family, rtm_dst_len])]`. A family that
/// tells of changes with further messages names them too: `cmd = [1, 2, 4]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no key: nothing tells one object from another",
    note = "write `key` at the fields that do, `#[nl(attr = 1, key)]` or `#[nl(fixed_header, key = [name])]`, and which \
            message says that an object has been deleted, `#[nl(ty = 24, deleted = 25)]`"
)]
pub trait Keyed: 'static {
    /// The message, borrowed from bytes. Two that are equal say the same of the object.
    type View<'a>: ParseMessage<'a> + PartialEq;

    /// What its key consists of, and which messages say what of it.
    const KEY: &'static KeySchema;
}

/// The description of an object's messages.
#[derive(Clone, Copy, Debug)]
pub struct KeySchema {
    /// The message that says what the object is like.
    pub message: &'static MessageSchema,
    /// The fields of the family header that are part of the key.
    pub header_key: &'static [&'static str],
    /// The attributes that are part of the key.
    pub key: &'static [AttrType],
    /// Further messages of the same contents, which a family has for its events.
    pub changed: &'static [MessageId],
    /// The message that says that the object has been deleted. It needs to have the key only.
    pub deleted: MessageId,
}

/// What a message does to the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The object exists, and is as the message says.
    Sets,
    /// The object is gone.
    Removes,
}

impl KeySchema {
    /// What a message does to an object; `None` if it is about something else. Of a generic netlink family the id
    /// is needed, because others have the same commands.
    #[must_use]
    pub fn effect(&self, message: &Message<'_>, family: Option<MessageType>) -> Option<Effect> {
        let is = |id| crate::__private::is_message(message, family, id);
        if is(self.deleted) {
            return Some(Effect::Removes);
        }
        let is_present = is(self.message.id) || self.changed.iter().any(|&id| is(id));
        is_present.then_some(Effect::Sets)
    }

    /// The parts of an object's key, one after the other: the fields of the family header, then each attribute with its
    /// type and length (16 bits, big-endian). Put together they are different for different objects, and are ordered
    /// as what they consist of, if that is big-endian too.
    ///
    /// Fields and attributes that the message does not have are left out; damaged attributes end it.
    pub fn key_parts(&self, message: &Message<'_>, mut part: impl FnMut(&[u8])) {
        let (start, header) = self.header(message);
        let fields = self.message.header.into_iter().flat_map(|schema| schema.fields);
        for name in self.header_key {
            let field = fields.clone().find(|field| field.name == *name);
            part(field.map_or(&[], |field| head(tail(header, field.offset), field.len)));
        }
        let attrs = message.attrs_after(add(start, header.len()));
        for ty in self.key {
            for attr in attrs.map_while(Result::ok).filter(|attr| attr.ty() == *ty) {
                let len = to_u32(attr.payload().len()).to_be_bytes();
                part(&ty.get().to_be_bytes());
                part(tail(&len, 2));
                part(attr.payload());
            }
        }
    }

    /// The family header of a message, and where it begins in the payload.
    fn header<'a>(&self, message: &Message<'a>) -> (usize, &'a [u8]) {
        let start = match self.message.id {
            MessageId::Type(_) => 0,
            MessageId::Command { .. } => 4,
        };
        let len = self.message.header.map_or(0, |header| header.len);
        (start, head(tail(message.payload(), start), len))
    }
}
