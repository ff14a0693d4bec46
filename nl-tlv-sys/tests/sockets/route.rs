//! Against the kernel's own family, `NETLINK_ROUTE`: what any user may do.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::{env, io, process};

use crate::common::*;
use nl_tlv_sys::{Address, NetlinkSocket, SocketOption};

const OPTIONS: [SocketOption; 6] = [
    SocketOption::PktInfo,
    SocketOption::BroadcastError,
    SocketOption::NoEnobufs,
    SocketOption::CapAck,
    SocketOption::ExtAck,
    SocketOption::GetStrictChk,
];

#[test]
fn kernel_answers_from_port_id_zero_to_ours() {
    let (socket, port_id) = bound(NETLINK_ROUTE);
    socket.send_to(&message(RTM_GETLINK, NLM_F_REQUEST, &LOOPBACK), Address::KERNEL).unwrap();
    let mut buffer = [0xa5; 32 * 1024];
    let received = socket.recv(&mut buffer).unwrap();
    assert_eq!(header(&buffer), (received.len, RTM_NEWLINK, port_id));
    assert_eq!(received.sender, Address::KERNEL);
    assert_eq!((received.full_len, received.is_truncated()), (received.len, false));
    assert_eq!((received.group, received.nsid), (None, None));
    assert!(buffer[received.len..].iter().all(|&byte| byte == 0xa5), "bytes behind the datagram");
}

#[test]
fn short_buffer_tells_the_full_length() {
    let (socket, port_id) = bound(NETLINK_ROUTE);
    let request = message(RTM_GETLINK, NLM_F_REQUEST, &LOOPBACK);
    socket.send(&request).unwrap();
    let whole = socket.recv(&mut [0; 32 * 1024]).unwrap();
    socket.send(&request).unwrap();
    let mut buffer = [0; 20];
    let received = socket.recv(&mut buffer).unwrap();
    assert_eq!((received.len, received.full_len), (20, whole.len));
    assert!(received.is_truncated());
    assert_eq!(header(&buffer), (whole.len, RTM_NEWLINK, port_id));
    assert_eq!(received.sender, Address::KERNEL);
    assert_eq!(errno(socket.try_recv(&mut buffer)), libc::EAGAIN, "the rest is gone");
}

#[test]
fn unicast_has_group_zero_with_pktinfo() {
    let (socket, _) = bound(NETLINK_ROUTE);
    socket.set_option(SocketOption::PktInfo, true).unwrap();
    socket.send(&message(RTM_GETLINK, NLM_F_REQUEST, &LOOPBACK)).unwrap();
    assert_eq!(socket.recv(&mut [0; 32 * 1024]).unwrap().group, Some(0));
}

#[test]
fn options_can_be_set_read_and_cleared() {
    let (socket, _) = bound(NETLINK_ROUTE);
    for option in OPTIONS {
        for on in [true, false, true] {
            socket.set_option(option, on).unwrap();
            assert_eq!(socket.option(option).unwrap(), on, "{option:?}");
        }
    }
}

#[test]
fn each_option_is_its_own() {
    for option in OPTIONS {
        let (socket, _) = bound(NETLINK_ROUTE);
        socket.set_option(option, true).unwrap();
        for other in OPTIONS {
            assert_eq!(socket.option(other).unwrap(), other == option, "{other:?} after {option:?}");
        }
    }
}

#[test]
fn ext_ack_option_brings_extended_acks() {
    let (socket, _) = bound(NETLINK_ROUTE);
    // An attribute whose length is below that of its header: the strict check of this request names it in words.
    let request = message(RTM_GETLINK, NLM_F_REQUEST, &[&LOOPBACK[..], &[1, 0, 0, 0]].concat());
    let mut lens = [0; 2];
    for (on, len) in [false, true].into_iter().zip(&mut lens) {
        socket.set_option(SocketOption::CapAck, true).unwrap();
        socket.set_option(SocketOption::GetStrictChk, true).unwrap();
        socket.set_option(SocketOption::ExtAck, on).unwrap();
        socket.send(&request).unwrap();
        let mut buffer = [0; 1024];
        *len = socket.recv(&mut buffer).unwrap().len;
        assert_eq!(header(&buffer).1, NLMSG_ERROR);
        assert_eq!(word(&buffer, 16).cast_signed(), -libc::EINVAL);
    }
    assert_eq!(lens[0], 36, "capped and without TLVs");
    assert!(lens[1] > 36, "no TLVs in {} bytes", lens[1]);
}

#[test]
fn groups_are_joined_and_left_by_number() {
    // RTNLGRP_LINK, RTNLGRP_NEXTHOP and RTNLGRP_BRVLAN: the last does not fit the mask of an address.
    let socket = NetlinkSocket::open(NETLINK_ROUTE).unwrap();
    assert_eq!(socket.joined_groups().unwrap(), []);
    for group in [33, 1, 32] {
        socket.add_membership(group).unwrap();
    }
    assert_eq!(socket.joined_groups().unwrap(), [1, 32, 33]);
    socket.drop_membership(32).unwrap();
    assert_eq!(socket.joined_groups().unwrap(), [1, 33]);
    socket.bind(Address::groups(0b101)).unwrap();
    assert_eq!(socket.joined_groups().unwrap(), [1, 3, 33], "a mask leaves higher groups alone");
}

#[test]
fn impossible_groups_are_refused() {
    let socket = NetlinkSocket::open(NETLINK_ROUTE).unwrap();
    for group in [0, 100_000, u32::MAX] {
        assert_eq!(errno(socket.add_membership(group)), libc::EINVAL, "group {group}");
    }
    assert_eq!(socket.joined_groups().unwrap(), []);
}

#[test]
fn unknown_protocol_is_refused() {
    for protocol in [32, 1 << 31, u32::MAX] {
        assert_eq!(errno(NetlinkSocket::open(protocol)), libc::EPROTONOSUPPORT, "protocol {protocol}");
    }
}

#[test]
fn socket_is_closed_on_exec_and_on_drop() {
    let socket = NetlinkSocket::open(NETLINK_ROUTE).unwrap();
    let number = socket.as_fd().as_raw_fd();
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap().trim();
    assert_ne!(i32::from_str_radix(flags, 8).unwrap() & libc::O_CLOEXEC, 0, "{info}");
    let link = format!("/proc/self/fd/{number}");
    let inode = std::fs::read_link(&link).unwrap();
    assert!(inode.to_str().unwrap().starts_with("socket:"), "{inode:?}");
    drop(socket);
    // The number may be another thread's by now, the inode may not.
    assert_ne!(std::fs::read_link(&link).ok(), Some(inode));
}

#[test]
fn adopted_socket_works_and_is_given_back() {
    let (socket, port_id) = bound(NETLINK_ROUTE);
    let fd = OwnedFd::from(socket);
    assert_eq!(NetlinkSocket::from(fd).local_port_id().unwrap(), port_id);
}

#[test]
fn absent_or_foreign_sender_address_is_an_error() {
    let (absent, peer) = UnixDatagram::pair().unwrap();
    peer.send(b"no address").unwrap();
    // With the family and the NUL before the name, an address of 12 bytes: as long as a netlink one.
    let name = format!("n{:08x}", process::id());
    let foreign = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(name).unwrap()).unwrap();
    foreign.send_to_addr(b"its own address", &foreign.local_addr().unwrap()).unwrap();
    for adopted in [absent, foreign].map(OwnedFd::from).map(NetlinkSocket::from) {
        let error = adopted.recv(&mut [0; 64]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(errno(adopted.local_port_id()), libc::EAFNOSUPPORT);
    }
}

#[test]
fn file_is_no_socket() {
    let file = NetlinkSocket::from(OwnedFd::from(File::open(env::current_exe().unwrap()).unwrap()));
    assert_eq!(errno(file.recv(&mut [0; 64])), libc::ENOTSOCK);
    assert_eq!(errno(file.set_option(SocketOption::CapAck, true)), libc::ENOTSOCK);
    assert_eq!(errno(file.joined_groups()), libc::ENOTSOCK);
}
