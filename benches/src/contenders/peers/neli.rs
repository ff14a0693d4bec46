//! neli: whole messages with a `Vec` of attributes, each with a `Vec` of bytes.

use std::io::Cursor;

use neli::attr::Attribute;
use neli::consts::genl::{CtrlAttr, CtrlAttrMcastGrp, CtrlCmd, Index};
use neli::consts::nl::{GenlId, NlmF};
use neli::consts::rtnl::{Ifla, IflaInfo, RtAddrFamily, RtScope, RtTable, Rta, Rtm, Rtn, Rtprot};
use neli::err::DeError;
use neli::genl::{Genlmsghdr, Nlattr};
use neli::nl::{NlPayload, Nlmsghdr, NlmsghdrBuilder};
use neli::rtnl::{Ifinfomsg, Rtattr, RtattrBuilder, Rtmsg, RtmsgBuilder};
use neli::types::{Buffer, RtBuffer};
use neli::{FromBytes, ToBytes};

use crate::contenders::{Contender, Kind};
use crate::records::{Families, Links, RouteRequest, Routes, Walk, mac, text, text_until_nul};

pub(super) const CONTENDER: Contender = Contender {
    walk: Some(|bytes, kind| walk(bytes, kind).ok()),
    routes: Some(|bytes| routes(bytes).ok()),
    links: Some(|bytes| links(bytes).ok()),
    families: Some(|bytes| families(bytes).ok()),
    emit: Some(emit),
    ..Contender::named("neli")
};

/// Reads all messages and hands each payload on.
fn each<T, P>(bytes: &[u8], mut read: impl FnMut(&P) -> Result<(), DeError>) -> Result<(), DeError>
where
    T: neli::consts::nl::NlType,
    P: neli::Size + neli::FromBytesWithInput<Input = usize>,
{
    let mut cursor = Cursor::new(bytes);
    while cursor.position() < bytes.len() as u64 {
        let message = Nlmsghdr::<T, P>::from_bytes(&mut cursor)?;
        if let Some(payload) = message.get_payload() {
            read(payload)?;
        }
    }
    Ok(())
}

fn walk(bytes: &[u8], kind: Kind) -> Result<Walk, DeError> {
    let mut sum = Walk::default();
    let mut add = |ty: u16, len: u16| {
        sum.attributes += 1;
        sum.types += u64::from(ty);
        sum.lengths += u64::from(len) - 4;
    };
    let mut messages = 0;
    match kind {
        Kind::Route => each::<Rtm, Rtmsg>(bytes, |route| {
            messages += 1;
            route.rtattrs().iter().for_each(|attr| add((*attr.rta_type()).into(), *attr.rta_len()));
            Ok(())
        }),
        Kind::Link => each::<Rtm, Ifinfomsg>(bytes, |link| {
            messages += 1;
            let types = link.rtattrs().iter().map(|attr| (u16::from(attr.rta_type()), *attr.rta_len()));
            types.for_each(|(ty, len)| add(ty & 0x3fff, len));
            Ok(())
        }),
        Kind::Family => each::<GenlId, Genlmsghdr<CtrlCmd, CtrlAttr>>(bytes, |family| {
            messages += 1;
            family.attrs().iter().for_each(|attr| add(attr.nla_type().nla_type().into(), *attr.nla_len()));
            Ok(())
        }),
        // Nobody walks over these.
        Kind::Nests => Ok(()),
    }?;
    sum.messages = messages;
    Ok(sum)
}

fn routes(bytes: &[u8]) -> Result<Routes, DeError> {
    let mut sum = Routes::default();
    each::<Rtm, Rtmsg>(bytes, |route| {
        sum.messages += 1;
        for attr in route.rtattrs().iter() {
            let field = match attr.rta_type() {
                Rta::Dst => &mut sum.dst,
                Rta::Gateway => &mut sum.gateway,
                Rta::Oif => &mut sum.oif,
                Rta::Table => &mut sum.table,
                Rta::Priority => &mut sum.priority,
                _ => continue,
            };
            *field += u64::from(attr.get_payload_as::<u32>()?);
        }
        Ok(())
    })?;
    Ok(sum)
}

fn links(bytes: &[u8]) -> Result<Links, DeError> {
    let mut sum = Links::default();
    each::<Rtm, Ifinfomsg>(bytes, |link| {
        sum.messages += 1;
        sum.index += *link.ifi_index() as u64;
        sum.flags += u64::from(link.ifi_flags().bits());
        for attr in link.rtattrs().iter() {
            match attr.rta_type() {
                Ifla::Ifname => sum.name += string(attr)?,
                Ifla::Mtu => sum.mtu += u64::from(attr.get_payload_as::<u32>()?),
                Ifla::Address => sum.address += mac(attr.get_payload_as::<[u8; 6]>()?),
                Ifla::Operstate => sum.operstate += u64::from(attr.get_payload_as::<u8>()?),
                Ifla::Txqlen => sum.txqlen += u64::from(attr.get_payload_as::<u32>()?),
                Ifla::Qdisc => sum.qdisc += string(attr)?,
                Ifla::Linkinfo => {
                    for attr in attr.get_attr_handle::<IflaInfo>()?.iter() {
                        if let IflaInfo::Kind = attr.rta_type() {
                            sum.kind += text(attr.rta_payload().as_ref());
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    })?;
    Ok(sum)
}

fn string<T>(attr: &Rtattr<T, Buffer>) -> Result<u64, DeError>
where
    Rtattr<T, Buffer>: Attribute<T>,
{
    Ok(text_until_nul(attr.get_payload_as_with_len::<String>()?.as_bytes()))
}

fn family_groups(groups: &Nlattr<CtrlAttr, Buffer>, sum: &mut Families) -> Result<(), DeError> {
    for group in groups.get_attr_handle::<Index>()?.iter() {
        sum.groups += 1;
        for attr in group.get_attr_handle::<CtrlAttrMcastGrp>()?.iter() {
            match attr.nla_type().nla_type() {
                CtrlAttrMcastGrp::Id => sum.group_ids += u64::from(attr.get_payload_as::<u32>()?),
                CtrlAttrMcastGrp::Name => {
                    let name = attr.get_payload_as_with_len::<String>()?;
                    sum.group_names += text_until_nul(name.as_bytes());
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// neli has no names for the attributes of an operation.
fn family_ops(ops: &Nlattr<CtrlAttr, Buffer>, sum: &mut Families) -> Result<(), DeError> {
    for op in ops.get_attr_handle::<Index>()?.iter() {
        sum.ops += 1;
        for attr in op.get_attr_handle::<u16>()?.iter() {
            match attr.nla_type().nla_type() {
                1 => sum.op_ids += u64::from(attr.get_payload_as::<u32>()?),
                2 => sum.op_flags += u64::from(attr.get_payload_as::<u32>()?),
                _ => {}
            }
        }
    }
    Ok(())
}

fn families(bytes: &[u8]) -> Result<Families, DeError> {
    let mut sum = Families::default();
    each::<GenlId, Genlmsghdr<CtrlCmd, CtrlAttr>>(bytes, |family| {
        sum.messages += 1;
        for attr in family.attrs().iter() {
            match attr.nla_type().nla_type() {
                CtrlAttr::FamilyId => sum.id += u64::from(attr.get_payload_as::<u16>()?),
                CtrlAttr::FamilyName => {
                    sum.name += text_until_nul(attr.get_payload_as_with_len::<String>()?.as_bytes());
                }
                CtrlAttr::Version => sum.version += u64::from(attr.get_payload_as::<u32>()?),
                CtrlAttr::Hdrsize => sum.hdrsize += u64::from(attr.get_payload_as::<u32>()?),
                CtrlAttr::Maxattr => sum.maxattr += u64::from(attr.get_payload_as::<u32>()?),
                CtrlAttr::Ops => family_ops(attr, &mut sum)?,
                CtrlAttr::McastGroups => family_groups(attr, &mut sum)?,
                _ => {}
            }
        }
        Ok(())
    })?;
    Ok(sum)
}

fn route(request: &RouteRequest) -> Option<Nlmsghdr<Rtm, Rtmsg>> {
    let mut attrs = RtBuffer::new();
    for (ty, value) in [
        (Rta::Dst, request.dst),
        (Rta::Gateway, request.gateway),
        (Rta::Oif, request.oif),
        (Rta::Table, request.table),
        (Rta::Priority, request.priority),
    ] {
        attrs.push(RtattrBuilder::default().rta_type(ty).rta_payload(value).build().ok()?);
    }
    let route = RtmsgBuilder::default()
        .rtm_family(RtAddrFamily::Inet)
        .rtm_dst_len(request.dst_len)
        .rtm_src_len(0)
        .rtm_tos(0)
        .rtm_table(RtTable::Unspec)
        .rtm_protocol(Rtprot::Static)
        .rtm_scope(RtScope::Universe)
        .rtm_type(Rtn::Unicast)
        .rtattrs(attrs)
        .build()
        .ok()?;
    NlmsghdrBuilder::default()
        .nl_type(Rtm::Newroute)
        .nl_flags(NlmF::REQUEST | NlmF::ACK | NlmF::CREATE | NlmF::EXCL)
        .nl_seq(request.seq)
        .nl_payload(NlPayload::Payload(route))
        .build()
        .ok()
}

fn emit(buffer: &mut Vec<u8>, requests: &[RouteRequest]) -> Option<usize> {
    let mut total = 0;
    for request in requests {
        let mut cursor = Cursor::new(core::mem::take(buffer));
        route(request)?.to_bytes(&mut cursor).ok()?;
        total += usize::try_from(cursor.position()).ok()?;
        *buffer = cursor.into_inner();
        core::hint::black_box(&mut *buffer);
    }
    Some(total)
}
