//! A nest of nests: attributes whose types only count.

use super::repeat::{InOneAttr, Layout, Parsed, Shape};
use super::{Emit, Native, Repeat};
use crate::schema::{SetRef, ValueType};
use crate::{Attr, AttrWriter, Error, NlAttrs, ParseAttrs};

/// Sets of attributes in one attribute, each in a nest whose type only counts.
///
/// Its framing is checked while its items are read: damage between items is one `Err` and then the end. Emitting a parsed one
/// copies its items as they are, types included, and refuses damage.
///
/// The kernel's words for it are `NLA_NESTED_ARRAY` and, in its specifications, `indexed-array`. New protocols repeat
/// the attribute instead: [`Repeat`].
///
/// ```
/// use nl_tlv::value::NestedArray;
/// use nl_tlv::{Header, Messages, NlAttrs, NlMessage};
///
/// #[derive(NlAttrs, Clone, Debug, PartialEq)]
/// struct Window {
///     #[nl(attr = 1)]
///     width: u32,
/// }
/// #[derive(NlMessage, Debug, PartialEq)]
/// #[nl(ty = 20)]
/// struct Room<'a> {
///     #[nl(attr = 1)]
///     windows: NestedArray<'a, Window>,
/// }
///
/// let mut buf = [0; 64];
/// let windows = [Window { width: 80 }, Window { width: 120 }];
/// let bytes = Room { windows: NestedArray::new(&windows) }.emit(&mut buf, Header::new())?;
/// let room = Room::parse(&Messages::new(bytes).next().unwrap()?)?;
/// assert_eq!(room.windows.iter().last(), Some(Ok(Window { width: 120 })));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[doc(alias = "NLA_NESTED_ARRAY")]
pub type NestedArray<'a, T> = Repeat<'a, T, Native, Nests>;

/// The shape of nests in one attribute.
#[derive(Clone, Copy, Debug)]
pub enum Nests {}

impl InOneAttr for Nests {}

impl<'a, T: ParseAttrs<'a>> Shape<'a, T, Native> for Nests {
    type Item = Result<T, Error>;

    #[inline(always)]
    fn next(Parsed { attrs, .. }: &mut Parsed<'a>) -> Option<Result<T, Error>> {
        Some(attrs.next_nest()?.and_then(|attr| T::parse_attrs(attr.nested())))
    }
}

impl<T: NlAttrs + Emit> Layout<T, Native> for Nests {
    const TYPE: ValueType = ValueType::NestedArray(SetRef::new(&|| T::SCHEMA));

    #[inline(always)]
    fn accept(_: Attr<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn write(items: &[T], w: &mut AttrWriter<'_>) -> Result<(), Error> {
        (1u16..).zip(items).try_for_each(|(ty, item)| w.nest(ty, |w| item.emit_attrs(w)))
    }
}
