//! Bytes in text, as people and programs write them.
//!
//! | form | written by |
//! |---|---|
//! | `1400 0000` in any groups | people, `xxd -p`, `od -An -v -tx1` |
//! | `00000000: 1400 0000  ....` | `xxd`, `tcpdump -x` |
//! | `00000000  14 00 00 00  \|....\|` | `hexdump -C`, `od -tx1` with any offsets, Wireshark |
//! | `0000000 0014 0000` | `hexdump`, `od -x`: words in the order of this machine |
//! | `\| 00000  14 00 00 00  .... \|` | strace |
//! | `0x14, 0, 0, 0` | C and Rust, `xxd -i` |
//! | `"\x14\0\0\0"` | C and Rust, strace |

use super::MAX_PACKET;
use super::strace_value;

/// What a line of text is.
#[derive(Debug, PartialEq)]
pub enum Line {
    /// Bytes; whether they are the first of a block is known where an offset stands before them.
    Bytes(Vec<u8>, Option<bool>),
    /// What belongs to a dump, and has no bytes of its own.
    Dumped,
    /// Nothing but space, or a comment.
    Empty,
    /// Something else.
    Other,
}

/// What the lines of a block have told about the next one.
#[derive(Debug, Default)]
pub struct Block {
    /// How many bytes there were.
    len: usize,
    /// Those of the last line.
    last: Vec<u8>,
    /// Offsets stand before the bytes, without a colon.
    has_offsets: bool,
    /// The base that offsets are written in, once it is known.
    base: Option<u32>,
    /// A line with `*`: lines that are the same as the last one were left out.
    is_repeated: bool,
}

impl Block {
    /// Reads a line. Anything behind `#` is a comment.
    pub fn line(&mut self, text: &str) -> Line {
        if let Some(bytes) = literal(text.trim()) {
            return self.bytes(bytes, None);
        }
        let text = text.split('#').next().unwrap_or_default().trim();
        if text.is_empty() {
            return Line::Empty;
        }
        if let Some(rest) = text.strip_prefix('|') {
            return self.of_strace(rest);
        }
        if let Some((offset, digits)) = text.split_once(':').filter(|(offset, _)| is_offset(offset)) {
            // What is shown as text lies behind two spaces.
            let digits = digits.trim_start().split("  ").next().unwrap_or_default();
            return self.digits(digits, Some(is_zero(offset)));
        }
        if self.has_offsets && text == "*" {
            self.is_repeated = true;
            return Line::Dumped;
        }
        if let Some(line) = self.behind_offset(text) {
            return line;
        }
        match items(text) {
            Some(bytes) => self.bytes(bytes, None),
            None => self.digits(text, None),
        }
    }

    fn bytes(&mut self, bytes: Vec<u8>, is_first: Option<bool>) -> Line {
        if is_first == Some(true) {
            *self = Self::default();
        }
        self.len += bytes.len();
        self.last.clone_from(&bytes);
        Line::Bytes(bytes, is_first)
    }

    /// Digits in pairs, in any groups.
    fn digits(&mut self, text: &str, is_first: Option<bool>) -> Line {
        let words = text.split_whitespace();
        let pairs: Option<Vec<_>> = words.map(pairs).collect();
        match pairs.map(|pairs| pairs.concat()).filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => self.bytes(bytes, is_first),
            None => Line::Other,
        }
    }

    /// `00000  14 00 00 00 ...  ........ |`
    fn of_strace(&mut self, text: &str) -> Line {
        let Some((offset, digits)) =
            text.trim_start().split_once("  ").filter(|(offset, _)| is_offset(offset))
        else {
            return Line::Other;
        };
        // What is shown as text lies beyond sixteen bytes.
        let digits = digits.get(..digits.len().min(49)).unwrap_or(digits);
        let words: Vec<_> = digits.split_whitespace().take_while(|word| pairs(word).is_some()).collect();
        self.digits(&words.join(" "), Some(is_zero(offset)))
    }

    /// A line that begins with an offset and has no colon: no message begins with zeros, and what follows has to fit.
    fn behind_offset(&mut self, text: &str) -> Option<Line> {
        let (offset, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let is_start = self.len == 0 || self.has_offsets;
        let is_first = is_start && is_zero(offset) && !rest.is_empty();
        if offset.len() < 4 || !is_offset(offset) || !(is_first || self.has_offsets) {
            return None;
        }
        // What is shown as text lies between two signs, or behind three spaces.
        let rest = rest.trim_start().split(['|', '>']).next().unwrap_or_default();
        let rest = rest.split("   ").next().unwrap_or_default();
        let words: Vec<&str> = rest.split_whitespace().collect();
        let bytes: Vec<u8> = words.iter().map(|word| in_order(word)).collect::<Option<Vec<_>>>()?.concat();
        if is_first {
            let line = self.bytes(bytes, Some(true));
            self.has_offsets = true;
            return Some(line);
        }
        let left_out = self.up_to(offset)?;
        if bytes.is_empty() && left_out.is_empty() {
            return Some(Line::Dumped);
        }
        Some(self.bytes([left_out, bytes].concat(), Some(false)))
    }

    /// The bytes that were left out before an offset; `None` if it does not fit.
    fn up_to(&mut self, offset: &str) -> Option<Vec<u8>> {
        // `od` has seven digits.
        let bases = if offset.len() == 7 { [8, 10, 16] } else { [16, 8, 10] };
        let fits = |base: &u32| {
            let at = usize::from_str_radix(offset, *base).ok()?;
            let missing = at.checked_sub(self.len).filter(|missing| *missing < MAX_PACKET)?;
            let is_whole = missing == 0 || self.is_repeated && missing % self.last.len().max(1) == 0;
            is_whole.then_some((*base, missing))
        };
        let (base, missing) =
            bases.iter().filter(|base| self.base.is_none_or(|own| own == **base)).find_map(fits)?;
        self.base = Some(base);
        self.is_repeated = false;
        Some(self.last.iter().copied().cycle().take(missing).collect())
    }
}

fn is_offset(word: &str) -> bool {
    let digits = word.strip_prefix("0x").unwrap_or(word);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_zero(offset: &str) -> bool {
    offset.bytes().all(|byte| matches!(byte, b'0' | b'x'))
}

/// The bytes of pairs of digits.
fn pairs(word: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        word.chars().map(|letter| letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// A byte, or a word in the order of this machine.
fn in_order(word: &str) -> Option<Vec<u8>> {
    let mut bytes = pairs(word)?;
    if cfg!(target_endian = "little") {
        bytes.reverse();
    }
    Some(bytes)
}

/// The bytes of a string in quotes with escapes, as C, Rust and strace write it. A message has bytes that need them.
fn literal(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_prefix('b').unwrap_or(text).trim_end_matches([',', ';', ' ', '.']);
    let inner = text.strip_prefix('"')?.strip_suffix('"').filter(|inner| inner.contains('\\'))?;
    let mut is_escaped = false;
    let is_end = |letter: char| {
        let was_escaped = is_escaped;
        is_escaped = letter == '\\' && !was_escaped;
        letter == '"' && !was_escaped
    };
    if inner.chars().any(is_end) {
        return None;
    }
    strace_value::string(text).map(|(bytes, _)| bytes)
}

/// The numbers of a list, as C and Rust write it: at least one has a comma or `0x`.
fn items(text: &str) -> Option<Vec<u8>> {
    let inner = text.rsplit_once(['{', '[']).map_or(text, |(_, inner)| inner);
    let inner = inner.split(['}', ']']).next().unwrap_or_default();
    let is_list = inner.contains(',') || inner.contains("0x") || inner.contains("0X");
    let words = inner.split([',', ' ', '\t']).filter(|word| !word.is_empty());
    let bytes: Option<Vec<u8>> = words.map(item).collect();
    bytes.filter(|bytes| is_list && !bytes.is_empty())
}

fn item(word: &str) -> Option<u8> {
    let word = ["u8", "U", "u"].iter().find_map(|suffix| word.strip_suffix(suffix)).unwrap_or(word);
    match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Block::default().line(text)
    }

    /// The bytes of the blocks in a text.
    fn blocks(text: &str) -> Vec<Vec<u8>> {
        let (mut block, mut found) = (Block::default(), vec![Vec::new()]);
        for line in text.lines() {
            match block.line(line) {
                Line::Bytes(bytes, is_first) => {
                    if is_first == Some(true) && found.last().is_some_and(|last: &Vec<u8>| !last.is_empty()) {
                        found.push(Vec::new());
                    }
                    found.last_mut().unwrap().extend(bytes);
                }
                Line::Dumped => {}
                Line::Empty | Line::Other => block = Block::default(),
            }
        }
        found
    }

    #[test]
    fn digits_are_read_in_all_forms() {
        assert_eq!(line("1400 0000 # header"), Line::Bytes(vec![20, 0, 0, 0], None));
        assert_eq!(line("00000010: 1400 0000  ab cd"), Line::Bytes(vec![20, 0, 0, 0], Some(false)));
        assert_eq!(line("\t0x0000:  1400 0000"), Line::Bytes(vec![20, 0, 0, 0], Some(true)));
        assert_eq!(line(" | 00000  14 00 00 00 12  ..... |"), Line::Bytes(vec![20, 0, 0, 0, 18], Some(true)));
        assert_eq!(line("  "), Line::Empty);
        for other in
            ["123", "close(3) = 0", "};", "unsigned int len = 32;", "0x1400, 0x00", "\"\"", "*", "12:34:56 x"]
        {
            assert_eq!(line(other), Line::Other, "{other}");
        }
    }

    #[test]
    fn lists_and_strings_of_programs_are_read() {
        for text in [
            "0x14, 0x00, 0, 0,",
            "  0x14 0x00 0x00 0x00",
            "[20, 0, 0, 0]",
            "let bytes = [20_u8, 0, 0, 0];",
            "static const unsigned char m[] = { 0x14, 0x00, 0x00, 0x00 };",
            r#""\x14\0\0\0""#,
            r#"b"\x14\x00\0\000","#,
            r#""\24\0\0\0"..."#,
        ] {
            let text = text.replace("20_u8", "20u8");
            assert_eq!(line(&text), Line::Bytes(vec![20, 0, 0, 0], None), "{text}");
        }
    }

    #[test]
    fn dumps_with_offsets_are_read_with_what_they_leave_out() {
        let mut message = vec![0x30, 0, 0, 0, 0x12, 0, 1, 3];
        message.resize(48, 0);
        for dump in [
            // hexdump -C
            "00000000  30 00 00 00 12 00 01 03  00 00 00 00 00 00 00 00  |0...... ........|\n\
             00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n00000030\n",
            // od -tx1, od -Ad -tx1z, od -Ax -tx1
            "0000000 30 00 00 00 12 00 01 03 00 00 00 00 00 00 00 00\n\
             0000020 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n*\n0000060\n",
            "0000000 30 00 00 00 12 00 01 03 00 00 00 00 00 00 00 00  >0...............<\n\
             0000016 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  >................<\n*\n0000048\n",
            "000000 30 00 00 00 12 00 01 03 00 00 00 00 00 00 00 00\n\
             000010 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n*\n000030\n",
            // Wireshark
            "0000   30 00 00 00 12 00 01 03 00 00 00 00 00 00 00 00   0 ab cd...\n\
             0010   00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00   ...\n\
             0020   00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00   ...\n",
        ] {
            let twice = format!("{dump}{dump}");
            assert_eq!(blocks(&twice), [message.clone(), message.clone()], "{dump}");
        }
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn words_are_in_the_order_of_this_machine() {
        let mut message = vec![0x34, 0, 0, 0, 0x12, 0, 1, 3];
        message.resize(52, 0);
        for dump in [
            // hexdump, od -x, od -tx4
            "0000000 0034 0000 0012 0301 0000 0000 0000 0000\n\
             0000010 0000 0000 0000 0000 0000 0000 0000 0000\n*\n0000030 0000 0000\n0000034\n",
            "0000000 0034 0000 0012 0301 0000 0000 0000 0000\n\
             0000020 0000 0000 0000 0000 0000 0000 0000 0000\n*\n0000060 0000 0000\n0000064\n",
            "0000000 00000034 03010012 00000000 00000000\n\
             0000020 00000000 00000000 00000000 00000000\n*\n0000060 00000000\n0000064\n",
        ] {
            assert_eq!(blocks(dump), [message.clone()], "{dump}");
        }
    }

    #[test]
    fn zeros_in_the_middle_of_digits_are_no_offset() {
        let message = [&[0x14, 0, 0, 0, 0x12, 0, 1, 3][..], &[0; 12]].concat();
        assert_eq!(blocks("14000000 12000103\n00000000 00000000\n00000000\n"), [message]);
    }

    #[test]
    fn a_dump_cannot_ask_for_more_than_a_packet() {
        let dump = "00000000  30 00 00 00\n*\nffffffff\n00000000  31 00\n";
        assert!(blocks(dump).iter().all(|block| block.len() <= 8), "{:?}", blocks(dump));
    }
}
