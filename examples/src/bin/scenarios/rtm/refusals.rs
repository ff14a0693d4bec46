//! Requests that must be refused: with which errno, and naming what.

use super::client::{Client, EINVAL, ENOENT, ERANGE, new};
use super::object::{address, dev, prefix, via};
use crate::harness::Bench;
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Attr, AttrWriter, Error, Flags, GetFlags, NewFlags};
use nl_tlv_examples::rtm::{NextHop, RouteDel, RouteGet, TableClear, TableDel, TableGet, TableNew};

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both("a missing attribute gets EINVAL and is named", missing),
    Scenario::both("what is no route gets EINVAL or ERANGE, naming the attribute", bad_routes),
    Scenario::both("a route that was refused is not there", nothing_changed),
    Scenario::both("attributes that are unknown or read-only get EINVAL, in each request", unknown_attrs),
    Scenario::both("a nest without NLA_F_NESTED, and a value with it, get EINVAL", nested_flag),
    Scenario::both("bytes behind the attributes get EINVAL", leftover),
    Scenario::both("an unknown table gets ENOENT, naming it", unknown_table),
    Scenario::both("unknown flags of ROUTE_NEW get EINVAL", unknown_flags),
    Scenario::both("ROUTE_GET needs exactly one of LOOKUP and DST", get_one),
    Scenario::both("one of the two dump bits alone gets EINVAL", half_a_dump),
    Scenario::both("a dump with NAME, DST or LOOKUP gets EINVAL", narrowed_dump),
];

type Fill = fn(&mut AttrWriter<'_>) -> Result<(), Error>;

fn table(w: &mut AttrWriter<'_>) -> Result<(), Error> {
    w.put(1, b"blue\0")
}

fn dst(w: &mut AttrWriter<'_>) -> Result<(), Error> {
    prefix_of(w, &[10, 0, 0, 0], &[8])
}

fn prefix_of(w: &mut AttrWriter<'_>, addr: &[u8], len: &[u8]) -> Result<(), Error> {
    w.nest(2, |w| {
        w.put(1, addr)?;
        w.put(2, len)
    })
}

fn hop(w: &mut AttrWriter<'_>) -> Result<(), Error> {
    w.nest(3, |w| w.put(1, &[11, 1, 1, 1]))
}

fn missing(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let cases: [(u16, &[Fill], &[&str]); 13] = [
        (21, &[], &["no TableNew.name"]),
        (22, &[], &["no TableDel.name"]),
        (23, &[], &["no TableGet.name"]),
        (24, &[], &["no TableClear.name"]),
        (25, &[dst, hop], &["no RouteNew.table"]),
        (25, &[table, hop], &["no RouteNew.dst"]),
        (25, &[table, dst], &["no RouteNew.nexthop"]),
        (25, &[table, hop, |w| w.nest(2, |w| w.put(2, &[8]))], &["no RouteNew.dst.addr"]),
        (25, &[table, hop, |w| w.nest(2, |w| w.put(1, &[10, 0, 0, 0]))], &["no RouteNew.dst.len"]),
        (26, &[dst], &["no RouteDel.table"]),
        (26, &[table], &["no RouteDel.dst"]),
        (26, &[table, |w| w.nest(2, |_| Ok(()))], &["no RouteDel.dst.addr", "no RouteDel.dst.len"]),
        (27, &[dst], &["no RouteGet.table"]),
    ];
    for (ty, fill, places) in cases {
        let flags = if ty == 25 { NewFlags::CREATE | Flags::ACK } else { Flags::ACK };
        let request = client.request_of(ty, flags, |w| fill.iter().try_for_each(|fill| fill(w)));
        let outcome = client.refusal_of(&request)?.expect(EINVAL, places);
        outcome.map_err(|err| format!("type {ty}, expected {places:?}: {err}"))?;
    }
    Ok(())
}

/// Routes that are none: attributes, the errno, and the attribute that has to be named.
const BAD_ROUTES: &[(&[Fill], u32, &[&str])] = &[
    (&[table, |w| prefix_of(w, &[10, 0, 0, 1], &[8]), hop], EINVAL, &["RouteNew.dst.addr", "RouteNew.dst"]),
    (&[table, |w| prefix_of(w, &[10, 0, 0, 1], &[0]), hop], EINVAL, &["RouteNew.dst.addr", "RouteNew.dst"]),
    (&[table, |w| prefix_of(w, &[10, 0, 0, 1], &[31]), hop], EINVAL, &["RouteNew.dst.addr", "RouteNew.dst"]),
    (&[table, |w| prefix_of(w, &[10, 0, 0, 0], &[33]), hop], EINVAL, &["RouteNew.dst.len"]),
    (&[table, |w| prefix_of(w, &[10, 0, 0, 0], &[128]), hop], EINVAL, &["RouteNew.dst.len"]),
    (
        &[table, |w| prefix_of(w, &[0; 16], &[129]), |w| w.nest(3, |w| w.put(2, b"a\0"))],
        ERANGE,
        &["RouteNew.dst.len"],
    ),
    (&[table, |w| prefix_of(w, &[10, 0, 0, 0], &[8, 0]), hop], EINVAL, &["RouteNew.dst.len"]),
    (&[table, |w| prefix_of(w, &[10, 0, 0], &[8]), hop], ERANGE, &["RouteNew.dst.addr"]),
    (&[table, |w| prefix_of(w, &[10, 0, 0, 0, 0], &[8]), hop], EINVAL, &["RouteNew.dst.addr"]),
    (&[table, |w| prefix_of(w, &[0; 15], &[8]), hop], EINVAL, &["RouteNew.dst.addr"]),
    (&[table, |w| prefix_of(w, &[0; 17], &[8]), hop], ERANGE, &["RouteNew.dst.addr"]),
    (&[table, dst, |w| w.nest(3, |w| w.put(1, &[0; 16]))], EINVAL, &["RouteNew.nexthop[0].gateway"]),
    (
        &[table, |w| prefix_of(w, &[0; 16], &[0]), |w| w.nest(3, |w| w.put(2, b"a\0")), hop],
        EINVAL,
        &["RouteNew.nexthop[1].gateway"],
    ),
    (&[table, dst, hop, |w| w.nest(3, |w| w.put(1, &[0; 5]))], EINVAL, &["RouteNew.nexthop[1].gateway"]),
    (&[table, dst, hop, |w| w.nest(3, |w| w.put(1, &[0; 3]))], ERANGE, &["RouteNew.nexthop[1].gateway"]),
    (
        &[table, dst, hop, |w| w.nest(3, |w| w.put(3, &[1]))],
        EINVAL,
        &["no RouteNew.nexthop[1].gateway", "no RouteNew.nexthop[1].oif", "RouteNew.nexthop[1]"],
    ),
    (
        &[table, dst, hop, |w| w.nest(3, |_| Ok(()))],
        EINVAL,
        &["no RouteNew.nexthop[1].gateway", "no RouteNew.nexthop[1].oif", "RouteNew.nexthop[1]"],
    ),
    (
        &[table, dst, |w| {
            w.nest(3, |w| {
                w.put(2, b"a\0")?;
                w.put(3, &[0])
            })
        }],
        ERANGE,
        &["RouteNew.nexthop[0].weight"],
    ),
    (&[table, dst, |w| w.nest(3, |w| w.put(2, b"\0"))], EINVAL, &["RouteNew.nexthop[0].oif"]),
    (&[table, dst, |w| w.nest(3, |w| w.put(2, b"a b\0"))], EINVAL, &["RouteNew.nexthop[0].oif"]),
    (&[table, dst, |w| w.nest(3, |w| w.put(2, b"a\0\0"))], EINVAL, &["RouteNew.nexthop[0].oif"]),
    (&[table, dst, |w| w.nest(3, |w| w.put(2, b"ab"))], EINVAL, &["RouteNew.nexthop[0].oif"]),
    (&[table, dst, |w| w.nest(3, |w| w.put(2, &[b'x'; 33]))], EINVAL, &["RouteNew.nexthop[0].oif"]),
    (&[table, dst, hop, hop], EINVAL, &["RouteNew.nexthop[1]"]),
    (&[table, dst, hop, |w| w.put(4, &[0; 3])], EINVAL, &["RouteNew.metric"]),
    (&[table, dst, hop, |w| w.put(4, &[0; 8])], EINVAL, &["RouteNew.metric"]),
    (&[|w| w.put(1, b"bl ue\0"), dst, hop], EINVAL, &["RouteNew.table"]),
    (&[table, |w| w.copy(Attr::new(0x8002, &[0; 3])), hop], ERANGE, &["RouteNew.dst"]),
];

fn bad_routes(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    for (number, (fill, errno, places)) in BAD_ROUTES.iter().enumerate() {
        let flags = NewFlags::CREATE | Flags::ACK;
        let request = client.request_of(25, flags, |w| fill.iter().try_for_each(|fill| fill(w)));
        let outcome = client.refusal_of(&request).and_then(|refusal| refusal.expect(*errno, places));
        outcome.map_err(|err| format!("route {number}: {err}"))?;
    }
    ensure!(client.table("blue")?.routes == 0, "a route was made");
    Ok(())
}

fn nothing_changed(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    let before = (client.table("blue")?, client.route("blue", "10.0.0.0/8")?);
    let wrong = [via("12.1.1.1"), NextHop { gateway: Some(address("::1")), ..dev("a") }];
    for flags in [NewFlags::CREATE, NewFlags::REPLACE, NewFlags::APPEND] {
        client
            .refused(&new("blue", "10.0.0.0/8", &wrong), flags)?
            .expect(EINVAL, &["RouteNew.nexthop[1].gateway"])?;
    }
    let after = (client.table("blue")?, client.route("blue", "10.0.0.0/8")?);
    ensure!(after == before, "{before:?} became {after:?}");
    Ok(())
}

fn unknown_attrs(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    let routes: [Fill; 3] = [table, dst, hop];
    let tables = [(21, "TableNew"), (22, "TableDel"), (23, "TableGet"), (24, "TableClear")];
    let tables = tables.into_iter().flat_map(|(ty, name)| [0, 2, 3, 4, 9].map(|attr| (ty, name, 1, attr)));
    let new = [0, 5, 6, 7].map(|attr| (25, "RouteNew", 3, attr));
    let del = [0, 3, 4, 5, 6, 7].map(|attr| (26, "RouteDel", 2, attr));
    let get = [0, 3, 4, 6, 7].map(|attr| (27, "RouteGet", 2, attr));
    for (ty, name, before, unknown) in tables.chain(new).chain(del).chain(get) {
        let request = client.request_of(ty, Flags::ACK, |w| {
            routes.iter().take(before).try_for_each(|fill| fill(w))?;
            w.put(unknown, &[0; 8])
        });
        let refusal = client.refusal_of(&request)?;
        ensure!(refusal.errno == EINVAL && refusal.place.starts_with(name), "{name}, {unknown}: {refusal:?}");
        ensure!(!refusal.place.ends_with("dst"), "{name}: {refusal:?} instead of attribute {unknown}");
    }
    let inside = client.request_of(26, Flags::ACK, |w| {
        table(w)?;
        w.nest(2, |w| w.put(9, &[]))
    });
    client.refusal_of(&inside)?.expect(EINVAL, &["RouteDel.dst.attribute 9"])?;
    ensure!(client.table("blue")?.routes == 1, "something changed");
    Ok(())
}

fn nested_flag(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let plain = client.request_of(26, Flags::ACK, |w| {
        table(w)?;
        w.put_with(2, |w| w.put(1, &[10, 0, 0, 0]))
    });
    client.refusal_of(&plain)?.expect(EINVAL, &["RouteDel.dst"])?;
    let plain = client.request_of(25, NewFlags::CREATE | Flags::ACK, |w| {
        table(w)?;
        dst(w)?;
        w.put_with(3, |w| w.put(1, &[11, 1, 1, 1]))
    });
    client.refusal_of(&plain)?.expect(EINVAL, &["RouteNew.nexthop[0]"])?;
    let value = client.request_of(22, Flags::ACK, |w| w.copy(Attr::new(0x8001, b"blue\0")));
    client.refusal_of(&value)?.expect(EINVAL, &["TableDel.name"])
}

fn leftover(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    // Too few bytes for an attribute, and attributes whose length is a lie.
    let tails: [&[u8]; 5] = [&[0], &[0; 3], &[0; 4], &[3, 0, 1, 0], &[200, 0, 1, 0]];
    for tail in tails {
        let tail: Vec<u8> = match tail {
            [len, 0, 1, 0] => [(u16::from(*len)).to_ne_bytes(), 1_u16.to_ne_bytes()].concat(),
            other => other.to_vec(),
        };
        let request = client.request_of(22, Flags::ACK, |w| {
            w.put(1, b"blue678\0")?;
            w.bytes(&tail)
        });
        client.refusal_of(&request)?.expect(EINVAL, &[""]).map_err(|err| format!("{tail:?}: {err}"))?;
    }
    client.table("blue").map(drop)
}

fn unknown_table(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let hops = [via("11.1.1.1")];
    for flags in [NewFlags::CREATE, NewFlags::REPLACE, NewFlags::APPEND, NewFlags::EXCL] {
        client.refused(&new("blue", "10.0.0.0/8", &hops), flags)?.expect(ENOENT, &["RouteNew.table"])?;
    }
    let (dst, lookup) = (prefix("10.0.0.0/8"), address("10.0.0.0"));
    client.refused(&RouteDel { table: "blue", dst }, Flags::empty())?.expect(ENOENT, &["RouteDel.table"])?;
    for get in [
        RouteGet { table: Some("blue"), dst: Some(dst), lookup: None },
        RouteGet { table: Some("blue"), dst: None, lookup: Some(lookup) },
    ] {
        client.refused(&get, Flags::empty())?.expect(ENOENT, &["RouteGet.table"])?;
    }
    let dump = RouteGet { table: Some("blue"), ..RouteGet::default() };
    client.refused(&dump, GetFlags::DUMP)?.expect(ENOENT, &["RouteGet.table"])
}

fn unknown_flags(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    for bit in [0x40, 0x80, 0x1000, 0x8000] {
        let flags = NewFlags::CREATE | Flags::from_bits_retain(bit);
        let refused = client.refused(&new("blue", "10.0.0.0/8", &[via("11.1.1.1")]), flags)?;
        refused.expect(EINVAL, &[""]).map_err(|err| format!("flag {bit:#x}: {err}"))?;
    }
    ensure!(client.table("blue")?.routes == 0, "a route was made");
    Ok(())
}

fn get_one(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    let neither = RouteGet { table: Some("blue"), dst: None, lookup: None };
    let both = RouteGet { dst: Some(prefix("10.0.0.0/8")), lookup: Some(address("10.0.0.1")), ..neither };
    let none = Flags::empty();
    client.refused(&neither, none)?.expect(EINVAL, &["no RouteGet.lookup", "no RouteGet.dst"])?;
    client.refused(&both, none)?.expect(EINVAL, &["RouteGet.lookup", "RouteGet.dst"])?;
    for len in [3, 5, 15, 17] {
        let request = client.request_of(27, none, |w| {
            table(w)?;
            w.put(5, &[0; 17][..len])
        });
        let errno = if (4..=16).contains(&len) { EINVAL } else { ERANGE };
        client.refusal_of(&request)?.expect(errno, &["RouteGet.lookup"])?;
    }
    let bad = RouteGet { dst: Some(prefix("10.0.0.1/8")), ..neither };
    client.refused(&bad, none)?.expect(EINVAL, &["RouteGet.dst.addr", "RouteGet.dst"])
}

fn half_a_dump(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    for bit in [GetFlags::ROOT, GetFlags::MATCH] {
        client.refused(&TableGet { name: None }, bit)?.expect(EINVAL, &[""])?;
        client.refused(&RouteGet::default(), bit)?.expect(EINVAL, &[""])?;
    }
    Ok(())
}

fn narrowed_dump(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let (dst, lookup) = (prefix("10.0.0.0/8"), address("10.0.0.0"));
    client.refused(&TableGet { name: Some("blue") }, GetFlags::DUMP)?.expect(EINVAL, &["TableGet.name"])?;
    let whole = RouteGet { table: Some("blue"), ..RouteGet::default() };
    let refused = client.refused(&RouteGet { dst: Some(dst), ..whole }, GetFlags::DUMP)?;
    refused.expect(EINVAL, &["RouteGet.dst"])?;
    let refused = client.refused(&RouteGet { lookup: Some(lookup), ..whole }, GetFlags::DUMP)?;
    refused.expect(EINVAL, &["RouteGet.lookup"])?;
    // Other requests know no dump; these bits mean something else to them, or nothing.
    client.refused(&TableNew { name: "blue" }, GetFlags::DUMP)?.expect(100, &["TableNew.name"])?;
    client.ok(&TableClear { name: "blue" }, Flags::empty())?;
    client.ok(&TableDel { name: "blue" }, Flags::empty())
}
