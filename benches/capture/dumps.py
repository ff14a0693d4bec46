"""Captures the dumps that the benches read: what the kernel sent, datagram after datagram."""

import struct
import subprocess

from wire import NETLINK_GENERIC, NETLINK_GET_STRICT_CHK, NETLINK_ROUTE, Netlink, attr

RTM_GETLINK, RTM_GETROUTE, GENL_ID_CTRL = 18, 26, 16
CTRL_CMD_GETFAMILY = 3
RTA_TABLE, RT_TABLE_MAIN = 15, 254
IFLA_EXT_MASK, RTEXT_FILTER_VF = 29, 1
AF_INET = 2

ROUTES, LINKS = 500, 50


def ip(*lines):
    """Runs a batch of `ip` commands in this network namespace."""
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)


def routes():
    """500 routes of the main table, each through one of 16 gateways on a veth link."""
    ip(
        "link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02",
        "link set v0 up",
        "link set v1 up",
        "address add 192.0.2.254/32 dev v0",
        *(
            f"route add 10.{n >> 8}.{n & 255}.0/24 via 192.0.2.{1 + n % 16} dev v0 onlink metric {100 + n % 5}"
            for n in range(ROUTES)
        ),
    )
    return main_table()


def mixed():
    """500 routes of the main table in nine shapes, in an order without a pattern."""
    ip(
        "link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02",
        "link set v0 up",
        "link set v1 up",
        "address add 192.0.2.254/32 dev v0",
        *(f"nexthop add id {i} via 192.0.2.{i} dev v0 onlink" for i in (1, 2, 3)),
    )
    hop = "via 192.0.2.{g} dev v0 onlink"
    shapes = (
        hop + " metric {m}",
        hop + " metric {m}",
        hop,
        "dev v0",
        "dev v0 src 192.0.2.254",
        hop + " metric {m} mtu 1400 advmss 1360",
        "nhid {i}",
        hop + " realm {g}",
        "metric {m} nexthop via 192.0.2.1 dev v0 weight 2 onlink nexthop via 192.0.2.2 dev v0 onlink",
        "blackhole",
    )
    state, lines = 1, []
    for n in range(ROUTES):
        state = (state * 1103515245 + 12345) % 2**31
        shape = shapes[(state >> 16) % len(shapes)].format(g=1 + n % 16, m=100 + n % 5, i=1 + n % 3)
        kind, shape = ("blackhole ", "metric 1") if shape == "blackhole" else ("", shape)
        lines.append(f"route add {kind}10.{n >> 8}.{n & 255}.0/24 {shape}")
    ip(*lines)
    return main_table()


def main_table():
    """The IPv4 routes of the main table, asked for as `ip route` does."""
    request = struct.pack("=8BI", AF_INET, *[0] * 7, 0) + attr(RTA_TABLE, struct.pack("=I", RT_TABLE_MAIN))
    return Netlink(NETLINK_ROUTE, (NETLINK_GET_STRICT_CHK,)).dump(RTM_GETROUTE, request)


def links():
    """50 veth links, 25 pairs, with the loopback before them; asked for as `ip link` does."""
    ip(
        *(
            f"link add veth{n}a address 02:00:00:00:01:{n:02x} type veth "
            f"peer name veth{n}b address 02:00:00:00:02:{n:02x}"
            for n in range(LINKS // 2)
        ),
        *(f"link set veth{n}{end} up" for n in range(LINKS // 2) for end in "ab"),
    )
    request = bytes(16) + attr(IFLA_EXT_MASK, struct.pack("=I", RTEXT_FILTER_VF))
    return Netlink(NETLINK_ROUTE).dump(RTM_GETLINK, request)


def families():
    """Every generic netlink family that the kernel has."""
    return Netlink(NETLINK_GENERIC).dump(GENL_ID_CTRL, struct.pack("=BBH", CTRL_CMD_GETFAMILY, 2, 0))


DUMPS = {"route": routes, "mixed": mixed, "link": links, "genl": families}
