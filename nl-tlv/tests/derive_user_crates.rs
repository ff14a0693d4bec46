//! Definitions of every kind in crates of their own, one for each edition: with the library under another name, and with lints
//! that look into what the derives make of them.
#![cfg(feature = "derive")]

use std::fs;
use std::path::Path;
use std::process::Command;

const EDITIONS: [&str; 3] = ["2018", "2021", "2024"];

/// A workspace with a crate for each edition, all of the same source.
fn workspace(dir: &Path) {
    let library = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = library.join("tests/user_crates/definitions.rs");
    for edition in EDITIONS {
        let manifest = format!(
            "[package]\nname = \"user-{edition}\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\n\n\
             [lib]\npath = {source:?}\n\n[dependencies.netlink]\npackage = \"nl-tlv\"\npath = {library:?}\n\
             default-features = false\nfeatures = [\"derive\", \"alloc\"]\n"
        );
        fs::create_dir_all(dir.join(edition)).unwrap();
        fs::write(dir.join(edition).join("Cargo.toml"), manifest).unwrap();
    }
    let manifest =
        format!("[workspace]\nresolver = \"2\"\nmembers = {EDITIONS:?}\n\n[profile.dev]\ndebug = false\n");
    fs::write(dir.join("Cargo.toml"), manifest).unwrap();
    // The versions that everything else is tested with.
    fs::copy(library.join("../Cargo.lock"), dir.join("Cargo.lock")).unwrap();
}

#[test]
fn compiler_names_the_feature_that_types_of_zerocopy_need() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("user_crates");
    let user = dir.join("without_zerocopy");
    fs::create_dir_all(&user).unwrap();
    let library = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n\
         [dependencies.nl-tlv]\npath = {library:?}\ndefault-features = false\nfeatures = [\"derive\", \"alloc\"]\n\n\
         [workspace]\n\n[profile.dev]\ndebug = false\n"
    );
    let source = "pub use nl_tlv::zerocopy::IntoBytes;\n\
        pub fn sum(tlv: nl_tlv::tlv::Tlv<'_, nl_tlv::tlv::T8L8>) { let _ = tlv.units::<u32>(); }\n";
    fs::write(user.join("Cargo.toml"), manifest).unwrap();
    fs::write(user.join("lib.rs"), source).unwrap();
    fs::copy(library.join("../Cargo.lock"), user.join("Cargo.lock")).unwrap();
    let mut check = Command::new(env!("CARGO"));
    check.args(["check", "--quiet", "--offline"]).current_dir(&user);
    let output = check.env("CARGO_TARGET_DIR", dir.join("target")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("gated behind the `zerocopy` feature"), "{said}");
    assert!(said.contains("`u32` cannot be read where it lies in a buffer"), "{said}");
    assert!(said.contains("with the feature `zerocopy` of nl-tlv it can also be"), "{said}");
}

#[test]
fn definitions_satisfy_the_lints_of_their_crate_in_every_edition() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("user_crates");
    workspace(&dir);
    let mut clippy = Command::new(env!("CARGO"));
    clippy.args(["clippy", "--quiet", "--offline", "--keep-going"]).current_dir(&dir);
    let output = clippy.env("CARGO_TARGET_DIR", dir.join("target")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}
