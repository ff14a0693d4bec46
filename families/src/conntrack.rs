//! Tracked connections: `IPCTNL_MSG_CT_NEW`, `_GET`, `_DELETE`. Source: `net/netfilter/nf_conntrack_netlink.c`,
//! `ctnetlink_fill_info`.

use crate::netfilter::NfGenMsg;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use nl_tlv::{NlAttrs, NlMessage, NlValue, Rest, nl_struct};

/// `NFNL_SUBSYS_CTNETLINK`.
pub const SUBSYSTEM: u16 = 1;

/// A connection as it is, or is to be.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 0x0100)]
pub struct ConnectionNew<'a> {
    #[nl(fixed_header)]
    pub header: NfGenMsg,
    #[nl(attr = 1)]
    pub tuple_orig: Option<Tuple<'a>>,
    #[nl(attr = 2)]
    pub tuple_reply: Option<Tuple<'a>>,
    #[nl(attr = 18, be)]
    pub zone: Option<u16>,
    #[nl(attr = 3, be)]
    pub status: Option<Status>,
    #[nl(attr = 8, be)]
    pub mark: Option<u32>,
    #[nl(attr = 22)]
    pub labels: Option<&'a [u8]>,
    #[nl(attr = 12, be)]
    pub id: Option<u32>,
    #[nl(attr = 11, be)]
    pub r#use: Option<u32>,
    #[nl(attr = 14)]
    pub tuple_master: Option<Tuple<'a>>,
    /// Seconds.
    #[nl(attr = 7, be)]
    pub timeout: Option<u32>,
    #[nl(attr = 9)]
    pub counters_orig: Option<Counters<'a>>,
    #[nl(attr = 10)]
    pub counters_reply: Option<Counters<'a>>,
    #[nl(attr = 20)]
    pub timestamp: Option<Timestamp>,
    #[nl(attr = 4)]
    pub protoinfo: Option<ProtoInfo<'a>>,
    #[nl(attr = 5)]
    pub help: Option<Help<'a>>,
    #[nl(attr = 24)]
    pub synproxy: Option<SynProxy>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// Asks for one connection, or in a dump for all.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 0x0101)]
pub struct ConnectionGet<'a> {
    #[nl(fixed_header)]
    pub header: NfGenMsg,
    #[nl(attr = 1)]
    pub tuple_orig: Option<Tuple<'a>>,
    #[nl(attr = 8, be)]
    pub mark: Option<u32>,
    #[nl(attr = 21, be)]
    pub mark_mask: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// A connection that is to be forgotten, or was.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 0x0102)]
pub struct ConnectionDelete<'a> {
    #[nl(fixed_header)]
    pub header: NfGenMsg,
    #[nl(attr = 1)]
    pub tuple_orig: Option<Tuple<'a>>,
    #[nl(attr = 12, be)]
    pub id: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `IPS_*`.
#[derive(NlValue, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[nl(flags)]
pub struct Status(u32);

nl_tlv::bitflags::bitflags! {
    impl Status: u32 {
        const EXPECTED = 1;
        const SEEN_REPLY = 2;
        const ASSURED = 4;
        const CONFIRMED = 8;
        const SRC_NAT = 0x10;
        const DST_NAT = 0x20;
        const SEQ_ADJUST = 0x40;
        const SRC_NAT_DONE = 0x80;
        const DST_NAT_DONE = 0x100;
        const DYING = 0x200;
        const FIXED_TIMEOUT = 0x400;
        const TEMPLATE = 0x800;
        const UNTRACKED = 0x1000;
        const HELPER = 0x2000;
        const OFFLOAD = 0x4000;
        const HW_OFFLOAD = 0x8000;
        const _ = !0;
    }
}

/// `CTA_TUPLE_*`: what tells one direction of a connection from others.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Tuple<'a> {
    #[nl(attr = 1)]
    pub ip: Option<Addresses>,
    #[nl(attr = 2)]
    pub proto: Option<Proto>,
    #[nl(attr = 3, be)]
    pub zone: Option<u16>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `CTA_IP_*`.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
pub struct Addresses {
    #[nl(attr = 1)]
    pub v4_src: Option<Ipv4Addr>,
    #[nl(attr = 2)]
    pub v4_dst: Option<Ipv4Addr>,
    #[nl(attr = 3)]
    pub v6_src: Option<Ipv6Addr>,
    #[nl(attr = 4)]
    pub v6_dst: Option<Ipv6Addr>,
}

impl Addresses {
    /// Where packets come from.
    #[must_use]
    pub fn src(&self) -> Option<IpAddr> {
        self.v4_src.map(IpAddr::from).or(self.v6_src.map(IpAddr::from))
    }

    /// Where packets go.
    #[must_use]
    pub fn dst(&self) -> Option<IpAddr> {
        self.v4_dst.map(IpAddr::from).or(self.v6_dst.map(IpAddr::from))
    }
}

/// `CTA_PROTO_*`: `IPPROTO_*`, and its ports or what it has instead.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
pub struct Proto {
    #[nl(attr = 1)]
    pub num: Option<u8>,
    #[nl(attr = 2, be)]
    pub src_port: Option<u16>,
    #[nl(attr = 3, be)]
    pub dst_port: Option<u16>,
    #[nl(attr = 4, be)]
    pub icmp_id: Option<u16>,
    #[nl(attr = 5)]
    pub icmp_type: Option<u8>,
    #[nl(attr = 6)]
    pub icmp_code: Option<u8>,
    #[nl(attr = 7, be)]
    pub icmpv6_id: Option<u16>,
    #[nl(attr = 8)]
    pub icmpv6_type: Option<u8>,
    #[nl(attr = 9)]
    pub icmpv6_code: Option<u8>,
}

/// `CTA_PROTOINFO_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct ProtoInfo<'a> {
    #[nl(attr = 1)]
    pub tcp: Option<Tcp>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `CTA_PROTOINFO_TCP_*`.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
pub struct Tcp {
    /// `TCP_CONNTRACK_*`.
    #[nl(attr = 1)]
    pub state: Option<u8>,
    #[nl(attr = 2)]
    pub wscale_original: Option<u8>,
    #[nl(attr = 3)]
    pub wscale_reply: Option<u8>,
    #[nl(attr = 4)]
    pub flags_original: Option<TcpFlags>,
    #[nl(attr = 5)]
    pub flags_reply: Option<TcpFlags>,
}

/// `struct nf_ct_tcp_flags`: `IP_CT_TCP_FLAG_*`, and which of them are meant.
#[nl_struct]
pub struct TcpFlags {
    pub flags: u8,
    pub mask: u8,
}

/// `CTA_COUNTERS_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
#[nl(pad = 5)]
pub struct Counters<'a> {
    #[nl(attr = 1, be)]
    pub packets: Option<u64>,
    #[nl(attr = 2, be)]
    pub bytes: Option<u64>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `CTA_TIMESTAMP_*`: nanoseconds since 1970.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
#[nl(pad = 3)]
pub struct Timestamp {
    #[nl(attr = 1, be)]
    pub start: Option<u64>,
    #[nl(attr = 2, be)]
    pub stop: Option<u64>,
}

/// `CTA_HELP_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Help<'a> {
    #[nl(attr = 1)]
    pub name: Option<&'a str>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `CTA_SYNPROXY_*`.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
pub struct SynProxy {
    #[nl(attr = 1, be)]
    pub isn: Option<u32>,
    #[nl(attr = 2, be)]
    pub its: Option<u32>,
    #[nl(attr = 3, be)]
    pub tsoff: Option<u32>,
}
