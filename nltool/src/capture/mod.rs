//! Captures of netlink traffic: what is in a file or comes from another program, as a stream of packets.
//!
//! [`open`] looks at the first bytes and finds out which form it is. Nothing is read ahead of what is asked for, and no
//! packet is larger than [`MAX_PACKET`], so that a stream may have any length.

pub mod hex;
pub mod pcap;
mod pcapng;
mod raw;
mod strace;
mod strace_names;
mod strace_value;
mod text;

use std::io::{self, BufRead, BufReader, Read};
use std::time::Duration;

/// The largest packet that is read, in bytes.
pub const MAX_PACKET: usize = 16 << 20;

/// What is said about a text of which no line could be read.
pub const NOTHING: &str = "the text has no bytes in a form that is read here (digits, dumps of xxd, hexdump and od, arrays and strings \
    of C and Rust) and no calls of strace on netlink sockets";

/// What is said about an input without a byte.
pub const EMPTY: &str = "the input is empty";

/// The number of the netlink protocol whose packets are texts of the kernel's device events.
pub const UEVENT: u32 = 15;

/// What was captured in one piece: a datagram with any number of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packet<'a> {
    /// When, since 1970, if the capture says so.
    pub time: Option<Duration>,
    /// The netlink protocol, if the capture says so.
    pub protocol: Option<u32>,
    /// Who sent it, if the capture says so.
    pub direction: Option<Direction>,
    /// A number for the socket: two packets of the same socket have the same; 0 if it is not known.
    pub socket: u64,
    /// The process that the socket belongs to, if the capture says so.
    pub process: Option<u32>,
    /// The messages.
    pub bytes: &'a [u8],
    /// What the capture shows about the contents of a message whose bytes it does not have.
    pub note: &'a str,
    /// The receiver has lost messages before this.
    pub is_overrun: bool,
    /// The error with which the system has refused to send it.
    pub failure: Option<i32>,
    /// The port id of the socket, if the capture says it.
    pub port_id: Option<u32>,
    /// It came just now, from this machine's kernel.
    pub is_live: bool,
}

/// Who sent a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// A process, to the kernel or to another process.
    ToKernel,
    /// The kernel, or another process.
    ToUser,
    /// Somebody, to a multicast group.
    Multicast,
}

/// What is wrong with a capture.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The system's.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The capture is damaged, or of a form that cannot be read.
    #[error("{0}")]
    Form(String),
}

impl CaptureError {
    /// The same, with the place: behind so many packets.
    pub fn after(self, packets: u64) -> Self {
        match self {
            Self::Form(text) if packets > 0 => Self::Form(format!("after {packets} packets: {text}")),
            other => other,
        }
    }
}

/// A capture that is read packet by packet.
pub trait Capture {
    /// The next packet.
    ///
    /// # Errors
    ///
    /// If the rest of the capture cannot be read.
    fn next(&mut self) -> Result<Option<Packet<'_>>, CaptureError>;
}

/// Finds out the form of a capture and begins to read it.
///
/// # Errors
///
/// If it cannot be read, or is not a capture of netlink.
pub fn open(input: Box<dyn Read>) -> Result<Box<dyn Capture>, CaptureError> {
    let mut input: Box<dyn BufRead> = Box::new(BufReader::with_capacity(BUFFER, input));
    // A file that was compressed twice is still a file.
    for _ in 0..3 {
        let start = peek(&mut input)?;
        if !start.starts_with(&[0x1f, 0x8b]) {
            break;
        }
        let inside = flate2::bufread::MultiGzDecoder::new(input);
        input = Box::new(BufReader::with_capacity(BUFFER, inside));
    }
    let start = peek(&mut input)?;
    if start.is_empty() {
        return Err(CaptureError::Form(EMPTY.into()));
    }
    Ok(match form(start) {
        Form::Pcap => Box::new(pcap::Pcap::new(input)?),
        Form::Pcapng => Box::new(pcapng::Pcapng::new(input)),
        Form::Text => Box::new(text::Text::new(input)),
        Form::Uevent => Box::new(raw::Raw::uevent(input)),
        Form::Raw => Box::new(raw::Raw::messages(input)),
    })
}

const BUFFER: usize = 1 << 16;

/// The first bytes, without taking them.
fn peek(input: &mut Box<dyn BufRead>) -> io::Result<&[u8]> {
    loop {
        match input.fill_buf() {
            Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
            Err(err) => return Err(err),
            Ok(_) => return input.fill_buf(),
        }
    }
}

#[derive(Debug, PartialEq)]
enum Form {
    Pcap,
    Pcapng,
    Text,
    Uevent,
    Raw,
}

fn form(start: &[u8]) -> Form {
    match start {
        [0xa1, 0xb2, 0xc3, 0xd4, ..] | [0xd4, 0xc3, 0xb2, 0xa1, ..] => return Form::Pcap,
        [0xa1, 0xb2, 0x3c, 0x4d, ..] | [0x4d, 0x3c, 0xb2, 0xa1, ..] => return Form::Pcap,
        [0x0a, 0x0d, 0x0d, 0x0a, ..] => return Form::Pcapng,
        _ => {}
    }
    if is_uevent(start) {
        return Form::Uevent;
    }
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..);
    match start.iter().take(512).all(is_text) {
        true => Form::Text,
        false => Form::Raw,
    }
}

/// Whether the bytes are those of a device event: `add@/devices/…`, or the form of udev.
pub fn is_uevent(bytes: &[u8]) -> bool {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let is_word = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_lowercase);
    let at = text.iter().position(|byte| *byte == b'@');
    bytes.starts_with(b"libudev\0")
        || (text.len() < bytes.len()
            && at.is_some_and(|at| is_word(&text[..at]) && text[at + 1..].starts_with(b"/")))
}

/// Reads exactly `len` bytes into `to`; false at the end of the input.
///
/// # Errors
///
/// If the input ends within them; the system's.
fn read_exact(input: &mut dyn BufRead, to: &mut Vec<u8>, len: usize) -> Result<bool, CaptureError> {
    if len > MAX_PACKET {
        return Err(CaptureError::Form(format!(
            "a packet has {len} bytes; more than {MAX_PACKET} are not read"
        )));
    }
    // Grows with what is there, not with what a length field says.
    to.clear();
    let found = input.take(u64::try_from(len).unwrap_or(0)).read_to_end(to)?;
    match found {
        0 if len > 0 => Ok(false),
        found if found < len => Err(CaptureError::Form(format!(
            "the capture ends within a record: {found} of {len} bytes are there"
        ))),
        _ => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_the_form() {
        assert_eq!(form(&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]), Form::Pcap);
        assert_eq!(form(&[0x0a, 0x0d, 0x0d, 0x0a, 0x1c]), Form::Pcapng);
        assert_eq!(form(b"socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = 3\n"), Form::Text);
        assert_eq!(form(b"add@/devices/virtual/net/v0\0ACTION=add\0"), Form::Uevent);
        assert_eq!(form(&[20, 0, 0, 0, 16, 0, 1, 3]), Form::Raw);
        assert_eq!(form(b"me@/home is a text without a NUL"), Form::Text);
    }

    #[test]
    fn a_length_beyond_the_end_does_not_reserve_memory() {
        let mut to = Vec::new();
        assert!(read_exact(&mut &[1_u8, 2, 3][..], &mut to, MAX_PACKET).is_err());
        assert!(to.capacity() < 1024);
    }
}
