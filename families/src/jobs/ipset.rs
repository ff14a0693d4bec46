//! Sets of addresses: made, filled, asked and listed.

use super::constants::AF_INET;
use super::family_of;
use crate::ipset::{
    Add, Address, Create, Delete, Destroy, Element, EntryAttrs, Flush, Header, List, NfGenMsg, Rename, Save,
    SetAttrs, Settings, Swap, Test, Type,
};
use core::net::IpAddr;
use nl_tlv::value::{HwAddr, NlStr};

/// `IPSET_PROTOCOL`.
const VERSION: u8 = 7;

/// What the kernel answers to a [`Test`] of what is not in the set: this number, as an error code.
#[doc(alias = "IPSET_ERR_EXIST")]
pub const NOT_IN_SET: u32 = 4103;

impl NfGenMsg {
    /// Of an address family.
    fn of(family: u8) -> Self {
        Self { nfgen_family: family, ..Self::default() }
    }
}

impl<'a> SetAttrs<'a> {
    fn of(name: Option<NlStr<'a>>) -> Self {
        Self { protocol: Some(VERSION), setname: name, ..Self::default() }
    }
}

macro_rules! named {
    ($($name:ident)*) => {$(
        impl<'a> $name<'a> {
            /// The set of this name.
            #[must_use]
            pub fn named(name: impl Into<NlStr<'a>>) -> Self {
                Self { header: NfGenMsg::of(AF_INET), attrs: SetAttrs::of(Some(name.into())) }
            }

            /// Every set.
            #[must_use]
            pub fn all() -> Self {
                Self { header: NfGenMsg::of(AF_INET), attrs: SetAttrs::of(None) }
            }
        }
    )*};
}

named! { Destroy Flush List Save }

impl<'a> Header<'a> {
    /// The type of the set of this name, without its elements.
    #[must_use]
    pub fn named(name: impl Into<NlStr<'a>>) -> Self {
        Self { header: NfGenMsg::of(AF_INET), attrs: SetAttrs::of(Some(name.into())) }
    }
}

impl<'a> Type<'a> {
    /// Asks which revisions the kernel has of a type: the answer's `protocol_min` to `revision`.
    #[must_use]
    pub fn of(typename: impl Into<NlStr<'a>>, family: u8) -> Self {
        let (typename, family) = (Some(typename.into()), Some(family));
        Self { header: NfGenMsg::of(AF_INET), attrs: SetAttrs { typename, family, ..SetAttrs::of(None) } }
    }
}

macro_rules! two {
    ($($(#[doc = $doc:literal])* $name:ident)*) => {$(
        impl<'a> $name<'a> {
            $(#[doc = $doc])*
            #[must_use]
            pub fn new(from: impl Into<NlStr<'a>>, to: impl Into<NlStr<'a>>) -> Self {
                // `IPSET_ATTR_SETNAME2` has the number of `IPSET_ATTR_TYPENAME`.
                let attrs = SetAttrs { typename: Some(to.into()), ..SetAttrs::of(Some(from.into())) };
                Self { header: NfGenMsg::of(AF_INET), attrs }
            }
        }
    )*};
}

two! {
    /// Gives a set another name.
    Rename
    /// Exchanges what two sets contain.
    Swap
}

impl<'a> Create<'a> {
    /// A set of a type (`hash:ip`, `hash:net`, `bitmap:port`, `list:set`, …) for addresses of a family (`AF_INET`,
    /// `AF_INET6`, or `AF_UNSPEC` where the type has none).
    #[must_use]
    pub fn new(name: impl Into<NlStr<'a>>, typename: impl Into<NlStr<'a>>, family: u8) -> Self {
        let attrs = SetAttrs {
            typename: Some(typename.into()),
            revision: Some(0),
            family: Some(family),
            data: Some(Settings::default()),
            ..SetAttrs::of(Some(name.into()))
        };
        Self { header: NfGenMsg::of(family), attrs }
    }

    /// Sets the revision of the type: later ones have more settings. [`Type::of`] asks which ones the kernel has.
    #[must_use]
    pub fn revision(mut self, revision: u8) -> Self {
        self.revision = Some(revision);
        self
    }

    /// Sets the settings.
    #[must_use]
    pub fn with(mut self, settings: Settings<'a>) -> Self {
        self.data = Some(settings);
        self
    }
}

/// `IPSET_FLAG_WITH_COUNTERS`.
const WITH_COUNTERS: u32 = 1 << 3;
/// `IPSET_FLAG_WITH_COMMENT`.
const WITH_COMMENT: u32 = 1 << 4;

impl Settings<'_> {
    /// Elements are removed after this many seconds; 0 means never.
    #[must_use]
    pub fn timeout(mut self, seconds: u32) -> Self {
        self.timeout = Some(seconds);
        self
    }

    /// Packets and bytes are counted for each element.
    #[must_use]
    pub fn counters(self) -> Self {
        self.flag(WITH_COUNTERS)
    }

    /// Elements may have a comment.
    #[must_use]
    pub fn comments(self) -> Self {
        self.flag(WITH_COMMENT)
    }

    /// The set has at most this many elements.
    #[must_use]
    pub fn maxelem(mut self, elements: u32) -> Self {
        self.maxelem = Some(elements);
        self
    }

    /// The first and the last port of a bitmap.
    #[must_use]
    pub fn ports(mut self, first: u16, last: u16) -> Self {
        (self.port, self.port_to) = (Some(first), Some(last));
        self
    }

    fn flag(mut self, flag: u32) -> Self {
        self.cadt_flags = Some(self.cadt_flags.unwrap_or_default() | flag);
        self
    }
}

impl Address<'_> {
    /// This address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self { ipv4: Some(address), ..Self::default() },
            IpAddr::V6(address) => Self { ipv6: Some(address), ..Self::default() },
        }
    }

    /// The address.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.ipv4.map(IpAddr::V4).or(self.ipv6.map(IpAddr::V6))
    }
}

impl<'a> Element<'a> {
    /// An address.
    #[must_use]
    pub fn ip(address: IpAddr) -> Self {
        Self { ip: Some(Address::of(address)), ..Self::default() }
    }

    /// A prefix. The kernel refuses one that is longer than the address.
    #[must_use]
    pub fn net(address: IpAddr, prefix_len: u8) -> Self {
        Self { cidr: Some(prefix_len), ..Self::ip(address) }
    }

    /// A port alone.
    #[must_use]
    pub fn of_port(port: u16) -> Self {
        Self { port: Some(port), ..Self::default() }
    }

    /// The name of another set.
    #[must_use]
    pub fn set(name: impl Into<NlStr<'a>>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }

    /// Adds a port of a protocol (`IPPROTO_*`).
    #[must_use]
    pub fn port(mut self, protocol: u8, port: u16) -> Self {
        (self.proto, self.port) = (Some(protocol), Some(port));
        self
    }

    /// Adds a second prefix.
    #[must_use]
    pub fn second(mut self, address: IpAddr, prefix_len: u8) -> Self {
        (self.ip2, self.cidr2) = (Some(Address::of(address)), Some(prefix_len));
        self
    }

    /// Adds a link-layer address.
    #[must_use]
    pub fn mac(mut self, address: impl Into<HwAddr<'a>>) -> Self {
        self.ether = Some(address.into());
        self
    }

    /// The element is removed after this many seconds.
    #[must_use]
    pub fn timeout(mut self, seconds: u32) -> Self {
        self.timeout = Some(seconds);
        self
    }

    /// Adds a comment.
    #[must_use]
    pub fn comment(mut self, text: impl Into<NlStr<'a>>) -> Self {
        self.comment = Some(text.into());
        self
    }

    /// The address.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.ip.as_ref().and_then(Address::ip)
    }
}

macro_rules! of_element {
    ($($(#[doc = $doc:literal])* $name:ident)*) => {$(
        impl<'a> $name<'a> {
            $(#[doc = $doc])*
            #[must_use]
            pub fn new(set: impl Into<NlStr<'a>>, element: Element<'a>) -> Self {
                let family = element.address().map_or(AF_INET, family_of);
                let attrs = EntryAttrs {
                    protocol: Some(VERSION),
                    setname: Some(set.into()),
                    data: Some(element),
                    ..EntryAttrs::default()
                };
                Self { header: NfGenMsg::of(family), attrs }
            }
        }
    )*};
}

of_element! {
    /// Puts an element into a set; sent with [`CREATE`](super::CREATE), it is an error if it is there.
    Add
    /// Takes an element from a set.
    Delete
    /// Asks whether an element is in a set; the refusal [`NOT_IN_SET`] says that it is not.
    Test
}
