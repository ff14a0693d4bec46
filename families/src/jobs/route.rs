//! Routes: made from a prefix and a next hop, and deleted without hitting another one.

use super::constants::{AF_INET6, RT_TABLE_MAIN};
use super::{IfIndex, NotRepresentable, bits_of, family_of};
use crate::rt_route::{DelRoute, GetRoute, Metrics, Route, RouteAttrs, RtMsg, RtProtocol, RtScope, RtmType};
use crate::values::{NextHop, NextHops, Via};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use nl_tlv::Rest;

/// The metric of an IPv6 route that is made without one: `IP6_RT_PRIO_USER`.
const IPV6_METRIC: u32 = 1024;

impl<'a> Route<'a> {
    /// A static route to a prefix, in the main table. The default route is that to `0.0.0.0` or `::`, with the length 0.
    ///
    /// Without a next hop the destination is on the link. The kernel refuses a prefix that is longer than the address.
    #[must_use]
    #[inline]
    pub fn to(destination: IpAddr, prefix_len: u8) -> Self {
        let header = RtMsg {
            family: family_of(destination),
            dst_len: prefix_len,
            table: RT_TABLE_MAIN.to_le_bytes()[0],
            protocol: RtProtocol::Static,
            scope: RtScope::Link,
            r#type: RtmType::Unicast,
            ..RtMsg::default()
        };
        let is_default = prefix_len == 0 && destination.is_unspecified();
        let dst = Some(destination.into()).filter(|_| !is_default);
        Self { header, attrs: RouteAttrs { dst, ..RouteAttrs::default() } }
    }

    /// The default route via a gateway.
    #[must_use]
    #[inline]
    pub fn default_via(gateway: IpAddr) -> Self {
        let any = match gateway {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        Self::to(any, 0).via(gateway)
    }

    /// A route that drops packets.
    #[must_use]
    #[inline]
    pub fn blackhole(destination: IpAddr, prefix_len: u8) -> Self {
        let mut route = Self::to(destination, prefix_len);
        (route.header.r#type, route.header.scope) = (RtmType::Blackhole, RtScope::Universe);
        route
    }

    /// Sends packets via a gateway. One of the other address family is written as `RTA_VIA`.
    #[must_use]
    #[inline]
    pub fn via(mut self, gateway: IpAddr) -> Self {
        match family_of(gateway) == self.header.family {
            true => self.gateway = Some(gateway.into()),
            false => self.via = Some(Via::of(gateway)),
        }
        self.header.scope = RtScope::Universe;
        self
    }

    /// Sends packets out of an interface.
    #[must_use]
    #[inline]
    pub fn dev(mut self, index: impl Into<IfIndex>) -> Self {
        self.oif = Some(index.into().get());
        self
    }

    /// Sends packets via several next hops.
    #[must_use]
    #[inline]
    pub fn multipath(mut self, hops: &'a [NextHop<'a>]) -> Self {
        self.multipath = Some(NextHops::new(hops));
        self.header.scope = RtScope::Universe;
        self
    }

    /// Sends packets via a next hop that was created by itself.
    #[must_use]
    #[inline]
    pub fn next_hop(mut self, id: u32) -> Self {
        self.nh_id = Some(id);
        self.header.scope = RtScope::Universe;
        self
    }

    /// Sets the metric, which the kernel calls priority: the route with the lowest is taken.
    #[must_use]
    #[inline]
    pub fn metric(mut self, metric: u32) -> Self {
        self.priority = Some(metric);
        self
    }

    /// Puts it into another table.
    #[must_use]
    #[inline]
    pub fn table(mut self, table: u32) -> Self {
        // `RT_TABLE_COMPAT` for what one byte does not hold.
        self.header.table = u8::try_from(table).unwrap_or(252);
        self.table = Some(table);
        self
    }

    /// Sets the source address of packets, unless a program chooses one.
    #[must_use]
    #[inline]
    pub fn prefsrc(mut self, source: IpAddr) -> Self {
        self.prefsrc = Some(source);
        self
    }

    /// Sets metrics: MTU, window and the like.
    #[must_use]
    #[inline]
    pub fn metrics(mut self, metrics: Metrics<'a>) -> Self {
        self.metrics = Some(metrics);
        self
    }
}

impl<'a> DelRoute<'a> {
    /// Exactly this route: with all that tells it from others to the same prefix. If another one says all that this one
    /// does and more (a source address, say), the kernel may take that one: it takes what is not said as any.
    /// And it compares as many next hops as a route has: for one with several it may take one with the first of them.
    /// Delete those first. Of IPv4, the metric 0 means any to the kernel: if the route is not there any more, it takes the
    /// same one with the next metric.
    #[must_use]
    #[inline]
    pub fn of(route: &Route<'a>) -> Self {
        // What the kernel computes, and what does not tell routes apart.
        let mut attrs =
            RouteAttrs { cacheinfo: None, rest: Rest::default(), expires: None, ..route.attrs.clone() };
        if attrs.nh_id.is_some() {
            // What the kernel adds when it shows a next hop that is an object, and refuses beside its number.
            attrs = RouteAttrs {
                gateway: None,
                via: None,
                oif: None,
                multipath: None,
                encap_type: None,
                encap: None,
                ..attrs
            };
        }
        if route.header.family == AF_INET6 && attrs.priority.unwrap_or(0) == 0 {
            // Which the kernel gave it, and would take as any.
            attrs.priority = Some(IPV6_METRIC);
        }
        // Each next hop of an IPv6 route has a protocol, which the kernel compares; it tells only that of the first one.
        let protocol = match attrs.multipath {
            Some(_) if route.header.family == AF_INET6 => RtProtocol::Unspec,
            _ => route.header.protocol,
        };
        Self { header: RtMsg { protocol, ..route.header }, attrs }
    }
}

impl GetRoute<'_> {
    /// Asks for all routes of a family.
    #[must_use]
    #[inline]
    pub fn of_family(family: u8) -> Self {
        Self { header: RtMsg { family, ..RtMsg::default() }, ..Self::default() }
    }

    /// Limits a dump to one table. The kernel filters.
    #[must_use]
    #[inline]
    pub fn table(mut self, table: u32) -> Self {
        self.table = Some(table);
        self
    }

    /// Asks for the route that a packet to this address takes.
    #[must_use]
    #[inline]
    pub fn lookup(destination: IpAddr) -> Self {
        let (family, dst_len) = (family_of(destination), bits_of(destination));
        let attrs = RouteAttrs { dst: Some(destination.into()), ..RouteAttrs::default() };
        Self { header: RtMsg { family, dst_len, ..RtMsg::default() }, attrs }
    }
}

impl NextHop<'_> {
    /// Sends packets out of an interface.
    #[must_use]
    #[inline]
    pub fn dev(self, index: impl Into<IfIndex>) -> Self {
        Self { ifindex: index.into().signed(), ..self }
    }

    /// A gateway with its weight.
    ///
    /// # Errors
    ///
    /// If the weight is 0.
    #[inline]
    pub fn via(gateway: IpAddr, weight: u8) -> Result<Self, NotRepresentable> {
        let hops = weight.checked_sub(1).ok_or(NotRepresentable::new("a weight is at least 1"))?;
        let mut hop = Self { hops, ..Self::default() };
        hop.attrs.gateway = Some(gateway);
        Ok(hop)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_family_is_that_of_the_destination() {
        let route = Route::to(ip("fd00:1::"), 200).via(ip("10.0.0.1"));
        assert_eq!((route.header.family, route.header.dst_len), (10, 200), "which the kernel refuses");
        assert_eq!((route.gateway, route.via.unwrap().ip()), (None, Some(ip("10.0.0.1"))));
    }

    #[test]
    fn only_the_default_route_has_no_destination() {
        assert_eq!(Route::default_via(ip("10.0.0.1")).dst, None);
        assert_eq!(Route::to(ip("::"), 0).dst, None);
        assert_eq!(Route::to(ip("10.0.0.1"), 0).dst, Some(ip("10.0.0.1").into()), "which the kernel refuses");
    }

    #[test]
    fn a_weight_of_0_is_refused() {
        assert_eq!(NextHop::via(ip("10.0.0.1"), 255).unwrap().hops, 254);
        assert!(NextHop::via(ip("10.0.0.1"), 0).is_err());
    }

    #[test]
    fn what_deletes_a_route_names_its_next_hops() {
        let hops =
            [("10.0.0.1", 1), ("10.0.0.2", 2)].map(|(to, weight)| NextHop::via(ip(to), weight).unwrap());
        let route = Route::to(ip("10.9.0.0"), 16).multipath(&hops).metric(7).prefsrc(ip("10.0.0.9"));
        let delete = DelRoute::of(&route);
        assert_eq!((&delete.multipath, delete.priority), (&route.multipath, Some(7)));
        assert_eq!((delete.prefsrc, delete.header), (route.prefsrc, route.header));
    }

    #[test]
    fn what_deletes_an_ipv6_route_names_the_metric_that_the_kernel_gave_it() {
        let made = Route::to(ip("fd00::"), 16).via(ip("fe80::1")).dev(1u32);
        for (route, metric) in [(made.clone(), 1024), (made.clone().metric(0), 1024), (made.metric(7), 7)] {
            assert_eq!(DelRoute::of(&route).priority, Some(metric));
        }
        assert_eq!(DelRoute::of(&Route::to(ip("10.0.0.0"), 8)).priority, None);
    }
}
