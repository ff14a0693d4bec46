//! A C struct with something behind it, in one attribute: attributes, or the items of a flexible array, as in
//! `struct { …; struct key keys[]; }`.

use super::{Array, Emit, Parse};
use crate::NlStruct;
use crate::bytes::{add, align_up, align4, from_u32, head, padding4, sub, tail, to_u32};
use crate::schema::{SetRef, StructField, StructSchema, ValueType};
use crate::structs::Member;
use crate::{Attr, AttrWriter, Attrs, Error, ErrorKind, NlAttrs, ParseAttrs};

/// A C struct, and behind it either attributes or the items of a flexible array, up to the end of the attribute.
///
/// Attributes begin behind the struct and its padding. The items of an [`Array`](super::Array) begin where C puts them:
/// behind the last field of the struct, aligned as an item. A struct with padding there in which an item would begin does not
/// compile, because nobody could tell the padding from items: give it a last field. Like the fields of every struct they are in host order,
/// whether or not the attribute has `NLA_F_NET_BYTEORDER`.
///
/// ```
/// use nl_tlv::value::Headed;
/// use nl_tlv::{NlAttrs, NlMessage, nl_struct};
///
/// #[nl_struct]
/// struct Qopt { limit: u32 }
/// #[derive(NlAttrs, Clone, Debug, PartialEq)]
/// struct Loss {
///     #[nl(attr = 5)]
///     percent: Option<u8>,
/// }
///
/// #[derive(NlMessage, Debug, PartialEq)]
/// #[nl(ty = 36)]
/// struct Qdisc {
///     #[nl(attr = 2)]
///     options: Headed<Qopt, Loss>,
/// }
/// # use nl_tlv::Header;
/// # let mut buf = [0; 64];
/// let options = Headed { header: Qopt { limit: 100 }, contents: Loss { percent: None } };
/// assert_eq!(Qdisc { options }.emit(&mut buf, Header::new())?.len(), 16 + 4 + 4);
/// # Ok::<(), nl_tlv::Error>(())
/// ```
///
/// ```
/// use nl_tlv::value::{Array, Headed, Parse};
/// use nl_tlv::{Attr, nl_struct};
///
/// #[nl_struct]
/// struct Selector { flags: u8, nkeys: u8, off: u16 }
///
/// let payload = [1, 2, 0, 0, 10, 0, 20, 0];
/// # #[cfg(target_endian = "little")] {
/// let selector = Headed::<Selector, Array<u16>>::parse(Attr::new(1, &payload))?;
/// assert_eq!(selector.header.nkeys, 2);
/// assert!(selector.contents.iter().eq([10, 20]));
/// # }
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headed<H, T> {
    /// The struct.
    pub header: H,
    /// The attributes, or the items.
    pub contents: T,
}

impl<'a, H: NlStruct, T: ParseAttrs<'a>> Parse<'a> for Headed<H, T> {
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        let len = attr.payload().len();
        let header = H::from_prefix(attr.payload())
            .ok_or_else(|| attr.error(ErrorKind::Truncated, size_of::<H::Bytes>(), len))?;
        let at = align4(size_of::<H::Bytes>());
        let attrs = Attrs::at(tail(attr.payload(), at), attr.offset().saturating_add(to_u32(add(4, at))));
        T::parse_attrs(attrs).map(|contents| Self { header, contents })
    }
}

impl<H: NlStruct, T: NlAttrs> Emit for Headed<H, T> {
    const TYPE: ValueType = ValueType::Headed(H::SCHEMA, SetRef::new(&|| T::SCHEMA));

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(self.header.to_bytes().as_ref())?;
        w.bytes(head(&[0; 4], padding4(size_of::<H::Bytes>())))?;
        self.contents.emit_attrs(w)
    }
}

impl<H: NlStruct, T: Member> Headed<H, Array<'_, T>> {
    /// Where the items begin: bytes from the start of the struct.
    const START: usize = match H::SCHEMA.fields.last() {
        Some(last) if align_up(last.offset.saturating_add(last.len), T::ALIGN) < size_of::<H::Bytes>() => {
            panic!(
                "items would begin in the padding at the end of the struct, which looks like items: make it a field"
            )
        }
        _ => align_up(size_of::<H::Bytes>(), T::ALIGN),
    };
    const SCHEMA: &'static StructSchema = &StructSchema {
        items: Some(StructField {
            name: "items",
            offset: Self::START,
            len: T::LEN,
            value: ValueType::Units { value: &T::TYPE, len: T::LEN },
        }),
        ..*H::SCHEMA
    };
}

impl<'a, H: NlStruct, T: Member + Emit> Parse<'a> for Headed<H, Array<'a, T>> {
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        let payload = attr.payload();
        let Some(header) = H::from_prefix(payload) else {
            return Err(attr.error(ErrorKind::WrongLength, size_of::<H::Bytes>(), payload.len()));
        };
        let items = Array::parse(Attr::new(attr.ty().get(), tail(payload, Self::START)));
        let all = |len| add(from_u32(len), Self::START);
        let contents = items.map_err(|err| attr.error(err.kind(), all(err.expected()), all(err.found())))?;
        Ok(Self { header, contents })
    }
}

impl<'a, H: NlStruct, T: Member + Parse<'a> + Emit + Clone> Emit for Headed<H, Array<'a, T>> {
    const TYPE: ValueType = ValueType::Struct(Self::SCHEMA);

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(self.header.to_bytes().as_ref())?;
        // The alignment of an item is at most 8.
        w.bytes(head(&[0; 8], sub(Self::START, size_of::<H::Bytes>())))?;
        // One by one: received ones may be in network order, if their attribute said so, and this one does not.
        self.contents.iter().try_for_each(|item| item.emit_payload(w))
    }
}
