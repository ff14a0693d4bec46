//! What a table of routes should be: a sorted map, and a lookup that tries every length.

use crate::dice::Dice;
use nl_tlv_lab::rtm::{NextHop, Prefix};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The routes of a table, by their destination, with their metric. In order of the destination, which is also that of
/// dumps: IPv4 first, then by address, then by length.
#[derive(Debug, Default)]
pub(crate) struct Model(pub(crate) BTreeMap<Prefix, u32>);

impl Model {
    /// So many routes, of each length that there are enough prefixes of, in few enough networks that they lie within
    /// each other.
    pub(crate) fn random(count: usize, dice: &mut Dice) -> Self {
        let mut routes = BTreeMap::new();
        while routes.len() < count {
            let len = 8 + dice.roll(25);
            let dst = match dice.once_in(2) {
                true => Prefix { addr: random_v4(dice), len: to_u8(len) },
                false => Prefix { addr: random_v6(dice), len: to_u8(4 * len) },
            };
            routes.insert(masked(dst), to_u32(dice.number()));
        }
        Self(routes)
    }

    /// The longest prefix that an address has.
    pub(crate) fn lookup(&self, addr: IpAddr) -> Option<Prefix> {
        let lengths = (0..=bits(addr)).rev();
        lengths.map(|len| masked(Prefix { addr, len })).find(|dst| self.0.contains_key(dst))
    }
}

/// An address at which it is not clear beforehand what is found: one below a route, or any.
pub(crate) fn address(destinations: &[Prefix], dice: &mut Dice) -> IpAddr {
    let any = u128::from(dice.number()) << 64 | u128::from(dice.number());
    let dst = dice.choose(destinations);
    let network = if dice.once_in(8) { 0 } else { mask(*dst) };
    with_number(dst.addr, number(dst.addr) & network | any & all_bits(dst.addr) & !network)
}

/// Where a route leads, which its metric decides.
pub(crate) fn next_hop(dst: Prefix, metric: u32) -> NextHop<'static> {
    let gateway = match dst.addr {
        IpAddr::V4(_) => Ipv4Addr::from_bits(metric).into(),
        IpAddr::V6(_) => Ipv6Addr::from_bits(u128::from(metric)).into(),
    };
    let oif = metric.is_multiple_of(3).then_some("eth0/6");
    NextHop { gateway: Some(gateway), oif, weight: Some(to_u8(1 + metric as usize % 255)) }
}

/// The prefix without the bits behind its length.
pub(crate) fn masked(dst: Prefix) -> Prefix {
    Prefix { addr: with_number(dst.addr, number(dst.addr) & mask(dst)), ..dst }
}

/// One in 64 networks of 8 bits.
fn random_v4(dice: &mut Dice) -> IpAddr {
    Ipv4Addr::from_bits(to_u32(dice.number()) & 0x3fff_ffff | 0x4000_0000).into()
}

/// One in 1024 networks of 48 bits.
fn random_v6(dice: &mut Dice) -> IpAddr {
    const FREE: u128 = 0x0003_0303_0303_ffff_ffff_ffff_ffff_ffff;
    let bits = u128::from(dice.number()) << 64 | u128::from(dice.number());
    Ipv6Addr::from_bits(bits & FREE | 0x20 << 120).into()
}

fn bits(addr: IpAddr) -> u8 {
    if addr.is_ipv4() { 32 } else { 128 }
}

/// Of an address, as a number.
fn all_bits(addr: IpAddr) -> u128 {
    u128::MAX >> (128 - bits(addr))
}

fn number(addr: IpAddr) -> u128 {
    match addr {
        IpAddr::V4(addr) => addr.to_bits().into(),
        IpAddr::V6(addr) => addr.to_bits(),
    }
}

/// The address of the same family with other bits.
fn with_number(addr: IpAddr, number: u128) -> IpAddr {
    match addr {
        IpAddr::V4(_) => Ipv4Addr::from_bits(u32::try_from(number).unwrap_or(u32::MAX)).into(),
        IpAddr::V6(_) => Ipv6Addr::from_bits(number).into(),
    }
}

/// The bits that count, of the family's number of bits.
fn mask(dst: Prefix) -> u128 {
    let host = bits(dst.addr).saturating_sub(dst.len);
    all_bits(dst.addr) & u128::MAX.checked_shl(host.into()).unwrap_or(0)
}

fn to_u8(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn to_u32(number: u64) -> u32 {
    u32::try_from(number >> 32).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> Prefix {
        let (addr, len) = text.split_once('/').unwrap();
        Prefix { addr: addr.parse().unwrap(), len: len.parse().unwrap() }
    }

    #[test]
    fn bits_behind_the_length_are_cleared() {
        for (dst, expected) in [
            ("10.1.2.3/24", "10.1.2.0/24"),
            ("10.1.2.3/0", "0.0.0.0/0"),
            ("10.1.2.3/32", "10.1.2.3/32"),
            ("2001:db8::1/64", "2001:db8::/64"),
            ("2001:db8::1/128", "2001:db8::1/128"),
            ("2001:db8::1/0", "::/0"),
        ] {
            assert_eq!(masked(prefix(dst)), prefix(expected));
        }
    }

    #[test]
    fn the_longest_prefix_of_the_family_is_found() {
        let all = ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32"];
        let model = Model(all.iter().map(|dst| (prefix(dst), 1)).collect());
        let found = |addr: &str| model.lookup(addr.parse().unwrap());
        assert_eq!(found("10.1.2.3"), Some(prefix("10.1.0.0/16")));
        assert_eq!(found("10.2.2.3"), Some(prefix("10.0.0.0/8")));
        assert_eq!(found("11.2.2.3"), Some(prefix("0.0.0.0/0")));
        assert_eq!(found("2001:db8::1"), Some(prefix("2001:db8::/32")));
        assert_eq!(found("::1"), None);
    }

    #[test]
    fn random_routes_are_canonical_of_both_families_and_lie_within_each_other() {
        let mut dice = Dice::new(1);
        let model = Model::random(2000, &mut dice);
        let destinations: Vec<_> = model.0.keys().copied().collect();
        assert!(destinations.iter().all(|&dst| masked(dst) == dst));
        assert!(destinations.iter().any(|dst| dst.addr.is_ipv6()));
        let found = (0..1000).filter_map(|_| model.lookup(address(&destinations, &mut dice))).count();
        assert!((500..1000).contains(&found), "{found}");
    }
}
