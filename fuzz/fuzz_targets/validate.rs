//! `cargo +nightly fuzz run validate`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nl_tlv_fuzz::validate(bytes));
