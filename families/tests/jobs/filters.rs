//! Filters and actions, ours against those of `tc`.

use super::netns::in_namespace;
use super::route;
use super::twins::{Twins, run};
use nl_tlv_families::jobs::{CREATE, Handle, Rate};
use nl_tlv_families::rt_link::{GetLink, Link};
use nl_tlv_families::tc::{
    Act, DelTfilter, Flower, GetTfilter, Htb, Matchall, Qdisc, TcU32Key, Tclass, Tfilter, U32,
};
use std::net::{IpAddr, Ipv4Addr};

const NET: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 1, 0, 0));

/// Filters of incoming packets with these words for `tc`.
fn same(test: &str, words: &str, make: impl FnOnce(Tfilter<'static>, u32, &mut dyn FnMut(&Tfilter<'_>))) {
    in_namespace(test, || {
        let mut conn = route();
        let mut twins = Twins::veth(&mut conn);
        let dev = twins.ours;
        if !twins.theirs(test, "tc qdisc add dev DEV clsact") {
            return;
        }
        if !twins.theirs(test, &format!("tc filter add dev DEV ingress {words}")) {
            return;
        }
        conn.request_with(&Qdisc::clsact(dev), CREATE).unwrap();
        let peer = conn.get::<Link>(&GetLink::named("peer1")).unwrap().index().get();
        let filter = Tfilter::new(dev, Handle::INCOMING);
        make(filter, peer, &mut |filter| {
            conn.request_with(filter, CREATE).unwrap();
        });
        twins.assert_equal("tc -json -details filter show dev DEV ingress");

        let mut filters = conn.dump(&GetTfilter::on(dev, Handle::INCOMING)).unwrap();
        let mut last = None;
        while let Some(read) = filters.next::<Tfilter<'_>>().unwrap() {
            // u32 has hash tables beside its filters, which go with the last of them.
            if read.options.is_some() {
                last = Some(read.header);
                if read.header.handle & 0xfff != 0 {
                    route().request(&DelTfilter::of(&read).unwrap()).unwrap();
                }
            }
        }
        assert!(last.is_some());
        route().request(&DelTfilter::all(dev, Handle::INCOMING)).unwrap();
        assert_eq!(run("tc filter show dev ours ingress").unwrap(), "");
    });
}

#[test]
fn matchall_redirects_as_tc_makes_it() {
    let words = "prio 5 matchall action mirred egress redirect dev peer2";
    same("filters::matchall_redirects_as_tc_makes_it", words, |filter, peer, send| {
        send(&filter.priority(5).matchall(Matchall::doing(&[Act::redirect(peer)])));
    });
}

#[test]
fn flower_drops_as_tc_makes_it() {
    let words = "protocol ip prio 7 flower ip_proto tcp dst_ip 10.1.0.0/16 dst_port 22 action drop";
    same("filters::flower_drops_as_tc_makes_it", words, |filter, _, send| {
        let flower = Flower::ipv4().to(NET, 16).unwrap().tcp_port(22);
        send(&filter.priority(7).flower(&flower.doing(&[Act::drop()])));
    });
}

#[test]
fn flower_of_ipv6_passes_as_tc_makes_it() {
    let words = "protocol ipv6 prio 7 flower ip_proto udp src_ip 2001:db8::/32 dst_port 53 action pass";
    same("filters::flower_of_ipv6_passes_as_tc_makes_it", words, |filter, _, send| {
        let flower = Flower::ipv6().from("2001:db8::".parse().unwrap(), 32).unwrap().udp_port(53);
        send(&filter.priority(7).flower(&flower.doing(&[Act::pass()])));
    });
}

#[test]
fn u32_mirrors_as_tc_makes_it() {
    let words = "protocol ip prio 3 u32 match ip dst 10.1.0.0/16 match ip protocol 6 0xff \
                 action mirred egress mirror dev peer2";
    same("filters::u32_mirrors_as_tc_makes_it", words, |filter, peer, send| {
        let keys = [TcU32Key::to(Ipv4Addr::new(10, 1, 0, 0), 16).unwrap(), TcU32Key::protocol(6)];
        send(&filter.priority(3).u32(&U32::matching(&keys).unwrap().doing(&[Act::mirror(peer)])));
    });
}

#[test]
fn u32_puts_packets_into_a_class_as_tc_does() {
    let test = "filters::u32_puts_packets_into_a_class_as_tc_does";
    in_namespace(test, || {
        let mut conn = route();
        let mut twins = Twins::veth(&mut conn);
        for words in [
            "tc qdisc add dev DEV root handle 1: htb",
            "tc class add dev DEV parent 1: classid 1:10 htb rate 1mbit",
            "tc filter add dev DEV parent 1: protocol ip prio 1 u32 match ip src 10.1.0.0/16 flowid 1:10",
        ] {
            if !twins.theirs(test, words) {
                return;
            }
        }
        let dev = twins.ours;
        let root = Qdisc::root(dev).handle((1, 0));
        conn.request_with(&root.htb(&Htb::default_class(0)), CREATE).unwrap();
        let class = Htb::class(Rate::mbit(1), Rate::mbit(1));
        conn.request_with(&Tclass::new(dev, (1, 0), (1, 0x10)).htb(&class), CREATE).unwrap();
        let keys = [TcU32Key::from(Ipv4Addr::new(10, 1, 0, 0), 16).unwrap()];
        let what = U32::matching(&keys).unwrap().to_class((1, 0x10));
        conn.request_with(&Tfilter::new(dev, (1, 0)).priority(1).u32(&what), CREATE).unwrap();
        twins.assert_equal("tc -json -details filter show dev DEV");
    });
}
