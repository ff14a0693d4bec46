//! Bytes for people.

use core::fmt;

/// Bytes as hexadecimal digits, two each, a space between groups of four bytes.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, group) in self.0.chunks(4).enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            let mut text = [0; 8];
            for (pair, byte) in text.chunks_exact_mut(2).zip(group) {
                if let [high, low] = pair {
                    (*high, *low) = (digit(byte >> 4), digit(byte & 15));
                }
            }
            let text = crate::bytes::head(&text, group.len().saturating_mul(2));
            f.write_str(core::str::from_utf8(text).unwrap_or_default())?;
        }
        Ok(())
    }
}

const fn digit(nibble: u8) -> u8 {
    match nibble {
        0..10 => b'0'.wrapping_add(nibble),
        _ => (b'a' - 10).wrapping_add(nibble),
    }
}
