//! The public API as text: a checked-in listing for each crate, so that a review sees what a change does to it.
//!
//! It is read from the pages that rustdoc writes, which the stable compiler has; another compiler may word them
//! differently.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::paths;
use crate::tally::Tally;

/// Crates whose API users meet, as packages.
const CRATES: [&str; 3] = ["nl-tlv", "nl-tlv-testing", "nl-tlv-uapi"];

/// Structs, enums and traits that `nl-tlv` may have, with all features; and of them at its root. Lower them when some go.
const MOST: usize = 90;
const MOST_AT_THE_ROOT: usize = 26;

/// Kinds of items in the order of the listing: the heading of rustdoc's list of all items, and what counts as a type.
const KINDS: [(&str, bool); 10] = [
    ("structs", true),
    ("enums", true),
    ("unions", true),
    ("traits", true),
    ("macros", false),
    ("derives", false),
    ("attributes", false),
    ("functions", false),
    ("types", false),
    ("constants", false),
];

/// Writes the listings.
pub(crate) fn write() -> Result<()> {
    for name in CRATES {
        let (path, listing) = (path(name), Listing::of(name)?);
        fs::create_dir_all(path.parent().unwrap_or(paths::root()))?;
        if fs::read_to_string(&path).ok().as_deref() != Some(&*listing.text) {
            fs::write(&path, &listing.text)?;
            println!("wrote docs/api/{name}.txt: {} types, {} at the root", listing.types, listing.at_root);
        }
    }
    Ok(())
}

/// Whether the listings are what the documentation, which has been built, says; and whether `nl-tlv` is small enough.
pub(crate) fn check() -> Result<Tally> {
    for name in CRATES {
        let listing = Listing::of(name)?;
        let present = fs::read_to_string(path(name)).unwrap_or_default();
        if let Some(change) = first_difference(&present, &listing.text) {
            bail!("the API of {name} has changed: `cargo xtask api` writes docs/api/{name}.txt\n{change}");
        }
        let (types, at_root) = (listing.types, listing.at_root);
        let is_small = name != "nl-tlv" || (types <= MOST && at_root <= MOST_AT_THE_ROOT);
        ensure!(is_small, "nl-tlv has {types} types of {MOST}, {at_root} of {MOST_AT_THE_ROOT} at the root");
    }
    Ok(Tally { passed: CRATES.len(), ..Tally::default() })
}

fn path(name: &str) -> PathBuf {
    paths::root().join("docs/api").join(name).with_extension("txt")
}

/// The API of one crate.
struct Listing {
    text: String,
    types: usize,
    at_root: usize,
}

impl Listing {
    fn of(name: &str) -> Result<Self> {
        let dir = paths::target().join("doc").join(name.replace('-', "_"));
        let index = fs::read_to_string(dir.join("all.html"));
        let index = index.with_context(|| format!("the documentation of {name} has not been built"))?;
        let mut listing = Self { text: String::new(), types: 0, at_root: 0 };
        for (kind, is_type) in KINDS {
            for (page, path) in items(&index, kind) {
                listing.add(&dir, page, &path)?;
                listing.types += usize::from(is_type);
                listing.at_root += usize::from(is_type && !path.contains("::"));
            }
        }
        Ok(listing)
    }

    fn add(&mut self, dir: &Path, page: &str, path: &str) -> Result<()> {
        let html = fs::read_to_string(dir.join(page)).with_context(|| page.to_owned())?;
        let declaration = between(&html, "class=\"rust item-decl\"><code>", "</code></pre>").map(text);
        writeln!(self.text, "{path}: {}", declaration.unwrap_or_default())?;
        for method in methods(&html) {
            writeln!(self.text, "    {method}")?;
        }
        let traits = traits(&html);
        if !traits.is_empty() {
            writeln!(self.text, "    is {}", traits.join(", "))?;
        }
        Ok(())
    }
}

/// Pages and paths of a kind in rustdoc's list of all items.
fn items<'h>(index: &'h str, kind: &str) -> Vec<(&'h str, String)> {
    let Some(list) = between(index, &format!("<h3 id=\"{kind}\">"), "</ul>") else { return Vec::new() };
    let item = |item: &'h str| Some((item.split_once('"')?.0, text(between(item, ">", "</a>")?)));
    list.split("<a href=\"").skip(1).filter_map(item).collect()
}

/// Signatures of the methods that a type has of its own; the declaration of a trait has those of the trait.
fn methods(html: &str) -> Vec<String> {
    let own = between(html, "id=\"implementations-list\"", "id=\"trait-implementations\"");
    let own = own.or_else(|| between(html, "id=\"implementations-list\"", "</html>")).unwrap_or_default();
    let of = own.split("<h4 class=\"code-header\">").skip(1);
    of.filter_map(|method| Some(text(method.split_once("</h4>")?.0))).collect()
}

/// Names of the traits that it implements, those apart that the compiler implements by itself.
fn traits(html: &str) -> Vec<String> {
    let list = between(html, "<ul class=\"block trait-implementation\">", "</ul>").unwrap_or_default();
    let names = list.split("<li>").skip(1).filter_map(|item| between(item, "\">", "</a>"));
    names.map(text).collect()
}

fn between<'h>(html: &'h str, start: &str, end: &str) -> Option<&'h str> {
    let (_, rest) = html.split_once(start)?;
    rest.split_once(end).map(|(inside, _)| inside)
}

/// HTML as one line of text, without the words under which rustdoc folds long lists.
fn text(html: &str) -> String {
    let (mut text, mut is_tag) = (String::new(), false);
    let mut parts = html.split("<summary class=\"hideme\">");
    let first = parts.next().unwrap_or_default();
    let unfolded = parts.map(|part| part.split_once("</summary>").map_or(part, |(_, rest)| rest));
    for char in std::iter::once(first).chain(unfolded).flat_map(str::chars) {
        match char {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ if is_tag => {}
            _ => text.push(char),
        }
    }
    for (entity, char) in ENTITIES {
        text = text.replace(entity, char);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const ENTITIES: [(&str, &str); 8] = [
    ("&lt;", "<"),
    ("&#60;", "<"),
    ("&gt;", ">"),
    ("&#62;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&nbsp;", " "),
    ("&amp;", "&"),
];

/// The first line that differs, as a diff shows it.
fn first_difference(present: &str, new: &str) -> Option<String> {
    let (mut old, mut new) = (present.lines(), new.lines());
    loop {
        match (old.next(), new.next()) {
            (None, None) => return None,
            (old, new) if old == new => {}
            (old, new) => return Some(format!("-{}\n+{}", old.unwrap_or_default(), new.unwrap_or_default())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_read_without_their_links() {
        let html = "<div id=\"implementations-list\"><h4 class=\"code-header\">pub fn <a href=\"#\">ty</a>(&amp;self) -&gt; \
                    <a>AttrType</a></h4></div><h2 id=\"trait-implementations\"><h4 class=\"code-header\">fn clone</h4>";
        assert_eq!(methods(html), ["pub fn ty(&self) -> AttrType"]);
    }

    #[test]
    fn items_are_those_of_one_kind() {
        let index = "<h3 id=\"structs\">Structs</h3><ul class=\"all-items\"><li><a href=\"a/struct.B.html\">a::B</a></li></ul>\
                     <h3 id=\"enums\">Enums</h3><ul><li><a href=\"enum.C.html\">C</a></li></ul>";
        assert_eq!(items(index, "structs"), [("a/struct.B.html", "a::B".to_owned())]);
        assert_eq!(items(index, "traits"), []);
    }

    #[test]
    fn a_changed_line_is_shown() {
        assert_eq!(first_difference("a\nb\n", "a\nc\n").as_deref(), Some("-b\n+c"));
        assert_eq!(first_difference("a\n", "a\n"), None);
    }
}
