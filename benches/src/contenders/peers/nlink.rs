//! nlink: its own types for routes and links, its iterators for generic netlink (its controller types are private).

use nlink::netlink::attr::get;
use nlink::netlink::messages::{LinkMessage, RouteMessage};
use nlink::netlink::{AttrIter, FromNetlink, MessageBuilder, MessageIter};

use crate::contenders::{Contender, Kind};
use crate::records::{Families, Links, RouteRequest, Routes, Walk, mac, text_until_nul};

pub(super) const CONTENDER: Contender = Contender {
    walk: Some(walk),
    routes: Some(routes),
    links: Some(links),
    families: Some(families),
    emit: Some(emit),
    ..Contender::named("nlink")
};

/// The payloads of all messages of one kind.
fn payloads(bytes: &[u8], kind: Kind) -> impl Iterator<Item = Option<&[u8]>> {
    MessageIter::new(bytes).filter_map(move |message| match message {
        Ok((header, payload)) => (header.nlmsg_type == kind.ty()).then_some(Some(payload)),
        Err(_) => Some(None),
    })
}

fn walk(bytes: &[u8], kind: Kind) -> Option<Walk> {
    let mut sum = Walk::default();
    for payload in payloads(bytes, kind) {
        sum.messages += 1;
        for (ty, payload) in AttrIter::new(payload?.get(kind.family_len()..)?) {
            sum.attributes += 1;
            sum.types += u64::from(ty);
            sum.lengths += payload.len() as u64;
        }
    }
    Some(sum)
}

/// An IPv4 address as the integer that its bytes are in memory.
fn ipv4(address: Option<&std::net::IpAddr>) -> u64 {
    match address {
        Some(std::net::IpAddr::V4(address)) => u64::from(u32::from_ne_bytes(address.octets())),
        _ => 0,
    }
}

fn routes(bytes: &[u8]) -> Option<Routes> {
    let mut sum = Routes::default();
    for payload in payloads(bytes, Kind::Route) {
        let route = RouteMessage::from_bytes(payload?).ok()?;
        sum.messages += 1;
        sum.dst += ipv4(route.destination());
        sum.gateway += ipv4(route.gateway());
        sum.oif += u64::from(route.oif().unwrap_or(0));
        sum.table += u64::from(route.table_id());
        sum.priority += u64::from(route.priority().unwrap_or(0));
    }
    Some(sum)
}

fn links(bytes: &[u8]) -> Option<Links> {
    let string = |text: Option<&str>| text.map_or(0, |text| text_until_nul(text.as_bytes()));
    let mut sum = Links::default();
    for payload in payloads(bytes, Kind::Link) {
        let link = LinkMessage::from_bytes(payload?).ok()?;
        sum.messages += 1;
        sum.index += u64::from(link.ifindex());
        sum.flags += u64::from(link.flags());
        sum.name += string(link.name());
        sum.mtu += u64::from(link.mtu().unwrap_or(0));
        sum.address += link.address().and_then(|bytes| bytes.try_into().ok()).map_or(0, mac);
        sum.operstate += link.operstate().map_or(0, |state| state as u64);
        sum.txqlen += u64::from(link.txqlen().unwrap_or(0));
        sum.qdisc += string(link.qdisc());
        sum.kind += string(link.kind());
    }
    Some(sum)
}

fn families(bytes: &[u8]) -> Option<Families> {
    let string = |payload| Some(text_until_nul(get::string(payload).ok()?.as_bytes()));
    let mut sum = Families::default();
    for payload in payloads(bytes, Kind::Family) {
        sum.messages += 1;
        for (ty, payload) in AttrIter::new(payload?.get(4..)?) {
            match ty {
                1 => sum.id += u64::from(get::u16_ne(payload).ok()?),
                2 => sum.name += string(payload)?,
                3 => sum.version += u64::from(get::u32_ne(payload).ok()?),
                4 => sum.hdrsize += u64::from(get::u32_ne(payload).ok()?),
                5 => sum.maxattr += u64::from(get::u32_ne(payload).ok()?),
                6 => {
                    for (_, op) in AttrIter::new(payload) {
                        sum.ops += 1;
                        for (ty, payload) in AttrIter::new(op) {
                            match ty {
                                1 => sum.op_ids += u64::from(get::u32_ne(payload).ok()?),
                                2 => sum.op_flags += u64::from(get::u32_ne(payload).ok()?),
                                _ => {}
                            }
                        }
                    }
                }
                7 => {
                    for (_, group) in AttrIter::new(payload) {
                        sum.groups += 1;
                        for (ty, payload) in AttrIter::new(group) {
                            match ty {
                                1 => sum.group_names += string(payload)?,
                                2 => sum.group_ids += u64::from(get::u32_ne(payload).ok()?),
                                _ => {}
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
        let mut message = MessageBuilder::new(24, 0x605);
        message.set_seq(request.seq);
        message.append_bytes(&[2, request.dst_len, 0, 0, 0, 4, 0, 1, 0, 0, 0, 0]);
        message.append_attr_u32(1, request.dst);
        message.append_attr_u32(5, request.gateway);
        message.append_attr_u32(4, request.oif);
        message.append_attr_u32(15, request.table);
        message.append_attr_u32(6, request.priority);
        *buffer = message.finish();
        total += buffer.len();
        core::hint::black_box(&mut *buffer);
    }
    Some(total)
}
