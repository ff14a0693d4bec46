//! `cargo +nightly fuzz run walk`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nl_tlv_fuzz::walk(bytes));
