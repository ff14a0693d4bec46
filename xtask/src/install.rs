//! `cargo xtask install`: the programs and what belongs to them, where Debian has such files.
//!
//! | what | where, below the prefix |
//! |---|---|
//! | `nltool`, `greet`, `rtm` | `bin` |
//! | manual pages | `share/man/man1`, compressed |
//! | completions for bash, zsh, fish | `share/bash-completion/completions`, `share/zsh/vendor-completions`, `share/fish/vendor_completions.d` |
//! | headers of the modules' protocols, for C | `include/nl-tlv` |
//! | sources of the modules, for DKMS | `src/nl-tlv-VERSION` |
//! | README, changes, licences | `share/doc/nl-tlv` |

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::command::{capture, stdout, tool};
use crate::kernel::Kernel;
use crate::lane::Lane;
use crate::module::{self, Source};
use crate::tally::Tally;
use crate::{paths, programs};

/// Where to install.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// What stands for the root of the file system; a package is made of what is below it.
    pub(crate) destdir: PathBuf,
    /// As in `/usr` or `/usr/local`.
    pub(crate) prefix: PathBuf,
    /// Programs without optimisation, which are built sooner.
    pub(crate) is_debug: bool,
}

/// A program, and what it is asked for its completions and for its manual page.
const PROGRAMS: [(&str, &str, &str); 3] =
    [("nltool", "completions", "man"), ("rtm", "completions", "man"), ("greet", "--completions", "--man")];

/// The directory of each shell, and what stands before and behind the program's name there.
const SHELLS: [(&str, &str, &str, &str); 3] = [
    ("bash", "share/bash-completion/completions", "", ""),
    ("zsh", "share/zsh/vendor-completions", "_", ""),
    ("fish", "share/fish/vendor_completions.d", "", ".fish"),
];

const DOCUMENTS: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];

impl Options {
    fn root(&self) -> PathBuf {
        self.destdir.join(self.prefix.strip_prefix("/").unwrap_or(&self.prefix))
    }
}

/// Installs everything, and gives the directory below which it is.
pub(crate) fn main(options: &Options) -> Result<PathBuf> {
    let root = options.root();
    let built = programs::installed(options.is_debug)?;
    for (name, completions, manual) in PROGRAMS {
        let program = programs::find(&built, name)?;
        put(&root.join("bin").join(name), &fs::read(program)?, 0o755)?;
        for (shell, dir, before, behind) in SHELLS {
            let script = stdout(tool(program).args([completions, shell]))?;
            put(&root.join(dir).join(format!("{before}{name}{behind}")), script.as_bytes(), 0o644)?;
        }
        let page = stdout(tool(program).arg(manual))?;
        put(&root.join(format!("share/man/man1/{name}.1.gz")), &gzip(page.as_bytes())?, 0o644)?;
    }
    let kmod = paths::root().join("kmod");
    for header in ["greet_uapi.h", "rtm_uapi.h"] {
        let contents = fs::read(kmod.join("generated").join(header))?;
        put(&root.join("include/nl-tlv").join(header), &contents, 0o644)?;
    }
    let sources = root.join("src").join(format!("nl-tlv-{}", env!("CARGO_PKG_VERSION")));
    module::copy_sources(&sources)?;
    for document in ["COPYING", "README.md"] {
        put(&sources.join(document), &fs::read(kmod.join(document))?, 0o644)?;
    }
    for document in DOCUMENTS {
        let contents = fs::read(paths::root().join(document))?;
        put(&root.join("share/doc/nl-tlv").join(document), &contents, 0o644)?;
    }
    Ok(root)
}

fn put(path: &Path, contents: &[u8], mode: u32) -> Result<()> {
    let dir = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    fs::write(path, contents).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}

/// The same bytes each time: without name and time.
fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut child = tool("gzip").arg("-9n").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().context("gzip has no input")?;
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output()?;
    ensure!(output.status.success() && writer.join().is_ok_and(|written| written.is_ok()), "gzip failed");
    Ok(output.stdout)
}

/// Installs into an empty directory, and tries what is there: each program runs, each script and page can be read, a
/// program in C takes the headers, and the modules are built from nothing but their installed sources.
pub(crate) fn check() -> Result<Tally> {
    let destdir = paths::cache().join("installed");
    if destdir.exists() {
        fs::remove_dir_all(&destdir)?;
    }
    let options = Options { destdir: destdir.clone(), prefix: "/usr".into(), is_debug: true };
    let root = main(&options)?;
    for (name, ..) in PROGRAMS {
        let version = stdout(tool(root.join("bin").join(name)).arg("--version"))?;
        ensure!(version.contains(env!("CARGO_PKG_VERSION")), "{name} says {version}");
        let page = capture(tool("gzip").arg("-dc").arg(root.join(format!("share/man/man1/{name}.1.gz"))))?;
        let page = String::from_utf8_lossy(&page.stdout).into_owned();
        ensure!(page.contains(".TH") && page.contains("Examples:"), "{name}.1 is\n{page}");
        stdout(tool("bash").arg("-n").arg(root.join("share/bash-completion/completions").join(name)))?;
    }
    for header in ["greet", "rtm"] {
        let header = root.join(format!("include/nl-tlv/{header}_uapi.h"));
        stdout(tool("gcc").args(["-fsyntax-only", "-std=c99", "-Wall", "-Werror", "-x", "c"]).arg(header))?;
    }
    let sources = root.join("src").join(format!("nl-tlv-{}", env!("CARGO_PKG_VERSION")));
    ensure!(sources.join("dkms.conf").exists(), "there is no dkms.conf");
    let _lock = paths::lock()?;
    crate::host::need(crate::host::KERNEL)?;
    let modules = module::build(&Kernel::of(Lane::Pinned)?, &Source::Directory(sources))?.names();
    ensure!(modules == ["greet", "rtm"], "the installed sources build {modules:?}");
    fs::remove_dir_all(destdir)?;
    Ok(Tally { passed: PROGRAMS.len() + 3, ..Tally::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_below_the_directory() {
        let options =
            |destdir: &str| Options { destdir: destdir.into(), prefix: "/usr/local".into(), is_debug: false };
        assert_eq!(options("/package").root(), Path::new("/package/usr/local"));
        assert_eq!(options("/").root(), Path::new("/usr/local"));
    }

    #[test]
    fn what_is_compressed_has_no_time() {
        let once = gzip(b"page").unwrap();
        assert_eq!((&once[..2], &once[4..8]), (&[0x1f, 0x8b][..], &[0; 4][..]));
    }
}
