//! A check is a function of the message that says whether it may be sent.

use nl_tlv::{NlAttrs, NlMessage};

fn is_valid(route: &Route) -> bool {
    route.metric.is_some()
}

#[derive(NlMessage)]
#[nl(ty = 25, check = is_valid)]
struct Route {
    #[nl(attr = 1)]
    metric: Option<u32>,
}

#[derive(NlMessage)]
#[nl(ty = 26, check)]
struct Table {
    #[nl(attr = 1)]
    metric: Option<u32>,
}

#[derive(NlAttrs)]
#[nl(check = Self::check)]
struct NextHop {
    #[nl(attr = 1)]
    metric: Option<u32>,
}

fn is_small(tunnel: Tunnel) -> bool {
    tunnel.metric.is_none()
}

#[derive(NlMessage)]
#[nl(ty = 27, check = is_small)]
struct Tunnel {
    #[nl(attr = 1)]
    metric: Option<u32>,
}

fn main() {}
