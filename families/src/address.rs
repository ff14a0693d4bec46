//! Addresses of interfaces: `RTM_NEWADDR`, `RTM_DELADDR`, `RTM_GETADDR`.
//!
//! The order is that of IPv4 (`inet_fill_ifaddr`); IPv6 (`inet6_fill_ifaddr`) writes the flags last.

use core::net::IpAddr;
use nl_tlv::{NlMessage, Rest, nl_struct};

/// `struct ifaddrmsg`: family, length of the prefix in bits, the first eight `IFA_F_*`, scope, number of the interface.
#[nl_struct]
pub struct IfAddrMsg {
    pub ifa_family: u8,
    pub ifa_prefixlen: u8,
    pub ifa_flags: u8,
    pub ifa_scope: u8,
    pub ifa_index: u32,
}

/// An address as it is, or is to be.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 20, deleted = 21)]
pub struct AddressNew<'a> {
    #[nl(fixed_header, key = [ifa_prefixlen, ifa_index])]
    pub header: IfAddrMsg,
    #[nl(attr = 10)]
    pub target_netnsid: Option<i32>,
    /// Of the other end on a point-to-point link.
    #[nl(attr = 1, key)]
    pub address: Option<IpAddr>,
    /// Of this end.
    #[nl(attr = 2, key)]
    pub local: Option<IpAddr>,
    #[nl(attr = 4)]
    pub broadcast: Option<IpAddr>,
    #[nl(attr = 5)]
    pub anycast: Option<IpAddr>,
    #[nl(attr = 7)]
    pub multicast: Option<IpAddr>,
    #[nl(attr = 3, max_len = 15)]
    pub label: Option<&'a str>,
    /// `IFAPROT_*`.
    #[nl(attr = 11)]
    pub proto: Option<u8>,
    /// `IFA_F_*`.
    #[nl(attr = 8)]
    pub flags: Option<u32>,
    #[nl(attr = 9)]
    pub rt_priority: Option<u32>,
    #[nl(attr = 6)]
    pub cacheinfo: Option<IfaCacheInfo>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// An address that is to go, or has gone.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 21)]
pub struct AddressDelete<'a> {
    #[nl(fixed_header)]
    pub header: IfAddrMsg,
    #[nl(attr = 1)]
    pub address: Option<IpAddr>,
    #[nl(attr = 2)]
    pub local: Option<IpAddr>,
    #[nl(attr = 3, max_len = 15)]
    pub label: Option<&'a str>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// Asks for addresses: a dump.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(ty = 22)]
pub struct AddressGet {
    #[nl(fixed_header)]
    pub header: IfAddrMsg,
}

/// `struct ifa_cacheinfo`: seconds for which the address is preferred and valid, and when it was made and changed.
#[nl_struct]
pub struct IfaCacheInfo {
    pub ifa_prefered: u32,
    pub ifa_valid: u32,
    pub cstamp: u32,
    pub tstamp: u32,
}
