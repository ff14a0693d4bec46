//! Numbers that several families have, by their names in C.

/// No address family, or any.
pub const AF_UNSPEC: u8 = 0;
/// Unix sockets.
pub const AF_UNIX: u8 = 1;
/// IPv4.
pub const AF_INET: u8 = 2;
/// Bridges: their ports, forwarding entries and VLANs.
pub const AF_BRIDGE: u8 = 7;
/// IPv6.
pub const AF_INET6: u8 = 10;
/// Packet sockets.
pub const AF_PACKET: u8 = 17;
/// MPLS.
pub const AF_MPLS: u8 = 28;

/// Every Ethernet protocol.
pub const ETH_P_ALL: u16 = 0x0003;
/// IPv4 on Ethernet.
pub const ETH_P_IP: u16 = 0x0800;
/// ARP.
pub const ETH_P_ARP: u16 = 0x0806;
/// A VLAN's tag.
pub const ETH_P_8021Q: u16 = 0x8100;
/// IPv6 on Ethernet.
pub const ETH_P_IPV6: u16 = 0x86dd;
/// The tag of a provider's VLAN.
pub const ETH_P_8021AD: u16 = 0x88a8;

/// ICMP over IP.
pub const IPPROTO_ICMP: u8 = 1;
/// TCP over IP.
pub const IPPROTO_TCP: u8 = 6;
/// UDP over IP.
pub const IPPROTO_UDP: u8 = 17;
/// Encrypted packets of IPsec.
pub const IPPROTO_ESP: u8 = 50;
/// Authenticated packets of IPsec.
pub const IPPROTO_AH: u8 = 51;
/// ICMP over IPv6.
pub const IPPROTO_ICMPV6: u8 = 58;

/// The routing table with what is not local.
pub const RT_TABLE_MAIN: u32 = 254;
/// The routing table that is asked last.
pub const RT_TABLE_DEFAULT: u32 = 253;
/// The routing table that the kernel fills with its own addresses.
pub const RT_TABLE_LOCAL: u32 = 255;
