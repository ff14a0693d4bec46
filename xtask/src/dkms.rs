//! DKMS, used as `kmod/README.md` says, with directories of its own instead of the machine's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::apt::Apt;
use crate::command::{capture, run, said, tool};
use crate::host;
use crate::kernel::Kernel;
use crate::lane::Lane;
use crate::tally::Tally;
use crate::{module, paths};

/// A release that is older than the oldest one that `dkms.conf` names.
const TOO_OLD: &str = "5.10.0-1-amd64";

/// The program, a shell script; where it keeps things; and what it builds for.
struct Dkms<'a> {
    program: PathBuf,
    dir: &'a Path,
    kernel: &'a Kernel,
}

/// Adds the modules, installs them for the pinned kernel, and tries one that is too old.
pub(crate) fn check() -> Result<Tally> {
    let _lock = paths::lock()?;
    host::need(host::KERNEL)?;
    let kernel = Kernel::of(Lane::Pinned)?;
    let program = fetched()?;
    let source = module::copied("dkms/source")?;
    let dir = source.parent().context("no parent")?;
    let result = Dkms { program, dir, kernel: &kernel }.installs(&source);
    fs::remove_dir_all(dir)?;
    result
}

fn fetched() -> Result<PathBuf> {
    let tree = paths::cache().join("dkms");
    let program = tree.join("usr/sbin/dkms");
    if !program.is_file() {
        let apt = Apt::update(paths::cache().join("dkms-apt"), Lane::Pinned.suites())?;
        apt.unpack(&["dkms"], &tree)?;
    }
    Ok(program)
}

impl Dkms<'_> {
    fn installs(&self, source: &Path) -> Result<Tally> {
        let module = module_of(&fs::read_to_string(source.join("dkms.conf"))?)?;
        let release = &self.kernel.release;
        run(self.command("add")?.arg(source))?;
        let installed = self.dir.join("installtree").join(release);
        fs::create_dir_all(&installed)?;
        run(self.command("install")?.args([&module, "--no-depmod", "-k", release]))?;
        let place = installed.join("updates/dkms");
        for (name, is_there) in [("greet.ko", true), ("rtm.ko", true), ("nl_check.ko", false)] {
            ensure!(place.join(name).exists() == is_there, "{name} is installed: {}", !is_there);
        }

        let output = capture(self.command("build")?.args([&module, "-k", TOO_OLD]))?;
        let said = said(&output);
        ensure!(!output.status.success() && said.contains("BUILD_EXCLUSIVE"), "for {TOO_OLD}:\n{said}");
        Ok(Tally { passed: 2, ..Tally::default() })
    }

    fn command(&self, word: &str) -> Result<Command> {
        let mut command = tool("bash");
        command.arg(&self.program).arg(word).arg("--kernelsourcedir").arg(self.kernel.headers());
        for tree in ["dkmstree", "sourcetree", "installtree"] {
            let dir = self.dir.join(tree);
            fs::create_dir_all(&dir)?;
            command.arg(format!("--{tree}")).arg(dir);
        }
        Ok(command)
    }
}

/// Name and version as the commands take them.
fn module_of(conf: &str) -> Result<String> {
    let value = |name: &str| {
        let line = conf.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.map(|value| value.trim_matches('"')).with_context(|| format!("dkms.conf has no {name}"))
    };
    Ok(format!("{}/{}", value("PACKAGE_NAME")?, value("PACKAGE_VERSION")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_its_name_and_version() {
        let conf = "PACKAGE_NAME=\"nl-tlv\"\nPACKAGE_VERSION=\"0.2.0\"\n";
        assert_eq!(module_of(conf).unwrap(), "nl-tlv/0.2.0");
        assert!(module_of("PACKAGE_NAME=\"nl-tlv\"\n").is_err());
    }
}
