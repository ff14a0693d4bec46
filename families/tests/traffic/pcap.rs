//! Captures of netlink traffic as `tcpdump -i nlmon0 -w` writes them.

/// A datagram, and the protocol that it is of.
pub(crate) struct Packet<'a> {
    pub(crate) protocol: u16,
    pub(crate) bytes: &'a [u8],
}

/// `LINKTYPE_NETLINK`: behind 14 bytes, the protocol in network order.
const NETLINK: u32 = 253;

/// The datagrams of a capture that was written on a machine of this byte order.
pub(crate) fn packets(capture: &[u8]) -> Vec<Packet<'_>> {
    let (file, mut rest) = capture.split_at(24);
    let number = |bytes: &[u8], at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!((number(file, 0), number(file, 20)), (0xa1b2_c3d4, NETLINK));
    let mut packets = Vec::new();
    // A capture that was ended while it was written may end in a part of a record.
    while let Some((record, behind)) = rest.split_first_chunk::<16>() {
        let len = usize::try_from(number(record, 8)).unwrap();
        let Some((packet, behind)) = behind.split_at_checked(len) else { break };
        let protocol = u16::from_be_bytes([packet[14], packet[15]]);
        packets.push(Packet { protocol, bytes: &packet[16..] });
        rest = behind;
    }
    packets
}
