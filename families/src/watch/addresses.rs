//! Addresses of interfaces.

use super::groups::{IPV4_IFADDR, IPV6_IFADDR, LINK};
use super::{AF_BRIDGE, AF_INET6, DELADDR, DELLINK, NEWADDR, attr_part, header, header_part};
use crate::rt_addr::Address;
use nl_tlv::{Effect, Keyed, Message, MessageType};

/// Addresses of interfaces; one of IPv6 as soon as the kernel knows that no other machine has it.
#[derive(Debug)]
pub enum Addresses {}

impl Keyed for Addresses {
    type View<'a> = Address<'a>;
    const GROUPS: &'static [u32] = &[IPV4_IFADDR, IPV6_IFADDR, LINK];
    /// How long it is valid.
    const VOLATILE: &'static [&'static [u16]] = &[&[6]];

    fn is_object(message: &Message<'_>, _: Option<MessageType>) -> bool {
        message.ty().0 == NEWADDR && !is_tentative(message)
    }

    fn effect(event: &Message<'_>, _: Option<MessageType>) -> Effect {
        match event.ty().0 {
            NEWADDR if !is_tentative(event) => Effect::Sets,
            NEWADDR | DELADDR => Effect::Removes,
            DELLINK if header(event, 0) != AF_BRIDGE => Effect::AskAgain,
            _ => Effect::Nothing,
        }
    }

    /// Family and interface. An IPv6 address is there once, and its prefix and peer can change; of IPv4 both are parts of
    /// the key.
    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        header_part(message, 0..1, part);
        header_part(message, 4..8, part);
        if header(message, 0) == AF_INET6 {
            let attrs = || message.attrs_after(HEADER).map_while(Result::ok);
            let local = attrs().find(|attr| attr.ty().get() == LOCAL);
            let address = local.or_else(|| attrs().find(|attr| attr.ty().get() == ADDRESS));
            return part(address.map_or(&[], |address| address.payload()));
        }
        header_part(message, 1..2, part);
        attr_part(message, HEADER, ADDRESS, part);
        attr_part(message, HEADER, LOCAL, part);
    }
}

/// Whether an IPv6 address is still looked for at others. The kernel tells of it when it is not.
fn is_tentative(message: &Message<'_>) -> bool {
    let flags = header(message, 2);
    header(message, 0) == AF_INET6 && flags & IFA_F_TENTATIVE != 0 && flags & IFA_F_DADFAILED == 0
}

const IFA_F_DADFAILED: u8 = 0x08;
const IFA_F_TENTATIVE: u8 = 0x40;
const HEADER: usize = 8;
const ADDRESS: u16 = 1;
const LOCAL: u16 = 2;
