//! The load lane: a million routes, everything at once, and random messages, in a guest with memory for it; and whether
//! the memory comes back.

use anyhow::{Result, ensure};

use crate::e2e;
use crate::lane::Lane;
use crate::module::Source;
use crate::programs::{self, STRESS};
use crate::qemu::{Machine, Outcome};
use crate::slab::Slabs;
use crate::tally::Tally;
use crate::vm::Guest;

/// Seconds that the lane may take; six minutes were seen on a busy machine.
pub(crate) const LIMIT: u64 = 3600;

/// Shell functions for the job.
const FUNCTIONS: &str = include_str!("../guest/load.sh");

/// Objects that may be there in addition in the end: the kernel allocates some at the first use of something.
const TOLERANCE: i64 = 1000;

/// Runs everything in one boot, and shows how far it is.
pub(crate) fn suites(lane: Lane, limit: u64) -> Result<Tally> {
    let programs = programs::build_stress()?;
    let guest = Guest::prepare(lane, &Source::Ours)?.with_programs(programs).on(Machine::LARGE);
    let outcome = guest.run(&job(), Some(limit), true)?;
    let mut tally = e2e::judge_suites(&guest, &outcome, &["warm-up", "routes", "mixed", "random"])?;
    ensure!(outcome.fact("unload") == Some("0"), "the modules do not unload\n{}", outcome.context());
    tally += memory(&outcome)?;
    Ok(tally)
}

/// What is allocated once and for all at the first use is so before the slabs are counted.
fn job() -> String {
    format!(
        "{FUNCTIONS}\nload\nsuite warm-up {STRESS} routes --routes 5000\nunload\nsend_slabs before\n\
         load\nsend_slabs loaded\n\
         suite routes {STRESS} routes\nsuite mixed {STRESS} mixed\nsuite random {STRESS} random\n\
         unload\nfact unload $?\nsend_slabs after"
    )
}

/// That the slabs hold in the end what they held before the modules were loaded.
fn memory(outcome: &Outcome) -> Result<Tally> {
    let [before, loaded, after] =
        ["before", "loaded", "after"].map(|when| Slabs::parse(outcome.facts(&format!("slabs-{when}"))));
    let (before, loaded, after) = (before?, loaded?, after?);
    let own: Vec<&str> = loaded.caches().filter(|cache| !before.has(cache)).collect();
    println!("slabs before the modules were loaded: {before}; after they were unloaded: {after}");
    for (cache, objects) in before.growth(&after) {
        println!("    {cache}: {objects:+} objects");
    }
    ensure!(!own.is_empty(), "the modules have no caches of their own\n{}", outcome.context());
    for cache in own {
        ensure!(!after.has(cache), "the cache {cache} was left behind\n{}", outcome.context());
    }
    let left: i64 = before.growth(&after).map(|(_, objects)| objects).sum();
    ensure!(left <= TOLERANCE, "{left} objects were left behind\n{}", outcome.context());
    Ok(Tally::PASSED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_job_is_a_shell_script() {
        let output = crate::command::capture(crate::command::tool("sh").args(["-n", "-c", &job()])).unwrap();
        assert!(output.status.success(), "{}", crate::command::said(&output));
    }
}
