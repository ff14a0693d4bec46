//! nl-tlv with strings as text, which has to be seen to be UTF-8.

use nl_tlv::value::NestedArray;
use nl_tlv::{Error, MacAddr, MessageType, Messages, NlAttrs, NlMessage, Repeat};

use super::nl_tlv::{IfInfoMsg, Op, add_ops, number};
use super::{Contender, Kind};
use crate::records::{Families, Links, Nests, mac, text_until_nul};

/// Derived structs with `&str`.
pub(super) const CONTENDER: Contender = Contender {
    links: Some(|bytes| links(bytes).ok()),
    families: Some(|bytes| families(bytes).ok()),
    nests: Some(|bytes| nests(bytes).ok()),
    first: Some(|bytes, kind| first(bytes, kind).ok()),
    ..Contender::named("nl-tlv, &str")
};

/// RTM_NEWLINK.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 16)]
struct Link<'a> {
    #[nl(fixed_header)]
    header: IfInfoMsg,
    #[nl(attr = 3)]
    name: Option<&'a str>,
    #[nl(attr = 4)]
    mtu: Option<u32>,
    #[nl(attr = 1)]
    address: Option<MacAddr>,
    #[nl(attr = 16)]
    operstate: Option<u8>,
    #[nl(attr = 13)]
    txqlen: Option<u32>,
    #[nl(attr = 6)]
    qdisc: Option<&'a str>,
    #[nl(attr = 18)]
    info: Option<LinkInfo<'a>>,
}

/// IFLA_LINKINFO.
#[derive(NlAttrs, Clone, Debug)]
struct LinkInfo<'a> {
    #[nl(attr = 1)]
    kind: Option<&'a str>,
}

/// CTRL_CMD_NEWFAMILY.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 1)]
struct Family<'a> {
    #[nl(attr = 1)]
    id: Option<u16>,
    #[nl(attr = 2)]
    name: Option<&'a str>,
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

/// An entry of CTRL_ATTR_MCAST_GROUPS.
#[derive(NlAttrs, Clone, Debug)]
struct Group<'a> {
    #[nl(attr = 1)]
    name: Option<&'a str>,
    #[nl(attr = 2)]
    id: Option<u32>,
}

/// A message of nests, one for each entry.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 40)]
struct NestsNew<'a> {
    #[nl(attr = 1)]
    entries: Repeat<'a, Entry<'a>>,
}

/// A number and a name.
#[derive(NlAttrs, Clone, Copy, Debug)]
struct Entry<'a> {
    #[nl(attr = 1)]
    id: Option<u32>,
    #[nl(attr = 2)]
    name: Option<&'a str>,
}

fn string(text: Option<&str>) -> u64 {
    text.map_or(0, |text| text_until_nul(text.as_bytes()))
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

/// Adds the multicast groups of a family.
#[inline(never)]
fn add_groups(sum: &mut Families, groups: NestedArray<'_, Group<'_>>) -> Result<(), Error> {
    for group in &groups {
        let group = group?;
        sum.groups += 1;
        sum.group_ids += number(group.id);
        sum.group_names += string(group.name);
    }
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

/// The second place that calls the parsers.
fn first(bytes: &[u8], kind: Kind) -> Result<usize, Error> {
    let Some(message) = Messages::new(bytes).next() else { return Ok(0) };
    let message = message?;
    let name = match kind {
        Kind::Route => None,
        Kind::Link => Link::parse(&message)?.name,
        Kind::Family => Family::parse(&message)?.name,
        Kind::Nests => {
            let entry = NestsNew::parse(&message)?.entries.iter().next().transpose()?;
            entry.and_then(|entry| entry.name)
        }
    };
    Ok(name.map_or(0, str::len))
}
