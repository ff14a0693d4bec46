//! `RTM_NEWADDR` and `RTM_NEWNEIGH`.

use core::net::IpAddr;
use nl_tlv::{MacAddr, NlMessage, NlStruct, Rest};
use zerocopy::native_endian::{I32, U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// `struct ifaddrmsg`.
#[derive(
    NlStruct, Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub(crate) struct IfAddrMsg {
    pub(crate) ifa_family: u8,
    pub(crate) ifa_prefixlen: u8,
    pub(crate) ifa_flags: u8,
    pub(crate) ifa_scope: u8,
    pub(crate) ifa_index: U32,
}

/// `struct ifa_cacheinfo`.
#[derive(
    NlStruct, Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub(crate) struct IfaCacheInfo {
    pub(crate) ifa_prefered: U32,
    pub(crate) ifa_valid: U32,
    pub(crate) cstamp: U32,
    pub(crate) tstamp: U32,
}

/// An address of a link.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 20)]
pub(crate) struct Address<'a> {
    #[nl(header)]
    pub(crate) header: IfAddrMsg,
    #[nl(attr = 1)]
    pub(crate) address: IpAddr,
    #[nl(attr = 2)]
    pub(crate) local: Option<IpAddr>,
    #[nl(attr = 3, max_len = 15)]
    pub(crate) label: Option<&'a str>,
    #[nl(attr = 8)]
    pub(crate) flags: Option<u32>,
    #[nl(attr = 6)]
    pub(crate) cacheinfo: Option<IfaCacheInfo>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}

/// `struct ndmsg`.
#[derive(
    NlStruct, Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub(crate) struct NdMsg {
    pub(crate) ndm_family: u8,
    pub(crate) ndm_pad1: u8,
    pub(crate) ndm_pad2: U16,
    pub(crate) ndm_ifindex: I32,
    pub(crate) ndm_state: U16,
    pub(crate) ndm_flags: u8,
    pub(crate) ndm_type: u8,
}

/// A neighbour.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 28)]
pub(crate) struct Neighbour<'a> {
    #[nl(header)]
    pub(crate) header: NdMsg,
    #[nl(attr = 1)]
    pub(crate) dst: IpAddr,
    #[nl(attr = 2)]
    pub(crate) lladdr: Option<MacAddr>,
    #[nl(attr = 4)]
    pub(crate) probes: Option<u32>,
    #[nl(attr = 3)]
    pub(crate) cacheinfo: Option<[u8; 16]>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}
