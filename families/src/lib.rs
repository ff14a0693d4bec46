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
        4 => inet_diag::Socket::SCHEMAS,
        12 => NETFILTER,
        _ => &[],
    }
}

const ROUTE: &[&MessageSchema] = &[
    link::LinkNew::SCHEMAS[0],
    link::LinkDelete::SCHEMAS[0],
    link::LinkGet::SCHEMAS[0],
    address::AddressNew::SCHEMAS[0],
    address::AddressDelete::SCHEMAS[0],
    address::AddressGet::SCHEMAS[0],
    route::RouteNew::SCHEMAS[0],
    route::RouteDelete::SCHEMAS[0],
    route::RouteGet::SCHEMAS[0],
    neighbour::NeighbourNew::SCHEMAS[0],
    neighbour::NeighbourDelete::SCHEMAS[0],
    neighbour::NeighbourGet::SCHEMAS[0],
    rule::RuleNew::SCHEMAS[0],
    rule::RuleDelete::SCHEMAS[0],
    rule::RuleGet::SCHEMAS[0],
];

const NETFILTER: &[&MessageSchema] = &[
    netfilter::BatchBegin::SCHEMAS[0],
    netfilter::BatchEnd::SCHEMAS[0],
    nftables::TableNew::SCHEMAS[0],
    nftables::TableGet::SCHEMAS[0],
    nftables::TableDelete::SCHEMAS[0],
    nftables::ChainNew::SCHEMAS[0],
    nftables::ChainGet::SCHEMAS[0],
    nftables::RuleNew::SCHEMAS[0],
    nftables::RuleGet::SCHEMAS[0],
    nftables::RuleDelete::SCHEMAS[0],
    conntrack::ConnectionNew::SCHEMAS[0],
    conntrack::ConnectionGet::SCHEMAS[0],
    conntrack::ConnectionDelete::SCHEMAS[0],
];

/// The chapter of the documentation, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/src/families.md")]
pub struct Chapter;
