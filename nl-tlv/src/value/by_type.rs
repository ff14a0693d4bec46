//! Attributes of one kind in a nest, whatever their types: [`IndexedArray`], whose types only count, and [`ByType`],
//! whose types are values.

use super::{Describe, Emit, Native, Parse};
use crate::schema::ValueType;
use crate::{Attr, AttrType, AttrWriter, Attrs, Error};
use core::fmt;
use core::marker::PhantomData;

/// Values in one attribute, each in an attribute of its own whose type only counts; read when asked for. Integers are
/// in host order, or with [`Be`](super::Be) as `E` in network order.
///
/// A parsed one lies in the message; a built one is a slice, counted from 1. Emitting a parsed one copies its items as
/// they are, types included. For nests, see [`NestedArray`](super::NestedArray) too: that one has a policy in the kernel.
///
/// The word of the kernel's specifications is `indexed-array`.
#[doc(alias = "indexed-array")]
pub struct IndexedArray<'a, T, E = Native> {
    items: Items<'a, T>,
    encoding: PhantomData<fn() -> E>,
}

/// Values in one attribute, each in an attribute of its own whose type is a value too, such as a command or an index.
///
/// A parsed one lies in the message; a built one is a slice of both. A `ByType` of `ByType` is a nest whose types are
/// values on both levels. The word of the kernel's specifications is `nest-type-value`.
#[doc(alias = "nest-type-value")]
pub struct ByType<'a, T, E = Native> {
    items: Items<'a, (u16, T)>,
    encoding: PhantomData<fn() -> E>,
}

enum Items<'a, T> {
    Built(&'a [T]),
    Parsed(Attrs<'a>),
}

macro_rules! nest_of {
    ($name:ident, $iter:ident, $item:ty, |$attr:ident| $read:expr, $value_type:ident, |$items:ident, $w:ident| $emit:expr) => {
        impl<'a, T, E> $name<'a, T, E> {
            /// These items.
            #[must_use]
            pub const fn new(items: &'a [$item]) -> Self {
                Self { items: Items::Built(items), encoding: PhantomData }
            }

            /// The items, in order.
            #[must_use]
            pub fn iter(&self) -> $iter<'a, T, E> {
                $iter(Self { ..*self })
            }

            /// How many items there are. A parsed one is walked for it.
            #[must_use]
            pub fn len(&self) -> usize {
                match self.items {
                    Items::Built(items) => items.len(),
                    Items::Parsed(attrs) => attrs.count(),
                }
            }

            /// Whether there is no item.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }
        }

        #[doc = concat!("The items of a [`", stringify!($name), "`].")]
        pub struct $iter<'a, T, E = Native>($name<'a, T, E>);

        impl<'a, T: Parse<'a, E> + Clone, E> Iterator for $iter<'a, T, E> {
            type Item = Result<$item, Error>;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                match &mut self.0.items {
                    Items::Built(items) => {
                        let (first, rest) = items.split_first()?;
                        *items = rest;
                        Some(Ok(first.clone()))
                    }
                    Items::Parsed(attrs) => Some(attrs.next()?.and_then(|$attr| $read)),
                }
            }
        }

        impl<'a, T: Parse<'a, E> + Clone, E> IntoIterator for &$name<'a, T, E> {
            type Item = Result<$item, Error>;
            type IntoIter = $iter<'a, T, E>;

            fn into_iter(self) -> $iter<'a, T, E> {
                self.iter()
            }
        }

        impl<'a, T, E> Parse<'a> for $name<'a, T, E> {
            fn parse(attr: Attr<'a>) -> Result<Self, Error> {
                checked(attr).map(|attrs| Self { items: Items::Parsed(attrs), encoding: PhantomData })
            }
        }

        impl<T: Emit<E>, E> Emit for $name<'_, T, E> {
            const NLA_FLAGS: u16 = AttrType::NESTED_FLAG;

            fn emit_payload(&self, $w: &mut AttrWriter<'_>) -> Result<(), Error> {
                match self.items {
                    Items::Built($items) => $emit,
                    Items::Parsed(mut attrs) => attrs.try_for_each(|item| $w.copy(item?)),
                }
            }
        }

        impl<T: Describe<E>, E> Describe for $name<'_, T, E> {
            const TYPE: ValueType = ValueType::$value_type(&T::TYPE);
        }

        impl<T, E> Clone for $name<'_, T, E> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T, E> Copy for $name<'_, T, E> {}

        impl<T, E> Default for $name<'_, T, E> {
            fn default() -> Self {
                Self::new(&[])
            }
        }

        /// Item by item; one that cannot be read equals nothing but the same error.
        impl<'a, T: Parse<'a, E> + Clone + PartialEq, E> PartialEq for $name<'a, T, E> {
            fn eq(&self, other: &Self) -> bool {
                self.iter().eq(other.iter())
            }
        }

        impl<'a, T: Parse<'a, E> + Clone + fmt::Debug, E> fmt::Debug for $name<'a, T, E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self).finish()
            }
        }

        impl<'a, T: Parse<'a, E> + Clone + fmt::Debug, E> fmt::Debug for $iter<'a, T, E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

nest_of! {
    IndexedArray, IndexedArrayIter, T, |attr| T::parse(attr), Indexed,
    |items, w| (1u16..).zip(items).try_for_each(|(ty, item)| item.emit(ty.into(), w))
}

nest_of! {
    ByType, ByTypeIter, (u16, T), |attr| Ok((attr.ty().get(), T::parse(attr)?)), ByType,
    |items, w| items.iter().try_for_each(|(ty, item)| item.emit((*ty).into(), w))
}

/// The attributes in an attribute, their framing checked.
fn checked(attr: Attr<'_>) -> Result<Attrs<'_>, Error> {
    let items = attr.nested();
    for item in items {
        item?;
    }
    Ok(items)
}

impl<T> Clone for Items<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Items<'_, T> {}
