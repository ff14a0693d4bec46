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
    """One attribute set: names by type, and the sets of the attributes that are nests.

    `select` names attributes that are nests of a set which another attribute chooses: `{name: (selector, {text: set})}`.
    """

    def __init__(self, header=None, first=None, nests=None, every=None, names=None, select=None, big=False):
        self.names = names if names is not None else enum(header, first) if header else {}
        self.nests = nests or {}
        self.every = every
        self.select = select or {}
        self.big = big

    def name(self, ty):
        return self.names.get(ty, f"attribute {ty}")

    def nest(self, ty, texts=()):
        """The set inside attribute `ty`, None where it holds no attributes; `texts` are those met before it."""
        selector, forms = self.select.get(self.name(ty), (None, {}))
        return self.every or forms.get(dict(texts).get(selector)) or self.nests.get(self.name(ty))


def link_info():
    """The set of `IFLA_LINKINFO`, whose data depends on the kind of link."""
    kinds = {
        kind: Set("if_link.h", f"IFLA_{prefix}_UNSPEC")
        for kind, prefix in (("bridge", "BR"), ("macvlan", "MACVLAN"), ("vlan", "VLAN"), ("vxlan", "VXLAN"))
    }
    ports = {"bridge": Set("if_link.h", "IFLA_BRPORT_UNSPEC")}
    select = {
        "IFLA_INFO_DATA": ("IFLA_INFO_KIND", kinds),
        "IFLA_INFO_SLAVE_DATA": ("IFLA_INFO_SLAVE_KIND", ports),
    }
    return Set("if_link.h", "IFLA_INFO_UNSPEC", select=select)


def link():
    """The set of `RTM_NEWLINK`."""
    inet = Set("if_link.h", "IFLA_INET_UNSPEC")
    inet6 = Set("if_link.h", "IFLA_INET6_UNSPEC")
    families = Set(names={2: "AF_INET", 10: "AF_INET6"}, nests={"AF_INET": inet, "AF_INET6": inet6})
    return Set(
        "if_link.h",
        "IFLA_UNSPEC",
        {
            "IFLA_LINKINFO": link_info(),
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


def policies():
    """The set of a policy dump: policies by index, each with attributes by type; and the operations that have them."""
    attribute = Set("netlink.h", "NL_POLICY_TYPE_ATTR_UNSPEC")
    operation = Set("genetlink.h", "CTRL_ATTR_POLICY_UNSPEC")
    return Set(
        "genetlink.h",
        "CTRL_ATTR_UNSPEC",
        {"CTRL_ATTR_POLICY": Set(every=Set(every=attribute)), "CTRL_ATTR_OP_POLICY": Set(every=operation)},
    )


def rule():
    return Set("fib_rules.h", "FRA_UNSPEC")


def address():
    return Set("if_addr.h", "IFA_UNSPEC")


def neighbour():
    return Set("neighbour.h", "NDA_UNSPEC")


def extended_ack():
    return Set("netlink.h", "NLMSGERR_ATTR_UNUSED")


NF_TABLES = "netfilter/nf_tables.h"
CONNTRACK = "netfilter/nfnetlink_conntrack.h"


def big(header, first, nests=None, **more):
    """A set whose integers are in network byte order."""
    return Set(header, first, nests, big=True, **more)


def nft_table():
    return big(NF_TABLES, "NFTA_TABLE_UNSPEC")


def nft_chain():
    return big(
        NF_TABLES,
        "NFTA_CHAIN_UNSPEC",
        {
            "NFTA_CHAIN_HOOK": big(NF_TABLES, "NFTA_HOOK_UNSPEC"),
            "NFTA_CHAIN_COUNTERS": big(NF_TABLES, "NFTA_COUNTER_UNSPEC"),
        },
    )


def nft_rule():
    """The set of `NFT_MSG_NEWRULE`; what lies in an expression depends on its name."""
    verdict = big(NF_TABLES, "NFTA_VERDICT_UNSPEC")
    data = big(NF_TABLES, "NFTA_DATA_UNSPEC", {"NFTA_DATA_VERDICT": verdict})
    nests = {
        "bitwise": ("NFTA_BITWISE_MASK", "NFTA_BITWISE_XOR", "NFTA_BITWISE_DATA"),
        "cmp": ("NFTA_CMP_DATA",),
        "immediate": ("NFTA_IMMEDIATE_DATA",),
    }
    forms = {
        name: big(NF_TABLES, f"NFTA_{name.upper()}_UNSPEC", {nest: data for nest in nests.get(name, ())})
        for name in ("bitwise", "cmp", "counter", "ct", "immediate", "limit", "log", "lookup", "meta", "payload")
    }
    expression = big(NF_TABLES, "NFTA_EXPR_UNSPEC", select={"NFTA_EXPR_DATA": ("NFTA_EXPR_NAME", forms)})
    elements = big(NF_TABLES, "NFTA_LIST_UNSPEC", {"NFTA_LIST_ELEM": expression})
    return big(NF_TABLES, "NFTA_RULE_UNSPEC", {"NFTA_RULE_EXPRESSIONS": elements})


def conntrack():
    """The set of a connection; both directions have a tuple."""
    addresses = big(CONNTRACK, "CTA_IP_UNSPEC")
    protocol = big(CONNTRACK, "CTA_PROTO_UNSPEC")
    tuple_set = big(CONNTRACK, "CTA_TUPLE_UNSPEC", {"CTA_TUPLE_IP": addresses, "CTA_TUPLE_PROTO": protocol})
    tcp = big(CONNTRACK, "CTA_PROTOINFO_TCP_UNSPEC")
    return big(
        CONNTRACK,
        "CTA_UNSPEC",
        {
            "CTA_TUPLE_ORIG": tuple_set,
            "CTA_TUPLE_REPLY": tuple_set,
            "CTA_PROTOINFO": big(CONNTRACK, "CTA_PROTOINFO_UNSPEC", {"CTA_PROTOINFO_TCP": tcp}),
            "CTA_TIMESTAMP": big(CONNTRACK, "CTA_TIMESTAMP_UNSPEC"),
            "CTA_SYNPROXY": big(CONNTRACK, "CTA_SYNPROXY_UNSPEC"),
            "CTA_COUNTERS_ORIG": big(CONNTRACK, "CTA_COUNTERS_UNSPEC"),
            "CTA_COUNTERS_REPLY": big(CONNTRACK, "CTA_COUNTERS_UNSPEC"),
        },
    )


def inet_diag():
    return Set("inet_diag.h", "INET_DIAG_NONE")
