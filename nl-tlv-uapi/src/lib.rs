//! C headers from nl-tlv schemas, for the kernel module that answers and for programs in C.
//!
//! A [`ProtocolDef`] lists the messages, groups and constants of a protocol; [`CHeader`] writes two headers from it:
//! the one that programs include, with every number of the protocol, and the `nla_policy` tables that the kernel module
//! is compiled with. Meant for a build-time tool whose output is checked in.

mod header;
mod names;
mod numbers;
mod policy;
mod protocol;
mod sets;
mod text;
mod uapi;

pub use header::CHeader;
pub use protocol::{Constant, FamilyDef, ProtocolDef};
