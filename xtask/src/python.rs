//! Python with what the kernel's netlink client needs, out of Debian's packages: unpacked under `target/`, for this machine
//! and for a guest.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt::Apt;
use crate::command::tool;
use crate::lane::Lane;
use crate::{paths, programs, version};

/// Beside the interpreter: YAML, and the validator for the schemas of specifications with what it imports.
const MODULES: [&str; 4] = ["python3-yaml", "python3-jsonschema", "python3-attr", "python3-pyrsistent"];

/// Of the standard library, what a guest does not need.
const LEFT_OUT: [&str; 9] = [
    "__pycache__",
    "asyncio",
    "config-",
    "ensurepip",
    "lib2to3",
    "multiprocessing",
    "pydoc_data",
    "sqlite3",
    "unittest",
];

/// The unpacked packages.
#[derive(Debug)]
pub(crate) struct Python {
    tree: PathBuf,
    /// Such as `python3.11`.
    name: String,
}

impl Python {
    /// Fetches it once.
    pub(crate) fn fetch() -> Result<Self> {
        let _lock = paths::lock()?;
        let cache = paths::cache().join("python");
        let tree = cache.join("tree");
        if let Some(name) = interpreter(&tree) {
            return Ok(Self { tree, name });
        }
        eprintln!("python: fetching it with its modules");
        let apt = Apt::update(cache.join("apt"), Lane::Pinned.suites())?;
        let names = apt.names("python3.")?;
        let minimal = version::newest(names.iter().map(String::as_str), "python3.", "-minimal");
        let minimal = minimal.context("the suite offers no Python")?;
        let name = minimal.trim_end_matches("-minimal");
        let own = [minimal.to_owned(), format!("lib{minimal}"), format!("lib{name}-stdlib")];
        let packages: Vec<&str> = own.iter().map(String::as_str).chain(MODULES).collect();
        let part = cache.join("part");
        apt.unpack(&packages, &part)?;
        fs::rename(part, &tree)?;
        let name = interpreter(&tree).context("the packages hold no interpreter")?;
        Ok(Self { tree, name })
    }

    /// Runs it on this machine, without anything of the machine's own Python.
    pub(crate) fn command(&self) -> Command {
        self.with_environment(tool(self.program()))
    }

    /// The same in a network namespace of its own.
    pub(crate) fn isolated(&self) -> Command {
        let mut command = tool("unshare");
        command.arg("-rn").arg(self.program());
        self.with_environment(command)
    }

    fn program(&self) -> PathBuf {
        self.tree.join("usr/bin").join(&self.name)
    }

    fn with_environment(&self, mut command: Command) -> Command {
        command.env("PYTHONHOME", self.tree.join("usr")).env("PYTHONPATH", self.tree.join(DIST));
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("PATH", path_with_sbin());
        command
    }

    /// Its name in a guest, with the environment that it needs there.
    pub(crate) fn in_guest(&self) -> String {
        format!("env PYTHONHOME=/usr PYTHONPATH=/{DIST} PYTHONDONTWRITEBYTECODE=1 /usr/bin/{}", self.name)
    }

    /// Its files, and the shared libraries of this machine that it is linked with: the paths in a guest, and here.
    pub(crate) fn files(&self) -> Result<Vec<(String, PathBuf)>> {
        let mut files = Vec::new();
        for below in [format!("usr/lib/{}", self.name), format!("{DIST}/yaml")] {
            add_files(&self.tree, Path::new(&below), &mut files)?;
        }
        let program = format!("usr/bin/{}", self.name);
        files.push((program.clone(), self.tree.join(&program)));
        for library in programs::libraries(&[self.tree.join(program)])? {
            files.push((library.to_string_lossy().into_owned(), library));
        }
        Ok(files)
    }
}

/// Where Debian has `ip` and `tc` too.
fn path_with_sbin() -> String {
    format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default())
}

/// Where Debian has modules that are not of the standard library.
const DIST: &str = "usr/lib/python3/dist-packages";

fn interpreter(tree: &Path) -> Option<String> {
    let names = fs::read_dir(tree.join("usr/bin"))
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.into_iter().find(|name| name.starts_with("python3."))
}

/// All files below a directory of the tree. Shared objects are left out: what the client needs is in the interpreter.
fn add_files(tree: &Path, below: &Path, files: &mut Vec<(String, PathBuf)>) -> Result<()> {
    let place = tree.join(below);
    for entry in fs::read_dir(&place).with_context(|| place.display().to_string())? {
        let name = entry?.file_name();
        let path = below.join(&name);
        let name = name.to_string_lossy();
        if LEFT_OUT.iter().any(|left_out| name.starts_with(left_out)) || name == "lib-dynload" {
            continue;
        }
        if tree.join(&path).is_dir() {
            add_files(tree, &path, files)?;
        } else {
            files.push((path.to_string_lossy().into_owned(), tree.join(&path)));
        }
    }
    Ok(())
}
