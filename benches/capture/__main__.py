"""Captures real netlink messages for the benches and the tests.

    python3 benches/capture dumps benches/data
    python3 benches/capture vectors nl-tlv/tests/vectors [NAME ...]
    python3 benches/capture guest nl-tlv/tests/vectors

Each capture is made in a network namespace of its own, which ends with it; nothing outside is touched. Without root an
unprivileged user namespace is used. Needs iproute2, nftables, conntrack, unshare and the kernel's user headers
(`linux-libc-dev`). `guest` captures in the virtual machine of `cargo xtask vm` what this machine's kernel may lack.
"""

import datetime
import os
import platform
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True


def inside(what, name, target):
    """Runs in the new namespace: makes one capture and writes it."""
    if what == "dumps":
        from dumps import DUMPS

        datagrams = DUMPS[name]()
        (target / f"{name}.bin").write_bytes(b"".join(datagrams))
        print(f"{name}.bin: {len(datagrams)} datagrams, {sum(map(len, datagrams))} bytes")
    else:
        from vectors import vectors

        facts = (f"kernel: {platform.release()}, little-endian", f"date: {datetime.date.today()}")
        write(((file, out) for file, out in vectors(facts) if name in ("all", file)), target)


def write(files, target):
    """Writes the files of some vectors."""
    for file, out in files:
        out.write(target / f"{file}.hex")
        print(f"{file}.hex: {len(out.bytes)} bytes")


def main():
    """Runs each capture under `unshare`, or in the guest."""
    if len(sys.argv) == 5 and sys.argv[1] == "--inside":
        return inside(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    if len(sys.argv) < 3 or sys.argv[1] not in ("dumps", "vectors", "guest"):
        sys.exit(__doc__)
    assert sys.byteorder == "little", "the vectors are kept little-endian"
    what, target, *names = sys.argv[1:]
    if what == "guest":
        from guest import vectors

        return write(vectors(f"date: {datetime.date.today()}"), Path(target))
    unshare = ["unshare", "--net"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    for name in names or (("route", "mixed", "link", "genl") if what == "dumps" else ("all",)):
        command = [*unshare, sys.executable, str(Path(__file__).parent), "--inside", what, name, target]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
