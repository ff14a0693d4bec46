//! `nltool decode` and `encode` on captures of Linux 6.18, made with iproute2 6.1, nft 1.0.6 and strace 6.1.

mod common;

use common::{capture, run, stdout, text};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::io::Write;

/// The messages of a capture as JSON.
fn json(args: &[&str], input: &[u8]) -> Vec<Value> {
    let text = stdout(&[&["decode", "--json"], args].concat(), input);
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn events() -> Vec<u8> {
    std::fs::read(capture("events.pcap")).unwrap()
}

/// The packets of a little-endian pcap file.
fn packets(pcap: &[u8]) -> Vec<(&[u8], &[u8])> {
    let (mut rest, mut found) = (&pcap[24..], Vec::new());
    while let Some((header, after)) = rest.split_at_checked(16) {
        let len = u32::from_ne_bytes(header[8..12].try_into().unwrap()) as usize;
        found.push((header, &after[..len]));
        rest = &after[len..];
    }
    found
}

/// The same packets as pcapng, with times in nanoseconds.
fn pcapng(pcap: &[u8]) -> Vec<u8> {
    let block = |ty: u32, body: &[u8]| {
        let body = [body, &[0; 3][..body.len().next_multiple_of(4) - body.len()]].concat();
        let len = u32::try_from(body.len() + 12).unwrap().to_ne_bytes();
        [&ty.to_ne_bytes()[..], &len, &body, &len].concat()
    };
    let section = [&0x1a2b_3c4d_u32.to_ne_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat();
    let option = [&9_u16.to_ne_bytes()[..], &1_u16.to_ne_bytes(), &[9, 0, 0, 0], &[0; 4]].concat();
    let interface = [&253_u16.to_ne_bytes()[..], &[0; 6], &option].concat();
    let mut file = [block(0x0a0d_0d0a, &section), block(5, &[7; 8]), block(1, &interface)].concat();
    for (header, packet) in packets(pcap) {
        let word = |at: usize| u64::from(u32::from_ne_bytes(header[at..at + 4].try_into().unwrap()));
        let time = word(0) * 1_000_000_000 + word(4) * 1000;
        let len = u32::try_from(packet.len()).unwrap().to_ne_bytes();
        let words = [0, u32::try_from(time >> 32).unwrap(), u32::try_from(time & 0xffff_ffff).unwrap()];
        let body = [&words.map(u32::to_ne_bytes).concat()[..], &len, &len, packet].concat();
        file.extend(block(6, &body));
    }
    file
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn all_forms_of_a_capture_read_the_same() {
    let pcap = events();
    let expected = stdout(&["decode", "--json"], &pcap);
    assert_eq!(expected.lines().count(), 27);
    for form in [pcapng(&pcap), gzip(&pcap), gzip(&pcapng(&pcap)), gzip(&gzip(&pcap))] {
        assert!(stdout(&["decode", "--json"], &form) == expected);
    }
    // Raw messages have no times, and no protocol.
    let messages: Vec<u8> =
        packets(&pcap).into_iter().take(18).flat_map(|(_, packet)| &packet[16..]).copied().collect();
    let raw = json(&[], &messages);
    assert_eq!((raw.len(), &raw[17]["message"]), (18, &Value::from("Neighbour")));
}

#[test]
fn json_becomes_the_same_capture_again() {
    for name in ["events.pcap", "full.strace"] {
        let before = stdout(&["decode", "--json", "--all", &capture(name)], b"");
        let pcap = run(&["encode"], before.as_bytes());
        assert!(pcap.status.success(), "{}", text(&pcap.stderr));
        assert!(stdout(&["decode", "--json", "--all"], &pcap.stdout) == before, "{name}");
    }
    // The very same bytes, but where the kernel marks its nests: it leaves the flag out in links.
    let pcap = events();
    let again = run(&["encode"], stdout(&["decode", "--json"], &pcap).as_bytes()).stdout;
    let is_link = |packet: &[u8]| packet[20..22] == 16_u16.to_ne_bytes();
    let both = packets(&pcap).into_iter().zip(packets(&again)).take(18);
    for ((_, before), (_, after)) in both.filter(|((_, before), _)| !is_link(before)) {
        assert_eq!(before, after);
    }
}

#[test]
fn requests_are_matched_with_their_answers() {
    let text = stdout(&["decode", &capture("full.strace")], b"");
    let line = |start: &str, what: &str| {
        assert!(text.lines().any(|line| line.starts_with(start) && line.contains(what)), "{what} in\n{text}");
    };
    line("#1 ", "→ Route ACK|EXCL|CREATE");
    line("#1 ", "✗ ENETUNREACH (network unreachable): Nexthop has invalid gateway");
    line("#3 ", "→ GetLink DUMP");
    line("#3 ", "← done: 3 × Link (4452 bytes) in 0.324 ms");
    assert!(!text.contains("← Link"), "the answers of a dump are folded");
    // Each socket has its own protocol.
    line("#5 ", "nftables  → GetTable DUMP");
    let all = stdout(&["decode", "--all", &capture("full.strace")], b"");
    assert_eq!(all.matches("← Link").count(), 3);
    let refused = stdout(&["decode", "--refused", &capture("full.strace")], b"");
    let lines: Vec<&str> = refused.lines().collect();
    assert_eq!((lines.len(), refused.matches('✗').count()), (4, 2), "{refused}");
    assert!(lines[0].contains("→ Route ") && lines[1].contains("✗ ENETUNREACH"), "{refused}");
    let refused = json(&["--refused", &capture("full.strace")], b"");
    assert_eq!((&refused[0]["role"], &refused[1]["role"]), (&"request".into(), &"refusal".into()));
}

#[test]
fn a_refusal_has_the_path_of_its_attribute() {
    // RTM_NEWLINK with IFLA_LINKINFO { IFLA_INFO_KIND }, refused at offset 36: the kind.
    let request = "30000000 10000506 07000000 00000000 00000000 00000000 00000000 00000000 10001280 09000100 76657468 00000000";
    let refusal =
        "2c000000 02000003 07000000 63000000 eaffffff 30000000 10000506 07000000 00000000 08000200 24000000";
    let text = stdout(&["decode"], format!("{request}\n\n{refusal}\n").as_bytes());
    assert!(text.contains("✗ EINVAL (invalid argument) at Link.linkinfo.kind"), "{text}");
    let json = json(&[], format!("{request}\n\n{refusal}\n").as_bytes());
    assert_eq!((&json[1]["role"], &json[1]["path"]), (&"refusal".into(), &"Link.linkinfo.kind".into()));
}

#[test]
fn interrupted_dumps_and_overruns_are_marked() {
    let request = "14000000 12000103 07000000 00000000 00000000";
    let done = "14000000 03001200 07000000 63000000 00000000";
    let text = stdout(&["decode"], format!("{request}\n\n{done}\n").as_bytes());
    assert!(text.contains("! interrupted"), "{text}");
    let strace = "recvmsg(3<NETLINK:[ROUTE:9]>, {msg_namelen=12}, 0) = -1 ENOBUFS (No buffer space available)\n\
        recvmsg(3<NETLINK:[ROUTE:9]>, {..}, 0) = 20\n | 00000  14 00 00 00 03 00 02 00  00 00 00 00 00 00 00 00  ................ |\n \
        | 00010  00 00 00 00  .... |\n";
    let text = stdout(&["decode"], strace.as_bytes());
    assert!(text.contains("! messages were lost here"), "{text}");
}

#[test]
fn requests_with_the_old_short_header_are_read() {
    for request in ["14000000 12000103 07000000 00000000 00000000", "11000000 16000103 07000000 00000000 02"]
    {
        let text = stdout(&["decode"], request.as_bytes());
        assert!(text.contains("→ Get") && text.contains(" DUMP") && !text.contains('!'), "{text}");
        let json = json(&[], request.as_bytes());
        assert!(json[0]["contents"].get("damaged").is_none(), "{}", json[0]);
        let tree = stdout(&["decode", "--tree"], request.as_bytes());
        assert!(!tree.contains('!'), "{tree}");
    }
}

#[test]
fn numbers_in_network_order_are_numbers() {
    let link = "280000001000000000000000000000000000000000000000000000000000000008000440000005dc";
    assert_eq!(json(&[], link.as_bytes())[0]["contents"]["mtu"], 1500);
    assert!(stdout(&["decode", "--tree"], link.as_bytes()).contains("1500"));
}

#[test]
fn calls_without_bytes_show_what_strace_says() {
    let text = stdout(&["decode", &capture("names.strace")], b"");
    assert!(text.contains("→ Link ACK|EXCL|CREATE {ifi_family=AF_UNSPEC"), "{text}");
    assert!(text.contains("✗ EEXIST"), "{text}");
}

#[test]
fn device_events_are_text() {
    let event = b"add@/devices/virtual/net/v0\0ACTION=add\0INTERFACE=v0\0SEQNUM=7\0";
    assert!(
        stdout(&["decode"], event).contains("∙ add@/devices/virtual/net/v0 ACTION=add INTERFACE=v0 SEQNUM=7")
    );
    assert_eq!(json(&[], event)[0]["contents"]["INTERFACE"], "v0");
}

#[test]
fn filters_choose_messages() {
    let file = capture("events.pcap");
    let count = |args: &[&str]| json(&[&[file.as_str()], args].concat(), b"").len();
    assert_eq!(count(&["--family", "rt-neigh"]), 1);
    assert_eq!(count(&["--family", "rt-neigh", "--family", "rt-rule"]), 2);
    assert_eq!(count(&["--message", "delroute"]), 1);
    assert_eq!(count(&["--where", "dst=10.2.0.0"]), 2);
    assert_eq!(count(&["--where", "dst=10.2.0.0", "--message", "Route"]), 1);
    assert_eq!(count(&["--where", "linkinfo.kind=veth"]), 6);
    assert_eq!(count(&["--where", "linkinfo.kind!=veth"]), 0);
    // One of them is a next hop of several.
    assert_eq!(count(&["--where", "table=254", "--where", "gateway~10.0"]), 3);
    assert_eq!(count(&["--where", "dst<=10.2.0.0/16", "--message", "Route"]), 1);
    assert_eq!(count(&["--where", "dst<=10.2.0.0/15", "--message", "Route"]), 2);
    assert_eq!(count(&["--family", "rt-link", "--where", "mtu>1499"]), 6);
    assert_eq!(count(&["--family", "rt-link", "--where", "mtu>1500"]), 0);
    assert_eq!(count(&["--port-id", "1"]), 0);
}

#[test]
fn pictures_are_drawn_as_text_and_as_svg() {
    let request = b"30000000 10000506 07000000 00000000 00000000 00000000 00000000 00000000 10001280 09000100 76657468 00000000";
    let text = stdout(&["decode", "--picture"], request);
    assert!(text.contains("32   10 00 12 80"), "{text}");
    assert!(text.contains("36     09 00 01 00|76 65 74 68 00~00 00 00"), "{text}");
    let svg = stdout(&["decode", "--svg"], request);
    assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n") && svg.contains("linkinfo"), "{svg}");
    assert_eq!(
        (svg.matches("<g").count(), svg.matches("<text").count()),
        (svg.matches("</g>").count(), svg.matches("</text>").count())
    );
}

#[test]
fn colours_are_for_terminals() {
    assert!(!stdout(&["decode", &capture("events.pcap")], b"").contains('\x1b'));
    assert!(stdout(&["--color", "always", "decode", &capture("events.pcap")], b"").contains('\x1b'));
}

#[test]
fn what_is_not_a_capture_is_one_line_and_exit_code_1() {
    let header =
        |link: u32| [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0x4_0000, link].map(u32::to_ne_bytes).concat();
    let cut = [header(253), [1, 2, 60, 60].map(u32::to_ne_bytes).concat()].concat();
    for (input, says) in [
        (header(1), "link type 1"),
        (cut, "ends behind the header"),
        (b"words only\n".to_vec(), "the text has no bytes in a form that is read here"),
        (vec![0xd4, 0xc3, 0xb2, 0xa1, 2], "ends within a record"),
    ] {
        let output = run(&["decode"], &input);
        let stderr = text(&output.stderr);
        assert_eq!((output.status.code(), stderr.lines().count()), (Some(1), 1), "{stderr}");
        assert!(stderr.contains(says), "{stderr}");
    }
    assert!(run(&["decode"], &header(253)).status.success(), "a capture of nothing");
    let missing = run(&["decode", "/no/such/file"], b"");
    assert_eq!(text(&missing.stderr), "nltool: /no/such/file: No such file or directory (os error 2)\n");
}

/// Whatever the bytes are, the program ends by itself and does not panic.
#[test]
fn hostile_input_never_panics() {
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let mut roll = |below: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        usize::try_from(dice % u64::try_from(below).unwrap()).unwrap()
    };
    let strace = std::fs::read(capture("full.strace")).unwrap();
    let names = std::fs::read(capture("names.strace")).unwrap();
    let pcap = events();
    let json = stdout(&["decode", "--json"], &pcap).into_bytes();
    let ng = pcapng(&pcap);
    let refusal =
        std::fs::read(format!("{}/../docs/captures/refusal.strace", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let dump =
        b"00000000  20 00 00 00 12 00 01 03  00 00 00 00 00 00 00 00  | ...............|\n*\n00000020\n";
    let forms: [(&[u8], &[&str]); 12] = [
        (&pcap, &["decode", "--all"]),
        (&pcap, &["decode", "--json"]),
        (&pcap, &["decode", "--tree", "--where", "ifname=v0"]),
        (&pcap, &["decode", "--picture"]),
        (&ng, &["decode", "--svg"]),
        (&strace, &["decode", "--json"]),
        (&names, &["decode"]),
        (&json, &["encode"]),
        (&refusal, &["decode", "--tree"]),
        (&refusal, &["decode", "--picture"]),
        (REFUSED.as_bytes(), &["decode", "--svg"]),
        (dump, &["decode"]),
    ];
    for round in 0..480 {
        let (whole, args) = forms[round % forms.len()];
        let mut bytes = whole.to_vec();
        for _ in 0..=roll(24) {
            let at = roll(bytes.len());
            bytes[at] = if roll(3) == 0 {
                [0, 1, 4, 0x7f, 0x80, 0xff][roll(6)]
            } else {
                u8::try_from(roll(256)).unwrap()
            };
        }
        bytes.truncate(bytes.len() - roll(bytes.len() / 2) * usize::from(roll(4) == 0));
        let output = run(args, &bytes);
        assert!(
            matches!(output.status.code(), Some(0..=2 | 4)),
            "round {round} {args:?}: {:?}",
            output.status
        );
        assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "round {round} {args:?}");
    }
}

/// A message of protocol `ty` in digits.
fn message(ty: u16, payload: &[u8]) -> String {
    let len = u32::try_from(16 + payload.len()).unwrap().to_ne_bytes();
    let bytes = [&len[..], &ty.to_ne_bytes(), &[0; 10], payload].concat();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn attr(ty: u16, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(4 + payload.len()).unwrap().to_ne_bytes();
    let padding = vec![0; payload.len().next_multiple_of(4) - payload.len()];
    [&len[..], &ty.to_ne_bytes(), payload, &padding].concat()
}

#[test]
fn families_without_a_definition_have_their_name_and_a_guess() {
    // The answer of the controller to CTRL_CMD_GETFAMILY: its name and number.
    let told = [vec![1, 2, 0, 0], attr(1, &77_u16.to_ne_bytes()), attr(2, b"MYOWN\0")].concat();
    let own = [vec![3, 1, 0, 0], attr(1, &5_u32.to_ne_bytes()), attr(4, &attr(1, b"eth0\0"))].concat();
    let input = format!("{}\n\n{}\n", message(16, &told), message(77, &own));
    let lines = stdout(&["decode", "--protocol", "generic"], input.as_bytes());
    let line = lines.lines().last().unwrap();
    assert!(line.contains("MYOWN") && line.contains("command 3 guess: #1 (4 bytes) "), "{lines}");
    assert!(line.contains(" = 5 #4 (12 bytes) { #1 (5 bytes) \"eth0\" }"), "{lines}");
    let only = stdout(&["decode", "--protocol", "generic", "--family", "myown"], input.as_bytes());
    assert_eq!(only.lines().count(), 1, "{only}");
    let json = json(&["--protocol", "generic"], input.as_bytes());
    assert_eq!(json[1]["family"], "MYOWN");
    assert_eq!(json[1]["guess"]["attributes"][1]["attributes"][0]["text"], "eth0");
    // What is guessed does not change what is written again.
    let again = run(&["encode"], format!("{}\n", json[1]).as_bytes());
    assert!(again.stdout.ends_with(&own), "{again:?}");
}

#[test]
fn unknown_attributes_and_protocols_are_guessed_too() {
    let link = [vec![0; 16], attr(3, b"v0\0"), attr(300, b"hello\0")].concat();
    let lines = stdout(&["decode"], message(16, &link).as_bytes());
    assert!(lines.contains("ifname \"v0\" #300 guess: (6 bytes) \"hello\""), "{lines}");
    let own = [vec![2, 24, 0, 0, 255, 255, 255, 255], attr(1, b"blue\0")].concat();
    let lines = stdout(&["decode", "--protocol", "30"], message(25, &own).as_bytes());
    assert!(
        lines.contains(
            "protocol 30 ∙ message 25 guess: header (8 bytes) 02180000ffffffff #1 (5 bytes) \"blue\""
        ),
        "{lines}"
    );
}

#[test]
fn a_datagram_that_is_shorter_than_a_message_is_a_probe_if_a_program_has_sent_it() {
    let trace = "17 1.5 sendto(4<NETLINK:[USERSOCK:17]>, \"\"..., 4, 0, NULL, 0) = 4\n | 00000  00 00 00 00  .... |\n";
    let shown = stdout(&["decode", "-"], trace.as_bytes());
    assert!(shown.ends_with("a probe of 4 bytes\n"), "{shown}");
    assert!(!shown.contains('!'), "{shown}");
    assert!(!run(&["decode", "-"], b"00000000\n").status.success());
}

#[test]
fn the_acknowledgement_of_a_server_is_no_request() {
    let trace = "17 1.5 recvfrom(4<NETLINK:[USERSOCK:17]>, \"\"..., 20, 0, NULL, 0) = 20\n \
        | 00000  14 00 00 00 20 00 05 00  07 00 00 00 63 00 00 00  .... |\n | 00010  01 00 00 00  .... |\n\
        17 1.6 sendto(4<NETLINK:[USERSOCK:17]>, \"\"..., 36, 0, NULL, 0) = 36\n \
        | 00000  24 00 00 00 02 00 00 01  07 00 00 00 63 00 00 00  .... |\n \
        | 00010  00 00 00 00 14 00 00 00  20 00 05 00 07 00 00 00  .... |\n | 00020  63 00 00 00  .... |\n";
    let shown = stdout(&["decode", "-"], trace.as_bytes());
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].starts_with("#1 ") && lines[0].contains("→ message 32 ACK"), "{shown}");
    assert!(lines[1].starts_with("#1 ") && lines[1].contains("✓ acknowledged"), "{shown}");
    assert_eq!(lines.len(), 2, "{shown}");
}

/// A request of an unknown protocol that is refused at its attribute 1, as strace shows it.
const UNKNOWN: &str = "17 1.5 sendto(4<NETLINK:[USERSOCK:17]>, \"\"..., 24, 0, NULL, 0) = 24\n \
    | 00000  18 00 00 00 20 00 05 06  07 00 00 00 63 00 00 00  .... |\n | 00010  06 00 01 00 62 00 00 00  .... |\n\
    17 1.6 recvfrom(4<NETLINK:[USERSOCK:17]>, \"\"..., 44, 0, NULL, 0) = 44\n \
    | 00000  2c 00 00 00 02 00 00 03  07 00 00 00 63 00 00 00  .... |\n \
    | 00010  ea ff ff ff 18 00 00 00  20 00 05 06 07 00 00 00  .... |\n \
    | 00020  63 00 00 00 08 00 02 00  10 00 00 00              .... |\n";

#[test]
fn an_unknown_protocol_has_flags_texts_places_and_numbers_to_filter_by() {
    if cfg!(target_endian = "big") {
        return;
    }
    for filter in [&["decode", "-"][..], &["decode", "-", "--message", "32"]] {
        let shown = stdout(filter, UNKNOWN.as_bytes());
        assert!(
            shown.contains("→ message 32 ACK|EXCL|CREATE guess: #1 (2 bytes) 6200 = 98 or \"b\""),
            "{shown}"
        );
        assert!(shown.contains("✗ EINVAL (invalid argument) at #1"), "{shown}");
    }
    assert_eq!(stdout(&["decode", "-", "--message", "33"], UNKNOWN.as_bytes()), "");
}

#[test]
fn numbers_are_shown_by_the_names_that_may_be_typed() {
    let file = capture("events.pcap");
    let lines = stdout(&["decode", &file], b"");
    for shows in [
        "∙ Address family inet index 3 address 10.0.0.1/24 local 10.0.0.1/24 label",
        "cacheinfo { ifa_prefered forever ifa_valid forever cstamp",
        "∙ Route family inet protocol kernel scope host type local table local dst 10.0.0.1/32 prefsrc",
        "∙ Link type ether index 2 flags BROADCAST|MULTICAST change all ifname \"v1\"",
        " action to-tbl ",
    ] {
        assert!(lines.contains(shows), "{shows} in\n{lines}");
    }
    let tree = stdout(&["decode", "--tree", &file], b"");
    for shows in [
        "   16    RtMsg: family inet (2), dst_len 32, src_len 0, tos 0, table local (255), protocol kernel (2), \
         scope host (254), type local (2), flags 0\n   28    table (15) = local (255)\n",
        "   16    IfAddrMsg: family inet (2), prefixlen 24, flags PERMANENT, scope universe (0), index 3\n",
        "ifa_valid forever (4294967295)",
    ] {
        assert!(tree.contains(shows), "{shows} in\n{tree}");
    }
    // Programs read the same words; quantities are numbers.
    let json = json(&[&file, "--message", "newroute"], b"");
    let contents = &json[0]["contents"];
    assert_eq!((&contents["family"], &contents["header.table"]), (&"inet".into(), &"local".into()));
    assert_eq!((&contents["protocol"], &contents["scope"]), (&"kernel".into(), &"host".into()));
}

#[test]
fn a_tree_is_what_the_library_draws_but_for_names() {
    let bytes =
        b"300000001800010000000000000000000218000000000000000000000800010001020304080063000700000008000400";
    let tree = stdout(&["decode", "--tree"], bytes);
    let (_, tree) = tree.split_once('\n').unwrap();
    let names = [("inet (2)", "2"), ("universe", "Universe"), ("unspec", "Unspec")];
    let plain = names.iter().fold(tree.to_owned(), |tree, (name, number)| tree.replace(name, number));
    let binary: Vec<u8> =
        bytes.chunks(2).map(|digits| u8::from_str_radix(text(digits), 16).unwrap()).collect();
    let dissected = nl_tlv::schema::dissect(nl_tlv_families::rt_route::SCHEMAS, &binary).to_string();
    let dissected: Vec<&str> = dissected.lines().collect();
    let plain: Vec<&str> = plain.lines().map(|line| line.trim_end_matches(", guess: 7")).collect();
    assert_eq!(plain, dissected);
}

#[test]
fn guesses_are_drawn_as_a_tree() {
    if cfg!(target_endian = "big") {
        return;
    }
    let inner = [attr(1, b"lo0\0"), attr(2, b"b\0")].concat();
    let own = [vec![2, 24, 0, 0, 255, 255, 255, 255], attr(1, b"blue\0"), attr(0x8005, &inner), attr(9, &[])];
    let tree = stdout(&["decode", "--tree", "--protocol", "30"], message(25, &own.concat()).as_bytes());
    let (_, tree) = tree.split_once('\n').unwrap();
    let expected = "    0  message 25, 60 bytes, flags 0, seq 0, port id 0
   16    guess: header = 02180000 ffffffff (8 bytes)
   24    attribute 1 = 626c7565 00 (5 bytes), guess: \"blue\"
   36    attribute 5: 16 bytes, guess:
   40      attribute 1 = 6c6f3000, guess: \"lo0\"
   48      attribute 2 = 6200, guess: 98 or \"b\"
   56    attribute 9 = (empty)
";
    assert_eq!(tree, expected);
    // What is not attributes is a payload.
    let tree = stdout(&["decode", "--tree", "--protocol", "30"], message(25, &[0xff; 5]).as_bytes());
    assert!(tree.ends_with("\n   16    payload = ffffffff ff (5 bytes)\n"), "{tree}");
}

#[test]
fn dumps_of_other_programs_are_the_same_messages() {
    let mut message = [&[0x40, 0, 0, 0, 0x12, 0, 1, 3][..], &[0; 24]].concat();
    message.extend([&[0x20, 0, 0x1d, 0][..], &[0; 28]].concat());
    let expected = stdout(&["decode", "--json"], &message);
    let file = std::env::temp_dir().join(format!("nltool-dumps-{}", std::process::id()));
    std::fs::write(&file, &message).unwrap();
    for dump in [
        "xxd",
        "xxd -i",
        "xxd -p",
        "xxd -u -g1 -c8",
        "hexdump -C",
        "hexdump",
        "od -tx1",
        "od -Ax -tx1z",
        "od -Ad -tx1",
    ] {
        let mut words = dump.split(' ');
        let program = words.next().unwrap();
        if common::has(program) {
            let dumped = std::process::Command::new(program).args(words).arg(&file).output().unwrap();
            assert_eq!(stdout(&["decode", "--json"], &dumped.stdout), expected, "{dump}");
        }
    }
    drop(std::fs::remove_file(&file));
    let list = format!("let message = {message:?};");
    assert_eq!(stdout(&["decode", "--json"], list.as_bytes()), expected);
    let literal = format!("b\"{}\",\n", message.escape_ascii());
    assert_eq!(stdout(&["decode", "--json"], literal.as_bytes()), expected);
}

#[test]
fn what_turns_the_direction_of_text_is_escaped_in_pictures() {
    let name = "a\u{202e}b\u{2066}c";
    let typed = format!("ifname={name}");
    let dry_run = ["do", "rt-link", "newlink", "--dry-run", &typed];
    assert!(!stdout(&dry_run, b"").contains(['\u{202e}', '\u{2066}']));
    let names =
        ["decode", "--conversation", "--names", name, &common::capture("full.strace")].map(str::to_owned);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let svg = stdout(&names, b"");
    assert!(svg.contains("\\u{202e}") && !svg.contains(['\u{202e}', '\u{2066}']), "{svg}");
}

#[test]
fn encode_reads_standard_input_for_a_dash() {
    let lines = stdout(&["decode", "--json", &capture("events.pcap")], b"");
    let encoded = run(&["encode", "-"], lines.as_bytes());
    assert!(encoded.status.success() && encoded.stdout == run(&["encode"], lines.as_bytes()).stdout);
}

/// A route with a gateway that is refused, and the refusal that repeats it.
const REFUSED: &str = "2c000000 18000506 01000000 00000000 02100000 fe030001 00000000 08000100 0a010000 08000500 0a000001\n\n\
    60000000 02000002 01000000 00000000 9bffffff \
    2c000000 18000506 01000000 00000000 02100000 fe030001 00000000 08000100 0a010000 08000500 0a000001 \
    20000100 4e657874 686f7020 68617320 696e7661 6c696420 67617465 77617900";

#[test]
fn the_request_that_a_refusal_repeats_has_names() {
    let tree = stdout(&["decode", "--tree"], REFUSED.as_bytes());
    let fields = "RtMsg: family inet (2), dst_len 16, src_len 0, tos 0, table main (254), protocol boot (3)";
    assert_eq!(tree.matches(fields).count(), 2, "{tree}");
    let picture = stdout(&["decode", "--picture"], REFUSED.as_bytes());
    let fields = "RtMsg  family inet (2), dst-len 16, table main (254), protocol boot (3), type unicast (1)";
    assert_eq!(picture.matches(fields).count(), 2, "{picture}");
    for row in [
        "   16   9b ff ff ff ",
        "error  -101 ENETUNREACH",
        "   56     08 00 05 00|0a 00 00 01 ",
        "msg  \"Nexthop has",
    ] {
        assert!(picture.contains(row), "{picture}");
    }
    let svg = stdout(&["decode", "--svg"], REFUSED.as_bytes());
    assert_eq!(svg.matches("family inet (2), dst-len 16, table main (254)").count(), 2, "{svg}");
}

#[test]
fn commands_of_generic_netlink_have_their_names() {
    let refusal = format!("{}/../docs/captures/refusal.strace", env!("CARGO_MANIFEST_DIR"));
    let tree = stdout(&["decode", "--tree", &refusal], b"");
    assert!(tree.contains("GenlMsgHdr: cmd GetFamily (3), version 2"), "{tree}");
    assert!(tree.contains("   0    request GetFamily (16), 60 bytes, flags REQUEST|ACK"), "{tree}");
    assert!(tree.contains("  96      type (1) = nul-string (12)"), "{tree}");
    let picture = stdout(&["decode", "--picture", &refusal], b"");
    assert!(picture.contains("GenlMsgHdr  cmd GetFamily (3), version 2"), "{picture}");
    // Of a family without a definition the command's number is known.
    let unknown = b"14000000 1f000500 01000000 00000000 01010000";
    for form in ["--tree", "--picture"] {
        let shown = stdout(&["decode", "--protocol", "generic", form], unknown);
        assert!(shown.contains("command 1") && shown.contains("cmd 1, version 1"), "{shown}");
    }
}

/// What strace shows of a send, and the bytes that it was given.
fn sent(address: &str, result: &str, bytes: &[u8]) -> String {
    let line = |(at, bytes): (usize, &[u8])| {
        let hex: String = bytes.iter().map(|byte| format!(" {byte:02x}")).collect();
        format!(" | {:05x} {hex}  .. |\n", at * 16)
    };
    let (len, dump) = (bytes.len(), bytes.chunks(16).enumerate().map(line).collect::<String>());
    let address = format!("{{sa_family=AF_NETLINK, {address}}}");
    format!("9 1.5 sendto(3<NETLINK:[USERSOCK:9]>, ..., {len}, 0, {address}, 12) = {result}\n{dump}")
}

fn header(len: u8, flags: u16, seq: u8, port_id: u8) -> Vec<u8> {
    let [low, high] = flags.to_le_bytes();
    vec![len, 0, 0, 0, 20, 0, low, high, seq, 0, 0, 0, port_id, 0, 0, 0]
}

#[test]
fn a_request_that_was_not_sent_is_shown_with_the_error() {
    let refused = "-1 ECONNREFUSED (Connection refused)";
    let one = sent("nl_pid=4242, nl_groups=00000000", refused, &header(16, 0x301, 5, 0));
    let shown = stdout(&["decode"], one.as_bytes());
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines.len(), 2, "{shown}");
    assert!(lines[0].ends_with("→ message 20 DUMP") && lines[0].starts_with("#1 "), "{shown}");
    assert!(lines[1].ends_with("✗ not sent: ECONNREFUSED (connection refused)"), "{shown}");
    assert!(lines[1].starts_with("#1 "), "{shown}");
    assert_eq!(stdout(&["decode", "--refused"], one.as_bytes()), shown);
    let json = json(&[], one.as_bytes());
    assert_eq!((json.len(), &json[1]["role"], &json[1]["error"]), (2, &"unsent".into(), &(-111).into()));
    assert!(stdout(&["decode", "--conversation"], one.as_bytes()).contains("the request was not sent"));
    // Those in the group have received it all the same.
    let event = sent("nl_pid=0, nl_groups=0x000004", refused, &header(16, 0, 0, 0));
    let shown = stdout(&["decode"], event.as_bytes());
    assert!(shown.ends_with("∙ message 20\n") && shown.lines().count() == 1, "{shown}");
}

#[test]
fn an_answer_without_its_request_is_no_event() {
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let shown = stdout(&["decode", "--protocol", "2"], digits(&header(16, 2, 7, 9)).as_bytes());
    assert!(shown.ends_with("← message 20 (the request was not captured)\n"), "{shown}");
    let json = json(&[], digits(&header(16, 2, 7, 9)).as_bytes());
    assert_eq!((&json[0]["role"], json[0].get("exchange")), (&"answer".into(), None));
    let received = |groups: &str| {
        let call = sent(&format!("nl_pid=0, nl_groups={groups}"), "16", &header(16, 0, 7, 9));
        stdout(&["decode"], call.replace("sendto", "recvfrom").as_bytes())
    };
    assert!(received("00000000").contains("← message 20 (the request"), "{}", received("00000000"));
    assert!(received("0x000001").contains("∙ message 20"), "{}", received("0x000001"));
}

#[test]
fn zeros_behind_a_request_are_no_damage() {
    let bytes = [header(16, 1, 1, 0), vec![0; 20]].concat();
    let call = sent("nl_pid=0, nl_groups=00000000", "36", &bytes);
    let shown = stdout(&["decode"], call.as_bytes());
    assert!(shown.ends_with("  20 bytes of zeros behind it, which the kernel skips\n"), "{shown}");
    let other = sent("nl_pid=0, nl_groups=00000000", "36", &[&bytes[..35], &[1]].concat());
    assert_eq!(run(&["decode"], other.as_bytes()).status.code(), Some(4));
}
