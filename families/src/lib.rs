//! Messages of the kernel's own netlink families, generated from the kernel's specifications.
//!
//! Each family is a module and a Cargo feature of the same name (`rt-link` is [`rt_link`]); none is on by default, and
//! `all` is all of them.
//!
//! | module | what |
//! |---|---|
//! | [`audit`] | Audit: the status of the kernel's log of security events, and its records as text. |
//! | [`binder`] | Errors of Binder transactions. |
//! | [`bridge_vlan`] | VLANs of bridges and their ports. |
//! | [`conntrack`] | Connection tracking: the connections that the kernel tracks, and its counters. |
//! | [`dev_energymodel`] | Energy models of devices: performance domains and states. |
//! | [`devlink`] | Devices and ports of network hardware, their parameters and health. |
//! | [`dpll`] | Digital phase-locked loops and their pins. |
//! | [`drm_ras`] | Errors that graphics devices count. |
//! | [`ethtool`] | Settings of network devices: links, rings, channels, features, statistics. |
//! | [`fou`] | Ports of foo-over-UDP tunnels. |
//! | [`handshake`] | Handshakes that user space makes for sockets of the kernel. |
//! | [`ila`] | Identifier locator addressing: which locators of IPv6 addresses are exchanged for which. |
//! | [`inet_diag`] | Sockets of TCP, UDP, MPTCP and the like, as `ss` shows them. |
//! | [`ioam6`] | Telemetry that routers write into headers of IPv6: its namespaces and schemas. |
//! | [`ipset`] | Sets of addresses, networks, ports and the like, which firewalls look up. |
//! | [`lockd`] | The lock manager of NFS. |
//! | [`macsec`] | MACsec: secure channels of an interface, their associations, keys and counters. |
//! | [`mptcp_pm`] | Endpoints and limits of Multipath TCP. |
//! | [`net_shaper`] | Shapers of network devices and their queues. |
//! | [`netdev`] | Network devices: what they can do, their queues and page pools. |
//! | [`netlink_diag`] | Netlink sockets, as `ss -f netlink` shows them. |
//! | [`nfsd`] | The NFS server: threads, versions and listeners. |
//! | [`nftables`] | nftables: tables, chains, rules, sets and what rules do; changed in batches. |
//! | [`nl80211`] | Wireless devices: wiphys, interfaces, stations and scans. |
//! | [`nlctrl`] | The controller of generic netlink: families with their ids, groups and policies. |
//! | [`ovpn`] | OpenVPN tunnels: peers and keys. |
//! | [`ovs_datapath`] | Open vSwitch: datapaths. |
//! | [`ovs_flow`] | Open vSwitch: flows of a datapath, their keys and actions. |
//! | [`ovs_packet`] | Open vSwitch: packets that are handed to user space. |
//! | [`ovs_vport`] | Open vSwitch: ports of a datapath. |
//! | [`packet_diag`] | Packet sockets, as `ss -0` shows them. |
//! | [`psp`] | Encryption of connections with the PSP protocol. |
//! | [`rt_addr`] | Addresses of interfaces. |
//! | [`rt_addrlabel`] | Labels of IPv6 addresses, by which the source of a connection is chosen. |
//! | [`rt_dcb`] | Data center bridging: classes of traffic, their bandwidth and pauses, and priorities of applications. |
//! | [`rt_link`] | Interfaces: what they are called, what kind they are, and what they count. |
//! | [`rt_mdb`] | Multicast groups that bridges know, and their routers. A request has other attributes than an answer. |
//! | [`rt_mroute`] | Packets that a multicast router is to look at, those without a route among them. |
//! | [`rt_ndisc`] | What IPv6 routers advertise: prefixes, and options such as name servers. |
//! | [`rt_neigh`] | Neighbours, and the forwarding entries of bridges. |
//! | [`rt_netconf`] | What a protocol does at an interface: whether it forwards, filters, answers for neighbours. |
//! | [`rt_nexthop`] | Next hops, and groups of them, that routes refer to by number. |
//! | [`rt_nsid`] | The numbers that a network namespace has for others. |
//! | [`rt_route`] | Routes: what goes where, by destination. |
//! | [`rt_rule`] | Rules: which routing table is looked up when. |
//! | [`rt_tunnel`] | VNIs of a VXLAN that lets only some of them in. |
//! | [`seg6`] | Segment routing over IPv6: the source of tunnels, and the keys that sign headers. |
//! | [`sunrpc`] | Caches of the RPC server. |
//! | [`tc`] | Traffic control: queueing disciplines, classes, filters and actions. |
//! | [`tcp_metrics`] | What TCP remembers of its peers. |
//! | [`team`] | Teams of network devices. |
//! | [`uevent`] | Events of the kernel's objects: devices that come, go and change. |
//! | [`unix_diag`] | Unix sockets, as `ss -x` shows them. |
//! | [`wireguard`] | WireGuard: tunnels and their peers. |
//! | [`xfrm`] | IPsec: security associations and policies, and their events. |
//!
//! A message has the whole set of attributes of its kind, so that it reads whatever a kernel sends, and a `rest` for those
//! of later kernels: parsing and emitting loses nothing. The attributes are also fields of the message itself
//! (`link.ifname` is `link.attrs.ifname`). Large nests are [`Lazy`](nl_tlv::value::Lazy): read when asked for.
//! Constructors for frequent jobs are in [`jobs`]; [`watch`] has what keeps the objects of a family up to date.
//!
#![cfg_attr(feature = "rt-link", doc = "```")]
#![cfg_attr(not(feature = "rt-link"), doc = "```ignore")]
//! use nl_tlv::{Header, Messages, NewFlags, NlMessage};
//! use nl_tlv_families::rt_link::{Link, LinkData};
//!
//! let vlan = Link::vlan("vlan5", 2, 5);
//! let mut buf = [0; 128];
//! let bytes = vlan.emit(&mut buf, Header::request().flags(NewFlags::CREATE | NewFlags::EXCL))?;
//! let read = Link::parse(&Messages::new(bytes).next().unwrap()?)?;
//! assert_eq!(read.ifname.unwrap(), "vlan5");
//! # Ok::<(), nl_tlv::Error>(())
//! ```
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![allow(
    missing_docs,
    reason = "a field has the kernel's name, and its name in C as an alias: `min_mtu` is found as IFLA_MIN_MTU"
)]
#![allow(
    clippy::large_enum_variant,
    reason = "an iterator hands out one attribute at a time, and a box would need an allocator"
)]

#[macro_use]
#[allow(unused_macros, reason = "without any feature there is no module that uses them")]
mod macros;
#[cfg(any(
    feature = "rt-addr",
    feature = "rt-neigh",
    feature = "rt-nexthop",
    feature = "rt-route",
    feature = "rt-rule"
))]
mod checks;
pub mod flags;
#[allow(unused_imports, dead_code, reason = "each generated module uses a part of them")]
mod imports;
pub mod jobs;
pub mod message;
pub mod values;

#[cfg(feature = "audit")]
pub mod audit;
#[cfg(feature = "binder")]
pub mod binder;
#[cfg(feature = "bridge-vlan")]
pub mod bridge_vlan;
#[cfg(feature = "conntrack")]
pub mod conntrack;
#[cfg(feature = "dev-energymodel")]
pub mod dev_energymodel;
#[cfg(feature = "devlink")]
pub mod devlink;
#[cfg(feature = "dpll")]
pub mod dpll;
#[cfg(feature = "drm-ras")]
pub mod drm_ras;
#[cfg(feature = "ethtool")]
pub mod ethtool;
#[cfg(feature = "fou")]
pub mod fou;
#[cfg(feature = "handshake")]
pub mod handshake;
#[cfg(feature = "ila")]
pub mod ila;
#[cfg(feature = "inet-diag")]
pub mod inet_diag;
#[cfg(feature = "ioam6")]
pub mod ioam6;
#[cfg(feature = "ipset")]
pub mod ipset;
#[cfg(feature = "lockd")]
pub mod lockd;
#[cfg(feature = "macsec")]
pub mod macsec;
#[cfg(feature = "mptcp-pm")]
pub mod mptcp_pm;
#[cfg(feature = "net-shaper")]
pub mod net_shaper;
#[cfg(feature = "netdev")]
pub mod netdev;
#[cfg(feature = "netlink-diag")]
pub mod netlink_diag;
#[cfg(feature = "nfsd")]
pub mod nfsd;
#[cfg(feature = "nftables")]
pub mod nftables;
#[cfg(feature = "nl80211")]
pub mod nl80211;
#[cfg(feature = "nlctrl")]
pub mod nlctrl;
#[cfg(feature = "ovpn")]
pub mod ovpn;
#[cfg(feature = "ovs-datapath")]
pub mod ovs_datapath;
#[cfg(feature = "ovs-flow")]
pub mod ovs_flow;
#[cfg(feature = "ovs-packet")]
pub mod ovs_packet;
#[cfg(feature = "ovs-vport")]
pub mod ovs_vport;
#[cfg(feature = "packet-diag")]
pub mod packet_diag;
#[cfg(feature = "psp")]
pub mod psp;
#[cfg(feature = "rt-addr")]
pub mod rt_addr;
#[cfg(feature = "rt-addrlabel")]
pub mod rt_addrlabel;
#[cfg(feature = "rt-dcb")]
pub mod rt_dcb;
#[cfg(feature = "rt-link")]
pub mod rt_link;
#[cfg(feature = "rt-mdb")]
pub mod rt_mdb;
#[cfg(feature = "rt-mroute")]
pub mod rt_mroute;
#[cfg(feature = "rt-ndisc")]
pub mod rt_ndisc;
#[cfg(feature = "rt-neigh")]
pub mod rt_neigh;
#[cfg(feature = "rt-netconf")]
pub mod rt_netconf;
#[cfg(feature = "rt-nexthop")]
pub mod rt_nexthop;
#[cfg(feature = "rt-nsid")]
pub mod rt_nsid;
#[cfg(feature = "rt-route")]
pub mod rt_route;
#[cfg(feature = "rt-rule")]
pub mod rt_rule;
#[cfg(feature = "rt-tunnel")]
pub mod rt_tunnel;
#[cfg(feature = "seg6")]
pub mod seg6;
#[cfg(feature = "sunrpc")]
pub mod sunrpc;
#[cfg(feature = "tc")]
pub mod tc;
#[cfg(feature = "tcp-metrics")]
pub mod tcp_metrics;
#[cfg(feature = "team")]
pub mod team;
#[cfg(feature = "uevent")]
pub mod uevent;
#[cfg(feature = "unix-diag")]
pub mod unix_diag;
#[cfg(any(
    feature = "rt-link",
    feature = "rt-addr",
    feature = "rt-neigh",
    feature = "rt-route",
    feature = "rt-rule",
    feature = "rt-nexthop",
    feature = "conntrack",
    feature = "nftables"
))]
pub mod watch;
#[cfg(feature = "wireguard")]
pub mod wireguard;
#[cfg(feature = "xfrm")]
pub mod xfrm;

use nl_tlv::schema::MessageSchema;

/// The messages of a netlink protocol, by its number, out of the families whose features are on; for readers of schemas.
///
/// Where a request and an answer have the same number, the answer comes first. The families of generic netlink have lists of
/// their own: `nlctrl::SCHEMAS` and the like. So have those of `sock_diag` (4): their messages have one number, and only the
/// address family in the header tells them apart, so that a list of all would take one for another.
#[must_use]
pub const fn schemas(protocol: u32) -> &'static [&'static MessageSchema] {
    match protocol {
        0 => const { &joined::<{ total(ROUTE) }>(ROUTE) },
        #[cfg(feature = "xfrm")]
        6 => xfrm::SCHEMAS,
        #[cfg(feature = "audit")]
        9 => audit::SCHEMAS,
        12 => const { &joined::<{ total(NETFILTER) }>(NETFILTER) },
        _ => &[],
    }
}

const ROUTE: &[&[&MessageSchema]] = &[
    #[cfg(feature = "bridge-vlan")]
    bridge_vlan::SCHEMAS,
    #[cfg(feature = "rt-addr")]
    rt_addr::SCHEMAS,
    #[cfg(feature = "rt-addrlabel")]
    rt_addrlabel::SCHEMAS,
    #[cfg(feature = "rt-dcb")]
    rt_dcb::SCHEMAS,
    #[cfg(feature = "rt-link")]
    rt_link::SCHEMAS,
    #[cfg(feature = "rt-mdb")]
    rt_mdb::SCHEMAS,
    #[cfg(feature = "rt-mroute")]
    rt_mroute::SCHEMAS,
    #[cfg(feature = "rt-ndisc")]
    rt_ndisc::SCHEMAS,
    #[cfg(feature = "rt-neigh")]
    rt_neigh::SCHEMAS,
    #[cfg(feature = "rt-netconf")]
    rt_netconf::SCHEMAS,
    #[cfg(feature = "rt-nexthop")]
    rt_nexthop::SCHEMAS,
    #[cfg(feature = "rt-nsid")]
    rt_nsid::SCHEMAS,
    #[cfg(feature = "rt-route")]
    rt_route::SCHEMAS,
    #[cfg(feature = "rt-rule")]
    rt_rule::SCHEMAS,
    #[cfg(feature = "rt-tunnel")]
    rt_tunnel::SCHEMAS,
    #[cfg(feature = "tc")]
    tc::SCHEMAS,
];

const NETFILTER: &[&[&MessageSchema]] = &[
    #[cfg(feature = "conntrack")]
    conntrack::SCHEMAS,
    #[cfg(feature = "ipset")]
    ipset::SCHEMAS,
    #[cfg(feature = "nftables")]
    nftables::SCHEMAS,
];

/// How many schemas there are in all.
const fn total(mut lists: &[&[&MessageSchema]]) -> usize {
    let mut total = 0;
    while let [first, rest @ ..] = lists {
        (total, lists) = (total + first.len(), rest);
    }
    total
}

/// The lists, one behind the other.
const fn joined<const N: usize>(mut lists: &[&[&'static MessageSchema]]) -> [&'static MessageSchema; N] {
    let mut joined = [MessageSchema::UNKNOWN; N];
    let mut at = 0;
    while let [first, rest @ ..] = lists {
        let mut list = *first;
        while let [schema, others @ ..] = list {
            joined[at] = schema;
            (at, list) = (at + 1, others);
        }
        lists = rest;
    }
    joined
}

/// The chapter of the documentation, compiled and run.
#[cfg(all(doctest, feature = "all"))]
#[doc = include_str!("../../docs/src/families.md")]
pub struct Chapter;
