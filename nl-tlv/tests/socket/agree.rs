//! Links, addresses, routes, neighbours and rules are made, listed, changed and deleted with derived messages, and at each
//! step `ip -json` sees what we see.

use crate::common::{LinkGet, in_namespace};
use nl_tlv::socket::{BatchResult, Connection, Protocol};
use nl_tlv::value::Headed;
use nl_tlv::{DeleteFlags, Flags, MacAddr, Message, NewFlags, NlMessage};
use nl_tlv_families::address::{AddressDelete, AddressGet, AddressNew, IfAddrMsg, IfaCacheInfo};
use nl_tlv_families::link::{IfInfoMsg, LinkDelete, LinkInfo, LinkNew};
use nl_tlv_families::link_kind::{LinkData, Peer, Veth};
use nl_tlv_families::neighbour::{NdMsg, NeighbourDelete, NeighbourGet, NeighbourNew};
use nl_tlv_families::route::{RouteDelete, RouteGet, RouteNew, RtMsg};
use nl_tlv_families::rule::{FibRuleHdr, RuleDelete, RuleGet, RuleNew};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use std::process::Command;

fn open() -> Connection {
    Connection::open(Protocol::ROUTE).unwrap()
}

/// What `ip -json` says.
fn ip(args: &str) -> Vec<Value> {
    let output = Command::new("ip").arg("-json").args(args.split(' ')).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    // Of nothing it says nothing, or an empty object.
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap_or_default();
    all.into_iter().filter(|one| one.as_object().is_some_and(|one| !one.is_empty())).collect()
}

/// What we say, of each object that `read` makes one of.
fn ours(
    conn: &mut Connection,
    request: &impl NlMessage,
    mut read: impl FnMut(&Message<'_>) -> Result<Option<Value>, nl_tlv::Error>,
) -> Vec<Value> {
    conn.collect(request, |object| read(object)).unwrap().objects
}

/// Both say the same about these keys, of so many objects.
#[track_caller]
fn assert_agree(ours: &[Value], theirs: &[Value], keys: &[&str], count: usize) {
    assert_eq!((ours.len(), theirs.len()), (count, count), "{ours:?}\n{theirs:?}");
    for (ours, theirs) in ours.iter().zip(theirs) {
        for key in keys {
            assert_eq!(ours[key], theirs[key], "{key} of {theirs}");
        }
    }
}

fn set_up(conn: &mut Connection, index: i32) {
    let up = LinkNew { header: IfInfoMsg::index(index).set_up(true), ..LinkNew::default() };
    conn.request(&up).unwrap();
}

fn v4(text: &str) -> Option<IpAddr> {
    Some(text.parse::<Ipv4Addr>().unwrap().into())
}

/// A pair of links that are each other's end.
fn make_veth(conn: &mut Connection, name: &str, other: &str) -> i32 {
    let peer = Peer { ifname: Some(other), ..Peer::default() };
    let data = Veth { peer: Some(Headed { header: IfInfoMsg::default(), attrs: peer }), ..Veth::default() };
    let info = LinkInfo { kind: Some("veth"), data: Some(LinkData::Veth(data)), ..LinkInfo::default() };
    let link = LinkNew { ifname: Some(name), linkinfo: Some(info), ..LinkNew::default() };
    conn.request_with(&link, NewFlags::CREATE | NewFlags::EXCL).unwrap();
    let by_name = nl_tlv_families::link::LinkGet { ifname: Some(name), ..Default::default() };
    conn.get::<LinkNew<'_>>(&by_name).unwrap().header.ifi_index
}

#[test]
fn links_agree() {
    in_namespace("agree::links_agree", || {
        let mut conn = open();
        let agree = |conn: &mut Connection, count| {
            let links = ours(conn, &LinkGet::index(0), |link| {
                let link = LinkNew::parse(link)?;
                let address = link.address.map(|bytes| {
                    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
                });
                Ok(Some(json!({
                    "ifindex": link.header.ifi_index, "ifname": link.ifname, "mtu": link.mtu,
                    "txqlen": link.txqlen, "address": address, "group": "default",
                    "linkinfo": link.linkinfo.and_then(|info| info.kind),
                    "up": link.header.ifi_flags & 1 == 1,
                })))
            });
            let theirs = ip("-details link").into_iter().map(|mut link| {
                link["up"] = link["flags"].as_array().unwrap().contains(&"UP".into()).into();
                link["linkinfo"] = link["linkinfo"]["info_kind"].take();
                link
            });
            let keys = ["ifindex", "ifname", "mtu", "txqlen", "address", "group", "linkinfo", "up"];
            assert_agree(&links, &theirs.collect::<Vec<_>>(), &keys, count);
        };
        agree(&mut conn, 1);
        let index = make_veth(&mut conn, "v0", "v1");
        agree(&mut conn, 3);
        let mac = MacAddr([2, 0, 0, 0, 0, 7]);
        let header = IfInfoMsg::index(index).set_up(true);
        let changed = LinkNew { header, address: Some(&mac.0), mtu: Some(1400), ..LinkNew::default() };
        conn.request(&changed).unwrap();
        agree(&mut conn, 3);
        let renamed = LinkNew {
            ifname: Some("w0"),
            ..LinkNew { header: IfInfoMsg::index(index).set_up(false), ..LinkNew::default() }
        };
        conn.request(&LinkNew { header: renamed.header, ..LinkNew::default() }).unwrap();
        conn.request(&renamed).unwrap();
        agree(&mut conn, 3);
        let gone = LinkDelete { header: IfInfoMsg::index(index), ..LinkDelete::default() };
        conn.request(&gone).unwrap();
        agree(&mut conn, 1);
        let err = conn.request(&gone).unwrap_err();
        assert!(err.to_string().contains("ENODEV"), "{err}");
    });
}

#[test]
fn addresses_agree() {
    in_namespace("agree::addresses_agree", || {
        let mut conn = open();
        set_up(&mut conn, 1);
        let agree = |conn: &mut Connection, count| {
            let addresses = ours(conn, &AddressGet::default(), |address| {
                let address = AddressNew::parse(address)?;
                let life = address.cacheinfo.map(|info| (info.ifa_valid, info.ifa_prefered));
                Ok(Some(json!({
                    "local": address.local.or(address.address), "prefixlen": address.header.ifa_prefixlen,
                    "label": address.label, "valid_life_time": life.map(|life| life.0),
                    "preferred_life_time": life.map(|life| life.1),
                })))
            });
            let theirs =
                ip("address").into_iter().flat_map(|link| link["addr_info"].as_array().unwrap().clone());
            let keys = ["local", "prefixlen", "label", "valid_life_time", "preferred_life_time"];
            assert_agree(&addresses, &theirs.collect::<Vec<_>>(), &keys, count);
        };
        agree(&mut conn, 2); // 127.0.0.1 and ::1
        let header = IfAddrMsg { ifa_family: 2, ifa_prefixlen: 24, ifa_index: 1, ..IfAddrMsg::default() };
        let new = AddressNew {
            header,
            address: v4("10.5.0.1"),
            local: v4("10.5.0.1"),
            label: Some("lo:five"),
            ..AddressNew::default()
        };
        conn.request_with(&new, NewFlags::CREATE | NewFlags::EXCL).unwrap();
        agree(&mut conn, 3);
        let err = conn.request_with(&new, NewFlags::CREATE | NewFlags::EXCL).unwrap_err();
        assert!(err.to_string().contains("EEXIST"), "{err}");
        let life = IfaCacheInfo { ifa_valid: 90_000, ifa_prefered: 80_000, ..IfaCacheInfo::default() };
        conn.request_with(&AddressNew { cacheinfo: Some(life), ..new.clone() }, NewFlags::REPLACE).unwrap();
        let found = ip("address");
        assert!(found[0].to_string().contains("\"valid_life_time\":9"), "{found:?}");
        let gone =
            AddressDelete { header, local: new.local, address: new.address, ..AddressDelete::default() };
        conn.request(&gone).unwrap();
        agree(&mut conn, 2);
    });
}

#[test]
fn hundred_thousand_routes_agree() {
    in_namespace("agree::hundred_thousand_routes_agree", || {
        const COUNT: u32 = 100_000;
        const TABLE: u32 = 1000;
        let mut conn = open();
        set_up(&mut conn, 1);
        let route = |at: u32| RouteNew {
            header: RtMsg { rtm_table: 252, ..RtMsg::unicast(32, false) },
            table: Some(TABLE),
            dst: Some(Ipv4Addr::from_bits(0x0b00_0000 + at).into()),
            priority: Some(7),
            oif: Some(1),
            ..RouteNew::default()
        };
        let change = |conn: &mut Connection, push: &dyn Fn(&mut nl_tlv::socket::Batch<'_>, u32)| {
            let mut batch = conn.batch();
            (0..COUNT).for_each(|at| push(&mut batch, at));
            let results = batch.finish().unwrap();
            assert_eq!(results.len(), COUNT as usize);
            assert!(results.iter().all(BatchResult::is_done));
        };
        let agree = |conn: &mut Connection, count| {
            let get = RouteGet { header: RtMsg::ipv4(), table: Some(TABLE), ..RouteGet::default() };
            let routes = ours(conn, &get, |route| {
                let route = RouteNew::parse(route)?;
                let protocol = if route.header.rtm_protocol == 4 { "static" } else { "boot" };
                let is_local = route.oif == Some(1);
                Ok((route.table == Some(TABLE)).then(|| {
                    json!({
                        "dst": route.dst, "metric": route.priority, "protocol": protocol,
                        "dev": is_local.then_some("lo"), "scope": "link",
                    })
                }))
            });
            let keys = ["dst", "metric", "protocol", "dev", "scope"];
            assert_agree(&routes, &ip(&format!("-details route show table {TABLE}")), &keys, count);
        };
        change(&mut conn, &|batch, at| batch.push(&route(at), NewFlags::CREATE | NewFlags::EXCL).unwrap());
        agree(&mut conn, COUNT as usize);
        let boot = RtMsg { rtm_protocol: 3, rtm_table: 252, ..RtMsg::unicast(32, false) };
        change(&mut conn, &|batch, at| {
            batch.push(&RouteNew { header: boot, ..route(at) }, NewFlags::REPLACE).unwrap();
        });
        agree(&mut conn, COUNT as usize);
        change(&mut conn, &|batch, at| {
            if at == 0 {
                batch.push(&route(COUNT), NewFlags::CREATE).unwrap();
            } else {
                let gone = RouteDelete { header: boot, ..RouteDelete::from(&route(at)) };
                batch.push(&gone, Flags::empty()).unwrap();
            }
        });
        agree(&mut conn, 2);
    });
}

#[test]
fn neighbours_agree() {
    in_namespace("agree::neighbours_agree", || {
        let mut conn = open();
        let index = make_veth(&mut conn, "v0", "v1");
        set_up(&mut conn, index);
        let agree = |conn: &mut Connection, count| {
            let neighbours = ours(conn, &NeighbourGet::default(), |neighbour| {
                let neighbour = NeighbourNew::parse(neighbour)?;
                // ip shows neither multicast entries nor those of the loopback interface (NUD_NOARP) unless asked.
                Ok((neighbour.header.ndm_state & 0x40 == 0).then(|| json!({
                    "dst": neighbour.dst, "dev": "v0", "lladdr": neighbour.lladdr.map(|mac| mac.to_string()),
                    "state": if neighbour.header.ndm_state == 0x80 { json!(["PERMANENT"]) } else { json!(["STALE"]) },
                })))
            });
            assert_agree(&neighbours, &ip("neighbour"), &["dst", "dev", "lladdr", "state"], count);
        };
        agree(&mut conn, 0);
        let header = NdMsg { ndm_family: 2, ndm_ifindex: index.into(), ndm_state: 0x80, ..NdMsg::default() };
        let lladdr = |last| Some(MacAddr([2, 0, 0, 0, 0, last]));
        let new = NeighbourNew { header, dst: v4("10.5.0.2"), lladdr: lladdr(7), ..NeighbourNew::default() };
        conn.request_with(&new, NewFlags::CREATE | NewFlags::EXCL).unwrap();
        agree(&mut conn, 1);
        let stale = NdMsg { ndm_state: 4, ..header };
        let changed = NeighbourNew { header: stale, lladdr: lladdr(8), ..new.clone() };
        conn.request_with(&changed, NewFlags::REPLACE).unwrap();
        agree(&mut conn, 1);
        let gone = NeighbourDelete { header, dst: new.dst, ..NeighbourDelete::default() };
        conn.request(&gone).unwrap();
        let left = ip("neighbour");
        assert!(left.is_empty() || left[0]["state"] == json!(["FAILED"]), "{left:?}");
    });
}

#[test]
fn rules_agree() {
    in_namespace("agree::rules_agree", || {
        let mut conn = open();
        let agree = |conn: &mut Connection, count| {
            let header = FibRuleHdr { family: 2, ..FibRuleHdr::default() };
            let rules = ours(conn, &RuleGet { header }, |rule| {
                let rule = RuleNew::parse(rule)?;
                let table = match rule.table {
                    Some(255) => json!("local"),
                    Some(254) => json!("main"),
                    Some(253) => json!("default"),
                    table => table.map_or(Value::Null, |table| json!(table.to_string())),
                };
                Ok(Some(json!({
                    "priority": rule.priority.unwrap_or(0), "src": rule.src.map_or(json!("all"), |src| json!(src)),
                    "srclen": rule.src.map(|_| rule.header.src_len), "iif": rule.iifname, "table": table,
                })))
            });
            assert_agree(&rules, &ip("rule"), &["priority", "src", "srclen", "iif", "table"], count);
        };
        agree(&mut conn, 3);
        let header = FibRuleHdr { family: 2, src_len: 16, action: 1, ..FibRuleHdr::default() };
        let new = RuleNew {
            header,
            src: v4("10.9.0.0"),
            iifname: Some("lo"),
            priority: Some(100),
            table: Some(1000),
            ..RuleNew::default()
        };
        conn.request_with(&new, NewFlags::CREATE | NewFlags::EXCL).unwrap();
        agree(&mut conn, 4);
        // A rule cannot be changed in place: the kernel refuses NLM_F_REPLACE, and the new one stands beside the old.
        conn.request_with(&RuleNew { priority: Some(90), ..new.clone() }, NewFlags::CREATE | NewFlags::EXCL)
            .unwrap();
        let gone = |priority| RuleDelete {
            header: FibRuleHdr { src_len: 0, ..header },
            priority,
            table: new.table,
            ..RuleDelete::default()
        };
        conn.request(&gone(Some(100))).unwrap();
        agree(&mut conn, 4);
        conn.request(&gone(Some(90))).unwrap();
        agree(&mut conn, 3);
        let err = conn.request_with(&gone(Some(90)), DeleteFlags::empty()).unwrap_err();
        assert!(err.to_string().contains("ENOENT"), "{err}");
    });
}
