"""A netlink socket and the few framing rules that a capture needs; nothing is interpreted beyond them."""

import socket
import struct

NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 0x001, 0x004, 0x300
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK = 270, 10, 11, 12
NETLINK_ROUTE, NETLINK_SOCK_DIAG, NETLINK_NETFILTER, NETLINK_GENERIC = 0, 4, 12, 16
NLA_TYPE_MASK = 0x3FFF

# The kernel fills dump datagrams up to the largest buffer it has been shown, 32 KiB at most.
RECEIVE = 32 * 1024


def align(length):
    """The next multiple of four."""
    return (length + 3) & ~3


def attr(ty, payload):
    """One attribute with its padding."""
    return struct.pack("=HH", 4 + len(payload), ty) + payload + bytes(-len(payload) % 4)


def messages(datagram):
    """The messages of a datagram, each with its padding."""
    at = 0
    while at + 16 <= len(datagram):
        length = struct.unpack_from("=I", datagram, at)[0]
        assert 16 <= length <= len(datagram) - at, f"bad nlmsg_len {length} at {at}"
        yield datagram[at : at + align(length)]
        at += align(length)


class Netlink:
    """A socket of one netlink protocol."""

    def __init__(self, protocol, options=()):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        for option in options:
            self.socket.setsockopt(SOL_NETLINK, option, 1)
        self.socket.bind((0, 0))
        self.socket.settimeout(5)
        self.seq = 0

    def send(self, ty, flags, payload):
        """Sends one request."""
        self.seq += 1
        header = struct.pack("=IHHII", 16 + len(payload), ty, NLM_F_REQUEST | flags, self.seq, 0)
        self.socket.sendto(header + payload, (0, 0))

    def reply(self):
        """One datagram as it was received."""
        datagram, _, flags, sender = self.socket.recvmsg(RECEIVE)
        assert sender[0] == 0 and not flags & socket.MSG_TRUNC, "not from the kernel, or truncated"
        return datagram

    def request(self, ty, flags, payload):
        """Sends a request and returns the first datagram of the answer."""
        self.send(ty, flags, payload)
        return self.reply()

    def dump(self, ty, payload):
        """All datagrams of a dump, the one with NLMSG_DONE included."""
        self.send(ty, NLM_F_DUMP, payload)
        datagrams = []
        while True:
            datagrams.append(self.reply())
            types = [struct.unpack_from("=H", m, 4)[0] for m in messages(datagrams[-1])]
            assert NLMSG_ERROR not in types, "the dump was refused"
            if NLMSG_DONE in types:
                return datagrams
