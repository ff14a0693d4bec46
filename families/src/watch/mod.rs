//! Definitions for `nl_tlv::socket::Watch`: what the events of a family do to its objects, and after which events of other
//! families they are asked for again.
//!
//! | definition | objects | events that do not say what they change |
//! |---|---|---|
//! | [`Links`] | interfaces | those of bridge ports (`AF_BRIDGE`), root queueing disciplines, settings of IPv4 and IPv6; moves to another namespace |
//! | [`Addresses`] | addresses of interfaces | an interface goes |
//! | [`Neighbours`] | neighbours whose address is known | |
//! | [`Routes`] | routes of IPv4 and IPv6 | links, addresses and next hops that change: IPv4 routes vanish with them without an event; IPv6 next hops of one route; `ignore_routes_with_linkdown` |
//! | [`Rules`] | which table is looked up when; equal rules are counted | all: other rules and links change what a rule says |
//! | [`NextHops`] | next hops and groups of them | one goes; links |
//! | [`Connections`] | tracked connections | an update of one that is not known |
//! | [`FilterRules`] | rules of nftables | a table or a chain goes |
//!
//! The messages themselves have no key: a watch of them needs one of these definitions.
//!
//! Some facts change without any event, so no watch can follow them: the page of each definition names them. They are as
//! the last message about the object said.

// What the families share is not all used by each of them.
#![cfg_attr(not(feature = "all"), allow(dead_code))]

#[cfg(feature = "rt-addr")]
mod addresses;
#[cfg(feature = "conntrack")]
mod connections;
#[cfg(feature = "nftables")]
mod filter_rules;
#[cfg(feature = "rt-link")]
mod links;
#[cfg(feature = "rt-neigh")]
mod neighbours;
#[cfg(feature = "rt-nexthop")]
mod next_hops;
#[cfg(feature = "rt-route")]
mod routes;
#[cfg(feature = "rt-rule")]
mod rules;

#[cfg(feature = "rt-addr")]
pub use addresses::Addresses;
#[cfg(feature = "conntrack")]
pub use connections::Connections;
#[cfg(feature = "nftables")]
pub use filter_rules::FilterRules;
#[cfg(feature = "rt-link")]
pub use links::Links;
#[cfg(feature = "rt-neigh")]
pub use neighbours::Neighbours;
#[cfg(feature = "rt-nexthop")]
pub use next_hops::NextHops;
#[cfg(feature = "rt-route")]
pub use routes::Routes;
#[cfg(feature = "rt-rule")]
pub use rules::Rules;

use nl_tlv::{Effect, Message};

/// Where a part of a key goes.
type Part<'p> = &'p mut dyn FnMut(&[u8]);

/// One byte of the family header.
fn header(message: &Message<'_>, at: usize) -> u8 {
    message.payload().get(at).copied().unwrap_or(0)
}

/// Some bytes of the family header.
fn header_part(message: &Message<'_>, range: core::ops::Range<usize>, part: Part<'_>) {
    part(message.payload().get(range).unwrap_or_default());
}

/// An attribute with its type and length, if it is there.
fn attr_part(message: &Message<'_>, header_len: usize, ty: u16, part: Part<'_>) {
    for attr in message.attrs_after(header_len).map_while(Result::ok).filter(|attr| attr.ty().get() == ty) {
        whole(ty, attr.payload(), part);
    }
}

/// All attributes but some, with their types and lengths.
fn other_attrs(message: &Message<'_>, header_len: usize, but: &[u16], part: Part<'_>) {
    let attrs = message.attrs_after(header_len).map_while(Result::ok);
    for attr in attrs.filter(|attr| !but.contains(&attr.ty().get())) {
        whole(attr.ty().get(), attr.payload(), part);
    }
}

fn whole(ty: u16, payload: &[u8], part: Part<'_>) {
    part(&ty.to_be_bytes());
    part(&u16::try_from(payload.len()).unwrap_or(u16::MAX).to_be_bytes());
    part(payload);
}

/// What an event of links does to objects that depend on links. Those of bridge ports are about a port, not a link.
fn of_links(event: &Message<'_>) -> Option<Effect> {
    match event.ty().0 {
        NEWLINK | DELLINK if header(event, 0) == AF_BRIDGE => Some(Effect::Nothing),
        NEWLINK | DELLINK => Some(Effect::AskAgain),
        _ => None,
    }
}

/// Whether an event is about settings of IPv4 or IPv6 that have this attribute (`NETCONFA_*`).
fn is_of_setting(event: &Message<'_>, ty: u16) -> bool {
    matches!(event.ty().0, NEWNETCONF | DELNETCONF)
        && event.attrs_after(NETCONF_HEADER).map_while(Result::ok).any(|attr| attr.ty().get() == ty)
}

/// `struct netconfmsg` and padding.
const NETCONF_HEADER: usize = 4;

const AF_INET: u8 = 2;
const AF_BRIDGE: u8 = 7;
const AF_INET6: u8 = 10;

const NEWLINK: u16 = 16;
const DELLINK: u16 = 17;
const NEWADDR: u16 = 20;
const DELADDR: u16 = 21;
const NEWROUTE: u16 = 24;
const DELROUTE: u16 = 25;
const NEWNEIGH: u16 = 28;
const DELNEIGH: u16 = 29;
const NEWRULE: u16 = 32;
const DELRULE: u16 = 33;
const NEWQDISC: u16 = 36;
const DELQDISC: u16 = 37;
const NEWNETCONF: u16 = 80;
const DELNETCONF: u16 = 81;
const NEWNEXTHOP: u16 = 104;
const DELNEXTHOP: u16 = 105;

/// `RTNLGRP_*`.
mod groups {
    pub(super) const LINK: u32 = 1;
    pub(super) const NEIGH: u32 = 3;
    pub(super) const TC: u32 = 4;
    pub(super) const IPV4_IFADDR: u32 = 5;
    pub(super) const IPV4_ROUTE: u32 = 7;
    pub(super) const IPV4_RULE: u32 = 8;
    pub(super) const IPV6_IFADDR: u32 = 9;
    pub(super) const IPV6_ROUTE: u32 = 11;
    pub(super) const IPV6_IFINFO: u32 = 12;
    pub(super) const IPV6_RULE: u32 = 19;
    pub(super) const IPV4_NETCONF: u32 = 24;
    pub(super) const IPV6_NETCONF: u32 = 25;
    pub(super) const NEXTHOP: u32 = 32;
}
