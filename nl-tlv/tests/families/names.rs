//! The definitions' numbers and layouts, taken from `SCHEMA`, against the system's `linux/*.h`.

use crate::c::assert_values;
use nl_tlv::schema::{AttrSet, Contents, MessageSchema, StructSchema, ValueType};

use nl_tlv::{MessageId, NlAttrs, NlMessage, NlStruct};
use nl_tlv_families::{
    address, bridge, conntrack, controller, expression, inet_diag, link, link_kind, neighbour, netfilter,
    next_hop, nftables, route, rule,
};

/// Sets, with the prefix of their names in C and the newest attribute that the headers of Linux 6.1 have, the oldest
/// release whose headers this has to pass with.
const SETS: &[(&str, &AttrSet, u16)] = &[
    ("IFLA_", attrs(link::LinkNew::SCHEMAS[0]), 61),
    ("IFLA_", attrs(link::LinkGet::SCHEMAS[0]), 61),
    ("IFLA_", link::PropList::SCHEMA, 61),
    ("IFLA_XDP_", link::Xdp::SCHEMA, ALL),
    ("IFLA_PROTO_DOWN_REASON_", link::ProtoDownReason::SCHEMA, ALL),
    ("IFLA_INFO_", link::LinkInfo::SCHEMA, ALL),
    ("AF_", link::AfSpec::SCHEMA, ALL),
    ("IFLA_INET_", link::Inet::SCHEMA, ALL),
    ("IFLA_INET6_", link::Inet6::SCHEMA, ALL),
    ("IFLA_VLAN_", link_kind::Vlan::SCHEMA, ALL),
    ("IFLA_VLAN_QOS_", link_kind::VlanQos::SCHEMA, ALL),
    ("VETH_INFO_", link_kind::Veth::SCHEMA, ALL),
    ("IFLA_", link_kind::Peer::SCHEMA, ALL),
    ("IFLA_MACVLAN_", link_kind::Macvlan::SCHEMA, 8),
    ("IFLA_MACVLAN_", link_kind::MacvlanAddresses::SCHEMA, ALL),
    ("IFLA_VXLAN_", link_kind::Vxlan::SCHEMA, 30),
    ("IFLA_BR_", bridge::Bridge::SCHEMA, 47),
    ("IFLA_BRPORT_", bridge::Port::SCHEMA, 39),
    ("IFA_", attrs(address::AddressNew::SCHEMAS[0]), ALL),
    ("NDA_", attrs(neighbour::NeighbourNew::SCHEMAS[0]), ALL),
    ("RTA_", attrs(route::RouteNew::SCHEMAS[0]), ALL),
    ("RTAX_", route::Metrics::SCHEMA, ALL),
    ("RTA_", next_hop::HopAttrs::SCHEMA, ALL),
    ("FRA_", attrs(rule::RuleNew::SCHEMAS[0]), 24),
    ("CTRL_ATTR_", attrs(controller::Family::SCHEMAS[0]), ALL),
    ("CTRL_ATTR_OP_", controller::Op::SCHEMA, ALL),
    ("CTRL_ATTR_MCAST_GRP_", controller::Group::SCHEMA, ALL),
    ("CTRL_ATTR_", attrs(controller::PolicyGet::SCHEMAS[0]), ALL),
    ("CTRL_ATTR_", attrs(controller::Policy::SCHEMAS[0]), ALL),
    ("CTRL_ATTR_POLICY_", controller::OpPolicy::SCHEMA, ALL),
    ("NL_POLICY_TYPE_ATTR_", controller::AttrPolicy::SCHEMA, ALL),
    ("NFNL_BATCH_", attrs(netfilter::BatchBegin::SCHEMAS[0]), ALL),
    ("NFTA_TABLE_", attrs(nftables::TableNew::SCHEMAS[0]), ALL),
    ("NFTA_CHAIN_", attrs(nftables::ChainNew::SCHEMAS[0]), ALL),
    ("NFTA_HOOK_", nftables::Hook::SCHEMA, ALL),
    ("NFTA_COUNTER_", nftables::Counters::SCHEMA, ALL),
    ("NFTA_RULE_", attrs(nftables::RuleNew::SCHEMAS[0]), ALL),
    ("NFTA_LIST_", nftables::Expressions::SCHEMA, ALL),
    ("NFTA_EXPR_", expression::Expression::SCHEMA, ALL),
    ("NFTA_DATA_", expression::Data::SCHEMA, ALL),
    ("NFTA_VERDICT_", expression::Verdict::SCHEMA, ALL),
    ("NFTA_BITWISE_", expression::Bitwise::SCHEMA, ALL),
    ("NFTA_CMP_", expression::Cmp::SCHEMA, ALL),
    ("NFTA_CT_", expression::Ct::SCHEMA, ALL),
    ("NFTA_IMMEDIATE_", expression::Immediate::SCHEMA, ALL),
    ("NFTA_LIMIT_", expression::Limit::SCHEMA, ALL),
    ("NFTA_LOG_", expression::Log::SCHEMA, ALL),
    ("NFTA_LOOKUP_", expression::Lookup::SCHEMA, ALL),
    ("NFTA_META_", expression::Meta::SCHEMA, ALL),
    ("NFTA_PAYLOAD_", expression::Payload::SCHEMA, ALL),
    ("CTA_", attrs(conntrack::ConnectionNew::SCHEMAS[0]), ALL),
    ("CTA_", attrs(conntrack::ConnectionGet::SCHEMAS[0]), ALL),
    ("CTA_TUPLE_", conntrack::Tuple::SCHEMA, ALL),
    ("CTA_IP_", conntrack::Addresses::SCHEMA, ALL),
    ("CTA_PROTO_", conntrack::Proto::SCHEMA, ALL),
    ("CTA_PROTOINFO_", conntrack::ProtoInfo::SCHEMA, ALL),
    ("CTA_PROTOINFO_TCP_", conntrack::Tcp::SCHEMA, ALL),
    ("CTA_COUNTERS_", conntrack::Counters::SCHEMA, ALL),
    ("CTA_TIMESTAMP_", conntrack::Timestamp::SCHEMA, ALL),
    ("CTA_HELP_", conntrack::Help::SCHEMA, ALL),
    ("CTA_SYNPROXY_", conntrack::SynProxy::SCHEMA, ALL),
    ("INET_DIAG_", attrs(inet_diag::Socket::SCHEMAS[0]), ALL),
    ("INET_DIAG_REQ_", attrs(inet_diag::SocketGet::SCHEMAS[0]), ALL),
];

const ALL: u16 = u16::MAX;

#[test]
fn attribute_types_are_the_kernels() {
    let mut expected = Vec::new();
    for (prefix, set, newest) in SETS {
        let known = set.attrs.iter().filter(|attr| attr.ty <= *newest);
        expected.extend(known.map(|attr| (c_name(prefix, attr.name), u64::from(attr.ty))));
    }
    assert!(expected.len() > 350, "{}", expected.len());
    assert_all("attribute_types", &expected);
}

#[test]
fn message_types_are_the_kernels() {
    let subsystem = |of: &str, message: &str| format!("NFNL_SUBSYS_{of} << 8 | {message}");
    let nft = |message: &str| subsystem("NFTABLES", &format!("NFT_MSG_{message}"));
    let ct = |message: &str| subsystem("CTNETLINK", &format!("IPCTNL_MSG_CT_{message}"));
    let rtm = |message: &str| format!("RTM_{message}");
    let expected = [
        (rtm("NEWLINK"), link::LinkNew::SCHEMAS[0]),
        (rtm("DELLINK"), link::LinkDelete::SCHEMAS[0]),
        (rtm("GETLINK"), link::LinkGet::SCHEMAS[0]),
        (rtm("NEWADDR"), address::AddressNew::SCHEMAS[0]),
        (rtm("DELADDR"), address::AddressDelete::SCHEMAS[0]),
        (rtm("GETADDR"), address::AddressGet::SCHEMAS[0]),
        (rtm("NEWROUTE"), route::RouteNew::SCHEMAS[0]),
        (rtm("DELROUTE"), route::RouteDelete::SCHEMAS[0]),
        (rtm("GETROUTE"), route::RouteGet::SCHEMAS[0]),
        (rtm("NEWNEIGH"), neighbour::NeighbourNew::SCHEMAS[0]),
        (rtm("DELNEIGH"), neighbour::NeighbourDelete::SCHEMAS[0]),
        (rtm("GETNEIGH"), neighbour::NeighbourGet::SCHEMAS[0]),
        (rtm("NEWRULE"), rule::RuleNew::SCHEMAS[0]),
        (rtm("DELRULE"), rule::RuleDelete::SCHEMAS[0]),
        (rtm("GETRULE"), rule::RuleGet::SCHEMAS[0]),
        ("CTRL_CMD_NEWFAMILY".into(), controller::Family::SCHEMAS[0]),
        ("CTRL_CMD_GETFAMILY".into(), controller::FamilyGet::SCHEMAS[0]),
        ("CTRL_CMD_GETPOLICY".into(), controller::PolicyGet::SCHEMAS[0]),
        ("CTRL_CMD_GETPOLICY".into(), controller::Policy::SCHEMAS[0]),
        ("NFNL_MSG_BATCH_BEGIN".into(), netfilter::BatchBegin::SCHEMAS[0]),
        ("NFNL_MSG_BATCH_END".into(), netfilter::BatchEnd::SCHEMAS[0]),
        (nft("NEWTABLE"), nftables::TableNew::SCHEMAS[0]),
        (nft("GETTABLE"), nftables::TableGet::SCHEMAS[0]),
        (nft("DELTABLE"), nftables::TableDelete::SCHEMAS[0]),
        (nft("NEWCHAIN"), nftables::ChainNew::SCHEMAS[0]),
        (nft("GETCHAIN"), nftables::ChainGet::SCHEMAS[0]),
        (nft("NEWRULE"), nftables::RuleNew::SCHEMAS[0]),
        (nft("GETRULE"), nftables::RuleGet::SCHEMAS[0]),
        (nft("DELRULE"), nftables::RuleDelete::SCHEMAS[0]),
        (ct("NEW"), conntrack::ConnectionNew::SCHEMAS[0]),
        (ct("GET"), conntrack::ConnectionGet::SCHEMAS[0]),
        (ct("DELETE"), conntrack::ConnectionDelete::SCHEMAS[0]),
        ("SOCK_DIAG_BY_FAMILY".into(), inet_diag::Socket::SCHEMAS[0]),
        ("SOCK_DIAG_BY_FAMILY".into(), inet_diag::SocketGet::SCHEMAS[0]),
    ];
    let number = |schema: &MessageSchema| match schema.id {
        MessageId::Type(ty) => ty.0.into(),
        MessageId::Command { cmd, .. } => cmd.into(),
    };
    assert_all("message_types", &expected.map(|(name, schema)| (name, number(schema))));
}

#[test]
fn structs_are_laid_out_as_the_kernels() {
    let header = |schema: &'static MessageSchema| schema.header.unwrap();
    let mut expected = Vec::new();
    for (name, schema) in [
        ("ifinfomsg", header(link::LinkNew::SCHEMAS[0])),
        ("ifaddrmsg", header(address::AddressNew::SCHEMAS[0])),
        ("rtmsg", header(route::RouteNew::SCHEMAS[0])),
        ("ndmsg", header(neighbour::NeighbourNew::SCHEMAS[0])),
        ("fib_rule_hdr", header(rule::RuleNew::SCHEMAS[0])),
        ("nfgenmsg", header(nftables::TableNew::SCHEMAS[0])),
        ("inet_diag_msg", header(inet_diag::Socket::SCHEMAS[0])),
        ("inet_diag_req_v2", header(inet_diag::SocketGet::SCHEMAS[0])),
        ("inet_diag_meminfo", <inet_diag::MemInfo as NlStruct>::SCHEMA),
        ("tcp_bbr_info", <inet_diag::BbrInfo as NlStruct>::SCHEMA),
        ("tcp_info", <inet_diag::TcpInfo as NlStruct>::SCHEMA),
        ("rtnexthop", <next_hop::RtNextHop as NlStruct>::SCHEMA),
        ("rta_cacheinfo", <route::RtaCacheInfo as NlStruct>::SCHEMA),
        ("nda_cacheinfo", <neighbour::NdaCacheInfo as NlStruct>::SCHEMA),
        ("ifa_cacheinfo", <address::IfaCacheInfo as NlStruct>::SCHEMA),
        ("ifla_cacheinfo", <link::IflaCacheInfo as NlStruct>::SCHEMA),
        ("rtnl_link_stats64", <link::LinkStats64 as NlStruct>::SCHEMA),
        ("rtnl_link_ifmap", <link::LinkMap as NlStruct>::SCHEMA),
        ("ifla_bridge_id", <bridge::BridgeId as NlStruct>::SCHEMA),
        ("br_boolopt_multi", <bridge::BoolOptions as NlStruct>::SCHEMA),
        ("ifla_vlan_flags", <link_kind::VlanFlags as NlStruct>::SCHEMA),
        ("ifla_vlan_qos_mapping", <link_kind::VlanQosMapping as NlStruct>::SCHEMA),
        ("ifla_vxlan_port_range", <link_kind::PortRange as NlStruct>::SCHEMA),
        ("fib_rule_uid_range", <rule::UidRange as NlStruct>::SCHEMA),
        ("fib_rule_port_range", <rule::PortRange as NlStruct>::SCHEMA),
        ("nf_ct_tcp_flags", <conntrack::TcpFlags as NlStruct>::SCHEMA),
    ] {
        // Later kernels make it longer.
        if name != "tcp_info" {
            expected.push((format!("sizeof(struct {name})"), number(schema.len)));
        }
        layout(name, "", 0, schema, &mut expected);
    }
    assert_all("structs", &expected);
}

/// What C has no name or no offset for: padding, and bit fields.
const NAMELESS: [&str; 3] = ["padding", "wscale", "limited"];

fn layout(name: &str, inside: &str, at: usize, schema: &StructSchema, expected: &mut Vec<(String, u64)>) {
    for field in schema.fields.iter().filter(|field| !NAMELESS.contains(&field.name)) {
        let (path, offset) = (format!("{inside}{}", field.name), at + field.offset);
        expected.push((format!("offsetof(struct {name}, {path})"), number(offset)));
        expected.push((format!("sizeof(((struct {name} *)0)->{path})"), number(field.len)));
        if let ValueType::Struct(schema) = field.value {
            layout(name, &format!("{path}."), offset, schema, expected);
        }
    }
}

fn number(len: usize) -> u64 {
    u64::try_from(len).unwrap()
}

const fn attrs(schema: &MessageSchema) -> &'static AttrSet {
    match schema.contents {
        Contents::Attrs(set) => set,
        Contents::Payload { .. } => panic!("no attributes"),
    }
}

fn c_name(prefix: &str, name: &str) -> String {
    format!("{prefix}{}", name.to_uppercase())
}

fn assert_all(test: &str, expected: &[(String, u64)]) {
    let expected: Vec<_> = expected.iter().map(|(c, ours)| (c.as_str(), *ours)).collect();
    assert_values(test, &expected);
}
