//! Bytes without any frame: netlink messages one behind the other, or one device event.

use super::{Capture, CaptureError, Packet, UEVENT};
use std::io::{BufRead, Read};

/// Bytes that are read.
pub(super) struct Raw {
    input: Box<dyn BufRead>,
    is_uevent: bool,
    /// Nothing was read yet.
    is_start: bool,
    bytes: Vec<u8>,
}

impl Raw {
    pub(super) fn messages(input: Box<dyn BufRead>) -> Self {
        Self { input, is_uevent: false, is_start: true, bytes: Vec::new() }
    }

    pub(super) fn uevent(input: Box<dyn BufRead>) -> Self {
        Self { input, is_uevent: true, is_start: true, bytes: Vec::new() }
    }

    /// The rest of the input, as far as a packet may be large.
    fn rest(&mut self) -> Result<bool, CaptureError> {
        let limit = u64::try_from(super::MAX_PACKET).unwrap_or(u64::MAX);
        (&mut self.input).take(limit).read_to_end(&mut self.bytes)?;
        Ok(!self.bytes.is_empty())
    }

    /// One message with its padding; if its length is wrong, everything that follows.
    fn message(&mut self) -> Result<bool, CaptureError> {
        let mut header = Vec::new();
        (&mut self.input).take(4).read_to_end(&mut header)?;
        self.bytes.clone_from(&header);
        let is_start = std::mem::replace(&mut self.is_start, false);
        let Ok(len) = <[u8; 4]>::try_from(&header[..]).map(u32::from_ne_bytes) else {
            return Ok(!self.bytes.is_empty());
        };
        let len = usize::try_from(len).unwrap_or(usize::MAX).checked_next_multiple_of(4);
        match len.and_then(|len| len.checked_sub(4)) {
            Some(rest) if (12..=super::MAX_PACKET).contains(&rest) => {
                let mut payload = Vec::new();
                let limit = u64::try_from(rest).unwrap_or(0);
                (&mut self.input).take(limit).read_to_end(&mut payload)?;
                self.bytes.extend(payload);
                Ok(true)
            }
            _ if is_start => {
                let start: Vec<_> = header.iter().map(|byte| format!("{byte:02x}")).collect();
                let text = "this is neither a capture nor netlink messages: it begins with";
                Err(CaptureError::Form(format!("{text} {}", start.join(" "))))
            }
            _ => self.rest(),
        }
    }
}

impl Capture for Raw {
    fn next(&mut self) -> Result<Option<Packet<'_>>, CaptureError> {
        self.bytes.clear();
        let (found, protocol) = match self.is_uevent {
            true => (self.rest()?, Some(UEVENT)),
            false => (self.message()?, None),
        };
        Ok(found.then_some(Packet { protocol, bytes: &self.bytes, ..Packet::default() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_one_by_one_and_damage_as_the_rest() {
        let mut bytes = [20_u32.to_ne_bytes(), [1, 0, 0, 0], [0; 4], [0; 4], [7; 4]].concat();
        bytes.extend([3, 0, 0, 0, 9, 9]);
        let mut raw = Raw::messages(Box::new(std::io::Cursor::new(bytes)));
        assert_eq!(raw.next().unwrap().unwrap().bytes.len(), 20);
        assert_eq!(raw.next().unwrap().unwrap().bytes, [3, 0, 0, 0, 9, 9]);
        assert_eq!(raw.next().unwrap(), None);
    }
}
