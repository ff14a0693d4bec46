//! Attributes and messages that `linux/*.h` numbers beside ours, and that no specification has.

use std::collections::BTreeSet;

/// What the names of those end with that are neither attributes nor messages.
const NOTHING: [&str; 8] = ["_MAX", "_UNSPEC", "_UNDEFINED", "_PAD", "_NONE", "_UNUSED", "_UNUSED1", "_BASE"];

/// The names in enums of C, of which one at least is one of `wanted`, that are neither ours nor other names for something.
pub(crate) fn gaps<'t>(
    text: &'t str,
    wanted: &BTreeSet<String>,
    is_ours: impl Fn(&str) -> bool,
) -> Vec<&'t str> {
    let mut gaps = Vec::new();
    for entries in text.split("enum ").skip(1).filter_map(entries) {
        let is_wanted = entries.clone().any(|(name, _)| wanted.contains(name));
        let is_gap = |(name, value): &(&str, &str)| {
            !is_ours(name)
                && !name.is_empty()
                && !["__", "NUM_"].iter().any(|start| name.starts_with(start))
                && !NOTHING.iter().any(|end| name.ends_with(end))
                && !value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        };
        gaps.extend(entries.filter(|entry| is_wanted && is_gap(entry)).map(|(name, _)| name));
    }
    gaps
}

/// The names and values of an enum, whose text begins behind the word.
pub(crate) fn entries(text: &str) -> Option<impl Iterator<Item = (&str, &str)> + Clone> {
    let (tag, rest) = text.split_once('{')?;
    let is_tag = tag.trim().chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let (body, _) = rest.split_once('}').filter(|_| is_tag)?;
    Some(body.split(',').map(|entry| {
        let code = entry.lines().filter(|line| !line.starts_with('#'));
        let code = code.map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let (name, value) = code.split_once('=').unwrap_or((code, ""));
        (name.trim(), value.trim())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "enum {\n A_UNSPEC,\n A_ONE,\n#define A_ONE A_ONE\n A_TWO,\n A_OTHER = A_ONE,\n __A_MAX\n};\n\
                        enum kind { K_ONE, K_TWO };\nint f(enum kind k) { return 0; }";

    #[test]
    fn an_attribute_beside_ours_is_a_gap() {
        let ours = BTreeSet::from(["A_ONE".to_owned()]);
        assert_eq!(gaps(TEXT, &ours, |name| name == "A_ONE"), ["A_TWO"]);
    }

    #[test]
    fn other_enums_have_no_gaps() {
        assert!(gaps(TEXT, &BTreeSet::new(), |_| false).is_empty());
    }
}
