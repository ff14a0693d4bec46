"""Writes one message as a commented hex file, one attribute per line."""

import ipaddress
import re
import struct

from wire import NLA_TYPE_MASK, NLMSG_DONE, NLMSG_ERROR, align

WIDTH = 32


IP_ADDRESS = re.compile(
    r"(RTA_(DST|GATEWAY|PREFSRC)|NDA_DST|IFA_(ADDRESS|LOCAL|BROADCAST)|IFLA_VXLAN_(GROUP|LOCAL)|FRA_(SRC|DST)|CTA_IP_V[46]_(SRC|DST))$"
)
MAC_ADDRESS = re.compile(r"(IFLA_(PERM_)?ADDRESS|IFLA_BROADCAST|NDA_LLADDR|IFLA_BR_GROUP_ADDR)$")


def reading(name, payload, order="little"):
    """What a payload says: an address, text, an integer, or only its length."""
    if IP_ADDRESS.match(name):
        return " " + str(ipaddress.ip_address(payload))
    if MAC_ADDRESS.match(name):
        return " " + payload.hex(":")
    text = payload[:-1]
    if len(payload) > 2 and payload[-1] == 0 and all(0x20 < byte < 0x7F for byte in text):
        return f' "{text.decode()}"'
    if len(payload) in (1, 2, 4, 8):
        value = int.from_bytes(payload, order)
        return f" {value}" if value < 1 << 16 else f" {value:#x}"
    return " (empty)" if not payload else f" {len(payload)} bytes"


class HexFile:
    """Collects lines of hex and comments."""

    def __init__(self, title, *facts):
        self.lines = [f"# {line}" for line in (title, *facts)]
        self.bytes = b""

    def put(self, raw, comment, depth=0):
        """Adds bytes; a long run is continued on further lines."""
        indent = "  " * depth
        rows = [raw[at : at + WIDTH].hex() for at in range(0, len(raw), WIDTH)]
        self.lines.append(f"{indent}{rows[0]}  # {comment}")
        self.lines += [f"{indent}{row}" for row in rows[1:]]
        self.bytes += raw

    def attributes(self, area, names, depth=0):
        """Adds an attribute area; a nest's header has a line of its own and its attributes are indented."""
        at, texts = 0, {}
        while at < len(area):
            length, ty = struct.unpack_from("=HH", area, at)
            assert 4 <= length <= len(area) - at, f"bad nla_len {length}"
            end = min(at + align(length), len(area))
            payload = area[at + 4 : at + length]
            name, inner = names.name(ty & NLA_TYPE_MASK), names.nest(ty & NLA_TYPE_MASK, texts)
            texts[name] = payload.rstrip(b"\0").decode(errors="replace")
            if name == "RTA_MULTIPATH":
                self.put(area[at : at + 4], f"{name} {{", depth)
                self.next_hops(payload, names, depth + 1)
                self.lines.append("  " * depth + "# }")
            elif inner and payload:
                self.put(area[at : at + 4], f"{name} {{", depth)
                self.attributes(area[at + 4 : end], inner, depth + 1)
                self.lines.append("  " * depth + "# }")
            else:
                order = "big" if names.big else "little"
                self.put(area[at:end], f"{name}{reading(name, payload, order)}", depth)
            at = end

    def next_hops(self, area, names, depth):
        """Adds the `struct rtnexthop`s of a multipath route with their attributes."""
        at = 0
        while at < len(area):
            length = struct.unpack_from("=H", area, at)[0]
            self.put(area[at : at + 8], "struct rtnexthop", depth)
            self.attributes(area[at + 8 : at + length], names, depth + 1)
            at += align(length)

    def message(self, raw, ty, family=None, names=None):
        """Adds a whole message: its header, the family header (name and length), its attributes."""
        length, _, flags, seq, _ = struct.unpack_from("=IHHII", raw)
        self.put(raw[:16], f"struct nlmsghdr: {ty}, nlmsg_len {length}, flags {flags:#x}, seq {seq}")
        at = 16
        if family:
            self.put(raw[at : at + family[1]], family[0])
            at += align(family[1])
        if names:
            self.attributes(raw[at:], names)
        elif raw[at:]:
            self.put(raw[at:], "payload")

    def control(self, raw, names):
        """Adds an NLMSG_ERROR or NLMSG_DONE with its errno, echoed request and extended ack."""
        length, ty, flags, seq, _ = struct.unpack_from("=IHHII", raw)
        name = {NLMSG_ERROR: "NLMSG_ERROR", NLMSG_DONE: "NLMSG_DONE"}[ty]
        self.put(raw[:16], f"struct nlmsghdr: {name}, nlmsg_len {length}, flags {flags:#x}, seq {seq}")
        self.put(raw[16:20], f"error {struct.unpack_from('=i', raw, 16)[0]}")
        at = 20
        if ty == NLMSG_ERROR:
            echoed = struct.unpack_from("=I", raw, 20)[0]
            self.put(raw[20:36], f"the request's struct nlmsghdr, nlmsg_len {echoed}")
            at = 36
            if not flags & 0x100:
                at = min(20 + align(echoed), len(raw))
                self.put(raw[36:at], "the rest of the request, padded")
        if flags & 0x200:
            self.attributes(raw[at:], names)

    def write(self, path):
        """Writes the file."""
        path.write_text("\n".join(self.lines) + "\n")
