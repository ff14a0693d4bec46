//! Neighbours: link-layer addresses of IP addresses.

use super::constants::AF_BRIDGE;
use super::{IfIndex, family_of};
use crate::rt_neigh::{DelNeighbour, GetNeighbour, NdMsg, Neighbour, NeighbourAttrs, NtfFlags, NudState};
use core::net::IpAddr;
use nl_tlv::value::HwAddr;

impl<'a> Neighbour<'a> {
    /// A permanent neighbour.
    #[must_use]
    #[inline]
    pub fn new(index: impl Into<IfIndex>, address: IpAddr, lladdr: impl Into<HwAddr<'a>>) -> Self {
        let (family, ifindex) = (family_of(address), index.into().signed());
        let header = NdMsg { family, ifindex, state: NudState::PERMANENT, ..NdMsg::default() };
        let attrs = NeighbourAttrs {
            dst: Some(address.into()),
            lladdr: Some(lladdr.into()),
            ..NeighbourAttrs::default()
        };
        Self { header, attrs }
    }

    /// A forwarding entry of a bridge: this address is behind this port.
    #[must_use]
    #[inline]
    pub fn fdb(port: impl Into<IfIndex>, lladdr: impl Into<HwAddr<'a>>) -> Self {
        Self::forwarding(port.into(), lladdr.into(), NudState::REACHABLE, NtfFlags::MASTER)
    }

    /// A forwarding entry of a VXLAN: this address is behind the tunnel to this one. All zeros are all addresses that
    /// have no entry of their own; several of them are added with `NewFlags::APPEND`.
    #[must_use]
    #[inline]
    pub fn fdb_remote(dev: impl Into<IfIndex>, lladdr: impl Into<HwAddr<'a>>, remote: IpAddr) -> Self {
        let mut entry = Self::forwarding(dev.into(), lladdr.into(), NudState::PERMANENT, NtfFlags::SELF);
        entry.dst = Some(remote.into());
        entry
    }

    fn forwarding(dev: IfIndex, lladdr: HwAddr<'a>, state: NudState, flags: NtfFlags) -> Self {
        let state = state | NudState::NOARP;
        let header = NdMsg { family: AF_BRIDGE, ifindex: dev.signed(), state, flags, ..NdMsg::default() };
        Self { header, attrs: NeighbourAttrs { lladdr: Some(lladdr), ..NeighbourAttrs::default() } }
    }

    /// Limits it to a VLAN.
    #[must_use]
    #[inline]
    pub fn vlan(mut self, id: u16) -> Self {
        self.vlan = Some(id);
        self
    }
}

impl<'a> DelNeighbour<'a> {
    /// Deletes exactly this neighbour or forwarding entry.
    ///
    /// Two kinds of forwarding entries stand for several. One of a bridge's port without a VLAN is also one in each VLAN of
    /// the port: so it is added, and so it is deleted. One of a VXLAN without a remote address (`dst`) is all entries of its
    /// link-layer address.
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
    /// Asks for all neighbours of a family.
    #[must_use]
    #[inline]
    pub fn of_family(family: u8) -> Self {
        Self { header: NdMsg { family, ..NdMsg::default() }, ..Self::default() }
    }

    /// Asks for all forwarding entries of bridges and the like.
    #[must_use]
    #[inline]
    pub fn fdb() -> Self {
        Self::of_family(AF_BRIDGE)
    }

    /// Limits a dump to one interface.
    #[must_use]
    #[inline]
    pub fn on(mut self, index: impl Into<IfIndex>) -> Self {
        self.ifindex = Some(index.into().get());
        self
    }
}
