//! Completions: what the scripts offer in bash, zsh and fish.

mod common;

use common::{NLTOOL, has, stdout, text};
use std::process::Command;

/// A shell that has read its script.
struct Shell {
    name: &'static str,
    /// Offers what the last of the words may become, one candidate in each line. `$@` has the words.
    driver: &'static str,
}

/// As readline calls the function: the words as bash splits them, and the last one as `$2`.
const BASH: Shell = Shell {
    name: "bash",
    driver: r#"
        source <(nltool completions bash)
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        last=${COMP_WORDS[COMP_CWORD]}
        [[ $last == [=:]* ]] && last=
        "$(complete -p nltool | sed 's/.* -F \([^ ]*\) .*/\1/')" nltool "$last" ''
        printf '%s\n' "${COMPREPLY[@]}"
    "#,
};

/// As the completion system calls the function, with a `_describe` that prints what it is given.
const ZSH: Shell = Shell {
    name: "zsh",
    driver: r#"
        compdef() { }
        _describe() { print -rl -- "${(@P)3}"; }
        eval "$(nltool completions zsh)"
        words=("$@") CURRENT=$# PREFIX=${@[-1]}
        _nltool
    "#,
};

/// As fish does it.
const FISH: Shell = Shell {
    name: "fish",
    driver: r#"
        nltool completions fish | source
        complete --do-complete (string join ' ' -- $argv)
    "#,
};

impl Shell {
    /// The words that are offered; none if there is no such shell.
    fn offered(&self, words: &[&str]) -> Option<Vec<String>> {
        if !has(self.name) {
            return None;
        }
        let dir = NLTOOL.rsplit_once('/').unwrap().0;
        let path = format!("{dir}:{}", std::env::var("PATH").unwrap());
        let mut command = Command::new(self.name);
        match self.name {
            "bash" => command.args(["--norc", "--noprofile", "-c", self.driver, "bash"]),
            "zsh" => command.args(["-f", "-c", self.driver, "zsh"]),
            _ => command.args(["--no-config", "-c", self.driver, "--"]),
        };
        let output = command.args(words).env("PATH", path).output().unwrap();
        assert_eq!(text(&output.stderr), "", "{} {words:?}", self.name);
        let lines = text(&output.stdout).lines().filter(|line| !line.is_empty());
        let separator = if self.name == "zsh" { ':' } else { '\t' };
        let word = |line: &str| line.replace("\\:", "\0").split(separator).next().unwrap().replace('\0', ":");
        Some(lines.map(word).collect())
    }
}

/// What the three shells offer for a line whose last word is not split.
fn check(line: &str, expected: &[&str]) {
    let words: Vec<&str> = line.split(' ').collect();
    for shell in [BASH, ZSH, FISH] {
        if let Some(offered) = shell.offered(&words) {
            assert_eq!(offered, expected, "{} {line}", shell.name);
        }
    }
}

#[test]
fn families_are_offered_to_every_command_that_takes_one() {
    for command in ["do", "dump", "describe", "monitor", "decode --family", "trace --family"] {
        check(&format!("nltool {command} rt-ro"), &["rt-route"]);
    }
    check("nltool policies netd", &["netdev"]);
    check("nltool policies rt-", &[]);
}

#[test]
fn operations_of_the_family_are_offered() {
    check("nltool do rt-link new", &["newlink", "newlinkprop", "newstats"]);
    check("nltool do rt-route ", &["delroute", "getroute", "newroute"]);
    check("nltool dump rt-route ", &["getroute"]);
    check("nltool describe netdev page-pool-g", &["page-pool-get"]);
    check("nltool describe rt-link New", &[]);
    check("nltool describe rt-link GetL", &["GetLink"]);
    check("nltool decode --family rt-route --message del", &["delroute"]);
}

#[test]
fn attributes_of_the_operation_are_offered() {
    check("nltool do rt-link newlink ifn", &["ifname="]);
    check("nltool do rt-link newlink index", &["index="]);
    check("nltool do rt-link newlink --create linki", &["linkinfo."]);
    check("nltool do rt-link newlink linkinfo.k", &["linkinfo.kind="]);
    check(
        "nltool do rt-link newlink ifname=a linkinfo.kind=vlan linkinfo.data.i",
        &["linkinfo.data.id=", "linkinfo.data.ingress-qos."],
    );
    check("nltool decode --family rt-link --where ifn", &["ifname="]);
    check("nltool describe rt-link newlink ifn", &[]);
}

#[test]
fn values_with_names_are_offered() {
    check_value(["nltool", "do", "rt-link", "newlink"], "linkinfo.kind", "ve", &["veth"]);
    check_value(["nltool", "dump", "rt-route", "getroute"], "family", "inet", &["inet", "inet6"]);
    check_value(["nltool", "do", "rt-link", "getlink"], "ifname", "l", &["lo"]);
    check_value(["nltool", "do", "rt-route", "newroute"], "type", "bl", &["blackhole"]);
    check_value(["nltool", "do", "rt-addr", "newaddr"], "scope", "li", &["link"]);
}

/// Bash splits such a word, and replaces what follows the `=`.
fn check_value(before: [&str; 4], name: &str, value: &str, expected: &[&str]) {
    let full: Vec<String> = expected.iter().map(|value| format!("{name}={value}")).collect();
    let word = format!("{name}={value}");
    for shell in [ZSH, FISH] {
        let offered = shell.offered(&[&before[..], &[word.as_str()]].concat());
        assert_eq!(offered.unwrap_or_else(|| full.clone()), full, "{}", shell.name);
    }
    let Some(offered) = BASH.offered(&[&before[..], &[name, "=", value]].concat()) else { return };
    assert_eq!(offered, expected, "{word}");
    let all = BASH.offered(&[&before[..], &[name, "="]].concat()).unwrap();
    assert!(expected.iter().all(|value| all.contains(&(*value).to_owned())), "{all:?}");
}

#[test]
fn commands_options_and_files_are_offered() {
    check("nltool policy", &["policy-diff"]);
    check("nltool comp", &["completions"]);
    check("nltool do rt-link newlink --rep", &["--replace"]);
    check("nltool --color alw", &["always"]);
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.to");
    check(&format!("nltool decode {manifest}"), &[concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
}

#[test]
fn a_line_with_mistakes_has_completions_too() {
    check("nltool do no-such-family ", &[]);
    check("nltool do rt-link newlink a..b=1 ifn", &["ifname="]);
    check("nltool --spec /does/not/exist do rt-ro", &["rt-route"]);
    assert_eq!(stdout(&["complete", "bash"], b""), "", "no word at all");
}
