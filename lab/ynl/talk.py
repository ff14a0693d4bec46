"""Speaks with the modules greet and rtm through the kernel's own client in Python, with the specifications that are
exported from our schemas, and compares what it shows with nltool. Runs in a guest; writes TAP, and each command as a
comment.

talk.py CLIENT SPECS: the directories of the client's program and of the specifications.
"""

import contextlib
import io
import json
import re
import subprocess
import sys
import threading
import time

CLIENT, SPECS = sys.argv[1:3]
sys.path.insert(0, CLIENT)
import cli  # noqa: E402, the client's own program

POINTS = []
# How long each program took, in seconds.
TOOK = [0]
SAID = []


def point(fact):
    """A test with the fact that it shows."""

    def keep(test):
        POINTS.append((fact, test))
        return test

    return keep


def show(words, text):
    if threading.current_thread() is not threading.main_thread():
        # What is printed now would be taken for words of the client.
        SAID.append((words, text))
        return
    print("# $", " ".join(words))
    for line in text.splitlines():
        print("#  ", line if len(line) < 300 else line[:300] + " ..")


def ynl(spec, *words):
    """Runs the client: its exit status and what it says."""
    sys.argv = ["cli.py", "--spec", f"{SPECS}/{spec}.yaml", "--no-schema", "--output-json", *words]
    out, status, began = io.StringIO(), 0, time.monotonic()
    with contextlib.redirect_stdout(out):
        try:
            cli.main()
        except SystemExit as end:
            status = end.code or 0
    if "--subscribe" not in words:
        TOOK.append(time.monotonic() - began)
    show(["cli.py", "--spec", f"{spec}.yaml", *(word[:80] for word in words)], out.getvalue())
    return status, out.getvalue()


def answer(spec, *words):
    status, text = ynl(spec, *words)
    assert status == 0, text
    return json.loads(text)


def events(spec, group, act):
    """What the client hears on a group while `act` is done."""
    # Under emulation, on a busy machine, a program may take seconds to start.
    slowest = max(TOOK)
    thread = threading.Timer(1.5 + slowest, act)
    thread.start()
    duration = round(4 + 4 * slowest)
    status, text = ynl(spec, "--subscribe", group, "--duration", str(duration))
    thread.join()
    while SAID:
        show(*SAID.pop())
    assert status == 0, text
    return [json.loads(line) for line in text.splitlines()]


def nltool(spec, *words):
    """Runs nltool: the objects that it shows."""
    command = ["nltool", "--spec", f"{SPECS}/{spec}.yaml", *words, "--json"]
    began = time.monotonic()
    ended = subprocess.run(command, capture_output=True, text=True)
    TOOK.append(time.monotonic() - began)
    show(["nltool", "--spec", f"{spec}.yaml", *words], ended.stdout + ended.stderr)
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def same(ours, theirs):
    assert ours == theirs, f"nltool: {ours}, the client: {theirs}"


ROUTES = [
    {"table": "blue", "dst": {"addr": "10.0.0.0", "len": 8}, "nexthop": [{"gateway": "192.0.2.1", "oif": "eth0"}]},
    {
        "table": "blue",
        "dst": {"addr": "2001:db8::", "len": 32},
        "nexthop": [{"gateway": "2001:db8::1", "weight": 3}, {"oif": "eth1"}],
        "metric": 7,
    },
]


@point("greet answers the client")
def hello():
    reply = answer("greet", "--do", "hello", "--json", '{"text": "Hello from Python"}')
    assert re.fullmatch(r"Msg from Process \d+ has been processed by kernel", reply["text"]), reply


@point("greet answers nltool with the same object")
def hello_of_nltool():
    theirs = answer("greet", "--do", "hello", "--json", '{"text": "Hello"}')
    [ours] = nltool("greet", "do", "greet", "hello", "text=Hello")
    for reply in (ours, theirs):
        reply["text"] = re.sub(r"\d+", "N", reply["text"])
    same(ours, theirs)


@point("a text that is too long is refused, with the attribute")
def too_long():
    status, text = ynl("greet", "--do", "hello", "--json", json.dumps({"text": "x" * 1025}))
    assert status == 1 and "'bad-attr': '.text'" in text, text


@point("the client hears greetings")
def greetings():
    def act():
        nltool("greet", "do", "greet", "hello", "text=Is anybody there?")

    [event] = events("greet", "events", act)
    assert event["name"] == "event" and event["msg"]["text"] == "Is anybody there?", event
    assert event["msg"]["port"] > 0, event


@point("rtm makes a table for the client")
def table():
    assert answer("rtm", "--create", "--do", "table-new", "--json", '{"name": "blue"}') is None
    [ours] = nltool("rtm", "do", "rtm", "table-get", "name=blue")
    same(ours, answer("rtm", "--do", "table-get", "--json", '{"name": "blue"}'))


@point("routes that the client makes are dumped alike by both")
def routes():
    for route in ROUTES:
        answer("rtm", "--create", "--do", "route-new", "--json", json.dumps(route))
    theirs = answer("rtm", "--dump", "route-get", "--json", '{"table": "blue"}')
    same(nltool("rtm", "dump", "rtm", "route-get", "table=blue"), theirs)
    assert [route["dst"] for route in theirs] == [route["dst"] for route in ROUTES], theirs
    assert theirs[1]["nexthop"][0] == {"gateway": "2001:db8::1", "weight": 3}, theirs


@point("the longest prefix is found through the client")
def lookup():
    found = answer("rtm", "--do", "route-get", "--json", '{"table": "blue", "lookup": "10.1.2.3"}')
    assert found["dst"] == {"addr": "10.0.0.0", "len": 8}, found


@point("an attribute out of its range is refused, with the path")
def refused():
    wrong = {"table": "blue", "dst": {"addr": "10.0.0.0", "len": 200}, "nexthop": [{"oif": "eth0"}]}
    status, text = ynl("rtm", "--create", "--do", "route-new", "--json", json.dumps(wrong))
    assert status == 1 and "'bad-attr': '.dst.len'" in text, text


@point("the client hears that nltool deletes a route")
def deleted():
    def act():
        nltool("rtm", "do", "rtm", "route-del", "table=blue", "dst.addr=10.0.0.0", "dst.len=8")

    [event] = events("rtm", "routes", act)
    assert event["name"] == "route-del-ntf" and event["msg"]["dst"]["addr"] == "10.0.0.0", event


def main():
    print(f"1..{len(POINTS)}")
    status = 0
    for number, (fact, test) in enumerate(POINTS, 1):
        try:
            test()
            print(f"ok {number} - {fact}")
        except Exception as err:  # pylint: disable=broad-except
            status = 1
            print(f"not ok {number} - {fact}")
            print("#", type(err).__name__, str(err).replace("\n", " ")[:2000])
        sys.stdout.flush()
    sys.exit(status)


main()
