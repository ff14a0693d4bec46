//! Interfaces. What `AF_BRIDGE` tells is about a port of a bridge, under the number of the interface.

use super::groups::LINK;
use super::{AF_BRIDGE, DELLINK, NEWLINK, header, header_part};
use crate::rt_link::{GetLink, Link, RtextFilter};
use nl_tlv::{Attr, Effect, KeySchema, Keyed, Message, MessageId, MessageType, NlMessage};

/// Interfaces.
///
/// Of one that is down the kernel does not tell when its alias or its alternative names change
/// (`netdev_state_change`): these are as they were in the last message about it.
#[derive(Debug)]
pub enum Links {}

impl Links {
    /// The request for all of them. The kernel leaves out those whose message is longer than 32 KiB, unless the request
    /// says which extensions it wants.
    #[must_use]
    pub fn request() -> GetLink<'static> {
        let mut request = GetLink::default();
        request.attrs.ext_mask = Some(RtextFilter::from_bits_retain(RTEXT_FILTER_VF));
        request
    }
}

impl Keyed for Links {
    type View<'a> = Link<'a>;
    const KEY: &'static KeySchema = &KeySchema {
        message: Link::SCHEMAS[0],
        header_key: &[],
        key: &[],
        changed: &[],
        deleted: MessageId::Type(MessageType(DELLINK)),
    };
    const GROUPS: &'static [u32] = &[LINK];
    /// Statistics, in each of their forms; what only an event says; counters of those who use the interface.
    const VOLATILE: &'static [&'static [u16]] = &[
        &[7],
        &[23],
        &[30],
        &[35],
        &[44],
        &[47],
        &[48],
        &[61],
        &[26, 10, 3],
        &[26, 10, 5],
        &[26, 10, 6],
        &[LINKINFO, 3],
        &[LINKINFO, INFO_DATA],
        &[LINKINFO, INFO_PORT],
    ];

    fn is_object(message: &Message<'_>, _: Option<MessageType>) -> bool {
        message.ty().0 == NEWLINK && header(message, 0) != AF_BRIDGE
    }

    fn effect(event: &Message<'_>, _: Option<MessageType>) -> Effect {
        let attrs = || event.attrs_after(HEADER).map_while(Result::ok);
        let has_moved = || attrs().any(|attr| attr.ty().get() == NEW_NETNSID);
        let has_no_peer_yet = || attrs().any(|attr| attr.ty().get() == PEER && attr.payload() == [0; 4]);
        let has_come = || event.payload().get(12..16) == Some(&[0xff; 4]);
        let has_peer = || attrs().any(|attr| attr.ty().get() == PEER);
        match event.ty().0 {
            // The state of a port is a part of what its interface says.
            NEWLINK | DELLINK if header(event, 0) == AF_BRIDGE => Effect::AskAgain,
            // Its peers say where it is.
            DELLINK if has_moved() => Effect::AskAgain,
            // The first of a pair is told of before there is the second; and one that comes from another namespace
            // changes what the other one says.
            NEWLINK if has_no_peer_yet() || has_come() && has_peer() => Effect::AskAgain,
            NEWLINK => Effect::Sets,
            DELLINK => Effect::Removes,
            _ => Effect::Nothing,
        }
    }

    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        header_part(message, 4..8, part);
    }

    fn is_same(old: &Message<'_>, new: &Message<'_>) -> bool {
        // Not `ifi_change`, which is an event's own.
        let header = |message: &Message<'_>| message.payload().first_chunk::<12>().copied();
        header(old) == header(new)
            && Self::KEY.has_same_attrs(old, new, Self::VOLATILE)
            && is_same_info(old, new)
    }
}

/// Whether what its kind says is the same, but for the timers of a bridge and its ports.
fn is_same_info(old: &Message<'_>, new: &Message<'_>) -> bool {
    let same = |ty, timers: &[u16]| match (info(old, ty), info(new, ty)) {
        (Some(old), Some(new)) if old.payload() != new.payload() => {
            let compared = |attr: Attr<'_>| !timers.contains(&attr.ty().get());
            let old = old.nested().map_while(Result::ok).filter(|attr| compared(*attr));
            let new = new.nested().map_while(Result::ok).filter(|attr| compared(*attr));
            old.map(|attr| (attr.ty(), attr.payload())).eq(new.map(|attr| (attr.ty(), attr.payload())))
        }
        (old, new) => old.is_some() == new.is_some(),
    };
    let is_bridge = |kind| info(new, kind).is_some_and(|kind| kind.payload().starts_with(b"bridge"));
    let timers = |kind, timers: &'static [u16]| if is_bridge(kind) { timers } else { &[][..] };
    same(INFO_DATA, timers(INFO_KIND, BRIDGE_TIMERS)) && same(INFO_PORT, timers(INFO_PORT_KIND, PORT_TIMERS))
}

fn info<'a>(message: &Message<'a>, ty: u16) -> Option<Attr<'a>> {
    let mut attrs = message.attrs_after(HEADER).map_while(Result::ok);
    let info = attrs.find(|attr| attr.ty().get() == LINKINFO)?;
    info.nested().map_while(Result::ok).find(|attr| attr.ty().get() == ty)
}

const HEADER: usize = 16;
const RTEXT_FILTER_VF: u32 = 1;
const PEER: u16 = 5;
const LINKINFO: u16 = 18;
const INFO_KIND: u16 = 1;
const INFO_DATA: u16 = 2;
const INFO_PORT_KIND: u16 = 4;
const INFO_PORT: u16 = 5;
const NEW_NETNSID: u16 = 45;

/// `IFLA_BR_*_TIMER`, and how many addresses were learned.
const BRIDGE_TIMERS: &[u16] = &[16, 17, 18, 19, 47];

/// `IFLA_BRPORT_*_TIMER`.
const PORT_TIMERS: &[u16] = &[21, 22, 23];
