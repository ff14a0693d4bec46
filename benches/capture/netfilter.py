"""Captures what nftables and conntrack say over nfnetlink."""

import struct
import subprocess

import names
from hexfile import HexFile
from wire import NETLINK_NETFILTER, Netlink, messages

NFPROTO_INET, AF_INET = 1, 2
NFNL_SUBSYS_CTNETLINK, NFNL_SUBSYS_NFTABLES = 1, 10
NFT_MSG_GETTABLE, NFT_MSG_GETCHAIN, NFT_MSG_GETRULE, IPCTNL_MSG_CT_GET = 1, 4, 7, 1
NFGENMSG = ("struct nfgenmsg", 4)

RULESET = """
table inet filter {
    comment "of the tests"
    chain input {
        type filter hook input priority 0; policy accept;
        ip saddr 192.0.2.0/24 tcp dport 22 counter log prefix "ssh " accept comment "ssh"
        tcp dport { 25, 587 } ct state new limit rate 10/second burst 5 packets jump mail
    }
    chain mail {
        meta mark set 7
    }
}
"""


def setup():
    """A table with two chains and rules of several expressions, and two connections."""
    subprocess.run(["nft", "-f", "-"], input=RULESET, text=True, check=True)
    connection = ["conntrack", "-I", "-s", "192.0.2.1", "-d", "192.0.2.2"]
    for more in (
        "-p tcp --sport 1000 --dport 22 --state ESTABLISHED --timeout 600 -u SEEN_REPLY,ASSURED --mark 7",
        "-p udp --sport 53 --dport 5353 --timeout 60",
    ):
        subprocess.run([*connection, *more.split()], check=True, capture_output=True)


def vectors(facts):
    """Tables, chains, rules and connections, each taken out of its dump."""
    setup()
    for file, title, subsystem, command, family, needle, sets in (
        ("nft_table", "NFT_MSG_NEWTABLE", 10, NFT_MSG_GETTABLE, NFPROTO_INET, b"filter", names.nft_table),
        ("nft_chain", "NFT_MSG_NEWCHAIN, a base chain", 10, NFT_MSG_GETCHAIN, NFPROTO_INET, b"input", names.nft_chain),
        ("nft_rule_ssh", "NFT_MSG_NEWRULE that accepts", 10, NFT_MSG_GETRULE, NFPROTO_INET, b"ssh", names.nft_rule),
        ("nft_rule_jump", "NFT_MSG_NEWRULE that jumps", 10, NFT_MSG_GETRULE, NFPROTO_INET, b"limit", names.nft_rule),
        ("nft_rule_mark", "NFT_MSG_NEWRULE that sets a mark", 10, NFT_MSG_GETRULE, NFPROTO_INET, b"mail", names.nft_rule),
        ("ct_tcp", "IPCTNL_MSG_CT_NEW, TCP", 1, IPCTNL_MSG_CT_GET, AF_INET, b"\x03\xe8\0\0", names.conntrack),
        ("ct_udp", "IPCTNL_MSG_CT_NEW, UDP", 1, IPCTNL_MSG_CT_GET, AF_INET, b"\x14\xe9\0\0", names.conntrack),
    ):
        request = struct.pack("=BBH", family, 0, 0)
        datagrams = Netlink(NETLINK_NETFILTER).dump(subsystem << 8 | command, request)
        found = [raw for datagram in datagrams for raw in messages(datagram) if needle in raw]
        # The rule that jumps to a chain names it too; the chain's own rule comes last.
        out = HexFile(title, "command: one message of the dump", *facts)
        out.message(found[-1] if file == "nft_rule_mark" else found[0], title.split()[0].rstrip(","), NFGENMSG, sets())
        yield file, out
