//! Everything at once: changes, dumps, lookups and subscribers, each in a thread and on a socket of its own.
//!
//! One table has routes that stay, and routes that come and go in pairs: the second of a pair is there only while the
//! first is, and lies at the other end of the table. So a dump that was torn, and does not say so, shows.

mod change;
mod listen;
mod read;

use crate::dice::Dice;
use crate::report::{Failed, Report};
use crate::{Failure, connect, ensure, state};
use clap::Args;
use nl_tlv::{NewFlags, Repeat};
use nl_tlv_lab::rtm::{NextHop, Prefix, RouteGet, RouteNew, RouteReply, TableDel, TableNew};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long.
#[derive(Args)]
pub(crate) struct Options {
    /// Seconds that everything happens at once
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

/// The table that everybody is at.
const TABLE: &str = "busy";

/// Networks of 16 bits, in each of which there are stable routes and one of each changer's slots.
const NETWORKS: u8 = 100;

/// Stable routes of each network.
const STABLE: u8 = 5;

/// Threads that change routes.
const CHANGERS: u8 = 2;

/// What the threads share.
struct Stage {
    until: Instant,
    has_failed: AtomicBool,
    /// The last change of all, when there will be no more; 0 until then.
    last_generation: AtomicU64,
    /// What the changers have left behind.
    left: Mutex<BTreeSet<Prefix>>,
}

/// What a thread does, for as long as the stage is open; what it was, for the report.
type Role = fn(&Stage, Dice) -> Result<String, Failure>;

/// Those who make that something happens, and look at it meanwhile.
const ACTORS: &[(&str, Role)] = &[
    ("covering routes come and go, and each change is acknowledged", |stage, dice| {
        change::routes(stage, dice, 0)
    }),
    ("more specific routes come and go, and each change is acknowledged", |stage, dice| {
        change::routes(stage, dice, 1)
    }),
    ("whole tables come, are filled, cleared, and go", change::tables),
    ("dumps of the table are marked or right", |stage, dice| read::routes(stage, dice, Some(TABLE))),
    ("dumps of all routes are marked or right", |stage, dice| read::routes(stage, dice, None)),
    ("dumps of the tables are marked or right", read::tables),
    ("lookups find the stable routes always", read::lookups),
];

/// Those who listen until there will be no more changes.
const LISTENERS: &[(&str, Role)] = &[
    ("a subscriber hears of each change once, in order", listen::all),
    ("a slow subscriber hears in order, and is told when it has missed something", listen::slowly),
];

/// Fills the table, raises the curtain, and looks at what is left.
pub(crate) fn run(options: &Options, seed: u64, report: &mut Report) -> Result<(), Failed> {
    report.check("there is a table with stable routes", prepare)?;
    let stage = Stage {
        until: Instant::now() + Duration::from_secs(options.seconds),
        has_failed: AtomicBool::new(false),
        last_generation: AtomicU64::new(0),
        left: Mutex::default(),
    };
    let outcomes = perform(&stage, seed);
    let roles = ACTORS.iter().chain(LISTENERS).map(|(fact, _)| fact);
    let results: Vec<_> = roles.zip(outcomes).map(|(fact, outcome)| report.check(fact, || outcome)).collect();
    results.into_iter().collect::<Result<(), Failed>>()?;
    report.check("at last the table has the stable routes and what was left there", || finish(&stage))
}

/// Everybody at once; what became of each, in the order of the roles.
fn perform(stage: &Stage, seed: u64) -> Vec<Result<String, Failure>> {
    thread::scope(|scope| {
        let start = |(number, (_, role)): (u64, &(&str, Role))| {
            let (role, dice) = (*role, Dice::new(seed.wrapping_add(number)));
            scope.spawn(move || stage.watch(role(stage, dice)))
        };
        let numbered = (0..).zip(ACTORS.iter().chain(LISTENERS));
        let mut threads: Vec<_> = numbered.map(start).collect();
        let listeners = threads.split_off(ACTORS.len());
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|_| Err("the thread has panicked".into()))
        };
        let mut outcomes: Vec<_> = threads.into_iter().map(join).collect();
        // Also if it fails, because the listeners wait for it.
        let last = last_change();
        stage.last_generation.store(*last.as_ref().unwrap_or(&u64::MAX), Ordering::Release);
        outcomes.extend(listeners.into_iter().map(join));
        outcomes
    })
}

impl Stage {
    fn is_open(&self) -> bool {
        Instant::now() < self.until && !self.has_failed()
    }

    fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Relaxed)
    }

    /// One failure ends it for all.
    fn watch<T>(&self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        if outcome.is_err() {
            self.has_failed.store(true, Ordering::Relaxed);
        }
        outcome
    }

    /// The generation of the last change, if there has been one.
    fn last_generation(&self) -> Option<u64> {
        Some(self.last_generation.load(Ordering::Acquire)).filter(|&last| last > 0)
    }
}

fn prepare() -> Result<String, Failure> {
    state::clear()?;
    let mut conn = connect()?;
    conn.request_with(&TableNew { name: TABLE }, NewFlags::CREATE)?;
    let mut batch = conn.batch();
    let hops = [hop(1)];
    for dst in stable() {
        batch.push(&route(dst, &hops), NewFlags::CREATE)?;
    }
    let added = batch.finish()?.iter().filter(|outcome| outcome.is_ok()).count();
    ensure!(added == stable().count(), "{added} of {} were added", stable().count());
    Ok(format!("{added} routes"))
}

/// A change behind all others; its generation.
fn last_change() -> Result<u64, Failure> {
    let mut conn = connect()?;
    let hops = [hop(1)];
    let dst = prefix([0, 0, 0, 0], 0);
    conn.request_with(&route(dst, &hops), NewFlags::CREATE | NewFlags::EXCL)?;
    let request = RouteGet { table: Some(TABLE), dst: Some(dst), lookup: None };
    let generation = conn.get::<RouteReply<'_>>(&request)?.generation;
    Ok(generation)
}

fn finish(stage: &Stage) -> Result<String, Failure> {
    let mut conn = connect()?;
    let mut expected: BTreeSet<_> = stable().chain([prefix([0, 0, 0, 0], 0)]).collect();
    expected.extend(stage.left.lock().map_err(|_| "a changer has panicked")?.iter());
    let mut found = BTreeSet::new();
    let mut routes = conn.dump(&RouteGet { table: Some(TABLE), ..RouteGet::default() })?;
    while let Some(route) = routes.next::<RouteReply<'_>>()? {
        found.insert(route.dst);
    }
    drop(routes);
    ensure!(found == expected, "too many: {:?}, too few: {:?}", &found - &expected, &expected - &found);
    conn.request(&TableDel { name: TABLE })?;
    Ok(format!("{} routes", found.len()))
}

/// The routes that stay.
fn stable() -> impl Iterator<Item = Prefix> {
    (0..NETWORKS).flat_map(|network| (0..STABLE).map(move |n| prefix([10, network, n, 0], 24)))
}

/// The route of a slot that a changer adds first and deletes last: behind all stable ones.
fn first_of_pair(changer: u8, slot: u8) -> Prefix {
    prefix([192, changer, slot, 0], 24)
}

/// The other: one that covers stable routes, or lies within one, among them all.
fn second_of_pair(changer: u8, slot: u8) -> Prefix {
    match changer {
        0 => prefix([10, slot, 0, 0], 16),
        _ => prefix([10, slot, changer, 0], 25),
    }
}

fn prefix(addr: [u8; 4], len: u8) -> Prefix {
    Prefix { addr: Ipv4Addr::from(addr).into(), len }
}

fn hop(number: u8) -> NextHop<'static> {
    NextHop { gateway: Some(Ipv4Addr::new(11, 1, 1, number).into()), oif: None, weight: None }
}

fn route<'a>(dst: Prefix, hops: &'a [NextHop<'a>]) -> RouteNew<'a> {
    RouteNew { table: TABLE, dst, nexthop: Repeat::new(hops), metric: None }
}
