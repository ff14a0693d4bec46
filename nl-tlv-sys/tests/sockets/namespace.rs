//! What needs a network namespace of our own: multicast, events, and the namespaces of others.

use std::env;
use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use nl_tlv_sys::{Address, NetlinkSocket, SocketOption};

use crate::common::*;

const RTNLGRP_LINK: u32 = 1;
const RTNLGRP_IPV4_MCADDR: u32 = 37;
const RTM_NEWNSID: u16 = 88;

#[test]
fn overrun_is_enobufs_and_the_queue_survives() {
    in_namespace("namespace::overrun_is_enobufs_and_the_queue_survives", || {
        let (member, _) = bound(NETLINK_USERSOCK);
        member.add_membership(1).unwrap();
        member.set_recv_buffer(4096).unwrap();
        let (sender, _) = bound(NETLINK_USERSOCK);
        for _ in 0..200 {
            multicast(&sender, &[0; 256]);
        }
        assert!(member.wait_readable(Some(Duration::ZERO)).unwrap());
        assert_eq!(errno(member.recv(&mut [0; 256])), libc::ENOBUFS);
        let mut queued = 0;
        while member.try_recv(&mut [0; 256]).is_ok() {
            queued += 1;
        }
        assert!((1..200).contains(&queued), "{queued} datagrams");
        multicast(&sender, b"after");
        assert_eq!(member.try_recv(&mut [0; 256]).unwrap().len, 5);
    });
}

#[test]
fn overrun_is_silent_with_no_enobufs() {
    in_namespace("namespace::overrun_is_silent_with_no_enobufs", || {
        let (member, _) = bound(NETLINK_USERSOCK);
        member.add_membership(1).unwrap();
        member.set_recv_buffer(4096).unwrap();
        member.set_option(SocketOption::NoEnobufs, true).unwrap();
        let (sender, _) = bound(NETLINK_USERSOCK);
        for _ in 0..200 {
            multicast(&sender, &[0; 256]);
        }
        assert_eq!(member.recv(&mut [0; 256]).unwrap().len, 256);
    });
}

#[test]
fn multicast_has_its_group() {
    in_namespace("namespace::multicast_has_its_group", || {
        let (plain, _) = bound(NETLINK_USERSOCK);
        let (informed, _) = bound(NETLINK_USERSOCK);
        informed.set_option(SocketOption::PktInfo, true).unwrap();
        for socket in [&plain, &informed] {
            socket.add_membership(5).unwrap();
        }
        let (sender, port_id) = bound(NETLINK_USERSOCK);
        let error = sender.send_to(b"to group 5", Address::groups(1 << 4)).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ECONNREFUSED), "after the delivery");
        for (socket, group) in [(plain, None), (informed, Some(5))] {
            let received = socket.try_recv(&mut [0; 64]).unwrap();
            assert_eq!(received.sender, Address { port_id, groups: 1 << 4 });
            assert_eq!((received.len, received.group), (10, group));
        }
    });
}

#[test]
fn port_id_and_group_are_both_reached() {
    in_namespace("namespace::port_id_and_group_are_both_reached", || {
        let (peer, port_id) = bound(NETLINK_USERSOCK);
        let (member, _) = bound(NETLINK_USERSOCK);
        member.add_membership(1).unwrap();
        let (sender, _) = bound(NETLINK_USERSOCK);
        sender.send_to(b"both", Address { port_id, groups: 1 }).unwrap();
        for socket in [peer, member] {
            assert_eq!(socket.try_recv(&mut [0; 64]).unwrap().len, 4);
        }
    });
}

#[test]
fn mask_of_several_groups_reaches_the_lowest() {
    in_namespace("namespace::mask_of_several_groups_reaches_the_lowest", || {
        let members = [2, 3].map(|group| {
            let (member, _) = bound(NETLINK_USERSOCK);
            member.add_membership(group).unwrap();
            member
        });
        let (sender, _) = bound(NETLINK_USERSOCK);
        let error = sender.send_to(b"hello", Address::groups(0b110)).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ECONNREFUSED));
        assert_eq!(members[0].try_recv(&mut [0; 64]).unwrap().len, 5);
        assert_eq!(errno(members[1].try_recv(&mut [0; 64])), libc::EAGAIN);
    });
}

#[test]
fn event_of_the_kernel_has_its_group() {
    in_namespace("namespace::event_of_the_kernel_has_its_group", || {
        let (listener, _) = bound(NETLINK_ROUTE);
        listener.set_option(SocketOption::PktInfo, true).unwrap();
        listener.add_membership(RTNLGRP_LINK).unwrap();
        set_loopback_up();
        let mut buffer = [0; 32 * 1024];
        let received = listener.try_recv(&mut buffer).unwrap();
        assert_eq!(header(&buffer).1, RTM_NEWLINK);
        assert_eq!(received.group, Some(RTNLGRP_LINK));
        assert_eq!(received.sender, Address { port_id: 0, groups: 1 << (RTNLGRP_LINK - 1) });
        assert_eq!(received.nsid, None);
    });
}

#[test]
fn group_above_32_is_seen_by_pktinfo_only() {
    in_namespace("namespace::group_above_32_is_seen_by_pktinfo_only", || {
        let (listener, _) = bound(NETLINK_ROUTE);
        listener.set_option(SocketOption::PktInfo, true).unwrap();
        if let Err(error) = listener.add_membership(RTNLGRP_IPV4_MCADDR) {
            // Linux 6.14 brought this group, the only one above 32 that the loopback interface has events for.
            assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
            assert_eq!(listener.joined_groups().unwrap(), []);
            return;
        }
        set_loopback_up();
        let received = listener.try_recv(&mut [0; 32 * 1024]).unwrap();
        assert_eq!(received.group, Some(RTNLGRP_IPV4_MCADDR));
        assert_eq!(received.sender, Address::KERNEL);
    });
}

#[test]
fn socket_connected_to_the_kernel_cannot_be_sent_forgeries() {
    in_namespace("namespace::socket_connected_to_the_kernel_cannot_be_sent_forgeries", || {
        let (socket, port_id) = bound(NETLINK_ROUTE);
        let (forger, forger_port_id) = bound(NETLINK_ROUTE);
        forger.send_to(b"forged", Address::port(port_id)).unwrap();
        assert_eq!(socket.try_recv(&mut [0; 64]).unwrap().sender, Address::port(forger_port_id));
        socket.connect(Address::KERNEL).unwrap();
        assert_eq!(errno(forger.send_to(b"forged", Address::port(port_id))), libc::ECONNREFUSED);
        socket.send(&message(RTM_GETLINK, NLM_F_REQUEST, &LOOPBACK)).unwrap();
        assert_eq!(socket.try_recv(&mut [0; 32 * 1024]).unwrap().sender, Address::KERNEL);
    });
}

#[test]
fn event_of_another_namespace_has_its_id() {
    const OTHER: &str = "NL_TLV_SYS_OTHER_NAMESPACE";
    const NAME: &str = "namespace::event_of_another_namespace_has_its_id";
    in_namespace(NAME, || {
        if env::var_os(OTHER).is_some() {
            println!("ready");
            io::stdin().read_exact(&mut [0]).unwrap();
            return set_loopback_up();
        }
        let mut other = Command::new("unshare")
            .arg("-n")
            .arg(env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env(OTHER, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut seen = Vec::new();
        let mut output = other.stdout.take().unwrap();
        while !seen.ends_with(b"ready\n") {
            let mut byte = [0];
            output.read_exact(&mut byte).unwrap();
            seen.extend(byte);
        }
        give_nsid(other.id(), 5);

        let (listener, _) = bound(NETLINK_ROUTE);
        listener.add_membership(RTNLGRP_LINK).unwrap();
        listener.set_option(SocketOption::ListenAllNsid, true).unwrap();
        listener.set_option(SocketOption::PktInfo, true).unwrap();
        other.stdin.take().unwrap().write_all(b"!").unwrap();
        assert!(listener.wait_readable(Some(Duration::from_secs(10))).unwrap());
        let mut buffer = [0; 32 * 1024];
        let received = listener.recv(&mut buffer).unwrap();
        assert_eq!(header(&buffer).1, RTM_NEWLINK);
        assert_eq!((received.group, received.nsid), (Some(RTNLGRP_LINK), Some(5)));
        set_loopback_up();
        assert_eq!(listener.recv(&mut buffer).unwrap().nsid, None, "an event of our own");

        io::copy(&mut output, &mut io::sink()).unwrap();
        assert!(other.wait().unwrap().success());
    });
}

/// Sends to group 1. Nobody has port id 0 here, so that the refusal that follows the delivery is expected.
fn multicast(sender: &NetlinkSocket, datagram: &[u8]) {
    let error = sender.send_to(datagram, Address::groups(1)).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ECONNREFUSED));
}

fn set_loopback_up() {
    request(&message(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, &LOOPBACK_UP));
}

/// Gives the namespace of a process an id in ours.
fn give_nsid(process: u32, nsid: u32) {
    // `struct rtgenmsg`, then NETNSA_NSID (1) and NETNSA_PID (2).
    let attr =
        |ty: u16, value: u32| [&8u16.to_ne_bytes()[..], &ty.to_ne_bytes(), &value.to_ne_bytes()].concat();
    let payload = [vec![0; 4], attr(1, nsid), attr(2, process)].concat();
    request(&message(RTM_NEWNSID, NLM_F_REQUEST | NLM_F_ACK, &payload));
}

/// Sends a request and waits until the kernel has acknowledged it.
fn request(request: &[u8]) {
    let (socket, port_id) = bound(NETLINK_ROUTE);
    socket.send_to(request, Address::KERNEL).unwrap();
    let mut buffer = [0; 1024];
    let received = socket.recv(&mut buffer).unwrap();
    assert_eq!(header(&buffer), (received.len, NLMSG_ERROR, port_id));
    assert_eq!(word(&buffer, 16), 0, "the kernel refused");
}
