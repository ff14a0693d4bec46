//! Neighbours, and the forwarding entries of bridges: `RTM_NEWNEIGH`, `RTM_DELNEIGH`, `RTM_GETNEIGH`.
//! Source: `net/core/neighbour.c`, `neigh_fill_info`.

use core::net::IpAddr;
use nl_tlv::{MacAddr, NlMessage, Rest, nl_struct};

/// `struct ndmsg`: family, number of the interface, `NUD_*`, `NTF_*`, `RTN_*`.
#[nl_struct]
pub struct NdMsg {
    pub ndm_family: u8,
    pub ndm_pad1: u8,
    pub ndm_pad2: u16,
    pub ndm_ifindex: i32,
    pub ndm_state: u16,
    pub ndm_flags: u8,
    pub ndm_type: u8,
}

/// A neighbour as it is, or is to be. (A forwarding entry of a bridge is told from others by more than the key here.)
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 28, deleted = 29)]
pub struct NeighbourNew<'a> {
    #[nl(fixed_header, key = [ndm_family, ndm_ifindex])]
    pub header: NdMsg,
    #[nl(attr = 1, key)]
    pub dst: Option<IpAddr>,
    #[nl(attr = 2)]
    pub lladdr: Option<MacAddr>,
    #[nl(attr = 4)]
    pub probes: Option<u32>,
    #[nl(attr = 3)]
    pub cacheinfo: Option<NdaCacheInfo>,
    #[nl(attr = 5)]
    pub vlan: Option<u16>,
    #[nl(attr = 6, be)]
    pub port: Option<u16>,
    #[nl(attr = 7)]
    pub vni: Option<u32>,
    #[nl(attr = 8)]
    pub ifindex: Option<u32>,
    #[nl(attr = 9)]
    pub master: Option<u32>,
    #[nl(attr = 12)]
    pub protocol: Option<u8>,
    #[nl(attr = 13)]
    pub nh_id: Option<u32>,
    /// `NTF_EXT_*`.
    #[nl(attr = 15)]
    pub flags_ext: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// A neighbour that is to go, or has gone.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 29)]
pub struct NeighbourDelete<'a> {
    #[nl(fixed_header)]
    pub header: NdMsg,
    #[nl(attr = 1)]
    pub dst: Option<IpAddr>,
    #[nl(attr = 2)]
    pub lladdr: Option<MacAddr>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// Asks for one neighbour, or in a dump for all.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(ty = 30)]
pub struct NeighbourGet {
    #[nl(fixed_header)]
    pub header: NdMsg,
    #[nl(attr = 1)]
    pub dst: Option<IpAddr>,
}

/// `struct nda_cacheinfo`: clock ticks since it was confirmed, used and changed, and how many hold it.
#[nl_struct]
pub struct NdaCacheInfo {
    pub ndm_confirmed: u32,
    pub ndm_used: u32,
    pub ndm_updated: u32,
    pub ndm_refcnt: u32,
}
