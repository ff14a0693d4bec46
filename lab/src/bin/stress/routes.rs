//! Very many routes in one table: added, dumped, looked up and deleted, with a model beside them.

use crate::dice::Dice;
use crate::model::{self, Model};
use crate::report::{Failed, Report};
use crate::{Failure, PATIENCE, connect, ensure};
use clap::Args;
use nl_tlv::control::Errno;
use nl_tlv::socket::{Batch, Connection, RequestError};
use nl_tlv::{Flags, NewFlags, Repeat};
use nl_tlv_lab::rtm::{
    Prefix, RouteDel, RouteGet, RouteNew, RouteReply, TableClear, TableDel, TableGet, TableNew, TableReply,
};
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How many of what.
#[derive(Args)]
pub(crate) struct Options {
    /// Routes in the table
    #[arg(long, default_value_t = 1_000_000)]
    routes: usize,
    /// Addresses to look up
    #[arg(long, default_value_t = 1_000)]
    lookups: usize,
}

/// The table that is filled.
const TABLE: &str = "full";

/// Bytes of receive buffer: the more, the more requests go into a datagram.
const RECV_BUFFER: usize = 1 << 20;

/// The conversation, and what the table should hold.
struct Run {
    conn: Connection,
    model: Model,
    dice: Dice,
}

/// Does it all, in this order.
pub(crate) fn run(options: &Options, seed: u64, report: &mut Report) -> Result<(), Failed> {
    let mut dice = Dice::new(seed);
    let mut run = None;
    report.check("there is a module, and a model of the routes", || {
        let conn = connect()?;
        conn.transport().set_recv_buffer(RECV_BUFFER)?;
        let model = Model::random(options.routes, &mut dice);
        let v4 = model.0.keys().filter(|dst| dst.addr.is_ipv4()).count();
        let said = format!("{v4} IPv4 and {} IPv6 routes", model.0.len() - v4);
        run = Some(Run { conn, model, dice });
        Ok(said)
    })?;
    let Some(mut run) = run else { return Err(Failed) };
    report.check("one batch run adds all routes", || run.add())?;
    report.check("a dump has each route once, in order, and was not interrupted", || run.dump())?;
    report.check("lookups find what the model finds", || run.look_up(options.lookups))?;
    report.check("one batch run deletes every other route", || run.delete_half())?;
    report.check("a dump then has the others", || run.dump())?;
    report.check("lookups then find what the model finds", || run.look_up(options.lookups))?;
    report.check("clearing and deleting the table gives all memory back", || run.clear())
}

impl Run {
    fn add(&mut self) -> Result<String, Failure> {
        self.conn.request_with(&TableNew { name: TABLE }, NewFlags::CREATE)?;
        let mut routes: Vec<_> = self.model.0.iter().map(|(dst, metric)| (*dst, *metric)).collect();
        self.dice.shuffle(&mut routes);
        let before = slab()?;
        let start = Instant::now();
        let mut batch = self.conn.batch();
        for (dst, metric) in &routes {
            let hops = [model::next_hop(*dst, *metric)];
            let nexthop = Repeat::new(&hops);
            let route = RouteNew { table: TABLE, dst: *dst, nexthop, metric: Some(*metric) };
            batch.push(&route, NewFlags::CREATE | NewFlags::EXCL)?;
        }
        all_done(batch)?;
        let rate = rate(routes.len(), start);
        let each = (slab()? - before) / routes.len().max(1);
        Ok(format!("{rate}\n{each} bytes of slab for each route"))
    }

    fn dump(&mut self) -> Result<String, Failure> {
        let table: TableReply<'_> = self.conn.get(&TableGet { name: Some(TABLE) })?;
        let expected = self.model.0.len();
        ensure!(table.routes as usize == expected, "{} routes instead of {expected}", table.routes);

        let start = Instant::now();
        let mut routes = self.conn.dump(&RouteGet { table: Some(TABLE), ..RouteGet::default() })?;
        let mut model = self.model.0.iter();
        while let Some(route) = routes.next::<RouteReply<'_>>()? {
            let Some((&dst, &metric)) = model.next() else {
                return Err(format!("one route too many: {route:?}").into());
            };
            ensure!((route.dst, route.metric) == (dst, metric), "{route:?} where {dst:?} should be");
            ensure!(route.nexthop.len() == 1, "{} next hops", route.nexthop.len());
            let hop = route.nexthop.iter().next().transpose()?;
            ensure!(hop == Some(model::next_hop(dst, metric)), "{dst:?} leads to {hop:?}");
        }
        ensure!(model.next().is_none(), "{} routes are missing at the end", model.len() + 1);
        Ok(rate(expected, start))
    }

    fn look_up(&mut self, count: usize) -> Result<String, Failure> {
        let destinations: Vec<_> = self.model.0.keys().copied().collect();
        let (start, mut matches) = (Instant::now(), 0);
        for _ in 0..count {
            let addr = model::address(&destinations, &mut self.dice);
            let request = RouteGet { table: Some(TABLE), lookup: Some(addr), dst: None };
            let found = match self.conn.get::<RouteReply<'_>>(&request) {
                Ok(route) => Some(route.dst),
                Err(RequestError::Refused(refusal)) if refusal.errno() == Errno::ENOENT => None,
                Err(err) => return Err(err.into()),
            };
            let expected = self.model.lookup(addr);
            ensure!(found == expected, "{addr}: {found:?} instead of {expected:?}");
            matches += usize::from(found.is_some());
        }
        Ok(format!("{}, of which {matches} found a route", rate(count, start)))
    }

    fn delete_half(&mut self) -> Result<String, Failure> {
        let mut half: Vec<Prefix> = self.model.0.keys().copied().step_by(2).collect();
        self.dice.shuffle(&mut half);
        let start = Instant::now();
        let mut batch = self.conn.batch();
        for dst in &half {
            batch.push(&RouteDel { table: TABLE, dst: *dst }, Flags::empty())?;
        }
        all_done(batch)?;
        let rate = rate(half.len(), start);
        for dst in &half {
            self.model.0.remove(dst);
        }
        Ok(rate)
    }

    fn clear(&mut self) -> Result<String, Failure> {
        let start = Instant::now();
        self.conn.request(&TableClear { name: TABLE })?;
        let cleared = start.elapsed();
        self.conn.request(&TableDel { name: TABLE })?;
        // What readers might still have seen is freed a little later.
        while in_memory()? > 0 {
            ensure!(start.elapsed() < PATIENCE, "{} objects are still in memory", in_memory()?);
            sleep(Duration::from_millis(10));
        }
        let all = start.elapsed().as_secs_f32();
        Ok(format!("cleared in {:.2} s, all memory free after {all:.2} s", cleared.as_secs_f32()))
    }
}

/// Sends what is left of a batch, all of which must have been done.
fn all_done(mut batch: Batch<'_>) -> Result<(), Failure> {
    let outcomes = batch.finish()?;
    match outcomes.iter().position(|outcome| !outcome.is_ok()) {
        Some(at) => Err(format!("request {at} of {}: {:?}", outcomes.len(), outcomes[at]).into()),
        None => Ok(()),
    }
}

fn rate(count: usize, start: Instant) -> String {
    let seconds = start.elapsed().as_secs_f64().max(1e-6);
    format!("{count} in {seconds:.2} s: {:.0} a second", count as f64 / seconds)
}

/// Bytes of the kernel's memory for objects that it cannot give back.
fn slab() -> Result<usize, Failure> {
    Ok(1024 * number_in("/proc/meminfo", "SUnreclaim:")?)
}

/// Tables and routes that the module has memory for.
fn in_memory() -> Result<usize, Failure> {
    let counter = |name| number_in("/proc/net/rtm", name);
    Ok(counter("tables_in_memory")? + counter("routes_in_memory")?)
}

fn number_in(path: &str, name: &str) -> Result<usize, Failure> {
    let text = fs::read_to_string(path)?;
    let mut words = text.lines().map(str::split_whitespace);
    let mut found = words.find_map(|mut line| (line.next() == Some(name)).then_some(line));
    let number = found.as_mut().and_then(|line| line.next()).ok_or_else(|| format!("no {name} in {path}"))?;
    Ok(number.parse()?)
}
