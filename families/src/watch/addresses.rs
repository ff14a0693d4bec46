//! Addresses of interfaces.

use super::groups::{IPV4_IFADDR, IPV6_IFADDR, LINK};
use super::{AF_BRIDGE, AF_INET6, DELADDR, DELLINK, NEWADDR, attr_part, header, header_part};
use crate::rt_addr::Address;
use nl_tlv::{Effect, KeySchema, Keyed, Message, MessageId, MessageType, NlMessage};

/// Addresses of interfaces.
#[derive(Debug)]
pub enum Addresses {}

impl Keyed for Addresses {
    type View<'a> = Address<'a>;
    const KEY: &'static KeySchema = &KeySchema {
        message: Address::SCHEMAS[0],
        header_key: &[],
        key: &[],
        changed: &[],
        deleted: MessageId::Type(MessageType(DELADDR)),
    };
    const GROUPS: &'static [u32] = &[IPV4_IFADDR, IPV6_IFADDR, LINK];
    /// How long it is valid.
    const VOLATILE: &'static [&'static [u16]] = &[&[6]];

    fn effect(event: &Message<'_>, _: Option<MessageType>) -> Effect {
        match event.ty().0 {
            NEWADDR => Effect::Sets,
            DELADDR => Effect::Removes,
            DELLINK if header(event, 0) != AF_BRIDGE => Effect::AskAgain,
            _ => Effect::Nothing,
        }
    }

    /// Family and length of the prefix, the interface, and the address: for IPv6 the local one, because that of the peer
    /// can change.
    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        header_part(message, 0..2, part);
        header_part(message, 4..8, part);
        let has_local = || message.attrs_after(HEADER).map_while(Result::ok).any(|attr| attr.ty().get() == LOCAL);
        if header(message, 0) != AF_INET6 || !has_local() {
            attr_part(message, HEADER, ADDRESS, part);
        }
        attr_part(message, HEADER, LOCAL, part);
    }
}

const HEADER: usize = 8;
const ADDRESS: u16 = 1;
const LOCAL: u16 = 2;
