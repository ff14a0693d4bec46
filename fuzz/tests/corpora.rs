//! The fuzz targets on stable: over the corpora that are checked in, and over bytes that are the same in each run.

mod targets;

use targets::{TARGETS, corpus};

#[test]
fn no_target_panics_on_its_corpus_and_on_what_is_near_it() {
    for &(name, target) in TARGETS {
        for mut bytes in corpus(name) {
            target(&bytes);
            (0..bytes.len()).step_by(3).for_each(|end| target(&bytes[..end]));
            for at in 0..bytes.len() {
                bytes[at] ^= 1 << (at % 8);
                target(&bytes);
                bytes[at] ^= 1 << (at % 8);
            }
        }
    }
}

#[test]
fn messages_drawn_from_noise_are_read_as_they_must_be() {
    for seed in 0..3000_u32 {
        let noise: Vec<u8> = (0..seed % 700).map(|i| noise(seed, i)).collect();
        nl_tlv_fuzz::generate(&noise);
        nl_tlv_fuzz::validate(&noise);
        #[cfg(feature = "mnl")]
        nl_tlv_fuzz::mnl(&noise);
    }
}

/// Bytes that look random.
fn noise(seed: u32, index: u32) -> u8 {
    let mixed = (seed.wrapping_mul(0x9e37_79b9) ^ index).wrapping_mul(0x85eb_ca6b);
    (mixed ^ mixed >> 15).wrapping_mul(0xc2b2_ae35).to_le_bytes()[3]
}

#[test]
#[cfg(feature = "mnl")]
fn every_target_of_libfuzzer_is_run_here_too() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
    for file in std::fs::read_dir(directory).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap();
        assert!(TARGETS.iter().any(|(target, _)| name == *target), "{name:?}");
    }
}
