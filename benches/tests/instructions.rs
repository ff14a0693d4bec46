//! How many instructions the hot paths take for a message, counted by valgrind: a clock is noisy, this is not.
//!
//! What is measured is what users of the crate get: the release profile as it is by default. The recorded numbers hold
//! for x86-64 and the compiler of [`TOOLCHAIN`]; the comparison with the loops by hand holds everywhere.
//! `cargo test -p nl-tlv-benches --test instructions -- --nocapture` shows them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The compiler that the numbers were recorded with.
const TOOLCHAIN: &str = "rustc 1.95";

/// A contender, and the two numbers of it.
type Counts = (&'static str, f64, f64);

/// For each job nl-tlv's contenders, with the instructions for a message that were recorded, and in hundredths how many
/// of those of C by hand they may take.
const RECORDED: &[(&str, &[Counts])] = &[
    ("route walk", &[("nl-tlv", 132.0, 113.0)]),
    (
        "route typed",
        &[
            ("nl-tlv", 144.0, 111.0),
            ("nl-tlv, once", 144.0, 111.0),
            ("nl-tlv, attrs", 187.0, 143.0),
            ("families", 232.0, 178.0),
        ],
    ),
    (
        "route mixed",
        &[
            ("nl-tlv", 133.8, 112.0),
            ("nl-tlv, once", 133.8, 112.0),
            ("nl-tlv, attrs", 165.0, 138.0),
            ("families", 234.2, 196.0),
        ],
    ),
    ("link walk", &[("nl-tlv", 889.1, 118.0)]),
    (
        "link typed",
        &[
            ("nl-tlv", 1016.1, 104.0),
            ("nl-tlv, attrs", 1135.9, 117.0),
            ("nl-tlv, &str", 1361.0, 140.0),
            ("families", 1463.6, 150.0),
        ],
    ),
    ("genl walk", &[("nl-tlv", 184.0, 127.0)]),
    (
        "genl typed",
        &[
            ("nl-tlv", 1107.9, 112.0),
            ("nl-tlv, attrs", 1082.2, 110.0),
            ("nl-tlv, &str", 1322.2, 134.0),
            ("families", 1409.5, 143.0),
        ],
    ),
    (
        "nests read",
        &[("nl-tlv", 144.7, 129.0), ("nl-tlv, attrs", 137.7, 123.0), ("nl-tlv, &str", 249.1, 222.0)],
    ),
    ("emit route", &[("nl-tlv", 31.0, 80.0), ("families", 72.0, 170.0)]),
    ("nests emit", &[("nl-tlv", 81.6, 120.0)]),
];

/// What nobody does by hand: the message of 304 bytes, messages as text, and an event of a watch.
const ALONE: &[(&str, f64)] = &[
    ("mixed emit", 755.1),
    ("mixed parse", 1281.1),
    ("mixed text", 2063.1),
    ("dissect routes", 5265.2),
    ("dissect links", 39388.9),
    ("watch events", 3245.4),
];

/// By how much the recorded numbers may be exceeded: code of another crate moves them a little. What takes fewer is to be
/// recorded here.
const TOLERANCE: f64 = 0.05;

fn is_installed(program: &str) -> bool {
    let status = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// The program with the jobs, built as a user builds, beside what benches build.
fn build() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it lies in the target directory");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--package=nl-tlv-benches", "--bin=one-job", "--target-dir"])
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo runs");
    assert!(status.success(), "one-job does not build");
    target.join("release").join("one-job")
}

/// Instructions for a message.
fn count(program: &Path, job: &str, contender: &str) -> f64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*measured*"])
        .arg(program)
        .args([job, contender])
        .output()
        .expect("valgrind runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{job}, {contender}: {stderr}");
    let messages: f64 = stdout.trim().parse().expect("the number of messages");
    let collected = stderr.lines().find_map(|line| line.split_once("Collected : "));
    let collected: f64 = collected.and_then(|(_, n)| n.trim().parse().ok()).expect("a count");
    assert!(collected > messages, "{job}, {contender}: nothing was counted");
    collected / messages
}

#[test]
fn the_readme_has_the_recorded_numbers() {
    let recorded =
        |job| RECORDED.iter().find(|(name, _)| *name == job).map(|(_, counts)| counts[0].1).unwrap();
    let readme = include_str!("../../README.md");
    let read = format!("Reading a route into a struct takes {} instructions", recorded("route typed"));
    let written = format!("writing it takes {}", recorded("emit route"));
    assert!(readme.contains(&read) && readme.contains(&written), "say in the README: {read}; {written}");
}

#[test]
fn the_hot_paths_take_the_instructions_that_were_recorded() {
    if !is_installed("valgrind") {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "valgrind is missing");
        println!("SKIP: no valgrind");
        return;
    }
    let program = build();
    let version = Command::new("rustc").arg("--version").output().expect("rustc runs").stdout;
    let is_recorded = cfg!(target_arch = "x86_64") && version.starts_with(TOOLCHAIN.as_bytes());
    let is_off = |count: f64, recorded: f64| is_recorded && count > recorded * (1.0 + TOLERANCE);
    let mut wrong = Vec::new();
    for &(job, contenders) in RECORDED {
        let by_hand = count(&program, job, "C");
        println!("{job:<12} {:<14} {by_hand:>7.1}", "C");
        for &(contender, recorded, hundredths) in contenders {
            let ours = count(&program, job, contender);
            println!("{job:<12} {contender:<14} {ours:>7.1}   {:.2} of C", ours / by_hand);
            if ours > by_hand * hundredths / 100.0 {
                wrong.push(format!(
                    "{job}, {contender}: {ours:.1}, more than {hundredths} % of {by_hand:.1} in C"
                ));
            }
            if is_off(ours, recorded) {
                wrong.push(format!("{job}, {contender}: {ours:.1}, recorded {recorded:.1}"));
            }
        }
    }
    for &(job, recorded) in ALONE {
        let ours = count(&program, job, "nl-tlv");
        println!("{job:<12} nl-tlv {ours:>7.1}");
        if is_off(ours, recorded) {
            wrong.push(format!("{job}: {ours:.1}, recorded {recorded:.1}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
