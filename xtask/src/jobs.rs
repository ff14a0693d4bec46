//! The jobs of the families, in a guest: its kernel has what the kernel of this machine may lack.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::lane::Lane;
use crate::module::Source;
use crate::tally::Tally;
use crate::vm::Guest;
use crate::{host, paths, programs};

/// What makes the same things as our jobs, to compare with.
const TOOLS: [&str; 9] = ["bridge", "ethtool", "ip", "ipset", "iw", "nsenter", "tc", "unshare", "wg"];

/// What Debian's kernel cannot do in this guest either: there is no simulated device, and nobody logs to audit.
const LACKING: [&str; 3] =
    ["devices::pause_is_set", "devices::rings_are_set", "kernel_log::the_status_of_audit"];

/// Does all jobs; what the guest's kernel lacks has to be known.
pub(crate) fn in_guest(lane: Lane, counted: fn(&str) -> Tally) -> Result<Tally> {
    host::need(host::TESTS)?;
    let tests = programs::jobs()?;
    let names: Vec<_> = tests.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    ensure!(names.len() == 2, "the tests are {names:?}");
    let all = tests.iter().cloned().chain(TOOLS.iter().filter_map(|tool| found(tool))).collect();
    let example =
        ("usr/local/examples/container".to_owned(), paths::cache().join("debug/examples/container"));
    let guest = Guest::prepare(lane, &Source::Ours)?.with_programs(all).with_files(vec![example]);
    // One after the other: while one test makes the kernel load a protocol, it has none for another.
    let run = |name: &&str| format!("{name} --test-threads=1 --show-output\nfact status $?\n");
    let job: String = names.iter().map(run).collect();
    let outcome =
        guest.run(&format!("export NL_TLV_GUEST=1\nmodprobe tun\n{job}"), Some(lane.limit()), false)?;
    let passed = outcome.facts("status").filter(|status| *status == "0").count();
    ensure!(passed == names.len(), "not all jobs are done\n{}\n{}", outcome.stdout, outcome.context());
    let lacks: Vec<_> = outcome.stdout.lines().filter_map(|line| line.strip_prefix("LACKS: ")).collect();
    lacks.iter().for_each(|line| println!("    not in the guest: {line}"));
    let unknown = lacks.iter().find(|line| !LACKING.iter().any(|known| line.starts_with(known)));
    ensure!(unknown.is_none(), "the guest lacks what it should have");
    Ok(counted(&outcome.stdout))
}

/// The program in the directories where Debian has programs.
fn found(tool: &str) -> Option<PathBuf> {
    ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]
        .iter()
        .map(|dir| Path::new(dir).join(tool))
        .find(|path| path.is_file())
}
