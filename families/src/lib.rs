//! Messages of the kernel's own netlink families, defined with [`nl_tlv`]'s derives.
//!
//! | module | protocol | what |
//! |---|---|---|
//! | [`link`], [`link_kind`], [`bridge`] | rtnetlink | interfaces, and what each kind of them says of itself |
//! | [`address`], [`neighbour`] | rtnetlink | addresses of interfaces, and of their neighbours |
//! | [`route`], [`next_hop`], [`rule`] | rtnetlink | routes, and which table is looked up when |
//! | [`controller`] | generic netlink | families with their operations, groups and policies |
//! | [`netfilter`], [`nftables`], [`expression`] | nfnetlink | tables, chains, rules and what a rule does, in transactions |
//! | [`conntrack`] | nfnetlink | tracked connections |
//! | [`inet_diag`] | sock_diag | sockets of TCP, UDP and the like |
//!
//! Each message has the attributes of Linux 6.18 that a program may meet, in the order in which that kernel writes them,
//! and a `rest` for those of later ones: parsing and emitting loses nothing, and gives the same bytes where the kernel
//! follows its own order.
//!
//! ```
//! use nl_tlv::{Header, NlMessage, NewFlags};
//! use nl_tlv_families::link::{LinkNew, LinkInfo};
//! use nl_tlv_families::link_kind::{LinkData, Vlan};
//!
//! let data = LinkData::Vlan(Vlan { id: Some(5), ..Vlan::default() });
//! let vlan = LinkNew {
//!     ifname: Some("vlan5"),
//!     link: Some(2),
//!     linkinfo: Some(LinkInfo { kind: Some("vlan"), data: Some(data), ..LinkInfo::default() }),
//!     ..LinkNew::default()
//! };
//! let mut buf = [0; 128];
//! let bytes = vlan.emit(&mut buf, Header::request().flags(NewFlags::CREATE | NewFlags::EXCL))?;
//! assert_eq!(bytes.len(), 80);
//! # Ok::<(), nl_tlv::Error>(())
//! ```
#![no_std]
#![allow(
    missing_docs,
    reason = "a field has the kernel's name: that of a set for IFLA_* called `min_mtu` is IFLA_MIN_MTU, which a test holds against linux/*.h"
)]

pub mod address;
pub mod bridge;
pub mod conntrack;
pub mod controller;
pub mod expression;
pub mod inet_diag;
pub mod link;
pub mod link_kind;
pub mod neighbour;
pub mod netfilter;
pub mod next_hop;
pub mod nftables;
pub mod route;
pub mod rule;

use nl_tlv::NlMessage;
use nl_tlv::schema::MessageSchema;

/// The messages of a netlink protocol, by its number, for readers of schemas; none of one that is not here.
///
/// Where request and answer share a number (sock_diag), it is the answer.
#[must_use]
pub const fn schemas(protocol: u32) -> &'static [&'static MessageSchema] {
    match protocol {
        0 => ROUTE,
        4 => &[inet_diag::Socket::SCHEMA],
        12 => NETFILTER,
        _ => &[],
    }
}

const ROUTE: &[&MessageSchema] = &[
    link::LinkNew::SCHEMA,
    link::LinkDelete::SCHEMA,
    link::LinkGet::SCHEMA,
    address::AddressNew::SCHEMA,
    address::AddressDelete::SCHEMA,
    address::AddressGet::SCHEMA,
    route::RouteNew::SCHEMA,
    route::RouteDelete::SCHEMA,
    route::RouteGet::SCHEMA,
    neighbour::NeighbourNew::SCHEMA,
    neighbour::NeighbourDelete::SCHEMA,
    neighbour::NeighbourGet::SCHEMA,
    rule::RuleNew::SCHEMA,
    rule::RuleDelete::SCHEMA,
    rule::RuleGet::SCHEMA,
];

const NETFILTER: &[&MessageSchema] = &[
    netfilter::BatchBegin::SCHEMA,
    netfilter::BatchEnd::SCHEMA,
    nftables::TableNew::SCHEMA,
    nftables::TableGet::SCHEMA,
    nftables::TableDelete::SCHEMA,
    nftables::ChainNew::SCHEMA,
    nftables::ChainGet::SCHEMA,
    nftables::RuleNew::SCHEMA,
    nftables::RuleGet::SCHEMA,
    nftables::RuleDelete::SCHEMA,
    conntrack::ConnectionNew::SCHEMA,
    conntrack::ConnectionGet::SCHEMA,
    conntrack::ConnectionDelete::SCHEMA,
];

/// The chapter of the documentation, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/src/families.md")]
pub struct Chapter;
