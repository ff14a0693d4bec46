//! What contradicts the header of a message, and is refused before it is sent: the key `check` of the definitions.
//!
//! The kernel reads the first bytes of an address of another family as one of its own: a route of IPv4 to `fd00:1::`
//! would be one to 253.0.0.1, and be acknowledged.

use crate::values::FamilyAddr;
use core::net::IpAddr;
use nl_tlv::{Error, ErrorKind};

/// Whether addresses, each with the type of its attribute, are of the family in the header.
#[inline(always)]
fn of_family<const N: usize>(family: u8, addresses: [(u16, Version); N]) -> Result<(), Error> {
    // Without `find`, which would go from one to the next.
    let is_any = addresses.iter().fold(false, |is_any, (_, version)| is_any | is_other(family, *version));
    if is_any { Err(first(family, &addresses)) } else { Ok(()) }
}

/// The error of the first one that is of another family.
#[cold]
#[inline(never)]
fn first(family: u8, addresses: &[(u16, Version)]) -> Error {
    let first = addresses.iter().find(|(_, version)| is_other(family, *version));
    contradiction(family, first.map_or(0, |(ty, _)| *ty))
}

/// Whether an address is not of a family that has addresses of its own. (A bridge's table, for one, holds any.)
#[inline(always)]
fn is_other(family: u8, version: Version) -> bool {
    match family {
        IPV4 | IPV4_MULTICAST => version == Version::V6,
        IPV6 | IPV6_MULTICAST => version == Version::V4,
        _ => false,
    }
}

/// The version of IP that an address has, if it has one.
#[derive(Clone, Copy, PartialEq)]
enum Version {
    None,
    V4,
    V6,
}

#[inline(always)]
fn of_ip(address: &Option<IpAddr>) -> Version {
    match address {
        Some(IpAddr::V4(_)) => Version::V4,
        Some(IpAddr::V6(_)) => Version::V6,
        None => Version::None,
    }
}

#[cfg(any(feature = "rt-addr", feature = "rt-neigh", feature = "rt-route"))]
#[inline(always)]
fn of_any(address: &Option<FamilyAddr<'_>>) -> Version {
    match address.as_ref().map(|address| address.as_bytes().len()) {
        Some(4) => Version::V4,
        Some(16) => Version::V6,
        _ => Version::None,
    }
}

#[cold]
fn contradiction(family: u8, ty: u16) -> Error {
    let found = if matches!(family, IPV4 | IPV4_MULTICAST) { IPV6 } else { IPV4 };
    Error::new(ErrorKind::WrongFamily, 0, family.into(), found.into()).of_attr(ty)
}

/// `AF_INET`.
const IPV4: u8 = 2;
/// `AF_INET6`.
const IPV6: u8 = 10;
/// `RTNL_FAMILY_IPMR`.
const IPV4_MULTICAST: u8 = 128;
/// `RTNL_FAMILY_IP6MR`.
const IPV6_MULTICAST: u8 = 129;

/// The checks of messages: the family in the header and the attributes.
macro_rules! checks {
    ($(#[$feature:meta] $module:ident { $($name:ident: $message:ident,)* } $check:expr;)*) => {$(
        #[$feature]
        pub(crate) mod $module {
            use super::*;
            use crate::$module::*;

            $(#[inline(always)]
            pub(crate) fn $name(message: &$message<'_>) -> Result<(), Error> {
                $check(message.header.family, &message.attrs)
            })*
        }
    )*};
}

checks! {
    #[cfg(feature = "rt-route")]
    rt_route { set: Route, delete: DelRoute, get: GetRoute, }
    |family, attrs: &RouteAttrs<'_>| {
        of_family(family, [
            (1, of_any(&attrs.dst)),
            (2, of_ip(&attrs.src)),
            (7, of_ip(&attrs.prefsrc)),
            (5, of_any(&attrs.gateway)),
        ])?;
        match &attrs.multipath {
            Some(hops) => next_hops(family, hops),
            None => Ok(()),
        }
    };

    #[cfg(feature = "rt-addr")]
    rt_addr { set: Address, delete: DelAddress, }
    |family, attrs: &AddressAttrs<'_>| {
        let AddressAttrs { address, local, broadcast, anycast, .. } = attrs;
        of_family(family, [(1, of_ip(address)), (2, of_any(local)), (4, of_ip(broadcast)), (5, of_ip(anycast))])
    };

    #[cfg(feature = "rt-neigh")]
    rt_neigh { set: Neighbour, delete: DelNeighbour, get: GetNeighbour, }
    |family, attrs: &NeighbourAttrs<'_>| of_family(family, [(1, of_any(&attrs.dst))]);

    #[cfg(feature = "rt-rule")]
    rt_rule { set: Rule, delete: DelRule, }
    |family, attrs: &RuleAttrs<'_>| of_family(family, [(1, of_ip(&attrs.dst)), (2, of_ip(&attrs.src))]);

    #[cfg(feature = "rt-nexthop")]
    rt_nexthop { set: NextHop, }
    |family, attrs: &Nexthop<'_>| of_family(family, [(6, of_ip(&attrs.gateway))]);
}

/// The gateways of several next hops; one of the other family is an `RTA_VIA` there too. The error is that of
/// `RTA_MULTIPATH`.
#[cfg(feature = "rt-route")]
fn next_hops(family: u8, hops: &crate::values::NextHops<'_>) -> Result<(), Error> {
    let mut gateways = hops.iter().map_while(Result::ok).map(|hop| hop.attrs.gateway);
    match gateways.any(|gateway| is_other(family, of_ip(&gateway))) {
        true => Err(contradiction(family, 9)),
        false => Ok(()),
    }
}
