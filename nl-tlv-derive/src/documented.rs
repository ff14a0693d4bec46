//! Whether the book's tables of keys and of mistakes leave nothing out: no key, no message, no compile-fail test.

use crate::attr::KEYS;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(directory: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(directory)).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

/// The rows of the tables in a chapter of the book's page on definitions, as cells.
fn rows(chapter: &str) -> Vec<Vec<String>> {
    let page = fs::read_to_string(root().join("docs/src/defining.md")).unwrap();
    let (_, text) = page.split_once(&format!("\n## {chapter}\n")).unwrap();
    let text = text.split("\n## ").next().unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| "));
    rows.map(|row| row.trim_matches('|').split(" | ").map(str::to_owned).collect()).collect()
}

/// What stands between backticks, up to a blank.
fn names(cell: &str) -> impl Iterator<Item = &str> {
    let quoted = cell.split('`').skip(1).step_by(2);
    let words = quoted.flat_map(|text| text.split(", ")).filter_map(|text| text.split(' ').next());
    words.filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
}

fn keys(rows: &[Vec<String>]) -> BTreeSet<&str> {
    rows.iter().flat_map(|row| names(&row[0])).collect()
}

#[test]
fn every_key_has_its_meaning_and_its_misuse_in_the_book() {
    let all: BTreeSet<&str> = KEYS.iter().map(|(key, ..)| *key).collect();
    assert_eq!(keys(&rows("Keys")), all);
    let mistakes = rows("What a mistake says");
    let missing: Vec<_> = all.difference(&keys(&mistakes)).copied().collect();
    assert!(missing.is_empty(), "no misuse of {missing:?} is shown");
}

#[test]
fn every_mistake_in_the_book_has_a_test_and_every_test_is_in_the_book() {
    let tests = files("nl-tlv/tests/compile_fail", "rs");
    let tests: BTreeSet<_> = tests.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
    let mistakes = rows("What a mistake says");
    let shown: BTreeSet<_> = mistakes.iter().skip(1).flat_map(|row| names(row.last().unwrap())).collect();
    assert_eq!(shown, tests);
}

#[test]
fn every_message_of_the_derives_is_seen_in_a_test() {
    let expected = files("nl-tlv/tests/compile_fail", "stderr");
    let expected: String = expected.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let sources = ["nl-tlv-derive/src", "nl-tlv-derive/src/expand"].map(|path| files(path, "rs")).concat();
    let mut seen = 0;
    for path in sources.iter().filter(|path| !NO_MISTAKES.iter().any(|name| path.ends_with(name))) {
        let source = fs::read_to_string(path).unwrap();
        let code = source.split("#[cfg(test)]\nmod ").next().unwrap();
        let is_tested_there = |text: &str| text.contains("need the feature `alloc`");
        let messages = literals(code).filter(|text| text.matches(' ').count() >= 3 && !is_tested_there(text));
        for message in messages {
            let text = message.replace("\\\"", "\"");
            let is_seen = text.split(['{', '}']).step_by(2).all(|part| expected.contains(part.trim()));
            assert!(is_seen, "{}: no test shows `{message}`", path.display());
            seen += 1;
        }
    }
    assert!(seen > 60, "only {seen} messages were found");
}

/// Files whose texts are not messages: doc comments of what is generated, tests.
const NO_MISTAKES: [&str; 3] = ["one.rs", "golden.rs", "documented.rs"];

/// The string literals of a source, comments left out.
fn literals(code: &str) -> impl Iterator<Item = &str> {
    code.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| {
        let ends: Vec<_> =
            line.match_indices('"').map(|(at, _)| at).filter(|at| !line[..*at].ends_with('\\')).collect();
        ends.chunks(2).filter_map(|pair| line.get(pair[0] + 1..*pair.get(1)?)).collect::<Vec<_>>()
    })
}
