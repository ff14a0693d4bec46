//! A C struct that ends in a flexible array: `struct { …; struct key keys[]; }`, in one attribute.

use super::{Array, Describe, Emit, Headed, Parse, Unit};
use crate::bytes::{align_up, head, sub, tail, to_u32};
use crate::schema::{StructField, StructSchema, ValueType};
use crate::structs::{Member, NlStruct};
use crate::{Attr, AttrWriter, Error, ErrorKind};
use zerocopy::IntoBytes;

impl<H: NlStruct, T: Unit + Member> Headed<H, Array<'_, T>> {
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

impl<'a, H: NlStruct, T: Unit + Member + Emit + Describe> Parse<'a> for Headed<H, Array<'a, T>> {
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        let payload = attr.payload();
        let Some(header) = H::from_prefix(payload) else {
            return Err(attr.error(ErrorKind::WrongLength, size_of::<H::Bytes>(), payload.len()));
        };
        let items = Array::parse(Attr::new(attr.nla_type(), tail(payload, Self::START)));
        let contents = items.map_err(|err| {
            let (expected, found, start) = (err.expected(), err.found(), to_u32(Self::START));
            Error::new(err.kind(), attr.offset(), expected.saturating_add(start), found.saturating_add(start))
                .of_attr(attr.ty().get())
        })?;
        Ok(Self { header, contents })
    }
}

impl<H: NlStruct, T: Unit + Member + Emit + Describe> Emit for Headed<H, Array<'_, T>> {
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        let header = self.header.to_bytes();
        let header = head(header.as_bytes(), Self::START);
        w.bytes(header)?;
        // The alignment of an item is at most 8.
        w.bytes(head(&[0; 8], sub(Self::START, header.len())))?;
        self.contents.emit_payload(w)
    }
}

impl<H: NlStruct, T: Unit + Member + Describe> Describe for Headed<H, Array<'_, T>> {
    const TYPE: ValueType = ValueType::Struct(Self::SCHEMA);
}
