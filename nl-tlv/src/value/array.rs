//! A C array: values of one size, one behind the other, in one attribute.

use super::{Describe, Emit, MacAddr, Native, Parse};
use crate::bytes::{head, tail};
use crate::schema::{Limits, ValueType};
use crate::{Attr, AttrWriter, Error, ErrorKind};
use core::fmt;
use core::marker::PhantomData;
use core::net::{Ipv4Addr, Ipv6Addr};

/// A value of one size: any so many bytes are one. What an [`Array`] can consist of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no fixed size on the wire, so there is no C array of it",
    note = "items are integers, `[u8; N]`, `Ipv4Addr`, `Ipv6Addr`, `MacAddr`, structs with `#[nl_struct]`, and numbers with `#[derive(NlValue)]`"
)]
pub trait Unit: Clone {
    /// Its size in bytes.
    const LEN: usize;
}

macro_rules! units {
    ($($unit:ty)*) => {$(
        impl Unit for $unit {
            const LEN: usize = size_of::<$unit>();
        }
    )*};
}

units! { u8 u16 u32 u64 i8 i16 i32 i64 Ipv4Addr Ipv6Addr MacAddr }

impl<const N: usize> Unit for [u8; N] {
    const LEN: usize = N;
}

/// Values of one size, one behind the other: `u32 values[]` in C. Integers are in host order, or with [`Be`](super::Be)
/// as `E` in network order.
///
/// A parsed one lies in the message, where the length of the payload has to be a multiple of an item's; a built one is
/// a slice.
///
/// ```
/// use nl_tlv::{Attr, value::{Array, Be}};
/// let ports: Array<'_, u16, Be> = nl_tlv::value::Parse::parse(Attr::new(1, &[0, 80, 1, 187]))?;
/// assert!(ports.iter().eq([80, 443]));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
pub struct Array<'a, T, E = Native> {
    items: Items<'a, T>,
    encoding: PhantomData<fn() -> E>,
}

enum Items<'a, T> {
    Built(&'a [T]),
    Parsed(&'a [u8]),
}

impl<'a, T, E> Array<'a, T, E> {
    /// These values.
    #[must_use]
    pub const fn new(items: &'a [T]) -> Self {
        Self { items: Items::Built(items), encoding: PhantomData }
    }

    /// The values, in order.
    #[must_use]
    pub fn iter(&self) -> ArrayIter<'a, T, E> {
        ArrayIter(Self { ..*self })
    }
}

impl<T: Unit, E> Array<'_, T, E> {
    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.items {
            Items::Built(items) => items.len(),
            Items::Parsed(bytes) => bytes.len().checked_div(T::LEN).unwrap_or_default(),
        }
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The values of an [`Array`].
pub struct ArrayIter<'a, T, E = Native>(Array<'a, T, E>);

impl<'a, T: Unit + Parse<'a, E>, E> Iterator for ArrayIter<'a, T, E> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        match &mut self.0.items {
            Items::Built(items) => {
                let (first, rest) = items.split_first()?;
                *items = rest;
                Some(first.clone())
            }
            Items::Parsed([]) => None,
            Items::Parsed(bytes) => {
                let first = head(bytes, T::LEN);
                *bytes = tail(bytes, T::LEN);
                T::parse(Attr::new(0, first)).ok()
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.len(), Some(self.0.len()))
    }
}

impl<'a, T: Unit + Parse<'a, E>, E> ExactSizeIterator for ArrayIter<'a, T, E> {}

impl<'a, T: Unit + Parse<'a, E>, E> IntoIterator for &Array<'a, T, E> {
    type Item = T;
    type IntoIter = ArrayIter<'a, T, E>;

    fn into_iter(self) -> ArrayIter<'a, T, E> {
        self.iter()
    }
}

impl<'a, T: Unit, E> Parse<'a> for Array<'a, T, E> {
    #[inline]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        let len = attr.payload().len();
        match len.checked_rem(T::LEN) {
            Some(0) => Ok(Self { items: Items::Parsed(attr.payload()), encoding: PhantomData }),
            Some(over) => Err(attr.error(ErrorKind::WrongLength, crate::bytes::sub(len, over), len)),
            None => Err(attr.error(ErrorKind::WrongLength, 0, len)),
        }
    }
}

impl<T: Unit + Emit<E>, E> Emit for Array<'_, T, E> {
    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self.items {
            Items::Built(items) => items.iter().try_for_each(|item| item.emit_payload(w)),
            Items::Parsed(bytes) => w.bytes(bytes),
        }
    }
}

impl<T: Unit + Describe<E>, E> Describe for Array<'_, T, E> {
    const TYPE: ValueType = ValueType::Units { value: &T::TYPE, len: T::LEN };

    /// The length in bytes.
    fn check(&self, limits: &Limits) -> Result<(), Error> {
        limits.check_len(self.len().saturating_mul(T::LEN))
    }
}

impl<T, E> Clone for Array<'_, T, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, E> Copy for Array<'_, T, E> {}

impl<T> Clone for Items<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Items<'_, T> {}

impl<T, E> Default for Array<'_, T, E> {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl<'a, T: Unit + Parse<'a, E> + PartialEq, E> PartialEq for Array<'a, T, E> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a, T: Unit + Parse<'a, E> + fmt::Debug, E> fmt::Debug for Array<'a, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<'a, T: Unit + Parse<'a, E> + fmt::Debug, E> fmt::Debug for ArrayIter<'a, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
