//! A message as a user of the library defines it.
#![forbid(unsafe_code)]

use core::net::IpAddr;
use nl_tlv::{NlAttrs, NlMessage, Repeat, Rest, nl_struct};

/// A family header.
#[nl_struct]
pub struct RouteFlags {
    /// Flags.
    pub bits: u32,
}

/// A route.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 25)]
pub struct RouteNew<'a> {
    /// Family header.
    #[nl(fixed_header)]
    pub flags: RouteFlags,
    /// Name of the table.
    #[nl(attr = 1, min_len = 1, max_len = 31)]
    pub table: &'a str,
    /// Destination.
    #[nl(attr = 2)]
    pub dst: Prefix,
    /// Next hops.
    #[nl(attr = 3)]
    pub nexthop: Repeat<'a, NextHop<'a>>,
    /// Metric.
    #[nl(attr = 4)]
    pub metric: Option<u32>,
    /// What is not known.
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// A prefix.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub struct Prefix {
    /// Network address.
    #[nl(attr = 1)]
    pub addr: IpAddr,
    /// Prefix length in bits.
    #[nl(attr = 2, max = 128)]
    pub len: u8,
}

/// A next hop.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub struct NextHop<'a> {
    /// Gateway.
    #[nl(attr = 1)]
    pub gateway: Option<IpAddr>,
    /// Output interface.
    #[nl(attr = 2, max_len = 31)]
    pub oif: Option<&'a str>,
}
