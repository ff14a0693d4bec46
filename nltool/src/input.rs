//! Texts out of files, devices and pipes, which may have no end.

use crate::error::Failure;
use std::io::{BufRead, Read};

/// The longest JSON or line that is read, in bytes.
pub const MAX_LEN: u64 = 64 << 20;

/// All of an input.
///
/// # Errors
///
/// If it is longer than `max` bytes or not UTF-8; the system's.
pub fn text(input: impl Read, max: u64) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    input.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    utf8(bytes, max)
}

/// The next line, without its end; `None` behind the last.
///
/// # Errors
///
/// If it is longer than [`MAX_LEN`] or not UTF-8; the system's.
pub fn line(input: &mut dyn BufRead) -> Result<Option<String>, Failure> {
    let mut bytes = Vec::new();
    if input.take(MAX_LEN + 1).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    utf8(bytes, MAX_LEN).map(|line| Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn utf8(bytes: Vec<u8>, max: u64) -> Result<String, Failure> {
    if bytes.len() as u64 > max {
        return Err(Failure::Other(format!("longer than {max} bytes, which is more than is read")));
    }
    String::from_utf8(bytes).map_err(|err| Failure::Other(format!("not UTF-8: {}", err.utf8_error())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_without_end_are_refused() {
        assert!(text(std::io::repeat(b'a'), 10).unwrap_err().to_string().starts_with("longer than 10 bytes"));
        assert_eq!(text(&b"0123456789"[..], 10).unwrap(), "0123456789");
    }

    #[test]
    fn lines_are_read_without_their_ends() {
        let mut input = &b"one\r\ntwo"[..];
        assert_eq!(line(&mut input).unwrap().as_deref(), Some("one"));
        assert_eq!(line(&mut input).unwrap().as_deref(), Some("two"));
        assert!(line(&mut input).unwrap().is_none());
        let wrong = line(&mut &b"ab\xff\n"[..]).unwrap_err().to_string();
        assert_eq!(wrong, "not UTF-8: invalid utf-8 sequence of 1 bytes from index 2");
    }
}
