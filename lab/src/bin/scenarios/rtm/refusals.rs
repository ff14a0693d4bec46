//! Requests that must be refused: with which errno, and naming what.

use super::client::{
    BINARY_RANGE, Client, EINVAL, ENOENT, ERANGE, FAILED, LEFTOVER, LENGTH, NESTED, NO_NAME, NO_NESTED,
    NUMBER_RANGE, TABLE_EXISTS, UNKNOWN, UNSUPPORTED, new,
};
use super::object::{address, dev, prefix, via};
use crate::harness::Bench;
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Attr, AttrWriter, Error, Flags, GetFlags, NewFlags};
use nl_tlv_lab::rtm::{NextHop, RouteDel, RouteGet, TableClear, TableDel, TableGet, TableNew};

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

const NO_BLUE: &str = "no table \"blue\"";
const HOST_BITS: &str = "address has bits beyond the prefix length";
const NEITHER_4_NOR_16: &str = "address has neither 4 nor 16 bytes";
const OTHER_FAMILY: &str = "gateway is not of the destination's family";
const NO_HOP: &str = "next hop needs a gateway or an interface";
const NOT_IN_DUMP: &str = "not allowed in a dump";

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

fn nexthop(w: &mut AttrWriter<'_>, ty: u16, payload: &[u8]) -> Result<(), Error> {
    w.nest(3, |w| w.put(ty, payload))
}

fn hop(w: &mut AttrWriter<'_>) -> Result<(), Error> {
    nexthop(w, 1, &[11, 1, 1, 1])
}

fn missing(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let (name, dest, hop_is) =
        ("name of the table is missing", "destination is missing", "next hop is missing");
    let (addr, len) = ("address of the prefix is missing", "length of the prefix is missing");
    let cases: [(u16, &[Fill], &str, &str); 13] = [
        (21, &[], "no TableNew.name", name),
        (22, &[], "no TableDel.name", name),
        (23, &[], "no TableGet.name", name),
        (24, &[], "no TableClear.name", name),
        (25, &[dst, hop], "no RouteNew.table", name),
        (25, &[table, hop], "no RouteNew.dst", dest),
        (25, &[table, dst], "no RouteNew.nexthop", hop_is),
        (25, &[table, hop, |w| w.nest(2, |w| w.put(2, &[8]))], "no RouteNew.dst.addr", addr),
        (25, &[table, hop, |w| w.nest(2, |w| w.put(1, &[10, 0, 0, 0]))], "no RouteNew.dst.len", len),
        (26, &[dst], "no RouteDel.table", name),
        (26, &[table], "no RouteDel.dst", dest),
        (26, &[table, |w| w.nest(2, |_| Ok(()))], "no RouteDel.dst.addr", addr),
        (27, &[dst], "no RouteGet.table", name),
    ];
    for (ty, fill, place, text) in cases {
        let flags = if ty == 25 { NewFlags::CREATE | Flags::ACK } else { Flags::ACK };
        let request = client.request_of(ty, flags, |w| fill.iter().try_for_each(|fill| fill(w)));
        client
            .refusal_of(&request)?
            .expect(EINVAL, place, text)
            .map_err(|err| format!("type {ty}: {err}"))?;
    }
    Ok(())
}

/// Routes that are none: attributes, the errno, the attribute that has to be named, and what is said of it.
const BAD_ROUTES: &[(&[Fill], u32, &str, &str)] = &[
    (&[table, |w| prefix_of(w, &[10, 0, 0, 1], &[8]), hop], EINVAL, "RouteNew.dst.addr", HOST_BITS),
    (&[table, |w| prefix_of(w, &[10, 0, 0, 1], &[0]), hop], EINVAL, "RouteNew.dst.addr", HOST_BITS),
    (&[table, |w| prefix_of(w, &[10, 0, 0, 1], &[31]), hop], EINVAL, "RouteNew.dst.addr", HOST_BITS),
    (&[table, |w| prefix_of(w, &[9; 16], &[127]), hop], EINVAL, "RouteNew.dst.addr", HOST_BITS),
    (
        &[table, |w| prefix_of(w, &[10, 0, 0, 0], &[33]), hop],
        EINVAL,
        "RouteNew.dst.len",
        "prefix length 33 is over 32",
    ),
    (
        &[table, |w| prefix_of(w, &[10, 0, 0, 0], &[128]), hop],
        EINVAL,
        "RouteNew.dst.len",
        "prefix length 128 is over 32",
    ),
    (
        &[table, |w| prefix_of(w, &[0; 16], &[129]), |w| nexthop(w, 2, b"a\0")],
        ERANGE,
        "RouteNew.dst.len",
        NUMBER_RANGE,
    ),
    (&[table, |w| prefix_of(w, &[10, 0, 0, 0], &[8, 0]), hop], EINVAL, "RouteNew.dst.len", LENGTH),
    (&[table, |w| prefix_of(w, &[10, 0, 0], &[8]), hop], ERANGE, "RouteNew.dst.addr", BINARY_RANGE),
    (&[table, |w| prefix_of(w, &[10, 0, 0, 0, 0], &[8]), hop], EINVAL, "RouteNew.dst.addr", NEITHER_4_NOR_16),
    (&[table, |w| prefix_of(w, &[0; 15], &[8]), hop], EINVAL, "RouteNew.dst.addr", NEITHER_4_NOR_16),
    (&[table, |w| prefix_of(w, &[0; 17], &[8]), hop], ERANGE, "RouteNew.dst.addr", BINARY_RANGE),
    (&[table, dst, |w| nexthop(w, 1, &[0; 16])], EINVAL, "RouteNew.nexthop[0].gateway", OTHER_FAMILY),
    (
        &[table, |w| prefix_of(w, &[0; 16], &[0]), |w| nexthop(w, 2, b"a\0"), hop],
        EINVAL,
        "RouteNew.nexthop[1].gateway",
        OTHER_FAMILY,
    ),
    (&[table, dst, hop, |w| nexthop(w, 1, &[0; 5])], EINVAL, "RouteNew.nexthop[1].gateway", NEITHER_4_NOR_16),
    (&[table, dst, hop, |w| nexthop(w, 1, &[0; 3])], ERANGE, "RouteNew.nexthop[1].gateway", BINARY_RANGE),
    (&[table, dst, hop, |w| nexthop(w, 3, &[1])], EINVAL, "no RouteNew.nexthop[1].gateway", NO_HOP),
    (&[table, dst, hop, |w| w.nest(3, |_| Ok(()))], EINVAL, "no RouteNew.nexthop[1].gateway", NO_HOP),
    (
        &[table, dst, |w| {
            w.nest(3, |w| {
                w.put(2, b"a\0")?;
                w.put(3, &[0])
            })
        }],
        ERANGE,
        "RouteNew.nexthop[0].weight",
        NUMBER_RANGE,
    ),
    (&[table, dst, |w| nexthop(w, 2, b"\0")], EINVAL, "RouteNew.nexthop[0].oif", NO_NAME),
    (&[table, dst, |w| nexthop(w, 2, b"a b\0")], EINVAL, "RouteNew.nexthop[0].oif", NO_NAME),
    (&[table, dst, |w| nexthop(w, 2, b"a\0b\0")], EINVAL, "RouteNew.nexthop[0].oif", NO_NAME),
    (&[table, dst, |w| nexthop(w, 2, b"a\0b")], EINVAL, "RouteNew.nexthop[0].oif", NO_NAME),
    (&[table, dst, |w| nexthop(w, 2, &[0; 32])], EINVAL, "RouteNew.nexthop[0].oif", NO_NAME),
    (&[table, dst, |w| nexthop(w, 2, b"ab")], EINVAL, "RouteNew.nexthop[0].oif", FAILED),
    (&[table, dst, |w| nexthop(w, 2, &[b'x'; 33])], EINVAL, "RouteNew.nexthop[0].oif", FAILED),
    (&[table, dst, hop, hop], EINVAL, "RouteNew.nexthop[1]", "next hop comes twice"),
    // The same interface, however many NULs follow its name.
    (
        &[table, dst, |w| nexthop(w, 2, b"a\0"), |w| nexthop(w, 2, b"a\0\0\0")],
        EINVAL,
        "RouteNew.nexthop[1]",
        "next hop comes twice",
    ),
    // Each next hop is compared with those before it, before the next one is looked at.
    (
        &[table, dst, hop, hop, |w| nexthop(w, 1, &[0; 5])],
        EINVAL,
        "RouteNew.nexthop[1]",
        "next hop comes twice",
    ),
    (
        &[table, dst, hop, |w| nexthop(w, 1, &[0; 5]), hop],
        EINVAL,
        "RouteNew.nexthop[1].gateway",
        NEITHER_4_NOR_16,
    ),
    // The gateway comes before the interface, and the prefix before both.
    (
        &[table, dst, |w| {
            w.nest(3, |w| {
                w.put(2, b"a b\0")?;
                w.put(1, &[0; 5])
            })
        }],
        EINVAL,
        "RouteNew.nexthop[0].gateway",
        NEITHER_4_NOR_16,
    ),
    (
        &[table, |w| nexthop(w, 1, &[0; 5]), |w| prefix_of(w, &[10, 0, 0, 1], &[8])],
        EINVAL,
        "RouteNew.dst.addr",
        HOST_BITS,
    ),
    (&[table, dst, hop, |w| w.put(4, &[0; 3])], EINVAL, "RouteNew.metric", LENGTH),
    (&[table, dst, hop, |w| w.put(4, &[0; 8])], EINVAL, "RouteNew.metric", LENGTH),
    (&[|w| w.put(1, b"bl ue\0"), dst, hop], EINVAL, "RouteNew.table", NO_NAME),
    (&[table, |w| w.copy(Attr::new(0x8002, &[0; 3])), hop], ERANGE, "RouteNew.dst", FAILED),
];

fn bad_routes(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    for (number, (fill, errno, place, text)) in BAD_ROUTES.iter().enumerate() {
        let flags = NewFlags::CREATE | Flags::ACK;
        let request = client.request_of(25, flags, |w| fill.iter().try_for_each(|fill| fill(w)));
        let outcome = client.refusal_of(&request).and_then(|refusal| refusal.expect(*errno, place, text));
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
        client.refused(&new("blue", "10.0.0.0/8", &wrong), flags)?.expect(
            EINVAL,
            "RouteNew.nexthop[1].gateway",
            OTHER_FAMILY,
        )?;
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
        let last = if ty < 25 { 3 } else { 6 };
        let request = client.request_of(ty, Flags::ACK, |w| {
            routes.iter().take(before).try_for_each(|fill| fill(w))?;
            w.put(unknown, &[0; 8])
        });
        let refusal = client.refusal_of(&request)?;
        let text = if unknown == 0 || unknown > last { UNKNOWN } else { UNSUPPORTED };
        ensure!((refusal.errno, refusal.text.as_str()) == (EINVAL, text), "{name}, {unknown}: {refusal:?}");
        ensure!(refusal.place.starts_with(name), "{name}, {unknown}: {refusal:?}");
        ensure!(!refusal.place.ends_with("dst"), "{name}: {refusal:?} instead of attribute {unknown}");
    }
    let inside = client.request_of(26, Flags::ACK, |w| {
        table(w)?;
        w.nest(2, |w| w.put(9, &[]))
    });
    client.refusal_of(&inside)?.expect(EINVAL, "RouteDel.dst.attribute 9", UNKNOWN)?;
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
    client.refusal_of(&plain)?.expect(EINVAL, "RouteDel.dst", NO_NESTED)?;
    let plain = client.request_of(25, NewFlags::CREATE | Flags::ACK, |w| {
        table(w)?;
        dst(w)?;
        w.put_with(3, |w| w.put(1, &[11, 1, 1, 1]))
    });
    client.refusal_of(&plain)?.expect(EINVAL, "RouteNew.nexthop[0]", NO_NESTED)?;
    let value = client.request_of(22, Flags::ACK, |w| w.copy(Attr::new(0x8001, b"blue\0")));
    client.refusal_of(&value)?.expect(EINVAL, "TableDel.name", NESTED)
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
        client
            .refusal_of(&request)?
            .expect(EINVAL, "", LEFTOVER)
            .map_err(|err| format!("{tail:?}: {err}"))?;
    }
    client.table("blue").map(drop)
}

fn unknown_table(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let hops = [via("11.1.1.1")];
    for flags in [NewFlags::CREATE, NewFlags::REPLACE, NewFlags::APPEND, NewFlags::EXCL] {
        let refused = client.refused(&new("blue", "10.0.0.0/8", &hops), flags)?;
        refused.expect(ENOENT, "RouteNew.table", NO_BLUE)?;
    }
    let (dst, lookup) = (prefix("10.0.0.0/8"), address("10.0.0.0"));
    client.refused(&RouteDel { table: "blue", dst }, Flags::empty())?.expect(
        ENOENT,
        "RouteDel.table",
        NO_BLUE,
    )?;
    for get in [
        RouteGet { table: Some("blue"), dst: Some(dst), lookup: None },
        RouteGet { table: Some("blue"), dst: None, lookup: Some(lookup) },
    ] {
        client.refused(&get, Flags::empty())?.expect(ENOENT, "RouteGet.table", NO_BLUE)?;
    }
    let dump = RouteGet { table: Some("blue"), ..RouteGet::default() };
    client.refused(&dump, GetFlags::DUMP)?.expect(ENOENT, "RouteGet.table", NO_BLUE)
}

fn unknown_flags(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    for bit in [0x40, 0x80, 0x1000, 0x8000, 0x9080] {
        let flags = NewFlags::CREATE | Flags::from_bits_retain(bit);
        let refused = client.refused(&new("blue", "10.0.0.0/8", &[via("11.1.1.1")]), flags)?;
        refused.expect(EINVAL, "", &format!("unknown flags {bit:#x}"))?;
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
    client.refused(&neither, none)?.expect(
        EINVAL,
        "no RouteGet.lookup",
        "destination or address is missing",
    )?;
    let refused = client.refused(&both, none)?;
    refused.expect(EINVAL, "RouteGet.lookup", "destination and address exclude each other")?;
    for len in [3, 5, 15, 17] {
        let request = client.request_of(27, none, |w| {
            table(w)?;
            w.put(5, &[0; 17][..len])
        });
        let (errno, text) =
            if (4..=16).contains(&len) { (EINVAL, NEITHER_4_NOR_16) } else { (ERANGE, BINARY_RANGE) };
        client.refusal_of(&request)?.expect(errno, "RouteGet.lookup", text)?;
    }
    let bad = RouteGet { dst: Some(prefix("10.0.0.1/8")), ..neither };
    client.refused(&bad, none)?.expect(EINVAL, "RouteGet.dst.addr", HOST_BITS)
}

fn half_a_dump(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    for bit in [GetFlags::ROOT, GetFlags::MATCH] {
        client.refused(&TableGet { name: None }, bit)?.expect(
            EINVAL,
            "",
            "a dump needs both bits of NLM_F_DUMP",
        )?;
        client.refused(&RouteGet::default(), bit)?.expect(
            EINVAL,
            "",
            "a dump needs both bits of NLM_F_DUMP",
        )?;
    }
    Ok(())
}

fn narrowed_dump(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let (dst, lookup) = (prefix("10.0.0.0/8"), address("10.0.0.0"));
    let refused = client.refused(&TableGet { name: Some("blue") }, GetFlags::DUMP)?;
    refused.expect(EINVAL, "TableGet.name", NOT_IN_DUMP)?;
    let whole = RouteGet { table: Some("blue"), ..RouteGet::default() };
    let refused = client.refused(&RouteGet { dst: Some(dst), ..whole }, GetFlags::DUMP)?;
    refused.expect(EINVAL, "RouteGet.dst", NOT_IN_DUMP)?;
    let refused = client.refused(&RouteGet { lookup: Some(lookup), ..whole }, GetFlags::DUMP)?;
    refused.expect(EINVAL, "RouteGet.lookup", NOT_IN_DUMP)?;
    // Other requests know no dump; these bits mean something else to them, or nothing.
    let refused = client.refused(&TableNew { name: "blue" }, GetFlags::DUMP)?;
    refused.expect(TABLE_EXISTS, "TableNew.name", "table \"blue\" already exists")?;
    client.ok(&TableClear { name: "blue" }, Flags::empty())?;
    client.ok(&TableDel { name: "blue" }, Flags::empty())
}
