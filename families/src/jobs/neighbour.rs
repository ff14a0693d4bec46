//! Neighbours: link-layer addresses of IP addresses.

use super::{IfIndex, family_of};
use crate::rt_neigh::{DelNeighbour, GetNeighbour, NdMsg, Neighbour, NeighbourAttrs, NudState};
use core::net::IpAddr;
use nl_tlv::value::HwAddr;

impl<'a> Neighbour<'a> {
    /// A permanent neighbour.
    #[must_use]
    #[inline]
    pub fn new(index: impl Into<IfIndex>, address: IpAddr, lladdr: impl Into<HwAddr<'a>>) -> Self {
        let (family, ifindex) = (family_of(address), index.into().signed());
        let header = NdMsg { family, ifindex, state: NudState::PERMANENT, ..NdMsg::default() };
        let attrs =
            NeighbourAttrs { dst: Some(address), lladdr: Some(lladdr.into()), ..NeighbourAttrs::default() };
        Self { header, attrs }
    }
}

impl<'a> DelNeighbour<'a> {
    /// Exactly this neighbour or forwarding entry.
    #[must_use]
    #[inline]
    pub fn of(neighbour: &Neighbour<'a>) -> Self {
        let NeighbourAttrs { dst, lladdr, vlan, port, vni, ifindex, src_vni, nh_id, .. } = neighbour.attrs;
        let attrs = NeighbourAttrs {
            dst,
            lladdr,
            vlan,
            port,
            vni,
            ifindex,
            src_vni,
            nh_id,
            ..NeighbourAttrs::default()
        };
        Self { header: neighbour.header, attrs }
    }
}

impl GetNeighbour<'_> {
    /// All neighbours of a family.
    #[must_use]
    #[inline]
    pub fn of_family(family: u8) -> Self {
        Self { header: NdMsg { family, ..NdMsg::default() }, ..Self::default() }
    }

    /// Those of one interface alone.
    #[must_use]
    #[inline]
    pub fn on(mut self, index: impl Into<IfIndex>) -> Self {
        self.ifindex = Some(index.into().get());
        self
    }
}
