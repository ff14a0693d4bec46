//! Whoever does not read: neither a server nor a connection waits for it longer than it was told to.

use nl_tlv::socket::{Address, Connection, Protocol, RecvError, RequestError, Server, Socket};
use nl_tlv::{Flags, Header, MessageType, NlMessage, Writer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 100)]
struct Thing {
    #[nl(attr = 1)]
    number: u32,
}

/// Much less than one test may take, and more than any answer does on a busy machine.
const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(30);

/// More than a receive buffer holds.
const OBJECTS: u32 = 100_000;

fn open() -> Socket {
    Socket::open(Protocol::USERSOCK).unwrap()
}

fn connect(port_id: u32, timeout: Duration) -> Connection {
    let mut conn = Connection::open_to(Protocol::USERSOCK, port_id).unwrap();
    conn.set_timeout(Some(timeout));
    conn
}

/// Serves so many requests: a dump of all things, or a reply and an acknowledgement.
fn serve(mut server: Server, requests: u32) -> JoinHandle<()> {
    thread::spawn(move || {
        let things: Vec<_> = (0..OBJECTS).map(|number| Thing { number }).collect();
        for _ in 0..requests {
            let request = server.recv_deadline(Instant::now() + LONG).unwrap();
            if request.is_dump() {
                request.dump(&things, Flags::empty()).unwrap();
            } else {
                let asked = request.parse::<Thing>().unwrap();
                request.reply(&asked).unwrap();
                request.ack().unwrap();
            }
        }
    })
}

/// Sends a request so many times, and reads nothing.
fn flood(client: &Socket, port_id: u32, header: Header, times: u32) {
    let mut buf = [0; 64];
    let request = Thing { number: 1 }.emit(&mut buf, header).unwrap();
    for _ in 0..times {
        client.send_to(request, Address::port(port_id)).unwrap();
    }
}

/// A socket whose queue is full.
fn stuffed() -> Socket {
    let receiver = open();
    receiver.as_sys().set_recv_buffer(0).unwrap();
    let sender = open();
    sender.as_sys().set_nonblocking(true).unwrap();
    let to = Address::port(receiver.port_id());
    assert!((0..1000).any(|_| sender.send_to(&[0; 28], to).is_err()));
    receiver
}

/// Ends the test binary if a call waits for ever.
fn within<R>(limit: Duration, call: impl FnOnce() -> R) -> R {
    let done = Arc::new(AtomicBool::new(false));
    let is_done = Arc::clone(&done);
    thread::spawn(move || {
        thread::sleep(limit);
        if !is_done.load(Ordering::SeqCst) {
            eprintln!("a call has not returned after {limit:?}");
            std::process::abort();
        }
    });
    let result = call();
    done.store(true, Ordering::SeqCst);
    result
}

#[test]
fn client_that_does_not_read_holds_up_no_other() {
    let server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let port_id = server.port_id();
    let serving = serve(server, 1002);
    let stalled = open();
    flood(&stalled, port_id, Header::request().flags(Flags::ACK), 1000);
    let mut conn = connect(port_id, LONG);
    let began = Instant::now();
    within(LONG, || {
        assert_eq!(conn.get::<Thing>(&Thing { number: 7 }).unwrap().number, 7);
        conn.request(&Thing { number: 8 }).unwrap();
    });
    assert!(began.elapsed() < LONG / 4);
    serving.join().unwrap();
}

#[test]
fn dumps_that_nobody_reads_hold_up_no_other() {
    let server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let port_id = server.port_id();
    let serving = serve(server, 6);
    let stalled = open();
    flood(&stalled, port_id, Header::request().flags(nl_tlv::GetFlags::DUMP), 5);
    within(LONG, || {
        assert_eq!(connect(port_id, LONG).get::<Thing>(&Thing { number: 7 }).unwrap().number, 7);
    });
    serving.join().unwrap();
}

#[test]
fn server_in_a_poll_loop_is_told_when_to_send_the_rest() {
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let port_id = server.port_id();
    assert_eq!(server.wake_at(), None);
    let client = thread::spawn(move || {
        let mut conn = connect(port_id, SHORT * 30);
        let mut things = conn.dump(&Thing { number: 0 }).unwrap();
        (0..OBJECTS).all(|number| things.next::<Thing>().unwrap() == Some(Thing { number }))
            && things.next::<Thing>().unwrap().is_none()
    });
    let things: Vec<_> = (0..OBJECTS).map(|number| Thing { number }).collect();
    let (end, mut times_waited) = (Instant::now() + LONG, 0);
    while !client.is_finished() && Instant::now() < end {
        match server.recv_deadline(Instant::now()) {
            Ok(request) => request.dump(&things, Flags::empty()).unwrap(),
            Err(RecvError::Timeout) => {
                times_waited += u32::from(server.wake_at().is_some());
                let wake_at = server.wake_at().unwrap_or(Instant::now() + SHORT * 10);
                let left = wake_at.saturating_duration_since(Instant::now());
                server.transport().as_sys().wait_readable(Some(left)).unwrap();
            }
            Err(err) => panic!("{err}"),
        }
    }
    assert!(client.join().unwrap());
    assert!(times_waited > 0, "the dump had room at once");
    assert_eq!(server.wake_at(), None);
}

#[test]
fn dump_arrives_whole_at_a_client_that_reads_slowly() {
    let server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let port_id = server.port_id();
    // The last request is the sign that the dump was read: until then the server receives.
    let serving = serve(server, 2);
    let mut conn = connect(port_id, LONG);
    within(LONG, || {
        let mut things = conn.dump(&Thing { number: 0 }).unwrap();
        for number in 0..OBJECTS {
            if number % 10_000 == 0 {
                thread::sleep(Duration::from_millis(10));
            }
            assert_eq!(things.next::<Thing>().unwrap(), Some(Thing { number }));
        }
        assert!(things.next::<Thing>().unwrap().is_none());
        drop(things);
        conn.request(&Thing { number: 1 }).unwrap();
    });
    serving.join().unwrap();
}

#[test]
fn server_that_ends_sends_what_its_client_reads() {
    let server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let mut conn = connect(server.port_id(), LONG);
    let serving = serve(server, 1);
    let mut things = conn.dump(&Thing { number: 0 }).unwrap();
    let mut count = 0;
    while things.next::<Thing>().unwrap().is_some() {
        count += 1;
        if count % (OBJECTS / 40) == 0 {
            // All of them are longer than the server waits for a client that does not read.
            thread::sleep(Duration::from_millis(150));
        }
    }
    assert_eq!(count, OBJECTS);
    serving.join().unwrap();
}

/// An object that is almost as long as one can be.
#[derive(NlMessage, Debug)]
#[nl(ty = 101)]
struct Long<'a> {
    #[nl(attr = 1)]
    number: u32,
    #[nl(attr = 2)]
    bytes: &'a [u8],
}

#[test]
fn answer_that_is_written_faster_than_it_is_read_arrives_whole() {
    // More than a server keeps.
    const ANSWERS: u32 = 2000;
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let mut conn = connect(server.port_id(), LONG);
    let (much_waits, begins) = std::sync::mpsc::channel();
    let serving = thread::spawn(move || {
        let request = server.recv_deadline(Instant::now() + LONG).unwrap();
        for number in 0..ANSWERS {
            request.reply(&Long { number, bytes: &[0; 60 << 10] }).unwrap();
            if number == ANSWERS / 3 {
                much_waits.send(()).unwrap();
            }
        }
        request.ack().unwrap();
    });
    let mut answers = conn.get_until_ack(&Thing { number: 0 }, Flags::empty()).unwrap();
    begins.recv().unwrap();
    for number in 0..ANSWERS {
        thread::sleep(Duration::from_micros(100));
        let answer = answers.next::<Long>().unwrap().unwrap();
        assert_eq!((answer.number, answer.bytes.len()), (number, 60 << 10));
    }
    assert!(answers.next_message().unwrap().is_none());
    drop(answers);
    serving.join().unwrap();
}

#[test]
fn answer_to_a_client_that_has_gone_is_no_error() {
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    flood(&open(), server.port_id(), Header::request().flags(Flags::ACK), 1);
    let request = server.recv().unwrap();
    request.reply(&Thing { number: 1 }).unwrap();
    request.ack().unwrap();
    request.dump(&[Thing { number: 1 }], Flags::empty()).unwrap();
}

/// A datagram of messages that are no requests, each of which asks for an acknowledgement or not.
fn no_requests(count: usize, flags: Flags) -> Vec<u8> {
    let mut one = [0; 16];
    let mut w = Writer::new(&mut one);
    w.message(MessageType(1).into(), Header::new().flags(flags), |_| Ok(())).unwrap();
    w.as_bytes().repeat(count)
}

#[test]
fn deadline_of_a_server_holds_while_acknowledgements_are_not_read() {
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let stalled = open();
    stalled.send_to(&no_requests(2000, Flags::ACK), Address::port(server.port_id())).unwrap();
    let received = within(LONG, || server.recv_deadline(Instant::now() + SHORT).map(drop));
    assert!(matches!(received, Err(RecvError::Timeout)), "{received:?}");
}

/// Calls while a thread sends without a pause what is no answer, request or event.
fn amid_noise<R>(port_id: u32, call: impl FnOnce() -> R) -> R {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let (noisy, noise) = (open(), no_requests(1, Flags::empty()));
                noisy.as_sys().set_nonblocking(true).unwrap();
                while !is_over.load(Ordering::SeqCst) {
                    let _ = noisy.send_to(&noise, Address::port(port_id));
                }
            });
        }
        let result = within(LONG, call);
        is_over.store(true, Ordering::SeqCst);
        result
    })
}

#[test]
fn deadlines_hold_while_others_send_without_a_pause() {
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let received = amid_noise(server.port_id(), || server.recv_deadline(Instant::now() + SHORT).map(drop));
    assert!(matches!(received, Err(RecvError::Timeout)), "{received:?}");
    let silent = open();
    let mut conn = connect(silent.port_id(), SHORT);
    let port_id = conn.transport().port_id();
    let answered = amid_noise(port_id, || conn.request(&Thing { number: 1 }).map(drop));
    assert!(matches!(answered, Err(RequestError::Timeout)), "{answered:?}");
    let answered = amid_noise(port_id, || {
        let mut batch = conn.batch();
        batch.push(&Thing { number: 1 }, Flags::empty()).unwrap();
        batch.finish().map(<[_]>::len)
    });
    assert!(matches!(answered, Ok(1)), "{answered:?}");
    let event = amid_noise(port_id, || conn.event_deadline(Instant::now() + SHORT).map(drop));
    assert!(matches!(event, Err(RequestError::Timeout)), "{event:?}");
}

#[test]
fn timeout_limits_how_long_a_request_waits_to_be_sent() {
    let receiver = stuffed();
    let mut conn = connect(receiver.port_id(), SHORT);
    within(LONG, || {
        let began = Instant::now();
        let asked = Thing { number: 1 };
        assert!(matches!(conn.request(&asked), Err(RequestError::Timeout)));
        assert!(began.elapsed() >= SHORT);
        assert!(matches!(conn.get::<Thing>(&asked), Err(RequestError::Timeout)));
        assert!(matches!(conn.dump(&asked), Err(RequestError::Timeout)));
        assert!(matches!(conn.get_until_ack(&asked, Flags::empty()), Err(RequestError::Timeout)));
        let mut transaction = conn.transaction(&asked, &asked).unwrap();
        transaction.push(&asked, Flags::empty()).unwrap();
        assert!(matches!(transaction.commit(), Err(RequestError::Timeout)));
    });
}

#[test]
fn request_is_sent_once_its_server_reads() {
    let receiver = stuffed();
    let mut conn = connect(receiver.port_id(), SHORT);
    let mut batch = conn.batch();
    batch.push(&Thing { number: 1 }, Flags::empty()).unwrap();
    assert!(matches!(within(LONG, || batch.finish().map(drop)), Err(RequestError::Timeout)));
    assert_eq!((batch.results().len(), batch.unanswered()), (0, 1), "it is still to be sent");
    let serving = thread::spawn(move || {
        thread::sleep(SHORT / 3);
        let mut server = Server::new(receiver);
        loop {
            let request = server.recv_deadline(Instant::now() + LONG).unwrap();
            if request.parse::<Thing>().is_ok() {
                return request.ack().unwrap();
            }
        }
    });
    let results = loop {
        match batch.finish() {
            Err(RequestError::Timeout) => {}
            finished => break finished.unwrap(),
        }
    };
    assert!(matches!(results, [_]), "{results:?}");
    serving.join().unwrap();
}
