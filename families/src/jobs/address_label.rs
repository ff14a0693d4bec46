//! Labels of addresses.

use super::constants::AF_INET6;
use crate::rt_addrlabel::{AddrLabel, AddrLabelAttrs, DelAddrLabel, GetAddrLabel, IfAddrLblMsg};
use core::net::Ipv6Addr;

impl AddrLabel<'_> {
    /// The label of the addresses that begin as this one does, in so many bits.
    #[must_use]
    pub fn new(prefix: Ipv6Addr, len: u8, label: u32) -> Self {
        let header = IfAddrLblMsg { family: AF_INET6, prefixlen: len, ..IfAddrLblMsg::default() };
        let attrs = AddrLabelAttrs { address: Some(prefix), label: Some(label), ..AddrLabelAttrs::default() };
        Self { header, attrs }
    }
}

impl<'a> DelAddrLabel<'a> {
    /// Deletes this one.
    #[must_use]
    pub fn of(label: &AddrLabel<'a>) -> Self {
        Self { header: label.header, attrs: label.attrs.clone() }
    }
}

impl GetAddrLabel<'_> {
    /// Asks for all labels, in a dump.
    #[must_use]
    pub fn all() -> Self {
        Self { header: IfAddrLblMsg { family: AF_INET6, ..IfAddrLblMsg::default() }, ..Self::default() }
    }
}
