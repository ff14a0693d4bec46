//! Captures of netlink: files of the form that a monitor device (nlmon) and wireshark have, pcap of link type 253, written
//! and read; and the hexadecimal dumps of other programs.

use std::fs::File;
use std::io::{self, Write};
use std::time::SystemTime;

/// Magic, version 2.4, no offset from UTC, accuracy, longest packet, link type `LINKTYPE_NETLINK`.
///
/// # Errors
///
/// The system's.
pub fn write_file_header(file: &mut File) -> io::Result<()> {
    let fields = [0xa1b2_c3d4_u32, u32::from_ne_bytes(VERSION), 0, 0, 0x4_0000, 253];
    file.write_all(&fields.map(u32::to_ne_bytes).concat())
}

/// Time, length twice, and the 16 bytes that stand before each message: sent to us, `ARPHRD_NETLINK`, `NETLINK_ROUTE`.
///
/// # Errors
///
/// The system's.
pub fn write_packet(file: &mut File, message: &[u8]) -> io::Result<()> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let len = u32::try_from(message.len() + COOKED.len()).unwrap_or(u32::MAX);
    let seconds = u32::try_from(now.as_secs()).unwrap_or(u32::MAX);
    file.write_all(&[seconds, now.subsec_micros(), len, len].map(u32::to_ne_bytes).concat())?;
    file.write_all(&COOKED)?;
    file.write_all(message)
}

const VERSION: [u8; 4] = if cfg!(target_endian = "little") { [2, 0, 4, 0] } else { [0, 2, 0, 4] };
const COOKED: [u8; 16] = [0, 0, 3, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// The packets of a capture; `None` if it is no capture.
///
/// # Errors
///
/// What is wrong with the capture.
pub fn packets(bytes: &[u8]) -> Result<Option<Vec<Packet<'_>>>, String> {
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
pub type Packet<'a> = (u32, &'a [u8]);

/// The bytes that lines of digits hold. A line without any, or that begins another dump at offset 0, ends a block.
///
/// # Errors
///
/// If there are no digits.
pub fn hex(text: &str) -> Result<Vec<Vec<u8>>, String> {
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
            // The call that strace shows before its dump has numbers in it too.
            None if digits.split_whitespace().all(|word| is_digit(&word)) => {
                digits.split_whitespace().collect()
            }
            None => Vec::new(),
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
