//! The transcripts of the guide's page about `nltool`, run again.

mod common;

use common::{NLTOOL, has, in_namespace, skip, text};
use std::path::Path;

/// What a section's commands need.
struct Stage {
    section: &'static str,
    program: &'static str,
    before: &'static str,
    /// What happens while the command runs; `$!` is its process.
    meanwhile: &'static str,
}

const LINKS: &str =
    "ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up;
    ip addr add 10.0.0.1/24 dev v0; ip route add 10.2.0.0/16 via 10.0.0.9";

const STAGES: &[Stage] = &[
    Stage { section: "Why does this program get an error?", program: "strace", before: LINKS, meanwhile: "" },
    Stage {
        section: "Who deleted my route?",
        program: "ip",
        before: LINKS,
        // It lives on, so that its name is found.
        meanwhile: "{ echo route del 10.2.0.0/16; sleep 2; } | ip -batch -",
    },
    Stage {
        section: "A protocol of which nltool knows nothing",
        program: "ip",
        before: "echo 2c00000019000000000000000000000002180000ffffffff09000100626c7565000000000800040007000000 > own.hex",
        meanwhile: "",
    },
    Stage { section: "Which families has this kernel,", program: "ip", before: "true", meanwhile: "" },
    Stage { section: "What does `tc` send?", program: "strace", before: LINKS, meanwhile: "" },
    Stage {
        section: "What did the kernel drop?",
        program: "ip",
        before: LINKS,
        meanwhile: "kill -STOP $!; for i in $(seq 1 120); do for j in $(seq 1 250); do
            echo route add 10.100.$i.$j/32 dev v0; done; done | ip -batch -; kill -CONT $!",
    },
];

#[test]
fn transcripts_of_the_guide_are_true() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/guide/nltool.md");
    let page = std::fs::read_to_string(page).unwrap();
    for stage in STAGES {
        let (_, section) = page.split_once(&format!("## {}", stage.section)).unwrap();
        let (_, block) = section.split_once("```text\n").unwrap();
        let (block, _) = block.split_once("```").unwrap();
        if !has(stage.program) {
            continue;
        }
        for transcript in block.split("$ ").filter(|transcript| !transcript.trim().is_empty()) {
            let (command, expected) = transcript.split_once('\n').unwrap();
            let Some(output) = in_namespace(&script(stage, command)) else { return };
            if text(&output.stderr).contains("ptrace") {
                skip("this machine does not allow tracing");
                continue;
            }
            let (diagnostics, shown): (Vec<_>, Vec<_>) =
                expected.lines().partition(|line| line.starts_with("nltool:"));
            compare(command, &shown, text(&output.stdout));
            diagnostics
                .iter()
                .for_each(|line| assert!(text(&output.stderr).contains(line), "{command}: {line}"));
        }
    }
}

/// The command in a directory of its own that all commands of a section share, with the program in the path.
fn script(stage: &Stage, command: &str) -> String {
    let place = std::env::temp_dir().join(format!("nltool-transcripts-{}", std::process::id()));
    let bin = Path::new(NLTOOL).parent().unwrap();
    let run = match stage.meanwhile {
        "" => command.to_owned(),
        meanwhile => format!("{command} & sleep 2; {meanwhile}; wait"),
    };
    format!(
        "mkdir -p {0}; cd {0}; export PATH={1}:$PATH; {{ {2}; }} >/dev/null 2>&1; {run}",
        place.display(),
        bin.display(),
        stage.before.split_whitespace().collect::<Vec<_>>().join(" "),
    )
}

/// Each line in its order; a line of `..` stands for any number of lines.
fn compare(command: &str, expected: &[&str], shown: &str) {
    let mut lines = shown.lines();
    let mut may_skip = false;
    for wanted in expected {
        if *wanted == ".." {
            may_skip = true;
            continue;
        }
        let is_there = match may_skip {
            true => lines.any(|line| fits(wanted, line)),
            false => lines.next().is_some_and(|line| fits(wanted, line)),
        };
        assert!(is_there, "{command}: `{wanted}` is not in\n{}", &shown[..shown.len().min(3000)]);
        may_skip = false;
    }
    assert!(may_skip || lines.next().is_none(), "{command} says more:\n{shown}");
}

/// Whether a line is the same, but for times, processes and what stands for `..`.
fn fits(wanted: &str, line: &str) -> bool {
    let line = words(line).join(" ");
    let wanted = words(wanted).join(" ");
    let parts: Vec<&str> = wanted.split("..").map(str::trim).collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
    let mut at = 0;
    let is_in_order = parts.iter().all(|part| match line[at..].find(part) {
        Some(found) => {
            at += found + part.len();
            true
        }
        None => false,
    });
    is_in_order && line.starts_with(first) && (wanted.ends_with("..") || line.ends_with(last))
}

fn words(line: &str) -> Vec<String> {
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_time =
        |word: &str| word.len() == 15 && word.as_bytes().get(2) == Some(&b':') && word.contains('.');
    let mut words: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        let before = words.last().map_or("", String::as_str);
        let plain = word.trim_end_matches([',', ')']);
        words.push(match word {
            _ if is_time(word) => "TIME".to_owned(),
            // The process, which stands behind the time; a port id.
            _ if before == "TIME" && is_number(word) => "PROCESS".to_owned(),
            _ if before == "id" && is_number(plain) => word.replace(plain, "ID"),
            _ => word.to_owned(),
        });
    }
    words
}

#[test]
fn lines_are_compared_but_for_what_differs_each_time() {
    let line =
        "#1    15:33:14.482138  1646    rt-route  → Route ACK family 2 dst 10.4.0.0 (by port id 77, ip)";
    assert!(fits("#1 10:00:00.000000 9 rt-route → Route ACK .. dst 10.4.0.0 (by port id 1, ip)", line));
    assert!(fits("#1 10:00:00.000000 9 rt-route → Route ..", line));
    for wrong in [
        "#1 10:00:00.000000 9 rt-route → Route ACK .. dst 10.5.0.0 (by port id 1, ip)",
        "#1 10:00:00.000000 9 rt-route → Route ACK",
        "10:00:00.000000 9 rt-route ..",
    ] {
        assert!(!fits(wrong, line), "{wrong}");
    }
}
