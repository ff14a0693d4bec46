//! What needs a network namespace of our own: changes, events, multicast.

use crate::common::*;
use nl_tlv::socket::{Address, Connection, Protocol, RecvError, RequestError, Socket};
use nl_tlv::{Flags, MessageType, NlMessage};
use std::time::{Duration, Instant};

const RTNLGRP_LINK: u32 = 1;
const SOON: Duration = Duration::from_secs(10);

fn open() -> Connection {
    Connection::open(Protocol::ROUTE).unwrap()
}

/// Sends to group 1. Nobody has port id 0 there, so that the refusal behind the delivery is expected.
fn multicast(sender: &Socket, datagram: &[u8]) {
    let err = sender.send_to(datagram, Address::group(1)).unwrap_err();
    assert_eq!(err.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[test]
fn change_is_acknowledged_and_its_event_kept() {
    in_namespace("namespace::change_is_acknowledged_and_its_event_kept", || {
        let mut conn = open();
        conn.join(RTNLGRP_LINK).unwrap();
        conn.request(&loopback(true)).unwrap();
        // It carries the number of our own request, and is an event all the same.
        assert_eq!(conn.event_deadline(Instant::now() + SOON).unwrap().ty(), MessageType(16));
    });
}

#[test]
fn events_of_others_arrive() {
    in_namespace("namespace::events_of_others_arrive", || {
        let mut listener = open();
        listener.join(RTNLGRP_LINK).unwrap();
        open().request(&loopback(true)).unwrap();
        listener.event_deadline(Instant::now() + SOON).unwrap();
        assert!(listener.get::<LinkNew<'_>>(&LinkGet::index(1)).is_ok());
    });
}

#[test]
fn lost_events_are_told_and_the_next_ones_come() {
    in_namespace("namespace::lost_events_are_told_and_the_next_ones_come", || {
        let mut listener = open();
        listener.join(RTNLGRP_LINK).unwrap();
        listener.transport().as_sys().set_recv_buffer(4096).unwrap();
        let mut other = open();
        for at in 0..50 {
            other.request(&loopback(at % 2 == 0)).unwrap();
        }
        assert!(matches!(listener.event(), Err(RequestError::Overrun)));
        let mut queued = 0;
        while listener.event_deadline(Instant::now()).is_ok() {
            queued += 1;
        }
        assert!((1..50).contains(&queued), "{queued} events");
        other.request(&loopback(true)).unwrap();
        listener.event_deadline(Instant::now() + SOON).unwrap();
    });
}

#[test]
fn answer_among_lost_events_is_found_or_said_to_be_lost() {
    in_namespace("namespace::answer_among_lost_events_is_found_or_said_to_be_lost", || {
        let mut conn = open();
        conn.join(RTNLGRP_LINK).unwrap();
        conn.transport().as_sys().set_recv_buffer(4096).unwrap();
        let mut other = open();
        for at in 0..50 {
            other.request(&loopback(at % 2 == 0)).unwrap();
        }
        // The queue is full, so that the kernel has no room for the answer.
        let err = conn.request(&LinkGet::index(1)).unwrap_err();
        assert!(matches!(err, RequestError::Overrun), "{err:?}");
        conn.request(&LinkGet::index(1)).unwrap();
        let mut overruns = 0;
        loop {
            match conn.event_deadline(Instant::now()) {
                Err(RequestError::Overrun) => overruns += 1,
                Err(RequestError::Timeout) => break,
                event => drop(event.unwrap()),
            }
        }
        assert!(overruns > 0, "the subscriber is told too");
    });
}

/// Has a listener lose events, and be told; the queue is full of others then.
fn lose_events(listener: &mut Connection, other: &mut Connection) {
    while listener.event_deadline(Instant::now()).is_ok() {}
    for at in 0..200 {
        other.request(&loopback(at % 2 == 0)).unwrap();
    }
    while listener.event().is_ok() {}
}

#[test]
fn requests_after_a_reported_overrun_get_their_answers() {
    in_namespace("namespace::requests_after_a_reported_overrun_get_their_answers", || {
        let (mut conn, mut other) = (open(), open());
        conn.transport().as_sys().set_recv_buffer(8192).unwrap();
        conn.join(RTNLGRP_LINK).unwrap();
        lose_events(&mut conn, &mut other);
        conn.request(&loopback(true)).unwrap();
        lose_events(&mut conn, &mut other);
        assert_eq!(conn.get::<LinkNew<'_>>(&LinkGet::index(1)).unwrap().ifname, Some("lo"));
        lose_events(&mut conn, &mut other);
        let links = conn.collect(&LinkGet::index(0), |link| Ok(Some(LinkNew::parse(link)?.header.index)));
        assert!(links.unwrap().0.contains(&1));
        lose_events(&mut conn, &mut other);
        let mut dump = conn.dump(&LinkGet::index(0)).unwrap();
        while dump.next_message().unwrap().is_some() {}
        drop(dump);
        lose_events(&mut conn, &mut other);
        let mut batch = conn.batch();
        for _ in 0..3 {
            batch.push(&loopback(true), Flags::empty()).unwrap();
        }
        assert!(batch.finish().unwrap().iter().all(Result::is_ok));
    });
}

#[test]
fn overrun_of_a_socket_is_an_outcome_of_its_own() {
    in_namespace("namespace::overrun_of_a_socket_is_an_outcome_of_its_own", || {
        let [member, sender] = [(); 2].map(|()| Socket::open(Protocol::USERSOCK).unwrap());
        member.join(1).unwrap();
        member.as_sys().set_recv_buffer(4096).unwrap();
        for _ in 0..200 {
            multicast(&sender, &[0; 256]);
        }
        assert!(matches!(member.recv(&mut [0; 256]), Err(RecvError::Overrun)));
        let mut buffer = [0; 256];
        let (datagram, from) = member.recv(&mut buffer).unwrap();
        assert_eq!((datagram.len(), from.group), (256, Some(1)));
        assert_eq!(from.port_id, sender.port_id());
        member.leave(1).unwrap();
    });
}

#[test]
fn forged_answer_of_a_privileged_socket_is_skipped() {
    in_namespace("namespace::forged_answer_of_a_privileged_socket_is_skipped", || {
        let mut conn = open();
        let forger = Socket::open(Protocol::ROUTE).unwrap();
        // A refusal of the first request, as the kernel would send it.
        let header = |len: u32, ty: u16| [&len.to_ne_bytes()[..], &ty.to_ne_bytes(), &[0, 1]].concat();
        let numbers = [1_u32.to_ne_bytes(), conn.transport().port_id().to_ne_bytes()].concat();
        let error = (-1_i32).to_ne_bytes();
        let forged = [header(36, 2), numbers.clone(), error.to_vec(), header(32, 18), numbers].concat();
        forger.send_to(&forged, Address::port(conn.transport().port_id())).unwrap();
        assert_eq!(conn.get::<LinkNew<'_>>(&LinkGet::index(1)).unwrap().ifname, Some("lo"));
    });
}
