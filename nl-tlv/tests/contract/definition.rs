use core::net::IpAddr;
use nl_tlv::{NlAttrs, NlMessage, Repeat, Rest};

/// A prefix.
#[derive(NlAttrs, Debug, Clone, PartialEq)]
pub struct Prefix {
    /// Network address.
    #[nl(attr = 1)]
    pub addr: IpAddr,
    /// Prefix length in bits.
    #[nl(attr = 2, max = 128)]
    pub len: u8,
}

/// A next hop.
#[derive(NlAttrs, Debug, Clone, PartialEq)]
pub struct NextHop<'a> {
    /// Gateway.
    #[nl(attr = 1)]
    pub gateway: Option<IpAddr>,
    /// Output interface.
    #[nl(attr = 2, min_len = 1, max_len = 31)]
    pub oif: Option<&'a str>,
    /// Weight.
    #[nl(attr = 3, min = 1)]
    pub weight: Option<u8>,
}

/// A route.
#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 25)]
pub struct RouteNew<'a> {
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
    /// All else.
    #[nl(rest)]
    pub rest: Rest<'a>,
}
