//! What captured messages of nftables and conntrack say.

use crate::support::Vector;
use crate::{only, v4};
use nl_tlv::NlMessage;
use nl_tlv_families::conntrack::{ConnectionNew, Status, Tuple};
use nl_tlv_families::expression::{
    Cmp, Ct, Data, Expression, ExpressionData, Immediate, Limit, Log, Lookup, Meta, Payload, Verdict,
};
use nl_tlv_families::nftables::{ChainNew, Counters, RuleNew, TableNew};

#[test]
fn table_and_chain_read_as_captured() {
    let [table, chain] = ["nft_table", "nft_chain"].map(Vector::load);
    let table = TableNew::parse(&only(&table.bytes)).unwrap();
    assert_eq!((table.header.nfgen_family, table.header.res_id), (1, 2));
    assert_eq!((table.name, table.r#use, table.handle, table.flags), ("filter", Some(2), Some(1), Some(0)));
    assert_eq!(table.userdata, Some(&b"\0\x0dof the tests\0"[..]));
    let chain = ChainNew::parse(&only(&chain.bytes)).unwrap();
    assert_eq!((chain.table, chain.name, chain.r#type), ("filter", Some("input"), Some("filter")));
    let hook = chain.hook.unwrap();
    assert_eq!((hook.hooknum, hook.priority, chain.policy), (Some(1), Some(0), Some(1)));
    assert_eq!((chain.handle, chain.flags, chain.r#use), (Some(1), Some(1), Some(2)));
}

#[test]
fn rule_reads_expression_by_expression_as_captured() {
    let vector = Vector::load("nft_rule_ssh");
    let rule = RuleNew::parse(&only(&vector.bytes)).unwrap();
    assert_eq!((rule.table, rule.chain, rule.handle), ("filter", Some("input"), Some(3)));
    assert_eq!(rule.userdata, Some(&b"\0\x04ssh\0"[..]));
    let meta = |key| ExpressionData::Meta(Meta { key: Some(key), dreg: Some(1), sreg: None });
    let is = |value| ExpressionData::Cmp(Cmp { sreg: Some(1), op: Some(0), data: Some(Data::value(value)) });
    let payload = |base, offset, len| {
        let (base, offset, len) = (Some(base), Some(offset), Some(len));
        ExpressionData::Payload(Payload { dreg: Some(1), base, offset, len, ..Payload::default() })
    };
    let accept = Immediate { dreg: Some(0), data: Some(Data::verdict(Verdict::ACCEPT)) };
    let log = Log { prefix: Some("ssh "), level: Some(4), ..Log::default() };
    let expected = [
        ("meta", meta(15)),
        ("cmp", is(&[2])),
        ("payload", payload(1, 12, 3)),
        ("cmp", is(&[192, 0, 2])),
        ("meta", meta(16)),
        ("cmp", is(&[6])),
        ("payload", payload(2, 2, 2)),
        ("cmp", is(&[0, 22])),
        ("counter", ExpressionData::Counter(Counters { bytes: Some(0), packets: Some(0) })),
        ("log", ExpressionData::Log(log)),
        ("immediate", ExpressionData::Immediate(accept)),
    ];
    let found: Vec<Expression<'_>> = rule.expressions.unwrap().elem.iter().map(Result::unwrap).collect();
    assert_eq!(found, expected.map(|(name, data)| Expression { name, data: Some(data) }));
}

#[test]
fn verdict_five_nests_deep_reads_as_captured() {
    let vector = Vector::load("nft_rule_jump");
    let rule = RuleNew::parse(&only(&vector.bytes)).unwrap();
    assert_eq!((rule.handle, rule.position), (Some(5), Some(3)));
    let found: Vec<Expression<'_>> = rule.expressions.unwrap().elem.iter().map(Result::unwrap).collect();
    let names: Vec<_> = found.iter().map(|expression| expression.name).collect();
    let expected = ["meta", "cmp", "payload", "lookup", "ct", "bitwise", "cmp", "limit", "immediate"];
    assert_eq!(names, expected);
    let lookup = Lookup { set: Some("__set0"), sreg: Some(1), flags: Some(0), ..Lookup::default() };
    assert_eq!(found[3].data, Some(ExpressionData::Lookup(lookup)));
    assert_eq!(found[4].data, Some(ExpressionData::Ct(Ct { dreg: Some(1), key: Some(0), ..Ct::default() })));
    let Some(ExpressionData::Bitwise(bitwise)) = &found[5].data else { panic!("{:?}", found[5]) };
    assert_eq!((bitwise.len, &bitwise.mask), (Some(4), &Some(Data::value(&[8, 0, 0, 0]))));
    let (rate, unit, burst) = (Some(10), Some(1), Some(5));
    let limit = Limit { rate, unit, burst, r#type: Some(0), flags: Some(0) };
    assert_eq!(found[7].data, Some(ExpressionData::Limit(limit)));
    let Some(ExpressionData::Immediate(Immediate { data: Some(data), .. })) = &found[8].data else {
        panic!("{:?}", found[8])
    };
    let jump = Verdict { code: Some(Verdict::JUMP), chain: Some("mail"), chain_id: None };
    assert_eq!(data.verdict, Some(jump));
}

#[test]
fn connections_read_as_captured() {
    let vectors = ["ct_tcp", "ct_udp"].map(Vector::load);
    let messages = vectors.each_ref().map(|vector| ConnectionNew::parse(&only(&vector.bytes)).unwrap());
    let [tcp, udp] = &messages;
    let ends = |tuple: &Option<Tuple<'_>>| {
        let (ip, proto) = tuple.as_ref().and_then(|tuple| tuple.ip.zip(tuple.proto)).unwrap();
        (
            (ip.src().unwrap(), proto.src_port.unwrap()),
            (ip.dst().unwrap(), proto.dst_port.unwrap()),
            proto.num,
        )
    };
    let (one, two) = (v4(192, 0, 2, 1), v4(192, 0, 2, 2));
    assert_eq!(ends(&tcp.tuple_orig), ((one, 1000), (two, 22), Some(6)));
    assert_eq!(ends(&tcp.tuple_reply), ((two, 22), (one, 1000), Some(6)));
    assert_eq!(ends(&udp.tuple_orig), ((one, 53), (two, 5353), Some(17)));
    assert_eq!(tcp.status, Some(Status::SEEN_REPLY | Status::ASSURED | Status::CONFIRMED));
    assert_eq!((udp.status, tcp.mark, tcp.r#use), (Some(Status::CONFIRMED), Some(7), Some(1)));
    let state = tcp.protoinfo.as_ref().and_then(|info| info.tcp).unwrap();
    let flags = state.flags_original.unwrap();
    assert_eq!((state.state, flags.flags, flags.mask), (Some(3), 10, 0));
    assert_eq!(udp.protoinfo, None);
    assert_eq!(tcp.synproxy.unwrap().isn, Some(0));
}

#[test]
fn verdict_five_nests_deep_is_shown_by_its_names() {
    let vector = Vector::load("nft_rule_jump");
    let tree = nl_tlv::schema::dissect(nl_tlv_families::schemas(12), &vector.bytes).to_string();
    let deepest = tree.lines().filter(|line| line.contains("verdict (2)")).count();
    assert_eq!(deepest, 1, "{tree}");
    for line in [
        "expressions (4)",
        "name (1) = \"bitwise\"",
        "rate (1) = 10",
        "code (1) = -3",
        "chain (2) = \"mail\"",
    ] {
        assert!(tree.contains(line), "{line}\n{tree}");
    }
    assert!(!tree.contains('!') && !tree.contains("attribute "), "{tree}");
}
