//! Limits: so many tables, so many routes in all of them, and so many next hops a route.

use super::client::{
    Client, EEXIST, EINVAL, ENOENT, ENOSPC, ERANGE, NO_NAME, NUMBER_RANGE, TABLE_EXISTS, new,
};
use super::object::{dev, prefix, via};
use crate::harness::{Bench, datagram};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Flags, NewFlags, NlAttrs};
use nl_tlv_lab::rtm::{NextHop, RouteDel, TableClear, TableDel, TableNew};

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both("1,024 tables can be made and are shown, the next one gets ENOSPC", tables),
    Scenario::both("the limit of tables can be another one, and room comes back", few_tables),
    Scenario::both("the limit of routes holds for all tables together, and room comes back", few_routes),
    Scenario::both("a route has 32 next hops, the next one gets ENOSPC", next_hops),
    Scenario::both(
        "a message with 33 next hops gets ENOSPC while it is parsed, so before existence is looked at",
        while_parsing,
    ),
    Scenario::both("a message with thousands of next hops gets ENOSPC at the 33rd", many_next_hops),
];

fn tables(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let names: Vec<String> = (0..1024).map(|n| format!("table-{n}")).collect();
    for some in names.chunks(100) {
        let some: Vec<_> =
            some.iter().map(|name| client.request(&TableNew { name }, NewFlags::CREATE).0).collect();
        let replies = client.speaker.ask(&datagram(&some))?;
        ensure!(replies.is_empty(), "{:?}", replies[0]);
    }
    let dump = client.dump_tables()?;
    let mut shown: Vec<_> = dump.objects.into_iter().map(|table| table.name).collect();
    shown.sort();
    let mut expected = names.clone();
    expected.sort();
    ensure!(shown == expected && dump.datagrams > 1, "{} tables, {} datagrams", shown.len(), dump.datagrams);

    let more = client.refused(&TableNew { name: "more" }, NewFlags::CREATE)?;
    more.expect(ENOSPC, "TableNew.name", "too many tables, the limit is 1024")?;
    client.refused(&TableNew { name: "table-7" }, NewFlags::CREATE)?.expect(
        TABLE_EXISTS,
        "TableNew.name",
        "table \"table-7\" already exists",
    )?;
    let more = client.refused(&TableNew { name: "more" }, NewFlags::empty())?;
    more.expect(ENOENT, "TableNew.name", "no table \"more\", and NLM_F_CREATE not set")?;
    client.ok(&TableDel { name: "table-7" }, Flags::empty())?;
    client.create(&["more"])?;
    for table in ["table-0", "table-1023", "more"] {
        client.add(table, "10.0.0.0/8", &[via("11.1.1.1")])?;
    }
    ensure!(client.dump_routes(None)?.objects.len() == 3, "not three routes");
    Ok(())
}

fn few_tables(bench: &Bench) -> Outcome {
    let (client, _limits) = Client::limited(bench, 2, 10)?;
    let full = |client: &Client| {
        let more = client.refused(&TableNew { name: "more" }, NewFlags::CREATE)?;
        more.expect(ENOSPC, "TableNew.name", "too many tables, the limit is 2")
    };
    for _ in 0..50 {
        client.create(&["blue", "red"])?;
        full(&client)?;
        client.ok(&TableDel { name: "red" }, Flags::empty())?;
        client.create(&["green"])?;
        full(&client)?;
        client.ok(&TableDel { name: "blue" }, Flags::empty())?;
        client.ok(&TableDel { name: "green" }, Flags::empty())?;
    }
    Ok(())
}

fn few_routes(bench: &Bench) -> Outcome {
    let (client, _limits) = Client::limited(bench, 10, 5)?;
    let hops = [via("11.1.1.1")];
    let fill = || {
        (0..3).try_for_each(|n| client.add("blue", &format!("10.{n}.0.0/16"), &hops))?;
        (0..2).try_for_each(|n| client.add("red", &format!("2001:db8:{n}::/48"), &[dev("eth0")]))?;
        for table in ["blue", "red"] {
            let more = client.refused(&new(table, "20.0.0.0/8", &hops), NewFlags::CREATE)?;
            more.expect(ENOSPC, "RouteNew.dst", "too many routes, the limit is 5")?;
        }
        Ok::<(), String>(())
    };
    client.create(&["blue", "red"])?;
    fill()?;
    // What is there can be changed, and is found before the limit is looked at.
    client.ok(&new("blue", "10.0.0.0/16", &hops), NewFlags::REPLACE)?;
    client.ok(&new("blue", "10.0.0.0/16", &[dev("eth0")]), NewFlags::CREATE | NewFlags::APPEND)?;
    client.refused(&new("blue", "10.0.0.0/16", &hops), NewFlags::CREATE)?.expect(
        EEXIST,
        "RouteNew.dst",
        "route 10.0.0.0/16 already exists",
    )?;
    client.refused(&new("blue", "20.0.0.0/8", &hops), NewFlags::REPLACE)?.expect(
        ENOENT,
        "RouteNew.dst",
        "no route 20.0.0.0/8, and NLM_F_CREATE not set",
    )?;

    client.ok(&RouteDel { table: "blue", dst: prefix("10.1.0.0/16") }, Flags::empty())?;
    client.add("red", "20.0.0.0/8", &hops)?;
    client.ok(&TableClear { name: "red" }, Flags::empty())?;
    client.ok(&TableDel { name: "blue" }, Flags::empty())?;
    client.create(&["blue"])?;
    fill()
}

const TOO_MANY: &str = "too many next hops, the limit is 32";

fn names(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("eth{n}")).collect()
}

fn hops(names: &[String]) -> Vec<NextHop<'_>> {
    names.iter().map(|name| dev(name)).collect()
}

fn next_hops(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let names = names(40);
    let hops = hops(&names);
    client.add("blue", "10.0.0.0/8", &hops[..32])?;
    ensure!(client.route("blue", "10.0.0.0/8")?.hops.len() == 32, "not 32");
    let too_many = client.refused(&new("blue", "20.0.0.0/8", &hops[..33]), NewFlags::CREATE)?;
    too_many.expect(ENOSPC, "RouteNew.nexthop[32]", TOO_MANY)?;
    let too_many = client.refused(&new("blue", "10.0.0.0/8", &hops[..33]), NewFlags::REPLACE)?;
    too_many.expect(ENOSPC, "RouteNew.nexthop[32]", TOO_MANY)?;

    client.add("blue", "30.0.0.0/8", &hops[..31])?;
    let too_many = client.refused(&new("blue", "30.0.0.0/8", &hops[31..33]), NewFlags::APPEND)?;
    too_many.expect(ENOSPC, "RouteNew.nexthop[1]", TOO_MANY)?;
    ensure!(client.route("blue", "30.0.0.0/8")?.hops.len() == 31, "some were appended");
    client.ok(&new("blue", "30.0.0.0/8", &hops[31..32]), NewFlags::APPEND)?;
    ensure!(client.route("blue", "30.0.0.0/8")?.hops.len() == 32, "not 32");
    ensure!(client.table("blue")?.routes == 2, "{:?}", client.table("blue"));
    Ok(())
}

fn while_parsing(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let names = names(33);
    let hops = hops(&names);
    client.add("blue", "10.0.0.0/8", &hops[..1])?;
    for (table, dst, flags) in [
        ("blue", "10.0.0.0/8", NewFlags::CREATE),
        ("blue", "20.0.0.0/8", NewFlags::REPLACE),
        ("blue", "10.0.0.0/8", NewFlags::APPEND),
        ("red", "10.0.0.0/8", NewFlags::CREATE),
    ] {
        let too_many = client.refused(&new(table, dst, &hops), flags)?;
        too_many.expect(ENOSPC, "RouteNew.nexthop[32]", TOO_MANY)?;
    }
    // With one less, existence is looked at.
    client.refused(&new("red", "10.0.0.0/8", &hops[..32]), NewFlags::CREATE)?.expect(
        ENOENT,
        "RouteNew.table",
        "no table \"red\"",
    )?;
    client.refused(&new("blue", "20.0.0.0/8", &hops[..32]), NewFlags::REPLACE)?.expect(
        ENOENT,
        "RouteNew.dst",
        "no route 20.0.0.0/8, and NLM_F_CREATE not set",
    )?;
    // The policy, and what comes before the next hops, are looked at first.
    let wrong = client.request_of(25, NewFlags::CREATE | Flags::ACK, |w| {
        w.put(1, b"bl ue\0")?;
        hops[..32].iter().try_for_each(|hop| w.nest(3, |w| hop.emit_attrs(w)))?;
        w.nest(3, |w| w.put(3, &[0]))
    });
    client.refusal_of(&wrong)?.expect(ERANGE, "RouteNew.nexthop[32].weight", NUMBER_RANGE)?;
    let wrong = client.request_of(25, NewFlags::CREATE | Flags::ACK, |w| {
        w.put(1, b"bl ue\0")?;
        hops.iter().try_for_each(|hop| w.nest(3, |w| hop.emit_attrs(w)))
    });
    client.refusal_of(&wrong)?.expect(EINVAL, "RouteNew.table", NO_NAME)
}

fn many_next_hops(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let names = names(2000);
    let all = hops(&names);
    let refused = |hops: &[NextHop<'_>]| client.refused(&new("blue", "10.0.0.0/8", hops), NewFlags::CREATE);
    refused(&all)?.expect(ENOSPC, "RouteNew.nexthop[32]", TOO_MANY)?;
    // Whatever the ones before it are.
    let same = vec![all[0]; 33];
    refused(&same)?.expect(ENOSPC, "RouteNew.nexthop[32]", TOO_MANY)?;
    // Of several that come twice, the first.
    for (twice, of) in [(1, 0), (15, 3), (31, 30)] {
        let mut hops = all[..32].to_vec();
        hops[twice] = NextHop { weight: Some(9), ..hops[of] };
        hops[31] = hops[of];
        refused(&hops)?.expect(EINVAL, &format!("RouteNew.nexthop[{twice}]"), "next hop comes twice")?;
    }
    client.add("blue", "10.0.0.0/8", &all[..1])?;
    client.refused(&new("blue", "10.0.0.0/8", &all[..32]), NewFlags::APPEND)?.expect(
        EEXIST,
        "RouteNew.nexthop[0]",
        "route already has this next hop",
    )?;
    client.refused(&new("blue", "10.0.0.0/8", &all[1..33]), NewFlags::APPEND)?.expect(
        ENOSPC,
        "RouteNew.nexthop[31]",
        TOO_MANY,
    )?;
    ensure!(client.route("blue", "10.0.0.0/8")?.hops.len() == 1, "some were appended");
    Ok(())
}
