//! Colours on a terminal, and fast writing of numbers and strings.

use std::io::{IsTerminal, Write};

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A message's name.
    Message,
    /// An attribute's name.
    Name,
    /// A value.
    Value,
    /// A string.
    Text,
    /// What is beside the point: times, numbers of bytes.
    Faint,
    /// Success.
    Good,
    /// A refusal, or damage.
    Bad,
    /// What came without being asked for.
    Event,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Message => "\x1b[1m",
            Self::Name => "\x1b[36m",
            Self::Value => "",
            Self::Text => "\x1b[33m",
            Self::Faint => "\x1b[2m",
            Self::Good => "\x1b[32m",
            Self::Bad => "\x1b[1;31m",
            Self::Event => "\x1b[35m",
        }
    }
}

/// Where text goes: bytes, with colours or without.
#[derive(Debug, Default)]
pub struct Ink {
    /// What was written.
    pub bytes: Vec<u8>,
    is_coloured: bool,
}

impl Ink {
    /// Nothing yet.
    pub fn new(is_coloured: bool) -> Self {
        Self { bytes: Vec::new(), is_coloured }
    }

    /// Whether colours are written.
    pub fn is_coloured(&self) -> bool {
        self.is_coloured
    }

    /// Plain text.
    pub fn put(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Text in a colour.
    pub fn paint(&mut self, style: Style, text: &str) {
        self.begin(style);
        self.put(text);
        self.end(style);
    }

    /// Begins a colour.
    pub fn begin(&mut self, style: Style) {
        if self.is_coloured {
            self.put(style.code());
        }
    }

    /// Ends a colour.
    pub fn end(&mut self, style: Style) {
        if self.is_coloured && !style.code().is_empty() {
            self.put("\x1b[0m");
        }
    }

    /// Anything that prints.
    pub fn print(&mut self, what: impl std::fmt::Display) {
        // Writing to a vector does not fail.
        drop(write!(self.bytes, "{what}"));
    }

    /// A number.
    pub fn number(&mut self, number: i128) {
        number_to(&mut self.bytes, number);
    }
}

/// Appends a number in decimal digits.
pub fn number_to(out: &mut Vec<u8>, number: i128) {
    let Ok(mut rest) = u64::try_from(number.unsigned_abs()) else {
        out.extend_from_slice(number.to_string().as_bytes());
        return;
    };
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Appends bytes as hexadecimal digits.
pub fn hex_to(out: &mut Vec<u8>, bytes: &[u8]) {
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}

/// When colours are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always, for a pager such as `less -R`
    Always,
    /// Never
    Never,
}

impl Colour {
    /// Whether standard output gets colours.
    pub fn is_on(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => std::env::var_os("NO_COLOR").is_none() && std::io::stdout().is_terminal(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_standard_library_writes_them() {
        for number in [0, 7, -1, 10, 1234, i128::from(u64::MAX), i128::from(i64::MIN), i128::MIN, i128::MAX] {
            let mut out = Vec::new();
            number_to(&mut out, number);
            assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
        }
    }

    #[test]
    fn nothing_is_coloured_without_colours() {
        let mut ink = Ink::new(false);
        ink.paint(Style::Bad, "no");
        assert_eq!(ink.bytes, b"no");
    }
}
