//! The scenario suite, against the kernel modules in a guest and against the user-space peer here.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::command::{capture, succeeds, tail, tool};
use crate::lane::Lane;
use crate::module::Source;
use crate::programs::{self, SCENARIOS, STRESS};
use crate::qemu::Outcome;
use crate::sanitize;
use crate::tally::Tally;
use crate::tap::{self, Report};
use crate::vm::Guest;

/// Seconds that the suite may take against the peer.
pub(crate) const PEER_LIMIT: u64 = 124;

/// Against the modules, on one kernel.
pub(crate) fn module(lane: Lane, programs: &[PathBuf], limit: u64) -> Result<Tally> {
    let guest = Guest::prepare(lane, &Source::Ours)?.with_programs(programs.to_vec());
    match lane {
        Lane::Sanitized => sanitize::suites(&guest, limit),
        _ => judge_module(&guest, &guest.run(&job(lane), Some(limit), false)?),
    }
}

/// Loads and unloads, runs the suites, and unloads once more.
pub(crate) fn job(lane: Lane) -> String {
    format!(
        "n=0\nwhile [ $n -lt {loads} ] && load && unload; do n=$((n + 1)); done\nfact loads $n\nload\n\
         suite scenarios {SCENARIOS} --target module{options}\n\
         suite mixed {STRESS} mixed --seconds {mixed}\n\
         suite random {STRESS} random --seconds {random}\n\
         suite limit {STRESS} limit --seconds {limit}\n\
         suite loading {STRESS} loading\n\
         unload\nfact unload $?",
        loads = lane.loads(),
        options = lane.scenario_options(),
        mixed = lane.stress().0,
        random = lane.stress().1,
        limit = lane.at_limit(),
    )
}

/// Whether the job did all that it should.
pub(crate) fn judge_module(guest: &Guest, outcome: &Outcome) -> Result<Tally> {
    let context = || outcome.context();
    let loads = outcome.fact("loads").unwrap_or("none");
    let wanted = guest.kernel.lane.loads();
    ensure!(loads == wanted.to_string(), "loading and unloading: {loads} times of {wanted}\n{}", context());
    ensure!(outcome.fact("unload") == Some("0"), "the modules do not unload\n{}", context());
    judge_suites(guest, outcome, &["scenarios", "mixed", "random", "limit", "loading"])
}

/// What the suites amount to that the job ran, all of which have to be there.
pub(crate) fn judge_suites(guest: &Guest, outcome: &Outcome, names: &[&str]) -> Result<Tally> {
    let mut tally = Tally::default();
    for name in names {
        let target = format!("{name} on {}", guest.kernel.release);
        let Some(report) = report_of(&outcome.stdout, name) else {
            bail!("{target} did not run\n{}", outcome.context());
        };
        let status = outcome.fact(&format!("suite-{name}")).unwrap_or("none");
        let report = judge(&target, report, status, &outcome.context())?;
        if !outcome.was_shown {
            report.remarks.iter().for_each(|line| println!("    {line}"));
        }
        tally += report.tally;
    }
    Ok(tally)
}

/// What a suite wrote: the job puts a line with its name in front of it.
fn report_of<'a>(stdout: &'a str, name: &str) -> Option<&'a str> {
    let mut reports = stdout.split("== ").skip(1).filter_map(|report| report.split_once('\n'));
    reports.find_map(|(found, report)| (found.trim_end() == name).then_some(report))
}

/// Against the peer.
pub(crate) fn peer(programs: &[PathBuf], limit: u64) -> Result<Tally> {
    let mut command = isolated(programs::find(programs, SCENARIOS)?, limit);
    let output = capture(command.args(["--target", "peer"]))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let status = output.status.code().map_or_else(|| output.status.to_string(), |code| code.to_string());
    let context = format!("{}\n{}", tail(&stdout, 40), String::from_utf8_lossy(&output.stderr));
    let report = judge("peer", &stdout, &status, &context)?;
    // What the peer skips is what only the module can show, and is shown there.
    Ok(Tally { skipped: 0, ..report.tally })
}

/// A program with a time limit, in a network namespace of its own where that can be had: other netlink users of
/// the machine neither disturb it nor are disturbed.
pub(crate) fn isolated(program: &Path, limit: u64) -> Command {
    let mut command = tool("timeout");
    command.arg("--kill-after=5").arg(limit.to_string());
    if succeeds(tool("unshare").args(["-rn", "true"])) {
        command.args(["unshare", "-rn"]);
    }
    command.arg(program);
    command
}

/// What a TAP report and the status of its program amount to.
pub(crate) fn judge(target: &str, stdout: &str, status: &str, context: &str) -> Result<Report> {
    let report = match tap::parse(stdout) {
        Ok(report) => report,
        Err(error) => bail!("{target}: {error}; status {status}\n{context}"),
    };
    println!("{target}: {}", report.tally);
    for skip in &report.skips {
        println!("    {skip}");
    }
    if report.tally.failed > 0 {
        bail!("{target}: {}\n{}\n{context}", report.tally, report.failures.join("\n"));
    }
    ensure!(status == "0", "{target}: all points passed, but the status is {status}\n{context}");
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_passes_with_its_plan_and_status_zero() {
        assert_eq!(judge("peer", "1..1\nok 1 - a\n", "0", "").unwrap().tally, Tally::PASSED);
    }

    #[test]
    fn reports_are_told_apart_by_their_names() {
        let stdout = "== one\r\n1..1\nok 1\n== two\n1..2\nok 1\nok 2\n";
        assert_eq!(report_of(stdout, "one"), Some("1..1\nok 1\n"));
        assert_eq!(report_of(stdout, "two"), Some("1..2\nok 1\nok 2\n"));
        assert_eq!(report_of(stdout, "three"), None);
    }

    #[test]
    fn a_failing_status_or_point_is_a_failure() {
        assert!(judge("peer", "1..1\nok 1 - a\n", "101", "").is_err());
        assert!(judge("peer", "1..1\nnot ok 1 - a\n", "0", "").is_err());
        assert!(judge("peer", "ok 1 - a\n", "0", "").is_err());
    }
}
