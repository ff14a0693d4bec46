//! Sockets, as ss(8) sees them; families of generic netlink, as the library's own reader sees them.

use super::{open, output, same_again};
use crate::live::in_namespace;
use nl_tlv::control::genl;
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv_families::inet_diag::{Socket, SocketGet};
use nl_tlv_families::nlctrl::{CtrlAttrs, Family, GetFamily, Policy};
use std::collections::BTreeSet;
use std::net::{TcpListener, TcpStream};
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
        let mut sockets = conn.dump(&SocketGet::all(2, 6)).unwrap();
        let mut ours = BTreeSet::new();
        while let Some(message) = sockets.next_message().unwrap() {
            let socket: Socket<'_> = same_again(&message);
            let (local, remote) = (socket.header.local(), socket.header.remote());
            let (state, remote) = match socket.header.idiag_state {
                1 => ("ESTAB", format!("{}:{}", remote.0, remote.1)),
                10 => ("LISTEN", format!("{}:*", remote.0)),
                other => panic!("state {other}"),
            };
            assert_eq!(socket.tcp_info().unwrap().tcpi_state, socket.header.idiag_state);
            let header = socket.header;
            let queues = (header.idiag_rqueue, header.idiag_wqueue);
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
