"""Names of attributes, taken from the system's `linux/*.h`, and which attributes hold others."""

import functools
import re
from pathlib import Path

UAPI = Path("/usr/include/linux")


@functools.cache
def enum(header, first):
    """The members of the enum in `header` whose first member is `first`, by value."""
    text = re.sub(r"/\*.*?\*/", "", (UAPI / header).read_text(), flags=re.S)
    text = re.sub(r"^\s*#.*$", "", text, flags=re.M)
    for body in re.findall(r"enum\s*\w*\s*\{(.*?)\}", text, flags=re.S):
        members = [member.strip() for member in body.split(",") if member.strip()]
        if re.match(rf"{first}\b", members[0]):
            break
    else:
        raise LookupError(f"{first} in {header}")
    values, value = {}, -1
    for member in members:
        name, _, given = (part.strip() for part in member.partition("="))
        value = values.get(given, int(given) if given.isdigit() else value + 1)
        values[name] = value
    return {value: name for name, value in values.items() if not name.startswith("__")}


class Set:
    """One attribute set: names by type, and the sets of the attributes that are nests."""

    def __init__(self, header=None, first=None, nests=None, every=None, names=None):
        self.names = names if names is not None else enum(header, first) if header else {}
        self.nests = nests or {}
        self.every = every

    def name(self, ty):
        return self.names.get(ty, f"attribute {ty}")

    def nest(self, ty):
        """The set inside attribute `ty`, None where it holds no attributes."""
        return self.every or self.nests.get(self.name(ty))


def link_info(kind):
    """The set of `IFLA_LINKINFO`, whose data depends on the kind of link."""
    data = {
        "bridge": ("IFLA_BR_UNSPEC",),
        "macvlan": ("IFLA_MACVLAN_UNSPEC",),
        "vxlan": ("IFLA_VXLAN_UNSPEC",),
    }.get(kind)
    nests = {"IFLA_INFO_DATA": Set("if_link.h", *data)} if data else {}
    return Set("if_link.h", "IFLA_INFO_UNSPEC", nests)


def link(kind):
    """The set of `RTM_NEWLINK`."""
    inet = Set("if_link.h", "IFLA_INET_UNSPEC")
    inet6 = Set("if_link.h", "IFLA_INET6_UNSPEC")
    families = Set(names={2: "AF_INET", 10: "AF_INET6"}, nests={"AF_INET": inet, "AF_INET6": inet6})
    return Set(
        "if_link.h",
        "IFLA_UNSPEC",
        {
            "IFLA_LINKINFO": link_info(kind),
            "IFLA_AF_SPEC": families,
            "IFLA_XDP": Set("if_link.h", "IFLA_XDP_UNSPEC"),
        },
    )


def route():
    """The set of `RTM_NEWROUTE`; `RTA_MULTIPATH` holds structs with attributes of the same set."""
    return Set("rtnetlink.h", "RTA_UNSPEC", {"RTA_METRICS": Set("rtnetlink.h", "RTAX_UNSPEC")})


def controller():
    """The set of the generic netlink controller; operations and groups are indexed arrays."""
    operations = Set("genetlink.h", "CTRL_ATTR_OP_UNSPEC")
    groups = Set("genetlink.h", "CTRL_ATTR_MCAST_GRP_UNSPEC")
    return Set(
        "genetlink.h",
        "CTRL_ATTR_UNSPEC",
        {"CTRL_ATTR_OPS": Set(every=operations), "CTRL_ATTR_MCAST_GROUPS": Set(every=groups)},
    )


def address():
    return Set("if_addr.h", "IFA_UNSPEC")


def neighbour():
    return Set("neighbour.h", "NDA_UNSPEC")


def extended_ack():
    return Set("netlink.h", "NLMSGERR_ATTR_UNUSED")
