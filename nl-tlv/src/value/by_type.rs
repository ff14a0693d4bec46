//! Attributes of one kind in a nest, whatever their types: [`IndexedArray`], whose types only count, and [`ByType`],
//! whose types are values.

use super::repeat::{InOneAttr, Layout, Parsed, Shape};
use super::{Emit, Native, Parse, Repeat};
use crate::schema::ValueType;
use crate::{AttrType, AttrWriter, Error, ErrorKind};

/// Values in one attribute, each in an attribute of its own whose type only counts.
///
/// For nests, see [`NestedArray`](super::NestedArray) too: that one has a policy in the kernel. The word of the kernel's
/// specifications is `indexed-array`.
///
/// ```
/// use nl_tlv::value::{ByType, IndexedArray};
/// use nl_tlv::{Header, Messages, NlMessage};
///
/// #[derive(NlMessage, Debug, PartialEq)]
/// #[nl(ty = 20)]
/// struct Ports<'a> {
///     #[nl(attr = 1)]
///     open: IndexedArray<'a, u16>,
///     #[nl(attr = 2)]
///     names: ByType<'a, &'a str>,
/// }
///
/// let ports = Ports { open: IndexedArray::new(&[80, 443]), names: ByType::new(&[(80, "http")]) };
/// let mut buf = [0; 64];
/// let bytes = ports.emit(&mut buf, Header::new())?;
/// let read = Ports::parse(&Messages::new(bytes).next().unwrap()?)?;
/// assert_eq!((read.open.iter().next(), read.names.iter().next()), (Some(Ok(80)), Some(Ok((80, "http")))));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[doc(alias = "indexed-array")]
pub type IndexedArray<'a, T, E = Native> = Repeat<'a, T, E, Counted>;

/// Values in one attribute, each in an attribute of its own whose type is a value too, such as a command or an index.
///
/// Its items are pairs of both; a type beyond [`AttrType::MAX`] is refused when it is written. A `ByType` of `ByType` is a nest whose types are values on both levels. The word of the
/// kernel's specifications is `nest-type-value`.
#[doc(alias = "nest-type-value")]
pub type ByType<'a, T, E = Native> = Repeat<'a, (u16, T), E, Typed>;

/// The shape of values in attributes whose types count.
#[derive(Clone, Copy, Debug)]
pub enum Counted {}

impl InOneAttr for Counted {}

/// The shape of values in attributes whose types are values too.
#[derive(Clone, Copy, Debug)]
pub enum Typed {}

impl InOneAttr for Typed {}

impl<'a, T: Parse<'a, E>, E> Shape<'a, T, E> for Counted {
    type Item = Result<T, Error>;

    #[inline]
    fn next(Parsed { attrs, .. }: &mut Parsed<'a>) -> Option<Result<T, Error>> {
        Some(attrs.next()?.and_then(T::parse))
    }
}

impl<T: Emit<E>, E> Layout<T, E> for Counted {
    const TYPE: ValueType = ValueType::Indexed(&T::TYPE);

    fn write(items: &[T], w: &mut AttrWriter<'_>) -> Result<(), Error> {
        (1u16..).zip(items).try_for_each(|(ty, item)| item.emit(ty.into(), w))
    }
}

impl<'a, T: Parse<'a, E>, E> Shape<'a, (u16, T), E> for Typed {
    type Item = Result<(u16, T), Error>;

    #[inline]
    fn next(Parsed { attrs, .. }: &mut Parsed<'a>) -> Option<Self::Item> {
        Some(attrs.next()?.and_then(|attr| Ok((attr.ty().get(), T::parse(attr)?))))
    }
}

impl<T: Emit<E>, E> Layout<(u16, T), E> for Typed {
    const TYPE: ValueType = ValueType::ByType(&T::TYPE);

    fn write(items: &[(u16, T)], w: &mut AttrWriter<'_>) -> Result<(), Error> {
        items.iter().try_for_each(|(key, item)| match AttrType::new(*key) {
            ty if ty == *key => item.emit(ty, w),
            _ => Err(Error::new(ErrorKind::TypeTooLarge, 0, AttrType::MASK.into(), (*key).into())),
        })
    }
}
