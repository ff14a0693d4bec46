//! A watch of a kernel family equals a fresh dump after random changes of every kind that `ip` makes.
//!
//! Each test runs for `NL_TLV_WATCH_SECONDS` (3) and prints its seed, which `NL_TLV_SEED` sets.
//!
//! Most watches ask again after a change of a link, which hides that an event before it was misunderstood. So the changes
//! come in stretches: in every other one no link changes, and few things change at a time.
//!
//! That the test can fail is tested too (`planted`): it sees each of four mistakes of the first version within seconds.
#![cfg(all(feature = "derive", feature = "socket", target_os = "linux"))]

mod changes;
mod elsewhere;
mod facts;
#[cfg(target_endian = "little")]
mod near_misses;
mod netfilter;
#[path = "../support/netns.rs"]
mod netns;
mod planted;
#[path = "../support/random.rs"]
mod random;
#[allow(dead_code, reason = "the captures alone are used")]
#[path = "../support/mod.rs"]
mod support;
mod walk;

use nl_tlv::socket::{Change, Connection, Protocol, RequestError, Watch};
use nl_tlv::{Keyed, NlMessage};
use random::{Random, batch, number};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Lets `ip` carry out lines; those with `@` in front in the other namespace.
fn ip(lines: &str) {
    let (there, here): (Vec<_>, Vec<_>) = lines.lines().partition(|line| line.starts_with('@'));
    batch("ip", &here.join("\n"));
    if !there.is_empty() {
        elsewhere::run(&there);
    }
}

/// A watch, and a copy that is kept by the changes that it tells.
struct Followed<O: Keyed> {
    watch: Watch<O>,
    text: for<'a> fn(O::View<'a>) -> String,
    copy: BTreeMap<String, usize>,
}

impl<O: Keyed> Followed<O> {
    fn new(request: &impl NlMessage, text: for<'a> fn(O::View<'a>) -> String) -> Self {
        Self::over(Protocol::ROUTE, request, text)
    }

    fn over(protocol: Protocol, request: &impl NlMessage, text: for<'a> fn(O::View<'a>) -> String) -> Self {
        let watch = Connection::open(protocol).unwrap().watch(request).unwrap();
        Self { watch, text, copy: BTreeMap::new() }
    }

    /// Takes in all changes until the watch knows all, but not for ever.
    fn settle(&mut self) {
        self.settle_within(Duration::from_millis(20));
    }

    /// The same, where the last change comes within this time.
    fn settle_within(&mut self, time: Duration) {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            let mut is_over = false;
            match self.watch.change_deadline(Instant::now() + time) {
                Ok(Change::Added(new)) => *self.copy.entry((self.text)(new)).or_default() += 1,
                Ok(Change::Removed(old)) => take(&mut self.copy, &(self.text)(old)),
                Ok(Change::Changed { old, new }) => {
                    take(&mut self.copy, &(self.text)(old));
                    *self.copy.entry((self.text)(new)).or_default() += 1;
                }
                Err(RequestError::Timeout) => is_over = true,
                Err(err) => panic!("{err}"),
            }
            if is_over && self.watch.is_current() {
                return;
            }
            assert!(Instant::now() < end, "it never knows all");
        }
    }

    fn there(&self) -> Vec<String> {
        let mut there: Vec<_> = self.watch.objects().map(self.text).collect();
        there.sort();
        there
    }

    fn told(&self) -> Vec<String> {
        let told = self.copy.iter().flat_map(|(text, count)| std::iter::repeat_n(text.clone(), *count));
        told.collect()
    }
}

fn take(copy: &mut BTreeMap<String, usize>, text: &str) {
    let Some(count) = copy.get_mut(text) else { return };
    *count -= 1;
    if *count == 0 {
        copy.remove(text);
    }
}

/// What a fresh dump has.
fn fresh<O: Keyed>(request: &impl NlMessage, text: for<'a> fn(O::View<'a>) -> String) -> Vec<String> {
    let mut followed = Followed::<O>::new(request, text);
    followed.settle_within(Duration::ZERO);
    followed.there()
}

/// The lines that are in only one of two lists.
fn difference(watched: &[String], fresh: &[String]) -> String {
    let only = |of: &[String], other: &[String], sign| {
        of.iter()
            .filter(|line| !other.contains(line))
            .fold(String::new(), |text, line| text + sign + line + "\n")
    };
    only(watched, fresh, "watched: ") + &only(fresh, watched, "fresh:   ")
}

/// How many times changes are made in a stretch.
const STRETCH: usize = 16;

/// Draws a change; of no link if the stretch is calm and there are other changes.
fn draw(random: &mut Random, change: fn(&mut Random) -> String, is_calm: bool) -> String {
    let is_of_links = |line: &String| line.starts_with(['l', '@']);
    let mut line = change(random);
    for _ in 0..if is_calm { 100 } else { 0 } {
        if !is_of_links(&line) {
            break;
        }
        line = change(random);
    }
    line + "\n"
}

/// Changes things at random, a few at a time, and holds the watch against a fresh dump after each time.
fn follow<O: Keyed>(
    request: &impl NlMessage,
    text: for<'a> fn(O::View<'a>) -> String,
    setup: &str,
    change: fn(&mut Random) -> String,
) {
    let time = Duration::from_secs(number("NL_TLV_WATCH_SECONDS", 3));
    // Some changes come by themselves a moment later, like the end of an address's check for duplicates.
    let fresh = || fresh::<O>(request, text);
    let watch = Followed::<O>::new(request, text);
    let differs = first_difference(watch, &fresh, setup, change, time, Duration::from_secs(4));
    assert!(differs.is_none(), "{}", differs.unwrap_or_default());
}

/// What a watch has otherwise than a fresh dump, if that stays so for longer than it is waited for.
fn first_difference<O: Keyed>(
    mut followed: Followed<O>,
    fresh: &dyn Fn() -> Vec<String>,
    setup: &str,
    change: fn(&mut Random) -> String,
    time: Duration,
    patience: Duration,
) -> Option<String> {
    let mut random = Random::new();
    ip(setup);
    followed.settle();
    let end = Instant::now() + time;
    let mut settled = 0;
    while Instant::now() < end {
        let is_calm = settled / STRETCH % 2 == 0;
        let most = if is_calm { 2 } else { 8 };
        let mut lines: String =
            (0..=random.below(most)).map(|_| draw(&mut random, change, is_calm)).collect();
        if is_calm && settled % STRETCH == 0 && settled > 0 {
            // What the links need for a calm stretch.
            lines = setup.to_owned();
        }
        ip(&lines);
        let patience = Instant::now() + patience;
        loop {
            followed.settle();
            let (there, dumped, told) = (followed.there(), fresh(), followed.told());
            assert_eq!(there.len(), followed.watch.len());
            if there == dumped && told == there {
                break;
            }
            if Instant::now() > patience {
                let (there_not, told_not) = (difference(&there, &dumped), difference(&told, &there));
                return Some(format!("time {settled}, after\n{lines}\n{there_not}\ntold\n{told_not}"));
            }
        }
        settled += 1;
    }
    println!("{settled} times equal, {} dumps", followed.watch.dumps());
    assert!(settled > 1);
    None
}
