//! Filters of traffic control: which packets, and what becomes of them.

use super::constants::{ETH_P_ALL, ETH_P_IP, ETH_P_IPV6, IPPROTO_TCP, IPPROTO_UDP};
use super::{Handle, IfIndex, NotRepresentable};
use crate::tc::{
    Act, DelTfilter, Flower, GetTfilter, Matchall, OptionsMsg, TcAttrs, TcMsg, TcU32Key, TcU32Sel, Tfilter,
    U32,
};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use nl_tlv::value::{Array, Headed, Lazy, NestedArray};

impl TcMsg {
    /// A filter's place among others, and the Ethernet protocol that it is for.
    fn filtering(self, priority: u16, protocol: u16) -> Self {
        // `TC_H_MAKE(priority << 16, htons(protocol))`.
        Self { info: u32::from(priority) << 16 | u32::from(protocol.to_be()), ..self }
    }
}

impl<'a> Tfilter<'a> {
    /// A filter of a qdisc or class: [`Handle::INCOMING`], [`Handle::OUTGOING`], or the handle of one. It is for all
    /// protocols, and the kernel chooses its place.
    #[must_use]
    #[inline]
    pub fn new(dev: impl Into<IfIndex>, parent: impl Into<Handle>) -> Self {
        let header = TcMsg::on(dev).under(parent).filtering(0, ETH_P_ALL);
        Self { header, attrs: TcAttrs::default() }
    }

    /// Sets its place among the filters: 1 is asked first.
    #[must_use]
    #[inline]
    pub fn priority(self, priority: u16) -> Self {
        Self { header: self.header.filtering(priority, self.protocol()), ..self }
    }

    /// The place among the filters; 0 in a request lets the kernel choose.
    #[must_use]
    #[inline]
    pub fn place(&self) -> u16 {
        let [high, low, ..] = self.header.info.to_be_bytes();
        u16::from_be_bytes([high, low])
    }

    /// The Ethernet protocol that it is for (`ETH_P_*`).
    #[must_use]
    #[inline]
    pub fn protocol(&self) -> u16 {
        let [.., high, low] = self.header.info.to_be_bytes();
        u16::from_be(u16::from_be_bytes([high, low]))
    }

    /// Makes it a filter of any kind with its options, for packets of an Ethernet protocol (`ETH_P_*`).
    #[must_use]
    #[inline]
    pub fn with(self, kind: &'a str, protocol: u16, options: OptionsMsg<'a>) -> Self {
        let header = self.header.filtering(self.place(), protocol);
        Self { header, attrs: TcAttrs::of_kind(kind, Some(options)) }
    }

    /// Makes it a filter for every packet: [`Matchall::doing`].
    #[must_use]
    #[inline]
    pub fn matchall(self, what: Matchall<'a>) -> Self {
        self.with("matchall", ETH_P_ALL, OptionsMsg::Matchall(what))
    }

    /// Makes it a filter for packets with these addresses, ports and the like: [`Flower::ipv4`].
    #[must_use]
    #[inline]
    pub fn flower(self, what: &'a Flower<'a>) -> Self {
        self.with("flower", what.key_eth_type.unwrap_or(ETH_P_ALL), OptionsMsg::Flower(Lazy::new(what)))
    }

    /// Makes it a filter for packets of IPv4 with these bits: [`U32::matching`].
    #[must_use]
    #[inline]
    pub fn u32(self, what: &'a U32<'a>) -> Self {
        self.with("u32", ETH_P_IP, OptionsMsg::U32(Lazy::new(what)))
    }
}

impl<'a> DelTfilter<'a> {
    /// All filters of a qdisc or class.
    #[must_use]
    #[inline]
    pub fn all(dev: impl Into<IfIndex>, parent: impl Into<Handle>) -> Self {
        Self { header: TcMsg::on(dev).under(parent), attrs: TcAttrs::default() }
    }

    /// Deletes exactly this filter, as it was read.
    ///
    /// # Errors
    ///
    /// If the filter has no handle or no priority: the kernel would delete all filters of the priority, or of the chain. A
    /// filter that was made has none until the kernel gives it one, and the first item of a dump of `u32` is not a filter.
    #[inline]
    pub fn of(filter: &Tfilter<'a>) -> Result<Self, NotRepresentable> {
        if filter.header.handle == 0 || filter.place() == 0 {
            return Err(NotRepresentable::new(
                "a filter is deleted by its handle and priority, and this one lacks one of them: read it from the kernel",
            ));
        }
        let TcAttrs { kind, chain, .. } = filter.attrs;
        Ok(Self { header: filter.header, attrs: TcAttrs { kind, chain, ..TcAttrs::default() } })
    }
}

impl GetTfilter<'_> {
    /// All filters of a qdisc or class.
    #[must_use]
    #[inline]
    pub fn on(dev: impl Into<IfIndex>, parent: impl Into<Handle>) -> Self {
        Self { header: TcMsg::on(dev).under(parent), ..Self::default() }
    }
}

impl<'a> Matchall<'a> {
    /// What is done with packets.
    #[must_use]
    pub fn doing(actions: &'a [Act<'a>]) -> Self {
        Self { act: Some(NestedArray::new(actions)), ..Self::default() }
    }

    /// Packets go to this class.
    #[must_use]
    pub fn to_class(class: impl Into<Handle>) -> Self {
        Self { classid: Some(class.into().get()), ..Self::default() }
    }
}

impl<'a> Flower<'a> {
    /// Packets of IPv4.
    #[must_use]
    pub fn ipv4() -> Self {
        Self { key_eth_type: Some(ETH_P_IP), ..Self::default() }
    }

    /// Packets of IPv6.
    #[must_use]
    pub fn ipv6() -> Self {
        Self { key_eth_type: Some(ETH_P_IPV6), ..Self::default() }
    }

    /// Packets from a prefix.
    ///
    /// # Errors
    ///
    /// If the prefix is longer than the address, or the filter is for the other family.
    pub fn from(mut self, source: IpAddr, prefix_len: u8) -> Result<Self, NotRepresentable> {
        match source {
            IpAddr::V4(ip) => {
                self.key_ipv4_src = Some(ip);
                self.key_ipv4_src_mask = Some(mask_v4(prefix_len)?);
            }
            IpAddr::V6(ip) => {
                self.key_ipv6_src = Some(ip);
                self.key_ipv6_src_mask = Some(mask_v6(prefix_len)?);
            }
        }
        self.of_family_of(source)
    }

    /// Packets to a prefix.
    ///
    /// # Errors
    ///
    /// If the prefix is longer than the address, or the filter is for the other family.
    pub fn to(mut self, destination: IpAddr, prefix_len: u8) -> Result<Self, NotRepresentable> {
        match destination {
            IpAddr::V4(ip) => {
                self.key_ipv4_dst = Some(ip);
                self.key_ipv4_dst_mask = Some(mask_v4(prefix_len)?);
            }
            IpAddr::V6(ip) => {
                self.key_ipv6_dst = Some(ip);
                self.key_ipv6_dst_mask = Some(mask_v6(prefix_len)?);
            }
        }
        self.of_family_of(destination)
    }

    fn of_family_of(mut self, address: IpAddr) -> Result<Self, NotRepresentable> {
        let protocol = if address.is_ipv4() { ETH_P_IP } else { ETH_P_IPV6 };
        match self.key_eth_type.replace(protocol) {
            Some(other) if other != protocol => Err(NotRepresentable::FAMILIES),
            _ => Ok(self),
        }
    }

    /// Packets of TCP to a port.
    #[must_use]
    pub fn tcp_port(mut self, destination: u16) -> Self {
        (self.key_ip_proto, self.key_tcp_dst) = (Some(IPPROTO_TCP), Some(destination));
        self
    }

    /// Packets of UDP to a port.
    #[must_use]
    pub fn udp_port(mut self, destination: u16) -> Self {
        (self.key_ip_proto, self.key_udp_dst) = (Some(IPPROTO_UDP), Some(destination));
        self
    }

    /// What is done with the packets.
    #[must_use]
    pub fn doing(mut self, actions: &'a [Act<'a>]) -> Self {
        self.act = Some(NestedArray::new(actions));
        self
    }

    /// The packets go to this class.
    #[must_use]
    pub fn to_class(mut self, class: impl Into<Handle>) -> Self {
        self.classid = Some(class.into().get());
        self
    }
}

impl<'a> U32<'a> {
    /// Packets whose bits are as all of these say.
    ///
    /// # Errors
    ///
    /// If they are more than 255.
    pub fn matching(keys: &'a [TcU32Key]) -> Result<Self, NotRepresentable> {
        let too_many = |_| NotRepresentable::new("a filter has at most 255 keys");
        let nkeys = u8::try_from(keys.len()).map_err(too_many)?;
        // `TC_U32_TERMINAL`.
        let header = TcU32Sel { flags: 1, nkeys, ..TcU32Sel::default() };
        Ok(Self { sel: Some(Headed { header, contents: Array::new(keys) }), ..Self::default() })
    }

    /// What is done with the packets.
    #[must_use]
    pub fn doing(mut self, actions: &'a [Act<'a>]) -> Self {
        self.act = Some(NestedArray::new(actions));
        self
    }

    /// The packets go to this class.
    #[must_use]
    pub fn to_class(mut self, class: impl Into<Handle>) -> Self {
        self.classid = Some(class.into().get());
        self
    }
}

impl TcU32Key {
    /// These bits at an offset into the packet, which has to be a multiple of 4.
    #[must_use]
    pub fn at(off: i32, val: u32, mask: u32) -> Self {
        Self { mask, val: val & mask, off, ..Self::default() }
    }

    /// Packets from a prefix of IPv4.
    ///
    /// # Errors
    ///
    /// If the prefix is longer than 32 bits.
    pub fn from(source: Ipv4Addr, prefix_len: u8) -> Result<Self, NotRepresentable> {
        Ok(Self::at(12, source.to_bits(), mask_v4(prefix_len)?.to_bits()))
    }

    /// Packets to a prefix of IPv4.
    ///
    /// # Errors
    ///
    /// If the prefix is longer than 32 bits.
    pub fn to(destination: Ipv4Addr, prefix_len: u8) -> Result<Self, NotRepresentable> {
        Ok(Self::at(16, destination.to_bits(), mask_v4(prefix_len)?.to_bits()))
    }

    /// A protocol over IPv4 (`IPPROTO_*`).
    #[must_use]
    pub fn protocol(protocol: u8) -> Self {
        Self::at(8, u32::from(protocol) << 16, 0xff_0000)
    }
}

fn mask_v4(prefix_len: u8) -> Result<Ipv4Addr, NotRepresentable> {
    let zeros = 32u32.checked_sub(prefix_len.into()).ok_or(TOO_LONG)?;
    Ok(Ipv4Addr::from(u32::MAX.checked_shl(zeros).unwrap_or(0)))
}

fn mask_v6(prefix_len: u8) -> Result<Ipv6Addr, NotRepresentable> {
    let zeros = 128u32.checked_sub(prefix_len.into()).ok_or(TOO_LONG)?;
    Ok(Ipv6Addr::from(u128::MAX.checked_shl(zeros).unwrap_or(0)))
}

const TOO_LONG: NotRepresentable =
    NotRepresentable::new("a prefix is at most as long as the address: 32 bits, or 128 of IPv6");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocol_of_a_filter_is_in_network_order_beside_its_priority() {
        let flower = Flower::ipv6();
        let filter = Tfilter::new(2, Handle::INCOMING).priority(7).flower(&flower);
        assert_eq!(filter.header.info, 7 << 16 | u32::from(0x86dd_u16.to_be()));
        assert_eq!((filter.place(), filter.protocol()), (7, 0x86dd));
    }

    #[test]
    fn masks_have_a_bit_for_each_of_the_prefix() {
        let v4 = [0, 8, 32].map(|len| mask_v4(len).unwrap().to_bits());
        assert_eq!(v4, [0, 0xff00_0000, u32::MAX]);
        assert_eq!(mask_v6(0).unwrap().to_bits(), 0);
        assert_eq!(mask_v6(127).unwrap().to_bits(), u128::MAX - 1);
        assert!(mask_v4(33).is_err() && mask_v6(129).is_err());
    }

    #[test]
    fn a_filter_is_for_one_family() {
        let (four, six) = ("10.0.0.0".parse().unwrap(), "fd00::".parse().unwrap());
        assert_eq!(Flower::default().from(six, 8).unwrap().key_eth_type, Some(ETH_P_IPV6));
        assert!(Flower::ipv4().from(four, 8).unwrap().to(four, 32).is_ok());
        assert!(Flower::ipv6().from(four, 8).is_err());
        assert!(Flower::default().from(four, 8).unwrap().to(six, 8).is_err());
    }

    #[test]
    fn a_filter_has_255_keys() {
        let keys = [TcU32Key::protocol(6); 256];
        assert_eq!(U32::matching(&keys[..255]).unwrap().sel.unwrap().header.nkeys, 255);
        assert!(U32::matching(&keys).is_err());
    }
}
