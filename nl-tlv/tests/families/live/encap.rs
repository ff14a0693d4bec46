//! Encapsulations of routes: made by us, read by us and by ip(8), as they are and in one of several next hops.

use super::{Json, done, json, output, same_again};
use crate::live::in_namespace;
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv::value::Lazy;
use nl_tlv_families::jobs::CREATE as ADD;
use nl_tlv_families::rt_route::{EncapForm, EncapSeg6, EncapType, GetRoute, Route};
use nl_tlv_families::values::{Encap, HopAttrs, NextHop, Seg6Tunnel, SegmentRouting, Segments};
use std::net::{IpAddr, Ipv6Addr};

fn v6(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

/// A link with the address fd00::1/64; none if there is no ip(8).
fn link() -> Option<u32> {
    output("ip", &["link", "add", "v0", "type", "veth", "peer", "name", "v1"])?;
    output("ip", &["link", "set", "v1", "up"])?;
    output("ip", &["link", "set", "v0", "up"])?;
    output("ip", &["-6", "addr", "add", "fd00::1/64", "dev", "v0", "nodad"])?;
    let links = json("ip", &["-json", "link", "show", "dev", "v0"])?;
    u32::try_from(links[0]["ifindex"].as_u64()?).ok()
}

/// The segments of the route to a prefix, as ip(8) has them.
fn theirs(prefix: &str) -> Option<Json> {
    let routes = json("ip", &["-6", "-json", "route", "show", prefix])?;
    let hop = &routes[0]["nexthops"][0];
    let of = if hop.is_null() { &routes[0] } else { hop };
    Some(of["segs"].clone())
}

#[test]
fn segments_of_a_route_and_of_a_hop_are_read_as_ip_reads_them() {
    in_namespace("live::encap::segments_of_a_route_and_of_a_hop_are_read_as_ip_reads_them", || {
        let Some(index) = link() else { return };
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        // The last segment of the path comes first; the kernel puts the destination in front of them.
        let segments = [v6("fc00::2"), v6("fc00::1")];
        let srh =
            SegmentRouting { hdrlen: 4, r#type: 4, segments_left: 1, first_segment: 1, ..Default::default() };
        let header = Seg6Tunnel { mode: 1, srh };
        let seg6 = EncapSeg6 { srh: Some(Segments::new(header, &segments)), ..EncapSeg6::default() };
        let form = EncapForm::Seg6(Lazy::new(&seg6));
        let (encap_type, encap) = (Some(EncapType::Seg6), Some(Encap::new(&form)));
        let (plain, several) = (v6("fd00:9::"), v6("fd00:8::"));
        let mut route = Route::to(plain.into(), 64).dev(index);
        (route.encap_type, route.encap) = (encap_type, encap);
        if !done("segment routing", conn.request_with(&route, ADD)) {
            return;
        }
        let gateway = |text| Some(IpAddr::from(v6(text)));
        let hop = |attrs| NextHop { ifindex: i32::try_from(index).unwrap(), attrs, ..NextHop::default() };
        let hops = [
            hop(HopAttrs { gateway: gateway("fd00::7"), encap_type, encap, ..HopAttrs::default() }),
            hop(HopAttrs { gateway: gateway("fd00::8"), ..HopAttrs::default() }),
        ];
        conn.request_with(&Route::to(several.into(), 64).multipath(&hops), ADD).unwrap();
        let mut routes = conn.dump(&GetRoute::of_family(10)).unwrap();
        let mut found = 0;
        while let Some(message) = routes.next_message().unwrap() {
            let read: Route<'_> = same_again(&message);
            let encap = match (read.dst, read.multipath) {
                (Some(dst), None) if dst.ip() == Some(plain.into()) => read.attrs.encap,
                (Some(dst), Some(hops)) if dst.ip() == Some(several.into()) => {
                    hops.iter().map(Result::unwrap).find_map(|hop| hop.attrs.encap)
                }
                _ => continue,
            };
            let Some(Ok(EncapForm::Seg6(seg6))) = encap.map(|encap| encap.read(encap_type)) else {
                panic!("{encap:?}")
            };
            assert!(seg6.get().unwrap().srh.unwrap().iter().eq(segments));
            found += 1;
        }
        assert_eq!(found, 2);
        for prefix in ["fd00:9::/64", "fd00:8::/64"] {
            let Some(segs) = theirs(prefix) else { return };
            assert_eq!(segs, serde_json::json!(["fc00::1", "fc00::2"]), "{prefix}");
        }
    });
}
