//! The random changes of each family.

use crate::elsewhere::{away, back};
use crate::netns::in_namespace;
use crate::{Random, follow};
use nl_tlv::{Attr, Rest};
use nl_tlv_families::rt_addr::{Address, GetAddress};
use nl_tlv_families::rt_link::{Link, LinkAttrsAttr};
use nl_tlv_families::rt_neigh::{GetNeighbour, Neighbour};
use nl_tlv_families::rt_nexthop::{GetNextHop, NextHop};
use nl_tlv_families::rt_route::{GetRoute, Route};
use nl_tlv_families::rt_rule::{GetRule, Rule};
use nl_tlv_families::watch::{Addresses, Links, Neighbours, NextHops, Routes, Rules};

/// Three pairs of interfaces with addresses.
pub(crate) const PAIRS: &str = "
link add v0 type veth peer name p0
link add v1 type veth peer name p1
link add v2 type veth peer name p2
addr add 10.0.0.1/24 dev v0
addr add 10.0.1.1/24 dev v1
addr add 10.0.2.1/24 dev v2
addr add fd00::1/64 dev v0 nodad
addr add fd00:1::1/64 dev v1 nodad
addr add fd00:2::1/64 dev v2 nodad
link set lo up
link set v0 up
link set v1 up
link set v2 up
link set p0 up
link set p1 up
link set p2 up
";

/// A route without what changes by itself.
pub(crate) fn route(mut route: Route<'_>) -> String {
    route.attrs.cacheinfo = None;
    format!("{route:?}")
}

/// A link without what changes by itself.
pub(crate) fn link(mut link: Link<'_>) -> String {
    let kind = link.linkinfo.as_ref().and_then(|info| info.kind.as_ref().map(|kind| format!("{kind:?}")));
    link.header.change = 0;
    // Of one that is down the kernel tells neither when its alias changes nor its names.
    let is_down = link.header.flags.bits() & 1 == 0;
    let attrs = &mut link.attrs;
    (attrs.linkinfo, attrs.stats, attrs.stats64, attrs.af_spec) = (None, None, None, None);
    (attrs.promiscuity, attrs.allmulti) = (None, None);
    // What changes without an event: see the page of the watch.
    (attrs.gso_max_segs, attrs.gso_max_size, attrs.gso_ipv4_max_size) = (None, None, None);
    (attrs.gro_max_size, attrs.gro_ipv4_max_size) = (None, None);
    (attrs.tso_max_segs, attrs.tso_max_size) = (None, None);
    (attrs.min_mtu, attrs.max_mtu, attrs.headroom, attrs.tailroom) = (None, None, None, None);
    // What happened, of which a dump says nothing.
    let is_event = |attr: Attr<'_>| matches!(attr.parse(), Ok(LinkAttrsAttr::Event(_)));
    if attrs.rest.iter().all(is_event) {
        attrs.rest = Rest::default();
    }
    (attrs.carrier_changes, attrs.carrier_up_count, attrs.carrier_down_count) = (None, None, None);
    if is_down {
        (attrs.ifalias, attrs.prop_list) = (None, None);
    }
    format!("{link:?} {kind:?}")
}

/// A change of what routes depend on.
pub(crate) fn change_routes(random: &mut Random) -> String {
    // Some destinations more often than others, so that they have several routes.
    let at = random.below(4).min(random.below(4));
    let (hop, other) = (random.below(3), random.below(3));
    let verb = random.pick(&["add", "append", "replace", "del", "append", "del"]);
    let metric = random.pick(&["", "metric 7"]);
    match random.below(16) {
        12 => away(&format!("v{hop}")),
        13 => back(&format!("v{hop}")),
        0 | 1 => format!("route {verb} 10.1.{at}.0/24 via 10.0.{hop}.2 {metric}"),
        2 => format!(
            "route {verb} 10.1.{at}.0/24 nexthop via 10.0.{hop}.2 nexthop via 10.0.{other}.2 weight 3"
        ),
        3 | 4 => format!("-6 route {verb} fd01:{at}::/64 via fd00:{hop}::2 {metric}"),
        5 => format!("-6 route {verb} fd01:{at}::/64 nexthop via fd00:{hop}::2 nexthop via fd00:{other}::2"),
        6 => format!("-6 route {verb} fd01:{at}::/64 dev v{hop} {metric}"),
        7 => format!("link set {}{hop} {}", random.pick(&["v", "p"]), random.pick(&["up", "down"])),
        8 | 14 => format!("addr {} 10.0.{hop}.1/24 dev v{hop}", random.pick(&["add", "del"])),
        9 | 15 => match random.below(2) {
            0 => format!("nexthop del id {}", at + 1),
            _ => format!("nexthop replace id {} via 10.0.{hop}.2 dev v{hop}", at + 1),
        },
        10 => format!(
            "nexthop replace id {} via 10.0.{hop}.2 dev v{hop}\nroute {verb} 10.2.{other}.0/24 nhid {}",
            at + 1,
            at + 1
        ),
        _ => format!("route {verb} blackhole 10.1.{at}.0/24 {metric}"),
    }
}

#[test]
fn watched_routes_equal_a_fresh_dump() {
    in_namespace("changes::watched_routes_equal_a_fresh_dump", || {
        follow::<Routes>(&GetRoute::default(), route, PAIRS, change_routes);
    });
}

/// The pairs, and a bridge that they may be ports of.
pub(crate) fn bridged() -> String {
    format!("{PAIRS}link add br0 type bridge\nlink set br0 up\n")
}

/// A change of links.
pub(crate) fn change_links(random: &mut Random) -> String {
    let at = random.below(3);
    let name = random.pick(&["v", "p", "w"]);
    match random.below(13) {
        11 => away(&format!("{name}{at}")),
        12 => back(&format!("{name}{at}")),
        0 | 1 => format!("link set {name}{at} {}", random.pick(&["up", "down"])),
        2 => format!("link set {name}{at} mtu {}", 1300 + random.below(200)),
        3 => format!("link set v{at} name w{at}"),
        4 => format!("link set w{at} name v{at}"),
        5 => format!("link set {name}{at} {}", random.pick(&["master br0", "nomaster"])),
        6 => format!("link set {name}{at} alias a{}", random.below(9)),
        7 => format!("link property {} dev {name}{at} altname alt{at}", random.pick(&["add", "del"])),
        8 => format!("link del {name}{at}"),
        9 => format!("link add v{at} type veth peer name p{at}"),
        _ => format!("link set {name}{at} address 02:00:00:00:00:{:02x}", random.below(256)),
    }
}

#[test]
fn watched_links_equal_a_fresh_dump() {
    in_namespace("changes::watched_links_equal_a_fresh_dump", || {
        follow::<Links>(&Links::request(), link, &bridged(), change_links);
    });
}

#[test]
fn watched_addresses_equal_a_fresh_dump() {
    in_namespace("changes::watched_addresses_equal_a_fresh_dump", || {
        let text = |mut address: Address<'_>| {
            address.attrs.cacheinfo = None;
            format!("{address:?}")
        };
        follow::<Addresses>(&GetAddress::default(), text, PAIRS, |random| {
            let (at, last) = (random.below(3), random.below(4) + 1);
            let verb = random.pick(&["add", "replace", "change", "del"]);
            match random.below(10) {
                8 => away(&format!("v{at}")),
                9 => back(&format!("v{at}")),
                0 | 1 => format!("addr {verb} 10.0.{at}.{last}/24 dev v{at}"),
                2 => format!("addr {verb} 10.0.{at}.{last} peer 10.9.0.{last} dev v{at}"),
                3 | 4 => format!("addr {verb} fd00:{at}::{last}/64 dev v{at} nodad"),
                5 => format!("addr {verb} fd00:{at}::{last} peer fd09::{last} dev v{at} nodad"),
                6 => format!("link set {}{at} {}", random.pick(&["v", "p"]), random.pick(&["up", "down"])),
                _ => match random.below(2) {
                    0 => format!("link del v{at}"),
                    _ => format!("link add v{at} up type veth peer name p{at}"),
                },
            }
        });
    });
}

#[test]
fn watched_rules_equal_a_fresh_dump() {
    in_namespace("changes::watched_rules_equal_a_fresh_dump", || {
        let text = |rule: Rule<'_>| format!("{rule:?}");
        follow::<Rules>(&GetRule::default(), text, PAIRS, |random| {
            let (at, pref) = (random.below(3), 100 + random.below(6));
            let verb = random.pick(&["add", "del"]);
            match random.below(9) {
                7 => away(&format!("v{at}")),
                8 => back(&format!("v{at}")),
                0 => format!("rule {verb} pref {pref} from 10.0.{at}.0/24 table {}", 50 + at),
                1 => format!("-6 rule {verb} pref {pref} from fd00:{at}::/64 table {}", 50 + at),
                2 => format!("rule {verb} pref {pref} iif v{at} table 9"),
                3 => format!("rule {verb} pref {pref} fwmark {at} goto {}", pref + 1),
                4 => format!("rule {verb} pref {pref} to 10.0.{at}.1 blackhole"),
                5 => format!("link set v{at} name w{at}"),
                _ => format!("link set w{at} name v{at}"),
            }
        });
    });
}

#[test]
fn watched_next_hops_equal_a_fresh_dump() {
    in_namespace("changes::watched_next_hops_equal_a_fresh_dump", || {
        let text = |hop: NextHop<'_>| format!("{hop:?}");
        follow::<NextHops>(&GetNextHop::default(), text, PAIRS, |random| {
            let (at, id, other) = (random.below(3), random.below(5) + 1, random.below(5) + 1);
            let verb = random.pick(&["add", "replace", "del"]);
            match random.below(8) {
                6 => away(&format!("v{at}")),
                7 => back(&format!("v{at}")),
                0 | 1 => format!("nexthop {verb} id {id} via 10.0.{at}.2 dev v{at}"),
                2 => format!("nexthop {verb} id {id} via fd00:{at}::2 dev v{at}"),
                3 => format!("nexthop {verb} id {} group {id}/{other}", id + 10),
                4 => format!("nexthop {verb} id {id} blackhole"),
                _ => format!("link set {}{at} {}", random.pick(&["v", "p"]), random.pick(&["up", "down"])),
            }
        });
    });
}

#[test]
fn watched_neighbours_equal_a_fresh_dump() {
    in_namespace("changes::watched_neighbours_equal_a_fresh_dump", || {
        let text = |mut one: Neighbour<'_>| {
            (one.attrs.cacheinfo, one.attrs.probes) = (None, None);
            format!("{one:?}")
        };
        // Neighbours that are asked for change their state by themselves: these are not.
        let setup = PAIRS.replace("link set p", "link set arp off dev p");
        follow::<Neighbours>(&GetNeighbour::default(), text, &setup, |random: &mut Random| {
            let (at, last) = (random.below(3), 10 + random.below(5));
            let verb = random.pick(&["add", "replace", "del", "change"]);
            let lladdr = format!("lladdr 02:00:00:00:00:0{}", random.below(4));
            match random.below(7) {
                5 => away(&format!("v{at}")),
                6 => back(&format!("v{at}")),
                0 | 1 => format!("neigh {verb} 10.0.{at}.{last} {lladdr} dev v{at} nud permanent"),
                2 | 3 => format!("neigh {verb} fd00:{at}::{last} {lladdr} dev v{at} nud permanent"),
                _ => format!("link set v{at} {}", random.pick(&["up", "down"])),
            }
        });
    });
}
