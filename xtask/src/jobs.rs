//! The jobs of the families, in a guest: its kernel has what the kernel of this machine may lack.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::lane::Lane;
use crate::module::Source;
use crate::qemu::Machine;
use crate::tally::Tally;
use crate::vm::Guest;
use crate::{host, paths, programs};

/// What makes the same things as our jobs, to compare with.
const TOOLS: [&str; 11] =
    ["bridge", "conntrack", "ethtool", "ip", "ipset", "iw", "nsenter", "ss", "tc", "unshare", "wg"];

/// Families of generic netlink that are modules, and a card for the settings of devices.
pub(crate) const MODULES: [&str; 8] =
    ["e1000", "fou", "mac80211_hwsim", "nfsd", "openvswitch", "ovpn", "team", "wireguard"];

/// What lines have that say what was compared.
const COUNTS: [&str; 2] = ["attributes compared", "attributes, "];

/// Does all jobs, and compares the policies of the guest's kernel with the schemas.
pub(crate) fn in_guest(lane: Lane, counted: fn(&str) -> Tally) -> Result<Tally> {
    host::need(host::TESTS)?;
    let tests = programs::jobs()?;
    let names: Vec<_> = tests.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    ensure!(names.len() == 3, "the tests are {names:?}");
    let all = tests.iter().cloned().chain(TOOLS.iter().filter_map(|tool| found(tool))).collect();
    let example =
        ("usr/local/examples/container".to_owned(), paths::cache().join("debug/examples/container"));
    let guest = Guest::prepare(lane, &Source::Ours)?.with_programs(all).with_files(vec![example]);
    let guest = guest.on(Machine::WITH_CARD);
    // One after the other: while one test makes the kernel load a protocol, it has none for another.
    let run = |name: &&str| format!("{name} --test-threads=1 --show-output\nfact status $?\n");
    let job: String = names.iter().map(run).collect();
    let modules: String = MODULES.iter().map(|module| format!("modprobe {module}\n")).collect();
    let begin = format!("export NL_TLV_GUEST=1\nmodprobe tun\n{modules}ip link set eth0 name eth9\n");
    let outcome = guest.run(&format!("{begin}{job}"), Some(lane.limit()), false)?;
    let passed = outcome.facts("status").filter(|status| *status == "0").count();
    ensure!(passed == names.len(), "not all jobs are done\n{}\n{}", outcome.stdout, outcome.context());
    let lacks: Vec<_> = outcome.stdout.lines().filter(|line| line.starts_with("LACKS: ")).collect();
    ensure!(lacks.is_empty(), "the guest lacks what it should have\n{}", lacks.join("\n"));
    let is_count = |line: &&str| COUNTS.iter().any(|words| line.contains(words));
    outcome.stdout.lines().filter(is_count).for_each(|line| println!("    {line}"));
    Ok(counted(&outcome.stdout))
}

/// The program in the directories where Debian has programs.
pub(crate) fn found(tool: &str) -> Option<PathBuf> {
    ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]
        .iter()
        .map(|dir| Path::new(dir).join(tool))
        .find(|path| path.is_file())
}
