//! Frequent jobs in few words: constructors of the generated messages that take what a program has.
//!
//! They are methods of the messages themselves, so that a connection of either kind sends what they make:
//! `conn.request_with(&Link::veth("a", "b"), CREATE)?`, blocking or with `.await`.
//!
//! | job | message |
//! |---|---|
//! | a link by name or index; all links | `GetLink::named("eth0")`, `GetLink::at(2)`, `GetLink::default()` |
//! | up, down, MTU, another name, a master | `SetLink::at(2).up().mtu(9000)`, `SetLink::rename(2, "lan")` |
//! | create a link | `Link::veth("a", "b")`, `Link::vlan("v5", 2, 5)`, `Link::bridge("br0")`, … |
//! | delete it | `DelLink::at(2)`, `DelLink::named("br0")` |
//! | a tunnel | `Link::gre("t0", Gre::between(local, remote).key(7))`, `Link::vxlan("x0", Vxlan::of(42).to(remote)?)` |
//! | alternative names | `LinkProp::names(2, &PropListLink::of(&["uplink".into()]))`, `DelLinkProp::…` |
//! | an address with its prefix length | `Address::new(2, "192.0.2.1".parse()?, 24)` |
//! | the label of IPv6 addresses | `AddrLabel::new(prefix, 32, 99)` |
//! | the default route | `Route::default_via(gateway)` |
//! | a route | `Route::to(prefix, 24).via(gateway)`, `.dev(2)`, `.metric(100)`, `.table(99)` |
//! | next hops by themselves | `NextHop::via(1, gateway, 2)`, `NextHop::group(9, &[NexthopGrp::new(1, 3)])` |
//! | delete exactly that route | `DelRoute::of(&route)` |
//! | a neighbour | `Neighbour::new(2, ip, &mac)` |
//! | a rule | `Rule::to_table(99).from(net, 24).priority(100)`, `Rule::with_action(FrAct::Prohibit)` |
//! | a bridge's forwarding entry | `Neighbour::fdb(port, &mac).vlan(5)` |
//! | a VXLAN's | `Neighbour::fdb_remote(vxlan, &mac, ip)` |
//! | a bridge's multicast group | `AddMdb::new(bridge, BrMdbEntry::new(port, group))` |
//! | VLANs of a bridge's port | `SetLink::bridge(port, &BridgeSpec::vlans(&[BridgeVlanInfo::new(5).pvid()]))` |
//! | a qdisc | `Qdisc::root(2).handle((1, 0)).htb(&Htb::default_class(0x10))`, `.tbf(…)`, `.netem(…)`, … |
//! | a class | `Tclass::new(2, (1, 0), (1, 0x10)).htb(&Htb::class(Rate::mbit(1), Rate::mbit(2)))` |
//! | a filter | `Tfilter::new(2, Handle::INCOMING).flower(&Flower::ipv4().tcp_port(22).doing(&[Act::drop()]))` |
//! | actions by themselves | `Actions::of(&[Act::drop().index(7)])`, `GetActions::of(&[Act::of_kind("gact")])` |
//! | a WireGuard peer | `SetDevice::named("wg0").peers(&[Wgpeer::new(key).endpoint(address)])` |
//! | a device's settings | `RingsSet::named("eth0").rx(512)`, `PauseSet::…`, `FeaturesSet::…` |
//! | a set of addresses | `Create::new("s", "hash:net", AF_INET)`, `Add::new("s", Element::net(prefix, 24))`, `Test`, … |
//! | an IPsec association | `Sa::esp(from, to, spi).tunnel().aead("rfc4106(gcm(aes))", &key, 128)` |
//! | an IPsec policy | `Policy::new(PolicyDir::Out, Selector::between(from, to), &[Template::esp(…).tunnel()])` |
//! | sockets of TCP, UDP, MPTCP | `GetSocket::all(AF_INET, IPPROTO_TCP)`, `GetSocket::mptcp(AF_INET)` |
//! | stations and scans of Wi-Fi | `GetStation::on(3)`, `TriggerScan::on(3)`, `GetScan::on(3)` |
//! | a transaction of nftables | `BatchBegin::of_nftables()`, …, `BatchEnd::of_nftables()` |
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

#[cfg(feature = "tc")]
mod action;
#[cfg(feature = "rt-addr")]
mod address;
#[cfg(feature = "rt-addrlabel")]
mod address_label;
#[cfg(feature = "rt-link")]
mod bridge;
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
#[cfg(any(feature = "rt-link", feature = "rt-route", feature = "tc", feature = "xfrm"))]
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
#[cfg(any(feature = "rt-link", feature = "rt-route", feature = "tc", feature = "xfrm"))]
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
