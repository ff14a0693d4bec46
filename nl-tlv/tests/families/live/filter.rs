//! nftables in transactions, and connections: made by us, read by us, by nft(8) and by conntrack(8).

use super::{done, json, lacks, open, output, same_again};
use crate::live::{in_namespace, skip};
use nl_tlv::control::{Errno, ErrorMessage};
use nl_tlv::socket::{Connection, Protocol, Socket};
use nl_tlv::value::Lazy;
use nl_tlv::{Flags, Header, MessageType, Messages, NewFlags, NlMessage, Repeat, Writer};
use nl_tlv_families::conntrack::{
    self, Addresses, Connection as Tracked, Conntrack, GetConnection, NfCtTcpState, Proto, ProtoInfo, Status,
    Tcp, Tuple,
};
use nl_tlv_families::nftables::{
    BatchBegin, BatchEnd, Chain, ChainAttrs, Cmp, CmpOps, Counter, Data, Expression, ExpressionData,
    Expressions, GetRule, GetTable, Hook, Immediate, Meta, MetaKeys, NfGenMsg, Payload, PayloadBase,
    Registers, Rule, RuleAttrs, Table, TableAttrs, VerdictCode,
};
use std::net::Ipv4Addr;
use std::time::Duration;

const NETFILTER: Protocol = Protocol::new(12);
const INET: u8 = 1;

/// Accepts packets to TCP port 22.
fn ssh() -> [Expression<'static>; 6] {
    let is = |value| {
        let data = Some(Data::bytes(value));
        ExpressionData::Cmp(Cmp { sreg: Some(1), op: Some(CmpOps::Eq), data, ..Cmp::default() })
    };
    let meta = Meta { key: Some(MetaKeys::L4Proto), dreg: Some(1), ..Meta::default() };
    let (dreg, base) = (Some(Registers::Reg1), Some(PayloadBase::TransportHeader));
    let payload = Payload { dreg, base, offset: Some(2), len: Some(2), ..Payload::default() };
    let counter = Counter { bytes: Some(7), packets: Some(1), ..Counter::default() };
    let data = Some(Data::verdict(VerdictCode::Accept));
    [
        ("meta", ExpressionData::Meta(meta)),
        ("cmp", is(&[6])),
        ("payload", ExpressionData::Payload(payload)),
        ("cmp", is(&[0, 22])),
        ("counter", ExpressionData::Counter(counter)),
        ("immediate", ExpressionData::Immediate(Immediate { dreg: Some(0), data, ..Immediate::default() })),
    ]
    .map(|(name, data)| Expression {
        name: Some(name.into()),
        data: Some(data),
        ..Expression::default()
    })
}

/// A table, a chain of it, and a rule in the chain of this name, as one transaction; the kernel's verdict on each, if it
/// has nftables.
fn transact(name: &str, chain_of_rule: &str) -> Option<Vec<Option<Errno>>> {
    let header = NfGenMsg::family(INET);
    let table = Some(name.into());
    let chain = ChainAttrs {
        table,
        name: Some("input".into()),
        hook: Some(Hook { num: Some(1), priority: Some(-5), ..Hook::default() }),
        policy: Some(VerdictCode::Accept),
        r#type: Some("filter".into()),
        ..ChainAttrs::default()
    };
    let steps = ssh();
    let expressions = Some(Expressions { elem: Repeat::new(&steps), ..Expressions::default() });
    let rule = RuleAttrs { table, chain: Some(chain_of_rule.into()), expressions, ..RuleAttrs::default() };
    let (chain, rule) = (Chain { header, attrs: chain }, Rule { header, attrs: rule });

    let mut buf = [0; 2048];
    let mut w = Writer::new(&mut buf);
    let make = |seq| Header::request().flags(NewFlags::CREATE | Flags::ACK).seq(seq);
    BatchBegin::of_nftables().emit_into(&mut w, Header::request().seq(1)).unwrap();
    Table { header, attrs: TableAttrs { name: table, ..TableAttrs::default() } }
        .emit_into(&mut w, make(2))
        .unwrap();
    chain.emit_into(&mut w, make(3)).unwrap();
    rule.emit_into(&mut w, Header::request().flags(NewFlags::CREATE | NewFlags::APPEND | Flags::ACK).seq(4))
        .unwrap();
    BatchEnd::of_nftables().emit_into(&mut w, Header::request().seq(5)).unwrap();
    let socket = Socket::open(NETFILTER).map_err(|err| skip("nftables", &err.to_string())).ok()?;
    socket.set_timeout(Some(Duration::from_secs(5)));
    socket.send(w.as_bytes()).unwrap();

    let (mut verdicts, mut buf) = (Vec::new(), vec![0; Socket::RECV_BUFFER]);
    while verdicts.len() < 3 {
        for answer in Messages::new(socket.recv(&mut buf).unwrap().0) {
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
        let get = GetRule { header: NfGenMsg::family(INET), ..GetRule::default() };
        let mut rules = conn.dump(&get).unwrap();
        let rule: Rule<'_> = same_again(&rules.next_message().unwrap().unwrap());
        assert_eq!((rule.table.unwrap(), rule.chain.unwrap()), ("ours".into(), "input".into()));
        assert!(rule.expressions.clone().unwrap().elem.iter().map(Result::unwrap).eq(ssh()));

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
        let get = GetTable { header: NfGenMsg::family(INET), ..GetTable::default() };
        assert!(conn.dump(&get).unwrap().next_message().unwrap().is_none());
    });
}

#[test]
fn connection_is_made_and_read_as_conntrack_reads_it() {
    in_namespace("live::filter::connection_is_made_and_read_as_conntrack_reads_it", || {
        let (one, two) = (Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(192, 0, 2, 2));
        let tuple = |source, destination, src_port, dst_port| {
            let (ip_v4_src, ip_v4_dst) = (Some(source), Some(destination));
            let (proto_src_port, proto_dst_port) = (Some(src_port), Some(dst_port));
            let ip = Addresses { ip_v4_src, ip_v4_dst, ..Addresses::default() };
            let proto = Proto { proto_num: Some(6), proto_src_port, proto_dst_port, ..Proto::default() };
            Some(Tuple { tuple_ip: Some(ip), tuple_proto: Some(proto), ..Tuple::default() })
        };
        let tcp = Some(Tcp { tcp_state: Some(NfCtTcpState::Established), ..Tcp::default() });
        let protoinfo = ProtoInfo { protoinfo_tcp: tcp, ..ProtoInfo::default() };
        let attrs = Conntrack {
            tuple_orig: tuple(one, two, 1000, 22),
            tuple_reply: tuple(two, one, 22, 1000),
            status: Some(Status::CONFIRMED | Status::SEEN_REPLY | Status::ASSURED),
            mark: Some(7),
            timeout: Some(600),
            protoinfo: Some(Lazy::new(&protoinfo)),
            ..Conntrack::default()
        };
        let header = conntrack::NfGenMsg { nfgen_family: 2, ..Default::default() };
        let connection = Tracked { header, attrs };
        let Some(mut conn) = open(NETFILTER) else { return };
        if !done("conntrack", conn.request_with(&connection, NewFlags::CREATE | NewFlags::EXCL)) {
            return;
        }
        let get = GetConnection { header, ..GetConnection::default() };
        let mut found = conn.dump(&get).unwrap();
        let message = found.next_message().unwrap().unwrap();
        assert_eq!(message.ty(), MessageType(0x100));
        let read: Tracked<'_> = same_again(&message);
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
