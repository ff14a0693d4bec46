//! The next hops of a route (`RTA_MULTIPATH`): records that readers of schemas open as the typed value does, and of which
//! a damaged one costs itself, and those behind it where nothing says where they begin.

use crate::{only, v4};
use core::net::IpAddr;
use nl_tlv::schema::{Strictness, dissect, locate, validate};
use nl_tlv::value::{Array, Lazy};
use nl_tlv::{Attr, Header, NlMessage};
use nl_tlv_families::rt_route::{EncapForm, EncapMpls, EncapSeg6, EncapType, Route};
use nl_tlv_families::values::{
    Encap, HopAttrs, MplsLabel, NextHop, Seg6Tunnel, SegmentRouting, Segments, Via,
};

fn v6(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// A route with a hop of IPv4, and one of IPv6 that is an `RTA_VIA`. The message has 20 + 8 bytes in front of
/// `RTA_MULTIPATH`, and 8 behind it.
fn route() -> Vec<u8> {
    let first = HopAttrs { gateway: Some(v4(192, 0, 2, 7)), ..HopAttrs::default() };
    let second = HopAttrs { via: Some(Via::of(v6("fe80::1"))), flow: Some(3), ..HopAttrs::default() };
    let hops = [
        NextHop { ifindex: 2, hops: 1, attrs: first, ..NextHop::default() },
        NextHop { ifindex: 3, flags: 4, attrs: second, ..NextHop::default() },
    ];
    let route = Route { attrs: Default::default(), ..Route::to(v4(10, 1, 0, 0), 16) }.multipath(&hops);
    route.emit(&mut [0; 256], Header::request()).unwrap().to_vec()
}

/// Where the first record begins.
const FIRST: usize = 16 + 12 + 4;
/// Where the second one does.
const SECOND: usize = FIRST + 8 + 8;

fn with_length(at: usize, len: u16) -> Vec<u8> {
    let mut bytes = route();
    bytes[at..at + 2].copy_from_slice(&len.to_ne_bytes());
    bytes
}

fn shown(bytes: &[u8]) -> String {
    let text = dissect(Route::SCHEMAS, bytes).to_string();
    text.lines().skip(2).collect::<Vec<_>>().join("\n")
}

/// The hops that the typed value has, and whether an error follows.
fn typed(bytes: &[u8]) -> (Vec<i32>, bool) {
    let route = Route::parse(&only(bytes)).unwrap();
    let hops: Vec<_> = route.multipath.unwrap().iter().collect();
    let whole = hops.iter().filter_map(|hop| hop.as_ref().ok()).map(|hop| hop.ifindex).collect();
    (whole, hops.iter().any(Result::is_err))
}

#[test]
fn hops_are_shown_by_name() {
    let expected = r"
   28    multipath (9): 56 bytes
   32      [0] = { len 16, flags 0, hops 1, ifindex 2 }
   40        gateway (5) = 192.0.2.7
   48      [1] = { len 40, flags 4, hops 0, ifindex 3 }
   56        via (18) = { family 10, address fe80::1 }
   80        flow (11) = 3";
    assert_eq!(shown(&route()), expected.trim_start_matches('\n'));
    assert_eq!(typed(&route()), (vec![2, 3], false));
}

#[test]
fn offsets_in_hops_have_paths() {
    let (bytes, schema) = (route(), Route::SCHEMAS[0]);
    for (offset, path) in [
        (28, "Route.multipath"),
        (FIRST, "Route.multipath[0].len"),
        (FIRST + 4, "Route.multipath[0].ifindex"),
        (FIRST + 8, "Route.multipath[0].gateway"),
        (FIRST + 12, "Route.multipath[0].gateway"),
        (SECOND + 2, "Route.multipath[1].flags"),
        (SECOND + 8, "Route.multipath[1].via.family"),
        (SECOND + 32, "Route.multipath[1].flow"),
    ] {
        let found = locate(schema, &bytes, u32::try_from(offset).unwrap()).to_string();
        assert!(
            found == path || path.starts_with(&found) && path.ends_with("via.family"),
            "{offset}: {found}"
        );
    }
}

#[test]
fn errors_in_hops_have_paths() {
    let mut bytes = route();
    // A gateway of three bytes.
    bytes[FIRST + 8] = 7;
    let message = only(&bytes);
    let err = Route::parse(&message).unwrap().multipath.unwrap().iter().next().unwrap().unwrap_err();
    let text = err.within(Route::SCHEMAS[0], &bytes).to_string();
    assert!(text.starts_with("Route.multipath[0].gateway: expected"), "{text}");
}

#[test]
fn hop_with_a_wrong_length_costs_no_hop_in_front_of_it() {
    for (len, reason) in [
        (0, "length field 0 is below the header's 8"),
        (7, "length field 7 is below the header's 8"),
        (200, "length field 200 is beyond the end"),
    ] {
        let bytes = with_length(SECOND, len);
        let text = shown(&bytes);
        assert!(text.contains("gateway (5) = 192.0.2.7"), "{text}");
        let damage =
            text.lines().find(|line| line.contains('!')).unwrap_or_else(|| panic!("{reason}: {text}"));
        assert!(damage.trim_start().starts_with("48"), "{damage}");
        assert_eq!(typed(&bytes), (vec![2], true), "{len}");
    }
}

#[test]
fn hop_with_a_wrong_length_costs_nothing_outside_its_attribute() {
    for len in [0, 7, 200] {
        let bytes = with_length(FIRST, len);
        assert_eq!(typed(&bytes), (vec![], true), "{len}");
        let dst = v4(10, 1, 0, 0);
        let route = Route { attrs: Default::default(), ..Route::to(dst, 16) };
        assert_eq!(Route::parse(&only(&bytes)).unwrap().header.dst_len, route.header.dst_len);
    }
}

#[test]
fn damaged_attribute_in_a_hop_costs_that_hop_only() {
    let mut bytes = route();
    // The gateway's length is beyond its record.
    bytes[FIRST + 8..FIRST + 10].copy_from_slice(&40u16.to_ne_bytes());
    assert_eq!(typed(&bytes), (vec![3], true));
    let text = shown(&bytes);
    assert!(text.contains("flow (11) = 3"), "{text}");
    assert!(text.lines().any(|line| line.trim_start().starts_with("40") && line.contains('!')), "{text}");
}

#[test]
fn last_hop_needs_no_padding() {
    // A hop whose last attribute is a byte: neither the record nor the attribute around it is padded.
    let record = [&13u16.to_ne_bytes()[..], &[0, 0, 5, 0, 0, 0], &[5, 0, 99, 0, 7]].concat();
    let attr = [&17u16.to_ne_bytes()[..], &9u16.to_ne_bytes(), &record, &[0; 3]].concat();
    let header = [&[2, 0, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0][..], &attr].concat();
    let len = u32::try_from(16 + header.len()).unwrap();
    let bytes = [&len.to_ne_bytes()[..], &24u16.to_ne_bytes(), &[0; 10], &header].concat();
    assert_eq!(typed(&bytes), (vec![5], false));
    let text = shown(&bytes);
    assert!(text.ends_with("attribute 99 = 07"), "{text}");
}

#[test]
fn too_few_bytes_for_a_hop_are_refused_by_the_policy() {
    let refused = |bytes: &[u8]| validate(Route::SCHEMAS[0], &only(bytes), Strictness::LIBERAL).is_err();
    let mut bytes = route();
    bytes[28..30].copy_from_slice(&11u16.to_ne_bytes());
    assert!(refused(&bytes) && !refused(&route()));
}

/// A route out of an interface with an encapsulation of this type.
fn encapsulated(hop: HopAttrs<'_>) -> Vec<u8> {
    let hops = [NextHop { ifindex: 2, attrs: hop, ..NextHop::default() }];
    let route = Route::to(v4(10, 1, 0, 0), 16).multipath(&hops);
    route.emit(&mut [0; 256], Header::request()).unwrap().to_vec()
}

#[test]
fn labels_of_a_hop_are_read_and_shown() {
    let labels = [MplsLabel::new(100), MplsLabel::new(200) | MplsLabel::BOTTOM];
    let mpls = EncapMpls { dst: Some(Array::new(&labels)), ttl: Some(9), ..EncapMpls::default() };
    let form = EncapForm::Mpls(Lazy::new(&mpls));
    let encap = Some(Encap::new(&form));
    let bytes = encapsulated(HopAttrs { encap_type: Some(EncapType::Mpls), encap, ..HopAttrs::default() });
    let text = shown(&bytes);
    for line in ["encap_type (21) = Mpls (1)", "dst (1) = [0x64000, BOTTOM|0xc8000]", "ttl (2) = 9"] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    let hop = Route::parse(&only(&bytes)).unwrap().multipath.unwrap().iter().next().unwrap().unwrap();
    let Ok(EncapForm::Mpls(read)) = hop.attrs.encap.unwrap().read(hop.attrs.encap_type) else {
        panic!("{hop:?}")
    };
    let stack: Vec<u32> = read.get().unwrap().dst.unwrap().iter().map(MplsLabel::label).collect();
    assert_eq!(stack, [100, 200]);
    let at = u32::try_from(bytes.len() - 8).unwrap();
    assert_eq!(locate(Route::SCHEMAS[0], &bytes, at).to_string(), "Route.multipath[0].encap.ttl");
}

#[test]
fn segments_of_a_hop_are_read_and_shown() {
    let segments = ["fc00::2", "fc00::1"].map(|text| text.parse().unwrap());
    let srh =
        SegmentRouting { hdrlen: 4, r#type: 4, segments_left: 1, first_segment: 1, ..Default::default() };
    let header = Seg6Tunnel { mode: 1, srh };
    let seg6 = EncapSeg6 { srh: Some(Segments::new(header, &segments)), ..EncapSeg6::default() };
    let form = EncapForm::Seg6(Lazy::new(&seg6));
    let encap = Some(Encap::new(&form));
    let bytes = encapsulated(HopAttrs { encap_type: Some(EncapType::Seg6), encap, ..HopAttrs::default() });
    let text = shown(&bytes);
    assert!(
        text.contains("srh (1) = { mode 1, srh { ") && text.contains("segments [fc00::2, fc00::1]"),
        "{text}"
    );
    let hop = Route::parse(&only(&bytes)).unwrap().multipath.unwrap().iter().next().unwrap().unwrap();
    let Ok(EncapForm::Seg6(read)) = hop.attrs.encap.unwrap().read(hop.attrs.encap_type) else {
        panic!("{hop:?}")
    };
    assert!(read.get().unwrap().srh.unwrap().iter().eq(segments));
}

#[test]
fn encapsulation_without_a_known_type_is_bytes() {
    let form = EncapForm::Other(Attr::new(22, &[8, 0, 1, 0, 1, 2, 3, 4]));
    let encap = Some(Encap::new(&form));
    let bytes =
        encapsulated(HopAttrs { encap_type: Some(EncapType::Other(77)), encap, ..HopAttrs::default() });
    assert!(shown(&bytes).contains("encap (22) = 08000100 01020304 (8 bytes)"), "{}", shown(&bytes));
}
