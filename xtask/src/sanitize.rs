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

/// Between what the scenarios and what the failing allocations write.
const BORDER: &str = "-- failing allocations --";

/// Runs everything in one boot. Any word of a sanitiser in the kernel's log has failed the boot already.
pub(crate) fn suites(guest: &Guest, limit: u64) -> Result<Tally> {
    let outcome = guest.run(&job(), Some(limit), false)?;
    let (scenarios, failing) = parts(&outcome.stdout);
    let mut tally = e2e::judge_module(guest, &outcome, scenarios)?;
    let status = outcome.fact("fail-nth").unwrap_or("none");
    tally += e2e::judge("failing allocations", failing, status, &outcome.context())?;
    for line in failing.lines().filter(|line| line.starts_with("# ")) {
        println!("    {line}");
    }
    tally += checkers(&outcome)?;
    for file in coverage::of(&outcome, &guest.kernel.release)? {
        println!("    {file}");
    }
    Ok(tally)
}

fn job() -> String {
    format!(
        "{FUNCTIONS}\nforget_leaks\n{scenarios}\n\
         echo '{BORDER}'\narm_failures\nload\n{FAIL_NTH}\nfact fail-nth $?\nunload\nfail_loading\nfact fail-loading $?\n\
         send_coverage\nfind_leaks\ncheck_lockdep",
        scenarios = e2e::job(Lane::Sanitized),
    )
}

/// What the scenarios wrote, and what the failing allocations did.
fn parts(stdout: &str) -> (&str, &str) {
    stdout.split_once(BORDER).unwrap_or((stdout, ""))
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
    fn reports_are_told_apart() {
        let stdout = format!("1..1\nok 1\n{BORDER}\n1..2\nok 1\nok 2\n");
        assert_eq!(parts(&stdout), ("1..1\nok 1\n", "\n1..2\nok 1\nok 2\n"));
        assert_eq!(parts("1..1\nok 1\n"), ("1..1\nok 1\n", ""));
    }

    #[test]
    fn the_job_is_a_shell_script() {
        let output = crate::command::capture(crate::command::tool("sh").args(["-n", "-c", &job()])).unwrap();
        assert!(output.status.success(), "{}", crate::command::said(&output));
    }
}
