//! The traits that the derives implement: [`NlMessage`] for a message, [`NlAttrs`] for a set of attributes,
//! [`NlAttr`] for one attribute out of a set.

use crate::schema::{AttrSet, MessageSchema};
use crate::{Attr, AttrWriter, Attrs, Error, ErrorKind, Header, Message, MessageType, Writer};
use core::fmt;
use core::marker::PhantomData;

/// A message, defined by a struct with `#[derive(NlMessage)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no netlink message",
    note = "add `#[derive(NlMessage)]`"
)]
pub trait NlMessage<'a>: Sized {
    /// One attribute of it, typed: the companion enum.
    type Attr: NlAttr<'a>;

    /// What it consists of.
    const SCHEMA: &'static MessageSchema;

    /// Reads a message. Attributes that are not known are skipped (or kept, with a field `rest`).
    ///
    /// # Errors
    ///
    /// If the message is another one, its framing is damaged, a required attribute is absent, or a value is none of its
    /// type or beyond its limits.
    fn parse(message: &Message<'a>) -> Result<Self, Error>;

    /// The attributes of a message, one at a time and typed; unknown ones pass through.
    ///
    /// # Errors
    ///
    /// If the message is another one, or too short for its family header.
    fn attrs(message: &Message<'a>) -> Result<TypedAttrs<'a, Self::Attr>, Error>;

    /// Appends the message to others in one buffer.
    ///
    /// # Errors
    ///
    /// If a value cannot be said or is beyond its limits, or the buffer is too small; the error has the size that is
    /// needed, and what was written before is intact.
    fn emit_into(&self, w: &mut Writer<'_>, header: Header) -> Result<(), Error>;

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
}

/// One of several messages, defined by an enum with `#[derive(NlMessage)]`: each variant holds a message, and the type or
/// the command tells which it is.
///
/// Since request and answer may have different ids, an enum is of what one side receives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not one of several netlink messages",
    note = "add `#[derive(NlMessage)]` to an enum whose variants hold messages"
)]
pub trait NlMessages<'a>: Sized {
    /// What the messages consist of, in the order of the variants.
    const SCHEMAS: &'static [&'static MessageSchema];

    /// Reads a message as the one that it is. Commands of generic netlink are taken for those of this family.
    ///
    /// # Errors
    ///
    /// As [`NlMessage::parse`]; [`ErrorKind::WrongType`] for another message, if there is no variant for others.
    #[inline]
    fn parse(message: &Message<'a>) -> Result<Self, Error> {
        Self::parse_in(message, None)
    }

    /// The same for a generic netlink family whose id is known by now: messages of other families are others.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    fn parse_in(message: &Message<'a>, family: Option<MessageType>) -> Result<Self, Error>;

    /// Appends the message to others in one buffer.
    ///
    /// # Errors
    ///
    /// As [`NlMessage::emit_into`].
    fn emit_into(&self, w: &mut Writer<'_>, header: Header) -> Result<(), Error>;

    /// Writes the message into `buf` and returns its bytes.
    ///
    /// # Errors
    ///
    /// As [`NlMessage::emit_into`].
    #[inline]
    fn emit<'b>(&self, buf: &'b mut [u8], header: Header) -> Result<&'b [u8], Error> {
        let mut w = Writer::new(buf);
        self.emit_into(&mut w, header)?;
        Ok(w.finish())
    }
}

/// A set of attributes, defined by a struct with `#[derive(NlAttrs)]`: a nest, or what several messages share.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no set of netlink attributes",
    note = "add `#[derive(NlAttrs)]`"
)]
pub trait NlAttrs<'a>: Sized {
    /// One attribute of it, typed: the companion enum.
    type Attr: NlAttr<'a>;

    /// What it consists of.
    const SCHEMA: &'static AttrSet;

    /// Reads the set.
    ///
    /// # Errors
    ///
    /// As [`NlMessage::parse`].
    fn parse_attrs(attrs: Attrs<'a>) -> Result<Self, Error>;

    /// Appends the set's attributes.
    ///
    /// # Errors
    ///
    /// If a value cannot be said or is beyond its limits.
    fn emit_attrs(&self, w: &mut AttrWriter<'_>) -> Result<(), Error>;

    /// The attributes, one at a time and typed; unknown ones pass through.
    #[inline]
    fn attrs(attrs: Attrs<'a>) -> TypedAttrs<'a, Self::Attr> {
        TypedAttrs::new(attrs)
    }
}

/// One attribute out of a set, typed: an enum with `#[derive(NlAttrs)]`, or the companion of a derived struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not one attribute out of a set",
    note = "add `#[derive(NlAttrs)]` to an enum, or name the companion of a struct: that of `Route` is `RouteAttr`"
)]
pub trait NlAttr<'a>: Sized {
    /// The set that it is out of.
    const SCHEMA: &'static AttrSet;

    /// Reads one attribute.
    ///
    /// # Errors
    ///
    /// If it holds no value of its type or one beyond its limits.
    fn parse_attr(attr: Attr<'a>) -> Result<Self, Error>;

    /// Appends it.
    ///
    /// # Errors
    ///
    /// If the value cannot be said or is beyond its limits.
    fn emit_attr(&self, w: &mut AttrWriter<'_>) -> Result<(), Error>;
}

/// The companion of a message that has no attributes but one payload.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum NoAttr {}

impl<'a> NlAttr<'a> for NoAttr {
    const SCHEMA: &'static AttrSet = &AttrSet {
        name: "NoAttr",
        doc: "",
        attrs: &[],
        c_prefix: None,
        part_of: None,
        strict_start_type: None,
    };

    fn parse_attr(attr: Attr<'a>) -> Result<Self, Error> {
        Err(attr.error(ErrorKind::UnknownAttr, 0, attr.ty().get().into()))
    }

    fn emit_attr(&self, _: &mut AttrWriter<'_>) -> Result<(), Error> {
        match *self {}
    }
}

/// Attributes, one at a time and typed. Damaged framing is one `Err` and then `None` for ever; an attribute that cannot
/// be read is an `Err` in its place, and the next one follows.
pub struct TypedAttrs<'a, A> {
    attrs: Attrs<'a>,
    typed: PhantomData<fn() -> A>,
}

impl<'a, A> TypedAttrs<'a, A> {
    /// The attributes, read as `A`.
    #[must_use]
    #[inline(always)]
    pub fn new(attrs: Attrs<'a>) -> Self {
        Self { attrs, typed: PhantomData }
    }
}

impl<'a, A: NlAttr<'a>> Iterator for TypedAttrs<'a, A> {
    type Item = Result<A, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.attrs.next()? {
            Ok(attr) => A::parse_attr(attr),
            Err(err) => Err(err),
        })
    }
}

impl<'a, A: NlAttr<'a>> core::iter::FusedIterator for TypedAttrs<'a, A> {}

impl<A> Clone for TypedAttrs<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for TypedAttrs<'_, A> {}

impl<'a, A: NlAttr<'a> + fmt::Debug> fmt::Debug for TypedAttrs<'a, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}
