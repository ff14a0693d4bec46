//! Interfaces: `RTM_NEWLINK`, `RTM_DELLINK`, `RTM_GETLINK`. Source: `net/core/rtnetlink.c`, `rtnl_fill_ifinfo`.

use crate::bridge::Port;
use crate::link_kind::LinkData;
use core::net::Ipv6Addr;
use nl_tlv::value::Array;
use nl_tlv::{Attr, MacAddr, NlAttrs, NlMessage, NlSubMessage, NlValue, Repeat, Rest, nl_struct};

/// `struct ifinfomsg`: family, `ARPHRD_*`, number, `IFF_*`, and which of those are to change.
#[nl_struct]
pub struct IfInfoMsg {
    pub ifi_family: u8,
    pub __ifi_pad: u8,
    pub ifi_type: u16,
    pub ifi_index: i32,
    pub ifi_flags: u32,
    pub ifi_change: u32,
}

impl IfInfoMsg {
    /// The interface of this number.
    #[must_use]
    pub fn index(index: i32) -> Self {
        Self { ifi_index: index, ..Self::default() }
    }

    /// So that the interface is set up (`IFF_UP`), or down.
    #[must_use]
    pub fn set_up(self, up: bool) -> Self {
        Self { ifi_flags: u32::from(up), ifi_change: 1, ..self }
    }
}

/// An interface as it is, or as it is to be.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 16, deleted = 17)]
pub struct LinkNew<'a> {
    #[nl(fixed_header, key = [ifi_index])]
    pub header: IfInfoMsg,
    #[nl(attr = 46)]
    pub target_netnsid: Option<i32>,
    #[nl(attr = 3, max_len = 15)]
    pub ifname: Option<&'a str>,
    #[nl(attr = 13)]
    pub txqlen: Option<u32>,
    #[nl(attr = 16)]
    pub operstate: Option<OperState>,
    #[nl(attr = 17)]
    pub linkmode: Option<u8>,
    #[nl(attr = 67)]
    pub netns_immutable: Option<u8>,
    #[nl(attr = 4)]
    pub mtu: Option<u32>,
    #[nl(attr = 50)]
    pub min_mtu: Option<u32>,
    #[nl(attr = 51)]
    pub max_mtu: Option<u32>,
    #[nl(attr = 27)]
    pub group: Option<u32>,
    #[nl(attr = 30)]
    pub promiscuity: Option<u32>,
    #[nl(attr = 61)]
    pub allmulti: Option<u32>,
    #[nl(attr = 31)]
    pub num_tx_queues: Option<u32>,
    #[nl(attr = 40)]
    pub gso_max_segs: Option<u32>,
    #[nl(attr = 41)]
    pub gso_max_size: Option<u32>,
    #[nl(attr = 58)]
    pub gro_max_size: Option<u32>,
    #[nl(attr = 63)]
    pub gso_ipv4_max_size: Option<u32>,
    #[nl(attr = 64)]
    pub gro_ipv4_max_size: Option<u32>,
    #[nl(attr = 59)]
    pub tso_max_size: Option<u32>,
    #[nl(attr = 60)]
    pub tso_max_segs: Option<u32>,
    #[nl(attr = 66)]
    pub max_pacing_offload_horizon: Option<u32>,
    #[nl(attr = 32)]
    pub num_rx_queues: Option<u32>,
    #[nl(attr = 10)]
    pub master: Option<u32>,
    #[nl(attr = 33)]
    pub carrier: Option<u8>,
    #[nl(attr = 20, max_len = 255)]
    pub ifalias: Option<&'a str>,
    #[nl(attr = 35)]
    pub carrier_changes: Option<u32>,
    #[nl(attr = 47)]
    pub carrier_up_count: Option<u32>,
    #[nl(attr = 48)]
    pub carrier_down_count: Option<u32>,
    #[nl(attr = 68)]
    pub headroom: Option<u16>,
    #[nl(attr = 69)]
    pub tailroom: Option<u16>,
    #[nl(attr = 39)]
    pub proto_down: Option<u8>,
    #[nl(attr = 55)]
    pub proto_down_reason: Option<ProtoDownReason>,
    #[nl(attr = 44)]
    pub event: Option<u32>,
    /// Six bytes on Ethernet, but not everywhere: see [`mac`](LinkNew::mac).
    #[nl(attr = 1)]
    pub address: Option<&'a [u8]>,
    #[nl(attr = 2)]
    pub broadcast: Option<&'a [u8]>,
    #[nl(attr = 34)]
    pub phys_port_id: Option<&'a [u8]>,
    #[nl(attr = 38)]
    pub phys_port_name: Option<&'a str>,
    #[nl(attr = 36)]
    pub phys_switch_id: Option<&'a [u8]>,
    #[nl(attr = 23)]
    pub stats64: Option<LinkStats64>,
    /// [`LinkStats64`] in 32 bits each.
    #[nl(attr = 7)]
    pub stats: Option<Array<'a, u32>>,
    #[nl(attr = 43)]
    pub xdp: Option<Xdp<'a>>,
    #[nl(attr = 18)]
    pub linkinfo: Option<LinkInfo<'a>>,
    #[nl(attr = 5)]
    pub link: Option<u32>,
    #[nl(attr = 37)]
    pub link_netnsid: Option<i32>,
    #[nl(attr = 6)]
    pub qdisc: Option<&'a str>,
    #[nl(attr = 49)]
    pub new_ifindex: Option<i32>,
    #[nl(attr = 45)]
    pub new_netnsid: Option<i32>,
    #[nl(attr = 26)]
    pub af_spec: Option<AfSpec<'a>>,
    #[nl(attr = 14)]
    pub map: Option<LinkMap>,
    #[nl(attr = 54)]
    pub perm_address: Option<&'a [u8]>,
    #[nl(attr = 52)]
    pub prop_list: Option<PropList<'a>>,
    #[nl(attr = 56)]
    pub parent_dev_name: Option<&'a str>,
    #[nl(attr = 57)]
    pub parent_dev_bus_name: Option<&'a str>,
    /// Attributes of the devlink family.
    #[nl(attr = 62)]
    pub devlink_port: Option<DriverNest<'a>>,
    /// Attributes of the dpll family.
    #[nl(attr = 65)]
    pub dpll_pin: Option<DriverNest<'a>>,
    /// In a request: the namespace to move to, by a process in it.
    #[nl(attr = 19)]
    pub net_ns_pid: Option<u32>,
    /// In a request: the namespace to move to, by a file descriptor.
    #[nl(attr = 28)]
    pub net_ns_fd: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

impl LinkNew<'_> {
    /// The address, if it is one of six bytes.
    #[must_use]
    pub fn mac(&self) -> Option<MacAddr> {
        self.address?.try_into().ok().map(MacAddr)
    }
}

/// An interface that is to go, or has gone; then with all that it was in `rest`.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 17)]
pub struct LinkDelete<'a> {
    #[nl(fixed_header)]
    pub header: IfInfoMsg,
    #[nl(attr = 3, max_len = 15)]
    pub ifname: Option<&'a str>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// Asks for one interface, or in a dump for all.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 18)]
pub struct LinkGet<'a> {
    #[nl(fixed_header)]
    pub header: IfInfoMsg,
    #[nl(attr = 3, max_len = 15)]
    pub ifname: Option<&'a str>,
    /// `RTEXT_FILTER_*`.
    #[nl(attr = 29)]
    pub ext_mask: Option<u32>,
    #[nl(attr = 53, max_len = 127)]
    pub alt_ifname: Option<&'a str>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `IF_OPER_*`.
#[derive(NlValue, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum OperState {
    Unknown = 0,
    NotPresent = 1,
    Down = 2,
    LowerLayerDown = 3,
    Testing = 4,
    Dormant = 5,
    Up = 6,
    #[nl(other)]
    Other(u8),
}

/// `IFLA_INFO_*`: which kind of interface it is, and of what it is a port.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct LinkInfo<'a> {
    #[nl(attr = 1)]
    pub kind: Option<&'a str>,
    #[nl(attr = 3)]
    pub xstats: Option<&'a [u8]>,
    #[nl(attr = 2, select = kind)]
    pub data: Option<LinkData<'a>>,
    #[nl(attr = 4)]
    pub slave_kind: Option<&'a str>,
    #[nl(attr = 5, select = slave_kind)]
    pub slave_data: Option<PortData<'a>>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// What a port has of what it is a port of.
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
pub enum PortData<'a> {
    #[nl(when = "bridge")]
    Bridge(Port<'a>),
    #[nl(other)]
    Other(Attr<'a>),
}

/// `IFLA_XDP_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Xdp<'a> {
    #[nl(attr = 1)]
    pub fd: Option<i32>,
    #[nl(attr = 2)]
    pub attached: Option<u8>,
    #[nl(attr = 3)]
    pub flags: Option<u32>,
    #[nl(attr = 4)]
    pub prog_id: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `IFLA_PROTO_DOWN_REASON_*`.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
pub struct ProtoDownReason {
    #[nl(attr = 1)]
    pub mask: Option<u32>,
    #[nl(attr = 2)]
    pub value: Option<u32>,
}

/// Other names, each an `IFLA_ALT_IFNAME`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct PropList<'a> {
    #[nl(attr = 53)]
    pub alt_ifname: Repeat<'a, &'a str>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// Attributes of a family of a driver's.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct DriverNest<'a> {
    #[nl(rest)]
    pub all: Rest<'a>,
}

/// One nest for each address family, under its number.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct AfSpec<'a> {
    #[nl(attr = 2)]
    pub inet: Option<Inet<'a>>,
    #[nl(attr = 10)]
    pub inet6: Option<Inet6<'a>>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `IFLA_INET_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Inet<'a> {
    /// By `IPV4_DEVCONF_*`, from 1 on.
    #[nl(attr = 1)]
    pub conf: Option<Array<'a, u32>>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `IFLA_INET6_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Inet6<'a> {
    #[nl(attr = 1)]
    pub flags: Option<u32>,
    #[nl(attr = 5)]
    pub cacheinfo: Option<IflaCacheInfo>,
    /// By `DEVCONF_*`.
    #[nl(attr = 2)]
    pub conf: Option<Array<'a, i32>>,
    /// By `IPSTATS_MIB_*`; the first is how many there are.
    #[nl(attr = 3)]
    pub stats: Option<Array<'a, u64>>,
    /// By `ICMP6_MIB_*`; the first is how many there are.
    #[nl(attr = 6)]
    pub icmp6stats: Option<Array<'a, u64>>,
    #[nl(attr = 7)]
    pub token: Option<Ipv6Addr>,
    #[nl(attr = 8)]
    pub addr_gen_mode: Option<u8>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `struct ifla_cacheinfo`.
#[nl_struct]
pub struct IflaCacheInfo {
    pub max_reasm_len: u32,
    pub tstamp: u32,
    pub reachable_time: u32,
    pub retrans_time: u32,
}

/// `struct rtnl_link_stats64`; of an older kernel the last ones are zero.
#[nl_struct(zero_extend)]
pub struct LinkStats64 {
    pub rx_packets: u64,
    pub tx_packets: u64,
    pub rx_bytes: u64,
    pub tx_bytes: u64,
    pub rx_errors: u64,
    pub tx_errors: u64,
    pub rx_dropped: u64,
    pub tx_dropped: u64,
    pub multicast: u64,
    pub collisions: u64,
    pub rx_length_errors: u64,
    pub rx_over_errors: u64,
    pub rx_crc_errors: u64,
    pub rx_frame_errors: u64,
    pub rx_fifo_errors: u64,
    pub rx_missed_errors: u64,
    pub tx_aborted_errors: u64,
    pub tx_carrier_errors: u64,
    pub tx_fifo_errors: u64,
    pub tx_heartbeat_errors: u64,
    pub tx_window_errors: u64,
    pub rx_compressed: u64,
    pub tx_compressed: u64,
    pub rx_nohandler: u64,
    pub rx_otherhost_dropped: u64,
}

/// `struct rtnl_link_ifmap`, with the padding at its end.
#[nl_struct]
pub struct LinkMap {
    pub mem_start: u64,
    pub mem_end: u64,
    pub base_addr: u64,
    pub irq: u16,
    pub dma: u8,
    pub port: u8,
    /// Zero.
    pub padding: [u8; 4],
}
