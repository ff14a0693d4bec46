//! Links of all kinds, next hops and rules, ours against those of `ip`.

use super::netns::in_namespace;
use super::twins::{json, run, values};
use super::{lacks, route};
use nl_tlv::socket::Connection;
use nl_tlv_families::jobs::constants::{AF_INET, IPPROTO_TCP};
use nl_tlv_families::jobs::{CREATE, IfIndex};
use nl_tlv_families::rt_link::{
    Bond, BondMode, BondXmitPolicy, DelLink, Geneve, GetLink, Gre, Gre6, Ip6tnl, Iptun, IpvlanMode, Link,
    MacvlanMode, Vti, Vxlan,
};
use nl_tlv_families::rt_nexthop::{DelNextHop, GetNextHop, NextHop, NexthopGrp, NhFlags};
use nl_tlv_families::rt_route::RtProtocol;
use nl_tlv_families::rt_rule::{DelRule, FrAct, Rule};
use serde_json::Value as Json;
use std::fs::{File, read_link};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::AsRawFd;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

const LOCAL: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const REMOTE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
const LOCAL6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1);
const REMOTE6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2);

/// What `ip` shows of a link, without what is its alone.
fn shown(name: &str) -> Json {
    let mut shown = json(&format!("ip -json -details link show {name}"))[0].take();
    let fields = shown.as_object_mut().unwrap();
    for own in ["ifindex", "ifname", "address", "permaddr"] {
        fields.remove(own);
    }
    if let Some(Json::Object(data)) = fields.get_mut("linkinfo").and_then(|info| info.get_mut("info_data")) {
        // Bridges and bonds count for themselves.
        data.retain(|key, _| !key.contains("timer") && !key.ends_with("_id"));
    }
    shown
}

/// What a tunnel is told apart by. `ip` sends defaults of its own for the rest.
fn ends(name: &str) -> Json {
    const KEPT: [&str; 11] =
        ["local", "local6", "remote", "remote6", "group", "group6", "ikey", "okey", "id", "if_id", "port"];
    let mut info = json(&format!("ip -json -details link show {name}"))[0]["linkinfo"].take();
    if let Some(data) = info.get_mut("info_data").and_then(Json::as_object_mut) {
        data.retain(|key, _| KEPT.contains(&key.as_str()));
    }
    info
}

/// Makes both, and compares them; they are deleted, because many kinds have one link with the same addresses only.
fn same(test: &str, conn: &mut Connection, ours: &Link<'_>, words: &str, shown: fn(&str) -> Json) {
    if let Err(reason) = run(&format!("ip link add their {words}")) {
        return lacks(test, &format!("{words}: {reason}"));
    }
    let theirs = shown("their");
    run("ip link del their").unwrap();
    conn.request_with(ours, CREATE).unwrap_or_else(|err| panic!("{words}: {err}"));
    let made = shown("ours");
    conn.request(&DelLink::named("ours")).unwrap();
    assert_eq!(made, theirs, "{words}");
    println!("{words}: {} values compared, 0 differ", values(&made));
}

/// A pair of veth to build upon.
fn lower(conn: &mut Connection) -> IfIndex {
    conn.request_with(&Link::veth("lower", "other"), CREATE).unwrap();
    conn.get::<Link<'_>>(&GetLink::named("lower")).unwrap().index()
}

#[test]
fn tunnels_are_as_ip_makes_them() {
    let test = "kinds::tunnels_are_as_ip_makes_them";
    in_namespace(test, || {
        let mut conn = route();
        let lower = lower(&mut conn);
        let remote = IpAddr::from(REMOTE);
        let tunnels = [
            (
                Link::ipip("ours", Iptun::between(LOCAL, REMOTE)),
                "type ipip mode ipip local 192.0.2.1 remote 192.0.2.2",
            ),
            (
                Link::sit("ours", Iptun::between(LOCAL, REMOTE)),
                "type sit mode ip6ip local 192.0.2.1 remote 192.0.2.2",
            ),
            (
                Link::ip6tnl("ours", Ip6tnl::between(LOCAL6, REMOTE6)),
                "type ip6tnl local fd00::1 remote fd00::2",
            ),
            (
                Link::gre("ours", Gre::between(LOCAL, REMOTE).key(7)),
                "type gre local 192.0.2.1 remote 192.0.2.2 key 7",
            ),
            (
                Link::gretap("ours", Gre::between(LOCAL, REMOTE)),
                "type gretap local 192.0.2.1 remote 192.0.2.2",
            ),
            (
                Link::ip6gre("ours", Gre6::between(LOCAL6, REMOTE6).key(7)),
                "type ip6gre local fd00::1 remote fd00::2 key 7",
            ),
            (
                Link::ip6gretap("ours", Gre6::between(LOCAL6, REMOTE6)),
                "type ip6gretap local fd00::1 remote fd00::2",
            ),
            (
                Link::vti("ours", Vti::between(LOCAL, REMOTE).key(7)),
                "type vti local 192.0.2.1 remote 192.0.2.2 key 7",
            ),
            (Link::geneve("ours", Geneve::to(42, remote)), "type geneve id 42 remote 192.0.2.2"),
            (
                Link::vxlan("ours", Vxlan::of(42).to(remote).unwrap()),
                "type vxlan id 42 remote 192.0.2.2 dstport 4789",
            ),
            (
                Link::vxlan("ours", Vxlan::of(42).to(REMOTE6.into()).unwrap().from(LOCAL6.into()).unwrap()),
                "type vxlan id 42 remote fd00::2 local fd00::1 dstport 4789",
            ),
            (Link::xfrm("ours", lower, 7), "type xfrm dev lower if_id 7"),
        ];
        for (ours, words) in &tunnels {
            same(test, &mut conn, ours, words, ends);
        }
        assert!(Vxlan::of(1).to(remote).unwrap().from(LOCAL6.into()).is_err());
    });
}

#[test]
fn links_upon_others_and_bonds_are_as_ip_makes_them() {
    let test = "kinds::links_upon_others_and_bonds_are_as_ip_makes_them";
    in_namespace(test, || {
        let mut conn = route();
        let lower = lower(&mut conn);
        let mut bond = Bond::mode(BondMode::N8023ad);
        (bond.miimon, bond.xmit_hash_policy) = (Some(100), Some(BondXmitPolicy::Layer34));
        let links = [
            (Link::vlan("ours", lower, 5), "link lower type vlan id 5"),
            (Link::macvlan("ours", lower, MacvlanMode::BRIDGE), "link lower type macvlan mode bridge"),
            (Link::macvtap("ours", lower, MacvlanMode::PRIVATE), "link lower type macvtap mode private"),
            (Link::ipvlan("ours", lower, IpvlanMode::L3), "link lower type ipvlan mode l3"),
            (Link::bridge("ours"), "type bridge"),
            (Link::vrf("ours", 99), "type vrf table 99"),
            (Link::bond("ours", &bond), "type bond mode 802.3ad miimon 100 xmit_hash_policy layer3+4"),
            (Link::dummy("ours"), "type dummy"),
            (Link::wireguard("ours"), "type wireguard"),
            (Link::of_kind("ours", "ifb"), "type ifb"),
        ];
        for (ours, words) in &links {
            same(test, &mut conn, ours, words, shown);
        }
    });
}

#[test]
fn next_hops_are_as_ip_makes_them() {
    in_namespace("kinds::next_hops_are_as_ip_makes_them", || {
        let mut conn = route();
        let dev = lower(&mut conn);
        run("ip link set lo up").unwrap();
        run("ip link set other up").unwrap();
        run("ip link set lower up").unwrap();
        run("ip address add 192.0.2.1/24 dev lower").unwrap();
        let members = [NexthopGrp::new(1, 3), NexthopGrp::new(2, 1)];
        let gateway = |last| IpAddr::from([192, 0, 2, last]);
        let ours = [
            NextHop::via(1, gateway(7), dev),
            NextHop::via(2, gateway(8), dev),
            NextHop::group(3, &members),
            NextHop::blackhole(4, AF_INET),
        ];
        for hop in &ours {
            conn.request_with(hop, CREATE).unwrap();
        }
        let shown = || json("ip -json nexthop show");
        let made = shown();
        let first = conn.get::<NextHop<'_>>(&GetNextHop::of(1)).unwrap();
        assert_eq!((first.header.protocol, first.header.flags), (RtProtocol::Static, NhFlags::empty()));
        for id in [3, 4, 2, 1] {
            conn.request(&DelNextHop::of(id)).unwrap();
        }
        assert_eq!(values(&shown()), 0);
        for words in [
            "id 1 via 192.0.2.7 dev lower",
            "id 2 via 192.0.2.8 dev lower",
            "id 3 group 1,3/2,1",
            "id 4 blackhole",
        ] {
            run(&format!("ip nexthop add {words} protocol static")).unwrap();
        }
        assert_eq!(made, shown());
        println!("{} values compared, 0 differ", values(&made));
    });
}

#[test]
fn rules_are_as_ip_makes_them() {
    in_namespace("kinds::rules_are_as_ip_makes_them", || {
        let mut conn = route();
        let net = "10.0.0.0".parse().unwrap();
        let rules = [
            (Rule::to_table(99).from(net, 8), "from 10.0.0.0/8 table 99"),
            (Rule::to_table(254).suppress(0), "table main suppress_prefixlength 0"),
            (Rule::with_action(FrAct::Prohibit).to(net, 8).inverted(), "not to 10.0.0.0/8 prohibit"),
            (
                Rule::to_table(99).ip_proto(IPPROTO_TCP).source_ports(1..=9).destination_ports(80..=80),
                "ipproto 6 sport 1-9 dport 80 table 99",
            ),
            (Rule::to_table(99).users(0..=0).oif("lo").iif("eth9"), "uidrange 0-0 oif lo iif eth9 table 99"),
            (Rule::to_table(99).mark(2, 3).ipv6(), "fwmark 2/3 table 99"),
        ];
        let mut compared = 0;
        for (rule, words) in rules {
            let rule = rule.priority(50);
            let family = if rule.header.family == AF_INET { "-4" } else { "-6" };
            let shown = || {
                let all = json(&format!("ip {family} -json rule show"));
                all.as_array().unwrap().iter().find(|shown| shown["priority"] == 50).cloned()
            };
            conn.request_with(&rule, CREATE).unwrap();
            let made = shown().unwrap();
            conn.request(&DelRule::of(&rule).unwrap()).unwrap();
            assert_eq!(shown(), None);
            run(&format!("ip {family} rule add {words} priority 50")).unwrap();
            assert_eq!(Some(&made), shown().as_ref(), "{words}");
            run(&format!("ip {family} rule del priority 50")).unwrap();
            compared += values(&made);
        }
        println!("{compared} values compared, 0 differ");
    });
}

#[test]
fn the_other_end_of_a_veth_is_made_in_the_namespace_of_a_file() {
    let test = "kinds::the_other_end_of_a_veth_is_made_in_the_namespace_of_a_file";
    in_namespace(test, || {
        let mut child = Command::new("unshare").args(["--net", "sleep", "60"]).spawn().unwrap();
        let other = format!("/proc/{}/ns/net", child.id());
        while read_link(&other).unwrap() == read_link("/proc/thread-self/ns/net").unwrap() {
            sleep(Duration::from_millis(1));
        }
        let file = File::open(&other).unwrap();
        let pair = Link::veth_to_namespace("here", "there", file.as_raw_fd());
        let mut conn = route();
        let asked = conn.request_with(&pair, CREATE);
        let found = run(&format!("nsenter --net={other} ip -brief link show there"));
        child.kill().unwrap();
        child.wait().unwrap();
        asked.unwrap();
        assert!(found.unwrap().starts_with("there@"));
        assert!(run("ip link show there").is_err(), "it is not in this one");
    });
}
