//! An address of any family.

use core::fmt;
use core::net::{AddrParseError, IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;
use nl_tlv::schema::{Selector, SubMessageSchema, ValueType};
use nl_tlv::value::{Emit, Parse};
use nl_tlv::{Attr, AttrType, AttrWriter, Error};

/// An address of the family that the message's header names: of IPv4 or IPv6, or of another one, whose bytes are as they
/// came.
///
/// Nothing but the header tells a label of MPLS from an address of IPv4, since both have four bytes: where other families
/// may be met, look at the header's family, or print [`in_family`](Self::in_family). A reader of schemas does.
///
/// ```
/// use nl_tlv_families::values::FamilyAddr;
/// let address: FamilyAddr<'_> = "192.0.2.7".parse()?;
/// assert_eq!(address.ip(), Some("192.0.2.7".parse()?));
/// // A route of MPLS (`AF_MPLS`, 28) from label 100.
/// let label = FamilyAddr::new(&[0, 6, 0x41, 0]);
/// assert_eq!(label.in_family(28).to_string(), "label 100");
/// // An address of MCTP has one byte.
/// assert_eq!(FamilyAddr::new(&[9]).to_string(), "09");
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FamilyAddr<'a>(State<'a>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum State<'a> {
    V4([u8; 4]),
    V6([u8; 16]),
    Other(&'a [u8]),
}

/// `AF_MPLS`.
const MPLS: u8 = 28;

impl<'a> FamilyAddr<'a> {
    /// These bytes.
    #[must_use]
    #[inline(always)]
    pub fn new(bytes: &'a [u8]) -> Self {
        match (<[u8; 4]>::try_from(bytes), <[u8; 16]>::try_from(bytes)) {
            (Ok(octets), _) => Self(State::V4(octets)),
            (_, Ok(octets)) => Self(State::V6(octets)),
            _ => Self(State::Other(bytes)),
        }
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            State::V4(octets) => octets,
            State::V6(octets) => octets,
            State::Other(bytes) => bytes,
        }
    }

    /// The address, if it has the length of one of IPv4 or IPv6.
    #[must_use]
    #[inline(always)]
    pub fn ip(self) -> Option<IpAddr> {
        match self.0 {
            State::V4(octets) => Some(IpAddr::V4(Ipv4Addr::from(octets))),
            State::V6(octets) => Some(IpAddr::V6(Ipv6Addr::from(octets))),
            State::Other(_) => None,
        }
    }

    /// The address as the family in the header has it, for printing: `label 100` of MPLS.
    #[must_use]
    pub fn in_family(self, family: u8) -> impl fmt::Display + use<'a> {
        InFamily(self, family)
    }
}

impl From<IpAddr> for FamilyAddr<'_> {
    #[inline(always)]
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => address.into(),
        }
    }
}

impl From<Ipv4Addr> for FamilyAddr<'_> {
    #[inline(always)]
    fn from(address: Ipv4Addr) -> Self {
        Self(State::V4(address.octets()))
    }
}

impl From<Ipv6Addr> for FamilyAddr<'_> {
    #[inline(always)]
    fn from(address: Ipv6Addr) -> Self {
        Self(State::V6(address.octets()))
    }
}

/// An address of IPv4 or IPv6.
impl FromStr for FamilyAddr<'_> {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, AddrParseError> {
        text.parse().map(|address: IpAddr| address.into())
    }
}

impl PartialEq<IpAddr> for FamilyAddr<'_> {
    fn eq(&self, other: &IpAddr) -> bool {
        *self == Self::from(*other)
    }
}

/// As an address of IPv4 or IPv6 where the length is that of one, and otherwise in hexadecimal digits.
impl fmt::Display for FamilyAddr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ip() {
            Some(address) => address.fmt(f),
            None => self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}

impl fmt::Debug for FamilyAddr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

struct InFamily<'a>(FamilyAddr<'a>, u8);

impl fmt::Display for InFamily<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.0 {
            State::V4([a, b, c, _]) if self.1 == MPLS => {
                write!(f, "label {}", u32::from(a) << 12 | u32::from(b) << 4 | u32::from(c) >> 4)
            }
            _ => self.0.fmt(f),
        }
    }
}

impl<'a> Parse<'a> for FamilyAddr<'a> {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Ok(Self::new(attr.payload()))
    }

    #[inline(always)]
    fn parse_into(attr: Attr<'a>, place: &mut Option<Self>) -> Result<(), Error> {
        match attr.payload().first_chunk::<4>() {
            Some(octets) if attr.payload().len() == 4 => *place = Some(Self(State::V4(*octets))),
            _ => put_other(attr.payload(), place),
        }
        Ok(())
    }

    const IS_WORD: bool = true;
}

/// Any other length than that of most. Without the attribute: one that is passed on is written to memory first, and with
/// it every attribute of the loop that reads them.
#[inline(never)]
fn put_other<'a>(payload: &'a [u8], place: &mut Option<FamilyAddr<'a>>) {
    *place = Some(FamilyAddr::new(payload));
}

impl Emit for FamilyAddr<'_> {
    const TYPE: ValueType = ValueType::SubMessage { selector: None, schema: &SCHEMA };

    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(self.as_bytes())
    }

    #[inline]
    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self.0 {
            State::V4(octets) => w.put_value(ty, &Ipv4Addr::from(octets)),
            State::V6(octets) => w.put_value(ty, &Ipv6Addr::from(octets)),
            State::Other(bytes) => w.put(ty, bytes),
        }
    }
}

/// What an address is in a message of each family; the header's first field selects. Bridges and those that are told to
/// all families have addresses of IP.
static SCHEMA: SubMessageSchema = SubMessageSchema {
    name: "FamilyAddr",
    doc: "An address of the family that the message's header names.",
    forms: &[
        (Selector::Number(0), ValueType::Ip),
        (Selector::Number(2), ValueType::Ip),
        (Selector::Number(7), ValueType::Ip),
        (Selector::Number(10), ValueType::Ip),
        (Selector::Number(28), ValueType::Units { value: &LABEL, len: 4 }),
        (Selector::Number(35), ValueType::U8),
        (Selector::Number(128), ValueType::Ip),
        (Selector::Number(129), ValueType::Ip),
    ],
    otherwise: ValueType::Bytes,
    nested_flag: false,
};

/// An entry of a label stack.
static LABEL: ValueType = <super::MplsLabel as Emit<nl_tlv::value::Be>>::TYPE;
