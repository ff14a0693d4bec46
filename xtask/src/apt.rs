//! Debian packages, without touching the machine's own package state.
//!
//! A private apt configuration under `target/` names the suites of one lane. Mirror and proxy are
//! those of the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command::{is_installed, run, stdout, tool};
use crate::host::Unavailable;

/// A private apt: sources and lists of some suites.
#[derive(Debug)]
pub(crate) struct Apt {
    dir: PathBuf,
}

impl Apt {
    /// Reads the package lists of `suites` into `dir`.
    pub(crate) fn update(dir: PathBuf, suites: &[&str]) -> Result<Self> {
        for needed in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(dir.join(needed))?;
        }
        fs::write(dir.join("sources.list"), sources(&Mirrors::of_machine()?, suites))?;
        let apt = Self { dir };
        // Most likely the machine is offline.
        run(apt.tool("apt-get").args(["-q", "update", "--error-on=any"]))
            .map_err(|error| Unavailable(format!("the package lists cannot be read: {error:#}")))?;
        Ok(apt)
    }

    /// Names of the packages that start with `prefix`.
    pub(crate) fn names(&self, prefix: &str) -> Result<Vec<String>> {
        let names = stdout(self.tool("apt-cache").args(["pkgnames", prefix]))?;
        Ok(names.lines().map(str::to_owned).collect())
    }

    /// Names of the packages that `package` depends on.
    pub(crate) fn depends(&self, package: &str) -> Result<Vec<String>> {
        let listing = stdout(self.tool("apt-cache").args(["depends", package]))?;
        Ok(depends(&listing).map(str::to_owned).collect())
    }

    /// Downloads the packages and unpacks them into `into`.
    pub(crate) fn unpack(&self, packages: &[impl AsRef<str>], into: &Path) -> Result<()> {
        let downloads = self.dir.join("downloads");
        fs::create_dir_all(&downloads)?;
        fs::create_dir_all(into)?;
        let names = packages.iter().map(AsRef::as_ref);
        run(self.tool("apt-get").args(["-q", "download"]).args(names).current_dir(&downloads))?;
        for entry in fs::read_dir(&downloads)? {
            let archive = entry?.path();
            if archive.extension().is_some_and(|extension| extension == "deb") {
                run(tool("dpkg-deb").arg("-x").arg(&archive).arg(into))?;
            }
        }
        fs::remove_dir_all(&downloads)?;
        Ok(())
    }

    fn tool(&self, program: &str) -> Command {
        let mut command = tool(program);
        let option = |key: &str, path: &Path| format!("{key}={}", path.display());
        for option in [
            option("Dir::Etc::SourceList", &self.dir.join("sources.list")),
            option("Dir::State::Lists", &self.dir.join("lists")),
            option("Dir::Cache", &self.dir.join("cache")),
            // The machine's preferences and installed packages decide nothing here.
            option("Dir::Etc::SourceParts", Path::new("/dev/null")),
            option("Dir::Etc::Preferences", Path::new("/dev/null")),
            option("Dir::Etc::PreferencesParts", Path::new("/dev/null")),
            option("Dir::State::Status", Path::new("/dev/null")),
            // Root would otherwise be warned that the unprivileged user cannot write here.
            "APT::Sandbox::User=root".to_owned(),
            "Acquire::Languages=none".to_owned(),
            "Acquire::Retries=3".to_owned(),
        ] {
            command.arg("-o").arg(option);
        }
        command
    }
}

/// Where the machine gets Debian from.
#[derive(Debug, PartialEq, Eq)]
struct Mirrors {
    main: String,
    security: String,
}

impl Mirrors {
    fn of_machine() -> Result<Self> {
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let codename = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
        let codename = codename.unwrap_or_default().trim_matches('"');
        if !is_installed("apt-get") || !is_installed("dpkg-deb") {
            return Err(Unavailable("the kernels come as Debian packages, and there is no apt".into()).into());
        }
        let targets = stdout(tool("apt-get").args([
            "indextargets",
            "--no-release-info",
            "--format",
            "$(REPO_URI) $(RELEASE)",
            "Created-By: Packages",
        ]))?;
        let none = "no Debian mirror among this machine's package sources; the kernel lanes need one";
        Self::find(&targets, codename).ok_or_else(|| Unavailable(none.into()).into())
    }

    /// From lines of address and suite: that of `codename` and that of its security suite.
    fn find(targets: &str, codename: &str) -> Option<Self> {
        let address_of = |suite: &str| {
            let mut lines = targets.lines().filter_map(|line| line.split_once(' '));
            lines
                .find(|(_, name)| name.trim() == suite)
                .map(|(address, _)| address.trim_end_matches('/').to_owned())
        };
        let main = address_of(codename)?;
        let security =
            address_of(&format!("{codename}-security")).unwrap_or_else(|| format!("{main}-security"));
        Some(Self { main, security })
    }
}

fn sources(mirrors: &Mirrors, suites: &[&str]) -> String {
    let line = |suite: &&str| {
        let mirror = if suite.ends_with("-security") { &mirrors.security } else { &mirrors.main };
        // The machine may know the archive's keys through its own sources only.
        let keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
        let keys = if Path::new(keys).exists() { format!("[signed-by={keys}] ") } else { String::new() };
        format!("deb {keys}{mirror} {suite} main\n")
    };
    suites.iter().map(line).collect()
}

fn depends(listing: &str) -> impl Iterator<Item = &str> {
    listing.lines().filter_map(|line| line.trim().strip_prefix("Depends: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGETS: &str = "\
http://mirror.example/tools cloud-bookworm
http://mirror.example/debian/ bookworm
http://mirror.example/debian/ bookworm-updates
http://mirror.example/security/ bookworm-security
";

    fn mirrors(main: &str, security: &str) -> Mirrors {
        Mirrors { main: main.to_owned(), security: security.to_owned() }
    }

    #[test]
    fn mirrors_are_those_of_the_machine() {
        let expected = mirrors("http://mirror.example/debian", "http://mirror.example/security");
        assert_eq!(Mirrors::find(TARGETS, "bookworm"), Some(expected));
        assert_eq!(Mirrors::find(TARGETS, "noble"), None);
    }

    #[test]
    fn security_mirror_has_a_default_beside_the_main_one() {
        let found = Mirrors::find("http://mirror.example/debian/ trixie\n", "trixie");
        assert_eq!(
            found,
            Some(mirrors("http://mirror.example/debian", "http://mirror.example/debian-security"))
        );
    }

    #[test]
    fn security_suites_come_from_the_security_mirror() {
        let lines = sources(&mirrors("http://a", "http://b"), &["bookworm", "bookworm-security"]);
        let lines: Vec<&str> = lines.lines().collect();
        assert!(lines[0].ends_with("http://a bookworm main"), "{lines:?}");
        assert!(lines[1].ends_with("http://b bookworm-security main"), "{lines:?}");
    }

    #[test]
    fn dependencies_are_read_from_the_listing() {
        let listing = "linux-headers\n  Depends: linux-kbuild-6.1\n  Recommends: make\n  Depends: gcc-12\n";
        assert_eq!(depends(listing).collect::<Vec<_>>(), ["linux-kbuild-6.1", "gcc-12"]);
    }
}
