//! `struct nla_bitfield32`: flag bits, and which of them are meant.

use super::{Describe, Emit, Parse};
use crate::schema::{Limits, ValueType};
use crate::wire::Bitfield32;
use crate::{Attr, AttrWriter, Error, ErrorKind};
use zerocopy::FromBytes;

impl<'a> Parse<'a> for Bitfield32 {
    #[inline]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        let exactly = Self::read_from_bytes(attr.payload());
        exactly.map_err(|_| attr.error(ErrorKind::WrongLength, size_of::<Self>(), attr.payload().len()))
    }
}

impl Emit for Bitfield32 {
    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        crate::__private::emit_struct(self, w)
    }
}

impl Describe for Bitfield32 {
    const TYPE: ValueType = ValueType::Bitfield32;

    /// As the kernel: neither half may have a bit outside the mask, nor the value one outside the selector.
    fn check(&self, limits: &Limits) -> Result<(), Error> {
        let (value, selector) = (self.value.get(), self.selector.get());
        limits.check_number(selector.into())?;
        limits.check_number(value.into())?;
        match value & !selector {
            0 => Ok(()),
            _ => Err(Error::new(ErrorKind::ReservedBit, 0, selector, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_outside_the_mask_or_the_selector_are_refused() {
        let limits = Limits { mask: Some(0xf), ..Limits::NONE };
        let check = |value: u32, selector: u32| {
            let bits = Bitfield32 { value: value.into(), selector: selector.into() };
            bits.check(&limits).map_err(|err| (err.kind(), err.expected()))
        };
        assert_eq!(check(0b0101, 0b1111), Ok(()));
        assert_eq!(check(0x10, 0x10), Err((ErrorKind::ReservedBit, 0xf)));
        assert_eq!(check(0b0010, 0b0001), Err((ErrorKind::ReservedBit, 1)));
    }
}
