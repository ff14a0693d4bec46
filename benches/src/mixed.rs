//! One message with a bit of everything, 304 bytes: genl header, user header of 8 bytes, u32, string, 32 bytes, a nest
//! of two u64, and eight nests of u32 and string. Written and read by nl-tlv, all of it; its strings read as bytes, which
//! is what kernel names are, and once more as text, which has to be seen to be UTF-8.

use nl_tlv::{Error, Header, Message, MessageType, NlAttrs, NlMessage, Repeat, nl_struct};

/// How long it is.
pub const LEN: usize = 304;

/// What [`parse`] finds in the one that [`emit`] writes for 1.
pub const SUM: u64 = 1 + 1 + 0x5a + 5 + 1 + 1500 + 8 * (1 + 6);

/// What follows the genl header.
#[nl_struct]
struct UserHeader {
    index: u32,
    flags: u32,
}

#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
struct Counters {
    #[nl(attr = 1)]
    packets: u64,
    #[nl(attr = 2)]
    bytes: u64,
}

#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
struct Entry<'a> {
    #[nl(attr = 1)]
    index: u32,
    #[nl(attr = 2, text)]
    name: &'a [u8],
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(cmd = 3)]
struct Mixed<'a> {
    #[nl(fixed_header)]
    header: UserHeader,
    #[nl(attr = 1)]
    id: u32,
    #[nl(attr = 2, text)]
    name: &'a [u8],
    #[nl(attr = 3)]
    key: [u8; 32],
    #[nl(attr = 4)]
    counters: Counters,
    #[nl(attr = 5)]
    entries: Repeat<'a, Entry<'a>>,
}

#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
struct TextEntry<'a> {
    #[nl(attr = 1)]
    index: u32,
    #[nl(attr = 2)]
    name: &'a str,
}

/// The same message, its strings text.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(cmd = 3)]
struct TextMixed<'a> {
    #[nl(fixed_header)]
    header: UserHeader,
    #[nl(attr = 1)]
    id: u32,
    #[nl(attr = 2)]
    name: &'a str,
    #[nl(attr = 3)]
    key: [u8; 32],
    #[nl(attr = 4)]
    counters: Counters,
    #[nl(attr = 5)]
    entries: Repeat<'a, TextEntry<'a>>,
}

/// Writes it; `n` is the value of some of its numbers.
///
/// # Errors
///
/// If the buffer is too small.
pub fn emit(buffer: &mut [u8], n: u32) -> Result<&[u8], Error> {
    const NAMES: [&[u8]; 8] =
        [b"entry0", b"entry1", b"entry2", b"entry3", b"entry4", b"entry5", b"entry6", b"entry7"];
    let entries = NAMES.map(|name| Entry { index: n, name });
    let mixed = Mixed {
        header: UserHeader { index: n, flags: 1 },
        id: n,
        name: b"wlan0",
        key: [0x5a; 32],
        counters: Counters { packets: u64::from(n), bytes: 1500 },
        entries: Repeat::new(&entries),
    };
    mixed.emit(buffer, Header::request().family(MessageType(32)).seq(n))
}

/// Reads it, every entry too; the sum of all numbers and lengths.
///
/// # Errors
///
/// If it is damaged or another message.
pub fn parse(message: &Message<'_>) -> Result<u64, Error> {
    let mixed = Mixed::parse(message)?;
    let mut sum = u64::from(mixed.header.index) + u64::from(mixed.id) + u64::from(mixed.key[31]);
    sum += mixed.name.len() as u64 + mixed.counters.packets + mixed.counters.bytes;
    for entry in &mixed.entries {
        let entry = entry?;
        sum += u64::from(entry.index) + entry.name.len() as u64;
    }
    Ok(sum)
}

/// The same with strings as text.
///
/// # Errors
///
/// As [`parse`], and if a string is not UTF-8.
pub fn parse_text(message: &Message<'_>) -> Result<u64, Error> {
    let mixed = TextMixed::parse(message)?;
    let mut sum = u64::from(mixed.header.index) + u64::from(mixed.id) + u64::from(mixed.key[31]);
    sum += mixed.name.len() as u64 + mixed.counters.packets + mixed.counters.bytes;
    for entry in &mixed.entries {
        let entry = entry?;
        sum += u64::from(entry.index) + entry.name.len() as u64;
    }
    Ok(sum)
}
