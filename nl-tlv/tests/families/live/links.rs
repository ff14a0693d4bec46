//! Links, addresses, routes and rules: made by us, read by us and by ip(8).

use super::{Json, done, json, same_again};
use crate::live::in_namespace;
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv::value::Headed;
use nl_tlv::{MacAddr, NewFlags};
use nl_tlv_families::address::{AddressGet, AddressNew, IfAddrMsg};
use nl_tlv_families::bridge::Bridge;
use nl_tlv_families::link::{IfInfoMsg, LinkGet, LinkInfo, LinkNew, PortData};
use nl_tlv_families::link_kind::{LinkData, Macvlan, Peer, Veth, Vxlan};
use nl_tlv_families::neighbour::{NdMsg, NeighbourGet, NeighbourNew};
use nl_tlv_families::next_hop::{HopAttrs, NextHop, NextHops};
use nl_tlv_families::route::{Metrics, RouteGet, RouteNew, RtMsg};
use nl_tlv_families::rule::{FibRuleHdr, PortRange, RuleGet, RuleNew};
use std::net::{IpAddr, Ipv4Addr};

const ADD: NewFlags = NewFlags::CREATE.union(NewFlags::EXCL);
const V0: [u8; 6] = [2, 0, 0, 0, 0, 1];

fn ip(last: u8) -> IpAddr {
    Ipv4Addr::new(192, 0, 2, last).into()
}

/// A link of a kind, with a number.
fn link<'a>(index: i32, ifname: &'a str, kind: &'a str, data: LinkData<'a>) -> LinkNew<'a> {
    let linkinfo = LinkInfo { kind: Some(kind), data: Some(data), ..LinkInfo::default() };
    let header = IfInfoMsg::index(index);
    LinkNew { header, ifname: Some(ifname), linkinfo: Some(linkinfo), ..LinkNew::default() }
}

/// A veth pair, a bridge of which one end is a port, a macvlan and a vxlan on the other; whether the kernel has them all.
fn make_links(conn: &mut Connection) -> bool {
    let peer = Headed { header: IfInfoMsg::index(11), attrs: Peer { ifname: Some("v1"), ..Peer::default() } };
    let veth = LinkData::Veth(Veth { peer: Some(peer), ..Veth::default() });
    let bridge = Bridge { forward_delay: Some(400), priority: Some(0x1000), ..Bridge::default() };
    let macvlan = Macvlan { mode: Some(4), ..Macvlan::default() };
    let (id, local, port) = (Some(42), Some(Ipv4Addr::new(192, 0, 2, 1)), Some(4789));
    let vxlan = Vxlan { id, local, port, ..Vxlan::default() };
    let links = [
        LinkNew { address: Some(&V0), ..link(10, "v0", "veth", veth) },
        link(12, "br0", "bridge", LinkData::Bridge(bridge)),
        LinkNew { link: Some(10), ..link(13, "m0", "macvlan", LinkData::Macvlan(macvlan)) },
        link(14, "vx0", "vxlan", LinkData::Vxlan(vxlan)),
    ];
    for link in &links {
        if !done("links", conn.request_with(link, ADD)) {
            return false;
        }
    }
    for (index, master) in [(10, None), (11, Some(12))] {
        let up = LinkNew { header: IfInfoMsg::index(index).set_up(true), master, ..LinkNew::default() };
        conn.request(&up).unwrap();
    }
    true
}

#[test]
fn links_of_each_kind_are_made_and_read_as_ip_reads_them() {
    in_namespace("live::links::links_of_each_kind_are_made_and_read_as_ip_reads_them", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        if !make_links(&mut conn) {
            return;
        }
        let Some(theirs) = json("ip", &["-details", "-json", "link", "show"]) else { return };
        let theirs = theirs.as_array().unwrap();
        let mut links = conn.dump(&LinkGet::default()).unwrap();
        let mut seen = 0;
        while let Some(message) = links.next_message().unwrap() {
            let link: LinkNew<'_> = same_again(&message);
            let index = Json::from(link.header.ifi_index);
            compare(&link, theirs.iter().find(|theirs| theirs["ifindex"] == index).unwrap(), theirs);
            seen += 1;
        }
        assert_eq!((seen, theirs.len()), (6, 6));
    });
}

fn compare(link: &LinkNew<'_>, theirs: &Json, all: &[Json]) {
    let name = |index: u32| {
        all.iter().find(|link| link["ifindex"] == index).map_or(Json::Null, |link| link["ifname"].clone())
    };
    let state = link.operstate.map(|state| format!("{state:?}").to_uppercase());
    let mac = link.mac().map(|mac| mac.to_string());
    let ours = [
        ("ifname", Json::from(link.ifname)),
        ("mtu", link.mtu.into()),
        ("min_mtu", link.min_mtu.into()),
        ("max_mtu", link.max_mtu.into()),
        ("qdisc", link.qdisc.into()),
        ("operstate", state.into()),
        ("txqlen", link.txqlen.into()),
        ("address", mac.into()),
        ("promiscuity", link.promiscuity.into()),
        ("num_tx_queues", link.num_tx_queues.into()),
        ("master", link.master.map_or(Json::Null, name)),
        ("link", link.link.filter(|&index| index != 0).map_or(Json::Null, name)),
    ];
    for (key, ours) in ours {
        assert_eq!(ours, theirs[key], "{key} of {theirs}");
    }
    let info = link.linkinfo.clone().unwrap_or_default();
    let their_info = &theirs["linkinfo"];
    assert_eq!(Json::from(info.kind), their_info["info_kind"]);
    assert_eq!(Json::from(info.slave_kind), their_info["info_slave_kind"]);
    let data = &their_info["info_data"];
    match info.data {
        Some(LinkData::Bridge(bridge)) => {
            assert_eq!(Json::from(bridge.forward_delay), data["forward_delay"]);
            assert_eq!(Json::from(bridge.priority), data["priority"]);
            assert_eq!(Json::from(bridge.ageing_time), data["ageing_time"]);
        }
        Some(LinkData::Macvlan(macvlan)) => {
            assert_eq!((macvlan.mode, &data["mode"]), (Some(4), &Json::from("bridge")));
        }
        Some(LinkData::Vxlan(vxlan)) => {
            assert_eq!(Json::from(vxlan.id), data["id"]);
            assert_eq!(Json::from(vxlan.port), data["port"]);
            assert_eq!(Json::from(vxlan.local.map(|local| local.to_string())), data["local"]);
        }
        other => assert_eq!(other, None),
    }
    if let Some(PortData::Bridge(port)) = info.slave_data {
        let data = &their_info["info_slave_data"];
        assert_eq!(Json::from(port.cost), data["cost"]);
        assert_eq!(Json::from(port.designated_port), data["designated_port"]);
        assert_eq!(Json::from(port.learning == Some(1)), data["learning"]);
    }
}

#[test]
fn address_is_made_and_read_as_ip_reads_it() {
    in_namespace("live::links::address_is_made_and_read_as_ip_reads_it", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        if !make_links(&mut conn) {
            return;
        }
        make_address(&mut conn);
        let Some(theirs) = json("ip", &["-json", "-4", "address", "show", "dev", "v0"]) else { return };
        let theirs = &theirs[0]["addr_info"][0];
        let get = AddressGet { header: IfAddrMsg { ifa_family: 2, ..IfAddrMsg::default() } };
        let mut addresses = conn.dump(&get).unwrap();
        let address: AddressNew<'_> = same_again(&addresses.next_message().unwrap().unwrap());
        assert_eq!(Json::from(address.local.map(|ip| ip.to_string())), theirs["local"]);
        assert_eq!(Json::from(address.header.ifa_prefixlen), theirs["prefixlen"]);
        assert_eq!(Json::from(address.label), theirs["label"]);
        assert_eq!(Json::from(address.cacheinfo.unwrap().ifa_valid), theirs["valid_life_time"]);
        assert!(addresses.next_message().unwrap().is_none());
    });
}

#[test]
fn neighbour_is_made_and_read_as_ip_reads_it() {
    in_namespace("live::links::neighbour_is_made_and_read_as_ip_reads_it", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        if !make_links(&mut conn) {
            return;
        }
        let header = NdMsg { ndm_family: 2, ndm_ifindex: 10.into(), ndm_state: 0x80, ..NdMsg::default() };
        let (dst, lladdr) = (Some(ip(7)), Some(MacAddr([2, 0, 0, 0, 0, 7])));
        conn.request_with(&NeighbourNew { header, dst, lladdr, ..NeighbourNew::default() }, ADD).unwrap();
        let Some(theirs) = json("ip", &["-json", "-4", "neigh"]) else { return };
        let get = NeighbourGet { header: NdMsg { ndm_family: 2, ..NdMsg::default() }, dst: None };
        let mut neighbours = conn.dump(&get).unwrap();
        let neighbour: NeighbourNew<'_> = same_again(&neighbours.next_message().unwrap().unwrap());
        assert_eq!((neighbour.dst, neighbour.lladdr), (dst, lladdr));
        assert_eq!(Json::from(neighbour.dst.map(|ip| ip.to_string())), theirs[0]["dst"]);
        assert_eq!(Json::from(neighbour.lladdr.map(|mac| mac.to_string())), theirs[0]["lladdr"]);
        assert_eq!(theirs[0]["state"][0], "PERMANENT");
    });
}

#[test]
fn rule_is_made_and_read_as_ip_reads_it() {
    in_namespace("live::links::rule_is_made_and_read_as_ip_reads_it", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        let header = FibRuleHdr { family: 2, src_len: 24, action: 1, ..FibRuleHdr::default() };
        let ports = Some(PortRange { start: 22, end: 23 });
        let mark = RuleNew { fwmark: Some(1), fwmask: Some(0xff), ..RuleNew::default() };
        let range = RuleNew { ip_proto: Some(6), dport_range: ports, src: Some(ip(0)), ..mark };
        let rule = RuleNew { header, table: Some(99), priority: Some(100), ..range };
        if !done("rules", conn.request_with(&rule, ADD)) {
            return;
        }

        let Some(theirs) = json("ip", &["-json", "rule"]) else { return };
        let theirs = theirs.as_array().unwrap();
        let get = RuleGet { header: FibRuleHdr { family: 2, ..FibRuleHdr::default() } };
        let mut rules = conn.dump(&get).unwrap();
        let mut priorities = Vec::new();
        while let Some(message) = rules.next_message().unwrap() {
            let read: RuleNew<'_> = same_again(&message);
            priorities.push(Json::from(read.priority.unwrap_or(0)));
            if read.priority == Some(100) {
                assert_eq!((read.src, read.fwmark, read.fwmask), (rule.src, rule.fwmark, rule.fwmask));
                assert_eq!((read.ip_proto, read.dport_range), (rule.ip_proto, rule.dport_range));
            }
        }
        assert!(theirs.iter().map(|rule| &rule["priority"]).eq(&priorities));
        for (key, expected) in [
            ("src", Json::from("192.0.2.0")),
            ("fwmark", "0x1".into()),
            ("fwmask", "0xff".into()),
            ("dport_start", 22.into()),
            ("dport_end", 23.into()),
            ("table", "99".into()),
        ] {
            assert_eq!(theirs[1][key], expected, "{key}");
        }
        // The name stands in a file that small systems do without.
        assert!(["tcp", "ipproto-6"].contains(&theirs[1]["ipproto"].as_str().unwrap()), "{theirs:?}");
    });
}

fn make_address(conn: &mut Connection) {
    let header = IfAddrMsg { ifa_family: 2, ifa_prefixlen: 24, ifa_index: 10, ..IfAddrMsg::default() };
    let (local, label) = (Some(ip(1)), Some("v0"));
    let address = AddressNew { header, local, address: local, label, ..AddressNew::default() };
    conn.request_with(&address, ADD).unwrap();
}

#[test]
fn route_with_two_next_hops_is_made_and_read_as_ip_reads_it() {
    in_namespace("live::links::route_with_two_next_hops_is_made_and_read_as_ip_reads_it", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        if !make_links(&mut conn) {
            return;
        }
        make_address(&mut conn);
        let hop = |last, hops| {
            let attrs = HopAttrs { gateway: Some(ip(last)), ..HopAttrs::default() };
            NextHop { flags: 0, hops, ifindex: 10, attrs }
        };
        let hops = [hop(7, 1), hop(8, 0)];
        let route = RouteNew {
            header: RtMsg { rtm_table: 254, ..RtMsg::unicast(24, true) },
            dst: Some(Ipv4Addr::new(10, 1, 2, 0).into()),
            metrics: Some(Metrics { mtu: Some(1400), ..Metrics::default() }),
            multipath: Some(NextHops::new(&hops)),
            ..RouteNew::default()
        };
        conn.request_with(&route, ADD).unwrap();
        let Some(theirs) = json("ip", &["-json", "route", "show", "10.1.2.0/24"]) else { return };
        assert_eq!(
            (&theirs[0]["dst"], &theirs[0]["metrics"][0]["mtu"]),
            (&"10.1.2.0/24".into(), &1400.into())
        );
        let mut routes = conn.dump(&RouteGet { header: RtMsg::ipv4(), ..RouteGet::default() }).unwrap();
        let mut found = 0;
        while let Some(message) = routes.next_message().unwrap() {
            let read: RouteNew<'_> = same_again(&message);
            if read.dst == route.dst {
                assert_eq!((&read.metrics, &read.multipath), (&route.metrics, &route.multipath));
                for (nth, hop) in read.multipath.unwrap().iter().map(Result::unwrap).enumerate() {
                    let theirs = &theirs[0]["nexthops"][nth];
                    assert_eq!(Json::from(hop.attrs.gateway.map(|ip| ip.to_string())), theirs["gateway"]);
                    assert_eq!(Json::from(hop.hops + 1), theirs["weight"]);
                    found += 1;
                }
            }
        }
        assert_eq!(found, 2);
    });
}
