//! A C array: values of one size, one behind the other, in one attribute.

use super::repeat::{InOneAttr, Layout, Parsed, RepeatIter, Shape};
use super::{Emit, Native, Parse, Repeat};
use crate::bytes::sub;
use crate::schema::{Limits, ValueType};
use crate::structs::Member;
use crate::{Attr, AttrWriter, Attrs, Error, ErrorKind};

/// Values of one size, one behind the other: `u32 values[]` in C. Integers are in host order, or with [`Be`](super::Be)
/// as `E` in network order. The length of the payload has to be a multiple of an item's.
///
/// ```
/// use nl_tlv::{Attr, value::{Array, Be}};
/// let ports: Array<'_, u16, Be> = nl_tlv::value::Parse::parse(Attr::new(1, &[0, 80, 1, 187]))?;
/// assert!(ports.iter().eq([80, 443]) && ports.iter().len() == 2);
/// # Ok::<(), nl_tlv::Error>(())
/// ```
pub type Array<'a, T, E = Native> = Repeat<'a, T, E, Packed>;

/// The shape of values that lie one behind the other in one attribute.
#[derive(Clone, Copy, Debug)]
pub enum Packed {}

impl InOneAttr for Packed {
    const NLA_FLAGS: u16 = 0;
}

impl<'a, T: Member + Parse<'a, E>, E> Shape<'a, T, E> for Packed {
    type Item = T;

    #[inline]
    fn next(parsed: &mut Parsed<'a>) -> Option<Result<T, Error>> {
        match parsed.attrs.take_bytes(T::LEN) {
            [] => None,
            // A flag of the attribute says the order of its numbers.
            unit => Some(T::parse(Attr::new(parsed.ty, unit))),
        }
    }

    fn count(parsed: Parsed<'a>) -> usize {
        units_in(parsed.attrs, T::LEN)
    }

    fn size_hint(units: Attrs<'a>) -> (usize, Option<usize>) {
        let count = units_in(units, T::LEN);
        (count, Some(count))
    }
}

/// How many units of so many bytes there are.
/// The payload, if it consists of whole units of this length.
#[inline]
pub(crate) fn whole_units(attr: Attr<'_>, unit_len: usize) -> Result<&[u8], Error> {
    let len = attr.payload().len();
    match len.checked_rem(unit_len).unwrap_or(len) {
        0 => Ok(attr.payload()),
        over => Err(attr.error(ErrorKind::WrongLength, sub(len, over), len)),
    }
}

fn units_in(units: Attrs<'_>, len: usize) -> usize {
    units.remainder().len().checked_div(len).unwrap_or_default()
}

impl<'a, T: Member + Clone + Parse<'a, E>, E> ExactSizeIterator for RepeatIter<'a, T, E, Packed> {}

impl<T: Member + Emit<E>, E> Layout<T, E> for Packed {
    const TYPE: ValueType = ValueType::Units { value: &<T as Emit<E>>::TYPE, len: T::LEN };

    #[inline]
    fn accept(attr: Attr<'_>) -> Result<(), Error> {
        whole_units(attr, T::LEN).map(drop)
    }

    #[inline]
    fn write(items: &[T], w: &mut AttrWriter<'_>) -> Result<(), Error> {
        items.iter().try_for_each(|item| item.emit_payload(w))
    }

    fn copy(units: Attrs<'_>, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(units.remainder())
    }

    /// The length in bytes.
    fn check(built: &[T], payload: &[u8], limits: &Limits) -> Result<(), Error> {
        limits.check_len(built.len().saturating_mul(T::LEN).saturating_add(payload.len()))
    }
}
