//! Text that is written in many small pieces: [`Output`] collects them.

use crate::bytes::{array_at, copy, head, tail, window, wrapping_add};
use core::fmt::{self, Write};

/// Collects pieces of text and hands them to a formatter together: most pieces are short, and a call for each would
/// take longer than writing it.
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
    #[inline]
    pub(super) fn number(&mut self, number: impl Into<i128>) -> fmt::Result {
        let number = number.into();
        match u8::try_from(number) {
            Ok(digit @ 0..10) => self.append(&[b'0'.wrapping_add(digit)]),
            Ok(small) => self.small_number(small),
            Err(_) => self.large_number(number),
        }
    }

    /// A number of two or three digits, as most are.
    #[inline(never)]
    fn small_number(&mut self, number: u8) -> fmt::Result {
        let [hundreds, tens, ones] = three_digits(number.into());
        match hundreds {
            b'0' => self.append(&[tens, ones]),
            _ => self.append(&[hundreds, tens, ones]),
        }
    }

    #[inline(never)]
    fn large_number(&mut self, number: i128) -> fmt::Result {
        let Ok(mut left) = u64::try_from(number.unsigned_abs()) else { return write!(self, "{number}") };
        if number < 0 {
            self.text("-")?;
        }
        let (mut digits, mut first) = ([0; MAX_DIGITS], MAX_DIGITS);
        for (at, digit) in digits.iter_mut().enumerate().rev() {
            (*digit, first) = (last_digit(left), at);
            left = left.wrapping_div(10);
            if left == 0 {
                break;
            }
        }
        self.append(tail(&digits, first))
    }

    /// Appends an offset in five columns, and spaces behind it.
    pub(super) fn offset(&mut self, offset: u32, indent: usize) -> fmt::Result {
        if offset < 1_000 {
            let [hundreds, tens, ones] = three_digits(offset);
            let column = |digit, least| if offset < least { b' ' } else { digit };
            self.append(&[b' ', b' ', column(hundreds, 100), column(tens, 10), ones, b' ', b' '])?;
        } else {
            self.text(if offset < 10_000 { " " } else { "" })?;
            self.number(offset)?;
            self.text("  ")?;
        }
        (0..indent).try_for_each(|_| self.append(b"  "))
    }

    /// Appends bytes as hexadecimal digits, two each, a space between groups of four bytes.
    pub(super) fn hex(&mut self, bytes: &[u8]) -> fmt::Result {
        let mut groups = bytes.chunks_exact(4);
        let mut is_first = true;
        for group in &mut groups {
            if !core::mem::take(&mut is_first) {
                self.text(" ")?;
            }
            self.append(&hex_digits(array_at(group, 0)))?;
        }
        let rest = groups.remainder();
        if rest.is_empty() {
            return Ok(());
        }
        if !is_first {
            self.text(" ")?;
        }
        let mut group = [0; 4];
        group.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.append(head(&hex_digits(group), rest.len().saturating_mul(2)))
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

/// Names of bits, with `|` between them.
pub(super) struct Bits<'o, 'f, 'g> {
    out: &'o mut Output<'f, 'g>,
    /// Those that have not been written.
    left: i128,
    is_first: bool,
}

impl<'o, 'f, 'g> Bits<'o, 'f, 'g> {
    pub(super) fn new(bits: i128, out: &'o mut Output<'f, 'g>) -> Self {
        Self { out, left: bits, is_first: true }
    }

    /// Writes the names of which all bits are left, and takes these away.
    pub(super) fn named(&mut self, names: impl Iterator<Item = (&'static str, i128)>) -> fmt::Result {
        for (name, bits) in names {
            if bits != 0 && self.left & bits == bits {
                self.left &= !bits;
                self.separate()?;
                self.out.text(name)?;
            }
        }
        Ok(())
    }

    /// Writes what is left as a number; 0 if there was nothing.
    pub(super) fn unnamed(mut self) -> fmt::Result {
        match self.left {
            0 if self.is_first => self.out.text("0"),
            0 => Ok(()),
            left => {
                self.separate()?;
                write!(self.out, "{left:#x}")
            }
        }
    }

    fn separate(&mut self) -> fmt::Result {
        if core::mem::take(&mut self.is_first) { Ok(()) } else { self.out.text("|") }
    }
}

/// The text in these bytes, to which only whole texts were appended.
fn str_of(text: &[u8]) -> Result<&str, fmt::Error> {
    core::str::from_utf8(text).map_err(|_| fmt::Error)
}

impl Write for Output<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text)
    }
}

fn last_digit(number: u64) -> u8 {
    b'0'.wrapping_add(u8::try_from(number.wrapping_rem(10)).unwrap_or_default())
}

/// The digits of a number below a thousand. Subtracted from one another, so that nothing is divided by a remainder.
#[inline(always)]
fn three_digits(number: u32) -> [u8; 3] {
    let (tens, hundreds) = (number.wrapping_div(10), number.wrapping_div(100));
    let digit = |all: u32, above: u32| match all.wrapping_sub(above.wrapping_mul(10)).to_le_bytes() {
        [digit, ..] => b'0'.wrapping_add(digit),
    };
    [digit(hundreds, 0), digit(tens, hundreds), digit(number, tens)]
}

/// The digits of four bytes, all at once: each half of a byte moves into a byte of its own, and those above nine become
/// letters.
fn hex_digits(bytes: [u8; 4]) -> [u8; 8] {
    const ALL: u64 = u64::from_ne_bytes([1; 8]);
    let halves = u64::from(u32::from_be_bytes(bytes));
    let halves = (halves << 16 | halves) & 0x0000_ffff_0000_ffff;
    let halves = (halves << 8 | halves) & 0x00ff_00ff_00ff_00ff;
    let halves = (halves << 4 | halves) & 0x0f0f_0f0f_0f0f_0f0f;
    let letters = (halves.wrapping_add(ALL.wrapping_mul(6)) >> 4) & ALL;
    let digits = halves.wrapping_add(ALL.wrapping_mul(u64::from(b'0')));
    digits.wrapping_add(letters.wrapping_mul(u64::from(b'a' - b'0' - 10))).to_be_bytes()
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
        let edges = [i128::from(u64::MAX), i128::from(u64::MAX) + 1, i128::MAX, i128::MIN];
        for number in edges.into_iter().chain(0..300).flat_map(|number| [number, number.wrapping_neg()]) {
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
    fn offsets_are_in_five_columns_or_more() {
        let lines = Shown(|out: &mut Output<'_, '_>| {
            [0, 7, 10, 305, 1_000, 99_999, 100_000].into_iter().try_for_each(|offset| out.offset(offset, 1))
        });
        let expected = "    0        7       10      305     1000    99999    100000    ";
        assert_eq!(lines.to_string(), expected);
    }

    #[test]
    fn every_byte_has_its_two_digits() {
        for byte in 0..=u8::MAX {
            let expected = std::format!("{byte:02x}{byte:02x}ff00");
            assert_eq!(hex_digits([byte, byte, 0xff, 0]), expected.as_bytes());
        }
    }

    #[test]
    fn bytes_are_in_groups_of_four() {
        let hex = |bytes| Shown(move |out: &mut Output<'_, '_>| out.hex(bytes)).to_string();
        assert_eq!([hex(&[]), hex(&[1, 0xab]), hex(&[0, 1, 2, 3, 4])], ["", "01ab", "00010203 04"]);
    }
}
