//! Looking an address up: the longest prefix that matches, against a model that tries them all.

use super::client::{Client, ENOENT, new};
use super::object::{Route, address, dev, prefix};
use crate::harness::{Bench, datagram};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Flags, NewFlags};
use nl_tlv_lab::rtm::{Prefix, RouteDel, RouteGet};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both("the longest of several matching prefixes is found", longest),
    Scenario::both("an address that no prefix matches gets ENOENT", no_match),
    Scenario::both("IPv4 and IPv6 never match each other's addresses", families),
    Scenario::both("what is deleted is found no more, what is behind it is", after_deletion),
    Scenario::both("random IPv4 prefixes are found as a model finds them", random_v4),
    Scenario::both("random IPv6 prefixes are found as a model finds them", random_v6),
];

fn lookup(client: &Client, text: &str) -> Result<String, String> {
    let route: Route = client.get(&request(address(text)))?;
    Ok(format!("{}/{}", route.dst.addr, route.dst.len))
}

fn request(address: IpAddr) -> RouteGet<'static> {
    RouteGet { table: Some("blue"), dst: None, lookup: Some(address) }
}

fn expect(client: &Client, cases: &[(&str, &str)]) -> Outcome {
    for (address, expected) in cases {
        let found = lookup(client, address).map_err(|err| format!("{address}: {err}"))?;
        ensure!(found == *expected, "{address}: expected {expected}, found {found}");
    }
    Ok(())
}

fn with_routes(bench: &Bench, routes: &[&str]) -> Result<Client, String> {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    routes.iter().try_for_each(|dst| client.add("blue", dst, &[dev("eth0")]))?;
    Ok(client)
}

fn longest(bench: &Bench) -> Outcome {
    let four = ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "10.1.1.128/25", "10.1.1.129/32"];
    let six = ["::/0", "2001:db8::/32", "2001:db8:1::/48", "2001:db8:1::1/128"];
    let client = with_routes(bench, &[&four[..], &six].concat())?;
    expect(
        &client,
        &[
            ("11.0.0.0", "0.0.0.0/0"),
            ("10.255.255.255", "10.0.0.0/8"),
            ("10.1.2.3", "10.1.0.0/16"),
            ("10.1.1.127", "10.1.1.0/24"),
            ("10.1.1.128", "10.1.1.128/25"),
            ("10.1.1.129", "10.1.1.129/32"),
            ("255.255.255.255", "0.0.0.0/0"),
            ("::", "::/0"),
            ("2001:db8:2::", "2001:db8::/32"),
            ("2001:db8:1::", "2001:db8:1::/48"),
            ("2001:db8:1::1", "2001:db8:1::1/128"),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0"),
        ],
    )
}

/// An address without a route; `printed` as the kernel prints it.
fn no_route(client: &Client, text: &str, printed: &str) -> Outcome {
    let refusal = client.refused(&request(address(text)), Flags::empty())?;
    refusal.expect(ENOENT, "RouteGet.lookup", &format!("no route to {printed}"))
}

fn no_match(bench: &Bench) -> Outcome {
    let client = with_routes(bench, &["10.1.0.0/16", "128.0.0.0/1"])?;
    for text in ["10.0.255.255", "10.2.0.0", "127.255.255.255", "0.0.0.0"] {
        no_route(&client, text, text)?;
    }
    Ok(())
}

fn families(bench: &Bench) -> Outcome {
    let client = with_routes(bench, &["0.0.0.0/0"])?;
    for text in ["::", "::ffff:10.1.1.1", "::a01:101", "a01:101::"] {
        no_route(&client, text, text)?;
    }
    client.ok(&RouteDel { table: "blue", dst: prefix("0.0.0.0/0") }, Flags::empty())?;
    client.add("blue", "::/0", &[dev("eth0")])?;
    no_route(&client, "10.1.1.1", "10.1.1.1")?;
    expect(&client, &[("::ffff:10.1.1.1", "::/0")])
}

fn after_deletion(bench: &Bench) -> Outcome {
    let routes = ["10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "10.1.1.1/32"];
    let client = with_routes(bench, &routes)?;
    for (dst, next) in routes.iter().rev().zip(routes.iter().rev().skip(1)) {
        expect(&client, &[("10.1.1.1", dst)])?;
        client.ok(&RouteDel { table: "blue", dst: prefix(dst) }, Flags::empty())?;
        expect(&client, &[("10.1.1.1", next)])?;
    }
    Ok(())
}

/// A xorshift generator: the same numbers in every run, so that a failure comes again.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn address(&mut self, is_v4: bool) -> IpAddr {
        // Few different bits at the front, so that prefixes lie in each other.
        if is_v4 {
            let spread = [0x0a00_0000, 0x0a01_0000, 0x8000_0000, 0][self.below(4) as usize];
            Ipv4Addr::from_bits(spread ^ (self.next() as u32 >> self.below(32))).into()
        } else {
            let spread = [0x2001_0db8_u128 << 96, 1 << 127, 0][self.below(3) as usize];
            let low = u128::from(self.next()) << 64 | u128::from(self.next());
            Ipv6Addr::from_bits(spread ^ (low >> self.below(128))).into()
        }
    }

    fn prefix(&mut self, is_v4: bool) -> Prefix {
        let len = self.below(if is_v4 { 33 } else { 129 }) as u8;
        Prefix { addr: network(self.address(is_v4), len), len }
    }
}

fn network(address: IpAddr, len: u8) -> IpAddr {
    let len = u32::from(len);
    match address {
        IpAddr::V4(a) => {
            Ipv4Addr::from_bits(a.to_bits() & u32::MAX.checked_shl(32 - len).unwrap_or(0)).into()
        }
        IpAddr::V6(a) => {
            Ipv6Addr::from_bits(a.to_bits() & u128::MAX.checked_shl(128 - len).unwrap_or(0)).into()
        }
    }
}

fn random_v4(bench: &Bench) -> Outcome {
    random(bench, true)
}

fn random_v6(bench: &Bench) -> Outcome {
    random(bench, false)
}

/// Adds and deletes prefixes, and compares after each round.
fn random(bench: &Bench, is_v4: bool) -> Outcome {
    let client = with_routes(bench, &[])?;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut model = BTreeSet::new();
    for round in 0..8 {
        let more: BTreeSet<Prefix> = (0..100).map(|_| random.prefix(is_v4)).collect();
        let more: Vec<Prefix> = more.difference(&model).copied().collect();
        change(&client, &more, true)?;
        model.extend(more);
        let fewer: Vec<Prefix> = model.iter().filter(|_| random.below(4) == 0).copied().collect();
        change(&client, &fewer, false)?;
        model.retain(|dst| !fewer.contains(dst));
        compare(&client, &model, &mut random, is_v4).map_err(|err| format!("round {round}: {err}"))?;
    }
    Ok(())
}

/// Adds or deletes routes, 50 in a datagram.
fn change(client: &Client, prefixes: &[Prefix], is_added: bool) -> Outcome {
    for some in prefixes.chunks(50) {
        let requests = some.iter().map(|&dst| {
            if is_added {
                let hops = [dev("eth0")];
                client.request(
                    &nl_tlv_lab::rtm::RouteNew { dst, ..new("blue", "::/0", &hops) },
                    NewFlags::CREATE,
                )
            } else {
                client.request(&RouteDel { table: "blue", dst }, Flags::empty())
            }
        });
        let requests: Vec<_> = requests.map(|request| request.0).collect();
        let replies = client.speaker.ask(&datagram(&requests))?;
        ensure!(replies.is_empty(), "{replies:?}");
    }
    Ok(())
}

fn compare(client: &Client, model: &BTreeSet<Prefix>, random: &mut Random, is_v4: bool) -> Outcome {
    for _ in 0..100 {
        let address = random.address(is_v4);
        let matches = model.iter().filter(|dst| network(address, dst.len) == dst.addr);
        let expected = matches.max_by_key(|dst| dst.len).copied();
        let replies = client.ask(&client.request(&request(address), Flags::empty()))?;
        ensure!(replies.len() == 1, "{address}: {replies:?}");
        let message = replies[0].message();
        let found = <Route as super::object::Object>::read(&message).ok().map(|route| route.dst);
        ensure!(found == expected, "{address}: expected {expected:?}, found {found:?} in {message:?}");
    }
    let dumped: Vec<_> = client.dump_routes(Some("blue"))?.objects.iter().map(|route| route.dst).collect();
    ensure!(
        dumped.iter().eq(model),
        "the dump shows {} of {} prefixes, or others",
        dumped.len(),
        model.len()
    );
    Ok(())
}
