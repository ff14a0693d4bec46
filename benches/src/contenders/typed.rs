//! nl-tlv's typed iterators, which hand over one attribute at a time and need no struct.

use nl_tlv::{Error, MessageType, Messages, NlMessage};

use super::Contender;
use super::nl_tlv::{
    Family, FamilyAttr, IfInfoMsg, Link, LinkAttr, LinkInfo, NestsNew, NestsNewAttr, Route, RouteAttr,
    add_groups, add_ops, ipv4, number, string,
};
use crate::records::{Families, Links, Nests, Routes, mac};

/// The typed iterators of the derived structs.
pub(super) const CONTENDER: Contender = Contender {
    routes: Some(|bytes| routes(bytes).ok()),
    links: Some(|bytes| links(bytes).ok()),
    families: Some(|bytes| families(bytes).ok()),
    nests: Some(|bytes| nests(bytes).ok()),
    ..Contender::named("nl-tlv, attrs")
};

fn routes(bytes: &[u8]) -> Result<Routes, Error> {
    let mut sum = Routes::default();
    for message in Messages::new(bytes) {
        let message = message?;
        if message.ty() != MessageType(24) {
            continue;
        }
        sum.messages += 1;
        for attr in Route::attrs(&message)? {
            match attr? {
                RouteAttr::Dst(address) => sum.dst += ipv4(Some(address)),
                RouteAttr::Gateway(address) => sum.gateway += ipv4(Some(address)),
                RouteAttr::Oif(index) => sum.oif += number(Some(index)),
                RouteAttr::Table(table) => sum.table += number(Some(table)),
                RouteAttr::Priority(priority) => sum.priority += number(Some(priority)),
                _ => {}
            }
        }
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
        let (header, _) = message.family_header::<IfInfoMsg>()?;
        sum.messages += 1;
        sum.index += header.ifi_index as u64;
        sum.flags += u64::from(header.ifi_flags);
        for attr in Link::attrs(&message)? {
            match attr? {
                LinkAttr::Name(name) => sum.name += string(Some(name)),
                LinkAttr::Mtu(mtu) => sum.mtu += number(Some(mtu)),
                LinkAttr::Address(address) => sum.address += mac(address.0),
                LinkAttr::Operstate(state) => sum.operstate += u64::from(state),
                LinkAttr::Txqlen(len) => sum.txqlen += number(Some(len)),
                LinkAttr::Qdisc(qdisc) => sum.qdisc += string(Some(qdisc)),
                LinkAttr::Info(LinkInfo { kind }) => sum.kind += string(kind),
                _ => {}
            }
        }
    }
    Ok(sum)
}

fn families(bytes: &[u8]) -> Result<Families, Error> {
    let mut sum = Families::default();
    for message in Messages::new(bytes) {
        let message = message?;
        if message.ty() != MessageType(16) {
            continue;
        }
        sum.messages += 1;
        for attr in Family::attrs(&message)? {
            match attr? {
                FamilyAttr::Id(id) => sum.id += u64::from(id),
                FamilyAttr::Name(name) => sum.name += string(Some(name)),
                FamilyAttr::Version(version) => sum.version += number(Some(version)),
                FamilyAttr::Hdrsize(size) => sum.hdrsize += number(Some(size)),
                FamilyAttr::Maxattr(max) => sum.maxattr += number(Some(max)),
                FamilyAttr::Ops(ops) => add_ops(&mut sum, ops)?,
                FamilyAttr::Groups(groups) => add_groups(&mut sum, groups)?,
                _ => {}
            }
        }
    }
    Ok(sum)
}

fn nests(bytes: &[u8]) -> Result<Nests, Error> {
    let mut sum = Nests::default();
    for message in Messages::new(bytes) {
        let message = message?;
        if message.ty() != MessageType(40) {
            continue;
        }
        for attr in NestsNew::attrs(&message)? {
            if let NestsNewAttr::Entries(entry) = attr? {
                sum.count += 1;
                sum.ids += number(entry.id);
                sum.names += string(entry.name);
            }
        }
    }
    Ok(sum)
}
