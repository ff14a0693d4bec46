//! `cargo xtask test`: everything, one step after the other.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::command::{capture, cargo, run, said, stdout, tail, tool};
use crate::host::{self, Unavailable};
use crate::kernel::Kernel;
use crate::lane::Lane;
use crate::tally::Tally;
use crate::{
    api, coccinelle, delays, dkms, e2e, families, fuzz, install, jobs, load, module, oldest, own_module,
    paths, programs, published, traffic, uapi, ynl,
};

/// Sets of features of `nl-tlv` that have to build, beside the default ones.
const FEATURES: &[&str] = &["", "alloc", "derive", "alloc,derive", "socket", "tokio", "zerocopy"];

/// Examples with their arguments, and what each has to say.
const EXAMPLES: &[(&str, &[&str], &str)] = &[
    ("greet", &["Hello, how are you?"], "has been processed by"),
    ("greet", &["--genl", "Hello"], "has been processed by"),
    ("tlv", &[], "www.csepracticals.com"),
    ("links", &[], "lo"),
    ("tasks", &[], "asked for together"),
];

/// One step: what it is called and what it does.
struct Step {
    name: String,
    run: Box<dyn Fn() -> Result<Tally>>,
}

impl Step {
    fn new(name: impl Into<String>, run: impl Fn() -> Result<Tally> + 'static) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }

    /// A tool that has to succeed.
    fn tool(name: &str, command: fn() -> Command) -> Self {
        Self::new(name, move || single(run(&mut command())))
    }
}

/// Runs the steps, those whose name has the word in it if there is one, says how each ended, and counts.
pub(crate) fn main(full: bool, fail_fast: bool, only: Option<&str>) -> Result<ExitCode> {
    let start = Instant::now();
    let strict = std::env::var("CI").is_ok_and(|value| value == "true");
    let (mut tally, mut problems) = (Tally::default(), Vec::new());
    let mut steps = steps(full);
    steps.retain(|step| only.is_none_or(|word| step.name.contains(word)));
    ensure!(!steps.is_empty(), "no step has `{}` in its name", only.unwrap_or_default());
    for (number, step) in (1..).zip(&steps) {
        println!("[{number}/{}] {}", steps.len(), step.name);
        let began = Instant::now();
        let (counted, problem) = verdict((step.run)(), strict);
        let seconds = began.elapsed().as_secs_f32();
        match problem {
            Some(problem) => {
                println!("{problem}\n        {} after {seconds:.1} s", step.name);
                problems.push(format!("{}: {}", step.name, problem.lines().next().unwrap_or_default()));
            }
            None => println!("        ok, {seconds:.1} s: {counted}"),
        }
        tally += counted;
        if fail_fast && tally.failed > 0 {
            break;
        }
    }
    println!("\n{} s in all", start.elapsed().as_secs());
    for problem in problems {
        println!("{problem}");
    }
    println!("{tally}");
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What counts, and what there is to say; where skipping is not allowed it is a failure.
fn verdict(result: Result<Tally>, strict: bool) -> (Tally, Option<String>) {
    match result {
        Ok(tally) if tally.failed > 0 => (tally, Some(format!("FAIL: {tally}"))),
        Ok(tally) if strict && tally.skipped > 0 => {
            let counted = Tally { failed: tally.skipped, skipped: 0, ..tally };
            (counted, Some(format!("FAIL: {} skipped, which CI does not allow", tally.skipped)))
        }
        Ok(tally) => (tally, None),
        Err(error) if error.downcast_ref::<Unavailable>().is_some() => {
            let counted = if strict { Tally::FAILED } else { Tally::SKIPPED };
            (counted, Some(format!("SKIP: {error:#}")))
        }
        Err(error) => (Tally::FAILED, Some(format!("FAIL: {error:#}"))),
    }
}

fn steps(full: bool) -> Vec<Step> {
    let mut steps = vec![
        Step::tool("format", || cargo_with(&["fmt", "--all", "--check"])),
        Step::tool("clippy", || {
            cargo_with(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"])
        }),
        Step::new("features of nl-tlv, one by one", features),
        Step::new("tests", tests),
        Step::tool("documentation", documentation),
        Step::new("public API", api::check),
        Step::new("dependencies and their licences", published::dependencies),
        Step::new("packages, each built alone", published::package),
        Step::new("oldest compiler", oldest::check),
        Step::new("no std, no allocator, no panic", no_std_proof),
        Step::new("fuzz targets: captures, corpora, random changes", || fuzz::stable(counted)),
        Step::new("generated headers", || single(uapi::check())),
        Step::new("examples", examples),
        Step::new("kmod: warnings, sparse, checkpatch, installing", module_checks),
        Step::new("kmod: coccinelle", coccinelle::check),
        Step::new("kmod: DKMS", dkms::check),
        Step::new("a module of one's own, by its README", own_module::follow),
        Step::new("installation into an empty directory", install::check),
        Step::new("jobs and policies of the families, in a guest", || jobs::in_guest(Lane::Pinned, counted)),
        Step::new("scenarios against the peer", || e2e::peer(&programs::build()?, e2e::PEER_LIMIT)),
    ];
    if full {
        steps.push(Step::new("watches under random changes, a minute each", watches));
        for lane in [Lane::LongTerm, Lane::Newest] {
            let name = format!("jobs and policies of the families, in a guest, kernel {lane}");
            steps.push(Step::new(name, move || jobs::in_guest(lane, counted)));
        }
        for lane in [Lane::Pinned, Lane::LongTerm, Lane::Newest] {
            let name = format!("traffic of tools through the families, in a guest, kernel {lane}");
            steps.push(Step::new(name, move || traffic::in_guest(lane, counted)));
        }
        steps.push(Step::tool("the container's network with another library", || {
            let package = ["check", "--quiet", "--package=nl-tlv-benches", "--features=rtnetlink"];
            let mut command = cargo_with(&package);
            command.arg("--bin=container-rtnetlink");
            command
        }));
        steps.push(Step::new("generated families", || single(families::main(None, true))));
        steps.push(Step::new("exported specifications, by the kernel's schemas", ynl::valid));
        steps.push(Step::new("JSON of nltool and of the kernel's client in Python", ynl::compare));
        steps.push(Step::new("the kernel's client in Python talks to the modules", || {
            ynl::talk(Lane::Pinned)
        }));
        steps.push(Step::new("fuzz targets, a minute each", || fuzz::full(counted)));
    }
    let lanes =
        if full { Lane::ALL.into_iter().chain([Lane::Sanitized]).collect() } else { vec![Lane::Pinned] };
    for lane in lanes {
        let name = format!("scenarios and stress against the modules, kernel {lane}");
        steps.push(Step::new(name, move || e2e::module(lane, &programs::build()?, lane.limit())));
    }
    if full {
        let delays = || delays::suites(Lane::RealTime, Lane::RealTime.limit());
        steps.push(Step::new("the modules with planted delays", delays));
        let load = || load::suites(Lane::Pinned, load::LIMIT);
        steps.push(Step::new("the modules under load", load));
    }
    steps
}

/// Builds the documentation, which the listings of the API are read from.
pub(crate) fn documentation() -> Command {
    let mut command = cargo_with(&[
        "doc",
        "--quiet",
        "--workspace",
        "--no-deps",
        "--features",
        "nl-tlv/tokio,nl-tlv/zerocopy",
    ]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    command
}

fn features() -> Result<Tally> {
    let mut tally = Tally::default();
    for features in FEATURES {
        let arguments =
            ["clippy", "--quiet", "--package=nl-tlv", "--no-default-features", "--features", features];
        run(cargo_with(&arguments).args(["--", "-D", "warnings"]))
            .context(format!("features `{features}`"))?;
        tally += Tally::PASSED;
    }
    Ok(tally)
}

fn tests() -> Result<Tally> {
    // What cannot be installed shows as the skips of the tests that need it.
    match host::need(host::TESTS) {
        Err(error) if error.downcast_ref::<Unavailable>().is_some() => println!("        {error}"),
        done => done?,
    }
    let output = capture(&mut cargo_with(&["test", "--no-fail-fast", "--", "--show-output"]))?;
    let text = said(&output);
    let tally = counted(&String::from_utf8_lossy(&output.stdout));
    if !output.status.success() {
        let failed = text.lines().filter(|line| line.ends_with("... FAILED") || line.starts_with("error"));
        let failed: Vec<&str> = failed.collect();
        let report = format!("{}\n{}", tail(&text, 80), failed.join("\n"));
        // Without a failed test it is the build that failed.
        ensure!(tally.failed > 0, "cargo test\n{report}");
        println!("{report}");
    }
    ensure!(tally.passed > 0, "no test ran");
    for skip in text.lines().filter(|line| line.starts_with("SKIP:")) {
        println!("        {skip}");
    }
    Ok(tally)
}

/// That it links is the proof; that it ends with 0 shows that it read what it wrote.
fn no_std_proof() -> Result<Tally> {
    let manifest = "--manifest-path=no-std-proof/Cargo.toml";
    run(&mut cargo_with(&["fmt", manifest, "--check"]))?;
    let mut command = cargo_with(&["run", "--quiet", "--release", manifest, "--target-dir"]);
    single(run(command.arg(paths::cache().join("no-std-proof"))))
}

/// What a newcomer runs first.
fn examples() -> Result<Tally> {
    let programs = programs::build()?;
    let mut tally = Tally::default();
    for (name, arguments, expected) in EXAMPLES {
        let mut command = e2e::isolated(programs::find(&programs, name)?, e2e::PEER_LIMIT);
        let said = stdout(command.args(*arguments))?;
        ensure!(said.contains(expected), "{name} does not say `{expected}`:\n{said}");
        tally += Tally::PASSED;
    }
    Ok(tally)
}

/// Each watch of a kernel family against random changes, and against damaged messages, for a minute.
fn watches() -> Result<Tally> {
    let mut command =
        cargo_with(&["test", "--package=nl-tlv", "--test=watched", "--no-fail-fast", "changes::"]);
    let output =
        capture(command.args(["--", "near_misses::", "--show-output"]).env("NL_TLV_WATCH_SECONDS", "60"))?;
    let tally = counted(&String::from_utf8_lossy(&output.stdout));
    if !output.status.success() {
        let report = tail(&said(&output), 80);
        ensure!(tally.failed > 0, "cargo test\n{report}");
        println!("{report}");
    }
    ensure!(tally.passed + tally.skipped + tally.failed > 0, "no test ran");
    Ok(tally)
}

/// Sums what the test programs say; a test that passes but says `SKIP: reason` was skipped.
fn counted(output: &str) -> Tally {
    let mut tally = Tally::default();
    for line in output.lines() {
        if let Some(result) = line.strip_prefix("test result: ") {
            let number = |of: &str| {
                let (before, _) = result.split_once(of)?;
                before.trim_end().rsplit(' ').next()?.parse::<usize>().ok()
            };
            tally.passed += number("passed").unwrap_or(0);
            tally.failed += number("failed").unwrap_or(0);
            tally.skipped += number("ignored").unwrap_or(0);
        }
    }
    let skips = output.lines().filter(|line| line.starts_with("SKIP:")).count().min(tally.passed);
    Tally { passed: tally.passed - skips, skipped: tally.skipped + skips, ..tally }
}

/// On the pinned kernel, whose headers have all that sparse needs.
fn module_checks() -> Result<Tally> {
    let _lock = paths::lock()?;
    host::need(host::KERNEL)?;
    host::need(host::CHECKS)?;
    let kernel = Kernel::of(Lane::Pinned)?;
    let nothing = |_: &Path| Ok(());
    module::check(&kernel, "all", &["W=12", "NL_CHECK=m"], nothing)?;
    module::check(&kernel, "check", &[], nothing)?;
    let checkpatch = format!("CHECKPATCH={}", kernel.checkers()?.join("checkpatch.pl").display());
    module::check(&kernel, "style", &[&checkpatch], nothing)?;
    module::check(&kernel, "install", &["INSTALL_MOD_PATH={dir}/root"], |dir| installed(&kernel, dir))?;
    module::check(&kernel, "headers_install", &["INSTALL_HDR_PATH={dir}/root"], user_space_takes)?;
    Ok(Tally { passed: 5, ..Tally::default() })
}

/// What is for tests stays out, and modprobe finds the others.
fn installed(kernel: &Kernel, dir: &Path) -> Result<()> {
    let place = dir.join("root/lib/modules").join(&kernel.release);
    let dep = std::fs::read_to_string(place.join("modules.dep")).context("depmod has written nothing")?;
    ensure!(["greet.ko", "rtm.ko"].iter().all(|module| dep.contains(module)), "modules.dep is\n{dep}");
    ensure!(!dep.contains("nl_check"), "nl_check.ko was installed\n{dep}");
    let module = dep.lines().find_map(|line| Some(line.split_once("rtm.ko:")?.0)).unwrap_or_default();
    signed(kernel, &place.join(format!("{module}rtm.ko")))
}

/// Signs a module that is installed, with a key of one's own.
fn signed(kernel: &Kernel, module: &Path) -> Result<()> {
    let (key, certificate) = (module.with_file_name("key.priv"), module.with_file_name("key.der"));
    let mut command = tool("openssl");
    command
        .args(["req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-outform", "DER"]);
    run(command.args(["-subj", "/CN=my modules/", "-keyout"]).arg(&key).arg("-out").arg(&certificate))?;
    run(tool(kernel.headers().join("scripts/sign-file"))
        .arg("sha256")
        .args([&key, &certificate])
        .arg(module))?;
    let is_signed = std::fs::read(module)?.ends_with(b"~Module signature appended~\n");
    ensure!(is_signed, "sign-file has left no signature");
    Ok(())
}

/// A program in C may include the headers, alone.
fn user_space_takes(dir: &Path) -> Result<()> {
    ["greet", "rtm"].iter().try_for_each(|name| {
        let header = dir.join(format!("root/include/nl-tlv/{name}_uapi.h"));
        run(tool("gcc")
            .args(["-fsyntax-only", "-std=c99", "-Wall", "-Wextra", "-Werror", "-x", "c"])
            .arg(header))
    })
}

fn cargo_with(arguments: &[&str]) -> Command {
    let mut command = cargo();
    command.args(arguments);
    command
}

fn single(result: Result<()>) -> Result<Tally> {
    result.map(|()| Tally::PASSED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Error;

    #[test]
    fn results_of_all_test_programs_are_summed() {
        let output = "running 2 tests\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured\n\
                      test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(counted(output), Tally { passed: 15, failed: 2, skipped: 1 });
    }

    #[test]
    fn a_test_that_says_why_it_did_not_run_is_skipped() {
        let output = "---- a stdout ----\nSKIP: needs root\ntest result: ok. 2 passed; 0 failed; 0 ignored\n";
        assert_eq!(counted(output), Tally { passed: 1, failed: 0, skipped: 1 });
    }

    #[test]
    fn what_cannot_run_is_skipped_and_in_ci_fails() {
        let missing = || Err(Error::new(Unavailable("no perl".into())).context("checkpatch"));
        let (tally, said) = verdict(missing(), false);
        assert_eq!((tally, said.as_deref()), (Tally::SKIPPED, Some("SKIP: checkpatch: no perl")));
        assert_eq!(verdict(missing(), true).0, Tally::FAILED);
        let skipped = Tally { passed: 4, failed: 0, skipped: 1 };
        assert_eq!(verdict(Ok(skipped), false), (skipped, None));
        assert_eq!(verdict(Ok(skipped), true).0, Tally { passed: 4, failed: 1, skipped: 0 });
    }

    #[test]
    fn a_step_that_errs_is_a_failure() {
        assert_eq!(verdict(Err(Error::msg("no")), false).0, Tally::FAILED);
        assert_eq!(verdict(Ok(Tally::PASSED), true), (Tally::PASSED, None));
    }

    #[test]
    fn the_full_run_has_every_kernel_load_and_fuzzing() {
        let has = |full, text: &str| steps(full).iter().any(|step| step.name.contains(text));
        assert!(
            ["under load", "planted delays", "fuzz targets, a minute each", "watches under random changes"]
                .iter()
                .all(|text| has(true, text) && !has(false, text))
        );
        assert!(has(false, "kernel 6.1") && !has(false, "kernel 6.12"));
        assert!(Lane::ALL.iter().chain([&Lane::Sanitized]).all(|lane| has(true, lane.name())));
    }
}
