//! What the tests share: a few of rtnetlink's messages, cut down to what is asked of them here, and a network namespace
//! for those that need one.

#[path = "../support/netns.rs"]
mod netns;

pub(crate) use netns::{in_namespace, skip, within};
use nl_tlv::NlMessage;
use nl_tlv::socket::Connection;
use nl_tlv_families::rt_link::{IfInfoMsg, SetLink};
use nl_tlv_families::rt_route::{RtMsg, RtProtocol, RtScope, RtmType};
use std::net::Ipv4Addr;

/// RTM_GETLINK; its second attribute is a `u32` for the kernel, so that a wrong length can be sent.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 18)]
pub(crate) struct LinkGet<'a> {
    #[nl(fixed_header)]
    pub(crate) header: IfInfoMsg,
    #[nl(attr = 29)]
    pub(crate) ext_mask: Option<&'a [u8]>,
}

impl LinkGet<'_> {
    pub(crate) fn index(index: i32) -> Self {
        Self { header: IfInfoMsg::at(index), ext_mask: None }
    }
}

/// RTM_NEWLINK.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 16)]
pub(crate) struct LinkNew<'a> {
    #[nl(fixed_header)]
    pub(crate) header: IfInfoMsg,
    #[nl(attr = 3)]
    pub(crate) ifname: Option<&'a str>,
}

/// RTM_NEWLINK of the loopback interface, which exists in every namespace, to set it up or down.
pub(crate) fn loopback(up: bool) -> LinkNew<'static> {
    let set = SetLink::at(1u32);
    LinkNew { header: if up { set.up() } else { set.down() }.header, ifname: None }
}

/// RTM_NEWROUTE.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 24, deleted = 25)]
pub(crate) struct RouteNew {
    #[nl(fixed_header, key = [dst_len, tos])]
    pub(crate) header: RtMsg,
    #[nl(attr = 1, key)]
    pub(crate) dst: Option<Ipv4Addr>,
    #[nl(attr = 15, key)]
    pub(crate) table: Option<u32>,
    #[nl(attr = 6, key)]
    pub(crate) priority: Option<u32>,
    #[nl(attr = 4)]
    pub(crate) oif: Option<u32>,
}

/// RTM_DELROUTE.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 25)]
pub(crate) struct RouteDelete {
    #[nl(fixed_header)]
    pub(crate) header: RtMsg,
    #[nl(attr = 1)]
    pub(crate) dst: Option<Ipv4Addr>,
    #[nl(attr = 15)]
    pub(crate) table: Option<u32>,
    #[nl(attr = 6)]
    pub(crate) priority: Option<u32>,
    #[nl(attr = 4)]
    pub(crate) oif: Option<u32>,
}

/// RTM_GETROUTE.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 26)]
pub(crate) struct RouteGet {
    #[nl(fixed_header)]
    pub(crate) header: RtMsg,
    #[nl(attr = 15)]
    pub(crate) table: Option<u32>,
}

/// The table that the tests write to.
pub(crate) const TABLE: u32 = 1000;

impl RouteNew {
    /// A route to one address, over the loopback interface.
    pub(crate) fn to(number: u32) -> Self {
        let (protocol, scope, r#type) = (RtProtocol::Static, RtScope::Link, RtmType::Unicast);
        let header =
            RtMsg { family: 2, dst_len: 32, table: 252, protocol, scope, r#type, ..RtMsg::default() };
        let dst = Ipv4Addr::from_bits(0x0a00_0000 + number);
        Self { header, dst: Some(dst), table: Some(TABLE), priority: None, oif: Some(1) }
    }

    /// The request that deletes it.
    pub(crate) fn delete(&self) -> RouteDelete {
        let Self { header, dst, table, priority, oif } = *self;
        RouteDelete { header, dst, table, priority, oif }
    }
}

impl RouteGet {
    /// All IPv4 routes of the tests' table, for a kernel that filters.
    pub(crate) fn table() -> Self {
        Self { header: RtMsg { family: 2, ..RtMsg::default() }, table: Some(TABLE) }
    }
}

/// The destinations in the tests' table.
pub(crate) fn destinations(conn: &mut Connection) -> Vec<Ipv4Addr> {
    let mut routes = conn.dump(&RouteGet::table()).unwrap();
    let mut found = Vec::new();
    while let Some(route) = routes.next::<RouteNew>().unwrap() {
        found.extend(route.dst.filter(|_| route.table == Some(TABLE)));
    }
    found.sort_unstable();
    found
}
