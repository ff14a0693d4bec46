//! Messages of real kernel families, defined with the derives: each capture reads as captured, emitting it gives its bytes
//! back, and no prefix and no change of a byte does more than fail.
//!
//! The captures are little-endian, as is what this file asks of them.
#![cfg(all(feature = "derive", target_endian = "little"))]

mod address;
#[path = "../support/c.rs"]
mod c;
mod damage;
mod family;
mod link;
mod names;
mod route;
#[allow(dead_code, reason = "the untyped walk in vectors.rs uses the rest of it")]
#[path = "../support/mod.rs"]
mod support;

use address::{Address, Neighbour};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use family::{Family, Group, Op};
use link::{Bridge, Link, Macvlan, Vxlan};
use nl_tlv::value::Parse;
use nl_tlv::{Attrs, Flags, Header, MacAddr, Message, Messages, NlAttrs, NlMessage};
use route::{Metrics, Route, RtNextHop};
use support::Vector;
use zerocopy::FromBytes;

/// Index, name, MTU, address, flags `IFF_UP`, kind.
type LinkFacts<'a> = (i32, &'a str, u32, Option<MacAddr>, bool, &'a str);

#[test]
fn links_read_as_captured() {
    let mac = |last| Some(MacAddr([2, 0, 0, 0, 0, last]));
    let expected: [(&str, LinkFacts<'_>); 4] = [
        ("link_veth", (10, "v0", 1500, mac(1), true, "veth")),
        ("link_bridge", (12, "br0", 1500, mac(3), false, "bridge")),
        ("link_macvlan", (13, "m0", 1500, mac(4), false, "macvlan")),
        ("link_vxlan", (14, "vx0", 1450, mac(5), false, "vxlan")),
    ];
    for (name, expected) in expected {
        let vector = Vector::load(name);
        let link = Link::parse(&only(&vector.bytes)).unwrap();
        let kind = link.linkinfo.as_ref().unwrap().kind;
        let (header, is_up) = (link.header, link.header.ifi_flags.get() & 1 != 0);
        assert_eq!((header.ifi_index.get(), link.ifname, link.mtu, link.address, is_up, kind), expected);
        assert_eq!((header.ifi_family, header.ifi_type.get(), header.ifi_change.get()), (0, 1, 0));
        assert_eq!((link.broadcast, link.txqlen), (Some(MacAddr([0xff; 6])), Some(1000)));
        assert_eq!((link.stats64.map(<[u8]>::len), link.map.map(<[u8]>::len)), (Some(200), Some(32)));
        assert_eq!(link.xdp.as_ref().unwrap().attached, Some(0));
        let rest: Vec<_> = link.rest.iter().map(|attr| (attr.ty().get(), attr.is_nested())).collect();
        assert_eq!(rest, [(62, true), (65, true)], "two empty nests of drivers");
        let inet6 = link.af_spec.as_ref().unwrap().inet6.as_ref().unwrap();
        assert_eq!((inet6.token, inet6.stats.map(<[u8]>::len)), (Some(Ipv6Addr::UNSPECIFIED), Some(304)));
        assert_eq!(inet6.cacheinfo.unwrap().max_reasm_len.get(), 0xffff);
    }
}

#[test]
fn what_kinds_of_links_say_of_themselves_reads_as_captured() {
    let vectors = ["link_bridge", "link_macvlan", "link_vxlan"].map(Vector::load);
    let [bridge, macvlan, vxlan] = vectors.each_ref().map(|vector| {
        let link = Link::parse(&only(&vector.bytes)).unwrap();
        assert_eq!(link.netns_immutable, Some(u8::from(vector.name == "link_bridge")));
        Attrs::new(link.linkinfo.unwrap().data.unwrap())
    });
    let bridge = Bridge::parse_attrs(bridge).unwrap();
    assert_eq!(
        (bridge.forward_delay, bridge.priority, bridge.hello_timer),
        (Some(1500), Some(0x8000), Some(0))
    );
    assert_eq!(bridge.group_addr, Some(MacAddr([1, 0x80, 0xc2, 0, 0, 0])));
    assert_eq!(bridge.bridge_id, Some([0x80, 0, 2, 0, 0, 0, 0, 3]));
    let macvlan = Macvlan::parse_attrs(macvlan).unwrap();
    assert_eq!((macvlan.mode, macvlan.flags, macvlan.rest.iter().count()), (Some(4), Some(0), 3));
    let vxlan = Vxlan::parse_attrs(vxlan).unwrap();
    assert_eq!((vxlan.id, vxlan.link, vxlan.port), (Some(42), Some(10), Some(4789)));
    assert_eq!(vxlan.group, Some(Ipv4Addr::new(192, 0, 2, 2)));
    assert_eq!(vxlan.local, Some(v4(192, 0, 2, 1)));
}

#[test]
fn routes_read_as_captured() {
    let [plain, filtered, multipath] = ["route_plain", "route_filtered", "route_multipath"].map(Vector::load);
    let plain = Route::parse(&only(&plain.bytes)).unwrap();
    assert_eq!((plain.header.rtm_family, plain.header.rtm_dst_len, plain.header.rtm_table), (2, 24, 254));
    assert_eq!((plain.dst, plain.gateway), (Some(v4(10, 1, 1, 0)), Some(v4(192, 0, 2, 7))));
    assert_eq!((plain.table, plain.priority, plain.oif), (Some(254), Some(100), Some(10)));
    assert_eq!((plain.multipath, plain.rest.iter().count()), (None, 0));

    let message = only(&filtered.bytes);
    assert!(message.flags().contains(Flags::MULTI | Flags::DUMP_FILTERED));
    let filtered = Route::parse(&message).unwrap();
    assert_eq!((filtered.table, filtered.dst, filtered.priority), (Some(99), Some(v4(10, 9, 9, 0)), None));

    let multipath = Route::parse(&only(&multipath.bytes)).unwrap();
    let Metrics { lock, mtu, advmss, .. } = multipath.metrics.unwrap();
    assert_eq!((lock, mtu, advmss), (Some(4), Some(1400), Some(1360)));
    let mut gateways = Vec::new();
    let mut hops = multipath.multipath.unwrap();
    while let Ok((hop, _)) = RtNextHop::ref_from_prefix(hops) {
        let (this, others) = hops.split_at(hop.rtnh_len.get().into());
        let attrs = Attrs::new(&this[size_of::<RtNextHop>()..]);
        let gateway = IpAddr::parse(attrs.find(5).unwrap().unwrap()).unwrap();
        gateways.push((hop.rtnh_ifindex.get(), gateway));
        hops = others;
    }
    assert_eq!(gateways, [(10, v4(192, 0, 2, 7)), (10, v4(192, 0, 2, 8))]);
}

#[test]
fn addresses_and_neighbours_read_as_captured() {
    let [address, neighbour] = ["address", "neighbour"].map(Vector::load);
    let address = Address::parse(&only(&address.bytes)).unwrap();
    assert_eq!((address.address, address.local), (v4(192, 0, 2, 1), Some(v4(192, 0, 2, 1))));
    assert_eq!((address.label, address.flags), (Some("v0"), Some(0x80)));
    assert_eq!((address.header.ifa_prefixlen, address.header.ifa_index.get()), (24, 10));
    assert_eq!(address.cacheinfo.unwrap().ifa_valid.get(), u32::MAX);
    let neighbour = Neighbour::parse(&only(&neighbour.bytes)).unwrap();
    assert_eq!((neighbour.dst, neighbour.lladdr), (v4(192, 0, 2, 7), Some(MacAddr([2, 0, 0, 0, 0, 7]))));
    assert_eq!((neighbour.header.ndm_state.get(), neighbour.probes), (0x80, Some(0)));
}

#[test]
fn the_controllers_family_reads_as_captured() {
    let vector = Vector::load("genl_nlctrl");
    let family = Family::parse(&only(&vector.bytes)).unwrap();
    assert_eq!((family.family_name, family.family_id, family.version), ("nlctrl", 16, Some(2)));
    let ops = family.ops.unwrap().all.iter().map(|attr| Op::parse_attrs(attr.nested()).unwrap());
    assert!(ops.eq([Op { op_id: 3, op_flags: 14 }, Op { op_id: 10, op_flags: 12 }]));
    let groups = family.mcast_groups.unwrap().all.iter();
    let groups: Vec<_> = groups.map(|attr| Group::parse_attrs(attr.nested()).unwrap()).collect();
    assert_eq!(groups, [Group { mcast_grp_name: "notify", mcast_grp_id: 16 }]);
}

/// Parses each capture and emits it into a buffer of exactly its size; only `NLA_F_NESTED`, which these families leave
/// out and we write, may differ.
macro_rules! emits_the_same_bytes {
    ($test:ident: $message:ident, $($name:literal)*) => {
        #[test]
        fn $test() {
            for vector in [$($name),*].map(Vector::load) {
                let message = only(&vector.bytes);
                let parsed = $message::parse(&message).unwrap();
                let mut buf = vec![0xa5; vector.bytes.len()];
                let emitted = parsed.emit(&mut buf, header(&message)).unwrap().to_vec();
                assert_eq!(emitted, with_nest_flags(&vector, &emitted), "{}", vector.name);
                assert_eq!($message::parse(&only(&emitted)).unwrap(), parsed, "{}", vector.name);
            }
        }
    };
}

emits_the_same_bytes! { links_emit_the_same_bytes: Link, "link_veth" "link_bridge" "link_macvlan" "link_vxlan" }
emits_the_same_bytes! { routes_emit_the_same_bytes: Route, "route_plain" "route_filtered" "route_multipath" }
emits_the_same_bytes! { addresses_emit_the_same_bytes: Address, "address" }
emits_the_same_bytes! { neighbours_emit_the_same_bytes: Neighbour, "neighbour" }
emits_the_same_bytes! { families_emit_the_same_bytes: Family, "genl_nlctrl" }

/// The captured bytes, with `NLA_F_NESTED` at those nests that have it in `emitted`.
fn with_nest_flags(vector: &Vector, emitted: &[u8]) -> Vec<u8> {
    let mut bytes = vector.bytes.clone();
    for line in vector.lines.iter().filter(|line| line.note.ends_with('{')) {
        let high_byte = line.offset + 3;
        bytes[high_byte] |= emitted.get(high_byte).copied().unwrap_or(0) & 0x80;
    }
    bytes
}

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

/// The header that the message was sent with.
fn header(message: &Message<'_>) -> Header {
    Header::new().family(message.ty()).flags(message.flags()).seq(message.seq()).port_id(message.port_id())
}

fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    Ipv4Addr::new(a, b, c, d).into()
}
