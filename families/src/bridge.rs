//! Bridges and their ports. Source: `net/bridge/br_netlink.c`, `br_fill_info` and `br_port_fill_attrs`.

use nl_tlv::{MacAddr, NlAttrs, Rest, nl_struct};

/// `IFLA_BR_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
#[nl(pad = 40)]
pub struct Bridge<'a> {
    #[nl(attr = 16)]
    pub hello_timer: Option<u64>,
    #[nl(attr = 17)]
    pub tcn_timer: Option<u64>,
    #[nl(attr = 18)]
    pub topology_change_timer: Option<u64>,
    #[nl(attr = 19)]
    pub gc_timer: Option<u64>,
    #[nl(attr = 1)]
    pub forward_delay: Option<u32>,
    #[nl(attr = 2)]
    pub hello_time: Option<u32>,
    #[nl(attr = 3)]
    pub max_age: Option<u32>,
    #[nl(attr = 4)]
    pub ageing_time: Option<u32>,
    #[nl(attr = 5)]
    pub stp_state: Option<u32>,
    #[nl(attr = 6)]
    pub priority: Option<u16>,
    #[nl(attr = 7)]
    pub vlan_filtering: Option<u8>,
    #[nl(attr = 9)]
    pub group_fwd_mask: Option<u16>,
    #[nl(attr = 11)]
    pub bridge_id: Option<BridgeId>,
    #[nl(attr = 10)]
    pub root_id: Option<BridgeId>,
    #[nl(attr = 12)]
    pub root_port: Option<u16>,
    #[nl(attr = 13)]
    pub root_path_cost: Option<u32>,
    #[nl(attr = 14)]
    pub topology_change: Option<u8>,
    #[nl(attr = 15)]
    pub topology_change_detected: Option<u8>,
    #[nl(attr = 20)]
    pub group_addr: Option<MacAddr>,
    #[nl(attr = 46)]
    pub multi_boolopt: Option<BoolOptions>,
    #[nl(attr = 48)]
    pub fdb_n_learned: Option<u32>,
    #[nl(attr = 49)]
    pub fdb_max_learned: Option<u32>,
    #[nl(attr = 8, be)]
    pub vlan_protocol: Option<u16>,
    #[nl(attr = 39)]
    pub vlan_default_pvid: Option<u16>,
    #[nl(attr = 41)]
    pub vlan_stats_enabled: Option<u8>,
    #[nl(attr = 45)]
    pub vlan_stats_per_port: Option<u8>,
    #[nl(attr = 22)]
    pub mcast_router: Option<u8>,
    #[nl(attr = 23)]
    pub mcast_snooping: Option<u8>,
    #[nl(attr = 24)]
    pub mcast_query_use_ifaddr: Option<u8>,
    #[nl(attr = 25)]
    pub mcast_querier: Option<u8>,
    #[nl(attr = 42)]
    pub mcast_stats_enabled: Option<u8>,
    #[nl(attr = 26)]
    pub mcast_hash_elasticity: Option<u32>,
    #[nl(attr = 27)]
    pub mcast_hash_max: Option<u32>,
    #[nl(attr = 28)]
    pub mcast_last_member_cnt: Option<u32>,
    #[nl(attr = 29)]
    pub mcast_startup_query_cnt: Option<u32>,
    #[nl(attr = 43)]
    pub mcast_igmp_version: Option<u8>,
    #[nl(attr = 44)]
    pub mcast_mld_version: Option<u8>,
    #[nl(attr = 30)]
    pub mcast_last_member_intvl: Option<u64>,
    #[nl(attr = 31)]
    pub mcast_membership_intvl: Option<u64>,
    #[nl(attr = 32)]
    pub mcast_querier_intvl: Option<u64>,
    #[nl(attr = 33)]
    pub mcast_query_intvl: Option<u64>,
    #[nl(attr = 34)]
    pub mcast_query_response_intvl: Option<u64>,
    #[nl(attr = 35)]
    pub mcast_startup_query_intvl: Option<u64>,
    #[nl(attr = 36)]
    pub nf_call_iptables: Option<u8>,
    #[nl(attr = 37)]
    pub nf_call_ip6tables: Option<u8>,
    #[nl(attr = 38)]
    pub nf_call_arptables: Option<u8>,
    #[nl(attr = 21)]
    pub fdb_flush: bool,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `struct ifla_bridge_id`.
#[nl_struct]
pub struct BridgeId {
    pub prio: [u8; 2],
    pub addr: [u8; 6],
}

/// `struct br_boolopt_multi`: `BR_BOOLOPT_*`, and which of them are meant.
#[nl_struct]
pub struct BoolOptions {
    pub optval: u32,
    pub optmask: u32,
}

/// `IFLA_BRPORT_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
#[nl(pad = 26)]
pub struct Port<'a> {
    /// `BR_STATE_*`.
    #[nl(attr = 1)]
    pub state: Option<u8>,
    #[nl(attr = 2)]
    pub priority: Option<u16>,
    #[nl(attr = 3)]
    pub cost: Option<u32>,
    #[nl(attr = 4)]
    pub mode: Option<u8>,
    #[nl(attr = 5)]
    pub guard: Option<u8>,
    #[nl(attr = 6)]
    pub protect: Option<u8>,
    #[nl(attr = 7)]
    pub fast_leave: Option<u8>,
    #[nl(attr = 28)]
    pub mcast_to_ucast: Option<u8>,
    #[nl(attr = 8)]
    pub learning: Option<u8>,
    #[nl(attr = 9)]
    pub unicast_flood: Option<u8>,
    #[nl(attr = 27)]
    pub mcast_flood: Option<u8>,
    #[nl(attr = 30)]
    pub bcast_flood: Option<u8>,
    #[nl(attr = 10)]
    pub proxyarp: Option<u8>,
    #[nl(attr = 12)]
    pub proxyarp_wifi: Option<u8>,
    #[nl(attr = 13)]
    pub root_id: Option<BridgeId>,
    #[nl(attr = 14)]
    pub bridge_id: Option<BridgeId>,
    #[nl(attr = 15)]
    pub designated_port: Option<u16>,
    #[nl(attr = 16)]
    pub designated_cost: Option<u16>,
    #[nl(attr = 17)]
    pub id: Option<u16>,
    #[nl(attr = 18)]
    pub no: Option<u16>,
    #[nl(attr = 19)]
    pub topology_change_ack: Option<u8>,
    #[nl(attr = 20)]
    pub config_pending: Option<u8>,
    #[nl(attr = 29)]
    pub vlan_tunnel: Option<u8>,
    #[nl(attr = 31)]
    pub group_fwd_mask: Option<u16>,
    #[nl(attr = 32)]
    pub neigh_suppress: Option<u8>,
    #[nl(attr = 35)]
    pub mrp_ring_open: Option<u8>,
    #[nl(attr = 36)]
    pub mrp_in_open: Option<u8>,
    #[nl(attr = 33)]
    pub isolated: Option<u8>,
    #[nl(attr = 39)]
    pub locked: Option<u8>,
    #[nl(attr = 40)]
    pub mab: Option<u8>,
    #[nl(attr = 43)]
    pub neigh_vlan_suppress: Option<u8>,
    #[nl(attr = 21)]
    pub message_age_timer: Option<u64>,
    #[nl(attr = 22)]
    pub forward_delay_timer: Option<u64>,
    #[nl(attr = 23)]
    pub hold_timer: Option<u64>,
    #[nl(attr = 25)]
    pub multicast_router: Option<u8>,
    #[nl(attr = 37)]
    pub mcast_eht_hosts_limit: Option<u32>,
    #[nl(attr = 38)]
    pub mcast_eht_hosts_cnt: Option<u32>,
    #[nl(attr = 41)]
    pub mcast_n_groups: Option<u32>,
    #[nl(attr = 42)]
    pub mcast_max_groups: Option<u32>,
    #[nl(attr = 34)]
    pub backup_port: Option<u32>,
    #[nl(attr = 44)]
    pub backup_nhid: Option<u32>,
    #[nl(attr = 24)]
    pub flush: bool,
    #[nl(rest)]
    pub rest: Rest<'a>,
}
