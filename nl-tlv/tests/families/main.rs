//! Messages of the kernel's families (`nl-tlv-families`): each capture reads as captured with nothing left over,
//! emitting it gives its bytes back, and no prefix and no change of a byte does more than fail. In network namespaces
//! they make what the kernel then has, and read what `ip`, `nft`, `ss` and `conntrack` say too.
//!
//! The captures are little-endian, as is what this file asks of them.
#![cfg(all(feature = "derive", target_endian = "little"))]

mod contradictions;
mod emits_the_same_bytes;
mod left_over;
#[cfg(all(feature = "socket", target_os = "linux"))]
mod live;
mod netfilter_reads;
mod next_hops;
mod other_families;
mod reported;
mod rtnetlink_reads;
mod sockets_and_controller_read;
#[allow(dead_code, reason = "the untyped walk in vectors.rs uses the rest of it")]
#[path = "../support/mod.rs"]
mod support;
mod survives_damage;

use core::net::{IpAddr, Ipv4Addr};
use nl_tlv::{Header, Message, Messages};

/// Hands each family's message and its captures to a macro that makes a test out of them.
macro_rules! each_family {
    ($test:ident) => {
        $test! { of_links: nl_tlv_families::rt_link::Link, "link_veth" "link_bridge" "link_macvlan" "link_vxlan" "link_vlan" "link_bridge_port" }
        $test! { of_addresses: nl_tlv_families::rt_addr::Address, "address" }
        $test! { of_neighbours: nl_tlv_families::rt_neigh::Neighbour, "neighbour" }
        $test! { of_routes: nl_tlv_families::rt_route::Route, "route_plain" "route_filtered" "route_multipath" "route_ipv6" "route_via" }
        $test! { of_rules: nl_tlv_families::rt_rule::Rule, "rule" }
        $test! { of_the_controller: nl_tlv_families::nlctrl::Family, "genl_nlctrl" }
        $test! { of_policies: nl_tlv_families::nlctrl::Policy, "genl_policy_op" "genl_policy" }
        $test! { of_tables: nl_tlv_families::nftables::Table, "nft_table" }
        $test! { of_chains: nl_tlv_families::nftables::Chain, "nft_chain" }
        $test! { of_filter_rules: nl_tlv_families::nftables::Rule, "nft_rule_ssh" "nft_rule_jump" "nft_rule_mark" }
        $test! { of_connections: nl_tlv_families::conntrack::Connection, "ct_tcp" "ct_udp" }
        $test! { of_sockets: nl_tlv_families::inet_diag::Socket, "inet_diag_listen" "inet_diag_tcp" "inet_diag_udp6" }
    };
}
pub(crate) use each_family;

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

/// The header that the message was sent with.
fn header(message: &Message<'_>) -> Header {
    Header::new().family(message.ty()).flags(message.flags()).seq(message.seq()).port_id(message.port_id())
}

fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    Ipv4Addr::new(a, b, c, d).into()
}
