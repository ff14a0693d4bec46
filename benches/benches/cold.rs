//! One message, read by code that has not run for a while: between two readings all the other contenders read theirs, and
//! four MiB of other data are touched. `cargo bench -p nl-tlv-benches --bench cold`

use std::hint::black_box;
use std::time::Instant;

use nl_tlv_benches::contenders::{self, Contender};
use nl_tlv_benches::data::{self, Dump};

/// How often each reads its message.
const ROUNDS: usize = 1001;
/// What is touched in between.
const OTHER_DATA: usize = 4 << 20;

/// Reads the bytes if the contender takes part.
type Read = fn(&Contender, &[u8]) -> Option<bool>;

/// Its name, the messages, and who reads one.
type Job = (&'static str, fn() -> Dump, Read);

const JOBS: [Job; 3] = [
    ("route", data::mixed_routes, |contender, bytes| Some(contender.routes?(bytes).is_some())),
    ("link", data::links, |contender, bytes| Some(contender.links?(bytes).is_some())),
    ("genl", data::families, |contender, bytes| Some(contender.families?(bytes).is_some())),
];

/// Nanoseconds of what runs once.
fn time(run: impl FnOnce()) -> u128 {
    let start = Instant::now();
    run();
    start.elapsed().as_nanos()
}

fn median(mut times: Vec<u128>) -> u128 {
    times.sort_unstable();
    times[times.len() / 2]
}

fn main() {
    let contenders = contenders::all();
    let messages = JOBS.map(|(_, dump, _)| dump().iter().next().expect("a message").to_vec());
    let mut other_data = vec![0_u8; OTHER_DATA];
    let empty = median((0..ROUNDS).map(|_| time(|| ())).collect());
    println!("| {:<5} | {:<20} | {:>8} |", "job", "contender", "ns, cold");
    println!("|{:-<7}|{:-<22}|{:->9}:|", "", "", "");
    for ((job, _, read), message) in JOBS.iter().zip(&messages) {
        let part = |contender: &&Contender| read(contender, message).is_some();
        for contender in contenders.iter().filter(part) {
            let times = (0..ROUNDS).map(|_| {
                for other in contenders.iter().filter(|other| other.name != contender.name) {
                    for ((_, _, read), message) in JOBS.iter().zip(&messages) {
                        black_box(read(other, message));
                    }
                }
                other_data.iter_mut().step_by(64).for_each(|byte| *byte = byte.wrapping_add(1));
                time(|| assert_eq!(read(contender, black_box(message)), Some(true)))
            });
            let cold = median(times.collect()).saturating_sub(empty);
            println!("| {job:<5} | {:<20} | {cold:>8} |", contender.name);
        }
    }
}
