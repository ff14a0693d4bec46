//! Routes. IPv4 has several with one destination, type of service and metric, which `append` makes; IPv6 has one with
//! several next hops instead, or one for each link.

use super::groups::{
    IPV4_IFADDR, IPV4_NETCONF, IPV4_ROUTE, IPV6_IFADDR, IPV6_NETCONF, IPV6_ROUTE, LINK, NEXTHOP,
};
use super::{
    AF_INET, AF_INET6, DELADDR, DELNEXTHOP, DELROUTE, NEWADDR, NEWNEXTHOP, NEWROUTE, attr_part, header,
    header_part, is_of_setting, of_links, other_attrs, whole,
};
use crate::rt_route::Route;
use nl_tlv::{Effect, Keyed, Message, MessageType, NewFlags};

/// Routes of IPv4 and IPv6. Those of multicast (`RTNL_FAMILY_IPMR`) and of MPLS, which a dump of all families has too, are
/// not among them.
#[derive(Debug)]
pub enum Routes {}

impl Keyed for Routes {
    type View<'a> = Route<'a>;
    const GROUPS: &'static [u32] =
        &[IPV4_ROUTE, IPV6_ROUTE, LINK, IPV4_IFADDR, IPV6_IFADDR, NEXTHOP, IPV4_NETCONF, IPV6_NETCONF];
    /// How long a route lives, and what it was used for.
    const VOLATILE: &'static [&'static [u16]] = &[&[CACHEINFO]];
    const SEVERAL: bool = true;

    fn is_object(message: &Message<'_>, _: Option<MessageType>) -> bool {
        message.ty().0 == NEWROUTE && is_of_ip(message) && !is_cloned(message)
    }

    fn effect(event: &Message<'_>, _: Option<MessageType>) -> Effect {
        let is_ipv4 = header(event, 0) == AF_INET;
        match event.ty().0 {
            NEWROUTE | DELROUTE if is_cloned(event) || !is_of_ip(event) => Effect::Nothing,
            NEWROUTE if !is_ipv4 => Effect::SetsAlone,
            NEWROUTE if event.flags().contains(NewFlags::REPLACE.into()) => Effect::Replaces,
            NEWROUTE => Effect::Sets,
            DELROUTE => Effect::Removes,
            // An IPv6 address comes with events of its routes; one that goes changes those that prefer it.
            NEWADDR if !is_ipv4 => Effect::Nothing,
            NEWADDR | DELADDR | NEWNEXTHOP | DELNEXTHOP => Effect::AskAgain,
            // Whether next hops of links without a carrier are dead.
            _ if is_of_setting(event, IGNORE_ROUTES_WITH_LINKDOWN) => Effect::AskAgain,
            _ => of_links(event).unwrap_or(Effect::Nothing),
        }
    }

    /// Family, lengths of the prefixes, type of service; table, destination, source, metric.
    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        header_part(message, 0..4, part);
        for ty in [TABLE, DST, SRC, PRIORITY] {
            attr_part(message, HEADER, ty, part);
        }
    }

    /// All else, but for what changes by itself: whether a next hop is usable, and how long the route lives.
    fn member(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        header_part(message, 5..8, part);
        other_attrs(message, HEADER, &[TABLE, DST, SRC, PRIORITY, CACHEINFO, MULTIPATH], part);
        for attr in
            message.attrs_after(HEADER).map_while(Result::ok).filter(|attr| attr.ty().get() == MULTIPATH)
        {
            whole(MULTIPATH, &[], part);
            hops(attr.payload(), part);
        }
    }
}

/// Next hops without their flags.
fn hops(mut hops: &[u8], part: &mut dyn FnMut(&[u8])) {
    while let Some((head, _)) = hops.split_first_chunk::<8>() {
        let len = usize::from(u16::from_ne_bytes([head[0], head[1]]));
        let Some(hop) = hops.get(..len).filter(|_| len >= 8) else { return };
        part(&hop[..2]);
        part(hop.get(3..).unwrap_or_default());
        hops = hops.get(len.next_multiple_of(4)..).unwrap_or_default();
    }
}

/// Whether it is a route that the events of IPv4 and IPv6 tell of.
fn is_of_ip(message: &Message<'_>) -> bool {
    matches!(header(message, 0), AF_INET | AF_INET6)
}

/// Whether it is an entry of a cache, and not of the table.
fn is_cloned(message: &Message<'_>) -> bool {
    let flags = message.payload().get(8..12).and_then(|flags| flags.try_into().ok());
    flags.is_some_and(|flags| u32::from_ne_bytes(flags) & RTM_F_CLONED != 0)
}

const HEADER: usize = 12;
const RTM_F_CLONED: u32 = 0x200;
const DST: u16 = 1;
const SRC: u16 = 2;
const PRIORITY: u16 = 6;
const MULTIPATH: u16 = 9;
const CACHEINFO: u16 = 12;
const TABLE: u16 = 15;

/// `NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN`.
const IGNORE_ROUTES_WITH_LINKDOWN: u16 = 6;
