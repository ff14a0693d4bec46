//! Sockets, as ss(8) sees them; families of generic netlink, as the library's own reader sees them.

use super::{open, output, same_again};
use crate::live::in_namespace;
use nl_tlv::control::genl;
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv_families::inet_diag::{GetSocket, Socket, TcpState};
use nl_tlv_families::nlctrl::{CtrlAttrs, Family, GetFamily, Policy};
use nl_tlv_families::packet_diag::{self, PacketShow};
use rustix::net::{AddressFamily, RawProtocol, SocketType, socket};
use std::collections::BTreeSet;
use std::fs::metadata;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::process::Command;

const SOCK_DIAG: Protocol = Protocol::new(4);

#[test]
fn sockets_are_those_that_ss_shows() {
    in_namespace("live::sockets::sockets_are_those_that_ss_shows", || {
        assert!(Command::new("ip").args(["link", "set", "lo", "up"]).status().unwrap().success());
        let listener = TcpListener::bind("127.0.0.1:2222").unwrap();
        let client = TcpStream::connect("127.0.0.1:2222").unwrap();
        let _server = listener.accept().unwrap();
        let Some(mut conn) = open(SOCK_DIAG) else { return };
        let mut sockets = conn.dump(&GetSocket::all(2, 6)).unwrap();
        let mut ours = BTreeSet::new();
        while let Some(message) = sockets.next_message().unwrap() {
            let socket: Socket<'_> = same_again(&message);
            let (local, remote) = (socket.header.local(), socket.header.remote());
            let (state, remote) = match socket.header.state {
                TcpState::Established => ("ESTAB", format!("{}:{}", remote.0, remote.1)),
                TcpState::Listen => ("LISTEN", format!("{}:*", remote.0)),
                other => panic!("{other:?}"),
            };
            assert_eq!(TcpState::from(socket.tcp_info().unwrap().tcpi_state), socket.header.state);
            let header = socket.header;
            let queues = (header.rqueue, header.wqueue);
            ours.insert(format!("{state} {} {} {}:{} {remote}", queues.0, queues.1, local.0, local.1));
        }
        assert_eq!(ours.len(), 3, "{ours:?}");
        let port = client.local_addr().unwrap().port();
        assert!(ours.contains(&format!("ESTAB 0 0 127.0.0.1:{port} 127.0.0.1:2222")), "{ours:?}");
        let Some(theirs) = output("ss", &["-H", "-n", "-t", "-a", "-4"]) else { return };
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(ours, theirs.lines().map(words).collect());
    });
}

/// `AF_PACKET`, and all protocols of Ethernet (`ETH_P_ALL`).
const AF_PACKET: u8 = 17;
const ALL: u16 = 3;

fn packet_socket(ty: SocketType) -> OwnedFd {
    let all = RawProtocol::new(ALL.to_be().into()).map(rustix::net::Protocol::from_raw);
    socket(AddressFamily::PACKET, ty, all).unwrap()
}

fn inode(socket: &OwnedFd) -> u32 {
    let inode = metadata(format!("/proc/self/fd/{}", socket.as_raw_fd())).unwrap().ino();
    u32::try_from(inode).unwrap()
}

#[test]
fn packet_sockets_are_as_they_were_opened() {
    in_namespace("live::sockets::packet_sockets_are_as_they_were_opened", || {
        let [raw, dgram] = [SocketType::RAW, SocketType::DGRAM].map(packet_socket);
        let mut get = packet_diag::GetSocket::default();
        (get.header.sdiag_family, get.header.pdiag_show) = (AF_PACKET, PacketShow::all());
        let Some(mut conn) = open(SOCK_DIAG) else { return };
        let mut dump = conn.dump(&get).unwrap();
        let mut found = BTreeSet::new();
        while let Some(message) = dump.next_message().unwrap() {
            let socket: packet_diag::Socket<'_> = same_again(&message);
            let header = socket.header;
            assert_eq!((header.family, header.num, socket.uid), (AF_PACKET, ALL, Some(0)), "{socket:?}");
            assert_eq!((socket.mclist, socket.fanout), (Some(&[][..]), None), "{socket:?}");
            assert_eq!((&socket.rx_ring, &socket.tx_ring), (&None, &None), "{socket:?}");
            // Of no interface, and of the first version of rings.
            assert_eq!(socket.info.as_ref().map(|info| (info.index, info.version)), Some((0, 0)));
            let memory: Vec<u32> = socket.meminfo.as_ref().unwrap().iter().collect();
            // SK_MEMINFO_RCVBUF and SK_MEMINFO_SNDBUF.
            assert!(memory.len() >= 9 && memory[1] > 0 && memory[3] > 0, "{memory:?}");
            found.insert((format!("{:?}", header.r#type), header.ino));
        }
        let ours = [("Dgram".to_owned(), inode(&dgram)), ("Raw".to_owned(), inode(&raw))];
        assert_eq!(found, BTreeSet::from(ours));
        let Some(theirs) = output("ss", &["-H", "-n", "-0", "-e"]) else { return };
        for (_, inode) in found {
            assert!(theirs.contains(&format!("ino:{inode} ")), "{theirs}");
        }
    });
}

#[test]
fn families_and_their_policies_are_read_whole() {
    let mut conn = Connection::generic("nlctrl").unwrap();
    let mut families = conn.dump(&GetFamily::default()).unwrap();
    let mut seen = 0;
    while let Some(message) = families.next_message().unwrap() {
        let family: Family<'_> = same_again(&message);
        let info = genl::Family::parse(&message).unwrap();
        assert_eq!(family.family_name.unwrap().to_string(), info.name);
        assert_eq!(family.family_id, Some(info.id.0));
        let ops = family
            .ops
            .iter()
            .flatten()
            .map(Result::unwrap)
            .map(|op| (op.id.unwrap(), op.flags.unwrap().bits()));
        assert!(ops.eq(info.ops));
        let groups = family
            .mcast_groups
            .iter()
            .flatten()
            .map(Result::unwrap)
            .map(|group| (group.name.unwrap().to_string(), group.id.unwrap()));
        assert!(groups.eq(info.groups));
        seen += 1;
    }
    assert!(seen > 1);
    drop(families);
    let family_name = Some("nlctrl".into());
    let of_nlctrl = Policy { attrs: CtrlAttrs { family_name, ..CtrlAttrs::default() } };
    let mut policies = conn.dump(&of_nlctrl).unwrap();
    let (mut ops, mut attrs) = (0, 0);
    while let Some(message) = policies.next_message().unwrap() {
        let policy: Policy<'_> = same_again(&message);
        ops += policy.op_policy.iter().flatten().map(Result::unwrap).count();
        for (_, of) in policy.policy.iter().flatten().map(Result::unwrap) {
            attrs += of.iter().map(Result::unwrap).filter(|(_, attr)| attr.r#type.is_some()).count();
        }
    }
    assert!(ops >= 2 && attrs >= 2, "{ops} operations, {attrs} attributes");
}
