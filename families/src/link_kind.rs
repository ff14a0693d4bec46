//! What each kind of interface says of itself, in `IFLA_INFO_DATA`: a sub-message, which `IFLA_INFO_KIND` selects.

use crate::bridge::Bridge;
use crate::link::IfInfoMsg;
use core::net::{Ipv4Addr, Ipv6Addr};
use nl_tlv::value::Headed;
use nl_tlv::{Attr, MacAddr, NlAttrs, NlSubMessage, Repeat, Rest, nl_struct};

/// What the kind of an interface selects.
#[allow(clippy::large_enum_variant, reason = "it lives on the stack, and a box needs an allocator")]
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
pub enum LinkData<'a> {
    #[nl(when = "bridge")]
    Bridge(Bridge<'a>),
    #[nl(when = "macvlan")]
    Macvlan(Macvlan<'a>),
    #[nl(when = "veth")]
    Veth(Veth<'a>),
    #[nl(when = "vlan")]
    Vlan(Vlan<'a>),
    #[nl(when = "vxlan")]
    Vxlan(Vxlan<'a>),
    /// The data of any other kind, as it is.
    #[nl(other)]
    Other(Attr<'a>),
}

/// `IFLA_VLAN_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Vlan<'a> {
    #[nl(attr = 5, be)]
    pub protocol: Option<u16>,
    #[nl(attr = 1, max = 4095)]
    pub id: Option<u16>,
    #[nl(attr = 2)]
    pub flags: Option<VlanFlags>,
    #[nl(attr = 4)]
    pub ingress_qos: Option<VlanQos<'a>>,
    #[nl(attr = 3)]
    pub egress_qos: Option<VlanQos<'a>>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `struct ifla_vlan_flags`: `VLAN_FLAG_*`, and which of them are meant.
#[nl_struct]
pub struct VlanFlags {
    pub flags: u32,
    pub mask: u32,
}

/// `IFLA_VLAN_QOS_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct VlanQos<'a> {
    #[nl(attr = 1)]
    pub mapping: Repeat<'a, VlanQosMapping>,
}

/// `struct ifla_vlan_qos_mapping`.
#[nl_struct]
pub struct VlanQosMapping {
    pub from: u32,
    pub to: u32,
}

/// `VETH_INFO_*`, in a request alone.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Veth<'a> {
    /// The other end: a link's header, and a link's attributes behind it.
    #[nl(attr = 1)]
    pub peer: Option<Headed<IfInfoMsg, Peer<'a>>>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// Those attributes of a link (`IFLA_*`) that the other end of a veth pair is usually given.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Peer<'a> {
    #[nl(attr = 3, max_len = 15)]
    pub ifname: Option<&'a str>,
    #[nl(attr = 1)]
    pub address: Option<MacAddr>,
    #[nl(attr = 4)]
    pub mtu: Option<u32>,
    #[nl(attr = 19)]
    pub net_ns_pid: Option<u32>,
    #[nl(attr = 28)]
    pub net_ns_fd: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `IFLA_MACVLAN_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Macvlan<'a> {
    /// `MACVLAN_MODE_*`.
    #[nl(attr = 1)]
    pub mode: Option<u32>,
    #[nl(attr = 2)]
    pub flags: Option<u16>,
    #[nl(attr = 3)]
    pub macaddr_mode: Option<u32>,
    #[nl(attr = 6)]
    pub macaddr_count: Option<u32>,
    #[nl(attr = 5)]
    pub macaddr_data: Option<MacvlanAddresses<'a>>,
    #[nl(attr = 7)]
    pub bc_queue_len: Option<u32>,
    #[nl(attr = 8)]
    pub bc_queue_len_used: Option<u32>,
    #[nl(attr = 9)]
    pub bc_cutoff: Option<i32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// Addresses, each an `IFLA_MACVLAN_MACADDR`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct MacvlanAddresses<'a> {
    #[nl(attr = 4)]
    pub macaddr: Repeat<'a, MacAddr>,
}

/// `IFLA_VXLAN_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Vxlan<'a> {
    #[nl(attr = 1)]
    pub id: Option<u32>,
    #[nl(attr = 2)]
    pub group: Option<Ipv4Addr>,
    #[nl(attr = 16)]
    pub group6: Option<Ipv6Addr>,
    #[nl(attr = 3)]
    pub link: Option<u32>,
    #[nl(attr = 4)]
    pub local: Option<Ipv4Addr>,
    #[nl(attr = 17)]
    pub local6: Option<Ipv6Addr>,
    #[nl(attr = 5)]
    pub ttl: Option<u8>,
    #[nl(attr = 28)]
    pub ttl_inherit: Option<u8>,
    #[nl(attr = 6)]
    pub tos: Option<u8>,
    #[nl(attr = 29)]
    pub df: Option<u8>,
    #[nl(attr = 26, be)]
    pub label: Option<u32>,
    #[nl(attr = 32)]
    pub label_policy: Option<u32>,
    #[nl(attr = 7)]
    pub learning: Option<u8>,
    #[nl(attr = 11)]
    pub proxy: Option<u8>,
    #[nl(attr = 12)]
    pub rsc: Option<u8>,
    #[nl(attr = 13)]
    pub l2miss: Option<u8>,
    #[nl(attr = 14)]
    pub l3miss: Option<u8>,
    #[nl(attr = 25)]
    pub collect_metadata: Option<u8>,
    #[nl(attr = 8)]
    pub ageing: Option<u32>,
    #[nl(attr = 9)]
    pub limit: Option<u32>,
    #[nl(attr = 15, be)]
    pub port: Option<u16>,
    #[nl(attr = 18)]
    pub udp_csum: Option<u8>,
    #[nl(attr = 19)]
    pub udp_zero_csum6_tx: Option<u8>,
    #[nl(attr = 20)]
    pub udp_zero_csum6_rx: Option<u8>,
    #[nl(attr = 21)]
    pub remcsum_tx: Option<u8>,
    #[nl(attr = 22)]
    pub remcsum_rx: Option<u8>,
    #[nl(attr = 31)]
    pub localbypass: Option<u8>,
    #[nl(attr = 10)]
    pub port_range: Option<PortRange>,
    #[nl(attr = 23)]
    pub gbp: bool,
    #[nl(attr = 27)]
    pub gpe: bool,
    #[nl(attr = 24)]
    pub remcsum_nopartial: bool,
    #[nl(attr = 30)]
    pub vnifilter: Option<u8>,
    /// `struct vxlanhdr`: the bits of the header that must be zero.
    #[nl(attr = 33)]
    pub reserved_bits: Option<[u8; 8]>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `struct ifla_vxlan_port_range`, in network order.
#[nl_struct]
pub struct PortRange {
    #[nl(be)]
    pub low: u16,
    #[nl(be)]
    pub high: u16,
}
