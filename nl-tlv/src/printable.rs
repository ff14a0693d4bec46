//! Text of someone else's as it may be shown. A terminal obeys control characters, and Unicode's format characters turn the
//! direction of what is around them or are not seen: so they are escaped.

use core::fmt::{self, Write};

/// Bytes that are mostly text, as they are shown: what does not print is escaped, quotes are not.
pub(crate) struct Printable<'a>(pub(crate) &'a [u8]);

/// Whether all of a text prints.
pub(crate) fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.chars().any(is_hidden)
}

/// Control characters, line separators, and Unicode's category of format characters (`Cf`). `char::escape_debug` knows more
/// of them, and its tables are read in a way that can panic.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}')
        || matches!(c, '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}')
        || matches!(c, '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}')
        || c.is_control()
}

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                if is_hidden(c) { write!(f, "{}", c.escape_default())? } else { f.write_char(c)? }
            }
            write!(f, "{}", chunk.invalid().escape_ascii())?;
        }
        Ok(())
    }
}

/// In quotes, which are escaped inside too.
impl fmt::Debug for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for chunk in self.0.utf8_chunks() {
            write!(f, "{}{}", chunk.valid().escape_debug(), chunk.invalid().escape_ascii())?;
        }
        f.write_str("\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    /// What a text must not do where it is shown, each in the middle of text.
    const HOSTILE: &str = "\0\u{7}\n\r\t\u{1b}\u{7f}\u{85}\u{9b}\u{ad}\u{61c}\u{180e}\u{200b}\
        \u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{feff}\u{fff9}\u{e0001}\u{e0041}";

    #[test]
    fn what_does_not_print_is_escaped() {
        for hostile in HOSTILE.chars() {
            let text = format!("a{hostile}b");
            let shown = format!("{}", Printable(text.as_bytes()));
            assert!(!is_printable(&text) && !shown.contains(hostile) && shown.starts_with("a\\"), "{shown}");
        }
        assert_eq!(format!("{}", Printable(b"e\x9b\xffth\x1b[0m")), r"e\x9b\xffth\u{1b}[0m");
        assert_eq!(format!("{:?}", Printable(b"a\xff\"\xe2\x80\xae")), r#""a\xff\"\u{202e}""#);
    }

    #[test]
    fn what_prints_is_shown_as_it_is() {
        for text in ["", "eth0", "größe \"x\" 'y' \\z", "e\u{301}", "名前", "a b~", "'\""] {
            assert!(is_printable(text), "{text}");
            assert_eq!(format!("{}", Printable(text.as_bytes())), text);
        }
    }
}
