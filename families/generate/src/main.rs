//! Writes the modules of `nl-tlv-families` out of the kernel's specifications and our corrections, and lets a C compiler
//! check them. Called by `cargo xtask families`, which fetches the specifications.

mod budget;
mod c_check;
mod corrections;
mod family;
mod gaps;
mod layout;
mod left_out;
mod messages;
mod module;
mod names;
mod numbers;
mod output;
mod render;
mod spec;
mod types;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lexopt::prelude::*;

use family::Family;
use module::Module;

const HELP: &str = "\
families --specs DIR --headers DIR --linux VERSION [--check]
    writes families/src/*.rs from the specifications in one directory, and checks them against the headers
    in the other; with --check, only says whether the files are up to date
";

/// What to do.
#[derive(Debug)]
struct Task {
    specs: PathBuf,
    headers: PathBuf,
    linux: String,
    is_check: bool,
}

fn main() -> ExitCode {
    match task().and_then(|task| run(&task)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("families: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn task() -> Result<Task> {
    let mut arguments = lexopt::Parser::from_env();
    let (mut specs, mut headers, mut linux, mut is_check) = (None, None, None, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("specs") => specs = Some(PathBuf::from(arguments.value()?)),
            Long("headers") => headers = Some(PathBuf::from(arguments.value()?)),
            Long("linux") => linux = Some(arguments.value()?.string()?),
            Long("check") => is_check = true,
            other => bail!("{}\n{HELP}", other.unexpected()),
        }
    }
    let [specs, headers] = [specs, headers].map(|path| path.context(HELP));
    Ok(Task { specs: specs?, headers: headers?, linux: linux.context(HELP)?, is_check })
}

fn run(task: &Task) -> Result<()> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no crate above")?;
    let mut families = Vec::new();
    let own = ours.join("definitions");
    for path in specifications(&task.specs, "yaml")?.into_iter().chain(specifications(&own, "toml")?) {
        families.push(Family::read(&path, &ours.join("corrections"))?);
    }
    let mut facts = c_check::Facts::default();
    let mut sources = Vec::new();
    let mut messages = render::list::List::default();
    for family in &mut families {
        let module = Module::new(family).with_context(|| "gathering")?;
        facts.add(&module)?;
        messages.add(&module)?;
        let path = ours.join("src").join(format!("{}.rs", module.family().module()));
        sources.push((path, render::render(&module, &task.linux)?));
    }
    sources.push((ours.join("tests/messages/mod.rs"), messages.finish()));
    let mut stale = Vec::new();
    for (path, source) in sources {
        let source = output::formatted(&source)?;
        if fs::read_to_string(&path).ok().as_ref() != Some(&source) {
            stale.push(path.clone());
            if !task.is_check {
                fs::write(&path, source)?;
            }
        }
    }
    let report = facts.check(&task.headers)?;
    println!("{report}");
    if task.is_check && !stale.is_empty() {
        bail!("stale: {stale:?}; run `cargo xtask families`");
    }
    report.verdict()
}

/// The files, by name.
fn specifications(dir: &Path, wanted: &str) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("{}", dir.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == wanted) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
