//! The modules of the library form layers: each imports only from its own layer and from those above it in the list.
//!
//! `use` statements, and paths that begin with `crate` or `super`, are followed through re-exports to the module that
//! defines the item.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The layers, the lowest first. A module belongs to the entry that is the longest start of its path.
const LAYERS: &[&[&str]] = &[
    &["bytes", "encoding", "error", "flags", "types", "header", "printable"],
    &["tlv"],
    &["schema"],
    &["structs", "wire"],
    &["message", "attr", "writer"],
    &["value"],
    &["control"],
    &[
        "schema::dissect",
        "schema::dynamic",
        "schema::level",
        "schema::locate",
        "schema::place",
        "schema::records",
        "schema::validate",
        "schema::walk",
    ],
    // Values that consist of definitions are theirs.
    &["definition", "field", "keyed", "rest", "value::headed", "value::nested_array", "value::owned"],
    &["exchange"],
    &["socket"],
    &["socket::tokio"],
    // What the derives call: re-exports only.
    &["private"],
];

/// The code of each module, by its path.
type Modules = BTreeMap<String, String>;

fn modules() -> Modules {
    let mut modules = Modules::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut modules);
    modules
}

fn read(dir: &Path, parent: &str, modules: &mut Modules) {
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let module = if ["mod", "lib"].contains(&name) { parent.to_owned() } else { joined(parent, name) };
        if path.is_dir() {
            read(&path, &module, modules);
        } else if name != "tests" {
            modules.insert(module, code(&fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Without comments and unit tests.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

fn joined(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}::{name}") }
}

/// The `use` statements of a module, and what is left of its code.
fn uses(code: &str) -> (Vec<(bool, String)>, String) {
    let (mut uses, mut rest) = (Vec::new(), String::new());
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        let (visibility, tree) = line.split_once("use ").unwrap_or((line, ""));
        if tree.is_empty()
            || !(visibility.is_empty() || visibility.starts_with("pub"))
            || visibility.contains(' ') && !visibility.trim_end().ends_with(')') && visibility.trim() != "pub"
        {
            rest.push_str(line);
            rest.push('\n');
            continue;
        }
        let mut tree = tree.to_owned();
        while !tree.contains(';') {
            tree.push_str(lines.next().unwrap_or(";").trim());
        }
        for path in expanded(tree.trim_end_matches(';')) {
            uses.push((!visibility.is_empty(), path));
        }
    }
    (uses, rest)
}

/// The paths of a tree such as `crate::{Attr, value::{Emit, Parse}}`.
fn expanded(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((start, list)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or_default().to_owned()];
    };
    let list = list.rsplit_once('}').map_or(list, |(list, _)| list);
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for char in list.chars() {
        match char {
            ',' if depth == 0 => parts.push(String::new()),
            _ => {
                depth += i32::from(char == '{') - i32::from(char == '}');
                parts.last_mut().unwrap().push(char);
            }
        }
    }
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    parts.flat_map(expanded).map(|path| format!("{start}{path}")).collect()
}

/// Paths from the root or from the parent that stand anywhere in code.
fn paths(code: &str) -> Vec<String> {
    let is_of_path = |char: char| char.is_alphanumeric() || char == '_' || char == ':';
    let words = code.split(|char| !is_of_path(char));
    words
        .filter(|word| word.starts_with("crate::") || word.starts_with("super::"))
        .map(str::to_owned)
        .collect()
}

/// What each module re-exports, by name: the path that it names.
fn exports(modules: &Modules) -> BTreeMap<(String, String), String> {
    let mut exports = BTreeMap::new();
    for (module, code) in modules {
        for (_, path) in uses(code).0.into_iter().filter(|(is_public, _)| *is_public) {
            let name = path.rsplit("::").next().unwrap_or_default().to_owned();
            exports.insert((module.clone(), name), path);
        }
    }
    exports
}

/// The module that defines what a path names, as seen from a module; `None` for what another crate defines.
fn resolve(
    from: &str,
    path: &str,
    modules: &Modules,
    exports: &BTreeMap<(String, String), String>,
) -> Option<String> {
    let parent =
        |module: &str| module.rsplit_once("::").map_or(String::new(), |(parent, _)| parent.to_owned());
    let mut segments = path.split("::").filter(|segment| !segment.is_empty()).peekable();
    let mut at = match *segments.peek()? {
        "crate" => segments.next().map(|_| String::new())?,
        "self" => segments.next().map(|_| from.to_owned())?,
        "super" => from.to_owned(),
        name if modules.contains_key(&joined(from, name)) => from.to_owned(),
        _ => return None,
    };
    while segments.next_if_eq(&"super").is_some() {
        at = parent(&at);
    }
    for name in segments {
        if modules.contains_key(&joined(&at, name)) {
            at = joined(&at, name);
        } else if let Some(path) = exports.get(&(at.clone(), name.to_owned())) {
            at = resolve(&at, path, modules, exports)?;
        } else {
            break;
        }
    }
    Some(at)
}

/// The layer of a module, and the entry that it belongs to.
fn layer(module: &str) -> Option<(usize, &'static str)> {
    let is_of = |entry: &str| module == entry || module.starts_with(&format!("{entry}::"));
    let entries =
        LAYERS.iter().enumerate().flat_map(|(at, layer)| layer.iter().map(move |entry| (at, *entry)));
    entries.filter(|(_, entry)| is_of(entry)).max_by_key(|(_, entry)| entry.len())
}

/// Everything that is wrong.
fn violations(modules: &Modules) -> Vec<String> {
    let (exports, mut wrong) = (exports(modules), Vec::new());
    let mut beside: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (module, code) in modules.iter().filter(|(module, _)| !module.is_empty()) {
        let Some((own, entry)) = layer(module) else {
            wrong.push(format!("{module} is in no layer"));
            continue;
        };
        let (uses, rest) = uses(code);
        // What a module re-exports from its own submodules it does not need itself.
        let uses = uses
            .into_iter()
            .filter(|(is_public, path)| !is_public || path.starts_with("crate"))
            .map(|(_, path)| path);
        for path in uses.chain(paths(&rest)) {
            let Some(target) = resolve(module, &path, modules, &exports).filter(|to| !to.is_empty()) else {
                continue;
            };
            match layer(&target) {
                Some((other, _)) if other > own => {
                    wrong.push(format!("{module} imports {path} from {target}, which is above it"))
                }
                Some((other, to)) if other == own && to != entry => {
                    beside.entry(entry).or_default().insert(to);
                }
                _ => {}
            }
        }
    }
    wrong.extend(circles(&beside));
    wrong
}

/// Modules of one layer that import each other, directly or by way of others.
fn circles(beside: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let reaches = |from: &str, to: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(module) = open.pop() {
            for next in beside.get(&*module).into_iter().flatten().filter(|next| seen.insert(**next)) {
                open.push((*next).to_owned());
            }
        }
        seen.contains(to)
    };
    beside
        .keys()
        .filter(|module| reaches(module, module))
        .map(|module| format!("{module} is part of a circle"))
        .collect()
}

#[test]
fn modules_import_from_lower_layers_only() {
    let wrong = violations(&modules());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_import_from_a_higher_layer_is_found() {
    let mut modules = modules();
    modules.get_mut("attr").unwrap().push_str("\nuse crate::{bytes::add, socket::{Connection, Protocol}};\n");
    let wrong = violations(&modules);
    assert!(wrong.iter().any(|line| line.starts_with("attr imports crate::socket::Connection")), "{wrong:?}");
}

#[test]
fn an_import_through_a_re_export_is_found() {
    let mut modules = modules();
    modules.get_mut("tlv").unwrap().push_str("\nuse crate::Attrs;\n");
    let wrong = violations(&modules);
    assert!(wrong.iter().any(|line| line.contains("crate::Attrs from attr, which is above it")), "{wrong:?}");
}

#[test]
fn a_path_in_code_counts_as_an_import() {
    let mut modules = modules();
    modules.get_mut("bytes").unwrap().push_str("\nfn f() { crate::control::Errno::new(1); }\n");
    let wrong = violations(&modules);
    assert!(wrong.iter().any(|line| line.starts_with("bytes imports crate::control::Errno")), "{wrong:?}");
}

#[test]
fn a_circle_within_a_layer_is_found() {
    let mut modules = modules();
    modules.get_mut("flags").unwrap().push_str("\nuse crate::types::MessageType;\n");
    modules.get_mut("types").unwrap().push_str("\nuse crate::flags::Flags;\n");
    let wrong = violations(&modules);
    assert!(wrong.iter().any(|line| line == "flags is part of a circle"), "{wrong:?}");
}
