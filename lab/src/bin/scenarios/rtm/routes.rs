//! Routes: what the flags make of them, what they hold, and how they are told apart.

use super::client::{Client, EEXIST, EINVAL, ENOENT, new};
use super::object::{Hop, Route, address, dev, prefix, via};
use crate::harness::Bench;
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Flags, NewFlags};
use nl_tlv_lab::rtm::{NextHop, RouteDel, RouteGet, RouteNew};

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both("a route that was added is shown with all that was said of it", shown),
    Scenario::both("metric 0 and weight 1 are what is not said", defaults),
    Scenario::both("each of the 16 combinations of flags does what it says", flag_matrix),
    Scenario::both("REPLACE sets the whole route", replace),
    Scenario::both("APPEND adds next hops behind the others, and changes nothing else", append),
    Scenario::both("APPEND of a next hop that is there gets EEXIST, and appends none", append_twice),
    Scenario::both("APPEND of another metric gets EINVAL", append_metric),
    Scenario::both("a route is told apart by table, family, prefix and length", identity),
    Scenario::both("a next hop is told apart by gateway and interface, not by weight", next_hops),
    Scenario::both("a route that was deleted is gone, and only that one", deleted),
    Scenario::both("a route is got by its destination exactly", exact),
    Scenario::both("the last of several metrics, and of several prefixes, counts", last_counts),
];

fn shown(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let hops = [
        NextHop { gateway: Some(address("11.1.1.1")), oif: Some("eth0/6"), weight: Some(255) },
        dev("a"),
        NextHop { weight: Some(7), ..via("255.255.255.255") },
        NextHop {
            gateway: Some(address("0.0.0.0")),
            oif: Some("abcdefghijklmnopqrstuvwxyz01234"),
            weight: None,
        },
    ];
    for (dst, metric) in [("10.1.1.0/24", Some(u32::MAX)), ("0.0.0.0/0", None), ("1.2.3.4/32", Some(0))] {
        client.ok(&RouteNew { metric, ..new("blue", dst, &hops) }, NewFlags::CREATE)?;
        let generation = client.table("blue")?.generation;
        let expected = Route {
            table: "blue".into(),
            dst: prefix(dst),
            hops: hops.iter().map(Hop::from).collect(),
            metric: metric.unwrap_or(0),
            generation,
        };
        let route = client.route("blue", dst)?;
        ensure!(route == expected, "expected {expected:?}, found {route:?}");
    }
    for dst in ["::/0", "2001:db8::/32", "::1/128"] {
        client.add("blue", dst, &[via("fe80::1"), dev("eth0")])?;
        let route = client.route("blue", dst)?;
        ensure!(route.hops == [Hop::from(&via("fe80::1")), Hop::from(&dev("eth0"))], "{route:?}");
    }
    Ok(())
}

fn defaults(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    let route = client.route("blue", "10.0.0.0/8")?;
    ensure!((route.metric, route.hops[0].weight) == (0, 1), "{route:?}");
    Ok(())
}

/// What has to come of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// The route has the next hops of the request.
    Set,
    /// It has them behind those it had.
    Appended,
    Refused(u32),
}

/// By the protocol's table: what becomes of a route that is there, and of one that is not.
fn effects(flags: NewFlags) -> [Effect; 2] {
    use Effect::{Appended, Refused, Set};
    let (create, excl) = (flags.contains(NewFlags::CREATE), flags.contains(NewFlags::EXCL));
    match (create, excl, flags.contains(NewFlags::REPLACE), flags.contains(NewFlags::APPEND)) {
        (true, _, false, false) => [Refused(EEXIST), Set],
        (true, false, true, false) => [Set, Set],
        (false, false, true, false) => [Set, Refused(ENOENT)],
        (true, false, false, true) => [Appended, Set],
        (false, false, false, true) => [Appended, Refused(ENOENT)],
        (false, _, false, false) => [Refused(EEXIST), Refused(ENOENT)],
        _ => [Refused(EINVAL), Refused(EINVAL)],
    }
}

fn flag_matrix(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let (old, added) = ([via("11.1.1.1")], [via("12.2.2.2"), dev("eth1")]);
    for bits in 0..16 {
        let flags = NewFlags::from_bits_retain(bits << 8);
        for (effect, is_there) in effects(flags).into_iter().zip([true, false]) {
            let dst = format!("10.{bits}.{}.0/24", u8::from(is_there));
            if is_there {
                client.add("blue", &dst, &old)?;
            }
            let outcome = attempt(&client, &dst, flags, &added, effect);
            let found = client.dump_routes(Some("blue"))?.objects;
            let found = found.into_iter().find(|route| route.dst == prefix(&dst)).map(|route| route.hops);
            let before = if is_there { &old[..] } else { &[] };
            let expected: Vec<Hop> = match effect {
                Effect::Set => added.iter().map(Hop::from).collect(),
                Effect::Appended => before.iter().chain(&added).map(Hop::from).collect(),
                Effect::Refused(_) => before.iter().map(Hop::from).collect(),
            };
            let context = format!("{flags:?}, the route is there: {is_there}");
            outcome.map_err(|err| format!("{context}: {err}"))?;
            ensure!(
                found.clone().unwrap_or_default() == expected,
                "{context}: expected {effect:?}, found {found:?}"
            );
        }
    }
    Ok(())
}

fn attempt(client: &Client, dst: &str, flags: NewFlags, hops: &[NextHop<'_>], effect: Effect) -> Outcome {
    let request = new("blue", dst, hops);
    match effect {
        Effect::Set | Effect::Appended => client.ok(&request, flags),
        // Flags that contradict each other are no attribute's fault.
        Effect::Refused(EINVAL) => client.refused(&request, flags)?.expect(
            EINVAL,
            "",
            "more than one of NLM_F_EXCL, NLM_F_REPLACE and NLM_F_APPEND",
        ),
        Effect::Refused(errno) => {
            let text = match errno {
                EEXIST => format!("route {dst} already exists"),
                _ => format!("no route {dst}, and NLM_F_CREATE not set"),
            };
            client.refused(&request, flags)?.expect(errno, "RouteNew.dst", &text)
        }
    }
}

fn replace(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let hops = [NextHop { weight: Some(9), ..via("11.1.1.1") }, dev("eth0")];
    client.ok(&RouteNew { metric: Some(5), ..new("blue", "10.0.0.0/8", &hops) }, NewFlags::CREATE)?;
    client.ok(&new("blue", "10.0.0.0/8", &[via("11.1.1.1")]), NewFlags::REPLACE)?;
    let route = client.route("blue", "10.0.0.0/8")?;
    ensure!((route.metric, route.hops.as_slice()) == (0, &[Hop::from(&via("11.1.1.1"))]), "{route:?}");
    ensure!(client.table("blue")?.routes == 1, "{:?}", client.table("blue"));
    Ok(())
}

fn append(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let [a, b, c, d] = ["11.1.1.4", "11.1.1.1", "11.1.1.3", "11.1.1.2"].map(via);
    client.ok(&RouteNew { metric: Some(5), ..new("blue", "10.0.0.0/8", &[a]) }, NewFlags::CREATE)?;
    client.ok(&new("blue", "10.0.0.0/8", &[b, c]), NewFlags::APPEND)?;
    client.ok(&RouteNew { metric: Some(5), ..new("blue", "10.0.0.0/8", &[d]) }, NewFlags::APPEND)?;
    let route = client.route("blue", "10.0.0.0/8")?;
    let expected: Vec<_> = [a, b, c, d].iter().map(Hop::from).collect();
    ensure!((route.metric, &route.hops) == (5, &expected), "{route:?}");
    Ok(())
}

fn append_twice(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1"), dev("eth0")])?;
    let before = client.route("blue", "10.0.0.0/8")?;
    for hops in
        [[via("12.1.1.1"), dev("eth0")], [dev("eth1"), NextHop { weight: Some(3), ..via("11.1.1.1") }]]
    {
        let refused = client.refused(&new("blue", "10.0.0.0/8", &hops), NewFlags::APPEND)?;
        refused.expect(EEXIST, "RouteNew.nexthop[1]", "route already has this next hop")?;
    }
    let after = client.route("blue", "10.0.0.0/8")?;
    ensure!(after == before, "{before:?} became {after:?}");
    Ok(())
}

fn append_metric(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    let hops = [via("12.1.1.1")];
    let other = RouteNew { metric: Some(1), ..new("blue", "10.0.0.0/8", &hops) };
    client.refused(&other, NewFlags::APPEND)?.expect(
        EINVAL,
        "RouteNew.metric",
        "metric of the route is 0",
    )?;
    ensure!(client.route("blue", "10.0.0.0/8")?.hops.len() == 1, "it was appended");
    client.ok(&RouteNew { metric: Some(0), ..other }, NewFlags::APPEND)
}

fn identity(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue", "red"])?;
    let four = ["0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.0/32"];
    let six = ["::/0", "::/1", "a00::/8", "a00::/9", "a00::/128"];
    for table in ["blue", "red"] {
        four.iter().try_for_each(|dst| client.add(table, dst, &[via("11.1.1.1")]))?;
        six.iter().try_for_each(|dst| client.add(table, dst, &[via("fe80::1")]))?;
        ensure!(client.table(table)?.routes == 10, "{:?}", client.table(table));
    }
    for dst in four.iter().chain(&six) {
        let found = client.route("red", dst)?;
        ensure!(found.dst == prefix(dst) && found.table == "red", "{dst}: {found:?}");
    }
    Ok(())
}

fn next_hops(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let both = NextHop { oif: Some("eth0"), ..via("11.1.1.1") };
    let different = [via("11.1.1.1"), dev("eth0"), both, NextHop { oif: Some("eth1"), ..both }];
    client.add("blue", "10.0.0.0/8", &different)?;
    for hop in different {
        let same = [dev("eth9"), hop, NextHop { weight: Some(200), ..hop }];
        let refused = client.refused(&new("blue", "20.0.0.0/8", &same), NewFlags::CREATE)?;
        refused.expect(EINVAL, "RouteNew.nexthop[2]", "next hop comes twice")?;
    }
    Ok(())
}

fn deleted(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let all = ["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.0.0.0/16", "::/8", "::/9"];
    for dst in all {
        let hops = if dst.starts_with(':') { [via("fe80::1")] } else { [via("11.1.1.1")] };
        client.add("blue", dst, &hops)?;
    }
    for (left, dst) in (0..all.len()).rev().zip(all) {
        let request = RouteDel { table: "blue", dst: prefix(dst) };
        client.ok(&request, Flags::empty())?;
        let refused = client.refused(&request, Flags::empty())?;
        refused.expect(ENOENT, "RouteDel.dst", &format!("no route {dst}"))?;
        let routes = client.dump_routes(Some("blue"))?.objects;
        let found: Vec<_> = routes.iter().map(|route| route.dst).collect();
        ensure!(found.len() == left && !found.contains(&prefix(dst)), "after {dst}: {found:?}");
    }
    Ok(())
}

fn exact(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    client.add("blue", "10.0.0.0/24", &[via("11.1.1.2")])?;
    ensure!(client.route("blue", "10.0.0.0/8")?.dst.len == 8, "another route");
    for dst in ["10.0.0.0/7", "10.0.0.0/9", "10.0.0.0/32", "0.0.0.0/0", "a00::/8"] {
        let request = RouteGet { table: Some("blue"), dst: Some(prefix(dst)), lookup: None };
        let refused = client.refused(&request, Flags::empty())?;
        refused.expect(ENOENT, "RouteGet.dst", &format!("no route {dst}"))?;
    }
    Ok(())
}

fn last_counts(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let request = client.request_of(25, NewFlags::CREATE | Flags::ACK, |w| {
        w.put(1, b"blue\0")?;
        w.put_value(4, &1_u32)?;
        for last in [10, 20] {
            w.nest(2, |w| {
                w.put(1, &[9, 9, 9, 9])?;
                w.put(1, &[last, 0, 0, 0])?;
                w.put(2, &[3])?;
                w.put(2, &[8])
            })?;
        }
        w.nest(3, |w| w.put(1, &[11, 1, 1, 1]))?;
        w.put_value(4, &2_u32)
    });
    let replies = client.ask(&request)?;
    ensure!(replies.len() == 1, "{replies:?}");
    super::client::expect_ack(&replies[0])?;
    ensure!(client.route("blue", "20.0.0.0/8")?.metric == 2, "{:?}", client.route("blue", "20.0.0.0/8"));
    ensure!(client.table("blue")?.routes == 1, "{:?}", client.table("blue"));
    Ok(())
}
