//! Network namespaces for tests that change something.

use std::env;
use std::process::{Command, Stdio};

/// Runs a test of this binary as root of a fresh network namespace: the test calls this with its own name, and the body
/// runs in a second process that is started for it.
pub(crate) fn in_namespace(test: &str, body: impl FnOnce()) {
    within(test, &[&["-Urn"], &["-n"]], body);
}

/// Runs a test in what `unshare` makes with the first of these flags that it may use.
pub(crate) fn within(test: &str, flags: &[&[&str]], body: impl FnOnce()) {
    const INSIDE: &str = "NL_TLV_IN_NAMESPACE";
    if env::var_os(INSIDE).is_some() {
        return body();
    }
    let Some(unshare) = flags.iter().find(|flags| may_unshare(flags)) else {
        return skip(test, "cannot make a namespace with unshare");
    };
    let output = Command::new("unshare")
        .args(*unshare)
        .arg(env::current_exe().expect("path of this test"))
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("start unshare");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(output.status.success() && text.contains("1 passed"), "in the namespace:\n{text}");
    let is_told = |line: &&str| {
        ["SKIP:", "LACKS:"].iter().any(|said| line.starts_with(said)) || line.contains(" compared, ")
    };
    text.lines().filter(is_told).for_each(|line| println!("{line}"));
}

/// Says why a test does not run; in CI that is a failure.
pub(crate) fn skip(test: &str, reason: &str) {
    assert!(env::var("CI").as_deref() != Ok("true"), "{test}: {reason}");
    println!("SKIP: {test}: {reason}");
}

fn may_unshare(flags: &[&str]) -> bool {
    let quiet = Command::new("unshare").args(flags).arg("true").stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}
