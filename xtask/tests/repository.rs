//! Facts about the files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

/// The most lines of code that the sources of a directory may have. Lowered when some go.
const BUDGETS: [(&str, usize); 3] =
    [("nl-tlv/src", 12_995), ("nl-tlv-derive/src", 3_199), ("examples", 2_472)];

/// The most lines of one source file, unless it is generated.
const FILE: usize = 700;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Files that hold only tests.
const TESTS: [&str; 3] = ["tests.rs", "golden.rs", "documented.rs"];

/// Lines of code: without comments, empty lines and unit tests. Nobody has to leave out a word, a test or air to stay
/// within a budget.
fn code_lines(path: &Path) -> usize {
    if TESTS.iter().any(|name| path.ends_with(name)) {
        return 0;
    }
    let text = fs::read_to_string(path).unwrap();
    let (code, _) = text.split_once("\n#[cfg(test)]\nmod tests {\n").unwrap_or((&text, ""));
    code.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

/// The Rust sources below a directory, with their lines.
fn sources(dir: &Path) -> Vec<(PathBuf, usize)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "target" {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            found.push((path, lines));
        }
    }
    found
}

#[test]
fn sources_stay_within_their_budgets() {
    for (dir, most) in BUDGETS {
        let lines: usize = sources(&root().join(dir)).iter().map(|(path, _)| code_lines(path)).sum();
        assert!(lines <= most, "{dir} has {lines} lines, of at most {most}");
    }
}

#[test]
fn no_source_file_is_long() {
    for crate_dir in
        ["nl-tlv", "nl-tlv-derive", "nl-tlv-sys", "nl-tlv-uapi", "nl-tlv-testing", "lab", "examples", "xtask"]
    {
        for (path, lines) in sources(&root().join(crate_dir)) {
            assert!(lines <= FILE, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn each_decision_is_in_the_index_and_in_the_book() {
    let dir = root().join("docs/src/decisions");
    let index = fs::read_to_string(dir.join("index.md")).unwrap();
    let book = fs::read_to_string(root().join("docs/src/SUMMARY.md")).unwrap();
    let mut count = 0;
    for entry in fs::read_dir(&dir).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name != "index.md" {
            assert!(index.contains(&format!("({name})")), "the index has no {name}");
            assert!(book.contains(&format!("(decisions/{name})")), "the book has no {name}");
            count += 1;
        }
    }
    assert!(count > 20);
}

#[test]
fn messages_with_a_watch_of_their_own_have_no_derived_key() {
    let families = root().join("families/src");
    let mut count = 0;
    for (path, _) in sources(&families.join("watch")) {
        let text = fs::read_to_string(&path).unwrap();
        let Some((module, _)) = text.split_once("\nuse crate::").and_then(|(_, rest)| rest.split_once("::"))
        else {
            continue;
        };
        let generated = fs::read_to_string(families.join(module).with_extension("rs")).unwrap();
        assert!(!generated.contains("deleted = "), "{module} derives a key");
        count += 1;
    }
    assert!(count > 6);
}

#[test]
fn the_derive_is_pinned_to_the_version_of_the_library() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let line = |start: &str| manifest.lines().find(|line| line.starts_with(start)).unwrap();
    let version = line("version = ").split('"').nth(1).unwrap();
    assert!(line("nl-tlv-derive = ").contains(&format!("\"={version}\"")));
}

/// The most lines of C in the modules: without blank lines, comments and generated headers.
const C_LINES: usize = 2_350;

#[test]
fn the_modules_stay_within_their_budget() {
    let files = fs::read_dir(root().join("kmod")).unwrap().map(|entry| entry.unwrap().path());
    let is_c = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.ends_with(".h") || name.ends_with(".c") && !name.ends_with(".mod.c")
    };
    let lines: usize = files.filter(is_c).map(|path| c_lines(&fs::read_to_string(path).unwrap())).sum();
    assert!(lines > 1_000 && lines <= C_LINES, "kmod has {lines} lines of C, of at most {C_LINES}");
}

/// Lines with something beside comments. No string of the modules holds the mark of one.
fn c_lines(text: &str) -> usize {
    let mut code = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        code.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, behind)| behind);
    }
    code.push_str(rest);
    code.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with("//")).count()
}
