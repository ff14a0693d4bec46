//! What captured messages of rtnetlink say.

use crate::support::Vector;
use crate::{only, v4};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use nl_tlv::schema::dissect;
use nl_tlv::value::NlStr;
use nl_tlv::{Flags, MacAddr, NlMessage};
use nl_tlv_families::rt_addr::{Address, GetAddress};
use nl_tlv_families::rt_link::{
    BrState, GetLink, IflaBridgeId, Link, LinkData, MacvlanFlags, MacvlanMode, Operstate, PortData,
    VlanFlags, VlanProtocols,
};
use nl_tlv_families::rt_neigh::{Neighbour, NudState};
use nl_tlv_families::rt_route::{GetRoute, Metrics, Route, RtPref};
use nl_tlv_families::rt_rule::{FibRulePortRange, FrAct, Rule};
use nl_tlv_families::values::{FamilyAddr, NextHop};

/// Index, name, MTU, address, flags `IFF_UP`, kind.
type LinkFacts<'a> = (i32, Option<NlStr<'a>>, Option<u32>, Option<MacAddr>, bool, Option<NlStr<'a>>);

#[test]
fn links_read_as_captured() {
    let mac = |last| Some(MacAddr([2, 0, 0, 0, 0, last]));
    let text = |text| Some(NlStr::new(text));
    let expected: [(&str, LinkFacts<'_>); 6] = [
        ("link_veth", (10, text("v0"), Some(1500), mac(1), true, text("veth"))),
        ("link_bridge", (12, text("br0"), Some(1500), mac(3), false, text("bridge"))),
        ("link_macvlan", (13, text("m0"), Some(1500), mac(4), false, text("macvlan"))),
        ("link_vxlan", (14, text("vx0"), Some(1450), mac(5), false, text("vxlan"))),
        ("link_bridge_port", (16, text("p0"), Some(1500), mac(7), false, text("veth"))),
        ("link_vlan", (4, text("v5"), Some(1500), mac(1), false, text("vlan"))),
    ];
    for (name, expected) in expected {
        let vector = Vector::load(name);
        let link = Link::parse(&only(&vector.bytes)).unwrap();
        let kind = link.linkinfo.as_ref().unwrap().kind;
        let (header, is_up) = (link.header, link.is_up());
        assert_eq!((header.index, link.ifname, link.mtu, link.address.unwrap().mac(), is_up, kind), expected);
        assert_eq!((header.family, header.r#type), (0, 1));
        assert_eq!((link.broadcast.unwrap().as_bytes(), link.txqlen), (&[0xff; 6][..], Some(1000)));
        assert_eq!(link.operstate, Some(if is_up { Operstate::Up } else { Operstate::Down }));
        let (long, short) = (link.stats64.unwrap().get().unwrap(), link.stats.unwrap().get().unwrap());
        assert_eq!(
            [long.rx_packets, long.tx_packets, long.rx_bytes, long.tx_bytes],
            [short.rx_packets, short.tx_packets, short.rx_bytes, short.tx_bytes].map(u64::from)
        );
        assert_eq!(link.map.unwrap().get().unwrap().irq, 0);
        assert_eq!(link.xdp.unwrap().get().unwrap().attached, Some(0));
        let spec = link.af_spec.unwrap().first().unwrap().unwrap();
        let inet6 = spec.inet6.unwrap();
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
        let link = Link::parse(&only(&vector.bytes)).unwrap();
        link.linkinfo.clone().and_then(|info| info.data)
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
    let bridge = bridge.get().unwrap();
    assert_eq!(
        (bridge.forward_delay, bridge.priority, bridge.hello_timer),
        (Some(1500), Some(0x8000), Some(0))
    );
    assert_eq!(bridge.group_addr.unwrap(), MacAddr([1, 0x80, 0xc2, 0, 0, 0]));
    assert_eq!(bridge.bridge_id, Some(IflaBridgeId { prio: 0x8000, addr: MacAddr([2, 0, 0, 0, 0, 3]) }));
    assert_eq!(
        (macvlan.mode, macvlan.flags, macvlan.bc_queue_len),
        (Some(MacvlanMode::BRIDGE), Some(MacvlanFlags::empty()), Some(1000))
    );
    assert_eq!((vxlan.id, vxlan.link, vxlan.port), (Some(42), Some(10), Some(4789)));
    assert_eq!(vxlan.group, Some(Ipv4Addr::new(192, 0, 2, 2)));
    assert_eq!(vxlan.local, Some(Ipv4Addr::new(192, 0, 2, 1)));
    assert_eq!((vlan.id, vlan.protocol), (Some(5), Some(VlanProtocols::N8021q)));
    let flags = vlan.flags.unwrap();
    assert_eq!((flags.flags, flags.mask.bits()), (VlanFlags::REORDER_HDR, u32::MAX));
}

#[test]
fn port_of_a_bridge_reads_as_captured() {
    let vector = Vector::load("link_bridge_port");
    let link = Link::parse(&only(&vector.bytes)).unwrap();
    assert_eq!(link.master, Some(15));
    let info = link.linkinfo.clone().unwrap();
    assert_eq!(info.slave_kind.unwrap(), "bridge");
    let Some(PortData::Bridge(port)) = info.slave_data else { panic!("{info:?}") };
    let port = port.get().unwrap();
    assert_eq!(
        (port.state, port.priority, port.cost, port.learning),
        (Some(BrState::Disabled), Some(32), Some(2), Some(1))
    );
    assert_eq!((port.designated_port, port.no), (Some(0x8001), Some(1)));
}

#[test]
fn routes_read_as_captured() {
    let vectors = ["route_plain", "route_filtered", "route_multipath"].map(Vector::load);
    let messages = vectors.each_ref().map(|vector| only(&vector.bytes));
    let [plain, filtered, multipath] = messages.map(|message| Route::parse(&message).unwrap());
    assert_eq!((plain.header.family, plain.header.dst_len, plain.header.table), (2, 24, 254));
    assert_eq!((plain.dst, plain.gateway), (Some(v4(10, 1, 1, 0).into()), Some(v4(192, 0, 2, 7).into())));
    assert_eq!((plain.table, plain.priority, plain.oif), (Some(254), Some(100), Some(10)));
    assert_eq!(plain.multipath, None);

    assert!(messages[1].flags().contains(Flags::MULTI | Flags::DUMP_FILTERED));
    assert_eq!(
        (filtered.table, filtered.dst, filtered.priority),
        (Some(99), Some(v4(10, 9, 9, 0).into()), None)
    );

    let Metrics { lock, mtu, advmss, .. } = multipath.metrics.clone().unwrap();
    assert_eq!((lock, mtu, advmss), (Some(4), Some(1400), Some(1360)));
    let hops: Vec<NextHop<'_>> = multipath.multipath.unwrap().iter().map(Result::unwrap).collect();
    let hops: Vec<_> = hops.iter().map(|hop| (hop.ifindex, hop.hops, hop.attrs.gateway.unwrap())).collect();
    assert_eq!(hops, [(10, 1, v4(192, 0, 2, 7)), (10, 0, v4(192, 0, 2, 8))]);
}

#[test]
fn routes_of_ipv6_read_as_captured() {
    let [ipv6, via] = ["route_ipv6", "route_via"].map(Vector::load);
    let ipv6 = Route::parse(&only(&ipv6.bytes)).unwrap();
    let address = |text: &str| Some(text.parse::<IpAddr>().unwrap());
    assert_eq!((ipv6.dst.and_then(FamilyAddr::ip), ipv6.header.dst_len), (address("2001:db8:1::"), 48));
    assert_eq!(
        (ipv6.gateway.and_then(FamilyAddr::ip), ipv6.priority, ipv6.pref),
        (address("2001:db8::2"), Some(100), Some(RtPref::Medium))
    );
    assert_eq!(ipv6.cacheinfo.unwrap().error, 0);
    let via = Route::parse(&only(&via.bytes)).unwrap();
    assert_eq!((via.dst, via.gateway), (Some(v4(10, 1, 3, 0).into()), None));
    assert_eq!(via.via.unwrap().ip(), address("2001:db8::2"));
}

#[test]
fn rule_reads_as_captured() {
    let vector = Vector::load("rule");
    let rule = Rule::parse(&only(&vector.bytes)).unwrap();
    assert_eq!(
        (rule.header.src_len, rule.header.action, rule.src),
        (24, FrAct::ToTbl, Some(v4(192, 0, 2, 0)))
    );
    assert_eq!((rule.table, rule.priority, rule.ip_proto), (Some(99), Some(100), Some(6)));
    assert_eq!((rule.fwmark, rule.fwmask), (Some(1.into()), Some(0xff.into())));
    assert_eq!(rule.dport_range, Some(FibRulePortRange { start: 22, end: 23 }));
}

#[test]
fn addresses_and_neighbours_read_as_captured() {
    let [address, neighbour] = ["address", "neighbour"].map(Vector::load);
    let address = Address::parse(&only(&address.bytes)).unwrap();
    assert_eq!((address.address, address.local), (Some(v4(192, 0, 2, 1)), Some(v4(192, 0, 2, 1).into())));
    assert_eq!((address.label.unwrap().as_str(), address.flags.unwrap().bits()), (Some("v0"), 0x80));
    assert_eq!((address.header.prefixlen, address.header.index), (24, 10));
    assert_eq!(address.cacheinfo.unwrap().ifa_valid, u32::MAX);
    let neighbour = Neighbour::parse(&only(&neighbour.bytes)).unwrap();
    assert_eq!(
        (neighbour.dst, neighbour.lladdr.unwrap().mac()),
        (Some(v4(192, 0, 2, 7).into()), Some(MacAddr([2, 0, 0, 0, 0, 7])))
    );
    assert_eq!((neighbour.header.state, neighbour.probes), (NudState::PERMANENT, Some(0)));
}

/// A neighbour of a TUN device has no link-layer address, or one of four bytes.
#[test]
fn link_layer_addresses_have_any_length() {
    let fixed = "0000001c0000000000000000000000020000000500000080000000080001000a000002";
    for (len, lladdr, text) in [("28", "04000200", ""), ("2c", "08000200c0000207", "c0:00:02:07")] {
        let bytes = bytes(&format!("{len}{fixed}{lladdr}"));
        let neighbour = Neighbour::parse(&only(&bytes)).unwrap();
        assert_eq!(neighbour.lladdr.unwrap().to_string(), text);
    }
}

/// The bytes of hexadecimal digits.
fn bytes(hex: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digits).collect()
}

/// As old programs send them: `struct rtgenmsg`, with its padding and without, where the kernel has longer headers now.
#[test]
fn requests_with_the_short_header_of_old_programs_are_read_and_shown() {
    for (ty, len) in [(18_u16, 20_u32), (18, 17), (22, 20), (22, 17), (26, 20), (26, 17)] {
        let mut bytes = len.to_ne_bytes().to_vec();
        bytes.extend([ty.to_ne_bytes(), 0x301_u16.to_ne_bytes()].concat());
        bytes.extend([[0; 4], [0; 4], [10, 0, 0, 0]].concat());
        bytes.truncate(len.try_into().unwrap());
        let message = only(&bytes);
        let family = match ty {
            18 => GetLink::parse(&message).unwrap().header.family,
            22 => GetAddress::parse(&message).unwrap().header.family,
            _ => GetRoute::parse(&message).unwrap().header.family,
        };
        assert_eq!(family, 10, "{ty} of {len} bytes");
        let shown =
            dissect(&[GetLink::SCHEMAS[0], GetAddress::SCHEMAS[0], GetRoute::SCHEMAS[0]], &bytes).to_string();
        assert!(shown.contains("family 10") && !shown.contains("expected"), "{shown}");
    }
}
