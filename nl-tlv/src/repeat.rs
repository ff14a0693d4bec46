//! Fields that hold any number of attributes, without allocation: [`Repeat`] all of one type, [`Rest`] all that no
//! other field claims.

use crate::field::{Field, ParseField, Place, emit_checked};
use crate::schema::{AttrSchema, Limits, Presence, ValueType};
use crate::value::{Be, Describe, Emit, Native, NoNul, Parse, Text};
use crate::{Attr, AttrType, AttrWriter, Attrs, Error};
use core::fmt;
use core::marker::PhantomData;

/// Every attribute of one type, in order, read when asked for.
///
/// A parsed one lies in the message; a built one is a slice: `Repeat::new(&hops)`. Parsing has checked the framing; an
/// item's own error comes when it is read. Emitting a parsed one copies its attributes as they are.
pub struct Repeat<'a, T, E = Native> {
    state: State<'a, T>,
    encoding: PhantomData<fn() -> E>,
}

enum State<'a, T> {
    Built(&'a [T]),
    Parsed { attrs: Attrs<'a>, ty: u16 },
    One(Attr<'a>),
}

impl<'a, T, E> Repeat<'a, T, E> {
    /// These items.
    #[must_use]
    pub const fn new(items: &'a [T]) -> Self {
        Self { state: State::Built(items), encoding: PhantomData }
    }

    /// The items, in order.
    #[must_use]
    pub fn iter(&self) -> RepeatIter<'a, T, E> {
        RepeatIter { state: self.state, encoding: PhantomData }
    }

    /// The parsed attributes, as they lie in the message; none for built items.
    fn parsed(&self) -> impl Iterator<Item = Attr<'a>> + use<'a, T, E> {
        let (one, attrs, ty) = match self.state {
            State::Built(_) => (None, Attrs::new(&[]), 0),
            State::Parsed { attrs, ty } => (None, attrs, ty),
            State::One(attr) => (Some(attr), Attrs::new(&[]), 0),
        };
        let attrs = attrs.map_while(Result::ok).filter(move |attr| attr.ty() == AttrType::new(ty));
        one.into_iter().chain(attrs)
    }

    /// How many items there are. A parsed one is walked for it.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.state {
            State::Built(items) => items.len(),
            State::Parsed { .. } | State::One(_) => self.parsed().count(),
        }
    }

    /// Whether there is no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self.state {
            State::Built(items) => items.is_empty(),
            State::Parsed { .. } | State::One(_) => self.parsed().next().is_none(),
        }
    }
}

/// The items of a [`Repeat`].
pub struct RepeatIter<'a, T, E = Native> {
    state: State<'a, T>,
    encoding: PhantomData<fn() -> E>,
}

impl<'a, T, E> Iterator for RepeatIter<'a, T, E>
where
    T: Parse<'a, E> + Describe<E> + Clone,
{
    type Item = Result<T, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.state {
            State::Built(items) => {
                let (first, rest) = items.split_first()?;
                *items = rest;
                Some(Ok(first.clone()))
            }
            State::One(attr) => {
                let item = T::parse(*attr);
                self.state = State::Built(&[]);
                Some(item)
            }
            State::Parsed { attrs, ty } => {
                let ty = AttrType::new(*ty);
                loop {
                    let attr = match T::TYPE {
                        ValueType::Nested(_) => attrs.next_nest()?,
                        _ => attrs.next()?,
                    };
                    match attr {
                        Ok(attr) if attr.ty() == ty => return Some(T::parse(attr)),
                        Ok(_) => {}
                        Err(err) => return Some(Err(err)),
                    }
                }
            }
        }
    }
}

impl<'a, T, E> IntoIterator for &Repeat<'a, T, E>
where
    T: Parse<'a, E> + Describe<E> + Clone,
{
    type Item = Result<T, Error>;
    type IntoIter = RepeatIter<'a, T, E>;

    fn into_iter(self) -> RepeatIter<'a, T, E> {
        self.iter()
    }
}

macro_rules! repeat_fields {
    ($($encoding:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Emit<$encoding> + Describe<$encoding>> Field<$encoding> for Repeat<'_, T, $encoding> {
            const SCHEMA: AttrSchema = AttrSchema::of(T::TYPE, Presence::Repeated);

            fn emit(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                match self.state {
                    State::Built(items) => {
                        items.iter().try_for_each(|item| emit_checked::<T, $encoding>(item, ty, limits, w))
                    }
                    State::Parsed { .. } | State::One(_) => self.parsed().try_for_each(|attr| w.copy(attr)),
                }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'a, T> ParseField<'a, $encoding> for Repeat<'a, T, $encoding>
        where
            T: Parse<'a, $encoding> + Emit<$encoding> + Describe<$encoding>,
        {
            type Slot = Self;
            const EMPTY: Self = Self::new(&[]);

            #[inline(always)]
            fn finish(slot: Self, _: u16, _: Attrs<'a>) -> Result<Self, Error> {
                Ok(slot)
            }

            #[inline(always)]
            fn parse_one(attr: Attr<'a>) -> Result<Self, Error> {
                Ok(Self { state: State::One(attr), encoding: PhantomData })
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'a, T: Parse<'a, $encoding>> Place<'a, $encoding> for Repeat<'a, T, $encoding> {
            #[inline(always)]
            fn store(&mut self, attr: Attr<'a>, from: Attrs<'a>) -> Result<(), Error> {
                if let State::Built(_) = self.state {
                    self.state = State::Parsed { attrs: from, ty: attr.ty().get() };
                }
                Ok(())
            }
        }
    )*};
}

repeat_fields! { Native Be Text NoNul }

impl<T, E> Clone for Repeat<'_, T, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, E> Copy for Repeat<'_, T, E> {}

impl<T> Clone for State<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<'_, T> {}

impl<T, E> Default for Repeat<'_, T, E> {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl<'a, T, E> From<&'a [T]> for Repeat<'a, T, E> {
    fn from(items: &'a [T]) -> Self {
        Self::new(items)
    }
}

impl<'a, T, E, const N: usize> From<&'a [T; N]> for Repeat<'a, T, E> {
    fn from(items: &'a [T; N]) -> Self {
        Self::new(items)
    }
}

/// Item by item; one that cannot be read equals nothing but the same error.
impl<'a, T, E> PartialEq for Repeat<'a, T, E>
where
    T: Parse<'a, E> + Describe<E> + Clone + PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a, T, E> fmt::Debug for Repeat<'a, T, E>
where
    T: Parse<'a, E> + Describe<E> + Clone + fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_list();
        for item in self {
            match item {
                Ok(item) => f.entry(&item),
                Err(err) => f.entry(&err),
            };
        }
        f.finish()
    }
}

impl<'a, T, E> fmt::Debug for RepeatIter<'a, T, E>
where
    T: Parse<'a, E> + Describe<E> + Clone + fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Repeat::<T, E> { state: self.state, encoding: PhantomData }.fmt(f)
    }
}

/// The attributes that no other field of the struct claims, in order: with it, parsing and emitting lose nothing.
#[derive(Clone, Copy, Default)]
pub struct Rest<'a> {
    area: &'a [u8],
    offset: u32,
    claimed: &'static [u16],
}

impl<'a> Rest<'a> {
    /// These attributes, as bytes that were read or written elsewhere.
    #[must_use]
    pub const fn new(area: &'a [u8]) -> Self {
        Self { area, offset: 0, claimed: &[] }
    }

    /// All of `area` but the types that are claimed.
    #[doc(hidden)]
    #[must_use]
    #[inline(always)]
    pub fn of(area: Attrs<'a>, claimed: &'static [u16]) -> Self {
        Self { area: area.remainder(), offset: area.offset(), claimed }
    }

    /// The attributes, in order.
    pub fn iter(&self) -> impl Iterator<Item = Attr<'a>> + use<'a> {
        let claimed = self.claimed;
        let attrs = Attrs::at(self.area, self.offset).map_while(Result::ok);
        attrs.filter(move |attr| !claimed.contains(&attr.ty().get()))
    }

    /// Appends the attributes as they are.
    ///
    /// # Errors
    ///
    /// As [`AttrWriter::copy`].
    #[inline(always)]
    pub fn emit(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        // What was built, not parsed, seldom has any.
        if self.area.is_empty() { Ok(()) } else { self.copy_to(w) }
    }

    #[inline(never)]
    fn copy_to(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        self.iter().try_for_each(|attr| w.copy(attr))
    }
}

/// Type, flags and payload of each, in order; where they lie does not count.
impl PartialEq for Rest<'_> {
    fn eq(&self, other: &Self) -> bool {
        let bare = |attr: Attr<'_>| (attr.nla_type(), attr.payload().len());
        self.iter().map(bare).eq(other.iter().map(bare))
            && self.iter().zip(other.iter()).all(|(a, b)| a.payload() == b.payload())
    }
}

impl fmt::Debug for Rest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
