//! What bytes of which no definition is known seem to be: attributes, if their lengths fit; in these text, numbers, or
//! attributes again.

use crate::decode::tree::line_start;
use crate::describe;
use crate::json::write::string_to;
use crate::paint::{Ink, Style, hex_to, number_to};
use nl_tlv::schema::Value;
use nl_tlv::{Attr, Attrs};
use std::collections::HashMap;

/// Attributes that bytes seem to be, behind a header of unknown meaning.
#[derive(Debug)]
pub struct Split<'m> {
    /// The header.
    pub header: &'m [u8],
    attrs: &'m [u8],
}

/// More bytes than a family's header has.
const MAX_HEADER: usize = 64;

/// Attributes that are nested deeper are shown as bytes.
const MAX_DEPTH: usize = 8;

/// More bytes of one value are not shown.
const MAX_SHOWN: usize = 32;

/// Larger numbers are not types of attributes.
const MAX_TYPE: u16 = 1023;

impl<'m> Split<'m> {
    /// Takes a payload apart; none if it does not seem to have attributes.
    pub fn new(payload: &'m [u8]) -> Option<Self> {
        let at = (0..=MAX_HEADER.min(payload.len())).step_by(4);
        let mut splits = at.map(|at| payload.split_at(at));
        let (header, attrs) = splits.find(|(_, attrs)| are_attrs(attrs, false))?;
        Some(Self { header, attrs })
    }

    /// Appends it as text; the line is cut when it has more than `end` bytes.
    pub fn write(&self, ink: &mut Ink, end: usize) {
        ink.paint(Style::Faint, " guess:");
        if !self.header.is_empty() {
            ink.print(format_args!(" header ({} bytes) ", self.header.len()));
            hex_to(&mut ink.bytes, self.header);
        }
        attrs(ink, self.attrs, end, 0);
    }

    /// Appends it as JSON.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"header\": \"");
        hex_to(out, self.header);
        out.extend_from_slice(b"\", \"attributes\": ");
        attrs_json(out, self.attrs, 0);
        out.push(b'}');
    }
}

/// The place of what lies at an offset of a request, as numbers of attributes: `#5.#1`.
pub fn place(request: &[u8], offset: u32) -> Option<String> {
    let payload = request.get(HEADER..)?;
    let header = Split::new(payload)?.header.len();
    let (mut at, mut bytes) = (HEADER + header, payload.get(header..)?);
    let (offset, mut path) = (usize::try_from(offset).ok()?, Vec::new());
    for depth in 0..MAX_DEPTH {
        let mut found = None;
        let mut start = at;
        for (attr, name) in numbered(bytes) {
            let next = start + attr.payload().len().next_multiple_of(4) + 4;
            if (start..next).contains(&offset) {
                found = Some((start, attr, name));
            }
            start = next;
        }
        let (start, attr, name) = found?;
        path.push(format!("#{name}"));
        if offset < start + 4 || Guess::of(attr, depth) != Guess::Nest {
            break;
        }
        (at, bytes) = (start + 4, attr.payload());
    }
    Some(path.join("."))
}

/// Attributes with their numbers; if several have one number, with their index among these: `4[0]`.
fn numbered(bytes: &[u8]) -> impl Iterator<Item = (Attr<'_>, String)> {
    let mut counts = HashMap::new();
    for attr in Attrs::new(bytes).map_while(Result::ok) {
        counts.entry(attr.ty().get()).or_insert((0_u32, 0_u32)).0 += 1;
    }
    Attrs::new(bytes).map_while(Result::ok).map(move |attr| {
        let ty = attr.ty().get();
        let (all, index) = counts.entry(ty).or_default();
        *index += 1;
        (attr, if *all > 1 { format!("{ty}[{}]", *index - 1) } else { ty.to_string() })
    })
}

/// The bytes of `nlmsghdr`.
const HEADER: usize = 16;

/// Appends what the payload of a message seems to be, in at most `width` bytes; as digits if nothing fits.
pub fn message(ink: &mut Ink, payload: &[u8], width: usize) {
    match Split::new(payload) {
        Some(split) => split.write(ink, ink.bytes.len().saturating_add(width)),
        None => {
            ink.put(" ");
            hex_to(&mut ink.bytes, &payload[..payload.len().min(width / 2)]);
        }
    }
}

/// Appends what the payload of a message seems to be, as lines of a tree: it begins at this offset and lies so deep.
pub fn tree(ink: &mut Ink, payload: &[u8], at: u32, depth: usize) {
    let line = |ink: &mut Ink, at: u32| {
        ink.put("\n");
        line_start(ink, at, depth);
    };
    let Some(split) = Split::new(payload) else {
        line(ink, at);
        return ink.print(format_args!("payload = {}", Value::Bytes(payload)));
    };
    if !split.header.is_empty() {
        line(ink, at);
        ink.paint(Style::Faint, "guess:");
        ink.print(format_args!(" header = {}", Value::Bytes(split.header)));
    }
    branches(ink, split.attrs, at.saturating_add(len_of(split.header)), depth, 0);
}

/// Appends what an attribute seems to hold, behind its number; what lies in it on lines of its own.
pub fn branch(ink: &mut Ink, attr: Attr<'_>, at: u32, depth: usize) {
    branch_of(ink, attr, at, depth, 0);
}

fn branches(ink: &mut Ink, bytes: &[u8], mut at: u32, depth: usize, nested: usize) {
    for (attr, name) in numbered(bytes) {
        ink.put("\n");
        line_start(ink, at, depth);
        ink.print(format_args!("attribute {name}"));
        branch_of(ink, attr, at, depth, nested);
        at = at.saturating_add(len_of(attr.payload()).next_multiple_of(4)).saturating_add(4);
    }
}

fn branch_of(ink: &mut Ink, attr: Attr<'_>, at: u32, depth: usize, nested: usize) {
    let bytes = attr.payload();
    match Guess::of(attr, nested) {
        Guess::Nothing => ink.put(" = (empty)"),
        Guess::Nest => {
            ink.print(format_args!(": {}", describe::bytes(bytes.len())));
            ink.paint(Style::Faint, ", guess:");
            branches(ink, bytes, at.saturating_add(4), depth + 1, nested + 1);
        }
        Guess::Bytes => ink.print(format_args!(" = {}", Value::Bytes(bytes))),
        guess => {
            ink.print(format_args!(" = {}", Value::Bytes(bytes)));
            ink.paint(Style::Faint, ", guess:");
            value(ink, bytes, &guess);
        }
    }
}

fn len_of(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// Appends what the payload of one attribute seems to be, with its length.
pub fn payload(ink: &mut Ink, attr: Attr<'_>, end: usize) {
    ink.paint(Style::Faint, " guess:");
    contents(ink, attr, end, 0);
}

fn attrs(ink: &mut Ink, bytes: &[u8], end: usize, depth: usize) {
    for (attr, name) in numbered(bytes) {
        if ink.bytes.len() > end {
            return ink.paint(Style::Faint, " ..");
        }
        ink.print(format_args!(" #{name}"));
        contents(ink, attr, end, depth);
    }
}

fn contents(ink: &mut Ink, attr: Attr<'_>, end: usize, depth: usize) {
    let bytes = attr.payload();
    let unit = if bytes.len() == 1 { "byte" } else { "bytes" };
    ink.paint(Style::Faint, &format!(" ({} {unit})", bytes.len()));
    match Guess::of(attr, depth) {
        Guess::Nothing => {}
        Guess::Nest => {
            ink.put(" {");
            attrs(ink, bytes, end, depth + 1);
            ink.put(" }");
        }
        Guess::Number(number) => {
            ink.put(" ");
            hex_to(&mut ink.bytes, bytes);
            ink.put(" =");
            value(ink, bytes, &Guess::Number(number));
        }
        Guess::Text(text) => value(ink, bytes, &Guess::Text(text)),
        Guess::Bytes => {
            ink.put(" ");
            hex_to(&mut ink.bytes, &bytes[..bytes.len().min(MAX_SHOWN)]);
            ink.put(if bytes.len() > MAX_SHOWN { ".." } else { "" });
        }
    }
}

/// A text or a number.
fn value(ink: &mut Ink, bytes: &[u8], guess: &Guess<'_>) {
    match guess {
        Guess::Text(text) => {
            ink.put(" ");
            ink.begin(Style::Text);
            ink.print(format_args!("{text:?}"));
            ink.end(Style::Text);
        }
        Guess::Number(number) => {
            ink.print(format_args!(" {number}"));
            // One letter and a NUL.
            if let [letter @ 0x21..=0x7e, 0] = *bytes {
                ink.print(format_args!(" or {:?}", char::from(letter).to_string()));
            }
        }
        Guess::Nothing | Guess::Nest | Guess::Bytes => {}
    }
}

fn attrs_json(out: &mut Vec<u8>, bytes: &[u8], depth: usize) {
    out.push(b'[');
    for (i, attr) in Attrs::new(bytes).map_while(Result::ok).enumerate() {
        out.extend_from_slice(if i == 0 { b"{\"type\": " } else { b", {\"type\": " });
        number_to(out, attr.ty().get().into());
        match Guess::of(attr, depth) {
            Guess::Nest => {
                out.extend_from_slice(b", \"attributes\": ");
                attrs_json(out, attr.payload(), depth + 1);
            }
            other => {
                out.extend_from_slice(b", \"hex\": \"");
                hex_to(out, attr.payload());
                out.push(b'"');
                value_json(out, &other);
            }
        }
        out.push(b'}');
    }
    out.push(b']');
}

fn value_json(out: &mut Vec<u8>, guess: &Guess<'_>) {
    match guess {
        Guess::Text(text) => {
            out.extend_from_slice(b", \"text\": ");
            string_to(out, text);
        }
        Guess::Number(number) => {
            out.extend_from_slice(b", \"number\": ");
            number_to(out, (*number).into());
        }
        _ => {}
    }
}

#[derive(Debug, PartialEq)]
enum Guess<'m> {
    Nothing,
    Nest,
    Text(&'m str),
    Number(u64),
    Bytes,
}

impl<'m> Guess<'m> {
    fn of(attr: Attr<'m>, depth: usize) -> Self {
        let bytes = attr.payload();
        if bytes.is_empty() {
            return Self::Nothing;
        }
        let is_nest = attr.is_nested() || bytes.len() >= 8;
        if depth < MAX_DEPTH && is_nest && are_attrs(bytes, attr.is_nested()) {
            return Self::Nest;
        }
        match (text(bytes), number(bytes)) {
            (Some(text), _) => Self::Text(text),
            (None, Some(number)) => Self::Number(number),
            (None, None) => Self::Bytes,
        }
    }
}

/// A string with a NUL, or one that is too long for a number.
fn text(bytes: &[u8]) -> Option<&str> {
    let text = bytes.strip_suffix(&[0]);
    let may_be_number = matches!(bytes.len(), 1 | 2 | 4 | 8);
    let text = text.or_else(|| Some(bytes).filter(|_| !may_be_number)).filter(|text| text.len() > 1)?;
    let is_printable = text.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    is_printable.then(|| std::str::from_utf8(text).ok()).flatten()
}

/// A number in the order of this machine.
fn number(bytes: &[u8]) -> Option<u64> {
    match *bytes {
        [byte] => Some(byte.into()),
        [a, b] => Some(u16::from_ne_bytes([a, b]).into()),
        [a, b, c, d] => Some(u32::from_ne_bytes([a, b, c, d]).into()),
        _ => <[u8; 8]>::try_from(bytes).ok().map(u64::from_ne_bytes),
    }
}

/// Whether attributes fill the bytes: lengths that fit, types that are small, and zeros between them. Only what says that
/// it is a nest may have attributes of type 0.
fn are_attrs(bytes: &[u8], may_be_zero: bool) -> bool {
    let mut rest = bytes;
    while let [l0, l1, t0, t1, ..] = *rest {
        let len = usize::from(u16::from_ne_bytes([l0, l1]));
        let ty = u16::from_ne_bytes([t0, t1]) & 0x3fff;
        let padded = len.next_multiple_of(4);
        let padding = rest.get(len..padded.min(rest.len()));
        let is_type = ty <= MAX_TYPE && (ty > 0 || may_be_zero);
        if len < 4 || !is_type || padding.is_none_or(|padding| padding.iter().any(|byte| *byte != 0)) {
            return false;
        }
        rest = rest.get(padded..).unwrap_or_default();
    }
    rest.is_empty() && !bytes.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attr(ty: u16, payload: &[u8]) -> Vec<u8> {
        let len = u16::try_from(4 + payload.len()).unwrap();
        let padding = vec![0; payload.len().next_multiple_of(4) - payload.len()];
        [&len.to_ne_bytes()[..], &ty.to_ne_bytes(), payload, &padding].concat()
    }

    fn shown(payload: &[u8]) -> Option<String> {
        let mut ink = Ink::new(false);
        Split::new(payload)?.write(&mut ink, 1000);
        Some(String::from_utf8(ink.bytes).unwrap())
    }

    #[test]
    fn attributes_are_found_behind_a_header_and_in_each_other() {
        let inner = [attr(1, &7_u32.to_ne_bytes()), attr(2, b"eth0\0")].concat();
        let outer = [attr(1, &[]), attr(5, &inner), attr(9, &[1, 2, 3])].concat();
        let seven = if cfg!(target_endian = "little") { "07000000" } else { "00000007" };
        let attrs = format!(
            " #1 (0 bytes) #5 (20 bytes) {{ #1 (4 bytes) {seven} = 7 #2 (5 bytes) \"eth0\" }} #9 (3 bytes) 010203"
        );
        assert_eq!(shown(&outer), Some(format!(" guess:{attrs}")));
        let headed = [&[2, 24, 0, 0, 0xff, 0xff, 0xff, 0xff][..], &outer].concat();
        assert_eq!(shown(&headed), Some(format!(" guess: header (8 bytes) 02180000ffffffff{attrs}")));
    }

    #[test]
    fn the_place_of_an_offset_is_the_path_of_numbers_to_it() {
        let inner = [attr(1, &7_u32.to_ne_bytes()), attr(2, b"eth0\0")].concat();
        let request = [vec![0; 16], attr(9, &[1, 2, 3]), attr(5, &inner)].concat();
        let places = [(16, "#9"), (20, "#9"), (24, "#5"), (28, "#5.#1"), (36, "#5.#2"), (44, "#5.#2")];
        for (offset, path) in places {
            assert_eq!(place(&request, offset).as_deref(), Some(path), "{offset}");
        }
        assert_eq!((place(&request, 48), place(&request, 3), place(&[], 0)), (None, None, None));
    }

    #[test]
    fn attributes_of_one_number_have_an_index() {
        let nest = |number: u32| attr(4, &[attr(1, &number.to_ne_bytes()), attr(2, b"eth0\0")].concat());
        let request = [vec![0; 16], nest(1), nest(2), attr(9, &[1, 2, 3])].concat();
        let places: Vec<_> = [16, 20, 40, 48, 64].map(|at| place(&request, at).unwrap()).into();
        assert_eq!(places, ["#4[0]", "#4[0].#1", "#4[1]", "#4[1].#1", "#9"]);
        let line = shown(&request[16..]).unwrap();
        assert!(
            line.contains(" #4[0] (20 bytes)") && line.contains(" #4[1] (20") && line.contains(" #9 ("),
            "{line}"
        );
    }

    #[test]
    fn a_letter_with_a_nul_may_be_a_number_or_a_text() {
        let shown = shown(&attr(1, b"b\0")).unwrap();
        assert!(shown.ends_with(" or \"b\""), "{shown}");
    }

    #[test]
    fn what_does_not_fit_is_not_guessed() {
        for bytes in [&b""[..], b"abcdefgh", &[0; 16], &[8, 0, 1, 0, 1, 2], &[0xff; 40]] {
            assert_eq!(shown(bytes), None, "{bytes:?}");
        }
        let deep = (0..40).fold(attr(1, b"end\0"), |inner, _| attr(1, &inner));
        assert!(shown(&deep).unwrap().matches('{').count() <= MAX_DEPTH);
    }

    #[test]
    fn texts_and_numbers_are_told_apart() {
        let of = |bytes: &'static [u8]| Guess::of(Attr::new(1, bytes), 0);
        assert_eq!(of(b"lo\0"), Guess::Text("lo"));
        assert_eq!(of(b"longer than a number"), Guess::Text("longer than a number"));
        assert_eq!(of(b"\x41\x00"), Guess::Number(u16::from_ne_bytes([0x41, 0]).into()));
        assert_eq!(of(&[1, 2, 3]), Guess::Bytes);
        assert_eq!(of(b""), Guess::Nothing);
    }

    #[test]
    fn json_has_the_bytes_beside_the_guess() {
        let mut out = Vec::new();
        Split::new(&attr(3, b"name\0")).unwrap().write_json(&mut out);
        let expected = r#"{"header": "", "attributes": [{"type": 3, "hex": "6e616d6500", "text": "name"}]}"#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
