//! What the tests of the programs share.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// An example's executable, built if it is not: beside the directory that this test was built into.
pub(crate) fn example(name: &str) -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let arguments = ["build", "--quiet", "--package=nl-tlv-examples", "--examples"];
        let built = Command::new(env!("CARGO")).args(arguments).status();
        assert!(built.is_ok_and(|status| status.success()), "the examples do not build");
    });
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

/// Runs a shell script in a network namespace of its own, in which no peer of others answers, with what `set` adds to its
/// environment; `None` if there cannot be one.
pub(crate) fn in_namespace(script: &str, set: impl FnOnce(&mut Command)) -> Option<Output> {
    let Some(flags) = [&["-npf", "--kill-child"][..], &["-Urnpf", "--kill-child"]]
        .into_iter()
        .find(|flags| may_unshare(flags))
    else {
        skip("cannot make a network namespace with unshare");
        return None;
    };
    let mut command = Command::new("unshare");
    command.args(flags).args(["sh", "-c", script]);
    set(&mut command);
    Some(command.output().unwrap())
}

fn may_unshare(flags: &[&str]) -> bool {
    let tried = Command::new("unshare").args(flags).arg("true").stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}
