//! The scenario suite: what greet and RTM must do, against the kernel modules and against the user-space peers alike.
//!
//! Prints TAP. A scenario that only the module can show is tagged with the reason, and skipped against the peer.
//!
//! Every row and sentence of the two protocols has a scenario, but for these, which other programs show or none can:
//!
//! | sentence | what shows it |
//! |---|---|
//! | if an event cannot be built, listeners get `ENOBUFS`; without memory nothing has changed | `fail_nth` |
//! | unloading releases everything | the search for leaks of `cargo xtask e2e --sanitize` |
//! | a million routes in one table; each change costs O(prefix length) | `stress routes` |
//! | messages of any kind harm nothing | `stress random`, `stress mixed` |
//! | the generation is a u64 that is never reused | none beyond the first changes: it would take centuries |
//! | `cond_resched` between messages, order of locks, what RCU readers may see | lockdep, and reading |

mod greet;
mod harness;
mod modules;
mod rtm;

use clap::{Parser, ValueEnum};
use harness::Bench;
use std::process::ExitCode;

/// Runs the scenarios of greet and RTM, and prints TAP.
#[derive(Parser)]
struct Args {
    /// Who has to behave
    #[arg(long, value_enum)]
    target: Target,
    /// Only the scenarios of this protocol
    #[arg(long, value_enum)]
    protocol: Option<Suite>,
    /// Only scenarios with this in their name
    #[arg(long, default_value = "")]
    only: String,
    /// Leave out what needs memory cgroups and dynamic debugging
    #[arg(long)]
    small_kernel: bool,
    /// What a process does that a scenario has started
    #[arg(long, value_enum, hide = true)]
    role: Option<Role>,
    /// What it needs to know
    #[arg(hide = true)]
    words: Vec<String>,
}

/// Who has to behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// The kernel module, which must be loaded.
    Module,
    /// The user-space peer.
    Peer,
}

/// Which protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Suite {
    /// Greetings.
    Greet,
    /// The routing table manager.
    Rtm,
}

impl Suite {
    /// The scenarios; those of the modules as modules come last.
    fn scenarios(self, is_kernel_small: bool) -> Vec<Scenario> {
        match self {
            Self::Greet => greet::SCENARIOS.concat(),
            Self::Rtm if is_kernel_small => [rtm::SCENARIOS, modules::SCENARIOS].concat().concat(),
            Self::Rtm => [rtm::SCENARIOS, modules::SCENARIOS, modules::LARGE_KERNEL].concat().concat(),
        }
    }

    /// As an argument of this program.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Greet => "greet",
            Self::Rtm => "rtm",
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Role {
    /// Greet: subscribes and prints the first event.
    Listener,
    /// Greet: subscribes in a network namespace of its own, and must see nothing but what is said there.
    Isolated,
    /// Greet: asks the module for tests, and must be refused.
    Asker,
    /// RTM: subscribes and prints events until it has seen so many.
    Watcher,
    /// RTM: adds routes.
    Adder,
    /// RTM: lets two prefixes of an address take turns.
    Changer,
    /// RTM: adds routes until it has no more memory.
    Hoarder,
    /// RTM: reads, and must be refused to change anything.
    Reader,
    /// RTM: keeps tables in a network namespace of its own.
    Stranger,
}

/// What shows that something holds, or a sentence that says what did not.
pub(crate) type Outcome = Result<(), String>;

/// One scenario.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    /// The fact that it shows.
    pub(crate) name: &'static str,
    /// Why only the module can show it; `None` if both can.
    pub(crate) module_only: Option<&'static str>,
    /// Shows it.
    pub(crate) run: fn(&Bench) -> Outcome,
}

impl Scenario {
    /// One that holds for module and peer.
    pub(crate) const fn both(name: &'static str, run: fn(&Bench) -> Outcome) -> Self {
        Self { name, module_only: None, run }
    }

    /// One that only the module can show.
    pub(crate) const fn module(name: &'static str, reason: &'static str, run: fn(&Bench) -> Outcome) -> Self {
        Self { name, module_only: Some(reason), run }
    }

    fn is_skipped(&self, bench: &Bench) -> bool {
        self.module_only.is_some() && bench.target() == Target::Peer
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    if let Some(role) = args.role {
        return play(role, args.target, &args.words);
    }
    let suites = args.protocol.map_or(vec![Suite::Greet, Suite::Rtm], |suite| vec![suite]);
    let benches: Result<Vec<Bench>, _> =
        suites.iter().map(|&suite| Bench::new(args.target, suite, true)).collect();
    let benches = match benches {
        Ok(benches) => benches,
        Err(err) => {
            println!("Bail out! {err}");
            return ExitCode::FAILURE;
        }
    };
    let all = benches
        .iter()
        .flat_map(|bench| bench.suite().scenarios(args.small_kernel).into_iter().map(move |s| (s, bench)));
    let chosen: Vec<_> = all.filter(|(scenario, _)| scenario.name.contains(&args.only)).collect();
    println!("1..{}", chosen.len());
    let failed =
        chosen.iter().zip(1..).filter(|((scenario, bench), number)| !run(scenario, *number, bench)).count();
    let skipped = chosen.iter().filter(|(scenario, bench)| scenario.is_skipped(bench)).count();
    println!("# {} passed, {failed} failed, {skipped} skipped", chosen.len() - failed - skipped);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs one and prints its line; false if it failed.
fn run(scenario: &Scenario, number: usize, bench: &Bench) -> bool {
    let name = format!("{}: {}", bench.suite().name(), scenario.name);
    if let (Some(reason), true) = (scenario.module_only, scenario.is_skipped(bench)) {
        println!("ok {number} - {name} # SKIP module only: {reason}");
        return true;
    }
    match bench.reset().and_then(|()| (scenario.run)(bench)) {
        Ok(()) => println!("ok {number} - {name}"),
        Err(err) => {
            println!("not ok {number} - {name}");
            err.lines().for_each(|line| println!("# {line}"));
            return false;
        }
    }
    true
}

fn play(role: Role, target: Target, words: &[String]) -> ExitCode {
    let bench = |suite| Bench::new(target, suite, false);
    let outcome = match role {
        Role::Listener => bench(Suite::Greet).and_then(|bench| greet::events::listen(&bench)),
        Role::Isolated => bench(Suite::Greet).and_then(|bench| greet::namespaces::stay_alone(&bench)),
        Role::Asker => greet::check::ask(),
        Role::Watcher => bench(Suite::Rtm).and_then(|bench| rtm::processes::watch(&bench, words)),
        Role::Adder => bench(Suite::Rtm).and_then(|bench| rtm::processes::add(&bench, words)),
        Role::Changer => bench(Suite::Rtm).and_then(|bench| rtm::races::change(&bench)),
        Role::Hoarder => bench(Suite::Rtm).and_then(|bench| modules::memory::hoard(&bench, words)),
        Role::Reader => bench(Suite::Rtm).and_then(|bench| rtm::processes::read_only(&bench)),
        Role::Stranger => bench(Suite::Rtm).and_then(|bench| rtm::processes::stay_alone(&bench)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            println!("{err}");
            ExitCode::FAILURE
        }
    }
}
