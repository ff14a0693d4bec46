"""Captures the messages that the library's tests read, and writes those that are given as bytes."""

import struct

import names
import netfilter
import sockets
from dumps import CTRL_CMD_GETFAMILY, GENL_ID_CTRL, RTA_TABLE, RTM_GETLINK, RTM_GETROUTE, ip
from hexfile import HexFile
from wire import (
    NETLINK_CAP_ACK,
    NETLINK_EXT_ACK,
    NETLINK_GENERIC,
    NETLINK_GET_STRICT_CHK,
    NETLINK_ROUTE,
    NLM_F_ACK,
    Netlink,
    attr,
    messages,
)

RTM_GETADDR, RTM_GETNEIGH, RTM_GETRULE = 22, 30, 34
IFLA_IFNAME, CTRL_ATTR_FAMILY_NAME, CTRL_CMD_GETPOLICY = 3, 2, 10
IFINFOMSG, RTMSG, IFADDRMSG, NDMSG, FIB_RULE_HDR = (
    ("struct ifinfomsg", 16),
    ("struct rtmsg", 12),
    ("struct ifaddrmsg", 8),
    ("struct ndmsg", 12),
    ("struct fib_rule_hdr", 12),
)


def setup():
    """One link of each kind, and something of everything else."""
    ip(
        "link add v0 index 10 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02 index 11",
        "link set v0 up",
        "link set v1 up",
        "link add br0 index 12 address 02:00:00:00:00:03 type bridge",
        "link add m0 index 13 link v0 address 02:00:00:00:00:04 type macvlan mode bridge",
        "link add vx0 index 14 address 02:00:00:00:00:05 type vxlan id 42 dstport 4789 "
        "local 192.0.2.1 remote 192.0.2.2 dev v0",
        "address add 192.0.2.1/24 dev v0",
        "route add 10.1.1.0/24 via 192.0.2.7 dev v0 metric 100",
        "route add 10.1.2.0/24 mtu lock 1400 advmss 1360 "
        "nexthop via 192.0.2.7 dev v0 weight 2 nexthop via 192.0.2.8 dev v0 weight 1",
        "neighbour add 192.0.2.7 lladdr 02:00:00:00:00:07 dev v0 nud permanent",
        "route add 10.9.9.0/24 via 192.0.2.9 dev v0 table 99",
        "link set lo up",
        "link add br1 index 15 address 02:00:00:00:00:06 type bridge",
        "link add p0 index 16 address 02:00:00:00:00:07 type veth peer name p1 address 02:00:00:00:00:08 index 17",
        "link set p0 master br1",
        "address add 2001:db8::1/64 dev v0 nodad",
        "route add 2001:db8:1::/48 via 2001:db8::2 dev v0 metric 100",
        "route add 10.1.3.0/24 via inet6 2001:db8::2 dev v0",
        "rule add from 192.0.2.0/24 fwmark 1/255 ipproto tcp dport 22-23 table 99 priority 100",
    )


def link_vectors(facts):
    """One `RTM_NEWLINK` for each kind of link."""
    socket = Netlink(NETLINK_ROUTE)
    for file, name, kind in (
        ("link_veth", "v0", "veth"),
        ("link_bridge", "br0", "bridge"),
        ("link_macvlan", "m0", "macvlan"),
        ("link_vxlan", "vx0", "vxlan"),
        ("link_bridge_port", "p0", "bridge's port, a veth"),
    ):
        raw = socket.request(RTM_GETLINK, 0, bytes(16) + attr(IFLA_IFNAME, name.encode() + b"\0"))
        out = HexFile(f"RTM_NEWLINK of a {kind} link", f"command: RTM_GETLINK with IFLA_IFNAME {name}", *facts)
        out.message(raw, "RTM_NEWLINK", IFINFOMSG, names.link())
        yield file, out


def find(raw_messages, needle):
    """The first message that contains `needle`."""
    return next(raw for raw in raw_messages if needle in raw)


def dumped(ty, payload):
    """The messages of a dump over rtnetlink."""
    return [raw for datagram in Netlink(NETLINK_ROUTE).dump(ty, payload) for raw in messages(datagram)]


def route_vectors(facts):
    """Two routes, an address and a neighbour, each taken out of its dump."""
    inet, inet6 = b"\x02" + bytes(11), b"\x0a" + bytes(11)
    routes = (RTM_GETROUTE, inet)
    for file, title, ty, payload, needle, family, sets in (
        ("route_plain", "RTM_NEWROUTE with gateway and priority", *routes, b"\x0a\x01\x01\0", RTMSG, names.route),
        ("route_multipath", "RTM_NEWROUTE, next hops and metrics", *routes, b"\x0a\x01\x02\0", RTMSG, names.route),
        ("route_ipv6", "RTM_NEWROUTE, IPv6", RTM_GETROUTE, inet6, bytes.fromhex("20010db80001"), RTMSG, names.route),
        ("route_via", "RTM_NEWROUTE via a gateway of IPv6", *routes, b"\x0a\x01\x03\0", RTMSG, names.route),
        ("address", "RTM_NEWADDR 192.0.2.1/24", RTM_GETADDR, inet[:8], b"\xc0\0\x02\x01", IFADDRMSG, names.address),
        ("address_ipv6", "RTM_NEWADDR 2001:db8::1/64", RTM_GETADDR, inet6[:8], b"\x20\x01", IFADDRMSG, names.address),
        ("rule", "RTM_NEWRULE with a mark, a protocol and ports", RTM_GETRULE, inet, b"\xc0\0\x02\0", FIB_RULE_HDR, names.rule),
        ("neighbour", "RTM_NEWNEIGH, permanent", RTM_GETNEIGH, inet, b"\xc0\0\x02\x07", NDMSG, names.neighbour),
    ):
        out = HexFile(title, "command: one message of the dump", *facts)
        out.message(find(dumped(ty, payload), needle), title.split()[0].rstrip(","), family, sets())
        yield file, out


def filtered_dump(facts):
    """A strictly checked dump of one table; objects and the end arrive separately."""
    request = struct.pack("=8BI", 2, *[0] * 7, 0) + attr(RTA_TABLE, struct.pack("=I", 99))
    datagrams = Netlink(NETLINK_ROUTE, (NETLINK_GET_STRICT_CHK,)).dump(RTM_GETROUTE, request)
    assert len(datagrams) == 2, "the end of the dump was expected in a datagram of its own"
    command = "command: RTM_GETROUTE dump with RTA_TABLE 99, NETLINK_GET_STRICT_CHK"
    out = HexFile("RTM_NEWROUTE of a dump that the kernel filtered: NLM_F_DUMP_FILTERED", command, *facts)
    out.message(datagrams[0], "RTM_NEWROUTE", RTMSG, names.route())
    yield "route_filtered", out
    out = HexFile("NLMSG_DONE of a dump that the kernel filtered: NLM_F_DUMP_FILTERED", command, *facts)
    out.control(datagrams[1], names.extended_ack())
    yield "done_filtered", out
    out = HexFile("NLMSG_DONE of a plain dump", "command: RTM_GETLINK dump", *facts)
    out.control(dumped(RTM_GETLINK, bytes(16))[-1], names.extended_ack())
    yield "done_plain", out


def control_vectors(facts):
    """What the generic netlink controller says of itself, and an acknowledgement in both lengths."""
    request = struct.pack("=BBH", CTRL_CMD_GETFAMILY, 2, 0) + attr(CTRL_ATTR_FAMILY_NAME, b"nlctrl\0")
    raw = Netlink(NETLINK_GENERIC).request(GENL_ID_CTRL, 0, request)
    out = HexFile("CTRL_CMD_NEWFAMILY of nlctrl", "command: CTRL_CMD_GETFAMILY with CTRL_ATTR_FAMILY_NAME", *facts)
    out.message(raw, "GENL_ID_CTRL", ("struct genlmsghdr", 4), names.controller())
    yield "genl_nlctrl", out
    set_link = struct.pack("=BBHiII", 0, 0, 0, 10, 1, 1)
    raw = Netlink(NETLINK_ROUTE, (NETLINK_CAP_ACK, NETLINK_EXT_ACK)).request(16, NLM_F_ACK, set_link)
    out = HexFile("NLMSG_ERROR 0, an acknowledgement", "command: RTM_NEWLINK that sets IFF_UP, with NLM_F_ACK", *facts)
    out.control(raw, names.extended_ack())
    yield "ack", out


# Title, command, bytes.
GIVEN = {
    "error_a": (
        "NLMSG_ERROR -EOPNOTSUPP, not capped; the request's nlmsg_len is 17 and its echo padded",
        "a message of type 1000 to a protocol that has none",
        "28000000 0200 0000 04000000 56440000 a1ffffff 11000000 e803 0100 04000000 00000000 00 000000",
    ),
    "error_b": (
        "NLMSG_ERROR -ENODEV with a warning, NETLINK_EXT_ACK without NETLINK_CAP_ACK; the echo has 5 trailing bytes",
        "RTM_GETLINK with an unknown attribute, the name of a link that is not there, and 5 more bytes",
        "7800000002000002050000002f1129a5edffffff350000001200050005000000000000000000000000000000"
        "00000000000000000800002001000000080003006161616101020304050000002c0001006279746573206c65"
        "66746f7665722061667465722070617273696e67206174747269627574657300",
    ),
    "error_c": (
        "NLMSG_ERROR -EINVAL, NETLINK_CAP_ACK and NETLINK_EXT_ACK",
        "RTM_GETLINK with 5 bytes after struct ifinfomsg, NETLINK_GET_STRICT_CHK",
        "500000000200000307000000febf13baeaffffff250000001200050007000000000000002c00010062797465"
        "73206c6566746f7665722061667465722070617273696e67206174747269627574657300",
    ),
    "error_d": (
        "NLMSG_DONE -EINVAL with an extended ack and no object before it",
        "RTM_GETROUTE dump with values in struct rtmsg, NETLINK_GET_STRICT_CHK",
        "480000000300020206000000febf13baeaffffff32000100496e76616c69642076616c75657320696e206865"
        "6164657220666f72204649422064756d702072657175657374000000",
    ),
    "error_e": (
        "NLMSG_ERROR -EINVAL, capped, no extended ack",
        "CTRL_CMD_GETPOLICY dump without attributes",
        "24000000020000013400000056440000eaffffff14000000100005033400000000000000",
    ),
}


def policy_vectors(facts):
    """What the controller accepts: the policies of an operation, and one attribute of a policy."""
    request = struct.pack("=BBH", CTRL_CMD_GETPOLICY, 2, 0) + attr(CTRL_ATTR_FAMILY_NAME, b"nlctrl\0")
    datagrams = Netlink(NETLINK_GENERIC).dump(GENL_ID_CTRL, request)
    dump = [raw for datagram in datagrams for raw in messages(datagram)]
    command = "command: one message of a CTRL_CMD_GETPOLICY dump with CTRL_ATTR_FAMILY_NAME nlctrl"
    # The first message tells an operation's policies; CTRL_ATTR_FAMILY_NAME has a greatest length.
    for file, title, raw in (
        ("genl_policy_op", "CTRL_CMD_GETPOLICY, the policies of an operation", dump[0]),
        ("genl_policy", "CTRL_CMD_GETPOLICY, an attribute of a policy", find(dump, b"\x0f\0\0\0")),
    ):
        out = HexFile(title, command, *facts)
        out.message(raw, "GENL_ID_CTRL", ("struct genlmsghdr", 4), names.policies())
        yield file, out


def given_vectors():
    """Refusals A to E, captured on the same kernel release before this program existed."""
    for file, (title, command, text) in GIVEN.items():
        facts = ("kernel: 6.18.44, little-endian", "date: not recorded, 2026 at the latest")
        out = HexFile(title, f"command: {command}", *facts)
        out.control(bytes.fromhex(text), names.extended_ack())
        yield file, out


def course_vector():
    """The course's buffer: one byte of type, one of length, then units of a size that the type decides."""
    out = HexFile("the course's TLV buffer of 222 bytes (not netlink)", "integers are little-endian")
    for ty, name, units in (
        (1, "NAME", [text.ljust(32, b"\0") for text in (b"Abhishek Sagar", b"Shivani")]),
        (2, "WEBSITE", [text.ljust(64, b"\0") for text in (b"www.csepracticals.com", b"www.facebook.com")]),
        (3, "EMP_ID", [struct.pack("<Q", number) for number in (52437, 52438, 52439)]),
    ):
        value = b"".join(units)
        out.put(bytes((ty, len(value))), f"{name}, {len(value)} bytes")
        for unit in units:
            text = unit.rstrip(b"\0").decode() if ty < 3 else int.from_bytes(unit, "little")
            out.put(unit, str(text), 1)
    assert len(out.bytes) == 222
    yield "course_tlv", out


def vectors(facts):
    """All vectors as (file name, HexFile)."""
    setup()
    sources = (link_vectors, route_vectors, filtered_dump, control_vectors, policy_vectors)
    for source in (*sources, netfilter.vectors, sockets.vectors):
        yield from source(facts)
    yield from given_vectors()
    yield from course_vector()
