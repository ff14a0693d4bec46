//! Neighbours. The kernel tells when the address of one becomes known, changes or is lost; entries that are being resolved
//! or have failed, and those that need no resolution, come without an event. Source: `net/core/neighbour.c`.

use super::groups::NEIGH;
use super::{AF_BRIDGE, DELNEIGH, NEWNEIGH, attr_part, header, header_part};
use crate::rt_neigh::Neighbour;
use nl_tlv::{Effect, Keyed, Message, MessageType};

/// Neighbours whose link-layer address is known.
///
/// | entry | is an object |
/// |---|---|
/// | resolved (`NUD_REACHABLE`, `NUD_STALE`, `NUD_DELAY`, `NUD_PROBE`), or `NUD_PERMANENT` | yes |
/// | `NUD_NOARP`, made by hand | yes |
/// | `NUD_NOARP`, made by the kernel: multicast, broadcast, interfaces without ARP | no: it comes without an event |
/// | being resolved (`NUD_INCOMPLETE`) or not resolved (`NUD_FAILED`) | no: both can come without an event. One that fails is removed |
/// | proxies (`NTF_PROXY`) and forwarding entries of bridges | no: they are not neighbours |
///
/// Made by hand is an entry that was confirmed when it was last updated; the kernel makes its own with an older
/// confirmation. (Traffic that confirms one of the kernel's, as TCP does, makes it look as if made by hand.)
///
/// For some seconds, one that is `NUD_STALE` or `NUD_REACHABLE` may be `NUD_DELAY` in fact: no event tells of that, but of
/// the state after it. Nor does an event tell when only the protocol (`NDA_PROTOCOL`) changes.
#[derive(Debug)]
pub enum Neighbours {}

impl Keyed for Neighbours {
    type View<'a> = Neighbour<'a>;
    const GROUPS: &'static [u32] = &[NEIGH];
    /// When it was used, how often it was asked for, and who made it, which changes without an event.
    const VOLATILE: &'static [&'static [u16]] = &[&[CACHEINFO], &[4], &[12]];

    fn is_object(message: &Message<'_>, _: Option<MessageType>) -> bool {
        message.ty().0 == NEWNEIGH && !is_other(message) && is_known(message)
    }

    fn effect(event: &Message<'_>, _: Option<MessageType>) -> Effect {
        match event.ty().0 {
            NEWNEIGH | DELNEIGH if is_other(event) => Effect::Nothing,
            NEWNEIGH if is_known(event) => Effect::Sets,
            NEWNEIGH | DELNEIGH => Effect::Removes,
            _ => Effect::Nothing,
        }
    }

    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        header_part(message, 0..1, part);
        header_part(message, 4..8, part);
        attr_part(message, HEADER, DST, part);
    }

    fn is_same(old: &Message<'_>, new: &Message<'_>) -> bool {
        // No event tells that it is delayed.
        let is_delayed = state(new) == NUD_DELAY && matches!(state(old), NUD_REACHABLE | NUD_STALE);
        let header = |message: &Message<'_>| message.payload().first_chunk::<HEADER>().copied();
        let [old_header, new_header] = [old, new].map(|message| {
            header(message).map(|mut header| {
                if is_delayed {
                    header[8..10].fill(0);
                }
                header
            })
        });
        old_header == new_header && Self::has_same_attrs(old, new)
    }
}

/// Whether it is a forwarding entry of a bridge, or an address that is answered for.
fn is_other(message: &Message<'_>) -> bool {
    header(message, 0) == AF_BRIDGE || header(message, 10) & NTF_PROXY != 0
}

/// Whether its address is known, and an event has told so.
fn is_known(message: &Message<'_>) -> bool {
    match state(message) {
        NUD_NOARP => is_made_by_hand(message),
        state => state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT) != 0,
    }
}

/// Whether it was confirmed when it was updated, as what users make is. The kernel makes its own as confirmed before twice
/// the time for which a neighbour is reachable.
fn is_made_by_hand(message: &Message<'_>) -> bool {
    let mut attrs = message.attrs_after(HEADER).map_while(Result::ok);
    let times = attrs.find(|attr| attr.ty().get() == CACHEINFO);
    let since = |at: usize| {
        let bytes = times?.payload().get(at..)?.first_chunk()?;
        Some(u32::from_ne_bytes(*bytes))
    };
    match (since(CONFIRMED), since(UPDATED)) {
        (Some(confirmed), Some(updated)) => confirmed <= updated.saturating_add(A_MOMENT),
        _ => true,
    }
}

fn state(message: &Message<'_>) -> u16 {
    message.payload().get(8..10).and_then(|state| state.try_into().ok()).map_or(0, u16::from_ne_bytes)
}

const HEADER: usize = 12;
const DST: u16 = 1;
const CACHEINFO: u16 = 3;

/// Where the times are in `struct nda_cacheinfo`, in hundredths of a second.
const CONFIRMED: usize = 0;
const UPDATED: usize = 8;
const A_MOMENT: u32 = 10;

const NUD_REACHABLE: u16 = 0x02;
const NUD_STALE: u16 = 0x04;
const NUD_DELAY: u16 = 0x08;
const NUD_PROBE: u16 = 0x10;
const NUD_NOARP: u16 = 0x40;
const NUD_PERMANENT: u16 = 0x80;
const NTF_PROXY: u8 = 0x08;
