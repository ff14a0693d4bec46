//! Names of specifications as names of Rust and of C.

/// Words that Rust keeps for itself.
const KEYWORDS: &[&str] = &[
    "as", "break", "const", "continue", "dyn", "else", "enum", "extern", "false", "fn", "for", "if", "impl",
    "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "static", "struct", "trait",
    "true", "type", "unsafe", "use", "where", "while", "async", "await", "abstract", "become", "box", "do",
    "final", "macro", "override", "priv", "typeof", "unsized", "virtual", "yield", "try", "gen",
];

/// Words that cannot be names in Rust, not even raw ones, or that the derives use.
const TAKEN: &[&str] = &["self", "super", "crate", "other", "rest"];

/// The name of a type or of a variant.
pub(crate) fn camel(name: &str) -> String {
    let words = name.split(['-', '_', ' ', '/']).filter(|word| !word.is_empty());
    let joined: String = words.map(capitalised).collect();
    match joined.as_str() {
        "Self" | "Other" => format!("{joined}_"),
        _ if joined.starts_with(|first: char| first.is_ascii_digit()) => format!("N{joined}"),
        _ => joined,
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars.map(|char| char.to_ascii_lowercase())).collect()
}

/// The name of a field or of a module.
pub(crate) fn snake(name: &str) -> String {
    let plain = name.replace(['-', ' ', '/'], "_").to_ascii_lowercase();
    match plain.as_str() {
        word if KEYWORDS.contains(&word) => format!("r#{word}"),
        word if TAKEN.contains(&word) => format!("{word}_"),
        word if word.starts_with(|first: char| first.is_ascii_digit()) => format!("n{word}"),
        _ => plain,
    }
}

/// The name of a constant.
pub(crate) fn shout(name: &str) -> String {
    let plain = name.replace(['-', ' ', '/'], "_").to_ascii_uppercase();
    if plain.starts_with(|first: char| first.is_ascii_digit()) { format!("N{plain}") } else { plain }
}

/// The name of a constant in C, out of its prefix and its name.
pub(crate) fn c_constant(prefix: &str, name: &str) -> String {
    format!("{prefix}{name}").replace(['-', ' ', '/'], "_").to_ascii_uppercase()
}

/// The name of a struct or a member in C.
pub(crate) fn c_name(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_rust_does_not_take_are_changed() {
        assert_eq!(camel("linkinfo-bond-attrs"), "LinkinfoBondAttrs");
        assert_eq!(camel("8021q"), "N8021q");
        assert_eq!(snake("type"), "r#type");
        assert_eq!(snake("other"), "other_");
        assert_eq!(shout("8021ad"), "N8021AD");
    }

    #[test]
    fn names_in_c_have_their_prefix() {
        assert_eq!(c_constant("ifla-", "min-mtu"), "IFLA_MIN_MTU");
    }
}
