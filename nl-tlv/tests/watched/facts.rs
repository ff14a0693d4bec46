//! What users of other libraries ran into, on this kernel.

use crate::changes::{link, route};
use crate::netns::in_namespace;
use crate::{Followed, fresh, ip};
use nl_tlv::NlMessage;
use nl_tlv::socket::{Connection, Protocol, RequestError};
use nl_tlv_families::rt_link::Link;
use nl_tlv_families::rt_route::GetRoute;
use nl_tlv_families::watch::{Links, Routes};
use std::time::{Duration, Instant};

/// Carries out lines one by one, and holds the watch of routes against a fresh dump after each.
fn routes_after(setup: &str, lines: &[&str]) {
    ip(setup);
    let mut watched = Followed::<Routes>::new(&GetRoute::default(), route);
    watched.settle();
    for line in lines {
        ip(&format!("{line}\n"));
        let end = Instant::now() + Duration::from_secs(4);
        loop {
            watched.settle();
            let (there, dumped) = (watched.there(), fresh::<Routes>(&GetRoute::default(), route));
            if there == dumped {
                break;
            }
            assert!(Instant::now() < end, "after {line}: {}", crate::difference(&there, &dumped));
        }
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
                assert!(matches!(change, nl_tlv::socket::Change::Changed { .. }), "{change:?}");
            }
            assert_eq!(watched.watch.len(), links);
            assert!(watched.watch.objects().all(|link| link.stats64.is_some()));
        }
    });
}

#[test]
fn request_without_an_answer_ends_at_once() {
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    conn.set_timeout(None);
    let began = Instant::now();
    // A message of a payload of no bytes is skipped by rtnetlink.
    let got = conn.get::<Link<'_>>(&Empty).map(drop);
    assert!(matches!(got, Err(RequestError::NoReply)), "{got:?}");
    assert!(began.elapsed() < Duration::from_secs(1));
}

/// RTM_GETLINK without anything.
#[derive(NlMessage, Debug)]
#[nl(ty = 18)]
struct Empty;
