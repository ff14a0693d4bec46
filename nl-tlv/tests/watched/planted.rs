//! Mistakes of the first version, planted: the random changes show each of them within seconds, although few of the changes
//! matter to it.
//!
//! | planted | what a watch then has wrong |
//! |---|---|
//! | several IPv4 routes with one key are taken for one | `route append` makes the watch lose the route before it (C1) |
//! | events of IPv6 routes say all about their key | an appended IPv6 next hop is a route beside the one that it belongs to |
//! | addresses and next hops that go call for nothing | IPv4 routes that vanished with them stay |
//! | what `AF_BRIDGE` says of a port is taken for the interface | `nomaster` makes the watch lose the interface |

use crate::changes::{PAIRS, bridged, change_links, change_routes, link, route};
use crate::netns::in_namespace;
use crate::{Followed, Random, first_difference, fresh};
use nl_tlv::{Effect, Keyed, Message, MessageType};
use nl_tlv_families::rt_link::Link;
use nl_tlv_families::rt_route::{GetRoute, Route};
use nl_tlv_families::watch::{Links, Routes};
use std::time::Duration;

/// Routes with a mistake.
enum PlantedRoutes<const MISTAKE: u8> {}

const NO_MEMBER: u8 = 1;
const IPV6_ALONE: u8 = 2;
const NOTHING_VANISHES: u8 = 3;

impl<const MISTAKE: u8> Keyed for PlantedRoutes<MISTAKE> {
    type View<'a> = Route<'a>;
    const GROUPS: &'static [u32] = Routes::GROUPS;
    const VOLATILE: &'static [&'static [u16]] = Routes::VOLATILE;
    const SEVERAL: bool = Routes::SEVERAL;

    fn is_object(message: &Message<'_>, family: Option<MessageType>) -> bool {
        Routes::is_object(message, family)
    }

    fn effect(event: &Message<'_>, family: Option<MessageType>) -> Effect {
        // RTM_NEWADDR, RTM_DELADDR, RTM_NEWNEXTHOP, RTM_DELNEXTHOP.
        let is_other = [20, 21, 104, 105].contains(&event.ty().0);
        match Routes::effect(event, family) {
            Effect::SetsAlone if MISTAKE == IPV6_ALONE => Effect::Sets,
            Effect::AskAgain if MISTAKE == NOTHING_VANISHES && is_other => Effect::Nothing,
            effect => effect,
        }
    }

    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        Routes::key(message, part);
    }

    fn member(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        // AF_INET.
        if MISTAKE != NO_MEMBER || message.payload().first() != Some(&2) {
            Routes::member(message, part);
        }
    }
}

/// Links whose ports are taken for themselves.
enum PlantedLinks {}

impl Keyed for PlantedLinks {
    type View<'a> = Link<'a>;
    const GROUPS: &'static [u32] = Links::GROUPS;
    const VOLATILE: &'static [&'static [u16]] = Links::VOLATILE;

    fn effect(event: &Message<'_>, _: Option<MessageType>) -> Effect {
        // RTM_NEWLINK, RTM_DELLINK.
        match event.ty().0 {
            16 => Effect::Sets,
            17 => Effect::Removes,
            _ => Effect::Nothing,
        }
    }

    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        Links::key(message, part);
    }

    fn is_same(old: &Message<'_>, new: &Message<'_>) -> bool {
        Links::is_same(old, new)
    }
}

/// Whether the changes show what is wrong with a watch, held against one of the right definition.
fn is_seen<O: Keyed>(
    test: &str,
    watch: fn() -> Followed<O>,
    fresh: &dyn Fn() -> Vec<String>,
    changes: Changes,
) {
    in_namespace(test, || {
        let (time, patience) = (Duration::from_secs(90), Duration::from_millis(1500));
        let (setup, change) = changes;
        let seen = first_difference(watch(), fresh, &setup, change, time, patience);
        println!("{}", seen.expect("a difference"));
    });
}

/// What is there before, and how it changes.
type Changes = (String, fn(&mut Random) -> String);

fn is_seen_in_routes<const MISTAKE: u8>(test: &str) {
    let watch = || Followed::<PlantedRoutes<MISTAKE>>::new(&GetRoute::default(), route);
    let right = || fresh::<Routes>(&GetRoute::default(), route);
    is_seen(test, watch, &right, (PAIRS.to_owned(), change_routes));
}

#[test]
fn appended_routes_that_are_taken_for_one_are_seen() {
    is_seen_in_routes::<NO_MEMBER>("planted::appended_routes_that_are_taken_for_one_are_seen");
}

#[test]
fn ipv6_next_hops_that_replace_each_other_are_seen() {
    is_seen_in_routes::<IPV6_ALONE>("planted::ipv6_next_hops_that_replace_each_other_are_seen");
}

#[test]
fn routes_that_vanish_unnoticed_are_seen() {
    is_seen_in_routes::<NOTHING_VANISHES>("planted::routes_that_vanish_unnoticed_are_seen");
}

#[test]
fn ports_that_are_taken_for_interfaces_are_seen() {
    let watch = || Followed::<PlantedLinks>::new(&Links::request(), link);
    let right = || fresh::<Links>(&Links::request(), link);
    let test = "planted::ports_that_are_taken_for_interfaces_are_seen";
    is_seen(test, watch, &right, (bridged(), change_links));
}
