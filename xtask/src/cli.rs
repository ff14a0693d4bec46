//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::lane::Lane;
use crate::tally::Tally;
use crate::{api, command, delays, e2e, families, install, load, programs, steps, uapi, vm};

const HELP: &str = "\
cargo xtask vm [--kernel LANE] [--timeout SECONDS] [--module DIR] [--program FILE ...] [-- COMMAND ...]
    a shell, or one command, in a real kernel with the modules loaded and the examples in PATH; with --module
    the modules of any directory that has a Kbuild, with --program other programs than the examples
cargo xtask e2e [--kernel LANE | --all-kernels | --sanitize | --peer-only] [--timeout SECONDS]
    the scenario suite, against the modules in QEMU and against the user-space peer; with --sanitize
    in a kernel that finds leaks, races and misuse, where also every allocation fails once
cargo xtask e2e --load [--kernel LANE] [--timeout SECONDS]
    the modules under load, in a kernel: a million routes, everything at once for a minute, and hundreds of
    thousands of random messages; then whether all memory came back
cargo xtask e2e --delays [--kernel LANE] [--timeout SECONDS]
    the modules with delays where races would be (lab/delays), in a kernel that can be preempted everywhere
    unless another one is named: requests while the modules are loaded, at the limit, and everything at once
cargo xtask uapi [--check]
    the C headers of kmod/, from the Rust definitions; with --check only whether they are up to date
cargo xtask api
    the listings of the public API in docs/api
cargo xtask families [--linux DIR] [--check]
    the modules of families/, from the specifications of the newest kernel that Debian has, or of a source
    tree; with --check only whether they are up to date
cargo xtask install [--destdir DIR] [--prefix /usr/local] [--debug]
    the programs, their manual pages and completions, the C headers, and the modules' sources for DKMS, where
    Debian has such files; with --debug programs that are built without optimisation
cargo xtask test [--full] [--fail-fast] [--only WORD]
    everything; with --full on all kernels, the sanitised one included, under load, and with long fuzzing;
    with --only the steps whose name contains the word

LANE is 6.1 (default), 6.12 or 7.2, which means the newest that Debian's backports offer; 6.12-rt, which has
PREEMPT_RT; or sanitized, a 6.12 that is built from source, which takes ten minutes once.
No module is loaded into this machine's own kernel. What is fetched is kept under target/.
";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Help,
    Vm(vm::Options),
    E2e { lanes: Vec<Lane>, limit: Option<u64> },
    Load { lane: Lane, limit: Option<u64> },
    Delays { lane: Lane, limit: Option<u64> },
    Uapi { check: bool },
    Families { linux: Option<PathBuf>, check: bool },
    Api,
    Install(install::Options),
    Test { full: bool, fail_fast: bool, only: Option<String> },
}

/// From the program's arguments.
pub(crate) fn parse() -> Result<Task> {
    parse_from(lexopt::Parser::from_env())
}

/// Does it.
pub(crate) fn run(task: Task) -> Result<ExitCode> {
    match task {
        Task::Help => print!("{HELP}"),
        Task::Vm(options) => return vm::main(&options),
        Task::E2e { lanes, limit } => {
            let programs = programs::build()?;
            let mut tally: Tally = e2e::peer(&programs, limit.unwrap_or(e2e::PEER_LIMIT))?;
            for lane in lanes {
                tally += e2e::module(lane, &programs, limit.unwrap_or(lane.limit()))?;
            }
            println!("{tally}");
        }
        Task::Load { lane, limit } => {
            println!("{}", load::suites(lane, limit.unwrap_or(load::LIMIT))?);
        }
        Task::Delays { lane, limit } => {
            println!("{}", delays::suites(lane, limit.unwrap_or(lane.limit()))?);
        }
        Task::Uapi { check: true } => uapi::check()?,
        Task::Uapi { check: false } => uapi::write()?,
        Task::Families { linux, check } => families::main(linux.as_deref(), check)?,
        Task::Api => {
            command::run(&mut steps::documentation())?;
            api::write()?;
        }
        Task::Install(options) => println!("installed below {}", install::main(&options)?.display()),
        Task::Test { full, fail_fast, only } => return steps::main(full, fail_fast, only.as_deref()),
    }
    Ok(ExitCode::SUCCESS)
}

fn parse_from(mut arguments: lexopt::Parser) -> Result<Task> {
    let task = match arguments.next()? {
        None | Some(Short('h') | Long("help")) => return Ok(Task::Help),
        Some(Value(task)) => task.string()?,
        Some(other) => return Err(other.unexpected().into()),
    };
    let (mut lanes, mut limit, mut words) = (None, None, Vec::new());
    let (mut only, mut linux) = (None, None);
    let (mut module, mut programs) = (None, Vec::new());
    let (mut destdir, mut prefix, mut is_debug) = (PathBuf::from("/"), PathBuf::from("/usr/local"), false);
    let (mut check, mut full, mut fail_fast, mut load, mut delays) = (false, false, false, false, false);
    while let Some(argument) = arguments.next()? {
        match (task.as_str(), argument) {
            (_, Short('h') | Long("help")) => return Ok(Task::Help),
            ("vm" | "e2e", Long("kernel")) => lanes = Some(vec![arguments.value()?.string()?.parse()?]),
            ("vm" | "e2e", Long("timeout")) => limit = Some(arguments.value()?.parse()?),
            ("vm", Long("module")) => module = Some(arguments.value()?.into()),
            ("vm", Long("program")) => programs.push(arguments.value()?.into()),
            ("e2e", Long("all-kernels")) => lanes = Some(Lane::ALL.to_vec()),
            ("e2e", Long("sanitize")) => lanes = Some(vec![Lane::Sanitized]),
            ("e2e", Long("peer-only")) => lanes = Some(Vec::new()),
            ("e2e", Long("load")) => load = true,
            ("e2e", Long("delays")) => delays = true,
            ("uapi" | "families", Long("check")) => check = true,
            ("families", Long("linux")) => linux = Some(arguments.value()?.into()),
            ("install", Long("destdir")) => destdir = arguments.value()?.into(),
            ("install", Long("prefix")) => prefix = arguments.value()?.into(),
            ("install", Long("debug")) => is_debug = true,
            ("test", Long("full")) => full = true,
            ("test", Long("fail-fast")) => fail_fast = true,
            ("test", Long("only")) => only = Some(arguments.value()?.string()?),
            ("vm", Value(first)) => {
                words.push(first.string()?);
                for word in arguments.raw_args()? {
                    words.push(word.string()?);
                }
            }
            (_, other) => return Err(other.unexpected().into()),
        }
    }
    // Where delays are planted, preemption finds most.
    let lanes = lanes.unwrap_or_else(|| vec![if delays { Lane::RealTime } else { Lane::Pinned }]);
    match task.as_str() {
        "vm" => Ok(Task::Vm(vm::Options { lane: lanes[0], module, programs, words, limit })),
        "e2e" if delays => match lanes[..] {
            [lane] if !load => Ok(Task::Delays { lane, limit }),
            _ => bail!("--delays is for one kernel, and without --load"),
        },
        "e2e" if load => match lanes[..] {
            [lane] => Ok(Task::Load { lane, limit }),
            _ => bail!("--load is for one kernel"),
        },
        "e2e" => Ok(Task::E2e { lanes, limit }),
        "uapi" => Ok(Task::Uapi { check }),
        "families" => Ok(Task::Families { linux, check }),
        "api" => Ok(Task::Api),
        "install" => Ok(Task::Install(install::Options { destdir, prefix, is_debug })),
        "test" => Ok(Task::Test { full, fail_fast, only }),
        "help" => Ok(Task::Help),
        other => bail!("no task {other}\n{HELP}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task> {
        parse_from(lexopt::Parser::from_args(line.split_whitespace()))
    }

    fn vm(lane: Lane, words: &[&str]) -> Task {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        Task::Vm(vm::Options { lane, module: None, programs: Vec::new(), words, limit: None })
    }

    #[test]
    fn a_command_follows_two_dashes_and_keeps_its_own_options() {
        let task = parsed("vm --kernel 6.12 -- greet --genl --kernel x").unwrap();
        assert_eq!(task, vm(Lane::LongTerm, &["greet", "--genl", "--kernel", "x"]));
        assert_eq!(parsed("vm").unwrap(), vm(Lane::Pinned, &[]));
    }

    #[test]
    fn modules_and_programs_can_be_other_ones() {
        let task = parsed("vm --module own --program a --program b -- a --module c").unwrap();
        let words = ["a", "--module", "c"].map(str::to_owned).to_vec();
        let (module, programs) = (Some("own".into()), vec!["a".into(), "b".into()]);
        let expected = vm::Options { lane: Lane::Pinned, module, programs, words, limit: None };
        assert_eq!(task, Task::Vm(expected));
    }

    #[test]
    fn delays_are_for_one_kernel_that_can_be_preempted_everywhere() {
        assert_eq!(parsed("e2e --delays").unwrap(), Task::Delays { lane: Lane::RealTime, limit: None });
        let lane = Lane::Sanitized;
        assert_eq!(parsed("e2e --delays --sanitize").unwrap(), Task::Delays { lane, limit: None });
        assert!(parsed("e2e --delays --all-kernels").is_err());
    }

    #[test]
    fn the_suite_runs_on_one_kernel_unless_told() {
        assert_eq!(parsed("e2e").unwrap(), Task::E2e { lanes: vec![Lane::Pinned], limit: None });
        assert_eq!(
            parsed("e2e --all-kernels --timeout 9").unwrap(),
            Task::E2e { lanes: Lane::ALL.to_vec(), limit: Some(9) }
        );
        for (line, lanes) in [("--peer-only", vec![]), ("--sanitize", vec![Lane::Sanitized])] {
            assert_eq!(parsed(&format!("e2e {line}")).unwrap(), Task::E2e { lanes, limit: None });
        }
    }

    #[test]
    fn load_is_for_one_kernel() {
        let load = |lane| Task::Load { lane, limit: None };
        assert_eq!(parsed("e2e --load").unwrap(), load(Lane::Pinned));
        assert_eq!(parsed("e2e --kernel 7.2 --load").unwrap(), load(Lane::Newest));
        assert!(parsed("e2e --load --all-kernels").is_err());
    }

    #[test]
    fn headers_are_written_unless_only_checked() {
        assert_eq!(parsed("uapi").unwrap(), Task::Uapi { check: false });
        assert_eq!(parsed("uapi --check").unwrap(), Task::Uapi { check: true });
    }

    #[test]
    fn things_are_installed_below_a_directory() {
        let task = parsed("install --destdir package --prefix /usr").unwrap();
        let (destdir, prefix) = (PathBuf::from("package"), PathBuf::from("/usr"));
        assert_eq!(task, Task::Install(install::Options { destdir, prefix, is_debug: false }));
    }

    #[test]
    fn a_step_can_be_run_alone() {
        let only = Some("API".to_owned());
        assert_eq!(parsed("test --only API").unwrap(), Task::Test { full: false, fail_fast: false, only });
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for line in ["frobnicate", "vm --full", "e2e --kernel 5.10", "test now", "--kernel 6.1"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn help_is_given_when_asked_or_nothing_is_said() {
        for line in ["", "--help", "help", "vm -h"] {
            assert_eq!(parsed(line).unwrap(), Task::Help, "{line}");
        }
    }
}
