//! Links, addresses, routes, neighbours and rules are made, listed, changed and deleted with derived messages, and at each
//! step `ip -json` sees what we see.

use crate::common::{LinkGet, in_namespace};
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv::{DeleteFlags, Flags, MacAddr, Message, NewFlags, NlMessage};
use nl_tlv_families::jobs::CREATE;
use nl_tlv_families::rt_addr::{Address, DelAddress, GetAddress, IfaCacheInfo};
use nl_tlv_families::rt_link::{DelLink, GetLink, Link, SetLink};
use nl_tlv_families::rt_neigh::{DelNeighbour, GetNeighbour, Neighbour, NudState};
use nl_tlv_families::rt_route::{DelRoute, GetRoute, Route, RtProtocol};
use nl_tlv_families::rt_rule::{DelRule, GetRule, Rule};
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
    conn.collect(request, |object| read(object)).unwrap().0
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
    conn.request(&SetLink::at(index).up()).unwrap();
}

fn v4(text: &str) -> IpAddr {
    text.parse::<Ipv4Addr>().unwrap().into()
}

/// A kernel string, if there is one.
fn text(text: Option<nl_tlv::value::NlStr<'_>>) -> Value {
    json!(text.map(|text| text.to_string()))
}

/// A pair of links that are each other's end.
fn make_veth(conn: &mut Connection, name: &str, other: &str) -> i32 {
    conn.request_with(&Link::veth(name, other), CREATE).unwrap();
    conn.get::<Link<'_>>(&GetLink::named(name)).unwrap().header.index
}

#[test]
fn links_agree() {
    in_namespace("agree::links_agree", || {
        let mut conn = open();
        let agree = |conn: &mut Connection, count| {
            let links = ours(conn, &LinkGet::index(0), |link| {
                let link = Link::parse(link)?;
                Ok(Some(json!({
                    "ifindex": link.header.index, "ifname": text(link.ifname), "mtu": link.mtu,
                    "txqlen": link.txqlen, "address": link.address.map(|address| address.to_string()),
                    "group": "default", "up": link.is_up(),
                    "linkinfo": text(link.linkinfo.as_ref().and_then(|info| info.kind)),
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
        let mut changed = SetLink::at(index).up().mtu(1400);
        changed.address = Some((&mac).into());
        conn.request(&changed).unwrap();
        agree(&mut conn, 3);
        conn.request(&SetLink::at(index).down()).unwrap();
        conn.request(&SetLink::rename(index, "w0")).unwrap();
        agree(&mut conn, 3);
        let gone = DelLink::at(index);
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
            let addresses = ours(conn, &GetAddress::default(), |address| {
                let address = Address::parse(address)?;
                let life = address.cacheinfo.map(|info| (info.ifa_valid, info.ifa_prefered));
                Ok(Some(json!({
                    "local": address.ip(), "prefixlen": address.header.prefixlen,
                    "label": text(address.label), "valid_life_time": life.map(|life| life.0),
                    "preferred_life_time": life.map(|life| life.1),
                })))
            });
            let theirs =
                ip("address").into_iter().flat_map(|link| link["addr_info"].as_array().unwrap().clone());
            let keys = ["local", "prefixlen", "label", "valid_life_time", "preferred_life_time"];
            assert_agree(&addresses, &theirs.collect::<Vec<_>>(), &keys, count);
        };
        agree(&mut conn, 2); // 127.0.0.1 and ::1
        let mut new = Address::new(1u32, v4("10.5.0.1"), 24);
        new.label = Some("lo:five".into());
        conn.request_with(&new, CREATE).unwrap();
        agree(&mut conn, 3);
        let err = conn.request_with(&new, CREATE).unwrap_err();
        assert!(err.to_string().contains("EEXIST"), "{err}");
        let life = IfaCacheInfo { ifa_valid: 90_000, ifa_prefered: 80_000, ..IfaCacheInfo::default() };
        let mut renewed = new.clone();
        renewed.cacheinfo = Some(life);
        conn.request_with(&renewed, NewFlags::REPLACE).unwrap();
        let found = ip("address");
        assert!(found[0].to_string().contains("\"valid_life_time\":9"), "{found:?}");
        conn.request(&DelAddress::of(&new)).unwrap();
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
        let route = |at: u32| {
            Route::to(Ipv4Addr::from_bits(0x0b00_0000 + at).into(), 32).table(TABLE).metric(7).dev(1u32)
        };
        let change = |conn: &mut Connection, push: &dyn Fn(&mut nl_tlv::socket::Batch<'_>, u32)| {
            let mut batch = conn.batch();
            (0..COUNT).for_each(|at| push(&mut batch, at));
            let results = batch.finish().unwrap();
            assert_eq!(results.len(), COUNT as usize);
            assert!(results.iter().all(Result::is_ok));
        };
        let agree = |conn: &mut Connection, count| {
            let mut get = GetRoute::of_family(2);
            get.table = Some(TABLE);
            let routes = ours(conn, &get, |route| {
                let route = Route::parse(route)?;
                let protocol = if route.header.protocol == RtProtocol::Static { "static" } else { "boot" };
                let is_local = route.oif == Some(1);
                Ok((route.table == Some(TABLE)).then(|| {
                    json!({
                        "dst": route.dst.map(|dst| dst.to_string()), "metric": route.priority, "protocol": protocol,
                        "dev": is_local.then_some("lo"), "scope": "link",
                    })
                }))
            });
            let keys = ["dst", "metric", "protocol", "dev", "scope"];
            assert_agree(&routes, &ip(&format!("-details route show table {TABLE}")), &keys, count);
        };
        change(&mut conn, &|batch, at| batch.push(&route(at), CREATE).unwrap());
        agree(&mut conn, COUNT as usize);
        let boot = |at| {
            let mut route = route(at);
            route.header.protocol = RtProtocol::Boot;
            route
        };
        change(&mut conn, &|batch, at| {
            batch.push(&boot(at), NewFlags::REPLACE).unwrap();
        });
        agree(&mut conn, COUNT as usize);
        change(&mut conn, &|batch, at| {
            if at == 0 {
                batch.push(&route(COUNT), NewFlags::CREATE).unwrap();
            } else {
                batch.push(&DelRoute::of(&boot(at)), Flags::empty()).unwrap();
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
            let neighbours = ours(conn, &GetNeighbour::default(), |neighbour| {
                let neighbour = Neighbour::parse(neighbour)?;
                // ip shows neither multicast entries nor those of the loopback interface (NUD_NOARP) unless asked.
                Ok((!neighbour.header.state.contains(NudState::NOARP)).then(|| json!({
                    "dst": neighbour.dst.map(|dst| dst.to_string()), "dev": "v0", "lladdr": neighbour.lladdr.map(|mac| mac.to_string()),
                    "state": if neighbour.header.state == NudState::PERMANENT { json!(["PERMANENT"]) } else { json!(["STALE"]) },
                })))
            });
            assert_agree(&neighbours, &ip("neighbour"), &["dst", "dev", "lladdr", "state"], count);
        };
        agree(&mut conn, 0);
        let macs = [7, 8].map(|last| MacAddr([2, 0, 0, 0, 0, last]));
        let new = Neighbour::new(index, v4("10.5.0.2"), &macs[0]);
        conn.request_with(&new, CREATE).unwrap();
        agree(&mut conn, 1);
        let mut changed = Neighbour::new(index, v4("10.5.0.2"), &macs[1]);
        changed.header.state = NudState::STALE;
        conn.request_with(&changed, NewFlags::REPLACE).unwrap();
        agree(&mut conn, 1);
        conn.request(&DelNeighbour::of(&new)).unwrap();
        let left = ip("neighbour");
        assert!(left.is_empty() || left[0]["state"] == json!(["FAILED"]), "{left:?}");
    });
}

#[test]
fn rules_agree() {
    in_namespace("agree::rules_agree", || {
        let mut conn = open();
        let agree = |conn: &mut Connection, count| {
            let rules = ours(conn, &GetRule::of_family(2), |rule| {
                let rule = Rule::parse(rule)?;
                let table = match rule.table {
                    Some(255) => json!("local"),
                    Some(254) => json!("main"),
                    Some(253) => json!("default"),
                    table => table.map_or(Value::Null, |table| json!(table.to_string())),
                };
                Ok(Some(json!({
                    "priority": rule.priority.unwrap_or(0), "src": rule.src.map_or(json!("all"), |src| json!(src)),
                    "srclen": rule.src.map(|_| rule.header.src_len), "iif": text(rule.iifname), "table": table,
                })))
            });
            assert_agree(&rules, &ip("rule"), &["priority", "src", "srclen", "iif", "table"], count);
        };
        agree(&mut conn, 3);
        let new = Rule::to_table(1000).from(v4("10.9.0.0"), 16).iif("lo").priority(100);
        conn.request_with(&new, CREATE).unwrap();
        agree(&mut conn, 4);
        // A rule cannot be changed in place: the kernel refuses NLM_F_REPLACE, and the new one stands beside the old.
        conn.request_with(&new.clone().priority(90), CREATE).unwrap();
        let gone = |priority| DelRule::of(&new.clone().priority(priority)).unwrap();
        conn.request(&gone(100)).unwrap();
        agree(&mut conn, 4);
        conn.request(&gone(90)).unwrap();
        agree(&mut conn, 3);
        let err = conn.request_with(&gone(90), DeleteFlags::empty()).unwrap_err();
        assert!(err.to_string().contains("ENOENT"), "{err}");
    });
}
