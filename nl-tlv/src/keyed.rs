//! Messages that say what one object is like: [`Keyed`], which object of its family that is, and what events do to it.

use crate::bytes::{add, head, sub, tail, to_u32, until_nul};
use crate::definition::contents::{is_message, is_one_of};
use crate::schema::assertions::first;
use crate::schema::{AttrSchema, MAX_DEPTH, MessageSchema, Presence, Value, ValueType};
use crate::value::repeat::of_type;
use crate::{Attr, Attrs, Message, MessageId, MessageType, NlMessage, ParseMessage};

/// A message that says what one object of a family is like, and has a key: what tells it from the others.
///
/// It is derived for a message with `key` at some of its fields:
///
/// ```
/// use nl_tlv::{Effect, Header, Keyed, Messages, NlMessage};
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
///
/// let mut buf = [0; 64];
/// let bytes = Table { name: "blue", routes: None }.emit(&mut buf, Header::new())?;
/// let event = Messages::new(bytes).next().unwrap()?;
/// assert_eq!(Table::effect(&event, None), Effect::Sets);
/// # Ok::<(), nl_tlv::Error>(())
/// ```
///
/// Of a family header, the key is some of the fields: `#[nl(fixed_header, key = [rtm_family, rtm_dst_len])]`. A family that
/// tells of changes with further messages names them too: `cmd = [1, 2, 4]`.
/// Where events do not determine the objects, the trait is implemented by hand: what an event does
/// ([`effect`](Self::effect)), which groups it comes from ([`GROUPS`](Self::GROUPS)), which attributes change all the time
/// ([`VOLATILE`](Self::VOLATILE)), and what tells objects apart that share a key ([`SEVERAL`](Self::SEVERAL)).
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no key: nothing tells one object from another",
    note = "write `key` at the fields that do, `#[nl(attr = 1, key)]` or `#[nl(fixed_header, key = [name])]`, and which \
            message says that an object has been deleted, `#[nl(ty = 24, deleted = 25)]`"
)]
pub trait Keyed: 'static {
    /// The message, borrowed from bytes. If two of them are equal, the object has not changed.
    type View<'a>: ParseMessage<'a> + PartialEq;

    /// The multicast groups whose events concern the objects: their own, and those after which they are asked for again.
    const GROUPS: &'static [u32] = &[];

    /// Attributes that change all the time, as paths from the message on: `&[&[23], &[26, 10, 3]]`. A change of them alone
    /// is not reported.
    const VOLATILE: &'static [&'static [u16]] = &[];

    /// Whether several objects can have the same key; [`member`](Self::member) tells them apart. Those of one dump with the
    /// same key and member are counted, each as an object.
    const SEVERAL: bool = false;

    /// Whether a message of a dump is one of the objects.
    #[must_use]
    fn is_object(message: &Message<'_>, family: Option<MessageType>) -> bool {
        is_one_of(message, family, Self::View::SCHEMAS)
    }

    /// What an event does to the objects. Derived, it is told by the type: a message that says that an object has been
    /// deleted, but lacks its key, does not say which ([`Effect::AskAgain`]). Of a generic netlink family the id is needed,
    /// because others have the same commands.
    #[must_use]
    fn effect(event: &Message<'_>, family: Option<MessageType>) -> Effect;

    /// The parts of the object's key, one after the other. Put together they are different for different keys.
    ///
    /// Derived, they are the fields of the family header, then each attribute with its type and length (16 bits,
    /// big-endian). Two messages in which `parse` reads the same values have the same key: a text is without its NUL, an
    /// integer of either four or eight bytes has sixteen, one in network order (`NLA_F_NET_BYTEORDER`) is turned round, of
    /// an attribute that is not repeated the last one counts, and those of a nest are in the order of their definition.
    /// What the message does not have is left out; damaged attributes end it.
    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8]));

    /// What tells the object from others with the same key.
    fn member(_message: &Message<'_>, _part: &mut dyn FnMut(&[u8])) {}

    /// Whether an object is the same in two messages, apart from what is volatile.
    #[must_use]
    fn is_same(old: &Message<'_>, new: &Message<'_>) -> bool {
        if Self::VOLATILE.is_empty() {
            return old.payload() == new.payload();
        }
        let header = |message| parts(schema::<Self>(), message).0;
        header(old) == header(new) && Self::has_same_attrs(old, new)
    }

    /// Whether two messages have the same attributes in the same order, but for what is volatile.
    #[must_use]
    fn has_same_attrs(old: &Message<'_>, new: &Message<'_>) -> bool {
        let attrs = |message| parts(schema::<Self>(), message).1;
        same_attrs(attrs(old), attrs(new), Self::VOLATILE)
    }
}

/// The message that says what one of these objects is like.
pub(crate) fn schema<O: Keyed + ?Sized>() -> &'static MessageSchema {
    first(O::View::SCHEMAS)
}

/// The key of a derived message, and which messages say what of the object.
#[derive(Clone, Copy, Debug)]
pub struct KeySchema {
    /// The message that says what the object is like. The one that says that it has been deleted
    /// ([`deleted`](MessageSchema::deleted)) needs to have the key only.
    pub message: &'static MessageSchema,
    /// The fields of the family header that are part of the key.
    pub header_key: &'static [&'static str],
    /// The attributes that are part of the key.
    pub key: &'static [AttrSchema],
    /// Further messages of the same contents, which a family has for its events.
    pub changed: &'static [MessageId],
}

/// What an event does to the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// The object exists, and is as the message says; others with the same key stay.
    Sets,
    /// As [`Sets`](Self::Sets) if no other object has the same key. Otherwise the event does not say what becomes of the
    /// others, and the objects are asked for again.
    SetsAlone,
    /// The message takes the place of the one object with the same key. If several have it, the event does not say which
    /// of them is replaced, and the objects are asked for again.
    Replaces,
    /// The attributes of the message take the place of the object's own; its others stay.
    Updates,
    /// The object is gone.
    Removes,
    /// Nothing: the event is about something else.
    Nothing,
    /// The event does not say what it changed: the objects are asked for again.
    AskAgain,
}

impl KeySchema {
    /// As [`Keyed::effect`], derived.
    #[must_use]
    pub fn effect(&self, message: &Message<'_>, family: Option<MessageType>) -> Effect {
        let is = |id| is_message(message, family, id);
        if self.message.deleted.is_some_and(is) {
            if self.is_whole(message) { Effect::Removes } else { Effect::AskAgain }
        } else if is(self.message.id) || self.changed.iter().any(|&id| is(id)) {
            Effect::Sets
        } else {
            Effect::Nothing
        }
    }

    /// Whether a message has the key of an object: the fields of the header, and the attributes without which there is no
    /// object, each with a value of its type. (Attributes that an object may lack are not missed, but for all of them.)
    fn is_whole(&self, message: &Message<'_>) -> bool {
        let (header, attrs) = parts(self.message, message);
        let header_len = self.message.header.map_or(0, |header| header.len);
        let last = |known: &AttrSchema| of_type(attrs, known.ty).last();
        let is_there =
            |known: &AttrSchema| last(known).is_some_and(|attr| Value::read(known.value, attr).is_ok());
        let is_optional = |known: &AttrSchema| last(known).is_none() && known.presence != Presence::Required;
        header.len() >= header_len
            && self.key.iter().all(|known| is_there(known) || is_optional(known))
            && (self.key.is_empty() || !self.header_key.is_empty() || self.key.iter().any(is_there))
    }

    /// As [`Keyed::key`], derived.
    // Inlined where the schema is known, so that no name is looked for and no loop goes over the key's types.
    #[inline(always)]
    pub fn key_parts(&self, message: &Message<'_>, mut part: impl FnMut(&[u8])) {
        let (header, attrs) = parts(self.message, message);
        let fields = self.message.header.into_iter().flat_map(|schema| schema.fields);
        for name in self.header_key {
            let field = fields.clone().find(|field| field.name == *name);
            part(field.map_or(&[], |field| head(tail(header, field.offset), field.len)));
        }
        let Some(found) = self.found_once(attrs) else {
            return self.key.iter().for_each(|known| set_parts(known, attrs, 0, &mut part));
        };
        for (known, attr) in self.key.iter().zip(found) {
            attr.into_iter().for_each(|attr| attr_parts(known, attr, &mut part));
        }
    }

    /// The key's attributes in one walk, if they are few and none that is repeated is there more than once.
    #[inline(always)]
    fn found_once<'a>(&self, attrs: Attrs<'a>) -> Option<[Option<Attr<'a>>; FEW]> {
        let mut found = [None; FEW];
        let mut is_once = self.key.len() <= FEW;
        for attr in attrs.map_while(Result::ok) {
            for (known, found) in self.key.iter().zip(&mut found) {
                if attr.ty() == known.ty {
                    is_once &= found.replace(attr).is_none() || known.presence != Presence::Repeated;
                }
            }
        }
        is_once.then_some(found)
    }
}

/// The family header of a message, and its attributes.
#[inline(always)]
fn parts<'a>(schema: &MessageSchema, message: &Message<'a>) -> (&'a [u8], Attrs<'a>) {
    let start = match schema.id {
        MessageId::Type(_) => 0,
        MessageId::Command { .. } => 4,
    };
    let len = schema.header.map_or(0, |header| header.len);
    let header = head(tail(message.payload(), start), len);
    (header, message.attrs_after(add(start, header.len())))
}

/// The parts of an attribute in a key: the same for the same value, in whichever of its forms it was sent.
// Small, so that the loop over the key is unrolled and knows each type. Most values have one form: their payload.
#[inline(always)]
fn attr_parts(known: &AttrSchema, attr: Attr<'_>, part: &mut impl FnMut(&[u8])) {
    use ValueType::{Nested, NulString, Sint, String, Uint};
    match base(known.value) {
        Nested(_) | String | NulString | Uint | Sint => value_parts(known, attr, 0, part),
        _ if attr.is_net_byteorder() => value_parts(known, attr, 0, part),
        _ => payload_parts(known.ty, attr.payload(), part),
    }
}

/// The same; `depth` nests are around it.
#[inline(never)]
fn value_parts(known: &AttrSchema, attr: Attr<'_>, depth: usize, mut part: &mut dyn FnMut(&[u8])) {
    let (ty, payload, value) = (known.ty, attr.payload(), base(known.value));
    match (value, value.integer()) {
        (ValueType::Nested(set), _) if depth < MAX_DEPTH => {
            payload_parts(ty, &[], &mut part);
            set().attrs.iter().for_each(|known| set_parts(known, attr.nested(), add(depth, 1), part));
            part(&[0xff; 2]); // No attribute has this type.
        }
        (ValueType::String | ValueType::NulString, _) => payload_parts(ty, until_nul(payload), &mut part),
        (ValueType::Uint | ValueType::Sint, _) => match Value::read(value, attr) {
            Ok(Value::Number(number)) => payload_parts(ty, &number.to_ne_bytes(), &mut part),
            _ => payload_parts(ty, payload, &mut part),
        },
        (_, Some(number)) if attr.is_net_byteorder() && !number.is_network => {
            let number = number.read(payload).map(|number| number.to_be_bytes()).unwrap_or_default();
            payload_parts(ty, tail(&number, sub(number.len(), payload.len())), &mut part);
        }
        _ => payload_parts(ty, payload, &mut part),
    }
}

/// What a number with names is without them.
#[inline(always)]
const fn base(value: ValueType) -> ValueType {
    match value {
        ValueType::Named(names) => names.base,
        value => value,
    }
}

/// The parts of all attributes of one type in a set, or of the last one if only one counts.
#[cold]
#[inline(never)]
fn set_parts(known: &AttrSchema, attrs: Attrs<'_>, depth: usize, part: &mut dyn FnMut(&[u8])) {
    let found = of_type(attrs, known.ty);
    match known.presence {
        Presence::Repeated => found.for_each(|attr| value_parts(known, attr, depth, part)),
        _ => found.last().into_iter().for_each(|attr| value_parts(known, attr, depth, part)),
    }
}

/// The parts of an attribute with this payload. Most have four bytes: those are one part.
#[inline(always)]
fn payload_parts(ty: u16, payload: &[u8], part: &mut impl FnMut(&[u8])) {
    let [.., l0, l1] = to_u32(payload.len()).to_be_bytes();
    let [t0, t1] = ty.to_be_bytes();
    if let &[p0, p1, p2, p3] = payload {
        return part(&[t0, t1, l0, l1, p0, p1, p2, p3]);
    }
    part(&[t0, t1, l0, l1]);
    part(payload);
}

/// At most so many attributes of a key are found in one walk.
const FEW: usize = 4;

/// Whether two sets have the same attributes, but for those at the paths.
fn same_attrs<'a>(old: Attrs<'a>, new: Attrs<'a>, volatile: &[&[u16]]) -> bool {
    let is_compared = |attr: &Attr<'_>| !volatile.contains(&&[attr.ty().get()][..]);
    let compared = |attrs: Attrs<'a>| attrs.map_while(Result::ok).filter(is_compared);
    let (mut old, mut new) = (compared(old), compared(new));
    loop {
        match (old.next(), new.next()) {
            (None, None) => return true,
            (Some(old), Some(new)) if same_attr(old, new, volatile) => {}
            _ => return false,
        }
    }
}

fn same_attr(old: Attr<'_>, new: Attr<'_>, volatile: &[&[u16]]) -> bool {
    let ty = old.ty();
    ty == new.ty() && (old.payload() == new.payload() || same_nests(old, new, volatile))
}

/// Whether two nests of one type are the same, if something in them is volatile.
fn same_nests(old: Attr<'_>, new: Attr<'_>, volatile: &[&[u16]]) -> bool {
    let mut inside = [&[][..]; MAX_INSIDE];
    let of_nest = volatile.iter().filter_map(|path| path.strip_prefix(&[old.ty().get()]));
    let len = of_nest.zip(&mut inside).fold(0, |len, (rest, slot)| {
        *slot = rest;
        add(len, 1)
    });
    len > 0 && same_attrs(old.nested(), new.nested(), inside.get(..len).unwrap_or_default())
}

/// How many paths can lead into one nest.
const MAX_INSIDE: usize = 16;
