//! What `/proc/net/rtm` shows.

use super::{AsBefore, NO_MODULE, eventually, load, unload};
use crate::harness::Bench;
use crate::rtm::client::{Client, new};
use crate::rtm::object::{prefix, via};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Flags, NewFlags};
use nl_tlv_lab::rtm::{GROUP_ROUTES, RouteDel, TableDel};
use std::fs;
use std::process::Command;

/// The scenarios of this file.
pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::module("/proc/net/rtm counts what there is and what was done", NO_MODULE, counts),
    Scenario::module("/proc/net/rtm is of the reader's network namespace", NO_MODULE, namespaces),
];

const PATH: &str = "/proc/net/rtm";

/// The file, with these numbers: tables, routes, generation, events.
fn contents([tables, routes, generation, events]: [u32; 4]) -> String {
    format!(
        "tables {tables}\ntables_in_memory {tables}\nroutes {routes}\nroutes_in_memory {routes}\n\
         generation {generation}\nevents {events}\nevents_lost 0\n"
    )
}

/// What was deleted is in memory until no reader sees it any more.
fn expect(numbers: [u32; 4]) -> Outcome {
    eventually(|| {
        let found = fs::read_to_string(PATH).map_err(|err| format!("{PATH}: {err}"))?;
        ensure!(found == contents(numbers), "expected {numbers:?}, found {found}");
        Ok(())
    })
}

fn counts(bench: &Bench) -> Outcome {
    let _end = AsBefore;
    unload("rtm")?;
    ensure!(fs::metadata(PATH).is_err(), "it is there without the module");
    load("rtm", &[])?;
    expect([0; 4])?;

    let client = Client::new(bench)?;
    client.create(&["blue", "red"])?;
    expect([2, 0, 2, 0])?;
    (0..3).try_for_each(|n| client.add("blue", &format!("10.{n}.0.0/16"), &[via("11.1.1.1")]))?;
    expect([2, 3, 5, 0])?;

    // What replaces a route counts until the one before it is freed.
    client.ok(&new("blue", "10.0.0.0/16", &[via("11.1.1.2")]), NewFlags::REPLACE)?;
    expect([2, 3, 6, 0])?;

    let listener = bench.speaker()?;
    listener.subscribe(bench, GROUP_ROUTES)?;
    client.ok(&RouteDel { table: "blue", dst: prefix("10.0.0.0/16") }, Flags::empty())?;
    expect([2, 2, 7, 1])?;
    client.ok(&TableDel { name: "blue" }, Flags::empty())?;
    expect([1, 0, 8, 1])
}

fn namespaces(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let output = Command::new("unshare").args(["-n", "cat", PATH]).output().map_err(|err| err.to_string())?;
    let found = String::from_utf8_lossy(&output.stdout);
    ensure!(found == contents([0; 4]), "in a new namespace: {found:?}");
    Ok(())
}
