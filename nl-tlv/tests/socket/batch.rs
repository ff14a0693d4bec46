//! Many requests in few datagrams: against rtnetlink in a namespace, and against a server of our own that loses answers.

use crate::common::*;
use nl_tlv::control::{Errno, ExtAck, emit_ack, emit_refusal};
use nl_tlv::socket::{Address, Connection, Protocol, RequestError, Socket};
use nl_tlv::{Flags, MessageType, Messages, NewFlags, NlMessage, Writer};
use std::thread;
use std::time::{Duration, Instant};

/// A request of the server of our own.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 100)]
struct Thing<'a> {
    #[nl(attr = 1)]
    number: u32,
    #[nl(attr = 2)]
    text: Option<&'a [u8]>,
}

const ADD: NewFlags = NewFlags::CREATE.union(NewFlags::EXCL);

fn thing(number: u32) -> Thing<'static> {
    Thing { number, text: None }
}

fn up() -> Connection {
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    conn.request(&loopback(true)).unwrap();
    conn
}

#[test]
fn four_thousand_requests_have_four_thousand_results() {
    in_namespace("batch::four_thousand_requests_have_four_thousand_results", || {
        let mut conn = up();
        for number in (0..4000).step_by(7) {
            conn.request_with(&RouteNew::to(number), ADD).unwrap();
        }
        let mut batch = conn.batch();
        for number in 0..4000 {
            batch.push(&RouteNew::to(number), ADD).unwrap();
        }
        let results = batch.finish().unwrap();
        assert_eq!(results.len(), 4000);
        for (number, outcome) in results.iter().enumerate() {
            let errno = outcome.as_ref().err().and_then(|err| err.errno());
            assert_eq!(errno, (number % 7 == 0).then_some(Errno::EEXIST), "{number}: {outcome:?}");
            assert_eq!(outcome.is_ok(), number % 7 != 0, "{number}: {outcome:?}");
        }
        let expected: Vec<_> = (0..4000).filter_map(|number| RouteNew::to(number).dst).collect();
        assert_eq!(destinations(&mut conn), expected);

        let mut batch = conn.batch();
        (0..4000).for_each(|number| batch.push(&RouteNew::to(number).delete(), Flags::empty()).unwrap());
        assert!(batch.finish().unwrap().iter().all(Result::is_ok));
        assert!(destinations(&mut conn).is_empty());
        assert!(conn.event_deadline(Instant::now()).is_err(), "nothing was lost, nothing is left");
    });
}

#[test]
fn refusals_name_the_place_in_their_own_request() {
    in_namespace("batch::refusals_name_the_place_in_their_own_request", || {
        let mut conn = up();
        let mut batch = conn.batch();
        batch.push(&RouteNew::to(1), ADD).unwrap();
        batch.push(&LinkGet { ext_mask: Some(&[1, 2]), ..LinkGet::index(1) }, Flags::empty()).unwrap();
        batch.push(&RouteNew::to(2), ADD).unwrap();
        let results = batch.finish().unwrap();
        assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
        let refusal = results[1].as_ref().unwrap_err().refusal().unwrap();
        assert_eq!((refusal.errno(), refusal.path()), (Errno::ERANGE, Some("LinkGet.ext_mask")));
    });
}

#[test]
fn subscriber_gets_the_events_of_its_own_batch() {
    in_namespace("batch::subscriber_gets_the_events_of_its_own_batch", || {
        let mut conn = up();
        conn.join(7).unwrap(); // RTNLGRP_IPV4_ROUTE
        let mut batch = conn.batch();
        (0..500).for_each(|number| batch.push(&RouteNew::to(number), ADD).unwrap());
        assert!(batch.finish().unwrap().iter().all(Result::is_ok));
        for number in 0..500 {
            let message = conn.event_deadline(Instant::now()).unwrap();
            assert_eq!(RouteNew::parse(&message).unwrap().dst, RouteNew::to(number).dst);
        }
    });
}

/// A server that gets whole datagrams, and answers each of their requests as it is told: `None` is no answer.
fn serve(
    requests: usize,
    answer: impl Fn(u32) -> Option<Option<Errno>> + Send + 'static,
) -> (Connection, thread::JoinHandle<Vec<usize>>) {
    let socket = Socket::open(Protocol::USERSOCK).unwrap();
    let mut conn = Connection::open_to(Protocol::USERSOCK, socket.port_id()).unwrap();
    conn.set_timeout(Some(Duration::from_secs(1)));
    let server = thread::spawn(move || {
        let mut buffer = vec![0; 128 * 1024];
        let mut seen = Vec::new();
        while seen.iter().sum::<usize>() < requests {
            let (datagram, sender) = socket.recv(&mut buffer).unwrap();
            let client = sender.port_id;
            for message in Messages::new(datagram) {
                let message = message.unwrap();
                let mut out = [0; 256];
                let mut w = Writer::new(&mut out);
                match answer(Thing::parse(&message).unwrap().number) {
                    None => continue,
                    Some(None) => emit_ack(&mut w, &message, client, &ExtAck::NONE).unwrap(),
                    Some(Some(errno)) => {
                        emit_refusal(&mut w, &message, client, errno, &ExtAck::NONE).unwrap();
                    }
                }
                socket.send_to(w.as_bytes(), Address::port(client)).unwrap();
            }
            seen.push(Messages::new(datagram).count());
        }
        seen
    });
    (conn, server)
}

#[test]
fn answer_that_was_lost_leaves_its_request_unknown_and_no_other() {
    let (mut conn, server) = serve(300, |number| match number % 10 {
        3 => None,
        7 => Some(Some(Errno::ENOENT)),
        _ => Some(None),
    });
    let mut batch = conn.batch();
    (0..300).for_each(|number| batch.push(&thing(number), Flags::empty()).unwrap());
    for (number, outcome) in batch.finish().unwrap().iter().enumerate() {
        match number % 10 {
            3 => assert!(is_unanswered(outcome), "{number}: {outcome:?}"),
            7 => assert_eq!(outcome.as_ref().unwrap_err().errno(), Some(Errno::ENOENT)),
            _ => assert!(outcome.is_ok(), "{number}: {outcome:?}"),
        }
    }
    let datagrams = server.join().unwrap();
    assert!(datagrams.len() < 10, "{datagrams:?}");
    assert!(datagrams.iter().all(|&requests| requests <= 104), "as many as the buffer holds answers for");
}

#[test]
fn receive_buffer_of_the_least_size_loses_no_answer() {
    let (mut conn, server) = serve(100, |_| Some(None));
    conn.transport().as_sys().set_recv_buffer(0).unwrap();
    let mut batch = conn.batch();
    (0..100).for_each(|number| batch.push(&thing(number), Flags::empty()).unwrap());
    assert!(batch.finish().unwrap().iter().all(Result::is_ok));
    assert!(server.join().unwrap().len() > 20);
}

#[test]
fn request_that_fits_no_datagram_with_others_goes_alone() {
    let (mut conn, server) = serve(5, |_| Some(None));
    let text = vec![7; 40_000];
    let mut batch = conn.batch();
    batch.push(&thing(1), Flags::empty()).unwrap();
    let tail = Thing { number: 2, text: Some(b"odd") };
    batch.push(&tail, Flags::empty()).unwrap();
    batch.push(&Thing { number: 3, text: Some(&text) }, Flags::empty()).unwrap();
    assert_eq!((batch.results().len(), batch.unanswered()), (2, 1));
    let err = batch.push(&Thing { number: 4, text: Some(&[0; 70_000]) }, Flags::empty()).unwrap_err();
    assert!(matches!(err, RequestError::Emit(_)), "{err}");
    batch.push(&thing(5), Flags::empty()).unwrap();
    batch.push(&thing(6), Flags::empty()).unwrap();
    assert_eq!(batch.finish().unwrap().len(), 5);
    assert!(batch.results().iter().all(Result::is_ok));
    assert_eq!(server.join().unwrap(), [2, 1, 2]);
}

#[test]
fn batch_that_is_dropped_sends_nothing_and_the_next_one_works() {
    let (mut conn, server) = serve(1, |_| Some(None));
    let mut batch = conn.batch();
    batch.push(&thing(1), Flags::empty()).unwrap();
    drop(batch);
    let mut batch = conn.batch();
    batch.push(&thing(2), Flags::empty()).unwrap();
    assert!(batch.finish().unwrap()[0].is_ok());
    assert_eq!(server.join().unwrap(), [1]);
    assert!(conn.batch().finish().unwrap().is_empty());
}

#[test]
fn batch_to_nobody_is_not_sent() {
    let mut conn = Connection::open_to(Protocol::USERSOCK, 0x7fff_fff1).unwrap();
    let mut batch = conn.batch();
    (0..3).for_each(|number| batch.push(&thing(number), Flags::empty()).unwrap());
    assert!(matches!(batch.finish(), Err(RequestError::Io(_))));
    assert!(
        batch
            .results()
            .iter()
            .all(|outcome| matches!(outcome.as_ref().map_err(|err| &**err), Err(RequestError::NotSent)))
    );
    assert_eq!(batch.results().len(), 3);
}

#[test]
fn late_answer_of_a_batch_is_not_the_next_ones() {
    let server = Socket::open(Protocol::USERSOCK).unwrap();
    let mut conn = Connection::open_to(Protocol::USERSOCK, server.port_id()).unwrap();
    conn.set_timeout(Some(Duration::from_millis(10)));
    let mut batch = conn.batch();
    batch.push(&thing(1), Flags::empty()).unwrap();
    assert!(matches!(batch.finish().unwrap(), [outcome] if is_unanswered(outcome)));
    let mut buffer = [0; 256];
    let (datagram, sender) = server.recv(&mut buffer).unwrap();
    let request = Messages::new(datagram).next().unwrap().unwrap();
    let mut out = [0; 64];
    let mut w = Writer::new(&mut out);
    emit_ack(&mut w, &request, sender.port_id, &ExtAck::NONE).unwrap();
    server.send_to(w.as_bytes(), Address::port(sender.port_id)).unwrap();
    let mut batch = conn.batch();
    batch.push(&thing(2), Flags::empty()).unwrap();
    assert!(matches!(batch.finish().unwrap(), [outcome] if is_unanswered(outcome)));
    assert_eq!(request.ty(), MessageType(100));
}

/// Whether it is not known if the request was carried out.
pub(crate) fn is_unanswered(result: &Result<(), Box<RequestError>>) -> bool {
    matches!(result.as_ref().map_err(|err| &**err), Err(RequestError::NoReply))
}
