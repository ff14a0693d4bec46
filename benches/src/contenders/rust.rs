//! The loops written by hand in safe Rust: every length checked, nothing remembered, for this one job.

use super::{Contender, Kind};
use crate::records::{Families, Links, RouteRequest, Routes, Walk, mac, text};

/// The hand-written loops.
pub(super) const CONTENDER: Contender = Contender {
    walk: Some(walk),
    routes: Some(routes),
    links: Some(links),
    families: Some(|bytes| families(bytes, next_attr)),
    emit: Some(|buffer, requests| emit(buffer, requests)),
    ..Contender::named("safe Rust")
};

/// The next message of type `ty`, as its bytes and what follows the family header.
/// The outer `None` is damage, the inner one the end.
#[inline(always)]
pub(super) fn next_message<'a>(
    rest: &mut &'a [u8],
    ty: u16,
    family_len: usize,
) -> Option<Option<(&'a [u8], &'a [u8])>> {
    while let Some((len, tail)) = rest.split_first_chunk::<4>() {
        let (found, _) = tail.split_first_chunk::<2>()?;
        let len = u32::from_ne_bytes(*len) as usize;
        let message = rest.get(..len)?;
        if len < 16 {
            return None;
        }
        *rest = rest.get(len.wrapping_add(3) & !3..).unwrap_or_else(nothing);
        if u16::from_ne_bytes(*found) == ty {
            return Some(Some((message, message.get(16 + family_len..)?)));
        }
    }
    rest.is_empty().then_some(None)
}

/// The next attribute: type and payload. The outer `None` is damage, the inner one the end.
#[inline(always)]
pub(super) fn next_attr<'a>(rest: &mut &'a [u8]) -> Option<Option<(u16, &'a [u8])>> {
    let Some((len, tail)) = rest.split_first_chunk::<2>() else {
        return rest.is_empty().then_some(None);
    };
    let ty = tail.first_chunk::<2>()?;
    let len = usize::from(u16::from_ne_bytes(*len));
    let payload = rest.get(4..len)?;
    *rest = rest.get((len + 3) & !3..).unwrap_or_else(nothing);
    Some(Some((u16::from_ne_bytes(*ty) & 0x3fff, payload)))
}

/// What follows an attribute or message whose padding was left out. Rare, and thus a branch instead of a conditional
/// move, which the next address would have to wait for.
#[cold]
#[inline(never)]
fn nothing<'a>() -> &'a [u8] {
    &[]
}

/// An integer of exactly four bytes.
#[inline(always)]
pub(super) fn u32_of(payload: &[u8]) -> Option<u32> {
    Some(u32::from_ne_bytes(payload.try_into().ok()?))
}

fn walk(mut bytes: &[u8], kind: Kind) -> Option<Walk> {
    let mut sum = Walk::default();
    while let Some((_, mut attrs)) = next_message(&mut bytes, kind.ty(), kind.family_len())? {
        sum.messages += 1;
        while let Some((ty, payload)) = next_attr(&mut attrs)? {
            sum.attributes += 1;
            sum.types += u64::from(ty);
            sum.lengths += payload.len() as u64;
        }
    }
    Some(sum)
}

fn routes(mut bytes: &[u8]) -> Option<Routes> {
    let mut sum = Routes::default();
    while let Some((_, mut attrs)) = next_message(&mut bytes, 24, 12)? {
        let (mut dst, mut gateway, mut oif, mut table, mut priority) = (0, 0, 0, 0, 0);
        while let Some((ty, payload)) = next_attr(&mut attrs)? {
            match ty {
                1 => dst = u32_of(payload)?,
                4 => oif = u32_of(payload)?,
                5 => gateway = u32_of(payload)?,
                6 => priority = u32_of(payload)?,
                15 => table = u32_of(payload)?,
                _ => {}
            }
        }
        sum.messages += 1;
        sum.dst += u64::from(dst);
        sum.gateway += u64::from(gateway);
        sum.oif += u64::from(oif);
        sum.table += u64::from(table);
        sum.priority += u64::from(priority);
    }
    Some(sum)
}

/// `IFLA_INFO_KIND` of an `IFLA_LINKINFO`.
#[inline(always)]
pub(super) fn link_kind(mut info: &[u8]) -> Option<u64> {
    let mut kind = 0;
    while let Some((ty, payload)) = next_attr(&mut info)? {
        if ty == 1 {
            kind = text(payload);
        }
    }
    Some(kind)
}

fn links(mut bytes: &[u8]) -> Option<Links> {
    let mut sum = Links::default();
    while let Some((message, mut attrs)) = next_message(&mut bytes, 16, 16)? {
        let (mut name, mut mtu, mut address, mut operstate) = (0, 0, 0, 0);
        let (mut txqlen, mut qdisc, mut kind) = (0, 0, 0);
        while let Some((ty, payload)) = next_attr(&mut attrs)? {
            match ty {
                1 => address = mac(payload.try_into().ok()?),
                3 => name = text(payload),
                4 => mtu = u32_of(payload)?,
                6 => qdisc = text(payload),
                13 => txqlen = u32_of(payload)?,
                16 => [operstate] = payload.try_into().ok()?,
                18 => kind = link_kind(payload)?,
                _ => {}
            }
        }
        sum.messages += 1;
        sum.index += u64::from(u32_of(message.get(20..24)?)?);
        sum.flags += u64::from(u32_of(message.get(24..28)?)?);
        sum.name += name;
        sum.mtu += u64::from(mtu);
        sum.address += address;
        sum.operstate += u64::from(operstate);
        sum.txqlen += u64::from(txqlen);
        sum.qdisc += qdisc;
        sum.kind += kind;
    }
    Some(sum)
}

/// `CTRL_ATTR_OPS`, an indexed array of nests: how many, and the sums of their ids and flags.
/// A function of its own has enough registers.
#[inline(never)]
fn family_ops<'a>(mut ops: &'a [u8], next: impl NextAttr<'a>) -> Option<[u64; 3]> {
    let (mut count, mut ids, mut all_flags) = (0, 0, 0);
    while let Some((_, mut op)) = next(&mut ops)? {
        let (mut id, mut flags) = (0u32, 0u32);
        while let Some((ty, payload)) = next(&mut op)? {
            match ty {
                1 => id = u32_of(payload)?,
                2 => flags = u32_of(payload)?,
                _ => {}
            }
        }
        count += 1;
        ids += u64::from(id);
        all_flags += u64::from(flags);
    }
    Some([count, ids, all_flags])
}

/// `CTRL_ATTR_MCAST_GROUPS`, the same with names instead of flags.
#[inline(never)]
fn family_groups<'a>(mut groups: &'a [u8], next: impl NextAttr<'a>) -> Option<[u64; 3]> {
    let (mut count, mut ids, mut names) = (0, 0, 0);
    while let Some((_, mut group)) = next(&mut groups)? {
        let (mut id, mut name) = (0, 0);
        while let Some((ty, payload)) = next(&mut group)? {
            match ty {
                1 => name = text(payload),
                2 => id = u32_of(payload)?,
                _ => {}
            }
        }
        count += 1;
        ids += u64::from(id);
        names += name;
    }
    Some([count, ids, names])
}

/// How to get at the next attribute: [`next_attr`], or one that predicts the step.
pub(super) trait NextAttr<'a>: Fn(&mut &'a [u8]) -> Option<Option<(u16, &'a [u8])>> + Copy {}
impl<'a, F: Fn(&mut &'a [u8]) -> Option<Option<(u16, &'a [u8])>> + Copy> NextAttr<'a> for F {}

/// Reads generic netlink families.
#[inline(always)]
pub(super) fn families<'a>(mut bytes: &'a [u8], next: impl NextAttr<'a>) -> Option<Families> {
    let mut sum = Families::default();
    while let Some((_, mut attrs)) = next_message(&mut bytes, 16, 4)? {
        let (mut id, mut name, mut version, mut hdrsize, mut maxattr) = (0, 0, 0, 0, 0);
        while let Some((ty, payload)) = next(&mut attrs)? {
            match ty {
                1 => id = u16::from_ne_bytes(payload.try_into().ok()?),
                2 => name = text(payload),
                3 => version = u32_of(payload)?,
                4 => hdrsize = u32_of(payload)?,
                5 => maxattr = u32_of(payload)?,
                6 => {
                    let [count, ids, flags] = family_ops(payload, next)?;
                    sum.ops += count;
                    sum.op_ids += ids;
                    sum.op_flags += flags;
                }
                7 => {
                    let [count, ids, names] = family_groups(payload, next)?;
                    sum.groups += count;
                    sum.group_ids += ids;
                    sum.group_names += names;
                }
                _ => {}
            }
        }
        sum.messages += 1;
        sum.id += u64::from(id);
        sum.name += name;
        sum.version += u64::from(version);
        sum.hdrsize += u64::from(hdrsize);
        sum.maxattr += u64::from(maxattr);
    }
    Some(sum)
}

/// Writes `bytes` at the start of `rest` and moves it on.
#[inline(always)]
fn put<const N: usize>(rest: &mut &mut [u8], bytes: [u8; N]) -> Option<()> {
    let (head, tail) = core::mem::take(rest).split_first_chunk_mut::<N>()?;
    *head = bytes;
    *rest = tail;
    Some(())
}

/// Writes an attribute that holds an integer.
#[inline(always)]
fn put_u32(rest: &mut &mut [u8], ty: u16, value: u32) -> Option<()> {
    put(rest, 8u16.to_ne_bytes())?;
    put(rest, ty.to_ne_bytes())?;
    put(rest, value.to_ne_bytes())
}

fn emit_route(buffer: &mut [u8], request: &RouteRequest) -> Option<usize> {
    let capacity = buffer.len();
    let (header, mut rest) = buffer.split_first_chunk_mut::<16>()?;
    put(&mut rest, [2, request.dst_len, 0, 0, 0, 4, 0, 1, 0, 0, 0, 0])?;
    put_u32(&mut rest, 1, request.dst)?;
    put_u32(&mut rest, 5, request.gateway)?;
    put_u32(&mut rest, 4, request.oif)?;
    put_u32(&mut rest, 15, request.table)?;
    put_u32(&mut rest, 6, request.priority)?;
    let len = capacity - rest.len();
    let mut header: &mut [u8] = header;
    put(&mut header, u32::try_from(len).ok()?.to_ne_bytes())?;
    put(&mut header, 24u16.to_ne_bytes())?;
    put(&mut header, 0x605u16.to_ne_bytes())?;
    put(&mut header, request.seq.to_ne_bytes())?;
    put(&mut header, [0; 4])?;
    Some(len)
}

fn emit(buffer: &mut [u8], requests: &[RouteRequest]) -> Option<usize> {
    let mut total = 0;
    for request in requests {
        total += emit_route(buffer, request)?;
        core::hint::black_box(&mut *buffer);
    }
    Some(total)
}
