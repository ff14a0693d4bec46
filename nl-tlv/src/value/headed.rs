//! A C struct with something behind it, in one attribute; here attributes, in `flexible` the items of an array.

use super::{Describe, Emit, Parse};
use crate::NlStruct;
use crate::bytes::{add, align4, head, padding4, tail, to_u32};
use crate::schema::{SetRef, ValueType};
use crate::{Attr, AttrWriter, Attrs, Error, ErrorKind, NlAttrs, ParseAttrs};
use zerocopy::IntoBytes;

/// A C struct, and behind it either attributes or the items of a flexible array, up to the end of the attribute.
///
/// Attributes begin behind the struct and its padding. The items of an [`Array`](super::Array) begin where C puts them:
/// behind the last field of the struct, aligned as an item.
///
#[cfg_attr(feature = "derive", doc = "```")]
#[cfg_attr(not(feature = "derive"), doc = "```ignore")]
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
        T::parse_attrs(behind::<H>(attr)).map(|contents| Self { header, contents })
    }
}

/// The attributes behind the struct.
fn behind<H: NlStruct>(attr: Attr<'_>) -> Attrs<'_> {
    let at = align4(size_of::<H::Bytes>());
    Attrs::at(tail(attr.payload(), at), attr.offset().saturating_add(to_u32(add(4, at))))
}

impl<H: NlStruct, T: NlAttrs> Emit for Headed<H, T> {
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(self.header.to_bytes().as_bytes())?;
        w.bytes(head(&[0; 4], padding4(size_of::<H::Bytes>())))?;
        self.contents.emit_attrs(w)
    }
}

impl<H: NlStruct, T: NlAttrs> Describe for Headed<H, T> {
    const TYPE: ValueType = ValueType::Headed(H::SCHEMA, SetRef::new(&|| T::SCHEMA));
}
