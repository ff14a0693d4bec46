//! Tracked connections and rules of nftables, as packets, nft(8) and conntrack(8) change them.

use crate::netns::{in_namespace, skip};
use crate::{Followed, difference};
use nl_tlv::socket::{Change, Connection as Socket, Protocol, Watch};
use nl_tlv::{MessageType, ParseAttrs};
use nl_tlv_families::conntrack::{self, Addresses, Connection, Conntrack, GetConnection, NfGenMsg, Status};
use nl_tlv_families::nftables::{GetRule, Rule};
use nl_tlv_families::watch::{Connections, FilterRules};
use std::fs;
use std::net::{Ipv4Addr, UdpSocket};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const NETFILTER: Protocol = Protocol::new(12);

/// Whether a program does this; one that is missing is a reason to skip.
fn run(program: &str, args: &[&str]) -> bool {
    match Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) => status.success(),
        Err(_) => false,
    }
}

/// Connection tracking with counters, on a loopback interface that is up.
fn track(test: &str) -> bool {
    let rule = "add table inet t; add chain inet t c { type filter hook input priority 0; }; \
                add rule inet t c ct state new accept";
    let is_ready = run("ip", &["link", "set", "lo", "up"])
        && run("nft", &[rule])
        && fs::write("/proc/sys/net/netfilter/nf_conntrack_acct", "1").is_ok();
    if !is_ready {
        skip(test, "this system has no connection tracking with nft(8)");
    }
    is_ready
}

/// The next change, told by what it says of a connection's port.
fn change(watch: &mut Watch<Connections>, port: u16) -> (&'static str, Option<Status>, bool) {
    let is_ours = |one: &Connection<'_>| {
        let proto = one.tuple_orig.as_ref().and_then(|tuple| tuple.tuple_proto.as_ref());
        proto.is_some_and(|proto| proto.proto_dst_port == Some(port))
    };
    let end = Instant::now() + Duration::from_secs(5);
    loop {
        let (name, one) = match watch.change_deadline(end).unwrap() {
            Change::Added(one) => ("added", one),
            Change::Changed { new, .. } => ("changed", new),
            Change::Removed(one) => ("removed", one),
        };
        if is_ours(&one) {
            return (name, one.status, one.tuple_reply.is_some());
        }
    }
}

#[test]
fn tracked_connections_are_told_from_the_first_packet_to_the_last() {
    let test = "netfilter::tracked_connections_are_told_from_the_first_packet_to_the_last";
    in_namespace(test, || {
        if !track(test) {
            return;
        }
        let header = NfGenMsg { nfgen_family: 2, ..NfGenMsg::default() };
        let get = GetConnection { header, ..GetConnection::default() };
        let mut watch = Socket::open(NETFILTER).unwrap().watch::<Connections>(&get).unwrap();
        let mut events = Socket::open(NETFILTER).unwrap();
        events.join(3).unwrap();

        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (client, port) =
            (UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap(), server.local_addr().unwrap().port());
        client.send_to(b"question", server.local_addr().unwrap()).unwrap();
        let (name, status, has_reply) = change(&mut watch, port);
        assert_eq!((name, has_reply), ("added", true));
        assert!(!status.unwrap().contains(Status::SEEN_REPLY));
        server.send_to(b"the answer", client.local_addr().unwrap()).unwrap();
        let (name, status, has_reply) = change(&mut watch, port);
        assert_eq!((name, has_reply), ("changed", true), "an update keeps what it does not say");
        assert!(status.unwrap().contains(Status::SEEN_REPLY));

        if !run("conntrack", &["-D", "-p", "udp", "--orig-port-dst", &port.to_string()]) {
            return skip(test, "no conntrack(8)");
        }
        assert_eq!(change(&mut watch, port).0, "removed");
        let destroyed = destroyed(&mut events, port);
        assert_eq!(destroyed, (true, true, Some(36), Some(38)));
    });
}

/// What the event of a connection's end says: whether it has its status and the other direction, and the bytes each way.
fn destroyed(events: &mut Socket, port: u16) -> (bool, bool, Option<u64>, Option<u64>) {
    let end = Instant::now() + Duration::from_secs(5);
    loop {
        let message = events.event_deadline(end).unwrap();
        if message.ty() != MessageType(0x0102) {
            continue;
        }
        // The attributes are those of `Connection`.
        let gone = Conntrack::parse_attrs(message.attrs_after(4)).unwrap();
        let proto = gone.tuple_orig.as_ref().and_then(|tuple| tuple.tuple_proto.as_ref());
        if proto.and_then(|proto| proto.proto_dst_port) != Some(port) {
            continue;
        }
        let reply: Option<&Addresses<'_>> =
            gone.tuple_reply.as_ref().and_then(|tuple| tuple.tuple_ip.as_ref());
        let is_reply = reply.is_some_and(|ip| ip.ip_v4_src == Some(Ipv4Addr::LOCALHOST));
        let bytes =
            |counter: &Option<conntrack::Counter<'_>>| counter.as_ref().and_then(|counter| counter.bytes);
        let (there, back) = (bytes(&gone.counters_orig), bytes(&gone.counters_reply));
        return (gone.status.is_some(), is_reply, there, back);
    }
}

/// A rule without what changes by itself.
fn rule(mut rule: Rule<'_>) -> String {
    // The generation of all rules, and the rule in front of it.
    (rule.header.res_id, rule.attrs.position) = (0, None);
    format!("{rule:?}")
}

#[test]
fn watched_filter_rules_equal_a_fresh_dump() {
    let test = "netfilter::watched_filter_rules_equal_a_fresh_dump";
    in_namespace(test, || {
        if !run("nft", &["list", "ruleset"]) {
            return skip(test, "no nft(8), or a kernel without nftables");
        }
        let mut watched = Followed::<FilterRules>::over(NETFILTER, &GetRule::default(), rule);
        for change in [
            "add table inet t; add chain inet t c; add chain inet t d; add rule inet t c accept",
            "add rule inet t c tcp dport 22 accept; insert rule inet t c tcp dport 23 drop",
            "add table ip t; add chain ip t c; add rule ip t c accept; add rule inet t d jump c",
            "replace rule inet t c handle 3 drop",
            "delete rule inet t c handle 4",
            "flush chain inet t d; delete chain inet t d",
            "add rule inet t c accept; add rule ip t c drop",
            "delete table inet t",
            "flush ruleset",
        ] {
            run("nft", &[change]);
            watched.settle();
            let there = watched.there();
            let dumped = fresh_over::<FilterRules>(&GetRule::default(), rule);
            assert_eq!(there, dumped, "after {change}: {}", difference(&there, &dumped));
            assert_eq!(there, watched.told(), "after {change}");
        }
        assert!(watched.there().is_empty());
    });
}

fn fresh_over<O: nl_tlv::Keyed>(
    request: &impl nl_tlv::NlMessage,
    text: for<'a> fn(O::View<'a>) -> String,
) -> Vec<String> {
    let mut followed = Followed::<O>::over(NETFILTER, request, text);
    followed.settle();
    followed.there()
}
