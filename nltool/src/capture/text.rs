//! Text: bytes as people and programs write them, and what strace prints, with the dumps of `-e read=all -e write=all` or
//! without.

use super::hex::{Block, Line};
use super::strace::{Call, Calls};
use super::strace_value::{self, Shown};
use super::{Capture, CaptureError, Direction, MAX_PACKET, NOTHING, Packet};
use std::collections::VecDeque;
use std::io::{BufRead, Read};

/// Text that is read line by line.
pub(super) struct Text {
    input: Box<dyn BufRead>,
    calls: Calls,
    /// The call to which dumped bytes belong.
    call: Option<Call>,
    /// Calls are shown: bytes in the form of strace belong to one of them.
    has_calls: bool,
    /// Bytes of the block that is being read, and what its lines have told.
    bytes: Vec<u8>,
    block: Block,
    /// What is complete, but not handed out.
    ready: VecDeque<Ready>,
    /// What was handed out last.
    current: Ready,
    has_bytes: bool,
    is_end: bool,
}

/// What is said about `*` between lines without offsets.
const UNKNOWN_LENGTH: &str =
    "`*` stands for lines that are left out, and no offsets say how many: dump with `od -v`";

#[derive(Default)]
struct Ready {
    call: Option<Call>,
    bytes: Vec<u8>,
    note: String,
    is_overrun: bool,
    failure: Option<i32>,
}

impl Text {
    pub(super) fn new(input: Box<dyn BufRead>) -> Self {
        Self {
            input,
            calls: Calls::default(),
            call: None,
            has_calls: false,
            bytes: Vec::new(),
            block: Block::default(),
            ready: VecDeque::new(),
            current: Ready::default(),
            has_bytes: false,
            is_end: false,
        }
    }

    fn read_line(&mut self) -> Result<Option<String>, CaptureError> {
        let mut line = Vec::new();
        let limit = u64::try_from(MAX_PACKET).unwrap_or(u64::MAX);
        if (&mut self.input).take(limit).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&line).into_owned()))
    }

    fn line(&mut self, text: &str) -> Result<(), CaptureError> {
        match self.block.line(text) {
            // What is written to other files than netlink sockets.
            Line::Bytes(..)
                if self.has_calls && self.call.is_none() && text.trim_start().starts_with('|') => {}
            Line::Bytes(bytes, is_first) => {
                // A call with several buffers has a dump of each; together they are one datagram.
                if is_first == Some(true) && self.call.is_none() {
                    self.flush();
                }
                if self.bytes.len() + bytes.len() > MAX_PACKET {
                    return Err(CaptureError::Form(format!(
                        "more than {MAX_PACKET} bytes in one block of digits"
                    )));
                }
                self.bytes.extend(bytes);
                self.has_bytes = true;
            }
            Line::Dumped => {}
            Line::Other if text.trim_start().starts_with("* ") => {}
            Line::Other if text.trim() == "*" && !self.bytes.is_empty() => {
                return Err(CaptureError::Form(UNKNOWN_LENGTH.to_owned()));
            }
            Line::Empty | Line::Other => {
                self.flush();
                self.block = Block::default();
                self.call = self.calls.line(text);
                self.has_calls |= text.contains('(');
            }
        }
        Ok(())
    }

    /// Completes what was read so far.
    fn flush(&mut self) {
        let call = self.call.take();
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes);
            let failure = call.as_ref().and_then(Call::failure);
            self.ready.push_back(Ready { call, bytes, failure, ..Ready::default() });
            return;
        }
        if let Some(call) = call {
            self.without_dump(call);
        }
    }

    /// A call of which strace shows no bytes, only its text.
    fn without_dump(&mut self, call: Call) {
        let is_sent = call.direction != Some(Direction::ToUser);
        match &call.result {
            Err(error) if error == "ENOBUFS" && !is_sent => {
                self.ready.push_back(Ready { call: Some(call), is_overrun: true, ..Ready::default() });
                return;
            }
            Err(_) if !is_sent => return,
            _ => {}
        }
        let failure = call.failure();
        let shown = strace_value::messages(&call.text);
        if !shown.is_empty() {
            for Shown { bytes, note } in shown {
                let call = Some(call.clone());
                self.ready.push_back(Ready { call, bytes, note, failure, ..Ready::default() });
            }
            self.has_bytes = true;
        } else if let Some((bytes, is_cut)) =
            strace_value::string(&call.text).filter(|(bytes, _)| bytes.len() >= 16)
        {
            let note = if is_cut { "strace has cut the bytes: -s 65536 shows them all" } else { "" };
            let note = note.to_owned();
            self.ready.push_back(Ready { call: Some(call), bytes, note, failure, ..Ready::default() });
            self.has_bytes = true;
        }
    }
}

impl Capture for Text {
    fn next(&mut self) -> Result<Option<Packet<'_>>, CaptureError> {
        while self.ready.is_empty() && !self.is_end {
            match self.read_line()? {
                Some(text) => self.line(&text)?,
                None => {
                    self.flush();
                    self.is_end = true;
                }
            }
        }
        let Some(ready) = self.ready.pop_front() else {
            return match self.has_bytes {
                true => Ok(None),
                false => Err(CaptureError::Form(NOTHING.into())),
            };
        };
        self.current = ready;
        let Ready { call, bytes, note, is_overrun, failure } = &self.current;
        Ok(Some(Packet {
            time: call.as_ref().and_then(|call| call.time),
            protocol: call.as_ref().and_then(|call| call.protocol),
            direction: call.as_ref().and_then(|call| call.direction),
            socket: call.as_ref().map_or(0, Call::socket),
            process: call.as_ref().map(|call| call.process).filter(|process| *process != 0),
            bytes,
            note,
            is_overrun: *is_overrun,
            failure: *failure,
            port_id: call.as_ref().and_then(|call| call.port_id),
            is_live: false,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(text: &'static str) -> Vec<(Option<u32>, Vec<u8>)> {
        let mut capture = Text::new(Box::new(text.as_bytes()));
        let mut found = Vec::new();
        while let Some(packet) = capture.next().unwrap() {
            found.push((packet.protocol, packet.bytes.to_vec()));
        }
        found
    }

    #[test]
    fn an_empty_line_or_a_new_offset_begins_a_block() {
        assert_eq!(packets("0102\n03\n\n04\n"), [(None, vec![1, 2, 3]), (None, vec![4])]);
        assert_eq!(packets("00000000: 0102\n00000002: 03\n00000000: 04\n").len(), 2);
    }

    #[test]
    fn a_dump_belongs_to_the_call_before_it() {
        let text = "socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) = 4\n\
            sendmsg(4, {..}, 0) = 3\n * 2 bytes in buffer 0\n | 00000  01 02  .. |\n * 1 bytes in buffer 1\n | 00000  03  . |\n\
            write(1, \"a\", 1) = 1\n | 00000  61  a |\n";
        assert_eq!(packets(text)[0], (Some(12), vec![1, 2, 3]));
    }

    #[test]
    fn lines_left_out_without_offsets_are_an_error() {
        assert!(Text::new(Box::new(&b" 01 02\n*\n 03 04\n"[..])).next().is_err());
        assert_eq!(packets("0102\n\n*\n04\n").len(), 2);
    }

    #[test]
    fn text_without_anything_is_an_error() {
        assert!(Text::new(Box::new(&b"hello\n"[..])).next().is_err());
    }
}
