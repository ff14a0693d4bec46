//! The kernel's own netlink client (`tools/net/ynl`, in Python), and the specifications that are exported from our schemas.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::command::{cargo, run, stdout};
use crate::e2e;
use crate::lane::Lane;
use crate::linux::Linux;
use crate::module::Source;
use crate::paths;
use crate::python::Python;
use crate::tally::Tally;
use crate::vm::Guest;

/// The exported specifications.
const EXPORTED: [&str; 3] = ["greet", "nl_check", "rtm"];

/// Whether the specifications are what the kernel's schemas of specifications ask for.
pub(crate) fn valid() -> Result<Tally> {
    let (linux, python) = (Linux::of_debian()?, Python::fetch()?);
    for name in EXPORTED {
        let spec = exported(name);
        let text = std::fs::read_to_string(&spec)?;
        let protocol = text.lines().find_map(|line| line.strip_prefix("protocol: "));
        let protocol = protocol.with_context(|| format!("{name} names no protocol"))?;
        let schema = linux.specs.with_file_name(format!("{protocol}.yaml"));
        let mut command = python.command();
        command.arg(cli(&linux)).arg("--spec").arg(&spec).arg("--schema").arg(&schema).arg("--validate");
        run(&mut command)?;
        println!(
            "    {name}.yaml is a valid specification of the kind {protocol} of Linux {}",
            linux.release
        );
    }
    Ok(Tally { passed: EXPORTED.len(), ..Tally::default() })
}

/// Talks with the modules in a guest, through the client and through nltool.
pub(crate) fn talk(lane: Lane) -> Result<Tally> {
    let (linux, python) = (Linux::of_debian()?, Python::fetch()?);
    let mut files = python.files()?;
    files.extend(client(&linux)?);
    files.push(("ynl/talk.py".to_owned(), paths::root().join("lab/ynl/talk.py")));
    files.extend(EXPORTED.map(|name| (format!("ynl/specs/{name}.yaml"), exported(name))));
    let guest = Guest::prepare(lane, &Source::Ours)?.with_programs(vec![nltool()?]).with_files(files);
    let job = format!(
        "load\nsuite ynl {} /ynl/talk.py /ynl/pyynl /ynl/specs\nunload\nfact unload $?",
        python.in_guest()
    );
    let outcome = guest.run(&job, Some(lane.limit()), true)?;
    ensure!(outcome.fact("unload") == Some("0"), "the modules do not unload\n{}", outcome.context());
    e2e::judge_suites(&guest, &outcome, &["ynl"])
}

/// Decodes what this machine's kernel dumps, and captures, with the client and with nltool; says what differs and why.
pub(crate) fn compare() -> Result<Tally> {
    let (linux, python) = (Linux::of_debian()?, Python::fetch()?);
    let mut command = python.isolated();
    command.arg(paths::root().join("lab/ynl/compare.py")).arg(linux.client.join("pyynl")).arg(&linux.specs);
    command.arg(nltool()?).args(CAPTURES.map(|capture| paths::root().join(capture)));
    let said = stdout(&mut command)?;
    let report =
        said.lines().skip_while(|line| !line.starts_with("with ")).filter(|line| !line.starts_with("Error"));
    report.for_each(|line| println!("    {line}"));
    Ok(Tally { passed: 2, ..Tally::default() })
}

/// Captures that are compared: events of all kinds, links and routes.
const CAPTURES: [&str; 3] =
    ["nltool/tests/captures/events.pcap", "benches/data/link.bin", "benches/data/mixed.bin"];

fn exported(name: &str) -> PathBuf {
    paths::root().join(format!("kmod/generated/{name}.yaml"))
}

fn cli(linux: &Linux) -> PathBuf {
    linux.client.join("pyynl/cli.py")
}

/// The client's files: the paths in a guest, and here.
fn client(linux: &Linux) -> Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for directory in ["pyynl", "pyynl/lib"] {
        for entry in std::fs::read_dir(linux.client.join(directory))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if Path::new(&name).extension().is_some_and(|extension| extension == "py") {
                files.push((format!("ynl/{directory}/{name}"), path));
            }
        }
    }
    Ok(files)
}

/// Builds it.
fn nltool() -> Result<PathBuf> {
    stdout(cargo().args(["build", "--quiet", "--package=nltool"]))?;
    Ok(paths::target().join("debug/nltool"))
}
