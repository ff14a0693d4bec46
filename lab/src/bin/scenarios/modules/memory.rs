//! What takes the options that distributions give their kernels: memory cgroups, and debugging messages on demand.

use super::{NO_MODULE, eventually, kernel_log, run};
use crate::harness::{Bench, datagram, message};
use crate::rtm::client::{Client, new};
use crate::rtm::object::via;
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Flags, Header, MessageType, NewFlags};
use nl_tlv_lab::rtm::TableDel;
use std::fs;
use std::process::Command;

/// The scenarios of this file.
pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::module("routes are charged to the cgroup of who adds them, until deleted", NO_MODULE, charged),
    Scenario::module("a cgroup that is full gets no more routes", NO_MODULE, full),
    Scenario::module("what was said is logged on demand, escaped", NO_MODULE, escaped),
];

const CGROUPS: &str = "/sys/fs/cgroup";

/// A route takes about this many bytes at least: a node, and the route with one next hop.
const ROUTE_LEN: u64 = 150;

/// How many routes are added by one datagram.
const AT_ONCE: usize = 50;

/// A cgroup, which is removed when it is dropped.
#[derive(Debug)]
struct Cgroup(String);

impl Cgroup {
    fn new(name: &str) -> Result<Self, String> {
        if fs::metadata(format!("{CGROUPS}/cgroup.procs")).is_err() {
            run(Command::new("mount").args(["-t", "cgroup2", "none", CGROUPS]))?;
        }
        let cgroup = Self(format!("{CGROUPS}/{name}"));
        fs::write(format!("{CGROUPS}/cgroup.subtree_control"), "+memory")
            .and_then(|()| fs::create_dir(&cgroup.0))
            .map_err(|err| format!("{}: {err}", cgroup.0))?;
        Ok(cgroup)
    }

    fn set(&self, file: &str, value: &str) -> Outcome {
        fs::write(format!("{}/{file}", self.0), value).map_err(|err| format!("{}/{file}: {err}", self.0))
    }

    /// Bytes that it is charged for.
    fn charge(&self) -> Result<u64, String> {
        let text = fs::read_to_string(format!("{}/memory.current", self.0)).map_err(|err| err.to_string())?;
        text.trim().parse().map_err(|_| format!("memory.current is {text:?}"))
    }

    /// Lets a process in it add routes to the table `blue`, as many as it may.
    fn hoard(&self, bench: &Bench, routes: u32) -> Outcome {
        let enter = format!("echo $$ >{}/cgroup.procs && exec \"$@\"", self.0);
        let before = ["sh", "-c", &enter, "sh"];
        bench.process_with(&before, "hoarder", &[&routes.to_string()])?.finish()
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // What is charged to it outlives it.
        let _ = fs::remove_dir(&self.0);
    }
}

/// What that process does.
pub(crate) fn hoard(bench: &Bench, words: &[String]) -> Outcome {
    let client = Client::new(bench)?;
    let count: u32 = words.first().and_then(|word| word.parse().ok()).ok_or("how many routes?")?;
    let hops = [via("11.1.1.1")];
    for start in (0..count).step_by(AT_ONCE) {
        let routes = (start..count).take(AT_ONCE).map(|n| {
            let dst = format!("10.{}.{}.{}/32", n >> 16 & 0xff, n >> 8 & 0xff, n & 0xff);
            client.request(&new("blue", &dst, &hops), NewFlags::CREATE).0
        });
        let refused = client.speaker.ask(&datagram(&routes.collect::<Vec<_>>()))?;
        ensure!(refused.is_empty(), "refused: {:?}", refused[0].refusal());
    }
    Ok(())
}

fn charged(bench: &Bench) -> Outcome {
    const ROUTES: u32 = 10_000;
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let cgroup = Cgroup::new("charged")?;
    cgroup.hoard(bench, ROUTES)?;
    let least = u64::from(ROUTES) * ROUTE_LEN;
    let full = cgroup.charge()?;
    ensure!(full >= least, "{full} bytes are charged for {ROUTES} routes, expected {least} at least");
    client.ok(&TableDel { name: "blue" }, Flags::empty())?;
    eventually(|| {
        let empty = cgroup.charge()?;
        ensure!(full.saturating_sub(empty) >= least, "{full} bytes were charged, and then {empty}");
        Ok(())
    })
}

fn full(bench: &Bench) -> Outcome {
    const LIMIT: u64 = 6 << 20;
    const ROUTES: u32 = 100_000;
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let cgroup = Cgroup::new("full")?;
    cgroup.set("memory.max", &LIMIT.to_string())?;
    // Out of memory, or killed for it.
    let outcome = cgroup.hoard(bench, ROUTES);
    ensure!(outcome.is_err(), "{ROUTES} routes were added in {LIMIT} bytes");
    let routes = u64::from(client.table("blue")?.routes);
    ensure!(routes > 0 && routes * ROUTE_LEN <= LIMIT, "{routes} routes were added in {LIMIT} bytes");
    // Others may still add some.
    client.add("blue", "11.0.0.0/8", &[via("11.1.1.1")])
}

fn escaped(bench: &Bench) -> Outcome {
    let control = "/sys/kernel/debug/dynamic_debug/control";
    let debug = |how: &str| fs::write(control, how).map_err(|err| format!("{control}: {err}"));
    debug("module greet +p")?;
    let greeter = Bench::new(bench.target(), crate::Suite::Greet, false)?.speaker()?;
    let said = message(MessageType(20), Header::new().flags(Flags::ACK), b"two\nlines\x1b[31m \x80");
    let replies = greeter.ask(&said)?;
    debug("module greet -p")?;
    ensure!(replies.len() == 1, "{replies:?}");
    let (log, port) = (kernel_log()?, greeter.port_id());
    let expected = format!(r#"greet: port {port} says "two\nlines\e[31m \200""#);
    ensure!(log.lines().rev().take(8).any(|line| line.ends_with(&expected)), "{expected} is not in the log");
    Ok(())
}
