//! The generated C headers, which are checked in: `cargo xtask uapi` runs this.

use clap::Parser;
use nl_tlv_lab::uapi;
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// Writes the C headers of the kernel modules, from the Rust definitions.
#[derive(Parser)]
struct Args {
    /// Only say whether they are up to date
    #[arg(long)]
    check: bool,
}

fn main() -> io::Result<ExitCode> {
    let args = Args::parse();
    let mut status = ExitCode::SUCCESS;
    for (path, generated) in uapi::files() {
        let file = root().join(path);
        // A file that is not there is an empty one.
        let present = fs::read_to_string(&file).unwrap_or_default();
        if present == generated {
            continue;
        }
        if args.check {
            println!("{path} is stale, `cargo xtask uapi` writes it anew");
            println!("{}", first_difference(&present, &generated));
            status = ExitCode::FAILURE;
        } else {
            fs::create_dir_all(file.parent().unwrap_or(root()))?;
            fs::write(&file, generated)?;
            println!("wrote {path}");
        }
    }
    Ok(status)
}

/// The workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The first line that differs, as a diff shows it.
fn first_difference(present: &str, generated: &str) -> String {
    let (mut old, mut new) = (present.lines(), generated.lines());
    let mut number = 1;
    loop {
        match (old.next(), new.next()) {
            (None, None) => return "only line ends differ".to_owned(),
            (old, new) if old == new => number += 1,
            (old, new) => {
                let line = |sign: char, line: Option<&str>| {
                    line.map_or(String::new(), |line| format!("\n{sign}{line}"))
                };
                return format!("line {number}{}{}", line('-', old), line('+', new));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_shown() {
        assert_eq!(first_difference("a\nb\nc\n", "a\nx\nc\n"), "line 2\n-b\n+x");
        assert_eq!(first_difference("a\n", "a\nb\n"), "line 2\n+b");
        assert_eq!(first_difference("a\nb\n", "a\n"), "line 2\n-b");
        assert_eq!(first_difference("a", "a\n"), "only line ends differ");
    }
}
