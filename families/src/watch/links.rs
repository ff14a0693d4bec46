//! Interfaces. What `AF_BRIDGE` tells is about a port of a bridge, under the number of the interface.

use super::groups::{IPV4_NETCONF, IPV6_IFINFO, IPV6_NETCONF, LINK, TC};
use super::{
    AF_BRIDGE, AF_INET6, DELLINK, DELNETCONF, DELQDISC, NEWLINK, NEWNETCONF, NEWQDISC, header, header_part,
};
use crate::rt_link::{GetLink, Link, RtextFilter};
use nl_tlv::{Attr, Effect, Keyed, Message, MessageType};

/// Interfaces.
///
/// | what changes | when the watch knows |
/// |---|---|
/// | existence; type, flags, name, addresses, MTU, length of the queue, master, the other end of a pair | at once |
/// | queueing discipline; `forwarding`, `mc_forwarding`, `rp_filter`, `proxy_arp`, `bc_forwarding` and `ignore_routes_with_linkdown` of IPv4; `forwarding`, `mc_forwarding`, `proxy_ndp`, `ignore_routes_with_linkdown`, token and advertised MTU of IPv6; state of a bridge port | at once: it asks again after an event of another kind |
/// | operational state and carrier; group, alias, alternative names, link mode, `protodown`, XDP program, virtual functions, `addrgenmode`, what a kind of link has of its own (`linkinfo`) | at once while the link is up, if a netlink request made the change (for sysfs: alias alone) |
/// | the same of a link that is down | when it comes up, or something of the first row changes |
/// | limits of offloading (`gso_max_size` and all like it), least and greatest MTU, head and tail room, other settings of IPv4 and IPv6, how many use it as promiscuous | with the next change of a row above; alone they are not reported |
/// | statistics and counters | the same |
///
/// What the watch does not know yet is as the last message about the link said. The kernel makes no event of it
/// (`net/core/rtnetlink.c`: `do_setlink` without `DO_SETLINK_NOTIFY`; `netdev_state_change` of a link that is down).
#[derive(Debug)]
pub enum Links {}

impl Links {
    /// The request for all of them. The kernel leaves out those whose message is longer than 32 KiB, unless the request
    /// says which extensions it wants.
    #[must_use]
    pub fn request() -> GetLink<'static> {
        let mut request = GetLink::default();
        request.attrs.ext_mask = Some(RtextFilter::from_bits_retain(RTEXT_FILTER_VF));
        request
    }
}

impl Keyed for Links {
    type View<'a> = Link<'a>;
    const GROUPS: &'static [u32] = &[LINK, TC, IPV6_IFINFO, IPV4_NETCONF, IPV6_NETCONF];
    /// Statistics, in each of their forms; what only an event says; counters of those who use the interface; what changes
    /// without an event, of which [`is_same`](Keyed::is_same) compares the settings that have one.
    const VOLATILE: &'static [&'static [u16]] = &[
        &[7],
        &[23],
        &[30],
        &[35],
        &[44],
        &[47],
        &[48],
        &[61],
        // IFLA_GSO_MAX_SEGS to IFLA_GRO_IPV4_MAX_SIZE, IFLA_MIN_MTU, IFLA_MAX_MTU, IFLA_HEADROOM, IFLA_TAILROOM.
        &[40],
        &[41],
        &[50],
        &[51],
        &[58],
        &[59],
        &[60],
        &[63],
        &[64],
        &[68],
        &[69],
        &[AF_SPEC, INET, INET_CONF],
        &[AF_SPEC, INET6, INET6_FLAGS],
        &[AF_SPEC, INET6, INET6_CONF],
        &[AF_SPEC, INET6, 3],
        &[AF_SPEC, INET6, 5],
        &[AF_SPEC, INET6, 6],
        &[LINKINFO, 3],
        &[LINKINFO, INFO_DATA],
        &[LINKINFO, INFO_PORT],
    ];

    fn is_object(message: &Message<'_>, _: Option<MessageType>) -> bool {
        message.ty().0 == NEWLINK && !is_of_family(message)
    }

    fn effect(event: &Message<'_>, _: Option<MessageType>) -> Effect {
        let attrs = || event.attrs_after(HEADER).map_while(Result::ok);
        let has_moved = || attrs().any(|attr| attr.ty().get() == NEW_NETNSID);
        let has_no_peer_yet = || attrs().any(|attr| attr.ty().get() == PEER && attr.payload() == [0; 4]);
        let has_come = || event.payload().get(12..16) == Some(&[0xff; 4]);
        let has_peer = || attrs().any(|attr| attr.ty().get() == PEER);
        match event.ty().0 {
            // The state of a port, and what IPv6 has of it, are parts of what an interface says.
            NEWLINK | DELLINK if is_of_family(event) => Effect::AskAgain,
            NEWQDISC | DELQDISC if event.payload().get(12..16) == Some(&ROOT) => Effect::AskAgain,
            NEWNETCONF | DELNETCONF => Effect::AskAgain,
            // Its peers say where it is.
            DELLINK if has_moved() => Effect::AskAgain,
            // The first of a pair is told of before there is the second; and one that comes from another namespace
            // changes what the other one says.
            NEWLINK if has_no_peer_yet() || has_come() && has_peer() => Effect::AskAgain,
            NEWLINK => Effect::Sets,
            DELLINK => Effect::Removes,
            _ => Effect::Nothing,
        }
    }

    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        header_part(message, 4..8, part);
    }

    fn is_same(old: &Message<'_>, new: &Message<'_>) -> bool {
        // Not `ifi_change`, which is an event's own.
        let header = |message: &Message<'_>| message.payload().first_chunk::<12>().copied();
        header(old) == header(new)
            && Self::has_same_attrs(old, new)
            && is_same_info(old, new)
            && is_same_setting(old, new)
    }
}

/// Whether a message says what a bridge or IPv6 knows of an interface, and not what it is.
fn is_of_family(message: &Message<'_>) -> bool {
    matches!(header(message, 0), AF_BRIDGE | AF_INET6)
}

/// Whether the settings of IPv4 and IPv6 are the same whose changes are told.
fn is_same_setting(old: &Message<'_>, new: &Message<'_>) -> bool {
    let same = |path: &[u16], told: &[usize]| {
        let setting = |message, at: usize| {
            let at = at.saturating_mul(4);
            found(message, path).and_then(|conf| conf.payload().get(at..at.saturating_add(4)))
        };
        told.iter().all(|&at| setting(old, at) == setting(new, at))
    };
    same(&[AF_SPEC, INET, INET_CONF], INET_TOLD) && same(&[AF_SPEC, INET6, INET6_CONF], INET6_TOLD)
}

/// Whether what its kind says is the same, but for the timers of a bridge and its ports.
fn is_same_info(old: &Message<'_>, new: &Message<'_>) -> bool {
    let same = |ty, timers: &[u16]| match (info(old, ty), info(new, ty)) {
        (Some(old), Some(new)) if old.payload() != new.payload() => {
            let compared = |attr: Attr<'_>| !timers.contains(&attr.ty().get());
            let old = old.nested().map_while(Result::ok).filter(|attr| compared(*attr));
            let new = new.nested().map_while(Result::ok).filter(|attr| compared(*attr));
            old.map(|attr| (attr.ty(), attr.payload())).eq(new.map(|attr| (attr.ty(), attr.payload())))
        }
        (old, new) => old.is_some() == new.is_some(),
    };
    let is_bridge = |kind| info(new, kind).is_some_and(|kind| kind.payload().starts_with(b"bridge"));
    let timers = |kind, timers: &'static [u16]| if is_bridge(kind) { timers } else { &[][..] };
    same(INFO_DATA, timers(INFO_KIND, BRIDGE_TIMERS)) && same(INFO_PORT, timers(INFO_PORT_KIND, PORT_TIMERS))
}

fn info<'a>(message: &Message<'a>, ty: u16) -> Option<Attr<'a>> {
    found(message, &[LINKINFO, ty])
}

/// The attribute at a path of types.
fn found<'a>(message: &Message<'a>, path: &[u16]) -> Option<Attr<'a>> {
    let (first, nested) = path.split_first()?;
    let mut attrs = message.attrs_after(HEADER).map_while(Result::ok);
    let outer = attrs.find(|attr| attr.ty().get() == *first)?;
    nested
        .iter()
        .try_fold(outer, |nest, ty| nest.nested().map_while(Result::ok).find(|attr| attr.ty().get() == *ty))
}

const HEADER: usize = 16;
const RTEXT_FILTER_VF: u32 = 1;
const PEER: u16 = 5;
const LINKINFO: u16 = 18;
const AF_SPEC: u16 = 26;
const INFO_KIND: u16 = 1;
const INFO_DATA: u16 = 2;
const INFO_PORT_KIND: u16 = 4;
const INFO_PORT: u16 = 5;
const NEW_NETNSID: u16 = 45;

/// `IFLA_BR_*_TIMER`, and how many addresses were learned.
const BRIDGE_TIMERS: &[u16] = &[16, 17, 18, 19, 47];

/// `IFLA_BRPORT_*_TIMER`.
const PORT_TIMERS: &[u16] = &[21, 22, 23];

/// Types of the nests of `IFLA_AF_SPEC`, and in these.
const INET: u16 = 2;
const INET_CONF: u16 = 1;
const INET6: u16 = 10;
const INET6_FLAGS: u16 = 1;
const INET6_CONF: u16 = 2;

/// The places of the settings that `RTM_NEWNETCONF` tells of: `IPV4_DEVCONF_*` without its first number, and `DEVCONF_*`.
const INET_TOLD: &[usize] = &[0, 1, 2, 7, 28, 31];
const INET6_TOLD: &[usize] = &[0, 22, 25, 39];

/// `TC_H_ROOT`.
const ROOT: [u8; 4] = [0xff; 4];
