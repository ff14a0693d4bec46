//! Families whose messages have one number and are told apart by their first byte: the dumps of sockets.

use super::Family;
use nl_tlv_families::{inet_diag, netlink_diag, packet_diag, unix_diag};

/// The number of the netlink protocol.
const PROTOCOL: u32 = 4;

/// What belongs to such a family.
#[derive(Debug)]
pub struct ByAddressFamily {
    /// The first byte behind the netlink header, `AF_*`.
    pub address_families: &'static [u8],
    /// What fields of the header are in a request that leaves them out: all sockets, with all there is to know.
    pub defaults: &'static [(&'static str, u32)],
}

static INET: ByAddressFamily = ByAddressFamily {
    address_families: &[2, 10],
    defaults: &[("sdiag-family", 2), ("sdiag-protocol", 6), ("idiag-ext", 0xff), ("idiag-states", u32::MAX)],
};

static UNIX: ByAddressFamily = ByAddressFamily {
    address_families: &[1],
    // No more than the bits that have names: the kernel refuses others.
    defaults: &[("sdiag-family", 1), ("udiag-states", u32::MAX), ("udiag-show", 0x7f)],
};

static NETLINK: ByAddressFamily = ByAddressFamily {
    address_families: &[16],
    // NDIAG_PROTO_ALL; NDIAG_SHOW_MEMINFO, GROUPS and FLAGS, but not the rings, which are obsolete.
    defaults: &[("sdiag-family", 16), ("sdiag-protocol", 255), ("ndiag-show", 0xb)],
};

static PACKET: ByAddressFamily =
    ByAddressFamily { address_families: &[17], defaults: &[("sdiag-family", 17), ("pdiag-show", 0x3f)] };

/// `SKNLGRP_*` of `linux/sock_diag.h`: sockets that are closed.
const GROUPS: &[(&str, u32)] =
    &[("inet-tcp-destroy", 1), ("inet-udp-destroy", 2), ("inet6-tcp-destroy", 3), ("inet6-udp-destroy", 4)];

/// The families.
pub(super) fn families() -> [Family; 4] {
    let of = |name, messages, groups, diag| Family {
        name,
        protocol: PROTOCOL,
        messages,
        groups,
        by_address_family: Some(diag),
        variants: &[],
    };
    [
        of("inet-diag", inet_diag::SCHEMAS, GROUPS, &INET),
        of("unix-diag", unix_diag::SCHEMAS, &[], &UNIX),
        of("netlink-diag", netlink_diag::SCHEMAS, &[], &NETLINK),
        of("packet-diag", packet_diag::SCHEMAS, &[], &PACKET),
    ]
}
