//! Builds a fresh program that depends on nl-tlv, from nothing, as after `cargo new` and `cargo add`: CPU seconds of the
//! development build and how many crates it is. `build-cost`, or `build-cost WORKSPACE` for another checkout of it.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use nl_tlv_benches::cpu::children_seconds;

/// What is depended on, and how.
const KINDS: [(&str, &str); 2] =
    [("core", "default-features = false, features = [\"derive\"]"), ("default", "default-features = true")];

/// CPU seconds, and crates without the program itself.
fn build(directory: &Path) -> Result<(f64, usize), Box<dyn Error>> {
    let target = directory.join("target");
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    // What has to be downloaded does not count.
    Command::new("cargo").args(["fetch", "--quiet"]).current_dir(directory).status()?;
    let before = children_seconds()?;
    // From nothing, whatever the environment says about a shared target directory.
    let output =
        Command::new("cargo").args(["build", "--target-dir=target"]).current_dir(directory).output()?;
    let seconds = children_seconds()? - before;
    let log = String::from_utf8(output.stderr)?;
    if !output.status.success() {
        return Err(log.into());
    }
    let crates = log.lines().filter(|line| line.trim_start().starts_with("Compiling ")).count();
    Ok((seconds, crates.saturating_sub(1)))
}

fn run() -> Result<(), Box<dyn Error>> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the workspace")?;
    let root = std::env::args().nth(1).map_or_else(|| own.to_owned(), PathBuf::from);
    println!("| | CPU seconds | crates |\n|--|--:|--:|");
    for (name, features) in KINDS {
        let directory = own.join("target/build-cost").join(name);
        fs::create_dir_all(directory.join("src"))?;
        let path = root.join("nl-tlv");
        let manifest = format!(
            "[package]\nname = \"fresh\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nnl-tlv = {{ path = {path:?}, {features} }}\n\n[workspace]\n"
        );
        fs::write(directory.join("Cargo.toml"), manifest)?;
        fs::write(directory.join("src/main.rs"), "fn main() {}\n")?;
        let (seconds, crates) = build(&directory)?;
        println!("| {name} | {seconds:.1} | {crates} |");
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("{err}");
            ExitCode::FAILURE
        }
    }
}
