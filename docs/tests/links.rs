//! Every link of the book, the README and the other pages leads somewhere: files, pictures, headings, included files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn book() -> PathBuf {
    root().join("docs/src")
}

/// All pages of the book.
fn pages() -> Vec<PathBuf> {
    let (mut pages, mut directories) = (Vec::new(), vec![book()]);
    while let Some(directory) = directories.pop() {
        for path in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => directories.push(path),
                false if is_page(&path) => pages.push(path),
                false => {}
            }
        }
    }
    pages.sort();
    pages
}

/// Pages outside of the book.
fn others() -> Vec<PathBuf> {
    let names = [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "benches/README.md",
        "benches/RESULTS.md",
    ];
    let more =
        ["kmod/README.md", "fuzz/README.md", "docs/captures/README.md", "examples/own-module/README.md"];
    names.iter().chain(&more).map(|name| root().join(name)).collect()
}

fn is_page(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

/// The text without blocks of code and code in lines; of headings only the marks of code go.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code && line.starts_with('#') {
            prose += &line.replace('`', "");
        } else if !is_code {
            prose.extend(line.split('`').step_by(2));
        }
        prose.push('\n');
    }
    prose
}

/// Where the links of a page lead.
fn links(prose: &str) -> impl Iterator<Item = &str> {
    prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link)
}

/// The names of the headings, as mdbook and GitHub make them.
fn headings(prose: &str) -> BTreeSet<String> {
    let slug = |heading: &str| {
        let kept = |c: &char| c.is_alphanumeric() || ['-', '_', ' '].contains(c);
        heading
            .trim_start_matches('#')
            .trim()
            .to_lowercase()
            .chars()
            .filter(kept)
            .collect::<String>()
            .replace(' ', "-")
    };
    prose.lines().filter(|line| line.starts_with('#')).map(slug).collect()
}

/// What is wrong with a link of a page.
fn mistake(page: &Path, link: &str) -> Option<String> {
    if link.starts_with("http://") || link.starts_with("https://") {
        return None;
    }
    let (file, heading) = link.split_once('#').map_or((link, None), |(file, heading)| (file, Some(heading)));
    let target = match file {
        "" => page.to_owned(),
        file => page.parent().unwrap().join(file),
    };
    let Ok(target) = target.canonicalize() else { return Some("there is no such file".into()) };
    if page.starts_with(book()) && !target.starts_with(book()) {
        return Some("leads out of the book".into());
    }
    let has = |heading: &str| headings(&prose(&fs::read_to_string(&target).unwrap())).contains(heading);
    heading.filter(|heading| !has(heading)).map(|heading| format!("there is no heading `{heading}`"))
}

/// The files that a page includes, each with the name of the part.
fn includes(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let inside = text.split("{{#include ").skip(1).filter_map(|rest| rest.split_once("}}"));
    inside.map(|(what, _)| what.split_once(':').map_or((what, None), |(file, part)| (file, Some(part))))
}

#[test]
fn each_link_leads_somewhere() {
    let (mut count, mut wrong) = (0, Vec::new());
    for page in pages().into_iter().chain(others()) {
        let text = prose(&fs::read_to_string(&page).unwrap());
        for link in links(&text) {
            count += 1;
            wrong.extend(mistake(&page, link).map(|why| format!("{}: {link}: {why}", page.display())));
        }
    }
    assert!(count > 100, "only {count} links were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_page_is_in_the_summary() {
    let summary = fs::read_to_string(book().join("SUMMARY.md")).unwrap();
    let is_listed = |page: &PathBuf| {
        let name = page.strip_prefix(book()).unwrap().display().to_string();
        name == "SUMMARY.md" || summary.contains(&format!("({name})"))
    };
    let left_out: Vec<PathBuf> = pages().into_iter().filter(|page| !is_listed(page)).collect();
    assert!(left_out.is_empty(), "{left_out:?}");
}

#[test]
fn each_included_part_is_there() {
    let mut count = 0;
    for page in pages() {
        let source = fs::read_to_string(&page).unwrap();
        for (file, part) in includes(&source) {
            count += 1;
            let text = fs::read_to_string(page.parent().unwrap().join(file));
            let text = text.unwrap_or_else(|err| panic!("{} includes {file}: {err}", page.display()));
            let has = |part: &str| {
                text.contains(&format!("ANCHOR: {part}")) && text.contains(&format!("ANCHOR_END: {part}"))
            };
            assert!(part.is_none_or(has), "{} includes {part:?} of {file}", page.display());
            let name = file.trim_start_matches("../");
            assert!(source.contains(&format!("`{name}`")), "{} does not name {name}", page.display());
        }
    }
    assert!(count > 5, "only {count} parts are included");
}

#[test]
fn wrong_links_are_found() {
    let page = book().join("start/socket.md");
    assert_eq!(mistake(&page, "message.md#one-message-by-hand"), None);
    assert!(mistake(&page, "message.md#no-such-heading").is_some());
    assert!(mistake(&page, "no-such-page.md").is_some());
    assert!(mistake(&page, "../../../README.md").unwrap().contains("out of the book"));
}
