"""Captures what the kernel says of sockets over sock_diag."""

import socket
import struct

import names
from hexfile import HexFile
from wire import NETLINK_SOCK_DIAG, Netlink, messages

SOCK_DIAG_BY_FAMILY = 20
# All extensions: INET_DIAG_MEMINFO is bit 0, and so on.
EXTENSIONS = 0xFF
INET_DIAG_MSG = ("struct inet_diag_msg", 72)


def request(family, protocol):
    """`struct inet_diag_req_v2` for sockets in any state."""
    return struct.pack("=BBBBI", family, protocol, EXTENSIONS, 0, 0xFFFFFFFF) + bytes(48)


def vectors(facts):
    """A TCP socket that listens, one that is connected, and a UDP socket over IPv6."""
    listener = socket.create_server(("127.0.0.1", 2222))
    client = socket.create_connection(("127.0.0.1", 2222))
    udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    udp.bind(("::1", 3333))
    for file, title, family, protocol, state, port in (
        ("inet_diag_listen", "SOCK_DIAG_BY_FAMILY, a TCP socket that listens", socket.AF_INET, 6, 10, 2222),
        ("inet_diag_tcp", "SOCK_DIAG_BY_FAMILY, a connected TCP socket", socket.AF_INET, 6, 1, client.getsockname()[1]),
        ("inet_diag_udp6", "SOCK_DIAG_BY_FAMILY, a UDP socket over IPv6", socket.AF_INET6, 17, 7, 3333),
    ):
        datagrams = Netlink(NETLINK_SOCK_DIAG).dump(SOCK_DIAG_BY_FAMILY, request(family, protocol))
        start = struct.pack("=BB", family, state), struct.pack(">H", port)
        raw = next(
            raw for datagram in datagrams for raw in messages(datagram) if (raw[16:18], raw[20:22]) == start
        )
        out = HexFile(title, "command: one message of the dump, all extensions", *facts)
        out.message(raw, "SOCK_DIAG_BY_FAMILY", INET_DIAG_MSG, names.inet_diag())
        yield file, out
    for one in (listener, client, udp):
        one.close()
