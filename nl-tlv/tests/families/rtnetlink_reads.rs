//! What captured messages of rtnetlink say.

use crate::support::Vector;
use crate::{only, v4};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use nl_tlv::{Flags, MacAddr, NlMessage};
use nl_tlv_families::address::AddressNew;
use nl_tlv_families::bridge::BridgeId;
use nl_tlv_families::link::{LinkInfo, LinkNew, OperState, PortData};
use nl_tlv_families::link_kind::LinkData;
use nl_tlv_families::neighbour::NeighbourNew;
use nl_tlv_families::next_hop::NextHop;
use nl_tlv_families::route::{Metrics, RouteNew};
use nl_tlv_families::rule::{PortRange, RuleNew};

/// Index, name, MTU, address, flags `IFF_UP`, kind.
type LinkFacts<'a> = (i32, Option<&'a str>, Option<u32>, Option<MacAddr>, bool, Option<&'a str>);

#[test]
fn links_read_as_captured() {
    let mac = |last| Some(MacAddr([2, 0, 0, 0, 0, last]));
    let expected: [(&str, LinkFacts<'_>); 6] = [
        ("link_veth", (10, Some("v0"), Some(1500), mac(1), true, Some("veth"))),
        ("link_bridge", (12, Some("br0"), Some(1500), mac(3), false, Some("bridge"))),
        ("link_macvlan", (13, Some("m0"), Some(1500), mac(4), false, Some("macvlan"))),
        ("link_vxlan", (14, Some("vx0"), Some(1450), mac(5), false, Some("vxlan"))),
        ("link_bridge_port", (16, Some("p0"), Some(1500), mac(7), false, Some("veth"))),
        ("link_vlan", (4, Some("v5"), Some(1500), mac(1), false, Some("vlan"))),
    ];
    for (name, expected) in expected {
        let vector = Vector::load(name);
        let link = LinkNew::parse(&only(&vector.bytes)).unwrap();
        let kind = link.linkinfo.as_ref().unwrap().kind;
        let (header, is_up) = (link.header, link.header.ifi_flags & 1 != 0);
        assert_eq!((header.ifi_index, link.ifname, link.mtu, link.mac(), is_up, kind), expected);
        assert_eq!((header.ifi_family, header.ifi_type), (0, 1));
        assert_eq!((link.broadcast, link.txqlen), (Some(&[0xff; 6][..]), Some(1000)));
        assert_eq!(link.operstate, Some(if is_up { OperState::Up } else { OperState::Down }));
        assert_eq!((link.stats.unwrap().len(), link.map.unwrap().irq), (24, 0));
        let (long, short) = (link.stats64.unwrap(), link.stats.unwrap());
        assert!(
            short.iter().map(u64::from).eq([
                long.rx_packets,
                long.tx_packets,
                long.rx_bytes,
                long.tx_bytes,
                long.rx_errors,
                long.tx_errors,
            ]
            .map(|count| count)
            .into_iter()
            .chain(std::iter::repeat_n(0, 18)))
        );
        assert_eq!(link.xdp.as_ref().unwrap().attached, Some(0));
        let inet6 = link.af_spec.as_ref().unwrap().inet6.as_ref().unwrap();
        assert_eq!((inet6.token, inet6.stats.unwrap().len()), (Some(Ipv6Addr::UNSPECIFIED), 38));
        assert_eq!(inet6.cacheinfo.unwrap().max_reasm_len, 0xffff);
        assert_eq!(link.rest.iter().count(), 0);
    }
}

#[test]
fn what_kinds_of_links_say_of_themselves_reads_as_captured() {
    let names = ["link_bridge", "link_macvlan", "link_vxlan", "link_vlan", "link_veth"];
    let vectors = names.map(Vector::load);
    let data = vectors.each_ref().map(|vector| {
        let link = LinkNew::parse(&only(&vector.bytes)).unwrap();
        link.linkinfo.and_then(|info| info.data)
    });
    let [
        Some(LinkData::Bridge(bridge)),
        Some(LinkData::Macvlan(macvlan)),
        Some(LinkData::Vxlan(vxlan)),
        Some(LinkData::Vlan(vlan)),
        None,
    ] = data
    else {
        panic!("{data:?}")
    };
    assert_eq!(
        (bridge.forward_delay, bridge.priority, bridge.hello_timer),
        (Some(1500), Some(0x8000), Some(0))
    );
    assert_eq!(bridge.group_addr, Some(MacAddr([1, 0x80, 0xc2, 0, 0, 0])));
    assert_eq!(bridge.bridge_id, Some(BridgeId { prio: [0x80, 0], addr: [2, 0, 0, 0, 0, 3] }));
    assert_eq!((macvlan.mode, macvlan.flags, macvlan.bc_queue_len), (Some(4), Some(0), Some(1000)));
    assert_eq!((vxlan.id, vxlan.link, vxlan.port), (Some(42), Some(10), Some(4789)));
    assert_eq!(vxlan.group, Some(Ipv4Addr::new(192, 0, 2, 2)));
    assert_eq!(vxlan.local, Some(Ipv4Addr::new(192, 0, 2, 1)));
    assert_eq!((vlan.id, vlan.protocol), (Some(5), Some(0x8100)));
    let flags = vlan.flags.unwrap();
    assert_eq!((flags.flags, flags.mask), (1, u32::MAX));
}

#[test]
fn port_of_a_bridge_reads_as_captured() {
    let vector = Vector::load("link_bridge_port");
    let link = LinkNew::parse(&only(&vector.bytes)).unwrap();
    assert_eq!(link.master, Some(15));
    let Some(LinkInfo { slave_kind: Some("bridge"), slave_data: Some(PortData::Bridge(port)), .. }) =
        link.linkinfo
    else {
        panic!("{:?}", link.linkinfo)
    };
    assert_eq!((port.state, port.priority, port.cost, port.learning), (Some(0), Some(32), Some(2), Some(1)));
    assert_eq!((port.designated_port, port.no), (Some(0x8001), Some(1)));
}

#[test]
fn routes_read_as_captured() {
    let vectors = ["route_plain", "route_filtered", "route_multipath"].map(Vector::load);
    let messages = vectors.each_ref().map(|vector| only(&vector.bytes));
    let [plain, filtered, multipath] = messages.map(|message| RouteNew::parse(&message).unwrap());
    assert_eq!((plain.header.rtm_family, plain.header.rtm_dst_len, plain.header.rtm_table), (2, 24, 254));
    assert_eq!((plain.dst, plain.gateway), (Some(v4(10, 1, 1, 0)), Some(v4(192, 0, 2, 7))));
    assert_eq!((plain.table, plain.priority, plain.oif), (Some(254), Some(100), Some(10)));
    assert_eq!(plain.multipath, None);

    assert!(messages[1].flags().contains(Flags::MULTI | Flags::DUMP_FILTERED));
    assert_eq!((filtered.table, filtered.dst, filtered.priority), (Some(99), Some(v4(10, 9, 9, 0)), None));

    let Metrics { lock, mtu, advmss, .. } = multipath.metrics.unwrap();
    assert_eq!((lock, mtu, advmss), (Some(4), Some(1400), Some(1360)));
    let hops: Vec<NextHop<'_>> = multipath.multipath.unwrap().iter().map(Result::unwrap).collect();
    let hops: Vec<_> = hops.iter().map(|hop| (hop.ifindex, hop.hops, hop.attrs.gateway.unwrap())).collect();
    assert_eq!(hops, [(10, 1, v4(192, 0, 2, 7)), (10, 0, v4(192, 0, 2, 8))]);
}

#[test]
fn routes_of_ipv6_read_as_captured() {
    let [ipv6, via] = ["route_ipv6", "route_via"].map(Vector::load);
    let ipv6 = RouteNew::parse(&only(&ipv6.bytes)).unwrap();
    let address = |text: &str| Some(text.parse::<IpAddr>().unwrap());
    assert_eq!((ipv6.dst, ipv6.header.rtm_dst_len), (address("2001:db8:1::"), 48));
    assert_eq!((ipv6.gateway, ipv6.priority, ipv6.pref), (address("2001:db8::2"), Some(100), Some(0)));
    assert_eq!(ipv6.cacheinfo.unwrap().rta_error, 0);
    let via = RouteNew::parse(&only(&via.bytes)).unwrap();
    assert_eq!((via.dst, via.gateway), (Some(v4(10, 1, 3, 0)), None));
    assert_eq!(via.via.unwrap().ip(), address("2001:db8::2"));
}

#[test]
fn rule_reads_as_captured() {
    let vector = Vector::load("rule");
    let rule = RuleNew::parse(&only(&vector.bytes)).unwrap();
    assert_eq!((rule.header.src_len, rule.header.action, rule.src), (24, 1, Some(v4(192, 0, 2, 0))));
    assert_eq!((rule.table, rule.priority, rule.ip_proto), (Some(99), Some(100), Some(6)));
    assert_eq!((rule.fwmark, rule.fwmask), (Some(1), Some(0xff)));
    assert_eq!(rule.dport_range, Some(PortRange { start: 22, end: 23 }));
}

#[test]
fn addresses_and_neighbours_read_as_captured() {
    let [address, neighbour] = ["address", "neighbour"].map(Vector::load);
    let address = AddressNew::parse(&only(&address.bytes)).unwrap();
    assert_eq!((address.address, address.local), (Some(v4(192, 0, 2, 1)), Some(v4(192, 0, 2, 1))));
    assert_eq!((address.label, address.flags), (Some("v0"), Some(0x80)));
    assert_eq!((address.header.ifa_prefixlen, address.header.ifa_index), (24, 10));
    assert_eq!(address.cacheinfo.unwrap().ifa_valid, u32::MAX);
    let neighbour = NeighbourNew::parse(&only(&neighbour.bytes)).unwrap();
    assert_eq!(
        (neighbour.dst, neighbour.lladdr),
        (Some(v4(192, 0, 2, 7)), Some(MacAddr([2, 0, 0, 0, 0, 7])))
    );
    assert_eq!((neighbour.header.ndm_state, neighbour.probes), (0x80, Some(0)));
}
