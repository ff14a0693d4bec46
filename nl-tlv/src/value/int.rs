//! Integers of 8 to 64 bits, in host or network order. A payload of any other length is refused: the low half of a
//! longer one would be a wrong number.
//!
//! Where the attribute says that it is in network order (`NLA_F_NET_BYTEORDER`), it is read so, whatever the definition
//! says.

use super::{Be, Emit, Native, NetByteorder, Parse};
use crate::schema::{Limits, ValueType};
use crate::{Attr, AttrType, AttrWriter, Error};

macro_rules! integers {
    ($($int:ty, $native:ident, $be:ident;)*) => {$(
        integers!(@encoding $int, Native, $native, from_ne_bytes, to_ne_bytes, 0);
        integers!(@encoding $int, Be, $be, from_be_bytes, to_be_bytes, 0);
        integers!(@encoding $int, NetByteorder, $be, from_be_bytes, to_be_bytes, AttrType::NET_BYTEORDER_FLAG);
    )*};
    (@encoding $int:ty, $encoding:ty, $name:ident, $from:ident, $to:ident, $flags:expr) => {
        impl<'a> Parse<'a, $encoding> for $int {
            #[inline(always)]
            fn parse(attr: Attr<'a>) -> Result<Self, Error> {
                let bytes = attr.array()?;
                Ok(if attr.is_net_byteorder() { seldom(Self::from_be_bytes(bytes)) } else { Self::$from(bytes) })
            }

            const IS_WORD: bool = size_of::<Self>() == 4;
        }

        impl Emit<$encoding> for $int {
            const TYPE: ValueType = ValueType::$name;

            #[inline(always)]
            fn check(&self, limits: &Limits) -> Result<(), Error> {
                limits.check_number(i128::from(*self))
            }

            const NLA_FLAGS: u16 = $flags;

            #[inline(always)]
            fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                w.bytes(&self.$to())
            }

            #[inline(always)]
            fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                w.put_array(ty.with_flags($flags), self.$to())
            }
        }

    };
}

integers! {
    u8, U8, U8;
    u16, U16, Be16;
    u32, U32, Be32;
    u64, U64, Be64;
    i8, S8, S8;
    i16, S16, BeS16;
    i32, S32, BeS32;
    i64, S64, BeS64;
}

/// The number itself; the compiler keeps the code that needs it out of the way of the usual case.
#[cold]
fn seldom<T>(number: T) -> T {
    number
}
