//! The protocols greet and RTM, each defined once; the user-space peer that answers them without a kernel module; and
//! the client's side of finding out which of the two is there.
//!
//! The programs here are for the project itself: the scenario suite, the load, the walk through failing allocations, and
//! the generator of the C headers.

pub mod check;
pub mod greet;
pub mod peer;
pub mod rtm;
pub mod uapi;

/// The README's code, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
