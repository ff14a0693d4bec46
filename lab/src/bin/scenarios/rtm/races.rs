//! Looking up while others change what is looked up.

use super::client::{Client, new};
use super::object::{Object, Route, dev, prefix};
use crate::harness::{Bench, datagram};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Flags, NewFlags};
use nl_tlv_lab::rtm::{Prefix, RouteDel, RouteGet, RouteNew};
use std::io::Read;
use std::net::Ipv6Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] =
    &[Scenario::both("an address is found under one of its prefixes while they take turns", turns)];

/// What is looked up.
const ADDRESS: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 3, 4, 5, 6);

/// Prefixes of it of which one is there at any time, and one that is always there.
const SHORT: &str = "2000::/3";
const LONG: &str = "2001:db8:1:2:3:4:5:6/128";
const DEFAULT: &str = "::/0";

/// How many lookups there are, unless they take longer than this.
const LOOKUPS: usize = 5_000;
const PATIENCE: Duration = Duration::from_secs(4);

/// How many of them in one datagram.
const AT_ONCE: usize = 50;

fn turns(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    [DEFAULT, SHORT].iter().try_for_each(|dst| client.add("blue", dst, &[dev("eth0")]))?;
    let hops = [dev("eth0")];
    // A neighbour at each bit, so that there is something to walk through between the short one and the long one.
    for len in 4..=128 {
        let bits = ADDRESS.to_bits() ^ 1 << (128 - len);
        let dst = Prefix { addr: Ipv6Addr::from_bits(bits & u128::MAX << (128 - len)).into(), len };
        client.ok(&RouteNew { dst, ..new("blue", DEFAULT, &hops) }, NewFlags::CREATE)?;
    }
    let mut changer = bench.process(&[], "changer")?;
    changer.expect("ready")?;
    let outcome = look_up(&client);
    changer.go_on();
    changer.expect("some turns")?;
    outcome.and(changer.finish())
}

fn look_up(client: &Client) -> Outcome {
    let get = RouteGet { table: Some("blue"), dst: None, lookup: Some(ADDRESS.into()) };
    let requests: Vec<_> = (0..AT_ONCE).map(|_| client.request(&get, Flags::empty()).0).collect();
    let lookups = datagram(&requests);
    let start = Instant::now();
    for _ in (0..LOOKUPS / AT_ONCE).take_while(|_| start.elapsed() < PATIENCE) {
        let replies = client.speaker.ask(&lookups)?;
        ensure!(replies.len() == AT_ONCE, "{} answers", replies.len());
        for reply in replies {
            let message = reply.message();
            let found = Route::read(&message).map(|route| route.dst);
            let is_right = found.as_ref().is_ok_and(|dst| [SHORT, LONG].map(prefix).contains(dst));
            ensure!(is_right, "found {found:?}, while {SHORT} or {LONG} was there");
        }
    }
    Ok(())
}

/// What the changing process does: adds one prefix and then deletes the other, until it is told to stop.
pub(crate) fn change(bench: &Bench) -> Outcome {
    let is_over = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&is_over);
    thread::spawn(move || {
        // Whatever the end of it is, it is the end.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        flag.store(true, Ordering::Relaxed);
    });
    let client = Client::new(bench)?;
    let hops = [dev("eth0")];
    let turn = |add: &str, del: &str| {
        let add = client.request(&new("blue", add, &hops), NewFlags::CREATE).0;
        let del = client.request(&RouteDel { table: "blue", dst: prefix(del) }, Flags::empty()).0;
        datagram(&[add, del])
    };
    let turns = [turn(LONG, SHORT), turn(SHORT, LONG)];
    println!("ready");
    let mut count = 0;
    while !is_over.load(Ordering::Relaxed) {
        for turn in &turns {
            let replies = client.speaker.ask(turn)?;
            ensure!(replies.is_empty(), "{replies:?}");
        }
        count += 1;
    }
    println!("{}", if count > 0 { "some turns" } else { "none" });
    Ok(())
}
