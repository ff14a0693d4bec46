//! What the tests of the programs share.

use std::path::PathBuf;

/// An example's executable: beside the directory that this test was built into.
pub(crate) fn example(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.join("examples").join(name)
}

/// Says why a test cannot run here; in CI that is a failure.
pub(crate) fn skip(reason: &str) {
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "skipped in CI: {reason}");
    println!("SKIP: {reason}");
}
