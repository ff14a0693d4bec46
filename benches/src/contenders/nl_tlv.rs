//! nl-tlv itself: `Messages` and `Attrs` for the walk, derived messages for everything else.

use core::net::Ipv4Addr;

use nl_tlv::schema::MessageSchema;
use nl_tlv::value::NestedArray;
use nl_tlv::{
    Error, Flags, Header, MacAddr, MessageType, Messages, NewFlags, NlAttrs, NlMessage, Repeat, Writer,
    nl_struct,
};

use super::{Contender, Kind};
use crate::records::{Families, Links, Named, Nests, RouteRequest, Routes, Walk, mac, text_until_nul};

/// The library of this repository.
pub(super) const CONTENDER: Contender = Contender {
    walk: Some(|bytes, kind| walk(bytes, kind).ok()),
    routes: Some(|bytes| routes(bytes).ok()),
    links: Some(|bytes| links(bytes).ok()),
    families: Some(|bytes| families(bytes).ok()),
    emit: Some(|buffer, requests| emit(buffer, requests).ok()),
    nests: Some(|bytes| nests(bytes).ok()),
    emit_nests: Some(|buffer, entries| emit_nests(buffer, entries).ok()),
    first: Some(|bytes, kind| first(bytes, kind).ok()),
    ..Contender::named("nl-tlv")
};

/// `struct rtmsg`.
#[nl_struct]
pub(crate) struct RtMsg {
    rtm_family: u8,
    pub(crate) rtm_dst_len: u8,
    rtm_src_len: u8,
    pub(crate) rtm_tos: u8,
    rtm_table: u8,
    rtm_protocol: u8,
    rtm_scope: u8,
    rtm_type: u8,
    rtm_flags: u32,
}

impl RtMsg {
    /// That of a request for IPv4 routes.
    pub(crate) fn ipv4() -> Self {
        Self { rtm_family: 2, ..Self::default() }
    }
}

/// RTM_NEWROUTE; in the order in which a request is written.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 24)]
pub(crate) struct Route {
    #[nl(fixed_header)]
    header: RtMsg,
    #[nl(attr = 1)]
    dst: Option<Ipv4Addr>,
    #[nl(attr = 5)]
    gateway: Option<Ipv4Addr>,
    #[nl(attr = 4)]
    oif: Option<u32>,
    #[nl(attr = 15)]
    table: Option<u32>,
    #[nl(attr = 6)]
    priority: Option<u32>,
}

/// `struct ifinfomsg`.
#[nl_struct]
pub(super) struct IfInfoMsg {
    ifi_family: u8,
    pad: u8,
    ifi_type: u16,
    pub(super) ifi_index: i32,
    pub(super) ifi_flags: u32,
    ifi_change: u32,
}

/// RTM_NEWLINK.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 16)]
pub(super) struct Link<'a> {
    #[nl(fixed_header)]
    pub(super) header: IfInfoMsg,
    #[nl(attr = 3, text)]
    name: Option<&'a [u8]>,
    #[nl(attr = 4)]
    mtu: Option<u32>,
    #[nl(attr = 1)]
    address: Option<MacAddr>,
    #[nl(attr = 16)]
    operstate: Option<u8>,
    #[nl(attr = 13)]
    txqlen: Option<u32>,
    #[nl(attr = 6, text)]
    qdisc: Option<&'a [u8]>,
    #[nl(attr = 18)]
    info: Option<LinkInfo<'a>>,
}

/// IFLA_LINKINFO.
#[derive(NlAttrs, Clone, Debug)]
pub(super) struct LinkInfo<'a> {
    #[nl(attr = 1, text)]
    pub(super) kind: Option<&'a [u8]>,
}

/// CTRL_CMD_NEWFAMILY.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 1)]
pub(super) struct Family<'a> {
    #[nl(attr = 1)]
    id: Option<u16>,
    #[nl(attr = 2, text)]
    name: Option<&'a [u8]>,
    #[nl(attr = 3)]
    version: Option<u32>,
    #[nl(attr = 4)]
    hdrsize: Option<u32>,
    #[nl(attr = 5)]
    maxattr: Option<u32>,
    #[nl(attr = 6)]
    ops: Option<NestedArray<'a, Op>>,
    #[nl(attr = 7)]
    groups: Option<NestedArray<'a, Group<'a>>>,
}

/// An entry of CTRL_ATTR_OPS.
#[derive(NlAttrs, Clone, Debug)]
pub(super) struct Op {
    #[nl(attr = 1)]
    id: Option<u32>,
    #[nl(attr = 2)]
    flags: Option<u32>,
}

/// An entry of CTRL_ATTR_MCAST_GROUPS.
#[derive(NlAttrs, Clone, Debug)]
pub(super) struct Group<'a> {
    #[nl(attr = 1, text)]
    name: Option<&'a [u8]>,
    #[nl(attr = 2)]
    id: Option<u32>,
}

/// What describes routes and links.
pub(crate) const SCHEMAS: [&MessageSchema; 2] =
    [<Route as NlMessage>::SCHEMAS[0], <Link<'static> as NlMessage>::SCHEMAS[0]];

/// A message of nests, one for each entry.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 40)]
pub(super) struct NestsNew<'a> {
    #[nl(attr = 1)]
    entries: Repeat<'a, Entry<'a>>,
}

/// A number and a name.
#[derive(NlAttrs, Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    #[nl(attr = 1)]
    pub(super) id: Option<u32>,
    #[nl(attr = 2, text)]
    pub(super) name: Option<&'a [u8]>,
}

fn walk(bytes: &[u8], kind: Kind) -> Result<Walk, Error> {
    let mut sum = Walk::default();
    for message in Messages::new(bytes) {
        let message = message?;
        if message.ty() != MessageType(kind.ty()) {
            continue;
        }
        sum.messages += 1;
        for attr in message.attrs_after(kind.family_len()) {
            let attr = attr?;
            sum.attributes += 1;
            sum.types += u64::from(attr.ty().get());
            sum.lengths += attr.payload().len() as u64;
        }
    }
    Ok(sum)
}

/// What an optional integer adds to a sum.
pub(super) fn number(value: Option<u32>) -> u64 {
    u64::from(value.unwrap_or(0))
}

/// What an optional address adds to a sum.
pub(super) fn ipv4(address: Option<Ipv4Addr>) -> u64 {
    address.map_or(0, |address| u64::from(u32::from_ne_bytes(address.octets())))
}

/// What an optional string adds to a sum.
pub(super) fn string(text: Option<&[u8]>) -> u64 {
    text.map_or(0, text_until_nul)
}

fn routes(bytes: &[u8]) -> Result<Routes, Error> {
    let mut sum = Routes::default();
    for message in Messages::new(bytes) {
        let message = message?;
        if message.ty() != MessageType(24) {
            continue;
        }
        add_route(&mut sum, &Route::parse(&message)?);
    }
    Ok(sum)
}

/// Adds what is asked of a route.
#[inline]
pub(crate) fn add_route(sum: &mut Routes, route: &Route) {
    sum.messages += 1;
    sum.dst += ipv4(route.dst);
    sum.gateway += ipv4(route.gateway);
    sum.oif += number(route.oif);
    sum.table += number(route.table);
    sum.priority += number(route.priority);
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
        sum.index += link.header.ifi_index as u64;
        sum.flags += u64::from(link.header.ifi_flags);
        sum.name += string(link.name);
        sum.mtu += number(link.mtu);
        sum.address += link.address.map_or(0, |address| mac(address.0));
        sum.operstate += u64::from(link.operstate.unwrap_or(0));
        sum.txqlen += number(link.txqlen);
        sum.qdisc += string(link.qdisc);
        sum.kind += string(link.info.and_then(|info| info.kind));
    }
    Ok(sum)
}

/// Adds the operations of a family.
/// A function of its own has enough registers, as in the loops by hand.
#[inline(never)]
pub(super) fn add_ops(sum: &mut Families, ops: NestedArray<'_, Op>) -> Result<(), Error> {
    let (mut count, mut ids, mut flags) = (0, 0, 0);
    for op in &ops {
        let op = op?;
        count += 1;
        ids += number(op.id);
        flags += number(op.flags);
    }
    sum.ops += count;
    sum.op_ids += ids;
    sum.op_flags += flags;
    Ok(())
}

/// Adds the multicast groups of a family.
#[inline(never)]
pub(super) fn add_groups(sum: &mut Families, groups: NestedArray<'_, Group<'_>>) -> Result<(), Error> {
    let (mut count, mut ids, mut names) = (0, 0, 0);
    for group in &groups {
        let group = group?;
        count += 1;
        ids += number(group.id);
        names += string(group.name);
    }
    sum.groups += count;
    sum.group_ids += ids;
    sum.group_names += names;
    Ok(())
}

fn families(bytes: &[u8]) -> Result<Families, Error> {
    let mut sum = Families::default();
    for message in Messages::new(bytes) {
        let message = message?;
        if message.ty() != MessageType(16) {
            continue;
        }
        let family = Family::parse(&message)?;
        sum.messages += 1;
        sum.id += u64::from(family.id.unwrap_or(0));
        sum.name += string(family.name);
        sum.version += number(family.version);
        sum.hdrsize += number(family.hdrsize);
        sum.maxattr += number(family.maxattr);
        family.ops.map_or(Ok(()), |ops| add_ops(&mut sum, ops))?;
        family.groups.map_or(Ok(()), |groups| add_groups(&mut sum, groups))?;
    }
    Ok(sum)
}

fn emit(buffer: &mut [u8], requests: &[RouteRequest]) -> Result<usize, Error> {
    let address = |bytes: u32| Some(Ipv4Addr::from(bytes.to_ne_bytes()));
    let mut total = 0;
    for request in requests {
        let header = Header::request().flags(NewFlags::CREATE | NewFlags::EXCL | Flags::ACK).seq(request.seq);
        let route = Route {
            header: RtMsg {
                rtm_family: 2,
                rtm_dst_len: request.dst_len,
                rtm_protocol: 4,
                rtm_type: 1,
                ..RtMsg::default()
            },
            dst: address(request.dst),
            gateway: address(request.gateway),
            oif: Some(request.oif),
            table: Some(request.table),
            priority: Some(request.priority),
        };
        total += route.emit(buffer, header)?.len();
        core::hint::black_box(&mut *buffer);
    }
    Ok(total)
}

fn nests(bytes: &[u8]) -> Result<Nests, Error> {
    let mut sum = Nests::default();
    for message in Messages::new(bytes) {
        let message = message?;
        if message.ty() != MessageType(40) {
            continue;
        }
        for entry in &NestsNew::parse(&message)?.entries {
            let entry = entry?;
            sum.count += 1;
            sum.ids += number(entry.id);
            sum.names += string(entry.name);
        }
    }
    Ok(sum)
}

fn emit_nests(buffer: &mut [u8], entries: &[Named]) -> Result<usize, Error> {
    let mut w = Writer::new(buffer);
    w.message(MessageType(40).into(), Header::request().seq(1), |w| {
        entries.iter().try_for_each(|entry| {
            w.nest(1, |w| Entry { id: Some(entry.id), name: Some(entry.name()) }.emit_attrs(w))
        })
    })?;
    Ok(w.finish().len())
}

/// The second place that calls the parsers.
fn first(bytes: &[u8], kind: Kind) -> Result<usize, Error> {
    let Some(message) = Messages::new(bytes).next() else { return Ok(0) };
    let message = message?;
    let is_there: &[bool] = match kind {
        Kind::Route => {
            let Route { dst, gateway, oif, .. } = Route::parse(&message)?;
            &[dst.is_some(), gateway.is_some(), oif.is_some()]
        }
        Kind::Link => {
            let Link { name, mtu, address, info, .. } = Link::parse(&message)?;
            &[name.is_some(), mtu.is_some(), address.is_some(), info.is_some()]
        }
        Kind::Family => {
            let Family { name, ops, groups, .. } = Family::parse(&message)?;
            let op = ops.and_then(|ops| ops.iter().next()).transpose()?;
            let group = groups.and_then(|groups| groups.iter().next()).transpose()?;
            &[
                name.is_some(),
                op.is_some_and(|op| op.id.is_some()),
                group.is_some_and(|group| group.id.is_some()),
            ]
        }
        Kind::Nests => {
            let entry = NestsNew::parse(&message)?.entries.iter().next().transpose()?;
            &[entry.is_some_and(|entry| entry.name.is_some())]
        }
    };
    Ok(is_there.iter().filter(|there| **there).count())
}
