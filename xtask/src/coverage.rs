//! Which lines of the modules ran in the guest, as gcov counts them.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::command::{run, stdout, tool};
use crate::module;
use crate::qemu::Outcome;

/// Lines of one source file that can run.
#[derive(Debug, PartialEq)]
pub(crate) struct Coverage {
    file: String,
    percent: f32,
    lines: u32,
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:.1} % of {} lines ran", self.file, self.percent, self.lines)
    }
}

/// From the counters that the guest sent as facts, and the notes that the compiler left beside the objects.
pub(crate) fn of(outcome: &Outcome, release: &str) -> Result<Vec<Coverage>> {
    let dir = module::dir(release);
    let mut coverage = Vec::new();
    for fact in outcome.facts("gcda") {
        let (name, counters) = fact.split_once(' ').context("counters without a name")?;
        let (path, packed) = (dir.join(name), dir.join("counters"));
        fs::write(&packed, counters)?;
        run(tool("sh").current_dir(&dir).args(["-c", "base64 -d counters >\"$1\"", "sh", name]))?;
        let said = stdout(tool("gcov").current_dir(&dir).arg("--no-output").arg(&path))?;
        coverage.extend(summaries(&said));
        fs::remove_file(packed)?;
        fs::remove_file(path)?;
    }
    coverage.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(coverage)
}

/// Of the sources; what the kernel's headers hold is not ours, and neither is what its build makes.
fn summaries(said: &str) -> Vec<Coverage> {
    let files = said.split("File '").skip(1);
    files
        .filter_map(|text| {
            let (file, rest) = text.split_once('\'')?;
            let file = Path::new(file).file_name()?.to_str()?;
            let (percent, rest) = rest.split_once("Lines executed:")?.1.split_once("% of ")?;
            let lines = rest.split_whitespace().next()?.parse().ok()?;
            let is_ours = file.ends_with(".c") && !file.ends_with(".mod.c");
            is_ours.then_some(Coverage { file: file.to_owned(), percent: percent.parse().ok()?, lines })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_from_headers() {
        let said = "File '/k/greet_raw.c'\nLines executed:87.50% of 40\n\nFile './include/net/netlink.h'\n\
                    Lines executed:100.00% of 12\n\nFile '/k/greet.mod.c'\nLines executed:0.00% of 2\n";
        let found = summaries(said);
        assert_eq!(found, [Coverage { file: "greet_raw.c".into(), percent: 87.5, lines: 40 }]);
        assert_eq!(found[0].to_string(), "greet_raw.c: 87.5 % of 40 lines ran");
    }

    #[test]
    fn a_file_without_lines_is_left_out() {
        assert!(summaries("File 'a.c'\nNo executable lines\n").is_empty());
    }
}
