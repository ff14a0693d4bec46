//! The ready-made types of `nl-tlv-families`, which read every attribute that the kernel sends and keep what they do not
//! know; the sums take what the loops by hand look for.

use core::net::{IpAddr, Ipv4Addr};

use nl_tlv::value::NlStr;
use nl_tlv::{Error, Flags, Header, MessageType, Messages, NewFlags, NlMessage};
use nl_tlv_families::nlctrl;
use nl_tlv_families::rt_link::{Link, Operstate};
use nl_tlv_families::rt_route::Route;
use nl_tlv_families::values::FamilyAddr;

use super::nl_tlv::number;
use super::{Contender, Kind};
use crate::records::{Families, Links, RouteRequest, Routes, mac, text_until_nul};

/// The whole types.
pub(super) const CONTENDER: Contender = Contender {
    routes: Some(|bytes| routes(bytes).ok()),
    links: Some(|bytes| links(bytes).ok()),
    families: Some(|bytes| families(bytes).ok()),
    emit: Some(|buffer, requests| emit(buffer, requests).ok()),
    first: Some(|bytes, kind| first(bytes, kind).ok()),
    ..Contender::named("families")
};

fn ipv4(address: Option<IpAddr>) -> u64 {
    match address {
        Some(IpAddr::V4(address)) => super::nl_tlv::ipv4(Some(address)),
        _ => 0,
    }
}

fn string(text: Option<NlStr<'_>>) -> u64 {
    text.map_or(0, |text| text_until_nul(text.as_bytes()))
}

fn routes(bytes: &[u8]) -> Result<Routes, Error> {
    let mut sum = Routes::default();
    for message in Messages::new(bytes) {
        let message = message?;
        if message.ty() != MessageType(24) {
            continue;
        }
        let route = Route::parse(&message)?;
        sum.messages += 1;
        sum.dst += ipv4(route.dst.and_then(FamilyAddr::ip));
        sum.gateway += ipv4(route.gateway.and_then(FamilyAddr::ip));
        sum.oif += number(route.oif);
        sum.table += number(route.table);
        sum.priority += number(route.priority);
    }
    Ok(sum)
}

fn links(bytes: &[u8]) -> Result<Links, Error> {
    let mut sum = Links::default();
    for message in Messages::new(bytes) {
        let message = message?;
        if message.ty() != MessageType(16) {
            continue;
        }
        let link = Link::parse(&message)?;
        sum.messages += 1;
        sum.index += link.header.index as u64;
        sum.flags += u64::from(link.header.flags.bits());
        sum.name += string(link.ifname);
        sum.mtu += number(link.mtu);
        sum.address += link.address.and_then(|address| address.mac()).map_or(0, |address| mac(address.0));
        sum.operstate += operstate(link.operstate);
        sum.txqlen += number(link.txqlen);
        sum.qdisc += string(link.qdisc);
        sum.kind += string(link.linkinfo.as_ref().and_then(|info| info.kind));
    }
    Ok(sum)
}

fn operstate(state: Option<Operstate>) -> u64 {
    use Operstate::*;
    match state {
        None | Some(Unknown) => 0,
        Some(Notpresent) => 1,
        Some(Down) => 2,
        Some(Lowerlayerdown) => 3,
        Some(Testing) => 4,
        Some(Dormant) => 5,
        Some(Up) => 6,
        Some(Other(state)) => u64::from(state),
    }
}

fn families(bytes: &[u8]) -> Result<Families, Error> {
    let mut sum = Families::default();
    for message in Messages::new(bytes) {
        let message = message?;
        if message.ty() != MessageType(16) {
            continue;
        }
        let family = nlctrl::Family::parse(&message)?;
        sum.messages += 1;
        sum.id += number(family.family_id.map(u32::from));
        sum.name += string(family.family_name);
        sum.version += number(family.version);
        sum.hdrsize += number(family.hdrsize);
        sum.maxattr += number(family.maxattr);
        for op in &family.ops.unwrap_or_default() {
            let op = op?;
            sum.ops += 1;
            sum.op_ids += number(op.id);
            sum.op_flags += op.flags.map_or(0, |flags| u64::from(flags.bits()));
        }
        for group in &family.mcast_groups.unwrap_or_default() {
            let group = group?;
            sum.groups += 1;
            sum.group_ids += number(group.id);
            sum.group_names += string(group.name);
        }
    }
    Ok(sum)
}

fn emit(buffer: &mut [u8], requests: &[RouteRequest]) -> Result<usize, Error> {
    let address = |bytes: u32| IpAddr::V4(Ipv4Addr::from(bytes.to_ne_bytes()));
    let mut total = 0;
    for request in requests {
        let header = Header::request().flags(NewFlags::CREATE | NewFlags::EXCL | Flags::ACK).seq(request.seq);
        let mut route = Route::to(address(request.dst), request.dst_len)
            .via(address(request.gateway))
            .dev(request.oif)
            .table(request.table)
            .metric(request.priority);
        // The other contenders have the table in the attribute only.
        route.header.table = 0;
        total += route.emit(buffer, header)?.len();
        core::hint::black_box(&mut *buffer);
    }
    Ok(total)
}

/// The second place that calls the parsers.
fn first(bytes: &[u8], kind: Kind) -> Result<usize, Error> {
    let Some(message) = Messages::new(bytes).next() else { return Ok(0) };
    let message = message?;
    Ok(match kind {
        Kind::Route => Route::parse(&message)?.table.map_or(0, |_| 1),
        Kind::Link => Link::parse(&message)?.ifname.map_or(0, NlStr::len),
        Kind::Family => nlctrl::Family::parse(&message)?.family_name.map_or(0, NlStr::len),
        Kind::Nests => 0,
    })
}
