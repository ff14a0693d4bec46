//! What becomes of requests when datagrams are lost, late, forged or damaged on the way: by a script, in memory.

use super::*;
use nl_tlv::socket::RequestError;
use nl_tlv_testing::network::{Fault, Sent};
use std::time::Instant;

/// Scripts the fate of what the server sends, by its place among that.
fn answers(network: &Network, fate: impl Fn(u32) -> Fault + Send + 'static) {
    let mut at = 0;
    network.script(move |sent: &Sent<'_>| {
        if sent.from != 0 {
            return Fault::None;
        }
        at += 1;
        fate(at - 1)
    });
}

/// Makes so many requests at a time, whose numbers count from 10.
async fn ask(
    conn: &Connection<MemorySocket>,
    server: &mut Server<MemorySocket>,
    count: u32,
) -> Vec<Result<u32, RequestError>> {
    let ask = |number| {
        Box::pin(async move {
            let ack = conn.request(&thing(number)).await?;
            Ok(u32::from_ne_bytes(ack.ext_ack().cookie.unwrap().try_into().unwrap()))
        })
    };
    let mut futures: Vec<_> = (10..10 + count).map(ask).collect();
    assert!(futures.iter_mut().all(|future| poll_once(future).is_pending()));
    answer_all(server);
    let mut results = Vec::new();
    for future in futures {
        results.push(future.await);
    }
    results
}

fn network() -> (Network, Server<MemorySocket>, Connection<MemorySocket>) {
    let network = Network::new();
    let server = Server::new(network.kernel());
    let conn = connection(&network);
    (network, server, conn)
}

#[test]
fn lost_answer_is_a_timeout_of_its_own_request() {
    run(async {
        let (network, mut server, mut conn) = network();
        conn.set_timeout(Some(SHORT));
        answers(&network, |at| if at == 2 { Fault::Drop } else { Fault::None });
        for (result, number) in ask(&conn, &mut server, 5).await.into_iter().zip(10..) {
            match number {
                12 => assert!(matches!(result, Err(RequestError::Timeout)), "{result:?}"),
                _ => assert_eq!(result.unwrap(), number),
            }
        }
        assert!(ask(&conn, &mut server, 5).await.into_iter().all(|result| result.is_ok()));
    });
}

#[test]
fn overrun_fails_the_requests_whose_answers_are_missing_and_at_once() {
    run(async {
        let (network, mut server, mut conn) = network();
        conn.set_timeout(Some(LONG));
        answers(&network, |at| if [1, 3].contains(&at) { Fault::Overrun } else { Fault::None });
        let began = Instant::now();
        for (result, number) in ask(&conn, &mut server, 5).await.into_iter().zip(10..) {
            match number {
                11 | 13 => assert!(matches!(result, Err(RequestError::Overrun)), "{result:?}"),
                _ => assert_eq!(result.unwrap(), number),
            }
        }
        assert!(began.elapsed() < LONG);
        assert!(ask(&conn, &mut server, 5).await.into_iter().all(|result| result.is_ok()));
    });
}

#[test]
fn overrun_without_an_end_to_wait_for_fails_too() {
    run(async {
        let (network, mut server, mut conn) = network();
        conn.set_timeout(None);
        answers(&network, |_| Fault::Overrun);
        let results = ask(&conn, &mut server, 5).await;
        assert!(results.iter().all(|result| matches!(result, Err(RequestError::Overrun))), "{results:?}");
    });
}

#[test]
fn late_answer_is_nobodys() {
    run(async {
        let (_network, mut server, mut conn) = network();
        conn.set_timeout(Some(Duration::from_millis(20)));
        // Nobody answers before they have given up.
        for number in 0..3 {
            let result = conn.request(&thing(number)).await;
            assert!(matches!(result, Err(RequestError::Timeout)), "{result:?}");
        }
        conn.set_timeout(Some(LONG));
        // One answer is there before the next requests are made, the others come in front of theirs.
        answer(&server.recv_deadline(Instant::now()).unwrap());
        for _ in 0..3 {
            let results: Result<Vec<u32>, _> = ask(&conn, &mut server, 3).await.into_iter().collect();
            assert_eq!(results.unwrap(), [10, 11, 12]);
        }
    });
}

#[test]
fn answers_that_overtake_one_another_are_told_apart() {
    run(async {
        let (network, mut server, conn) = network();
        answers(&network, |at| Fault::Delay(Duration::from_millis(u64::from(20 - at % 20))));
        let results: Result<Vec<u32>, _> = ask(&conn, &mut server, 9).await.into_iter().collect();
        assert_eq!(results.unwrap(), (10..19).collect::<Vec<_>>());
    });
}

#[test]
fn forged_answer_is_skipped() {
    run(async {
        let (network, mut server, mut conn) = network();
        conn.set_timeout(Some(SHORT));
        answers(&network, |at| if at == 1 { Fault::Forge(77) } else { Fault::None });
        let mut results = ask(&conn, &mut server, 3).await;
        assert!(matches!(results.remove(1), Err(RequestError::Timeout)));
        let results: Result<Vec<u32>, _> = results.into_iter().collect();
        assert_eq!(results.unwrap(), [10, 12]);
    });
}

#[test]
fn answer_that_was_cut_is_told_with_its_length() {
    run(async {
        let (network, mut server, conn) = network();
        answers(&network, |at| if at == 0 { Fault::Truncate } else { Fault::None });
        let results = ask(&conn, &mut server, 2).await;
        assert!(matches!(results[0], Err(RequestError::Truncated { needed: 1_048_577 })), "{results:?}");
        assert_eq!(*results[1].as_ref().unwrap(), 11);
    });
}

#[test]
fn damaged_answer_is_an_error_and_the_connection_goes_on() {
    run(async {
        let (_network, mut server, conn) = network();
        let mut future = Box::pin(async { conn.request(&thing(1)).await });
        assert!(poll_once(&mut future).is_pending());
        let to = server.recv_deadline(Instant::now()).unwrap().sender();
        server.transport().send_to(&[0xff; 40], nl_tlv::socket::Address::port(to)).unwrap();
        assert!(matches!(future.await, Err(RequestError::Damaged(_))));
        assert!(ask(&conn, &mut server, 5).await.into_iter().all(|result| result.is_ok()));
    });
}

#[test]
fn interrupted_dump_says_so_and_is_made_again() {
    run(async {
        let (network, server, mut conn) = network();
        // So long it waits once, for the end of a dump that is lost.
        conn.set_timeout(Some(Duration::from_secs(2)));
        let _serving = Serving::new(server);
        answers(&network, |_| Fault::Interrupt);
        let mut dump = conn.dump(&thing(3)).await.unwrap();
        for expected in 0..3 {
            assert_eq!(dump.next().await.unwrap(), Some(thing(expected)));
        }
        assert!(matches!(dump.next::<Thing<'_>>().await, Err(RequestError::Interrupted)));
        assert!(dump.next::<Thing<'_>>().await.unwrap().is_none());
        let read = |message: &nl_tlv::socket::Object<'_>| Ok(Some(Thing::parse(message)?.number));
        assert!(matches!(conn.collect(&thing(3), read).await, Err(RequestError::Interrupted)));
        // Two datagrams each: the third dump is whole.
        answers(&network, |at| {
            [Fault::Interrupt, Fault::None, Fault::None, Fault::Overrun]
                .get(at as usize)
                .copied()
                .unwrap_or(Fault::None)
        });
        assert_eq!(conn.collect(&thing(3), read).await.unwrap().0, [0, 1, 2]);
    });
}

#[test]
fn dump_whose_end_is_lost_is_a_timeout_and_the_next_one_runs() {
    run(async {
        let (network, mut server, mut conn) = network();
        conn.set_timeout(Some(SHORT));
        answers(&network, |at| if at == 1 { Fault::Drop } else { Fault::None });
        let mut dump = conn.dump(&thing(1)).await.unwrap();
        answer_all(&mut server);
        assert!(dump.next_message().await.unwrap().is_some());
        assert!(matches!(dump.next_message().await, Err(RequestError::Timeout)));
        let mut dump = conn.dump(&thing(1)).await.unwrap();
        answer_all(&mut server);
        assert!(dump.next_message().await.unwrap().is_some());
        assert!(dump.next_message().await.unwrap().is_none());
    });
}

#[test]
fn answer_of_a_batch_that_is_lost_leaves_its_request_unknown() {
    run(async {
        let (network, mut server, mut conn) = network();
        conn.set_timeout(Some(SHORT));
        answers(&network, |at| if at == 4 { Fault::Drop } else { Fault::None });
        let mut batch = conn.batch().unwrap();
        for number in 0..10 {
            batch.push(&thing(number), Flags::empty()).await.unwrap();
        }
        assert_eq!((batch.unanswered(), batch.results().len()), (10, 0));
        let outcomes = served(batch.finish(), &mut server).await.unwrap();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 8);
        assert!(crate::batch::is_unanswered(&outcomes[4]));
        assert_eq!(outcomes[9].as_ref().unwrap_err().errno(), Some(Errno::ENOENT));
    });
}

#[test]
fn replies_of_which_some_are_lost_are_not_taken_for_all() {
    run(async {
        let (network, mut server, conn) = network();
        answers(&network, |at| if at == 1 { Fault::Overrun } else { Fault::None });
        let mut replies = conn.get_until_ack(&thing(1), Flags::empty()).await.unwrap();
        let asked = server.recv_deadline(Instant::now()).unwrap();
        for reply in [5, 6] {
            asked.reply(&thing(reply)).unwrap();
        }
        answer(&asked);
        assert_eq!(replies.next().await.unwrap(), Some(thing(5)));
        assert!(matches!(replies.next::<Thing<'_>>().await, Err(RequestError::Overrun)));
    });
}
