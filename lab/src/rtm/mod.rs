//! RTM, the routing table manager: named tables of routes, defined once, for both ends of the wire.
//!
//! The kernel holds any number of tables; applications create, read, change and delete tables and routes, are told of
//! every change, and look an address up by its longest prefix. The C header and the policies of a kernel module are
//! generated from these types with `cargo xtask uapi`.

pub mod client;
pub mod peer;
pub mod uapi;
pub mod words;

use core::net::IpAddr;
use nl_tlv::schema::MessageSchema;
use nl_tlv::{Attr, NlAttrs, NlMessage, Repeat};

/// Netlink protocol that the RTM module registers unless told otherwise.
pub const PROTOCOL: u32 = 30;

/// Longest name of a table or an interface, in bytes, without the NUL.
pub const NAME_MAX: usize = 31;

/// Largest number of next hops of a route.
pub const NEXTHOPS_MAX: usize = 32;

/// Largest number of tables of a network namespace, unless told otherwise.
pub const TABLES_MAX: usize = 1024;

/// Largest number of routes of a network namespace, in all of its tables, unless told otherwise.
pub const ROUTES_MAX: usize = 1 << 20;

/// Weight of a next hop that says nothing of it.
pub const WEIGHT_DEFAULT: u8 = 1;

/// Error code for a table that exists already; a literal of the protocol, not ENETDOWN.
pub const TABLE_EXISTS: i32 = -100;

/// Receives every change of a table.
pub const GROUP_TABLES: u32 = 1;

/// Receives every change of a route.
pub const GROUP_ROUTES: u32 = 2;

/// Every message of the protocol, for dissecting.
pub const SCHEMAS: &[&MessageSchema] = &[
    TableReply::SCHEMAS[0],
    TableDel::SCHEMAS[0],
    TableGet::SCHEMAS[0],
    TableClear::SCHEMAS[0],
    RouteReply::SCHEMAS[0],
    RouteDel::SCHEMAS[0],
    RouteGet::SCHEMAS[0],
];

/// An attribute of a table.
#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
#[nl(c_prefix = "RTM_TABLE_A")]
pub enum TableAttr<'a> {
    /// Name, 1 to 31 graphic ASCII bytes, then NULs; 32 bytes at most, string.
    #[nl(attr = 1, min_len = 1, max_len = NAME_MAX)]
    Name(&'a str),
    /// Number of routes, u32.
    #[nl(attr = 2)]
    Routes(u32),
    /// Generation of the last change, u64.
    #[nl(attr = 3)]
    Generation(u64),
    /// Another one.
    #[nl(other)]
    Other(Attr<'a>),
}

/// An attribute of a route.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
#[nl(c_prefix = "RTM_ROUTE_A")]
pub enum RouteAttr<'a> {
    /// Name of the table, string.
    #[nl(attr = 1, min_len = 1, max_len = NAME_MAX)]
    Table(&'a str),
    /// Destination, nest of enum rtm_prefix_attr.
    #[nl(attr = 2)]
    Dst(Prefix),
    /// Next hop, nest of enum rtm_nexthop_attr; 1 to 32 of them.
    #[nl(attr = 3)]
    Nexthop(NextHop<'a>),
    /// Metric, u32.
    #[nl(attr = 4)]
    Metric(u32),
    /// Address to look up by longest prefix, 4 or 16 bytes.
    #[nl(attr = 5)]
    Lookup(IpAddr),
    /// Generation of the last change, u64.
    #[nl(attr = 6)]
    Generation(u64),
    /// Another one.
    #[nl(other)]
    Other(Attr<'a>),
}

/// A destination: the network address and how many of its bits count.
#[derive(NlAttrs, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[nl(c_prefix = "RTM_PREFIX_A")]
pub struct Prefix {
    /// Network address, 4 or 16 bytes.
    #[nl(attr = 1)]
    pub addr: IpAddr,
    /// Prefix length in bits, u8.
    #[nl(attr = 2, max = 128)]
    pub len: u8,
}

/// Where packets to a destination go: a gateway, an output interface, or both.
#[derive(NlAttrs, Clone, Copy, Debug, PartialEq, Eq)]
#[nl(c_prefix = "RTM_NEXTHOP_A")]
pub struct NextHop<'a> {
    /// Gateway, 4 or 16 bytes.
    #[nl(attr = 1)]
    pub gateway: Option<IpAddr>,
    /// Output interface, 1 to 31 graphic ASCII bytes, then NULs; 32 bytes at most, string.
    #[nl(attr = 2, min_len = 1, max_len = NAME_MAX)]
    pub oif: Option<&'a str>,
    /// Weight, u8; 1 if absent.
    #[nl(attr = 3, min = 1)]
    pub weight: Option<u8>,
}

/// Creates a table.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 21, c_name = "RTM_TABLE_NEW", attrs = TableAttr<'a>)]
pub struct TableNew<'a> {
    /// Name.
    #[nl(attr = 1, min_len = 1, max_len = NAME_MAX)]
    pub name: &'a str,
}

/// Deletes a table with its routes.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 22, c_name = "RTM_TABLE_DEL", attrs = TableAttr<'a>)]
pub struct TableDel<'a> {
    /// Name.
    #[nl(attr = 1, min_len = 1, max_len = NAME_MAX)]
    pub name: &'a str,
}

/// Asks for a table, or in a dump for all.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(ty = 23, c_name = "RTM_TABLE_GET", attrs = TableAttr<'a>)]
pub struct TableGet<'a> {
    /// Name.
    #[nl(attr = 1, min_len = 1, max_len = NAME_MAX)]
    pub name: Option<&'a str>,
}

/// Deletes all routes of a table.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 24, c_name = "RTM_TABLE_CLEAR", attrs = TableAttr<'a>)]
pub struct TableClear<'a> {
    /// Name.
    #[nl(attr = 1, min_len = 1, max_len = NAME_MAX)]
    pub name: &'a str,
}

/// Adds, changes or extends a route, by the flags of a NEW request.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 25, c_name = "RTM_ROUTE_NEW", attrs = RouteAttr<'a>)]
pub struct RouteNew<'a> {
    /// Name of the table.
    #[nl(attr = 1, min_len = 1, max_len = NAME_MAX)]
    pub table: &'a str,
    /// Destination.
    #[nl(attr = 2)]
    pub dst: Prefix,
    /// Next hops.
    #[nl(attr = 3)]
    pub nexthop: Repeat<'a, NextHop<'a>>,
    /// Metric; 0 if absent.
    #[nl(attr = 4)]
    pub metric: Option<u32>,
}

/// Deletes a route.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 26, c_name = "RTM_ROUTE_DEL", attrs = RouteAttr<'a>)]
pub struct RouteDel<'a> {
    /// Name of the table.
    #[nl(attr = 1, min_len = 1, max_len = NAME_MAX)]
    pub table: &'a str,
    /// Destination.
    #[nl(attr = 2)]
    pub dst: Prefix,
}

/// Asks for a route, by its destination or by longest match, or in a dump for all.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(ty = 27, c_name = "RTM_ROUTE_GET", attrs = RouteAttr<'a>)]
pub struct RouteGet<'a> {
    /// Name of the table; in a dump, only its routes.
    #[nl(attr = 1, min_len = 1, max_len = NAME_MAX)]
    pub table: Option<&'a str>,
    /// Exactly this destination.
    #[nl(attr = 2)]
    pub dst: Option<Prefix>,
    /// The longest prefix that matches this address.
    #[nl(attr = 5)]
    pub lookup: Option<IpAddr>,
}

/// A table, as answers and events show it.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 21, deleted = 22, c_name = "RTM_TABLE_NEW", attrs = TableAttr<'a>)]
pub struct TableReply<'a> {
    /// Name.
    #[nl(attr = 1, key)]
    pub name: &'a str,
    /// Number of routes.
    #[nl(attr = 2)]
    pub routes: u32,
    /// Generation of its last change.
    #[nl(attr = 3)]
    pub generation: u64,
}

/// A route, as answers and events show it.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 25, deleted = 26, c_name = "RTM_ROUTE_NEW", attrs = RouteAttr<'a>)]
pub struct RouteReply<'a> {
    /// Name of the table.
    #[nl(attr = 1, key)]
    pub table: &'a str,
    /// Destination.
    #[nl(attr = 2, key)]
    pub dst: Prefix,
    /// Next hops, in order.
    #[nl(attr = 3)]
    pub nexthop: Repeat<'a, NextHop<'a>>,
    /// Metric.
    #[nl(attr = 4)]
    pub metric: u32,
    /// Generation of its last change.
    #[nl(attr = 6)]
    pub generation: u64,
}
