//! The kernel's families, from `nl-tlv-families`.

use super::{Family, GENERIC};
use nl_tlv::NlMessage;
use nl_tlv::schema::MessageSchema;
use nl_tlv_families::{
    address, conntrack, controller, inet_diag, link, neighbour, netfilter, nftables, route, rule,
};

/// `RTNLGRP_*` of `linux/rtnetlink.h`.
const LINK_GROUPS: &[(&str, u32)] = &[("link", 1)];
const ADDRESS_GROUPS: &[(&str, u32)] = &[("ipv4-ifaddr", 5), ("ipv6-ifaddr", 9)];
const NEIGHBOUR_GROUPS: &[(&str, u32)] = &[("neigh", 3)];
const ROUTE_GROUPS: &[(&str, u32)] = &[("ipv4-route", 7), ("ipv6-route", 11)];
const RULE_GROUPS: &[(&str, u32)] = &[("ipv4-rule", 8), ("ipv6-rule", 19)];

/// `NFNLGRP_*` of `linux/netfilter/nfnetlink.h`.
const CONNTRACK_GROUPS: &[(&str, u32)] = &[("new", 1), ("update", 2), ("destroy", 3)];
const NFTABLES_GROUPS: &[(&str, u32)] = &[("nftables", 7), ("nftrace", 9)];

/// The built-in families.
pub(super) fn families() -> Vec<Family> {
    // The program has these as long as it runs.
    let family = |name, protocol, messages: &[&[&'static MessageSchema]], groups| Family {
        name,
        protocol,
        messages: messages.concat().leak(),
        groups,
    };
    vec![
        family(
            "rt-link",
            0,
            &[link::LinkNew::SCHEMAS, link::LinkDelete::SCHEMAS, link::LinkGet::SCHEMAS],
            LINK_GROUPS,
        ),
        family(
            "rt-addr",
            0,
            &[address::AddressNew::SCHEMAS, address::AddressDelete::SCHEMAS, address::AddressGet::SCHEMAS],
            ADDRESS_GROUPS,
        ),
        family(
            "rt-route",
            0,
            &[route::RouteNew::SCHEMAS, route::RouteDelete::SCHEMAS, route::RouteGet::SCHEMAS],
            ROUTE_GROUPS,
        ),
        family(
            "rt-neigh",
            0,
            &[
                neighbour::NeighbourNew::SCHEMAS,
                neighbour::NeighbourDelete::SCHEMAS,
                neighbour::NeighbourGet::SCHEMAS,
            ],
            NEIGHBOUR_GROUPS,
        ),
        family(
            "rt-rule",
            0,
            &[rule::RuleNew::SCHEMAS, rule::RuleDelete::SCHEMAS, rule::RuleGet::SCHEMAS],
            RULE_GROUPS,
        ),
        family("inet-diag", 4, &[inet_diag::Socket::SCHEMAS], &[]),
        family(
            "nftables",
            12,
            &[
                netfilter::BatchBegin::SCHEMAS,
                netfilter::BatchEnd::SCHEMAS,
                nftables::TableNew::SCHEMAS,
                nftables::TableGet::SCHEMAS,
                nftables::TableDelete::SCHEMAS,
                nftables::ChainNew::SCHEMAS,
                nftables::ChainGet::SCHEMAS,
                nftables::RuleNew::SCHEMAS,
                nftables::RuleGet::SCHEMAS,
                nftables::RuleDelete::SCHEMAS,
            ],
            NFTABLES_GROUPS,
        ),
        family(
            "conntrack",
            12,
            &[
                conntrack::ConnectionNew::SCHEMAS,
                conntrack::ConnectionGet::SCHEMAS,
                conntrack::ConnectionDelete::SCHEMAS,
            ],
            CONNTRACK_GROUPS,
        ),
        family(
            "nlctrl",
            GENERIC,
            &[
                controller::FamilyGet::SCHEMAS,
                controller::Family::SCHEMAS,
                controller::PolicyGet::SCHEMAS,
                controller::Policy::SCHEMAS,
            ],
            &[("notify", 0)],
        ),
    ]
}
