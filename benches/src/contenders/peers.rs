//! The other libraries, each used as its own documentation shows.

use super::Contender;

mod libmnl;
mod neli;
mod netlink_bindings;
mod netlink_packet;
mod nlink;

/// All of them.
pub(super) const ALL: [Contender; 5] = [
    libmnl::CONTENDER,
    netlink_bindings::CONTENDER,
    nlink::CONTENDER,
    netlink_packet::CONTENDER,
    neli::CONTENDER,
];
