//! The same jobs on the same bytes, done by nl-tlv, by loops written by hand in C and in safe Rust, and by the other
//! libraries (feature `peers`).
//!
//! [`contenders::all`] lists who takes part, [`workloads::all`] what there is to do; making a workload asserts that
//! everybody finds the same values in every single message. `benches/parse.rs` and `benches/emit.rs` show the jobs to
//! criterion, `benches/summary.rs` lets the contenders alternate and prints one table.

pub mod contenders;
pub mod cpu;
pub mod data;
mod ffi;
pub mod live;
pub mod mixed;
pub mod records;
pub mod watch;
pub mod workloads;
