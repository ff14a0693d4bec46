//! What a socket can be told.

use crate::common::*;
use nl_tlv::NlMessage;
use nl_tlv::socket::{Address, Connection, Protocol, RecvError, Socket};
use nl_tlv_sys::SocketOption;
use std::fs::{self, File};
use std::process::Command;
use std::time::{Duration, Instant};

#[test]
fn route_sockets_ask_for_strict_checks_and_all_for_extended_acks() {
    let route = Socket::open(Protocol::ROUTE).unwrap();
    let other = Socket::open(Protocol::USERSOCK).unwrap();
    for (socket, strict) in [(&route, true), (&other, false)] {
        let is_on = |option| socket.as_sys().option(option).unwrap();
        assert!(is_on(SocketOption::CapAck) && is_on(SocketOption::ExtAck));
        assert!(!is_on(SocketOption::PktInfo), "only who is in a group hears of groups");
        socket.join(1).unwrap();
        assert!(is_on(SocketOption::PktInfo));
        assert_eq!(is_on(SocketOption::GetStrictChk), strict);
        socket.set_strict_check(!strict).unwrap();
        assert_eq!(is_on(SocketOption::GetStrictChk), !strict);
    }
    other.set_broadcast_error(true).unwrap();
    assert!(other.as_sys().option(SocketOption::BroadcastError).unwrap());
    other.set_no_enobufs(true).unwrap();
    assert!(other.as_sys().option(SocketOption::NoEnobufs).unwrap());
}

#[test]
fn receive_buffer_is_as_large_as_was_asked_for_or_the_system_allows() {
    let socket = Socket::open(Protocol::USERSOCK).unwrap();
    assert_eq!(socket.set_recv_buffer(20_000).unwrap(), 40_000);
    assert!(socket.set_recv_buffer(8 << 20).unwrap() > 40_000);
    socket.set_send_buffer(100_000).unwrap();
}

#[test]
fn filter_drops_what_it_returns_zero_for() {
    let [sender, receiver] = [(); 2].map(|()| Socket::open(Protocol::USERSOCK).unwrap());
    // Load the first byte, and take the datagram only if it is 7.
    let program = [(0x30, 0, 0, 0), (0x15, 0, 1, 7), (0x06, 0, 0, u32::MAX), (0x06, 0, 0, 0)];
    receiver.attach_filter(&program).unwrap();
    for first in [1, 7, 2] {
        sender.send_to(&[first; 20], Address::port(receiver.port_id())).unwrap();
    }
    let mut buffer = [0; 64];
    assert_eq!(receiver.try_recv(&mut buffer).unwrap().0, [7; 20]);
    assert!(matches!(receiver.try_recv(&mut buffer), Err(RecvError::Timeout)));
    assert!(receiver.attach_filter(&[]).is_err());
}

/// RTM_NEWNSID: `struct rtgenmsg`, and the namespace of a process.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 88)]
struct NsidNew {
    #[nl(fixed_header)]
    header: nl_tlv::wire::GenlMsgHdr,
    #[nl(attr = 1)]
    nsid: u32,
    #[nl(attr = 2)]
    pid: u32,
}

#[test]
fn events_of_other_namespaces_say_which() {
    in_namespace("options::events_of_other_namespaces_say_which", || {
        let mut child = Command::new("unshare").args(["-n", "sleep", "20"]).spawn().unwrap();
        let path = format!("/proc/{}/ns/net", child.id());
        let ours = fs::read_link("/proc/self/ns/net").unwrap();
        while fs::read_link(&path).unwrap() == ours {
            std::thread::sleep(Duration::from_millis(1));
        }
        let there = Socket::open_in(File::open(&path).unwrap(), Protocol::ROUTE);
        let mut here = Connection::open(Protocol::ROUTE).unwrap();
        let named = NsidNew { header: nl_tlv::wire::GenlMsgHdr::default(), nsid: 7, pid: child.id() };
        let named = here.request(&named).map(drop);
        child.kill().unwrap();
        child.wait().unwrap();
        named.unwrap();
        here.transport().set_listen_all_nsid(true).unwrap();
        here.join(1).unwrap();
        let mut there = Connection::new(there.unwrap(), 0);
        there.request(&loopback(true)).unwrap();
        here.event_deadline(Instant::now() + Duration::from_secs(10)).unwrap();
        let origin = here.event_origin();
        assert_eq!((origin.port_id, origin.group, origin.nsid), (0, Some(1), Some(7)));
        // One that is kept while a request is answered has its own, too.
        there.request(&loopback(false)).unwrap();
        here.request(&loopback(true)).unwrap();
        let nsids = [(); 2].map(|()| {
            here.event_deadline(Instant::now() + Duration::from_secs(10)).unwrap();
            here.event_origin().nsid
        });
        assert_eq!(nsids, [Some(7), None]);
    });
}

#[test]
fn socket_is_opened_in_the_namespace_that_is_given() {
    in_namespace("options::socket_is_opened_in_the_namespace_that_is_given", || {
        let mut here = Connection::open(Protocol::ROUTE).unwrap();
        here.request(&loopback(true)).unwrap();
        let mut child = Command::new("unshare").args(["-n", "sleep", "20"]).spawn().unwrap();
        let path = format!("/proc/{}/ns/net", child.id());
        let ours = fs::read_link("/proc/self/ns/net").unwrap();
        while fs::read_link(&path).unwrap() == ours {
            std::thread::sleep(Duration::from_millis(1));
        }
        let there = Socket::open_in(File::open(&path).unwrap(), Protocol::ROUTE);
        child.kill().unwrap();
        child.wait().unwrap();
        let mut there = Connection::new(there.unwrap(), 0);
        let is_up = |conn: &mut Connection| {
            let link: LinkNew<'_> = conn.get(&LinkGet::index(1)).unwrap();
            link.header.flags.bits() & 1 == 1
        };
        assert_eq!([is_up(&mut here), is_up(&mut there)], [true, false]);
        assert!(Socket::open_in(File::open("/dev/null").unwrap(), Protocol::ROUTE).is_err());
        assert_eq!(fs::read_link("/proc/thread-self/ns/net").unwrap(), ours);
    });
}
