//! The words in which a route is written, those of `ip route`:
//!
//! ```text
//! route   := PREFIX { hop | table NAME | metric NUMBER } { nexthop hop }
//! hop     := { via ADDRESS | dev NAME | weight NUMBER }
//! PREFIX  := ADDRESS/LENGTH | ADDRESS | default
//! ```
//!
//! Only words that cannot be read are an error here. Whether the route is valid is decided by the module or the peer.

use super::{NAME_MAX, NextHop, Prefix, RouteDel, RouteNew};
use nl_tlv::Repeat;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU8;
use std::slice::Iter;
use std::str::FromStr;

/// A route, read from words.
#[derive(Clone, Debug, PartialEq)]
pub struct Route<'a> {
    /// The table that it is in.
    pub table: &'a str,
    /// Where the packets go.
    pub dst: Prefix,
    /// Where they leave, in the order of the words.
    pub nexthops: Vec<NextHop<'a>>,
    /// Its metric, if one is given.
    pub metric: Option<u32>,
}

impl<'a> Route<'a> {
    /// Reads a route. The words may leave out the table if `table` names one.
    pub fn parse(words: &[&'a str], table: Option<&'a str>) -> Result<Self, WordError> {
        let (&dst, rest) = words.split_first().ok_or(WordError::NoPrefix)?;
        // Before the others, so that a destination that was forgotten is what is complained of.
        prefix(dst, false)?;
        let mut found = Clauses { table: None, metric: None, nexthops: Vec::new() };
        found.read(rest.iter())?;
        let table = found.table.or(table).ok_or(WordError::Missing("table"))?;
        let is_v6 =
            found.nexthops.iter().find_map(|hop| hop.gateway).is_some_and(|gateway| gateway.is_ipv6());
        let dst = prefix(dst, is_v6)?;
        Ok(Self { table, dst, nexthops: found.nexthops, metric: found.metric })
    }

    /// The request that makes it, or changes it: by its flags.
    pub fn message(&self) -> RouteNew<'_> {
        let Self { table, dst, ref nexthops, metric } = *self;
        RouteNew { table, dst, nexthop: Repeat::new(nexthops), metric }
    }
}

/// Which route is meant: `PREFIX table NAME`.
pub fn key<'a>(words: &[&'a str], table: Option<&'a str>) -> Result<RouteDel<'a>, WordError> {
    let Route { table, dst, nexthops, metric } = Route::parse(words, table)?;
    match (nexthops.is_empty(), metric) {
        (true, None) => Ok(RouteDel { table, dst }),
        (false, _) => Err(WordError::NotHere("next hop")),
        (true, Some(_)) => Err(WordError::NotHere("metric")),
    }
}

/// What is asked for: a prefix exactly as written, or the best route to an address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted {
    /// The route of this prefix.
    Exactly(Prefix),
    /// The route that packets to this address take.
    RouteTo(IpAddr),
}

/// `ADDRESS table NAME`, or `PREFIX table NAME` with a slash or `default`.
pub fn wanted<'a>(words: &[&'a str]) -> Result<(Wanted, &'a str), WordError> {
    let RouteDel { table, dst } = key(words, None)?;
    let is_address = words.first().is_some_and(|word| word.parse::<IpAddr>().is_ok());
    Ok((if is_address { Wanted::RouteTo(dst.addr) } else { Wanted::Exactly(dst) }, table))
}

/// `[table NAME]`.
pub fn filter<'a>(words: &[&'a str]) -> Result<Option<&'a str>, WordError> {
    match words {
        [] => Ok(None),
        ["table"] => Err(WordError::NoValue("table".to_owned())),
        ["table", word] => name(word).map(Some),
        ["table", _, word, ..] | [word, ..] => Err(WordError::NoFilter((*word).to_owned())),
    }
}

/// A destination. `default` is that of IPv4 unless the gateway says otherwise.
pub fn prefix(word: &str, is_v6: bool) -> Result<Prefix, WordError> {
    if word == "default" {
        let any = if is_v6 { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
        return Ok(Prefix { addr: any, len: 0 });
    }
    let (addr, len) = word.split_once('/').map_or((word, None), |(addr, len)| (addr, Some(len)));
    let addr: IpAddr = addr.parse().map_err(|_| WordError::NoDestination(word.to_owned()))?;
    let full = if addr.is_ipv6() { 128 } else { 32 };
    match len.map_or(Ok(full), str::parse::<u8>) {
        Ok(len @ ..=128) => Ok(Prefix { addr, len }),
        _ => Err(WordError::NoDestination(word.to_owned())),
    }
}

/// The name of a table or an interface. Only what a message cannot hold is an error here.
pub fn name(word: &str) -> Result<&str, WordError> {
    match word.len() {
        1..=NAME_MAX if !word.contains('\0') => Ok(word),
        _ => Err(WordError::NoName(word.to_owned())),
    }
}

/// What follows the destination.
struct Clauses<'a> {
    table: Option<&'a str>,
    metric: Option<u32>,
    nexthops: Vec<NextHop<'a>>,
}

impl<'a> Clauses<'a> {
    fn read(&mut self, mut words: Iter<'_, &'a str>) -> Result<(), WordError> {
        while let Some(&word) = words.next() {
            match word {
                "table" => once(&mut self.table, "table", name(value(&mut words, "table")?)?)?,
                "metric" => once(&mut self.metric, "metric", number(&mut words, "metric")?)?,
                "via" => once(&mut self.hop().gateway, "via", number(&mut words, "via")?)?,
                "dev" => once(&mut self.hop().oif, "dev", name(value(&mut words, "dev")?)?)?,
                "weight" => {
                    let weight: NonZeroU8 = number(&mut words, "weight")?;
                    once(&mut self.hop().weight, "weight", weight.get())?;
                }
                "nexthop" => self.nexthops.push(NO_HOP),
                other => return Err(WordError::Unknown(other.to_owned())),
            }
        }
        Ok(())
    }

    /// The next hop that is being described; the first one needs no `nexthop` before it.
    fn hop(&mut self) -> &mut NextHop<'a> {
        if self.nexthops.is_empty() {
            self.nexthops.push(NO_HOP);
        }
        let last = self.nexthops.len() - 1;
        &mut self.nexthops[last]
    }
}

const NO_HOP: NextHop<'_> = NextHop { gateway: None, oif: None, weight: None };

/// The word behind a keyword.
fn value<'a>(words: &mut Iter<'_, &'a str>, key: &'static str) -> Result<&'a str, WordError> {
    words.next().copied().ok_or_else(|| WordError::NoValue(key.to_owned()))
}

/// The word behind a keyword, as a number or an address.
fn number<T: FromStr>(words: &mut Iter<'_, &str>, key: &'static str) -> Result<T, WordError> {
    let word = value(words, key)?;
    word.parse().map_err(|_| WordError::NotA(key, word.to_owned()))
}

fn once<T>(place: &mut Option<T>, key: &'static str, value: T) -> Result<(), WordError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(WordError::Twice(key)),
    }
}

/// Why words cannot be read as a route.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WordError {
    /// There is no word for the destination.
    #[error("the destination is missing: write one like 10.1.1.0/24, 2001:db8::/32, or default")]
    NoPrefix,
    /// This word is not a destination.
    #[error("`{0}` is not a destination: write one like 10.1.1.0/24, 2001:db8::/32, or default")]
    NoDestination(String),
    /// A clause that must be given.
    #[error("`{0} NAME` is missing")]
    Missing(&'static str),
    /// A keyword without the word behind it.
    #[error("write a value after `{0}`")]
    NoValue(String),
    /// A keyword that is given twice.
    #[error("`{0}` is given twice")]
    Twice(&'static str),
    /// The word behind a keyword does not fit it.
    #[error("`{1}` is not a value for {0}")]
    NotA(&'static str, String),
    /// A name that no message can hold.
    #[error("{0:?} is not a name: names have 1 to {NAME_MAX} characters")]
    NoName(String),
    /// Part of a route that this command does not take.
    #[error("a {0} has no place here")]
    NotHere(&'static str),
    /// Not a keyword of a route.
    #[error("`{0}` is not known here: write via, dev, weight, table, metric or nexthop, and a value")]
    Unknown(String),
    /// Not a keyword of a list.
    #[error("`{0}` is not known here: write `table NAME`, or nothing for all tables")]
    NoFilter(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(text: &str) -> Result<Route<'_>, WordError> {
        Route::parse(&text.split_whitespace().collect::<Vec<_>>(), None)
    }

    fn hop<'a>(gateway: &str, oif: Option<&'a str>, weight: Option<u8>) -> NextHop<'a> {
        NextHop { gateway: gateway.parse().ok(), oif, weight }
    }

    #[test]
    fn a_route_reads_as_in_ip_route() {
        let route = route("10.1.1.0/24 via 11.1.1.1 dev eth0/6 table blue").unwrap();
        assert_eq!((route.table, route.metric), ("blue", None));
        assert_eq!(route.dst, Prefix { addr: [10, 1, 1, 0].into(), len: 24 });
        assert_eq!(route.nexthops, [hop("11.1.1.1", Some("eth0/6"), None)]);
    }

    #[test]
    fn next_hops_keep_their_order_and_table_and_metric_may_stand_anywhere() {
        let text =
            "2001:db8::/32 weight 3 via fe80::1 metric 5 nexthop dev eth1 table blue nexthop via fe80::2";
        let route = route(text).unwrap();
        assert_eq!((route.table, route.metric), ("blue", Some(5)));
        let hops = [hop("fe80::1", None, Some(3)), hop("", Some("eth1"), None), hop("fe80::2", None, None)];
        assert_eq!(route.nexthops, hops);
    }

    #[test]
    fn an_address_alone_is_a_host_and_default_is_of_the_gateways_family() {
        for (text, addr, len) in [
            ("10.1.1.7 table t", "10.1.1.7", 32),
            ("::1 table t", "::1", 128),
            ("default via 10.0.0.1 table t", "0.0.0.0", 0),
            ("default via fe80::1 table t", "::", 0),
            ("default dev eth0 table t", "0.0.0.0", 0),
        ] {
            assert_eq!(route(text).unwrap().dst, Prefix { addr: addr.parse().unwrap(), len }, "{text}");
        }
    }

    #[test]
    fn what_the_other_end_has_to_judge_is_not_judged_here() {
        let dst = |text| route(text).unwrap().dst.len;
        assert_eq!(dst("10.1.1.7/24 table blue"), 24, "host bits");
        assert_eq!(dst("10.1.1.0/33 table blue"), 33, "longer than IPv4 allows");
        let bare = route("10.1.1.0/24 table blue nexthop nexthop").unwrap();
        assert_eq!(bare.nexthops, [NO_HOP, NO_HOP]);
    }

    #[test]
    fn each_mistake_is_named() {
        for (text, error) in [
            ("", WordError::NoPrefix),
            ("10.0.0.0/8", WordError::Missing("table")),
            ("10.0.0.0/8 table", WordError::NoValue("table".into())),
            ("10.0.0.0/8 table t via", WordError::NoValue("via".into())),
            ("10.0.0.0/8 table t table u", WordError::Twice("table")),
            ("10.0.0.0/8 table t via 1.1.1.1 via 1.1.1.2", WordError::Twice("via")),
            ("10.0.0.0/8 table t via gate", WordError::NotA("via", "gate".into())),
            ("10.0.0.0/8 table t dev e weight 256", WordError::NotA("weight", "256".into())),
            ("10.0.0.0/8 table t dev e weight 0", WordError::NotA("weight", "0".into())),
            ("10.0.0.0/8 table t metric -1", WordError::NotA("metric", "-1".into())),
            ("10.0.0/8 table t", WordError::NoDestination("10.0.0/8".into())),
            ("10.0.0.0/129 table t", WordError::NoDestination("10.0.0.0/129".into())),
            ("10.0.0.0/ table t", WordError::NoDestination("10.0.0.0/".into())),
            ("via 1.1.1.1 table t", WordError::NoDestination("via".into())),
            ("10.0.0.0/8 gateway 1.1.1.1", WordError::Unknown("gateway".into())),
        ] {
            assert_eq!(route(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_name_is_what_a_message_can_hold() {
        let longest = "n".repeat(NAME_MAX);
        assert_eq!(name(&longest), Ok(&*longest));
        assert_eq!(name("\u{fc}\u{7f}"), Ok("\u{fc}\u{7f}"), "the other end refuses it");
        for word in ["", "a\0b", &"n".repeat(NAME_MAX + 1)] {
            assert_eq!(name(word), Err(WordError::NoName(word.to_owned())));
        }
        let route = route("10.0.0.0/8 table t dev interface-with-a-name-of-33-bytes.");
        assert!(matches!(route, Err(WordError::NoName(_))), "{route:?}");
    }

    #[test]
    fn a_key_has_neither_next_hops_nor_a_metric() {
        let dst = Prefix { addr: [10, 0, 0, 0].into(), len: 8 };
        assert_eq!(key(&["10.0.0.0/8", "table", "t"], None), Ok(RouteDel { table: "t", dst }));
        assert_eq!(key(&["10.0.0.0/8"], Some("t")), Ok(RouteDel { table: "t", dst }));
        assert_eq!(key(&["10.0.0.0/8", "dev", "eth0"], Some("t")), Err(WordError::NotHere("next hop")));
        assert_eq!(key(&["10.0.0.0/8", "metric", "1"], Some("t")), Err(WordError::NotHere("metric")));
    }

    #[test]
    fn a_slash_asks_for_that_prefix_and_an_address_for_the_route_to_it() {
        let host = Prefix { addr: [10, 1, 1, 7].into(), len: 32 };
        assert_eq!(wanted(&["10.1.1.7", "table", "t"]), Ok((Wanted::RouteTo(host.addr), "t")));
        assert_eq!(wanted(&["10.1.1.7/32", "table", "t"]), Ok((Wanted::Exactly(host), "t")));
        let any = Prefix { addr: [0; 4].into(), len: 0 };
        assert_eq!(wanted(&["default", "table", "t"]), Ok((Wanted::Exactly(any), "t")));
    }

    #[test]
    fn a_list_is_of_one_table_or_of_all() {
        assert_eq!(filter(&[]), Ok(None));
        assert_eq!(filter(&["table", "blue"]), Ok(Some("blue")));
        assert_eq!(filter(&["table"]), Err(WordError::NoValue("table".into())));
        assert_eq!(filter(&["blue"]), Err(WordError::NoFilter("blue".into())));
        assert_eq!(filter(&["table", "blue", "x"]), Err(WordError::NoFilter("x".into())));
    }
}
