//! Next hops that routes name by number. Source: `net/ipv4/nexthop.c`, `nh_fill_node`.

use super::groups::{LINK, NEXTHOP};
use super::{DELNEXTHOP, NEWNEXTHOP, attr_part, of_links};
use crate::rt_nexthop::NextHop;
use nl_tlv::{Effect, Keyed, Message, MessageType};

/// Next hops, and groups of them.
#[derive(Debug)]
pub enum NextHops {}

impl Keyed for NextHops {
    type View<'a> = NextHop<'a>;
    const GROUPS: &'static [u32] = &[NEXTHOP, LINK];

    fn effect(event: &Message<'_>, _: Option<MessageType>) -> Effect {
        match event.ty().0 {
            NEWNEXTHOP => Effect::Sets,
            // It leaves its groups, and groups without members go.
            DELNEXTHOP => Effect::AskAgain,
            _ => of_links(event).unwrap_or(Effect::Nothing),
        }
    }

    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        attr_part(message, HEADER, ID, part);
    }
}

const HEADER: usize = 8;
const ID: u16 = 1;
