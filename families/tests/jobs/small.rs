//! Families without a specification, ours against what `ip`, `tc`, `bridge` and `ss` show.

use super::netns::within;
use super::twins::{json, run, values};
use super::{lacks, route};
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv::value::Lazy;
use nl_tlv::{NlMessage, Repeat};
use nl_tlv_families::conntrack::{
    Addresses, Connection as Tracked, Expectation, GetExpectation, GlobalStats, Help, NfGenMsg, Proto, Tuple,
};
use nl_tlv_families::inet_diag::{GetSocket, Socket};
use nl_tlv_families::jobs::CREATE;
use nl_tlv_families::jobs::constants::{AF_BRIDGE, AF_INET, AF_INET6, IPPROTO_TCP};
use nl_tlv_families::rt_addrlabel::{AddrLabel, DelAddrLabel, GetAddrLabel};
use nl_tlv_families::rt_link::{DelLink, DelLinkProp, GetLink, Link, LinkProp, PropListLink, SetLink};
use nl_tlv_families::rt_netconf::{GetNetConf, NetConf, NetConfMsg};
use nl_tlv_families::rt_nexthop::{GetNextHopBucket, NextHopBucket};
use nl_tlv_families::rt_route::{DelRoute, GetRoute, Route};
use nl_tlv_families::rt_tunnel::{GetTunnel, Tunnel, TunnelMsg, TunnelMsgFlags, Vni, VniEntry};
use nl_tlv_families::seg6::{DumpHmac, GetTunsrc, Seg6, Seg6HmacAlgo, SetHmac, SetTunsrc};
use nl_tlv_families::tc::{Act, ActOptionsMsg, Actions, DelActions, GetActions};
use nl_tlv_families::{ioam6, macsec, seg6};
use serde_json::Value as Json;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// Some families want the privilege of the machine itself, not only that of the namespace.
fn in_namespace(test: &str, body: impl FnOnce()) {
    within(test, &[&["-n"], &["-Urn"]], body);
}

/// A connection to a family of generic netlink, if the kernel has it and lets us.
fn generic(test: &str, name: &str) -> Option<Connection> {
    Connection::generic(name).inspect_err(|err| lacks(test, &err.to_string())).ok()
}

#[test]
fn labels_of_addresses_are_as_ip_shows_them() {
    in_namespace("small::labels_of_addresses_are_as_ip_shows_them", || {
        let mut conn = route();
        let label = AddrLabel::new("2001:db8::".parse().unwrap(), 32, 99);
        conn.request_with(&label, CREATE).unwrap();
        let theirs = json("ip -json addrlabel list");
        let mut ours = Vec::new();
        let mut dump = conn.dump(&GetAddrLabel::all()).unwrap();
        while let Some(found) = dump.next::<AddrLabel<'_>>().unwrap() {
            let (address, label) = (found.address.unwrap().to_string(), found.label.unwrap());
            ours.push(
                serde_json::json!({"address": address, "prefixlen": found.header.prefixlen, "label": label}),
            );
        }
        drop(dump);
        assert_eq!(Json::from(ours), theirs);
        println!("{} values compared, 0 differ", values(&theirs));
        conn.request(&DelAddrLabel::of(&label)).unwrap();
        assert!(!run("ip addrlabel list").unwrap().contains("label 99"));
    });
}

#[test]
fn a_link_is_found_by_each_of_its_names() {
    in_namespace("small::a_link_is_found_by_each_of_its_names", || {
        let mut conn = route();
        let long = "the-uplink-in-the-second-rack";
        run("ip link add d0 type veth peer name d1").unwrap();
        run(&format!("ip link property add dev d0 altname {long} altname short")).unwrap();
        for name in ["d0", "short", long] {
            let link = conn.get::<Link<'_>>(&GetLink::named(name)).unwrap();
            assert_eq!(link.ifname, Some("d0".into()), "{name}");
        }
        conn.request(&SetLink::named(long).mtu(1400)).unwrap();
        assert_eq!(conn.get::<Link<'_>>(&GetLink::named("d0")).unwrap().mtu, Some(1400));
        conn.request(&DelLink::named(long)).unwrap();
        assert!(run("ip link show d0").is_err());
    });
}

#[test]
fn a_route_over_a_next_hop_object_is_deleted_as_it_was_read() {
    in_namespace("small::a_route_over_a_next_hop_object_is_deleted_as_it_was_read", || {
        let mut conn = route();
        for command in [
            "link add d0 type veth peer name d1",
            "link set d1 up",
            "link set d0 up",
            "address add 10.9.0.1/24 dev d0",
            "address add 2001:db8:9::1/64 dev d0 nodad",
            "nexthop add id 5 via 10.9.0.2 dev d0",
            "nexthop add id 6 via 10.9.0.3 dev d0",
            "nexthop add id 7 group 5/6,2",
            "nexthop add id 8 via 2001:db8:9::2 dev d0",
            "route add 10.13.0.0/16 nhid 5",
            "route add 10.14.0.0/16 nhid 7",
            "route add 2001:db8:13::/48 nhid 8",
        ] {
            run(&format!("ip {command}")).unwrap();
        }
        let mut routes = Vec::new();
        let mut dump = conn.dump(&GetRoute::default()).unwrap();
        while let Some(route) = dump.next::<Route<'_>>().unwrap() {
            if route.nh_id.is_some() {
                let mut bytes = vec![0; 1024];
                let emitted = DelRoute::of(&route).emit(&mut bytes, nl_tlv::Header::request()).unwrap();
                routes.push(emitted.to_vec());
            }
        }
        drop(dump);
        assert_eq!(routes.len(), 3);
        for bytes in &routes {
            let message = nl_tlv::Messages::new(bytes).next().unwrap().unwrap();
            conn.request(&DelRoute::parse(&message).unwrap()).unwrap();
        }
        let left = [run("ip route").unwrap(), run("ip -6 route").unwrap()].concat();
        assert!(!left.contains("nhid"), "{left}");
    });
}

#[test]
fn the_configuration_of_protocols_is_as_ip_shows_it() {
    in_namespace("small::the_configuration_of_protocols_is_as_ip_shows_it", || {
        let mut conn = route();
        run("ip link set lo up").unwrap();
        for (setting, value) in [("forwarding", "1"), ("rp_filter", "2")] {
            std::fs::write(format!("/proc/sys/net/ipv4/conf/lo/{setting}"), value).unwrap();
        }
        let mut compared = 0;
        for (family, name) in [(AF_INET, "inet"), (AF_INET6, "inet6")] {
            let theirs = json("ip -json netconf show dev lo");
            let theirs = theirs.as_array().unwrap().iter().find(|shown| shown["family"] == name).unwrap();
            let header = NetConfMsg { ncm_family: family };
            let mut get = GetNetConf { header, ..GetNetConf::default() };
            get.ifindex = Some(1);
            let reply = conn.get::<NetConf<'_>>(&get).unwrap();
            let is_on = |key: &str| theirs.get(key).and_then(Json::as_bool).map(i32::from);
            assert_eq!(reply.forwarding, is_on("forwarding"));
            assert_eq!(reply.mc_forwarding, is_on("mc_forwarding"));
            assert_eq!(reply.proxy_neigh, is_on("proxy_neigh"));
            assert_eq!(reply.ignore_routes_with_linkdown, is_on("ignore_routes_with_linkdown"));
            let rp_filter = ["off", "strict", "loose"].iter().position(|shown| theirs["rp_filter"] == *shown);
            assert_eq!(reply.rp_filter.map(|rp_filter| usize::try_from(rp_filter).unwrap()), rp_filter);
            compared += values(theirs) - 2;
        }
        println!("{compared} values compared, 0 differ");
    });
}

#[test]
fn actions_by_themselves_are_as_tc_shows_them() {
    let test = "small::actions_by_themselves_are_as_tc_shows_them";
    in_namespace(test, || {
        let mut conn = route();
        let ours = [Act::drop().index(7)];
        if let Err(err) = conn.request_with(&Actions::of(&ours), CREATE) {
            return lacks(test, &err.to_string());
        }
        run("tc actions add action gact pass index 8").unwrap();
        let theirs = json("tc -json actions list action gact");
        let theirs =
            theirs.as_array().unwrap().iter().find_map(|shown| shown["actions"].as_array()).unwrap().clone();
        let kind = [Act::of_kind("gact")];
        let mut found = Vec::new();
        let mut dump = conn.dump(&GetActions::of(&kind).many()).unwrap();
        while let Some(answer) = dump.next::<Actions<'_>>().unwrap() {
            assert_eq!(answer.count, Some(2));
            for act in answer.tab.unwrap().iter() {
                let (number, act) = (found.len(), act.unwrap());
                let Some(ActOptionsMsg::Gact(gact)) = &act.options else { panic!("{act:?}") };
                let (index, action) =
                    (gact.parms.unwrap().index, format!("{:?}", gact.parms.unwrap().action));
                let shown = &theirs[number];
                assert_eq!(Json::from(act.kind.unwrap().to_string()), shown["kind"]);
                assert_eq!(Json::from(index), shown["index"]);
                let theirs = shown["control_action"]["type"].as_str().unwrap();
                assert_eq!(
                    action,
                    match theirs {
                        "drop" => "Shot",
                        "pass" => "Ok",
                        other => other,
                    }
                );
                found.push(index);
            }
        }
        drop(dump);
        assert_eq!(found, [7, 8]);
        println!("{} values compared, 0 differ", 3 * found.len());
        let one = [Act::of_kind("gact").index(7)];
        let reply = conn.get::<Actions<'_>>(&GetActions::of(&one)).unwrap();
        assert_eq!(reply.tab.unwrap().iter().count(), 1);
        conn.request(&DelActions::of(&one)).unwrap();
        assert!(!run("tc actions list action gact").unwrap().contains("index 7"));
    });
}

#[test]
fn alternative_names_are_given_and_taken() {
    in_namespace("small::alternative_names_are_given_and_taken", || {
        let mut conn = route();
        let names = ["uplink".into(), "a name of many letters".into()];
        let names = PropListLink::of(&names);
        let shown = || json("ip -json link show lo")[0]["altnames"].clone();
        conn.request_with(&LinkProp::names(1, &names), CREATE).unwrap();
        assert_eq!(shown(), serde_json::json!(["uplink", "a name of many letters"]));
        let link = conn.get::<Link<'_>>(&GetLink::at(1)).unwrap();
        let found = link.prop_list.unwrap().get().unwrap();
        assert!(found.alt_ifname.iter().map(Result::unwrap).eq(names.alt_ifname.iter().map(Result::unwrap)));
        conn.request(&DelLinkProp::names(1, &names)).unwrap();
        assert_eq!(shown(), Json::Null);
        println!("4 values compared, 0 differ");
    });
}

#[test]
fn vnis_of_a_vxlan_are_as_bridge_shows_them() {
    let test = "small::vnis_of_a_vxlan_are_as_bridge_shows_them";
    in_namespace(test, || {
        let mut conn = route();
        if let Err(reason) = run("ip link add vx type vxlan external vnifilter dstport 4789") {
            return lacks(test, &reason);
        }
        let ifindex = conn.get::<Link<'_>>(&GetLink::named("vx")).unwrap().index().get();
        let header = TunnelMsg { family: AF_BRIDGE, ifindex, ..TunnelMsg::default() };
        let entry = |start, end| VniEntry { start: Some(start), end, ..VniEntry::default() };
        let entries =
            [entry(100, Some(110)), VniEntry { group: Some([192, 0, 2, 9].into()), ..entry(7, None) }];
        let attrs = Vni { entry: Repeat::new(&entries), ..Vni::default() };
        conn.request_with(&Tunnel { header, attrs }, CREATE).unwrap();
        let theirs = run("bridge vni show dev vx").unwrap();
        let mut ours = Vec::new();
        let mut dump = conn.dump(&GetTunnel { header, ..GetTunnel::default() }).unwrap();
        while let Some(found) = dump.next::<Tunnel<'_>>().unwrap() {
            for entry in found.entry.iter().map(Result::unwrap) {
                let end = entry.end.map(|end| format!("-{end}")).unwrap_or_default();
                let group = entry.group.map(|group| group.to_string());
                ours.extend([Some(format!("{}{end}", entry.start.unwrap())), group].into_iter().flatten());
            }
        }
        drop(dump);
        let is_value = |word: &&str| word.contains(|c: char| c.is_ascii_digit());
        assert_eq!(ours, theirs.split_whitespace().filter(is_value).collect::<Vec<_>>(), "{theirs}");
        println!("{} values compared, 0 differ", ours.len());

        // With statistics there is an entry for each VNI.
        let mut get = GetTunnel { header, ..GetTunnel::default() };
        get.header.flags = TunnelMsgFlags::STATS;
        let mut dump = conn.dump(&get).unwrap();
        let mut counted = 0;
        while let Some(found) = dump.next::<Tunnel<'_>>().unwrap() {
            for entry in found.entry.iter().map(Result::unwrap) {
                assert_eq!(entry.stats.unwrap().get().unwrap().rx_bytes, Some(0));
                counted += 1;
            }
        }
        assert_eq!(counted, 12);
    });
}

#[test]
fn buckets_of_next_hops_are_as_ip_shows_them() {
    let test = "small::buckets_of_next_hops_are_as_ip_shows_them";
    in_namespace(test, || {
        let mut conn = route();
        run("ip link set lo up").unwrap();
        run("ip nexthop add id 1 dev lo").unwrap();
        if let Err(reason) = run("ip nexthop add id 10 group 1 type resilient buckets 8") {
            return lacks(test, &reason);
        }
        let theirs = json("ip -json nexthop bucket list");
        let mut ours = Vec::new();
        let mut dump = conn.dump(&GetNextHopBucket::default()).unwrap();
        while let Some(found) = dump.next::<NextHopBucket<'_>>().unwrap() {
            let bucket = found.res_bucket.clone().unwrap();
            ours.push((found.id, bucket.index, bucket.nh_id));
        }
        let number = |json: &Json| json.as_u64().and_then(|number| u32::try_from(number).ok());
        let theirs: Vec<_> = theirs
            .as_array()
            .unwrap()
            .iter()
            .map(|shown| {
                let index = number(&shown["bucket"]["index"]).map(|index| u16::try_from(index).unwrap());
                (number(&shown["id"]), index, number(&shown["bucket"]["nhid"]))
            })
            .collect();
        assert_eq!(ours, theirs);
        println!("{} values compared, 0 differ", 3 * ours.len());
    });
}

#[test]
fn segment_routing_is_as_ip_shows_it() {
    let test = "small::segment_routing_is_as_ip_shows_it";
    in_namespace(test, || {
        let Some(mut conn) = generic(test, seg6::NAME) else { return };
        let source = "fd00::1".parse().unwrap();
        let set = SetTunsrc { attrs: Seg6 { dst: Some(source), ..Seg6::default() } };
        if let Err(err) = conn.request(&set) {
            return lacks(test, &err.to_string());
        }
        assert_eq!(run("ip sr tunsrc show").unwrap().trim(), "tunsrc addr fd00::1");
        assert_eq!(conn.get::<GetTunsrc<'_>>(&GetTunsrc::default()).unwrap().dst, Some(source));
        println!("1 value compared, 0 differ");

        let attrs = Seg6 {
            hmackeyid: Some(5),
            secret: Some(b"secret"),
            secretlen: Some(6),
            algid: Some(Seg6HmacAlgo::Sha256),
            ..Seg6::default()
        };
        if let Err(err) = conn.request(&SetHmac { attrs: attrs.clone() }) {
            return lacks(test, &err.to_string());
        }
        let mut dump = conn.dump(&DumpHmac::default()).unwrap();
        let found = dump.next::<DumpHmac<'_>>().unwrap().unwrap();
        assert_eq!(found.attrs, attrs);
        let theirs = run("ip sr hmac show").unwrap();
        assert!(theirs.contains("hmac 5 algo sha256 secret \"secret\""), "{theirs}");
        println!("3 values compared, 0 differ");
    });
}

#[test]
fn telemetry_is_as_ip_shows_it() {
    let test = "small::telemetry_is_as_ip_shows_it";
    in_namespace(test, || {
        let Some(mut conn) = generic(test, ioam6::NAME) else { return };
        let namespace = ioam6::Ioam6 { ns_id: Some(123), ns_data: Some(7), ..Default::default() };
        if let Err(err) = conn.request(&ioam6::AddNamespace { attrs: namespace.clone() }) {
            return lacks(test, &err.to_string());
        }
        let schema = ioam6::Ioam6 { sc_id: Some(9), sc_data: Some(b"abcd"), ..Default::default() };
        conn.request(&ioam6::AddSchema { attrs: schema.clone() }).unwrap();
        let both = ioam6::Ioam6 { ns_id: Some(123), sc_id: Some(9), ..Default::default() };
        conn.request(&ioam6::NsSetSchema { attrs: both }).unwrap();
        let theirs = run("ip ioam namespace show").unwrap() + &run("ip ioam schema show").unwrap();
        let mut compared = 0;
        let mut dump = conn.dump(&ioam6::DumpNamespaces::default()).unwrap();
        while let Some(found) = dump.next::<ioam6::DumpNamespaces<'_>>().unwrap() {
            assert_eq!((found.ns_id, found.ns_data, found.sc_id), (Some(123), Some(7), Some(9)));
            compared += 3;
        }
        drop(dump);
        let mut dump = conn.dump(&ioam6::DumpSchemas::default()).unwrap();
        while let Some(found) = dump.next::<ioam6::DumpSchemas<'_>>().unwrap() {
            assert_eq!((found.sc_id, found.sc_data, found.ns_id), (Some(9), Some(&b"abcd"[..]), Some(123)));
            compared += 3;
        }
        for word in ["namespace 123", "[schema 9]", "data 0x00000007", "schema 9 [namespace 123]"] {
            assert!(theirs.contains(word), "{word}: {theirs}");
        }
        assert_eq!(compared, 6);
        println!("{compared} values compared, 0 differ");
    });
}

#[test]
fn channels_of_macsec_are_as_ip_shows_them() {
    let test = "small::channels_of_macsec_are_as_ip_shows_them";
    in_namespace(test, || {
        run("ip link add v0 type veth peer name v1").unwrap();
        if let Err(reason) = run("ip link add m0 link v0 type macsec sci 1234 encrypt on") {
            return lacks(test, &reason);
        }
        let mut conn = generic(test, macsec::NAME).unwrap();
        let ifindex = route().get::<Link<'_>>(&GetLink::named("m0")).unwrap().index().get();
        let key = [0x5a; 16];
        let sa = macsec::Sa {
            an: Some(0),
            active: Some(1),
            pn: Some(&[1, 0, 0, 0]),
            key: Some(&key),
            keyid: Some([7; 16]),
            ..macsec::Sa::default()
        };
        let config = macsec::Macsec {
            ifindex: Some(ifindex),
            sa_config: Some(Lazy::new(&sa)),
            ..macsec::Macsec::default()
        };
        conn.request(&macsec::AddTxsa { attrs: config }).unwrap();
        let rxsc = macsec::Rxsc { sci: Some(0x99), active: Some(1), ..macsec::Rxsc::default() };
        let config =
            macsec::Macsec { ifindex: Some(ifindex), rxsc_config: Some(rxsc), ..macsec::Macsec::default() };
        conn.request(&macsec::AddRxsc { attrs: config }).unwrap();
        let theirs = run("ip -details macsec show").unwrap();
        let mut dump = conn.dump(&macsec::GetTxsc::default()).unwrap();
        let found = dump.next::<macsec::GetTxsc<'_>>().unwrap().unwrap();
        let secy = found.secy.clone().unwrap();
        assert_eq!((found.ifindex, secy.encrypt, secy.icv_len), (Some(ifindex), Some(1), Some(16)));
        let shown = format!("TXSC: {:016x} on SA 0", secy.sci.unwrap());
        assert!(theirs.contains(&shown), "{shown}: {theirs}");
        let sent = found.txsa_list.unwrap().iter().next().unwrap().unwrap();
        assert_eq!((sent.an, sent.active, sent.keyid), (Some(0), Some(1), Some([7; 16])));
        let received = found.rxsc_list.unwrap().iter().next().unwrap().unwrap();
        let shown = format!("RXSC: {:016x}, state on", received.sci.unwrap());
        assert!(theirs.contains(&shown), "{shown}: {theirs}");
        println!("8 values compared, 0 differ");
    });
}

#[test]
fn what_tcp_says_is_as_ss_shows_it() {
    in_namespace("small::what_tcp_says_is_as_ss_shows_it", || {
        run("ip link set lo up").unwrap();
        let listener = TcpListener::bind("127.0.0.1:2222").unwrap();
        let mut client = TcpStream::connect("127.0.0.1:2222").unwrap();
        let (mut server, _) = listener.accept().unwrap();
        let mut read = [0; 5000];
        client.write_all(&[7; 5000]).unwrap();
        server.read_exact(&mut read).unwrap();
        server.write_all(&[8; 100]).unwrap();
        client.read_exact(&mut read[..100]).unwrap();

        let mut conn = Connection::open(Protocol::new(4)).unwrap();
        let mut dump = conn.dump(&GetSocket::all(AF_INET, IPPROTO_TCP)).unwrap();
        let mut info = None;
        while let Some(socket) = dump.next::<Socket<'_>>().unwrap() {
            if socket.header.id.dport == 2222 {
                info = socket.tcp_info();
            }
        }
        let info = info.unwrap();
        let shown = run("ss -HtinO dport = :2222").unwrap();
        let values: [(&str, u64); 12] = [
            ("bytes_sent", info.tcpi_bytes_sent),
            ("bytes_acked", info.tcpi_bytes_acked),
            ("bytes_received", info.tcpi_bytes_received),
            ("segs_out", info.tcpi_segs_out.into()),
            ("segs_in", info.tcpi_segs_in.into()),
            ("data_segs_out", info.tcpi_data_segs_out.into()),
            ("data_segs_in", info.tcpi_data_segs_in.into()),
            ("delivered", info.tcpi_delivered.into()),
            ("rcv_space", info.tcpi_rcv_space.into()),
            ("rcv_ssthresh", info.tcpi_rcv_ssthresh.into()),
            ("snd_wnd", info.tcpi_snd_wnd.into()),
            ("rcv_wnd", info.tcpi_rcv_wnd.into()),
        ];
        let word =
            |name: &str| shown.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix(':'));
        let mut compared = 0;
        // An older `ss` shows fewer of them.
        for (name, ours) in values {
            if let Some(theirs) = word(name) {
                assert_eq!(ours.to_string(), theirs, "{name}: {shown}");
                compared += 1;
            }
        }
        let milliseconds: f64 = word("minrtt").unwrap().parse().unwrap();
        assert!((f64::from(info.tcpi_min_rtt) / 1000.0 - milliseconds).abs() < 0.001, "{info:?}: {shown}");
        assert!(compared >= 8, "{shown}");
        assert_eq!((info.tcpi_bytes_sent, info.tcpi_bytes_received), (5000, 100));
        println!("{} values compared, 0 differ", compared + 1);
    });
}

/// From a host and port to another.
fn tuple(from: [u8; 4], source: u16, to: [u8; 4], destination: u16) -> Tuple<'static> {
    Tuple {
        tuple_ip: Some(Addresses {
            ip_v4_src: Some(from.into()),
            ip_v4_dst: Some(to.into()),
            ..Addresses::default()
        }),
        tuple_proto: Some(Proto {
            proto_num: Some(IPPROTO_TCP),
            proto_src_port: Some(source),
            proto_dst_port: Some(destination),
            ..Proto::default()
        }),
        ..Tuple::default()
    }
}

#[test]
fn expected_connections_are_as_conntrack_shows_them() {
    let test = "small::expected_connections_are_as_conntrack_shows_them";
    in_namespace(test, || {
        let mut conn = Connection::open(Protocol::new(12)).unwrap();
        let header = NfGenMsg { nfgen_family: AF_INET, ..NfGenMsg::default() };
        let help = Help { help_name: Some("ftp".into()), ..Help::default() };
        let (client, server) = ([192, 0, 2, 1], [192, 0, 2, 2]);
        let mut tracked = Tracked { header, ..Tracked::default() };
        tracked.tuple_orig = Some(tuple(client, 1000, server, 21));
        tracked.tuple_reply = Some(tuple(server, 21, client, 1000));
        tracked.timeout = Some(100);
        tracked.help = Some(Lazy::new(&help));
        if let Err(err) = conn.request_with(&tracked, CREATE) {
            return lacks(test, &err.to_string());
        }
        let stats = conn.get::<GlobalStats<'_>>(&GlobalStats::default()).unwrap();
        assert_eq!(run("conntrack -C").unwrap().trim(), stats.entries.unwrap().to_string());

        let mut expected = Expectation { header, ..Expectation::default() };
        expected.master = Some(tuple(client, 1000, server, 21));
        expected.tuple = Some(tuple(server, 20, client, 2000));
        expected.mask = Some(tuple([255; 4], 0, [255; 4], 0xffff));
        (expected.timeout, expected.class) = (Some(30), Some(0));
        conn.request_with(&expected, CREATE).unwrap();
        let mut dump = conn.dump(&GetExpectation { header, ..GetExpectation::default() }).unwrap();
        let found = dump.next::<Expectation<'_>>().unwrap().unwrap();
        assert_eq!((&found.master, found.class), (&expected.master, Some(0)));
        assert_eq!(found.help_name, Some("ftp".into()));
        let ports = |tuple: &Option<Tuple<'_>>| {
            let proto = tuple.as_ref().unwrap().tuple_proto.as_ref().unwrap();
            (proto.proto_src_port.unwrap(), proto.proto_dst_port.unwrap())
        };
        assert_eq!((ports(&found.tuple).1, ports(&found.mask)), (2000, (0, 0xffff)));
        let shown = run("conntrack -L expect").unwrap();
        // The helper says how long it expects something.
        let left: u32 = shown.split_whitespace().next().unwrap().parse().unwrap();
        assert!(found.timeout.unwrap().abs_diff(left) < 5, "{found:?}: {shown}");
        for words in ["dport=2000", "master-src=192.0.2.1", "master-dst=192.0.2.2", "class=0", "helper=ftp"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        println!("6 values compared, 0 differ");
    });
}
