//! A nest that is read when it is asked for.

use super::{Emit, Parse};
use crate::schema::{Limits, ValueType};
use crate::writer::copy_as;
use crate::{Attr, AttrType, AttrWriter, Error};
use core::fmt;

/// A value that is read when [`get`](Self::get) is called. A set that can contain itself needs such a field.
///
/// One that was parsed refers to bytes of the message, which nothing has read yet; emitting it copies these bytes (and
/// reads them if the field has limits). One that was built refers to a value.
///
/// ```
/// use nl_tlv::value::Lazy;
/// use nl_tlv::{Header, Messages, NlAttrs, NlMessage};
///
/// /// A part of a building, which may have parts itself.
/// #[derive(NlAttrs, Clone, Debug, PartialEq)]
/// struct Part<'a> {
///     #[nl(attr = 1)]
///     name: &'a str,
///     #[nl(attr = 2)]
///     inside: Option<Lazy<'a, Part<'a>>>,
/// }
/// #[derive(NlMessage, Debug)]
/// #[nl(ty = 20)]
/// struct House<'a> {
///     #[nl(attr = 1)]
///     floor: Part<'a>,
/// }
///
/// let room = Part { name: "kitchen", inside: None };
/// let floor = Part { name: "ground floor", inside: Some(Lazy::new(&room)) };
/// let mut buf = [0; 128];
/// let bytes = House { floor }.emit(&mut buf, Header::new())?;
/// let house = House::parse(&Messages::new(bytes).next().unwrap()?)?;
/// assert_eq!(house.floor.inside.unwrap().get()?, room);
/// # Ok::<(), nl_tlv::Error>(())
/// ```
pub struct Lazy<'a, T>(State<'a, &'a T>);

/// A parsed one is kept in 24 bytes, less than a view of an attribute takes, because messages have many.
#[derive(Clone, Copy)]
enum State<'a, Built> {
    Built(Built),
    Parsed { payload: &'a [u8], offset: u32, nla_type: u16 },
}

impl<'a, T> Lazy<'a, T> {
    /// This value.
    #[must_use]
    pub const fn new(value: &'a T) -> Self {
        Self(State::Built(value))
    }

    /// The attribute that has been parsed; none for a built value.
    #[must_use]
    pub fn attr(&self) -> Option<Attr<'a>> {
        self.either().err()
    }

    /// The value that was built, or the attribute that was parsed.
    fn either(&self) -> Result<&'a T, Attr<'a>> {
        match self.0 {
            State::Built(value) => Ok(value),
            State::Parsed { payload, offset, nla_type } => Err(Attr::placed(nla_type, payload, offset)),
        }
    }
}

impl<'a, T: Parse<'a> + Clone> Lazy<'a, T> {
    /// The value.
    ///
    /// # Errors
    ///
    /// If the attribute does not hold a `T`.
    pub fn get(&self) -> Result<T, Error> {
        match self.either() {
            Ok(value) => Ok(value.clone()),
            Err(attr) => T::parse(attr),
        }
    }
}

impl<'a, T> Parse<'a> for Lazy<'a, T> {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        let (payload, offset, nla_type) = (attr.payload(), attr.offset(), attr.nla_type());
        Ok(Self(State::Parsed { payload, offset, nla_type }))
    }
}

impl<'a, T: Parse<'a> + Emit> Emit for Lazy<'a, T> {
    const TYPE: ValueType = T::TYPE;
    const NLA_FLAGS: u16 = T::NLA_FLAGS;

    fn check(&self, limits: &Limits) -> Result<(), Error> {
        match self.either() {
            _ if *limits == Limits::NONE => Ok(()),
            Ok(value) => value.check(limits),
            Err(attr) => T::parse(attr)?.check(limits),
        }
    }

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self.either() {
            Ok(value) => value.emit_payload(w),
            Err(attr) => w.bytes(attr.payload()),
        }
    }

    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self.either() {
            Ok(value) => value.emit(ty, w),
            Err(attr) => copy_as(attr, ty, w),
        }
    }
}

impl<T> Clone for Lazy<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Lazy<'_, T> {}

/// By value; one that cannot be read equals nothing but the same error.
impl<'a, T: Parse<'a> + Clone + PartialEq> PartialEq for Lazy<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<'a, T: Parse<'a> + Clone + fmt::Debug> fmt::Debug for Lazy<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Ok(value) => value.fmt(f),
            Err(err) => err.fmt(f),
        }
    }
}
