"""Captures in the virtual machine of `cargo xtask vm`, by the project's own `monitor` and its `--pcap`."""

import struct
import subprocess

import names
from hexfile import HexFile
from vectors import IFINFOMSG
from wire import messages

LANE = "6.12"
COMMAND = "ip link add link d0 name v5 type vlan id 5"
# The first line on standard error says that it listens.
SCRIPT = f"""
cd /tmp
modprobe dummy
modprobe 8021q
ip link add d0 address 02:00:00:00:00:01 type dummy
mkfifo ready
monitor --pcap capture --count 2 >/dev/null 2>ready &
read line <ready
{COMMAND}
wait
uname -r
xxd -p capture
"""
PCAP_HEADER, PACKET_HEADER, COOKED_HEADER = 24, 16, 16


def packets(capture):
    """What lies in each packet of a capture."""
    assert struct.unpack_from("=I", capture) == (0xA1B2C3D4,), "no capture"
    at = PCAP_HEADER
    while at < len(capture):
        start, length = at + PACKET_HEADER, struct.unpack_from("=I", capture, at + 8)[0]
        at = start + length
        yield capture[start + COOKED_HEADER : at]


def vectors(date):
    """The event of a new VLAN, which this machine's kernel may not have."""
    run = ["cargo", "xtask", "vm", "--kernel", LANE, "--", "sh", "-c", SCRIPT]
    release, *digits = subprocess.run(run, text=True, check=True, capture_output=True).stdout.split()
    capture = bytes.fromhex("".join(digits))
    # The link below has an event of its own.
    raw = next(raw for packet in packets(capture) for raw in messages(packet) if b"vlan\0" in raw)
    facts = (f"command: {COMMAND}, in the guest of cargo xtask vm", f"kernel: {release}, little-endian", date)
    out = HexFile("RTM_NEWLINK of a vlan link, the event of its making", *facts)
    out.message(raw, "RTM_NEWLINK", IFINFOMSG, names.link())
    yield "link_vlan", out
