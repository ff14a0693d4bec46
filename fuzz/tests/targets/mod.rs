//! The fuzz targets and their corpora.

use std::fs;
use std::path::Path;

/// A fuzz target: its name and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// All of them, as they are in `fuzz_targets`.
pub const TARGETS: &[Target] = &[
    ("walk", nl_tlv_fuzz::walk),
    ("typed", nl_tlv_fuzz::typed),
    ("control", nl_tlv_fuzz::control),
    ("validate", nl_tlv_fuzz::validate),
    ("generate", nl_tlv_fuzz::generate),
    #[cfg(feature = "mnl")]
    ("mnl", nl_tlv_fuzz::mnl),
];

/// The corpus of a target: of what libFuzzer left behind there, too.
pub fn corpus(name: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let files = fs::read_dir(directory).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let files: Vec<_> = files.collect();
    assert!(files.len() >= 4, "{name}");
    files
}
