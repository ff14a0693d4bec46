//! The example programs as a user meets them: what they print, and how they exit.

mod common;

use common::{example, in_namespace};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

/// Runs a shell script in a network namespace of its own; `$greet` is the example.
fn script(text: &str) -> Option<Output> {
    in_namespace(text, |command| {
        command.env("greet", example("greet")).env("scenarios", env!("CARGO_BIN_EXE_scenarios"));
    })
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn greet_prints_the_peers_answer_and_says_who_answered() {
    let Some(output) = script("exec $greet --peer 'Hello, how are you?'") else { return };
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains("a peer in user space, which this process has started"), "{stderr}");
    let stdout = stdout(&output);
    let port_id: u32 = stderr.rsplit(' ').next().unwrap().trim().parse().unwrap();
    assert_eq!(stdout, format!("Msg from Process {port_id} has been processed by a peer in user space\n"));
}

#[test]
fn greet_answers_each_line_of_its_input_by_both_ways() {
    let Some(output) = script("printf 'one\\ntwo\\n' | $greet --peer --json && $greet --peer --genl three")
    else {
        return;
    };
    let stdout = stdout(&output);
    let lines: Vec<_> = stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{output:?}");
    let replies: [Value; 2] = [0, 1].map(|at| serde_json::from_str(lines[at]).unwrap());
    let seqs = [&replies[0], &replies[1]].map(|reply| reply["seq"].as_u64().unwrap());
    assert_eq!(seqs[1], seqs[0] + 1);
    assert!(seqs[0] > 1, "a peer may still answer the first number of a socket of before");
    for (reply, line) in replies.iter().zip(&lines) {
        let said = reply["reply"].as_str().unwrap();
        assert!(said.starts_with("Msg from Process ") && said.ends_with("by a peer in user space"), "{line}");
    }
    assert!(lines[2].ends_with("has been processed by a peer in user space"), "{}", lines[2]);
}

#[test]
fn greet_tells_subscribers_in_other_processes() {
    const SCRIPT: &str = "$greet --serve & peer=$!; \
        for way in '' --genl; do $greet --peer $way --subscribe --count 1 --dissect & \
        sleep 0.3; $greet --peer \"so long\"; wait $!; done; kill $peer";
    let Some(output) = script(SCRIPT) else { return };
    let stdout = stdout(&output);
    assert_eq!(stdout.lines().filter(|line| line.ends_with(" said: so long")).count(), 2, "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("text (2) = \"so long\""), "{output:?}");
}

#[test]
fn greet_says_who_answered_beside_the_tree_too() {
    const SCRIPT: &str = "$greet --serve & peer=$!; sleep 0.3; for way in '' --genl; do $greet --peer $way --dissect Hi; done; kill $peer";
    let Some(output) = script(SCRIPT) else { return };
    let (stdout, tree) = (stdout(&output), String::from_utf8_lossy(&output.stderr).into_owned());
    let end = "has been processed by kernel (this answer is from a peer in user space)";
    assert_eq!(stdout.lines().filter(|line| line.ends_with(end)).count(), 2, "{output:?}");
    assert_eq!((stdout + &tree).matches("by a peer in user space").count(), 0, "{output:?}");
}

#[test]
fn greet_refuses_what_cannot_be_said() {
    let Some(output) = script("exec $greet --peer \"$(printf 'x%.0s' $(seq 1025))\"") else { return };
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("at most 1024 bytes and no NUL; this one has 1025 bytes"), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
}

#[test]
fn greet_asks_no_peer_where_a_protocol_was_named() {
    for protocol in [29, 99] {
        let Some(output) = script(&format!("exec $greet --protocol {protocol} Hi")) else { return };
        assert_eq!((output.status.code(), stdout(&output)), (Some(1), String::new()), "{protocol}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        let says = format!("greet: no module answers at netlink protocol {protocol}; without --protocol");
        assert!(stderr.starts_with(&says) && stderr.lines().count() == 1, "{stderr}");
    }
}

#[test]
fn wrong_arguments_exit_with_2() {
    for (program, argument) in
        [("greet", "--no-such"), ("greet", "--count=1"), ("tlv", "--cut=x"), ("links", "--no-such")]
    {
        let output = Command::new(example(program)).arg(argument).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{program} {argument}");
    }
}

#[test]
fn the_scenario_suite_holds_for_the_peer() {
    let Some(output) = script("exec $scenarios --target peer") else { return };
    let stdout = stdout(&output);
    assert!(output.status.success() && stdout.contains(" 0 failed"), "{stdout}");
}

#[test]
fn a_conversation_goes_on_while_lines_are_typed() {
    let child =
        Command::new(example("greet")).arg("--peer").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.unwrap();
    let (mut stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut answers = BufReader::new(stdout).lines();
    for text in ["Hello", "and again"] {
        writeln!(stdin, "{text}").unwrap();
        let answer = answers.next().unwrap().unwrap();
        assert!(
            answer.starts_with("Msg from Process ")
                && answer.ends_with(" has been processed by a peer in user space")
        );
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn tlv_shows_the_courses_buffer() {
    let output = Command::new(example("tlv")).arg("--json").output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["bytes"], 222);
    assert_eq!(found["records"][0]["units"], serde_json::json!(["Abhishek Sagar", "Shivani"]));
    assert_eq!(found["records"][2]["units"], serde_json::json!([52437, 52438, 52439]));

    let output = Command::new(example("tlv")).args(["--cut", "100"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "tlv: length field 130 is beyond the 34 bytes that remain (offset 66)\n");
}

#[test]
fn greet_answers_what_was_said_before_a_mistake_and_names_its_line() {
    let Some(output) = script("printf 'one\\n\\n\\377\\n' | $greet --peer") else { return };
    let (said, err) = (stdout(&output), String::from_utf8_lossy(&output.stderr));
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 2), "{said} {err}");
    assert!(err.contains("greet: line 3 of standard input: "), "{err}");
}

#[test]
fn greet_reads_what_looks_like_a_number_as_what_it_is() {
    let Some(output) = script("$greet --peer -- -5 && $greet --peer -5; $greet --count -1 --subscribe")
    else {
        return;
    };
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), stdout(&output).lines().count()), (Some(2), 2), "{err}");
    assert!(err.contains("invalid value '-1' for '--count <N>'"), "{err}");
}

#[test]
fn outputs_that_end_or_are_full_are_no_panic() {
    for arguments in ["--peer Hello again", "--man", "--completions bash"] {
        let ending = format!(
            "{{ $greet {arguments}; echo $? >&3; }} 3>&1 >&- | cat; $greet {arguments} >/dev/full; echo $?"
        );
        let Some(output) = script(&ending) else { return };
        let (said, err) = (stdout(&output), String::from_utf8_lossy(&output.stderr));
        assert!(
            !err.contains("panicked") && err.contains("greet: No space left on device"),
            "{arguments}: {err}"
        );
        assert_eq!(said.lines().last(), Some("1"), "{arguments}: {said} {err}");
    }
    let Some(output) = script("{ $greet --man; echo $? >&2; } | true") else { return };
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.ends_with("0\n") && !err.contains("Broken pipe"), "{err}");
}
