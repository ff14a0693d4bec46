//! Tracked connections. An event of a change has only the attributes that changed.

use super::{attr_part, header_part};
use crate::conntrack::Connection;
use nl_tlv::{Effect, Keyed, Message, MessageType, NewFlags};

/// Tracked connections.
#[derive(Debug)]
pub enum Connections {}

impl Keyed for Connections {
    type View<'a> = Connection<'a>;
    /// `NFNLGRP_CONNTRACK_NEW`, `_UPDATE`, `_DESTROY`.
    const GROUPS: &'static [u32] = &[1, 2, 3];
    /// How long it lives without packets, counters, users, and when it began.
    const VOLATILE: &'static [&'static [u16]] = &[&[7], &[9], &[10], &[11], &[20]];

    fn effect(event: &Message<'_>, _: Option<MessageType>) -> Effect {
        match event.ty() {
            NEW if event.flags().contains(NewFlags::CREATE.into()) => Effect::Sets,
            NEW => Effect::Updates,
            DELETE => Effect::Removes,
            _ => Effect::Nothing,
        }
    }

    /// Family, both directions' addresses and ports as the first packet had them, and the zone.
    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        header_part(message, 0..1, part);
        for ty in [TUPLE_ORIG, ZONE, ID] {
            attr_part(message, HEADER, ty, part);
        }
    }
}

const NEW: MessageType = MessageType(0x0100);
const DELETE: MessageType = MessageType(0x0102);
const HEADER: usize = 4;
const TUPLE_ORIG: u16 = 1;
const ID: u16 = 12;
const ZONE: u16 = 18;
