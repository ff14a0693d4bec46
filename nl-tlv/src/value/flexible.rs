//! A C struct that ends in a flexible array: `struct { …; struct key keys[]; }`, in one attribute.

use super::{Array, Describe, Emit, Parse, Unit};
use crate::bytes::{align_up, head, sub, tail, to_u32};
use crate::schema::{StructField, StructSchema, ValueType};
use crate::structs::{Member, NlStruct};
use crate::{Attr, AttrWriter, Error, ErrorKind};
use core::fmt;
use zerocopy::IntoBytes;

/// A C struct and the items of the flexible array at its end, up to the end of the attribute.
///
/// `H` has the fields in front of the array. The items begin where C puts them: behind the last of these fields,
/// aligned as an item.
///
/// ```
/// use nl_tlv::value::{Array, Emit, Flexible, Parse};
/// use nl_tlv::{Attr, nl_struct};
///
/// #[nl_struct]
/// struct Selector { flags: u8, nkeys: u8, off: u16 }
///
/// let payload = [1, 2, 0, 0, 10, 0, 20, 0];
/// # #[cfg(target_endian = "little")] {
/// let selector = Flexible::<Selector, u16>::parse(Attr::new(1, &payload))?;
/// assert_eq!(selector.header.nkeys, 2);
/// assert!(selector.items.iter().eq([10, 20]));
/// # }
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Flexible<'a, H, T> {
    /// The fields in front of the array.
    pub header: H,
    /// The items of the array.
    pub items: Array<'a, T>,
}

impl<H: NlStruct, T: Unit + Member> Flexible<'_, H, T> {
    /// Where the items begin: bytes from the start of the struct.
    const START: usize = match H::SCHEMA.fields.last() {
        Some(last) => align_up(last.offset.saturating_add(last.len), T::ALIGN),
        None => 0,
    };
    const SCHEMA: &'static StructSchema = &StructSchema {
        items: Some(StructField {
            name: "items",
            offset: Self::START,
            len: <T as Member>::LEN,
            value: ValueType::Units { value: &T::TYPE, len: <T as Member>::LEN },
        }),
        ..*H::SCHEMA
    };
}

impl<'a, H: NlStruct, T: Unit + Member + Emit + Describe> Parse<'a> for Flexible<'a, H, T> {
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        let payload = attr.payload();
        let Some(header) = H::from_prefix(payload) else {
            return Err(attr.error(ErrorKind::WrongLength, size_of::<H::Bytes>(), payload.len()));
        };
        let items = Array::parse(Attr::new(attr.nla_type(), tail(payload, Self::START)));
        let items = items.map_err(|err| {
            let (expected, found) = (err.expected(), err.found());
            let start = to_u32(Self::START);
            Error::new(err.kind(), attr.offset(), expected.saturating_add(start), found.saturating_add(start))
                .of_attr(attr.ty().get())
        })?;
        Ok(Self { header, items })
    }
}

impl<H: NlStruct, T: Unit + Member + Emit + Describe> Emit for Flexible<'_, H, T> {
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        let header = self.header.to_bytes();
        let header = head(header.as_bytes(), Self::START);
        w.bytes(header)?;
        // The alignment of an item is at most 8.
        w.bytes(head(&[0; 8], sub(Self::START, header.len())))?;
        self.items.emit_payload(w)
    }
}

impl<H: NlStruct, T: Unit + Member + Describe> Describe for Flexible<'_, H, T> {
    const TYPE: ValueType = ValueType::Struct(Self::SCHEMA);
}

impl<'a, H: PartialEq, T> PartialEq for Flexible<'a, H, T>
where
    Array<'a, T>: PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        self.header == other.header && self.items == other.items
    }
}

impl<'a, H: fmt::Debug, T> fmt::Debug for Flexible<'a, H, T>
where
    Array<'a, T>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flexible").field("header", &self.header).field("items", &self.items).finish()
    }
}

impl<H: Default, T> Default for Flexible<'_, H, T> {
    fn default() -> Self {
        Self { header: H::default(), items: Array::default() }
    }
}
