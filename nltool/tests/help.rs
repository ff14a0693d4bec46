//! What `--help` shows works, and what is typed wrong is said.

mod common;

use common::{in_namespace, run, stdout, text};

/// The examples in the help of a command, without those that a test cannot run as they are.
fn examples(command: &str) -> Vec<String> {
    let help = stdout(&[command, "--help"], b"");
    let lines = help.lines().map(str::trim).filter(|line| line.starts_with("nltool "));
    lines.filter(|line| !line.contains(['|', '>', '\\'])).map(str::to_owned).collect()
}

#[test]
fn examples_of_the_help_work() {
    let mut script = String::from(
        "set -e
        $nltool do rt-link newlink --create ifname=eth0 linkinfo.kind=veth linkinfo.data.peer.ifname=eth1
        $nltool do rt-link newlink ifname=eth0 flags=up change=1\n",
    );
    let mut count = 0;
    for command in ["do", "dump", "families", "describe", "policies", "man"] {
        for example in examples(command).iter().filter(|example| !example.contains(".yaml")) {
            let words = example.strip_prefix("nltool ").unwrap();
            script += &format!(
                "$nltool {words} > /dev/null || {{ echo \"{command}: {}\"; exit 1; }}\n",
                words.replace('"', "")
            );
            count += 1;
        }
    }
    assert!(count >= 10, "{script}");
    let Some(output) = in_namespace(&script) else { return };
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn what_is_typed_wrong_is_said_and_is_exit_code_2() {
    for (words, says) in [
        (&["describe", "rt-link", "newlnk"][..], "no operation `newlnk`; did you mean newlink"),
        (&["describe", "nlctr"], "no family `nlctr` is known; did you mean nlctrl?"),
        (&["policies", "nlctr"], "this kernel has no generic netlink family `nlctr`; did you mean nlctrl?"),
        (&["decode", "--message", "newlnk"], "no message is called `newlnk`; did you mean newlink"),
        (&["monitor", "--message", "newlnk"], "no message is called `newlnk`"),
        (&["trace", "--message", "newlnk", "--", "true"], "no message is called `newlnk`"),
        (&["monitor", "--seconds", "soon"], "expected a number of seconds, such as 2 or 0.5"),
        (
            &["do", "rt-link", "getlink", "ifname"],
            "ifname: expected a string, found true; write ifname=VALUE",
        ),
        (
            &["do", "link", "newlink", "ifname=eth0", "mtu"],
            "mtu: expected a number, found true; write mtu=VALUE",
        ),
        (&["do", "route", "newroute", "scope"], "expected a number, found true"),
        (&["do", "link", "newlink", r#"{"mtu": true}"#], "mtu: expected a number, found true"),
        (&["encode"], "line 1 is not the JSON that `nltool decode --json` writes: "),
        (
            &["do", "link", "getlink", "eth0"],
            "LinkAttrs has no such attribute; did you mean ifname=eth0?\n  eth0\n",
        ),
        (&["do", "link", "newlink", "ifname=eth0", "up"], "did you mean flags=up?"),
        (&["do", "route", "newroute", "metric=5"], "did you mean priority?"),
        (&["do", "route", "newroute", "dst=10.0.0.0/8", "dev=eth0"], "did you mean oif?"),
        (&["do", "neigh", "newneigh", "dev=eth0"], "did you mean header.ifindex?"),
        (&["do", "addr", "newaddr", "dev=eth0"], "did you mean index?"),
        (&["do", "ethtool", "rings-get", "dev=eth0"], "did you mean header.dev-name?"),
        (
            &["dump", "ethtool"],
            "the operation is missing: which one of ethtool? There are strset-get, linkinfo-get",
        ),
        (&["dump", "ethtool", "ring-get"], "did you mean rings-get"),
        (&["decode", "--where", "ifnam=eth0"], "no message has `ifnam`; did you mean ifname?"),
        (&["monitor", "--where", "ifnam=eth0"], "no message has `ifnam`; did you mean ifname?"),
        (&["trace", "--where", "ifnam=eth0", "--", "true"], "no message has `ifnam`; did you mean ifname?"),
        (&["dump", "rt-link", "--where", "ifnam=eth0"], "no message has `ifnam`; did you mean ifname?"),
        (&["dump", "rt-link", "--message", "newroute"], "no message is called `newroute`"),
        (&["monitor", "rt-route", "--where", "linkinfo.kind=veth"], "no message has `linkinfo.kind`"),
        (&["decode", "--where", "operstate=upp"], "there is no value `upp`; did you mean up?"),
        (&["decode", "--where", "oif=eth0"], "`eth0` is not a number, and not the name of an interface"),
        (&["decode", "--family", "rt-lnk"], "no family `rt-lnk` is known; did you mean rt-link?"),
        (
            &["do", "rt-link", "newlink", "--dry-run", "ifname=d0", "kind=dummy"],
            "kind: LinkAttrs has no such attribute; did you mean linkinfo.kind?\n  ifname=d0 kind=dummy\n",
        ),
        (
            &["do", "rt-link", "newlink", "--dry-run", "{\"mtu\": 1, \"mtu\": 2}"],
            "the key `mtu` is given twice",
        ),
        (
            &["do", "rt-link", "newlink", "--dry-run", "mtu=1", "MTU=2"],
            "MTU: this is given twice, in two spellings",
        ),
    ] {
        let output = run(words, b"no JSON");
        let stderr = text(&output.stderr);
        assert_eq!((output.status.code(), stderr.contains(says)), (Some(2), true), "{words:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{words:?} writes before it fails");
    }
}

#[test]
fn a_protocol_has_a_number_up_to_31() {
    let output = run(&["decode", "--protocol", "32"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("netlink protocols have numbers up to 31"), "{output:?}");
}

#[test]
fn the_help_of_a_command_has_what_belongs_to_it() {
    let help = |command: &str| stdout(&[command, "--help"], b"");
    let monitor = help("monitor");
    for option in ["--protocol", "--refused", "--all"] {
        assert!(!monitor.contains(option), "{option} in {monitor}");
    }
    let decode = help("decode");
    assert!(decode.find("--ask-kernel").unwrap() < decode.find("Filters:").unwrap(), "{decode}");
    assert!(help("trace").contains("Arguments:\n  [COMMAND]"));
    assert!(help("dump").contains("--where"));
}

#[test]
fn seconds_may_have_a_fraction() {
    let began = std::time::Instant::now();
    assert!(run(&["monitor", "rt-link", "--seconds", "0.2"], b"").status.success());
    assert!(began.elapsed() < std::time::Duration::from_secs(20));
}
