//! The book's commands print what the book says: each `console` block of each page is run.
//!
//! A line that begins with `$ ` is a command; the lines up to the next one are what it prints, standard error included.
//! In them `…` stands for any text, and as a line of its own for any number of lines. The blocks of a page run one after
//! the other, in network and process namespaces that end with them. A command is an example, by `cargo run` or by its path,
//! or one of `ip` and `unshare`; it may run in the background.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Once;

/// A command of a page, and the lines that it prints.
#[derive(Debug)]
struct Step {
    command: String,
    expected: Vec<String>,
}

#[test]
fn each_command_of_the_book_prints_what_the_book_says() {
    if is_skipped() {
        return;
    }
    build();
    let (mut steps, mut wrong) = (0, Vec::new());
    for page in pages() {
        let of_page = steps_of(&fs::read_to_string(&page).unwrap());
        steps += of_page.len();
        let printed = run(&of_page);
        for (step, printed) in of_page.iter().zip(printed) {
            if !is_match(&step.expected, &printed) {
                wrong.push(format!("{}\n$ {}\n{}", page.display(), step.command, printed.join("\n")));
            }
        }
    }
    assert!(steps > 10, "only {steps} commands were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The page *Define a protocol* says so.
#[test]
fn a_watch_of_rooms_asks_again_when_the_server_was_restarted() {
    const SCRIPT: &str = "./rooms serve & server=$!; sleep 0.4
        ./rooms set kitchen 21; ./rooms watch & sleep 0.4
        kill $server; wait $server; ./rooms serve & sleep 0.8; ./rooms set attic 10; sleep 0.4";
    if is_skipped() {
        return;
    }
    build();
    let output =
        unshare().args(["sh", "-c", SCRIPT]).current_dir(target().join("examples")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "+ kitchen 21\n- kitchen\n+ attic 10\n");
}

#[test]
fn ellipses_stand_for_text_and_for_lines() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(is_match(&lines("a … c\n…\nend"), &lines("a b c\n1\n2\nend")));
    assert!(!is_match(&lines("a … c"), &lines("a b d")));
    assert!(!is_match(&lines("a"), &lines("a\nb")));
    assert!(!is_match(&lines("…\nend"), &lines("end\nmore")));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn pages() -> Vec<PathBuf> {
    let source = root().join("docs/src");
    let mut pages = vec![root().join("README.md")];
    for directory in [source.clone(), source.join("start"), source.join("guide"), source.join("reference")] {
        let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(entries.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    pages.sort();
    pages
}

/// Builds the examples, once for all tests.
fn build() {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        let packages = ["build", "--quiet", "--package=nl-tlv-examples", "--examples"];
        let built = Command::new(env!("CARGO")).args(packages).status();
        assert!(built.is_ok_and(|status| status.success()), "the examples do not build");
    });
}

fn steps_of(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for block in page.split("\n```console\n").skip(1) {
        let block = block.split("\n```").next().unwrap_or_default();
        for line in block.lines() {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => {
                    steps.push(Step { command: command.to_owned(), expected: Vec::new() });
                }
                (None, Some(step)) => step.expected.push(line.to_owned()),
                (None, None) => panic!("a line before the first command: {line}"),
            }
        }
    }
    steps
}

/// What each command prints.
fn run(steps: &[Step]) -> Vec<Vec<String>> {
    const END: &str = "-- end of a command --";
    let mut is_alone = true;
    let script: String = steps
        .iter()
        .map(|step| {
            // What a command in the background prints belongs to the command during which it prints it.
            let command = step.command.trim_end_matches(" &");
            let background = &step.command[command.len()..];
            is_alone &= background.is_empty();
            let pause = if is_alone { "" } else { "sleep 0.6\n" };
            format!("{} </dev/null 2>&1 {background}\n{pause}echo '{END}'\n", runnable(command))
        })
        .collect();
    let output: Output = unshare().args(["sh", "-c", &script]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let end = format!("{END}\n");
    let printed = text.split(&end).take(steps.len());
    printed.map(|text| text.lines().map(|line| line.trim_end().to_owned()).collect()).collect()
}

/// The command with the path of the example that it names.
fn runnable(command: &str) -> String {
    let executable = |name: &str| target().join("examples").join(name).display().to_string();
    if let Some((name, arguments)) =
        command.strip_prefix("target/debug/").and_then(|rest| rest.split_once(' '))
    {
        return format!("{} {arguments}", executable(name));
    }
    if let Some(run) = command.strip_prefix("cargo run --example ") {
        let (name, arguments) = run.split_once(" -- ").unwrap_or((run, ""));
        return format!("{} {arguments}", executable(name));
    }
    let is_tool = ["ip ", "unshare "].iter().any(|tool| command.starts_with(tool));
    assert!(is_tool, "`{command}` is not run here: write `text` above its block");
    command.to_owned()
}

/// The directory that the tests are built into.
fn target() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path
}

fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]);
    command
}

/// Whether nothing can be run here; says so.
fn is_skipped() -> bool {
    let may_unshare = unshare().arg("true").status().is_ok_and(|status| status.success());
    if !may_unshare {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "unshare is not permitted");
        println!("SKIP: cannot make namespaces with unshare");
    }
    !may_unshare
}

fn is_match(expected: &[String], printed: &[String]) -> bool {
    match (expected, printed) {
        ([], []) => true,
        ([first, rest @ ..], _) if first == "…" => {
            (0..=printed.len()).any(|skipped| is_match(rest, &printed[skipped..]))
        }
        ([first, rest @ ..], [line, others @ ..]) => is_like(first, line) && is_match(rest, others),
        _ => false,
    }
}

/// Whether a line is like a pattern in which `…` stands for any text.
fn is_like(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.trim_end().split('…');
    let Some(mut left) = line.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return left.is_empty();
    }
    while let Some(part) = parts.next() {
        match parts.peek() {
            None => return left.ends_with(part),
            Some(_) => match left.split_once(part) {
                Some((_, behind)) => left = behind,
                None => return false,
            },
        }
    }
    true
}
