//! Futures that are dropped: at every point where they wait, and the connection can be used on.

use super::*;
use nl_tlv::control::genl::Family;
use nl_tlv::socket::tokio::Connection;
use nl_tlv::socket::{Protocol, RequestError};
use nl_tlv::{Header, Messages};
use std::pin::Pin;
use tokio::task::JoinSet;

type Conn = Connection<MemorySocket>;

/// Polls a future so many times, the server answering between; says whether it had to be dropped.
fn is_dropped_after<F: Future>(
    mut future: Pin<Box<F>>,
    polls: usize,
    server: &mut Server<MemorySocket>,
    steps: bool,
) -> bool {
    for _ in 0..polls {
        if poll_once(&mut future).is_ready() {
            return false;
        }
        if steps {
            answer_all(server);
        }
    }
    true
}

/// The connection and its clones give right answers.
async fn check(conn: &Conn, server: &mut Server<MemorySocket>) {
    for number in [31, 32] {
        let reply = served(conn.get(&thing(number)), server).await.unwrap();
        assert_eq!(reply.parse::<Thing<'_>>().unwrap(), thing(number * 2));
    }
    let read = |message: &nl_tlv::socket::Object<'_>| Ok(Some(Thing::parse(message)?.number));
    assert_eq!(served(conn.collect(&thing(2), read), server).await.unwrap().0, [0, 1]);
}

/// Drops the future after every number of polls that it takes, with and without an answer in the meantime.
async fn drop_everywhere<F: Future>(make: impl Fn(Conn) -> F) {
    let mut drops = 0;
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let conn = connection(&network);
    for steps in [false, true] {
        for polls in 0..10 {
            let dropped = is_dropped_after(Box::pin(make(conn.clone())), polls, &mut server, steps);
            check(&conn, &mut server).await;
            answer_all(&mut server);
            check(&conn, &mut server).await;
            drops += usize::from(dropped);
            if !dropped {
                break;
            }
        }
    }
    assert!(drops > 10, "without answers it never ends, with them it waits at least once more: {drops}");
}

#[test]
fn request_can_be_dropped_wherever_it_waits() {
    run(drop_everywhere(|conn| async move { conn.request(&thing(1)).await.map(drop) }));
    run(drop_everywhere(|conn| async move { conn.get(&thing(1)).await.map(drop) }));
    run(drop_everywhere(|conn| async move { conn.resolve("thing").await.map(drop) }));
}

#[test]
fn dump_can_be_dropped_wherever_it_waits() {
    run(drop_everywhere(|conn| async move {
        let mut dump = conn.dump(&thing(2000)).await?;
        while dump.next_message().await?.is_some() {
            tokio::task::yield_now().await;
        }
        Ok::<(), RequestError>(())
    }));
    run(drop_everywhere(|conn| async move {
        conn.collect(&thing(2000), |message| Ok(Some(message.seq()))).await.map(drop)
    }));
}

#[test]
fn batch_can_be_dropped_wherever_it_waits() {
    run(drop_everywhere(|conn| async move {
        let mut batch = conn.batch()?;
        for number in 0..300 {
            batch.push(&thing(number), Flags::empty()).await?;
        }
        batch.finish().await?;
        Ok::<(), RequestError>(())
    }));
}

#[test]
fn transaction_can_be_dropped_wherever_it_waits() {
    run(drop_everywhere(|conn| async move {
        for number in 1..4 {
            let mut transaction = conn.transaction(&thing(1), &thing(2))?;
            transaction.push(&thing(number), Flags::empty())?;
            transaction.commit().await?;
        }
        Ok::<(), RequestError>(())
    }));
}

#[test]
fn watch_can_be_dropped_wherever_it_waits() {
    run(drop_everywhere(|conn| async move {
        let mut watch = conn.watch::<Thing<'_>>(&thing(5))?;
        loop {
            watch.change().await?;
        }
        #[allow(unreachable_code, reason = "says what the future returns")]
        Ok::<(), RequestError>(())
    }));
}

#[test]
fn watch_goes_on_where_a_dropped_future_left_it() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        let mut watch = conn.watch::<Thing<'_>>(&thing(3)).unwrap();
        // Dropped while the dump is awaited, and when all of it was told.
        for _ in 0..5 {
            assert!(poll_once(&mut Box::pin(watch.change())).is_pending());
        }
        answer_all(&mut server);
        let mut told = Vec::new();
        for _ in 0..3 {
            match watch.change().await.unwrap() {
                nl_tlv::socket::Change::Added(new) => told.push(new.number),
                change => panic!("{change:?}"),
            }
        }
        for _ in 0..5 {
            assert!(poll_once(&mut Box::pin(watch.change())).is_pending());
        }
        told.sort_unstable();
        assert_eq!(told, [0, 1, 2], "in any order");
        assert_eq!((watch.len(), watch.dumps()), (3, 1));
    });
}

#[test]
fn events_can_be_dropped_wherever_they_wait() {
    run(drop_everywhere(|conn| async move {
        let mut events = conn.join(3)?;
        events.request(&thing(1)).await?;
        events.next().await.map(drop)
    }));
}

#[test]
fn dump_goes_on_where_a_dropped_future_left_it() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        let mut dump = conn.dump(&thing(3)).await.unwrap();
        for _ in 0..5 {
            assert!(poll_once(&mut Box::pin(dump.next::<Thing<'_>>())).is_pending());
        }
        answer_all(&mut server);
        for expected in 0..3 {
            assert_eq!(dump.next().await.unwrap(), Some(thing(expected)));
        }
        assert!(dump.next::<Thing<'_>>().await.unwrap().is_none());
    });
}

#[test]
fn dump_whose_family_has_another_number_goes_on_where_a_dropped_future_left_it() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        conn.set_family(family(20));
        let mut dump = conn.dump(&Asked {}).await.unwrap();
        let mut found = Vec::new();
        // Each future is polled once, and one request is answered in between.
        for _ in 0..20 {
            if let Poll::Ready(next) = poll_once(&mut Box::pin(dump.next::<CtrlFamily<'_>>())) {
                match next.unwrap() {
                    Some(object) => found.push(object.id),
                    None => break,
                }
            }
            if let Ok(request) = server.recv_deadline(Instant::now()) {
                answer_for_family(&request, 21);
            }
        }
        assert_eq!(found, [1, 2, 3]);
        drop(dump);
        assert_eq!(conn.family().map(|family| family.id), Some(nl_tlv::MessageType(21)));
    });
}

/// A request of the family `thing`, and one to the controller.
#[derive(NlMessage)]
#[nl(cmd = 3)]
struct Asked {}

/// What the controller says of a family, and an object of one.
#[derive(NlMessage)]
#[nl(cmd = 1)]
struct CtrlFamily<'a> {
    #[nl(attr = 1)]
    id: u16,
    #[nl(attr = 2)]
    name: &'a str,
}

fn family(id: u16) -> Family {
    let mut buf = [0; 64];
    let header = Header::new().family(nl_tlv::MessageType(16));
    let message = CtrlFamily { id, name: "thing" }.emit(&mut buf, header).unwrap();
    Family::parse(&Messages::new(message).next().unwrap().unwrap()).unwrap()
}

/// The controller, and the family under its number of now.
fn answer_for_family<T: Transport>(request: &Request<'_, T>, id: u16) {
    let answered = match request.message().ty().0 {
        16 => request.reply(&CtrlFamily { id, name: "thing" }),
        ty if ty != id => request.refuse(Errno::ENOENT, &ExtAck::NONE),
        _ => request.dump(&[1, 2, 3].map(|id| CtrlFamily { id, name: "" }), Flags::empty()),
    };
    answered.unwrap();
}

#[test]
fn batch_goes_on_where_a_dropped_future_left_it() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        let mut batch = conn.batch().unwrap();
        for number in 0..50 {
            batch.push(&thing(number), Flags::empty()).await.unwrap();
        }
        for _ in 0..5 {
            assert!(poll_once(&mut Box::pin(batch.finish())).is_pending());
        }
        // Sent once, however often it was asked for.
        let mut count = 0;
        while let Ok(request) = server.recv_deadline(std::time::Instant::now()) {
            answer(&request);
            count += 1;
        }
        assert_eq!((count, batch.unanswered()), (50, 50));
        assert_eq!(batch.finish().await.unwrap().iter().filter(|outcome| outcome.is_ok()).count(), 45);
        batch.push(&thing(50), Flags::empty()).await.unwrap();
        let mut finish = Box::pin(batch.finish());
        assert!(poll_once(&mut finish).is_pending());
        answer_all(&mut server);
        assert_eq!(finish.await.unwrap().len(), 51);
    });
}

#[test]
fn dropped_requests_take_no_room_whether_answered_or_not() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        // More than numbers are remembered, and more answers than the receive buffer holds.
        for at in 0..10_000 {
            let mut request = Box::pin(async { conn.request(&thing(1)).await });
            assert!(poll_once(&mut request).is_pending());
            drop(request);
            match server.recv_deadline(std::time::Instant::now()) {
                Ok(request) if at >= 5000 => answer(&request),
                request => drop(request.unwrap()),
            }
            tokio::task::yield_now().await;
        }
        check(&conn, &mut server).await;
    });
}

#[test]
fn last_handle_closes_the_sockets() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        let port_id = conn.transport().port_id();
        let mut request = Box::pin(async { conn.request(&thing(1)).await });
        assert!(poll_once(&mut request).is_pending());
        drop(request);
        let send = |server: &Server<MemorySocket>| {
            server.transport().send_to(b"", nl_tlv::socket::Address::port(port_id))
        };
        assert!(server.recv_deadline(std::time::Instant::now()).is_ok() && send(&server).is_ok());
        drop(conn);
        assert!(send(&server).is_err(), "nobody has the port id any more");
    });
}

#[test]
fn tasks_that_are_aborted_at_any_time_disturb_no_other() {
    for runtime in runtimes() {
        let server = Server::open(Protocol::USERSOCK, 0).unwrap();
        let peer = server.port_id();
        let _serving = Serving::new(server);
        runtime.block_on(async {
            let conn = Connection::open_to(Protocol::USERSOCK, peer).unwrap();
            let [mut kept, mut aborted] = [JoinSet::new(), JoinSet::new()];
            for number in 0..60_u32 {
                let conn = conn.clone();
                let (tasks, rounds) =
                    if number % 2 == 0 { (&mut kept, 20) } else { (&mut aborted, u32::MAX) };
                tasks.spawn(async move {
                    for at in 0..rounds {
                        let number = 1000 * number + 10 * (at % 100);
                        let ack = conn.request(&thing(number)).await.unwrap();
                        assert_eq!(ack.ext_ack().cookie, Some(&number.to_ne_bytes()[..]));
                        let reply = conn.get(&thing(number)).await.unwrap();
                        assert_eq!(reply.parse::<Thing<'_>>().unwrap(), thing(2 * number));
                    }
                });
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
            aborted.abort_all();
            while let Some(ended) = kept.join_next().await {
                ended.unwrap();
            }
            while let Some(ended) = aborted.join_next().await {
                assert!(ended.unwrap_err().is_cancelled());
            }
        });
    }
}
