//! Order of kernel releases.

use std::cmp::Ordering;

/// Compares runs of digits as numbers and what is between them as text, so that `6.1.0-9` comes before `6.1.0-56`.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    parts(left).cmp(&parts(right))
}

/// The newest release of one architecture and flavour: those whose names are `<prefix><digit>...<suffix>`, where
/// what is between holds no other flavour (`cloud-amd64`, `rt-amd64`).
pub(crate) fn newest<'a>(
    names: impl Iterator<Item = &'a str>,
    prefix: &str,
    suffix: &str,
) -> Option<&'a str> {
    names
        .filter(|name| {
            let inner = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
            inner.is_some_and(|inner| {
                inner.starts_with(|c: char| c.is_ascii_digit())
                    && !inner.split('-').any(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()))
            })
        })
        .max_by(|left, right| compare(left, right))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Text(&'a str),
    Number(u64),
}

fn parts(version: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = version;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        parts.push(match part.parse() {
            Ok(number) if digits => Part::Number(number),
            _ => Part::Text(part),
        });
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_as_numbers() {
        assert_eq!(compare("6.1.0-9", "6.1.0-56"), Ordering::Less);
        assert_eq!(compare("6.12.9+deb12", "6.12.117+deb12"), Ordering::Less);
        assert_eq!(compare("7.3.4", "7.2.12"), Ordering::Greater);
        assert_eq!(compare("6.1.0-56", "6.1.0-56"), Ordering::Equal);
    }

    #[test]
    fn the_newest_is_of_the_plain_flavour() {
        let names = [
            "linux-headers-7.2.12+deb13-amd64",
            "linux-headers-7.3.4+deb13-rt-amd64",
            "linux-headers-7.3.4+deb13-cloud-amd64",
            "linux-headers-7.2.9+deb13-amd64",
            "linux-headers-7.9.0+deb13-common",
            "linux-headers-amd64",
        ];
        let newest = newest(names.into_iter(), "linux-headers-", "-amd64");
        assert_eq!(newest, Some("linux-headers-7.2.12+deb13-amd64"));
    }

    #[test]
    fn nothing_of_that_name_is_none() {
        assert_eq!(newest(["linux-doc-7.2"].into_iter(), "linux-headers-", "-amd64"), None);
    }
}
