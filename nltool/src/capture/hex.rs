//! Hexadecimal digits in text, as people and programs write them.

/// What a line of text is.
#[derive(Debug, PartialEq)]
pub enum Line {
    /// Bytes; whether they are the first of a block is known where an offset stands before them.
    Bytes(Vec<u8>, Option<bool>),
    /// Nothing but space, or a comment.
    Empty,
    /// Something else.
    Other,
}

/// Reads a line: digits alone, in any groups; `xxd`: `00000000: 1400 0000 ...  ........`; or the dump of strace:
/// `| 00000  14 00 00 00 ...  ........ |`. Anything behind `#` is a comment.
pub fn line(text: &str) -> Line {
    let text = text.split('#').next().unwrap_or_default().trim();
    if text.is_empty() {
        return Line::Empty;
    }
    let dumped = match text.strip_prefix('|') {
        Some(rest) => rest.trim_start().split_once("  "),
        None => text.split_once(": "),
    };
    let (words, is_first): (Vec<&str>, _) = match dumped {
        // What is shown as text lies behind two spaces, or beyond sixteen bytes.
        Some((offset, digits)) if is_digits(offset) => {
            let digits = digits.get(..digits.len().min(49)).unwrap_or(digits);
            let is_first = offset.bytes().all(|byte| byte == b'0');
            (digits.split_whitespace().take_while(|word| is_pairs(word)).collect(), Some(is_first))
        }
        _ => (text.split_whitespace().collect(), None),
    };
    if words.is_empty() || !words.iter().all(|word| is_pairs(word)) {
        return Line::Other;
    }
    let digit =
        |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0);
    let bytes = words.iter().flat_map(|word| word.as_bytes().chunks_exact(2));
    Line::Bytes(bytes.map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect(), is_first)
}

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_pairs(word: &str) -> bool {
    is_digits(word) && word.len() % 2 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_in_all_forms() {
        assert_eq!(line("1400 0000 # header"), Line::Bytes(vec![20, 0, 0, 0], None));
        assert_eq!(line("00000010: 1400 0000  ...."), Line::Bytes(vec![20, 0, 0, 0], Some(false)));
        assert_eq!(line(" | 00000  14 00 00 00 12  ..... |"), Line::Bytes(vec![20, 0, 0, 0, 18], Some(true)));
        assert_eq!(line("  "), Line::Empty);
        assert_eq!(line("123"), Line::Other);
        assert_eq!(line("close(3) = 0"), Line::Other);
    }
}
