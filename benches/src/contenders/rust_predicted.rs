//! The same in safe Rust with a prediction that is always verified.
//!
//! The walk expects attributes of 8 bytes, so that the next address does not wait for the length that was just read.
//! The typed loops expect the layout of the message before: dumps repeat it. If all attribute headers of the last
//! layout are found again at the same places, then the framing is sound and the fields are where they were.

use super::rust::{families, link_kind, next_attr, next_message, u32_of};
use super::{Contender, Kind};
use crate::records::{Links, Routes, Walk, mac, text};

/// The hand-written loops with predictions.
pub(super) const CONTENDER: Contender = Contender {
    walk: Some(walk),
    routes: Some(routes),
    links: Some(links),
    families: Some(|bytes| families(bytes, next_attr_predicted)),
    ..Contender::named("safe Rust, predicted")
};

/// The next attribute, expected to take 8 bytes.
#[inline(always)]
fn next_attr_predicted<'a>(rest: &mut &'a [u8]) -> Option<Option<(u16, &'a [u8])>> {
    if let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        let (len, ty) = (chunk.first_chunk()?, chunk.get(2..)?.first_chunk()?);
        let len = usize::from(u16::from_ne_bytes(*len));
        if let 5..=8 = len {
            *rest = tail;
            return Some(Some((u16::from_ne_bytes(*ty) & 0x3fff, chunk.get(4..len)?)));
        }
    }
    next_attr(rest)
}

fn walk(mut bytes: &[u8], kind: Kind) -> Option<Walk> {
    let mut sum = Walk::default();
    while let Some((_, mut attrs)) = next_message(&mut bytes, kind.ty(), kind.family_len())? {
        sum.messages += 1;
        while let Some((ty, payload)) = next_attr_predicted(&mut attrs)? {
            sum.attributes += 1;
            sum.types += u64::from(ty);
            sum.lengths += payload.len() as u64;
        }
    }
    Some(sum)
}

/// How many attributes a layout may have to be remembered.
const HEADS: usize = 64;

/// The attribute headers of an area and where they were, in words of four bytes; `F` are the fields found in it.
struct Shape<F> {
    len: usize,
    count: usize,
    heads: [(u16, [u8; 4]); HEADS],
    fields: F,
}

impl<F: Default> Shape<F> {
    fn new() -> Self {
        Shape { len: usize::MAX, count: 0, heads: [(0, [0; 4]); HEADS], fields: F::default() }
    }

    /// Whether `area` has the same attributes, types and lengths, at the same places.
    #[inline(always)]
    fn is_of(&self, area: &[u8]) -> bool {
        let Some(heads) = self.heads.get(..self.count).filter(|_| area.len() == self.len) else {
            return false;
        };
        let (words, _) = area.as_chunks::<4>();
        heads.iter().all(|&(at, head)| words.get(usize::from(at)) == Some(&head))
    }

    /// Walks over `area` and notes its attributes; `field` is called for each with its place.
    /// A layout that `field` answers `false` for, or with too many attributes, is not remembered.
    fn learn(
        &mut self,
        area: &[u8],
        mut field: impl FnMut(&mut F, u16, Place, &[u8]) -> Option<bool>,
    ) -> Option<()> {
        *self = Shape { len: area.len(), ..Shape::new() };
        let mut rest = area;
        while !rest.is_empty() {
            let at = area.len() - rest.len();
            let (ty, payload) = next_attr(&mut rest)??;
            let place = Place { at: u16::try_from(at + 4).ok()?, len: u16::try_from(payload.len()).ok()? };
            let simple = field(&mut self.fields, ty, place, payload)?;
            match self.heads.get_mut(self.count) {
                Some(head) if simple => {
                    *head = (u16::try_from(at / 4).ok()?, *area.get(at..)?.first_chunk()?)
                }
                _ => self.len = usize::MAX,
            }
            self.count = (self.count + 1).min(HEADS);
        }
        Some(())
    }
}

/// Where a payload is in its area. Empty where the attribute is absent.
#[derive(Clone, Copy, Default)]
struct Place {
    at: u16,
    len: u16,
}

impl Place {
    #[inline(always)]
    fn of(self, area: &[u8]) -> &[u8] {
        let at = usize::from(self.at);
        area.get(at..at + usize::from(self.len)).unwrap_or_default()
    }

    /// A payload whose length was looked at when the layout was learned.
    #[inline(always)]
    fn array<const N: usize>(self, area: &[u8]) -> [u8; N] {
        let at = usize::from(self.at);
        match area.get(at..).and_then(|tail| tail.first_chunk()) {
            Some(bytes) if self.len != 0 => *bytes,
            _ => [0; N],
        }
    }
}

#[derive(Default)]
struct RouteFields {
    dst: Place,
    gateway: Place,
    oif: Place,
    table: Place,
    priority: Place,
}

fn routes(mut bytes: &[u8]) -> Option<Routes> {
    let mut sum = Routes::default();
    let mut shape = Shape::<RouteFields>::new();
    while let Some((_, area)) = next_message(&mut bytes, 24, 12)? {
        if !shape.is_of(area) {
            shape.learn(area, |fields, ty, place, payload| {
                let field = match ty {
                    1 => &mut fields.dst,
                    4 => &mut fields.oif,
                    5 => &mut fields.gateway,
                    6 => &mut fields.priority,
                    15 => &mut fields.table,
                    _ => return Some(true),
                };
                u32_of(payload)?;
                *field = place;
                Some(true)
            })?;
        }
        let value = |place: Place| u64::from(u32::from_ne_bytes(place.array(area)));
        sum.messages += 1;
        sum.dst += value(shape.fields.dst);
        sum.gateway += value(shape.fields.gateway);
        sum.oif += value(shape.fields.oif);
        sum.table += value(shape.fields.table);
        sum.priority += value(shape.fields.priority);
    }
    Some(sum)
}

#[derive(Default)]
struct LinkFields {
    name: Place,
    mtu: Place,
    address: Place,
    operstate: Place,
    txqlen: Place,
    qdisc: Place,
    info: Place,
}

impl LinkFields {
    /// Notes one attribute; `None` if its length is wrong.
    fn note(&mut self, ty: u16, place: Place, payload: &[u8]) -> Option<bool> {
        let (field, len) = match ty {
            1 => (&mut self.address, 6),
            3 => (&mut self.name, payload.len()),
            4 => (&mut self.mtu, 4),
            6 => (&mut self.qdisc, payload.len()),
            13 => (&mut self.txqlen, 4),
            16 => (&mut self.operstate, 1),
            18 => {
                // Of two, both are checked and the last one counts: not a layout to remember.
                link_kind(payload)?;
                let first = self.info.len == 0;
                self.info = place;
                return Some(first);
            }
            _ => return Some(true),
        };
        *field = place;
        (payload.len() == len).then_some(true)
    }
}

fn links(mut bytes: &[u8]) -> Option<Links> {
    let mut sum = Links::default();
    let mut shape = Shape::<LinkFields>::new();
    while let Some((message, area)) = next_message(&mut bytes, 16, 16)? {
        if !shape.is_of(area) {
            shape.learn(area, LinkFields::note)?;
        }
        let fields = &shape.fields;
        sum.messages += 1;
        sum.index += u64::from(u32_of(message.get(20..24)?)?);
        sum.flags += u64::from(u32_of(message.get(24..28)?)?);
        sum.name += text(fields.name.of(area));
        sum.mtu += u64::from(u32::from_ne_bytes(fields.mtu.array(area)));
        sum.address += mac(fields.address.array(area));
        sum.operstate += u64::from(u8::from_ne_bytes(fields.operstate.array(area)));
        sum.txqlen += u64::from(u32::from_ne_bytes(fields.txqlen.array(area)));
        sum.qdisc += text(fields.qdisc.of(area));
        sum.kind += link_kind(fields.info.of(area))?;
    }
    Some(sum)
}
