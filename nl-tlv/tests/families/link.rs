//! `RTM_NEWLINK`, with its attributes in the order in which Linux 6.18 writes them.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use nl_tlv::{MacAddr, NlAttrs, NlMessage, NlStruct, Rest};
use zerocopy::native_endian::{I32, U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// `struct ifinfomsg`.
#[derive(
    NlStruct, Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub(crate) struct IfInfoMsg {
    pub(crate) ifi_family: u8,
    pub(crate) __ifi_pad: u8,
    pub(crate) ifi_type: U16,
    pub(crate) ifi_index: I32,
    pub(crate) ifi_flags: U32,
    pub(crate) ifi_change: U32,
}

/// A link.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 16)]
pub(crate) struct Link<'a> {
    #[nl(header)]
    pub(crate) header: IfInfoMsg,
    #[nl(attr = 3, min_len = 1, max_len = 15)]
    pub(crate) ifname: &'a str,
    #[nl(attr = 13)]
    pub(crate) txqlen: Option<u32>,
    #[nl(attr = 16)]
    pub(crate) operstate: Option<u8>,
    #[nl(attr = 17)]
    pub(crate) linkmode: Option<u8>,
    #[nl(attr = 67)]
    pub(crate) netns_immutable: Option<u8>,
    #[nl(attr = 4)]
    pub(crate) mtu: u32,
    #[nl(attr = 50)]
    pub(crate) min_mtu: Option<u32>,
    #[nl(attr = 51)]
    pub(crate) max_mtu: Option<u32>,
    #[nl(attr = 27)]
    pub(crate) group: Option<u32>,
    #[nl(attr = 30)]
    pub(crate) promiscuity: Option<u32>,
    #[nl(attr = 61)]
    pub(crate) allmulti: Option<u32>,
    #[nl(attr = 31)]
    pub(crate) num_tx_queues: Option<u32>,
    #[nl(attr = 40)]
    pub(crate) gso_max_segs: Option<u32>,
    #[nl(attr = 41)]
    pub(crate) gso_max_size: Option<u32>,
    #[nl(attr = 58)]
    pub(crate) gro_max_size: Option<u32>,
    #[nl(attr = 63)]
    pub(crate) gso_ipv4_max_size: Option<u32>,
    #[nl(attr = 64)]
    pub(crate) gro_ipv4_max_size: Option<u32>,
    #[nl(attr = 59)]
    pub(crate) tso_max_size: Option<u32>,
    #[nl(attr = 60)]
    pub(crate) tso_max_segs: Option<u32>,
    #[nl(attr = 66)]
    pub(crate) max_pacing_offload_horizon: Option<u32>,
    #[nl(attr = 32)]
    pub(crate) num_rx_queues: Option<u32>,
    #[nl(attr = 33, max = 1)]
    pub(crate) carrier: Option<u8>,
    #[nl(attr = 35)]
    pub(crate) carrier_changes: Option<u32>,
    #[nl(attr = 47)]
    pub(crate) carrier_up_count: Option<u32>,
    #[nl(attr = 48)]
    pub(crate) carrier_down_count: Option<u32>,
    #[nl(attr = 68)]
    pub(crate) headroom: Option<u16>,
    #[nl(attr = 69)]
    pub(crate) tailroom: Option<u16>,
    #[nl(attr = 39)]
    pub(crate) proto_down: Option<u8>,
    #[nl(attr = 1)]
    pub(crate) address: Option<MacAddr>,
    #[nl(attr = 2)]
    pub(crate) broadcast: Option<MacAddr>,
    #[nl(attr = 23)]
    pub(crate) stats64: Option<&'a [u8]>,
    #[nl(attr = 7)]
    pub(crate) stats: Option<[u8; 96]>,
    #[nl(attr = 43)]
    pub(crate) xdp: Option<Xdp<'a>>,
    #[nl(attr = 18)]
    pub(crate) linkinfo: Option<LinkInfo<'a>>,
    #[nl(attr = 5)]
    pub(crate) link: Option<u32>,
    #[nl(attr = 6)]
    pub(crate) qdisc: Option<&'a str>,
    #[nl(attr = 26)]
    pub(crate) af_spec: Option<AfSpec<'a>>,
    #[nl(attr = 14)]
    pub(crate) map: Option<&'a [u8]>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}

/// `IFLA_XDP_*`.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub(crate) struct Xdp<'a> {
    #[nl(attr = 2)]
    pub(crate) attached: Option<u8>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}

/// `IFLA_INFO_*`. What lies in the data depends on the kind.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub(crate) struct LinkInfo<'a> {
    #[nl(attr = 1)]
    pub(crate) kind: &'a str,
    #[nl(attr = 2)]
    pub(crate) data: Option<&'a [u8]>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}

/// `IFLA_BR_*`, a few of them.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub(crate) struct Bridge<'a> {
    #[nl(attr = 1)]
    pub(crate) forward_delay: Option<u32>,
    #[nl(attr = 6)]
    pub(crate) priority: Option<u16>,
    #[nl(attr = 11)]
    pub(crate) bridge_id: Option<[u8; 8]>,
    #[nl(attr = 16)]
    pub(crate) hello_timer: Option<u64>,
    #[nl(attr = 20)]
    pub(crate) group_addr: Option<MacAddr>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}

/// `IFLA_MACVLAN_*`, a few of them.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub(crate) struct Macvlan<'a> {
    #[nl(attr = 1)]
    pub(crate) mode: Option<u32>,
    #[nl(attr = 2)]
    pub(crate) flags: Option<u16>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}

/// `IFLA_VXLAN_*`, a few of them.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub(crate) struct Vxlan<'a> {
    #[nl(attr = 1)]
    pub(crate) id: Option<u32>,
    #[nl(attr = 2)]
    pub(crate) group: Option<Ipv4Addr>,
    #[nl(attr = 3)]
    pub(crate) link: Option<u32>,
    #[nl(attr = 4)]
    pub(crate) local: Option<IpAddr>,
    #[nl(attr = 15, be)]
    pub(crate) port: Option<u16>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}

/// One nest for each address family, under its number.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub(crate) struct AfSpec<'a> {
    #[nl(attr = 2)]
    pub(crate) inet: Option<&'a [u8]>,
    #[nl(attr = 10)]
    pub(crate) inet6: Option<Inet6<'a>>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}

/// `struct ifla_cacheinfo`.
#[derive(
    NlStruct, Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub(crate) struct IflaCacheInfo {
    pub(crate) max_reasm_len: U32,
    pub(crate) tstamp: U32,
    pub(crate) reachable_time: U32,
    pub(crate) retrans_time: U32,
}

/// `IFLA_INET6_*`.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub(crate) struct Inet6<'a> {
    #[nl(attr = 1)]
    pub(crate) flags: Option<u32>,
    #[nl(attr = 5)]
    pub(crate) cacheinfo: Option<IflaCacheInfo>,
    #[nl(attr = 2)]
    pub(crate) conf: Option<&'a [u8]>,
    #[nl(attr = 3)]
    pub(crate) stats: Option<&'a [u8]>,
    #[nl(attr = 6)]
    pub(crate) icmp6stats: Option<&'a [u8]>,
    #[nl(attr = 7)]
    pub(crate) token: Option<Ipv6Addr>,
    #[nl(attr = 8)]
    pub(crate) addr_gen_mode: Option<u8>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}
