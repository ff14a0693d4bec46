//! The module to copy, `examples/own-module`: its README is followed, command by command.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::command::{stdout, without_package};
use crate::paths;
use crate::tally::Tally;

/// Where the commands are in the README.
const BLOCK: &str = "<!-- ANCHOR: try -->\n```text\n";

/// Runs the commands where the README says, and compares what they print with what it shows.
pub(crate) fn follow() -> Result<Tally> {
    let dir = paths::root().join("examples/own-module");
    let readme = fs::read_to_string(dir.join("README.md"))?;
    let steps = steps(&readme).context("the README shows no commands")?;
    for (command, shown) in &steps {
        println!("        $ {command}");
        let printed = stdout(without_package("sh").args(["-c", command]).current_dir(&dir))?;
        let printed = printed.trim_end();
        ensure!(printed == *shown, "`{command}` prints\n{printed}\nand not, as the README says,\n{shown}");
    }
    Ok(Tally { passed: steps.len(), ..Tally::default() })
}

/// Commands, each with what it prints.
fn steps(readme: &str) -> Option<Vec<(&str, &str)>> {
    let block = readme.split_once(BLOCK)?.1.split_once("```")?.0;
    let steps: Vec<_> = block.split("$ ").skip(1).filter_map(|step| step.split_once('\n')).collect();
    let trimmed = steps.iter().map(|(command, shown)| (*command, shown.trim_end())).collect();
    (!steps.is_empty()).then_some(trimmed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_a_command_with_what_it_prints() {
        let readme = format!("text\n{BLOCK}$ build --all\n$ run it\none\ntwo\n```\n$ not this\n");
        assert_eq!(steps(&readme).unwrap(), [("build --all", ""), ("run it", "one\ntwo")]);
        assert_eq!(steps("no commands"), None);
    }
}
