//! What kernels accept: the policies of generic netlink families as JSON, and what differs between two kernels.

use crate::catalogue::names::hint;
use crate::error::Failure;
use crate::input;
use crate::json;
use crate::kernel;
use nl_tlv::control::Policy;
use nl_tlv::control::genl::{Family, PolicyEntry};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// The policies of a family.
#[derive(Debug, Default)]
pub struct Policies {
    /// The operations, with the bits of `GENL_*` that say what each takes.
    pub ops: BTreeMap<u32, u32>,
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
    pub fn of_kernel(family: &Family) -> Result<Self, Failure> {
        let mut new = Self { ops: family.ops.iter().copied().collect(), ..Self::default() };
        for entry in kernel::policies(&family.name)? {
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

    /// The operations of this kernel, whether they have policies or not.
    pub fn numbers(&self) -> BTreeSet<u32> {
        self.ops.keys().chain(self.commands.keys()).copied().collect()
    }

    /// What can be asked with a command, in words.
    pub fn kinds(&self, cmd: u32) -> String {
        if !self.numbers().contains(&cmd) {
            return "not a request of this kernel".into();
        }
        let (doing, dumping) = self.commands.get(&cmd).copied().unwrap_or_default();
        let flags = self.ops.get(&cmd).copied().unwrap_or(0);
        let words = [
            (doing.is_some() || flags & CAN_DO != 0, "do"),
            (dumping.is_some() || flags & CAN_DUMP != 0, "dump"),
            (doing.or(dumping).is_none(), "no policy"),
            (flags & ADMIN_PERM != 0, "needs CAP_NET_ADMIN in the first user namespace"),
            (flags & UNS_ADMIN_PERM != 0, "needs CAP_NET_ADMIN"),
        ];
        words.iter().filter(|(is_so, _)| *is_so).map(|(_, word)| *word).collect::<Vec<_>>().join(", ")
    }

    /// As JSON: the commands, each with what it accepts, nests in it.
    fn json(&self) -> Json {
        let mut commands = Map::new();
        for cmd in self.numbers() {
            let (doing, dumping) = self.commands.get(&cmd).copied().unwrap_or_default();
            let flags = self.ops.get(&cmd).copied().unwrap_or(0);
            let mut command = Map::new();
            for (kind, policy, bit) in [("do", doing, CAN_DO), ("dump", dumping, CAN_DUMP)] {
                match policy {
                    Some(policy) => drop(command.insert(kind.into(), self.attrs(policy, &mut Vec::new()))),
                    None if flags & bit != 0 => drop(command.insert(kind.into(), "no policy".into())),
                    None => {}
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

/// `GENL_ADMIN_PERM`, and in a network namespace of one's own `GENL_UNS_ADMIN_PERM`.
pub const ADMIN_PERM: u32 = 1;
const UNS_ADMIN_PERM: u32 = 0x10;
/// `GENL_CMD_CAP_DO`.
const CAN_DO: u32 = 2;
/// `GENL_CMD_CAP_DUMP`.
const CAN_DUMP: u32 = 4;

/// The policies of families of the running kernel: all of them if none is named.
///
/// # Errors
///
/// The kernel's.
pub fn dump(families: &[String]) -> Result<Json, Failure> {
    let there = kernel::families()?;
    if let Some(missing) = families.iter().find(|name| !there.iter().any(|family| family.name == **name)) {
        let hint = hint(missing, there.iter().map(|family| family.name.as_str()));
        return Err(Failure::Usage(format!("this kernel has no generic netlink family `{missing}`{hint}")));
    }
    let mut found = Map::new();
    for family in there.iter().filter(|family| families.is_empty() || families.contains(&family.name)) {
        found.insert(family.name.clone(), Policies::of_kernel(family)?.json());
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
    fn operations_without_a_policy_are_told_with_what_they_take() {
        let mut policies = Policies { ops: [(1, CAN_DUMP), (2, CAN_DO | 1)].into(), ..Policies::default() };
        policies.commands.insert(3, (Some(0), Some(0)));
        assert_eq!(
            policies.json(),
            json!({"1": {"dump": "no policy"}, "2": {"do": "no policy"}, "3": {"do": {}, "dump": {}}})
        );
        assert_eq!(policies.kinds(1), "dump, no policy");
        assert_eq!(policies.kinds(2), "do, no policy, needs CAP_NET_ADMIN in the first user namespace");
        assert_eq!(
            (policies.kinds(3), policies.kinds(4)),
            ("do, dump".into(), "not a request of this kernel".into())
        );
    }

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
