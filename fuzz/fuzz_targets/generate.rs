//! `cargo +nightly fuzz run generate`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nl_tlv_fuzz::generate(bytes));
