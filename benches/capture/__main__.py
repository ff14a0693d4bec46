"""Captures real netlink messages for the benches and the tests.

    python3 benches/capture dumps benches/data
    python3 benches/capture vectors nl-tlv/tests/vectors

Each capture is made in a network namespace of its own, which ends with it; nothing outside is touched. Without root an
unprivileged user namespace is used. Needs iproute2, unshare and the kernel's user headers (`linux-libc-dev`).
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
        for file, out in vectors(facts):
            out.write(target / f"{file}.hex")
            print(f"{file}.hex: {len(out.bytes)} bytes")


def main():
    """Runs each capture under `unshare`."""
    if len(sys.argv) == 5 and sys.argv[1] == "--inside":
        return inside(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    if len(sys.argv) != 3 or sys.argv[1] not in ("dumps", "vectors"):
        sys.exit(__doc__)
    assert sys.byteorder == "little", "the vectors are kept little-endian"
    what, target = sys.argv[1], sys.argv[2]
    unshare = ["unshare", "--net"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    for name in ("route", "link", "genl") if what == "dumps" else ("all",):
        command = [*unshare, sys.executable, str(Path(__file__).parent), "--inside", what, name, target]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
