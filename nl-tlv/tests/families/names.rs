//! The definitions' numbers and layouts, taken from `SCHEMA`, against the system's `linux/*.h`.

use crate::address::{Address, IfaCacheInfo, Neighbour};
use crate::c::assert_values;
use crate::family::{Family, Group, Op};
use crate::link::{AfSpec, Bridge, IflaCacheInfo, Inet6, Link, LinkInfo, Macvlan, Vxlan, Xdp};
use crate::route::{Metrics, Route, RtNextHop};
use nl_tlv::schema::{AttrSet, Contents, MessageSchema};
use nl_tlv::value::StructSchema;
use nl_tlv::{MessageId, NlAttrs, NlMessage, NlStruct};

/// The newest link attribute of Linux 6.1, the oldest release whose headers this has to pass with.
const NEWEST_IFLA: u16 = 62;

#[test]
fn attribute_types_are_the_kernels() {
    let mut expected = Vec::new();
    for (prefix, set) in [
        ("IFLA_", attrs(Link::SCHEMA)),
        ("IFLA_XDP_", Xdp::SCHEMA),
        ("IFLA_INFO_", LinkInfo::SCHEMA),
        ("IFLA_BR_", Bridge::SCHEMA),
        ("IFLA_MACVLAN_", Macvlan::SCHEMA),
        ("IFLA_VXLAN_", Vxlan::SCHEMA),
        ("AF_", AfSpec::SCHEMA),
        ("IFLA_INET6_", Inet6::SCHEMA),
        ("RTA_", attrs(Route::SCHEMA)),
        ("RTAX_", Metrics::SCHEMA),
        ("IFA_", attrs(Address::SCHEMA)),
        ("NDA_", attrs(Neighbour::SCHEMA)),
        ("CTRL_ATTR_", attrs(Family::SCHEMA)),
        ("CTRL_ATTR_", Op::SCHEMA),
        ("CTRL_ATTR_", Group::SCHEMA),
    ] {
        let known = set.attrs.iter().filter(|attr| prefix != "IFLA_" || attr.ty <= NEWEST_IFLA);
        expected.extend(known.map(|attr| (c_name(prefix, attr.name), u64::from(attr.ty))));
    }
    assert!(expected.len() > 80, "{}", expected.len());
    assert_all("attribute_types", &expected);
}

#[test]
fn message_types_are_the_kernels() {
    let expected = [
        ("RTM_NEWLINK", Link::SCHEMA),
        ("RTM_NEWADDR", Address::SCHEMA),
        ("RTM_NEWROUTE", Route::SCHEMA),
        ("RTM_NEWNEIGH", Neighbour::SCHEMA),
        ("CTRL_CMD_NEWFAMILY", Family::SCHEMA),
    ];
    let number = |schema: &MessageSchema| match schema.id {
        MessageId::Type(ty) => ty.0.into(),
        MessageId::Command { cmd, .. } => cmd.into(),
    };
    assert_values("message_types", &expected.map(|(name, schema)| (name, number(schema))));
}

#[test]
fn family_headers_are_laid_out_as_the_kernels() {
    let mut expected = Vec::new();
    for (name, schema) in [
        ("ifinfomsg", Link::SCHEMA.header.unwrap()),
        ("ifaddrmsg", Address::SCHEMA.header.unwrap()),
        ("rtmsg", Route::SCHEMA.header.unwrap()),
        ("ndmsg", Neighbour::SCHEMA.header.unwrap()),
        ("rtnexthop", <RtNextHop as NlStruct>::SCHEMA),
        ("ifla_cacheinfo", <IflaCacheInfo as NlStruct>::SCHEMA),
        ("ifa_cacheinfo", <IfaCacheInfo as NlStruct>::SCHEMA),
    ] {
        expected.extend(layout(name, schema));
    }
    assert_all("headers", &expected);
}

fn layout(name: &str, schema: &StructSchema) -> Vec<(String, u64)> {
    let number = |len: usize| u64::try_from(len).unwrap();
    let mut expected = vec![(format!("sizeof(struct {name})"), number(schema.len))];
    for field in schema.fields {
        expected.push((format!("offsetof(struct {name}, {})", field.name), number(field.offset)));
        expected.push((format!("sizeof(((struct {name} *)0)->{})", field.name), number(field.len)));
    }
    expected
}

fn attrs(schema: &MessageSchema) -> &'static AttrSet {
    match schema.contents {
        Contents::Attrs(set) => set,
        Contents::Payload { .. } => panic!("{} has no attributes", schema.name),
    }
}

fn c_name(prefix: &str, name: &str) -> String {
    format!("{prefix}{}", name.to_uppercase())
}

fn assert_all(test: &str, expected: &[(String, u64)]) {
    let expected: Vec<_> = expected.iter().map(|(c, ours)| (c.as_str(), *ours)).collect();
    assert_values(test, &expected);
}
