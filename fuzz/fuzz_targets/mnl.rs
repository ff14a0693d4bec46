//! `cargo +nightly fuzz run mnl --features mnl`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nl_tlv_fuzz::mnl(bytes));
