//! Netlink messages from a file, as a tree.

use clap::Parser;
use nl_tlv::schema::{MessageSchema, dissect};
use nl_tlv_examples::{greet, rtm, rtnl};
use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

/// Prints netlink messages as a tree: from a capture of a monitor device (pcap of link type 253), or from hexadecimal
/// digits, also in the dumps of `strace -e write=FD` and `xxd`.
///
/// It knows rtnetlink's links, addresses and routes, and the protocols of these examples.
#[derive(Parser)]
#[command(
    after_help = "Examples:\n  dissect changes.pcap\n  echo 1000000003000000 0100000000000000 | dissect\n  \
    strace -e write=3 -e trace=sendto ip link 2>&1 | dissect --protocol 0"
)]
struct Args {
    /// File to read; standard input if there is none
    file: Option<PathBuf>,
    /// Number of the netlink protocol, where the file does not say it
    #[arg(long, default_value_t = 0)]
    protocol: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let mut bytes = Vec::new();
    match &args.file {
        Some(file) => File::open(file)?.read_to_end(&mut bytes)?,
        None => std::io::stdin().read_to_end(&mut bytes)?,
    };
    let show = |(protocol, messages)| println!("{}", dissect(schemas(protocol), messages));
    match packets(&bytes)? {
        Some(packets) => packets.into_iter().for_each(show),
        None => hex(std::str::from_utf8(&bytes)?)?.iter().for_each(|block| show((args.protocol, block))),
    }
    Ok(())
}

fn schemas(protocol: u32) -> &'static [&'static MessageSchema] {
    match protocol {
        0 => rtnl::SCHEMAS,
        greet::PROTOCOL => greet::SCHEMAS,
        rtm::PROTOCOL => rtm::SCHEMAS,
        _ => &[],
    }
}

/// The packets of a capture; `None` if it is no capture.
fn packets(bytes: &[u8]) -> Result<Option<Vec<Packet<'_>>>, String> {
    let is_foreign = match bytes.first_chunk::<4>().map(|magic| u32::from_ne_bytes(*magic)) {
        // The times are microseconds or nanoseconds.
        Some(0xa1b2_c3d4 | 0xa1b2_3c4d) => false,
        Some(0xd4c3_b2a1 | 0x4d3c_b2a1) => true,
        _ => return Ok(None),
    };
    let number = |at: usize| -> Option<u32> {
        let word = u32::from_ne_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?);
        Some(if is_foreign { word.swap_bytes() } else { word })
    };
    match number(20).map(|link_type| link_type & 0xffff) {
        Some(253) if !is_foreign => {}
        Some(253) => return Err("the capture is of a machine with the other byte order".into()),
        other => return Err(format!("the capture is not of link type 253 (netlink), but {other:?}")),
    }
    let (mut packets, mut at) = (Vec::new(), 24_usize);
    while let Some(len) = number(at.saturating_add(8)) {
        let start = at.saturating_add(16);
        at = start.saturating_add(usize::try_from(len).map_err(|err| err.to_string())?);
        let packet = bytes.get(start..at).ok_or("the last packet of the capture is cut")?;
        let (cooked, messages) =
            packet.split_first_chunk::<16>().ok_or("a packet is shorter than its header")?;
        packets.push((u32::from(cooked[14]) << 8 | u32::from(cooked[15]), messages));
    }
    Ok(Some(packets))
}

/// A netlink protocol and messages of it.
type Packet<'a> = (u32, &'a [u8]);

/// The bytes that lines of digits hold. A line without any, or that begins another dump at offset 0, ends a block.
fn hex(text: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut blocks = vec![Vec::new()];
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        // strace: `| 00000  14 00 00 00 ...  ........ |`; xxd: `00000000: 1400 0000 ...  ........`.
        let dumped = match line.strip_prefix('|') {
            Some(rest) => rest.trim_start().split_once("  "),
            None => line.split_once(": "),
        };
        let (offset, digits) = dumped.map_or((None, line), |(offset, rest)| (Some(offset), rest));
        let is_digit =
            |word: &&str| word.len().is_multiple_of(2) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let words: Vec<&str> = match offset {
            // What is shown as text lies behind two spaces, or beyond sixteen bytes.
            Some(_) => digits
                .get(..digits.len().min(49))
                .unwrap_or(digits)
                .split_whitespace()
                .take_while(is_digit)
                .collect(),
            None => digits.split_whitespace().filter(is_digit).collect(),
        };
        let begins = words.is_empty() || offset.is_some_and(|offset| offset.bytes().all(|byte| byte == b'0'));
        if begins && blocks.last().is_some_and(|block| !block.is_empty()) {
            blocks.push(Vec::new());
        }
        for pair in words.concat().as_bytes().chunks(2) {
            let byte = std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
            blocks.last_mut().into_iter().for_each(|block| block.extend(byte));
        }
    }
    blocks.retain(|block| !block.is_empty());
    if blocks.is_empty() { Err("no hexadecimal digits found".into()) } else { Ok(blocks) }
}
