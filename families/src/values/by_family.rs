//! A nest whose attributes mean one thing or another, which the address family in the message's header decides.

use super::Unspecified;
use core::fmt;
use nl_tlv::schema::{SetRef, ValueType};
use nl_tlv::value::{Emit, Lazy, Parse};
use nl_tlv::{Attr, AttrType, AttrWriter, Error, NlAttrs, ParseAttrs};

/// A nest with attributes of the set `A` or of the set `B`: the header of the message says which. A parsed one is read
/// when asked for.
///
/// `IFLA_AF_SPEC` has one nest for each address family, but of a bridge (`AF_BRIDGE`) it has `IFLA_BRIDGE_*`. The
/// same numbers stand for other things there, so that nothing but the header can tell.
pub struct ByFamily<'a, A, B>(State<'a, A, B>);

enum State<'a, A, B> {
    First(&'a A),
    Second(&'a B),
    Parsed(Lazy<'a, A>),
}

impl<'a, A, B> ByFamily<'a, A, B> {
    /// Of the first set.
    #[must_use]
    pub const fn of_first(attrs: &'a A) -> Self {
        Self(State::First(attrs))
    }

    /// Of the second set.
    #[must_use]
    pub const fn of_second(attrs: &'a B) -> Self {
        Self(State::Second(attrs))
    }
}

impl<'a, A: ParseAttrs<'a> + Clone, B> ByFamily<'a, A, B> {
    /// The attributes as those of the first set; none if it was built from the second.
    ///
    /// # Errors
    ///
    /// If the attributes do not fit the set.
    pub fn first(&self) -> Result<Option<A>, Error> {
        match self.0 {
            State::First(attrs) => Ok(Some(attrs.clone())),
            State::Second(_) => Ok(None),
            State::Parsed(lazy) => lazy.attr().map(|attr| A::parse_attrs(attr.nested())).transpose(),
        }
    }
}

impl<'a, A, B: ParseAttrs<'a> + Clone> ByFamily<'a, A, B> {
    /// The attributes as those of the second set; none if it was built from the first.
    ///
    /// # Errors
    ///
    /// If the attributes do not fit the set.
    pub fn second(&self) -> Result<Option<B>, Error> {
        match self.0 {
            State::First(_) => Ok(None),
            State::Second(attrs) => Ok(Some(attrs.clone())),
            State::Parsed(lazy) => lazy.attr().map(|attr| B::parse_attrs(attr.nested())).transpose(),
        }
    }
}

impl<'a, A, B> Parse<'a> for ByFamily<'a, A, B> {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Lazy::parse(attr).map(|lazy| Self(State::Parsed(lazy)))
    }
}

impl<A: NlAttrs, B: NlAttrs> Emit for ByFamily<'_, A, B> {
    // Without the header nothing tells what an attribute is, so that a reader of schemas shows numbers.
    const TYPE: ValueType = ValueType::Nested(SetRef::new(&|| Unspecified::SCHEMA));
    const NLA_FLAGS: u16 = AttrType::NESTED_FLAG;

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self.0 {
            State::First(attrs) => attrs.emit_attrs(w),
            State::Second(attrs) => attrs.emit_attrs(w),
            State::Parsed(lazy) => w.bytes(payload(lazy).unwrap_or_default()),
        }
    }

    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self.0 {
            State::Parsed(lazy) => lazy.attr().map_or(Ok(()), |attr| {
                let flags = attr.nla_type() & !AttrType::MASK;
                w.copy(Attr::new(ty.get() | flags, attr.payload()))
            }),
            _ => w.nest(ty, |w| self.emit_payload(w)),
        }
    }
}

fn payload<'a, A>(parsed: Lazy<'a, A>) -> Option<&'a [u8]> {
    parsed.attr().map(|attr| attr.payload())
}

impl<A, B> Clone for ByFamily<'_, A, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, B> Copy for ByFamily<'_, A, B> {}

impl<A, B> Clone for State<'_, A, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, B> Copy for State<'_, A, B> {}

/// By value where both are of one set; two parsed ones by their bytes.
impl<'a, A, B> PartialEq for ByFamily<'a, A, B>
where
    A: ParseAttrs<'a> + Clone + PartialEq,
    B: ParseAttrs<'a> + Clone + PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            (State::Parsed(ours), State::Parsed(theirs)) => payload(ours) == payload(theirs),
            (State::Second(_), _) | (_, State::Second(_)) => self.second() == other.second(),
            _ => self.first() == other.first(),
        }
    }
}

impl<A: fmt::Debug, B: fmt::Debug> fmt::Debug for ByFamily<'_, A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            State::First(attrs) => attrs.fmt(f),
            State::Second(attrs) => attrs.fmt(f),
            State::Parsed(lazy) => lazy.attr().fmt(f),
        }
    }
}
