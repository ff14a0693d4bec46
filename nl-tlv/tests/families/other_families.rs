//! Addresses of other families than IPv4 and IPv6: their bytes are kept, and readers of schemas go by the family in the
//! message's header.
//!
//! The bytes are made as `net/mpls/af_mpls.c`, `net/mctp/{device,neigh,route}.c` and `net/phonet/pn_netlink.c` of Linux 7.2
//! write them.

use crate::{header, only};
use nl_tlv::schema::{dissect, locate};
use nl_tlv::{NlMessage, ParseMessage};
use nl_tlv_families::rt_addr::Address;
use nl_tlv_families::rt_neigh::Neighbour;
use nl_tlv_families::rt_route::Route;
use nl_tlv_families::values::FamilyAddr;

fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.split_whitespace().collect();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// Whether emitting what was read gives the same bytes.
fn is_same_again<'m, M: ParseMessage<'m>>(bytes: &'m [u8]) -> bool {
    let message = only(bytes);
    let mut buf = [0xa5; 256];
    M::parse(&message).unwrap().emit(&mut buf, header(&message)).unwrap() == bytes
}

/// `ip -f mpls route add 100 via inet 192.0.2.7`: label 100, and `RTA_VIA`.
const MPLS: &str = "38000000 18000000 00000000 00000000 1c140000 fe0400 01 00000000
    08000100 00064100 0a001200 0200c000 02070000 08000400 02000000";

/// An address of MCTP: `IFA_LOCAL` of one byte.
const MCTP: &str = "20000000 14000000 00000000 00000000 2d000000 02000000 05000200 09000000";

/// A neighbour of MCTP: `NDA_DST` of one byte, `NDA_LLADDR` of one.
const MCTP_NEIGHBOUR: &str =
    "2c000000 1c000000 00000000 00000000 2d000000 02000000 00000000 05000100 09000000 05000200 1d000000";

/// A route of MCTP with a gateway: `struct mctp_fq_addr`, a network and an address.
const MCTP_ROUTE: &str = "30000000 18000000 00000000 00000000 2d000000 00000001 00000000
    05000100 09000000 0c000500 01000000 0a000000";

/// A route of Phonet: `RTA_DST` of one byte.
const PHONET: &str = "2c000000 18000000 00000000 00000000 23060000 ff040001 00000000
    05000100 6c000000 08000400 02000000";

#[test]
fn addresses_of_any_length_are_read_and_emitted() {
    let mctp = bytes(MCTP);
    let address = Address::parse(&only(&mctp)).unwrap();
    assert_eq!((address.local.unwrap().as_bytes(), address.ip()), (&[9][..], None));
    let neighbour = bytes(MCTP_NEIGHBOUR);
    assert_eq!(Neighbour::parse(&only(&neighbour)).unwrap().dst, Some(FamilyAddr::new(&[9])));
    let route = bytes(MCTP_ROUTE);
    assert_eq!(Route::parse(&only(&route)).unwrap().gateway.unwrap().as_bytes(), [1, 0, 0, 0, 10, 0, 0, 0]);
    assert!(is_same_again::<Address<'_>>(&mctp) && is_same_again::<Neighbour<'_>>(&neighbour));
    assert!(is_same_again::<Route<'_>>(&route) && is_same_again::<Route<'_>>(&bytes(PHONET)));
}

#[test]
fn label_of_mpls_is_no_address_of_ipv4() {
    let bytes = bytes(MPLS);
    let route = Route::parse(&only(&bytes)).unwrap();
    assert_eq!(route.dst.unwrap().in_family(route.header.family).to_string(), "label 100");
    let text = dissect(Route::SCHEMAS, &bytes).to_string();
    assert!(text.contains("dst (1) = [BOTTOM|0x64000]"), "{text}");
    assert_eq!(locate(Route::SCHEMAS[0], &bytes, 32).to_string(), "Route.dst");
}

#[test]
fn addresses_are_shown_as_their_family_has_them() {
    for (schemas, hex, line) in [
        (Address::SCHEMAS, MCTP, "local (2) = 09"),
        (Neighbour::SCHEMAS, MCTP_NEIGHBOUR, "dst (1) = 09"),
        (Route::SCHEMAS, MCTP_ROUTE, "gateway (5) = 01000000 0a000000 (8 bytes)"),
        (Route::SCHEMAS, PHONET, "dst (1) = 108"),
    ] {
        let text = dissect(schemas, &bytes(hex)).to_string();
        assert!(text.contains(line) && !text.contains('!'), "{line} in\n{text}");
    }
}
