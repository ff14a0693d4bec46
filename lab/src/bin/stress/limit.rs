//! At the limit of tables and over it: what changes cost there, and everybody who could wait for somebody else.
//!
//! Needs nothing but the module, whose limit it sets. Readers ask for a table, a writer changes its routes, and somebody
//! deletes and creates another table over and over at `max_tables=2`: whoever waits inside an RCU read-side section, or
//! for RCU under a lock, stops the kernel here if it has PREEMPT_RT.

use crate::report::{Failed, Report};
use crate::{Failure, connect, ensure, state};
use clap::Args;
use nl_tlv::{NewFlags, Repeat};
use nl_tlv_lab::rtm::{
    NextHop, Prefix, RouteDel, RouteNew, TableClear, TableDel, TableGet, TableNew, TableReply,
};
use std::fmt;
use std::fs;
use std::net::Ipv4Addr;
use std::thread;
use std::time::{Duration, Instant};

/// How long.
#[derive(Args)]
pub(crate) struct Options {
    /// Seconds that everybody is at the limit
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

const LIMIT: &str = "/sys/module/rtm/parameters/max_tables";

/// The table whose routes change, and the one that comes and goes.
const BUSY: &str = "busy";
const COMING: &str = "coming";

/// How often something is done to see what it costs: in turns of so many here and there, because a machine that has more to
/// do for a while must not make one of them look slow.
const ROUNDS: usize = 200;
const TURN: usize = 20;

/// More tables than deleted ones may wait for their memory to be freed.
const MANY: u32 = 4200;

/// What it may cost more at the limit, beside what the machine makes of it.
const FACTOR: u32 = 3;
const NOISE: Duration = Duration::from_millis(2);

/// Threads that ask for the table.
const READERS: usize = 4;

/// Sets the limit, which is as it was when this is dropped.
struct Limit(String);

impl Limit {
    fn set(max: u32) -> Result<Self, Failure> {
        let before = fs::read_to_string(LIMIT).map_err(|err| format!("{LIMIT}: {err}"))?;
        fs::write(LIMIT, max.to_string()).map_err(|err| format!("{LIMIT}: {err}"))?;
        Ok(Self(before.trim().to_owned()))
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        let _ = fs::write(LIMIT, &self.0);
    }
}

/// Compares the costs, and then lets everybody go.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failed> {
    let costs =
        report.check("creating and deleting a table costs at the limit what it costs below it", costs);
    let fact = "a change costs the same where the limit was lowered below what there is";
    let costs = report.check(fact, lowered).and(costs);
    let fact = "readers, a writer and a creator do not disturb each other at the limit";
    report.check(fact, || crowd(options)).and(costs)
}

fn costs() -> Result<String, Failure> {
    state::clear()?;
    let mut conn = connect()?;
    conn.request_with(&TableNew { name: BUSY }, NewFlags::CREATE)?;
    let mut come_and_go = || {
        conn.request_with(&TableNew { name: COMING }, NewFlags::CREATE)?;
        conn.request(&TableDel { name: COMING }).map(drop)
    };
    let costs = Costs::of(2, &mut come_and_go)?;
    conn.request(&TableDel { name: BUSY })?;
    costs.compared("below the limit", "at it")
}

/// A limit may be lowered at any time: what there is stays, and can be changed.
fn lowered() -> Result<String, Failure> {
    state::clear()?;
    let mut conn = connect()?;
    let limit = Limit::set(MANY)?;
    for n in 0..MANY {
        conn.request_with(&TableNew { name: &format!("many-{n}") }, NewFlags::CREATE)?;
    }
    let mut change = || conn.request(&TableClear { name: "many-0" }).map(drop);
    let costs = Costs::of(1, &mut change)?;
    drop(limit);
    state::clear()?;
    costs.compared("at the limit", "over it")
}

/// What something takes under one limit, and under a lower one.
struct Costs {
    before: Cost,
    lower: Cost,
}

impl Costs {
    fn of<E: Into<Failure>>(lower: u32, action: &mut impl FnMut() -> Result<(), E>) -> Result<Self, Failure> {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS / TURN {
            measure(action, &mut times[0])?;
            let _limit = Limit::set(lower)?;
            measure(action, &mut times[1])?;
        }
        let [before, lower] = times.map(Cost::of);
        Ok(Self { before: before?, lower: lower? })
    }

    /// # Errors
    ///
    /// If it is much more under the lower limit.
    fn compared(&self, before: &str, here: &str) -> Result<String, Failure> {
        let Self { before: then, lower: now } = self;
        let said = format!("{then} {before}, {now} {here} (means of {ROUNDS}, without the slowest tenth)");
        ensure!(now.mean <= then.mean * FACTOR + NOISE, "{said}");
        Ok(said)
    }
}

fn measure<E: Into<Failure>>(
    action: &mut impl FnMut() -> Result<(), E>,
    times: &mut Vec<Duration>,
) -> Result<(), Failure> {
    for _ in 0..TURN {
        let start = Instant::now();
        action().map_err(Into::into)?;
        times.push(start.elapsed());
    }
    Ok(())
}

/// What something takes in most cases, and at worst.
struct Cost {
    /// The mean of all but the slowest tenth. (A median would be 0 or 10 ms where the clock counts ticks.)
    mean: Duration,
    worst: Duration,
}

impl Cost {
    fn of(mut times: Vec<Duration>) -> Result<Self, Failure> {
        times.sort();
        let usual = &times[..ROUNDS - ROUNDS / 10];
        let mean = usual.iter().sum::<Duration>() / u32::try_from(usual.len())?;
        Ok(Self { mean, worst: times[ROUNDS - 1] })
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        write!(f, "{:.2} ms (worst {:.2})", ms(self.mean), ms(self.worst))
    }
}

fn crowd(options: &Options) -> Result<String, Failure> {
    state::clear()?;
    connect()?.request_with(&TableNew { name: BUSY }, NewFlags::CREATE)?;
    let _limit = Limit::set(2)?;
    let until = Instant::now() + Duration::from_secs(options.seconds);
    let (reads, changes, tables) = thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(|| read(until))).collect();
        let writer = scope.spawn(|| change(until));
        let creator = scope.spawn(|| create(until));
        let mut reads = 0;
        for reader in readers {
            reads += joined(reader)?;
        }
        Ok::<_, Failure>((reads, joined(writer)?, joined(creator)?))
    })?;
    connect()?.request(&TableDel { name: BUSY })?;
    Ok(format!("{reads} reads, {changes} changes of routes, {tables} tables"))
}

fn joined(thread: thread::ScopedJoinHandle<'_, Result<u64, Failure>>) -> Result<u64, Failure> {
    thread.join().unwrap_or_else(|_| Err("a thread has panicked".into()))
}

/// Asks for the table: with one route or none, and of a generation that never falls.
fn read(until: Instant) -> Result<u64, Failure> {
    let mut conn = connect()?;
    let (mut reads, mut last) = (0, 0);
    while Instant::now() < until {
        let table = conn.get::<TableReply<'_>>(&TableGet { name: Some(BUSY) })?;
        ensure!(table.routes <= 1, "{} routes", table.routes);
        ensure!(table.generation >= last, "generation {} after {last}", table.generation);
        last = table.generation;
        reads += 1;
    }
    Ok(reads)
}

/// Adds a route and deletes it.
fn change(until: Instant) -> Result<u64, Failure> {
    let mut conn = connect()?;
    let dst = Prefix { addr: Ipv4Addr::new(10, 1, 1, 0).into(), len: 24 };
    let hops = [NextHop { gateway: Some(Ipv4Addr::new(11, 1, 1, 1).into()), oif: None, weight: None }];
    let route = RouteNew { table: BUSY, dst, nexthop: Repeat::new(&hops), metric: None };
    let mut changes = 0;
    while Instant::now() < until {
        conn.request_with(&route, NewFlags::CREATE | NewFlags::EXCL)?;
        conn.request(&RouteDel { table: BUSY, dst })?;
        changes += 2;
    }
    Ok(changes)
}

/// Creates the table that is the last one allowed, and deletes it.
fn create(until: Instant) -> Result<u64, Failure> {
    let mut conn = connect()?;
    let mut tables = 0;
    while Instant::now() < until {
        conn.request_with(&TableNew { name: COMING }, NewFlags::CREATE)?;
        conn.request(&TableDel { name: COMING })?;
        tables += 1;
    }
    Ok(tables)
}
