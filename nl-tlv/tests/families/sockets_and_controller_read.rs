//! What captured messages of sock_diag and of generic netlink's controller say.

use crate::support::Vector;
use crate::{only, v4};
use core::net::Ipv6Addr;
use nl_tlv::NlMessage;
use nl_tlv::value::NlStr;
use nl_tlv_families::inet_diag::{Socket, TcpState};
use nl_tlv_families::nlctrl::{AttrPolicy, AttrType, Family, Group, Op, OpFlags, OpPolicy, Policy};

#[test]
fn sockets_read_as_captured() {
    let vectors = ["inet_diag_listen", "inet_diag_tcp", "inet_diag_udp6"].map(Vector::load);
    let [listen, connected, udp] =
        vectors.each_ref().map(|vector| Socket::parse(&only(&vector.bytes)).unwrap());
    let (local, nobody) = (v4(127, 0, 0, 1), v4(0, 0, 0, 0));
    assert_eq!((listen.header.state, listen.header.local()), (TcpState::Listen, (local, 2222)));
    assert_eq!((listen.header.remote(), listen.header.wqueue), ((nobody, 0), 128));
    assert_eq!((connected.header.state, connected.header.remote()), (TcpState::Established, (local, 2222)));
    assert_eq!(
        (connected.cong.unwrap().as_str(), connected.tos, connected.shutdown),
        (Some("bbr"), Some(0), Some(0))
    );
    let info = connected.tcp_info().unwrap();
    assert_eq!((info.tcpi_state, info.tcpi_snd_mss, info.tcpi_pmtu), (1, 32_741, 65_535));
    assert_eq!((connected.meminfo.unwrap().wmem, connected.skmeminfo.unwrap().len()), (0, 9));
    assert_eq!((udp.header.family, udp.header.local()), (10, (Ipv6Addr::LOCALHOST.into(), 3333)));
    assert_eq!((udp.skv6only, udp.tclass, udp.info), (Some(1), Some(0), None));
}

#[test]
fn the_controllers_family_reads_as_captured() {
    let vector = Vector::load("genl_nlctrl");
    let family = Family::parse(&only(&vector.bytes)).unwrap();
    assert_eq!(family.family_name.unwrap(), "nlctrl");
    assert_eq!((family.family_id, family.version), (Some(16), Some(2)));
    let ops = family.ops.unwrap();
    let op =
        |id, flags| Ok(Op { id: Some(id), flags: Some(OpFlags::from_bits_retain(flags)), ..Op::default() });
    assert!(ops.iter().eq([op(3, 14), op(10, 12)]));
    let groups = family.mcast_groups.unwrap();
    let notify = Group { name: Some(NlStr::new("notify")), id: Some(16), ..Group::default() };
    assert!(groups.iter().eq([Ok(notify)]));
}

#[test]
fn policies_read_as_captured() {
    let [of_op, of_attr] = ["genl_policy_op", "genl_policy"].map(Vector::load);
    let of_op = Policy::parse(&only(&of_op.bytes)).unwrap();
    assert_eq!((of_op.family_id, of_op.policy), (Some(16), None));
    assert!(
        of_op
            .op_policy
            .unwrap()
            .iter()
            .eq([Ok((3, OpPolicy { r#do: Some(0), dump: Some(0), ..OpPolicy::default() }))])
    );
    let of_attr = Policy::parse(&only(&of_attr.bytes)).unwrap();
    let [Ok((0, attrs))] = of_attr.policy.unwrap().iter().collect::<Vec<_>>()[..] else {
        panic!("{of_attr:?}")
    };
    let (max_length, r#type) = (Some(15), Some(AttrType::NulString));
    assert!(attrs.iter().eq([Ok((2, AttrPolicy { max_length, r#type, ..AttrPolicy::default() }))]));
}

#[test]
fn struct_in_a_struct_is_shown_field_by_field() {
    let vector = Vector::load("inet_diag_listen");
    let tree = nl_tlv::schema::dissect(nl_tlv_families::inet_diag::SCHEMAS, &vector.bytes).to_string();
    let zeros = "00000000 00000000 00000000";
    let id = format!("id {{ sport 2222, dport 0, src 7f000001 {zeros}, dst 00000000 {zeros}, ");
    assert!(tree.contains(&id) && tree.contains(" }, expires 0, "), "{tree}");
    assert!(tree.contains("cong (4) = \"bbr\""), "{tree}");
}

#[test]
fn sockets_of_one_family_are_not_taken_for_those_of_another() {
    let mut bytes = Vector::load("inet_diag_listen").bytes;
    // The header's first byte is the address family: `AF_UNIX`.
    bytes[16] = 1;
    let tree = nl_tlv::schema::dissect(nl_tlv_families::schemas(4), &bytes).to_string();
    assert!(!tree.contains("dport") && tree.contains("01"), "{tree}");
}
