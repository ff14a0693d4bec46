//! The kernel's semantic patches, `scripts/coccinelle`, over the modules: each knows a mistake that was made in the kernel
//! before.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::command::{capture, said, tool};
use crate::host;
use crate::kernel::Kernel;
use crate::lane::Lane;
use crate::tally::Tally;
use crate::{module, paths};

/// Mistakes that must be found: who finds nothing here would find nothing elsewhere.
const PLANTED: &str = "\
int planted(struct mutex *lock, char *text)
{
	mutex_lock(lock);
	if (!text)
		return -EINVAL;
	mutex_unlock(lock);
	if (text)
		kfree(text);
	return text[0];
}
";

/// Its file, and the lines of what is found in it.
const PLANTED_FILE: &str = "planted.c";
const PLANTED_LINES: [&str; 3] = ["5", "8", "9"];

/// Some patches need a compiler for OCaml, which is not needed for the others.
const FEWEST: usize = 50;

/// On the sources of the pinned kernel.
pub(crate) fn check() -> Result<Tally> {
    let _lock = paths::lock()?;
    host::need(host::KERNEL)?;
    host::need(host::COCCINELLE)?;
    let mut patches = Vec::new();
    find(&Kernel::of(Lane::Pinned)?.checkers()?.join("coccinelle"), &mut patches)?;
    patches.sort();

    let dir = module::copied("coccinelle")?;
    fs::write(dir.join(PLANTED_FILE), PLANTED)?;
    let (mut found, mut used) = (Vec::new(), 0);
    for patch in &patches {
        if let Some(report) = report(patch, &dir)? {
            used += 1;
            found.extend(findings(&report, &dir));
        }
    }
    fs::remove_dir_all(dir)?;
    println!("        {used} of {} semantic patches", patches.len());
    ensure!(used >= FEWEST, "only {used} of {} semantic patches could be used", patches.len());
    judge(&found)
}

/// The patches below a directory that can report.
fn find(dir: &Path, patches: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, patches)?;
        } else if path.extension().is_some_and(|extension| extension == "cocci")
            && fs::read_to_string(&path)?.contains("virtual report")
        {
            patches.push(path);
        }
    }
    Ok(())
}

/// What a patch reports, with the options that it names; nothing if it cannot be used here.
fn report(patch: &Path, dir: &Path) -> Result<Option<String>> {
    let text = fs::read_to_string(patch)?;
    let options =
        text.lines().find_map(|line| line.split_once("Options:")).map_or("", |(_, options)| options);
    let mut command = tool("spatch");
    command.args(["-D", "report", "--no-show-diff", "--very-quiet", "--cocci-file"]).arg(patch);
    command.args(options.split_whitespace()).arg("--dir").arg(dir);
    let output = capture(&mut command)?;
    Ok(output.status.success().then(|| said(&output)))
}

/// The lines about our sources, whose directory is left out.
fn findings(report: &str, dir: &Path) -> Vec<String> {
    let start = format!("{}/", dir.display());
    report.lines().filter_map(|line| line.strip_prefix(&start)).map(str::to_owned).collect()
}

/// All that was planted, and nothing else.
fn judge(found: &[String]) -> Result<Tally> {
    let (planted, ours): (Vec<_>, Vec<_>) = found.iter().partition(|line| line.starts_with(PLANTED_FILE));
    for number in PLANTED_LINES {
        let start = format!("{PLANTED_FILE}:{number}:");
        ensure!(planted.iter().any(|line| line.starts_with(&start)), "not found: the mistake in {start}");
    }
    ensure!(ours.is_empty(), "{}", ours.iter().map(|line| format!("{line}\n")).collect::<String>());
    Ok(Tally::PASSED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|&line| line.to_owned()).collect()
    }

    #[test]
    fn findings_are_lines_about_our_sources() {
        let report = "warning: line 140: should x be a metavariable?\n/d/rtm_main.c:3:1-5: WARNING: no\n";
        assert_eq!(findings(report, Path::new("/d")), ["rtm_main.c:3:1-5: WARNING: no"]);
    }

    #[test]
    fn what_was_planted_must_be_found_and_nothing_else() {
        let planted = ["planted.c:5:2-8: lock", "planted.c:8:2-7: check", "planted.c:9:8-12: freed"];
        assert!(judge(&found(&planted)).is_ok());
        assert!(judge(&found(&planted[..2])).is_err());
        let error = judge(&found(&[&planted[..], &["rtm_main.c:1:1-2: no"]].concat())).unwrap_err();
        assert!(error.to_string().contains("rtm_main.c"), "{error}");
    }
}
