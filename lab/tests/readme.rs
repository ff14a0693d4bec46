//! The README's first programs, built as a reader builds them: a fresh crate with the README's own dependency block and
//! nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How many of its programs are built and run, the first ones.
const PROGRAMS: usize = 2;

/// Crates that the README's dependency block may name, and where they are.
const CRATES: [(&str, &str); 5] = [
    ("nl-tlv", "nl-tlv"),
    ("nl-tlv-derive", "nl-tlv-derive"),
    ("nl-tlv-sys", "nl-tlv-sys"),
    ("nl-tlv-families", "families"),
    ("nl-tlv-testing", "nl-tlv-testing"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The blocks of code in a page, each with its language.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fenced = page.split("\n```").skip(1).step_by(2);
    fenced.filter_map(|block| block.split_once('\n')).collect()
}

/// A program of the README, and what it prints according to the README: the block of text that follows, if one does.
struct Program<'r> {
    code: &'r str,
    output: &'r str,
}

fn programs<'r>(blocks: &[(&'r str, &'r str)]) -> Vec<Program<'r>> {
    let next = |at: usize| blocks.get(at + 1).filter(|(language, _)| *language == "text");
    let program = |(at, (language, code)): (usize, &(&str, &'r str))| {
        let output = next(at).map_or("", |(_, output)| output);
        (*language == "rust" && code.contains("fn main()")).then_some(Program { code, output })
    };
    blocks.iter().enumerate().filter_map(program).take(PROGRAMS).collect()
}

/// A crate with these programs and the README's dependencies, which are those of this checkout.
fn crate_of(dependencies: &str, programs: &[Program<'_>]) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let bins = dir.join("src/bin");
    fs::create_dir_all(&bins).unwrap();
    for (program, number) in programs.iter().zip(1..) {
        fs::write(bins.join(format!("program{number}.rs")), program.code).unwrap();
    }
    let patch = |(name, path): (&str, &str)| format!("{name} = {{ path = {:?} }}\n", root().join(path));
    let patches: String = CRATES.map(patch).concat();
    let manifest = format!(
        "[package]\nname = \"readme\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{dependencies}\n\n\
         [patch.crates-io]\n{patches}\n[profile.dev]\ndebug = \"line-tables-only\"\n\n[workspace]\n"
    );
    fs::write(dir.join("Cargo.toml"), manifest).unwrap();
    // The versions that everything else is tested with.
    fs::copy(root().join("Cargo.lock"), dir.join("Cargo.lock")).unwrap();
    dir
}

/// What a program of the crate prints.
fn run(dir: &Path, number: usize) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--offline", "--bin", &format!("program{number}")]).current_dir(dir);
    let output = command.env("CARGO_TARGET_DIR", dir.join("target")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("warning"), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_first_programs_of_the_readme_print_what_it_says() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let blocks = blocks(&readme);
    let (_, dependencies) = blocks.iter().find(|(language, _)| *language == "toml").expect("dependencies");
    let programs = programs(&blocks);
    assert!(!programs.is_empty(), "the README has no program");
    let dir = crate_of(dependencies, &programs);
    for (program, number) in programs.iter().zip(1..) {
        let printed = run(&dir, number);
        // Which links there are depends on the machine, except for the first.
        let is_machines = program.code.contains("Protocol::ROUTE");
        let expected =
            if is_machines { program.output.lines().next().unwrap_or_default() } else { program.output };
        assert!(printed.contains(expected.trim_end()), "program {number} prints\n{printed}\nnot\n{expected}");
    }
}
