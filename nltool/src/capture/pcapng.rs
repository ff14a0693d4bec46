//! The newer capture file: blocks, of which the first tells the byte order and others have packets.
//!
//! ```text
//! type u32 | length u32 | body .. | length u32
//! ```

use super::pcap::{LINK_TYPE, Order, cooked};
use super::{Capture, CaptureError, Packet, read_exact};
use std::io::BufRead;
use std::time::Duration;

/// A capture file that is read.
pub(super) struct Pcapng {
    input: Box<dyn BufRead>,
    order: Order,
    interfaces: Vec<Interface>,
    block: Vec<u8>,
}

/// What a file says about where packets were captured.
#[derive(Clone, Copy)]
struct Interface {
    link_type: u16,
    ticks_per_second: u64,
}

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const OLD_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const PACKET: u32 = 6;

/// More interfaces than this are not remembered.
const MAX_INTERFACES: usize = 1024;

/// `if_tsresol`.
const RESOLUTION: u16 = 9;

impl Pcapng {
    pub(super) fn new(input: Box<dyn BufRead>) -> Self {
        Self { input, order: Order::Little, interfaces: Vec::new(), block: Vec::new() }
    }

    /// The type of the next block, whose body is then in `block`.
    fn next_block(&mut self) -> Result<Option<u32>, CaptureError> {
        if !read_exact(&mut *self.input, &mut self.block, 8)? {
            return Ok(None);
        }
        let head = [self.block[4], self.block[5], self.block[6], self.block[7]];
        let mut read = 8;
        // The type of a section reads the same in both byte orders; what follows its length tells the order.
        let ty = self.order.u32(&self.block, 0);
        if ty == SECTION {
            if !read_exact(&mut *self.input, &mut self.block, 4)? {
                return Err(CaptureError::Form("the capture ends within a section's header".into()));
            }
            self.order = match self.block[..] {
                [0x1a, 0x2b, 0x3c, 0x4d] => Order::Big,
                [0x4d, 0x3c, 0x2b, 0x1a] => Order::Little,
                _ => return Err(CaptureError::Form("a section of the capture has no byte order".into())),
            };
            read = 12;
        }
        let len = usize::try_from(self.order.u32(&head, 0)).unwrap_or(usize::MAX);
        let rest = len.checked_sub(read).filter(|_| len % 4 == 0 && len >= 12);
        let rest =
            rest.ok_or_else(|| CaptureError::Form(format!("a block of the capture has length {len}")))?;
        if !read_exact(&mut *self.input, &mut self.block, rest)? {
            return Err(CaptureError::Form("the capture ends within a block".into()));
        }
        self.block.truncate(rest.saturating_sub(4));
        Ok(Some(ty))
    }

    fn begin_section(&mut self) -> Result<(), CaptureError> {
        self.interfaces.clear();
        self.order.check()
    }

    fn add_interface(&mut self) {
        if self.interfaces.len() < MAX_INTERFACES {
            let link_type = self.order.u16(&self.block, 0);
            self.interfaces.push(Interface { link_type, ticks_per_second: self.resolution() });
        }
    }

    /// How fine the times of an interface are; microseconds if it does not say.
    fn resolution(&self) -> u64 {
        let mut at = 8;
        while at + 4 <= self.block.len() {
            let (code, len) =
                (self.order.u16(&self.block, at), usize::from(self.order.u16(&self.block, at + 2)));
            match (code, self.block.get(at + 4)) {
                (0, _) => break,
                (RESOLUTION, Some(power)) if power & 0x80 != 0 => {
                    return 1_u64.checked_shl(u32::from(power & 0x7f)).unwrap_or(u64::MAX);
                }
                (RESOLUTION, Some(power)) => return 10_u64.checked_pow((*power).into()).unwrap_or(u64::MAX),
                _ => at += 4 + len.next_multiple_of(4),
            }
        }
        1_000_000
    }

    /// Where the packet of a block lies, and its time.
    fn place(&self, ty: u32) -> Option<(Interface, Option<Duration>, usize, usize)> {
        let word = |at| self.order.u32(&self.block, at);
        let size = |at| usize::try_from(word(at)).unwrap_or(usize::MAX);
        let (interface, at) = match ty {
            PACKET => (size(0), 20),
            OLD_PACKET => (usize::from(self.order.u16(&self.block, 0)), 20),
            _ => {
                let interface = *self.interfaces.first()?;
                return Some((interface, None, 4, size(0).min(self.block.len().saturating_sub(4))));
            }
        };
        let interface = *self.interfaces.get(interface)?;
        let ticks = u128::from(word(4)) << 32 | u128::from(word(8));
        let nanoseconds = ticks * 1_000_000_000 / u128::from(interface.ticks_per_second.max(1));
        let time = u64::try_from(nanoseconds).ok().map(Duration::from_nanos);
        Some((interface, time, at, size(12)))
    }
}

impl Capture for Pcapng {
    fn next(&mut self) -> Result<Option<Packet<'_>>, CaptureError> {
        loop {
            let Some(ty) = self.next_block()? else { return Ok(None) };
            match ty {
                SECTION => self.begin_section()?,
                INTERFACE => self.add_interface(),
                PACKET | OLD_PACKET | SIMPLE_PACKET => {
                    let place = self.place(ty);
                    let (interface, time, at, len) = place.ok_or_else(|| {
                        CaptureError::Form("a packet names an interface that is not there".into())
                    })?;
                    // A file may have packets of other interfaces too.
                    if u32::from(interface.link_type) != LINK_TYPE {
                        continue;
                    }
                    let end = at.saturating_add(len);
                    let packet = self.block.get(at..end);
                    let packet = packet
                        .ok_or_else(|| CaptureError::Form("a packet is longer than its block".into()))?;
                    return cooked(packet, time).map(Some);
                }
                _ => {}
            }
        }
    }
}
