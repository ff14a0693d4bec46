//! Peers that lie, send without a pause, or never come to an end: calls end in their time, and the connection goes on.

use nl_tlv::socket::{Address, Connection, Protocol, RecvError, RequestError, Server, Socket};
use nl_tlv::{Flags, Header, Message, MessageType, Messages, NlMessage, Writer};
use nl_tlv_testing::network::Network;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 100, deleted = 101)]
struct Thing {
    #[nl(attr = 1, key)]
    number: u32,
}

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(100);

/// A process that receives, and answers each request as it likes.
struct Liar {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    port_id: u32,
}

/// What it answers a request with: what it writes is one datagram.
struct Answering<'a> {
    socket: &'a Socket,
    request: Message<'a>,
    client: u32,
    is_over: &'a AtomicBool,
}

impl Answering<'_> {
    fn header(&self) -> Header {
        Header::new().seq(self.request.seq()).port_id(self.client)
    }

    fn send(&self, bytes: &[u8]) {
        while let Err(err) = self.socket.send_to(bytes, Address::port(self.client)) {
            if err.kind() != std::io::ErrorKind::WouldBlock || self.is_over.load(Ordering::Relaxed) {
                return;
            }
            thread::sleep(Duration::from_micros(50));
        }
    }

    fn thing(&self, number: u32, header: Header) {
        self.send(Thing { number }.emit(&mut [0; 64], header).unwrap());
    }

    fn control(&self, ty: MessageType, payload: &[u8]) {
        let mut buf = [0; 256];
        let mut w = Writer::new(&mut buf);
        w.message(ty.into(), self.header(), |w| w.bytes(payload)).unwrap();
        self.send(w.as_bytes());
    }

    /// The same datagram for ever.
    fn endless(&self, mut send: impl FnMut()) {
        while !self.is_over.load(Ordering::Relaxed) {
            send();
        }
    }
}

impl Liar {
    fn new(answer: impl Fn(&Answering<'_>) + Send + 'static) -> Self {
        let socket = Socket::open(Protocol::USERSOCK).unwrap();
        socket.as_sys().set_nonblocking(true).unwrap();
        let (port_id, is_over) = (socket.port_id(), Arc::new(AtomicBool::new(false)));
        let until = Arc::clone(&is_over);
        let thread = thread::spawn(move || {
            let mut buffer = vec![0; 64 << 10];
            while !until.load(Ordering::Relaxed) {
                let Ok((datagram, sender)) = socket.try_recv(&mut buffer) else {
                    thread::sleep(Duration::from_micros(100));
                    continue;
                };
                for request in Messages::new(datagram).map_while(Result::ok) {
                    let client = sender.port_id;
                    answer(&Answering { socket: &socket, request, client, is_over: &until });
                }
            }
        });
        Self { is_over, thread: Some(thread), port_id }
    }

    fn connect(&self) -> Connection {
        let mut conn = Connection::open_to(Protocol::USERSOCK, self.port_id).unwrap();
        conn.set_timeout(Some(SHORT));
        conn
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(thread::panicking() || matches!(ended, Some(Ok(()))));
    }
}

/// Ends the test binary if a call waits for ever.
fn in_time<R>(call: impl FnOnce() -> R) -> R {
    let done = Arc::new(AtomicBool::new(false));
    let is_done = Arc::clone(&done);
    thread::spawn(move || {
        thread::sleep(LONG);
        if !is_done.load(Ordering::SeqCst) {
            eprintln!("a call has not returned");
            std::process::abort();
        }
    });
    let result = call();
    done.store(true, Ordering::SeqCst);
    result
}

#[test]
fn dump_that_never_ends_and_was_dropped_does_not_hold_up_the_next_one() {
    let liar = Liar::new(|asked| asked.endless(|| asked.thing(1, asked.header().flags(Flags::MULTI))));
    let mut conn = liar.connect();
    in_time(|| {
        let mut dump = conn.dump(&Thing { number: 0 }).unwrap();
        assert_eq!(dump.next::<Thing>().unwrap(), Some(Thing { number: 1 }));
        drop(dump);
        let began = Instant::now();
        drop(conn.dump(&Thing { number: 0 }));
        assert!(began.elapsed() < LONG / 4, "{:?}", began.elapsed());
    });
}

/// Sends one object of each dump, and then nothing.
fn stalling() -> Liar {
    Liar::new(|asked| asked.thing(1, asked.header().flags(Flags::MULTI)))
}

/// How long a connection waits here for what does not come; its caller has less time.
const PATIENT: Duration = Duration::from_secs(3);

#[test]
fn dump_that_has_stalled_is_not_waited_for_by_what_comes_after_it() {
    let liar = stalling();
    let mut conn = liar.connect();
    conn.set_timeout(Some(PATIENT));
    in_time(|| {
        let mut dump = conn.dump(&Thing { number: 0 }).unwrap();
        assert!(dump.next::<Thing>().unwrap().is_some());
        drop(dump);
        let began = Instant::now();
        let mut dump = conn.dump(&Thing { number: 0 }).unwrap();
        assert!(dump.next::<Thing>().unwrap().is_some());
        drop(dump);
        conn.batch().push(&Thing { number: 1 }, Flags::empty()).unwrap();
        let mut watch = conn.watch::<Thing>(&Thing { number: 0 }).unwrap();
        let changed = watch.change_deadline(Instant::now() + SHORT).map(drop);
        assert!(matches!(changed, Err(RequestError::Timeout)), "{changed:?}");
        assert!(began.elapsed() < PATIENT, "{:?}", began.elapsed());
        let stalled = watch.change().map(drop);
        assert!(matches!(stalled, Err(RequestError::Timeout)), "{stalled:?}");
        let began = Instant::now();
        let changed = watch.change_deadline(began + SHORT).map(drop);
        assert!(matches!(changed, Err(RequestError::Timeout)), "{changed:?}");
        assert!(began.elapsed() < PATIENT, "{:?}", began.elapsed());
    });
}

#[cfg(feature = "tokio")]
#[test]
fn dump_of_a_watch_that_has_stalled_holds_up_no_other_task() {
    let liar = stalling();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    in_time(|| {
        runtime.block_on(async {
            let conn = nl_tlv::socket::tokio::Connection::open_to(Protocol::USERSOCK, liar.port_id);
            let mut conn = conn.unwrap();
            conn.set_timeout(Some(PATIENT));
            let mut watch = conn.watch::<Thing>(&Thing { number: 0 }).unwrap();
            assert!(matches!(watch.change().await, Err(RequestError::Timeout)));
            let began = Instant::now();
            assert!(matches!(watch.change_deadline(began + SHORT).await, Err(RequestError::Timeout)));
            assert!(began.elapsed() < PATIENT, "{:?}", began.elapsed());
        });
    });
}

#[test]
fn replies_that_say_that_more_follow_do_not_fill_a_connection() {
    let liar = stalling();
    let mut conn = liar.connect();
    conn.set_timeout(Some(PATIENT));
    for _ in 0..30 {
        assert_eq!(conn.get::<Thing>(&Thing { number: 1 }).unwrap().number, 1);
    }
    let mut dump = conn.dump(&Thing { number: 0 }).unwrap();
    assert!(dump.next::<Thing>().unwrap().is_some());
}

#[test]
fn watch_of_a_server_that_sends_events_and_no_dump_says_so_in_time() {
    let liar = Liar::new(|asked| asked.endless(|| asked.thing(1, Header::new())));
    in_time(|| {
        let mut watch = liar.connect().watch::<Thing>(&Thing { number: 0 }).unwrap();
        let err = watch.change().unwrap_err();
        assert!(matches!(err, RequestError::Timeout), "{err}");
    });
}

#[test]
fn watch_gets_its_first_dump_amid_events_without_a_pause() {
    let liar = Liar::new(|asked| {
        let mut number = 1000;
        let mut events = |times| {
            for _ in 0..times {
                number += 1;
                asked.thing(number % 2000, Header::new());
            }
        };
        events(2000);
        asked.thing(5, asked.header().flags(Flags::MULTI));
        events(2000);
        asked.control(MessageType::DONE, &[0; 4]);
        asked.endless(|| events(100));
    });
    in_time(|| {
        let mut conn = liar.connect();
        conn.set_timeout(Some(LONG / 4));
        let mut watch = conn.watch::<Thing>(&Thing { number: 0 }).unwrap();
        let mut is_dumped = false;
        while !is_dumped {
            let until = Instant::now() + SHORT;
            let began = Instant::now();
            let change = watch.change_deadline(until).map(drop);
            assert!(change.is_ok() || matches!(change, Err(RequestError::Timeout)), "{change:?}");
            assert!(began.elapsed() < LONG / 4, "the deadline holds: {:?}", began.elapsed());
            is_dumped = watch.dumps() > 0 && watch.objects().any(|thing| thing.number == 5);
        }
    });
}

#[test]
fn watch_that_is_only_polled_gets_there() {
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let mut conn = Connection::open_to(Protocol::USERSOCK, server.port_id()).unwrap();
    conn.set_timeout(Some(LONG));
    let serving = thread::spawn(move || {
        let request = server.recv_deadline(Instant::now() + LONG).unwrap();
        request.dump(&[Thing { number: 1 }, Thing { number: 2 }], Flags::empty()).unwrap();
    });
    let mut watch = conn.watch::<Thing>(&Thing { number: 0 }).unwrap();
    let until = Instant::now() + LONG / 2;
    while watch.len() < 2 {
        let _ = watch.change_deadline(Instant::now());
        assert!(Instant::now() < until, "it never gets its dump");
    }
    serving.join().unwrap();
}

#[test]
fn watch_whose_connection_is_used_amid_a_dump_misses_nothing() {
    let dumped = Arc::new(AtomicBool::new(false));
    let is_whole = Arc::clone(&dumped);
    // The first dump stops amid, and goes on before the answer to the request that comes then.
    let liar = Liar::new(move |asked| {
        let first = asked.request.seq().wrapping_sub(1);
        let part = |seq: u32, numbers: std::ops::Range<u32>| {
            let header = Header::new().seq(seq).flags(Flags::MULTI);
            numbers.for_each(|number| asked.thing(number, header));
        };
        let seq = asked.request.seq();
        let is_dump = asked.request.flags().contains(nl_tlv::GetFlags::DUMP.into());
        match (is_dump, is_whole.load(Ordering::Relaxed)) {
            (true, false) => part(seq, 0..5),
            (true, true) => {
                part(seq, 0..10);
                asked.control(MessageType::DONE, &[0; 4]);
            }
            (false, _) => {
                is_whole.store(true, Ordering::Relaxed);
                part(first, 5..8);
                asked.thing(77, asked.header());
                part(first, 8..10);
                let mut buf = [0; 64];
                let mut w = Writer::new(&mut buf);
                let done = Header::new().seq(first).flags(Flags::MULTI);
                w.message(MessageType::DONE.into(), done, |w| w.bytes(&[0; 4])).unwrap();
                asked.send(w.as_bytes());
            }
        }
    });
    in_time(|| {
        let mut conn = liar.connect();
        conn.set_timeout(Some(LONG / 4));
        let mut watch = conn.watch::<Thing>(&Thing { number: 0 }).unwrap();
        assert!(matches!(watch.change_deadline(Instant::now() + SHORT), Err(RequestError::Timeout)));
        assert_eq!(watch.connection().get::<Thing>(&Thing { number: 1 }).unwrap().number, 77);
        while watch.is_empty() {
            watch.change().unwrap();
        }
        assert_eq!((watch.len(), watch.dumps()), (10, 2));
    });
}

#[cfg(feature = "tokio")]
#[test]
fn watch_of_a_task_that_is_only_polled_gets_there() {
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let port_id = server.port_id();
    let serving = thread::spawn(move || {
        let request = server.recv_deadline(Instant::now() + LONG).unwrap();
        request.dump(&[Thing { number: 1 }, Thing { number: 2 }], Flags::empty()).unwrap();
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let conn = nl_tlv::socket::tokio::Connection::open_to(Protocol::USERSOCK, port_id).unwrap();
        let mut watch = conn.watch::<Thing>(&Thing { number: 0 }).unwrap();
        let until = Instant::now() + LONG / 2;
        while watch.len() < 2 {
            let _ = watch.change_deadline(Instant::now()).await;
            assert!(Instant::now() < until, "it never gets its dump");
            tokio::task::yield_now().await;
        }
    });
    serving.join().unwrap();
}

#[cfg(feature = "tokio")]
#[test]
fn watch_of_a_task_whose_server_sends_events_and_no_dump_says_so_in_time() {
    let liar = Liar::new(|asked| asked.endless(|| asked.thing(1, Header::new())));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    in_time(|| {
        runtime.block_on(async {
            let conn = nl_tlv::socket::tokio::Connection::open_to(Protocol::USERSOCK, liar.port_id);
            let mut conn = conn.unwrap();
            conn.set_timeout(Some(SHORT));
            let mut watch = conn.watch::<Thing>(&Thing { number: 0 }).unwrap();
            let err = watch.change().await.unwrap_err();
            assert!(matches!(err, RequestError::Timeout), "{err}");
        });
    });
}

#[test]
fn datagram_of_another_that_no_buffer_holds_ends_no_request() {
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let mut conn = Connection::new(network.open(), 0);
    conn.set_timeout(Some(LONG));
    let (other, ours) = (network.open(), nl_tlv::socket::Transport::port_id(conn.transport()));
    conn.transport().set_recv_buffer(16 << 20);
    let serving = thread::spawn(move || {
        let request = server.recv_deadline(Instant::now() + LONG).unwrap();
        nl_tlv::socket::Transport::send_to(&other, &vec![0; 2 << 20], Address::port(ours)).unwrap();
        request.reply(&Thing { number: 7 }).unwrap();
    });
    assert_eq!(conn.get::<Thing>(&Thing { number: 1 }).unwrap().number, 7);
    serving.join().unwrap();
}

#[test]
fn batch_is_waited_for_as_long_as_answers_come() {
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let mut conn = Connection::open_to(Protocol::USERSOCK, server.port_id()).unwrap();
    let serving = thread::spawn(move || {
        for _ in 0..30 {
            let request = server.recv_deadline(Instant::now() + LONG).unwrap();
            thread::sleep(SHORT / 5);
            request.ack().unwrap();
        }
    });
    conn.set_timeout(Some(SHORT * 3));
    let mut batch = conn.batch();
    for number in 0..30 {
        batch.push(&Thing { number }, Flags::empty()).unwrap();
    }
    let results = batch.finish().unwrap();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 30, "30 answers in 600 ms");
    serving.join().unwrap();
}

#[test]
fn late_answer_to_a_connection_that_was_closed_is_not_taken_by_the_next_with_its_port_id() {
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let (peer, port_id) = (server.port_id(), 0x5eed_0001);
    let open = || {
        let mut conn = Connection::new(Socket::open_at(Protocol::USERSOCK, port_id).unwrap(), peer);
        conn.set_timeout(Some(SHORT));
        conn
    };
    // A program that does not get its answer in time, and connects again.
    let ask = |conn: &mut Connection, number| conn.get::<Thing>(&Thing { number }).map(|thing| thing.number);
    assert!(matches!(ask(&mut open(), 1), Err(RequestError::Timeout)));
    let mut conn = open();
    conn.set_timeout(Some(LONG));
    let serving = thread::spawn(move || {
        for _ in 0..2 {
            let request = server.recv_deadline(Instant::now() + LONG).unwrap();
            let asked = request.parse::<Thing>().unwrap();
            request.reply(&asked).unwrap();
        }
    });
    assert_eq!(ask(&mut conn, 2).unwrap(), 2);
    serving.join().unwrap();
}

/// What liars do to a request that is no dump, each once.
const LIES: u32 = 12;

fn lie(asked: &Answering<'_>, number: u32) {
    let header = asked.header();
    match number {
        0 => asked.thing(0, header.seq(header.seq.wrapping_add(1))),
        1 => asked.thing(1, header.port_id(1)),
        2 => asked.control(MessageType::ERROR, &[]),
        3 => asked.control(MessageType::ERROR, &[0xff; 4]),
        4 => asked.control(MessageType::ERROR, &[0x7f; 21]),
        5 => asked.control(MessageType::DONE, &[0xff; 3]),
        6 => asked.control(MessageType::NOOP, &[]),
        7 => asked.send(&[0xff; 16]),
        8 => asked.send(&[]),
        9 => asked.send(&[16, 0, 0, 0, 100, 0, 2, 0]),
        10 => {
            // A reply, then a header that claims more than there is.
            let mut buf = [0; 64];
            let mut bytes = Thing { number: 10 }.emit(&mut buf, header.flags(Flags::MULTI)).unwrap().to_vec();
            bytes.extend([0xf0, 0, 0, 0, 100, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            asked.send(&bytes);
        }
        _ => {
            for _ in 0..3 {
                asked.thing(11, header);
            }
        }
    }
}

/// Answers numbers from 1000 on as they should be, and others with a lie.
fn partly_honest() -> Liar {
    Liar::new(|asked| {
        let number = Thing::parse(&asked.request).map_or(0, |thing| thing.number);
        match number < 1000 {
            true => lie(asked, number),
            false => asked.thing(number, asked.header()),
        }
    })
}

#[test]
fn request_after_a_lie_gets_its_own_answer() {
    let liar = partly_honest();
    let mut conn = liar.connect();
    in_time(|| {
        for number in 0..LIES {
            let lied = conn.get::<Thing>(&Thing { number });
            assert!(lied.is_err() || number >= 10, "{number}: {lied:?}");
            let true_one = conn.get::<Thing>(&Thing { number: 1000 + number }).unwrap();
            assert_eq!(true_one.number, 1000 + number);
        }
    });
}

#[test]
fn dumps_and_batches_of_a_liar_end_and_the_connection_goes_on() {
    let liar = partly_honest();
    let mut conn = liar.connect();
    in_time(|| {
        for number in 0..LIES {
            let mut dump = conn.dump(&Thing { number }).unwrap();
            while let Ok(Some(_)) = dump.next_message() {}
            drop(dump);
            assert_eq!(conn.get::<Thing>(&Thing { number: 1000 }).unwrap().number, 1000);
            let mut batch = conn.batch();
            batch.push(&Thing { number }, Flags::empty()).unwrap();
            assert_eq!(batch.finish().unwrap().len(), 1);
            assert_eq!(conn.get::<Thing>(&Thing { number: 1001 }).unwrap().number, 1001);
            let thing = Thing { number };
            let mut transaction = conn.transaction(&thing, &thing).unwrap();
            transaction.push(&thing, Flags::empty()).unwrap();
            let _ = transaction.commit();
            assert_eq!(conn.get::<Thing>(&Thing { number: 1002 }).unwrap().number, 1002);
        }
    });
}

#[test]
fn server_outlives_clients_that_send_anything() {
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let port_id = server.port_id();
    let serving = thread::spawn(move || {
        loop {
            match server.recv_deadline(Instant::now() + LONG) {
                Ok(request) => match request.parse::<Thing>() {
                    Ok(Thing { number: 0xdead_beef }) => return,
                    Ok(thing) if request.is_dump() => request.dump(&[thing], Flags::empty()).unwrap(),
                    Ok(thing) => request.reply(&thing).unwrap(),
                    Err(err) => request.refuse_unreadable(err).unwrap(),
                },
                Err(RecvError::Timeout) => panic!("nothing came"),
                Err(_) => {}
            }
        }
    });
    let client = Socket::open(Protocol::USERSOCK).unwrap();
    let mut buf = [0; 64];
    let whole = Thing { number: 1 }.emit(&mut buf, Header::request().flags(Flags::ACK)).unwrap().to_vec();
    let send = |bytes: &[u8]| {
        let _ = client.send_to(bytes, Address::port(port_id));
    };
    for at in 0..whole.len() {
        send(&whole[..at]);
        for value in [0, 1, 0x7f, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            send(&bytes);
            send(&[&whole[..], &bytes[..], &whole[..]].concat());
        }
    }
    let mut conn = Connection::open_to(Protocol::USERSOCK, port_id).unwrap();
    conn.set_timeout(Some(LONG));
    assert_eq!(conn.get::<Thing>(&Thing { number: 9 }).unwrap().number, 9);
    let _ = client.send_to(
        Thing { number: 0xdead_beef }.emit(&mut buf, Header::request()).unwrap(),
        Address::port(port_id),
    );
    serving.join().unwrap();
}
