//! What strace shows of a buffer: a string with escapes, or the headers of the messages in it.

use super::strace_names::{error, flags, message_type, number};

/// A message of which strace shows the header, and what follows as text.
#[derive(Debug, PartialEq)]
pub(super) struct Shown {
    /// As much of the message as can be made from the text.
    pub(super) bytes: Vec<u8>,
    /// What strace shows of the rest.
    pub(super) note: String,
}

/// What is kept of the text behind a header, in bytes.
const MAX_NOTE: usize = 4096;

const HEADER: &str = "{nlmsg_len=";

/// The messages whose headers are in the text of a call.
pub(super) fn messages(text: &str) -> Vec<Shown> {
    let mut found = Vec::new();
    let mut starts = text.match_indices(HEADER).map(|(at, _)| at).filter(|at| !is_echo(text, *at)).peekable();
    while let Some(start) = starts.next() {
        let end = starts.peek().copied().unwrap_or(text.len());
        found.extend(text.get(start..end).and_then(message));
    }
    found
}

/// Whether the header is that of a request which an error message repeats.
fn is_echo(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before.ends_with("msg=") || before.ends_with("msg=[")
}

fn message(text: &str) -> Option<Shown> {
    let (fields, rest) = text.strip_prefix('{')?.split_once('}')?;
    let mut header = Header::read(fields)?;
    let rest = rest.trim_start_matches([',', ' ', ']']);
    let (payload, note) = match header.ty {
        2 => (refusal(rest)?, String::new()),
        3 => (
            number(rest.split([',', ']', '}']).next()?).unwrap_or(0).to_le_bytes()[..4].to_vec(),
            String::new(),
        ),
        _ => (Vec::new(), note(rest)),
    };
    header.len = 16 + u32::try_from(payload.len()).ok()?;
    // An error message whose request is cut says so.
    header.flags |= if header.ty == 2 { 0x100 } else { 0 };
    Some(Shown { bytes: [header.bytes(), payload].concat(), note })
}

/// The payload of an error message: the error, and the header of the request.
fn refusal(text: &str) -> Option<Vec<u8>> {
    let code = text.split_once("error=")?.1.split([',', '}']).next()?;
    let request = text.split_once(HEADER).and_then(|(_, rest)| {
        let fields = rest.split('}').next()?;
        Header::read(&format!("nlmsg_len={fields}"))
    });
    Some([error(code)?.to_ne_bytes().to_vec(), request.unwrap_or_default().bytes()].concat())
}

/// What is shown of a message behind its header: up to the bracket that closes it.
fn note(text: &str) -> String {
    let (mut depth, mut is_string, mut end) = (0_i32, false, text.len());
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => is_string = !is_string,
            '[' | '{' if !is_string => depth += 1,
            ']' | '}' if !is_string => depth -= 1,
            _ => {}
        }
        if depth < 0 || at >= MAX_NOTE {
            end = at;
            break;
        }
    }
    text.get(..end).unwrap_or_default().trim_end_matches([' ', ',']).to_owned()
}

/// The fields of a `struct nlmsghdr`.
#[derive(Default)]
struct Header {
    len: u32,
    ty: u16,
    flags: u16,
    seq: u32,
    port_id: u32,
}

impl Header {
    fn read(fields: &str) -> Option<Self> {
        let field = |name: &str| {
            let fields = fields.split(", ").find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
            fields.map(str::trim)
        };
        let word = |name| field(name).and_then(number).unwrap_or(0);
        // A port id may be shown with its sign.
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "32 bits with or without a sign"
        )]
        let bits = |name| word(name) as u32;
        Some(Self {
            len: bits("nlmsg_len"),
            ty: message_type(field("nlmsg_type")?)?,
            flags: field("nlmsg_flags").map_or(0, flags),
            seq: bits("nlmsg_seq"),
            port_id: bits("nlmsg_pid"),
        })
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.len.to_ne_bytes().to_vec();
        bytes.extend(self.ty.to_ne_bytes());
        bytes.extend(self.flags.to_ne_bytes());
        bytes.extend(self.seq.to_ne_bytes());
        bytes.extend(self.port_id.to_ne_bytes());
        bytes
    }
}

/// The bytes of the first string in a text, and whether strace has cut it; escapes are those of C.
pub(super) fn string(text: &str) -> Option<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    let mut rest = text.split_once('"')?.1.bytes().peekable();
    loop {
        match rest.next()? {
            b'"' => break,
            b'\\' => bytes.push(escape(&mut rest)?),
            byte => bytes.push(byte),
        }
    }
    Some((bytes, rest.take(3).eq(*b"...")))
}

fn escape(rest: &mut std::iter::Peekable<std::str::Bytes<'_>>) -> Option<u8> {
    let byte = rest.next()?;
    let digits = |rest: &mut std::iter::Peekable<std::str::Bytes<'_>>, radix, most, first: Option<u8>| {
        let mut value = first.map_or(0, |byte| u32::from(byte - b'0'));
        for _ in 0..most {
            let Some(digit) = rest.peek().and_then(|byte| char::from(*byte).to_digit(radix)) else { break };
            value = value * radix + digit;
            rest.next();
        }
        u8::try_from(value & 0xff).ok()
    };
    match byte {
        b'n' => Some(b'\n'),
        b't' => Some(b'\t'),
        b'r' => Some(b'\r'),
        b'f' => Some(0x0c),
        b'v' => Some(0x0b),
        b'a' => Some(7),
        b'b' => Some(8),
        b'x' => digits(rest, 16, 2, None),
        b'0'..=b'7' => digits(rest, 8, 2, Some(byte)),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_unescaped() {
        assert_eq!(
            string(r#"3, "\24\0\0\0\22\0\1\3a\x0a\n", 20"#),
            Some((b"\x14\0\0\0\x12\0\x01\x03a\n\n".to_vec(), false))
        );
        assert_eq!(string(r#""abc"..., 20"#), Some((b"abc".to_vec(), true)));
        assert_eq!(string("no string"), None);
        assert_eq!(string(r#""not ended"#), None);
    }

    #[test]
    fn a_refusal_becomes_a_message() {
        let text = "[{nlmsg_len=52, nlmsg_type=NLMSG_ERROR, nlmsg_flags=0, nlmsg_seq=7, nlmsg_pid=1170}, {error=-ENODEV, \
             msg=[{nlmsg_len=32, nlmsg_type=RTM_NEWLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK, nlmsg_seq=7, nlmsg_pid=0}, {x}]}]";
        let found = messages(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].bytes.len(), 36);
        assert_eq!(found[0].bytes[16..20], (-19_i32).to_ne_bytes());
        assert_eq!(found[0].bytes[24..26], 16_u16.to_ne_bytes());
    }

    #[test]
    fn a_request_keeps_what_strace_says_of_it() {
        let text = "sendto(3, [{nlmsg_len=40, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, nlmsg_seq=1, \
            nlmsg_pid=-5}, {ifi_family=AF_UNSPEC}], 40, 0, NULL, 0";
        let found = messages(text);
        assert_eq!(found[0].note, "{ifi_family=AF_UNSPEC}");
        assert_eq!(found[0].bytes[..8], [16, 0, 0, 0, 18, 0, 1, 3]);
    }
}
