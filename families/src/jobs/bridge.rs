//! VLANs of bridges and their ports.

use super::IfIndex;
use super::constants::AF_BRIDGE;
use crate::rt_link::{
    BridgeSpec, BridgeVlanInfo, BridgeVlanInfoFlags, DelLink, GetLink, IfInfoMsg, LinkAttrs, RtextFilter,
    SetLink,
};
use crate::values::ByFamily;
use nl_tlv::Repeat;

/// `BRIDGE_FLAGS_SELF`.
const SELF: u16 = 2;

impl BridgeVlanInfo {
    /// A VLAN: what a port sends of it has its tag.
    #[must_use]
    pub fn new(vid: u16) -> Self {
        Self { vid, ..Self::default() }
    }

    /// Packets that come in without a tag are of this VLAN.
    #[must_use]
    pub fn pvid(self) -> Self {
        Self { flags: self.flags | BridgeVlanInfoFlags::PVID, ..self }
    }

    /// What the port sends of it has no tag.
    #[must_use]
    pub fn untagged(self) -> Self {
        Self { flags: self.flags | BridgeVlanInfoFlags::UNTAGGED, ..self }
    }

    /// Extends it to all VLANs up to another one.
    #[must_use]
    pub fn up_to(self, last: u16) -> [Self; 2] {
        let with = |flag, vid| Self { flags: self.flags | flag, vid };
        [with(BridgeVlanInfoFlags::RANGE_BEGIN, self.vid), with(BridgeVlanInfoFlags::RANGE_END, last)]
    }
}

impl<'a> BridgeSpec<'a> {
    /// VLANs of a port.
    #[must_use]
    pub fn vlans(vlans: &'a [BridgeVlanInfo]) -> Self {
        Self { vlan_info: Repeat::new(vlans), ..Self::default() }
    }

    /// VLANs of the bridge itself.
    #[must_use]
    pub fn own_vlans(vlans: &'a [BridgeVlanInfo]) -> Self {
        Self { flags: Some(SELF), ..Self::vlans(vlans) }
    }
}

impl<'a> SetLink<'a> {
    /// Adds VLANs to a port of a bridge, or to the bridge.
    #[must_use]
    pub fn bridge(port: impl Into<IfIndex>, spec: &'a BridgeSpec<'a>) -> Self {
        let attrs = LinkAttrs { af_spec: Some(ByFamily::of_second(spec)), ..LinkAttrs::default() };
        Self { header: IfInfoMsg { family: AF_BRIDGE, ..IfInfoMsg::at(port) }, attrs }
    }
}

impl<'a> DelLink<'a> {
    /// Takes VLANs from a port of a bridge, or from the bridge.
    #[must_use]
    pub fn bridge(port: impl Into<IfIndex>, spec: &'a BridgeSpec<'a>) -> Self {
        let attrs = LinkAttrs { af_spec: Some(ByFamily::of_second(spec)), ..LinkAttrs::default() };
        Self { header: IfInfoMsg { family: AF_BRIDGE, ..IfInfoMsg::at(port) }, attrs }
    }
}

impl GetLink<'_> {
    /// Bridges and their ports with their VLANs: `Link::bridge_spec` has them.
    #[must_use]
    pub fn bridge_vlans() -> Self {
        let attrs = LinkAttrs { ext_mask: Some(RtextFilter::BRVLAN), ..LinkAttrs::default() };
        Self { header: IfInfoMsg { family: AF_BRIDGE, ..IfInfoMsg::default() }, attrs }
    }
}
