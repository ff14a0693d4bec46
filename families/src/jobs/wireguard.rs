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
    /// Sets the private key.
    #[must_use]
    #[inline]
    pub fn private_key(mut self, key: WgKey) -> Self {
        self.private_key = Some(key);
        self
    }

    /// Sets the port of UDP that it listens on.
    #[must_use]
    #[inline]
    pub fn listen_port(mut self, port: u16) -> Self {
        self.listen_port = Some(port);
        self
    }

    /// Sets the mark of encrypted packets that it sends; 0 means none.
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

    /// Removes the peers that there are before it adds others.
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

    /// Sets the address and port at which the peer is reached.
    #[must_use]
    #[inline]
    pub fn endpoint(mut self, endpoint: SocketAddr) -> Self {
        self.endpoint = Some(Endpoint::of(endpoint));
        self
    }

    /// Sets a key that both ends share beside the others; [`WgKey::NONE`] removes it.
    #[must_use]
    #[inline]
    pub fn preshared_key(mut self, key: WgKey) -> Self {
        self.preshared_key = Some(key);
        self
    }

    /// Sends something to the peer at this interval in seconds; 0 means never.
    #[must_use]
    #[inline]
    pub fn keepalive(mut self, seconds: u16) -> Self {
        self.persistent_keepalive_interval = Some(seconds);
        self
    }

    /// Adds prefixes: the peer may send from them, and is sent what goes to them.
    #[must_use]
    #[inline]
    pub fn allowed_ips(mut self, prefixes: &'a [Wgallowedip<'a>]) -> Self {
        self.allowedips = Some(NestedArray::new(prefixes));
        self
    }

    /// Removes the prefixes that the peer has before it adds others.
    #[must_use]
    #[inline]
    pub fn replace_allowed_ips(self) -> Self {
        self.flag(WgpeerFlags::REPLACE_ALLOWEDIPS)
    }

    /// Removes the peer.
    #[must_use]
    #[inline]
    pub fn remove(self) -> Self {
        self.flag(WgpeerFlags::REMOVE_ME)
    }

    /// Changes the peer if it is there, and does not add it.
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

    /// Takes the prefix away from the peer, instead of adding it.
    #[must_use]
    #[inline]
    pub fn remove(mut self) -> Self {
        self.flags = Some(WgallowedipFlags::REMOVE_ME);
        self
    }
}
