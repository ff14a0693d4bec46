//! The classic capture file, read and written: a header of 24 bytes, and records of 16 bytes and a packet.
//!
//! ```text
//! magic u32 | version u16 u16 | 0 u32 | 0 u32 | snap length u32 | link type u32
//! seconds u32 | micro- or nanoseconds u32 | captured length u32 | length u32 | packet ..
//! ```
//!
//! A packet of link type 253 begins with 16 bytes in network order: packet type u16, `ARPHRD_NETLINK` u16, 10 bytes of
//! zero, the netlink protocol u16.

use super::{Capture, CaptureError, Direction, Packet, UEVENT, is_uevent, read_exact};
use std::io::{self, BufRead, Write};
use std::time::Duration;

/// `LINKTYPE_NETLINK`.
pub const LINK_TYPE: u32 = 253;

/// `PACKET_USER` and `PACKET_KERNEL` of `linux/if_packet.h`.
const TO_USER: u16 = 6;
const TO_KERNEL: u16 = 7;

const ARPHRD_NETLINK: u16 = 824;

/// A capture file that is read.
pub struct Pcap {
    input: Box<dyn BufRead>,
    order: Order,
    is_nanoseconds: bool,
    packet: Vec<u8>,
}

/// The byte order of a capture file's own numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Order {
    Little,
    Big,
}

impl Order {
    pub(super) fn u32(self, bytes: &[u8], at: usize) -> u32 {
        let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok()).unwrap_or_default();
        match self {
            Self::Little => u32::from_le_bytes(word),
            Self::Big => u32::from_be_bytes(word),
        }
    }

    pub(super) fn u16(self, bytes: &[u8], at: usize) -> u16 {
        let word = bytes.get(at..at + 2).and_then(|word| word.try_into().ok()).unwrap_or_default();
        match self {
            Self::Little => u16::from_le_bytes(word),
            Self::Big => u16::from_be_bytes(word),
        }
    }

    /// Netlink's messages have the byte order of the machine on which they were captured.
    pub(super) fn check(self) -> Result<(), CaptureError> {
        match (self, cfg!(target_endian = "big")) {
            (Self::Little, false) | (Self::Big, true) => Ok(()),
            _ => Err(CaptureError::Form("the capture is from a machine with the other byte order".into())),
        }
    }
}

impl Pcap {
    pub(super) fn new(mut input: Box<dyn BufRead>) -> Result<Self, CaptureError> {
        let mut header = Vec::new();
        if !read_exact(&mut *input, &mut header, 24)? {
            return Err(CaptureError::Form("the capture is empty".into()));
        }
        let (order, is_nanoseconds) = match header[..4] {
            [0xa1, 0xb2, 0xc3, 0xd4] => (Order::Big, false),
            [0xa1, 0xb2, 0x3c, 0x4d] => (Order::Big, true),
            [0x4d, 0x3c, 0xb2, 0xa1] => (Order::Little, true),
            _ => (Order::Little, false),
        };
        check_link_type(order.u32(&header, 20) & 0xffff)?;
        order.check()?;
        Ok(Self { input, order, is_nanoseconds, packet: Vec::new() })
    }
}

pub(super) fn check_link_type(link_type: u32) -> Result<(), CaptureError> {
    match link_type {
        LINK_TYPE => Ok(()),
        other => Err(CaptureError::Form(format!(
            "the capture has link type {other}; that of netlink is {LINK_TYPE}"
        ))),
    }
}

impl Capture for Pcap {
    fn next(&mut self) -> Result<Option<Packet<'_>>, CaptureError> {
        if !read_exact(&mut *self.input, &mut self.packet, 16)? {
            return Ok(None);
        }
        let number = |at| self.order.u32(&self.packet, at);
        let fraction = if self.is_nanoseconds { number(4) } else { number(4).saturating_mul(1000) };
        let time = Duration::from_secs(number(0).into()) + Duration::from_nanos(fraction.into());
        let len = usize::try_from(number(8)).unwrap_or(usize::MAX);
        if !read_exact(&mut *self.input, &mut self.packet, len)? && len > 0 {
            return Err(CaptureError::Form("the capture ends behind the header of a packet".into()));
        }
        cooked(&self.packet, Some(time)).map(Some)
    }
}

/// A packet of link type 253.
pub(super) fn cooked(packet: &[u8], time: Option<Duration>) -> Result<Packet<'_>, CaptureError> {
    let Some((header, bytes)) = packet.split_first_chunk::<16>() else {
        return Err(CaptureError::Form(format!(
            "a packet has {} bytes; its header alone has 16",
            packet.len()
        )));
    };
    let protocol = u32::from(u16::from_be_bytes([header[14], header[15]]));
    let direction = match u16::from_be_bytes([header[0], header[1]]) {
        TO_USER => Some(Direction::ToUser),
        TO_KERNEL => Some(Direction::ToKernel),
        _ => None,
    };
    let protocol = if is_uevent(bytes) { UEVENT } else { protocol };
    Ok(Packet { time, protocol: Some(protocol), direction, bytes, ..Packet::default() })
}

/// Writes the header of a file.
///
/// # Errors
///
/// The system's.
pub fn write_file_header(out: &mut dyn Write) -> io::Result<()> {
    let fields: [u32; 6] = [0xa1b2_c3d4, 0x0004_0002_u32.to_le(), 0, 0, 0x4_0000, LINK_TYPE];
    let version = if cfg!(target_endian = "big") { 0x0002_0004 } else { fields[1] };
    let fields = [fields[0], version, fields[2], fields[3], fields[4], fields[5]];
    out.write_all(&fields.map(u32::to_ne_bytes).concat())
}

/// Writes a packet with its time.
///
/// # Errors
///
/// The system's.
pub fn write_packet(out: &mut dyn Write, packet: &Packet<'_>) -> io::Result<()> {
    let time = packet.time.unwrap_or_default();
    let len = u32::try_from(packet.bytes.len() + 16).unwrap_or(u32::MAX);
    let seconds = u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
    out.write_all(&[seconds, time.subsec_micros(), len, len].map(u32::to_ne_bytes).concat())?;
    let direction = match packet.direction {
        Some(Direction::ToKernel) => TO_KERNEL,
        _ => TO_USER,
    };
    let protocol = u16::try_from(packet.protocol.unwrap_or(0)).unwrap_or(0);
    let mut header = [0; 16];
    header[..2].copy_from_slice(&direction.to_be_bytes());
    header[2..4].copy_from_slice(&ARPHRD_NETLINK.to_be_bytes());
    header[14..].copy_from_slice(&protocol.to_be_bytes());
    out.write_all(&header)?;
    out.write_all(packet.bytes)
}
