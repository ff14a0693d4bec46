//! Next hops by themselves, which routes name by number.

use super::constants::AF_UNSPEC;
use super::{IfIndex, family_of};
use crate::rt_nexthop::{DelNextHop, GetNextHop, NextHop, Nexthop, NexthopGrp, NhMsg};
use crate::rt_route::RtProtocol;
use core::net::IpAddr;
use nl_tlv::value::Array;

/// A header of static ones.
fn header(family: u8) -> NhMsg {
    NhMsg { family, protocol: RtProtocol::Static, ..NhMsg::default() }
}

impl<'a> NextHop<'a> {
    /// A next hop via a gateway that is on a link.
    #[must_use]
    pub fn via(id: u32, gateway: IpAddr, dev: impl Into<IfIndex>) -> Self {
        let oif = Some(dev.into().get());
        let attrs = Nexthop { id: Some(id), gateway: Some(gateway), oif, ..Nexthop::default() };
        Self { header: header(family_of(gateway)), attrs }
    }

    /// A next hop that drops packets, of an address family.
    #[must_use]
    pub fn blackhole(id: u32, family: u8) -> Self {
        Self {
            header: header(family),
            attrs: Nexthop { id: Some(id), blackhole: true, ..Nexthop::default() },
        }
    }

    /// A group of others.
    #[must_use]
    pub fn group(id: u32, members: &'a [NexthopGrp]) -> Self {
        let group = Some(Array::new(members));
        Self { header: header(AF_UNSPEC), attrs: Nexthop { id: Some(id), group, ..Nexthop::default() } }
    }
}

impl NexthopGrp {
    /// A next hop in a group, which has a share of the packets in proportion to its weight, 1 at least.
    #[must_use]
    pub fn new(id: u32, weight: u16) -> Self {
        // The kernel adds one.
        let [weight, weight_high] = weight.saturating_sub(1).to_le_bytes();
        Self { id, weight, weight_high }
    }
}

macro_rules! by_number {
    ($($(#[doc = $doc:literal])* $name:ident)*) => {$(
        impl $name<'_> {
            $(#[doc = $doc])*
            #[must_use]
            pub fn of(id: u32) -> Self {
                Self { attrs: Nexthop { id: Some(id), ..Nexthop::default() }, ..Self::default() }
            }
        }
    )*};
}

by_number! {
    /// The one of this number.
    GetNextHop
    /// The one of this number. The kernel deletes the routes via it too, and takes it out of its groups.
    DelNextHop
}
