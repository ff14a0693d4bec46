//! What the C compiler makes of an expression, given the kernel's headers of this system.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// The headers that the constants of this crate come from.
const HEADERS: [&str; 16] = [
    "stddef.h",
    "stdio.h",
    "linux/errno.h",
    "linux/netlink.h",
    "linux/genetlink.h",
    "linux/rtnetlink.h",
    "linux/fib_rules.h",
    "linux/if_bridge.h",
    "linux/veth.h",
    "linux/sock_diag.h",
    "linux/inet_diag.h",
    "linux/tcp.h",
    "linux/netfilter/nf_conntrack_tcp.h",
    "linux/netfilter/nfnetlink.h",
    "linux/netfilter/nfnetlink_conntrack.h",
    "linux/netfilter/nf_tables.h",
];

/// Asserts that each C expression has the value beside it.
///
/// # Panics
///
/// If a value differs, or as [`values`].
pub(crate) fn assert_values(test: &str, expected: &[(&str, u64)]) {
    let expressions: Vec<_> = expected.iter().map(|(c, _)| *c).collect();
    let Some(values) = values(test, &expressions) else { return };
    let wrong: Vec<_> = expected.iter().zip(&values).filter(|((_, ours), theirs)| ours != *theirs).collect();
    assert!(wrong.is_empty(), "((expression, ours), the header's): {wrong:?}");
}

/// The values of C expressions.
///
/// Without a compiler or headers it prints why it is skipped and returns `None`; in CI that is a failure.
///
/// # Panics
///
/// If an expression means nothing to these headers.
pub(crate) fn values(test: &str, expressions: &[&str]) -> Option<Vec<u64>> {
    let program = Program::new(test);
    match program.compile("") {
        Err(reason) => return skip(&format!("no C compiler: {reason}")),
        Ok(output) if !output.status.success() => {
            return skip(&format!("no kernel headers: {}", stderr(&output)));
        }
        Ok(_) => {}
    }
    let prints = expressions.iter().map(|c| format!("\tprintf(\"%llu\\n\", (unsigned long long)({c}));\n"));
    let compiled = program.compile(&prints.collect::<String>()).unwrap();
    assert!(compiled.status.success(), "{}", stderr(&compiled));
    let run = Command::new(&program.binary).output().unwrap();
    let lines = std::str::from_utf8(&run.stdout).unwrap().lines();
    let values: Vec<u64> = lines.map(|value| value.parse().unwrap()).collect();
    assert_eq!(values.len(), expressions.len());
    Some(values)
}

struct Program {
    source: String,
    binary: String,
}

impl Program {
    fn new(test: &str) -> Self {
        let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
        let base = base.to_str().unwrap();
        Self { source: format!("{base}.c"), binary: base.to_owned() }
    }

    /// Compiles a `main` with these statements. Debian's `<linux/netlink.h>` wants `<sys/socket.h>` first.
    fn compile(&self, statements: &str) -> Result<Output, std::io::Error> {
        let includes: String = HEADERS.iter().map(|header| format!("#include <{header}>\n")).collect();
        let text =
            format!("#include <sys/socket.h>\n{includes}int main(void)\n{{\n{statements}\treturn 0;\n}}\n");
        fs::write(&self.source, text)?;
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        Command::new(compiler).args(["-o", &self.binary, &self.source]).output()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        for path in [&self.source, &self.binary] {
            // the binary is not there if the compiler was not
            let _ = fs::remove_file(path);
        }
    }
}

fn skip<T>(reason: &str) -> Option<T> {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "skipped in CI: {reason}");
    println!("SKIP: {reason}");
    None
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
