//! What users of other libraries ran into, on this kernel.

use crate::changes::{link, route};
use crate::netns::{in_namespace, skip, within};
use crate::{Followed, Random, fresh, ip};
use nl_tlv::control::Errno;
use nl_tlv::socket::{Change, Connection, Protocol, RequestError, Watch};
use nl_tlv::value::NlStr;
use nl_tlv::{Flags, Keyed, NewFlags, NlMessage};
use nl_tlv_families::nftables::{
    BatchBegin, BatchEnd, Chain, ChainAttrs, NfGenMsg, PROTOCOL, Table, TableAttrs,
};
use nl_tlv_families::rt_link::{GetLink, Link, SetLink};
use nl_tlv_families::rt_route::{GetRoute, Route};
use nl_tlv_families::rt_rule::Rule;
use nl_tlv_families::watch::{Links, Routes};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::{Duration, Instant};

/// Waits until a watch equals a fresh dump.
fn equals_a_fresh_dump<O: Keyed>(watched: &mut Followed<O>, request: &impl NlMessage, after: &str) {
    let end = Instant::now() + Duration::from_secs(4);
    loop {
        watched.settle();
        let (there, dumped) = (watched.there(), fresh::<O>(request, watched.text));
        if there == dumped {
            return assert_eq!(there, watched.told(), "after {after}");
        }
        assert!(Instant::now() < end, "after {after}: {}", crate::difference(&there, &dumped));
    }
}

/// Carries out lines one by one, and holds the watch of routes against a fresh dump after each.
fn routes_after(setup: &str, lines: &[&str]) {
    ip(setup);
    let mut watched = Followed::<Routes>::new(&GetRoute::default(), route);
    watched.settle();
    for line in lines {
        ip(&format!("{line}\n"));
        equals_a_fresh_dump(&mut watched, &GetRoute::default(), line);
    }
}

const ONE: &str = "link add v0 type veth peer name p0\nlink set v0 up\nlink set p0 up\naddr add 10.0.0.1/24 dev v0\n\
                   addr add fd00::1/64 dev v0 nodad\n";

#[test]
fn appended_routes_are_told_apart() {
    in_namespace("facts::appended_routes_are_told_apart", || {
        routes_after(
            ONE,
            &[
                "route add 10.1.0.0/24 via 10.0.0.2",
                "route append 10.1.0.0/24 via 10.0.0.3",
                "route del 10.1.0.0/24 via 10.0.0.3",
                "-6 route add fd01::/64 via fd00::2",
                "-6 route append fd01::/64 via fd00::3",
                "-6 route del fd01::/64 via fd00::3",
            ],
        );
    });
}

#[test]
fn routes_that_vanish_without_an_event_are_asked_for_again() {
    in_namespace("facts::routes_that_vanish_without_an_event_are_asked_for_again", || {
        routes_after(
            ONE,
            &[
                "route add 10.1.0.0/24 via 10.0.0.2",
                "link set v0 down",
                "link set v0 up",
                "route add 10.1.0.0/24 via 10.0.0.2 src 10.0.0.1",
                "addr del 10.0.0.1/24 dev v0",
                "addr add 10.0.0.1/24 dev v0",
                "nexthop add id 1 via 10.0.0.2 dev v0",
                "route add 10.2.0.0/24 nhid 1",
                "nexthop del id 1",
            ],
        );
    });
}

#[test]
fn watch_in_a_poll_loop_is_told_when_to_ask_again() {
    in_namespace("facts::watch_in_a_poll_loop_is_told_when_to_ask_again", || {
        ip(&format!("{ONE}route add 10.1.0.0/24 via 10.0.0.2\nroute add 10.2.0.0/24 via 10.0.0.3\n"));
        let conn = Connection::open(Protocol::ROUTE).unwrap();
        let mut routes = conn.watch::<Routes>(&GetRoute::default()).unwrap();
        let drain = |routes: &mut Watch<Routes>| loop {
            match routes.change_deadline(Instant::now()).map(drop) {
                Ok(()) => {}
                Err(RequestError::Timeout) => break,
                Err(err) => panic!("{err}"),
            }
        };
        drain(&mut routes);
        ip("link set v0 down\n"); // its routes vanish without an event
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            drain(&mut routes);
            assert_eq!(routes.wake_at().is_none(), routes.is_current());
            let wake_at = routes.wake_at().unwrap_or(end);
            let left = wake_at.saturating_duration_since(Instant::now());
            let is_readable = routes.connection().transport().as_sys().wait_readable(Some(left)).unwrap();
            if !is_readable && wake_at == end
                || fresh::<Routes>(&GetRoute::default(), route) == there(&routes)
            {
                break;
            }
        }
        assert_eq!(there(&routes), fresh::<Routes>(&GetRoute::default(), route));
        assert!(Instant::now() < end && routes.dumps() > 1);
    });
}

/// The routes that a watch has.
fn there(routes: &Watch<Routes>) -> Vec<String> {
    let mut there: Vec<_> = routes.objects().map(route).collect();
    there.sort();
    there
}

#[test]
fn port_of_a_bridge_neither_comes_nor_goes() {
    in_namespace("facts::port_of_a_bridge_neither_comes_nor_goes", || {
        ip("link add v0 type veth peer name p0\nlink add br0 type bridge\nlink set br0 up\nlink set v0 up\n");
        let mut watched = Followed::<Links>::new(&Links::request(), link);
        watched.settle();
        let links = watched.watch.len();
        for line in ["link set v0 master br0\n", "link set v0 nomaster\n"] {
            ip(line);
            let end = Instant::now() + Duration::from_millis(600);
            while let Ok(change) = watched.watch.change_deadline(end) {
                assert!(matches!(change, Change::Changed { .. }), "{change:?}");
            }
            assert_eq!(watched.watch.len(), links);
            assert!(watched.watch.objects().all(|link| link.stats64.is_some()));
        }
    });
}

/// Less than any time limit, and more than a busy machine needs.
const AT_ONCE: Duration = Duration::from_secs(4);

#[test]
fn request_without_an_answer_ends_at_once() {
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    conn.set_timeout(None);
    let began = Instant::now();
    // A message of a payload of no bytes is skipped by rtnetlink.
    let got = conn.get::<Link<'_>>(&Empty).map(drop);
    assert!(matches!(got, Err(RequestError::NoReply)), "{got:?}");
    assert!(began.elapsed() < AT_ONCE);
}

/// RTM_GETLINK without anything.
#[derive(NlMessage, Debug)]
#[nl(ty = 18)]
struct Empty;

#[test]
fn routes_equal_a_fresh_dump_after_lost_events() {
    in_namespace("facts::routes_equal_a_fresh_dump_after_lost_events", || {
        ip(ONE);
        let conn = Connection::open(Protocol::ROUTE).unwrap();
        conn.transport().set_recv_buffer(4096).unwrap();
        let watch = conn.watch(&GetRoute::default()).unwrap();
        let mut watched = Followed::<Routes> { watch, text: route, copy: BTreeMap::new() };
        watched.settle();
        let dumps = watched.watch.dumps();
        let lines = (0..1000).map(|at| match at % 3 {
            2 => format!("route del 10.9.{}.0/24\n", at / 6),
            _ => format!("route append 10.9.{}.0/24 via 10.0.0.{}\n", at / 6, 2 + at % 4),
        });
        ip(&lines.collect::<String>());
        equals_a_fresh_dump(&mut watched, &GetRoute::default(), "lost events");
        assert!(watched.watch.dumps() > dumps, "no event was lost");
        assert!(watched.watch.len() > 100);
    });
}

#[test]
fn link_with_three_hundred_alternative_names_is_read() {
    in_namespace("facts::link_with_three_hundred_alternative_names_is_read", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        let mut watched = Followed::<Links>::new(&Links::request(), |link| format!("{link:?}"));
        watched.settle();
        ip("link add v0 type veth peer name p0\n");
        let names =
            (0..300).map(|at| format!("link property add dev v0 altname {at:03}{}\n", "n".repeat(120)));
        ip(&names.collect::<String>());
        let all = conn.collect(&Links::request(), |link| {
            let link: Link<'_> = link.parse()?;
            Ok(Some((link.index(), names_of(&link))))
        });
        let (all, unreadable) = all.unwrap();
        assert!(unreadable.is_empty(), "{:?}", unreadable.first().map(ToString::to_string));
        let (index, _) = *all.iter().find(|(_, names)| *names == 300).unwrap();
        assert_eq!(names_of(&conn.get::<Link<'_>>(&GetLink::at(index)).unwrap()), 300);
        let mut dump = conn.dump(&Links::request()).unwrap();
        let mut most = 0;
        while let Some(link) = dump.next::<Link<'_>>().unwrap() {
            most = most.max(names_of(&link));
        }
        assert_eq!(most, 300);
        watched.settle();
        assert!(watched.watch.objects().any(|link| names_of(&link) == 300));
    });
}

/// How many alternative names a link has.
fn names_of(link: &Link<'_>) -> usize {
    link.prop_list.as_ref().map_or(0, |list| list.get().unwrap().alt_ifname.iter().count())
}

#[test]
fn interface_names_of_any_bytes_are_listed_watched_and_renamed() {
    in_namespace("facts::interface_names_of_any_bytes_are_listed_watched_and_renamed", || {
        let mut random = Random::new();
        let mut names = || (0..40).map(|_| any_name(&mut random)).collect::<BTreeSet<_>>();
        let (made, renamed) = (names(), names());
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        let mut watched = Followed::<Links>::new(&Links::request(), link);
        watched.settle();
        for (at, name) in made.iter().enumerate() {
            let peer = format!("peer{at}");
            let pair = Link::veth(NlStr::from_bytes(name), peer.as_str());
            conn.request_with(&pair, NewFlags::CREATE | NewFlags::EXCL).unwrap();
        }
        equals_a_fresh_dump(&mut watched, &Links::request(), "new links");
        assert!(names_in(&watched).is_superset(&made));
        for (name, new) in made.iter().zip(&renamed) {
            let link: Link<'_> = conn.get(&GetLink::named(NlStr::from_bytes(name))).unwrap();
            assert_eq!(link.ifname.map(NlStr::as_bytes), Some(&name[..]));
            let index = link.index();
            conn.request(&SetLink::rename(index, NlStr::from_bytes(new))).unwrap();
        }
        equals_a_fresh_dump(&mut watched, &Links::request(), "new names");
        let listed = conn.collect(&Links::request(), |link| Ok(link.parse::<Link<'_>>()?.ifname.map(bytes)));
        let listed: BTreeSet<_> = listed.unwrap().0.into_iter().collect();
        assert_eq!(names_in(&watched), listed);
        assert!(listed.is_superset(&renamed) && listed.is_disjoint(&made));
    });
}

/// A name that the kernel takes: no space of Latin-1, and none of `/`, `:` and `%`; with a byte that is not UTF-8.
fn any_name(random: &mut Random) -> Vec<u8> {
    let mut name = vec![0xff];
    let len = 4 + random.below(12);
    while name.len() < len {
        let byte = u8::try_from(random.below(256)).unwrap();
        if !matches!(byte, 0 | 9..=13 | b' ' | 0xa0 | b'/' | b':' | b'%') {
            name.push(byte);
        }
    }
    name
}

fn bytes(name: NlStr<'_>) -> Vec<u8> {
    name.as_bytes().to_vec()
}

fn names_in(watched: &Followed<Links>) -> BTreeSet<Vec<u8>> {
    watched.watch.objects().filter_map(|link| link.ifname.map(bytes)).collect()
}

#[test]
fn echo_is_the_reply() {
    in_namespace("facts::echo_is_the_reply", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        conn.join(8).unwrap(); // RTNLGRP_IPV4_RULE
        let flags = NewFlags::CREATE | NewFlags::EXCL | Flags::ECHO;
        let echo: Rule<'_> = conn.get_with(&Rule::to_table(50).priority(77), flags).unwrap();
        assert_eq!(echo.priority, Some(77));
        let mut echoes = conn.get_until_ack(&Rule::to_table(50).priority(78), flags).unwrap();
        assert_eq!(echoes.next::<Rule<'_>>().unwrap().and_then(|rule| rule.priority), Some(78));
        assert!(echoes.next::<Rule<'_>>().unwrap().is_none());
    });
}

/// Makes a table with so many chains as one transaction, one of them perhaps in a table that does not exist.
fn chains(conn: &mut Connection, name: &str, count: usize, bad: Option<usize>) -> Result<(), RequestError> {
    let header = NfGenMsg::family(2);
    let end = BatchEnd::of_nftables();
    let mut transaction = conn.transaction(&BatchBegin::of_nftables(), &end)?;
    let attrs = TableAttrs { name: Some(name.into()), ..TableAttrs::default() };
    transaction.push(&Table { header, attrs }, NewFlags::CREATE)?;
    for at in 0..count {
        let chain = format!("c{at}");
        let table = if bad == Some(at) { "none" } else { name };
        let attrs = ChainAttrs {
            table: Some(table.into()),
            name: Some(chain.as_str().into()),
            ..ChainAttrs::default()
        };
        transaction.push(&Chain { header, attrs }, NewFlags::CREATE)?;
    }
    transaction.commit()
}

#[test]
fn transactions_are_one_datagram_and_all_or_nothing() {
    const TEST: &str = "facts::transactions_are_one_datagram_and_all_or_nothing";
    in_namespace(TEST, || {
        let Ok(mut conn) = Connection::open(Protocol::new(PROTOCOL)) else {
            return skip(TEST, "no nfnetlink");
        };
        for (count, bad) in [(150, None), (5_000, None), (150, Some(70))] {
            let name = format!("t{count}{}", bad.is_some());
            // One that is dropped without being committed leaves nothing, and the next one is whole.
            let end = BatchEnd::of_nftables();
            let mut dropped = conn.transaction(&BatchBegin::of_nftables(), &end).unwrap();
            let attrs = TableAttrs { name: Some("dropped".into()), ..TableAttrs::default() };
            dropped.push(&Table { header: NfGenMsg::family(2), attrs }, NewFlags::CREATE).unwrap();
            drop(dropped);
            match (chains(&mut conn, &name, count, bad), bad) {
                (Ok(()), None) => {}
                (Err(RequestError::Aborted(refusals)), Some(bad)) => {
                    assert_eq!(refusals.len(), 1);
                    assert_eq!((refusals[0].0, refusals[0].1.errno()), (bad + 1, Errno::ENOENT));
                }
                (Err(err), None) if err.errno() == Some(Errno::EOPNOTSUPP) => {
                    return skip(TEST, "no nftables");
                }
                (committed, _) => panic!("{count} chains: {committed:?}"),
            }
            let listed = Command::new("nft").args(["list", "table", "ip", &name]).output();
            let Ok(listed) = listed else { return skip(TEST, "no nft") };
            let made = String::from_utf8_lossy(&listed.stdout).matches("chain c").count();
            assert_eq!(made, if bad.is_some() { 0 } else { count }, "{count} chains");
        }
        let listed = Command::new("nft").args(["list", "table", "ip", "dropped"]).output().unwrap();
        assert!(!listed.status.success());
    });
}

#[test]
fn transaction_without_privileges_is_refused_at_once() {
    const TEST: &str = "facts::transaction_without_privileges_is_refused_at_once";
    // In a user namespace of its own nobody may change this network namespace.
    within(TEST, &[&["-U"]], || {
        let Ok(mut conn) = Connection::open(Protocol::new(PROTOCOL)) else {
            return skip(TEST, "no nfnetlink");
        };
        conn.set_timeout(None);
        for count in [1, 150] {
            let began = Instant::now();
            let refused = chains(&mut conn, "t", count, None).unwrap_err();
            assert_eq!(refused.errno(), Some(Errno::EPERM), "{refused:?}");
            assert!(began.elapsed() < AT_ONCE);
        }
    });
}

#[test]
fn attribute_that_cannot_be_written_is_named_in_nests_too() {
    in_namespace("facts::attribute_that_cannot_be_written_is_named_in_nests_too", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        let mut refused = |link: &Link<'_>| {
            let err = conn.request_with(link, NewFlags::CREATE | NewFlags::EXCL).unwrap_err();
            (err.to_string(), err.errno().and_then(Errno::name))
        };
        let (text, errno) = refused(&Link::vlan("v5", 1, 5000));
        assert!(text.contains("Link.linkinfo.data.id: "), "{text}");
        assert_eq!(errno, Some("ERANGE"));
        let (text, errno) = refused(&Link::veth("v0", "sixteen bytes...."));
        assert!(text.contains("Link.linkinfo.data.peer.ifname: "), "{text}");
        assert_eq!(errno, Some("ERANGE"));
        let (text, errno) = refused(&Link::bridge("a\0b"));
        assert!(text.contains("Link.ifname: "), "{text}");
        assert_eq!(errno, Some("EINVAL"));
        assert!(conn.collect(&GetLink::default(), |_| Ok(Some(()))).unwrap().0.len() <= 1);
    });
}

#[test]
fn device_that_is_down_is_said_by_the_name_of_its_number() {
    in_namespace("facts::device_that_is_down_is_said_by_the_name_of_its_number", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        // The loopback interface of a new namespace is down.
        let route = Route::to("10.9.0.0".parse().unwrap(), 24).dev(1u32);
        let err = conn.request_with(&route, NewFlags::CREATE).unwrap_err();
        assert!(err.to_string().contains("ENETDOWN"), "{err}");
    });
}

#[test]
fn join_without_privileges_says_the_group_and_the_capability() {
    // Of the audit log, which root of a namespace may not read.
    let test = "facts::join_without_privileges_says_the_group_and_the_capability";
    within(test, &[&["-Urn"]], || {
        let Ok(conn) = Connection::open(Protocol::new(9)) else { return skip(test, "no audit") };
        let err = conn.join(1).unwrap_err().to_string();
        assert!(err.contains("group 1") && err.contains("CAP_AUDIT_READ"), "{err}");
    });
}
