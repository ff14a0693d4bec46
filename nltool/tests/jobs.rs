//! More than twenty jobs of `ip`, `tc`, `bridge`, `ethtool`, `nft` and `conntrack`, done with `nltool`: each in two namespaces, and what the
//! tools then say of them is the same.

mod common;

use common::{has, in_namespace, skip, stdout, text};
use serde_json::Value;

/// One thing to do.
struct Job {
    what: &'static str,
    /// What both need before.
    before: &'static str,
    /// How the tool does it.
    theirs: &'static str,
    /// How `nltool` does it.
    ours: &'static str,
    /// What shows that it is done, as JSON or as lines.
    state: &'static str,
}

const VETH: &str =
    "ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02";

const JOBS: &[Job] = &[
    Job {
        what: "make a pair of links",
        before: "true",
        theirs: "ip link add v0 address 02:00:00:00:00:01 mtu 1400 type veth peer name v1 address 02:00:00:00:00:02",
        ours: "$nltool do rt-link newlink --create --excl ifname=v0 address=02:00:00:00:00:01 mtu=1400 linkinfo.kind=veth
            linkinfo.data.peer.ifname=v1 linkinfo.data.peer.address=02:00:00:00:00:02",
        state: "ip -json -details link show",
    },
    Job {
        what: "set a link up, with another queue length and a text",
        before: VETH,
        theirs: "ip link set v0 up txqueuelen 77 alias uplink",
        ours: "$nltool do rt-link newlink ifname=v0 flags=up change=1 txqlen=77 ifalias=uplink",
        state: "ip -json -details link show dev v0",
    },
    Job {
        what: "make a bridge and put a link into it",
        before: VETH,
        theirs: "ip link add br0 address 02:00:00:00:00:03 type bridge ageing_time 1000 && ip link set v0 master br0",
        ours: "$nltool do rt-link newlink --create ifname=br0 address=02:00:00:00:00:03 linkinfo.kind=bridge
            linkinfo.data.ageing-time=1000 && $nltool do rt-link newlink ifname=v0 master=br0",
        state: "ip -json link show",
    },
    Job {
        what: "make a VXLAN",
        before: VETH,
        theirs: "ip link add x0 address 02:00:00:00:00:04 type vxlan id 7 remote 10.9.0.1 dstport 4789 dev v0",
        ours: "$nltool do rt-link newlink --create ifname=x0 address=02:00:00:00:00:04 linkinfo.kind=vxlan
            linkinfo.data.id=7 linkinfo.data.group=10.9.0.1 linkinfo.data.port=4789
            linkinfo.data.link=v0",
        state: "ip -json -details link show dev x0",
    },
    Job {
        what: "delete a link",
        before: VETH,
        theirs: "ip link del v0",
        ours: "$nltool do rt-link dellink ifname=v0",
        state: "ip -json link show",
    },
    Job {
        what: "add an IPv4 address",
        before: VETH,
        theirs: "ip addr add 10.9.0.2/24 dev v0 label v0:a",
        ours: "$nltool do rt-addr newaddr --create --excl family=2 prefixlen=24 index=v0
            local=10.9.0.2 address=10.9.0.2 label=v0:a",
        state: "ip -json addr show dev v0",
    },
    Job {
        what: "add an IPv6 address for an hour",
        before: VETH,
        theirs: "ip addr add 2001:db8::2/64 dev v0 valid_lft 3600 preferred_lft 1800 nodad",
        ours: "$nltool do rt-addr newaddr --create --excl family=10 prefixlen=64 index=v0
            local=2001:db8::2 flags=nodad cacheinfo.ifa-valid=3600 cacheinfo.ifa-prefered=1800",
        state: "ip -json addr show dev v0",
    },
    Job {
        what: "delete an address",
        before: "ip addr add 10.9.0.2/24 dev lo; ip addr add 10.9.0.3/24 dev lo",
        theirs: "ip addr del 10.9.0.2/24 dev lo",
        ours: "$nltool do rt-addr deladdr family=2 prefixlen=24 index=1 local=10.9.0.2",
        state: "ip -json addr show dev lo",
    },
    Job {
        what: "add a route through a gateway, with a metric and an MTU",
        before: "ip link set lo up; ip addr add 10.9.0.2/24 dev lo",
        theirs: "ip route add 10.8.0.0/16 via 10.9.0.1 metric 5 mtu 1400",
        ours: "$nltool do rt-route newroute --create --excl family=2 dst-len=16 header.table=254 protocol=boot type=unicast
            dst=10.8.0.0 gateway=10.9.0.1 priority=5 metrics.mtu=1400",
        state: "ip -json -details route show table all type unicast",
    },
    Job {
        what: "replace a route",
        before: "ip link set lo up; ip addr add 10.9.0.2/24 dev lo; ip route add 10.8.0.0/16 via 10.9.0.1",
        theirs: "ip route replace blackhole 10.8.0.0/16",
        ours: "$nltool do rt-route newroute --create --replace family=2 dst-len=16 header.table=254 protocol=boot
            type=blackhole dst=10.8.0.0",
        state: "ip -json -details route show",
    },
    Job {
        what: "delete a route",
        before: "ip link set lo up; ip route add 10.8.0.0/16 dev lo; ip route add 10.7.0.0/16 dev lo",
        theirs: "ip route del 10.8.0.0/16",
        ours: "$nltool do rt-route delroute family=2 dst-len=16 header.table=254 scope=nowhere dst=10.8.0.0",
        state: "ip -json -details route show",
    },
    Job {
        what: "add a rule",
        before: "true",
        theirs: "ip rule add from 10.8.0.0/16 fwmark 0x10/0xff lookup 100 priority 77",
        ours: "$nltool do rt-rule newrule --create --excl family=2 src-len=16 action=to-tbl header.table=100 src=10.8.0.0
            fwmark=16 fwmask=255 priority=77",
        state: "ip -json -details rule show",
    },
    Job {
        what: "add a permanent neighbour",
        before: VETH,
        theirs: "ip neigh add 10.9.0.9 lladdr 02:00:00:00:00:09 dev v0",
        ours: "$nltool do rt-neigh newneigh --create --excl family=2 header.ifindex=v0
            state=permanent dst=10.9.0.9 lladdr=02:00:00:00:00:09",
        state: "ip -json neigh show",
    },
    Job {
        what: "make a next hop object, and a route through it",
        before: "ip link set lo up; ip addr add 10.9.0.2/24 dev lo",
        theirs: "ip nexthop add id 5 via 10.9.0.1 dev lo && ip route add 10.6.0.0/16 nhid 5",
        ours: "$nltool do rt-nexthop newnexthop --create --excl family=2 id=5 gateway=10.9.0.1 oif=1 &&
            $nltool do rt-route newroute --create --excl family=2 dst-len=16 header.table=254 protocol=boot type=unicast
            dst=10.6.0.0 nh-id=5",
        state: "ip -json nexthop show; ip -json route show",
    },
    Job {
        what: "add a queue of 77 packets",
        before: VETH,
        theirs: "tc qdisc add dev v0 root handle 1: pfifo limit 77",
        ours: "$nltool do tc newqdisc --create --excl ifindex=v0 parent=4294967295 handle=65536 kind=pfifo
            options.limit=77",
        state: "tc -json qdisc show dev v0",
    },
    Job {
        what: "limit the rate of a link",
        before: VETH,
        theirs: "tc qdisc add dev v0 root handle 1: tbf rate 1mbit burst 10k latency 50ms",
        ours: "$nltool do tc newqdisc --create --excl ifindex=v0 parent=4294967295 handle=65536 kind=tbf
            options.parms.rate.rate=125000 options.parms.rate.linklayer=1 options.parms.limit=16490 options.burst=10240",
        state: "tc -json qdisc show dev v0",
    },
    Job {
        what: "add a class of traffic",
        before: "ip link add v0 type veth; tc qdisc add dev v0 root handle 1: htb default 1",
        theirs: "tc class add dev v0 parent 1: classid 1:1 htb rate 1mbit",
        ours: "$nltool do tc newtclass --create --excl ifindex=v0 parent=65536 handle=65537 kind=htb
            options.parms.rate.rate=125000 options.parms.rate.linklayer=1 options.parms.buffer=200000
            options.parms.ceil.rate=125000 options.parms.ceil.linklayer=1 options.parms.cbuffer=200000",
        state: "tc class show dev v0",
    },
    Job {
        what: "give a port of a bridge a cost",
        before: "ip link add br0 type bridge; ip link add v0 type veth; ip link set v0 master br0",
        theirs: "bridge link set dev v0 cost 77 guard on",
        ours: "$nltool do rt-link setlink family=7 index=v0 protinfo.cost=77 protinfo.guard=1",
        state: "bridge -json -details link show",
    },
    Job {
        what: "add an entry to a bridge's table",
        before: "ip link add br0 address 02:00:00:00:00:03 type bridge;
            ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02;
            ip link set v0 master br0",
        theirs: "bridge fdb add 02:00:00:00:00:09 dev v0 master static",
        ours: "$nltool do rt-neigh newneigh --create --excl family=7 header.ifindex=v0
            state=noarp flags=master lladdr=02:00:00:00:00:09",
        state: "bridge -json fdb show",
    },
    Job {
        what: "switch features of a link off",
        before: "ip link add v0 type veth",
        theirs: "ethtool -K v0 tso off gro off",
        ours: "$nltool do ethtool features-set header.dev-name=v0 'wanted={\"bits\": {\"bit\": [
            {\"name\": \"tx-tcp-segmentation\"}, {\"name\": \"tx-tcp6-segmentation\"}, {\"name\": \"rx-gro\"},
            {\"name\": \"tx-tcp-mangleid-segmentation\"}, {\"name\": \"tx-tcp-ecn-segmentation\"},
            {\"name\": \"tx-tcp-accecn-segmentation\"}]}}'",
        state: "ethtool --json -k v0",
    },
    Job {
        what: "set the numbers of a link's channels",
        before: "ip link add v0 numrxqueues 4 numtxqueues 4 type veth peer name v1 numrxqueues 4 numtxqueues 4",
        theirs: "ethtool -L v0 rx 2 tx 3",
        ours: "$nltool do ethtool channels-set header.dev-name=v0 rx-count=2 tx-count=3",
        state: "ethtool -l v0",
    },
    Job {
        what: "add an address for multipath TCP",
        before: "true",
        theirs: "ip mptcp endpoint add 10.9.0.2 id 3 signal",
        ours: "$nltool do mptcp_pm add-addr addr.family=2 addr.addr4=10.9.0.2 addr.id=3 addr.flags=1",
        state: "ip -json mptcp endpoint show",
    },
    Job {
        what: "make a table and a chain of nftables",
        before: "true",
        theirs: "nft add table inet t && nft add chain inet t c '{ type filter hook input priority 5; policy drop; }'",
        ours: "$nltool do nftables newtable --create nfgen-family=1 name=t &&
            $nltool do nftables newchain --create nfgen-family=1 table=t name=c type=filter hook.num=1 hook.priority=5
            policy=0",
        state: "nft -json list ruleset",
    },
    Job {
        what: "delete a table of nftables",
        before: "nft add table inet t; nft add table inet u",
        theirs: "nft delete table inet t",
        ours: "$nltool do nftables deltable nfgen-family=1 name=t",
        state: "nft -json list ruleset",
    },
    Job {
        what: "insert a connection into the table of conntrack",
        before: "true",
        theirs: "conntrack -I -s 10.1.0.1 -d 10.1.0.2 -p udp --sport 1000 --dport 2000 -t 500 -m 7",
        ours: "$nltool do conntrack new --create --excl nfgen-family=2
            tuple-orig.tuple-ip.ip-v4-src=10.1.0.1 tuple-orig.tuple-ip.ip-v4-dst=10.1.0.2
            tuple-orig.tuple-proto.proto-num=17 tuple-orig.tuple-proto.proto-src-port=1000
            tuple-orig.tuple-proto.proto-dst-port=2000
            tuple-reply.tuple-ip.ip-v4-src=10.1.0.2 tuple-reply.tuple-ip.ip-v4-dst=10.1.0.1
            tuple-reply.tuple-proto.proto-num=17 tuple-reply.tuple-proto.proto-src-port=2000
            tuple-reply.tuple-proto.proto-dst-port=1000 timeout=500 mark=7",
        state: "conntrack -L 2>/dev/null | sed 's/ 4[0-9][0-9] / 500 /'",
    },
];

#[test]
fn jobs_of_other_tools_are_done_with_nltool() {
    let (mut done, mut wrong) = (0, Vec::new());
    for job in JOBS {
        if !has(job.theirs.split(' ').next().unwrap()) {
            continue;
        }
        let Some(theirs) = in_namespace(&script(job, job.theirs)) else { return };
        if !theirs.status.success() {
            skip(&format!("{}: this kernel says {}", job.what, text(&theirs.stderr).trim()));
            continue;
        }
        let ours = in_namespace(&script(job, job.ours)).unwrap();
        let (our_state, their_state) = (state(text(&ours.stdout)), state(text(&theirs.stdout)));
        assert!(!their_state.is_empty(), "{}: the tool shows nothing", job.what);
        match our_state == their_state {
            true => done += 1,
            false => {
                wrong.push(format!("{}: {}\n{our_state:?}\n{their_state:?}", job.what, text(&ours.stderr)))
            }
        }
    }
    println!("{done} of {} jobs", JOBS.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn listening_sockets_are_those_that_ss_lists() {
    if !has("ss") {
        return;
    }
    let listeners: Vec<_> = (0..3).map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let ports: Vec<u16> = listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
    let theirs = std::process::Command::new("ss").args(["-Htln4"]).output().unwrap();
    let is_theirs = |port| text(&theirs.stdout).contains(&format!("127.0.0.1:{port} "));
    let ours = stdout(&["dump", "inet-diag", "socket-get", "idiag-states=0x400", "--json"], b"");
    let ours: Vec<Value> = state(&ours);
    let is_ours = |port| ours.iter().any(|socket| socket["id"]["sport"] == port);
    for port in ports {
        assert!(is_theirs(port) && is_ours(port), "{port}: {ours:?}");
    }
    assert_eq!(ours.len(), text(&theirs.stdout).lines().count());
}

#[test]
fn sockets_of_other_families_are_dumped_with_their_own_attributes() {
    let path = std::env::temp_dir().join(format!("nltool-socket-{}", std::process::id()));
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let unix = state(&stdout(&["dump", "unix-diag", "get-socket", "--json"], b""));
    let netlink = state(&stdout(&["dump", "netlink-diag", "get-socket", "--json"], b""));
    drop(listener);
    std::fs::remove_file(&path).unwrap();
    let name: String = path.to_str().unwrap().bytes().map(|byte| format!("{byte:02x}")).collect();
    let own = unix.iter().find(|socket| socket["name"].as_str().is_some_and(|own| own.starts_with(&name)));
    assert_eq!(own.map(|socket| &socket["state"]), Some(&"listen".into()), "{unix:?}");
    // The socket that asks is one of those of sock_diag.
    assert!(netlink.iter().any(|socket| socket["protocol"] == 4), "{netlink:?}");
}

#[test]
fn packet_sockets_are_dumped() {
    if !has("python3") {
        return;
    }
    // A socket of this namespace, of all protocols of Ethernet; `$nltool` is asked while it is open.
    let python = "import os, socket, subprocess\n\
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))\n\
        print(os.fstat(opened.fileno()).st_ino, flush=True)\n\
        subprocess.run([os.environ[\"nltool\"], \"dump\", \"packet-diag\", \"--json\"], check=True)";
    let Some(output) = in_namespace(&format!("python3 -c '{python}'")) else { return };
    let (inode, dumped) = text(&output.stdout).split_once('\n').unwrap_or_else(|| panic!("{output:?}"));
    let sockets = state(dumped);
    let [socket] = &sockets[..] else { panic!("{output:?}") };
    assert_eq!(socket["ino"].to_string(), inode);
    assert_eq!((&socket["type"], &socket["num"], &socket["uid"]), (&"dgram".into(), &3.into(), &0.into()));
    assert!(socket["meminfo"].as_array().is_some_and(|numbers| numbers.len() >= 9), "{socket}");
}

fn script(job: &Job, act: &str) -> String {
    format!(
        "{{ {}; }} >/dev/null 2>&1; {{ {}; }} >/dev/null || exit; {}",
        job.before,
        one_line(act),
        job.state
    )
}

fn one_line(command: &str) -> String {
    command.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a tool says, without what differs from one namespace to the next.
fn state(said: &str) -> Vec<Value> {
    let values: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(said).into_iter().collect();
    let mut values = values.unwrap_or_else(|_| said.lines().map(Value::from).collect());
    values.iter_mut().for_each(forget);
    values
}

const VOLATILE: [&str; 8] = [
    "handle",
    "bridge_id",
    "root_id",
    "gc_timer",
    "hello_timer",
    "valid_life_time",
    "preferred_life_time",
    "metainfo",
];

fn forget(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !VOLATILE.contains(&name.as_str()));
            members.values_mut().for_each(forget);
        }
        Value::Array(items) => items.iter_mut().for_each(forget),
        _ => {}
    }
}
