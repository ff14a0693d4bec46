//! Two values of routes that are neither integers nor nests: examples of a value type written by hand.
//!
//! [`NextHops`] is `RTA_MULTIPATH`: records whose header is a C struct with a length of its own, and attributes behind it.
//!
//! ```text
//! +----------------+---------+--------+--------------+------------+------------------
//! | rtnh_len (u16) | flags   | hops   | ifindex (i32)| attributes | next hop ...
//! +----------------+---------+--------+--------------+------------+------------------
//! ```
//!
//! [`Via`] is `RTA_VIA`: an address family, and an address of it.

use super::Encap;
use crate::rt_route::EncapType;
use core::fmt;
use core::net::IpAddr;
use nl_tlv::schema::{SetRef, StructField, StructSchema, ValueType};
use nl_tlv::tlv::{TlvFormat, Tlvs};
use nl_tlv::value::{Emit, Parse};
use nl_tlv::{Attr, AttrWriter, Attrs, Error, ErrorKind, NlAttrs, NlStruct, ParseAttrs, Rest, nl_struct};

/// The next hops of a route, read when asked for. A parsed one lies in the message; a built one is a slice.
#[derive(Clone, Copy)]
pub struct NextHops<'a>(Hops<'a>);

#[derive(Clone, Copy)]
enum Hops<'a> {
    Built(&'a [NextHop<'a>]),
    Parsed(Tlvs<'a, HopFormat>),
}

/// One of several next hops.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NextHop<'a> {
    /// `RTNH_F_*`.
    pub flags: u8,
    /// Its weight, less one.
    pub hops: u8,
    /// Number of the interface.
    pub ifindex: i32,
    /// What lies behind the struct.
    pub attrs: HopAttrs<'a>,
}

/// Those attributes of a route (`RTA_*`) that a next hop has.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct HopAttrs<'a> {
    #[nl(attr = 5)]
    pub gateway: Option<IpAddr>,
    #[nl(attr = 18)]
    pub via: Option<Via<'a>>,
    #[nl(attr = 11)]
    pub flow: Option<u32>,
    #[nl(attr = 21)]
    pub encap_type: Option<EncapType>,
    #[nl(attr = 22)]
    pub encap: Option<Encap<'a>>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `struct rtnexthop`.
#[doc(alias = "rtnexthop")]
#[nl_struct]
pub struct RtNextHop {
    pub len: u16,
    pub flags: u8,
    pub hops: u8,
    pub ifindex: i32,
}

/// `struct rtnexthop` as the header of a record. Its type is all that is not the length.
#[derive(Clone, Copy, Debug)]
pub enum HopFormat {}

impl TlvFormat for HopFormat {
    type Header = [u8; 8];
    type Type = (u8, u8, i32);
    const ALIGN: usize = 4;

    fn ty(header: &[u8; 8]) -> Self::Type {
        let header = RtNextHop::from_bytes(header);
        (header.flags, header.hops, header.ifindex)
    }

    fn len(header: &[u8; 8]) -> usize {
        RtNextHop::from_bytes(header).len.into()
    }

    fn header((flags, hops, ifindex): Self::Type, payload_len: usize) -> Option<[u8; 8]> {
        let len = u16::try_from(payload_len).ok()?.checked_add(8)?;
        Some(RtNextHop { len, flags, hops, ifindex }.to_bytes())
    }
}

impl<'a> NextHops<'a> {
    /// These next hops.
    #[must_use]
    pub const fn new(hops: &'a [NextHop<'a>]) -> Self {
        Self(Hops::Built(hops))
    }

    /// The next hops, in order; what is wrong with one comes when it is read.
    pub fn iter(&self) -> impl Iterator<Item = Result<NextHop<'a>, Error>> + use<'a> {
        let mut hops = self.0;
        core::iter::from_fn(move || match &mut hops {
            Hops::Built(hops) => {
                let (first, rest) = hops.split_first()?;
                *hops = rest;
                Some(Ok(first.clone()))
            }
            Hops::Parsed(records) => records.next().map(|record| {
                let record = record?;
                let (flags, hops, ifindex) = record.ty();
                let offset = record.offset().saturating_add(8);
                let attrs = HopAttrs::parse_attrs(Attrs::at(record.payload(), offset))?;
                Ok(NextHop { flags, hops, ifindex, attrs })
            }),
        })
    }
}

impl<'a> Parse<'a> for NextHops<'a> {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Ok(Self(Hops::Parsed(Tlvs::at(attr.payload(), attr.offset().saturating_add(4)))))
    }
}

impl Emit for NextHops<'_> {
    const TYPE: ValueType =
        ValueType::Records { header: RtNextHop::SCHEMA, length: 0, set: SetRef::new(&|| HopAttrs::SCHEMA) };

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self.0 {
            Hops::Built(hops) => hops.iter().try_for_each(|hop| {
                w.record::<HopFormat>((hop.flags, hop.hops, hop.ifindex), |w| hop.attrs.emit_attrs(w))
            }),
            Hops::Parsed(records) => w.bytes(records.remainder()),
        }
    }
}

/// Hop by hop; one that cannot be read equals nothing but the same error.
impl PartialEq for NextHops<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for NextHops<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The fields in front of the address.
#[nl_struct]
struct RtVia {
    family: u16,
}

/// `struct rtvia`: a gateway whose family is not the route's.
#[derive(Clone, Copy, Debug)]
pub struct Via<'a> {
    /// `AF_*`.
    pub family: u16,
    address: Address<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Address<'a> {
    Bytes(&'a [u8]),
    V4([u8; 4]),
    V6([u8; 16]),
}

impl<'a> Via<'a> {
    /// An address of IPv4 or IPv6.
    #[must_use]
    pub const fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self { family: 2, address: Address::V4(address.octets()) },
            IpAddr::V6(address) => Self { family: 10, address: Address::V6(address.octets()) },
        }
    }

    /// An address of any family.
    #[must_use]
    pub const fn new(family: u16, address: &'a [u8]) -> Self {
        Self { family, address: Address::Bytes(address) }
    }

    /// The address, as the family has it.
    #[must_use]
    pub fn address(&self) -> &[u8] {
        match &self.address {
            Address::Bytes(bytes) => bytes,
            Address::V4(octets) => octets,
            Address::V6(octets) => octets,
        }
    }

    /// The address, if its family is IPv4 or IPv6.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        match self.family {
            2 => <[u8; 4]>::try_from(self.address()).ok().map(IpAddr::from),
            10 => <[u8; 16]>::try_from(self.address()).ok().map(IpAddr::from),
            _ => None,
        }
    }
}

impl<'a> Parse<'a> for Via<'a> {
    /// Inlined: a call would keep each attribute of the route in memory.
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        match attr.payload().split_first_chunk() {
            Some((family, address)) => Ok(Self::new(u16::from_ne_bytes(*family), address)),
            None => Err(attr.error(ErrorKind::Truncated, 2, attr.payload().len())),
        }
    }
}

impl Emit for Via<'_> {
    const TYPE: ValueType = ValueType::Struct(&StructSchema {
        items: Some(StructField { name: "address", offset: 2, len: 1, value: ValueType::Ip }),
        ..*RtVia::SCHEMA
    });

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(&self.family.to_ne_bytes())?;
        w.bytes(self.address())
    }
}

/// By family and bytes, however it was made.
impl PartialEq for Via<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.family, self.address()) == (other.family, other.address())
    }
}

impl Eq for Via<'_> {}
