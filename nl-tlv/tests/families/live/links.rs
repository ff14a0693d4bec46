//! Links, addresses, routes and rules: made by us, read by us and by ip(8).

use super::{Json, done, json, same_again};
use crate::live::in_namespace;
use nl_tlv::MacAddr;
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv::value::HwAddr;
use nl_tlv_families::jobs::CREATE as ADD;
use nl_tlv_families::rt_addr::{Address, GetAddress};
use nl_tlv_families::rt_link::{
    Bridge, GetLink, Link, LinkData, MacvlanMode, Operstate, PortData, SetLink, Vxlan,
};
use nl_tlv_families::rt_neigh::{GetNeighbour, Neighbour};
use nl_tlv_families::rt_route::{GetRoute, Metrics, Route};
use nl_tlv_families::rt_rule::{FibRulePortRange, GetRule, Rule};
use nl_tlv_families::values::NextHop;
use std::net::{IpAddr, Ipv4Addr};

const V0: [u8; 6] = [2, 0, 0, 0, 0, 1];

fn ip(last: u8) -> IpAddr {
    Ipv4Addr::new(192, 0, 2, last).into()
}

/// A link with a number.
fn numbered(index: i32, mut link: Link<'_>) -> Link<'_> {
    link.header.index = index;
    link
}

/// A veth pair, a bridge of which one end is a port, a macvlan and a vxlan on the other; whether the kernel has them all.
fn make_links(conn: &mut Connection) -> bool {
    let mut veth = numbered(10, Link::veth("v0", "v1"));
    veth.address = Some(HwAddr::new(&V0));
    if let Some(LinkData::Veth(veth)) = veth.linkinfo.as_mut().and_then(|info| info.data.as_mut()) {
        veth.peer.as_mut().unwrap().header.index = 11;
    }
    let settings = Bridge { forward_delay: Some(400), priority: Some(0x1000), ..Bridge::default() };
    let (id, local, port) = (Some(42), Some(Ipv4Addr::new(192, 0, 2, 1)), Some(4789));
    let links = [
        veth,
        numbered(12, Link::bridge_with("br0", &settings)),
        numbered(13, Link::macvlan("m0", 10u32, MacvlanMode::BRIDGE)),
        numbered(14, Link::vxlan("vx0", Vxlan { id, local, port, ..Vxlan::default() })),
    ];
    for link in &links {
        if !done("links", conn.request_with(link, ADD)) {
            return false;
        }
    }
    conn.request(&SetLink::at(10u32).up()).unwrap();
    conn.request(&SetLink::at(11u32).up().master(12u32)).unwrap();
    // The kernel finds out a moment later that both ends are up.
    for index in [10u32, 11] {
        while conn.get::<Link>(&GetLink::at(index)).unwrap().operstate != Some(Operstate::Up) {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
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
        let mut links = conn.dump(&GetLink::default()).unwrap();
        let mut seen = 0;
        while let Some(message) = links.next_message().unwrap() {
            let link: Link<'_> = same_again(&message);
            let index = Json::from(link.header.index);
            compare(&link, theirs.iter().find(|theirs| theirs["ifindex"] == index).unwrap(), theirs);
            seen += 1;
        }
        assert_eq!((seen, theirs.len()), (6, 6));
    });
}

fn compare(link: &Link<'_>, theirs: &Json, all: &[Json]) {
    let name = |index: u32| {
        all.iter().find(|link| link["ifindex"] == index).map_or(Json::Null, |link| link["ifname"].clone())
    };
    let state = link.operstate.map(|state| match state {
        Operstate::Lowerlayerdown => "LOWERLAYERDOWN".to_owned(),
        state => format!("{state:?}").to_uppercase(),
    });
    let text = |text: Option<nl_tlv::value::NlStr<'_>>| Json::from(text.map(|text| text.to_string()));
    let mac = link.address.map(|address| address.to_string());
    let ours = [
        ("ifname", text(link.ifname)),
        ("mtu", link.mtu.into()),
        ("min_mtu", link.min_mtu.into()),
        ("max_mtu", link.max_mtu.into()),
        ("qdisc", text(link.qdisc)),
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
    assert_eq!(text(info.kind), their_info["info_kind"]);
    assert_eq!(text(info.slave_kind), their_info["info_slave_kind"]);
    let data = &their_info["info_data"];
    match info.data {
        Some(LinkData::Bridge(bridge)) => {
            let bridge = bridge.get().unwrap();
            assert_eq!(Json::from(bridge.forward_delay), data["forward_delay"]);
            assert_eq!(Json::from(bridge.priority), data["priority"]);
            assert_eq!(Json::from(bridge.ageing_time), data["ageing_time"]);
        }
        Some(LinkData::Macvlan(macvlan)) => {
            assert_eq!((macvlan.mode, &data["mode"]), (Some(MacvlanMode::BRIDGE), &Json::from("bridge")));
        }
        Some(LinkData::Vxlan(vxlan)) => {
            assert_eq!(Json::from(vxlan.id), data["id"]);
            assert_eq!(Json::from(vxlan.port), data["port"]);
            assert_eq!(Json::from(vxlan.local.map(|local| local.to_string())), data["local"]);
        }
        other => assert_eq!(other, None),
    }
    if let Some(PortData::Bridge(port)) = info.slave_data {
        let port = port.get().unwrap();
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
        let mut addresses = conn.dump(&GetAddress::of_family(2)).unwrap();
        let address: Address<'_> = same_again(&addresses.next_message().unwrap().unwrap());
        assert_eq!(Json::from(address.local.map(|ip| ip.to_string())), theirs["local"]);
        assert_eq!(Json::from(address.header.prefixlen), theirs["prefixlen"]);
        assert_eq!(Json::from(address.label.map(|label| label.to_string())), theirs["label"]);
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
        let (dst, mac) = (Some(ip(7)), MacAddr([2, 0, 0, 0, 0, 7]));
        conn.request_with(&Neighbour::new(10u32, ip(7), &mac), ADD).unwrap();
        let Some(theirs) = json("ip", &["-json", "-4", "neigh"]) else { return };
        let mut neighbours = conn.dump(&GetNeighbour::of_family(2)).unwrap();
        let neighbour: Neighbour<'_> = same_again(&neighbours.next_message().unwrap().unwrap());
        assert_eq!((neighbour.dst, neighbour.lladdr.unwrap()), (dst.map(Into::into), HwAddr::from(&mac)));
        assert_eq!(Json::from(neighbour.dst.map(|ip| ip.to_string())), theirs[0]["dst"]);
        assert_eq!(Json::from(neighbour.lladdr.map(|address| address.to_string())), theirs[0]["lladdr"]);
        assert_eq!(theirs[0]["state"][0], "PERMANENT");
    });
}

#[test]
fn rule_is_made_and_read_as_ip_reads_it() {
    in_namespace("live::links::rule_is_made_and_read_as_ip_reads_it", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        let mut rule = Rule::to_table(99).from(ip(0), 24).mark(1, 0xff).priority(100);
        (rule.ip_proto, rule.dport_range) = (Some(6), Some(FibRulePortRange { start: 22, end: 23 }));
        if !done("rules", conn.request_with(&rule, ADD)) {
            return;
        }

        let Some(theirs) = json("ip", &["-json", "rule"]) else { return };
        let theirs = theirs.as_array().unwrap();
        let mut rules = conn.dump(&GetRule::of_family(2)).unwrap();
        let mut priorities = Vec::new();
        while let Some(message) = rules.next_message().unwrap() {
            let read: Rule<'_> = same_again(&message);
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
    let mut address = Address::new(10u32, ip(1), 24);
    address.label = Some("v0".into());
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
        let hops = [(7, 2), (8, 1)].map(|(last, weight)| NextHop::via(ip(last), weight).unwrap().dev(10u32));
        let metrics = Metrics { mtu: Some(1400), ..Metrics::default() };
        let to = Ipv4Addr::new(10, 1, 2, 0).into();
        let route = Route::to(to, 24).multipath(&hops).metrics(metrics);
        conn.request_with(&route, ADD).unwrap();
        let Some(theirs) = json("ip", &["-json", "route", "show", "10.1.2.0/24"]) else { return };
        assert_eq!(
            (&theirs[0]["dst"], &theirs[0]["metrics"][0]["mtu"]),
            (&"10.1.2.0/24".into(), &1400.into())
        );
        let mut routes = conn.dump(&GetRoute::of_family(2)).unwrap();
        let mut found = 0;
        while let Some(message) = routes.next_message().unwrap() {
            let read: Route<'_> = same_again(&message);
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

#[test]
fn route_that_contradicts_its_header_changes_nothing() {
    in_namespace("live::links::route_that_contradicts_its_header_changes_nothing", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        if !make_links(&mut conn) {
            return;
        }
        make_address(&mut conn);
        let mut route = Route::to(Ipv4Addr::new(10, 1, 2, 0).into(), 24).dev(10u32);
        route.gateway = Some("fd00:1::1".parse().unwrap());
        let err = conn.request_with(&route, ADD).unwrap_err();
        let text = "request: Route.gateway: address of family 10, but the header says family 2 (offset 28)";
        assert_eq!((err.to_string().as_str(), err.errno().map(|errno| errno.get())), (text, Some(22)));
        let mut batch = conn.batch();
        let err = batch.push(&route, ADD).unwrap_err().to_string();
        assert!(err.contains("Route.gateway"), "{err}");
        drop(batch);
        let mut routes = conn.dump(&GetRoute::of_family(2)).unwrap();
        while let Some(route) = routes.next::<Route<'_>>().unwrap() {
            assert_ne!(route.dst, Some(Ipv4Addr::new(10, 1, 2, 0).into()));
        }
    });
}
