//! Events over a socket of their own: kept by the kernel, lost by the slow, and told.

use super::*;
use nl_tlv::Header;
use nl_tlv::socket::RequestError;

#[test]
fn events_come_in_order_and_only_those_of_the_groups() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        let mut events = conn.join(3).unwrap();
        events.join(4).unwrap();
        for (number, group) in [3, 5, 4, 3].into_iter().enumerate() {
            server.notify(group, &thing(number.try_into().unwrap()), Header::new()).unwrap();
        }
        for expected in [0, 2, 3] {
            assert_eq!(Thing::parse(&events.next().await.unwrap()), Ok(thing(expected)));
        }
        let mut get = Box::pin(async { conn.get(&thing(7)).await });
        assert!(poll_once(&mut get).is_pending());
        answer_all(&mut server);
        get.await.unwrap();
        assert!(poll_once(&mut Box::pin(events.next())).is_pending());
    });
}

#[test]
fn slow_reader_loses_events_and_is_told_and_goes_on() {
    run(async {
        let network = Network::new();
        let server = Server::new(network.kernel());
        let conn = connection(&network);
        let mut events = conn.join(3).unwrap();
        events.transport().set_recv_buffer(8 * 1024);
        for number in 0..1000 {
            server.notify(3, &thing(number), Header::new()).unwrap();
        }
        assert!(matches!(events.next().await, Err(RequestError::Overrun)));
        let mut kept = 0;
        while let Poll::Ready(event) = poll_once(&mut Box::pin(events.next())) {
            assert_eq!(Thing::parse(&event.unwrap()), Ok(thing(kept)));
            kept += 1;
        }
        assert_eq!(kept, 15, "as many as the receive buffer holds");
        server.notify(3, &thing(7), Header::new()).unwrap();
        events.next().await.unwrap();
    });
}

#[test]
fn subscriber_is_woken_by_an_event() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let network = Network::new();
            let server = Server::new(network.kernel());
            let mut events = connection(&network).join(3).unwrap();
            let waiting = tokio::spawn(async move {
                for expected in 0..50 {
                    let message = events.next().await.unwrap();
                    assert_eq!(Thing::parse(&message), Ok(thing(expected)));
                }
            });
            for number in 0..50 {
                tokio::task::yield_now().await;
                server.notify(3, &thing(number), Header::new()).unwrap();
            }
            waiting.await.unwrap();
        });
    }
}

#[test]
fn request_of_a_subscriber_goes_over_its_own_socket_and_keeps_events() {
    run(async {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let conn = connection(&network);
        let mut events = conn.join(3).unwrap();
        let port_id = events.transport().port_id();
        let asking = thing(1);
        let mut request = Box::pin(events.request(&asking));
        assert!(poll_once(&mut request).is_pending());
        server.notify(3, &thing(8), Header::new()).unwrap();
        let asked = server.recv_deadline(std::time::Instant::now()).unwrap();
        assert_eq!(asked.sender(), port_id);
        answer(&asked);
        assert_eq!(request.await.unwrap().cookie, Some(&1_u32.to_ne_bytes()[..]));
        assert_eq!(Thing::parse(&events.next().await.unwrap()), Ok(thing(8)));
        // One that is dropped leaves nothing behind, however often.
        for _ in 0..50 {
            assert!(poll_once(&mut Box::pin(events.request(&thing(1)))).is_pending());
        }
        answer_all(&mut server);
        let asking = thing(9);
        let mut request = Box::pin(events.request(&asking));
        assert!(poll_once(&mut request).is_pending());
        answer_all(&mut server);
        let refused = request.await;
        assert!(matches!(refused, Err(RequestError::Refused(_))), "{refused:?}");
    });
}
