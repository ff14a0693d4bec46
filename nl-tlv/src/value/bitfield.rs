//! `struct nla_bitfield32`: flag bits, and which of them are meant.

use super::{Emit, Parse};
use crate::schema::{Limits, StructField, StructSchema, ValueType};
use crate::structs::{Member, NlStruct};
use crate::{Attr, AttrType, AttrWriter, Error, ErrorKind};

/// A selector and a value of 32 flag bits: only bits that are set in the selector are meant.
///
/// The bits have names if `F` is a type with `#[derive(NlValue)]` and `#[nl(flags)]` that holds a `u32`.
///
/// Host byte order. A payload of any other size than 8 bytes is refused.
///
/// ```
/// use nl_tlv::{Attr, value::Bitfield32};
///
/// let payload = [0x01_u32, 0x03].map(u32::to_ne_bytes).concat();
/// let flags: Bitfield32 = Attr::new(1, &payload).parse()?;
/// assert_eq!(flags, Bitfield32 { value: 1, selector: 3 }); // sets bit 0, clears bit 1, leaves the others
/// # Ok::<(), nl_tlv::Error>(())
/// ```
///
/// Source: `include/uapi/linux/netlink.h`, `struct nla_bitfield32`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "nla_bitfield32")]
pub struct Bitfield32<F = u32> {
    /// The bits that are set.
    pub value: F,
    /// The bits that are meant.
    pub selector: F,
}

#[diagnostic::do_not_recommend]
impl<F: Member> NlStruct for Bitfield32<F> {
    type Bytes = [u8; 8];
    const SCHEMA: &'static StructSchema = &StructSchema {
        name: "Bitfield32",
        len: 8,
        align: F::ALIGN,
        fields: &[Self::field("value", 0), Self::field("selector", 4)],
        items: None,
        zero_extend: false,
    };

    #[inline(always)]
    fn from_bytes(bytes: &[u8; 8]) -> Self {
        Self { value: F::read(bytes, 0), selector: F::read(bytes, 4) }
    }

    #[inline(always)]
    fn to_bytes(&self) -> [u8; 8] {
        let mut bytes = [0; 8];
        self.value.write(&mut bytes, 0);
        self.selector.write(&mut bytes, 4);
        bytes
    }
}

impl<F: Member> Bitfield32<F> {
    #[allow(clippy::panic, reason = "evaluated by the compiler")]
    const fn field(name: &'static str, offset: usize) -> StructField {
        assert!(F::LEN == 4, "the bits of a `Bitfield32` are a `u32`: write `struct Flags(u32);`");
        StructField { name, offset, len: F::LEN, value: F::TYPE }
    }
}

impl<'a, F: Member> Parse<'a> for Bitfield32<F> {
    #[inline]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        attr.array().map(|bytes| Self::from_bytes(&host_order(attr, bytes)))
    }
}

impl<F: Member> Emit for Bitfield32<F> {
    const TYPE: ValueType = match Self::field("value", 0).value {
        ValueType::Named(names) => ValueType::Bitfield32(Some(names)),
        _ => ValueType::Bitfield32(None),
    };

    /// As the kernel: neither half may have a bit outside the mask, nor the value one outside the selector.
    fn check(&self, limits: &Limits) -> Result<(), Error> {
        let Bitfield32 { value, selector } = Bitfield32::<u32>::from_bytes(&self.to_bytes());
        limits.check_number(selector.into())?;
        limits.check_number(value.into())?;
        match value & !selector {
            0 => Ok(()),
            _ => Err(Error::new(ErrorKind::ReservedBit, 0, selector, value)),
        }
    }

    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(&self.to_bytes())
    }

    #[inline]
    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.put_array(ty, self.to_bytes())
    }
}

/// Both halves in host order, whatever the attribute says of its own.
#[inline]
fn host_order(attr: Attr<'_>, bytes: [u8; 8]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h] = bytes;
    match attr.is_net_byteorder() && cfg!(target_endian = "little") {
        true => [d, c, b, a, h, g, f, e],
        false => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_outside_the_mask_or_the_selector_are_refused() {
        let limits = Limits { mask: Some(0xf), ..Limits::NONE };
        let check = |value: u32, selector: u32| {
            let bits = Bitfield32 { value, selector };
            bits.check(&limits).map_err(|err| (err.kind(), err.expected()))
        };
        assert_eq!(check(0b0101, 0b1111), Ok(()));
        assert_eq!(check(0x10, 0x10), Err((ErrorKind::ReservedBit, 0xf)));
        assert_eq!(check(0b0010, 0b0001), Err((ErrorKind::ReservedBit, 1)));
    }
}
