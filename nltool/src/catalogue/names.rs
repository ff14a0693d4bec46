//! Names as people type them: case, dashes and underscores do not count.

/// A name in lower case, without anything but letters and digits.
pub fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Whether two names are the same. Most names differ in their first letter, which is looked at where this is called.
#[inline]
pub fn same(left: &str, right: &str) -> bool {
    let first = |name: &str| name.bytes().next().filter(u8::is_ascii_alphanumeric).map(|byte| byte | 0x20);
    match (first(left), first(right)) {
        (Some(left), Some(right)) if left != right => false,
        _ => has_same_letters(left, right),
    }
}

fn has_same_letters(left: &str, right: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = u8> {
        name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
    }
    letters(left).eq(letters(right))
}

const VERBS: [(&str, &str); 7] = [
    ("new", "new"),
    ("get", "get"),
    ("delete", "del"),
    ("del", "del"),
    ("set", "set"),
    ("change", "set"),
    ("dump", "get"),
];

/// What a message does, and with what: `LinkGet` and `getlink` are both `get` and `link`. A message without a verb says
/// what an object is like, and makes one: `Link` is `newlink`.
pub fn by_verb(name: &str) -> (&'static str, String) {
    let plain = plain(name);
    for (verb, meaning) in VERBS {
        let object = plain.strip_prefix(verb).or_else(|| plain.strip_suffix(verb));
        if let Some(object) = object {
            return (meaning, short(object));
        }
    }
    ("new", short(&plain))
}

/// The operation that a message is of, as it is typed: `newlink`.
pub fn operation(name: &str) -> String {
    let (verb, object) = by_verb(name);
    verb.to_owned() + &object
}

/// `DevGet` is `dev-get`.
pub fn with_dashes(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// An object as the kernel abbreviates it.
pub fn short(object: &str) -> String {
    let short = match object {
        "address" => "addr",
        "neighbour" | "neighbor" => "neigh",
        other => other,
    };
    short.to_owned()
}

/// Whether a message with this name is a request, where answers share its number.
pub fn is_request(name: &str) -> bool {
    let plain = plain(name);
    ["request", "get", "set", "act"].iter().any(|end| plain.ends_with(end)) || plain.starts_with("get")
}

/// Whether a message with this name is an answer or an event, where requests share its number.
pub fn is_answer(name: &str) -> bool {
    let plain = plain(name);
    ["reply", "ntf", "notify"].iter().any(|end| plain.ends_with(end))
}

/// The name of an attribute as the kernel's specifications write it: with dashes.
pub fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

/// The name of a value as the kernel's specifications write it, byte by byte: `ToTbl` and `TO_TBL` are `to-tbl`.
pub fn value_name_bytes(name: &str) -> impl Iterator<Item = u8> {
    let mut was_lower = false;
    name.bytes().flat_map(move |byte| {
        let dash = (byte.is_ascii_uppercase() && was_lower).then_some(b'-');
        was_lower = byte.is_ascii_lowercase() || byte.is_ascii_digit();
        dash.into_iter().chain([if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() }])
    })
}

/// The same as text.
pub fn value_name(name: &str) -> String {
    value_name_bytes(name).map(char::from).collect()
}

/// The names that are most like a wrong one: `; did you mean ifname?`.
pub fn hint<'n>(wrong: &str, known: impl Iterator<Item = &'n str>) -> String {
    let wrong = plain(wrong);
    let mut known: Vec<_> = known.map(|name| (distance(&wrong, &plain(name)), name)).collect();
    known.sort_unstable();
    known.dedup();
    let close = known.iter().filter(|(distance, _)| *distance <= (wrong.len() / 3).max(1)).take(3);
    let mut close: Vec<_> = close.map(|(_, name)| *name).collect();
    if close.is_empty() && wrong.len() > 2 {
        let longer = known.iter().map(|(_, name)| *name).filter(|name| plain(name).contains(&wrong));
        close = longer.take(3).collect();
    }
    match (&close[..], known.len()) {
        ([], 0) => String::new(),
        ([], _) => {
            let mut names: Vec<_> = known.iter().map(|(_, name)| *name).collect();
            names.sort_unstable();
            let more = if names.len() > 12 { ", .." } else { "" };
            format!("; there are {}{more}", names[..names.len().min(12)].join(", "))
        }
        (close, _) => format!("; did you mean {}?", close.join(" or ")),
    }
}

/// How many letters must be added, removed or changed to make one name of the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let change = before + usize::from(a != *b);
            before = row[j + 1];
            row[j + 1] = change.min(before + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_found_in_either_order_of_words() {
        assert_eq!(by_verb("LinkGet"), by_verb("getlink"));
        assert_eq!(by_verb("AddressDelete"), by_verb("deladdr"));
        assert_ne!(by_verb("LinkGet"), by_verb("newlink"));
        assert_eq!(by_verb("Address"), by_verb("newaddr"));
    }

    #[test]
    fn similar_names_are_proposed() {
        assert_eq!(hint("ifnmae", ["ifname", "mtu"].into_iter()), "; did you mean ifname?");
        assert_eq!(hint("zzz", ["mtu", "ifname"].into_iter()), "; there are ifname, mtu");
        assert_eq!(hint("link", ["linkinfo-get", "rings-get"].into_iter()), "; did you mean linkinfo-get?");
        assert_eq!(distance("abc", "abd"), 1);
    }

    #[test]
    fn case_and_dashes_do_not_count() {
        assert!(same("ifi_index", "IFI-Index") && !same("mtu", "min-mtu"));
        assert!(same("_pad", "pad") && !same("pad", "_mad") && same("", "-") && !same("", "a"));
    }
}
