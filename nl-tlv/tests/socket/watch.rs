//! A watch ends equal to what there is, whatever was lost on the way.

use crate::common::*;
use nl_tlv::exchange::DumpEnd;
use nl_tlv::socket::{
    Change, Connection, Fault, MemorySocket, Network, Protocol, RequestError, Seen, Server, Watch,
};
use nl_tlv::{Error, Flags, Header, Message, MessageType, NewFlags, NlMessage};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

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
fn follow<K: Ord, V: PartialEq + std::fmt::Debug>(copy: &mut BTreeMap<K, V>, change: Change<K, V>) {
    match change {
        Change::Added(key, value) => assert!(copy.insert(key, value).is_none(), "added twice"),
        Change::Changed { key, old, new } => {
            assert_ne!(old, new);
            assert_eq!(copy.insert(key, new), Some(old));
        }
        Change::Removed(key, value) => assert_eq!(copy.remove(&key), Some(value)),
    }
}

/// A route's destination and priority, and its protocol.
type Seen4 = Seen<(u32, u32), u8>;

fn route(message: &Message<'_>) -> Result<Option<Seen4>, Error> {
    let (dst, table, priority, header) = match message.ty() {
        MessageType(24) => {
            let route = RouteNew::parse(message)?;
            (route.dst, route.table, route.priority, route.header)
        }
        MessageType(25) => {
            let route = RouteDelete::parse(message)?;
            (route.dst, route.table, route.priority, route.header)
        }
        _ => return Ok(None),
    };
    let Some(dst) = dst.filter(|_| table == Some(TABLE)) else { return Ok(None) };
    let key = (dst.to_bits(), priority.unwrap_or(0));
    Ok(Some(if message.ty() == MessageType(24) {
        Seen::Present(key, header.rtm_protocol)
    } else {
        Seen::Gone(key)
    }))
}

/// Random changes to 300 routes.
fn disturb(changes: u32) {
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..changes {
        let mut route = RouteNew::to(random.below(300));
        route.priority = Some(1);
        let done = if random.below(3) == 0 {
            conn.request(&route.delete(), Flags::empty()).map(drop)
        } else {
            route.header.rtm_protocol = 100 + u8::try_from(random.below(5)).unwrap();
            conn.request(&route, NewFlags::CREATE | NewFlags::REPLACE).map(drop)
        };
        // One that is not there cannot be deleted.
        assert!(done.as_ref().map_or_else(|err| err.refusal().is_some(), |()| true), "{done:?}");
    }
}

#[test]
fn watch_of_routes_survives_ten_thousand_changes_and_lost_events() {
    in_namespace("watch::watch_of_routes_survives_ten_thousand_changes_and_lost_events", || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        conn.request(&loopback(true), Flags::empty()).unwrap();
        // The kernel refuses to dump a table that does not exist yet.
        conn.request(&RouteNew::to(999), NewFlags::CREATE).unwrap();
        conn.subscribe(7).unwrap(); // RTNLGRP_IPV4_ROUTE
        conn.socket().set_recv_buffer(4096).unwrap();
        let mut watch = Watch::new(conn, RouteGet::table(), route);
        let changing = thread::spawn(|| disturb(10_000));
        let mut copy = BTreeMap::new();
        let mut told = 0;
        loop {
            let is_over = changing.is_finished();
            match watch.change_timeout(Duration::from_millis(50)) {
                Ok(change) => {
                    follow(&mut copy, change);
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
        let there: BTreeMap<_, _> = fresh
            .collect(&RouteGet::table(), |message| {
                Ok(route(message)?.and_then(|seen| match seen {
                    Seen::Present(key, value) => Some((key, value)),
                    Seen::Gone(_) => None,
                }))
            })
            .unwrap()
            .into_iter()
            .collect();
        assert!(watch.dumps() > 1, "{told} changes told and no event lost");
        assert!(there.len() > 50);
        assert_eq!(watch.objects(), &there);
        assert_eq!(copy, there);
    });
}

/// An object, and what is said when it changes.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 100)]
struct Thing {
    #[nl(attr = 1)]
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

fn thing(message: &Message<'_>) -> Result<Option<Seen<u32, u32>>, Error> {
    Ok(match message.ty() {
        MessageType(100) => {
            let thing = Thing::parse(message)?;
            Some(Seen::Present(thing.number, thing.value.unwrap_or(0)))
        }
        MessageType(101) => Some(Seen::Gone(ThingGone::parse(message)?.number)),
        _ => None,
    })
}

type Things = Arc<Mutex<BTreeMap<u32, u32>>>;

/// A server of things; each request to dump them makes it change a few more, while the dump is on its way.
fn things(network: &Network, things: Things) {
    let mut server = Server::new(network.kernel());
    let mut random = Random(88_172_645_463_325_252);
    thread::spawn(move || {
        loop {
            let Ok(request) = server.recv(Some(Duration::from_millis(1))) else {
                if Arc::strong_count(&things) == 1 {
                    return;
                }
                change(&server, &things, &mut random);
                continue;
            };
            let objects: Vec<_> = things
                .lock()
                .unwrap()
                .iter()
                .map(|(&number, &value)| Thing { number, value: Some(value) })
                .collect();
            let _ = request.dump(&objects, DumpEnd::default());
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
        things.insert(number, value);
        server.notify(1, &Thing { number, value: Some(value) }, Header::new()).unwrap();
    }
}

#[test]
fn watch_in_memory_survives_every_fault_that_is_told() {
    for fault in [Fault::None, Fault::Overrun, Fault::Truncate, Fault::Interrupt] {
        let network = Network::new();
        let state = Things::default();
        things(&network, Arc::clone(&state));
        let conn = Connection::new(network.open(), 0);
        conn.subscribe(1).unwrap();
        let mut random = Random(123_456_789);
        network.script(move |sent| match sent.from {
            0 if random.below(9) == 0 => fault,
            _ => Fault::None,
        });
        let mut watch = Watch::new(conn, ThingGet {}, thing);
        let mut copy = BTreeMap::new();
        for _ in 0..300 {
            match watch.change_timeout(Duration::from_secs(5)) {
                Ok(change) => follow(&mut copy, change),
                Err(err) => panic!("{fault:?}: {err}"),
            }
        }
        network.script(|_| Fault::None);
        // The last changes are held back while the server is looked at.
        let held = state.lock().unwrap();
        while let Ok(change) = watch.change_timeout(Duration::from_millis(20)) {
            follow(&mut copy, change);
        }
        assert_eq!((watch.objects(), &copy), (&*held, &*held), "{fault:?}");
    }
}

#[test]
fn what_happens_while_the_dump_is_on_its_way_is_part_of_the_first_look() {
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let conn = Connection::new(network.open(), 0);
    conn.subscribe(1).unwrap();
    let mut watch = Watch::new(conn, ThingGet {}, thing);
    thread::scope(|scope| {
        scope.spawn(|| {
            let request = server.recv(None).unwrap();
            let told = |event: Thing| {
                let mut buf = [0; 64];
                let to = nl_tlv::socket::Address::groups(1);
                let bytes = event.emit(&mut buf, Header::new()).unwrap();
                nl_tlv::socket::Transport::send_to(request.transport(), bytes, to).unwrap();
            };
            told(Thing { number: 1, value: Some(6) });
            told(Thing { number: 3, value: Some(7) });
            let objects = [Thing { number: 1, value: Some(5) }, Thing { number: 2, value: Some(5) }];
            request.dump(&objects, DumpEnd::default()).unwrap();
        });
        let first: [_; 3] = std::array::from_fn(|_| watch.change().unwrap());
        assert_eq!(first, [Change::Added(1, 6), Change::Added(2, 5), Change::Added(3, 7)]);
    });
}

#[test]
fn event_that_cannot_be_read_is_an_error_and_the_next_call_dumps_again() {
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let mut conn = Connection::new(network.open(), 0);
    conn.set_timeout(Some(Duration::from_secs(5)));
    conn.subscribe(1).unwrap();
    let mut watch = Watch::new(conn, ThingGet {}, thing);
    thread::scope(|scope| {
        let watching = scope.spawn(|| {
            assert_eq!(watch.change().unwrap(), Change::Added(1, 5));
            assert!(matches!(watch.change(), Err(RequestError::Damaged(_))));
            assert_eq!(watch.change().unwrap(), Change::Changed { key: 1, old: 5, new: 6 });
        });
        for value in [5, 6] {
            let request = server.recv(None).unwrap();
            request.dump(&[Thing { number: 1, value: Some(value) }], DumpEnd::default()).unwrap();
            if value == 5 {
                thread::sleep(Duration::from_millis(20));
                server.notify(1, &ThingGet {}, Header::new()).unwrap();
                let damaged = [16_u32.to_ne_bytes(), [100, 0, 0, 0], [0; 4], [0; 4]].concat();
                let to = nl_tlv::socket::Address::groups(1);
                nl_tlv::socket::Transport::send_to(server.transport(), &damaged, to).unwrap();
            }
        }
        watching.join().unwrap();
    });
}
