//! Near misses of captured messages: one object of a dump is damaged at random, and every other one is still there, in a
//! watch and in what is collected. The damaged one is there too, or is reported once.

use crate::random::{Random, number};
use crate::support::Vector;
use nl_tlv::socket::{Address, Change, Connection, Object, RequestError, Transport, Unreadable};
use nl_tlv::{Flags, Keyed, Message, Messages, NlMessage};
use nl_tlv_families::rt_route::GetRoute;
use nl_tlv_families::watch::{Addresses, Connections, FilterRules, Links, Routes};
use nl_tlv_testing::network::{MemorySocket, Network};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// The messages that a dump consists of.
type Objects = Arc<Mutex<Vec<Vec<u8>>>>;

/// Answers every request with the objects, each in a datagram of its own or all in one, and the end.
fn serve(kernel: &MemorySocket, objects: &Objects) {
    let mut buf = vec![0; 4096];
    while let Ok(datagram) = kernel.receive(&mut buf, None) {
        let request = datagram.messages().next().unwrap().unwrap();
        let (seq, to) = (request.seq(), Address::port(datagram.sender.port_id));
        let headed = |mut message: Vec<u8>| {
            message[6..8].copy_from_slice(&Flags::MULTI.bits().to_ne_bytes());
            message[8..12].copy_from_slice(&seq.to_ne_bytes());
            message[12..16].copy_from_slice(&to.port_id.to_ne_bytes());
            message
        };
        let done = [[20, 0, 0, 0], [3, 0, 0, 0], [0; 4], [0; 4], [0; 4]].concat();
        let all = objects.lock().unwrap().clone().into_iter().chain([done]).map(headed);
        // The client may have gone.
        let _is_sent = match seq % 2 {
            0 => all.map(|message| kernel.send_to(&message, to)).all(|sent| sent.is_ok()),
            _ => kernel.send_to(&all.collect::<Vec<_>>().concat(), to).is_ok(),
        };
    }
}

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

fn key<O: Keyed>(message: &[u8]) -> Vec<u8> {
    let mut key = Vec::new();
    O::key(&only(message), &mut |part| key.extend(part));
    key
}

fn text<O: Keyed>(message: &Message<'_>) -> Option<String>
where
    for<'a> O::View<'a>: std::fmt::Debug,
{
    O::View::parse(message).ok().map(|view| format!("{view:?}"))
}

/// Damages what is behind the header of a message.
fn damage(message: &[u8], random: &mut Random) -> Vec<u8> {
    let mut damaged = message.to_vec();
    for _ in 0..=random.below(2) {
        let at = 16 + random.below(message.len() - 16);
        damaged[at] = match random.below(3) {
            0 => 0,
            1 => damaged[at] ^ (1 << random.below(8)),
            _ => u8::try_from(random.below(256)).unwrap(),
        };
    }
    damaged
}

/// What a watch has, and what it reports.
fn watched<O: Keyed>(network: &Network) -> (Vec<String>, Vec<Unreadable>)
where
    for<'a> O::View<'a>: std::fmt::Debug,
{
    let conn = Connection::new(network.open(), 0);
    let mut watch = conn.watch::<O>(&GetRoute::default()).unwrap();
    let (mut unreadable, end) = (Vec::new(), Instant::now() + Duration::from_secs(10));
    loop {
        let is_current = watch.is_current();
        match watch.change_deadline(if is_current { Instant::now() } else { end }) {
            Ok(Change::Added(_)) => {}
            Ok(change) => panic!("{change:?}"),
            Err(RequestError::Answer(object)) => unreadable.push(*object),
            Err(RequestError::Timeout) if is_current => break,
            Err(err) => panic!("{err}"),
        }
    }
    (watch.objects().map(|object| format!("{object:?}")).collect(), unreadable)
}

/// Damages one of the objects after the other.
fn near_misses<O: Keyed>(names: &[&str])
where
    for<'a> O::View<'a>: std::fmt::Debug,
{
    let captured: Vec<_> = names.iter().map(|name| Vector::load(name).bytes).collect();
    let (network, objects) = (Network::new(), Objects::default());
    let (kernel, served) = (network.kernel(), Arc::clone(&objects));
    thread::spawn(move || serve(&kernel, &served));
    let mut conn = Connection::new(network.open(), 0);
    let mut random = Random::new();
    let end = Instant::now() + Duration::from_secs(number("NL_TLV_WATCH_SECONDS", 3));
    let (mut read, mut unread) = (0, 0);
    while Instant::now() < end {
        let at = random.below(captured.len());
        let mut now = captured.clone();
        now[at] = damage(&captured[at], &mut random);
        if (0..now.len()).any(|other| other != at && key::<O>(&now[other]) == key::<O>(&now[at])) {
            continue;
        }
        now.iter().for_each(|message| objects.lock().unwrap().push(message.clone()));
        // A watch passes over what is none of its objects, such as an address that is still tentative.
        let is_object = O::is_object(&only(&now[at]), None);
        let read_of = |all: bool| {
            let messages = now.iter().enumerate().filter(|(i, _)| all || is_object || *i != at);
            let texts: Vec<_> = messages.map(|(_, message)| text::<O>(&only(message))).collect();
            let mut read: Vec<_> = texts.iter().flatten().cloned().collect();
            read.sort();
            (read, texts.iter().filter(|text| text.is_none()).count())
        };
        let collect = |object: &Object<'_>| Ok(Some(format!("{:?}", O::View::parse(object)?)));
        let collected = conn.collect(&GetRoute::default(), collect).unwrap();
        let (mut there, unreadable) = watched::<O>(&network);
        objects.lock().unwrap().clear();
        let mut objects = collected.objects;
        objects.sort();
        there.sort();
        assert_eq!((objects, collected.unreadable.len()), read_of(true), "{:?}", now[at]);
        assert_eq!((there, unreadable.len()), read_of(false), "{:?}", now[at]);
        assert!(unreadable.iter().all(|object| object.bytes()[16..] == now[at][16..]));
        if unreadable.is_empty() { read += 1 } else { unread += 1 }
    }
    println!("{read} could be read, {unread} could not");
    assert!(read > 5 && unread > 5);
}

#[test]
fn of_routes_cost_no_other_route() {
    near_misses::<Routes>(&["route_plain", "route_multipath", "route_ipv6", "route_via"]);
}

#[test]
fn of_links_cost_no_other_link() {
    near_misses::<Links>(&["link_veth", "link_bridge", "link_macvlan", "link_vxlan", "link_vlan"]);
}

#[test]
fn of_addresses_cost_no_other_address() {
    near_misses::<Addresses>(&["address", "address_ipv6"]);
}

#[test]
fn of_connections_cost_no_other_connection() {
    near_misses::<Connections>(&["ct_tcp", "ct_udp"]);
}

#[test]
fn of_filter_rules_cost_no_other_rule() {
    near_misses::<FilterRules>(&["nft_rule_ssh", "nft_rule_jump", "nft_rule_mark"]);
}
