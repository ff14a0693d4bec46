//! The suites in the sanitised kernel: the scenarios, every allocation failing once, and then a search for leaks.

use anyhow::{Result, ensure};

use crate::coverage;
use crate::e2e;
use crate::lane::Lane;
use crate::programs::FAIL_NTH;
use crate::qemu::Outcome;
use crate::tally::Tally;
use crate::vm::Guest;

/// Shell functions for the job.
const FUNCTIONS: &str = include_str!("../guest/sanitize.sh");

/// Runs everything in one boot. Any word of a sanitiser in the kernel's log has failed the boot already.
pub(crate) fn suites(guest: &Guest, limit: u64) -> Result<Tally> {
    let outcome = guest.run(&job(), Some(limit), false)?;
    let mut tally = e2e::judge_module(guest, &outcome)?;
    tally += e2e::judge_suites(guest, &outcome, &["failing-allocations"])?;
    tally += checkers(&outcome)?;
    for file in coverage::of(&outcome, &guest.kernel.release)? {
        println!("    {file}");
    }
    Ok(tally)
}

fn job() -> String {
    format!(
        "{FUNCTIONS}\nforget_leaks\n{modules}\n\
         arm_failures\nload\nsuite failing-allocations {FAIL_NTH}\nunload\nfail_loading\nfact fail-loading $?\n\
         send_coverage\nfind_leaks\ncheck_lockdep",
        modules = e2e::job(Lane::Sanitized),
    )
}

/// That the search for leaks took place and found none, and that lockdep watched to the end.
fn checkers(outcome: &Outcome) -> Result<Tally> {
    for (fact, expected) in [("fail-loading", "0"), ("leaks", "0"), ("lockdep", "1")] {
        let found = outcome.fact(fact).unwrap_or("none");
        ensure!(found == expected, "{fact}: expected {expected}, found {found}\n{}", outcome.context());
    }
    Ok(Tally { passed: 3, ..Tally::default() })
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
