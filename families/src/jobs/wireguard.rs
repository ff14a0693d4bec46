//! WireGuard: the settings of an interface, its peers and what they may send.

use super::{IfIndex, family_of};
use crate::values::{Endpoint, WgKey};
use crate::wireguard::{
    GetDevice, SetDevice, Wgallowedip, WgallowedipFlags, Wgdevice, WgdeviceFlags, Wgpeer, WgpeerFlags,
};
use core::net::{IpAddr, SocketAddr};
use nl_tlv::value::{NestedArray, NlStr};

macro_rules! which {
    ($($name:ident)*) => {$(
        impl<'a> $name<'a> {
            /// The interface of this number.
            #[must_use]
            #[inline]
            pub fn at(index: impl Into<IfIndex>) -> Self {
                Self { attrs: Wgdevice { ifindex: Some(index.into().get()), ..Wgdevice::default() } }
            }

            /// The interface of this name.
            #[must_use]
            #[inline]
            pub fn named(name: impl Into<NlStr<'a>>) -> Self {
                Self { attrs: Wgdevice { ifname: Some(name.into()), ..Wgdevice::default() } }
            }
        }
    )*};
}

which! { GetDevice SetDevice }

impl<'a> SetDevice<'a> {
    /// With this private key.
    #[must_use]
    #[inline]
    pub fn private_key(mut self, key: WgKey) -> Self {
        self.private_key = Some(key);
        self
    }

    /// On this port of UDP.
    #[must_use]
    #[inline]
    pub fn listen_port(mut self, port: u16) -> Self {
        self.listen_port = Some(port);
        self
    }

    /// With this mark on what is sent encrypted; 0 is none.
    #[must_use]
    #[inline]
    pub fn fwmark(mut self, mark: u32) -> Self {
        self.fwmark = Some(mark);
        self
    }

    /// Adds or changes these peers.
    #[must_use]
    #[inline]
    pub fn peers(mut self, peers: &'a [Wgpeer<'a>]) -> Self {
        self.peers = Some(NestedArray::new(peers));
        self
    }

    /// Removes the peers that there are, before it adds others.
    #[must_use]
    #[inline]
    pub fn replace_peers(mut self) -> Self {
        self.flags = Some(self.flags.unwrap_or_default() | WgdeviceFlags::REPLACE_PEERS);
        self
    }
}

impl<'a> Wgpeer<'a> {
    /// The peer with this public key.
    #[must_use]
    #[inline]
    pub fn new(public_key: WgKey) -> Self {
        Self { public_key: Some(public_key), ..Self::default() }
    }

    /// Reached at this address and port.
    #[must_use]
    #[inline]
    pub fn endpoint(mut self, endpoint: SocketAddr) -> Self {
        self.endpoint = Some(Endpoint::of(endpoint));
        self
    }

    /// With a key that both share beside the others; [`WgKey::NONE`] removes it.
    #[must_use]
    #[inline]
    pub fn preshared_key(mut self, key: WgKey) -> Self {
        self.preshared_key = Some(key);
        self
    }

    /// Sends something every so many seconds; 0 is never.
    #[must_use]
    #[inline]
    pub fn keepalive(mut self, seconds: u16) -> Self {
        self.persistent_keepalive_interval = Some(seconds);
        self
    }

    /// May send from these prefixes too, and is sent what goes to them.
    #[must_use]
    #[inline]
    pub fn allowed_ips(mut self, prefixes: &'a [Wgallowedip<'a>]) -> Self {
        self.allowedips = Some(NestedArray::new(prefixes));
        self
    }

    /// Forgets the prefixes that it has, before it is given others.
    #[must_use]
    #[inline]
    pub fn replace_allowed_ips(self) -> Self {
        self.flag(WgpeerFlags::REPLACE_ALLOWEDIPS)
    }

    /// Is removed.
    #[must_use]
    #[inline]
    pub fn remove(self) -> Self {
        self.flag(WgpeerFlags::REMOVE_ME)
    }

    /// Is changed, if it is there, and not added.
    #[must_use]
    #[inline]
    pub fn only_if_known(self) -> Self {
        self.flag(WgpeerFlags::UPDATE_ONLY)
    }

    fn flag(mut self, flag: WgpeerFlags) -> Self {
        self.flags = Some(self.flags.unwrap_or_default() | flag);
        self
    }
}

impl Wgallowedip<'_> {
    /// A prefix. The kernel refuses one that is longer than the address.
    #[must_use]
    #[inline]
    pub fn new(address: IpAddr, prefix_len: u8) -> Self {
        Self {
            family: Some(family_of(address).into()),
            ipaddr: Some(address),
            cidr_mask: Some(prefix_len),
            ..Self::default()
        }
    }

    /// Is taken away from the peer that has it, instead of given.
    #[must_use]
    #[inline]
    pub fn remove(mut self) -> Self {
        self.flags = Some(WgallowedipFlags::REMOVE_ME);
        self
    }
}
