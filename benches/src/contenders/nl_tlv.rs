//! nl-tlv itself: `Messages` and `Attrs` for the walk, derived messages for everything else.

use core::net::Ipv4Addr;

use nl_tlv::value::NestedArray;
use nl_tlv::{Error, Flags, Header, MacAddr, MessageType, Messages, NewFlags, NlAttrs, NlMessage, NlStruct};
use zerocopy::native_endian::{I32, U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::{Contender, Kind};
use crate::records::{Families, Links, RouteRequest, Routes, Walk, mac, text_until_nul};

/// The library of this repository.
pub(super) const CONTENDER: Contender = Contender {
    walk: Some(|bytes, kind| walk(bytes, kind).ok()),
    routes: Some(|bytes| routes(bytes).ok()),
    links: Some(|bytes| links(bytes).ok()),
    families: Some(|bytes| families(bytes).ok()),
    emit: Some(|buffer, requests| emit(buffer, requests).ok()),
    ..Contender::named("nl-tlv")
};

/// `struct rtmsg`.
#[derive(NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug)]
#[repr(C)]
pub(crate) struct RtMsg {
    rtm_family: u8,
    rtm_dst_len: u8,
    rtm_src_len: u8,
    rtm_tos: u8,
    rtm_table: u8,
    rtm_protocol: u8,
    rtm_scope: u8,
    rtm_type: u8,
    rtm_flags: U32,
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
    #[nl(header)]
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
#[derive(NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug)]
#[repr(C)]
struct IfInfoMsg {
    ifi_family: u8,
    pad: u8,
    ifi_type: U16,
    ifi_index: I32,
    ifi_flags: U32,
    ifi_change: U32,
}

/// RTM_NEWLINK.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 16)]
struct Link<'a> {
    #[nl(header)]
    header: IfInfoMsg,
    #[nl(attr = 3, string)]
    name: Option<&'a [u8]>,
    #[nl(attr = 4)]
    mtu: Option<u32>,
    #[nl(attr = 1)]
    address: Option<MacAddr>,
    #[nl(attr = 16)]
    operstate: Option<u8>,
    #[nl(attr = 13)]
    txqlen: Option<u32>,
    #[nl(attr = 6, string)]
    qdisc: Option<&'a [u8]>,
    #[nl(attr = 18)]
    info: Option<LinkInfo<'a>>,
}

/// IFLA_LINKINFO.
#[derive(NlAttrs, Clone, Debug)]
struct LinkInfo<'a> {
    #[nl(attr = 1, string)]
    kind: Option<&'a [u8]>,
}

/// CTRL_CMD_NEWFAMILY.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 1)]
struct Family<'a> {
    #[nl(attr = 1)]
    id: Option<u16>,
    #[nl(attr = 2, string)]
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
struct Op {
    #[nl(attr = 1)]
    id: Option<u32>,
    #[nl(attr = 2)]
    flags: Option<u32>,
}

/// An entry of CTRL_ATTR_MCAST_GROUPS.
#[derive(NlAttrs, Clone, Debug)]
struct Group<'a> {
    #[nl(attr = 1, string)]
    name: Option<&'a [u8]>,
    #[nl(attr = 2)]
    id: Option<u32>,
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
fn number(value: Option<u32>) -> u64 {
    u64::from(value.unwrap_or(0))
}

/// What an optional address adds to a sum.
fn ipv4(address: Option<Ipv4Addr>) -> u64 {
    address.map_or(0, |address| u64::from(u32::from_ne_bytes(address.octets())))
}

/// What an optional string adds to a sum.
fn string(text: Option<&[u8]>) -> u64 {
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
        sum.index += link.header.ifi_index.get() as u64;
        sum.flags += u64::from(link.header.ifi_flags.get());
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

/// How many operations, and the sums of their ids and flags.
/// A function of its own has enough registers, as in the loops by hand.
#[inline(never)]
fn family_ops(ops: NestedArray<'_, Op>) -> Result<[u64; 3], Error> {
    let mut sums = [0; 3];
    for op in &ops {
        let op = op?;
        sums[0] += 1;
        sums[1] += number(op.id);
        sums[2] += number(op.flags);
    }
    Ok(sums)
}

/// How many multicast groups, and the sums of their ids and names.
#[inline(never)]
fn family_groups(groups: NestedArray<'_, Group<'_>>) -> Result<[u64; 3], Error> {
    let mut sums = [0; 3];
    for group in &groups {
        let group = group?;
        sums[0] += 1;
        sums[1] += number(group.id);
        sums[2] += string(group.name);
    }
    Ok(sums)
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
        if let Some(ops) = family.ops {
            let [count, ids, flags] = family_ops(ops)?;
            sum.ops += count;
            sum.op_ids += ids;
            sum.op_flags += flags;
        }
        if let Some(groups) = family.groups {
            let [count, ids, names] = family_groups(groups)?;
            sum.groups += count;
            sum.group_ids += ids;
            sum.group_names += names;
        }
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
