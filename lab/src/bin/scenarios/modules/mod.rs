//! What holds for the modules as modules: loading, parameters, removal, what they tell of themselves, and whose memory
//! they take. Runs where modules can be loaded and removed, as root; in the end they are as they were.

mod counters;
mod loading;
pub(crate) mod memory;
mod removal;

use crate::harness::PATIENCE;
use crate::{Outcome, Scenario, ensure};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// The scenarios of every kernel.
pub(crate) const SCENARIOS: &[&[Scenario]] = &[removal::SCENARIOS, loading::SCENARIOS, counters::SCENARIOS];

/// Those of a kernel with memory cgroups and dynamic debugging.
pub(crate) const LARGE_KERNEL: &[&[Scenario]] = &[memory::SCENARIOS];

/// Why only the module can show it.
const NO_MODULE: &str = "a peer is no module";

/// Both modules, in the order in which they are loaded.
const MODULES: [&str; 2] = ["greet", "rtm"];

/// Loads the modules without parameters, as they were before, when it is dropped.
#[derive(Debug)]
struct AsBefore;

impl Drop for AsBefore {
    fn drop(&mut self) {
        let again = unload_all().and_then(|()| MODULES.iter().try_for_each(|name| load(name, &[])));
        if let Err(err) = again {
            println!("# the modules are not as they were: {err}");
        }
    }
}

/// Removes both modules, those that are there.
fn unload_all() -> Outcome {
    MODULES.iter().filter(|name| is_loaded(name)).try_for_each(|name| unload(name))
}

/// Loads a module with parameters.
fn load(module: &str, parameters: &[&str]) -> Outcome {
    run(Command::new("modprobe").arg(module).args(parameters))
}

/// Removes a module. What closed sockets have left of a dump is put away a moment later.
fn unload(module: &str) -> Outcome {
    eventually(|| run(Command::new("rmmod").arg(module)))
}

fn is_loaded(module: &str) -> bool {
    PathBuf::from("/sys/module").join(module).exists()
}

fn run(command: &mut Command) -> Outcome {
    let output = command.output().map_err(|err| format!("{command:?}: {err}"))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

/// What the kernel has said so far.
fn kernel_log() -> Result<String, String> {
    let output = Command::new("dmesg").output().map_err(|err| format!("dmesg: {err}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What the kernel has said last.
fn expect_logged(text: &str) -> Outcome {
    let log = kernel_log()?;
    let last: Vec<_> = log.lines().rev().take(8).collect();
    ensure!(last.iter().any(|line| line.ends_with(text)), "{text:?} is not in {last:?}");
    Ok(())
}

/// Tries until it holds, as long as an answer may take.
fn eventually(mut holds: impl FnMut() -> Outcome) -> Outcome {
    let end = Instant::now() + PATIENCE;
    loop {
        match holds() {
            Err(_) if Instant::now() < end => thread::sleep(Duration::from_millis(20)),
            outcome => return outcome,
        }
    }
}
