//! Parses each capture and emits it into a buffer of exactly its size; only `NLA_F_NESTED`, which some families leave out
//! and we write, may differ.

use crate::support::Vector;
use crate::{each_family, header, only};
use nl_tlv::{Attr, NlMessage};
use nl_tlv_families::rt_addr::Address;

macro_rules! emits_the_same_bytes {
    ($test:ident: $message:path, $($name:literal)*) => {
        #[test]
        fn $test() {
            use $message as Subject;
            for vector in [$($name),*].map(Vector::load) {
                let message = only(&vector.bytes);
                let parsed = Subject::parse(&message).unwrap();
                let mut buf = vec![0xa5; vector.bytes.len()];
                let emitted = parsed.emit(&mut buf, header(&message)).unwrap().to_vec();
                assert_eq!(emitted, with_nest_flags(&vector, &emitted), "{}", vector.name);
                assert_eq!(Subject::parse(&only(&emitted)).unwrap(), parsed, "{}", vector.name);
            }
        }
    };
}

each_family! { emits_the_same_bytes }

/// Conntrack sets the flag itself, so that there nothing differs.
#[test]
fn of_connections_with_every_flag() {
    for vector in ["ct_tcp", "ct_udp"].map(Vector::load) {
        let message = only(&vector.bytes);
        let mut buf = vec![0xa5; vector.bytes.len()];
        let parsed = nl_tlv_families::conntrack::Connection::parse(&message).unwrap();
        assert_eq!(parsed.emit(&mut buf, header(&message)).unwrap(), vector.bytes, "{}", vector.name);
    }
}

/// IPv6 writes the flags behind the cache information, IPv4 in front of it: the definition follows IPv4.
#[test]
fn in_the_order_of_ipv4_where_ipv6_has_another() {
    let vector = Vector::load("address_ipv6");
    let message = only(&vector.bytes);
    let parsed = Address::parse(&message).unwrap();
    assert_eq!((parsed.flags.map(|flags| flags.bits()), parsed.rest.iter().count()), (Some(0x82), 0));
    let mut buf = vec![0xa5; vector.bytes.len()];
    let emitted = parsed.emit(&mut buf, header(&message)).unwrap();
    let attrs = |bytes| only(bytes).attrs_after(8).map(Result::unwrap).map(bare).collect::<Vec<_>>();
    let (mut theirs, mut ours) = (attrs(&vector.bytes), attrs(emitted));
    let types = |attrs: &[(u16, Vec<u8>)]| attrs.iter().map(|(ty, _)| *ty).collect::<Vec<_>>();
    assert_eq!((types(&theirs), types(&ours)), (vec![1, 6, 8], vec![1, 8, 6]));
    theirs.sort();
    ours.sort();
    assert_eq!(ours, theirs);
}

fn bare(attr: Attr<'_>) -> (u16, Vec<u8>) {
    (attr.nla_type(), attr.payload().to_vec())
}

/// The captured bytes, with `NLA_F_NESTED` at those nests that have it in `emitted`.
fn with_nest_flags(vector: &Vector, emitted: &[u8]) -> Vec<u8> {
    let mut bytes = vector.bytes.clone();
    for line in vector.lines.iter().filter(|line| line.note.ends_with('{')) {
        let high_byte = line.offset + 3;
        bytes[high_byte] |= emitted.get(high_byte).copied().unwrap_or(0) & 0x80;
    }
    bytes
}
