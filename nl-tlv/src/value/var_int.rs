//! Integers of either 4 or 8 bytes: 4 where the number fits, else 8. What newer protocols use for every number.

use super::{Emit, Parse, Sint, Uint};
use crate::schema::{Limits, ValueType};
use crate::{Attr, AttrType, AttrWriter, Error, ErrorKind};

macro_rules! variable {
    ($encoding:ident, $short:ty, $long:ty) => {
        impl<'a> Parse<'a, $encoding> for $long {
            #[inline]
            fn parse(attr: Attr<'a>) -> Result<Self, Error> {
                match (attr.parse::<$short>(), attr.parse::<$long>()) {
                    (Ok(number), _) => Ok(number.into()),
                    (_, Ok(number)) => Ok(number),
                    _ => Err(attr.error(ErrorKind::WrongLength, 4, attr.payload().len()).or(8)),
                }
            }
        }

        impl Emit<$encoding> for $long {
            const TYPE: ValueType = ValueType::$encoding;

            #[inline]
            fn check(&self, limits: &Limits) -> Result<(), Error> {
                limits.check_number((*self).into())
            }

            #[inline]
            fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                match <$short>::try_from(*self) {
                    Ok(short) => w.bytes(&short.to_ne_bytes()),
                    Err(_) => w.bytes(&self.to_ne_bytes()),
                }
            }

            #[inline]
            fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                match <$short>::try_from(*self) {
                    Ok(short) => w.put_array(ty, short.to_ne_bytes()),
                    Err(_) => w.put_array(ty, self.to_ne_bytes()),
                }
            }
        }
    };
}

variable! { Uint, u32, u64 }
variable! { Sint, i32, i64 }
