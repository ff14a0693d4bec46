//! Links: found, changed, deleted.

use super::IfIndex;
use super::constants::AF_BRIDGE;
use crate::rt_link::{
    BridgeSpec, DelLink, DelLinkProp, GetLink, IfInfoMsg, IfinfoFlags, Link, LinkAttrs, LinkProp,
    PropListLink, SetLink,
};
use nl_tlv::value::{HwAddr, Lazy, NlStr};
use nl_tlv::{Error, Repeat};

impl IfInfoMsg {
    /// The header of a message about one link.
    #[must_use]
    #[inline]
    pub fn at(index: impl Into<IfIndex>) -> Self {
        Self { index: index.into().signed(), ..Self::default() }
    }
}

/// How long the name of a link can be: `IFNAMSIZ` with the NUL.
const NAME_LEN: usize = 15;

macro_rules! which {
    ($($name:ident)*) => {$(
        impl<'a> $name<'a> {
            /// The link of this number.
            #[must_use]
            pub fn at(index: impl Into<IfIndex>) -> Self {
                Self { header: IfInfoMsg::at(index), ..Self::default() }
            }

            /// The link of this name, which may be one of its alternative names: up to 127 bytes.
            #[must_use]
            pub fn named(name: impl Into<NlStr<'a>>) -> Self {
                let name = name.into();
                // The kernel looks for a short one among both.
                let is_short = name.as_bytes().len() <= NAME_LEN;
                let (ifname, alt_ifname) = if is_short { (Some(name), None) } else { (None, Some(name)) };
                Self { attrs: LinkAttrs { ifname, alt_ifname, ..LinkAttrs::default() }, ..Self::default() }
            }
        }
    )*};
}

which! { GetLink DelLink SetLink }

macro_rules! settings {
    ($($name:ident)*) => {$(
        impl<'a> $name<'a> {
            /// Brings it up.
            #[must_use]
            #[inline]
            pub fn up(mut self) -> Self {
                self.header.flags |= IfinfoFlags::UP;
                self.header.change |= IfinfoFlags::UP.bits();
                self
            }

            /// Sets the largest packet, in bytes.
            #[must_use]
            #[inline]
            pub fn mtu(mut self, mtu: u32) -> Self {
                self.mtu = Some(mtu);
                self
            }

            /// Sets its link-layer address.
            #[must_use]
            #[inline]
            pub fn address(mut self, address: impl Into<HwAddr<'a>>) -> Self {
                self.address = Some(address.into());
                self
            }

            /// Makes it a port of that link: a bridge, a bond, a VRF.
            #[must_use]
            #[inline]
            pub fn master(mut self, master: impl Into<IfIndex>) -> Self {
                self.master = Some(master.into().get());
                self
            }

            /// Moves it to the network namespace of a process.
            #[must_use]
            #[inline]
            pub fn to_namespace_of(mut self, process: u32) -> Self {
                self.net_ns_pid = Some(process);
                self
            }

            /// Moves it to a network namespace, by the number of an open file.
            #[must_use]
            #[inline]
            pub fn to_namespace(mut self, file: i32) -> Self {
                self.net_ns_fd = Some(u32::from_ne_bytes(file.to_ne_bytes()));
                self
            }
        }
    )*};
}

// What an existing link becomes, and what a new one is from the start.
settings! { SetLink Link }

impl GetLink<'_> {
    /// Limits a dump to the ports of this link. The kernel filters.
    #[must_use]
    #[inline]
    pub fn of_master(master: impl Into<IfIndex>) -> Self {
        let attrs = LinkAttrs { master: Some(master.into().get()), ..LinkAttrs::default() };
        Self { attrs, ..Self::default() }
    }
}

impl<'a> SetLink<'a> {
    /// Takes it down.
    #[must_use]
    #[inline]
    pub fn down(self) -> Self {
        self.flags(IfinfoFlags::empty(), IfinfoFlags::UP)
    }

    /// Sets those flags that are in `changed` to what they are in `flags`; what was said of others before stays.
    #[must_use]
    #[inline]
    pub fn flags(mut self, flags: IfinfoFlags, changed: IfinfoFlags) -> Self {
        self.header.flags = self.header.flags.difference(changed) | flags & changed;
        self.header.change |= changed.bits();
        self
    }

    /// Gives another name to the link of this number. (In a message that has a name, the number alone finds the link.)
    #[must_use]
    #[inline]
    pub fn rename(index: impl Into<IfIndex>, name: impl Into<NlStr<'a>>) -> Self {
        Self { header: IfInfoMsg::at(index), ..Self::named(name) }
    }

    /// Makes it a port of no link.
    #[must_use]
    #[inline]
    pub fn no_master(self) -> Self {
        self.master(0u32)
    }
}

impl<'a> PropListLink<'a> {
    /// Alternative names, of at most 127 bytes each.
    #[must_use]
    pub fn of(names: &'a [NlStr<'a>]) -> Self {
        Self { alt_ifname: Repeat::new(names), ..Self::default() }
    }
}

macro_rules! alternative_names {
    ($($name:ident)*) => {$(
        impl<'a> $name<'a> {
            /// These alternative names of a link.
            #[must_use]
            pub fn names(index: impl Into<IfIndex>, names: &'a PropListLink<'a>) -> Self {
                let attrs = LinkAttrs { prop_list: Some(Lazy::new(names)), ..LinkAttrs::default() };
                Self { header: IfInfoMsg::at(index), attrs }
            }
        }
    )*};
}

alternative_names! { LinkProp DelLinkProp }

impl<'a> Link<'a> {
    /// Its number.
    #[must_use]
    #[inline]
    pub fn index(&self) -> IfIndex {
        self.header.index.into()
    }

    /// Whether it is up, as it was asked to be.
    #[must_use]
    #[inline]
    pub fn is_up(&self) -> bool {
        self.header.flags.contains(IfinfoFlags::UP)
    }

    /// What a bridge says of this port: VLANs and modes. None if the message is not about a bridge (`AF_BRIDGE`).
    ///
    /// # Errors
    ///
    /// If an attribute cannot be read.
    pub fn bridge_spec(&self) -> Result<Option<BridgeSpec<'a>>, Error> {
        match self.af_spec {
            Some(spec) if self.header.family == AF_BRIDGE => spec.second(),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv::{Header, Messages, NlMessage};

    #[test]
    fn a_link_that_is_taken_down_has_the_flag_in_its_mask_alone() {
        let set = SetLink::at(2u32).down().mtu(1400);
        assert_eq!((set.header.flags, set.header.change, set.mtu), (IfinfoFlags::empty(), 1, Some(1400)));
    }

    #[test]
    fn flags_are_added_to_those_said_before() {
        let set =
            SetLink::at(2u32).up().flags(IfinfoFlags::PROMISC, IfinfoFlags::PROMISC | IfinfoFlags::NO_ARP);
        assert_eq!(set.header.flags, IfinfoFlags::UP | IfinfoFlags::PROMISC);
        assert_eq!(set.header.change, (IfinfoFlags::UP | IfinfoFlags::PROMISC | IfinfoFlags::NO_ARP).bits());
        assert_eq!(set.down().header.flags, IfinfoFlags::PROMISC);
    }

    #[test]
    fn a_link_of_a_bridge_says_its_vlans_and_no_addresses() {
        // ifi_family 7, IFLA_AF_SPEC with IFLA_BRIDGE_VLAN_INFO {PVID | UNTAGGED, 1}.
        let bytes = [
            0x2c, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0x0c, 0, 0x1a, 0, 8, 0, 2, 0, 6, 0, 1, 0,
        ];
        let link = Link::parse(&Messages::new(&bytes).next().unwrap().unwrap()).unwrap();
        let spec = link.bridge_spec().unwrap().unwrap();
        let vlan = spec.vlan_info.iter().next().unwrap().unwrap();
        assert_eq!((vlan.flags.bits(), vlan.vid), (6, 1));
        let mut buf = [0xa5; 64];
        let emitted = link.emit(&mut buf, Header::new().family(nl_tlv::MessageType(16))).unwrap();
        assert_eq!(emitted[16..], bytes[16..]);
    }
}
