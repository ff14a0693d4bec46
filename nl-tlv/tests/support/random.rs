//! Numbers at random, from a seed that is printed and can be set with `NL_TLV_SEED`; and `ip` to carry out what was drawn.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::SystemTime;

/// A xorshift generator.
pub(crate) struct Random(u64);

impl Random {
    /// Prints its seed.
    pub(crate) fn new() -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let seed = number("NL_TLV_SEED", now.subsec_nanos().into()) | 1;
        println!("seed {seed}");
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// A number from the environment.
pub(crate) fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Lets `ip` (or `tc`) carry out lines; those that it refuses are part of the game.
pub(crate) fn batch(program: &str, lines: &str) {
    let mut child = Command::new(program)
        .args(["-force", "-batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait().unwrap();
}
