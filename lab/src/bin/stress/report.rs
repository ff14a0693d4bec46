//! The Test Anything Protocol.

use crate::Failure;
use std::process::ExitCode;

/// What was checked so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    checks: usize,
    failed: usize,
}

impl Report {
    /// Checks something, and prints what came out: the fact, and what was measured or why it does not hold.
    ///
    /// # Errors
    ///
    /// If it does not hold.
    pub(crate) fn check(
        &mut self,
        fact: &str,
        check: impl FnOnce() -> Result<String, Failure>,
    ) -> Result<(), Failed> {
        self.checks += 1;
        let (verdict, said, result) = match check() {
            Ok(said) => ("ok", said, Ok(())),
            Err(failure) => ("not ok", failure.to_string(), Err(Failed)),
        };
        self.failed += usize::from(result.is_err());
        println!("{verdict} {} - {fact}", self.checks);
        said.lines().for_each(|line| println!("# {line}"));
        result
    }

    /// Prints the plan, which is known only now.
    pub(crate) fn end(&self) -> ExitCode {
        println!("1..{}", self.checks);
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Something does not hold, which was printed: what builds on it makes no sense.
#[derive(Debug)]
pub(crate) struct Failed;
