//! What captured messages of nftables and conntrack say.

use crate::support::Vector;
use crate::{only, v4};
use nl_tlv::NlMessage;
use nl_tlv::value::NlStr;
use nl_tlv_families::conntrack::{Connection, NfCtTcpFlags, NfCtTcpState, Status, Tuple};
use nl_tlv_families::nftables::{
    Chain, ChainFlags, Cmp, CmpOps, Ct, CtKeys, Data, Expression, ExpressionData, Immediate, Limit,
    LimitFlags, LimitType, Log, LogLevel, Lookup, LookupFlags, Meta, MetaKeys, Payload, PayloadBase,
    Registers, Rule, Table, TableFlags, Verdict, VerdictCode,
};

#[test]
fn table_and_chain_read_as_captured() {
    let [table, chain] = ["nft_table", "nft_chain"].map(Vector::load);
    let table = Table::parse(&only(&table.bytes)).unwrap();
    assert_eq!((table.header.nfgen_family, table.header.res_id), (1, 2));
    assert_eq!(table.name.unwrap(), "filter");
    assert_eq!((table.r#use, table.handle, table.flags), (Some(2), Some(1), Some(TableFlags::empty())));
    assert_eq!(table.userdata, Some(&b"\0\x0dof the tests\0"[..]));
    let chain = Chain::parse(&only(&chain.bytes)).unwrap();
    let text = |text| Some(NlStr::new(text));
    assert_eq!((chain.table, chain.name, chain.r#type), (text("filter"), text("input"), text("filter")));
    let hook = chain.hook.as_ref().unwrap();
    assert_eq!((hook.num, hook.priority, chain.policy), (Some(1), Some(0), Some(VerdictCode::Accept)));
    assert_eq!((chain.handle, chain.flags, chain.r#use), (Some(1), Some(ChainFlags::BASE), Some(2)));
}

#[test]
fn rule_reads_expression_by_expression_as_captured() {
    let vector = Vector::load("nft_rule_ssh");
    let rule = Rule::parse(&only(&vector.bytes)).unwrap();
    let text = |text| Some(NlStr::new(text));
    assert_eq!((rule.table, rule.chain, rule.handle), (text("filter"), text("input"), Some(3)));
    assert_eq!(rule.userdata, Some(&b"\0\x04ssh\0"[..]));
    let meta = |key| ExpressionData::Meta(Meta { key: Some(key), dreg: Some(1), ..Meta::default() });
    let is = |value| {
        let data = Data { value: Some(value), ..Data::default() };
        ExpressionData::Cmp(Cmp { sreg: Some(1), op: Some(CmpOps::Eq), data: Some(data), ..Cmp::default() })
    };
    let payload = |base, offset, len| {
        let (base, offset, len) = (Some(base), Some(offset), Some(len));
        let dreg = Some(Registers::Reg1);
        ExpressionData::Payload(Payload { dreg, base, offset, len, ..Payload::default() })
    };
    let verdict = Verdict { code: Some(VerdictCode::Accept), ..Verdict::default() };
    let data = Data { verdict: Some(verdict), ..Data::default() };
    let accept = Immediate { dreg: Some(0), data: Some(data), ..Immediate::default() };
    let log = Log { prefix: text("ssh "), level: Some(LogLevel::Warning), ..Log::default() };
    let counter =
        nl_tlv_families::nftables::Counter { bytes: Some(0), packets: Some(0), ..Default::default() };
    let expected = [
        ("meta", meta(MetaKeys::Nfproto)),
        ("cmp", is(&[2])),
        ("payload", payload(PayloadBase::NetworkHeader, 12, 3)),
        ("cmp", is(&[192, 0, 2])),
        ("meta", meta(MetaKeys::L4Proto)),
        ("cmp", is(&[6])),
        ("payload", payload(PayloadBase::TransportHeader, 2, 2)),
        ("cmp", is(&[0, 22])),
        ("counter", ExpressionData::Counter(counter)),
        ("log", ExpressionData::Log(log)),
        ("immediate", ExpressionData::Immediate(accept)),
    ];
    let found: Vec<Expression<'_>> =
        rule.expressions.clone().unwrap().elem.iter().map(Result::unwrap).collect();
    let expected = expected.map(|(name, data)| Expression {
        name: text(name),
        data: Some(data),
        ..Expression::default()
    });
    assert_eq!(found, expected);
}

#[test]
fn verdict_five_nests_deep_reads_as_captured() {
    let vector = Vector::load("nft_rule_jump");
    let rule = Rule::parse(&only(&vector.bytes)).unwrap();
    assert_eq!((rule.handle, rule.position), (Some(5), Some(3)));
    let found: Vec<Expression<'_>> =
        rule.expressions.clone().unwrap().elem.iter().map(Result::unwrap).collect();
    let names: Vec<_> = found.iter().map(|expression| expression.name.unwrap().as_str().unwrap()).collect();
    let expected = ["meta", "cmp", "payload", "lookup", "ct", "bitwise", "cmp", "limit", "immediate"];
    assert_eq!(names, expected);
    let (set, flags) = (Some(NlStr::new("__set0")), Some(LookupFlags::empty()));
    let lookup = Lookup { set, sreg: Some(1), flags, ..Lookup::default() };
    assert_eq!(found[3].data, Some(ExpressionData::Lookup(lookup)));
    let ct = Ct { dreg: Some(1), key: Some(CtKeys::State), ..Ct::default() };
    assert_eq!(found[4].data, Some(ExpressionData::Ct(ct)));
    let Some(ExpressionData::Bitwise(bitwise)) = &found[5].data else { panic!("{:?}", found[5]) };
    let bitwise = bitwise.get().unwrap();
    assert_eq!((bitwise.len, bitwise.mask.unwrap().value), (Some(4), Some(&[8, 0, 0, 0][..])));
    let (rate, unit, burst) = (Some(10), Some(1), Some(5));
    let (r#type, flags) = (Some(LimitType::Pkts), Some(LimitFlags::empty()));
    let limit = Limit { rate, unit, burst, r#type, flags, ..Limit::default() };
    assert_eq!(found[7].data, Some(ExpressionData::Limit(limit)));
    let Some(ExpressionData::Immediate(Immediate { data: Some(data), .. })) = &found[8].data else {
        panic!("{:?}", found[8])
    };
    let jump =
        Verdict { code: Some(VerdictCode::Jump), chain: Some(NlStr::new("mail")), ..Verdict::default() };
    assert_eq!(data.verdict, Some(jump));
}

#[test]
fn connections_read_as_captured() {
    let vectors = ["ct_tcp", "ct_udp"].map(Vector::load);
    let messages = vectors.each_ref().map(|vector| Connection::parse(&only(&vector.bytes)).unwrap());
    let [tcp, udp] = &messages;
    let ends = |tuple: &Option<Tuple<'_>>| {
        let tuple = tuple.clone().unwrap();
        let (ip, proto) = tuple.tuple_ip.zip(tuple.tuple_proto).unwrap();
        (
            (ip.ip_v4_src.unwrap().into(), proto.proto_src_port.unwrap()),
            (ip.ip_v4_dst.unwrap().into(), proto.proto_dst_port.unwrap()),
            proto.proto_num,
        )
    };
    let (one, two) = (v4(192, 0, 2, 1), v4(192, 0, 2, 2));
    assert_eq!(ends(&tcp.tuple_orig), ((one, 1000), (two, 22), Some(6)));
    assert_eq!(ends(&tcp.tuple_reply), ((two, 22), (one, 1000), Some(6)));
    assert_eq!(ends(&udp.tuple_orig), ((one, 53), (two, 5353), Some(17)));
    assert_eq!(tcp.status, Some(Status::SEEN_REPLY | Status::ASSURED | Status::CONFIRMED));
    assert_eq!((udp.status, tcp.mark, tcp.r#use), (Some(Status::CONFIRMED), Some(7), Some(1)));
    let state = tcp.protoinfo.unwrap().get().unwrap().protoinfo_tcp.unwrap();
    let flags = state.tcp_flags_original.unwrap();
    let expected = (Some(NfCtTcpState::Established), NfCtTcpFlags::SACK_PERM | NfCtTcpFlags::BE_LIBERAL, 0);
    assert_eq!((state.tcp_state, flags.flags, flags.mask.bits()), expected);
    assert_eq!(udp.protoinfo, None);
    assert_eq!(tcp.synproxy.unwrap().get().unwrap().isn, Some(0));
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
        "code (1) = Jump",
        "chain (2) = \"mail\"",
    ] {
        assert!(tree.contains(line), "{line}\n{tree}");
    }
    assert!(!tree.contains('!') && !tree.contains("attribute "), "{tree}");
}
