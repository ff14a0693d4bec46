//! Tunnels to be created, and their settings between two addresses.

use super::{IfIndex, NotRepresentable};
use crate::rt_link::{Geneve, Gre, Gre6, GreFlags, Ip6tnl, Iptun, Link, LinkData, Vti, Vxlan, Xfrm};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use nl_tlv::value::NlStr;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $kind:literal: $variant:ident($settings:ident);)*) => {
        impl<'a> Link<'a> {$(
            $(#[doc = $doc])*
            #[must_use]
            #[inline]
            pub fn $name(name: impl Into<NlStr<'a>>, settings: $settings<'a>) -> Self {
                Self::with(name, $kind, Some(LinkData::$variant(settings)))
            }
        )*}
    };
}

kinds! {
    /// A VXLAN; its `id` has to be set.
    vxlan = "vxlan": Vxlan(Vxlan);
    /// A tunnel of Ethernet in UDP; its `id` and `remote` have to be set.
    geneve = "geneve": Geneve(Geneve);
    /// A tunnel of IPv4 in IPv4.
    ipip = "ipip": Ipip(Iptun);
    /// A tunnel of IPv6 in IPv4.
    sit = "sit": Sit(Iptun);
    /// A tunnel of IPv4 or IPv6 in IPv6.
    ip6tnl = "ip6tnl": Ip6tnl(Ip6tnl);
    /// A tunnel of GRE over IPv4.
    gre = "gre": Gre(Gre);
    /// A tunnel of Ethernet in GRE over IPv4.
    gretap = "gretap": Gretap(Gre);
    /// A tunnel of GRE over IPv6.
    ip6gre = "ip6gre": Ip6gre(Gre6);
    /// A tunnel of Ethernet in GRE over IPv6.
    ip6gretap = "ip6gretap": Ip6gretap(Gre6);
    /// A tunnel of IPsec over IPv4, which policies of its key find.
    vti = "vti": Vti(Vti);
}

impl<'a> Link<'a> {
    /// An interface of IPsec: associations and policies with this number belong to it.
    #[must_use]
    #[inline]
    pub fn xfrm(name: impl Into<NlStr<'a>>, lower: impl Into<IfIndex>, if_id: u32) -> Self {
        let link = Some(lower.into().get());
        Self::with(name, "xfrm", Some(LinkData::Xfrm(Xfrm { link, if_id: Some(if_id), ..Xfrm::default() })))
    }
}

macro_rules! between {
    ($($name:ident($address:ty);)*) => {$(
        impl $name<'_> {
            /// A tunnel between two addresses.
            #[must_use]
            #[inline]
            pub fn between(local: $address, remote: $address) -> Self {
                Self { local: Some(local.into()), remote: Some(remote.into()), ..Self::default() }
            }
        }
    )*};
}

between! { Iptun(Ipv4Addr); Gre(Ipv4Addr); Vti(Ipv4Addr); }

macro_rules! between_ipv6 {
    ($($name:ident)*) => {$(
        impl $name<'_> {
            /// A tunnel between two addresses, with the limits that `ip` takes: 64 hops, and 4 encapsulations. (Without
            /// them the kernel takes 0 encapsulations.)
            #[must_use]
            #[inline]
            pub fn between(local: Ipv6Addr, remote: Ipv6Addr) -> Self {
                let (ttl, encap_limit) = (Some(64), Some(4));
                Self { local: Some(local), remote: Some(remote), ttl, encap_limit, ..Self::default() }
            }
        }
    )*};
}

between_ipv6! { Ip6tnl Gre6 }

macro_rules! keyed {
    ($($name:ident)*) => {$(
        impl $name<'_> {
            /// Puts a key into each packet, the same in both directions.
            #[must_use]
            #[inline]
            pub fn key(mut self, key: u32) -> Self {
                (self.ikey, self.okey) = (Some(key), Some(key));
                for flags in [&mut self.iflags, &mut self.oflags] {
                    *flags = Some(flags.unwrap_or_default() | GreFlags::KEY);
                }
                self
            }
        }
    )*};
}

keyed! { Gre Gre6 }

impl Vti<'_> {
    /// Sets the key, which is the mark of its policies.
    #[must_use]
    #[inline]
    pub fn key(self, key: u32) -> Self {
        Self { ikey: Some(key), okey: Some(key), ..self }
    }
}

impl Geneve<'_> {
    /// A tunnel of a virtual network, to an address.
    #[must_use]
    #[inline]
    pub fn to(id: u32, remote: IpAddr) -> Self {
        let (remote, remote6) = either(remote);
        Self { id: Some(id), remote, remote6, ..Self::default() }
    }
}

impl Vxlan<'_> {
    /// A tunnel of a virtual network, on the port that is assigned to VXLAN. (Without a port the kernel takes 8472.)
    #[must_use]
    #[inline]
    pub fn of(id: u32) -> Self {
        Self { id: Some(id), port: Some(4789), ..Self::default() }
    }

    /// Sets the address that it sends to: that of the other end, or of a multicast group.
    ///
    /// # Errors
    ///
    /// If the local address is of another family.
    pub fn to(mut self, remote: IpAddr) -> Result<Self, NotRepresentable> {
        (self.group, self.group6) = either(remote);
        self.of_one_family()
    }

    /// Sets the address that it sends from.
    ///
    /// # Errors
    ///
    /// If the remote address is of another family.
    pub fn from(mut self, local: IpAddr) -> Result<Self, NotRepresentable> {
        (self.local, self.local6) = either(local);
        self.of_one_family()
    }

    fn of_one_family(self) -> Result<Self, NotRepresentable> {
        let is_v4 = self.group.is_some() || self.local.is_some();
        match is_v4 && (self.group6.is_some() || self.local6.is_some()) {
            true => Err(NotRepresentable::FAMILIES),
            false => Ok(self),
        }
    }
}

fn either(address: IpAddr) -> (Option<Ipv4Addr>, Option<Ipv6Addr>) {
    match address {
        IpAddr::V4(address) => (Some(address), None),
        IpAddr::V6(address) => (None, Some(address)),
    }
}
