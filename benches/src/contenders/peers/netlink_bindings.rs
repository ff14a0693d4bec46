//! netlink-bindings: its generated attribute iterators. Its message loop is private to its socket, so that the one of
//! the hand-written Rust stands in.

use core::ffi::CStr;
use std::net::{IpAddr, Ipv4Addr};

use netlink_bindings::builtin::Nlmsghdr;
use netlink_bindings::nlctrl::{self, CtrlAttrs, McastGroupAttrs, OpAttrs};
use netlink_bindings::rt_link::{self, LinkAttrs, LinkinfoAttrs};
use netlink_bindings::rt_route::{self, OpNewrouteDo, RouteAttrs, Rtmsg};
use netlink_bindings::traits::NetlinkRequest;
use netlink_bindings::utils::chop_header;

use crate::contenders::rust::next_message;
use crate::contenders::{Contender, Kind};
use crate::records::{Families, Links, RouteRequest, Routes, Walk, mac, text_until_nul};

pub(super) const CONTENDER: Contender = Contender {
    walk: Some(walk),
    routes: Some(routes),
    links: Some(links),
    families: Some(families),
    emit: Some(emit),
    ..Contender::named("netlink-bindings")
};

/// Length of a `struct nlmsghdr`.
const HEADER: usize = 16;

fn walk(mut bytes: &[u8], kind: Kind) -> Option<Walk> {
    let mut sum = Walk::default();
    while let Some((_, attrs)) = next_message(&mut bytes, kind.ty(), kind.family_len())? {
        sum.messages += 1;
        let mut at = 0;
        while let Some((header, payload)) = chop_header(attrs, &mut at) {
            sum.attributes += 1;
            sum.types += u64::from(header.r#type);
            sum.lengths += payload.len() as u64;
        }
    }
    Some(sum)
}

/// An IPv4 address as the integer that its bytes are in memory.
fn ipv4(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(address) => u64::from(u32::from_ne_bytes(address.octets())),
        IpAddr::V6(_) => 0,
    }
}

fn string(text: &CStr) -> u64 {
    text_until_nul(text.to_bytes())
}

fn routes(mut bytes: &[u8]) -> Option<Routes> {
    let mut sum = Routes::default();
    while let Some((message, _)) = next_message(&mut bytes, Kind::Route.ty(), 12)? {
        let (_, attrs) = rt_route::OpGetrouteDump::decode_reply(message.get(HEADER..)?);
        sum.messages += 1;
        for attr in attrs {
            match attr.ok()? {
                RouteAttrs::Dst(address) => sum.dst += ipv4(address),
                RouteAttrs::Gateway(address) => sum.gateway += ipv4(address),
                RouteAttrs::Oif(index) => sum.oif += u64::from(index),
                RouteAttrs::Table(table) => sum.table += u64::from(table),
                RouteAttrs::Priority(priority) => sum.priority += u64::from(priority),
                _ => {}
            }
        }
    }
    Some(sum)
}

fn links(mut bytes: &[u8]) -> Option<Links> {
    let mut sum = Links::default();
    while let Some((message, _)) = next_message(&mut bytes, Kind::Link.ty(), 16)? {
        let (header, attrs) = rt_link::OpGetlinkDump::decode_reply(message.get(HEADER..)?);
        sum.messages += 1;
        sum.index += header.ifi_index as u64;
        sum.flags += u64::from(header.ifi_flags);
        for attr in attrs {
            match attr.ok()? {
                LinkAttrs::Ifname(name) => sum.name += string(name),
                LinkAttrs::Mtu(mtu) => sum.mtu += u64::from(mtu),
                LinkAttrs::Address(address) => sum.address += mac(address.try_into().ok()?),
                LinkAttrs::Operstate(state) => sum.operstate += u64::from(state),
                LinkAttrs::Txqlen(len) => sum.txqlen += u64::from(len),
                LinkAttrs::Qdisc(qdisc) => sum.qdisc += string(qdisc),
                LinkAttrs::Linkinfo(info) => {
                    for attr in info {
                        if let LinkinfoAttrs::Kind(kind) = attr.ok()? {
                            sum.kind += string(kind);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    Some(sum)
}

fn families(mut bytes: &[u8]) -> Option<Families> {
    let mut sum = Families::default();
    while let Some((message, _)) = next_message(&mut bytes, Kind::Family.ty(), 4)? {
        sum.messages += 1;
        for attr in nlctrl::OpGetfamilyDump::decode_reply(message.get(HEADER..)?) {
            match attr.ok()? {
                CtrlAttrs::FamilyId(id) => sum.id += u64::from(id),
                CtrlAttrs::FamilyName(name) => sum.name += string(name),
                CtrlAttrs::Version(version) => sum.version += u64::from(version),
                CtrlAttrs::Hdrsize(size) => sum.hdrsize += u64::from(size),
                CtrlAttrs::Maxattr(max) => sum.maxattr += u64::from(max),
                CtrlAttrs::Ops(ops) => {
                    for op in ops {
                        sum.ops += 1;
                        for attr in op.ok()? {
                            match attr.ok()? {
                                OpAttrs::Id(id) => sum.op_ids += u64::from(id),
                                OpAttrs::Flags(flags) => sum.op_flags += u64::from(flags),
                            }
                        }
                    }
                }
                CtrlAttrs::McastGroups(groups) => {
                    for group in groups {
                        sum.groups += 1;
                        for attr in group.ok()? {
                            match attr.ok()? {
                                McastGroupAttrs::Id(id) => sum.group_ids += u64::from(id),
                                McastGroupAttrs::Name(name) => sum.group_names += string(name),
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }
    Some(sum)
}

fn emit(buffer: &mut Vec<u8>, requests: &[RouteRequest]) -> Option<usize> {
    let mut total = 0;
    for request in requests {
        let address = |bytes: u32| IpAddr::V4(Ipv4Addr::from(bytes.to_ne_bytes()));
        let route = Rtmsg {
            rtm_family: 2,
            rtm_dst_len: request.dst_len,
            rtm_protocol: 4,
            rtm_type: 1,
            ..Rtmsg::default()
        };
        buffer.clear();
        buffer.extend_from_slice(&[0; HEADER]);
        OpNewrouteDo::encode_request(buffer, &route)
            .push_dst(address(request.dst))
            .push_gateway(address(request.gateway))
            .push_oif(request.oif)
            .push_table(request.table)
            .push_priority(request.priority);
        let len = u32::try_from(buffer.len()).ok()?;
        let header = Nlmsghdr { len, r#type: 24, flags: 0x605, seq: request.seq, pid: 0 };
        buffer.get_mut(..HEADER)?.copy_from_slice(header.as_slice());
        total += buffer.len();
        core::hint::black_box(&mut *buffer);
    }
    Some(total)
}
