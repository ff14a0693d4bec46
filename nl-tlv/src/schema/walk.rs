//! A walk over all parts of a message, with its schema at hand. [`dissect`](super::dissect) and the JSON of `nltool` are made
//! from what it visits.

use super::dynamic::Value;
use super::level::Level;
use super::limits::FREE;
use super::types::Inside;
use super::{AttrSchema, AttrSet, Limits, MAX_DEPTH, MessageSchema, Presence, StructSchema, ValueType};
use crate::NlStruct;
use crate::bytes::{add, align4, from_u32, head, sub, tail, to_u32};
use crate::wire::{GenlMsgHdr, NlMsgHdr};
use crate::{Attr, Attrs, Error, ErrorKind, Flags, MessageId};

/// Its methods are called for the parts of a message, in the order of the bytes.
///
/// An attribute that holds a value is one call of [`value`](Self::value). For one that holds attributes, `open` is called,
/// then the methods for these attributes, then `close`. A visitor writes those that it needs: `header`, `open`, `close` and
/// `missing` do nothing otherwise. An error of the visitor ends the walk, which returns it.
pub trait Visitor<'m> {
    /// Why a visitor stops the walk.
    type Error;

    /// A header behind the `nlmsghdr`: that of generic netlink, that of the family, or the struct in front of the
    /// attributes in a [`ValueType::Headed`]. `at` is its offset in the message. An old request may have fewer bytes than
    /// the struct: those of its `struct rtgenmsg`.
    fn header(&mut self, schema: &'static StructSchema, at: u32, bytes: &'m [u8]) -> Result<(), Self::Error> {
        let _ = (schema, at, bytes);
        Ok(())
    }

    /// An attribute that holds a value, and which limit the value violates.
    fn value(&mut self, item: &Item<'m>, value: Value<'m>, limit: Option<Error>) -> Result<(), Self::Error>;

    /// An attribute that holds attributes.
    fn open(&mut self, item: &Item<'m>) -> Result<(), Self::Error> {
        let _ = item;
        Ok(())
    }

    /// The end of the attribute that was opened last and is still open.
    fn close(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Something that cannot be read: an attribute's payload (`item`), or bytes that are not an attribute.
    fn damage(&mut self, item: Option<&Item<'m>>, error: Error, bytes: &'m [u8]) -> Result<(), Self::Error>;

    /// Bytes behind the last attribute that are too few to be one; damage, unless a visitor tells them apart.
    fn trailing(&mut self, at: u32, bytes: &'m [u8]) -> Result<(), Self::Error> {
        self.damage(None, Error::new(ErrorKind::Truncated, at, 4, to_u32(bytes.len())), bytes)
    }

    /// A required attribute that is missing in the attributes at `at`.
    fn missing(&mut self, attr: &'static AttrSchema, at: u32) -> Result<(), Self::Error> {
        let _ = (attr, at);
        Ok(())
    }
}

/// An attribute, and what the schema says about it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Item<'m> {
    /// The attribute.
    pub attr: Attr<'m>,
    /// Its schema; none for the entries of an array and for attributes that the schema does not have.
    pub known: Option<&'static AttrSchema>,
    /// Its name. The payload of a message without attributes has a name too, but neither a type nor an offset.
    pub name: Option<&'static str>,
    /// Its index: among repeated attributes of its type, or among the entries of an array.
    pub index: Option<u32>,
    /// What it holds, with the form of a sub-message selected.
    pub value: ValueType,
    /// Whether it is one of the [`ValueType::Records`]: no attribute, but bytes that `attr` has as its payload, at its offset.
    pub is_record: bool,
}

/// Calls the methods of `visitor` for all that follows the `nlmsghdr` of a message. Nothing is copied.
///
/// ```
/// use nl_tlv::schema::{Item, Value, Visitor, walk};
/// # use nl_tlv::{Error, Header, MessageId, MessageType, Writer, schema::*};
/// # static SET: AttrSet = AttrSet { name: "Get", doc: "", attrs: &[
/// #     AttrSchema { ty: 2, name: "len", doc: "", value: ValueType::U8, presence: Presence::Required, limits: Limits::NONE, is_net_byteorder: false },
/// # ], c_prefix: None, part_of: None, strict_start_type: None };
/// # static SCHEMA: MessageSchema = MessageSchema { name: "Get", doc: "", id: MessageId::Type(MessageType(25)), c_name: None,
/// #     header: None, attrs: &SET, payload: None, deleted: None };
///
/// #[derive(Default)]
/// struct Names(Vec<&'static str>);
///
/// impl<'m> Visitor<'m> for Names {
///     type Error = Error;
///     fn value(&mut self, item: &Item<'m>, _: Value<'m>, _: Option<Error>) -> Result<(), Error> {
///         self.0.extend(item.known.map(|known| known.name));
///         Ok(())
///     }
///     fn damage(&mut self, _: Option<&Item<'m>>, error: Error, _: &'m [u8]) -> Result<(), Error> {
///         Err(error)
///     }
/// }
/// # let mut buf = [0; 64];
/// # let mut w = Writer::new(&mut buf);
/// # w.message(SCHEMA.id, Header::request(), |w| w.put_value(2, &24u8))?;
/// # let message = w.finish();
/// let mut names = Names::default();
/// walk(&SCHEMA, message, &mut names)?;
/// assert_eq!(names.0, ["len"]);
/// # Ok::<(), Error>(())
/// ```
pub fn walk<'m, V: Visitor<'m>>(
    schema: &'static MessageSchema,
    message: &'m [u8],
    visitor: &mut V,
) -> Result<(), V::Error> {
    if matches!(schema.id, MessageId::Command { .. })
        && !walk_header(GenlMsgHdr::SCHEMA, 16, message, visitor)?
    {
        return Ok(());
    }
    if let Some(own) = schema.header {
        if !walk_header(own, schema.header_offset(), message, visitor)? {
            return Ok(());
        }
    }
    let Some(AttrSchema { name, value, limits, .. }) = schema.payload else {
        return Level::of_message(schema, message).walk(visitor);
    };
    let attr = Attr::new(0, tail(message, schema.contents_offset()));
    let item = Item { attr, known: None, name: Some(name), index: None, value: *value, is_record: false };
    tell_value(&item, limits, visitor)
}

/// Tells `visitor` about attributes of a set.
pub(super) fn walk_attrs<'m, V: Visitor<'m>>(
    set: &'static AttrSet,
    attrs: Attrs<'m>,
    visitor: &mut V,
) -> Result<(), V::Error> {
    Level::of_set(set, attrs, None).walk(visitor)
}

/// A header, and whether it is there as a whole.
pub(super) fn walk_header<'m, V: Visitor<'m>>(
    schema: &'static StructSchema,
    at: usize,
    message: &'m [u8],
    visitor: &mut V,
) -> Result<bool, V::Error> {
    let bytes = tail(message, at);
    if schema.accepts(bytes.len()) {
        visitor.header(schema, to_u32(at), head(bytes, schema.len))?;
        return Ok(true);
    }
    if is_short_request(schema, at, message) {
        visitor.header(schema, to_u32(at), bytes)?;
        return Ok(false);
    }
    let err = Error::new(ErrorKind::Truncated, to_u32(at), to_u32(schema.len), to_u32(bytes.len()));
    visitor.damage(None, err, bytes)?;
    Ok(false)
}

/// Whether a message is a request with a header of the oldest form: `struct rtgenmsg`, a family in one byte, padded or
/// not. The kernel takes it for a dump as long as it is not asked for strict checks.
///
/// Source: `net/core/rtnetlink.c`, `rtnl_dumpit`; `include/uapi/linux/rtnetlink.h`, `struct rtgenmsg`.
fn is_short_request(schema: &StructSchema, at: usize, message: &[u8]) -> bool {
    let is_request = NlMsgHdr::from_prefix(message)
        .is_some_and(|header| Flags::from_bits_retain(header.nlmsg_flags).contains(Flags::REQUEST));
    at == size_of::<NlMsgHdr>() && is_request && schema.len > 4 && matches!(tail(message, at).len(), 1 | 4)
}

fn tell_value<'m, V: Visitor<'m>>(item: &Item<'m>, limits: &Limits, visitor: &mut V) -> Result<(), V::Error> {
    match Value::read(item.value, item.attr) {
        Ok(ref value) => {
            let limit = value.check(limits).err();
            visitor.value(item, *value, limit)
        }
        Err(err) => visitor.damage(Some(item), err, item.attr.payload()),
    }
}

impl<'m> Level<'m> {
    fn walk<V: Visitor<'m>>(self, visitor: &mut V) -> Result<(), V::Error> {
        let (mut attrs, mut seen) = (self.area, Seen::default());
        loop {
            let rest = attrs.remainder();
            match self.inside.next(&mut attrs) {
                Some(Ok(attr)) => self.attr(attr, &mut seen, visitor)?,
                Some(Err(err)) => return visitor.damage(None, err, rest),
                None => break,
            }
        }
        let rest = attrs.remainder();
        if !rest.is_empty() {
            visitor.trailing(attrs.offset(), rest)?;
        }
        match self.inside {
            Inside::Attrs(Some(set)) => self.missing(set, visitor),
            _ => Ok(()),
        }
    }

    fn missing<V: Visitor<'m>>(self, set: &'static AttrSet, visitor: &mut V) -> Result<(), V::Error> {
        let required = set.attrs.iter().filter(|attr| attr.presence == Presence::Required);
        for attr in required.filter(|attr| matches!(self.area.find(attr.ty), Ok(None))) {
            visitor.missing(attr, self.area.offset())?;
        }
        Ok(())
    }

    fn attr<V: Visitor<'m>>(&self, attr: Attr<'m>, seen: &mut Seen, visitor: &mut V) -> Result<(), V::Error> {
        let known = seen.lookup(self.inside, attr.ty().get());
        let index = match (self.inside, known) {
            (Inside::Items(_) | Inside::Records(_), _) => seen.index(0),
            (_, Some(AttrSchema { presence: Presence::Repeated, ty, .. })) => seen.index(*ty),
            _ => None,
        };
        let name = known.map(|known| known.name);
        let item = |value| Item { attr, known, name, index, value, is_record: self.is_of_records() };
        // Most attributes hold a value, whatever lies beside them.
        if let Some(known) = known.filter(|known| known.value.is_leaf()) {
            return tell_value(&item(known.value), &known.limits, visitor);
        }
        let (value, within) = self.enter(attr, known);
        match within {
            Some(within) => within.nest(&item(value), visitor),
            None => tell_value(&item(value), known.map_or(FREE, |known| &known.limits), visitor),
        }
    }

    /// Tells of an attribute with all that lies in it: these attributes, and the struct in front of them.
    fn nest<V: Visitor<'m>>(self, item: &Item<'m>, visitor: &mut V) -> Result<(), V::Error> {
        let payload = item.attr.payload();
        if self.depth > MAX_DEPTH {
            let err = item.attr.error(ErrorKind::TooDeep, MAX_DEPTH, self.depth);
            return visitor.damage(Some(item), err, payload);
        }
        let ValueType::Headed(header, _) = item.value else {
            visitor.open(item)?;
            self.walk(visitor)?;
            return visitor.close();
        };
        if !header.accepts(payload.len()) {
            let err = item.attr.error(ErrorKind::WrongLength, header.len, payload.len());
            return visitor.damage(Some(item), err, payload);
        }
        visitor.open(item)?;
        let at = sub(from_u32(self.area.offset()), align4(header.len));
        visitor.header(header, to_u32(at), head(payload, header.len))?;
        self.walk(visitor)?;
        visitor.close()
    }
}

/// What a walk remembers about the attributes of one set.
#[derive(Default)]
struct Seen {
    /// How many attributes of each repeated type were seen; types beyond the slots are not counted.
    counts: [Option<(u16, u32)>; 8],
    /// Where in the set the next attribute probably is: kernels write in the order of their definition.
    next: usize,
}

impl Seen {
    /// The index of the next attribute of this type.
    fn index(&mut self, ty: u16) -> Option<u32> {
        let slot = self.counts.iter_mut().find(|slot| slot.is_none_or(|(seen, _)| seen == ty))?;
        let index = slot.map_or(0, |(_, index)| index.saturating_add(1));
        *slot = Some((ty, index));
        Some(index)
    }

    /// The schema of a type; the likely places are looked at first.
    #[inline]
    fn lookup(&mut self, inside: Inside, ty: u16) -> Option<&'static AttrSchema> {
        let Inside::Attrs(Some(set)) = inside else { return None };
        let by_number = sub(usize::from(ty), 1);
        let guess = [self.next, by_number]
            .into_iter()
            .find(|at| set.attrs.get(*at).is_some_and(|attr| attr.ty == ty));
        match guess.or_else(|| set.attrs.iter().position(|attr| attr.ty == ty)) {
            Some(at) => {
                self.next = add(at, 1);
                set.attrs.get(at)
            }
            None => set.attr(ty),
        }
    }
}
