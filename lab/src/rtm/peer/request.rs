//! What a request asks for, or why it is refused: beyond the policy, and in the order in which a module looks.

use super::tables::{Hop, bits, network};
use crate::peer::Refused;
use crate::rtm::{NAME_MAX, NEXTHOPS_MAX, NextHop, Prefix};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use nl_tlv::control::Errno;
use nl_tlv::{Attr, AttrType, Attrs, Flags, Message, NewFlags, ParseAttrs};
use std::fmt;

/// `RTM_TABLE_A_NAME` and `RTM_ROUTE_A_TABLE` alike.
pub(super) const NAME: AttrType = AttrType::new(1);
pub(super) const DST: AttrType = AttrType::new(2);
const NEXTHOP: AttrType = AttrType::new(3);
const METRIC: AttrType = AttrType::new(4);
pub(super) const LOOKUP: AttrType = AttrType::new(5);

/// A value, and the attribute that holds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed<'a, T> {
    pub(super) value: T,
    pub(super) attr: Attr<'a>,
}

/// What a `ROUTE_NEW` says beyond the name of the table.
#[derive(Debug)]
pub(super) struct NewRoute<'a> {
    pub(super) dst: Placed<'a, Prefix>,
    pub(super) nexthops: Vec<Placed<'a, Hop>>,
    /// `None` if it says nothing of it.
    pub(super) metric: Option<Placed<'a, u32>>,
}

/// The last attribute of a type: it counts, as in the kernel.
pub(super) fn last(attrs: Attrs<'_>, ty: AttrType) -> Option<Attr<'_>> {
    attrs.map_while(Result::ok).filter(|attr| attr.ty() == ty).last()
}

/// The name of a table, if the request has one.
pub(super) fn optional_name<'a>(request: &Message<'a>) -> Result<Option<Placed<'a, &'a str>>, Refused> {
    last(request.attrs(), NAME).map(|attr| Ok(Placed { value: graphic(attr)?, attr })).transpose()
}

/// The name of a table, which the request must have.
pub(super) fn name<'a>(request: &Message<'a>) -> Result<Placed<'a, &'a str>, Refused> {
    optional_name(request)?.ok_or_else(|| Refused::missing(NAME, None, "name of the table is missing"))
}

/// Graphic ASCII, then NULs alone, at least one; the policy has seen to the length.
fn graphic(attr: Attr<'_>) -> Result<&str, Refused> {
    let refused = || {
        let text = format_args!("name is not 1 to {NAME_MAX} graphic ASCII characters, then NULs");
        Refused::with(Errno::EINVAL, text).of(attr)
    };
    let end = attr.payload().iter().position(|byte| !byte.is_ascii_graphic()).ok_or_else(refused)?;
    let (text, nuls) = attr.payload().split_at(end);
    let text = core::str::from_utf8(text).map_err(|_| refused())?;
    if text.is_empty() || nuls.iter().any(|&byte| byte != 0) { Err(refused()) } else { Ok(text) }
}

/// The destination, which the request must have.
pub(super) fn dst<'a>(request: &Message<'a>) -> Result<Placed<'a, Prefix>, Refused> {
    let attr = last(request.attrs(), DST);
    let attr = attr.ok_or_else(|| Refused::missing(DST, None, "destination is missing"))?;
    Ok(Placed { value: prefix(attr)?, attr })
}

/// Refuses attributes that narrow what a dump covers.
pub(super) fn not_in_dump(request: &Message<'_>, types: &[AttrType]) -> Result<(), Refused> {
    let found = types.iter().find_map(|&ty| last(request.attrs(), ty));
    found.map_or(Ok(()), |attr| Err(Refused::at(Errno::EINVAL, "not allowed in a dump", attr)))
}

/// What a `ROUTE_GET` that is no dump asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'a> {
    Exactly(Placed<'a, Prefix>),
    RouteTo(Placed<'a, IpAddr>),
}

impl<'a> Wanted<'a> {
    pub(super) fn parse(request: &Message<'a>) -> Result<Self, Refused> {
        match (last(request.attrs(), DST), last(request.attrs(), LOOKUP)) {
            (Some(_), Some(lookup)) => {
                Err(Refused::at(Errno::EINVAL, "destination and address exclude each other", lookup))
            }
            (Some(attr), None) => Ok(Self::Exactly(Placed { value: prefix(attr)?, attr })),
            (None, Some(attr)) => Ok(Self::RouteTo(Placed { value: address(attr)?, attr })),
            (None, None) => Err(Refused::missing(LOOKUP, None, "destination or address is missing")),
        }
    }
}

fn prefix(nest: Attr<'_>) -> Result<Prefix, Refused> {
    let inside = |ty, text| {
        last(nest.nested(), AttrType::new(ty)).ok_or_else(|| Refused::missing(ty, Some(nest), text))
    };
    let addr_attr = inside(1, "address of the prefix is missing")?;
    let len_attr = inside(2, "length of the prefix is missing")?;
    let (addr, len) = (address(addr_attr)?, len_attr.parse::<u8>()?);
    if len > bits(addr) {
        let text = format_args!("prefix length {len} is over {}", bits(addr));
        return Err(Refused::with(Errno::EINVAL, text).of(len_attr));
    }
    if network(addr, len) != addr {
        return Err(Refused::at(Errno::EINVAL, "address has bits beyond the prefix length", addr_attr));
    }
    Ok(Prefix { addr, len })
}

/// An address of either family.
fn address(attr: Attr<'_>) -> Result<IpAddr, Refused> {
    attr.parse().map_err(|_| Refused::at(Errno::EINVAL, "address has neither 4 nor 16 bytes", attr))
}

/// An address as the kernel prints it, which is with dots at the end of an ISATAP interface identifier, too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Printed(pub(super) IpAddr);

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(IpAddr::V6(address)) = self else { return self.0.fmt(f) };
        let [a, b, c, d, universal, isatap, high, low] = address.segments();
        if universal & !0x200 != 0 || isatap != 0x5efe {
            return address.fmt(f);
        }
        let [high, low] = [high, low].map(u16::to_be_bytes);
        let dotted = Ipv4Addr::from([high, low].concat().try_into().unwrap_or([0; 4]));
        // Six groups are compressed like eight whose last two do not count.
        let front = Ipv6Addr::from([a, b, c, d, universal, isatap, 1, 1]).to_string();
        write!(f, "{}{dotted}", front.strip_suffix("1:1").unwrap_or(&front))
    }
}

impl<'a> NewRoute<'a> {
    /// What a request says. The name of the table has been read.
    pub(super) fn parse(request: &Message<'a>) -> Result<Self, Refused> {
        let dst = dst(request)?;
        let nexthops = nexthops(request, dst.value.addr)?;
        let metric = last(request.attrs(), METRIC);
        let metric =
            metric.map(|attr| Ok::<_, Refused>(Placed { value: attr.parse()?, attr })).transpose()?;
        Ok(Self { dst, nexthops, metric })
    }
}

fn nexthops<'a>(request: &Message<'a>, dst: IpAddr) -> Result<Vec<Placed<'a, Hop>>, Refused> {
    let nests = request.attrs().map_while(Result::ok).filter(|attr| attr.ty() == NEXTHOP);
    if let Some(nest) = nests.clone().nth(NEXTHOPS_MAX) {
        return Err(too_many_nexthops(nest));
    }
    let mut hops: Vec<Placed<'a, Hop>> = Vec::new();
    for nest in nests {
        let hop = nexthop(nest, dst)?;
        if hops.iter().any(|other| other.value.is_same(&hop)) {
            return Err(Refused::at(Errno::EINVAL, "next hop comes twice", nest));
        }
        hops.push(Placed { value: hop, attr: nest });
    }
    if hops.is_empty() {
        return Err(Refused::missing(NEXTHOP, None, "next hop is missing"));
    }
    Ok(hops)
}

/// Because of the first one that is too many.
pub(super) fn too_many_nexthops(nest: Attr<'_>) -> Refused {
    Refused::with(Errno::ENOSPC, format_args!("too many next hops, the limit is {NEXTHOPS_MAX}")).of(nest)
}

fn nexthop(nest: Attr<'_>, dst: IpAddr) -> Result<Hop, Refused> {
    let [gateway, oif] = [1, 2].map(|ty| last(nest.nested(), AttrType::new(ty)));
    if gateway.or(oif).is_none() {
        return Err(Refused::missing(1, Some(nest), "next hop needs a gateway or an interface"));
    }
    if let Some(attr) = gateway
        && address(attr)?.is_ipv4() != dst.is_ipv4()
    {
        return Err(Refused::at(Errno::EINVAL, "gateway is not of the destination's family", attr));
    }
    oif.map(graphic).transpose()?;
    Ok(Hop::new(&NextHop::parse_attrs(nest.nested())?))
}

/// The modifiers of a `ROUTE_NEW`: only known ones, and one way at most to treat a route that exists.
pub(super) fn modifiers(request: &Message<'_>) -> Result<NewFlags, Refused> {
    let known = Flags::REQUEST | Flags::ACK | Flags::ECHO | NewFlags::all();
    if !known.contains(request.flags()) {
        let unknown = request.flags().difference(known).bits();
        return Err(Refused::with(Errno::EINVAL, format_args!("unknown flags {unknown:#x}")));
    }
    let flags = NewFlags::of(request.flags());
    let ways = flags & (NewFlags::EXCL | NewFlags::REPLACE | NewFlags::APPEND);
    if ways.bits().count_ones() > 1 {
        return Err(Refused::new(
            Errno::EINVAL,
            "more than one of NLM_F_EXCL, NLM_F_REPLACE and NLM_F_APPEND",
        ));
    }
    Ok(flags)
}
