//! Addresses, in network order as everywhere in netlink.

use super::{Emit, Native, NetByteorder, Parse};
use crate::bytes::{array_at, put_at};
use crate::schema::ValueType;
use crate::structs::Member;
use crate::{Attr, AttrType, AttrWriter, Error, ErrorKind};
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A link-layer address of six bytes.
///
/// ```
/// use nl_tlv::{Attr, MacAddr};
///
/// let address: MacAddr = Attr::new(1, &[2, 0, 0, 0, 0, 5]).parse()?;
/// assert_eq!(address.to_string(), "02:00:00:00:00:05");
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddr(pub [u8; 6]);

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

macro_rules! addresses {
    ($($address:ty, $value_type:ident, $new:expr, $bytes:expr;)*) => {$(
        impl<'a> Parse<'a, Native> for $address {
            #[inline(always)]
            fn parse(attr: Attr<'a>) -> Result<Self, Error> {
                attr.array().map($new)
            }

            const IS_WORD: bool = size_of::<Self>() == 4;
        }

        impl Emit<Native> for $address {
            const TYPE: ValueType = ValueType::$value_type;

            #[inline]
            fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                w.bytes(&$bytes(*self))
            }

            #[inline(always)]
            fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                w.put_array(ty, $bytes(*self))
            }
        }

    )*};
}

addresses! {
    Ipv4Addr, Ipv4, |bytes: [u8; 4]| Ipv4Addr::from(bytes), |address: Ipv4Addr| address.octets();
    Ipv6Addr, Ipv6, |bytes: [u8; 16]| Ipv6Addr::from(bytes), |address: Ipv6Addr| address.octets();
    MacAddr, Mac, MacAddr, |address: MacAddr| address.0;
}

/// `IpAddr`: IPv4 in 4 bytes or IPv6 in 16, told apart by the length.
impl<'a> Parse<'a, Native> for IpAddr {
    #[inline]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        match attr.payload().len() {
            4 => attr.parse().map(Self::V4),
            16 => attr.parse().map(Self::V6),
            len => Err(attr.error(ErrorKind::WrongLength, 4, len).or(16)),
        }
    }

    const IS_WORD: bool = true;
}

impl Emit<Native> for IpAddr {
    const TYPE: ValueType = ValueType::Ip;

    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self {
            Self::V4(address) => Emit::<Native>::emit_payload(address, w),
            Self::V6(address) => Emit::<Native>::emit_payload(address, w),
        }
    }

    #[inline]
    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self {
            Self::V4(address) => Emit::<Native>::emit(address, ty, w),
            Self::V6(address) => Emit::<Native>::emit(address, ty, w),
        }
    }
}

/// With a flag that says what holds for every address.
macro_rules! flagged {
    ($($address:ty)*) => {$(
        impl<'a> Parse<'a, NetByteorder> for $address {
            #[inline]
            fn parse(attr: Attr<'a>) -> Result<Self, Error> {
                <Self as Parse>::parse(attr)
            }
        }

        impl Emit<NetByteorder> for $address {
            const TYPE: ValueType = <Self as Emit>::TYPE;
            const NLA_FLAGS: u16 = AttrType::NET_BYTEORDER_FLAG;

            #[inline]
            fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                <Self as Emit>::emit_payload(self, w)
            }
        }

    )*};
}

flagged! { Ipv4Addr Ipv6Addr IpAddr }

impl Member for MacAddr {
    const LEN: usize = 6;
    const ALIGN: usize = 1;
    const TYPE: ValueType = ValueType::Mac;

    #[inline(always)]
    fn read(bytes: &[u8], at: usize) -> Self {
        Self(array_at(bytes, at))
    }

    #[inline(always)]
    fn write(&self, bytes: &mut [u8], at: usize) {
        put_at(bytes, at, self.0);
    }
}
