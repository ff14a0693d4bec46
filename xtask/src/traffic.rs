//! The netlink traffic of many tools, in a guest: the families read and emit every message of it.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::command::{run, tool};
use crate::jobs::{MODULES, found};
use crate::kernel::Kernel;
use crate::lane::Lane;
use crate::module::Source;
use crate::qemu::Machine;
use crate::tally::Tally;
use crate::vm::Guest;
use crate::{host, netdevsim, paths, programs};

/// What makes traffic, and what writes it down.
#[rustfmt::skip]
const TOOLS: [&str; 13] = [
    "bridge", "conntrack", "dcb", "devlink", "ethtool", "ip", "ipset", "iw", "nft", "ss", "tc", "tcpdump", "wg",
];

/// What precedes the capture in the guest's output.
const CAPTURE: &str = "== capture";

/// Runs the tools, and then the test on what they and the kernel said.
pub(crate) fn in_guest(lane: Lane, counted: fn(&str) -> Tally) -> Result<Tally> {
    host::need(host::TESTS)?;
    let test = programs::tests(&["traffic"])?;
    let name = test.iter().find_map(|path| path.file_name()?.to_str()).unwrap_or_default();
    let job = job(name);
    let all = test.iter().cloned().chain(TOOLS.iter().filter_map(|tool| found(tool))).collect();
    netdevsim::add_to(&kernel(lane)?)?;
    let guest = Guest::prepare(lane, &Source::Ours)?.with_programs(all).on(Machine::WITH_CARD);
    let outcome = guest.run(&job, Some(lane.limit()), false)?;
    let said = keep(lane, &outcome.stdout)?;
    let log = outcome.log.display();
    ensure!(outcome.fact("status") == Some("0"), "{said}\nkernel log: {log}");
    let is_count = |line: &&str| line.contains(" messages, ");
    said.lines().filter(is_count).for_each(|line| println!("    {line}"));
    Ok(counted(said))
}

fn kernel(lane: Lane) -> Result<Kernel> {
    let _lock = paths::lock()?;
    Kernel::of(lane)
}

/// Writes the capture to `target/vm`, to look at and to take messages from, and returns what the test said.
fn keep(lane: Lane, stdout: &str) -> Result<&str> {
    let (said, capture) = stdout.split_once(CAPTURE).context("the guest has sent no capture")?;
    let dir = paths::cache().join("vm");
    let name = format!("traffic-{}.pcap", lane.name());
    let encoded = dir.join(format!("{name}.base64"));
    fs::write(&encoded, capture)?;
    run(tool("sh").current_dir(&dir).args(["-c", &format!("base64 -d {name}.base64 | gzip -d >{name}")]))?;
    fs::remove_file(encoded)?;
    println!("    {}", dir.join(name).display());
    Ok(said)
}

fn job(test: &str) -> String {
    let modules: String = MODULES.iter().map(|module| format!("modprobe {module}\n")).collect();
    let traffic = include_str!("../guest/traffic.sh");
    format!(
        "modprobe tun\n{modules}ip link set eth0 name eth9\n{{\n{traffic}\n}} >/dev/null 2>&1\n\
         NL_TLV_CAPTURE=/run/traffic.pcap {test} --show-output\nfact status $?\n\
         echo {CAPTURE}\ngzip -c /run/traffic.pcap | base64\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_job_is_a_shell_script() {
        let output =
            crate::command::capture(crate::command::tool("sh").args(["-n", "-c", &job("traffic")])).unwrap();
        assert!(output.status.success(), "{}", crate::command::said(&output));
    }
}
