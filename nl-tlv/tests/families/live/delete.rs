//! Each object is deleted from its own dump entry, in random tables, and nothing else is gone.

use super::in_namespace;
use super::random::{Random, batch};
use super::skip;
use crate::only;
use nl_tlv::socket::{Connection, Protocol, RequestError};
use nl_tlv::{Attr, Message, NlMessage};
use nl_tlv_families::rt_addr::{Address, DelAddress, GetAddress};
use nl_tlv_families::rt_link::{DelLink, GetLink, Link};
use nl_tlv_families::rt_neigh::{DelNeighbour, GetNeighbour, Neighbour};
use nl_tlv_families::rt_nexthop::{DelNextHop, GetNextHop, NextHop};
use nl_tlv_families::rt_route::{DelRoute, GetRoute, Route};
use nl_tlv_families::rt_rule::{DelRule, GetRule, Rule};

/// Three interfaces with addresses.
pub(super) const LINKS: &str = "
link add v0 type veth peer name p0
link add v1 type veth peer name p1
link add v2 type veth peer name p2
link set lo up
link set p0 up
link set p1 up
link set p2 up
link set v0 up
link set v1 up
link set v2 up
addr add 10.0.0.1/24 dev v0
addr add 10.0.1.1/24 dev v1
addr add 10.0.2.1/24 dev v2
addr add fd00::1/64 dev v0 nodad
addr add fd00:1::1/64 dev v1 nodad
addr add fd00:2::1/64 dev v2 nodad
";

/// What a test needs to know of a family.
pub(super) struct Family<G> {
    /// The dumps that have all objects.
    pub(super) gets: Vec<G>,
    /// The length of the family header.
    pub(super) header: usize,
    /// What an object says that does not change by itself; `None` for one that is not deleted.
    pub(super) text: fn(&Message<'_>) -> Option<String>,
    pub(super) delete: fn(&mut Connection, &Message<'_>) -> Result<(), RequestError>,
}

/// A message and what it says.
type Entry = (String, Vec<u8>);

impl<G: NlMessage> Family<G> {
    fn dump(&self, conn: &mut Connection) -> Vec<Entry> {
        let mut entries = Vec::new();
        for get in &self.gets {
            let mut dump = conn.dump(get).unwrap();
            while let Some(message) = dump.next_message().unwrap() {
                entries.extend((self.text)(&message).map(|text| (text, message.as_bytes().to_vec())));
            }
        }
        entries.sort();
        entries
    }

    /// Any object that can be told from the others: the kernel takes what an object does not say as any.
    fn pick(&self, there: &[Entry], random: &mut Random) -> usize {
        let start = random.below(there.len());
        let is_told = |at: &usize| {
            let one = only(&there[*at].1);
            let mut others = there.iter().enumerate().filter(|(other, _)| other != at);
            !others.any(|(_, (_, other))| self.contains(&only(other), &one))
        };
        (start..there.len()).chain(0..start).find(is_told).expect("the one that says most")
    }

    /// Whether an object says all that another one does.
    fn contains(&self, one: &Message<'_>, other: &Message<'_>) -> bool {
        let mut header = one.payload().iter().zip(other.payload()).take(self.header);
        let said = other.attrs_after(self.header).map(Result::unwrap);
        let mut said = said.filter(|attr| attr.payload() != [0xff; 4]);
        let has = |said: Attr<'_>| one.attrs_after(self.header).any(|own| own.unwrap() == said);
        header.all(|(own, said)| *said == 0 || own == said) && said.all(has)
    }

    /// Deletes the objects one by one, in random order; but one that another one contains after that.
    pub(super) fn delete_each(&self, least: usize, random: &mut Random) {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        let mut there = self.dump(&mut conn);
        assert!(there.len() >= least, "only {} objects", there.len());
        while !there.is_empty() {
            let (text, bytes) = there.remove(self.pick(&there, random));
            (self.delete)(&mut conn, &only(&bytes)).unwrap_or_else(|err| panic!("{err}: {text}"));
            let now = self.dump(&mut conn);
            let gone: Vec<_> =
                there.iter().filter(|(text, _)| !now.iter().any(|(now, _)| now == text)).collect();
            let is_whole = gone.is_empty() && now.len() == there.len();
            assert!(is_whole, "after the deletion of\n{text}\ngone too:\n{gone:#?}");
            // Places in tables, and flags, may have changed.
            there = now;
        }
    }
}

/// Draws lines for a program.
pub(super) fn draw(program: &str, count: usize, random: &mut Random, line: impl Fn(&mut Random) -> String) {
    let lines: String = (0..count).map(|_| line(random) + "\n").collect();
    batch(program, &lines);
}

#[test]
fn routes_are_deleted_from_their_dump_entries() {
    in_namespace("live::delete::routes_are_deleted_from_their_dump_entries", || {
        let mut random = Random::new();
        batch("ip", LINKS);
        draw("ip", 150, &mut random, |random| {
            let (at, hop, other, last) =
                (random.below(2), random.below(3), random.below(3), 2 + random.below(3));
            let verb = random.pick(&["add", "append"]);
            let more = [
                random.pick(&["", "metric 7", "metric 8"]),
                random.pick(&["", "", "table 99", "table 1000"]),
                random.pick(&["", "", "proto bgp"]),
            ]
            .join(" ");
            let four = [
                random.pick(&["", "", "tos 0x10"]),
                random.pick(&["", "", "src 10.0.1.1"]),
                random.pick(&["", "mtu 1400", ""]),
            ]
            .join(" ");
            match random.below(9) {
                0 | 1 => {
                    format!("route {verb} 10.1.{at}.0/24 via 10.0.{hop}.{last} dev v{hop} {more} {four}")
                }
                2 => format!("route {verb} 10.1.{at}.0/24 dev v{hop} {more} {four}"),
                // Its first next hop is no other route's: the kernel would take that one for it.
                3 => format!(
                    "route {verb} 10.1.{at}.0/24 {more} nexthop via 10.0.{hop}.9 dev v{hop} nexthop via 10.0.{other}.{last} dev v{other} weight 3"
                ),
                4 => {
                    format!("route {verb} {} 10.1.{at}.0/24 {more}", random.pick(&["blackhole", "prohibit"]))
                }
                5 => format!("route {verb} 10.1.{at}.0/24 via inet6 fd00:{hop}::{last} dev v{hop} {more}"),
                6 => format!("-6 route {verb} fd01:{at}::/64 via fd00:{hop}::{last} dev v{hop} {more}"),
                7 => format!("-6 route add fd02:{at}::/64 dev v{hop} {more}"),
                _ => format!(
                    "-6 route add fd03:{at}::/64 {more} nexthop via fd00:{hop}::2 dev v{hop} nexthop via fd00:{other}::{last} dev v{other}"
                ),
            }
        });
        let family = Family {
            gets: vec![GetRoute::default()],
            header: 12,
            text: |message| {
                let mut route = Route::parse(message).ok()?;
                // Those that belong to addresses and interfaces come and go with them.
                let is_ours = route.dst.is_some_and(|dst| {
                    let text = dst.to_string();
                    text.starts_with("10.1.") || text.starts_with("fd0") && !text.starts_with("fd00")
                });
                route.attrs.cacheinfo = None;
                is_ours.then(|| format!("{route:?}"))
            },
            delete: |conn, message| conn.request(&DelRoute::of(&Route::parse(message).unwrap())).map(drop),
        };
        family.delete_each(30, &mut random);
    });
}

#[test]
fn rules_are_deleted_from_their_dump_entries() {
    in_namespace("live::delete::rules_are_deleted_from_their_dump_entries", || {
        let mut random = Random::new();
        batch("ip", LINKS);
        draw("ip", 60, &mut random, |random| {
            let (at, pref) = (random.below(3), 100 + random.below(3));
            let family = random.pick(&["", "-6"]);
            let from = match family {
                "" => format!("from 10.0.{at}.0/{}", 24 + random.below(3)),
                _ => format!("from fd00:{at}::/{}", 64 + random.below(3)),
            };
            let what = match random.below(4) {
                0 => from,
                1 => format!("iif v{at}"),
                2 => format!("fwmark {at}/{}", 7 + random.below(2)),
                _ => format!("{from} oif v{at} ipproto udp dport {}", 1000 + random.below(2)),
            };
            let then = match random.below(4) {
                0 => format!("table {}", 50 + at),
                1 => format!("table {} suppress_prefixlength {}", 50 + at, random.below(2)),
                // The kernel does not compare where it goes.
                2 => format!("goto {}", pref + 20),
                _ => random.pick(&["blackhole", "prohibit"]).to_owned(),
            };
            format!("{family} rule add pref {pref} {what} {then}")
        });
        let family = Family {
            gets: vec![GetRule::default()],
            header: 12,
            text: |message| {
                let mut rule = Rule::parse(message).ok()?;
                // Whether the rule that it goes to is there.
                rule.header.flags = Default::default();
                (rule.priority? >= 100 && rule.priority? < 200).then(|| format!("{rule:?}"))
            },
            delete: |conn, message| {
                conn.request(&DelRule::of(&Rule::parse(message).unwrap()).unwrap()).map(drop)
            },
        };
        family.delete_each(20, &mut random);
    });
}

#[test]
fn addresses_are_deleted_from_their_dump_entries() {
    in_namespace("live::delete::addresses_are_deleted_from_their_dump_entries", || {
        let mut random = Random::new();
        // Otherwise the first address of a network takes the others along.
        if std::fs::write("/proc/sys/net/ipv4/conf/all/promote_secondaries", "1").is_err() {
            return skip("addresses", "no promote_secondaries");
        }
        batch("ip", LINKS);
        draw("ip", 80, &mut random, |random| {
            let (at, last) = (random.below(3), 1 + random.below(4));
            match random.below(5) {
                0 => format!(
                    "addr add 10.0.{at}.{last}/24 dev v{at} {}",
                    random.pick(&["", "label v0:x", "label v1:x"])
                ),
                1 => format!("addr add 10.0.0.{last}/{} dev v{at}", 24 + random.below(9)),
                2 => format!("addr add 10.0.0.{last} peer 10.9.0.{at} dev v{}", random.below(3)),
                3 => format!(
                    "addr add fd00:{}::{last}/{} dev v{at} nodad",
                    random.below(3),
                    64 + random.below(2)
                ),
                _ => format!("addr add fd00::{last} peer fd09::{at} dev v{} nodad", random.below(3)),
            }
        });
        let family = Family {
            gets: vec![GetAddress::default()],
            header: 8,
            text: |message| {
                let mut address = Address::parse(message).ok()?;
                // Which one of a network is the first.
                (address.header.flags, address.attrs.flags) = (Default::default(), None);
                address.attrs.cacheinfo = None;
                // Those of the links themselves come a moment later.
                let is_own = address.address.is_some_and(|ip| ip.to_string().starts_with("fe80"));
                (!is_own).then(|| format!("{address:?}"))
            },
            delete: |conn, message| {
                conn.request(&DelAddress::of(&Address::parse(message).unwrap())).map(drop)
            },
        };
        family.delete_each(30, &mut random);
    });
}

#[test]
fn neighbours_are_deleted_from_their_dump_entries() {
    in_namespace("live::delete::neighbours_are_deleted_from_their_dump_entries", || {
        let mut random = Random::new();
        batch("ip", LINKS);
        draw("ip", 60, &mut random, |random| {
            let (at, last) = (random.below(3), 10 + random.below(5));
            let lladdr = format!("lladdr 02:00:00:00:00:0{}", random.below(4));
            match random.below(2) {
                0 => format!("neigh replace 10.0.0.{last} {lladdr} dev v{at} nud permanent"),
                _ => format!("neigh replace fd00::{last} {lladdr} dev v{at} nud permanent"),
            }
        });
        let family = Family {
            gets: vec![GetNeighbour::default()],
            header: 12,
            text: |message| {
                let mut neighbour = Neighbour::parse(message).ok()?;
                neighbour.attrs.cacheinfo = None;
                // Those that were deleted may be there for a while as failed ones, and some come by themselves.
                let is_ours = neighbour.header.state.bits() == PERMANENT;
                is_ours.then(|| format!("{neighbour:?}"))
            },
            delete: |conn, message| {
                conn.request(&DelNeighbour::of(&Neighbour::parse(message).unwrap())).map(drop)
            },
        };
        family.delete_each(15, &mut random);
    });
}

/// `NUD_PERMANENT`.
const PERMANENT: u16 = 0x80;

#[test]
fn next_hops_are_deleted_from_their_dump_entries() {
    in_namespace("live::delete::next_hops_are_deleted_from_their_dump_entries", || {
        let mut random = Random::new();
        batch("ip", LINKS);
        draw("ip", 40, &mut random, |random| {
            let (at, id) = (random.below(3), 1 + random.below(30));
            match random.below(4) {
                0 => format!("nexthop add id {id} via 10.0.{at}.2 dev v{at}"),
                1 => format!("nexthop add id {id} via fd00:{at}::2 dev v{at}"),
                2 => format!("nexthop add id {id} dev v{at}"),
                _ => format!("nexthop add id {id} blackhole"),
            }
        });
        let family = Family {
            gets: vec![GetNextHop::default()],
            header: 8,
            text: |message| NextHop::parse(message).ok().map(|hop| format!("{hop:?}")),
            delete: |conn, message| {
                let hop = NextHop::parse(message).unwrap();
                let mut delete = DelNextHop::default();
                (delete.attrs.id, delete.header.family) = (hop.id, hop.header.family);
                conn.request(&delete).map(drop)
            },
        };
        family.delete_each(10, &mut random);
    });
}

#[test]
fn links_are_deleted_from_their_dump_entries() {
    in_namespace("live::delete::links_are_deleted_from_their_dump_entries", || {
        let mut random = Random::new();
        draw("ip", 30, &mut random, |random| match random.below(2) {
            0 => format!("link add d{} type bridge", random.below(20)),
            _ => format!("link property add dev d{} altname d{}", random.below(20), random.below(20)),
        });
        let family = Family {
            gets: vec![GetLink::default()],
            header: 16,
            text: |message| {
                let link = Link::parse(message).ok()?;
                link.linkinfo.as_ref()?.kind?;
                Some(format!("{:?} {:?} {:?}", link.header.index, link.ifname, link.prop_list))
            },
            delete: |conn, message| {
                conn.request(&DelLink::at(Link::parse(message).unwrap().header.index)).map(drop)
            },
        };
        family.delete_each(5, &mut random);
    });
}
