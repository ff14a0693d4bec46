//! The fuzz targets: their corpora and random changes of them on stable, coverage-guided where nightly is there.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::command::{capture, cargo, run, said, succeeds, tail, tool};
use crate::host::{self, Unavailable};
use crate::paths;
use crate::tally::Tally;

/// Seconds that each target runs on stable, beyond its corpus.
const STABLE_SECONDS: u64 = 3;

/// Seconds that each target runs in the full run, guided by coverage or, without nightly, not.
const FULL_SECONDS: u64 = 60;

/// The comparison with libmnl.
const MNL: &str = "mnl";

/// What cargo-fuzz would say to the compiler: counters at each edge, values that are compared, the address sanitizer.
const RUSTFLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Zsanitizer=address";

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Corpora, captures and a few seconds of changes; what the tests of the crate count.
pub(crate) fn stable(count: fn(&str) -> Tally) -> Result<Tally> {
    on_stable(STABLE_SECONDS, count)
}

fn on_stable(seconds: u64, count: fn(&str) -> Tally) -> Result<Tally> {
    run(cargo().args(["fmt", "--manifest-path=fuzz/Cargo.toml", "--check"]))?;
    let (features, mut tally) = features()?;
    let mut command = cargo();
    command.args(["test", "--release", "--no-default-features", "--manifest-path=fuzz/Cargo.toml"]);
    command.args(["--features", features]).env("NL_TLV_FUZZ_SECONDS", seconds.to_string());
    let output = capture(&mut command)?;
    ensure!(output.status.success(), "{}", tail(&said(&output), 80));
    tally += count(&String::from_utf8_lossy(&output.stdout));
    Ok(tally)
}

/// Each target a minute, guided by coverage; on stable where there is no nightly.
pub(crate) fn full(count: fn(&str) -> Tally) -> Result<Tally> {
    if !succeeds(&mut nightly(&["--version"])) {
        println!("        no nightly: without coverage");
        return on_stable(FULL_SECONDS, count);
    }
    host::need(host::FUZZ)?;
    let (features, mut tally) = features()?;
    let target_dir = paths::cache().join("fuzz");
    let mut build = nightly(&["build", "--quiet", "--release", "--manifest-path=fuzz/Cargo.toml"]);
    build.args(["--bins", "--target", TARGET, "--features", features, "--target-dir"]).arg(&target_dir);
    run(build.env("RUSTFLAGS", RUSTFLAGS))?;
    for name in targets()?.iter().filter(|name| *name != MNL || features == MNL) {
        tally += guided(name)?;
    }
    Ok(tally)
}

/// One target; what it adds to its corpus stays out of the checkout's.
fn guided(name: &str) -> Result<Tally> {
    let (cache, seeds) = (paths::cache().join("fuzz"), paths::root().join("fuzz/corpus").join(name));
    let (corpus, finds) = (cache.join("corpus").join(name), cache.join("artifacts").join(name));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&finds)?;
    let mut command = tool(cache.join(TARGET).join("release").join(name));
    command.arg(format!("-max_total_time={FULL_SECONDS}")).arg("-max_len=1024");
    command.arg(format!("-artifact_prefix={}/", finds.display())).arg(corpus).arg(seeds);
    let output = capture(&mut command)?;
    let said = said(&output);
    ensure!(output.status.success(), "{name}: a finding\n{}", tail(&said, 60));
    let Some(done) = said.lines().rfind(|line| line.starts_with("Done ")) else {
        bail!("{name} did not say what it has done\n{}", tail(&said, 20));
    };
    println!("        {name}: {}", done.to_lowercase());
    Ok(Tally::PASSED)
}

/// The names of the targets.
fn targets() -> Result<Vec<String>> {
    let directory = paths::root().join("fuzz/fuzz_targets");
    let files = fs::read_dir(&directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let mut names = Vec::new();
    for file in files {
        let path = file?.path();
        names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// The comparison with libmnl, unless libmnl cannot be had, which counts as skipped.
fn features() -> Result<(&'static str, Tally)> {
    match host::need(host::FUZZ_MNL) {
        Ok(()) => Ok((MNL, Tally::default())),
        Err(error) if error.downcast_ref::<Unavailable>().is_some() => {
            println!("        SKIP: the comparison with libmnl: {error}");
            Ok(("", Tally::SKIPPED))
        }
        Err(error) => Err(error),
    }
}

/// Cargo of the nightly toolchain, if that is installed.
fn nightly(arguments: &[&str]) -> Command {
    let mut command = tool("rustup");
    command.args(["run", "nightly", "cargo"]).args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_corpus() {
        let targets = targets().unwrap();
        assert!(targets.iter().any(|name| name == MNL));
        for name in targets {
            let corpus = paths::root().join("fuzz/corpus").join(&name);
            assert!(fs::read_dir(corpus).unwrap().count() >= 4, "{name}");
        }
    }
}
