//! The next hops of a route, which are records in one attribute: shown by name, as JSON, in pictures, and made of both.

mod common;

use common::{run, stdout, text};
use serde_json::{Value, json};

/// A route of Linux 6.18 with two next hops: one of IPv4, and an `RTA_VIA` of IPv6.
const ROUTE: &str = "
    60000000 18000200 01000000 71150000  02100000 fe030001 00000000
    08000100 0a010000
    3c000900 10000001 02000000 08000500 c0000207
             28000400 03000000 16001200 0a00fe80 00000000 00000000 00000000 00010000 08000b00 03000000";

fn decoded(args: &[&str], hex: &str) -> String {
    stdout(&[&["decode"], args].concat(), hex.as_bytes())
}

fn hops(hex: &str) -> Value {
    let line: Value = serde_json::from_str(decoded(&["--json"], hex).trim()).unwrap();
    line["contents"]["multipath"].clone()
}

/// The same with another length in the second record.
fn damaged(len: &str) -> String {
    ROUTE.replace("28000400", &format!("{len}0400"))
}

#[test]
fn hops_are_shown_by_name() {
    let tree = decoded(&["--tree"], ROUTE);
    for line in [
        "[0] = { len 16, flags 0, hops 1, ifindex 2 }",
        "gateway (5) = 192.0.2.7",
        "via (18) = { family 10, address fe80::1 }",
        "flow (11) = 3",
    ] {
        assert!(tree.contains(line), "{line} in\n{tree}");
    }
    let line = decoded(&[], ROUTE);
    assert!(line.contains("multipath { [0] { len 16 hops 1 ifindex 2 gateway 192.0.2.7 } [1] {"), "{line}");
    let picture = decoded(&["--picture"], ROUTE);
    assert!(picture.contains("[1]") && picture.contains("gateway"), "{picture}");
    assert!(decoded(&["--svg"], ROUTE).contains("gateway"));
}

#[test]
fn hops_are_objects_in_json() {
    let hops = hops(ROUTE);
    assert_eq!(hops[0], json!({"len": 16, "flags": 0, "hops": 1, "ifindex": 2, "gateway": "192.0.2.7"}));
    assert_eq!(
        (&hops[1]["ifindex"], &hops[1]["flow"], hops.as_array().unwrap().len()),
        (&json!(3), &json!(3), 2)
    );
}

#[test]
fn json_of_hops_becomes_the_same_bytes_again() {
    for hex in [ROUTE.to_owned(), damaged("0000"), damaged("0700"), damaged("ff00")] {
        let before = decoded(&["--json"], &hex);
        let again = run(&["encode"], before.as_bytes());
        assert!(again.status.success(), "{}", text(&again.stderr));
        let digits: String = hex.split_whitespace().collect();
        let own: String = again.stdout.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(own.ends_with(&digits), "{own} does not end in {digits}");
    }
}

#[test]
fn hops_that_were_typed_have_their_lengths() {
    let words = ["do", "rt-route", "newroute", "--dry-run", "--create", "family=2", "dst=10.1.0.0"];
    let typed = [
        "multipath[0].ifindex=2",
        "multipath[0].gateway=192.0.2.7",
        "multipath[1].ifindex=3",
        "multipath[1].flow=3",
    ];
    let picture = stdout(&[&words[..], &typed].concat(), b"");
    assert!(picture.contains("len 16") && picture.contains("[1]"), "{picture}");
    let mistake = run(&[&words[..], &["multipath[1].gateway=nowhere"]].concat(), b"");
    let said = text(&mistake.stderr);
    assert!(!mistake.status.success() && said.contains("gateway: expected an IP"), "{said}");
}

#[test]
fn damaged_hop_costs_no_other_hop() {
    for len in ["0000", "0700", "ff00"] {
        let hops = hops(&damaged(len));
        assert_eq!(
            (&hops[0]["gateway"], &hops[1]["hex"].is_string()),
            (&json!("192.0.2.7"), &true),
            "{hops}"
        );
    }
}

#[test]
fn label_of_mpls_is_no_address_of_ipv4() {
    // `ip -f mpls route add 100 dev v0`.
    let hex =
        "2c000000 18000000 00000000 00000000 1c140000 fe040001 00000000 08000100 00064100 08000400 02000000";
    let before = decoded(&["--json"], hex);
    let line: Value = serde_json::from_str(before.trim()).unwrap();
    assert_eq!(line["contents"]["dst"], json!([["bottom", 0x64000]]));
    let again = run(&["encode"], before.as_bytes());
    assert!(again.stdout.ends_with(&[8, 0, 1, 0, 0, 6, 0x41, 0, 8, 0, 4, 0, 2, 0, 0, 0]), "{again:?}");
    let typed = ["family=28", "dst=0x64100"];
    let picture = stdout(&[&["do", "rt-route", "newroute", "--dry-run"][..], &typed].concat(), b"");
    assert!(picture.contains("00 06 41 00"), "{picture}");
}
