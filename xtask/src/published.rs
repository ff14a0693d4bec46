//! The crates that are published: each builds from its package alone, and has licences that go with ours.

use std::collections::BTreeSet;
use std::fs;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};

use crate::command::{cargo, run, stdout};
use crate::paths;
use crate::tally::Tally;

/// In the order in which they are published.
pub(crate) const CRATES: [&str; 6] =
    ["nl-tlv-sys", "nl-tlv-derive", "nl-tlv", "nl-tlv-uapi", "nl-tlv-testing", "nl-tlv-families"];

/// All that they have, for the builds that check them together.
pub(crate) const FEATURES: &str = "nl-tlv/tokio,nl-tlv/zerocopy,nl-tlv-testing/tokio";

/// All that the core depends on, which is `nl-tlv` without its default features.
const CORE: [&str; 6] = ["bitflags", "nl-tlv", "proc-macro2", "quote", "syn", "unicode-ident"];

/// Licences of which a dependency needs to offer one.
const LICENCES: [&str; 6] = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "Zlib", "Unicode-3.0"];

/// The crates as arguments of cargo.
pub(crate) fn packages() -> impl Iterator<Item = String> {
    CRATES.iter().map(|name| format!("--package={name}"))
}

/// Makes the packages and builds each from its package.
///
/// Cargo unpacks those that others need as if they came from a registry: once for a directory and a version, and never
/// again. In the same directory, an earlier state of the same version would be built. So each run has a directory of
/// its own.
pub(crate) fn package() -> Result<Tally> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let target = paths::target().join(format!("packages-{}", now.as_nanos()));
    let target_dir = format!("--target-dir={}", target.display());
    let built = run(cargo().args(["package", "--quiet", "--allow-dirty", &target_dir]).args(packages()));
    let removed = fs::remove_dir_all(&target);
    built?;
    removed.context("removing the packages")?;
    Ok(Tally { passed: CRATES.len(), ..Tally::default() })
}

/// Whether the dependencies are those that are wanted, from the registry, under licences that go with ours.
pub(crate) fn dependencies() -> Result<Tally> {
    let all = tree(packages().chain(["--all-features".to_owned()]))?;
    all.iter().try_for_each(Dependency::check)?;
    let core = tree(["--package=nl-tlv", "--no-default-features"].map(str::to_owned))?;
    for Dependency { name, .. } in &core {
        ensure!(CORE.contains(&name.as_str()), "the core of nl-tlv depends on {name}");
    }
    Ok(Tally { passed: all.len() + core.len(), ..Tally::default() })
}

/// A crate that is compiled into a program that uses ours, or while one is built.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Dependency {
    name: String,
    /// Where it comes from, if that is not the registry.
    source: Option<String>,
    licence: String,
}

/// What cargo builds for these arguments, each once.
fn tree(arguments: impl IntoIterator<Item = String>) -> Result<BTreeSet<Dependency>> {
    let format = ["tree", "--prefix=none", "--edges=normal,build", "--format={p}|{l}"];
    let listing = stdout(cargo().args(format).args(arguments))?;
    listing.lines().filter(|line| !line.is_empty()).map(dependency).collect()
}

/// From `name v1.2.3 (source)|licence`.
fn dependency(line: &str) -> Result<Dependency> {
    let (package, licence) = line.split_once('|').with_context(|| format!("cargo tree: {line}"))?;
    let licence = licence.trim_end_matches(" (*)").to_owned();
    let name = package.split(' ').next().unwrap_or_default().to_owned();
    let mut marks = package.split(' ').filter(|word| word.starts_with('('));
    let source = marks.find(|mark| *mark != "(proc-macro)").map(str::to_owned);
    Ok(Dependency { name, source, licence })
}

impl Dependency {
    fn check(&self) -> Result<()> {
        let Self { name, source, licence } = self;
        let is_ours = CRATES.contains(&name.as_str());
        ensure!(is_ours || source.is_none(), "{name} comes from {source:?}, not from the registry");
        ensure!(is_allowed(licence), "{name} is under `{licence}`");
        Ok(())
    }
}

/// Whether each part of an expression offers a licence that goes with ours.
fn is_allowed(expression: &str) -> bool {
    let is_known = |licence: &str| LICENCES.contains(&licence.trim_matches(|c| "() ".contains(c)));
    let alternatives = |part: &str| part.split(" OR ").flat_map(|part| part.split('/')).any(is_known);
    !expression.is_empty() && expression.split(" AND ").all(alternatives)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_licence_of_several_suffices_and_all_of_those_together() {
        for allowed in ["MIT", "GPL-3.0 OR MIT", "Unlicense/MIT", "(MIT OR Apache-2.0) AND Unicode-3.0"] {
            assert!(is_allowed(allowed), "{allowed}");
        }
        for refused in ["", "GPL-2.0", "MIT AND GPL-2.0"] {
            assert!(!is_allowed(refused), "{refused}");
        }
    }

    #[test]
    fn a_dependency_is_read_from_a_line() {
        let of = |line| dependency(line).unwrap();
        assert_eq!(of("syn v3.0.1|MIT OR Apache-2.0 (*)").licence, "MIT OR Apache-2.0");
        assert_eq!(of("zerocopy-derive v0.8.1 (proc-macro)|MIT").source, None);
        let strange = of("x v0.1.0 (https://example.net/x#1234)|MIT");
        assert!(strange.check().unwrap_err().to_string().contains("not from the registry"));
    }
}
