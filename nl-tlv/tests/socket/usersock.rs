//! A server of our own. Sequence numbers count, so that its answers can lie in the queue before the request is made: no
//! threads, no waiting.

use nl_tlv::control::{Errno, ExtAck, emit_ack, emit_done, emit_whole_refusal};
use nl_tlv::exchange::{Exchange, Expect, Verdict};
use nl_tlv::socket::{Address, Connection, Protocol, RecvError, RequestError, Socket};
use nl_tlv::{Error, Flags, Header, Message, MessageType, Messages, NewFlags, NlMessage, Writer};
use std::ops::Range;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A request, an object and an event alike.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 100)]
struct Thing<'a> {
    #[nl(attr = 1)]
    number: u32,
    #[nl(attr = 2)]
    text: Option<&'a [u8]>,
}

/// A reply in the manner of greet: the type that ends dumps elsewhere, with a text that is no errno.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 3)]
struct Done256 {
    #[nl(payload)]
    text: [u8; 256],
}

const EVENT: MessageType = MessageType(101);

fn thing(number: u32) -> Thing<'static> {
    Thing { number, text: None }
}

fn open() -> Socket {
    Socket::open(Protocol::USERSOCK).unwrap()
}

/// A server that answers one client.
struct Server {
    socket: Socket,
    client: u32,
    /// The sequence number before the one that is 1 here.
    base: u32,
}

impl Server {
    /// Sends one datagram to the client: `fill` writes it, as answers to the request with this sequence number, counted
    /// from 1; events have 0.
    fn answer(
        &self,
        seq: u32,
        fill: impl FnOnce(&mut Writer<'_>, &Message<'_>, Header) -> Result<(), Error>,
    ) {
        let (mut request, mut buf) = ([0; 64], [0; 16 * 1024]);
        let seq = if seq == 0 { 0 } else { self.base.wrapping_add(seq) };
        let header = Header::new().seq(seq).port_id(self.client);
        let request = thing(0).emit(&mut request, header.flags(Flags::REQUEST)).unwrap();
        let request = Messages::new(request).next().unwrap().unwrap();
        let mut w = Writer::new(&mut buf);
        fill(&mut w, &request, header).unwrap();
        self.socket.send_to(w.as_bytes(), Address::port(self.client)).unwrap();
    }

    fn ack(&self, seq: u32) {
        self.answer(seq, |w, request, _| emit_ack(w, request, self.client, &ExtAck::NONE));
    }

    fn refuse(&self, seq: u32, errno: Errno, why: &ExtAck<'_>) {
        self.answer(seq, |w, request, _| emit_whole_refusal(w, request, self.client, errno, why));
    }

    /// One object per number, in one datagram.
    fn objects(&self, seq: u32, mut numbers: Range<u32>, flags: Flags) {
        self.answer(seq, |w, _, header| {
            let header = header.flags(flags | Flags::MULTI);
            numbers.try_for_each(|number| thing(number).emit_into(w, header))
        });
    }

    fn done(&self, seq: u32, errno: Option<Errno>, flags: Flags) {
        self.answer(seq, |w, request, _| emit_done(w, request, self.client, errno, flags, &ExtAck::NONE));
    }
}

/// A server, and a connection to it that does not wait long.
fn pair() -> (Server, Connection) {
    let socket = open();
    let mut conn = Connection::open_to(Protocol::USERSOCK, socket.port_id()).unwrap();
    conn.set_timeout(Some(Duration::ZERO));
    assert!(matches!(conn.request(&thing(0)), Err(RequestError::Timeout)));
    let base = first(socket.recv(&mut [0; 64]).unwrap().0).seq();
    conn.set_timeout(Some(Duration::from_millis(20)));
    (Server { socket, client: conn.transport().port_id(), base }, conn)
}

fn first(datagram: &[u8]) -> Message<'_> {
    Messages::new(datagram).next().unwrap().unwrap()
}

#[test]
fn datagram_that_does_not_fit_is_lost_and_says_how_long_it_was() {
    let [server, client] = [open(), open()];
    client.send_to(&[1; 100], Address::port(server.port_id())).unwrap();
    client.send_to(&[2; 10], Address::port(server.port_id())).unwrap();
    let mut buffer = [0; 99];
    assert!(matches!(server.recv(&mut buffer), Err(RecvError::Truncated { needed: 100, .. })));
    let received = server.recv(&mut buffer).unwrap();
    assert_eq!(received, (&[2; 10][..], Address::port(client.port_id())));
}

#[test]
fn nothing_to_receive_is_a_timeout() {
    let socket = open();
    assert!(matches!(socket.try_recv(&mut [0; 16]), Err(RecvError::Timeout)));
    let begin = Instant::now();
    let waited = socket.recv_deadline(&mut [0; 16], Instant::now() + Duration::from_millis(20)).map(|_| ());
    assert!(matches!(waited, Err(RecvError::Timeout)) && begin.elapsed() >= Duration::from_millis(20));
    socket.set_timeout(Some(Duration::from_millis(1)));
    assert!(matches!(socket.recv(&mut [0; 16]), Err(RecvError::Timeout)));
}

#[test]
fn port_id_can_be_chosen_and_is_one_sockets_own() {
    let port_id = 0x4000_0000 | std::process::id();
    let socket = Socket::open_at(Protocol::USERSOCK, port_id).unwrap();
    assert_eq!(socket.port_id(), port_id);
    let err = Socket::open_at(Protocol::USERSOCK, port_id).unwrap_err();
    assert_eq!(err.kind(), std::io::ErrorKind::AddrInUse);
    assert!(err.to_string().ends_with(" is taken: is a server running already?"), "{err}");
}

#[test]
fn protocol_that_nobody_speaks_cannot_be_opened() {
    let err = Connection::open(Protocol::new(40)).unwrap_err();
    assert!(err.to_string().starts_with("Protocol not supported"), "{err}");
}

#[test]
fn request_has_its_flags_and_number_and_returns_what_the_ack_says() {
    let (server, mut conn) = pair();
    let cookie = ExtAck { cookie: Some(b"12345678"), message: Some("deprecated"), ..ExtAck::NONE };
    server.answer(1, |w, request, _| emit_ack(w, request, request.port_id(), &cookie));
    let said = conn.request_with(&thing(9), NewFlags::CREATE | Flags::ECHO).unwrap();
    assert_eq!(said, cookie);
    let mut buffer = [0; 512];
    let sent = first(server.socket.recv(&mut buffer).unwrap().0);
    assert_eq!(sent.flags(), Flags::REQUEST | Flags::ACK | NewFlags::CREATE | Flags::ECHO);
    assert_eq!((sent.seq(), Thing::parse(&sent)), (server.base.wrapping_add(1), Ok(thing(9))));
}

#[test]
fn request_longer_than_the_buffer_is_sent_whole() {
    let (server, mut conn) = pair();
    let text = [7; 20_000];
    server.ack(1);
    conn.request(&Thing { number: 1, text: Some(&text) }).unwrap();
    let mut buffer = [0; 32 * 1024];
    let sent = first(server.socket.recv(&mut buffer).unwrap().0);
    assert_eq!(Thing::parse(&sent).unwrap().text, Some(&text[..]));
    let err = conn.request(&Thing { number: 1, text: Some(&[0; 70_000]) }).unwrap_err();
    assert!(err.to_string().starts_with("request: Thing.text: payload of 70000 bytes"), "{err}");
    server.ack(3);
    conn.request(&thing(1)).unwrap();
}

#[test]
fn refusal_outlives_the_connection_and_has_the_path() {
    let (server, mut conn) = pair();
    let why = ExtAck { message: Some("too many"), offset: Some(16), ..ExtAck::NONE };
    server.refuse(1, Errno::ENOSPC, &why);
    let err = conn.request(&thing(1)).unwrap_err();
    drop(conn);
    assert_eq!(
        err.to_string(),
        "refused: no space or quota left (ENOSPC, error code -28) at Thing.number: too many"
    );
}

#[test]
fn refusal_with_a_code_of_its_own_shows_the_number() {
    let (server, mut conn) = pair();
    server.refuse(1, Errno::new(-1000).unwrap(), &ExtAck::NONE);
    let err = conn.request(&thing(1)).unwrap_err();
    assert_eq!(err.to_string(), "refused: error code -1000");
}

#[test]
fn answer_that_comes_too_late_is_not_the_next_ones() {
    let (server, mut conn) = pair();
    assert!(matches!(conn.request(&thing(1)), Err(RequestError::Timeout)));
    server.ack(1);
    assert!(matches!(conn.request(&thing(2)), Err(RequestError::Timeout)));
    server.answer(2, |w, _, header| thing(2).emit_into(w, header));
    server.answer(3, |w, _, header| thing(3).emit_into(w, header));
    assert_eq!(conn.get::<Thing<'_>>(&thing(0)).unwrap().number, 3);
}

#[test]
fn further_replies_are_dropped_and_events_of_others_are_not() {
    let server = open();
    let mut conn = Connection::open_to(Protocol::USERSOCK, server.port_id()).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut buffer = [0; 512];
            let (request, sender) = server.recv(&mut buffer).unwrap();
            let client = sender.port_id;
            let base = first(request).seq().wrapping_sub(1);
            let server = Server { socket: server, client, base };
            server.objects(1, 1..3, Flags::empty());
            server.answer(1, |w, _, header| thing(3).emit_into(w, header));
            server.answer(1, |w, _, header| thing(77).emit_into(w, header.port_id(client ^ 1)));
        });
        assert_eq!(conn.get::<Thing<'_>>(&thing(0)).unwrap().number, 1);
        let event = conn.event_deadline(Instant::now() + Duration::from_secs(20)).unwrap();
        assert_eq!(Thing::parse(&event), Ok(thing(77)));
    });
}

#[test]
fn answers_that_never_come_do_not_use_up_the_connection() {
    let (server, mut conn) = pair();
    conn.set_timeout(Some(Duration::from_millis(1)));
    for _ in 0..20 {
        assert!(matches!(conn.request(&thing(1)), Err(RequestError::Timeout)));
    }
    for seq in 21..41 {
        server.answer(seq, |w, _, header| thing(seq).emit_into(w, header));
        // The acknowledgement behind the reply never comes.
        assert_eq!(conn.get_with::<Thing<'_>>(&thing(0), Flags::ACK).unwrap().number, seq);
    }
}

#[test]
fn answer_of_another_sender_is_skipped() {
    let (server, mut conn) = pair();
    let other = Server { socket: open(), ..server };
    other.ack(1);
    assert!(matches!(conn.request(&thing(1)), Err(RequestError::Timeout)));
    other.ack(2);
    server.ack(2);
    conn.request(&thing(1)).unwrap();
}

#[test]
fn raw_reply_is_not_read_as_an_error_number() {
    let (server, mut conn) = pair();
    let reply = Done256 { text: [b'x'; 256] };
    let event = |w: &mut Writer<'_>, header| w.message(EVENT.into(), header, |w| w.bytes(b"padded"));
    server.answer(1, |w, _, header| {
        event(w, header)?;
        reply.emit_into(w, header.port_id(0))
    });
    assert_eq!(conn.get_of_type::<Done256>(&thing(1), MessageType(3), Flags::ACK).unwrap(), reply);
    let mut buffer = [0; 512];
    let sent = first(server.socket.recv(&mut buffer).unwrap().0);
    assert_eq!(sent.flags(), Flags::ACK, "as asked for, without the request flag");
    assert!(conn.event().unwrap().ty() == EVENT);
}

#[test]
fn dump_goes_over_several_datagrams_and_keeps_events() {
    let (server, mut conn) = pair();
    server.objects(1, 0..100, Flags::empty());
    server.answer(0, |w, _, header| thing(77).emit_into(w, header));
    server.objects(1, 100..150, Flags::DUMP_FILTERED);
    server.done(1, None, Flags::DUMP_FILTERED);
    let mut things = conn.dump(&thing(0)).unwrap();
    let mut numbers = Vec::new();
    while let Some(thing) = things.next::<Thing<'_>>().unwrap() {
        numbers.push(thing.number);
    }
    assert_eq!(numbers, (0..150).collect::<Vec<_>>());
    assert!(things.is_filtered());
    drop(things);
    assert!(Thing::parse(&conn.event().unwrap()) == Ok(thing(77)));
}

#[test]
fn interrupted_dump_says_so_behind_its_last_object() {
    let (server, mut conn) = pair();
    server.objects(1, 0..1, Flags::DUMP_INTR);
    server.objects(1, 1..2, Flags::empty());
    server.done(1, None, Flags::empty());
    let mut things = conn.dump(&thing(0)).unwrap();
    assert_eq!(things.next::<Thing<'_>>().unwrap().unwrap().number, 0);
    assert_eq!(things.next::<Thing<'_>>().unwrap().unwrap().number, 1);
    assert!(matches!(things.next::<Thing<'_>>(), Err(RequestError::Interrupted)));
    assert!(things.next::<Thing<'_>>().unwrap().is_none());
}

#[test]
fn dump_that_fails_half_way_is_an_error() {
    let (server, mut conn) = pair();
    server.objects(1, 0..1, Flags::empty());
    server.done(1, Some(Errno::EIO), Flags::empty());
    let mut things = conn.dump(&thing(0)).unwrap();
    assert!(things.next_message().unwrap().is_some());
    let err = things.next_message().unwrap_err();
    assert_eq!(err.refusal().unwrap().errno(), Errno::EIO);
    assert!(things.next_message().unwrap().is_none());
}

#[test]
fn dump_that_is_dropped_reads_what_is_there() {
    let (server, mut conn) = pair();
    for at in 0..10 {
        server.objects(1, at..at + 2, Flags::empty());
    }
    server.done(1, None, Flags::empty());
    let mut things = conn.dump(&thing(0)).unwrap();
    assert!(things.next_message().unwrap().is_some());
    drop(things);
    assert!(matches!(conn.transport().try_recv(&mut [0; 16]), Err(RecvError::Timeout)), "nothing is left");
}

#[test]
fn rest_of_a_dropped_dump_is_nobodys() {
    let (server, mut conn) = pair();
    // More than a drop reads, and the end comes only after the next request was answered.
    for at in 0..100 {
        server.objects(1, at..at + 2, Flags::empty());
    }
    let mut things = conn.dump(&thing(0)).unwrap();
    assert!(things.next_message().unwrap().is_some());
    drop(things);
    server.ack(2);
    conn.request(&thing(1)).unwrap();
    server.done(1, None, Flags::empty());
    let mut things = conn.dump(&thing(0)).unwrap();
    server.objects(3, 500..501, Flags::empty());
    server.done(3, None, Flags::empty());
    assert_eq!(things.next::<Thing<'_>>().unwrap().unwrap().number, 500);
    assert!(things.next::<Thing<'_>>().unwrap().is_none());
    drop(things);
    assert!(matches!(conn.event_deadline(Instant::now()), Err(RequestError::Timeout)));
}

#[test]
fn dump_whose_end_was_lost_does_not_block_the_next_for_ever() {
    let (server, mut conn) = pair();
    assert!(matches!(conn.dump(&thing(0)).unwrap().next_message(), Err(RequestError::Timeout)));
    let mut things = conn.dump(&thing(0)).unwrap();
    server.objects(1, 4..5, Flags::empty());
    server.objects(2, 5..6, Flags::empty());
    server.done(2, None, Flags::empty());
    assert_eq!(things.next::<Thing<'_>>().unwrap().unwrap().number, 5);
    assert!(things.next::<Thing<'_>>().unwrap().is_none());
}

#[test]
fn answer_of_sixty_thousand_bytes_is_read_at_once() {
    let (server, mut conn) = pair();
    let long = vec![7; 60_000];
    let mut buf = vec![0; 64 * 1024];
    let port_id = conn.transport().port_id();
    let header = Header::new().seq(server.base.wrapping_add(1)).port_id(port_id);
    let bytes = Thing { number: 1, text: Some(&long) }.emit(&mut buf, header).unwrap();
    server.socket.send_to(bytes, Address::port(port_id)).unwrap();
    assert_eq!(conn.get::<Thing<'_>>(&thing(0)).unwrap().text.map(<[u8]>::len), Some(60_000));
}

#[test]
fn damaged_answer_is_an_error_and_the_connection_goes_on() {
    let (server, mut conn) = pair();
    server.socket.send_to(&[0xff; 40], Address::port(conn.transport().port_id())).unwrap();
    assert!(matches!(conn.request(&thing(1)), Err(RequestError::Damaged(_))));
    server.ack(2);
    conn.request(&thing(1)).unwrap();
}

#[test]
fn acknowledgement_where_a_reply_was_expected_is_told() {
    let (server, mut conn) = pair();
    server.ack(1);
    assert!(matches!(conn.get_with::<Thing<'_>>(&thing(1), Flags::ACK), Err(RequestError::NoReply)));
}

#[test]
fn two_threads_share_a_socket_and_an_exchange() {
    let (server, client) = (open(), open());
    client.set_timeout(Some(Duration::from_secs(10)));
    let (port_id, peer) = (client.port_id(), server.port_id());
    let (exchange, count) = (Mutex::new(Exchange::new(port_id, peer)), 50);
    let seen = std::thread::scope(|scope| {
        let receiving = scope.spawn(|| {
            let mut buffer = [0; 512];
            let mut reply = |_| {
                let (mut datagram, sender) = client.recv(&mut buffer).unwrap();
                let message = first(datagram);
                let verdict = exchange.lock().unwrap().judge(&mut datagram, sender);
                let Some((Verdict::Reply { seq, is_last: true }, _)) = verdict else { panic!("{verdict:?}") };
                (seq, Thing::parse(&message).unwrap().number)
            };
            (0..count).map(&mut reply).collect::<Vec<_>>()
        });
        scope.spawn(|| {
            let (mut buffer, mut reply) = ([0; 512], [0; 512]);
            for _ in 0..count {
                let request = first(server.recv(&mut buffer).unwrap().0);
                let header = Header::new().seq(request.seq()).port_id(port_id);
                let number = Thing::parse(&request).unwrap().number;
                let bytes = thing(number * 2).emit(&mut reply, header).unwrap();
                server.send_to(bytes, Address::port(port_id)).unwrap();
            }
        });
        let mut buffer = [0; 512];
        let mut send = |number| {
            let header = next_header(&exchange);
            client.send_to(thing(number).emit(&mut buffer, header).unwrap(), Address::port(peer)).unwrap();
            header.seq
        };
        let seqs: Vec<_> = (0..count).map(&mut send).collect();
        (seqs, receiving.join().unwrap())
    });
    let expected: Vec<_> = seen.0.iter().zip(0..).map(|(&seq, number)| (seq, number * 2)).collect();
    assert_eq!(seen.1, expected);
}

/// The header of the next request. The slots are fewer than the requests: the other thread has to keep up.
fn next_header(exchange: &Mutex<Exchange>) -> Header {
    loop {
        if let Some(header) = exchange.lock().unwrap().request(Expect::OneReply, Header::new()) {
            return header;
        }
        std::thread::yield_now();
    }
}
