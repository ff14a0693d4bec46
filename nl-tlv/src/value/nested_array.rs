//! A nest of nests: attributes whose types only count.

use super::{Describe, Emit, Parse};
use crate::schema::{SetRef, ValueType};
use crate::{Attr, AttrType, AttrWriter, Attrs, Error, NlAttrs, ParseAttrs};
use core::fmt;

/// Sets of attributes in one attribute, each in a nest whose type only counts; read when asked for.
///
/// A parsed one lies in the message; a built one is a slice, counted from 1. Items are looked at when they are read, once:
/// an error in one comes then, and damage between them as one `Err` and then the end. Emitting a parsed one copies its
/// items as they are, types included, and refuses damage.
///
/// The kernel's words for it are `NLA_NESTED_ARRAY` and, in its specifications, `indexed-array`. New protocols repeat
/// the attribute instead: [`Repeat`](crate::Repeat).
#[doc(alias = "NLA_NESTED_ARRAY")]
pub struct NestedArray<'a, T>(Items<'a, T>);

enum Items<'a, T> {
    Built(&'a [T]),
    Parsed(Attrs<'a>),
}

impl<'a, T> NestedArray<'a, T> {
    /// These items.
    #[must_use]
    pub const fn new(items: &'a [T]) -> Self {
        Self(Items::Built(items))
    }

    /// The items, in order.
    #[must_use]
    pub fn iter(&self) -> NestedArrayIter<'a, T> {
        NestedArrayIter(self.0)
    }

    /// How many items there are. A parsed one is walked for it.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.0 {
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

/// The items of a [`NestedArray`].
pub struct NestedArrayIter<'a, T>(Items<'a, T>);

impl<'a, T: ParseAttrs<'a> + Clone> Iterator for NestedArrayIter<'a, T> {
    type Item = Result<T, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Items::Built(items) => {
                let (first, rest) = items.split_first()?;
                *items = rest;
                Some(Ok(first.clone()))
            }
            Items::Parsed(attrs) => Some(match attrs.next_nest()? {
                Ok(attr) => T::parse_attrs(attr.nested()),
                Err(err) => Err(err),
            }),
        }
    }
}

impl<'a, T: ParseAttrs<'a> + Clone> IntoIterator for &NestedArray<'a, T> {
    type Item = Result<T, Error>;
    type IntoIter = NestedArrayIter<'a, T>;

    fn into_iter(self) -> NestedArrayIter<'a, T> {
        self.iter()
    }
}

impl<'a, T> Parse<'a> for NestedArray<'a, T> {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Ok(Self(Items::Parsed(attr.nested())))
    }
}

impl<T: NlAttrs> Emit for NestedArray<'_, T> {
    const NLA_FLAGS: u16 = AttrType::NESTED_FLAG;

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self.0 {
            Items::Built(items) => {
                (1u16..).zip(items).try_for_each(|(ty, item)| w.nest(ty, |w| item.emit_attrs(w)))
            }
            Items::Parsed(mut attrs) => attrs.try_for_each(|item| w.copy(item?)),
        }
    }
}

impl<T: NlAttrs> Describe for NestedArray<'_, T> {
    const TYPE: ValueType = ValueType::NestedArray(SetRef::new(&|| T::SCHEMA));
}

impl<T> Clone for NestedArray<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for NestedArray<'_, T> {}

impl<T> Clone for Items<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Items<'_, T> {}

impl<T> Default for NestedArray<'_, T> {
    fn default() -> Self {
        Self::new(&[])
    }
}

/// Item by item; one that cannot be read equals nothing but the same error.
impl<'a, T: ParseAttrs<'a> + Clone + PartialEq> PartialEq for NestedArray<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a, T: ParseAttrs<'a> + Clone + fmt::Debug> fmt::Debug for NestedArray<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<'a, T: ParseAttrs<'a> + Clone + fmt::Debug> fmt::Debug for NestedArrayIter<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        NestedArray(self.0).fmt(f)
    }
}
