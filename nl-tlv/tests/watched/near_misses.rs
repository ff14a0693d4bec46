//! Near misses of captured messages: one object of a dump, or one of several events, is damaged at random, and every other
//! one is still there, in a watch and in what is collected. The damaged one is there too, or is reported once. Blocking
//! connections and those of tasks are held against the same expectation.

use crate::random::{Random, number};
use crate::support::Vector;
use ::tokio::runtime::{Builder, Runtime};
use nl_tlv::socket::{Address, Change, Connection, Malformed, Object, RequestError, Transport, Watch, tokio};
use nl_tlv::{Effect, Flags, Keyed, Message, Messages, NlMessage};
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
    while let Ok((datagram, sender)) = kernel.receive(&mut buf, None) {
        let request = Messages::new(datagram).next().unwrap().unwrap();
        let (seq, to) = (request.seq(), Address::port(sender.port_id));
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

/// Objects as text, sorted, and what could not be read.
type Outcome = (Vec<String>, Vec<Malformed>);

fn sorted(mut there: Vec<String>, unreadable: Vec<Malformed>) -> Outcome {
    there.sort();
    (there, unreadable)
}

/// So long waits only a test that fails.
const LONG: Duration = Duration::from_secs(10);

/// Takes in one result of a watch that may not wait, and says whether it was the last.
fn is_over<V>(changed: Result<Change<V>, RequestError>, unreadable: &mut Vec<Malformed>) -> bool {
    match changed {
        Ok(Change::Added(_)) => false,
        Ok(_) => panic!("nothing changes"),
        Err(RequestError::Answer(object)) => {
            unreadable.push(*object);
            false
        }
        Err(RequestError::Timeout) => true,
        Err(err) => panic!("{err}"),
    }
}

/// How long a watch waits for one more change.
const MOMENT: Duration = Duration::from_millis(2);

/// Takes in what is there.
fn settle<O: Keyed>(watch: &mut Watch<O, Connection<MemorySocket>>, unreadable: &mut Vec<Malformed>) {
    let end = Instant::now() + LONG;
    while !is_over(watch.change_deadline(Instant::now() + MOMENT), unreadable) || !watch.is_current() {
        assert!(Instant::now() < end, "it never knows all");
    }
}

/// The same in a task.
async fn settle_in_task<O: Keyed>(
    watch: &mut Watch<O, tokio::Connection<MemorySocket>>,
    unreadable: &mut Vec<Malformed>,
) {
    let end = Instant::now() + LONG;
    while !is_over(watch.change_deadline(Instant::now() + MOMENT).await, unreadable) || !watch.is_current() {
        assert!(Instant::now() < end, "it never knows all");
    }
}

/// A peer whose dumps consist of some objects, and who tells of them by events.
struct Peer {
    network: Network,
    objects: Objects,
    kernel: Arc<MemorySocket>,
    runtime: Runtime,
}

impl Peer {
    fn new() -> Self {
        let (network, objects) = (Network::new(), Objects::default());
        let kernel = Arc::new(network.kernel());
        let (serving, served) = (Arc::clone(&kernel), Arc::clone(&objects));
        thread::spawn(move || serve(&serving, &served));
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { network, objects, kernel, runtime }
    }

    fn blocking(&self) -> Connection<MemorySocket> {
        Connection::new(self.network.open(), 0)
    }

    fn of_tasks(&self) -> tokio::Connection<MemorySocket> {
        let network = self.network.clone();
        tokio::Connection::new(move || Ok(network.open()), 0).unwrap()
    }

    fn set(&self, objects: &[Vec<u8>]) {
        *self.objects.lock().unwrap() = objects.to_vec();
    }

    /// Tells of all objects, in one datagram or in several.
    fn tell(&self, group: u32, objects: &[Vec<u8>], is_one: bool) {
        let to = Address::group(group);
        let headed = objects.iter().map(|message| {
            let mut message = message.clone();
            message[6..16].fill(0);
            message
        });
        match is_one {
            true => self.kernel.send_to(&headed.collect::<Vec<_>>().concat(), to).unwrap(),
            false => headed.for_each(|message| self.kernel.send_to(&message, to).unwrap()),
        }
    }

    /// What is collected.
    fn collected<O: Keyed>(&self, in_task: bool) -> Outcome
    where
        for<'a> O::View<'a>: std::fmt::Debug,
    {
        let read = |object: &Object<'_>| Ok(Some(format!("{:?}", O::View::parse(object)?)));
        let request = GetRoute::default();
        let collected = match in_task {
            false => self.blocking().collect(&request, read),
            true => self.runtime.block_on(async { self.of_tasks().collect(&request, read).await }),
        };
        let (objects, unreadable) = collected.unwrap();
        sorted(objects, unreadable)
    }

    /// What a watch has that dumps the objects, or that hears of them after an empty dump; and how often it dumped.
    fn watched<O: Keyed>(&self, in_task: bool, now: &[Vec<u8>], told: Option<bool>) -> (Outcome, u64)
    where
        for<'a> O::View<'a>: std::fmt::Debug,
    {
        let (request, mut unreadable) = (GetRoute::default(), Vec::new());
        let tell = || {
            self.set(now);
            told.into_iter().for_each(|is_one| self.tell(O::GROUPS[0], now, is_one));
        };
        self.set(if told.is_some() { &[] } else { now });
        let text = |object: O::View<'_>| format!("{object:?}");
        if !in_task {
            let mut watch = self.blocking().watch::<O>(&request).unwrap();
            settle(&mut watch, &mut unreadable);
            tell();
            settle(&mut watch, &mut unreadable);
            return (sorted(watch.objects().map(text).collect(), unreadable), watch.dumps());
        }
        self.runtime.block_on(async {
            let mut watch = self.of_tasks().watch::<O>(&request).unwrap();
            settle_in_task(&mut watch, &mut unreadable).await;
            tell();
            settle_in_task(&mut watch, &mut unreadable).await;
            (sorted(watch.objects().map(text).collect(), unreadable), watch.dumps())
        })
    }
}

impl Peer {
    /// The payloads of the events that a stream has when all objects are told of: damage is for the reader of a message.
    fn streamed(&self, in_task: bool, group: u32, now: &[Vec<u8>], is_one: bool) -> Vec<Vec<u8>> {
        let payload = |message: Message<'_>| message.payload().to_vec();
        if !in_task {
            let mut events = self.blocking();
            events.join(group).unwrap();
            self.tell(group, now, is_one);
            return now
                .iter()
                .map(|_| payload(events.event_deadline(Instant::now() + LONG).unwrap()))
                .collect();
        }
        self.runtime.block_on(async {
            let mut events = self.of_tasks().join(group).unwrap();
            self.tell(group, now, is_one);
            let mut payloads = Vec::new();
            for _ in now {
                payloads.push(payload(events.next().await.unwrap()));
            }
            payloads
        })
    }
}

/// Of some messages those that can be read, and how many cannot.
fn readable<O: Keyed>(messages: &[&Vec<u8>]) -> (Vec<String>, usize)
where
    for<'a> O::View<'a>: std::fmt::Debug,
{
    let texts: Vec<_> = messages.iter().map(|message| text::<O>(&only(message))).collect();
    let mut read: Vec<_> = texts.iter().flatten().cloned().collect();
    read.sort();
    (read, texts.iter().filter(|text| text.is_none()).count())
}

/// Damages one of the objects after the other.
fn near_misses<O: Keyed>(names: &[&str])
where
    for<'a> O::View<'a>: std::fmt::Debug,
{
    let captured: Vec<_> = names.iter().map(|name| Vector::load(name).bytes).collect();
    let (peer, mut random) = (Peer::new(), Random::new());
    let end = Instant::now() + Duration::from_secs(number("NL_TLV_WATCH_SECONDS", 3));
    let (mut read, mut unread) = (0, 0);
    // A slow machine gets more time, so that there are some of both kinds.
    let at_last = end + Duration::from_secs(60);
    while Instant::now() < end || ((read == 0 || unread == 0) && Instant::now() < at_last) {
        let at = random.below(captured.len());
        let mut now = captured.clone();
        now[at] = damage(&captured[at], &mut random);
        if (0..now.len()).any(|other| other != at && key::<O>(&now[other]) == key::<O>(&now[at])) {
            continue;
        }
        let same = |(there, unreadable): &Outcome, expected: (Vec<String>, usize), what: &str| {
            assert_eq!((there, unreadable.len()), (&expected.0, expected.1), "{what}: {:?}", now[at]);
            assert!(unreadable.iter().all(|object| object.bytes()[16..] == now[at][16..]), "{what}");
        };
        let all: Vec<_> = now.iter().collect();
        // A watch passes over what is none of its objects, such as an address that is still tentative.
        let of_dump = |message: &&&Vec<u8>| O::is_object(&only(message), None);
        let of_dump: Vec<_> = all.iter().filter(of_dump).copied().collect();
        // What is an object in an event, its header being another one.
        let of_event = |message: &&&Vec<u8>| is_told::<O>(message);
        let of_event: Vec<_> = all.iter().filter(of_event).copied().collect();
        for in_task in [false, true] {
            peer.set(&now);
            same(&peer.collected::<O>(in_task), readable::<O>(&all), "collected");
            same(&peer.watched::<O>(in_task, &now, None).0, readable::<O>(&of_dump), "dumped");
            let streamed = peer.streamed(in_task, O::GROUPS[0], &now, random.below(2) == 0);
            assert!(streamed.iter().eq(now.iter().map(|message| &message[16..])), "{streamed:?}");
            // An event that is not understood takes a while, because the watch asks again, and once more to be sure.
            if random.below(4) > 0 {
                continue;
            }
            let (told, dumps) = peer.watched::<O>(in_task, &now, Some(random.below(2) == 0));
            let expected = if dumps > 1 { &of_dump } else { &of_event };
            same(&told, readable::<O>(expected), "told");
        }
        if readable::<O>(&all).1 == 0 { read += 1 } else { unread += 1 }
    }
    println!("{read} could be read, {unread} could not");
    assert!(read > 0 && unread > 0);
}

/// Whether an event says that there is such an object.
fn is_told<O: Keyed>(message: &[u8]) -> bool {
    let mut event = message.to_vec();
    event[6..16].fill(0);
    let effect = O::effect(&only(&event), None);
    matches!(effect, Effect::Sets | Effect::SetsAlone | Effect::Replaces | Effect::Updates)
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
