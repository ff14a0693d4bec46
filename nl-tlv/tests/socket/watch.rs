//! A watch ends equal to what there is, whatever was lost on the way.

use crate::common::*;
use nl_tlv::control::{Errno, ExtAck};
use nl_tlv::socket::{Change, Connection, Protocol, RequestError, Server, Transport, Watch};
use nl_tlv::value::NestedArray;
use nl_tlv::{Flags, Header, MessageType, NewFlags, NlAttrs, NlMessage};
use nl_tlv_testing::network::{Fault, MemorySocket, Network};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A xorshift generator: the same changes in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as u32 % limit
    }
}

/// Keeps a copy by the changes alone, and checks that each fits the ones before.
fn follow<K: Ord, V: PartialEq + std::fmt::Debug>(
    copy: &mut BTreeMap<K, V>,
    change: Change<V>,
    key: impl Fn(&V) -> K,
) {
    match change {
        Change::Added(new) => assert!(copy.insert(key(&new), new).is_none(), "added twice"),
        Change::Changed { old, new } => {
            assert_ne!(old, new);
            assert!(key(&old) == key(&new));
            assert_eq!(copy.insert(key(&new), new), Some(old));
        }
        Change::Removed(old) => assert_eq!(copy.remove(&key(&old)), Some(old)),
    }
}

/// A route's destination and priority.
fn route_key(route: &RouteNew) -> (u32, u32) {
    (route.dst.map_or(0, std::net::Ipv4Addr::to_bits), route.priority.unwrap_or(0))
}

/// Random changes to 300 routes.
fn disturb(changes: u32) {
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..changes {
        let mut route = RouteNew::to(random.below(300));
        route.priority = Some(1);
        let done = if random.below(3) == 0 {
            conn.request(&route.delete()).map(drop)
        } else {
            route.header.protocol = (100 + u8::try_from(random.below(5)).unwrap()).into();
            conn.request_with(&route, NewFlags::CREATE | NewFlags::REPLACE).map(drop)
        };
        // One that is not there cannot be deleted.
        assert!(done.as_ref().map_or_else(|err| err.refusal().is_some(), |()| true), "{done:?}");
    }
}

#[test]
fn watch_of_routes_survives_ten_thousand_changes_and_lost_events() {
    in_namespace("watch::watch_of_routes_survives_ten_thousand_changes_and_lost_events", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        conn.request(&loopback(true)).unwrap();
        // The kernel refuses to dump a table that does not exist yet.
        conn.request_with(&RouteNew::to(999), NewFlags::CREATE).unwrap();
        conn.join(7).unwrap(); // RTNLGRP_IPV4_ROUTE
        conn.transport().set_recv_buffer(4096).unwrap();
        // The events are of all tables.
        let watch = conn.watch::<RouteNew>(&RouteGet::table()).unwrap();
        let mut watch = watch.filter(|route| route.table == Some(TABLE));
        let changing = thread::spawn(|| disturb(10_000));
        let mut copy = BTreeMap::new();
        let mut told = 0;
        loop {
            let is_over = changing.is_finished();
            match watch.change_deadline(Instant::now() + Duration::from_millis(50)) {
                Ok(change) => {
                    follow(&mut copy, change, route_key);
                    told += 1;
                    // A slow reader, so that events are lost.
                    if told % 64 == 0 {
                        thread::sleep(Duration::from_millis(5));
                    }
                }
                Err(RequestError::Timeout) if is_over => break,
                Err(RequestError::Timeout) => {}
                Err(err) => panic!("{err}"),
            }
        }
        changing.join().unwrap();
        let mut fresh = Connection::open(Protocol::ROUTE).unwrap();
        let (there, _) =
            fresh.collect(&RouteGet::table(), |message| RouteNew::parse(message).map(Some)).unwrap();
        let there: BTreeMap<_, _> = there.into_iter().map(|route| (route_key(&route), route)).collect();
        assert!(watch.dumps() > 1, "{told} changes told and no event lost");
        assert!(there.len() > 50);
        assert_eq!((watch.objects().count(), watch.len()), (there.len(), there.len()));
        assert!(watch.objects().all(|route| there.get(&route_key(&route)) == Some(&route)));
        assert_eq!(copy, there);
    });
}

/// An object, and what is said when it changes.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 100, deleted = 101)]
struct Thing {
    #[nl(attr = 1, key)]
    number: u32,
    #[nl(attr = 2)]
    value: Option<u32>,
}

/// What is said when one goes.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 101)]
struct ThingGone {
    #[nl(attr = 1)]
    number: u32,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 102)]
struct ThingGet {}

type Things = Arc<Mutex<BTreeMap<u32, Thing>>>;

fn thing(number: u32, value: u32) -> Thing {
    Thing { number, value: Some(value) }
}

/// A server of things; each request to dump them makes it change a few more, while the dump is on its way.
fn things(network: &Network, things: Things) {
    let mut server = Server::new(network.kernel());
    let mut random = Random(88_172_645_463_325_252);
    thread::spawn(move || {
        loop {
            let Ok(request) = server.recv_deadline(Instant::now() + Duration::from_millis(1)) else {
                if Arc::strong_count(&things) == 1 {
                    return;
                }
                change(&server, &things, &mut random);
                continue;
            };
            let objects: Vec<_> = things.lock().unwrap().values().cloned().collect();
            let _ = request.dump(&objects, Flags::empty());
        }
    });
}

/// Changes one thing and says so.
fn change(server: &Server<MemorySocket>, things: &Things, random: &mut Random) {
    let (number, value) = (random.below(50), random.below(4));
    let mut things = things.lock().unwrap();
    if value == 0 {
        if things.remove(&number).is_some() {
            server.notify(1, &ThingGone { number }, Header::new()).unwrap();
        }
    } else {
        things.insert(number, thing(number, value));
        server.notify(1, &thing(number, value), Header::new()).unwrap();
    }
}

#[test]
fn watch_in_memory_survives_every_fault_that_is_told() {
    for fault in [Fault::None, Fault::Overrun, Fault::Truncate, Fault::Interrupt] {
        let network = Network::new();
        let state = Things::default();
        things(&network, Arc::clone(&state));
        let conn = Connection::new(network.open(), 0);
        conn.join(1).unwrap();
        let mut random = Random(123_456_789);
        network.script(move |sent| match sent.from {
            0 if random.below(9) == 0 => fault,
            _ => Fault::None,
        });
        let mut watch = conn.watch::<Thing>(&ThingGet {}).unwrap();
        let mut copy = BTreeMap::new();
        for _ in 0..300 {
            match watch.change_deadline(Instant::now() + Duration::from_secs(5)) {
                Ok(change) => follow(&mut copy, change, |thing| thing.number),
                Err(err) => panic!("{fault:?}: {err}"),
            }
        }
        network.script(|_| Fault::None);
        // The last changes are held back while the server is looked at; a dump that is still needed is not.
        let held = loop {
            let held = state.lock().unwrap();
            while let Ok(change) = watch.change_deadline(Instant::now() + Duration::from_millis(20)) {
                follow(&mut copy, change, |thing| thing.number);
            }
            if watch.is_current() {
                break held;
            }
            drop(held);
            thread::sleep(Duration::from_millis(1));
        };
        assert_eq!(copy, *held, "{fault:?}");
        assert!(
            watch.len() == held.len() && watch.objects().all(|thing| held.get(&thing.number) == Some(&thing)),
            "{fault:?}"
        );
    }
}

#[test]
fn what_happens_while_the_dump_is_on_its_way_is_part_of_the_first_look() {
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let conn = Connection::new(network.open(), 0);
    conn.join(1).unwrap();
    let mut watch = conn.watch::<Thing>(&ThingGet {}).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let request = server.recv_deadline(Instant::now() + Duration::from_secs(20)).unwrap();
            let told = |event: Thing| request.notify(1, &event, Header::new()).unwrap();
            told(thing(1, 6));
            told(thing(3, 7));
            let objects = [thing(1, 5), thing(2, 5)];
            request.dump(&objects, Flags::empty()).unwrap();
        });
        let mut added: Vec<_> = (0..3).map(|_| format!("{:?}", watch.change().unwrap())).collect();
        added.sort();
        let expected = [thing(1, 6), thing(2, 5), thing(3, 7)];
        assert_eq!(added, expected.map(|thing| format!("{:?}", Change::Added(thing))));
    });
}

#[test]
fn object_that_cannot_be_read_is_told_once_and_costs_that_object_only() {
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let mut conn = Connection::new(network.open(), 0);
    conn.set_timeout(Some(Duration::from_secs(5)));
    conn.join(1).unwrap();
    let mut watch = conn.watch::<Thing>(&ThingGet {}).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let request = server.recv_deadline(Instant::now() + Duration::from_secs(20)).unwrap();
            request.dump(&[thing(1, 5)], Flags::empty()).unwrap();
            thread::sleep(Duration::from_millis(20));
            // Something else, then a thing whose number is too short, twice, and then the one that is known.
            server.notify(1, &ThingGet {}, Header::new()).unwrap();
            let damaged =
                [24_u32.to_ne_bytes(), [100, 0, 0, 0], [0; 4], [0; 4], [7, 0, 1, 0], [9, 9, 9, 0]].concat();
            let to = nl_tlv::socket::Address::group(1);
            for _ in 0..2 {
                nl_tlv::socket::Transport::send_to(server.transport(), &damaged, to).unwrap();
            }
            server.notify(1, &thing(1, 6), Header::new()).unwrap();
        });
        assert_eq!(watch.change().unwrap(), Change::Added(thing(1, 5)));
        let Err(RequestError::Answer(unreadable)) = watch.change() else { panic!("it is told") };
        assert_eq!(unreadable.to_string(), "Thing.number: expected 4 bytes, found 3 (offset 16)");
        assert_eq!((unreadable.bytes().len(), &unreadable.bytes()[20..23]), (24, &[9; 3][..]));
        assert_eq!(watch.change().unwrap(), Change::Changed { old: thing(1, 5), new: thing(1, 6) });
        assert_eq!((watch.objects().count(), watch.dumps()), (1, 1));
    });
}

/// What another peer says when a thing goes: its number is in another attribute.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 101)]
struct GoneOtherwise {
    #[nl(attr = 5)]
    number: u32,
}

#[test]
fn deletion_that_does_not_say_what_was_deleted_makes_the_watch_ask_again() {
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let mut conn = Connection::new(network.open(), 0);
    conn.set_timeout(Some(Duration::from_secs(5)));
    conn.join(1).unwrap();
    let mut watch = conn.watch::<Thing>(&ThingGet {}).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let within = || Instant::now() + Duration::from_secs(20);
            let request = server.recv_deadline(within()).unwrap();
            request.dump(&[thing(1, 5), thing(2, 5)], Flags::empty()).unwrap();
            server.notify(1, &GoneOtherwise { number: 1 }, Header::new()).unwrap();
            let request = server.recv_deadline(within()).unwrap();
            request.dump(&[thing(2, 5)], Flags::empty()).unwrap();
        });
        let mut added: Vec<_> = (0..2).map(|_| format!("{:?}", watch.change().unwrap())).collect();
        added.sort();
        assert_eq!(added, [thing(1, 5), thing(2, 5)].map(|thing| format!("{:?}", Change::Added(thing))));
        assert_eq!(watch.change().unwrap(), Change::Removed(thing(1, 5)));
        assert_eq!(watch.dumps(), 2);
    });
}

/// A watch of things whose first dump, of none, has been taken in.
fn idle_watch(
    network: &Network,
    server: &mut Server<MemorySocket>,
) -> Watch<Thing, Connection<MemorySocket>> {
    let conn = Connection::new(network.open(), 0);
    conn.join(1).unwrap();
    let mut watch = conn.watch::<Thing>(&ThingGet {}).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| server.recv().unwrap().dump::<Thing>(&[], Flags::empty()).unwrap());
        while !watch.is_current() {
            let changed = watch.change_deadline(Instant::now() + Duration::from_millis(5)).map(drop);
            assert!(matches!(changed, Err(RequestError::Timeout)), "{changed:?}");
        }
    });
    watch
}

#[test]
fn datagram_that_a_timeout_leaves_is_in_the_socket() {
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let mut watch = idle_watch(&network, &mut server).filter(|thing| {
        // Longer than a watch goes on reading after its deadline.
        thread::sleep(Duration::from_millis(if thing.number == 1 { 80 } else { 0 }));
        thing.number != 1
    });
    for number in 1..=2 {
        server.notify(1, &thing(number, 5), Header::new()).unwrap();
    }
    let changed = watch.change_deadline(Instant::now()).map(drop);
    assert!(matches!(changed, Err(RequestError::Timeout)), "{changed:?}");
    let left = watch.connection().transport().receive(&mut [0; 64], Some(Instant::now())).map(drop);
    assert!(left.is_ok(), "`poll` would not see what the watch has received: {left:?}");
}

#[test]
fn watch_is_woken_to_give_up_a_dump_that_is_not_answered() {
    let network = Network::new();
    let server = Server::new(network.open());
    let mut conn = Connection::new(network.open(), server.port_id());
    conn.set_timeout(Some(Duration::from_millis(100)));
    let mut watch = conn.watch::<Thing>(&ThingGet {}).unwrap();
    assert!(watch.wake_at().unwrap() <= Instant::now(), "it has to ask first");
    let asked = Instant::now();
    let changed = watch.change_deadline(asked).map(drop);
    assert!(matches!(changed, Err(RequestError::Timeout)), "{changed:?}");
    let wake_at = watch.wake_at().unwrap();
    assert!(asked < wake_at && wake_at <= Instant::now() + Duration::from_millis(100));
    thread::sleep(wake_at.saturating_duration_since(Instant::now()));
    let changed = watch.change_deadline(Instant::now()).map(drop);
    assert!(matches!(changed, Err(RequestError::Timeout)), "{changed:?}");
    assert!(watch.wake_at().unwrap() <= Instant::now(), "and to ask again");
}

/// An object of a generic netlink family.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(cmd = 1, deleted = 2)]
struct Member {
    #[nl(attr = 1, key)]
    number: u32,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 3)]
struct MemberGet {}

/// What the controller says: of a family that is there (1), and of one that has gone (2).
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = [1, 2], no_enum)]
struct CtrlFamily<'a> {
    #[nl(attr = 1)]
    id: u16,
    #[nl(attr = 2)]
    name: &'a str,
    #[nl(attr = 7)]
    groups: NestedArray<'a, CtrlGroup<'a>>,
}

#[derive(NlAttrs, Clone, Debug)]
struct CtrlGroup<'a> {
    #[nl(attr = 1)]
    name: &'a str,
    #[nl(attr = 2)]
    id: u32,
}

/// The controller, and a family `members` whose group has the number of the family.
struct Members {
    server: Server<MemorySocket>,
    id: u16,
    numbers: Vec<u32>,
}

impl Members {
    fn answer(&mut self) {
        let Ok(request) = self.server.recv_deadline(Instant::now()) else { return };
        let members: Vec<_> = self.numbers.iter().map(|&number| Member { number }).collect();
        let answered = match request.message().ty().0 {
            16 if self.id != 0 => with_family(self.id, |family| request.reply(family)),
            id if id == self.id => request.dump(&members, Flags::empty()),
            _ => request.refuse(Errno::ENOENT, &ExtAck::NONE),
        };
        answered.unwrap();
    }

    /// The family is unregistered, or registered under another number, which the controller tells.
    fn register(&mut self, id: u16, numbers: &[u32]) {
        (self.id, self.numbers) = (id, numbers.to_vec());
        let header = Header::new().family(MessageType(16));
        with_family(id, |family| self.server.notify(16, family, header)).unwrap();
    }

    fn add(&mut self, number: u32) {
        self.numbers.push(number);
        let header = Header::new().family(MessageType(self.id));
        self.server.notify(self.id.into(), &Member { number }, header).unwrap();
    }
}

fn with_family<R>(id: u16, told: impl FnOnce(&CtrlFamily<'_>) -> R) -> R {
    let groups = [CtrlGroup { name: "all", id: id.into() }];
    told(&CtrlFamily { id, name: "members", groups: NestedArray::new(&groups) })
}

#[test]
fn watch_of_a_family_that_is_registered_anew_follows_it() {
    let network = Network::new();
    let server = Server::new(network.kernel());
    let members = Arc::new(Mutex::new(Members { server, id: 20, numbers: vec![1] }));
    let serving = Arc::clone(&members);
    thread::spawn(move || {
        while Arc::strong_count(&serving) > 1 {
            serving.lock().unwrap().answer();
            thread::sleep(Duration::from_millis(1));
        }
    });
    let mut conn = Connection::new(network.open(), 0);
    let family = conn.resolve("members").unwrap();
    conn.set_family(family);
    conn.join_named("all").unwrap();
    let mut watch = conn.watch::<Member>(&MemberGet {}).unwrap();
    let mut next = || watch.change_deadline(Instant::now() + Duration::from_secs(10));
    assert_eq!(next().unwrap(), Change::Added(Member { number: 1 }));
    members.lock().unwrap().add(2);
    assert_eq!(next().unwrap(), Change::Added(Member { number: 2 }));

    members.lock().unwrap().register(21, &[2, 3]);
    assert_eq!(next().unwrap(), Change::Removed(Member { number: 1 }));
    assert_eq!(next().unwrap(), Change::Added(Member { number: 3 }));
    members.lock().unwrap().add(4);
    assert_eq!(next().unwrap(), Change::Added(Member { number: 4 }), "its group has another number");

    members.lock().unwrap().register(0, &[]);
    assert_eq!(next().unwrap_err().errno(), Some(Errno::ENOENT), "the family has gone");
    members.lock().unwrap().register(22, &[4, 5]);
    let after = std::iter::repeat_with(|| next().ok().map(|change| format!("{change:?}")));
    let added = format!("{:?}", Change::Added(Member { number: 5 }));
    assert!(after.take(10_000).flatten().any(|change| change == added));
}

/// It says that one has gone, and not which.
#[derive(NlMessage)]
#[nl(ty = 101)]
struct SomethingGone {}

#[test]
fn watch_does_not_wait_for_long_after_a_dump_in_which_its_process_was_stopped() {
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let mut watch = Connection::new(network.open(), 0).watch::<Thing>(&ThingGet {}).unwrap();
    watch.join(1).unwrap();
    let serving = thread::spawn(move || {
        let request = server.recv().unwrap();
        thread::sleep(Duration::from_millis(1600)); // four times as long is more than 5 seconds
        request.dump(&[thing(1, 1)], Flags::empty()).unwrap();
        thread::sleep(Duration::from_millis(20));
        server.notify(1, &SomethingGone {}, Header::new()).unwrap();
        server
    });
    assert_eq!(watch.change().unwrap(), Change::Added(thing(1, 1)));
    let soon = Instant::now() + Duration::from_millis(200);
    assert!(matches!(watch.change_deadline(soon), Err(RequestError::Timeout)));
    let _server = serving.join().unwrap();
    let left = watch.wake_at().unwrap().saturating_duration_since(Instant::now());
    assert!(left < Duration::from_secs(5), "{left:?}");
}
