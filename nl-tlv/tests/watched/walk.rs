//! Random walks: what raw tools (`ip`, `tc`, `sysctl`) change at random, and what `ip` says of it afterwards, which no filter
//! of ours has seen. Each walk runs for `NL_TLV_WATCH_SECONDS` (3) and prints its seed, which `NL_TLV_SEED` sets.
//!
//! What a watch may have otherwise than `ip` is in [`EXCEPTIONS`], in the words of the page of its definition.

mod facts;

use crate::netns::{in_namespace, skip};
use crate::random::{Random, number};
use crate::{Followed, changes};
use facts::{Fact, Facts};
use nl_tlv::{Keyed, NlMessage};
use nl_tlv_families::rt_addr::GetAddress;
use nl_tlv_families::rt_neigh::GetNeighbour;
use nl_tlv_families::rt_nexthop::GetNextHop;
use nl_tlv_families::rt_route::GetRoute;
use nl_tlv_families::rt_rule::GetRule;
use nl_tlv_families::watch::{Addresses, Links, Neighbours, NextHops, Routes, Rules};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a watch may have otherwise than the kernel, and the words that say so to whoever uses the definition.
struct Exception {
    page: &'static str,
    words: &'static str,
    /// Whether this difference is one.
    is_one: fn(&Difference<'_>) -> bool,
}

/// One fact of one object.
struct Difference<'a> {
    of: &'a str,
    fact: Fact,
    watched: &'a str,
    kernel: &'a str,
    /// All that the kernel says of the object.
    object: &'a Facts,
}

const LINKS: &str = include_str!("../../../families/src/watch/links.rs");
const NEIGHBOURS: &str = include_str!("../../../families/src/watch/neighbours.rs");
const ADDRESSES: &str = include_str!("../../../families/src/watch/addresses.rs");

const EXCEPTIONS: &[Exception] = &[
    Exception {
        page: LINKS,
        words: "| the same of a link that is down | when it comes up",
        is_one: |it| it.of == "links" && TOLD_WHILE_UP.contains(&it.fact) && !facts::is_up(it.object),
    },
    Exception {
        page: LINKS,
        words: "| limits of offloading (`gso_max_size` and all like it)",
        is_one: |it| it.of == "links" && it.fact == "gso_max_size",
    },
    Exception {
        page: NEIGHBOURS,
        words: "`NUD_STALE` or `NUD_REACHABLE` may be `NUD_DELAY` in fact",
        is_one: |it| {
            it.of == "neighbours"
                && it.fact == "state"
                && ["STALE", "REACHABLE"].contains(&it.watched)
                && it.kernel == "DELAY"
        },
    },
];

/// What the kernel tells of a link only while it is up.
const TOLD_WHILE_UP: &[Fact] = &["group", "ifalias", "altnames", "linkmode", "addrgen"];

/// Objects that `ip` shows and a watch does not have: [`facts`] leaves them out.
const LEFT_OUT: &[(&str, &str)] = &[
    (NEIGHBOURS, "| being resolved (`NUD_INCOMPLETE`) or not resolved (`NUD_FAILED`) | no"),
    (NEIGHBOURS, "| `NUD_NOARP`, made by the kernel: multicast, broadcast, interfaces without ARP | no"),
    (ADDRESSES, "one of IPv6 as soon as the kernel knows that no other machine has it"),
];

#[test]
fn every_exception_is_said_on_the_page_of_its_definition() {
    let exceptions = EXCEPTIONS.iter().map(|exception| (exception.page, exception.words));
    for (page, words) in exceptions.chain(LEFT_OUT.iter().copied()) {
        assert!(page.lines().any(|line| line.starts_with("///") && line.contains(words)), "{words}");
    }
}

/// A watch, what `ip` says of the same, and what changes it.
struct Walk<O: Keyed> {
    of: &'static str,
    watched: for<'a> fn(O::View<'a>) -> Facts,
    kernel: fn() -> Vec<Facts>,
    setup: String,
    /// What it begins with, one after the other: what a watch once had otherwise for ever.
    first: &'static [&'static str],
    change: fn(&mut Random) -> String,
}

/// So long a difference may last: what comes by itself a moment later is no mistake.
const PATIENCE: Duration = Duration::from_secs(5);

impl<O: Keyed> Walk<O> {
    /// Walks in a namespace of its own.
    fn walk(&self, test: &str, request: &impl NlMessage) {
        in_namespace(test, || {
            if !has_tools() {
                return skip(test, "no ip, tc or sysctl");
            }
            sh(&self.setup);
            let mut followed = Followed::<O>::new(request, |_| String::new());
            for line in self.first {
                assert!(sh(line), "{line}");
                self.compare(&mut followed, line);
            }
            let end = Instant::now() + Duration::from_secs(number("NL_TLV_WATCH_SECONDS", 3));
            let (mut random, mut steps) = (Random::new(), 0);
            while Instant::now() < end {
                let lines: String =
                    (0..=random.below(3)).map(|_| (self.change)(&mut random) + "\n").collect();
                sh(&lines);
                self.compare(&mut followed, &lines);
                steps += 1;
            }
            println!("{}: {steps} steps compared, {} dumps", self.of, followed.watch.dumps());
            assert!(steps > 1);
        });
    }

    fn compare(&self, followed: &mut Followed<O>, lines: &str) {
        if let Some(difference) = self.lasting_difference(followed) {
            panic!("after\n{lines}\n{difference}");
        }
    }

    /// What stays different for longer than the patience.
    fn lasting_difference(&self, followed: &mut Followed<O>) -> Option<String> {
        let end = Instant::now() + PATIENCE;
        loop {
            followed.settle();
            let watched: Vec<_> = followed.watch.objects().map(self.watched).collect();
            assert_eq!(watched.len(), followed.watch.len());
            let difference = self.difference(watched, (self.kernel)())?;
            if Instant::now() > end {
                return Some(difference);
            }
        }
    }

    /// What is different and is no exception.
    fn difference(&self, mut watched: Vec<Facts>, mut kernel: Vec<Facts>) -> Option<String> {
        watched.sort();
        kernel.sort();
        let names = |all: &[Facts]| all.iter().map(|facts| facts[facts::NAME].clone()).collect::<Vec<_>>();
        let (there, said) = (names(&watched), names(&kernel));
        if there != said {
            return Some(format!("{} in the watch:\n{there:#?}\nip says:\n{said:#?}", self.of));
        }
        watched.iter().zip(&kernel).find_map(|(watched, kernel)| self.different_fact(watched, kernel))
    }

    fn different_fact(&self, watched: &Facts, kernel: &Facts) -> Option<String> {
        kernel.keys().chain(watched.keys()).find_map(|&fact| {
            let [of_watch, of_kernel] =
                [watched, kernel].map(|facts| facts.get(fact).map_or("", String::as_str));
            let difference =
                Difference { of: self.of, fact, watched: of_watch, kernel: of_kernel, object: kernel };
            let is_said = of_watch == of_kernel || EXCEPTIONS.iter().any(|it| (it.is_one)(&difference));
            (!is_said)
                .then(|| format!("{fact}: {of_watch} in the watch of {watched:#?}\nip says {of_kernel}"))
        })
    }
}

fn has_tools() -> bool {
    ["ip -V", "tc -V", "sysctl -V"].iter().all(|line| sh(line))
}

/// Carries out lines; those that the kernel refuses are part of the game.
fn sh(lines: &str) -> bool {
    let mut sh = Command::new("bash");
    sh.args(["-c", lines]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    sh.status().is_ok_and(|status| status.success())
}

/// The lines of `ip` as lines of a shell.
fn as_shell(lines: &str) -> String {
    lines.lines().filter(|line| !line.is_empty()).map(|line| format!("ip {line}\n")).collect()
}

#[test]
fn links_are_as_ip_says() {
    let first = &[
        "tc qdisc replace dev v0 root pfifo limit 7",
        "sysctl -qw net.ipv4.conf.v0.rp_filter=2",
        "sysctl -qw net.ipv6.conf.v0.proxy_ndp=1",
        "ip link set v0 group 7",
        "ip link set v0 addrgenmode none",
        "tc qdisc del dev v0 root",
    ];
    let setup = as_shell(&changes::bridged());
    let (watched, kernel) = (facts::link, facts::links);
    Walk::<Links> { of: "links", watched, kernel, setup, first, change: change_link }
        .walk("walk::links_are_as_ip_says", &Links::request());
}

fn change_link(random: &mut Random) -> String {
    let at = random.below(3);
    let dev = format!("{}{at}", random.pick(&["v", "p", "v", "w"]));
    let set = format!("ip link set {dev}");
    let state = random.pick(&["on", "off"]);
    let number = random.below(9);
    match random.below(24) {
        0..=2 => format!("{set} {}", random.pick(&["up", "down", "up"])),
        3 => format!("{set} mtu {}", 1300 + number),
        4 => format!("{set} txqueuelen {}", 100 + number),
        5 => format!("ip link set v{at} name w{at}"),
        6 => format!("ip link set w{at} name v{at}"),
        7 => format!("{set} {}", random.pick(&["master br0", "nomaster"])),
        8 => format!("{set} alias a{number}"),
        9 => format!("ip link property {} dev {dev} altname {dev}alt{at}", random.pick(&["add", "del"])),
        10 => format!("ip link del {dev}"),
        11 => format!("ip link add v{at} type veth peer name p{at}"),
        12 => format!("{set} address 02:00:00:00:00:{number:02x}"),
        13 => format!("{set} group {number}"),
        14 => format!("{set} gso_max_size {}", 4000 + number),
        15 => format!("{set} addrgenmode {}", random.pick(&["none", "eui64"])),
        16 => format!("{set} {} {state}", random.pick(&["promisc", "arp", "multicast", "allmulticast"])),
        17 => format!("{set} mode {}", random.pick(&["dormant", "default"])),
        18 => format!("tc qdisc replace dev {dev} root {} limit 9", random.pick(&["pfifo", "bfifo"])),
        19 => format!("tc qdisc del dev {dev} root"),
        20 => format!("sysctl -qw net.ipv4.conf.{dev}.rp_filter={}", random.below(3)),
        21 => format!("sysctl -qw net.ipv{}.conf.{dev}.forwarding={}", random.pick(&["4", "6"]), number % 2),
        22 => format!("sysctl -qw net.ipv4.conf.all.forwarding={}", number % 2),
        _ => format!("sysctl -qw net.ipv6.conf.{dev}.proxy_ndp={}", number % 2),
    }
}

#[test]
fn addresses_are_as_ip_says() {
    let (watched, kernel) = (facts::address, facts::addresses);
    let setup = as_shell(changes::PAIRS);
    Walk::<Addresses> { of: "addresses", watched, kernel, setup, first: &[], change: change_address }
        .walk("walk::addresses_are_as_ip_says", &GetAddress::default());
}

fn change_address(random: &mut Random) -> String {
    let (at, last) = (random.below(3), random.below(4) + 1);
    let verb = random.pick(&["add", "replace", "change", "del"]);
    let life = random.pick(&["", "valid_lft 2 preferred_lft 1", "valid_lft 90 preferred_lft 80"]);
    let life = if verb == "del" { "" } else { life };
    match random.below(12) {
        0..=2 => format!("ip addr {verb} 10.0.{at}.{last}/{} dev v{at} {life}", random.pick(&["24", "16"])),
        3 => format!("ip addr {verb} 10.0.{at}.{last} peer 10.9.0.{last} dev v{at}"),
        4..=6 => format!("ip addr {verb} fd00:{at}::{last}/64 dev v{at} nodad {life}"),
        7 => format!("ip addr {verb} fd00:{at}::{last} peer fd09::{last} dev v{at} nodad"),
        8 => format!("ip link set v{at} {}", random.pick(&["up", "down"])),
        9 => format!("ip link set v{at} mtu {}", random.pick(&["1200", "1500"])),
        10 => format!("sysctl -qw net.ipv6.conf.v{at}.disable_ipv6={}", random.below(2)),
        _ => random.pick(&["ip link del v1", "ip link add v1 up type veth peer name p1"]).to_owned(),
    }
}

#[test]
fn neighbours_are_as_ip_says() {
    let first = &[
        "ip neigh add 10.0.0.99 lladdr 02:00:00:00:00:01 nud noarp dev v0",
        "ip neigh add 10.0.0.98 nud failed dev v0",
        "ip neigh del 10.0.0.99 dev v0",
    ];
    let (watched, kernel) = (facts::neighbour, facts::neighbours);
    let setup = as_shell(&changes::PAIRS.replace("link set p", "link set arp off dev p"));
    Walk::<Neighbours> { of: "neighbours", watched, kernel, setup, first, change: change_neighbour }
        .walk("walk::neighbours_are_as_ip_says", &GetNeighbour::default());
}

fn change_neighbour(random: &mut Random) -> String {
    let at = random.below(3);
    let dst = match random.below(2) {
        0 => format!("10.0.{at}.{}", 10 + random.below(4)),
        _ => format!("fd00:{at}::{}", 10 + random.below(4)),
    };
    let made = random.pick(&["permanent", "stale", "reachable", "noarp", "noarp", "delay", "failed"]);
    let lladdr = format!("lladdr 02:00:00:00:00:0{}", random.below(4));
    // Made by hand without ARP are those alone whose address ends so.
    let dst = if made == "noarp" { format!("{dst}{}", facts::BY_HAND) } else { dst };
    match random.below(10) {
        0..=3 => format!("ip neigh {} {dst} {lladdr} dev v{at} nud {made}", random.pick(&["add", "replace"])),
        4 => format!("ip neigh del {dst} dev v{at}"),
        5 => format!("ip neigh {} proxy {dst} dev v{at}", random.pick(&["add", "del"])),
        6 => format!("ip link set v{at} {}", random.pick(&["up", "down"])),
        7 => format!("echo > /dev/udp/10.0.{at}.{}/9", random.pick(&["255", "10", "11"])),
        8 => format!("ip neigh flush dev v{at}"),
        _ => format!("ip addr add 10.0.{at}.1/24 dev v{at}"),
    }
}

#[test]
fn routes_are_as_ip_says() {
    let first = &[
        "sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=1",
        "ip link set p1 down",
        "sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=0",
        "ip link set p1 up",
    ];
    let (watched, kernel, setup) = (facts::route, facts::routes, as_shell(changes::PAIRS));
    Walk::<Routes> { of: "routes", watched, kernel, setup, first, change: change_route }
        .walk("walk::routes_are_as_ip_says", &GetRoute::default());
}

fn change_route(random: &mut Random) -> String {
    let (at, family) = (random.below(3), random.pick(&["4", "6"]));
    match random.below(8) {
        0 => format!("sysctl -qw net.ipv{family}.conf.all.ignore_routes_with_linkdown={}", random.below(2)),
        1 => format!("sysctl -qw net.ipv{family}.conf.v{at}.ignore_routes_with_linkdown={}", random.below(2)),
        2 => format!("sysctl -qw net.ipv{family}.conf.v{at}.forwarding={}", random.below(2)),
        3 => format!("ip addr replace 10.0.{at}.1/24 dev v{at}"),
        4 => format!("ip addr replace fd00:{at}::1/64 dev v{at} nodad"),
        _ => {
            let line = changes::change_routes(random);
            // What moves to another namespace is followed elsewhere.
            if line.starts_with('@') || line.contains("netns") { "true".to_owned() } else { as_shell(&line) }
        }
    }
}

#[test]
fn rules_are_as_ip_says() {
    let first = &[
        "ip rule add pref 101 from 10.0.0.0/24 table 50",
        "ip rule save | ip rule restore",
        "ip rule del pref 101",
        "ip rule del pref 101",
    ];
    let (watched, kernel, setup) = (facts::rule, facts::rules, as_shell(changes::PAIRS));
    Walk::<Rules> { of: "rules", watched, kernel, setup, first, change: change_rule }
        .walk("walk::rules_are_as_ip_says", &GetRule::default());
}

fn change_rule(random: &mut Random) -> String {
    let (at, pref) = (random.below(2), 100 + random.below(3));
    let verb = random.pick(&["add", "del"]);
    match random.below(8) {
        0..=2 => format!("ip rule {verb} pref {pref} from 10.0.{at}.0/24 table {}", 50 + at),
        3 => format!("ip -6 rule {verb} pref {pref} from fd00:{at}::/64 table {}", 50 + at),
        4 => format!("ip {} {verb} pref {pref} iif v{at} table 9", random.pick(&["rule", "mrule"])),
        5 => format!("ip rule {verb} pref {pref} fwmark 1 goto {}", pref + 1),
        // The same rules once more: without NLM_F_EXCL, the kernel takes them.
        6 => "[ $(ip rule | wc -l) -lt 20 ] && ip rule save | ip rule restore".to_owned(),
        _ => format!("ip link set {}", random.pick(&["v0 name w0", "w0 name v0"])),
    }
}

#[test]
fn next_hops_are_as_ip_says() {
    let (watched, kernel, setup) = (facts::next_hop, facts::next_hops, as_shell(changes::PAIRS));
    Walk::<NextHops> { of: "next hops", watched, kernel, setup, first: &[], change: change_next_hop }
        .walk("walk::next_hops_are_as_ip_says", &GetNextHop::default());
}

fn change_next_hop(random: &mut Random) -> String {
    let (at, id, other) = (random.below(3), random.below(5) + 1, random.below(5) + 1);
    let verb = random.pick(&["add", "replace", "del", "replace"]);
    let what = |what: String| if verb == "del" { String::new() } else { what };
    match random.below(8) {
        0 | 1 => format!("ip nexthop {verb} id {id} {}", what(format!("via 10.0.{at}.2 dev v{at}"))),
        2 => format!("ip nexthop {verb} id {id} {}", what(format!("via fd00:{at}::2 dev v{at}"))),
        3 | 4 => format!("ip nexthop {verb} id {} {}", id + 10, what(format!("group {id}/{other}"))),
        5 => format!("ip nexthop {verb} id {id} {}", what("blackhole".to_owned())),
        6 => format!("ip addr {} 10.0.{at}.1/24 dev v{at}", random.pick(&["add", "del"])),
        _ => format!("ip link set {}{at} {}", random.pick(&["v", "p"]), random.pick(&["up", "down"])),
    }
}
