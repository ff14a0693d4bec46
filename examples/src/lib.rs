//! What the example programs have in common.

pub mod capture;
pub mod program;
