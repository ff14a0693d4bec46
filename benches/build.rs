//! Compiles the loops in C that the Rust ones are compared with, always at `-O3`.

fn main() {
    println!("cargo:rerun-if-changed=c");
    let mut c = cc::Build::new();
    // Where a function begins in a line of the cache is worth up to a fifth: it is not to depend on what else is linked.
    c.flag_if_supported("-falign-functions=64");
    c.opt_level(3).warnings(true).extra_warnings(true).files([
        "c/checked.c",
        "c/predicted.c",
        "c/families.c",
        "c/emit.c",
    ]);
    if std::env::var_os("CARGO_FEATURE_PEERS").is_some() {
        c.file("c/mnl.c");
    }
    c.compile("nl_tlv_benches");
    if std::env::var_os("CARGO_FEATURE_PEERS").is_some() {
        println!("cargo:rustc-link-lib=mnl");
    }
}
