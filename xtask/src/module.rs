//! Building the kernel modules, outside of their source tree.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{capture, run, said, tail, tool};
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

/// What modules are built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Those of `kmod/`.
    Ours,
    /// The same with delays where races would be, see `lab/delays/`.
    Delayed,
    /// Any directory with a `Kbuild`, or a `Makefile` that serves as one.
    Directory(PathBuf),
}

impl Source {
    fn root(&self) -> PathBuf {
        match self {
            Self::Ours | Self::Delayed => paths::root().join("kmod"),
            Self::Directory(path) => path.clone(),
        }
    }

    /// The directory below `target/` in which they are built, one for each kernel.
    fn name(&self) -> String {
        match self {
            Self::Ours => "kmod".to_owned(),
            Self::Delayed => "kmod-delays".to_owned(),
            Self::Directory(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                format!("module-{name}-{:x}", hashed(path))
            }
        }
    }

    /// Patches, in the order in which they are applied.
    fn patches(&self) -> Result<Vec<PathBuf>> {
        if *self != Self::Delayed {
            return Ok(Vec::new());
        }
        let mut patches = files(&paths::root().join("lab/delays"))?;
        patches.retain(|path| path.extension().is_some_and(|extension| extension == "patch"));
        patches.sort();
        Ok(patches)
    }
}

/// Where our modules for that release are built.
pub(crate) fn dir(release: &str) -> PathBuf {
    build_dir(&Source::Ours, release)
}

fn build_dir(source: &Source, release: &str) -> PathBuf {
    paths::cache().join(source.name()).join(release)
}

/// Builds with extra warnings; a warning is an error. Does nothing if neither sources nor kernel changed.
pub(crate) fn build(kernel: &Kernel, source: &Source) -> Result<Built> {
    let (sources, patches) = (sources(source)?, source.patches()?);
    let dir = build_dir(source, &kernel.release);
    let patch_texts: Vec<String> = patches.iter().map(fs::read_to_string).collect::<Result<_, _>>()?;
    let fingerprint = hashed(&(&sources, &patch_texts, kernel.headers())).to_string();
    let stamp = dir.join("fingerprint");
    if fs::read_to_string(&stamp).ok().as_ref() != Some(&fingerprint) {
        eprintln!("modules: building {} for {}", source.root().display(), kernel.release);
        copy(&sources, &dir)?;
        for patch in &patches {
            apply(patch, &dir)?;
        }
        match source {
            Source::Directory(_) => make_directory(&dir, kernel)?,
            _ => make(&dir, kernel, &[&["W=1", "NL_CHECK=m", "all"], kernel.module_options()].concat())?,
        }
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

/// Writes the sources of our modules, as DKMS wants them.
pub(crate) fn copy_sources(dir: &Path) -> Result<()> {
    copy(&sources(&Source::Ours)?, dir)
}

/// Runs a target of the modules' `Makefile`, in a copy of its own, and then `look` at what it left there. A variable may
/// name that copy `{dir}`.
pub(crate) fn check(
    kernel: &Kernel,
    target: &str,
    variables: &[&str],
    look: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    let dir = copied(&format!("{}-{target}", kernel.release))?;
    let variables = variables.iter().map(|variable| variable.replace("{dir}", &dir.to_string_lossy()));
    let arguments: Vec<String> = [target.to_owned()].into_iter().chain(variables).collect();
    let result = make(&dir, kernel, &arguments).and_then(|()| look(&dir));
    fs::remove_dir_all(dir)?;
    result
}

/// A copy of our sources for a checker of its own, whose name that is.
pub(crate) fn copied(name: &str) -> Result<PathBuf> {
    let dir = paths::cache().join("kmod").join(name);
    copy_sources(&dir)?;
    Ok(dir)
}

/// Our own `Makefile` calls the kernel's.
fn make(dir: &Path, kernel: &Kernel, arguments: &[impl AsRef<str>]) -> Result<()> {
    let headers = format!("KDIR={}", kernel.headers().display());
    let arguments: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
    let what = format!("make {} for {}", arguments.join(" "), kernel.release);
    judged(tool("make").current_dir(dir).arg(headers).args(arguments), &what)
}

/// The kernel's own build, which needs nothing but a `Kbuild`.
fn make_directory(dir: &Path, kernel: &Kernel) -> Result<()> {
    let module = format!("M={}", dir.display());
    let mut command = tool("make");
    command.arg("-C").arg(kernel.headers()).args([&module, "W=1", "modules"]).args(kernel.module_options());
    judged(&mut command, &format!("make modules for {}", kernel.release))
}

fn judged(command: &mut Command, what: &str) -> Result<()> {
    let output = capture(command)?;
    let said = said(&output);
    let complaints = complaints(&said);
    if !complaints.is_empty() || !output.status.success() {
        bail!("{what}\n{}\n{}", tail(&said, 20), complaints.join("\n"));
    }
    Ok(())
}

/// Lines of compiler, sparse and checkpatch that ask for a change.
fn complaints(said: &str) -> Vec<&str> {
    // Not `warning:` alone: the kernel's own build warns of the missing pahole.
    let words = [": warning: ", ": error: ", "WARNING:", "ERROR:", "CHECK:"];
    said.lines().filter(|line| words.iter().any(|word| line.contains(word)) && !is_of_others(line)).collect()
}

/// depmod misses the kernel's own modules in a root that has none; where it fails, its status says so. And with W=2, each
/// use of the kernel's `min` or `GENMASK` is told that unsigned numbers are not negative.
fn is_of_others(line: &str) -> bool {
    line.starts_with("depmod: ") || line.contains("/linux-headers-") && line.ends_with("[-Wtype-limits]")
}

/// What belongs to the modules: paths below their directory and contents, without what a build by hand left there.
fn sources(source: &Source) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let root = source.root();
    let mut sources = Vec::new();
    let mut directories = vec![root.clone()];
    while let Some(dir) = directories.pop() {
        let entries = fs::read_dir(&dir).with_context(|| format!("cannot read {}", dir.display()))?;
        for entry in entries {
            let (path, is_dir) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?.is_dir())))?;
            if is_dir && !path.join("CACHEDIR.TAG").exists() {
                directories.push(path);
            } else if is_source(&path) {
                sources.push((path.strip_prefix(&root)?.to_owned(), fs::read(&path)?));
            }
        }
    }
    sources.sort();
    Ok(sources)
}

fn is_source(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_c = name.ends_with(".c") && !name.ends_with(".mod.c") || name.ends_with(".h");
    is_c || ["Kbuild", "Makefile", "dkms.conf"].contains(&&*name) || name.starts_with("Kbuild.")
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

/// # Errors
///
/// Also if it applies only with an offset into other text than it was made for.
fn apply(patch: &Path, dir: &Path) -> Result<()> {
    let mut command = tool("patch");
    command.args(["--quiet", "--strip=1", "--fuzz=0", "--directory"]).arg(dir).arg("--input").arg(patch);
    run(&mut command)
}

fn hashed(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn sources_are_the_module_and_nothing_built() {
        let sources = sources(&Source::Ours).unwrap();
        let has = |name: &str| sources.iter().any(|(path, _)| path == Path::new(name));
        assert!(has("Kbuild") && has("Makefile"));
        assert!(sources.iter().all(|(path, _)| path.extension().is_none_or(|e| e != "o" && e != "ko")));
    }

    #[test]
    fn each_source_is_built_in_a_directory_of_its_own() {
        let directory = |path: &str| Source::Directory(path.into());
        let sources = [Source::Ours, Source::Delayed, directory("a/module"), directory("b/module")];
        let names: BTreeSet<String> = sources.iter().map(Source::name).collect();
        assert_eq!(names.len(), sources.len());
    }

    #[test]
    fn versions_of_modules_and_dkms_are_that_of_the_workspace() {
        let manifest = fs::read_to_string(paths::root().join("Cargo.toml")).unwrap();
        let version = manifest.lines().find_map(|line| line.strip_prefix("version = \"")).unwrap();
        let version = version.trim_end_matches('"');
        let sources = sources(&Source::Ours).unwrap();
        let text = |name: &str| {
            let found = sources.iter().find(|(path, _)| path == Path::new(name)).unwrap();
            String::from_utf8(found.1.clone()).unwrap()
        };
        assert!(text("dkms.conf").contains(&format!("PACKAGE_VERSION=\"{version}\"\n")));
        let readme = fs::read_to_string(paths::root().join("kmod/README.md")).unwrap();
        assert!(readme.contains(&format!("dkms install nl-tlv/{version}\n")));
        for module in ["greet_main.c", "rtm_main.c", "nl_check.c"] {
            assert!(text(module).contains(&format!("MODULE_VERSION(\"{version}\");")), "{module}");
        }
    }

    #[test]
    fn the_delays_apply_to_a_copy_of_the_modules() {
        let dir = paths::cache().join(format!("delays-{}", std::process::id()));
        copy(&sources(&Source::Ours).unwrap(), &dir).unwrap();
        let patches = Source::Delayed.patches().unwrap();
        assert!(patches.len() >= 3, "{patches:?}");
        let result = patches.iter().try_for_each(|patch| apply(patch, &dir));
        fs::remove_dir_all(dir).unwrap();
        result.unwrap();
    }

    #[test]
    fn complaints_are_those_about_our_sources() {
        let said = "warning: pahole version differs\n  CHECK   a.c\na.c:1:1: warning: no\n\
                    a.c:2: WARNING:LONG_LINE: too long\ndepmod: WARNING: could not open modules.order\n\
                    total: 0 errors, 1 warnings, 0 checks, 9 lines checked\n\
                    /k/linux-headers-6.1.0/bits.h:7: warning: always true [-Wtype-limits]\n\
                    /k/linux-headers-6.1.0/kern_levels.h:5: warning: no [-Wformat=]\n";
        let expected = [
            "a.c:1:1: warning: no",
            "a.c:2: WARNING:LONG_LINE: too long",
            "/k/linux-headers-6.1.0/kern_levels.h:5: warning: no [-Wformat=]",
        ];
        assert_eq!(complaints(said), expected);
    }

    #[test]
    fn names_are_as_the_kernel_spells_them() {
        let built = Built { modules: vec![PathBuf::from("x/nl-rcv.ko"), PathBuf::from("x/greet.ko")] };
        assert_eq!(built.names(), ["nl_rcv", "greet"]);
    }
}
