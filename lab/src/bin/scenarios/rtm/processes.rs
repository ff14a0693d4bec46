//! Several processes, network namespaces, and processes without privileges.

use super::client::{Client, ENOENT, new};
use super::object::{Object, Route, prefix, via};
use crate::harness::{Bench, Process};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Flags, NewFlags};
use nl_tlv_lab::rtm::{
    GROUP_ROUTES, GROUP_TABLES, RouteDel, RouteGet, TableClear, TableDel, TableGet, TableNew,
};
use std::collections::BTreeSet;
use std::io::Read;

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both(
        "three watching processes are told of every change by others, once and in order",
        watchers,
    ),
    Scenario::both("four processes add routes at once, and all of them are there", adders),
    Scenario::module("network namespaces have tables of their own", "a peer is in one namespace", namespaces),
    Scenario::module(
        "without CAP_NET_ADMIN reading is allowed, and changing gets EPERM",
        "a peer sees no capabilities",
        unprivileged,
    ),
    Scenario::module(
        "the root of a user namespace may change its own network namespace",
        "a peer sees no capabilities",
        namespace_root,
    ),
];

const EPERM: u32 = 1;

fn watchers(bench: &Bench) -> Outcome {
    let start = || bench.process_with(&[], "watcher", &["121"]);
    let mut watchers = (0..3).map(|_| start()).collect::<Result<Vec<_>, _>>()?;
    watchers.iter_mut().try_for_each(|watcher| watcher.expect("ready"))?;
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let mut adders = run_adders(bench, 4, 30)?;
    adders.iter_mut().try_for_each(|adder| adder.expect("done"))?;
    adders.into_iter().try_for_each(Process::finish)?;
    watchers.iter_mut().try_for_each(|watcher| watcher.expect("1 tables, 120 routes"))?;
    watchers.into_iter().try_for_each(Process::finish)
}

fn run_adders(bench: &Bench, processes: u32, routes: u32) -> Result<Vec<Process>, String> {
    let routes = routes.to_string();
    (0..processes).map(|n| bench.process_with(&[], "adder", &[&n.to_string(), &routes])).collect()
}

/// What a watching process does: reads so many events, which must be different changes in order.
pub(crate) fn watch(bench: &Bench, words: &[String]) -> Outcome {
    let [count] = numbers(words)?;
    let listener = bench.speaker()?;
    listener.subscribe(bench, GROUP_TABLES)?;
    listener.subscribe(bench, GROUP_ROUTES)?;
    println!("ready");
    let (mut tables, mut routes, mut last) = (0, BTreeSet::new(), 0);
    for _ in 0..count {
        let reply = listener.receive()?;
        let message = reply.message();
        let generation = if message.ty().0 == Route::TYPE {
            let route = Route::read(&message)?;
            routes.insert(route.dst);
            route.generation
        } else {
            tables += 1;
            super::object::Table::read(&message)?.generation
        };
        ensure!(generation > last, "generation {generation} after {last}");
        last = generation;
    }
    println!("{tables} tables, {} routes", routes.len());
    Ok(())
}

/// What an adding process does: adds routes that no other adds.
pub(crate) fn add(bench: &Bench, words: &[String]) -> Outcome {
    let [own, count] = numbers(words)?;
    let client = Client::new(bench)?;
    for n in 0..count {
        client.add("blue", &format!("10.{own}.{n}.0/24"), &[via("11.1.1.1")])?;
    }
    println!("done");
    Ok(())
}

fn numbers<const N: usize>(words: &[String]) -> Result<[u32; N], String> {
    let numbers: Result<Vec<u32>, _> = words.iter().map(|word| word.parse()).collect();
    let numbers = numbers.map_err(|err| format!("{words:?}: {err}"))?;
    numbers.try_into().map_err(|_| format!("{words:?} are not {N} numbers"))
}

fn adders(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let mut adders = run_adders(bench, 4, 200)?;
    adders.iter_mut().try_for_each(|adder| adder.expect("done"))?;
    adders.into_iter().try_for_each(Process::finish)?;
    let routes = client.dump_routes(Some("blue"))?.objects;
    let generations: BTreeSet<u64> = routes.iter().map(|route| route.generation).collect();
    ensure!(routes.len() == 800 && generations.len() == 800, "{} routes", routes.len());
    ensure!(client.table("blue")?.routes == 800, "{:?}", client.table("blue"));
    Ok(())
}

fn namespaces(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    let listener = bench.speaker()?;
    listener.subscribe(bench, GROUP_TABLES)?;
    stranger(bench, &["unshare", "-n"])?;
    ensure!(listener.ask(&[])?.is_empty(), "events of the other namespace came");
    let tables = client.dump_tables()?.objects;
    ensure!(tables.len() == 1 && tables[0].routes == 1, "{tables:?}");
    Ok(())
}

fn namespace_root(bench: &Bench) -> Outcome {
    stranger(bench, &["unshare", "-Urn"])
}

/// Lets a process keep tables in a namespace of its own.
fn stranger(bench: &Bench, before: &[&str]) -> Outcome {
    let mut stranger = bench.process(before, "stranger")?;
    stranger.expect("empty")?;
    stranger.go_on();
    stranger.expect("1 table of my own")?;
    stranger.finish()
}

/// What that process does.
pub(crate) fn stay_alone(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    ensure!(client.dump_tables()?.objects.is_empty(), "there are tables already");
    println!("empty");
    std::io::stdin().read_to_end(&mut Vec::new()).map_err(|err| err.to_string())?;
    client.create(&["blue"])?;
    client.add("blue", "20.0.0.0/8", &[via("11.1.1.1")])?;
    let found = client.refused(
        &RouteGet { dst: Some(prefix("10.0.0.0/8")), table: Some("blue"), lookup: None },
        Flags::empty(),
    )?;
    found.expect(ENOENT, "RouteGet.dst", "no route 10.0.0.0/8")?;
    println!("{} table of my own", client.dump_tables()?.objects.len());
    Ok(())
}

fn unprivileged(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    let before = client.table("blue")?;
    // In a user namespace of its own a process has no capability over the network namespace that it came from.
    let mut reader = bench.process(&["unshare", "-U"], "reader")?;
    reader.expect("read and refused")?;
    reader.finish()?;
    ensure!(client.table("blue")? == before, "it changed: {:?}", client.table("blue"));
    Ok(())
}

/// What a process without privileges does.
pub(crate) fn read_only(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.speaker.subscribe(bench, GROUP_TABLES)?;
    ensure!(client.table("blue")?.routes == 1, "{:?}", client.table("blue"));
    ensure!(client.dump_routes(None)?.objects.len() == 1, "no dump");
    client.refused(&TableGet { name: Some("red") }, Flags::empty())?.expect(
        ENOENT,
        "TableGet.name",
        "no table \"red\"",
    )?;
    let hops = [via("12.1.1.1")];
    let refusals = [
        client.refused(&TableNew { name: "red" }, NewFlags::CREATE)?,
        client.refused(&TableDel { name: "blue" }, Flags::empty())?,
        client.refused(&TableClear { name: "blue" }, Flags::empty())?,
        client.refused(&new("blue", "20.0.0.0/8", &hops), NewFlags::CREATE)?,
        client.refused(&RouteDel { table: "blue", dst: prefix("10.0.0.0/8") }, Flags::empty())?,
        // The privilege is looked at before the attributes.
        client.refusal_of(&client.request_of(25, Flags::empty(), |w| w.put(99, &[])))?,
    ];
    refusals.iter().try_for_each(|refusal| refusal.expect(EPERM, "", "CAP_NET_ADMIN is needed"))?;
    println!("read and refused");
    Ok(())
}
