//! Writes a crate of so many derived messages under `target/`, builds it as users do, and says how many CPU seconds that
//! took without its dependencies, and how much code it is: `many-messages 10 100 500`.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

/// A message with a string, two integers and repeated nests of an address and a string; a function that reads it and
/// one that writes it, so that the code of both is made.
fn message(n: usize) -> String {
    format!(
        "#[derive(NlAttrs, Clone, Debug)]
pub struct Hop{n}<'a> {{
    #[nl(attr = 1)]
    pub gateway: Option<core::net::Ipv4Addr>,
    #[nl(attr = 2)]
    pub oif: Option<&'a str>,
}}
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = {ty})]
pub struct Message{n}<'a> {{
    #[nl(attr = 1)]
    pub name: &'a str,
    #[nl(attr = 2)]
    pub metric: Option<u32>,
    #[nl(attr = 3)]
    pub flags: Option<u16>,
    #[nl(attr = 4)]
    pub hops: Repeat<'a, Hop{n}<'a>>,
}}
#[inline(never)]
pub fn parse{n}<'a>(message: &Message<'a>) -> Result<Message{n}<'a>, Error> {{
    Message{n}::parse(message)
}}
#[inline(never)]
pub fn emit{n}<'b>(message: &Message{n}<'_>, buf: &'b mut [u8]) -> Result<&'b [u8], Error> {{
    message.emit(buf, Header::new())
}}
",
        ty = n + 20
    )
}

/// The manifest of the crate; `library` is where nl-tlv lies.
fn manifest(library: &Path) -> String {
    format!(
        "[package]\nname = \"many\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies.nl-tlv]\npath = {library:?}\n\
         default-features = false\nfeatures = [\"derive\"]\n\n[workspace]\n"
    )
}

/// CPU seconds of the processes that this one has waited for.
fn children_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit_once(") ").ok_or("no name in stat")?.1;
    let ticks: Vec<f64> =
        behind_name.split(' ').skip(13).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / 100.0)
}

/// Builds the crate in `directory`.
fn build(directory: &Path) -> Result<(), Box<dyn Error>> {
    let status =
        Command::new("cargo").args(["build", "--quiet", "--release"]).current_dir(directory).status()?;
    if status.success() { Ok(()) } else { Err("cargo build failed".into()) }
}

/// Seconds and bytes of code for a crate of so many messages.
fn measure(directory: &Path, count: usize) -> Result<(f64, u64), Box<dyn Error>> {
    let source = directory.join("src/lib.rs");
    let head = "use nl_tlv::{Error, Header, Message, NlAttrs, NlMessage, Repeat};\n";
    // First without messages: what is measured is the crate alone, its dependencies built.
    fs::write(&source, "")?;
    build(directory)?;
    fs::write(&source, (0..count).fold(head.to_owned(), |text, n| text + &message(n)))?;
    let before = children_seconds()?;
    build(directory)?;
    let seconds = children_seconds()? - before;
    let library = directory.join("target/release/libmany.rlib");
    let sizes = Command::new("size").arg("-t").arg(library).output()?;
    let total = String::from_utf8(sizes.stdout)?
        .lines()
        .last()
        .and_then(|line| line.split_whitespace().next()?.parse().ok());
    Ok((seconds, total.unwrap_or(0)))
}

fn run() -> Result<(), Box<dyn Error>> {
    let benches = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = benches.parent().ok_or("the workspace")?;
    let directory = root.join("target/many-messages");
    fs::create_dir_all(directory.join("src"))?;
    fs::write(directory.join("Cargo.toml"), manifest(&root.join("nl-tlv")))?;
    println!("| messages | CPU seconds | bytes of code and constants |\n|--:|--:|--:|");
    for count in std::env::args().skip(1) {
        let (seconds, bytes) = measure(&directory, count.parse()?)?;
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
