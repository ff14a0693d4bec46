//! For tests of netlink programs: random messages from a schema, and a network in memory with faults as the test wants
//! them.
//!
//! [`random`] draws messages that a derived type must accept, and messages with one thing wrong. [`network`] has sockets
//! that reach only one another, so that a client and a server talk without a kernel, and datagrams are lost, delayed or
//! forged by a script.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "network")]
pub mod network;
pub mod random;
