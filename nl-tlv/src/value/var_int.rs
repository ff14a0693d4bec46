//! Integers of either 4 or 8 bytes: 4 where the number fits, else 8. What newer protocols use for every number.

use super::{Emit, Parse};
use crate::schema::{Limits, ValueType};
use crate::{Attr, AttrType, AttrWriter, Error, ErrorKind};
use core::fmt;

/// An unsigned integer of 4 or 8 bytes in host order; read from either, written as the shorter that holds it.
///
/// ```
/// use nl_tlv::{Attr, value::Uint};
/// assert_eq!(Attr::new(1, &7u32.to_ne_bytes()).parse::<Uint>()?, Uint(7));
/// assert_eq!(Attr::new(1, &7u64.to_ne_bytes()).parse::<Uint>()?, Uint(7));
/// assert!(Attr::new(1, &[7]).parse::<Uint>().is_err());
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "NLA_UINT")]
pub struct Uint(pub u64);

/// A signed integer of 4 or 8 bytes in host order; read from either, written as the shorter that holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "NLA_SINT")]
pub struct Sint(pub i64);

macro_rules! variable {
    ($name:ident, $value_type:ident, $short:ty, $long:ty) => {
        impl<'a> Parse<'a> for $name {
            #[inline]
            fn parse(attr: Attr<'a>) -> Result<Self, Error> {
                match (attr.parse::<$short>(), attr.parse::<$long>()) {
                    (Ok(number), _) => Ok(Self(number.into())),
                    (_, Ok(number)) => Ok(Self(number)),
                    _ => Err(neither(attr)),
                }
            }
        }

        impl Emit for $name {
            const TYPE: ValueType = ValueType::$value_type;

            #[inline]
            fn check(&self, limits: &Limits) -> Result<(), Error> {
                limits.check_number(self.0.into())
            }

            #[inline]
            fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                match <$short>::try_from(self.0) {
                    Ok(short) => w.bytes(&short.to_ne_bytes()),
                    Err(_) => w.bytes(&self.0.to_ne_bytes()),
                }
            }

            #[inline]
            fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                match <$short>::try_from(self.0) {
                    Ok(short) => w.put_array(ty, short.to_ne_bytes()),
                    Err(_) => w.put_array(ty, self.0.to_ne_bytes()),
                }
            }
        }

        impl From<$long> for $name {
            fn from(number: $long) -> Self {
                Self(number)
            }
        }

        impl From<$name> for $long {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

variable! { Uint, Uint, u32, u64 }
variable! { Sint, Sint, i32, i64 }

#[cold]
fn neither(attr: Attr<'_>) -> Error {
    let len = attr.payload().len();
    attr.error(ErrorKind::WrongLength, if len < 4 { 4 } else { 8 }, len)
}
