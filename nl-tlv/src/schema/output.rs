//! Text that is made of many small pieces.

use crate::bytes::{copy, head, tail, window, wrapping_add};
use core::fmt::{self, Write};

/// Collects pieces of text, and hands them to a formatter many at a time: calling one takes longer than most pieces are
/// worth.
pub(super) struct Output<'f, 'g> {
    f: &'f mut fmt::Formatter<'g>,
    collected: [u8; MAX_COLLECTED],
    len: usize,
}

/// How many bytes are collected.
const MAX_COLLECTED: usize = 256;

/// Digits of the largest number of 64 bits.
const MAX_DIGITS: usize = 20;

impl<'f, 'g> Output<'f, 'g> {
    /// Writes to a formatter what `write` writes.
    ///
    /// # Errors
    ///
    /// The formatter's.
    pub(super) fn to(
        f: &'f mut fmt::Formatter<'g>,
        write: impl FnOnce(&mut Self) -> fmt::Result,
    ) -> fmt::Result {
        let mut out = Self { f, collected: [0; MAX_COLLECTED], len: 0 };
        write(&mut out)?;
        out.flush()
    }

    /// Appends a text.
    #[inline]
    pub(super) fn text(&mut self, text: &str) -> fmt::Result {
        self.append(text.as_bytes())
    }

    /// Appends a number in decimal digits.
    pub(super) fn number(&mut self, number: impl Into<i128>) -> fmt::Result {
        let number = number.into();
        let Ok(mut left) = u64::try_from(number.unsigned_abs()) else { return write!(self, "{number}") };
        if number < 0 {
            self.text("-")?;
        }
        let (mut digits, mut first) = ([0; MAX_DIGITS], MAX_DIGITS);
        for (at, digit) in digits.iter_mut().enumerate().rev() {
            let last = u8::try_from(left.wrapping_rem(10)).unwrap_or_default();
            (*digit, first) = (b'0'.wrapping_add(last), at);
            left = left.wrapping_div(10);
            if left == 0 {
                break;
            }
        }
        self.append(tail(&digits, first))
    }

    /// Appends bytes as hexadecimal digits, two each, a space between groups of four bytes.
    pub(super) fn hex(&mut self, bytes: &[u8]) -> fmt::Result {
        for (i, group) in bytes.chunks(4).enumerate() {
            if i > 0 {
                self.text(" ")?;
            }
            let mut text = [0; 8];
            for (pair, byte) in text.chunks_exact_mut(2).zip(group) {
                if let [high, low] = pair {
                    (*high, *low) = (digit(byte >> 4), digit(byte & 15));
                }
            }
            self.append(head(&text, group.len().saturating_mul(2)))?;
        }
        Ok(())
    }

    /// Appends a whole text.
    #[inline]
    fn append(&mut self, text: &[u8]) -> fmt::Result {
        let Some(place) = window(&mut self.collected, self.len, text.len()) else {
            return self.append_flushed(text);
        };
        copy(place, text);
        self.len = wrapping_add(self.len, text.len());
        Ok(())
    }

    #[cold]
    fn append_flushed(&mut self, text: &[u8]) -> fmt::Result {
        self.flush()?;
        match window(&mut self.collected, 0, text.len()) {
            Some(place) => {
                copy(place, text);
                self.len = text.len();
                Ok(())
            }
            None => self.f.write_str(str_of(text)?),
        }
    }

    fn flush(&mut self) -> fmt::Result {
        let len = core::mem::take(&mut self.len);
        self.f.write_str(str_of(head(&self.collected, len))?)
    }
}

/// What was appended as whole texts is one.
fn str_of(text: &[u8]) -> Result<&str, fmt::Error> {
    core::str::from_utf8(text).map_err(|_| fmt::Error)
}

impl Write for Output<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text)
    }
}

const fn digit(nibble: u8) -> u8 {
    match nibble {
        0..10 => b'0'.wrapping_add(nibble),
        _ => (b'a' - 10).wrapping_add(nibble),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::string::{String, ToString};

    struct Shown<F>(F);

    impl<F: Fn(&mut Output<'_, '_>) -> fmt::Result> fmt::Display for Shown<F> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            Output::to(f, &self.0)
        }
    }

    #[test]
    fn numbers_print_as_the_standard_library_prints_them() {
        let edges = [0, 9, 10, i128::from(u64::MAX), i128::from(u64::MAX) + 1, i128::MAX, i128::MIN];
        for number in edges.into_iter().flat_map(|number| [number, number.wrapping_neg()]) {
            assert_eq!(Shown(|out: &mut Output<'_, '_>| out.number(number)).to_string(), number.to_string());
        }
    }

    #[test]
    fn pieces_of_every_length_are_kept_whole_and_in_order() {
        let mut all = String::new();
        for len in 0..600 {
            all.push_str(&"ä".repeat(len % 301));
            all.push_str(&len.to_string());
        }
        let shown = Shown(|out: &mut Output<'_, '_>| {
            (0..600_u32).try_for_each(|len| {
                out.text(&"ä".repeat(usize::try_from(len % 301).unwrap()))?;
                out.number(len)
            })
        });
        assert_eq!(shown.to_string(), all);
    }

    #[test]
    fn bytes_are_in_groups_of_four() {
        let hex = |bytes| Shown(move |out: &mut Output<'_, '_>| out.hex(bytes)).to_string();
        assert_eq!([hex(&[]), hex(&[1, 0xab]), hex(&[0, 1, 2, 3, 4])], ["", "01ab", "00010203 04"]);
    }
}
