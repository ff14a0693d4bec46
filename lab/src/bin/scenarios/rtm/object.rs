//! Tables and routes as the scenarios compare them: owned, and read attribute by attribute whatever the message's type.

use crate::ensure;
use nl_tlv::Message;
use nl_tlv::value::Parse;
use nl_tlv_lab::rtm::{NextHop, Prefix, RouteAttr, TableAttr};
use std::net::IpAddr;

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) routes: u32,
    pub(crate) generation: u64,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) table: String,
    pub(crate) dst: Prefix,
    pub(crate) hops: Vec<Hop>,
    pub(crate) metric: u32,
    pub(crate) generation: u64,
}

/// A next hop. A weight that is not said is 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hop {
    pub(crate) gateway: Option<IpAddr>,
    pub(crate) oif: Option<String>,
    pub(crate) weight: u8,
}

impl From<&NextHop<'_>> for Hop {
    fn from(hop: &NextHop<'_>) -> Self {
        let &NextHop { gateway, oif, weight } = hop;
        Self { gateway, oif: oif.map(Into::into), weight: weight.unwrap_or(1) }
    }
}

/// What can be read from a message.
pub(crate) trait Object: Sized {
    /// The type of the message that shows it.
    const TYPE: u16;

    /// Reads it; each attribute has to be there once, and no other.
    fn read(message: &Message<'_>) -> Result<Self, String>;
}

impl Object for Table {
    const TYPE: u16 = 21;

    fn read(message: &Message<'_>) -> Result<Self, String> {
        let (mut name, mut routes, mut generation) = (None, None, None);
        for attr in typed::<TableAttr<'_>>(message)? {
            match attr {
                TableAttr::Name(found) => once(&mut name, found.to_owned())?,
                TableAttr::Routes(found) => once(&mut routes, found)?,
                TableAttr::Generation(found) => once(&mut generation, found)?,
                other => return Err(format!("{other:?} in {message:?}")),
            }
        }
        let whole = name.zip(routes).zip(generation);
        let ((name, routes), generation) = whole.ok_or_else(|| format!("incomplete: {message:?}"))?;
        Ok(Self { name, routes, generation })
    }
}

impl Object for Route {
    const TYPE: u16 = 25;

    fn read(message: &Message<'_>) -> Result<Self, String> {
        let (mut table, mut dst, mut metric, mut generation) = (None, None, None, None);
        let mut hops = Vec::new();
        for attr in typed::<RouteAttr<'_>>(message)? {
            match attr {
                RouteAttr::Table(found) => once(&mut table, found.to_owned())?,
                RouteAttr::Dst(found) => once(&mut dst, found)?,
                RouteAttr::Nexthop(found) => hops.push(Hop::from(&found)),
                RouteAttr::Metric(found) => once(&mut metric, found)?,
                RouteAttr::Generation(found) => once(&mut generation, found)?,
                other => return Err(format!("{other:?} in {message:?}")),
            }
        }
        ensure!((1..=32).contains(&hops.len()), "{} next hops", hops.len());
        let whole = table.zip(dst).zip(metric.zip(generation));
        let ((table, dst), (metric, generation)) = whole.ok_or_else(|| format!("incomplete: {message:?}"))?;
        Ok(Self { table, dst, hops, metric, generation })
    }
}

fn typed<'a, A: Parse<'a>>(message: &Message<'a>) -> Result<Vec<A>, String> {
    let mut attrs = message.attrs();
    let read = attrs.by_ref().map(|attr| attr?.parse()).collect::<Result<_, _>>();
    ensure!(attrs.remainder().is_empty(), "bytes behind the attributes");
    read.map_err(|err| format!("{err}: {message:?}"))
}

fn once<T>(slot: &mut Option<T>, found: T) -> Result<(), String> {
    ensure!(slot.is_none(), "an attribute comes twice");
    *slot = Some(found);
    Ok(())
}

/// A prefix out of its usual form. The scenarios say it right.
pub(crate) fn prefix(text: &str) -> Prefix {
    let (addr, len) = text.split_once('/').unwrap_or((text, ""));
    match (addr.parse(), len.parse()) {
        (Ok(addr), Ok(len)) => Prefix { addr, len },
        _ => unreachable!("{text} is a prefix"),
    }
}

/// An address out of its usual form.
pub(crate) fn address(text: &str) -> IpAddr {
    text.parse().unwrap_or_else(|_| unreachable!("{text} is an address"))
}

/// The next hop by a gateway.
pub(crate) fn via(gateway: &str) -> NextHop<'static> {
    NextHop { gateway: Some(address(gateway)), oif: None, weight: None }
}

/// The next hop by an interface.
pub(crate) fn dev(oif: &str) -> NextHop<'_> {
    NextHop { gateway: None, oif: Some(oif), weight: None }
}
