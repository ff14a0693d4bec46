//! The scenario suite: what greet must do, against the kernel module and against the user-space peer alike.
//!
//! Prints TAP. A scenario that only the module can show is tagged with the reason, and skipped against the peer.

mod events;
mod genl;
mod harness;
mod namespaces;
mod raw;

use clap::{Parser, ValueEnum};
use harness::Bench;
use std::process::ExitCode;

/// Runs the scenarios of greet, and prints TAP.
#[derive(Parser)]
struct Args {
    /// Who has to behave
    #[arg(long, value_enum)]
    target: Target,
    /// Only scenarios with this in their name
    #[arg(long, default_value = "")]
    only: String,
    /// What a process does that a scenario has started
    #[arg(long, value_enum, hide = true)]
    role: Option<Role>,
}

/// Who has to behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// The kernel module, which must be loaded.
    Module,
    /// The user-space peer.
    Peer,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Role {
    /// Subscribes and prints the first event.
    Listener,
    /// Subscribes in a network namespace of its own, and must see nothing but what is said there.
    Isolated,
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
}

fn main() -> ExitCode {
    let args = Args::parse();
    let bench = match Bench::new(args.target, args.role.is_none()) {
        Ok(bench) => bench,
        Err(err) => {
            println!("Bail out! {err}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(role) = args.role {
        return play(role, &bench);
    }
    let all = [raw::SCENARIOS, events::SCENARIOS, genl::SCENARIOS, namespaces::SCENARIOS].concat();
    let chosen: Vec<_> = all.into_iter().filter(|scenario| scenario.name.contains(&args.only)).collect();
    println!("1..{}", chosen.len());
    let failed = chosen.iter().zip(1..).filter(|(scenario, number)| !run(scenario, *number, &bench)).count();
    let skipped = chosen.iter().filter(|scenario| is_skipped(scenario, &bench)).count();
    println!("# {} passed, {failed} failed, {skipped} skipped", chosen.len() - failed - skipped);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn is_skipped(scenario: &Scenario, bench: &Bench) -> bool {
    scenario.module_only.is_some() && bench.target() == Target::Peer
}

/// Runs one and prints its line; false if it failed.
fn run(scenario: &Scenario, number: usize, bench: &Bench) -> bool {
    if let (Some(reason), Target::Peer) = (scenario.module_only, bench.target()) {
        println!("ok {number} - {} # SKIP module only: {reason}", scenario.name);
        return true;
    }
    match (scenario.run)(bench) {
        Ok(()) => println!("ok {number} - {}", scenario.name),
        Err(err) => {
            println!("not ok {number} - {}", scenario.name);
            err.lines().for_each(|line| println!("# {line}"));
            return false;
        }
    }
    true
}

fn play(role: Role, bench: &Bench) -> ExitCode {
    let outcome = match role {
        Role::Listener => events::listen(bench),
        Role::Isolated => namespaces::stay_alone(bench),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            println!("{err}");
            ExitCode::FAILURE
        }
    }
}
