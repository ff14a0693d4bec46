//! A process without capabilities, as most are: what it may do works, and what it may not is refused with a text that says
//! what is missing. And groups with any number.

use crate::common::*;
use nl_tlv::control::Errno;
use nl_tlv::socket::{Address, Connection, Protocol, Server, Socket, Transport};
use nl_tlv::{Flags, Header, NlMessage};
use nl_tlv_families::watch::Links;
use nl_tlv_testing::network::Network;
use std::fs::File;
use std::time::{Duration, Instant};

fn open() -> Connection {
    Connection::open(Protocol::ROUTE).unwrap()
}

/// Runs a test as nobody, who has no capability even in the namespaces that are its own.
fn as_nobody(test: &str, body: impl FnOnce()) {
    within(test, &[&["-Un"]], body);
}

#[test]
fn reading_needs_no_capability() {
    as_nobody("unprivileged::reading_needs_no_capability", || {
        let mut conn = open();
        assert_eq!(conn.get::<LinkNew<'_>>(&LinkGet::index(1)).unwrap().ifname, Some("lo"));
        let (links, _) = conn.collect(&LinkGet::index(0), |link| Ok(Some(link.seq()))).unwrap();
        assert!(!links.is_empty());
        for group in [1, 32, 33, 36] {
            conn.join(group).unwrap();
        }
        let mut links = open().watch::<Links>(&Links::request()).unwrap();
        assert!(links.change().is_ok());
        assert!(!Connection::generic("nlctrl").unwrap().policies("nlctrl").unwrap().is_empty());
        assert!(conn.transport().set_recv_buffer(1 << 16).is_ok());
    });
}

/// The text of an error that there has to be.
fn text<R, E: ToString>(result: Result<R, E>) -> String {
    result.err().expect("nobody may do this").to_string()
}

#[test]
fn refusals_for_want_of_a_capability_say_so() {
    const CHANGE: &str = "refused: operation not permitted (EPERM, error code -1); most changes need the capability CAP_NET_ADMIN";
    const SEND: &str = "sending to another process needs CAP_NET_ADMIN";
    as_nobody("unprivileged::refusals_for_want_of_a_capability_say_so", || {
        let mut conn = open();
        assert_eq!(text(conn.request(&loopback(true))), CHANGE);
        let mut batch = conn.batch();
        batch.push(&loopback(true), Flags::empty()).unwrap();
        assert_eq!(text(batch.finish().unwrap()[0].as_ref()), CHANGE);

        let mut server = Server::open(Protocol::ROUTE, 0).unwrap();
        let mut to_server = Connection::open_to(Protocol::ROUTE, server.port_id()).unwrap();
        assert_eq!(text(to_server.request(&loopback(true))), SEND);
        assert_eq!(text(server.notify(1, &loopback(true), Header::new())), SEND);
        assert!(server.recv_deadline(Instant::now()).is_err());

        let socket = conn.transport();
        assert_eq!(
            text(socket.set_listen_all_nsid(true)),
            "events of all network namespaces need CAP_NET_BROADCAST"
        );
        let namespace = File::open("/proc/self/ns/net").unwrap();
        let opened = Socket::open_in(&namespace, Protocol::ROUTE);
        assert_eq!(text(opened), "entering a network namespace needs CAP_SYS_ADMIN");
        let joined = text(Connection::open(Protocol::USERSOCK).unwrap().join(1));
        assert!(joined.contains("; this group needs CAP_NET_ADMIN"), "{joined}");
    });
}

#[cfg(feature = "tokio")]
#[test]
fn tasks_are_told_the_same() {
    as_nobody("unprivileged::tasks_are_told_the_same", || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let conn = nl_tlv::socket::tokio::Connection::open(Protocol::ROUTE).unwrap();
            let refused = conn.request(&loopback(true)).await.unwrap_err();
            assert_eq!(refused.errno(), Some(Errno::EPERM));
            let events = conn.join(33).unwrap();
            events.join(36).unwrap();
            assert_eq!(events.transport().as_sys().joined_groups().unwrap(), [33, 36]);
            assert!(text(conn.join(1000)).ends_with("(the protocol has no such group)"));
            let mut links = conn.watch::<Links>(&Links::request()).unwrap();
            assert!(text(links.join(1000)).ends_with("(the protocol has no such group)"));
            assert!(links.change().await.is_ok());
        });
    });
}

#[test]
fn groups_beyond_32_are_joined_by_number() {
    let conn = open();
    conn.join(33).unwrap();
    conn.join(36).unwrap();
    assert_eq!(conn.transport().as_sys().joined_groups().unwrap(), [33, 36]);
    conn.leave(33).unwrap();
    assert_eq!(conn.transport().as_sys().joined_groups().unwrap(), [36]);
    for group in [0, 1000, u32::MAX] {
        let refused = text(conn.join(group));
        assert!(refused.starts_with(&format!("group {group} cannot")), "{refused}");
        assert!(refused.ends_with("(the protocol has no such group)"), "{refused}");
    }
    let server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let refused = text(server.notify(33, &loopback(true), Header::new()));
    assert_eq!(refused, "a socket can send to the groups 1 to 32, and not to 33");
}

#[test]
fn event_of_a_thousand_groups_names_its_own() {
    let network = Network::new();
    let (mut member, sender) = (Connection::new(network.open(), 0), network.kernel());
    (1..=1000).for_each(|group| member.join(group).unwrap());
    let mut buf = [0; 64];
    let event = loopback(true).emit(&mut buf, Header::new()).unwrap();
    for group in [1, 32, 33, 1000] {
        sender.send_to(event, Address::group(group)).unwrap();
        member.event_deadline(Instant::now() + Duration::from_secs(5)).unwrap();
        assert_eq!(member.event_origin().group, Some(group));
    }
}
