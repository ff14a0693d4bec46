//! Where a datagram comes from or goes to.

/// A port id and a multicast group: where a datagram comes from, or goes to.
///
/// ```
/// use nl_tlv::exchange::Address;
///
/// assert_eq!(Address::KERNEL, Address::port(0));
/// assert_eq!(Address::group(5), Address { group: Some(5), ..Address::KERNEL });
/// ```
///
/// Source: `include/uapi/linux/netlink.h`, `struct sockaddr_nl`.
#[doc(alias = "sockaddr_nl")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The port id, 0 for the kernel. A received datagram has that of its sender, which cannot be forged.
    #[doc(alias("nl_pid", "pid"))]
    pub port_id: u32,
    /// The multicast group that the datagram is sent to; `None` if it is sent to a port id. Sending takes groups 1 to 32.
    #[doc(alias = "nl_groups")]
    pub group: Option<u32>,
    /// The id of the network namespace that a received datagram was sent in; `None` for our own. Only a socket with the
    /// option `NETLINK_LISTEN_ALL_NSID` receives from others. Sending takes no notice of it.
    pub nsid: Option<i32>,
}

impl Address {
    /// The kernel.
    pub const KERNEL: Self = Self::port(0);

    /// One socket.
    #[must_use]
    pub const fn port(port_id: u32) -> Self {
        Self { port_id, group: None, nsid: None }
    }

    /// The members of a multicast group, without a further receiver; as a sender, the kernel to that group.
    #[must_use]
    pub const fn group(group: u32) -> Self {
        Self { group: Some(group), ..Self::KERNEL }
    }
}
