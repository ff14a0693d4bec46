//! Sets of addresses, ours against those of `ipset`.

use super::lacks;
use super::netns::in_namespace;
use super::twins::run;
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv_families::ipset::{
    Add, Create, Delete, Destroy, Element, Flush, Header, List, PROTOCOL, Rename, Settings, Swap, Test,
};
use nl_tlv_families::jobs::constants::{AF_INET, AF_INET6, AF_UNSPEC, IPPROTO_TCP};
use nl_tlv_families::jobs::{CREATE, NOT_IN_SET};
use std::net::IpAddr;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// What `ipset` saves of a set, without its name and what it says of memory, in order.
fn saved(name: &str) -> Vec<String> {
    let text = run(&format!("ipset save {name}")).unwrap();
    let mut lines: Vec<String> = text.lines().map(|line| line.replace(name, "NAME")).collect();
    lines.sort_unstable();
    // The hash has a start of its own.
    lines.iter_mut().for_each(|line| *line = line.split(" initval ").next().unwrap().to_owned());
    lines
}

/// A set like that which `ipset` makes with these words, with elements like those.
fn same(test: &str, words: &str, theirs: &[&str], create: &Create<'_>, ours: &[Element<'_>]) {
    in_namespace(test, || {
        let mut conn = match Connection::open(Protocol::new(PROTOCOL)) {
            Ok(conn) => conn,
            Err(err) => return lacks(test, &err.to_string()),
        };
        if let Err(reason) = run(&format!("ipset create their {words}")) {
            return lacks(test, &reason);
        }
        for element in theirs {
            run(&format!("ipset add their {element}")).unwrap();
        }
        let revision = conn.get::<Header<'_>>(&Header::named("their")).unwrap().revision.unwrap();
        conn.request_with(&create.clone().revision(revision), CREATE).unwrap();
        for element in ours {
            conn.request_with(&Add::new("ours", element.clone()), CREATE).unwrap();
        }
        let lines = saved("ours");
        assert_eq!(lines, saved("their"));
        println!("{} lines compared, 0 differ", lines.len());

        let first = &ours[0];
        conn.request(&Test::new("ours", first.clone())).unwrap();
        conn.request(&Delete::new("ours", first.clone())).unwrap();
        let refused = conn.request(&Test::new("ours", first.clone())).unwrap_err();
        assert_eq!(refused.refusal().unwrap().errno().get(), NOT_IN_SET, "{refused}");

        let mut sets = conn.dump(&List::named("their")).unwrap();
        let mut read = 0;
        while let Some(set) = sets.next::<List<'_>>().unwrap() {
            read += set.adt.iter().map(|list| list.data.iter().map(Result::unwrap).count()).sum::<usize>();
        }
        assert_eq!(read, theirs.len());
        drop(sets);
        conn.request(&Swap::new("ours", "their")).unwrap();
        conn.request(&Rename::new("their", "renamed")).unwrap();
        let header = conn.get::<Header<'_>>(&Header::named("renamed")).unwrap();
        assert_eq!(header.typename, create.typename);
        conn.request(&Flush::named("renamed")).unwrap();
        conn.request(&Destroy::named("renamed")).unwrap();
        assert_eq!(run("ipset list -name").unwrap(), "ours\n");
    });
}

#[test]
fn addresses_with_a_timeout_and_a_comment_are_as_ipset_makes_them() {
    let test = "sets::addresses_with_a_timeout_and_a_comment_are_as_ipset_makes_them";
    // Times of days, so that none is a second less when it is read.
    let settings = Settings::default().timeout(0).comments().counters();
    let create = Create::new("ours", "hash:ip", AF_INET).with(settings);
    let ours = [Element::ip(ip("192.0.2.1")).comment("one"), Element::ip(ip("192.0.2.2"))];
    let theirs = ["192.0.2.1 comment one", "192.0.2.2"];
    same(test, "hash:ip timeout 0 comment counters", &theirs, &create, &ours);
}

#[test]
fn networks_of_ipv6_are_as_ipset_makes_them() {
    let create = Create::new("ours", "hash:net", AF_INET6).with(Settings::default().maxelem(1000));
    let ours = [Element::net(ip("2001:db8::"), 32), Element::net(ip("fd00::"), 8)];
    let theirs = ["2001:db8::/32", "fd00::/8"];
    let words = "hash:net family inet6 maxelem 1000";
    same("sets::networks_of_ipv6_are_as_ipset_makes_them", words, &theirs, &create, &ours);
}

#[test]
fn ports_are_as_ipset_makes_them() {
    let create = Create::new("ours", "bitmap:port", AF_UNSPEC).with(Settings::default().ports(80, 90));
    let ours = [Element::of_port(80), Element::of_port(85)];
    same("sets::ports_are_as_ipset_makes_them", "bitmap:port range 80-90", &["80", "85"], &create, &ours);
}

#[test]
fn addresses_with_ports_and_networks_are_as_ipset_makes_them() {
    let test = "sets::addresses_with_ports_and_networks_are_as_ipset_makes_them";
    let create = Create::new("ours", "hash:ip,port,net", AF_INET);
    let element = Element::ip(ip("192.0.2.1")).port(IPPROTO_TCP, 80);
    let ours = [element.second(ip("10.0.0.0"), 8)];
    same(test, "hash:ip,port,net", &["192.0.2.1,6:80,10.0.0.0/8"], &create, &ours);
}
