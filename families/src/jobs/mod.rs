//! Frequent jobs in few words: constructors of the generated messages that take what a program has.
//!
//! They are methods of the messages themselves, so that a connection of either kind sends what they make:
//! `conn.request_with(&Link::veth("a", "b"), CREATE)?`, blocking or with `.await`.
//!
#![doc = include_str!("jobs.md")]
//!
//! Nothing is changed silently. The address family comes from the address. What the message cannot represent (a burst that is
//! too long for its field, addresses of two families) is a `NotRepresentable`; what it can represent goes to the kernel,
//! which refuses what is wrong (a prefix that is longer than the address, a VLAN above 4094).
//!
//! **Names and numbers.** Where the kernel takes a name, there is `named`. Elsewhere it wants the interface's number, and
//! the link has it:
//!
#![cfg_attr(feature = "rt-link", doc = "```")]
#![cfg_attr(not(feature = "rt-link"), doc = "```ignore")]
//! use nl_tlv::socket::{Connection, Protocol};
//! use nl_tlv_families::rt_link::{GetLink, Link};
//!
//! let mut conn = Connection::open(Protocol::ROUTE)?;
//! let index = conn.get::<Link>(&GetLink::named("lo"))?.index();
//! let link = conn.get::<Link>(&GetLink::at(index))?;
//! assert_eq!(link.ifname.unwrap(), "lo");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`IfIndex`] is made of a `u32` and of an `i32`, and becomes either again (`u32::from(index)`), because attributes hold
//! the one and structs the other.
//!
//! **Names of new links** go to the kernel as they are. It refuses (`EINVAL`) an empty name, `.` and `..`, and a name with a
//! slash, a colon or a blank in it; one of more than 15 bytes is refused before it is sent. `%d` in a name is a pattern: of
//! `x%d` the kernel makes `x0`, `x1` and so on, the first that is free, and the answer to a request with `ECHO` has it.

#[cfg(feature = "tc")]
mod action;
#[cfg(feature = "rt-addr")]
mod address;
#[cfg(feature = "rt-addrlabel")]
mod address_label;
#[cfg(feature = "rt-link")]
mod bridge;
#[cfg(feature = "conntrack")]
mod connection;
pub mod constants;
#[cfg(feature = "tc")]
mod disciplines;
#[cfg(feature = "ethtool")]
mod ethtool;
#[cfg(feature = "tc")]
mod filter;
mod handle;
mod index;
#[cfg(feature = "xfrm")]
mod ipsec;
#[cfg(feature = "ipset")]
mod ipset;
#[cfg(feature = "rt-link")]
mod link;
#[cfg(feature = "rt-link")]
mod link_kinds;
#[cfg(feature = "rt-link")]
mod link_tunnels;
#[cfg(feature = "rt-mdb")]
mod multicast;
#[cfg(feature = "rt-neigh")]
mod neighbour;
#[cfg(feature = "rt-nexthop")]
mod next_hop;
#[cfg(feature = "nftables")]
mod nftables;
#[cfg(any(
    feature = "conntrack",
    feature = "rt-link",
    feature = "rt-route",
    feature = "rt-rule",
    feature = "tc",
    feature = "xfrm"
))]
mod not_representable;
#[cfg(feature = "tc")]
mod qdisc;
#[cfg(feature = "tc")]
mod rate;
#[cfg(feature = "rt-route")]
mod route;
#[cfg(feature = "rt-rule")]
mod rule;
#[cfg(feature = "inet-diag")]
mod sockets;
#[cfg(feature = "wireguard")]
mod wireguard;
#[cfg(feature = "nl80211")]
mod wireless;

pub use handle::{Handle, NotAHandle};
pub use index::IfIndex;
#[cfg(feature = "ipset")]
pub use ipset::NOT_IN_SET;
#[cfg(any(
    feature = "conntrack",
    feature = "rt-link",
    feature = "rt-route",
    feature = "rt-rule",
    feature = "tc",
    feature = "xfrm"
))]
pub use not_representable::NotRepresentable;
#[cfg(feature = "tc")]
pub use rate::Rate;

use constants::{AF_INET, AF_INET6};
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
        IpAddr::V4(_) => AF_INET,
        IpAddr::V6(_) => AF_INET6,
    }
}

/// The number of bits of an address.
#[cfg(feature = "rt-route")]
const fn bits_of(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// An address in 16 bytes: one of IPv4 is in the first four.
#[cfg(any(feature = "rt-mdb", feature = "xfrm"))]
fn bytes_of(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
        IpAddr::V6(address) => address.octets(),
    }
}
