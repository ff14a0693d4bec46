//! What kernels accept: the policies of generic netlink families as JSON, and what differs between two kernels.

use crate::catalogue::names::hint;
use crate::error::Failure;
use crate::input;
use crate::json;
use crate::kernel;
use nl_tlv::control::Policy;
use nl_tlv::control::genl::PolicyEntry;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// The policies of a family.
#[derive(Debug, Default)]
pub struct Policies {
    /// Which policies a command has: for a request, and for a dump.
    pub commands: BTreeMap<u32, (Option<u32>, Option<u32>)>,
    /// What each policy accepts, by attribute type.
    pub accepts: BTreeMap<u32, BTreeMap<u16, Policy>>,
}

impl Policies {
    /// Those of the running kernel.
    ///
    /// # Errors
    ///
    /// The kernel's.
    pub fn of_kernel(family: &str) -> Result<Self, Failure> {
        let mut new = Self::default();
        for entry in kernel::policies(family)? {
            match entry {
                PolicyEntry::Command { cmd, doing, dumping } => {
                    new.commands.insert(cmd, (doing, dumping));
                }
                PolicyEntry::Attr { policy, ty, accepts } => {
                    new.accepts.entry(policy).or_default().insert(ty.get(), accepts);
                }
                _ => {}
            }
        }
        Ok(new)
    }

    /// What a command accepts: of a request, or if there is none of a dump.
    pub fn command(&self, cmd: u32) -> Option<&BTreeMap<u16, Policy>> {
        let (doing, dumping) = self.commands.get(&cmd)?;
        self.accepts.get(&doing.or(*dumping)?)
    }

    /// As JSON: the commands, each with what it accepts, nests in it.
    fn json(&self) -> Json {
        let mut commands = Map::new();
        for (cmd, (doing, dumping)) in &self.commands {
            let mut command = Map::new();
            for (kind, policy) in [("do", doing), ("dump", dumping)] {
                if let Some(policy) = policy {
                    command.insert(kind.into(), self.attrs(*policy, &mut Vec::new()));
                }
            }
            commands.insert(cmd.to_string(), command.into());
        }
        commands.into()
    }

    fn attrs(&self, policy: u32, above: &mut Vec<u32>) -> Json {
        if above.contains(&policy) || above.len() > 10 {
            return json!("as above");
        }
        above.push(policy);
        let mut attrs = Map::new();
        for (ty, accepts) in self.accepts.get(&policy).into_iter().flatten() {
            let mut attr = Map::new();
            attr.insert("accepts".into(), accepts.to_string().into());
            if let Some(inner) = accepts.policy_index {
                attr.insert("attributes".into(), self.attrs(inner, above));
            }
            attrs.insert(ty.to_string(), attr.into());
        }
        above.pop();
        attrs.into()
    }
}

/// The policies of families of the running kernel: all of them if none is named.
///
/// # Errors
///
/// The kernel's.
pub fn dump(families: &[String]) -> Result<Json, Failure> {
    let there: Vec<String> = kernel::families()?.into_iter().map(|family| family.name).collect();
    if let Some(missing) = families.iter().find(|name| !there.contains(name)) {
        let hint = hint(missing, there.iter().map(String::as_str));
        return Err(Failure::Usage(format!("this kernel has no generic netlink family `{missing}`{hint}")));
    }
    let all = if families.is_empty() { there } else { families.to_vec() };
    let mut found = Map::new();
    for family in all {
        let policies = Policies::of_kernel(&family)?;
        found.insert(family, policies.json());
    }
    Ok(found.into())
}

/// `nltool policies`.
///
/// # Errors
///
/// The kernel's.
pub fn run(families: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let text =
        serde_json::to_string_pretty(&dump(families)?).map_err(|err| Failure::Other(err.to_string()))?;
    Ok(writeln!(out, "{text}")?)
}

/// `nltool policy-diff`: what differs between two files, or between a file and the running kernel.
///
/// # Errors
///
/// If a file cannot be read; the kernel's.
pub fn diff(old: &Path, new: Option<&Path>, out: &mut dyn Write) -> Result<bool, Failure> {
    let (old, new) = (load(old)?, new.map_or_else(|| dump(&[]), load)?);
    let mut lines = Vec::new();
    compare(&mut Vec::new(), &old, &new, &mut lines);
    for line in &lines {
        writeln!(out, "{line}")?;
    }
    Ok(lines.is_empty())
}

fn load(path: &Path) -> Result<Json, Failure> {
    let named = |err: Failure| err.about(&path.display().to_string());
    let file = File::open(path).map_err(Failure::from).map_err(named)?;
    let text = input::text(file, input::MAX_LEN).map_err(named)?;
    json::text::parse(&text).map_err(|err| named(Failure::Other(err.to_string())))
}

/// Appends a line for everything that is in one of the two only, or differs.
fn compare(path: &mut Vec<String>, old: &Json, new: &Json, lines: &mut Vec<String>) {
    let place = |path: &[String]| {
        let words = ["", "command", "", "attribute", "", "attribute", "", "attribute"];
        let named = path.iter().zip(words.iter().chain(std::iter::repeat(&""))).map(|(name, word)| {
            let is_number = name.parse::<u32>().is_ok();
            if is_number && !word.is_empty() { format!("{word} {name}") } else { name.clone() }
        });
        named.filter(|name| name != "attributes" && name != "accepts").collect::<Vec<_>>().join(" ")
    };
    match (old, new) {
        (Json::Object(old), Json::Object(new)) => {
            for (key, before) in old {
                path.push(key.clone());
                match new.get(key) {
                    Some(after) => compare(path, before, after, lines),
                    None => lines.push(format!("- {}", place(path))),
                }
                path.pop();
            }
            for key in new.keys().filter(|key| !old.contains_key(*key)) {
                path.push(key.clone());
                lines.push(format!("+ {}", place(path)));
                path.pop();
            }
        }
        (old, new) if old != new => {
            let text = |json: &Json| json.as_str().map_or_else(|| json.to_string(), str::to_owned);
            lines.push(format!("~ {}: {} -> {}", place(path), text(old), text(new)));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_named() {
        let old = json!({"f": {"3": {"do": {"1": {"accepts": "u8"}, "2": {"accepts": "flag"}}}}, "g": {}});
        let new = json!({"f": {"3": {"do": {"1": {"accepts": "u8, at most 3"}, "4": {"accepts": "flag"}}}}, "h": {}});
        let mut lines = Vec::new();
        compare(&mut Vec::new(), &old, &new, &mut lines);
        assert_eq!(
            lines,
            [
                "~ f command 3 do attribute 1: u8 -> u8, at most 3",
                "- f command 3 do attribute 2",
                "+ f command 3 do attribute 4",
                "- g",
                "+ h"
            ]
        );
    }
}
