//! What deletes an object deletes no other one, whatever the object does not say; and answers that have the number of their
//! request.

use super::netns::within;
use super::twins::{json, run};
use super::{lacks, route};
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv::value::Headed;
use nl_tlv_families::conntrack::{
    Addresses, Connection as Tracked, DelConnection, GetConnection, NfGenMsg, Proto, Tuple,
};
use nl_tlv_families::jobs::constants::{AF_INET, AF_INET6, IPPROTO_TCP};
use nl_tlv_families::jobs::{CREATE, Handle, IfIndex};
use nl_tlv_families::rt_addr::{Address, DelAddress};
use nl_tlv_families::rt_link::{GetLink, Link};
use nl_tlv_families::rt_mdb::{AddMdb, BrMdbEntry, Eattr, GetMdb, Mdb, Mdbe, RemoveMdb};
use nl_tlv_families::rt_route::{DelRoute, Route};
use nl_tlv_families::rt_rule::{DelRule, GetRule, Rule};
use nl_tlv_families::tc::{
    Chain, DelQdisc, DelTfilter, GetChain, GetQdisc, GetTfilter, Htb, Qdisc, TcAttrs, TcMsg, TcU32Key,
    Tfilter, U32,
};
use std::net::{IpAddr, Ipv4Addr};

/// Connection tracking and some qdiscs want the privilege of the machine itself.
fn in_namespace(test: &str, body: impl FnOnce()) {
    within(test, &[&["-n"], &["-Urn"]], body);
}

/// A pair of veth, of which this is `d0`.
fn veth(conn: &mut Connection) -> IfIndex {
    conn.request_with(&Link::veth("d0", "d1"), CREATE).unwrap();
    for link in ["d0", "d1", "lo"] {
        run(&format!("ip link set {link} up")).unwrap();
    }
    conn.get::<Link<'_>>(&GetLink::named("d0")).unwrap().index()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_filter_without_a_handle_deletes_no_other() {
    let test = "deletes::a_filter_without_a_handle_deletes_no_other";
    in_namespace(test, || {
        let mut conn = route();
        let dev = veth(&mut conn);
        let root = Qdisc::root(dev).handle((1, 0));
        if let Err(err) = conn.request_with(&root.htb(&Htb::default_class(0x30)), CREATE) {
            return lacks(test, &err.to_string());
        }
        let keys = [1, 2].map(|net| [TcU32Key::to(Ipv4Addr::new(10, net, 0, 0), 16).unwrap()]);
        let what = [&keys[0], &keys[1]].map(|keys| U32::matching(keys).unwrap().to_class((1, 0x11)));
        for what in &what {
            let filter = Tfilter::new(dev, (1, 0)).priority(6).u32(what);
            if let Err(err) = conn.request_with(&filter, CREATE) {
                return lacks(test, &err.to_string());
            }
            let refused = DelTfilter::of(&filter).unwrap_err().to_string();
            assert!(refused.contains("handle"), "{refused}");
        }
        let handles = || {
            let shown = json("tc -json filter show dev d0");
            let all = shown.as_array().unwrap().iter();
            all.filter_map(|shown| Some(shown["options"]["fh"].as_str()?.to_owned()))
                .filter(|fh| fh.matches(':').count() == 2 && !fh.ends_with(':'))
                .collect::<Vec<_>>()
        };
        assert_eq!(handles(), ["800::800", "800::801"]);
        let (mut refused, mut filters) = (0, conn.dump(&GetTfilter::on(dev, (1, 0))).unwrap());
        while let Some(read) = filters.next::<Tfilter<'_>>().unwrap() {
            match DelTfilter::of(&read) {
                Ok(delete) if read.header.handle == 0x8000_0801 => {
                    route().request(&delete).unwrap();
                }
                Ok(_) => assert_ne!(read.header.handle, 0),
                Err(_) => refused += 1,
            }
        }
        assert_eq!(
            (refused, handles()),
            (1, vec!["800::800".to_owned()]),
            "one item of the dump is no filter"
        );
    });
}

#[test]
fn a_rule_without_a_priority_deletes_no_other() {
    in_namespace("deletes::a_rule_without_a_priority_deletes_no_other", || {
        let mut conn = route();
        let mine = Rule::to_table(99);
        conn.request_with(&mine, CREATE).unwrap();
        let other = Rule::to_table(99).from(ip("10.0.0.0"), 8).priority(50);
        conn.request_with(&other, CREATE).unwrap();
        assert!(DelRule::of(&mine).unwrap_err().to_string().contains("priority"));
        let left = || {
            let shown = json("ip -json rule show");
            shown
                .as_array()
                .unwrap()
                .iter()
                .map(|rule| rule["priority"].as_u64().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(left(), [0, 50, 32765, 32766, 32767]);
        let mut rules = conn.dump(&GetRule::of_family(AF_INET)).unwrap();
        while let Some(read) = rules.next::<Rule<'_>>().unwrap() {
            // As it was made, but for what the kernel gave it.
            if read.table == Some(99) && read.header.src_len == 0 {
                route().request(&DelRule::of(&read).unwrap()).unwrap();
            }
            // The rule of priority 0 says none.
            assert_eq!(DelRule::of(&read).is_err(), read.priority.is_none());
        }
        drop(rules);
        assert_eq!(left(), [0, 50, 32766, 32767]);
        conn.request(&DelRule::of(&Rule::to_table(255).priority(0)).unwrap()).unwrap();
        assert_eq!(left(), [50, 32766, 32767]);
    });
}

#[test]
fn an_address_that_says_less_deletes_no_other() {
    in_namespace("deletes::an_address_that_says_less_deletes_no_other", || {
        let mut conn = route();
        let dev = veth(&mut conn);
        for address in ["10.0.0.1/24", "10.1.0.1/24", "10.1.0.1/16"] {
            run(&format!("ip address add {address} dev d0")).unwrap();
        }
        let left = || {
            let shown = json("ip -json -4 address show dev d0");
            let all = shown[0]["addr_info"].as_array().cloned().unwrap_or_default();
            all.iter()
                .map(|shown| format!("{}/{}", shown["local"], shown["prefixlen"]))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let all = left();
        let mut nothing = Address::new(dev, ip("10.1.0.1"), 24);
        (nothing.local, nothing.address) = (None, None);
        let err = conn.request(&DelAddress::of(&nothing)).unwrap_err().to_string();
        assert!(err.contains("EADDRNOTAVAIL"), "{err}");
        let absent = conn.request(&DelAddress::of(&Address::new(dev, ip("10.0.0.1"), 16))).unwrap_err();
        assert!(absent.to_string().contains("EADDRNOTAVAIL"), "{absent}");
        assert_eq!(left(), all);
        for (address, prefix_len) in [("10.1.0.1", 24), ("10.0.0.1", 24)] {
            let made = Address::new(dev, ip(address), prefix_len);
            let (mut no_local, mut no_address) = (made.clone(), made);
            (no_local.local, no_address.address) = (None, None);
            let less = if address == "10.1.0.1" { no_local } else { no_address };
            conn.request(&DelAddress::of(&less)).unwrap();
        }
        assert_eq!(left(), "\"10.1.0.1\"/16");
    });
}

#[test]
fn an_ipv6_route_without_a_metric_deletes_no_other() {
    in_namespace("deletes::an_ipv6_route_without_a_metric_deletes_no_other", || {
        let mut conn = route();
        let dev = veth(&mut conn);
        let made = Route::to(ip("fd00:7::"), 48).dev(dev);
        conn.request_with(&made, CREATE).unwrap();
        conn.request_with(&made.clone().metric(50), CREATE).unwrap();
        let left = || {
            let shown = json("ip -json -6 route show fd00:7::/48");
            shown
                .as_array()
                .unwrap()
                .iter()
                .map(|route| route["metric"].as_u64().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(left(), [50, 1024]);
        conn.request(&DelRoute::of(&made)).unwrap();
        assert_eq!(left(), [50]);
        let err = conn.request(&DelRoute::of(&made)).unwrap_err().to_string();
        assert!(err.contains("ESRCH"), "{err}");
        assert_eq!(left(), [50]);
    });
}

#[test]
fn a_qdisc_that_was_replaced_deletes_no_other() {
    let test = "deletes::a_qdisc_that_was_replaced_deletes_no_other";
    in_namespace(test, || {
        let mut conn = route();
        let dev = veth(&mut conn);
        let settings = Htb::default_class(0);
        let made = Qdisc::root(dev).htb(&settings);
        if let Err(err) = conn.request_with(&made, CREATE) {
            return lacks(test, &err.to_string());
        }
        assert!(DelQdisc::of(&made).unwrap_err().to_string().contains("handle"));
        let mut before = None;
        let mut dump = conn.dump(&GetQdisc::default()).unwrap();
        while let Some(read) = dump.next::<Qdisc<'_>>().unwrap() {
            if read.header.ifindex == dev.signed() {
                before = Some((read.header, read.kind.unwrap().to_string()));
            }
        }
        drop(dump);
        let (header, kind) = before.unwrap();
        conn.request(&DelQdisc::root(dev)).unwrap();
        conn.request_with(&made.clone().handle((7, 0)), CREATE).unwrap();
        let before = Qdisc { header, ..Qdisc::root(dev).with(&kind, None) };
        let err = conn.request(&DelQdisc::of(&before).unwrap()).unwrap_err().to_string();
        assert!(err.contains("EINVAL") || err.contains("ENOENT"), "{err}");
        assert_eq!(json("tc -json qdisc show dev d0 root")[0]["handle"], "7:");
    });
}

/// A bridge of these settings with the port `d0`, and the index of the bridge.
fn bridge(conn: &mut Connection, test: &str, settings: &str) -> Option<IfIndex> {
    veth(conn);
    let made = run(&format!("ip link add br0 type bridge {settings}"));
    if let Err(reason) = made {
        lacks(test, &reason);
        return None;
    }
    run("ip link set br0 up").unwrap();
    run("ip link set d0 master br0").unwrap();
    Some(conn.get::<Link<'_>>(&GetLink::named("br0")).unwrap().index())
}

/// Calls something with each group that the kernel has, and its type.
fn each_group(conn: &mut Connection, mut then: impl FnMut(u32, &Headed<BrMdbEntry, Eattr<'_>>)) -> usize {
    let (mut dump, mut messages) = (conn.dump(&GetMdb::all()).unwrap(), 0);
    while let Some(read) = dump.next::<Mdb<'_>>().unwrap() {
        messages += 1;
        for set in read.mdb.iter().map(Result::unwrap) {
            for group in set.entry.iter().map(Result::unwrap) {
                group.info.iter().for_each(|info| then(read.header.ifindex, &info.unwrap()));
            }
        }
    }
    messages
}

#[test]
fn a_group_of_one_source_deletes_no_other() {
    let test = "deletes::a_group_of_one_source_deletes_no_other";
    in_namespace(test, || {
        let mut conn = route();
        let Some(_) = bridge(&mut conn, test, "mcast_snooping 1 mcast_igmp_version 3") else { return };
        run("bridge mdb add dev br0 port d0 grp 239.1.2.3 permanent").unwrap();
        if let Err(reason) = run("bridge mdb add dev br0 port d0 grp 239.1.2.3 src 10.0.0.9 permanent") {
            return lacks(test, &reason);
        }
        let shown = || run("bridge mdb show dev br0").unwrap().matches("239.1.2.3").count();
        let mut of_source = 0;
        assert_eq!(shown(), 2);
        each_group(&mut conn, |bridge, info| {
            if info.header.group() == Some(ip("239.1.2.3")) && info.contents.source.is_some() {
                assert_eq!(info.contents.source, Some(ip("10.0.0.9")));
                route().request(&RemoveMdb::of(bridge, info)).unwrap();
                of_source += 1;
            }
        });
        assert_eq!((of_source, shown()), (1, 1));
        assert!(!run("bridge mdb show dev br0").unwrap().contains("src 10.0.0.9"));
    });
}

#[test]
fn groups_of_bridges_and_of_vxlans_are_one_dump() {
    let test = "deletes::groups_of_bridges_and_of_vxlans_are_one_dump";
    in_namespace(test, || {
        let mut conn = route();
        let Some(br0) = bridge(&mut conn, test, "mcast_snooping 1") else { return };
        run("bridge mdb add dev br0 port d0 grp 239.1.2.3 permanent").unwrap();
        run("ip link add x0 type vxlan id 42 dev d0 dstport 4789").unwrap();
        let x0 = conn.get::<Link<'_>>(&GetLink::named("x0")).unwrap().index();
        // The kernel has groups of VXLANs since 6.4; `bridge` has them later.
        let attrs = Mdbe { dst: Some(ip("192.0.2.9")), ..Mdbe::default() };
        let mut add = AddMdb::new(x0, BrMdbEntry::new(x0, ip("239.7.7.7")));
        add.entry_attrs = Some(attrs);
        let refused = conn.request_with(&add, CREATE).err().map(|err| err.to_string());
        let has_groups = refused.is_none();
        assert!(refused.as_ref().is_none_or(|text| text.contains("Device is not a bridge")), "{refused:?}");
        let mut groups = Vec::new();
        let messages =
            each_group(&mut conn, |link, info| groups.push((link, info.header.group(), info.contents.dst)));
        assert!(groups.contains(&(br0.get(), Some(ip("239.1.2.3")), None)), "{groups:?}");
        if has_groups {
            assert!(messages > 1, "{groups:?}");
            assert!(groups.contains(&(x0.get(), Some(ip("239.7.7.7")), Some(ip("192.0.2.9")))), "{groups:?}");
            each_group(&mut conn, |link, info| {
                if info.header.group() == Some(ip("239.7.7.7")) {
                    route().request(&RemoveMdb::of(link, info)).unwrap();
                }
            });
            each_group(&mut conn, |_, info| assert_ne!(info.header.group(), Some(ip("239.7.7.7"))));
        }
    });
}

#[test]
fn a_chain_is_asked_for_by_its_number() {
    let test = "deletes::a_chain_is_asked_for_by_its_number";
    in_namespace(test, || {
        let mut conn = route();
        let dev = veth(&mut conn);
        let made = run("tc qdisc add dev d0 clsact").and_then(|_| run("tc chain add dev d0 ingress chain 5"));
        if let Err(reason) = made {
            return lacks(test, &reason);
        }
        let header = TcMsg::on(dev).under(Handle::INCOMING);
        let get = GetChain { header, attrs: TcAttrs { chain: Some(5), ..TcAttrs::default() } };
        assert_eq!(conn.get::<Chain<'_>>(&get).unwrap().chain, Some(5));
        let mut dump = conn.dump(&GetChain { header, attrs: TcAttrs::default() }).unwrap();
        let mut chains = Vec::new();
        while let Some(chain) = dump.next::<Chain<'_>>().unwrap() {
            chains.extend(chain.chain);
        }
        assert_eq!(chains, [5]);
    });
}

/// A connection of TCP from a port, in one direction.
fn tuple(from: IpAddr, source: u16, to: IpAddr, destination: u16) -> Tuple<'static> {
    let mut addresses = Addresses::default();
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            (addresses.ip_v4_src, addresses.ip_v4_dst) = (Some(from), Some(to));
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            (addresses.ip_v6_src, addresses.ip_v6_dst) = (Some(from), Some(to));
        }
        _ => panic!("two families"),
    }
    let proto = Proto {
        proto_num: Some(IPPROTO_TCP),
        proto_src_port: Some(source),
        proto_dst_port: Some(destination),
        ..Proto::default()
    };
    Tuple { tuple_ip: Some(addresses), tuple_proto: Some(proto), ..Tuple::default() }
}

#[test]
fn a_connection_without_a_tuple_deletes_no_other() {
    let test = "deletes::a_connection_without_a_tuple_deletes_no_other";
    in_namespace(test, || {
        assert!(DelConnection::of(&Tracked::default()).unwrap_err().to_string().contains("tuple"));
        let mut conn = Connection::open(Protocol::new(12)).unwrap();
        let header = |family| NfGenMsg { nfgen_family: family, ..NfGenMsg::default() };
        for (family, from, to, port) in [
            (AF_INET, "192.0.2.1", "192.0.2.2", 1000),
            (AF_INET, "192.0.2.1", "192.0.2.2", 1001),
            (AF_INET, "192.0.2.1", "192.0.2.2", 1002),
            (AF_INET6, "2001:db8::1", "2001:db8::2", 1000),
        ] {
            let mut tracked = Tracked { header: header(family), ..Tracked::default() };
            tracked.tuple_orig = Some(tuple(ip(from), port, ip(to), 21));
            tracked.tuple_reply = Some(tuple(ip(to), 21, ip(from), port));
            tracked.timeout = Some(100);
            if let Err(err) = conn.request_with(&tracked, CREATE) {
                return lacks(test, &err.to_string());
            }
        }
        let ports = |conn: &mut Connection, family| {
            let mut dump =
                conn.dump(&GetConnection { header: header(family), ..GetConnection::default() }).unwrap();
            let mut ports = Vec::new();
            while let Some(read) = dump.next::<Tracked<'_>>().unwrap() {
                ports.extend(read.tuple_orig.as_ref().unwrap().tuple_proto.as_ref().unwrap().proto_src_port);
            }
            ports.sort_unstable();
            ports
        };
        assert_eq!(ports(&mut conn, AF_INET), [1000, 1001, 1002]);
        let mut dump =
            conn.dump(&GetConnection { header: header(AF_INET), ..GetConnection::default() }).unwrap();
        while let Some(read) = dump.next::<Tracked<'_>>().unwrap() {
            let proto = read.tuple_orig.as_ref().unwrap().tuple_proto.as_ref().unwrap();
            if proto.proto_src_port == Some(1001) {
                let mut other = Connection::open(Protocol::new(12)).unwrap();
                let delete = DelConnection::of(&read).unwrap();
                other.request(&delete).unwrap();
                let again = other.request(&delete).unwrap_err().to_string();
                assert!(again.contains("ENOENT"), "{again}");
            }
        }
        drop(dump);
        assert_eq!(ports(&mut conn, AF_INET), [1000, 1002]);
        conn.request(&DelConnection::all(AF_INET)).unwrap();
        assert_eq!((ports(&mut conn, AF_INET), ports(&mut conn, AF_INET6)), (vec![], vec![1000]));
    });
}
