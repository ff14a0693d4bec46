//! Families in C that have no module. A header with messages that are neither ours nor in the table is a difference, so
//! that a new family is noticed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::gaps::entries;

/// How the names of messages begin, and what they are.
const TABLE: &str = include_str!("../left-out.toml");

/// Headers with one of these words are about netlink.
const WORDS: [&str; 4] = ["netlink", "genl", "nlattr", "nla_"];

/// What the names of messages have in them.
const MARKS: [&str; 3] = ["_CMD_", "_MSG_", "_NL_C"];

/// What is in C and neither ours nor in the table, and what is in the table but not in C.
pub(crate) fn differences(headers: &Path, is_ours: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let table: BTreeMap<String, String> = toml::from_str(TABLE)?;
    let (mut found, mut texts) = (Vec::new(), Vec::new());
    read(headers, &mut texts)?;
    let mut unused: BTreeSet<&String> = table.keys().collect();
    for text in texts.iter().filter(|text| is_netlink(text)) {
        let plain = without_comments(text);
        for names in plain.split("enum ").skip(1).filter_map(entries) {
            let names: Vec<&str> = names.map(|(name, _)| name).collect();
            let is_message =
                |name: &&&str| !name.starts_with("__") && MARKS.iter().any(|mark| name.contains(mark));
            let Some(first) = names.iter().find(is_message) else { continue };
            unused.retain(|start| !names.iter().any(|name| name.starts_with(start.as_str())));
            if !names.iter().any(|name| is_ours(name)) && !table.keys().any(|start| first.starts_with(start))
            {
                found.push(format!("C has {first} and others, which have no definition"));
            }
        }
    }
    found.extend(unused.iter().map(|start| format!("left-out.toml has {start}, which C has not")));
    Ok(found)
}

/// The texts of all headers, but those of one architecture.
fn read(dir: &Path, texts: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if !path.is_dir() {
            texts.push(String::from_utf8_lossy(&fs::read(path)?).into_owned());
        } else if !path.to_string_lossy().contains("-linux-gnu") {
            read(&path, texts)?;
        }
    }
    Ok(())
}

fn is_netlink(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

fn without_comments(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((code, comment)) = rest.split_once("/*") {
        plain.push_str(code);
        rest = comment.split_once("*/").map_or("", |(_, code)| code);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_left_out() {
        assert_eq!(without_comments("a /* b */ c /* d"), "a  c ");
    }

    #[test]
    fn the_table_can_be_read() {
        assert!(toml::from_str::<BTreeMap<String, String>>(TABLE).unwrap().len() > 20);
    }
}
