//! The kernel's families, from `nl-tlv-families`.

use super::{Family, GENERIC, sock_diag, variants};
use nl_tlv::schema::MessageSchema;
use nl_tlv_families::{
    audit, binder, bridge_vlan, conntrack, dev_energymodel, devlink, dpll, drm_ras, ethtool, fou, handshake,
    ila, ioam6, ipset, lockd, macsec, mptcp_pm, net_shaper, netdev, nfsd, nftables, nl80211, nlctrl, ovpn,
    ovs_datapath, ovs_flow, ovs_packet, ovs_vport, psp, rt_addr, rt_addrlabel, rt_dcb, rt_mdb, rt_mroute,
    rt_ndisc, rt_neigh, rt_netconf, rt_nexthop, rt_nsid, rt_route, rt_rule, rt_tunnel, seg6, sunrpc, tc,
    tcp_metrics, team, wireguard, xfrm,
};

/// `RTNLGRP_*` of `linux/rtnetlink.h`.
const LINK_GROUPS: &[(&str, u32)] = &[("link", 1)];
const ADDRESS_GROUPS: &[(&str, u32)] = &[("ipv4-ifaddr", 5), ("ipv6-ifaddr", 9)];
const NEIGHBOUR_GROUPS: &[(&str, u32)] = &[("neigh", 3)];
const ROUTE_GROUPS: &[(&str, u32)] = &[("ipv4-route", 7), ("ipv6-route", 11)];
const NETCONF_GROUPS: &[(&str, u32)] = &[("ipv4-netconf", 24), ("ipv6-netconf", 25), ("mpls-netconf", 29)];
const RULE_GROUPS: &[(&str, u32)] = &[("ipv4-rule", 8), ("ipv6-rule", 19)];

/// `NFNLGRP_*` of `linux/netfilter/nfnetlink.h`.
const CONNTRACK_GROUPS: &[(&str, u32)] =
    &[("new", 1), ("update", 2), ("destroy", 3), ("exp-new", 4), ("exp-update", 5), ("exp-destroy", 6)];
const NFTABLES_GROUPS: &[(&str, u32)] = &[("nftables", 7), ("nftrace", 9)];

/// `XFRMNLGRP_*` of `linux/xfrm.h`.
const XFRM_GROUPS: &[(&str, u32)] = &[
    ("acquire", 1),
    ("expire", 2),
    ("sa", 3),
    ("policy", 4),
    ("aevents", 5),
    ("report", 6),
    ("migrate", 7),
    ("mapping", 8),
];

/// The built-in families.
pub(super) fn families() -> Vec<Family> {
    let of = |name, protocol, messages: &'static [&'static MessageSchema], groups| Family {
        name,
        protocol,
        messages,
        groups,
        by_address_family: None,
        variants: &[],
    };
    let mut families = vec![
        of("bridge-vlan", 0, bridge_vlan::SCHEMAS, &[("brvlan", 33)]),
        of("rt-addr", 0, rt_addr::SCHEMAS, ADDRESS_GROUPS),
        of("rt-addrlabel", 0, rt_addrlabel::SCHEMAS, &[]),
        Family { variants: variants::bridge_links(), ..of("rt-link", 0, variants::links(), LINK_GROUPS) },
        of("rt-dcb", 0, rt_dcb::SCHEMAS, &[("dcb", 23)]),
        of("rt-mdb", 0, rt_mdb::SCHEMAS, &[("mdb", 26)]),
        of("rt-mroute", 0, rt_mroute::SCHEMAS, &[("ipv4-mroute-r", 30), ("ipv6-mroute-r", 31)]),
        of("rt-ndisc", 0, rt_ndisc::SCHEMAS, &[("ipv6-prefix", 18), ("nd-useropt", 20)]),
        of("rt-neigh", 0, rt_neigh::SCHEMAS, NEIGHBOUR_GROUPS),
        of("rt-netconf", 0, rt_netconf::SCHEMAS, NETCONF_GROUPS),
        of("rt-nexthop", 0, rt_nexthop::SCHEMAS, &[("nexthop", 32)]),
        of("rt-nsid", 0, rt_nsid::SCHEMAS, &[("nsid", 28)]),
        of("rt-route", 0, rt_route::SCHEMAS, ROUTE_GROUPS),
        of("rt-rule", 0, rt_rule::SCHEMAS, RULE_GROUPS),
        of("rt-tunnel", 0, rt_tunnel::SCHEMAS, &[("tunnel", 35)]),
        of("tc", 0, tc::SCHEMAS, &[("tc", 4)]),
        of("xfrm", xfrm::PROTOCOL, xfrm::SCHEMAS, XFRM_GROUPS),
        of("audit", audit::PROTOCOL, audit::SCHEMAS, &[("readlog", 1)]),
        of("conntrack", 12, conntrack::SCHEMAS, CONNTRACK_GROUPS),
        of("ipset", 12, ipset::SCHEMAS, &[]),
        of("nftables", 12, nftables::SCHEMAS, NFTABLES_GROUPS),
        of(binder::NAME, GENERIC, binder::SCHEMAS, &[]),
        of(dev_energymodel::NAME, GENERIC, dev_energymodel::SCHEMAS, &[]),
        of(devlink::NAME, GENERIC, devlink::SCHEMAS, &[]),
        of(dpll::NAME, GENERIC, dpll::SCHEMAS, &[]),
        of(drm_ras::NAME, GENERIC, drm_ras::SCHEMAS, &[]),
        of(ethtool::NAME, GENERIC, ethtool::SCHEMAS, &[]),
        of(fou::NAME, GENERIC, fou::SCHEMAS, &[]),
        of(handshake::NAME, GENERIC, handshake::SCHEMAS, &[]),
        of(ila::NAME, GENERIC, ila::SCHEMAS, &[]),
        of(ioam6::NAME, GENERIC, ioam6::SCHEMAS, &[]),
        of(lockd::NAME, GENERIC, lockd::SCHEMAS, &[]),
        of(macsec::NAME, GENERIC, macsec::SCHEMAS, &[]),
        of(mptcp_pm::NAME, GENERIC, mptcp_pm::SCHEMAS, &[]),
        of(net_shaper::NAME, GENERIC, net_shaper::SCHEMAS, &[]),
        of(netdev::NAME, GENERIC, netdev::SCHEMAS, &[]),
        of(nfsd::NAME, GENERIC, nfsd::SCHEMAS, &[]),
        of(nl80211::NAME, GENERIC, nl80211::SCHEMAS, &[]),
        of(nlctrl::NAME, GENERIC, nlctrl::SCHEMAS, &[("notify", 0)]),
        of(ovpn::NAME, GENERIC, ovpn::SCHEMAS, &[]),
        of(ovs_datapath::NAME, GENERIC, ovs_datapath::SCHEMAS, &[]),
        of(ovs_flow::NAME, GENERIC, ovs_flow::SCHEMAS, &[]),
        of(ovs_packet::NAME, GENERIC, ovs_packet::SCHEMAS, &[]),
        of(ovs_vport::NAME, GENERIC, ovs_vport::SCHEMAS, &[]),
        of(psp::NAME, GENERIC, psp::SCHEMAS, &[]),
        of(seg6::NAME, GENERIC, seg6::SCHEMAS, &[]),
        of(sunrpc::NAME, GENERIC, sunrpc::SCHEMAS, &[]),
        of(tcp_metrics::NAME, GENERIC, tcp_metrics::SCHEMAS, &[]),
        of(team::NAME, GENERIC, team::SCHEMAS, &[]),
        of(wireguard::NAME, GENERIC, wireguard::SCHEMAS, &[]),
    ];
    families.extend(sock_diag::families());
    families
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;

    #[test]
    fn all_families_of_the_library_are_known() {
        let list = concat!(env!("CARGO_MANIFEST_DIR"), "/../families/src/lib.rs");
        let list = std::fs::read_to_string(list).unwrap();
        let modules = list.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
        // The latter is not netlink's form: events of devices are decoded without a schema.
        let is_family =
            |name: &&str| !["flags", "jobs", "message", "values", "watch", "uevent"].contains(name);
        let catalogue = Catalogue::new();
        let modules: Vec<_> = modules.filter(is_family).collect();
        assert!(modules.len() > 40, "{modules:?}");
        for name in modules {
            catalogue.family(name).unwrap();
        }
    }
}
