//! `RTM_NEWROUTE`.

use core::net::IpAddr;
use nl_tlv::{NlAttrs, NlMessage, NlStruct, Rest};
use zerocopy::native_endian::U32;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// `struct rtmsg`.
#[derive(
    NlStruct, Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub(crate) struct RtMsg {
    pub(crate) rtm_family: u8,
    pub(crate) rtm_dst_len: u8,
    pub(crate) rtm_src_len: u8,
    pub(crate) rtm_tos: u8,
    pub(crate) rtm_table: u8,
    pub(crate) rtm_protocol: u8,
    pub(crate) rtm_scope: u8,
    pub(crate) rtm_type: u8,
    pub(crate) rtm_flags: U32,
}

/// A route of the kernel's. `RTA_MULTIPATH` is no nest: it begins with a struct.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 24)]
pub(crate) struct Route<'a> {
    #[nl(header)]
    pub(crate) header: RtMsg,
    #[nl(attr = 15)]
    pub(crate) table: Option<u32>,
    #[nl(attr = 1)]
    pub(crate) dst: Option<IpAddr>,
    #[nl(attr = 6)]
    pub(crate) priority: Option<u32>,
    #[nl(attr = 8)]
    pub(crate) metrics: Option<Metrics<'a>>,
    #[nl(attr = 5)]
    pub(crate) gateway: Option<IpAddr>,
    #[nl(attr = 4)]
    pub(crate) oif: Option<u32>,
    #[nl(attr = 9)]
    pub(crate) multipath: Option<&'a [u8]>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}

/// `RTAX_*`.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub(crate) struct Metrics<'a> {
    #[nl(attr = 1)]
    pub(crate) lock: Option<u32>,
    #[nl(attr = 2)]
    pub(crate) mtu: Option<u32>,
    #[nl(attr = 8)]
    pub(crate) advmss: Option<u32>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}

/// `struct rtnexthop`, behind which its attributes lie.
#[derive(
    NlStruct, Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub(crate) struct RtNextHop {
    pub(crate) rtnh_len: zerocopy::native_endian::U16,
    pub(crate) rtnh_flags: u8,
    pub(crate) rtnh_hops: u8,
    pub(crate) rtnh_ifindex: zerocopy::native_endian::I32,
}
