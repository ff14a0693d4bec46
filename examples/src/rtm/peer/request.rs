//! What a request asks for, or why it is refused: beyond the policy, and in the order in which a module looks.

use super::tables::{Hop, bits, network};
use crate::peer::Refused;
use crate::rtm::{NextHop, Prefix};
use core::net::IpAddr;
use nl_tlv::control::Errno;
use nl_tlv::{Attr, AttrType, Attrs, Flags, Message, NewFlags, NlAttrs};

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

/// Graphic ASCII and exactly one NUL at the end; the policy has seen to the length.
fn graphic(attr: Attr<'_>) -> Result<&str, Refused> {
    let refused = || Refused::at(Errno::EINVAL, "name is not 1 to 31 graphic ASCII bytes and one NUL", attr);
    let (nul, text) = attr.payload().split_last().ok_or_else(refused)?;
    let is_graphic = !text.is_empty() && text.iter().all(u8::is_ascii_graphic);
    let text = core::str::from_utf8(text).map_err(|_| refused())?;
    if *nul == 0 && is_graphic { Ok(text) } else { Err(refused()) }
}

/// The destination, if the request has one.
pub(super) fn optional_dst<'a>(request: &Message<'a>) -> Result<Option<Placed<'a, Prefix>>, Refused> {
    last(request.attrs(), DST).map(|attr| Ok(Placed { value: prefix(attr)?, attr })).transpose()
}

/// The destination, which the request must have.
pub(super) fn dst<'a>(request: &Message<'a>) -> Result<Placed<'a, Prefix>, Refused> {
    optional_dst(request)?.ok_or_else(|| Refused::missing(DST, None, "destination is missing"))
}

fn prefix(nest: Attr<'_>) -> Result<Prefix, Refused> {
    let inside = |ty, text| {
        last(nest.nested(), AttrType::new(ty)).ok_or_else(|| Refused::missing(ty, Some(nest), text))
    };
    let (addr, len) = (inside(1, "address is missing")?, inside(2, "prefix length is missing")?);
    let prefix = Prefix::parse_attrs(nest.nested())?;
    if prefix.len > bits(prefix.addr) {
        return Err(Refused::at(Errno::EINVAL, "prefix is longer than the address", len));
    }
    if network(prefix.addr, prefix.len) != prefix.addr {
        return Err(Refused::at(Errno::EINVAL, "address has bits set behind the prefix", addr));
    }
    Ok(prefix)
}

/// The address to look up, if the request has one.
pub(super) fn optional_lookup<'a>(request: &Message<'a>) -> Result<Option<Placed<'a, IpAddr>>, Refused> {
    let attr = last(request.attrs(), LOOKUP);
    attr.map(|attr| Ok(Placed { value: attr.parse::<IpAddr>()?, attr })).transpose()
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
    let mut hops: Vec<Placed<'a, Hop>> = Vec::new();
    for nest in request.attrs().map_while(Result::ok).filter(|attr| attr.ty() == NEXTHOP) {
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

fn nexthop(nest: Attr<'_>, dst: IpAddr) -> Result<Hop, Refused> {
    let [gateway, oif] = [1, 2].map(|ty| last(nest.nested(), AttrType::new(ty)));
    oif.map(graphic).transpose()?;
    let hop = NextHop::parse_attrs(nest.nested())?;
    match (gateway, hop.gateway) {
        (Some(attr), Some(address)) if address.is_ipv4() != dst.is_ipv4() => {
            Err(Refused::at(Errno::EINVAL, "gateway is of another family than the destination", attr))
        }
        (None, _) if oif.is_none() => {
            Err(Refused::missing(1, Some(nest), "next hop has neither gateway nor interface"))
        }
        _ => Ok(Hop::new(&hop)),
    }
}

/// The modifiers of a `ROUTE_NEW`: only known ones, and one way at most to treat a route that exists.
pub(super) fn modifiers(request: &Message<'_>) -> Result<NewFlags, Refused> {
    let known = Flags::REQUEST | Flags::ACK | Flags::ECHO | NewFlags::all();
    if !known.contains(request.flags()) {
        return Err(Refused::new(Errno::EINVAL, "unknown flag"));
    }
    let flags = NewFlags::of(request.flags());
    let ways = flags & (NewFlags::EXCL | NewFlags::REPLACE | NewFlags::APPEND);
    if ways.bits().count_ones() > 1 {
        return Err(Refused::new(Errno::EINVAL, "two of the flags EXCL, REPLACE and APPEND"));
    }
    Ok(flags)
}
