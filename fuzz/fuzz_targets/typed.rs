//! `cargo +nightly fuzz run typed`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nl_tlv_fuzz::typed(bytes));
