//! All jobs in one table: the contenders take turns, so that noise hits all alike, and the medians are printed
//! (and the best turn, which shows how quiet the machine was).
//! `cargo bench --bench summary -- route` does only the jobs with this in their names.

use std::time::{Duration, Instant};

use nl_tlv_benches::workloads::{self, Workload};

/// How often everybody has a turn.
const ROUNDS: usize = 301;
/// How long a turn should take.
const TURN: Duration = Duration::from_micros(1500);

/// The time of `times` runs.
fn time(run: &mut dyn FnMut(), times: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        run();
    }
    start.elapsed()
}

/// How many runs make a turn.
fn turn(run: &mut dyn FnMut()) -> u32 {
    run();
    let once = time(run, 1).max(Duration::from_nanos(1));
    u32::try_from(TURN.as_nanos() / once.as_nanos()).unwrap_or(u32::MAX).max(1)
}

/// Lets the contenders alternate and prints a row for each.
fn measure(mut workload: Workload) {
    let turns: Vec<u32> = workload.entries.iter_mut().map(|(_, run)| turn(run)).collect();
    let mut times = vec![Vec::with_capacity(ROUNDS); turns.len()];
    for _ in 0..ROUNDS {
        for ((times, (_, run)), &turn) in times.iter_mut().zip(&mut workload.entries).zip(&turns) {
            times.push(time(run, turn).as_secs_f64() / f64::from(turn));
        }
    }
    times.iter_mut().for_each(|times| times.sort_by(f64::total_cmp));
    let by_hand = times.iter().zip(&workload.entries).find(|(_, (contender, _))| *contender == "C");
    let by_hand = by_hand.map(|(times, _)| times[0]);
    for (times, (contender, _)) in times.iter().zip(&workload.entries) {
        let median = times[times.len() / 2];
        let (ns, rate) = (median * 1e9 / workload.messages as f64, workload.bytes as f64 / median / 1e9);
        let best = times[0] * 1e9 / workload.messages as f64;
        let of_c = by_hand.map_or_else(String::new, |by_hand| format!("{:.2}", times[0] / by_hand));
        println!(
            "| {:<11} | {contender:<20} | {ns:>8.1} | {best:>8.2} | {of_c:>5} | {rate:>6.2} |",
            workload.name
        );
    }
}

fn main() {
    println!(
        "| {:<11} | {:<20} | {:>8} | {:>8} | {:>5} | {:>6} |",
        "workload", "contender", "ns/msg", "best", "of C", "GB/s"
    );
    println!("|{:-<13}|{:-<22}|{:->9}:|{:->9}:|{:->6}:|{:->7}:|", "", "", "", "", "", "");
    let wanted: Vec<_> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    for workload in workloads::all() {
        if wanted.is_empty() || wanted.iter().any(|part| workload.name.contains(part.as_str())) {
            measure(workload);
        }
    }
}
