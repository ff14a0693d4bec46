//! A part of rtnetlink: links, addresses and routes, as `links`, `routes`, `monitor` and `dissect` need them.

use nl_tlv::schema::MessageSchema;
use nl_tlv::value::MacAddr;
use nl_tlv::{NlMessage, NlStruct, Rest};
use std::net::IpAddr;
use zerocopy::native_endian::{I32, U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// `struct ifinfomsg`.
#[derive(NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug)]
#[repr(C)]
pub struct IfInfoMsg {
    /// Address family.
    pub ifi_family: u8,
    /// Zero.
    pub pad: u8,
    /// `ARPHRD_*`.
    pub ifi_type: U16,
    /// Number of the interface.
    pub ifi_index: I32,
    /// `IFF_*`.
    pub ifi_flags: U32,
    /// Which of the flags are to change.
    pub ifi_change: U32,
}

/// `struct ifaddrmsg`.
#[derive(NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug)]
#[repr(C)]
pub struct IfAddrMsg {
    /// Address family.
    pub ifa_family: u8,
    /// Length of the prefix in bits.
    pub ifa_prefixlen: u8,
    /// `IFA_F_*`, the first eight.
    pub ifa_flags: u8,
    /// How far it is known.
    pub ifa_scope: u8,
    /// Number of the interface.
    pub ifa_index: U32,
}

/// `struct rtmsg`.
#[derive(
    NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug, PartialEq,
)]
#[repr(C)]
pub struct RtMsg {
    /// Address family.
    pub rtm_family: u8,
    /// Length of the destination in bits.
    pub rtm_dst_len: u8,
    /// Length of the source in bits.
    pub rtm_src_len: u8,
    /// Type of service.
    pub rtm_tos: u8,
    /// Number of the table, if it is below 256.
    pub rtm_table: u8,
    /// Who made the route: `RTPROT_*`.
    pub rtm_protocol: u8,
    /// Distance of the destination: `RT_SCOPE_*`.
    pub rtm_scope: u8,
    /// Kind of route: `RTN_*`.
    pub rtm_type: u8,
    /// `RTM_F_*`.
    pub rtm_flags: U32,
}

impl RtMsg {
    /// All IPv4 routes.
    #[must_use]
    pub fn ipv4() -> Self {
        Self { rtm_family: 2, ..Self::default() }
    }

    /// An IPv4 route that someone made by hand (`RTPROT_STATIC`, `RTN_UNICAST`), to a destination of so many bits.
    /// Without a next hop the destination is on the link (`RT_SCOPE_LINK`).
    #[must_use]
    pub fn unicast(bits: u8, has_next_hop: bool) -> Self {
        let rtm_scope = if has_next_hop { 0 } else { 253 };
        Self { rtm_dst_len: bits, rtm_protocol: 4, rtm_scope, rtm_type: 1, ..Self::ipv4() }
    }
}

/// Defines messages that differ only in name and type.
macro_rules! alike {
    ($header:ty, $fields:tt $($name:ident $number:literal $doc:literal;)*) => {
        $(message! { $header, $fields $name $number $doc })*
    };
}

macro_rules! message {
    ($header:ty, { $($(#[$attr:meta])* $field:ident: $ty:ty,)* } $name:ident $number:literal $doc:literal) => {
        #[doc = $doc]
        #[derive(NlMessage, Clone, Debug, Default)]
        #[nl(ty = $number)]
        pub struct $name<'a> {
            /// What all such messages have.
            #[nl(header)]
            pub header: $header,
            $($(#[$attr])* pub $field: $ty,)*
            /// All else.
            #[nl(rest)]
            pub rest: Rest<'a>,
        }
    };
}

alike! {
    IfInfoMsg, {
        /// Link-layer address.
        #[nl(attr = 1)]
        address: Option<MacAddr>,
        /// Name.
        #[nl(attr = 3)]
        ifname: Option<&'a str>,
        /// Largest packet.
        #[nl(attr = 4)]
        mtu: Option<u32>,
        /// `IF_OPER_*`.
        #[nl(attr = 16)]
        operstate: Option<u8>,
    }
    LinkNew 16 "RTM_NEWLINK: a link as it is.";
    LinkDelete 17 "RTM_DELLINK: a link that is to go or has gone.";
    LinkGet 18 "RTM_GETLINK: asks for links.";
}

alike! {
    IfAddrMsg, {
        /// Address; of the other end on a point-to-point link.
        #[nl(attr = 1)]
        address: Option<IpAddr>,
        /// Address of this end.
        #[nl(attr = 2)]
        local: Option<IpAddr>,
        /// Label.
        #[nl(attr = 3)]
        label: Option<&'a str>,
    }
    AddressNew 20 "RTM_NEWADDR: an address as it is.";
    AddressDelete 21 "RTM_DELADDR: an address that is to go or has gone.";
}

alike! {
    RtMsg, {
        /// Destination; none for the default route.
        #[nl(attr = 1)]
        dst: Option<IpAddr>,
        /// Number of the interface.
        #[nl(attr = 4)]
        oif: Option<u32>,
        /// Next hop.
        #[nl(attr = 5)]
        gateway: Option<IpAddr>,
        /// Metric.
        #[nl(attr = 6)]
        priority: Option<u32>,
        /// Number of the table.
        #[nl(attr = 15)]
        table: Option<u32>,
    }
    RouteNew 24 "RTM_NEWROUTE: a route as it is.";
    RouteDelete 25 "RTM_DELROUTE: a route that is to go or has gone.";
    RouteGet 26 "RTM_GETROUTE: asks for routes.";
}

/// All of them, for readers of schemas.
pub const SCHEMAS: &[&MessageSchema] = &[
    LinkNew::SCHEMA,
    LinkDelete::SCHEMA,
    LinkGet::SCHEMA,
    AddressNew::SCHEMA,
    AddressDelete::SCHEMA,
    RouteNew::SCHEMA,
    RouteDelete::SCHEMA,
    RouteGet::SCHEMA,
];

impl<'a> From<RouteNew<'a>> for RouteDelete<'a> {
    fn from(route: RouteNew<'a>) -> Self {
        let RouteNew { header, dst, oif, gateway, priority, table, rest } = route;
        Self { header, dst, oif, gateway, priority, table, rest }
    }
}

impl<'a> From<RouteDelete<'a>> for RouteNew<'a> {
    fn from(route: RouteDelete<'a>) -> Self {
        let RouteDelete { header, dst, oif, gateway, priority, table, rest } = route;
        Self { header, dst, oif, gateway, priority, table, rest }
    }
}
