//! Addresses of interfaces, with the length of their prefix.

use super::constants::AF_INET;
use super::{IfIndex, family_of};
use crate::rt_addr::{Address, AddressAttrs, DelAddress, GetAddress, IfAddrMsg};
use crate::values::FamilyAddr;
use core::net::{IpAddr, Ipv4Addr};

impl<'a> Address<'a> {
    /// An address of an interface.
    ///
    /// The kernel refuses a prefix that is longer than the address.
    #[must_use]
    #[inline]
    pub fn new(index: impl Into<IfIndex>, address: IpAddr, prefix_len: u8) -> Self {
        let header = IfAddrMsg {
            family: family_of(address),
            prefixlen: prefix_len,
            index: index.into().get(),
            ..IfAddrMsg::default()
        };
        let attrs =
            AddressAttrs { local: Some(address.into()), address: Some(address), ..AddressAttrs::default() };
        Self { header, attrs }
    }

    /// The interface's own address: on a point-to-point link, not that of the other end.
    #[must_use]
    #[inline]
    pub fn ip(&self) -> Option<IpAddr> {
        self.local.and_then(FamilyAddr::ip).or(self.address)
    }

    /// Sets the address of the other end.
    #[must_use]
    #[inline]
    pub fn peer(mut self, peer: IpAddr) -> Self {
        self.address = Some(peer);
        self
    }
}

impl<'a> DelAddress<'a> {
    /// Deletes exactly this address. With the first IPv4 address of a prefix, the kernel deletes the others of the prefix on
    /// the interface too, unless the setting `promote_secondaries` is on.
    #[must_use]
    #[inline]
    pub fn of(address: &Address<'a>) -> Self {
        let AddressAttrs { mut local, address: mut peer, label, .. } = address.attrs;
        if address.header.family == AF_INET {
            // What is absent, IPv4 takes as any address of the interface.
            let ip = address.ip().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
            (local, peer) = (local.or(Some(ip.into())), peer.or(Some(ip)));
        }
        let attrs = AddressAttrs { local, address: peer, label, ..AddressAttrs::default() };
        Self { header: address.header, attrs }
    }
}

impl GetAddress<'_> {
    /// Asks for all addresses of a family: `AF_INET`, `AF_INET6`, or both with `AF_UNSPEC`.
    #[must_use]
    #[inline]
    pub fn of_family(family: u8) -> Self {
        Self { header: IfAddrMsg { family, ..IfAddrMsg::default() }, ..Self::default() }
    }

    /// Limits a dump to one interface. The kernel filters.
    #[must_use]
    #[inline]
    pub fn on(mut self, index: impl Into<IfIndex>) -> Self {
        self.header.index = index.into().get();
        self
    }
}
