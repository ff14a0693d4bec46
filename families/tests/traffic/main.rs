//! The netlink traffic of many tools (`xtask/guest/traffic.sh`): every message is read with no attribute unknown in any
//! nest, and emitted again with equal contents and length. Prints counts for each family.
//!
//! Of the captures in `captures` that of Debian's kernel 6.1 has one message of each kind (of nftables: of each
//! expression), and those of newer kernels have what was once read wrongly. `cargo xtask test --full` makes whole ones in
//! guests, and names them in `NL_TLV_CAPTURE`.

mod catalogue;
#[path = "../messages/mod.rs"]
mod messages;
mod pcap;
#[path = "../../../nl-tlv/tests/support/seen.rs"]
mod seen;

use catalogue::{Candidate, Catalogue, Subject};
use nl_tlv::schema::{MessageSchema, dissect, dissect_generic};
use nl_tlv::{Flags, Message, MessageId, Messages};
use seen::Seen;
use std::collections::{BTreeMap, BTreeSet};

/// Messages without a definition here: families or operations, and why.
const WITHOUT: &[(&str, &str)] = &[
    ("sock_diag.19", "sockets of DCCP in the form of before Linux 3.3; the newest kernel has no DCCP"),
    ("unknown.3", "a group of psample that goes: no tool asks for the number of that family"),
];

/// Messages that are emitted otherwise than they came: how the difference is shown begins, and why. (Of what a tool sends
/// neither lengths nor the C structs in front are compared: iproute2 leaves out the NUL of a string, and the end of a struct.)
const OTHERWISE: &[(&str, &str)] = &[
    ("tc::Qdisc: emitted [\"app (4)", "the statistics of older kernels are shorter, and are emitted in full"),
    ("devlink::HealthReporterDumpClear: emitted [] of []", "`devlink` names the device twice"),
    ("devlink::HealthReporterRecover: emitted [] of []", "`devlink` names the device twice"),
];

fn captures() -> Vec<Vec<u8>> {
    match std::env::var_os("NL_TLV_CAPTURE") {
        Some(path) => vec![std::fs::read(path).unwrap()],
        None => vec![
            include_bytes!("../captures/debian-6.1.pcap").to_vec(),
            include_bytes!("../captures/debian-6.12.pcap").to_vec(),
            include_bytes!("../captures/debian-7.3.pcap").to_vec(),
        ],
    }
}

/// Calls `visit` with each message that is none of netlink's own, but once with messages that are equal.
fn each_message(mut visit: impl FnMut(&Catalogue, u16, &Message<'_>)) {
    captures().iter().for_each(|capture| each_of(capture, &mut visit));
}

fn each_of(capture: &[u8], visit: &mut impl FnMut(&Catalogue, u16, &Message<'_>)) {
    let mut catalogue = Catalogue::new();
    let mut seen = BTreeSet::new();
    let packets = pcap::packets(capture);
    for packet in &packets {
        Messages::new(packet.bytes).map_while(Result::ok).for_each(|message| {
            catalogue.learn(packet.protocol, &message);
        });
    }
    for packet in &packets {
        for message in Messages::new(packet.bytes).map_while(Result::ok) {
            let is_new = seen.insert((packet.protocol, message.ty().0, message.payload()));
            if is_new && message.ty().0 >= 16 {
                visit(&catalogue, packet.protocol, &message);
            }
        }
    }
}

/// Families with so many attributes at least in a whole capture: each is made by few commands, and if a command is refused,
/// nothing of it is seen.
const AT_LEAST: [(&str, usize); 6] = [
    ("conntrack", 250),
    ("devlink", 1500),
    ("nftables", 2500),
    ("rt_link", 20_000),
    ("tc", 800),
    ("wireguard", 50),
];

/// What has been read and emitted of a family.
#[derive(Default)]
struct Counts {
    messages: usize,
    attributes: usize,
}

/// How many attributes were known, or what is wrong.
fn judge(candidate: &Candidate<'_>, message: &Message<'_>, is_request: bool) -> Result<usize, String> {
    let Candidate { subject, schema } = *candidate;
    let name = subject.name;
    let is_of = |family| is_link(schema) && message.payload().first() == Some(&family);
    let mut seen = Seen { is_bridge: is_of(7), is_ipv6: is_of(10), ..Seen::default() };
    if schema.payload.is_none() {
        seen.walk(schema.attrs, message.attrs_after(schema.contents_offset() - 16), schema.name);
    }
    if !seen.unknown.is_empty() {
        return Err(format!("{name}: unknown {:?}", seen.unknown));
    }
    let emitted = (subject.again)(message).map_err(|err| format!("{name}: {err}"))?;
    let [ours, theirs] = [&emitted, message.as_bytes()].map(|bytes| contents(schema, bytes, is_request));
    if ours != theirs {
        let without = |lines: &[String], others: &[String]| -> Vec<String> {
            lines.iter().filter(|line| !others.contains(line)).cloned().collect()
        };
        return Err(format!(
            "{name}: emitted {:?} of {:?}",
            without(&ours, &theirs),
            without(&theirs, &ours)
        ));
    }
    match is_request || emitted.len() == message.as_bytes().len() {
        true => Ok(seen.known),
        false => Err(format!("{name}: emitted {} bytes of {}", emitted.len(), message.as_bytes().len())),
    }
}

/// Whether a message is about links: then the address family says what some of its attributes are.
fn is_link(schema: &MessageSchema) -> bool {
    ["Link", "GetLink", "SetLink", "DelLink"].contains(&schema.name)
}

/// What a message has in it, without the order of its attributes.
fn contents(schema: &'static MessageSchema, bytes: &[u8], is_request: bool) -> Vec<String> {
    let ty = Messages::new(bytes).next().unwrap().unwrap().ty();
    let family = matches!(schema.id, MessageId::Command { .. }).then_some(ty);
    let shown = dissect_generic(&[schema], family, bytes).to_string();
    // Behind the offset and the depth.
    let line = |line: &str| line.trim_start_matches(|c: char| c.is_numeric() || c.is_whitespace()).to_owned();
    let mut lines: Vec<String> = shown.lines().skip(1).map(line).collect();
    if is_request {
        let is_struct = |line: &String| line.starts_with(|c: char| c.is_uppercase());
        lines.retain(|line| !is_struct(line));
        lines.iter_mut().for_each(|line| *line = without_length(line));
    }
    lines.sort();
    lines
}

/// `name (1): 8 bytes` without the number.
fn without_length(line: &str) -> String {
    match line.strip_suffix(" bytes") {
        Some(line) => line.trim_end_matches(|c: char| c.is_numeric()).to_owned(),
        None => line.to_owned(),
    }
}

#[test]
fn every_message_is_read_and_emitted_again() {
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    let (mut without, mut otherwise) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, String>::new());
    let (mut of_tools, mut explained) = (0, 0);
    let shows = std::env::var_os("NL_TLV_TRAFFIC_SHOW").is_some();
    each_message(|catalogue, protocol, message| {
        let (name, candidates) = catalogue.candidates(protocol, message);
        let is_request = message.flags().contains(Flags::REQUEST);
        if candidates.is_empty() {
            return *without.entry(name).or_default() += 1;
        }
        let judged: Vec<_> =
            candidates.iter().map(|subject| (subject, judge(subject, message, is_request))).collect();
        let best = judged.iter().find(|(_, judged)| judged.is_ok()).or(judged.first()).unwrap();
        let of_family = counts.entry(best.0.subject.family).or_default();
        of_family.messages += 1;
        match &best.1 {
            Ok(known) => of_family.attributes += known,
            Err(problem) => {
                let is_explained = OTHERWISE.iter().any(|(known, _)| problem.starts_with(known));
                explained += usize::from(is_explained);
                let shown = dissect(&[best.0.schema], message.as_bytes()).to_string();
                if shows {
                    println!("{problem}\n{shown}");
                }
                if !is_explained {
                    otherwise.insert(problem.clone(), shown);
                }
            }
        }
        of_tools += 1;
    });
    for (family, Counts { messages, attributes }) in &counts {
        println!("{family}: {messages} messages, {attributes} attributes, 0 unknown");
    }
    let attributes: usize = counts.values().map(|counts| counts.attributes).sum();
    println!(
        "{of_tools} messages, {attributes} attributes, {} differ, {explained} explained",
        otherwise.len()
    );
    let is_known = |name: &str| WITHOUT.iter().any(|(known, _)| name.starts_with(known));
    without.retain(|name, _| !is_known(name));
    assert!(without.is_empty(), "no definition of {without:?}");
    assert!(otherwise.is_empty(), "{:#?}", otherwise.keys());
    if std::env::var_os("NL_TLV_CAPTURE").is_some() {
        for (family, least) in AT_LEAST {
            let found = counts.get(family).map_or(0, |counts| counts.attributes);
            assert!(found >= least, "{found} attributes of {family}, not {least}");
        }
    }
    assert!(of_tools > 100);
}

/// So many messages of a kind are damaged.
const DAMAGED: usize = 2;

#[test]
fn every_prefix_and_every_change_of_a_byte_returns() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut tried = 0;
    each_message(|catalogue, protocol, message| {
        for Candidate { subject, .. } in catalogue.candidates(protocol, message).1 {
            let count = counts.entry(subject.name).or_default();
            *count += 1;
            if *count > DAMAGED {
                continue;
            }
            let bytes = message.as_bytes();
            for at in 16..bytes.len() {
                let mut cut = bytes[..at].to_vec();
                cut[..4].copy_from_slice(&u32::try_from(at).unwrap().to_ne_bytes());
                returns(subject, &cut);
                let mut changed = bytes.to_vec();
                changed[at] = changed[at].wrapping_add(u8::try_from(at % 255).unwrap() + 1);
                returns(subject, &changed);
                tried += 2;
            }
        }
    });
    println!("{tried} damaged messages of {} kinds", counts.len());
    assert!(counts.len() > 30);
}

/// What is emitted of a message that can be read is read and emitted as the same bytes again.
fn returns(subject: &Subject, bytes: &[u8]) {
    let again = |bytes: &[u8]| Messages::new(bytes).next()?.ok().map(|message| (subject.again)(&message));
    let Some(Ok(once)) = again(bytes) else { return };
    let twice = again(&once).unwrap().unwrap();
    assert!(once == twice, "{}: {bytes:?}", subject.name);
}
