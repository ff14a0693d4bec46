//! Any number of values in one field, without allocation: [`Repeat`]. Its last parameter is the shape in which they lie
//! on the wire; each shape has a file, and a name of its own.

use super::{Emit, Native, Parse};
use crate::schema::{Limits, ValueType};
use crate::{Attr, AttrType, AttrWriter, Attrs, Error};
use core::fmt;
use core::marker::PhantomData;
use core::mem;

/// Any number of values, in order, read when asked for: every attribute of one type, unless the shape `S` says
/// otherwise.
///
/// | name | where the values lie |
/// |---|---|
/// | `Repeat` | each in an attribute of the set itself, all of one type |
/// | [`Array`](super::Array) | in one attribute, one behind the other, as in C |
/// | [`NestedArray`](super::NestedArray) | nests in one attribute, whose types only count |
/// | [`IndexedArray`](super::IndexedArray) | attributes in one attribute, whose types only count |
/// | [`ByType`](super::ByType) | attributes in one attribute, whose types are values too |
///
/// A parsed one lies in the message; a built one is a slice: `Repeat::new(&hops)`. Parsing has checked the framing
/// (that of a `NestedArray` is checked while it is read); an item's own error comes when it is read. Emitting a parsed
/// one copies the payloads as they are, under the type of the field that holds it then. Limits of that field are checked;
/// what is inside a payload is not read for it ([`validate`](crate::schema::validate) judges that).
///
/// `E` is the encoding of the values: with [`Be`](super::Be) integers are in network order.
///
/// ```
/// use nl_tlv::{Header, Messages, NlMessage, Repeat};
///
/// #[derive(NlMessage, Debug, PartialEq)]
/// #[nl(ty = 20)]
/// struct Room<'a> {
///     #[nl(attr = 1)]
///     windows: Repeat<'a, u8>,
/// }
///
/// let mut buf = [0; 64];
/// let bytes = Room { windows: Repeat::new(&[3, 5]) }.emit(&mut buf, Header::new())?;
/// let room = Room::parse(&Messages::new(bytes).next().unwrap()?)?;
/// assert_eq!(room.windows.len(), 2);
/// for window in &room.windows {
///     println!("window {}", window?); // an item that cannot be read is an `Err`
/// }
/// # Ok::<(), nl_tlv::Error>(())
/// ```
pub struct Repeat<'a, T, E = Native, S = Each> {
    state: State<'a, &'a [T]>,
    shape: PhantomData<fn() -> (E, S)>,
}

/// Where the values are.
#[derive(Clone, Copy)]
pub(crate) enum State<'a, Built> {
    Built(Built),
    /// In these attributes.
    Parsed(Parsed<'a>),
}

/// The shape of values that each have an attribute in the set itself.
#[derive(Clone, Copy, Debug)]
pub enum Each {}

/// Values as they were received.
#[derive(Clone, Copy, Debug)]
pub struct Parsed<'a> {
    /// For `Each` the attributes of the set, of which those of the type count; else the payload of an attribute.
    pub(crate) attrs: Attrs<'a>,
    /// Its type, for a payload with the flags that it had.
    pub(crate) ty: u16,
    /// Whether, for `Each` too, they are the payload of an attribute, which is the only one.
    pub(crate) is_payload: bool,
}

impl<'a> Parsed<'a> {
    /// No values.
    pub(crate) const EMPTY: Self = Self { attrs: Attrs::EMPTY, ty: 0, is_payload: false };

    /// The payload of an attribute.
    #[inline(always)]
    pub(crate) fn payload(attr: Attr<'a>) -> Self {
        Self { attrs: attr.nested(), ty: attr.nla_type(), is_payload: true }
    }
}

/// How values of a shape are read.
pub trait Shape<'a, T, E> {
    /// What the iterator gives: values, or where one may be damaged results.
    type Item: Item<T>;

    /// The next value.
    fn next(parsed: &mut Parsed<'a>) -> Option<Result<T, Error>>;

    /// How many there are.
    fn count(parsed: Parsed<'a>) -> usize {
        parsed.attrs.count()
    }

    /// How many there may be, as an iterator says it.
    fn size_hint(attrs: Attrs<'a>) -> (usize, Option<usize>) {
        attrs.size_hint()
    }
}

/// What an iterator gives for a value that was read; `None` ends the iteration.
pub trait Item<T>: Sized {
    /// The item.
    fn of(value: Result<T, Error>) -> Option<Self>;
}

impl<T> Item<T> for Result<T, Error> {
    #[inline(always)]
    fn of(value: Self) -> Option<Self> {
        Some(value)
    }
}

impl<T> Item<T> for T {
    #[inline(always)]
    fn of(value: Result<T, Error>) -> Option<Self> {
        value.ok()
    }
}

/// A shape whose values lie in one attribute. (A trait without parameters: no other crate can implement it for
/// [`Each`], so that the compiler knows that a field of this shape is not a value.)
pub trait InOneAttr {
    /// The flag bits of `nla_type` that go with it.
    const NLA_FLAGS: u16 = AttrType::NESTED_FLAG;
}

/// How the values lie in that attribute.
pub trait Layout<T, E>: InOneAttr {
    /// What the attribute is.
    const TYPE: ValueType;

    /// Whether the payload has this layout, as far as parsing looks at it.
    ///
    /// # Errors
    ///
    /// If it has not.
    fn accept(attr: Attr<'_>) -> Result<(), Error> {
        attr.nested().try_for_each(|item| item.map(drop))
    }

    /// Appends what was built.
    ///
    /// # Errors
    ///
    /// Those of the items.
    fn write(items: &[T], w: &mut AttrWriter<'_>) -> Result<(), Error>;

    /// Appends what was parsed, as it is.
    ///
    /// # Errors
    ///
    /// If it is damaged.
    fn copy(mut attrs: Attrs<'_>, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        attrs.try_for_each(|item| w.copy(item?))
    }

    /// Whether the items that were built, or the payload, are within limits.
    ///
    /// # Errors
    ///
    /// Which limit they violate.
    fn check(built: &[T], payload: &[u8], limits: &Limits) -> Result<(), Error> {
        let _ = (built, payload, limits);
        Ok(())
    }
}

impl<'a, T, E, S> Repeat<'a, T, E, S> {
    /// These items. The types of those that are counted begin with 1.
    #[must_use]
    pub const fn new(items: &'a [T]) -> Self {
        Self::of(State::Built(items))
    }

    pub(crate) const fn of(state: State<'a, &'a [T]>) -> Self {
        Self { state, shape: PhantomData }
    }

    #[inline(always)]
    pub(crate) const fn state(&self) -> State<'a, &'a [T]> {
        self.state
    }

    /// Whether, while a set is read, no attribute of it was met. (It is parsed all the same: where the set is read, the
    /// compiler then knows that nothing was built.)
    #[inline(always)]
    pub(crate) fn has_not_begun(&self) -> bool {
        matches!(self.state, State::Parsed(parsed) if parsed.attrs.remainder().is_empty())
    }

    /// The items, in order.
    #[must_use]
    pub fn iter(&self) -> RepeatIter<'a, T, E, S> {
        RepeatIter(*self)
    }
}

impl<'a, T, E, S: Shape<'a, T, E>> Repeat<'a, T, E, S> {
    /// How many items there are. Parsed ones are walked for it, but for those of an [`Array`](super::Array).
    #[must_use]
    pub fn len(&self) -> usize {
        match self.state {
            State::Built(items) => items.len(),
            State::Parsed(parsed) => S::count(parsed),
        }
    }

    /// Whether there is no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self.state {
            State::Parsed(mut parsed) => S::next(&mut parsed).is_none(),
            State::Built(items) => items.is_empty(),
        }
    }
}

impl<'a, T: Clone, E, S: Shape<'a, T, E>> Repeat<'a, T, E, S> {
    /// The items, each with the error that reading it came to.
    fn results(&self) -> impl Iterator<Item = Result<T, Error>> + use<'a, T, E, S> {
        let mut iter = self.iter();
        core::iter::from_fn(move || iter.read())
    }
}

/// The items of a [`Repeat`].
pub struct RepeatIter<'a, T, E = Native, S = Each>(Repeat<'a, T, E, S>);

impl<'a, T: Clone, E, S: Shape<'a, T, E>> RepeatIter<'a, T, E, S> {
    #[inline(always)]
    fn read(&mut self) -> Option<Result<T, Error>> {
        match &mut self.0.state {
            State::Built(items) => {
                let (first, rest) = items.split_first()?;
                *items = rest;
                Some(Ok(first.clone()))
            }
            State::Parsed(parsed) => S::next(parsed),
        }
    }
}

impl<'a, T: Clone, E, S: Shape<'a, T, E>> Iterator for RepeatIter<'a, T, E, S> {
    type Item = S::Item;

    #[inline(always)]
    fn next(&mut self) -> Option<S::Item> {
        S::Item::of(self.read()?)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self.0.state {
            State::Built(items) => (items.len(), Some(items.len())),
            State::Parsed(Parsed { attrs, .. }) => S::size_hint(attrs),
        }
    }
}

impl<'a, T: Clone, E, S: Shape<'a, T, E>> IntoIterator for &Repeat<'a, T, E, S> {
    type Item = S::Item;
    type IntoIter = RepeatIter<'a, T, E, S>;

    fn into_iter(self) -> RepeatIter<'a, T, E, S> {
        self.iter()
    }
}

impl<'a, T, E, S: InOneAttr + Layout<T, E>> Parse<'a> for Repeat<'a, T, E, S> {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        S::accept(attr)?;
        Ok(Self::of(State::Parsed(Parsed::payload(attr))))
    }
}

impl<T, E, S: InOneAttr + Layout<T, E>> Emit for Repeat<'_, T, E, S> {
    const TYPE: ValueType = S::TYPE;

    fn check(&self, limits: &Limits) -> Result<(), Error> {
        match self.state {
            State::Built(items) => S::check(items, &[], limits),
            State::Parsed(Parsed { attrs, .. }) => S::check(&[], attrs.remainder(), limits),
        }
    }

    const NLA_FLAGS: u16 = S::NLA_FLAGS;

    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self.state {
            State::Built(items) => S::write(items, w),
            State::Parsed(Parsed { attrs, .. }) => S::copy(attrs, w),
        }
    }

    /// What was parsed keeps the flag that says the order of its numbers.
    #[inline]
    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        let order = match self.state {
            State::Built(_) => 0,
            State::Parsed(Parsed { ty, .. }) => ty & AttrType::NET_BYTEORDER_FLAG,
        };
        w.put_with(ty.with_flags(S::NLA_FLAGS | order), |w| self.emit_payload(w))
    }
}

impl<'a, T: Parse<'a, E> + Emit<E>, E> Shape<'a, T, E> for Each {
    type Item = Result<T, Error>;

    #[inline(always)]
    fn next(parsed: &mut Parsed<'a>) -> Option<Result<T, Error>> {
        let attr = match mem::take(&mut parsed.is_payload) {
            true => Ok(mem::replace(&mut parsed.attrs, Attrs::EMPTY).as_payload_of(parsed.ty)),
            false => next_of_type::<T, E>(&mut parsed.attrs, AttrType::new(parsed.ty))?,
        };
        Some(attr.and_then(T::parse))
    }

    fn count(parsed: Parsed<'a>) -> usize {
        match parsed.is_payload {
            true => 1,
            false => of_type(parsed.attrs, parsed.ty).count(),
        }
    }
}

/// The next attribute of one type, or damage.
#[inline(always)]
fn next_of_type<'a, T: Emit<E>, E>(attrs: &mut Attrs<'a>, ty: AttrType) -> Option<Result<Attr<'a>, Error>> {
    let next = || if matches!(T::TYPE, ValueType::Nested(_)) { attrs.next_nest() } else { attrs.next() };
    core::iter::from_fn(next).find(|attr| !attr.is_ok_and(|attr| attr.ty() != ty))
}

/// The attributes of one type, up to damage.
pub(crate) fn of_type(attrs: Attrs<'_>, ty: u16) -> impl Iterator<Item = Attr<'_>> {
    attrs.map_while(Result::ok).filter(move |attr| attr.ty() == AttrType::new(ty))
}

impl<T, E, S> Clone for Repeat<'_, T, E, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, E, S> Copy for Repeat<'_, T, E, S> {}

impl<T, E, S> Default for Repeat<'_, T, E, S> {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl<'a, T, E, S> From<&'a [T]> for Repeat<'a, T, E, S> {
    fn from(items: &'a [T]) -> Self {
        Self::new(items)
    }
}

impl<'a, T, E, S, const N: usize> From<&'a [T; N]> for Repeat<'a, T, E, S> {
    fn from(items: &'a [T; N]) -> Self {
        Self::new(items)
    }
}

/// Item by item; one that cannot be read equals nothing but the same error.
impl<'a, T: Clone + PartialEq, E, S: Shape<'a, T, E>> PartialEq for Repeat<'a, T, E, S> {
    fn eq(&self, other: &Self) -> bool {
        self.results().eq(other.results())
    }
}

impl<'a, T: Clone + fmt::Debug, E, S: Shape<'a, T, E>> fmt::Debug for Repeat<'a, T, E, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_list();
        for item in self.results() {
            match item {
                Ok(item) => f.entry(&item),
                Err(err) => f.entry(&err),
            };
        }
        f.finish()
    }
}

impl<'a, T: Clone + fmt::Debug, E, S: Shape<'a, T, E>> fmt::Debug for RepeatIter<'a, T, E, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
