//! The modules with delays in every window that a race could use: while they are loaded, in the middle of changes, before
//! memory is freed, and while readers look.

use anyhow::{Result, ensure};

use crate::e2e;
use crate::lane::Lane;
use crate::module::Source;
use crate::programs::{self, SCENARIOS, STRESS};
use crate::tally::Tally;
use crate::vm::Guest;

/// Seconds that everybody is at the limit, and that everything happens at once.
const SECONDS: u32 = 30;

/// Scenarios about who sees what while somebody else changes it.
const ABOUT: &[&str] = &["dump", "event", "take turns", "limit", "namespace"];

/// Runs everything in one boot.
pub(crate) fn suites(lane: Lane, limit: u64) -> Result<Tally> {
    let guest = Guest::prepare(lane, &Source::Delayed)?.with_programs(programs::build()?);
    let outcome = guest.run(&job(lane), Some(limit), false)?;
    let names: Vec<String> = names().chain(ABOUT.iter().map(|about| suite_of(about))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let tally = e2e::judge_suites(&guest, &outcome, &names)?;
    ensure!(outcome.fact("unload") == Some("0"), "the modules do not unload\n{}", outcome.context());
    Ok(tally)
}

fn names() -> impl Iterator<Item = String> {
    ["loading", "limit", "mixed", "random"].into_iter().map(str::to_owned)
}

/// The name of a suite is one word.
fn suite_of(about: &str) -> String {
    format!("scenarios-{}", about.replace(' ', "-"))
}

fn job(lane: Lane) -> String {
    let options = lane.scenario_options();
    let scenarios: String = ABOUT
        .iter()
        .map(|about| {
            let suite = suite_of(about);
            format!("suite {suite} {SCENARIOS} --target module{options} --only '{about}'\n")
        })
        .collect();
    format!(
        "load\n\
         suite loading {STRESS} loading --need-early\n\
         suite limit {STRESS} limit --seconds {SECONDS}\n\
         suite mixed {STRESS} mixed --seconds {SECONDS}\n\
         suite random {STRESS} random --seconds 5\n\
         {scenarios}unload\nfact unload $?"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_job_is_a_shell_script() {
        let script = job(Lane::RealTime);
        let output = crate::command::capture(crate::command::tool("sh").args(["-n", "-c", &script])).unwrap();
        assert!(output.status.success(), "{}", crate::command::said(&output));
    }
}
