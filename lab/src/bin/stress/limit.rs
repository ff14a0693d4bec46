//! At the limit of tables: what creating and deleting costs there, and everybody who could wait for somebody else.
//!
//! Needs nothing but the module, whose limit it sets. Readers ask for a table, a writer changes its routes, and somebody
//! deletes and creates another table over and over at `max_tables=2`: whoever waits inside an RCU read-side section, or
//! for RCU under a lock, stops the kernel here if it has PREEMPT_RT.

use crate::report::{Failed, Report};
use crate::{Failure, connect, ensure, state};
use clap::Args;
use nl_tlv::socket::Connection;
use nl_tlv::{NewFlags, Repeat};
use nl_tlv_lab::rtm::{NextHop, Prefix, RouteDel, RouteNew, TableDel, TableGet, TableNew, TableReply};
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

/// How often a table is created and deleted to see what it costs.
const ROUNDS: usize = 200;

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
    let fact = "readers, a writer and a creator do not disturb each other at the limit";
    report.check(fact, || crowd(options)).and(costs)
}

fn costs() -> Result<String, Failure> {
    state::clear()?;
    let mut conn = connect()?;
    conn.request_with(&TableNew { name: BUSY }, NewFlags::CREATE)?;
    let below = cost(&mut conn)?;
    let limit = Limit::set(2)?;
    let at = cost(&mut conn)?;
    drop(limit);
    conn.request(&TableDel { name: BUSY })?;
    let said = format!("{:.2} ms below the limit, {:.2} ms at it (medians of {ROUNDS})", ms(below), ms(at));
    ensure!(at <= below * FACTOR + NOISE, "{said}");
    Ok(said)
}

/// What creating and deleting a table takes in most cases.
fn cost(conn: &mut Connection) -> Result<Duration, Failure> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        conn.request_with(&TableNew { name: COMING }, NewFlags::CREATE)?;
        conn.request(&TableDel { name: COMING })?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[ROUNDS / 2])
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
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
