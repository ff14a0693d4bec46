//! Runs one job of one contender once, for a tool that counts instructions: `one-job "route typed" nl-tlv`.
//!
//! Only what happens inside [`measured`] is the job; `tests/instructions.rs` counts it.

use std::process::ExitCode;

use nl_tlv_benches::contenders;
use nl_tlv_benches::workloads::{self, Job};

/// The function that callgrind counts.
#[inline(never)]
fn measured(job: &mut Job) -> bool {
    (job.run)()
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(job), Some(contender)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: one-job JOB CONTENDER");
        return ExitCode::FAILURE;
    };
    let contender = contenders::all().into_iter().find(|known| known.name == contender);
    let Some(mut job) = contender.and_then(|contender| workloads::job(&job, &contender)) else {
        eprintln!("no such job of such a contender");
        return ExitCode::FAILURE;
    };
    if !measured(&mut job) {
        eprintln!("refused");
        return ExitCode::FAILURE;
    }
    println!("{}", job.messages);
    ExitCode::SUCCESS
}
