//! Building the kernel modules, outside of their source tree.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command::{capture, said, tail, tool};
use crate::kernel::Kernel;
use crate::paths;

/// The modules, built for one kernel.
#[derive(Debug)]
pub(crate) struct Built {
    /// The `.ko` files, in alphabetical order.
    pub(crate) modules: Vec<PathBuf>,
}

impl Built {
    /// Names as `rmmod` takes them.
    pub(crate) fn names(&self) -> Vec<String> {
        self.modules.iter().filter_map(|path| Some(path.file_stem()?.to_str()?.replace('-', "_"))).collect()
    }
}

/// Where the modules for that release are built.
pub(crate) fn dir(release: &str) -> PathBuf {
    paths::cache().join("kmod").join(release)
}

/// Builds with all extra warnings; a warning is an error. Does nothing if neither sources nor kernel changed.
pub(crate) fn build(kernel: &Kernel) -> Result<Built> {
    let sources = sources()?;
    let dir = dir(&kernel.release);
    let fingerprint = fingerprint(&sources, &kernel.headers()).to_string();
    let stamp = dir.join("fingerprint");
    if fs::read_to_string(&stamp).ok().as_ref() != Some(&fingerprint) {
        eprintln!("modules: building for {}", kernel.release);
        copy(&sources, &dir)?;
        make(&dir, kernel, &[&["W=1", "all"], kernel.module_options()].concat())?;
        fs::write(&stamp, fingerprint)?;
    }
    let mut modules: Vec<PathBuf> = files(&dir)?;
    modules.retain(|path| path.extension().is_some_and(|extension| extension == "ko"));
    modules.sort();
    if modules.is_empty() {
        bail!("the build made no module");
    }
    Ok(Built { modules })
}

/// Runs another target of the modules' `Makefile`, in a copy of its own.
pub(crate) fn check(kernel: &Kernel, target: &str, variable: Option<String>) -> Result<()> {
    let dir = paths::cache().join("kmod").join(format!("{}-{target}", kernel.release));
    copy(&sources()?, &dir)?;
    let arguments: Vec<&str> = std::iter::once(target).chain(variable.as_deref()).collect();
    let result = make(&dir, kernel, &arguments);
    fs::remove_dir_all(dir)?;
    result
}

fn make(dir: &Path, kernel: &Kernel, arguments: &[&str]) -> Result<()> {
    let headers = format!("KDIR={}", kernel.headers().display());
    let output = capture(tool("make").current_dir(dir).arg(headers).args(arguments))?;
    let said = said(&output);
    let complaints = complaints(&said);
    if !complaints.is_empty() || !output.status.success() {
        let complaints = complaints.join("\n");
        bail!("make {} for {}\n{}\n{complaints}", arguments.join(" "), kernel.release, tail(&said, 20));
    }
    Ok(())
}

/// Lines of compiler, sparse and checkpatch that ask for a change.
fn complaints(said: &str) -> Vec<&str> {
    // Not `warning:` alone: the kernel's own build warns of the missing pahole.
    let words = [": warning: ", ": error: ", "WARNING:", "ERROR:", "CHECK:"];
    said.lines().filter(|line| words.iter().any(|word| line.contains(word))).collect()
}

/// What belongs to the modules: paths below `kmod/` and contents, without what a build by hand left there.
fn sources() -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let root = paths::root().join("kmod");
    let mut sources = Vec::new();
    for dir in [root.clone(), root.join("generated")] {
        for path in files(&dir)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_source = name.ends_with(".c") && !name.ends_with(".mod.c") || name.ends_with(".h");
            if is_source || ["Kbuild", "Makefile"].contains(&name.as_str()) || name.starts_with("Kbuild.") {
                sources.push((path.strip_prefix(&root)?.to_owned(), fs::read(&path)?));
            }
        }
    }
    sources.sort();
    Ok(sources)
}

fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    Ok(paths?.into_iter().filter(|path| path.is_file()).collect())
}

fn copy(sources: &[(PathBuf, Vec<u8>)], dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    for (path, contents) in sources {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap_or(dir))?;
        fs::write(path, contents)?;
    }
    Ok(())
}

fn fingerprint(sources: &[(PathBuf, Vec<u8>)], headers: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    (sources, headers).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_the_module_and_nothing_built() {
        let sources = sources().unwrap();
        let has = |name: &str| sources.iter().any(|(path, _)| path == Path::new(name));
        assert!(has("Kbuild") && has("Makefile"));
        assert!(sources.iter().all(|(path, _)| path.extension().is_none_or(|e| e != "o" && e != "ko")));
    }

    #[test]
    fn a_changed_source_changes_the_fingerprint() {
        let one = vec![(PathBuf::from("a.c"), b"1".to_vec())];
        let other = vec![(PathBuf::from("a.c"), b"2".to_vec())];
        assert_ne!(fingerprint(&one, Path::new("k")), fingerprint(&other, Path::new("k")));
        assert_ne!(fingerprint(&one, Path::new("k")), fingerprint(&one, Path::new("l")));
    }

    #[test]
    fn complaints_are_those_about_our_sources() {
        let said = "warning: pahole version differs\n  CHECK   a.c\na.c:1:1: warning: no\n\
                    a.c:2: WARNING:LONG_LINE: too long\ntotal: 0 errors, 1 warnings, 0 checks, 9 lines checked\n";
        assert_eq!(complaints(said), ["a.c:1:1: warning: no", "a.c:2: WARNING:LONG_LINE: too long"]);
    }

    #[test]
    fn names_are_as_the_kernel_spells_them() {
        let built = Built { modules: vec![PathBuf::from("x/nl-rcv.ko"), PathBuf::from("x/greet.ko")] };
        assert_eq!(built.names(), ["nl_rcv", "greet"]);
    }
}
