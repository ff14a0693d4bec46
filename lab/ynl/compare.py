"""Decodes the same bytes with the kernel's own client in Python and with nltool, and compares the JSON.

compare.py CLIENT SPECS NLTOOL [CAPTURE ..]: the directory of the client's program, that of the kernel's specifications,
the program, and captures (pcap) to be read beside the dumps of the running kernel. What differs is either explained below,
with who is right, or makes this program fail. Run it in a network namespace of its own: it makes links, routes and rules.
"""

import collections
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
from lib import YnlFamily  # noqa: E402
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
        data = file.read()
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


def differences(ours, theirs, path=""):
    """Paths where the two differ, with what each has."""
    if ours == theirs:
        return
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in [*ours, *(key for key in theirs if key not in ours)]:
            if key not in ours or key not in theirs:
                yield f"{path}.{key}", ours.get(key, MISSING), theirs.get(key, MISSING)
            else:
                yield from differences(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        if all(isinstance(item, str) for item in ours) and sorted(ours) == sorted(map(str, theirs)):
            yield f"{path}[]", "in the order of the bits", "sorted"
            return
        for item, (our, their) in enumerate(zip(ours, theirs)):
            yield from differences(our, their, f"{path}[]")
    else:
        yield path, ours, theirs


MISSING = "nothing"


def main():
    for line in STATE.splitlines():
        for command in filter(None, map(str.strip, line.split(";"))):
            subprocess.run(["sh", "-c", command], capture_output=True)
    client = Client()
    messages = []
    for name, operation, vals in DUMPS:
        ynl = client.families.get(name)
        if ynl and operation in ynl.ops:
            messages.extend(recorded(ynl, operation, vals))
    for path in CAPTURES:
        messages.extend(captured(path))
    messages = [message for message in messages if struct.unpack_from("H", message.data, 4)[0] >= 16]
    shown = of_nltool(messages, [f"--spec={SPECS}/{name}.yaml" for name in client.families])
    assert len(shown) == len(messages), f"{len(messages)} messages, {len(shown)} shown"
    found = collections.defaultdict(list)
    for message, ours in zip(messages, shown):
        ynl = client.of(message)
        if ynl is None:
            found[("-", ours["family"], "", "the client has no family for it")].append((0,0))
            continue
        name = ynl.yaml["name"]
        try:
            _, theirs = client.decode(ynl, message)
        except Exception as err:
            found[(name, ours.get("message"), "", f"client: {type(err).__name__} {err}"[:150])].append((0,0))
            continue
        found[(name, ours.get("message"), "", "compared")].append((0,0))
        for path, our, their in differences(ours.get("contents", MISSING), theirs):
            found[(name, ours.get("message"), path, "differs")].append((our, their))
    for key, pairs in sorted(found.items(), key=lambda item: tuple(map(str, item[0]))):
        print(len(pairs), *key, "" if not key[2] else f"ours {str(pairs[0][0])[:150]} | theirs {str(pairs[0][1])[:150]}")


main()
