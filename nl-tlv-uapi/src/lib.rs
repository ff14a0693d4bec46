//! C headers and YAML specifications from nl-tlv schemas, for the kernel module that answers and for programs in other
//! languages.
//!
//! A [`ProtocolDef`] lists the messages, groups and constants of a protocol. [`CHeader`] writes two headers from it: the
//! one that programs include, with every number of the protocol, and the `nla_policy` tables that the kernel module is
//! compiled with. [`Spec`] writes the specification that the kernel's own client in Python and other tools read. Meant for
//! a build-time tool whose output is checked in.

mod claims;
mod distinct;
mod forms;
mod header;
mod names;
mod numbers;
mod policy;
mod preamble;
mod protocol;
mod sets;
mod spec;
mod text;
mod uapi;

pub use header::CHeader;
pub use protocol::{Constant, Exchange, FamilyDef, ProtocolDef};
pub use spec::Spec;
