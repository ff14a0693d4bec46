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

/// Lets `ip` (or `tc`) carry out lines; those that the kernel refuses are part of the game. A line may begin with `-6`,
/// which is an option of the program, and not of a line of a batch.
pub(crate) fn batch(program: &str, lines: &str) {
    let lines: Vec<&str> = lines.lines().collect();
    for group in lines.chunk_by(|one, next| one.starts_with("-6 ") == next.starts_with("-6 ")) {
        let option = group[0].starts_with("-6 ").then_some("-6");
        let lines: Vec<&str> = group.iter().map(|line| line.trim_start_matches("-6 ")).collect();
        carry_out(program, option, &(lines.join("\n") + "\n"));
    }
}

/// Asserts that the program understands the lines, at least.
fn carry_out(program: &str, option: Option<&str>, lines: &str) {
    let mut child = Command::new(program)
        .args(option)
        .args(["-force", "-batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, lines) = (child.stdin.take().unwrap(), lines.to_owned());
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let said = child.wait_with_output().unwrap().stderr;
    writer.join().unwrap().unwrap();
    let said = String::from_utf8_lossy(&said);
    let is_misunderstood = ["is unknown, try", "Usage:", "is garbage", "is a garbage", "What is"]
        .iter()
        .any(|text| said.contains(text));
    assert!(!is_misunderstood, "{program} does not understand a line: {said}");
}
