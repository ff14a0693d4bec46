//! Frequent jobs in few words: constructors of the generated messages that take what a program has.
//!
//! They are methods of the messages themselves, so that a connection of either kind sends what they make:
//! `conn.request_with(&Link::veth("a", "b"), CREATE)?`, blocking or with `.await`.
//!
//! | job | message |
//! |---|---|
//! | a link by name or index; all links | `GetLink::named("eth0")`, `GetLink::at(2)`, `GetLink::default()` |
//! | up, down, MTU, another name, a master | `SetLink::at(2).up().mtu(9000)` |
//! | create a link | `Link::veth("a", "b")`, `Link::vlan("v5", 2, 5)`, `Link::bridge("br0")`, … |
//! | delete it | `DelLink::at(2)`, `DelLink::named("br0")` |
//! | an address with its prefix length | `Address::new(2, "192.0.2.1".parse()?, 24)` |
//! | a route | `Route::to(prefix, 24).via(gateway)`, `.dev(2)`, `.metric(100)`, `.table(99)` |
//! | delete exactly that route | `DelRoute::of(&route)` |
//! | a neighbour | `Neighbour::new(2, ip, &mac)` |
//! | a rule | `Rule::to_table(99).from(net, 24).priority(100)` |
//!
//! | a transaction of nftables | `BatchBegin::of_nftables()`, …, `BatchEnd::of_nftables()` |
//!
//! What contradicts itself cannot be made: the address family and the prefix length come from the address.

#[cfg(feature = "rt-addr")]
mod address;
mod index;
#[cfg(feature = "rt-link")]
mod link;
#[cfg(feature = "rt-link")]
mod link_kinds;
#[cfg(feature = "rt-neigh")]
mod neighbour;
#[cfg(feature = "nftables")]
mod nftables;
#[cfg(feature = "rt-route")]
mod route;
#[cfg(feature = "rt-rule")]
mod rule;

pub use index::IfIndex;

use core::net::IpAddr;
use nl_tlv::NewFlags;

/// What is sent to create something that does not exist yet.
pub const CREATE: NewFlags = NewFlags::CREATE.union(NewFlags::EXCL);

/// What is sent to create something, or to replace what is there.
pub const REPLACE: NewFlags = NewFlags::CREATE.union(NewFlags::REPLACE);

/// The address family of an address: `AF_INET` or `AF_INET6`.
#[must_use]
pub const fn family_of(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 2,
        IpAddr::V6(_) => 10,
    }
}

/// The number of bits of an address.
#[cfg(any(feature = "rt-route", feature = "rt-rule", feature = "rt-addr"))]
const fn bits_of(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}
