//! What users of other libraries could not read, byte for byte.

use crate::only;
use crate::support::Vector;
use nl_tlv::{Keyed, NlMessage};
use nl_tlv_families::rt_link::{BridgeVlanInfo, BridgeVlanInfoFlags, Link};
use nl_tlv_families::rt_neigh::Neighbour;
use nl_tlv_families::watch::Links;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// Flags of a bridge in `IFLA_AF_SPEC`, and its VLANs.
fn bridge(hex: &str) -> (Option<u16>, Vec<BridgeVlanInfo>) {
    let bytes = bytes(hex);
    let link = Link::parse(&only(&bytes)).unwrap();
    assert_eq!(link.header.family, 7);
    let spec = link.af_spec.unwrap().second().unwrap().unwrap();
    (spec.flags, spec.vlan_info.iter().map(Result::unwrap).collect())
}

#[test]
fn vlans_of_a_bridges_port_are_where_other_links_have_addresses() {
    let vlan = |vid| BridgeVlanInfo { flags: BridgeVlanInfoFlags::PVID | BridgeVlanInfoFlags::UNTAGGED, vid };
    let one =
        bridge("2c000000100000000000000000000000070000000000000000000000000000000c001a000800020006000100");
    assert_eq!(one, (None, vec![vlan(1)]));
    let other = bridge(
        "400000001000000000000000000000000700000005000000000000000000000009000300657468300000000014001a0006000000020000000800020006000a00",
    );
    assert_eq!(other, (Some(2), vec![vlan(10)]));
}

#[test]
fn neighbour_of_a_tunnel_has_an_address_of_no_bytes_or_of_four() {
    for (hex, expected) in [
        ("280000001c0000000000000000000000020000000500000080000000080001000a00000204000200", &[][..]),
        (
            "2c0000001c0000000000000000000000020000000500000080000000080001000a00000208000200c0000207",
            &[192, 0, 2, 7],
        ),
    ] {
        let bytes = bytes(hex);
        let neighbour = Neighbour::parse(&only(&bytes)).unwrap();
        assert_eq!(neighbour.lladdr.unwrap().as_bytes(), expected);
    }
}

#[test]
fn statistics_are_no_change_of_a_link() {
    let before = Vector::load("link_veth").bytes;
    let attr = |ty: u16| {
        only(&before).attrs_after(16).map(Result::unwrap).find(|attr| attr.ty().get() == ty).unwrap()
    };
    let changed = |ty: u16| {
        let mut after = before.clone();
        let at = usize::try_from(attr(ty).offset()).unwrap() + 4;
        after[at] ^= 0x55;
        Links::is_same(&only(&before), &only(&after))
    };
    // `IFLA_STATS` and `IFLA_STATS64`, but not `IFLA_MTU`.
    assert_eq!([changed(7), changed(23), changed(4)], [true, true, false]);
}
