//! The captured messages of `vectors/*.hex`, and every way in which the tests damage them.

use std::fs;
use std::path::{Path, PathBuf};

/// A capture: its bytes, and what the program that captured it wrote beside them.
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) lines: Vec<Line>,
}

/// A header or an attribute, as annotated. What is behind it up to the next line is its payload and padding.
pub(crate) struct Line {
    pub(crate) offset: usize,
    pub(crate) depth: usize,
    pub(crate) note: String,
}

impl Vector {
    /// The capture of this name.
    pub(crate) fn load(name: &str) -> Self {
        Self::read(&directory().join(name).with_extension("hex"))
    }

    /// All netlink messages among the captures, by name.
    pub(crate) fn messages() -> Vec<Self> {
        let mut paths: Vec<_> = fs::read_dir(directory())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ext| ext == "hex"))
            .filter(|path| path.file_stem().is_some_and(|stem| stem != "course_tlv"))
            .collect();
        paths.sort();
        assert!(paths.len() >= 18, "captures are missing");
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(path).unwrap_or_else(|err| panic!("{}: {err}", path.display()));
        let (mut bytes, mut lines) = (Vec::new(), Vec::new());
        for line in text.lines() {
            let (digits, note) = line.split_once('#').unwrap_or((line, ""));
            if digits.trim().is_empty() {
                continue;
            }
            if !note.is_empty() {
                let depth = (digits.len() - digits.trim_start().len()) / 2;
                lines.push(Line { offset: bytes.len(), depth, note: note.trim().to_owned() });
            }
            bytes.extend(hex(digits));
        }
        Self { name, bytes, lines }
    }
}

/// Every proper prefix.
pub(crate) fn prefixes(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..bytes.len()).map(|end| &bytes[..end])
}

/// Hands out the bytes with each single byte changed in turn: to every other value where there are few bytes, otherwise
/// by each of its bits, to its complement and to zero.
pub(crate) fn each_change(bytes: &[u8], visit: impl FnMut(&[u8])) {
    each_change_at(bytes, 0..bytes.len(), visit);
}

/// As [`each_change`], of the bytes at these places.
pub(crate) fn each_change_at(
    bytes: &[u8],
    places: impl IntoIterator<Item = usize>,
    mut visit: impl FnMut(&[u8]),
) {
    let mut changed = bytes.to_vec();
    for at in places {
        let byte = bytes[at];
        let telling = |flip: &u8| flip.is_power_of_two() || *flip == 0xff || *flip == byte;
        for flip in (1..=u8::MAX).filter(|flip| bytes.len() <= EVERY_VALUE || telling(flip)) {
            changed[at] = byte ^ flip;
            visit(&changed);
        }
        changed[at] = byte;
    }
}

/// Up to so many bytes, each is changed to all of its 255 other values.
const EVERY_VALUE: usize = 256;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<_> = digits.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}
