//! Values under a name of their own: what `#[derive(NlValue)]` makes, and `Box`.

use super::sub_message::Select;
use super::{Emit, Native, Parse, Sint, Uint};
use crate::schema::{Limits, NumberSchema, Selector, ValueType};
use crate::{Attr, AttrType, AttrWriter, Error};
use core::marker::PhantomData;

/// A type that holds one value under a name of its own, and is on the wire what that is, in each of its encodings.
#[doc(hidden)]
pub trait NlValue: Sized {
    /// What it holds.
    type Held: Emit;

    /// In which encodings: [`Each`], or a single one, which is the usual one of this type.
    type Encoding;

    /// The names of its numbers or bits, if they have some.
    const NAMES: Option<NumberSchema> = None;

    /// The type from what it holds.
    fn from_held(held: Self::Held) -> Self;

    /// Calls the function with what it holds.
    fn with_held<R>(&self, f: impl FnOnce(&Self::Held) -> R) -> R;
}

/// The encoding of what a type holds is the type's own.
#[derive(Debug)]
pub enum Each {}

/// The encoding of what a type holds where the type itself is in the encoding `E`.
pub trait Held<E> {
    /// That encoding.
    type In;
}

impl<E> Held<E> for Each {
    type In = E;
}

impl Held<Native> for Uint {
    type In = Self;
}

impl Held<Native> for Sint {
    type In = Self;
}

type In<T, E> = <<T as NlValue>::Encoding as Held<E>>::In;

/// The names of a value's numbers in one encoding.
struct Names<T, E>(PhantomData<(T, E)>);

impl<E, T: NlValue<Held: Emit<E>>> Names<T, E> {
    const SCHEMA: NumberSchema = {
        let base = T::Held::TYPE;
        match T::NAMES {
            Some(names) => NumberSchema { base, ..names },
            None => NumberSchema { name: "", doc: "", c_prefix: None, base, is_flags: false, nth: &|_| None },
        }
    };
}

#[diagnostic::do_not_recommend]
impl<'a, E, T> Parse<'a, E> for T
where
    T: NlValue<Held: Parse<'a, In<T, E>>, Encoding: Held<E>>,
{
    #[inline]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        T::Held::parse(attr).map(T::from_held)
    }

    const IS_WORD: bool = <T::Held as Parse<In<T, E>>>::IS_WORD;
}

#[diagnostic::do_not_recommend]
impl<E, T> Emit<E> for T
where
    T: NlValue<Held: Emit<In<T, E>>, Encoding: Held<E>>,
{
    const TYPE: ValueType = match T::NAMES {
        Some(_) => ValueType::Named(&Names::<T, In<T, E>>::SCHEMA),
        None => <T::Held as Emit<In<T, E>>>::TYPE,
    };
    const NLA_FLAGS: u16 = <T::Held as Emit<In<T, E>>>::NLA_FLAGS;

    #[inline]
    fn check(&self, limits: &Limits) -> Result<(), Error> {
        self.with_held(|held| Emit::<In<T, E>>::check(held, limits))
    }

    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        self.with_held(|held| Emit::<In<T, E>>::emit_payload(held, w))
    }

    #[inline]
    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        self.with_held(|held| Emit::<In<T, E>>::emit(held, ty, w))
    }
}

#[diagnostic::do_not_recommend]
impl<T: NlValue<Held: Copy + Into<i128>>> Select for T {
    #[inline]
    fn selector(&self) -> Option<Selector<'_>> {
        Some(Selector::Number(self.with_held(|held| (*held).into())))
    }
}

/// A value on the heap, such as a set in itself.
#[cfg(feature = "alloc")]
impl<T: Emit> NlValue for alloc::boxed::Box<T> {
    type Held = T;
    type Encoding = Each;

    #[inline(always)]
    fn from_held(held: T) -> Self {
        Self::new(held)
    }

    #[inline(always)]
    fn with_held<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        f(self)
    }
}
