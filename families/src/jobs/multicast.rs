//! Multicast groups of bridges.

use super::constants::{AF_BRIDGE, ETH_P_IP, ETH_P_IPV6};
use super::{IfIndex, bytes_of};
use crate::rt_mdb::{AddMdb, BrMdbEntry, BrPortMsg, Eattr, GetMdb, MdbState, Mdbe, RemoveMdb, Set};
use core::net::{IpAddr, Ipv4Addr};
use nl_tlv::value::Headed;

impl BrMdbEntry {
    /// A group behind a port, which stays until it is removed.
    #[must_use]
    pub fn new(port: impl Into<IfIndex>, group: IpAddr) -> Self {
        let proto = if group.is_ipv4() { ETH_P_IP } else { ETH_P_IPV6 };
        let addr = bytes_of(group);
        Self { ifindex: port.into().get(), state: MdbState::Permanent, addr, proto, ..Self::default() }
    }

    /// Limits it to a VLAN.
    #[must_use]
    pub fn vlan(self, vid: u16) -> Self {
        Self { vid, ..self }
    }

    /// The group, if it is one of IPv4 or IPv6.
    #[must_use]
    pub fn group(&self) -> Option<IpAddr> {
        let [a, b, c, d, ..] = self.addr;
        match self.proto {
            ETH_P_IP => Some(Ipv4Addr::new(a, b, c, d).into()),
            ETH_P_IPV6 => Some(self.addr.into()),
            _ => None,
        }
    }
}

fn of(bridge: IfIndex) -> BrPortMsg {
    BrPortMsg { family: AF_BRIDGE, ifindex: bridge.get() }
}

impl AddMdb<'_> {
    /// Adds a group to a bridge.
    #[must_use]
    pub fn new(bridge: impl Into<IfIndex>, entry: BrMdbEntry) -> Self {
        Self { header: of(bridge.into()), attrs: Set { entry: Some(entry), ..Set::default() } }
    }
}

impl RemoveMdb<'_> {
    /// Removes a group from a bridge, for packets from any source. If the bridge has VLANs, a group without a VLAN is the
    /// group in each VLAN of the port: so it is added, and so it is removed.
    #[must_use]
    pub fn new(bridge: impl Into<IfIndex>, entry: BrMdbEntry) -> Self {
        Self { header: of(bridge.into()), attrs: Set { entry: Some(entry), ..Set::default() } }
    }

    /// Removes exactly this group of a bridge or a VXLAN, as it was read: also one that is for packets from one source.
    #[must_use]
    pub fn of(bridge: impl Into<IfIndex>, info: &Headed<BrMdbEntry, Eattr<'_>>) -> Self {
        let Eattr { source, dst, dst_port, vni, ifindex, src_vni, .. } = info.contents;
        let of_source = Mdbe { source, dst, dst_port, vni, ifindex, src_vni, ..Mdbe::default() };
        let entry_attrs = Some(of_source).filter(|attrs| *attrs != Mdbe::default());
        Self {
            header: of(bridge.into()),
            attrs: Set { entry: Some(info.header), entry_attrs, ..Set::default() },
        }
    }
}

impl GetMdb<'_> {
    /// The groups of all bridges and VXLANs: a dump of [`Mdb`](crate::rt_mdb::Mdb).
    #[must_use]
    pub fn all() -> Self {
        Self { header: of(IfIndex::default()), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_read_as_it_was_made() {
        for text in ["239.1.2.3", "ff05::1"] {
            let group = text.parse().unwrap();
            assert_eq!(BrMdbEntry::new(3, group).vlan(5).group(), Some(group));
        }
        assert_eq!(BrMdbEntry::default().group(), None);
    }
}
