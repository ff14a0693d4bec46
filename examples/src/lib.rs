//! The protocols of the examples, each defined once; the user-space peer that answers them without a kernel module; and
//! the client's side of finding out which of the two is there.

pub mod capture;
pub mod greet;
pub mod peer;
pub mod program;
pub mod rtm;
pub mod uapi;

/// The README's code, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
