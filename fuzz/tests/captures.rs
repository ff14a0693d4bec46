//! The fuzz targets on stable: over each capture, each of its prefixes, and a change of each byte.

use std::fs;
use std::path::Path;

#[test]
fn no_target_panics_on_captures_and_what_is_near_them() {
    for bytes in captures() {
        all(&bytes);
        (0..bytes.len()).for_each(|end| all(&bytes[..end]));
        let mut changed = bytes.clone();
        for at in 0..bytes.len() {
            for value in [0, 1, 3, 4, bytes[at] ^ 0x80, bytes[at].wrapping_add(1), 0xff] {
                changed[at] = value;
                all(&changed);
            }
            changed[at] = bytes[at];
        }
    }
}

fn all(bytes: &[u8]) {
    nl_tlv_fuzz::walk(bytes);
    nl_tlv_fuzz::typed(bytes);
    nl_tlv_fuzz::control(bytes);
    #[cfg(feature = "mnl")]
    nl_tlv_fuzz::mnl(bytes);
}

fn captures() -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nl-tlv/tests/vectors");
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let captures: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|ext| ext == "hex"))
        .map(|path| fs::read_to_string(path).unwrap().lines().flat_map(hex).collect())
        .collect();
    assert!(captures.len() >= 18);
    captures
}

/// The bytes of a line; `#` begins a comment.
fn hex(line: &str) -> Vec<u8> {
    let digits = line.split('#').next().unwrap_or_default();
    let digits: Vec<_> = digits.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}
