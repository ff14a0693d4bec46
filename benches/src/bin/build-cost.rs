//! Builds a fresh program that depends on nl-tlv, from nothing, as after `cargo new` and `cargo add`: CPU seconds of the
//! development build and how many crates it is. `build-cost`, or `build-cost WORKSPACE` for another checkout of it.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use nl_tlv_benches::cpu::children_seconds;

/// What is depended on: the package, its directory, and its features.
const KINDS: [(&str, &str, &str, &str); 4] = [
    ("core", "nl-tlv", "nl-tlv", "default-features = false, features = [\"derive\"]"),
    ("default", "nl-tlv", "nl-tlv", "default-features = true"),
    ("default and zerocopy", "nl-tlv", "nl-tlv", "features = [\"zerocopy\"]"),
    ("all families", "nl-tlv-families", "families", "features = [\"all\"]"),
];

/// CPU seconds, and crates without the program itself.
fn build(directory: &Path) -> Result<(f64, usize), Box<dyn Error>> {
    let target = directory.join("target");
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    // What has to be downloaded does not count.
    Command::new("cargo").args(["fetch", "--quiet"]).current_dir(directory).status()?;
    let before = children_seconds()?;
    let mut build = Command::new("cargo");
    // From nothing, whatever the environment says about a shared target directory. Crates from a registry are built
    // without what a later build of the same crate would reuse; those in a directory would be built with it.
    build.args(["build", "--target-dir=target"]).env("CARGO_INCREMENTAL", "0").current_dir(directory);
    let output = build.output()?;
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
    for (name, package, path, features) in KINDS {
        let directory = own.join("target/build-cost").join(name.replace(' ', "-"));
        fs::create_dir_all(directory.join("src"))?;
        let path = root.join(path);
        let manifest = format!(
            "[package]\nname = \"fresh\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{package} = {{ path = {path:?}, {features} }}\n\n[workspace]\n"
        );
        fs::write(directory.join("Cargo.toml"), manifest)?;
        fs::write(directory.join("src/main.rs"), "fn main() {}\n")?;
        match build(&directory) {
            Ok((seconds, crates)) => println!("| {name} | {seconds:.1} | {crates} |"),
            Err(err) if root == own => return Err(err),
            // An older checkout need not have the feature.
            Err(err) => eprintln!("{name}: {err}"),
        }
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
