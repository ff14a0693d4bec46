"""Decodes the same bytes with the kernel's own client in Python and with nltool, and compares the JSON.

compare.py CLIENT SPECS NLTOOL [CAPTURE ..]: the directory of the client's program, that of the kernel's specifications,
the program, and captures to be read beside the dumps of the running kernel: pcap, or messages of rtnetlink as they are. What differs is either explained below,
with who is right, or makes this program fail. Run it in a network namespace of its own: it makes links, routes and rules.
"""

import collections
import ipaddress
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

CLIENT, SPECS, NLTOOL = sys.argv[1:4]
CAPTURES = sys.argv[4:]
sys.path.insert(0, CLIENT)
import cli  # noqa: E402, the client's own program
from lib import YnlException, YnlFamily  # noqa: E402
from lib.ynl import GenlProtocol, NlMsg, NlMsgs  # noqa: E402

# Families and dumps of the running kernel.
DUMPS = [
    ("rt-link", "getlink", {}),
    ("rt-link", "getlink", {"ext-mask": 1}),
    ("rt-addr", "getaddr", {}),
    ("rt-route", "getroute", {}),
    ("rt-neigh", "getneigh", {}),
    ("rt-neigh", "getneightbl", {}),
    ("rt-rule", "getrule", {}),
    ("tc", "getqdisc", {}),
    ("tc", "gettclass", {"ifindex": 1}),
    ("nftables", "gettable", {"nfgen-family": 0}),
    ("nftables", "getchain", {"nfgen-family": 0}),
    ("nftables", "getrule", {"nfgen-family": 0}),
    ("nftables", "getset", {"nfgen-family": 0}),
    ("conntrack", "get", {}),
    ("nlctrl", "getfamily", {}),
    ("nlctrl", "getpolicy", {"family-name": "nlctrl"}),
    ("netdev", "dev-get", {}),
    ("netdev", "queue-get", {}),
    ("netdev", "qstats-get", {}),
    ("ethtool", "linkinfo-get", {}),
    ("ethtool", "features-get", {}),
    ("ethtool", "linkmodes-get", {}),
    ("ethtool", "linkstate-get", {}),
    ("ethtool", "channels-get", {}),
    ("ethtool", "rings-get", {}),
    ("ethtool", "coalesce-get", {}),
    ("ethtool", "tsinfo-get", {}),
    ("ethtool", "strset-get", {}),
    ("mptcp_pm", "get-addr", {}),
    ("tcp_metrics", "get", {}),
]

# What the kernel is asked about: as far as it has the kinds of links.
STATE = """
ip link set lo up
ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up
ip link add b0 type bridge; ip link set v1 master b0; ip link set b0 up
ip link add x0 type vxlan id 7 remote 10.9.0.1 dstport 4789 dev v0
ip link add m0 link v0 type macvlan mode bridge
ip link add link v0 name v0.5 type vlan id 5
ip addr add 10.9.0.2/24 dev v0; ip addr add 2001:db8::2/64 dev v0
ip route add 10.8.0.0/16 via 10.9.0.1; ip route add 10.7.0.0/16 nexthop via 10.9.0.1 nexthop via 10.9.0.3
ip route add 10.6.0.0/16 via 10.9.0.1 mtu 1400; ip -6 route add 2001:db8:1::/48 via 2001:db8::1
ip rule add from 10.8.0.0/16 lookup 100; ip neigh add 10.9.0.9 lladdr 02:00:00:00:00:09 dev v0
tc qdisc add dev v0 root handle 1: htb default 1; tc class add dev v0 parent 1: classid 1:1 htb rate 1mbit
tc qdisc add dev v1 root fq_codel; tc qdisc add dev b0 root tbf rate 1mbit burst 10k latency 50ms
nft add table inet t; nft add chain inet t c '{ type filter hook input priority 0; }'
nft add rule inet t c ct state established counter accept; nft add set inet t s '{ type ipv4_addr; }'
ip mptcp endpoint add 10.9.0.2 id 3
"""

# Of a large capture the beginning is compared.
MAX_CAPTURE = 1 << 20

Message = collections.namedtuple("Message", "protocol data")


def recorded(ynl, operation, vals):
    """The messages of a dump, as they came."""
    found = []
    recv = ynl._recvmsg

    def recording(flags=0):
        reply, ancillary = recv(flags)
        found.append(reply)
        return reply, ancillary

    ynl._recvmsg = recording
    try:
        ynl.dump(operation, dict(vals))
    except Exception as err:  # the kernel refuses, or the client cannot read an answer: what came counts
        print(f"# {ynl.yaml['name']} {operation}: {type(err).__name__}: {str(err)[:120]}")
    finally:
        ynl._recvmsg = recv
    for reply in found:
        yield from (Message(ynl.nlproto.proto_num, msg.hdr + msg.raw) for msg in NlMsgs(reply))


def captured(path):
    """The messages of a capture of netlink."""
    with open(path, "rb") as file:
        data = file.read(MAX_CAPTURE)
    if not path.endswith(".pcap"):
        yield from (Message(0, msg.hdr + msg.raw) for msg in NlMsgs(whole(data)))
        return
    at = 24
    while at + 16 <= len(data):
        length = struct.unpack_from("I", data, at + 8)[0]
        packet = data[at + 16 : at + 16 + length]
        at += 16 + length
        protocol = struct.unpack_from(">H", packet, 14)[0]
        if protocol == 15 or len(packet) < 32:
            continue
        for msg in NlMsgs(packet[16:]):
            yield Message(protocol, msg.hdr + msg.raw)


def whole(data):
    """As many messages as are there completely."""
    at = 0
    while at + 16 <= len(data) and at + struct.unpack_from("I", data, at)[0] <= len(data):
        at += (struct.unpack_from("I", data, at)[0] + 3) & ~3
    return data[:at]


def family(name):
    try:
        return YnlFamily(f"{SPECS}/{name}.yaml", schema="", process_unknown=False)
    except Exception as err:
        print(f"# {name}: {err}")
        return None


class Client:
    """The kernel's client, with all specifications of this kernel."""

    def __init__(self):
        names = sorted(file[:-5] for file in os.listdir(SPECS) if file.endswith(".yaml"))
        self.families = {name: made for name in names if (made := family(name))}
        ids = {known["id"]: name for name, known in GenlProtocol.genl_family_name_to_id.items()}
        self.by_id = {number: self.families[name] for number, name in ids.items() if name in self.families}

    def of(self, message):
        """The family of a message from the kernel."""
        ty = struct.unpack_from("H", message.data, 4)[0]
        if message.protocol == 16:
            return self.by_id.get(ty)
        for ynl in self.families.values():
            if ynl.nlproto.proto_num == message.protocol and ty in ynl.rsp_by_value:
                return ynl
        return None

    def decode(self, ynl, message):
        msg = NlMsg(message.data, 0)
        decoded = ynl.nlproto.decode(ynl, msg, None)
        operation = ynl.rsp_by_value[decoded.cmd()]
        contents = ynl._decode(decoded.raw_attrs, operation.attr_set.name)
        if operation.fixed_header:
            contents.update(ynl._decode_struct(decoded.raw, operation.fixed_header))
        return operation.name, json.loads(json.dumps(contents, cls=cli.YnlEncoder))


def of_nltool(messages, options):
    """What nltool shows of each message."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        file.write(struct.pack("IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, 253))
        for message in messages:
            cooked = struct.pack(">HH10xH", 0, 824, message.protocol)
            packet = cooked + message.data
            file.write(struct.pack("IIII", 0, 0, len(packet), len(packet)) + packet)
        file.flush()
        command = [NLTOOL, *options, "decode", "--ask-kernel", "--all", "--json", file.name]
        shown = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in shown.stdout.splitlines()]


MISSING = "nothing"

# Beginnings of the members' names of the kernel's structs, which our own families leave out.
PREFIX = re.compile(r"^(ifi|ifa|rtm|ndm|ndt|ndtc|rta|tcm|tca|nfgen|frh|ifla|prefixlen)-(?=.)")


def plain(name, is_built_in):
    """A name as it is compared: of the built-in families, without what stands before it."""
    if not is_built_in:
        return name
    return PREFIX.sub("", name.removeprefix("header.")).replace("-", "").replace("_", "").lower()


def differences(ours, theirs, is_built_in, path=""):
    """What differs: the reason if it is known, the path, and what each has."""
    if ours == theirs:
        return
    if isinstance(ours, dict) and isinstance(theirs, dict):
        yield from of_objects(ours, theirs, is_built_in, path)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        if is_flags(ours) and is_flags(theirs) and names(ours) == names(theirs):
            yield "order of flags", path, ours, theirs
            return
        if all(is_counted(item) for item in theirs) and not any(is_counted(item) for item in ours):
            yield "array with counted entries", path, ours, theirs
            theirs = [next(iter(item.values())) for item in theirs]
        for our, their in zip(ours, theirs):
            yield from differences(our, their, is_built_in, f"{path}[]")
    else:
        yield reason(path, ours, theirs, is_built_in), path, ours, theirs


def keys(members, is_built_in):
    """The names of an object as they are compared, and as they are. Where the kernel's struct and the attributes have one
    name, that of the struct is set apart, as nltool does."""
    if not is_built_in:
        return {name: name for name in members}
    taken = {plain(name, True) for name in members if not PREFIX.match(name) and not name.startswith("header.")}
    found = {}
    for name in members:
        key = plain(name, True)
        is_of_struct = name.startswith("header.") or PREFIX.match(name)
        found[f"header.{key}" if is_of_struct and key in taken else key] = name
    return found


def of_objects(ours, theirs, is_built_in, path):
    our_names, their_names = keys(ours, is_built_in), keys(theirs, is_built_in)
    for key, name in our_names.items():
        if key in their_names:
            yield from differences(ours[name], theirs[their_names[key]], is_built_in, f"{path}.{name}")
        elif name.startswith("header."):
            yield "field of the header that an attribute has the name of", f"{path}.{name}", ours[name], MISSING
        else:
            yield reason(f"{path}.{name}", ours[name], MISSING, is_built_in), f"{path}.{name}", ours[name], MISSING
    for key, name in their_names.items():
        if key not in our_names:
            yield reason(f"{path}.{name}", MISSING, theirs[name], is_built_in), f"{path}.{name}", MISSING, theirs[name]


def is_flags(value):
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def names(flags):
    return sorted(plain(flag, True) for flag in flags)


def is_counted(item):
    return isinstance(item, dict) and len(item) == 1 and all(key.isdigit() for key in item)


# Reasons: what they are called below, whether they apply, and who is right.
REASONS = [
    (
        "hint to show a number in hexadecimal",
        lambda path, ours, theirs: isinstance(ours, int) and isinstance(theirs, str) and theirs.startswith("0x")
        and int(theirs, 16) == ours,
        "both: a number in JSON can be calculated with",
    ),
    (
        "longer struct",
        lambda path, ours, theirs: path.endswith(".rest") and theirs is MISSING,
        "nltool: the client drops the bytes that the specification does not have",
    ),
    (
        "entries by type",
        lambda path, ours, theirs: re.match(r"\.(op-policy|policy)\b", path),
        "nltool: it shows all entries, the client the first one of each level",
    ),
    (
        "padding of C",
        lambda path, ours, theirs: ".options.parms." in path,
        "nltool: the specification does not write the padding, and the client does not add it",
    ),
]

OTHERS = {
    "order of flags": "both: the flags are the same",
    "array with counted entries": "both: the count says nothing that the order does not",
    "field of the header that an attribute has the name of": "nltool: of two values the client shows one",
    "the client has no format": "nltool: the client shows nothing of the whole message",
}

# What our own families correct or name otherwise; the files in families/corrections say why.
BUILT_IN = [
    (
        "names of numbers that the specification has none for",
        lambda path, ours, theirs: isinstance(ours, str)
        and isinstance(theirs, int)
        and re.search(r"[.-](addr-gen-mode|family|handle|linkmode|operstate|parent|policy|pref|proto|protocol|scope|state|table|type)$", path),
        "both: the numbers are the same",
    ),
    (
        "flags that the specification has as a number",
        lambda path, ours, theirs: path.endswith(".flags") and isinstance(ours, list) and isinstance(theirs, int)
        and len(ours) == theirs.bit_count(),
        "both: the bits are the same",
    ),
    (
        "next hops that the specification has as bytes",
        lambda path, ours, theirs: path.endswith(".multipath") and isinstance(ours, list) and isinstance(theirs, str),
        "nltool: the kernel sends records with attributes",
    ),
    (
        "priority of a bridge in network order",
        lambda path, ours, theirs: path.endswith("-id.prio") and ours == (theirs & 0xFF) << 8 | theirs >> 8,
        "nltool: struct ifla_bridge_id has two bytes, the higher one first",
    ),
    (
        "members that the specification of a struct leaves out",
        lambda path, ours, theirs: theirs is MISSING and re.search(r"\.(cacheinfo\.(id|ts|tsage)|res[12])$", path),
        "nltool: linux/rtnetlink.h and linux/fib_rules.h have them",
    ),
    (
        "numbers of attributes of nftables' chains",
        lambda path, ours, theirs: re.match(r"\.(flags|id)$", path) and MISSING in (ours, theirs),
        "nltool: NFTA_CHAIN_FLAGS is 10, which the specification takes for the next one",
    ),
    (
        "numbers of IPv6's settings",
        lambda path, ours, theirs: path.endswith(".conf[]") and ours + (1 << 32) == theirs,
        "nltool: the kernel's are signed, and -1 is a usual value",
    ),
    (
        "address that the specification has as bytes",
        lambda path, ours, theirs: path.endswith(".token") and ipaddress.ip_address(ours).packed.hex() == theirs,
        "both: the bytes are the same",
    ),
    (
        "nest without attributes that the specification has as bytes",
        lambda path, ours, theirs: path.endswith("-port") and ours == {} and theirs == "",
        "nltool: the kernel sends a nest",
    ),
]


def reason(path, ours, theirs, is_built_in):
    for name, applies, _ in REASONS:
        if applies(path, ours, theirs):
            return name
    for name, applies, _ in BUILT_IN if is_built_in else []:
        if applies(path, ours, theirs):
            return name
    if is_built_in and isinstance(ours, str) and isinstance(theirs, str) and plain(ours, True) == plain(theirs, True):
        return None
    return "UNEXPLAINED"


def messages_of(client):
    """Of the running kernel and of the captures, without those that every family has."""
    messages = []
    for name, operation, vals in DUMPS:
        ynl = client.families.get(name)
        if ynl and operation in ynl.ops:
            messages.extend(recorded(ynl, operation, vals))
    for path in CAPTURES:
        messages.extend(captured(path))
    return [message for message in messages if struct.unpack_from("H", message.data, 4)[0] >= 16]


def compare(client, messages, is_built_in):
    """Compares all messages; how many differ without a known reason."""
    options = [] if is_built_in else [f"--spec={SPECS}/{name}.yaml" for name in client.families]
    shown = of_nltool(messages, options)
    assert len(shown) == len(messages), f"{len(messages)} messages, {len(shown)} shown"
    counts, reasons, unexplained = collections.Counter(), collections.Counter(), {}
    for message, ours in zip(messages, shown):
        ynl = client.of(message)
        if ynl is None:
            continue
        name = ynl.yaml["name"]
        counts[name] += 1
        try:
            _, theirs = client.decode(ynl, message)
        except YnlException as err:
            assert "No message format" in str(err), err
            reasons["the client has no format"] += 1
            continue
        found = differences(ours.get("contents", MISSING), theirs, is_built_in)
        for why, path, our, their in found:
            if why == "UNEXPLAINED":
                where = f"{name} {ours.get('message')} {path}"
                unexplained.setdefault(where, f"nltool {str(our)[:120]}, the client {str(their)[:120]}")
            elif why:
                reasons[why] += 1
    report(counts, reasons, unexplained, "the families of nltool itself" if is_built_in else "the kernel's specifications")
    return len(unexplained)


def report(counts, reasons, unexplained, what):
    print(f"with {what}: {sum(counts.values())} messages of {len(counts)} families")
    print("   ", ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    right = {**OTHERS, **{name: who for name, _, who in [*REASONS, *BUILT_IN]}}
    for why, count in reasons.most_common():
        print(f"    {count:4} × {why}: {right[why]}")
    for where, what in sorted(unexplained.items()):
        print(f"    DIFFERS {where}: {what}")


def main():
    for line in STATE.splitlines():
        for command in filter(None, map(str.strip, line.split("; "))):
            subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    client = Client()
    messages = messages_of(client)
    differ = [compare(client, messages, is_built_in) for is_built_in in (False, True)]
    sys.exit(1 if any(differ) or not messages else 0)


main()
