//! Neighbours. The kernel tells of those that are resolved, have failed or were made by hand; entries that are being
//! resolved, and those of multicast, come and go without an event.

use super::groups::NEIGH;
use super::{AF_BRIDGE, DELNEIGH, NEWNEIGH, attr_part, header, header_part};
use crate::rt_neigh::Neighbour;
use nl_tlv::{Effect, KeySchema, Keyed, Message, MessageId, MessageType, NlMessage};

/// Neighbours that events tell of. Forwarding entries of bridges are not among them.
#[derive(Debug)]
pub enum Neighbours {}

impl Keyed for Neighbours {
    type View<'a> = Neighbour<'a>;
    const KEY: &'static KeySchema = &KeySchema {
        message: Neighbour::SCHEMAS[0],
        header_key: &[],
        key: &[],
        changed: &[],
        deleted: MessageId::Type(MessageType(DELNEIGH)),
    };
    const GROUPS: &'static [u32] = &[NEIGH];
    /// When it was used, and how often it was asked for.
    const VOLATILE: &'static [&'static [u16]] = &[&[3], &[4]];

    fn is_object(message: &Message<'_>, _: Option<MessageType>) -> bool {
        message.ty().0 == NEWNEIGH && header(message, 0) != AF_BRIDGE && is_told(message)
    }

    fn effect(event: &Message<'_>, _: Option<MessageType>) -> Effect {
        match event.ty().0 {
            NEWNEIGH | DELNEIGH if header(event, 0) == AF_BRIDGE => Effect::Nothing,
            NEWNEIGH if is_told(event) => Effect::Sets,
            NEWNEIGH | DELNEIGH => Effect::Removes,
            _ => Effect::Nothing,
        }
    }

    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        header_part(message, 0..1, part);
        header_part(message, 4..8, part);
        attr_part(message, HEADER, DST, part);
    }
}

/// Whether the kernel tells when an entry in this state changes.
fn is_told(message: &Message<'_>) -> bool {
    let state =
        message.payload().get(8..10).and_then(|state| state.try_into().ok()).map_or(0, u16::from_ne_bytes);
    state & !(NUD_INCOMPLETE | NUD_NOARP) != 0
}

const HEADER: usize = 12;
const DST: u16 = 1;
const NUD_INCOMPLETE: u16 = 1;
const NUD_NOARP: u16 = 0x40;
