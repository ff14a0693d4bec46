//! Whatever ip(8), bridge(8) and tc(8) make in a namespace: every message of its dumps is read with no attribute unknown
//! in any nest, and emitted again with equal contents. Prints how many messages and attributes those were.

use super::{open, output, same_again};
use crate::left_over::Seen;
use crate::live::{in_namespace, skip};
use nl_tlv::schema::{MessageSchema, dissect};
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv::{Message, NlMessage};
use nl_tlv_families::rt_addr::{Address, GetAddress};
use nl_tlv_families::rt_link::{GetLink, Link, LinkAttrs, RtextFilter};
use nl_tlv_families::rt_neigh::{GetNeighbour, GetNeightbl, Neighbour, Neightbl};
use nl_tlv_families::rt_nexthop::{GetNextHop, NextHop};
use nl_tlv_families::rt_route::{GetRoute, Route};
use nl_tlv_families::rt_rule::{GetRule, Rule};
use nl_tlv_families::tc::{GetQdisc, GetTclass, GetTfilter, Qdisc, TcMsg, Tclass, Tfilter};
use std::process::Command;

/// Commands, each of which may fail where a kernel lacks what it is about.
const COMMANDS: &str = "
ip link set lo up
ip link add d0 type veth peer name d1
ip link set d1 up
ip link add v0 type veth peer name v1
ip link add br0 type bridge
ip link set br0 type bridge vlan_filtering 1
ip link set v1 master br0
ip link add bo0 type bond mode active-backup miimon 100
ip link add link d0 name vl5 type vlan id 5 egress-qos-map 1:2
ip link add link d0 name mv0 type macvlan mode bridge
ip link add link d0 name ipv0 type ipvlan mode l2
ip link add vx0 type vxlan id 42 dstport 4789 local 192.0.2.1
ip link add vx6 type vxlan id 43 dstport 4790 group ff05::100 dev d0
ip link add vrf0 type vrf table 100
ip link add wg0 type wireguard
ip link add gre1 type gre local 192.0.2.1 remote 192.0.2.2
ip link add gretap1 type gretap local 192.0.2.1 remote 192.0.2.3
ip link add sit1 type sit local 192.0.2.1 remote 192.0.2.4
ip link add ipip1 type ipip local 192.0.2.1 remote 192.0.2.5
ip link add gnv0 type geneve id 7 remote 192.0.2.6
ip link add nk0 type netkit
ip link add link d0 name ms0 type macsec
ip link add xf0 type xfrm dev d0 if_id 7
ip link add ifb0 type ifb
ip tuntap add tun0 mode tun
ip link set d0 up
ip link set v0 up
ip link set v1 up
ip link set br0 up
ip link property add dev d0 altname other0
ip link set d0 alias something
bridge vlan add dev v1 vid 10 pvid untagged
ip addr add 192.0.2.1/24 dev d0
ip addr add 2001:db8::1/64 dev d0
ip route add 10.1.0.0/16 via 192.0.2.7
ip route add 10.2.0.0/16 nexthop via 192.0.2.7 weight 2 nexthop via 192.0.2.8
ip route add 10.3.0.0/16 via 192.0.2.7 mtu 1400 advmss 1300 metric 7
ip route add 10.4.0.0/16 via inet6 2001:db8::2 dev d0
ip route add blackhole 10.5.0.0/16
ip -6 route add 2001:db8:1::/48 via 2001:db8::2 metric 9
ip nexthop add id 1 via 192.0.2.7 dev d0
ip nexthop add id 2 via 192.0.2.8 dev d0
ip nexthop add id 10 group 1,3/2,1
ip route add 10.6.0.0/16 nhid 10
ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev d0
bridge fdb add 02:00:00:00:00:0a dev vx0 dst 192.0.2.10
ip rule add from 10.0.0.0/8 table 99 priority 100
ip rule add fwmark 1/0xff sport 22 ipproto tcp table 98 priority 101
tc qdisc add dev d0 root handle 1: htb default 10
tc class add dev d0 parent 1: classid 1:10 htb rate 1mbit ceil 2mbit
tc qdisc add dev d0 parent 1:10 handle 10: fq_codel
tc qdisc add dev v0 root handle 2: tbf rate 1mbit burst 32kbit latency 400ms
tc qdisc add dev br0 root netem delay 10ms
tc qdisc add dev v1 clsact
tc qdisc add dev wg0 root sfq
tc qdisc add dev ifb0 root prio
tc qdisc add dev vl5 root fq
tc qdisc add dev mv0 root cake
tc filter add dev v1 ingress protocol ip flower dst_ip 10.0.0.1 ip_proto tcp dst_port 22 action drop
tc filter add dev v1 ingress matchall action mirred egress redirect dev d0
tc filter add dev d0 parent 1: protocol ip u32 match ip dst 10.0.0.0/8 flowid 1:10
";

#[derive(Default)]
struct Counts {
    messages: usize,
    attributes: usize,
}

impl Counts {
    /// Dumps; `again` reads a message and emits it.
    fn dump(
        &mut self,
        conn: &mut Connection,
        request: &impl NlMessage,
        schema: &'static MessageSchema,
        again: impl Fn(&Message<'_>),
    ) {
        let mut dump = conn.dump(request).unwrap();
        let (mut messages, mut attributes) = (0, 0);
        loop {
            let message = match dump.next_message() {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(err) => return skip(schema.name, &err.to_string()),
            };
            again(&message);
            let set = schema.attrs;
            let is_bridge = schema.name == "Link" && message.payload()[0] == 7;
            let mut seen = Seen { is_bridge, ..Seen::default() };
            seen.walk(set, message.attrs_after(schema.contents_offset() - 16), schema.name);
            assert_eq!(seen.unknown, Vec::<String>::new(), "{}", dissect(&[schema], message.as_bytes()));
            (messages, attributes) = (messages + 1, attributes + seen.known);
        }
        println!("{}: {messages} messages, {attributes} attributes, 0 unknown", schema.name);
        self.messages += messages;
        self.attributes += attributes;
    }
}

macro_rules! dump {
    ($counts:ident, $conn:ident, $message:ident, $request:expr) => {
        $counts.dump(&mut $conn, &$request, $message::SCHEMAS[0], |message| {
            let _: $message<'_> = same_again(message);
        })
    };
}

#[test]
fn everything_is_read_and_emitted_again() {
    in_namespace("live::everything::everything_is_read_and_emitted_again", || {
        let Some(_) = output("ip", &["-Version"]) else { return };
        for command in COMMANDS.lines().filter(|line| !line.is_empty()) {
            let words: Vec<&str> = command.split(' ').collect();
            let done = Command::new(words[0]).args(&words[1..]).output();
            if !done.is_ok_and(|done| done.status.success()) {
                println!("not here: {command}");
            }
        }
        let Some(mut conn) = open(Protocol::ROUTE) else { return };
        let mut counts = Counts::default();
        let attrs = LinkAttrs { ext_mask: Some(RtextFilter::VF), ..LinkAttrs::default() };
        let links = GetLink { attrs, ..GetLink::default() };
        dump!(counts, conn, Link, links);
        let mut ports = GetLink::default();
        (ports.header.family, ports.ext_mask) = (7, Some(RtextFilter::BRVLAN));
        dump!(counts, conn, Link, ports);
        dump!(counts, conn, Address, GetAddress::default());
        for family in [2, 10] {
            dump!(counts, conn, Route, GetRoute::of_family(family));
            dump!(counts, conn, Rule, GetRule::of_family(family));
            dump!(counts, conn, Neighbour, GetNeighbour::of_family(family));
        }
        dump!(counts, conn, Neighbour, GetNeighbour::of_family(7));
        dump!(counts, conn, Neightbl, GetNeightbl::default());
        dump!(counts, conn, NextHop, GetNextHop::default());
        dump!(counts, conn, Qdisc, GetQdisc::default());
        let names = output("ip", &["-brief", "link"]).unwrap();
        for ifindex in 1..=i32::try_from(names.lines().count()).unwrap() {
            let header = TcMsg { ifindex, ..TcMsg::default() };
            dump!(counts, conn, Tclass, GetTclass { header, ..GetTclass::default() });
            dump!(counts, conn, Tfilter, GetTfilter { header, ..GetTfilter::default() });
            let ingress = TcMsg { parent: 0xffff_fff2, ..header };
            dump!(counts, conn, Tfilter, GetTfilter { header: ingress, ..GetTfilter::default() });
        }
        println!("{} messages, {} attributes", counts.messages, counts.attributes);
        assert!(counts.messages > 20);
    });
}
