//! Routes: `RTM_NEWROUTE`, `RTM_DELROUTE`, `RTM_GETROUTE`.
//!
//! The order is that of IPv4 (`fib_dump_info`); IPv6 (`rt6_fill_node`) writes metrics before the priority.

use crate::next_hop::{NextHops, Via};
use core::net::IpAddr;
use nl_tlv::{NlAttrs, NlMessage, Rest, nl_struct};

/// `struct rtmsg`: family, lengths of the prefixes in bits, type of service, table if it is below 256, `RTPROT_*`,
/// `RT_SCOPE_*`, `RTN_*`, `RTM_F_*`.
#[nl_struct]
pub struct RtMsg {
    pub rtm_family: u8,
    pub rtm_dst_len: u8,
    pub rtm_src_len: u8,
    pub rtm_tos: u8,
    pub rtm_table: u8,
    pub rtm_protocol: u8,
    pub rtm_scope: u8,
    pub rtm_type: u8,
    pub rtm_flags: u32,
}

impl RtMsg {
    /// All IPv4 routes.
    #[must_use]
    pub fn ipv4() -> Self {
        Self { rtm_family: 2, ..Self::default() }
    }

    /// An IPv4 route that someone made by hand (`RTPROT_STATIC`, `RTN_UNICAST`), to a destination of so many bits.
    /// Without a next hop the destination is on the link (`RT_SCOPE_LINK`).
    #[must_use]
    pub fn unicast(bits: u8, has_next_hop: bool) -> Self {
        let rtm_scope = if has_next_hop { 0 } else { 253 };
        Self { rtm_dst_len: bits, rtm_protocol: 4, rtm_scope, rtm_type: 1, ..Self::ipv4() }
    }
}

/// A route as it is, or is to be.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 24, deleted = 25, pad = 24)]
pub struct RouteNew<'a> {
    #[nl(fixed_header, key = [rtm_family, rtm_dst_len, rtm_tos])]
    pub header: RtMsg,
    #[nl(attr = 15, key)]
    pub table: Option<u32>,
    /// None for the default route.
    #[nl(attr = 1, key)]
    pub dst: Option<IpAddr>,
    #[nl(attr = 2)]
    pub src: Option<IpAddr>,
    #[nl(attr = 3)]
    pub iif: Option<u32>,
    /// The metric, as ip(8) calls it.
    #[nl(attr = 6, key)]
    pub priority: Option<u32>,
    #[nl(attr = 8)]
    pub metrics: Option<Metrics<'a>>,
    #[nl(attr = 7)]
    pub prefsrc: Option<IpAddr>,
    #[nl(attr = 30)]
    pub nh_id: Option<u32>,
    #[nl(attr = 5)]
    pub gateway: Option<IpAddr>,
    /// A gateway of another family.
    #[nl(attr = 18)]
    pub via: Option<Via<'a>>,
    /// Number of the interface.
    #[nl(attr = 4)]
    pub oif: Option<u32>,
    #[nl(attr = 11)]
    pub flow: Option<u32>,
    #[nl(attr = 9)]
    pub multipath: Option<NextHops<'a>>,
    #[nl(attr = 21)]
    pub encap_type: Option<u16>,
    /// Attributes of the type of encapsulation.
    #[nl(attr = 22)]
    pub encap: Option<&'a [u8]>,
    #[nl(attr = 16)]
    pub mark: Option<u32>,
    #[nl(attr = 25)]
    pub uid: Option<u32>,
    #[nl(attr = 12)]
    pub cacheinfo: Option<RtaCacheInfo>,
    #[nl(attr = 20)]
    pub pref: Option<u8>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// A route that is to go, or has gone: what tells it from others, and all else in `rest`.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 25)]
pub struct RouteDelete<'a> {
    #[nl(fixed_header)]
    pub header: RtMsg,
    #[nl(attr = 15)]
    pub table: Option<u32>,
    #[nl(attr = 1)]
    pub dst: Option<IpAddr>,
    #[nl(attr = 6)]
    pub priority: Option<u32>,
    #[nl(attr = 5)]
    pub gateway: Option<IpAddr>,
    #[nl(attr = 4)]
    pub oif: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// The route that is like it.
impl<'a> From<&RouteNew<'a>> for RouteDelete<'a> {
    fn from(route: &RouteNew<'a>) -> Self {
        let RouteNew { header, table, dst, priority, gateway, oif, .. } = *route;
        Self { header, table, dst, priority, gateway, oif, rest: Rest::default() }
    }
}

/// Asks for routes: a dump, or the one to a destination.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 26)]
pub struct RouteGet<'a> {
    #[nl(fixed_header)]
    pub header: RtMsg,
    #[nl(attr = 15)]
    pub table: Option<u32>,
    #[nl(attr = 1)]
    pub dst: Option<IpAddr>,
    #[nl(attr = 4)]
    pub oif: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `RTAX_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Metrics<'a> {
    /// A bit for each metric that must not be changed.
    #[nl(attr = 1)]
    pub lock: Option<u32>,
    #[nl(attr = 2)]
    pub mtu: Option<u32>,
    #[nl(attr = 3)]
    pub window: Option<u32>,
    #[nl(attr = 4)]
    pub rtt: Option<u32>,
    #[nl(attr = 5)]
    pub rttvar: Option<u32>,
    #[nl(attr = 6)]
    pub ssthresh: Option<u32>,
    #[nl(attr = 7)]
    pub cwnd: Option<u32>,
    #[nl(attr = 8)]
    pub advmss: Option<u32>,
    #[nl(attr = 9)]
    pub reordering: Option<u32>,
    #[nl(attr = 10)]
    pub hoplimit: Option<u32>,
    #[nl(attr = 11)]
    pub initcwnd: Option<u32>,
    #[nl(attr = 12)]
    pub features: Option<u32>,
    #[nl(attr = 13)]
    pub rto_min: Option<u32>,
    #[nl(attr = 14)]
    pub initrwnd: Option<u32>,
    #[nl(attr = 15)]
    pub quickack: Option<u32>,
    #[nl(attr = 16)]
    pub cc_algo: Option<&'a str>,
    #[nl(attr = 17)]
    pub fastopen_no_cookie: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `struct rta_cacheinfo`.
#[nl_struct]
pub struct RtaCacheInfo {
    pub rta_clntref: u32,
    pub rta_lastuse: u32,
    pub rta_expires: i32,
    pub rta_error: u32,
    pub rta_used: u32,
    pub rta_id: u32,
    pub rta_ts: u32,
    pub rta_tsage: u32,
}
