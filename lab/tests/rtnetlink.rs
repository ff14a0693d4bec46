//! The programs on the kernel's own families: `routes` agrees with `ip`, what `monitor` sees, and
//! `families` finds the controller.

mod common;

use common::{example, in_namespace};
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs a script, until something fails, in a network namespace of its own.
fn isolated(script: &str) -> Option<Output> {
    in_namespace(&format!("set -e\n{script}"), |_| {})
}

fn path(name: &str) -> String {
    example(name).display().to_string()
}

/// What a program prints for this input.
fn run(name: &str, args: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(example(name));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn hundred_thousand_routes_are_as_ip_sees_them() {
    let routes = path("routes");
    let script = format!(
        "ip link set lo up
        {routes} add 10.1.0.0/16 --dev lo --metric 5 --table 1000
        {routes} add 11.0.0.0/32 --dev lo --table 1000 --count 100000
        {routes} list --json --table 1000
        ip -json route show table 1000
        {routes} del 11.0.0.0/32 --dev lo --table 1000 --count 100000
        ip -json route show table 1000
        {routes} del 11.0.0.0/32 --dev lo --table 1000 --count 2 || true"
    );
    let Some(output) = isolated(&script) else { return };
    assert!(output.status.success(), "{}", text(&output.stderr));
    let documents = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    let documents: Vec<Value> = documents.collect::<Result<_, _>>().unwrap();
    let [ours, theirs, left] = documents.as_slice() else { panic!("{} documents", documents.len()) };
    let (ours, theirs) = (ours.as_array().unwrap(), theirs.as_array().unwrap());
    assert_eq!((ours.len(), theirs.len()), (100_001, 100_001));
    for (ours, theirs) in ours.iter().zip(theirs) {
        for key in ["dst", "dev", "metric", "gateway"] {
            assert_eq!(ours[key], theirs[key], "{key} of {theirs}");
        }
    }
    let left = left.as_array().unwrap();
    assert_eq!((left.len(), &left[0]["dst"]), (1, &Value::from("10.1.0.0/16")));
    let refused = text(&output.stderr);
    assert!(
        refused.contains("2 of 2 failed, the first: refused: no such object or process (ESRCH"),
        "{refused}"
    );
}

#[test]
fn monitor_tells_changes_of_links() {
    let (monitor, ready) =
        (path("monitor"), std::env::temp_dir().join(format!("nl-tlv-monitor-{}", std::process::id())));
    let ready = ready.display();
    // The first line on standard error says that it listens.
    let script = format!(
        "mkfifo {ready}
        {monitor} --count 3 2>{ready} &
        read line <{ready}
        ip link add br0 type bridge
        ip link set lo up
        ip addr add 10.5.0.1/24 dev lo
        wait"
    );
    let output = isolated(&script);
    let _ = std::fs::remove_file(ready.to_string());
    let Some(output) = output else { return };
    assert!(output.status.success(), "{}", text(&output.stderr));
    let seen = text(&output.stdout);
    let lines: Vec<_> = seen.lines().collect();
    assert_eq!(lines.len(), 3, "{seen}");
    assert!(lines[0].starts_with("link br0 is down, mtu 1500"), "{seen}");
    assert_eq!(lines[1], "link lo is up, mtu 65536");
}

#[test]
fn watch_tells_each_change_of_its_table() {
    let (watch, fifo) =
        (path("watch"), std::env::temp_dir().join(format!("nl-tlv-watch-{}", std::process::id())));
    let fifo = fifo.display();
    // A route that is there already: its line says that the watch is subscribed.
    let script = format!(
        "ip link set lo up
        ip addr add 10.5.0.1/24 dev lo
        ip route add 10.4.0.0/16 dev lo
        mkfifo {fifo}
        {watch} --count 5 --buffer 4096 >{fifo} &
        exec 3<{fifo}
        read line <&3
        echo $line
        ip route add 10.4.0.0/16 dev lo table 1000
        ip route add 10.6.0.0/16 via 10.5.0.2
        ip route replace 10.6.0.0/16 via 10.5.0.3
        ip route del 10.6.0.0/16
        ip route add default via 10.5.0.9
        cat <&3"
    );
    let output = isolated(&script);
    let _ = std::fs::remove_file(fifo.to_string());
    let Some(output) = output else { return };
    assert!(output.status.success(), "{}", text(&output.stderr));
    let lines: Vec<_> = text(&output.stdout).lines().collect();
    let expected = [
        "+ 10.4.0.0/16 over interface 1",
        "+ 10.6.0.0/16 via 10.5.0.2 over interface 1",
        "~ 10.6.0.0/16 via 10.5.0.2 over interface 1 is now via 10.5.0.3 over interface 1",
        "- 10.6.0.0/16 via 10.5.0.3 over interface 1",
        "+ default via 10.5.0.9 over interface 1",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn controller_is_among_the_families_and_has_policies() {
    let all = run("families", &[], b"");
    assert!(text(&all.stdout).contains("nlctrl (id 16, version 2)\n  operation 3   do, dump"), "{all:?}");
    assert!(text(&all.stdout).contains("  group 16      notify\n"));
    // Linux 5.10 brought the policies.
    let policies = run("families", &["nlctrl"], b"");
    assert!(
        text(&policies.stdout).contains("attribute 2: string with NUL, at most 15 bytes"),
        "{policies:?}"
    );
    let unknown = run("families", &["no such"], b"");
    assert_eq!(
        text(&unknown.stderr),
        "families: no generic netlink family is called \"no such\": is its module loaded?\n"
    );
}

#[test]
fn output_that_nobody_reads_is_no_error() {
    for (name, args) in
        [("links", &["--json"][..]), ("families", &[]), ("routes", &["list", "--table", "255"])]
    {
        let mut command = Command::new(example(name));
        let mut child = command
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{name}");
    }
}

#[test]
fn failures_are_one_line_and_an_exit_code() {
    let failures = [
        (
            "routes",
            &["add", "10.1.0.0/16", "--dev", "no such"][..],
            1,
            "routes: no interface is called no such\n",
        ),
        (
            "routes",
            &["list", "--table", "77777"],
            1,
            "routes: refused: no such object (ENOENT, error code -2)",
        ),
        ("links", &["no such"], 1, "links: no interface is called no such\n"),
        (
            "routes",
            &["add", "10.1.0.0/33"],
            2,
            "error: invalid value '10.1.0.0/33' for '<DST>': expected an address",
        ),
    ];
    for (name, args, code, says) in failures {
        let output = run(name, args, b"");
        assert_eq!(output.status.code(), Some(code), "{name} {args:?}");
        let stderr = text(&output.stderr);
        assert!(stderr.starts_with(says) && (code == 2 || stderr.lines().count() == 1), "{stderr}");
    }
}
