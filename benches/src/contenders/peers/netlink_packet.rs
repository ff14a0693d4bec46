//! netlink-packet-core, -route and -generic (rust-netlink): whole messages with a `Vec` of attributes; for the walk its
//! `NlasIterator`.

use std::net::Ipv4Addr;

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, NetlinkBuffer, NetlinkHeader, NetlinkMessage,
    NetlinkPayload, NlasIterator,
};
use netlink_packet_generic::GenlMessage;
use netlink_packet_generic::ctrl::GenlCtrl;
use netlink_packet_generic::ctrl::nlas::{GenlCtrlAttrs, McastGrpAttrs, OpAttrs};
use netlink_packet_route::link::{InfoKind, LinkAttribute, LinkInfo, LinkMessage};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteProtocol, RouteType,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};

use crate::contenders::{Contender, Kind};
use crate::records::{Families, Links, RouteRequest, Routes, Walk, mac, text_until_nul};

pub(super) const CONTENDER: Contender = Contender {
    walk: Some(walk),
    routes: Some(routes),
    links: Some(links),
    families: Some(families),
    emit: Some(emit),
    ..Contender::named("rust-netlink")
};

/// What follows a message of `len` bytes.
fn after(bytes: &[u8], len: u32) -> &[u8] {
    bytes.get(len.next_multiple_of(4) as usize..).unwrap_or_default()
}

fn walk(mut bytes: &[u8], kind: Kind) -> Option<Walk> {
    let mut sum = Walk::default();
    while !bytes.is_empty() {
        let message = NetlinkBuffer::new_checked(bytes).ok()?;
        bytes = after(bytes, message.length());
        if message.message_type() != kind.ty() {
            continue;
        }
        sum.messages += 1;
        for attr in NlasIterator::new(message.payload().get(kind.family_len()..)?) {
            let attr = attr.ok()?;
            sum.attributes += 1;
            sum.types += u64::from(attr.kind());
            sum.lengths += attr.value().len() as u64;
        }
    }
    Some(sum)
}

/// An IPv4 address as the integer that its bytes are in memory.
fn ipv4(address: &RouteAddress) -> u64 {
    match address {
        RouteAddress::Inet(address) => u64::from(u32::from_ne_bytes(address.octets())),
        _ => 0,
    }
}

fn routes(mut bytes: &[u8]) -> Option<Routes> {
    let mut sum = Routes::default();
    while !bytes.is_empty() {
        let message = NetlinkMessage::<RouteNetlinkMessage>::deserialize(bytes).ok()?;
        bytes = after(bytes, message.header.length);
        let NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewRoute(route)) = message.payload else {
            continue;
        };
        sum.messages += 1;
        for attr in &route.attributes {
            match attr {
                RouteAttribute::Destination(address) => sum.dst += ipv4(address),
                RouteAttribute::Gateway(address) => sum.gateway += ipv4(address),
                RouteAttribute::Oif(index) => sum.oif += u64::from(*index),
                RouteAttribute::Table(table) => sum.table += u64::from(*table),
                RouteAttribute::Priority(priority) => sum.priority += u64::from(*priority),
                _ => {}
            }
        }
    }
    Some(sum)
}

fn link_kind(info: &[LinkInfo]) -> u64 {
    let mut sum = 0;
    for info in info {
        if let LinkInfo::Kind(kind) = info {
            sum += match kind {
                InfoKind::Veth => text_until_nul(b"veth"),
                InfoKind::Other(kind) => text_until_nul(kind.as_bytes()),
                kind => text_until_nul(kind.to_string().as_bytes()),
            };
        }
    }
    sum
}

fn add_link(link: &LinkMessage, sum: &mut Links) -> Option<()> {
    sum.messages += 1;
    sum.index += u64::from(link.header.index);
    sum.flags += u64::from(link.header.flags.bits());
    for attr in &link.attributes {
        match attr {
            LinkAttribute::IfName(name) => sum.name += text_until_nul(name.as_bytes()),
            LinkAttribute::Mtu(mtu) => sum.mtu += u64::from(*mtu),
            LinkAttribute::Address(address) => sum.address += mac(address.as_slice().try_into().ok()?),
            LinkAttribute::OperState(state) => sum.operstate += u64::from(u8::from(*state)),
            LinkAttribute::TxQueueLen(len) => sum.txqlen += u64::from(*len),
            LinkAttribute::Qdisc(qdisc) => sum.qdisc += text_until_nul(qdisc.as_bytes()),
            LinkAttribute::LinkInfo(info) => sum.kind += link_kind(info),
            _ => {}
        }
    }
    Some(())
}

fn links(mut bytes: &[u8]) -> Option<Links> {
    let mut sum = Links::default();
    while !bytes.is_empty() {
        let message = NetlinkMessage::<RouteNetlinkMessage>::deserialize(bytes).ok()?;
        bytes = after(bytes, message.header.length);
        if let NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewLink(link)) = &message.payload {
            add_link(link, &mut sum)?;
        }
    }
    Some(sum)
}

fn add_family(attrs: &[GenlCtrlAttrs], sum: &mut Families) {
    sum.messages += 1;
    for attr in attrs {
        match attr {
            GenlCtrlAttrs::FamilyId(id) => sum.id += u64::from(*id),
            GenlCtrlAttrs::FamilyName(name) => sum.name += text_until_nul(name.as_bytes()),
            GenlCtrlAttrs::Version(version) => sum.version += u64::from(*version),
            GenlCtrlAttrs::HdrSize(size) => sum.hdrsize += u64::from(*size),
            GenlCtrlAttrs::MaxAttr(max) => sum.maxattr += u64::from(*max),
            GenlCtrlAttrs::Ops(ops) => {
                sum.ops += ops.len() as u64;
                for attr in ops.iter().flatten() {
                    match attr {
                        OpAttrs::Id(id) => sum.op_ids += u64::from(*id),
                        OpAttrs::Flags(flags) => sum.op_flags += u64::from(*flags),
                    }
                }
            }
            GenlCtrlAttrs::McastGroups(groups) => {
                sum.groups += groups.len() as u64;
                for attr in groups.iter().flatten() {
                    match attr {
                        McastGrpAttrs::Name(name) => sum.group_names += text_until_nul(name.as_bytes()),
                        McastGrpAttrs::Id(id) => sum.group_ids += u64::from(*id),
                    }
                }
            }
            _ => {}
        }
    }
}

fn families(mut bytes: &[u8]) -> Option<Families> {
    let mut sum = Families::default();
    while !bytes.is_empty() {
        let message = NetlinkMessage::<GenlMessage<GenlCtrl>>::deserialize(bytes).ok()?;
        bytes = after(bytes, message.header.length);
        if let NetlinkPayload::InnerMessage(family) = &message.payload {
            add_family(&family.payload.nlas, &mut sum);
        }
    }
    Some(sum)
}

fn emit(buffer: &mut Vec<u8>, requests: &[RouteRequest]) -> Option<usize> {
    let mut total = 0;
    for request in requests {
        let address = |bytes: u32| RouteAddress::Inet(Ipv4Addr::from(bytes.to_ne_bytes()));
        let mut route = RouteMessage::default();
        route.header = RouteHeader {
            address_family: AddressFamily::Inet,
            destination_prefix_length: request.dst_len,
            protocol: RouteProtocol::Static,
            kind: RouteType::Unicast,
            ..RouteHeader::default()
        };
        route.attributes = vec![
            RouteAttribute::Destination(address(request.dst)),
            RouteAttribute::Gateway(address(request.gateway)),
            RouteAttribute::Oif(request.oif),
            RouteAttribute::Table(request.table),
            RouteAttribute::Priority(request.priority),
        ];
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
        header.sequence_number = request.seq;
        let mut message = NetlinkMessage::new(header, RouteNetlinkMessage::NewRoute(route).into());
        message.finalize();
        message.serialize(buffer);
        total += message.buffer_len();
        core::hint::black_box(&mut *buffer);
    }
    Some(total)
}
