//! Writes a crate of so many derived messages under `target/`, builds it as users do, and says how many CPU seconds that
//! took without its dependencies, and how much code it is: `many-messages 10 100 500`, for another library
//! `many-messages --peer neli 10 100 500` or `--peer nlink`.
//!
//! A message has a string, two integers and repeated nests of an address and a string; one function reads it with its
//! nests and one writes it, so that the code of both is made. Each has attribute types of its own, because the compiler
//! merges functions that are equal. nlink's derive has no repeated nests, so that it has one,
//! and no addresses, as neli, so that theirs are integers. neli derives the types of attributes only: what finds and
//! what writes the attributes of a message is by hand.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use nl_tlv_benches::cpu::children_seconds;

/// A library and how a message is declared with it.
struct Library {
    /// What the manifest depends on, behind the `=`.
    dependency: String,
    /// The source: what stands above the line `// each:` once, what follows it for every message with its number
    /// instead of the two underscores.
    template: &'static str,
}

impl Library {
    /// The one of this name; `root` is the workspace.
    fn named(name: &str, root: &Path) -> Option<Self> {
        Some(match name {
            "nl-tlv" => Library {
                dependency: format!(
                    "{{ path = {:?}, default-features = false, features = [\"derive\"] }}",
                    root.join(name)
                ),
                template: include_str!("templates/nl-tlv.rs"),
            },
            "neli" => {
                Library { dependency: "\"=0.7.5\"".to_owned(), template: include_str!("templates/neli.rs") }
            }
            "nlink" => {
                Library { dependency: "\"=0.33.0\"".to_owned(), template: include_str!("templates/nlink.rs") }
            }
            _ => return None,
        })
    }

    /// The source of a crate of so many messages.
    fn source(&self, count: usize) -> Option<String> {
        let (once, each) = self.template.split_once("// each:\n")?;
        Some((0..count).fold(once.to_owned(), |text, n| text + &each.replace("__", &n.to_string())))
    }
}

/// The manifest of a crate that depends on the library `name`.
fn manifest(name: &str, library: &Library) -> String {
    format!(
        "[package]\nname = \"many\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{name} = {}\n\n[workspace]\n",
        library.dependency
    )
}

/// Builds the crate in `directory`; CPU seconds.
fn build(directory: &Path) -> Result<f64, Box<dyn Error>> {
    let before = children_seconds()?;
    // Where the archive is looked for, whatever the environment says.
    let build = ["build", "--quiet", "--release", "--target-dir=target"];
    let status = Command::new("cargo").args(build).current_dir(directory).status()?;
    if status.success() { Ok(children_seconds()? - before) } else { Err("cargo build failed".into()) }
}

/// Seconds and bytes of code for a crate of so many messages.
fn measure(directory: &Path, library: &Library, count: usize) -> Result<(f64, u64), Box<dyn Error>> {
    let source = directory.join("src/lib.rs");
    // First without messages: what is measured is the crate alone, its dependencies built.
    fs::write(&source, "")?;
    build(directory)?;
    fs::write(&source, library.source(count).ok_or("a template without `// each:`")?)?;
    let seconds = build(directory)?;
    let archive = directory.join("target/release/libmany.rlib");
    let sizes = Command::new("size").arg("-t").arg(archive).output()?;
    let total = String::from_utf8(sizes.stdout)?
        .lines()
        .last()
        .and_then(|line| line.split_whitespace().next()?.parse().ok());
    Ok((seconds, total.ok_or("no total from size")?))
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut name = "nl-tlv".to_owned();
    if arguments.first().is_some_and(|first| first == "--peer") {
        name = arguments.drain(..2.min(arguments.len())).next_back().unwrap_or_default();
    }
    let benches = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = benches.parent().ok_or("the workspace")?;
    let library = Library::named(&name, root).ok_or("--peer neli or --peer nlink")?;
    let directory = root.join("target/many-messages").join(&name);
    fs::create_dir_all(directory.join("src"))?;
    fs::write(directory.join("Cargo.toml"), manifest(&name, &library))?;
    println!("{name}\n\n| messages | CPU seconds | bytes of code and constants |\n|--:|--:|--:|");
    for count in arguments {
        let (seconds, bytes) = measure(&directory, &library, count.parse()?)?;
        println!("| {count} | {seconds:.1} | {bytes} |");
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
