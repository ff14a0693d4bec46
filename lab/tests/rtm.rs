//! The client of RTM as a user meets it, against a peer; and the program's unit tests, because cargo builds an example
//! either as a program or as a test.

mod common;

#[allow(dead_code)]
#[path = "../../examples/rtm/main.rs"]
mod rtm;

use common::{example, in_namespace};
use serde_json::{Value, json};
use std::process::{Command, Output};

/// What every script begins with: a peer that runs until the script ends, and `rtm`, which talks to it. What `rtm` says
/// on standard error is in `log`.
const PEER: &str = "
    cd $(mktemp -d) || exit
    $program serve >serve 2>&1 & peer=$!
    trap 'kill $peer 2>/dev/null; rm -r \"$PWD\"' EXIT
    await() { for _ in $(seq 250); do grep -q \"$1\" \"$2\" && return; sleep 0.02; done; echo \"no $1\"; exit 99; }
    await answering serve
    rtm() { $program --peer \"$@\" 2>>log; }
";

/// Runs a shell script in a network namespace of its own; `$program` is the example.
fn script(text: &str) -> Option<Output> {
    in_namespace(text, |command| {
        command.env("program", example("rtm")).env("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
        command.env_remove("NO_COLOR");
    })
}

/// What a script prints while a peer is running.
fn with_peer(text: &str) -> Option<String> {
    let output = script(&format!("{PEER}{text}"))?;
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_same_table_twice_is_error_code_100() {
    let Some(said) = with_peer("rtm table add blue; echo $?; rtm table add blue; echo $?") else { return };
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[..2], ["Success", "0"], "{said}");
    assert!(lines[2].starts_with("Failure, error code -100: ") && lines[2].ends_with(" (name)"), "{said}");
    assert_eq!(lines[3..], ["1"]);
}

#[test]
fn a_peer_that_a_command_starts_is_there_for_the_next_commands() {
    const SCRIPT: &str = "$program --peer table add blue && $program --peer table list; \
        $program --peer route add 10.1.0.0/16 dev eth0 table blue";
    let Some(output) = script(SCRIPT) else { return };
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said, "Success\nTable  Routes  Generation\nblue   0       1\nSuccess\n");
    let announced = String::from_utf8_lossy(&output.stderr);
    assert_eq!(announced.matches("ends after five minutes").count(), 1, "{announced}");
}

#[test]
fn a_peer_ends_when_nobody_has_asked_for_long_enough() {
    let Some(output) = script("$program serve --idle 1; echo ended") else { return };
    assert_eq!(String::from_utf8_lossy(&output.stdout), "ended\n");
}

#[test]
fn routes_are_listed_as_they_were_added() {
    const SCRIPT: &str = "rtm table add blue; rtm table add red
        rtm route add 10.1.1.0/24 via 11.1.1.1 dev eth0/6 table blue metric 5 nexthop dev eth1 weight 2
        rtm route add 2001:db8::/32 via fe80::1 table red
        rtm route list; rtm route list table red --json; rtm table show blue";
    let Some(said) = with_peer(SCRIPT) else { return };
    let expected = "Success
Success
Success
Success
Dest        Mask  Gw        OIF     Weight  Metric  Table
10.1.1.0    24    11.1.1.1  eth0/6  1       5       blue
                  -         eth1    2
2001:db8::  32    fe80::1   -       1       0       red
";
    let (list, rest) = said.split_at_checked(expected.len()).unwrap_or((&said, ""));
    assert_eq!(list, expected);
    let (array, table) = rest.split_once('\n').unwrap();
    let hop = json!({ "gateway": "fe80::1", "oif": null, "weight": 1 });
    let route =
        json!({ "table": "red", "dst": "2001:db8::/32", "nexthops": [hop], "metric": 0, "generation": 4 });
    assert_eq!(serde_json::from_str::<Value>(array).unwrap(), json!([route]));
    assert_eq!(table, "Table  Routes  Generation\nblue   1       3\n");
}

#[test]
fn an_address_finds_its_longest_prefix_and_a_prefix_itself() {
    const SCRIPT: &str = "rtm table add t
        rtm route add default dev far table t; rtm route add 10.1.0.0/16 dev near table t
        for what in 10.1.2.3 10.2.2.3 10.1.0.0/16 default; do rtm route get $what table t --json; done
        rtm route get 10.1.0.0/17 table t; echo $?; rtm route get ::1 table t; echo $?";
    let Some(said) = with_peer(SCRIPT) else { return };
    let lines: Vec<_> = said.lines().skip(3).collect();
    let oif = |line: &str| serde_json::from_str::<Value>(line).unwrap()[0]["nexthops"][0]["oif"].clone();
    assert_eq!(lines[..4].iter().map(|line| oif(line)).collect::<Vec<_>>(), ["near", "far", "near", "far"]);
    assert!(
        lines[4].starts_with("Failure, error code -2 (ENOENT): ") && lines[4].ends_with("(dst)"),
        "{said}"
    );
    assert!(
        lines[6].starts_with("Failure, error code -2 (ENOENT): ") && lines[6].ends_with("(lookup)"),
        "{said}"
    );
    assert_eq!([lines[5], lines[7]], ["1", "1"]);
}

#[test]
fn each_verb_does_what_it_says() {
    const SCRIPT: &str = "rtm table add t
        rtm route change 10.0.0.0/8 dev a table t; rtm route append 10.0.0.0/8 dev a table t
        rtm route add 10.0.0.0/8 dev b table t; rtm route append 10.0.0.0/8 dev b table t
        rtm route list; rtm route replace 10.0.0.0/8 dev c table t; rtm route list
        rtm table del t --if-empty; rtm route del 10.0.0.0/8 table t; rtm route del 10.0.0.0/8 table t
        rtm table clear t; rtm table del t --if-empty; rtm table clear t";
    let Some(said) = with_peer(SCRIPT) else { return };
    let short = |line: &str| line.split(':').next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    let heading = "Dest Mask Gw OIF Weight Metric Table";
    let expected = [
        "Success",
        "Failure, error code -2 (ENOENT)",
        "Success",
        "Failure, error code -17 (EEXIST)",
        "Success",
        heading,
        "10.0.0.0 8 - a 1 0 t",
        "- b 1",
        "Success",
        heading,
        "10.0.0.0 8 - c 1 0 t",
        "Failure, error code -39 (ENOTEMPTY)",
        "Success",
        "Failure, error code -2 (ENOENT)",
        "Success",
        "Success",
        "Failure, error code -2 (ENOENT)",
    ];
    assert_eq!(said.lines().map(short).collect::<Vec<_>>(), expected);
}

#[test]
fn a_refusal_names_the_attribute() {
    const SCRIPT: &str = "rtm table add t
        rtm route add 10.0.0.0/8 table t via 1.1.1.1 nexthop via fe80::1; rtm route add 10.0.0.0/8 table t
        rtm route add 10.0.0.1/8 table t dev a; rtm route add 10.0.0.0/33 table t dev a
        rtm --json route add 10.0.0.0/8 table u dev a";
    let Some(said) = with_peer(SCRIPT) else { return };
    let lines: Vec<_> = said.lines().skip(1).collect();
    let places = ["(nexthop[1].gateway)", "(nexthop)", "(dst.addr)", "(dst.len)"];
    for (line, place) in lines.iter().zip(places) {
        assert!(
            line.starts_with("Failure, error code -22 (EINVAL): ") && line.ends_with(place),
            "{line}: {place}"
        );
    }
    let refused: Value = serde_json::from_str(lines[4]).unwrap();
    assert_eq!((&refused["error"], &refused["attribute"]), (&json!(-2), &json!("table")), "{said}");
}

#[test]
fn changes_of_several_processes_are_followed_in_order() {
    const SCRIPT: &str = "rtm table add t
        $program --peer monitor --count 4 >all 2>all.log & all=$!
        $program --peer monitor tables --json --dissect --count 1 >tables 2>tables.log & tables=$!
        await following all.log; await following tables.log
        rtm route add 10.0.0.0/8 dev a table t >/dev/null; rtm route replace 10.0.0.0/8 dev b table t >/dev/null
        rtm route del 10.0.0.0/8 table t >/dev/null; rtm table clear t >/dev/null
        wait $all && wait $tables && cat all tables && grep -c 'group (1) = 0' tables.log";
    let Some(said) = with_peer(SCRIPT) else { return };
    let lines: Vec<_> = said.lines().skip(1).collect();
    let changes: Vec<_> =
        lines[..4].iter().map(|line| line.split("   # generation ").next().unwrap()).collect();
    let expected = [
        "route add 10.0.0.0/8 dev a table t",
        "route replace 10.0.0.0/8 dev b table t",
        "route del 10.0.0.0/8 dev b table t",
        "table clear t",
    ];
    assert_eq!(changes, expected);
    let ports: std::collections::BTreeSet<_> =
        lines[..4].iter().map(|line| line.rsplit(' ').next()).collect();
    assert_eq!(ports.len(), 4, "each change was made by a process of its own: {said}");
    let table: Value = serde_json::from_str(lines[4]).unwrap();
    assert_eq!((&table["change"], &table["object"]["table"]), (&json!("table clear"), &json!("t")));
    assert_eq!(lines[5], "1", "the subscription is ended");
}

#[test]
fn an_echo_shows_what_a_change_has_made() {
    const SCRIPT: &str = "rtm table add t; rtm route add 10.0.0.0/8 dev a table t
        rtm --echo route append 10.0.0.0/8 dev b table t metric 0";
    let Some(said) = with_peer(SCRIPT) else { return };
    let echo = said.lines().nth(3).unwrap_or_default();
    assert!(
        echo.starts_with("route append 10.0.0.0/8 dev a nexthop dev b table t   # generation 3"),
        "{said}"
    );
}

#[test]
fn a_file_is_loaded_and_refusals_have_their_lines() {
    const SCRIPT: &str = "(echo '# a table'; echo table add t
        for i in $(seq 0 9); do for j in $(seq 0 199); do echo 10.$i.$j.0/24 dev a; done; done
        echo route add 10.0.0.0/24 dev b) >routes
        rtm load routes --table t; echo $?; rtm table list --json
        rtm load - --json <<END
        route replace 10.0.0.0/24 dev b table t   # is there
        route del 10.11.0.0/24 table t
END
        rtm route get 10.0.0.1 table t --json";
    let Some(said) = with_peer(SCRIPT) else { return };
    let lines: Vec<_> = said.lines().collect();
    assert!(lines[0].starts_with("routes:2003: Failure, error code -17 (EEXIST): "), "{said}");
    assert!(lines[1].starts_with("2001 changes made, 1 refused, in "), "{said}");
    assert_eq!(lines[2], "1");
    let json: Vec<Value> = lines[3..].iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json[0][0]["routes"], 2000);
    assert_eq!((&json[1]["line"], &json[1]["error"]), (&json!(2), &json!(-2)));
    assert_eq!((&json[2]["done"], &json[2]["refused"]), (&json!(1), &json!(1)));
    assert_eq!(json[3][0]["nexthops"][0]["oif"], "b");
}

#[test]
fn of_many_refusals_ten_are_shown_and_the_others_counted() {
    let Some(said) = with_peer("for i in $(seq 13); do echo table add t; done | rtm load -") else { return };
    assert_eq!(said.matches("Failure, error code -100").count(), 10, "{said}");
    assert!(said.contains("-: 2 more refusals\n1 changes made, 12 refused, in "), "{said}");
}

#[test]
fn nothing_of_a_file_is_sent_if_a_line_cannot_be_read() {
    const SCRIPT: &str = "printf 'table add t\\n10.0.0.0/8 dve a\\n' | rtm load - --table t; echo $?
        rtm load absent; echo $?; rtm table list; cat log";
    let Some(said) = with_peer(SCRIPT) else { return };
    assert!(said.starts_with("2\n2\nTable  Routes  Generation\n"), "{said}");
    assert!(said.contains("rtm: -:2: `dve` is not known here"), "{said}");
}

#[test]
fn the_menu_carries_out_what_it_asks_for() {
    const SCRIPT: &str = "printf '1\\nblue\\n1\\nblue\\n5\\nblue\\n10.0.0.0/8\\n\\neth0\\n\\n\\n7\\n9\\nblue\\nx\\n10\\nblue\\n0\\n' |
        rtm menu; echo $?";
    let Some(said) = with_peer(SCRIPT) else { return };
    let has = |text: &str| assert!(said.contains(text), "{text}: {said}");
    has("Choice: Name of the table: rtm table add blue\nSuccess\n");
    has("rtm table add blue\nFailure, error code -100: ");
    has("rtm route add 10.0.0.0/8 table blue dev eth0 metric 7\nSuccess\n");
    has("rtm route get x table blue\n`x` is not a destination: ");
    has("10.0.0.0  8     -   eth0  1       7       blue\n");
    assert!(said.ends_with("0\n"), "{said}");
}

#[test]
fn who_names_the_module_s_number_wants_the_module() {
    let Some(said) = with_peer("$program --protocol 29 table list 2>&1; echo $?") else { return };
    assert_eq!(
        said,
        "rtm: no module answers at netlink protocol 29; without --protocol, a peer in user space does\n1\n"
    );
}

#[test]
fn every_message_can_be_seen() {
    let Some(said) = with_peer("rtm table add t; rtm --dissect route add 10.0.0.0/8 dev a table u; cat log")
    else {
        return;
    };
    for part in ["sent\n    0  RouteNew (25), ", "oif (2) = \"a\"", "received\n", "refused: RouteNew.table"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn colour_is_for_terminals_or_when_asked_for() {
    let Some(said) =
        with_peer("rtm table add t; rtm --color always table add u; rtm --color always table list")
    else {
        return;
    };
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[..3], ["Success", "\x1b[32mSuccess\x1b[0m", "\x1b[1mTable  Routes  Generation\x1b[0m"]);
}

#[test]
fn a_second_peer_is_refused() {
    let Some(said) = with_peer("rtm serve; echo $?; cat log") else { return };
    assert!(
        said.starts_with("1\nrtm: port id ") && said.contains(" is taken: is a server running already?"),
        "{said}"
    );
}

#[test]
fn a_reader_that_has_enough_is_no_failure() {
    // More than a pipe holds, and than is written before the reader has gone.
    const SCRIPT: &str = "(echo table add t; for i in $(seq 4000); do echo 10.$((i / 250)).$((i % 250)).0/24 dev eth$i; done) |
        rtm load - --table t | cut -d ' ' -f 1
        { rtm route list; echo $? >status; } | head -n 1; cat status log";
    let Some(said) = with_peer(SCRIPT) else { return };
    assert!(said.starts_with("4001\nDest ") && said.lines().nth(2) == Some("0"), "{said}");
    assert!(!said.contains("panicked") && !said.contains("Broken pipe"), "{said}");
}

#[test]
fn wrong_arguments_exit_with_2_before_anybody_is_asked() {
    for arguments in
        ["", "paint", "table add", "route add 10.0.0.0/8", "route list blue", "route get blue table t"]
    {
        let output = Command::new(example("rtm")).args(arguments.split_whitespace()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.stdout.is_empty() && !said.contains("talking to"), "{arguments}: {said}");
    }
}

#[test]
fn odd_arguments_are_named_before_anybody_is_asked() {
    let long = "x".repeat(300);
    for (arguments, says) in [
        (&["table", "add", ""][..], "\"\" is not a name: names have 1 to 31 characters"),
        (&["table", "add", &long], "is not a name"),
        (&["route", "add", "", "table", "t"], "`` is not a destination"),
        (&["route", "add", "10.0.0.0/8", "table", "t", "metric", "-1"], "`-1` is not a value for metric"),
        (&["route", "add", "10.0.0.0/8", "table", "t", "via", ""], "`` is not a value for via"),
        (&["route", "add", "10.0.0.0/8", "table", "t", "dev"], "write a value after `dev`"),
        (&["monitor", "--count", "-1"], "invalid value '-1' for '--count <N>'"),
        (&["serve", "--idle", "-1"], "invalid value '-1' for '--idle <SECONDS>'"),
    ] {
        let output = Command::new(example("rtm")).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(says), "{arguments:?}: {said}");
    }
}

#[test]
fn files_without_end_or_of_other_bytes_are_refused() {
    const SCRIPT: &str = "rtm load /dev/zero; echo $?; printf 'table add \\377' | rtm load -; echo $?; rtm load /; echo $?; cat log";
    let Some(said) = with_peer(SCRIPT) else { return };
    assert!(said.starts_with("2\n2\n2\n"), "{said}");
    for says in ["/dev/zero: more than 64 MiB", "-: stream did not contain valid UTF-8", "/: Is a directory"]
    {
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn manual_has_each_command() {
    let output = Command::new(example("rtm")).arg("man").output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && page.contains(".TH rtm 1") && page.contains("RTM ROUTE APPEND"),
        "{page}"
    );
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let output = Command::new(example("rtm")).args(["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success()
                && ["monitor", "append", "if-empty"].iter().all(|word| script.contains(word))
        );
    }
}
