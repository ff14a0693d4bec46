//! Links to be created, one constructor for each kind.

use super::IfIndex;
use crate::rt_link::{
    Bond, BondMode, Bridge, IfInfoMsg, Ipvlan, IpvlanMode, Link, LinkAttrs, LinkData, LinkInfo, Macvlan,
    MacvlanMode, Veth, VethPeer, Vlan, Vrf,
};
use nl_tlv::value::{Headed, Lazy, NlStr};

impl<'a> Link<'a> {
    /// A link of any kind that needs no data of its own: `dummy`, `wireguard`, `ifb`. Which names the kernel takes is said
    /// in [`jobs`](crate::jobs).
    #[must_use]
    #[inline]
    pub fn of_kind(name: impl Into<NlStr<'a>>, kind: &'a str) -> Self {
        Self::with(name, kind, None)
    }

    /// A link of a kind with its data.
    #[must_use]
    #[inline]
    pub fn with(name: impl Into<NlStr<'a>>, kind: &'a str, data: Option<LinkData<'a>>) -> Self {
        let linkinfo = LinkInfo { kind: Some(NlStr::new(kind)), data, ..LinkInfo::default() };
        let attrs = LinkAttrs { ifname: Some(name.into()), linkinfo: Some(linkinfo), ..LinkAttrs::default() };
        Self { attrs, ..Self::default() }
    }

    /// Puts it on top of another link.
    #[must_use]
    #[inline]
    pub fn on(mut self, lower: impl Into<IfIndex>) -> Self {
        self.link = Some(lower.into().get());
        self
    }

    /// A link that drops what is sent.
    #[must_use]
    #[inline]
    pub fn dummy(name: impl Into<NlStr<'a>>) -> Self {
        Self::of_kind(name, "dummy")
    }

    /// A WireGuard tunnel; keys and peers are set through the family `wireguard`.
    #[must_use]
    #[inline]
    pub fn wireguard(name: impl Into<NlStr<'a>>) -> Self {
        Self::of_kind(name, "wireguard")
    }

    /// A pair of links.
    #[must_use]
    #[inline]
    pub fn veth(name: impl Into<NlStr<'a>>, peer: impl Into<NlStr<'a>>) -> Self {
        Self::veth_with(name, VethPeer { ifname: Some(peer.into()), ..VethPeer::default() })
    }

    /// A pair of links, whose other end is made in the network namespace of a process.
    #[must_use]
    #[inline]
    pub fn veth_to_namespace_of(
        name: impl Into<NlStr<'a>>,
        peer: impl Into<NlStr<'a>>,
        process: u32,
    ) -> Self {
        let attrs = VethPeer { ifname: Some(peer.into()), net_ns_pid: Some(process), ..VethPeer::default() };
        Self::veth_with(name, attrs)
    }

    /// A pair of links, whose other end is made in the network namespace of an open file, such as `/run/netns/blue`. The file
    /// has to be open until the request is sent.
    #[must_use]
    #[inline]
    pub fn veth_to_namespace(name: impl Into<NlStr<'a>>, peer: impl Into<NlStr<'a>>, file: i32) -> Self {
        let file = u32::from_ne_bytes(file.to_ne_bytes());
        Self::veth_with(
            name,
            VethPeer { ifname: Some(peer.into()), net_ns_fd: Some(file), ..VethPeer::default() },
        )
    }

    fn veth_with(name: impl Into<NlStr<'a>>, attrs: VethPeer<'a>) -> Self {
        let peer = Headed { header: IfInfoMsg::default(), contents: attrs };
        Self::with(name, "veth", Some(LinkData::Veth(Veth { peer: Some(peer), ..Veth::default() })))
    }

    /// A VLAN of another link.
    #[must_use]
    #[inline]
    pub fn vlan(name: impl Into<NlStr<'a>>, lower: impl Into<IfIndex>, id: u16) -> Self {
        let vlan = Vlan { id: Some(id), ..Vlan::default() };
        Self::with(name, "vlan", Some(LinkData::Vlan(vlan))).on(lower)
    }

    /// A bridge.
    #[must_use]
    #[inline]
    pub fn bridge(name: impl Into<NlStr<'a>>) -> Self {
        Self::of_kind(name, "bridge")
    }

    /// A bridge with settings.
    #[must_use]
    #[inline]
    pub fn bridge_with(name: impl Into<NlStr<'a>>, settings: &'a Bridge<'a>) -> Self {
        Self::with(name, "bridge", Some(LinkData::Bridge(Lazy::new(settings))))
    }

    /// A bond of links.
    #[must_use]
    #[inline]
    pub fn bond(name: impl Into<NlStr<'a>>, settings: &'a Bond<'a>) -> Self {
        Self::with(name, "bond", Some(LinkData::Bond(Lazy::new(settings))))
    }

    /// A link with an address of its own on another link.
    #[must_use]
    #[inline]
    pub fn macvlan(name: impl Into<NlStr<'a>>, lower: impl Into<IfIndex>, mode: MacvlanMode) -> Self {
        let macvlan = Macvlan { mode: Some(mode), ..Macvlan::default() };
        Self::with(name, "macvlan", Some(LinkData::Macvlan(macvlan))).on(lower)
    }

    /// The same as a file, for virtual machines.
    #[must_use]
    #[inline]
    pub fn macvtap(name: impl Into<NlStr<'a>>, lower: impl Into<IfIndex>, mode: MacvlanMode) -> Self {
        let macvtap = Macvlan { mode: Some(mode), ..Macvlan::default() };
        Self::with(name, "macvtap", Some(LinkData::Macvtap(macvtap))).on(lower)
    }

    /// A link that shares the address of another link.
    #[must_use]
    #[inline]
    pub fn ipvlan(name: impl Into<NlStr<'a>>, lower: impl Into<IfIndex>, mode: IpvlanMode) -> Self {
        let ipvlan = Ipvlan { mode: Some(mode), ..Ipvlan::default() };
        Self::with(name, "ipvlan", Some(LinkData::Ipvlan(ipvlan))).on(lower)
    }

    /// A VRF with its routing table.
    #[must_use]
    #[inline]
    pub fn vrf(name: impl Into<NlStr<'a>>, table: u32) -> Self {
        let vrf = Vrf { table: Some(table), ..Vrf::default() };
        Self::with(name, "vrf", Some(LinkData::Vrf(vrf)))
    }
}

impl Bond<'_> {
    /// Settings of a bond in this mode. Further settings are fields: `miimon`, `xmit_hash_policy` and so on.
    #[must_use]
    pub fn mode(mode: BondMode) -> Self {
        Self { mode: Some(mode), ..Self::default() }
    }
}
