//! `nltool encode`: what `nltool decode --json` wrote, as a capture again.

use crate::capture::{Direction, Packet, pcap};
use crate::catalogue::Catalogue;
use crate::error::Failure;
use crate::input;
use crate::json::value::bytes;
use crate::json::{read, text};
use crate::request::address_family;
use serde_json::Value as Json;
use std::io::{BufRead, Write};
use std::time::Duration;

/// Reads an object from each line and writes a capture.
///
/// # Errors
///
/// Which line is wrong, and how; the system's.
pub fn run(input: &mut dyn BufRead, catalogue: &Catalogue, out: &mut dyn Write) -> Result<(), Failure> {
    let mut is_begun = false;
    for number in 1_u64.. {
        let line = input::line(input).map_err(|err| err.about(&format!("line {number}")))?;
        let Some(line) = line else { break };
        if line.trim().is_empty() {
            continue;
        }
        let json: Json = text::parse(&line).map_err(|err| {
            Failure::Usage(format!("line {number} is not the JSON that `nltool decode --json` writes: {err}"))
        })?;
        let message =
            message(&json, catalogue).map_err(|text| Failure::Usage(format!("line {number}: {text}")))?;
        let Some(message) = message else {
            eprintln!("nltool: line {number} is not a message, and is left out");
            continue;
        };
        let is_request = json["role"] == "request";
        let packet = Packet {
            time: time(&json["time"].to_string()),
            protocol: json["protocol"].as_u64().and_then(|number| number.try_into().ok()),
            direction: Some(if is_request { Direction::ToKernel } else { Direction::ToUser }),
            bytes: &message,
            ..Packet::default()
        };
        if !is_begun {
            pcap::write_file_header(out)?;
        }
        is_begun = true;
        pcap::write_packet(out, &packet)?;
    }
    if !is_begun {
        pcap::write_file_header(out)?;
    }
    Ok(())
}

/// Seconds with a fraction, in decimal digits: as a floating-point number they would lose the last ones.
fn time(text: &str) -> Option<Duration> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let nanoseconds = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some(Duration::new(seconds.parse().ok()?, nanoseconds))
}

/// The bytes of a message; none of an object that is something else: an overrun, a device event.
fn message(json: &Json, catalogue: &Catalogue) -> Result<Option<Vec<u8>>, String> {
    let mut message = match (json.get("message"), json.get("payload")) {
        (Some(Json::String(name)), _) => {
            let Some(contents) = json.get("contents") else { return Ok(None) };
            let family = json["family"].as_str().ok_or("`family` is missing")?;
            let family = catalogue.family(family)?;
            let schema = family.variant(family.message(name)?, address_family(contents));
            read::message(schema, contents).map_err(|mistake| mistake.to_string())?.bytes
        }
        (_, Some(payload)) if json.get("type").is_some() => [vec![0; 16], bytes(payload)?].concat(),
        _ => return Ok(None),
    };
    let number = |name: &str| json[name].as_u64().and_then(|number| u32::try_from(number).ok());
    let ty = number("type").and_then(|ty| u16::try_from(ty).ok()).ok_or("`type` is missing")?;
    let len = u32::try_from(message.len()).map_err(|_| "the message is too long")?;
    message[..4].copy_from_slice(&len.to_ne_bytes());
    message[4..6].copy_from_slice(&ty.to_ne_bytes());
    message[6..8].copy_from_slice(&flags(&json["flags"])?.to_ne_bytes());
    message[8..12].copy_from_slice(&number("seq").unwrap_or(0).to_ne_bytes());
    message[12..16].copy_from_slice(&number("port-id").unwrap_or(0).to_ne_bytes());
    Ok(Some(message))
}

/// The names of flags, which mean different things in different kinds of messages, but never different bits.
const FLAGS: [(&str, u16); 17] = [
    ("REQUEST", 1),
    ("MULTI", 2),
    ("ACK", 4),
    ("ECHO", 8),
    ("DUMP_INTR", 0x10),
    ("DUMP_FILTERED", 0x20),
    ("ROOT", 0x100),
    ("MATCH", 0x200),
    ("ATOMIC", 0x400),
    ("DUMP", 0x300),
    ("REPLACE", 0x100),
    ("EXCL", 0x200),
    ("CREATE", 0x400),
    ("APPEND", 0x800),
    ("NONREC", 0x100),
    ("BULK", 0x200),
    ("CAPPED", 0x100),
];

fn flags(json: &Json) -> Result<u16, String> {
    let bit = |name: &Json| {
        let name = name.as_str().ok_or("`flags` is a list of names")?;
        let known = FLAGS.iter().find(|(known, _)| *known == name).map(|(_, bit)| *bit);
        let number = || u16::from_str_radix(name.strip_prefix("0x")?, 16).ok();
        let known = known.or((name == "ACK_TLVS").then_some(0x200)).or_else(number);
        known.ok_or_else(|| format!("there is no flag `{name}`"))
    };
    json.as_array().into_iter().flatten().map(bit).try_fold(0, |all, bit| Ok(all | bit?))
}
