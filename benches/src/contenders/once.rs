//! nl-tlv where one loop alone reads a type: the compiler fits the parser into the loop. Few programs are like that.

use core::net::Ipv4Addr;

use nl_tlv::{Error, MessageType, Messages, NlMessage};

use super::Contender;
use super::nl_tlv::{RtMsg, ipv4, number};
use crate::records::Routes;

/// A parser with one call site.
pub(super) const CONTENDER: Contender =
    Contender { routes: Some(|bytes| routes(bytes).ok()), ..Contender::named("nl-tlv, once") };

/// RTM_NEWROUTE.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 24)]
struct Route {
    #[nl(fixed_header)]
    header: RtMsg,
    #[nl(attr = 1)]
    dst: Option<Ipv4Addr>,
    #[nl(attr = 5)]
    gateway: Option<Ipv4Addr>,
    #[nl(attr = 4)]
    oif: Option<u32>,
    #[nl(attr = 15)]
    table: Option<u32>,
    #[nl(attr = 6)]
    priority: Option<u32>,
}

fn routes(bytes: &[u8]) -> Result<Routes, Error> {
    let mut sum = Routes::default();
    for message in Messages::new(bytes) {
        let message = message?;
        if message.ty() != MessageType(24) {
            continue;
        }
        let route = Route::parse(&message)?;
        sum.messages += 1;
        sum.dst += ipv4(route.dst);
        sum.gateway += ipv4(route.gateway);
        sum.oif += number(route.oif);
        sum.table += number(route.table);
        sum.priority += number(route.priority);
    }
    Ok(sum)
}
