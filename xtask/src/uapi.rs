//! The generated C headers, which are checked in: `cargo xtask uapi`.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use nl_tlv_examples::uapi;

use crate::paths;

/// Writes the headers, or with `check` only looks whether they are up to date.
pub(crate) fn main(check_only: bool) -> Result<ExitCode> {
    if check_only {
        check()?;
    } else {
        for (path, generated, _) in stale() {
            write(&paths::root().join(path), &generated)?;
            println!("wrote {path}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the headers say what the Rust definitions say.
pub(crate) fn check() -> Result<()> {
    let differences: Vec<String> = stale()
        .map(|(path, generated, present)| format!("{path}: {}", first_difference(&present, &generated)))
        .collect();
    ensure!(
        differences.is_empty(),
        "stale headers, `cargo xtask uapi` writes them anew\n{}",
        differences.join("\n")
    );
    Ok(())
}

/// Path, what it should hold, and what it holds. A file that is not there is an empty one.
fn stale() -> impl Iterator<Item = (&'static str, String, String)> {
    let files = uapi::files().into_iter().map(|(path, generated)| {
        let present = fs::read_to_string(paths::root().join(path)).unwrap_or_default();
        (path, generated, present)
    });
    files.filter(|(_, generated, present)| generated != present)
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
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
