//! The jobs, done in a network namespace of their own: what the kernel then has is what `tc`, `bridge`, `ethtool` and
//! `wg` make with the same words. Each prints what it compared.
#![cfg(target_os = "linux")]

mod bridge;
mod classes;
mod deletes;
mod devices;
mod filters;
mod ipsec;
mod kernel_log;
mod kinds;
#[path = "../../../nl-tlv/tests/support/netns.rs"]
mod netns;
mod qdiscs;
mod sets;
mod small;
mod tasks;
mod tunnels;
mod twins;
mod wireless;

use nl_tlv::socket::{Connection, Protocol};

/// Says what the kernel cannot do. That is no skip: `cargo xtask test` does the same jobs in a guest too, whose kernel can.
fn lacks(test: &str, reason: &str) {
    println!("LACKS: {test}: {reason}");
}

/// A connection to rtnetlink.
fn route() -> Connection {
    Connection::open(Protocol::ROUTE).unwrap()
}
