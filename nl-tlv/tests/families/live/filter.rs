//! nftables in transactions, and connections: made by us, read by us, by nft(8) and by conntrack(8).

use super::{done, json, lacks, open, output, same_again};
use crate::live::{in_namespace, skip};
use nl_tlv::control::{Errno, ErrorMessage};
use nl_tlv::socket::{Connection, Protocol, Socket};
use nl_tlv::{Flags, Header, MessageType, NewFlags, NlMessage, Repeat, Writer};
use nl_tlv_families::conntrack::{
    Addresses, ConnectionGet, ConnectionNew, Proto, ProtoInfo, Status, Tcp, Tuple,
};
use nl_tlv_families::expression::{Cmp, Data, Expression, ExpressionData, Immediate, Meta, Payload, Verdict};
use nl_tlv_families::netfilter::{BatchBegin, BatchEnd, NfGenMsg};
use nl_tlv_families::nftables::{
    ChainNew, Counters, Expressions, Hook, RuleGet, RuleNew, SUBSYSTEM, TableGet, TableNew,
};
use std::net::Ipv4Addr;
use std::time::Duration;

const NETFILTER: Protocol = Protocol::new(12);
const INET: u8 = 1;

/// Accepts packets to TCP port 22.
fn ssh() -> [Expression<'static>; 6] {
    let is = |value| ExpressionData::Cmp(Cmp { sreg: Some(1), op: Some(0), data: Some(Data::value(value)) });
    let (base, offset, len) = (Some(2), Some(2), Some(2));
    let accept = Immediate { dreg: Some(0), data: Some(Data::verdict(Verdict::ACCEPT)) };
    [
        ("meta", ExpressionData::Meta(Meta { key: Some(16), dreg: Some(1), sreg: None })),
        ("cmp", is(&[6])),
        (
            "payload",
            ExpressionData::Payload(Payload { dreg: Some(1), base, offset, len, ..Payload::default() }),
        ),
        ("cmp", is(&[0, 22])),
        ("counter", ExpressionData::Counter(Counters { bytes: Some(7), packets: Some(1) })),
        ("immediate", ExpressionData::Immediate(accept)),
    ]
    .map(|(name, data)| Expression { name, data: Some(data) })
}

/// A table, a chain of it, and a rule in the chain of this name, as one transaction; the kernel's verdict on each, if it
/// has nftables.
fn transact(table: &str, chain_of_rule: &str) -> Option<Vec<Option<Errno>>> {
    let header = NfGenMsg::family(INET);
    let hook = Hook { hooknum: Some(1), priority: Some(-5), ..Hook::default() };
    let (hook, name) = (Some(hook), Some("input"));
    let chain = ChainNew {
        header,
        table,
        name,
        hook,
        policy: Some(1),
        r#type: Some("filter"),
        ..ChainNew::default()
    };
    let steps = ssh();
    let expressions = Some(Expressions { elem: Repeat::new(&steps) });
    let rule = RuleNew { header, table, chain: Some(chain_of_rule), expressions, ..RuleNew::default() };

    let mut buf = [0; 2048];
    let mut w = Writer::new(&mut buf);
    let make = |seq| Header::request().flags(NewFlags::CREATE | Flags::ACK).seq(seq);
    BatchBegin::of(SUBSYSTEM).emit_into(&mut w, Header::request().seq(1)).unwrap();
    TableNew { header, name: table, ..TableNew::default() }.emit_into(&mut w, make(2)).unwrap();
    chain.emit_into(&mut w, make(3)).unwrap();
    rule.emit_into(&mut w, Header::request().flags(NewFlags::CREATE | NewFlags::APPEND | Flags::ACK).seq(4))
        .unwrap();
    BatchEnd::of(SUBSYSTEM).emit_into(&mut w, Header::request().seq(5)).unwrap();
    let socket = Socket::open(NETFILTER).map_err(|err| skip("nftables", &err.to_string())).ok()?;
    socket.set_timeout(Some(Duration::from_secs(5))).unwrap();
    socket.send(w.as_bytes()).unwrap();

    let (mut verdicts, mut buf) = (Vec::new(), vec![0; Socket::RECV_BUFFER]);
    while verdicts.len() < 3 {
        for answer in socket.recv(&mut buf).unwrap().messages() {
            verdicts.push(ErrorMessage::parse(&answer.unwrap()).unwrap().errno());
        }
        if verdicts.iter().flatten().any(|errno| lacks(*errno)) {
            skip("nftables", "this kernel has none");
            return None;
        }
    }
    Some(verdicts)
}

#[test]
fn rule_is_made_in_a_transaction_and_read_as_nft_reads_it() {
    in_namespace("live::filter::rule_is_made_in_a_transaction_and_read_as_nft_reads_it", || {
        let Some(verdicts) = transact("ours", "input") else { return };
        assert_eq!(verdicts, [None, None, None]);
        let mut conn = Connection::open(NETFILTER).unwrap();
        let get = RuleGet { header: NfGenMsg::family(INET), ..RuleGet::default() };
        let mut rules = conn.dump(&get).unwrap();
        let rule: RuleNew<'_> = same_again(&rules.next_message().unwrap().unwrap());
        assert_eq!((rule.table, rule.chain), ("ours", Some("input")));
        assert!(rule.expressions.unwrap().elem.iter().map(Result::unwrap).eq(ssh()));

        let Some(theirs) = json("nft", &["--json", "list", "ruleset"]) else { return };
        let object = |kind: &str| {
            let all = theirs["nftables"].as_array().unwrap();
            all.iter().find_map(|object| object.get(kind)).unwrap_or_else(|| panic!("no {kind} in {theirs}"))
        };
        assert_eq!((&object("table")["name"], &object("table")["family"]), (&"ours".into(), &"inet".into()));
        let chain = object("chain");
        assert_eq!(
            (&chain["hook"], &chain["prio"], &chain["policy"]),
            (&"input".into(), &(-5).into(), &"accept".into())
        );
        let theirs = object("rule");
        assert_eq!(Some(&theirs["handle"]), rule.handle.map(Into::into).as_ref());
        let steps = &theirs["expr"];
        assert_eq!(steps[0]["match"]["right"], 22, "{theirs}");
        assert_eq!(steps[0]["match"]["left"]["payload"]["field"], "dport");
        assert_eq!((&steps[1]["counter"]["packets"], &steps[1]["counter"]["bytes"]), (&1.into(), &7.into()));
        assert!(steps[2].get("accept").is_some());
    });
}

#[test]
fn transaction_with_one_refusal_leaves_nothing() {
    in_namespace("live::filter::transaction_with_one_refusal_leaves_nothing", || {
        let Some(verdicts) = transact("ours", "no such chain") else { return };
        assert!(verdicts.contains(&Errno::new(-2)), "{verdicts:?}");
        let mut conn = Connection::open(NETFILTER).unwrap();
        let get = TableGet { header: NfGenMsg::family(INET), name: None };
        assert!(conn.dump(&get).unwrap().next_message().unwrap().is_none());
    });
}

#[test]
fn connection_is_made_and_read_as_conntrack_reads_it() {
    in_namespace("live::filter::connection_is_made_and_read_as_conntrack_reads_it", || {
        let (one, two) = (Some(Ipv4Addr::new(192, 0, 2, 1)), Some(Ipv4Addr::new(192, 0, 2, 2)));
        let tuple = |v4_src, v4_dst, src_port, dst_port| {
            let ip = Some(Addresses { v4_src, v4_dst, ..Addresses::default() });
            let proto = Some(Proto { num: Some(6), src_port, dst_port, ..Proto::default() });
            Some(Tuple { ip, proto, ..Tuple::default() })
        };
        let tcp = Some(Tcp { state: Some(3), ..Tcp::default() });
        let connection = ConnectionNew {
            header: NfGenMsg::family(2),
            tuple_orig: tuple(one, two, Some(1000), Some(22)),
            tuple_reply: tuple(two, one, Some(22), Some(1000)),
            status: Some(Status::CONFIRMED | Status::SEEN_REPLY | Status::ASSURED),
            mark: Some(7),
            timeout: Some(600),
            protoinfo: Some(ProtoInfo { tcp, ..ProtoInfo::default() }),
            ..ConnectionNew::default()
        };
        let Some(mut conn) = open(NETFILTER) else { return };
        if !done("conntrack", conn.request_with(&connection, NewFlags::CREATE | NewFlags::EXCL)) {
            return;
        }
        let get = ConnectionGet { header: NfGenMsg::family(2), ..ConnectionGet::default() };
        let mut found = conn.dump(&get).unwrap();
        let message = found.next_message().unwrap().unwrap();
        assert_eq!(message.ty(), MessageType(0x100));
        let read: ConnectionNew<'_> = same_again(&message);
        assert_eq!((&read.tuple_orig, &read.tuple_reply), (&connection.tuple_orig, &connection.tuple_reply));
        assert_eq!((read.status, read.mark), (connection.status, Some(7)));
        let Some(theirs) = output("conntrack", &["-L"]) else { return };
        let expected = [
            "ESTABLISHED src=192.0.2.1 dst=192.0.2.2 sport=1000 dport=22",
            "src=192.0.2.2 dst=192.0.2.1 sport=22 dport=1000",
            "[ASSURED] mark=7",
        ];
        expected.iter().for_each(|part| assert!(theirs.contains(part), "{theirs}"));
    });
}
