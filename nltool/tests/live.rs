//! `nltool` and this machine's kernel, in namespaces of their own.

mod common;

use common::{NLTOOL, has, in_namespace, run, stdout, text};
use serde_json::Value;

#[test]
fn links_are_made_and_listed_as_ip_sees_them() {
    let script = "set -e
        $nltool do rt-link newlink --create --excl ifname=v0 linkinfo.kind=veth linkinfo.data.peer.ifname=v1 mtu=1400
        $nltool dump rt-link getlink --json | tr '\\n' ' '
        echo
        ip -json link show";
    let Some(output) = in_namespace(script) else { return };
    assert!(output.status.success(), "{}", text(&output.stderr));
    let (ours, theirs) = text(&output.stdout).split_once('\n').unwrap();
    let ours: Vec<Value> = serde_json::Deserializer::from_str(ours).into_iter().map(Result::unwrap).collect();
    let theirs: Vec<Value> = serde_json::from_str(theirs).unwrap();
    assert_eq!(ours.len(), 3);
    for (ours, theirs) in ours.iter().zip(&theirs) {
        for (our, their) in [("ifname", "ifname"), ("mtu", "mtu"), ("index", "ifindex"), ("qdisc", "qdisc")] {
            assert_eq!(ours[our], theirs[their], "{our} of {theirs}");
        }
    }
    assert_eq!(ours[2]["mtu"], 1400);
}

#[test]
fn refusals_and_mistakes_show_the_place_in_what_was_typed() {
    let script = "$nltool do rt-link newlink --create ifname=v0 linkinfo.kind=veth
        $nltool do rt-link newlink ifname=v0 mtu=10; echo $?
        $nltool do rt-link newlink ifname=v0 mtuu=10; echo $?
        $nltool do rt-link newlink ifname=v0 linkinfo.kind=vlan linkinfo.data.id=abc; echo $?
        $nltool do rt-link newlnk; echo $?
        $nltool do rt-route newroute --create dst=10.0.0.0 dst-len=8 family=2 type=unicast table=254 gateway=10.1.1.1; echo $?";
    let Some(output) = in_namespace(script) else { return };
    assert_eq!(text(&output.stdout), "3\n2\n2\n2\n3\n");
    let stderr = text(&output.stderr);
    for says in [
        "the kernel refused Link: EINVAL (invalid argument): mtu less than device minimum",
        "mtuu: LinkAttrs has no such attribute; did you mean mtu?\n  ifname=v0 mtuu=10\n            ^^^^^^^",
        "linkinfo.data.id: expected a number, found \"abc\"\n",
        "family rt-link has no operation `newlnk`",
        "ENETUNREACH (network unreachable): Nexthop has invalid gateway",
    ] {
        assert!(stderr.contains(says), "{says} in\n{stderr}");
    }
}

#[test]
fn the_place_of_a_refused_attribute_is_marked() {
    // Linux points at the name that is taken, or too long for it.
    let script = "$nltool do rt-link newlink --create ifname=v0 linkinfo.kind=nosuch txqlen=7";
    let Some(output) = in_namespace(script) else { return };
    let stderr = text(&output.stderr);
    assert!(stderr.contains("EOPNOTSUPP") && stderr.contains("Unknown device type"), "{stderr}");
}

#[test]
fn a_dry_run_sends_nothing() {
    let picture = stdout(&["do", "rt-link", "newlink", "--dry-run", "--create", "ifname=v0"], b"");
    assert!(picture.contains("07 00 03 00|76 30 00~00"), "{picture}");
    let svg = stdout(&["do", "rt-link", "newlink", "--dry-run", "--svg", "--create", "ifname=v0"], b"");
    assert!(svg.starts_with("<svg") && svg.contains("ifname"), "{svg}");
    assert_eq!(run(&["dump", "rt-link", "--dry-run", "--json"], b"").status.code(), Some(2));
    let json = r#"{"ifname": "v0", "linkinfo": {"kind": "veth", "data": {"peer": {"ifname": "v1"}}}}"#;
    let words = [
        "do",
        "rt-link",
        "newlink",
        "--dry-run",
        "ifname=v0",
        "linkinfo.kind=veth",
        "linkinfo.data.peer.ifname=v1",
    ];
    assert_eq!(stdout(&["do", "rt-link", "newlink", "--dry-run", json], b""), stdout(&words, b""));
    assert_eq!(stdout(&["do", "rt-link", "newlink", "--dry-run", "-"], json.as_bytes()), stdout(&words, b""));
}

#[test]
fn answers_are_shown_as_trees() {
    let forms =
        [("do", &["nlctrl", "getfamily", "family-name=nlctrl"][..]), ("dump", &["nlctrl", "getfamily"])];
    for (command, words) in forms {
        let tree = stdout(&[&[command], words, &["--tree"]].concat(), b"");
        assert!(tree.contains("family_name (2) = \"nlctrl\""), "{tree}");
        let one = tree.lines().filter(|line| line.trim_start().starts_with("0  ")).count();
        assert_eq!(one, tree.lines().filter(|line| line.contains("GenlMsgHdr: cmd ")).count(), "{tree}");
    }
    assert_eq!(run(&["dump", "nlctrl", "--tree", "--json"], b"").status.code(), Some(2));
}

#[test]
fn the_forms_of_an_attribute_are_described_by_what_selects_them() {
    let address = stdout(&["describe", "rt-addr", "newaddr"], b"");
    assert!(address.contains("      for family inet (2): IPv4 or IPv6 address\n"), "{address}");
    let link = stdout(&["describe", "rt-link", "newlink"], b"");
    assert!(link.contains(" for kind vlan: nest Vlan\n"), "{link}");
    let all = [address, link].concat();
    assert!(!all.lines().any(|line| line.trim().starts_with("2:")), "{all}");
}

#[test]
fn changes_are_seen_as_they_happen_and_captured() {
    let file = std::env::temp_dir().join(format!("nltool-monitor-{}.pcap", std::process::id()));
    let script = format!(
        "set -e
        mkfifo {0}.out
        $nltool monitor rt-link rt-addr --message newlink --message newaddr --seconds 20 --count 3 --pcap {0} >{0}.out &
        exec 3<{0}.out
        sleep 1
        ip link add v0 type veth peer name v1
        ip addr add 10.0.0.1/24 dev v0
        cat <&3
        wait
        echo ---
        $nltool decode {0}",
        file.display()
    );
    let output = in_namespace(&script);
    for end in ["", ".out"] {
        drop(std::fs::remove_file(format!("{}{end}", file.display())));
    }
    let Some(output) = output else { return };
    assert!(output.status.success(), "{}", text(&output.stderr));
    let (seen, read) = text(&output.stdout).split_once("---\n").unwrap();
    // The process may have lived when its request was seen.
    let seen = seen.replace(", ip)", ")");
    // Only of what happens now the names of interfaces are known.
    assert!(seen.contains(" index 3 (v0) ") && !read.contains("(v0)"), "{seen}");
    let seen = seen.replace(" (v0)", "").replace(" (v1)", "");
    assert_eq!(seen, read);
    assert_eq!((seen.matches("∙ Link").count(), seen.matches("∙ Address").count()), (2, 1), "{seen}");
    assert!(seen.contains("local 10.0.0.1"), "{seen}");
}

#[test]
fn numbers_of_interfaces_have_names_where_the_kernel_can_be_asked() {
    let script =
        "ip link set lo up; ip link add br0 type bridge; ip link add v0 master br0 type veth peer name v1
        ip addr add 10.9.0.2/24 dev br0; ip link set br0 up; ip netns list > /dev/null
        $nltool dump rt-route --where dst=10.9.0.0/24
        $nltool dump rt-link --where ifname=v0
        $nltool dump rt-route --where dst=10.9.0.0/24 --json";
    let Some(output) = in_namespace(script) else { return };
    let stdout = text(&output.stdout);
    let lines: Vec<&str> = stdout.lines().collect();
    assert!(lines[0].contains(" oif 2 (br0)"), "{stdout}");
    assert!(lines[1].contains(" master 2 (br0)") && lines[1].contains("(v1)"), "{stdout}");
    assert!(lines[2].contains("\"oif\": 2}") || lines[2].contains("\"oif\": 2,"), "{stdout}");
}

#[test]
fn only_what_changes_of_known_objects_is_shown() {
    let script = "ip link add v0 type veth peer name v1
        fifo=$(mktemp -u); mkfifo $fifo; $nltool monitor --changed rt-link rt-addr --seconds 20 --count 4 > $fifo &
        exec 3<$fifo; rm $fifo; sleep 1
        ip link set v0 mtu 1400; ip link set v0 mtu 1300; ip addr add 10.0.0.1/24 dev v0; ip link del v0
        cat <&3; wait";
    let Some(output) = in_namespace(script) else { return };
    let stdout = text(&output.stdout);
    let lines: Vec<&str> = stdout.lines().collect();
    assert!(
        lines[0].contains("∙ Link index 3 ifname \"v0\":") && lines[0].contains(" mtu 1500 → 1400"),
        "{stdout}"
    );
    assert!(lines[1].contains(" mtu 1400 → 1300"), "{stdout}");
    assert!(!lines[1].contains("txqlen") && lines[1].len() < 200, "{stdout}");
    // The interface may have gone when its name is asked for.
    let address = lines[2].replace(" (v0)", "");
    assert!(address.contains("∙ Address family inet index 3 address 10.0.0.1/24 local"), "{stdout}");
    assert!(lines[3].contains("∙ Del"), "{stdout}");
}

#[test]
fn what_a_program_says_is_traced() {
    if !has("strace") {
        return;
    }
    let script = "$nltool trace -- ip link add v0 type veth && $nltool trace --json -- ip route add 10.1.0.0/16 via 11.0.0.1
        $nltool trace --refused -- ip route add 10.1.0.0/16 via 11.0.0.1; echo $?";
    let Some(output) = in_namespace(script) else { return };
    let stderr = text(&output.stderr);
    if stderr.contains("ptrace") {
        return common::skip("this machine does not allow tracing");
    }
    let stdout = text(&output.stdout);
    assert!(
        stdout.contains("→ Link ACK|EXCL|CREATE ifname \"v0\" linkinfo { kind \"veth\" }"),
        "{stdout} {stderr}"
    );
    assert!(stdout.contains("\"errno\": \"ENETUNREACH\""), "{stdout}");
    assert!(stderr.contains("the command ended with exit code 2"), "{stderr}");
    // Of what was refused the request is shown too, and the exit code is that of the command.
    let refused: Vec<&str> = stdout.lines().rev().take(3).collect();
    assert!(refused[0] == "2" && refused[1].contains("✗ ENETUNREACH"), "{stdout}");
    assert!(refused[2].contains("→ Route ") && refused[2].contains("dst 10.1.0.0/16"), "{stdout}");
}

#[test]
fn a_trace_ends_with_the_command_and_not_with_what_it_leaves_in_the_background() {
    if !has("strace") {
        return;
    }
    let script = "$nltool trace -- sh -c 'sleep 30 >/dev/null 2>&1 & echo $!; ip link show dev lo >&2; exit 4'; echo $?";
    let begun = std::time::Instant::now();
    let Some(output) = in_namespace(script) else { return };
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    if stderr.contains("ptrace") {
        return common::skip("this machine does not allow tracing");
    }
    let process = stdout.lines().next().unwrap();
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    std::process::Command::new("kill").arg(process).status().unwrap();
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    assert!(status.contains("TracerPid:\t0"), "{status}");
    assert!(stderr.contains(&format!("not traced any more: sleep (process {process})")), "{stderr}");
    assert!(
        stderr.contains("the command ended with exit code 4") && stdout.ends_with("\n4\n"),
        "{stdout}{stderr}"
    );
}

#[test]
fn a_running_process_is_traced() {
    if !has("strace") {
        return;
    }
    // The process says nothing before it is traced: it waits for the other end of the pipe to be closed.
    let script = "sleep 2 | { read line; exec ip link add v0 type veth; } & $nltool trace --pid $!";
    let Some(output) = in_namespace(script) else { return };
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    if stderr.contains("ptrace") {
        return common::skip("this machine does not allow tracing");
    }
    assert!(
        stdout.contains("→ Link ACK|EXCL|CREATE ifname \"v0\" linkinfo { kind \"veth\" }"),
        "{stdout} {stderr}"
    );
    assert!(output.status.success(), "{stderr}");
}

#[test]
fn a_process_that_cannot_be_traced_is_one_line_and_an_exit_code() {
    if !has("strace") {
        return;
    }
    let output = run(&["trace", "--pid", "4194305"], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("4194305"), "{}", text(&output.stderr));
}

#[test]
fn interfaces_have_names_where_the_kernel_wants_numbers() {
    let script = "ip link add br0 type bridge; ip link add v0 type veth
        $nltool do rt-link newlink ifname=v0 master=br0 && ip -json link show dev v0
        $nltool do rt-link newlink ifname=v0 master=nosuch; echo $?";
    let Some(output) = in_namespace(script) else { return };
    let stdout = text(&output.stdout);
    assert!(stdout.contains("\"master\":\"br0\"") && stdout.ends_with("2\n"), "{stdout}");
    let stderr = text(&output.stderr);
    assert!(stderr.contains("found \"nosuch\", which is not the name of an interface either"), "{stderr}");
}

#[test]
fn routes_are_typed_as_they_are_said() {
    let script = "ip link set lo up; ip link add v0 type veth peer name v1; ip link set v1 up; ip link set v0 up
        $nltool do rt-addr newaddr --create local=10.9.0.2/24 index=v0
        $nltool do rt-route newroute --create dst=10.8.0.0/16 gateway=10.9.0.1
        $nltool do rt-route newroute --create dst=default gateway=10.9.0.1 table=main
        $nltool do rt-route newroute --create dst=10.7.0.0/16 oif=v0
        ip route; echo ---
        $nltool do rt-route getroute dst=8.8.8.8; echo ---
        $nltool do rt-route delroute dst=10.7.0.0/16; $nltool do rt-route delroute dst=10.8.0.0/16; ip route; echo ---
        $nltool do rt-neigh newneigh --create dst=10.9.0.9 lladdr=02:00:00:00:00:09 ifindex=v0 header.ifindex=0";
    let Some(output) = in_namespace(script) else { return };
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let parts: Vec<&str> = stdout.split("---\n").collect();
    let lines: Vec<&str> = parts[0].lines().map(str::trim_end).collect();
    let expected = [
        "default via 10.9.0.1 dev v0",
        "10.7.0.0/16 dev v0 scope link",
        "10.8.0.0/16 via 10.9.0.1 dev v0",
        "10.9.0.0/24 dev v0 proto kernel scope link src 10.9.0.2",
    ];
    assert_eq!(lines, expected, "{stderr}");
    assert!(parts[1].contains("dst 8.8.8.8") && parts[1].contains("gateway 10.9.0.1"), "{stdout} {stderr}");
    assert!(!parts[2].contains("10.7.0.0/16") && !parts[2].contains("10.8.0.0/16"), "{stdout} {stderr}");
    let says = "`ifindex` is the attribute, and `header.ifindex` is the field of the header";
    assert!(stderr.contains(says), "{stderr}");
}

#[test]
fn a_dump_shows_what_is_asked_for_only() {
    let script = "ip link set lo up; ip link add v0 type veth peer name v1; ip addr add 10.9.0.2/24 dev v0; ip link set v0 up
        $nltool dump rt-link --where ifname=v1
        $nltool dump rt-link --where linkinfo.kind=veth --where header.index!=1 --json | wc -l
        $nltool dump rt-route --where table=main --where dst=10.9.0.0/24 --where oif=v0 --json | wc -l
        $nltool dump rt-route --where dst=10.9.0.0/25 | wc -l
        $nltool dump rt-link --message dellink | wc -l
        $nltool dump link --where ifname=v0 --json | wc -l
        $nltool dump link link --where ifname=v0 --json | wc -l
        $nltool dump route family=inet --where oif=v0 --where table=main --json | wc -l
        $nltool dump tc qdisc --where ifindex=v0 --json | wc -l
        $nltool dump rt-route --where oif=nosuch; echo $?";
    let Some(output) = in_namespace(script) else { return };
    let stdout = text(&output.stdout);
    let (first, rest) = stdout.split_once('\n').unwrap();
    assert!(first.contains("ifname \"v1\""), "{stdout}");
    assert_eq!(rest, "2\n1\n0\n0\n1\n1\n1\n1\n2\n", "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("not the name of an interface that is known here"));
}

#[test]
fn values_are_compared_in_dumps_monitors_and_requests() {
    let script = "ip link set lo up; ip link add v0 mtu 1400 type veth peer name v1; ip link set v0 up; ip link set v1 up
        ip addr add 10.9.0.2/24 dev v0; ip route add default via 10.9.0.9; ip route add 10.9.1.0/24 via 10.9.0.9
        $nltool dump link --where 'mtu>1400' --json | wc -l
        $nltool dump link --where 'mtu>=1400' --where 'mtu<2000' --json | wc -l
        $nltool dump route --where 'dst<=10.9.0.0/16' --where table=main --json | wc -l
        $nltool dump route --where 'dst>=10.9.1.7' --where table=main --json | wc -l
        $nltool dump route --where dst=default
        $nltool dump addr --where scope=host --where 'local<=127.0.0.0/8' --json | wc -l
        $nltool do rt-link getlink ifname=v0 --where 'mtu<1400' | wc -l
        $nltool do rt-link getlink ifname=v0 --where 'mtu<=1400' | wc -l
        $nltool monitor rt-link --where 'mtu<1300' --count 1 --seconds 20 --json > monitor-$$ & sleep 1
        ip link set v0 mtu 1350; ip link set v0 mtu 1250; wait; cat monitor-$$; rm monitor-$$
        $nltool dump link --where 'ifname>v'; echo $?";
    let Some(output) = in_namespace(&format!("cd {}; {script}", std::env::temp_dir().display())) else {
        return;
    };
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines[..4], ["2", "2", "2", "2"], "{stdout} {stderr}");
    let default =
        "Route family inet protocol boot type unicast dst default table main gateway 10.9.0.9 oif 3 (v0)";
    assert_eq!(lines[4], default, "{stderr}");
    assert_eq!(lines[5..8], ["1", "0", "1"], "{stdout} {stderr}");
    assert!(lines[8].contains("\"mtu\": 1250"), "{stdout}");
    assert_eq!(lines[9..], ["2"], "{stdout}");
    assert!(stderr.contains("--where ifname: its values have no order (string with NUL)"), "{stderr}");
}

#[test]
fn flags_of_a_link_are_added_to_those_that_it_has() {
    let script = "$nltool do link newlink --create ifname=v0 linkinfo.kind=veth linkinfo.data.peer.ifname=v1
        $nltool do link newlink ifname=v0 flags=up; ip link show dev v0
        $nltool do link newlink ifname=v0 flags=0 change=up; ip link show dev v0
        $nltool do link newlink ifname=v0 change=nosuch; echo $?";
    let Some(output) = in_namespace(script) else { return };
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let flags: Vec<&str> = stdout.lines().filter(|line| line.contains("v0@v1: <")).collect();
    assert!(flags[0].contains("BROADCAST,MULTICAST,UP"), "{stdout} {stderr}");
    assert!(flags[1].contains("BROADCAST,MULTICAST") && !flags[1].contains(",UP"), "{stdout} {stderr}");
    assert!(
        stdout.ends_with("\n2\n") && stderr.contains("which is not one of all, up, broadcast, "),
        "{stdout} {stderr}"
    );
}

#[test]
fn what_lines_show_is_described_and_typed() {
    let described = stdout(&["describe", "rt-addr", "newaddr"], b"");
    assert!(described.contains("    family  u8  (or unspec, unix, inet, inet6, "), "{described}");
    assert!(described.contains("    scope  u8  (or universe, site, link, host, nowhere)"), "{described}");
    let described = stdout(&["describe", "rt-route", "newroute"], b"");
    assert!(described.contains(" 15 table  u32  (or main, local, default)"), "{described}");
    assert!(described.contains("medium 0, high 1, "), "{described}");
    let script =
        "ip link add v0 type veth; $nltool do addr new --create local=10.1.0.1/24 index=v0 scope=link \
        cacheinfo.ifa-valid=forever cacheinfo.ifa-prefered=forever; $nltool dump addr -w family=inet -w index=v0
        $nltool trace ip link show dev v0 | grep -q GetLink && echo traced";
    let Some(output) = in_namespace(script) else { return };
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let shows = "Address family inet scope link index 3 (v0) address 10.1.0.1/24";
    assert!(
        stdout.starts_with(shows) && stdout.contains("ifa_prefered forever ifa_valid forever"),
        "{stdout} {stderr}"
    );
    if has("strace") && !stderr.contains("ptrace") {
        assert!(stdout.ends_with("\ntraced\n"), "{stdout} {stderr}");
    }
}

#[test]
fn queues_have_handles_as_tc_has_them() {
    let script = "ip link add v0 type veth
        $nltool do tc newqdisc --create ifindex=v0 parent=root handle=1: kind=pfifo options.limit=77
        $nltool dump tc qdisc -w parent=root -w ifindex=v0";
    let Some(output) = in_namespace(script) else { return };
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(stdout.starts_with("Qdisc ifindex 3 (v0) handle 1: parent root "), "{stdout} {stderr}");
}

#[test]
fn words_in_a_wrong_place_are_told_where_they_belong() {
    for (words, says) in [
        (&["dump", "link", "mtu>1000"][..], "`mtu>1000` is a condition: write --where 'mtu>1000'"),
        (&["dump", "link", "getlink", "mtu>=1000"], "`mtu>=1000` is a condition: write --where 'mtu>=1000'"),
        (
            &["do", "addr", "new", "10.1.0.2/24"],
            "`10.1.0.2/24` has no name: write what it is, such as dst=10.1.0.2/24",
        ),
        (&["do", "route", "new", "dst=10.0.0.0/8", "proto=static"], "did you mean protocol?"),
        (&["describe", "ethtool", "link"], "; did you mean linkinfo-get"),
        (&["dump", "qdisc"], "no family `qdisc` is known; did you mean tc qdisc?"),
        (&["dump", "wifi"], ".. (`nltool families` lists all)"),
    ] {
        let output = run(words, b"");
        let stderr = text(&output.stderr);
        assert!(output.status.code() == Some(2) && stderr.contains(says), "{words:?}: {stderr}");
    }
}

#[test]
fn a_group_that_may_not_be_joined_does_not_end_a_monitor() {
    // In a user namespace nobody may read the audit log.
    let script = "exec unshare -Ur $nltool monitor audit rt-link --seconds 0.2";
    let Some(output) = in_namespace(script) else { return };
    let stderr = text(&output.stderr);
    if !stderr.contains("group audit.readlog") {
        return common::skip("the audit log can be joined, or there is none");
    }
    assert!(output.status.success() && stderr.contains("; the other groups are heard"), "{stderr}");
    assert!(stderr.contains("group audit.readlog cannot be joined: this needs CAP_AUDIT_READ"), "{stderr}");
}

#[test]
fn what_is_missing_is_asked_for() {
    let script = "ip link set lo up
        $nltool dump rt-route family=inet6 table=255; echo $?
        $nltool dump rt-route getroute family=inet table=255 | grep -c 'dst 127.0.0.1'
        $nltool do rt-route dst=8.8.8.8; echo $?
        $nltool do rt-route getroute family=nosuch; echo $?
        $nltool do rt-link getlink; echo $?
        $nltool trace; echo $?";
    let Some(output) = in_namespace(script) else { return };
    let stdout = text(&output.stdout);
    assert!(stdout.ends_with("\n1\n2\n2\n3\n2\n"), "{stdout}");
    let stderr = text(&output.stderr);
    for says in [
        "the operation is missing: which one of rt-route? There are newroute, delroute, getroute; did you mean getroute?",
        "expected a number, found \"nosuch\", which is not one of unspec, unix, inet",
        "EINVAL (invalid argument); say which one is asked for, or ask for all: nltool dump",
        "what is to be traced? A command (nltool trace -- COMMAND)",
    ] {
        assert!(stderr.contains(says), "{says} in\n{stderr}");
    }
}

#[test]
fn a_refused_dump_gets_no_advice_about_the_header() {
    // A network without a route has no table, so the kernel refuses the filter.
    let Some(output) = in_namespace("$nltool dump route family=inet table=main") else { return };
    let stderr = text(&output.stderr);
    assert!(stderr.is_empty() || stderr.contains("ENOENT"), "{stderr}");
    assert!(!stderr.contains("is the attribute"), "{stderr}");
}

#[test]
fn families_are_listed_and_described_with_the_kernels_policy() {
    let families = stdout(&["families"], b"");
    assert!(families.contains("in this kernel: id 16, version 2"), "{families}");
    let family = stdout(&["describe", "nlctrl"], b"");
    assert!(family.contains("do, dump"), "{family}");
    let operation = stdout(&["describe", "nlctrl", "getfamily"], b"");
    assert!(
        operation.contains("family-name  string with NUL  [string with NUL, at most 15 bytes]"),
        "{operation}"
    );
    assert!(!operation.contains('≠'), "{operation}");
    let link = stdout(&["describe", "rt-link", "newlink"], b"");
    assert!(link.contains("ifname") && link.contains("veth"), "{link}");
}

#[test]
fn a_family_that_only_the_kernel_knows_is_described() {
    let families = stdout(&["families"], b"");
    let is_there = |line: &&str| line.contains("in this kernel only") && !line.ends_with(" 0 operations");
    let Some(line) = families.lines().find(is_there) else {
        return common::skip("there is a definition of every family of this kernel");
    };
    let name = line.split_whitespace().next().unwrap();
    let described = stdout(&["describe", name], b"");
    assert!(described.starts_with(&format!("{name}  (generic netlink, id ")), "{described}");
    let policies: Value = serde_json::from_str(&stdout(&["policies", name], b"")).unwrap();
    let commands = policies[name].as_object().unwrap();
    for (cmd, kinds) in commands {
        let line = described.lines().find(|line| line.starts_with(&format!("  command {cmd}  [")));
        let line = line.unwrap_or_else(|| panic!("{cmd} in {described}"));
        assert_eq!(
            line.contains("no policy"),
            kinds.as_object().unwrap().values().any(Value::is_string),
            "{line}"
        );
        assert!(stdout(&["describe", name, cmd], b"").starts_with(line), "{line}");
    }
    assert!(commands.len() == described.matches("  command ").count() && !commands.is_empty(), "{described}");
    // By its number, a command without attributes reaches the kernel.
    let sent = run(&["do", "TASKSTATS", "1", "#1=01000000"], b"");
    let all = format!("{}{}", text(&sent.stdout), text(&sent.stderr));
    let is_answered = all.starts_with("command ") || all.contains("the kernel refused command 1");
    assert!(is_answered || all.contains("no family `TASKSTATS`"), "{all}");
    let asked = run(&["do", name, "get"], b"");
    let advice = text(&asked.stderr);
    assert!(advice.contains(&format!("`nltool describe {name}`")), "{advice}");
    assert_eq!(advice.contains("nltool monitor"), described.contains("  group "), "{advice}");
}

#[test]
fn policies_are_compared() {
    let policies = stdout(&["policies", "nlctrl"], b"");
    let file = std::env::temp_dir().join(format!("nltool-policies-{}.json", std::process::id()));
    let other = file.with_extension("other");
    std::fs::write(&file, &policies).unwrap();
    std::fs::write(&other, policies.replace("at most 15 bytes", "at most 31 bytes")).unwrap();
    let (file, other) = (file.display().to_string(), other.display().to_string());
    assert_eq!(stdout(&["policy-diff", &file, &file], b""), "");
    let differ = run(&["policy-diff", &file, &other], b"");
    for path in [&file, &other] {
        std::fs::remove_file(path).unwrap();
    }
    assert_eq!(differ.status.code(), Some(1));
    let lines = text(&differ.stdout);
    assert!(lines.contains("~ nlctrl command 3 do attribute 2: string with NUL, at most 15 bytes -> string with NUL, at most 31 bytes"), "{lines}");
}

#[test]
fn the_manual_names_every_command() {
    let page = stdout(&["man"], b"");
    for command in [
        "decode",
        "encode",
        "monitor",
        "trace",
        "do",
        "dump",
        "families",
        "describe",
        "policies",
        "policy-diff",
    ] {
        let name = command.replace('-', "\\-");
        assert!(
            page.to_lowercase().contains(&format!("nltool {command}")) || page.contains(&name),
            "{command}"
        );
        let help = stdout(&[command, "--help"], b"");
        assert!(help.contains("Usage:"), "{help}");
    }
    assert_eq!(run(&["no-such-command"], b"").status.code(), Some(2));
}

#[test]
fn the_examples_of_dump_and_of_dry_runs_are_right() {
    for command in ["do", "dump"] {
        let help = stdout(&[command, "--help"], b"");
        let examples = help.lines().filter_map(|line| line.trim_start().strip_prefix("nltool "));
        let examples: Vec<_> =
            examples.filter(|line| command == "dump" || line.contains("--dry-run")).collect();
        assert!(!examples.is_empty(), "{help}");
        for line in examples {
            let output = std::process::Command::new("sh").args(["-c", &format!("{NLTOOL} {line}")]).output();
            let output = output.unwrap();
            assert!(output.status.success(), "{line}: {}", text(&output.stderr));
        }
    }
}

#[test]
fn output_that_nobody_reads_is_no_error() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(NLTOOL)
        .args(["describe", "rt-link", "newlink"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
}

#[test]
fn a_neighbour_is_asked_for_as_it_is_shown() {
    let script = "ip link add v0 type veth peer name v1 && ip link set v0 up
        $nltool do rt-neigh newneigh --create dst=10.1.1.1 ifindex=v0 state=permanent lladdr=02:00:00:00:00:01
        $nltool do neighbour getneigh dst=10.1.1.1 ifindex=v0
        $nltool dump neighbour ifindex=v0 --where dst=10.1.1.1
        $nltool do neighbour getneigh dst=10.1.1.1 ifindex=v9 2>&1
        $nltool do neighbour delneigh dst=10.1.1.1 ifindex=v0 && $nltool dump neighbor ifindex=v0";
    let Some(output) = in_namespace(script) else { return };
    let lines: Vec<&str> = text(&output.stdout).lines().collect();
    assert!(lines.len() == 5 && text(&output.stderr).is_empty(), "{output:?}");
    for line in &lines[..2] {
        assert!(line.starts_with("Neighbour family inet ifindex ") && line.contains(" (v0) "), "{line}");
    }
    assert!(lines[2].starts_with("nltool: header.ifindex: expected a number, found \"v9\""), "{lines:?}");
    assert_eq!(lines[4].trim(), "^^^^^^^^^^");
}

#[test]
fn a_refusal_says_whether_the_privilege_of_a_namespace_is_enough() {
    let script = "$nltool do IOAM6 add-namespace ns-id=1 2>&1; $nltool dump IOAM6 dump-namespaces 2>&1";
    let in_user_namespace = |script| {
        std::process::Command::new("unshare")
            .args(["-Urn", "sh", "-c", script])
            .env("nltool", NLTOOL)
            .output()
    };
    let output = in_user_namespace(script).unwrap();
    let said = text(&output.stdout);
    if !output.status.success() && !said.contains("EPERM") {
        return common::skip("cannot make a user namespace with unshare, or the kernel has no IOAM6");
    }
    assert!(said.contains("CAP_NET_ADMIN in the first user namespace"), "{said}");
}

#[test]
fn a_program_that_does_not_use_netlink_is_no_failure() {
    if !has("strace") {
        return;
    }
    let Some(output) = in_namespace("$nltool trace -- true; echo $?; $nltool trace --pid 999999999; echo $?")
    else {
        return;
    };
    let stderr = text(&output.stderr);
    assert_eq!(text(&output.stdout), "0\n1\n", "{stderr}");
    assert!(stderr.contains("nltool: the program has not used netlink\n"), "{stderr}");
    assert!(stderr.ends_with("nltool: strace ended with exit code 1\n"), "{stderr}");
}
