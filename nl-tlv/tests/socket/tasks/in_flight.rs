//! Many requests at a time on one socket: each gets its own answer, and no more are sent than answers have room.

use super::*;
use nl_tlv::control::emit_ack;
use nl_tlv::socket::{Address, Protocol, RequestError, Socket, Transport};
use nl_tlv::{Messages, NewFlags, Writer};
use nl_tlv_testing::network::MemorySocket;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use tokio::task::JoinSet;

fn is_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn every_future_can_be_spawned() {
    run(async {
        let mut conn = connection(&Network::new());
        conn.set_timeout(Some(Duration::ZERO));
        let _ = is_send(conn.request(&thing(1))).await;
        let _ = is_send(conn.get_with(&thing(1), nl_tlv::GetFlags::DUMP)).await;
        let _ = is_send(conn.send(&thing(1), Flags::empty())).await;
        let _ = is_send(conn.collect(&thing(1), |object| Ok(Some(object.seq())))).await;
        let _ = is_send(conn.policies("nlctrl")).await;
        let _ = is_send(conn.resolve("nlctrl")).await;
        let _ = is_send(conn.renew_family()).await;
        if let Ok(mut dump) = is_send(conn.dump(&thing(1))).await {
            let _ = is_send(dump.next::<Thing<'_>>()).await;
            let _ = is_send(dump.next_message()).await;
        }
        let mut batch = conn.batch().unwrap();
        let _ = is_send(batch.push(&thing(1), Flags::empty())).await;
        let _ = is_send(batch.finish()).await;
        let mut transaction = conn.transaction(&thing(1), &thing(2)).unwrap();
        transaction.push(&thing(1), Flags::empty()).unwrap();
        let _ = is_send(transaction.commit()).await;
        let mut events = conn.join(1).unwrap();
        let _ = is_send(events.request(&thing(1))).await;
        drop(is_send(events.next()));
        let mut watch = conn.watch::<Thing<'_>>(&thing(1)).unwrap();
        let _ = is_send(watch.change_deadline(Instant::now())).await;
        drop(is_send(watch.change()));
    });
}

#[test]
fn hundred_requests_in_flight_are_matched_whatever_the_order_of_the_answers() {
    for runtime in runtimes() {
        let socket = Socket::open(Protocol::USERSOCK).unwrap();
        let peer = socket.port_id();
        let serving = thread::spawn(move || {
            let mut buffer = [0; 512];
            // Nothing is answered before all hundred are there.
            let mut requests: Vec<_> = (0..100)
                .map(|_| {
                    let (datagram, sender) = socket.recv(&mut buffer).unwrap();
                    (datagram.to_vec(), sender.port_id)
                })
                .collect();
            requests.sort_by_key(|(bytes, _)| {
                bytes.iter().rev().map(|byte| byte.reverse_bits()).collect::<Vec<_>>()
            });
            for (bytes, client) in requests {
                let request = Messages::new(&bytes).next().unwrap().unwrap();
                let number = Thing::parse(&request).unwrap().number;
                let cookie = ExtAck { cookie: Some(&number.to_ne_bytes()), ..ExtAck::NONE };
                let mut answer = [0; 256];
                let mut w = Writer::new(&mut answer);
                emit_ack(&mut w, &request, client, &cookie).unwrap();
                socket.send_to(w.as_bytes(), Address::port(client)).unwrap();
            }
        });
        runtime.block_on(async {
            let conn = Connection::open_to(Protocol::USERSOCK, peer).unwrap();
            let mut tasks = JoinSet::new();
            for number in 0..100_u32 {
                let conn = conn.clone();
                tasks.spawn(is_send(async move {
                    let ack = conn.request(&thing(number)).await.unwrap();
                    assert_eq!(ack.ext_ack().cookie, Some(&number.to_ne_bytes()[..]));
                }));
            }
            while let Some(done) = tasks.join_next().await {
                done.unwrap();
            }
        });
        serving.join().unwrap();
    }
}

#[test]
fn answers_of_every_kind_find_their_requests() {
    for runtime in runtimes() {
        let network = Network::new();
        let _serving = Serving::new(Server::new(network.kernel()));
        runtime.block_on(async {
            let conn = connection(&network);
            let mut tasks = JoinSet::new();
            for number in 0..400_u32 {
                let conn = conn.clone();
                tasks.spawn(is_send(async move {
                    match number % 4 {
                        0 => {
                            let reply = conn.get(&thing(number)).await.unwrap();
                            assert_eq!(reply.parse::<Thing<'_>>().unwrap(), thing(number * 2));
                        }
                        1 => {
                            let mut dump = conn.dump(&thing(number)).await.unwrap();
                            for expected in 0..number {
                                assert_eq!(dump.next().await.unwrap(), Some(thing(expected)));
                            }
                            assert_eq!(dump.next::<Thing<'_>>().await.unwrap(), None);
                        }
                        _ => match conn.request_with(&thing(number), NewFlags::CREATE).await {
                            Ok(ack) => assert_eq!(ack.ext_ack().cookie, Some(&number.to_ne_bytes()[..])),
                            Err(err) => {
                                assert_eq!(number % 10, 9);
                                assert_eq!(err.refusal().map(|refusal| refusal.errno()), Some(Errno::ENOENT));
                            }
                        },
                    }
                }));
            }
            while let Some(done) = tasks.join_next().await {
                done.unwrap();
            }
        });
    }
}

/// Asks the socket that it waits for.
struct Asks(MemorySocket);

impl Wake for Asks {
    fn wake(self: Arc<Self>) {
        assert!(self.0.groups().is_empty());
    }
}

#[test]
fn who_is_woken_may_use_the_socket() {
    run(async {
        let network = Network::new();
        let asks = Arc::new(Asks(network.open()));
        let waker = Waker::from(Arc::clone(&asks));
        assert!(asks.0.poll_readable(&mut Context::from_waker(&waker)).is_pending());
        network.open().send_to(&[0; 16], Address::port(asks.0.port_id())).unwrap();
    });
}

#[test]
fn no_more_requests_are_in_flight_than_their_answers_have_room() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        let room = conn.transport().recv_buffer().unwrap() / 2048;
        let mut futures: Vec<_> =
            (0..300).map(|_| Box::pin(async { conn.request(&thing(1)).await })).collect();
        assert!(futures.iter_mut().all(|future| poll_once(future).is_pending()));
        let mut seqs = BTreeSet::new();
        while let Ok(request) = server.recv_deadline(std::time::Instant::now()) {
            seqs.insert(request.message().seq());
            answer(&request);
        }
        assert_eq!(seqs.len(), room);
        // A task may not do so much at a time.
        tokio::task::yield_now().await;
        for future in futures.drain(..room) {
            future.await.unwrap();
        }
        assert!(futures.iter_mut().all(|future| poll_once(future).is_pending()));
        while let Ok(request) = server.recv_deadline(std::time::Instant::now()) {
            seqs.insert(request.message().seq());
            answer(&request);
        }
        assert_eq!(seqs.len(), 2 * room);
    });
}

#[test]
fn task_that_is_not_polled_keeps_no_other_waiting() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        let mut idle = Box::pin(async { conn.request(&thing(1)).await });
        assert!(poll_once(&mut idle).is_pending());
        let mut other = conn.clone();
        other.set_timeout(None);
        let waiting = tokio::spawn(async move { other.request(&thing(2)).await.map(drop) });
        tokio::task::yield_now().await;
        // It is the last that asked the transport, and will not be polled again for a while.
        assert!(poll_once(&mut idle).is_pending());
        answer_all(&mut server);
        tokio::time::timeout(LONG, waiting).await.expect("it is woken").unwrap().unwrap();
        let ack = idle.await.unwrap();
        assert_eq!(ack.ext_ack().cookie, Some(&1_u32.to_ne_bytes()[..]), "received by the other, and kept");
    });
}

#[test]
fn dump_runs_while_requests_are_in_flight() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let mut conn = connection(&network);
        conn.set_timeout(Some(SHORT));
        let mut request = Box::pin(async { conn.request(&thing(1)).await });
        assert!(poll_once(&mut request).is_pending());
        let waiting: Vec<u32> = std::iter::from_fn(|| {
            server.recv_deadline(std::time::Instant::now()).ok().map(|request| request.sender())
        })
        .collect();
        assert_eq!(waiting.len(), 1, "the request is there, and not answered");
        let mut dumps = Vec::new();
        for number in [3, 5] {
            dumps.push((number, conn.dump(&thing(number)).await.unwrap()));
        }
        answer_all(&mut server);
        for (number, dump) in &mut dumps {
            for expected in 0..*number {
                assert_eq!(dump.next().await.unwrap(), Some(thing(expected)));
            }
            assert!(dump.next_message().await.unwrap().is_none());
        }
        assert!(matches!(request.await, Err(RequestError::Timeout)));
    });
}

#[test]
fn peer_without_room_is_tried_again() {
    run(async {
        let server = Socket::open(Protocol::USERSOCK).unwrap();
        server.as_sys().set_recv_buffer(0).unwrap();
        let stuffing = Socket::open(Protocol::USERSOCK).unwrap();
        stuffing.as_sys().set_nonblocking(true).unwrap();
        let full = (0..1000).find_map(|_| stuffing.send_to(&[0; 28], Address::port(server.port_id())).err());
        assert_eq!(full.map(|err| err.kind()), Some(std::io::ErrorKind::WouldBlock));
        let mut conn = Connection::open_to(Protocol::USERSOCK, server.port_id()).unwrap();
        conn.set_timeout(Some(Duration::from_millis(50)));
        let refused = conn.request(&thing(1)).await;
        assert!(matches!(refused, Err(RequestError::Timeout)), "{refused:?}");
        conn.set_timeout(Some(Duration::from_secs(10)));
        let serving = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            let mut server = Server::new(server);
            loop {
                let request = server.recv().unwrap();
                if request.parse::<Thing<'_>>().is_ok() {
                    return answer(&request);
                }
            }
        });
        conn.request(&thing(1)).await.unwrap();
        serving.join().unwrap();
    });
}

#[test]
fn task_whose_answer_another_received_is_woken() {
    run(async {
        let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
        let mut conn = Connection::open_to(Protocol::USERSOCK, server.port_id()).unwrap();
        conn.set_timeout(None);
        let other = conn.clone();
        let waiting = tokio::spawn(async move { other.request(&thing(2)).await.map(drop) });
        tokio::task::yield_now().await;
        answer(&server.recv_deadline(std::time::Instant::now() + LONG).unwrap());
        // It takes the answer before the reactor looks, which will find nothing then.
        let mut request = Box::pin(async { conn.request(&thing(1)).await });
        assert!(poll_once(&mut request).is_pending());
        tokio::time::timeout(LONG, waiting).await.expect("it is woken").unwrap().unwrap();
        answer(&server.recv_deadline(std::time::Instant::now() + LONG).unwrap());
        request.await.unwrap();
    });
}

#[test]
fn echo_is_skipped_by_request_and_returned_by_get() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        for wants_echo in [false, true] {
            let mut request = Box::pin(async { conn.request_with(&thing(1), Flags::ECHO).await });
            let mut get = Box::pin(async { conn.get_with(&thing(1), Flags::ECHO | Flags::ACK).await });
            assert!(if wants_echo {
                poll_once(&mut get).is_pending()
            } else {
                poll_once(&mut request).is_pending()
            });
            let asked = server.recv_deadline(std::time::Instant::now()).unwrap();
            asked.reply(&thing(5)).unwrap();
            answer(&asked);
            if wants_echo {
                assert_eq!(get.await.unwrap().parse::<Thing<'_>>().unwrap(), thing(5));
            } else {
                assert_eq!(request.await.unwrap().ext_ack().cookie, Some(&1_u32.to_ne_bytes()[..]));
            }
        }
    });
}

#[test]
fn replies_come_up_to_the_acknowledgement() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        for number in [1, 9] {
            let mut replies = conn.get_until_ack(&thing(number), Flags::ECHO).await.unwrap();
            let asked = server.recv_deadline(std::time::Instant::now()).unwrap();
            for reply in [5, 6] {
                asked.reply(&thing(reply)).unwrap();
            }
            answer(&asked);
            for reply in [5, 6] {
                assert_eq!(replies.next().await.unwrap(), Some(thing(reply)));
            }
            match replies.next_message().await {
                Ok(end) => assert!(end.is_none() && number == 1),
                Err(err) => assert!(err.refusal().is_some() && number == 9),
            }
            assert!(replies.next_message().await.unwrap().is_none(), "the end stays the end");
        }
    });
}

#[test]
fn request_that_cannot_be_written_takes_no_number() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        let long = Thing { number: 1, text: Some(&[0; 70_000]) };
        for _ in 0..5000 {
            let refused = conn.request(&long).await;
            assert!(matches!(refused, Err(RequestError::Emit(_))), "{refused:?}");
        }
        served(conn.request(&thing(1)), &mut server).await.unwrap();
    });
}
