//! Rules of nftables. A rule has a number, and never changes: what takes its place has another number.

use super::{attr_part, header_part};
use crate::nftables::Rule;
use nl_tlv::{Effect, Keyed, Message, MessageType};

/// Rules of nftables, of all families, tables and chains.
#[derive(Debug)]
pub enum FilterRules {}

impl Keyed for FilterRules {
    type View<'a> = Rule<'a>;
    /// `NFNLGRP_NFTABLES`.
    const GROUPS: &'static [u32] = &[7];

    fn effect(event: &Message<'_>, _: Option<MessageType>) -> Effect {
        match event.ty() {
            NEWRULE => Effect::Sets,
            DELRULE => Effect::Removes,
            // A table that ends with the process that owns it takes its rules along without an event for each.
            DELTABLE | DELCHAIN => Effect::AskAgain,
            _ => Effect::Nothing,
        }
    }

    /// Family, table, chain and number.
    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        header_part(message, 0..1, part);
        for ty in [TABLE, CHAIN, HANDLE] {
            attr_part(message, HEADER, ty, part);
        }
    }

    /// Counters count, and the rule in front of it is another one.
    fn is_same(_: &Message<'_>, _: &Message<'_>) -> bool {
        true
    }
}

const DELTABLE: MessageType = MessageType(0x0a02);
const DELCHAIN: MessageType = MessageType(0x0a05);
const NEWRULE: MessageType = MessageType(0x0a06);
const DELRULE: MessageType = MessageType(0x0a08);
const HEADER: usize = 4;
const TABLE: u16 = 1;
const CHAIN: u16 = 2;
const HANDLE: u16 = 3;
