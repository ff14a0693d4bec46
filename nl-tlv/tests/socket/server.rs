//! The peer side, in memory and over `NETLINK_USERSOCK`; and what a conversation makes of faults on the way.

use nl_tlv::control::{Errno, ErrorMessage, ExtAck};
use nl_tlv::schema::locate;
use nl_tlv::socket::{Address, Connection, Protocol, RecvError, Request, RequestError, Server, Transport};
use nl_tlv::value::{Headed, NestedArray};
use nl_tlv::{ErrorKind, Flags, Header, Messages, NlAttrs, NlMessage, Repeat, Writer, nl_struct};
use nl_tlv_testing::network::{Fault, MemorySocket, Network, Sent};
use std::io;
use std::thread;
use std::time::{Duration, Instant};

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 100)]
struct Thing<'a> {
    #[nl(attr = 1, max = 9999)]
    number: u32,
    #[nl(attr = 2)]
    text: Option<&'a [u8]>,
}

/// An event.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 101)]
struct Told {
    #[nl(attr = 1)]
    number: u32,
}

const OBJECTS: u32 = 2000;

fn thing(number: u32) -> Thing<'static> {
    Thing { number, text: None }
}

/// What the server of these tests does: dumps 2000 things, echoes what is even, refuses what is odd.
fn answer<T: Transport>(request: &Request<'_, T>) -> io::Result<()> {
    let asked = match request.parse::<Thing<'_>>() {
        Ok(asked) => asked,
        Err(err) => return request.refuse_unreadable(err),
    };
    if request.is_dump() {
        let things: Vec<_> = (0..OBJECTS).map(thing).collect();
        return request.dump(&things, Flags::empty());
    }
    match asked.number % 2 {
        0 if asked.text.is_some() => {
            (0..3).try_for_each(|at| request.reply(&thing(at))).and_then(|()| request.ack())
        }
        0 => request.reply(&asked).and_then(|()| request.ack()),
        _ => request.refuse(Errno::ENOENT, &ExtAck { message: Some("odd"), ..ExtAck::NONE }),
    }
}

/// A server in a thread, which ends when its network has gone quiet.
fn serve(mut server: Server<impl Transport + Send + 'static>) {
    thread::spawn(move || {
        while let Ok(request) = server.recv_deadline(Instant::now() + Duration::from_secs(20)) {
            // A client that has gone is no reason to stop.
            let _ = answer(&request);
        }
    });
}

/// A connection in memory, to a server that answers, through faults.
fn through(script: impl FnMut(&Sent<'_>) -> Fault + Send + 'static) -> Connection<MemorySocket> {
    let network = Network::new();
    serve(Server::new(network.kernel()));
    let conn = Connection::new(network.open(), 0);
    network.script(script);
    conn
}

/// For answers that will not come.
const SHORT: Option<Duration> = Some(Duration::from_millis(50));
/// For answers that will, on however busy a machine.
const LONG: Option<Duration> = Some(Duration::from_secs(20));

/// The fault for the answer with this number, from 0; none for the others.
fn nth_answer(nth: u32, fault: Fault) -> impl FnMut(&Sent<'_>) -> Fault + Send + 'static {
    let mut seen = 0;
    move |sent| {
        let is_answer = sent.from == 0;
        seen += u32::from(is_answer);
        if is_answer && seen == nth + 1 { fault } else { Fault::None }
    }
}

fn numbers(message: &nl_tlv::socket::Object<'_>) -> Result<Option<u32>, nl_tlv::Error> {
    Thing::parse(message).map(|thing| Some(thing.number))
}

fn converse(conn: &mut Connection<impl Transport>) {
    assert_eq!(conn.get::<Thing<'_>>(&thing(4)).unwrap().number, 4);
    let err = conn.request(&thing(3)).unwrap_err();
    assert_eq!(err.to_string(), "refused: no such object (ENOENT, error code -2): odd");
    conn.request(&thing(2)).unwrap();
    let several = Thing { number: 2, text: Some(b"several") };
    let mut replies = conn.get_until_ack(&several, Flags::empty()).unwrap();
    for number in 0..3 {
        assert_eq!(replies.next::<Thing<'_>>().unwrap().map(|thing| thing.number), Some(number));
    }
    assert!(replies.next_message().unwrap().is_none() && replies.next_message().unwrap().is_none());
    drop(replies);
    drop(conn.get_until_ack(&several, Flags::empty()).unwrap());
    let refused =
        conn.get_until_ack(&thing(3), Flags::empty()).unwrap().next_message().map(drop).unwrap_err();
    assert!(refused.refusal().is_some());
    assert_eq!(conn.collect(&thing(0), numbers).unwrap().0, (0..OBJECTS).collect::<Vec<_>>());
}

#[test]
fn conversation_is_the_same_over_a_socket_and_in_memory() {
    converse(&mut through(|_| Fault::None));
    let server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let mut conn = Connection::open_to(Protocol::USERSOCK, server.port_id()).unwrap();
    serve(server);
    converse(&mut conn);
}

#[test]
fn request_that_cannot_be_read_is_refused_with_its_place() {
    let mut conn = through(|_| Fault::None);
    let err = conn.request(&Told { number: 1 }).unwrap_err();
    assert_eq!(err.refusal().unwrap().errno(), Errno::EOPNOTSUPP);
    // Made longer than its definition allows, on the way.
    #[derive(NlMessage)]
    #[nl(ty = 100)]
    struct Large {
        #[nl(attr = 1)]
        number: Option<u32>,
    }
    let err = conn.request(&Large { number: Some(10_000) }).unwrap_err();
    let refusal = err.refusal().unwrap();
    assert_eq!((refusal.errno(), refusal.path()), (Errno::ERANGE, Some("Large.number")));
    assert_eq!(refusal.message(), Some("10000 is beyond the limit 9999"));
    assert_eq!(refusal.ext_ack().policy.unwrap().to_string(), "u32, at most 9999");
    let err = conn.request(&Large { number: None }).unwrap_err();
    assert_eq!(err.refusal().unwrap().ext_ack().missing_type, Some(1));
}

#[test]
fn mistakes_of_address_are_named() {
    let server = Server::open(Protocol::USERSOCK, 0).unwrap();
    for group in [0, 33] {
        let err = server.notify(group, &thing(1), Header::new()).unwrap_err();
        assert_eq!(err.to_string(), format!("a socket can send to the groups 1 to 32, and not to {group}"));
    }
    let err = Connection::open(Protocol::USERSOCK).unwrap().request(&thing(1)).unwrap_err();
    assert!(err.to_string().contains("`open_to`"), "{err}");
}

#[derive(NlMessage)]
#[nl(ty = 100)]
struct Memory {
    #[nl(attr = 1, max = 0x100_0000_0000)]
    bytes: u64,
}

#[test]
fn a_server_refuses_a_number_beyond_32_bits_with_its_limit() {
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let serving = std::thread::spawn(move || {
        let request = server.recv().unwrap();
        request.refuse_unreadable(request.parse::<Memory>().map(drop).unwrap_err()).unwrap();
    });
    #[derive(NlMessage)]
    #[nl(ty = 100)]
    struct Unlimited {
        #[nl(attr = 1)]
        bytes: u64,
    }
    let err = Connection::new(network.open(), 0).request(&Unlimited { bytes: 1 << 41 }).unwrap_err();
    serving.join().unwrap();
    assert_eq!(err.refusal().unwrap().message(), Some("2199023255552 is beyond the limit 1099511627776"));
}

#[test]
fn echo_is_an_event_for_a_connection_that_has_joined_a_group_and_dropped_for_others() {
    for has_joined in [false, true] {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let mut conn = Connection::new(network.open(), 0);
        if has_joined {
            conn.join(1).unwrap();
        }
        thread::scope(|scope| {
            scope.spawn(move || {
                for _ in 0..2 {
                    let request = server.recv_deadline(Instant::now() + LONG.unwrap()).unwrap();
                    request.reply(&thing(5)).and_then(|()| request.ack()).unwrap();
                }
            });
            conn.request_with(&thing(1), Flags::ECHO).unwrap();
            let mut batch = conn.batch();
            batch.push(&thing(2), Flags::ECHO).unwrap();
            assert!(batch.finish().unwrap()[0].is_ok());
        });
        for _ in 0..2 {
            let event = conn.event_deadline(Instant::now()).map(|event| Thing::parse(&event));
            match has_joined {
                true => assert_eq!(event.unwrap(), Ok(thing(5))),
                false => assert!(matches!(event, Err(RequestError::Timeout)), "{event:?}"),
            }
        }
    }
}

#[test]
fn message_without_the_request_flag_is_acknowledged_and_not_handed_out() {
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let client = network.open();
    let mut buf = [0; 256];
    let mut w = nl_tlv::Writer::new(&mut buf);
    thing(1).emit_into(&mut w, Header::new().seq(1).flags(Flags::ACK)).unwrap();
    thing(2).emit_into(&mut w, Header::new().seq(2)).unwrap();
    thing(3).emit_into(&mut w, Header::request().seq(3)).unwrap();
    client.send_to(w.as_bytes(), Address::KERNEL).unwrap();
    assert_eq!(server.recv_deadline(Instant::now()).unwrap().message().seq(), 3);
    assert!(matches!(server.recv_deadline(Instant::now()), Err(RecvError::Timeout)));
    let mut buffer = [0; 256];
    let (ack, _) = client.receive(&mut buffer, Some(Instant::now())).unwrap();
    assert_eq!(Messages::new(ack).next().unwrap().unwrap().seq(), 1);
    assert!(matches!(client.receive(&mut [0; 256], Some(Instant::now())), Err(RecvError::Timeout)));

    server.take_all();
    client.send_to(w.as_bytes(), Address::KERNEL).unwrap();
    for seq in 1..=3 {
        assert_eq!(server.recv_deadline(Instant::now()).unwrap().message().seq(), seq);
    }
    client.send_to(&[0xff; 32], Address::KERNEL).unwrap();
    assert!(matches!(server.recv_deadline(Instant::now()), Err(RecvError::Timeout)), "damage is skipped");
}

#[nl_struct]
struct Pair {
    first: u8,
    second: u32,
}

#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
struct Hop {
    #[nl(attr = 1)]
    pair: Pair,
    #[nl(attr = 2)]
    weight: Option<u8>,
}

#[derive(NlMessage, Debug, PartialEq)]
#[nl(ty = 102)]
struct Plan<'a> {
    #[nl(fixed_header)]
    pair: Pair,
    #[nl(attr = 1)]
    hops: Repeat<'a, Hop>,
    #[nl(attr = 2)]
    listed: Option<NestedArray<'a, Hop>>,
    #[nl(attr = 3)]
    headed: Option<Headed<Pair, Hop>>,
}

#[test]
fn path_leads_to_the_offset_that_it_was_made_from() {
    let pair = Pair { first: 1, second: 2 };
    let hops = [1, 2, 3].map(|weight| Hop { pair, weight: Some(weight) });
    let plan = Plan {
        pair,
        hops: Repeat::new(&hops),
        listed: Some(NestedArray::new(&hops)),
        headed: Some(Headed { header: pair, contents: hops[0] }),
    };
    let network = Network::new();
    let (mut server, client) = (Server::new(network.kernel()), network.open());
    let mut buffer = [0; 512];
    let bytes = plan.emit(&mut buffer, Header::request()).unwrap();
    client.send_to(bytes, Address::KERNEL).unwrap();
    let request = server.recv_deadline(Instant::now()).unwrap();
    let text = request.place("hops[1].weight").unwrap_err().to_string();
    assert_eq!(text, "the place of `hops[1].weight` is known once the request is parsed");
    assert_eq!(request.parse::<Plan<'_>>().unwrap(), plan);

    let path = |offset| locate(Plan::SCHEMAS[0], bytes, offset).to_string();
    let mut seen = 0;
    for offset in 16..u32::try_from(bytes.len()).unwrap() {
        let path_there = path(offset);
        let Some((_, place)) = path_there.split_once('.') else { continue };
        let found = request.place(place).unwrap().unwrap_or_else(|| panic!("no {place}"));
        assert!(found <= offset && path(found) == path_there, "{place}: {found}, {offset}");
        seen += 1;
    }
    assert!(seen > 180, "{seen}");
    assert_eq!(request.place("hops").unwrap(), request.place("hops[2]").unwrap(), "the last");
    for absent in ["hops[3]", "hops[3].weight", "listed[3]"] {
        assert_eq!(request.place(absent).unwrap(), None, "{absent}");
    }
    for wrong in ["", "hop", "hops[x]", "hops[0", "hops[1].pair.third", "listed[0][0]", "pair.first"] {
        assert_eq!(request.place(wrong).unwrap_err().kind(), std::io::ErrorKind::InvalidInput, "{wrong}");
    }
    let text = request.place("hops[1].wait").unwrap_err().to_string();
    assert_eq!(text, "Plan has no `hops[1].wait`: `wait` is not a name or an index in it");
}

#[test]
fn request_that_the_buffer_is_too_small_for_is_refused() {
    const MOST: usize = 1 << 20;
    let network = Network::new();
    let (kernel, client) = (network.kernel(), network.open());
    kernel.set_recv_buffer(4 * MOST);
    let mut server = Server::new(kernel);
    let mut datagram = vec![0; 256];
    let mut w = Writer::new(&mut datagram);
    thing(2).emit_into(&mut w, Header::request().seq(1)).unwrap();
    let whole = w.finish().len();
    datagram.truncate(whole);
    // A second request, which goes on beyond the buffer.
    let len = u32::try_from(MOST).unwrap();
    let header = [&len.to_ne_bytes()[..], &[100, 0, 1, 0], &2_u32.to_ne_bytes(), &[0; 4]].concat();
    datagram.extend(header);
    datagram.resize(whole + MOST, 0);
    client.send_to(&datagram, Address::KERNEL).unwrap();

    assert_eq!(server.recv_deadline(Instant::now()).unwrap().message().seq(), 1);
    assert!(matches!(server.recv_deadline(Instant::now()), Err(RecvError::Timeout)));
    let mut buffer = [0; 256];
    let (answer, _) = client.receive(&mut buffer, Some(Instant::now())).unwrap();
    let answer = Messages::new(answer).next().unwrap().unwrap();
    let refusal = ErrorMessage::parse(&answer).unwrap();
    assert_eq!((refusal.errno(), answer.seq()), (Some(Errno::EMSGSIZE), 2));
    assert_eq!(refusal.ext_ack().message, Some("a request is 1048576 bytes long at most"));

    // What is no request is not answered, and nothing is said of what does not reach into the next header.
    datagram[whole + 6] = 0;
    client.send_to(&datagram, Address::KERNEL).unwrap();
    datagram.resize(whole + 8, 0);
    client.send_to(&datagram, Address::KERNEL).unwrap();
    for _ in 0..2 {
        assert_eq!(server.recv_deadline(Instant::now()).unwrap().message().seq(), 1);
    }
    assert!(matches!(server.recv_deadline(Instant::now()), Err(RecvError::Timeout)));
    assert!(matches!(client.receive(&mut buffer, Some(Instant::now())), Err(RecvError::Timeout)));
}

#[test]
fn answer_that_is_dropped_is_a_timeout_and_the_next_one_its_own() {
    let mut conn = through(nth_answer(0, Fault::Drop));
    conn.set_timeout(SHORT);
    // The reply; the acknowledgement behind it comes.
    assert!(matches!(conn.get::<Thing<'_>>(&thing(2)), Err(RequestError::Timeout)));
    conn.set_timeout(LONG);
    converse(&mut conn);
}

#[test]
fn answer_that_comes_late_is_nobodys() {
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let mut conn = Connection::new(network.open(), 0);
    conn.set_timeout(SHORT);
    assert!(matches!(conn.get::<Thing<'_>>(&thing(2)), Err(RequestError::Timeout)));
    answer(&server.recv().unwrap()).unwrap();
    serve(server);
    conn.set_timeout(LONG);
    assert_eq!(conn.get::<Thing<'_>>(&thing(8)).unwrap().number, 8);
    assert!(matches!(
        conn.event_deadline(Instant::now() + Duration::from_millis(100)),
        Err(RequestError::Timeout)
    ));
}

#[test]
fn answer_that_was_lost_with_notice_is_an_overrun() {
    let mut conn = through(nth_answer(0, Fault::Overrun));
    assert!(matches!(conn.request(&thing(3)), Err(RequestError::Overrun)));
    converse(&mut conn);
}

#[test]
fn answer_that_is_too_long_is_said_to_be() {
    let mut conn = through(nth_answer(0, Fault::Truncate));
    let err = conn.request(&thing(3)).unwrap_err();
    assert!(matches!(err, RequestError::Truncated { needed: 1_048_577 }), "{err:?}");
    converse(&mut conn);
}

#[test]
fn answer_of_a_forger_changes_nothing() {
    // All that the server says comes as if from another, but for what is said to the last request.
    let mut left = 3;
    let mut conn = through(move |sent| {
        let is_forged = sent.from == 0 && left > 0;
        left -= u32::from(is_forged);
        if is_forged { Fault::Forge(77) } else { Fault::None }
    });
    conn.set_timeout(SHORT);
    for _ in 0..3 {
        assert!(matches!(conn.request(&thing(3)), Err(RequestError::Timeout)));
    }
    conn.set_timeout(LONG);
    converse(&mut conn);
}

#[test]
fn interrupted_dump_is_made_again_as_often_as_allowed() {
    for (times, retries, is_whole) in [(1, 5, true), (5, 5, true), (6, 5, false), (1, 0, false)] {
        let mut left = times;
        let mut conn = through(move |sent| {
            // The end of a dump lies in a datagram of its own.
            let is_end = sent.from == 0 && sent.bytes.get(4..6) == Some(&3_u16.to_ne_bytes());
            let is_interrupted = is_end && left > 0;
            left -= u32::from(is_interrupted);
            if is_interrupted { Fault::Interrupt } else { Fault::None }
        });
        conn.set_retries(retries);
        match conn.collect(&thing(0), numbers) {
            Ok(found) => assert_eq!((is_whole, found.0), (true, (0..OBJECTS).collect())),
            Err(err) => assert!(!is_whole && matches!(err, RequestError::Interrupted), "{err:?}"),
        }
        assert_eq!(conn.get::<Thing<'_>>(&thing(4)).unwrap().number, 4);
    }
}

#[test]
fn dump_that_lost_a_datagram_is_never_taken_for_whole() {
    for nth in 0..4 {
        for fault in [Fault::Overrun, Fault::Truncate] {
            let mut conn = through(nth_answer(nth, fault));
            // Where the end of the dump was lost, the next one waits for it so long.
            conn.set_timeout(Some(Duration::from_secs(1)));
            conn.set_retries(0);
            let collected = conn.collect(&thing(0), numbers);
            assert!(collected.is_err(), "{nth} {fault:?}: {:?}", collected.map(|found| found.0.len()));
            converse(&mut conn);
        }
    }
}

#[test]
fn dump_that_lost_a_datagram_is_made_again() {
    for fault in [Fault::Overrun, Fault::Truncate] {
        let mut conn = through(nth_answer(1, fault));
        assert_eq!(
            conn.collect(&thing(0), numbers).unwrap().0,
            (0..OBJECTS).collect::<Vec<_>>(),
            "{fault:?}"
        );
    }
}

#[test]
fn batch_knows_which_answers_were_lost() {
    let mut conn = through(nth_answer(10, Fault::Overrun));
    let mut batch = conn.batch();
    (0..60).for_each(|number| batch.push(&thing(number * 2 + 1), Flags::empty()).unwrap());
    let results = batch.finish().unwrap();
    let unknown: Vec<_> = (0..60).filter(|&at| crate::batch::is_unanswered(&results[at])).collect();
    assert_eq!((results.len(), unknown.first()), (60, Some(&10)));
    assert!(
        results.iter().all(|outcome| crate::batch::is_unanswered(outcome)
            || outcome.as_ref().unwrap_err().refusal().is_some())
    );
    converse(&mut conn);
}

#[test]
fn members_get_events_and_are_told_of_lost_ones() {
    let network = Network::new();
    let server = Server::new(network.kernel());
    let mut conn = Connection::new(network.open(), 0);
    let mut stranger = Connection::new(network.open(), 0);
    conn.join(3).unwrap();
    conn.transport().set_recv_buffer(5000);
    for number in 0..20 {
        server.notify(3, &Told { number }, Header::new()).unwrap();
        server.notify(4, &Told { number: 999 }, Header::new()).unwrap();
    }
    assert!(server.notify(0, &Told { number: 1 }, Header::new()).is_err());
    assert!(server.notify(33, &Told { number: 1 }, Header::new()).is_err());
    assert!(matches!(conn.event(), Err(RequestError::Overrun)));
    for expected in 0..9 {
        let message = conn.event_deadline(Instant::now()).unwrap();
        assert_eq!(Told::parse(&message).unwrap().number, expected);
    }
    assert!(matches!(conn.event_deadline(Instant::now()), Err(RequestError::Timeout)));
    assert!(matches!(stranger.event_deadline(Instant::now()), Err(RequestError::Timeout)));
}

#[test]
fn socket_that_has_gone_refuses() {
    let network = Network::new();
    let mut conn = Connection::new(network.open(), 0);
    let err = conn.request(&thing(1)).unwrap_err();
    assert!(matches!(err, RequestError::Io(err) if err.kind() == io::ErrorKind::ConnectionRefused));
    drop(network.kernel());
    assert!(conn.request(&thing(1)).is_err());
}

/// Of a protocol with a limit that no policy of the kernel has, and a rule of its own.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 102, check = even)]
struct Limited {
    #[nl(attr = 1, min_len = 1, max_len = 7)]
    name: String,
    #[nl(attr = 2)]
    inner: Option<Inner>,
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Inner {
    #[nl(attr = 1, min_len = 2)]
    bytes: Box<[u8]>,
}

fn even(limited: &Limited) -> Result<(), nl_tlv::Error> {
    match limited.name.as_str() {
        "odd" => Err(nl_tlv::Error::new(ErrorKind::Rejected, 0, 0, 0).of_attr(1)),
        _ => Ok(()),
    }
}

/// The same of a client that knows no limits.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 102)]
struct Rude<'a> {
    #[nl(attr = 1)]
    name: &'a str,
    #[nl(attr = 2)]
    inner: Option<RudeInner<'a>>,
}

#[derive(NlAttrs, Clone, Debug)]
struct RudeInner<'a> {
    #[nl(attr = 1)]
    bytes: &'a [u8],
}

/// What the server answers to a client without limits: it takes only what it can send on.
fn to_a_rude_client(rude: &Rude<'_>) -> Result<(), RequestError> {
    let network = Network::new();
    let mut server = Server::new(network.kernel());
    let mut conn = Connection::new(network.open(), 0);
    thread::scope(|scope| {
        scope.spawn(move || {
            let request = server.recv_deadline(Instant::now() + Duration::from_secs(20)).unwrap();
            match request.parse::<Limited>() {
                Ok(limited) => request.notify(1, &limited, Header::new()).and_then(|()| request.ack()),
                Err(err) => request.refuse_unreadable(err),
            }
            .unwrap();
        });
        conn.request(rude).map(drop)
    })
}

#[test]
fn what_a_server_takes_it_can_send_on() {
    let inner = |bytes| Some(RudeInner { bytes });
    let errno = |rude: &Rude<'_>| {
        let err = to_a_rude_client(rude).unwrap_err();
        let refusal = err.refusal().unwrap_or_else(|| panic!("{err}"));
        (refusal.errno(), refusal.path().map(String::from))
    };
    let at = |path: &str| Some(String::from(path));
    to_a_rude_client(&Rude { name: "attic", inner: inner(b"ab") }).unwrap();
    assert_eq!(errno(&Rude { name: "", inner: None }), (Errno::ERANGE, at("Rude.name")));
    assert_eq!(errno(&Rude { name: "longer than 7", inner: None }), (Errno::ERANGE, at("Rude.name")));
    let short = Rude { name: "attic", inner: inner(b"a") };
    assert_eq!(errno(&short), (Errno::ERANGE, at("Rude.inner.bytes")));
    assert_eq!(errno(&Rude { name: "odd", inner: None }), (Errno::EINVAL, None));
}

#[test]
fn refusal_says_why() {
    let err = to_a_rude_client(&Rude { name: "", inner: None }).unwrap_err().to_string();
    let why = " at Rude.name (accepted: string with NUL, at most 7 bytes): expected at least 1 byte, found 0";
    assert!(err.ends_with(why), "{err}");
    let err = to_a_rude_client(&Rude { name: "odd", inner: None }).unwrap_err().to_string();
    assert!(err.ends_with("(EINVAL, error code -22): must not be sent"), "{err}");
}

#[test]
fn message_that_cannot_be_sent_is_named() {
    let server = Server::new(Network::new().kernel());
    let limited = Limited { name: String::new(), inner: None };
    let err = server.notify(1, &limited, Header::new()).unwrap_err();
    assert_eq!(err.to_string(), "Limited.name: expected at least 1 byte, found 0 (offset 16)");
}

/// A set that contains itself, in another one.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 103)]
struct Forest {
    #[nl(attr = 1)]
    wood: Wood,
}

#[derive(NlAttrs, Clone, Debug)]
struct Wood {
    #[nl(attr = 1)]
    tree: Tree,
}

#[derive(NlAttrs, Clone, Debug)]
struct Tree {
    #[nl(attr = 1)]
    tree: Option<Box<Tree>>,
    #[nl(attr = 2)]
    number: Option<u32>,
}

/// So many trees in one another.
fn forest(levels: u32) -> Forest {
    let leaf = Tree { tree: None, number: Some(1) };
    let tree = (1..levels).fold(leaf, |tree, _| Tree { tree: Some(Box::new(tree)), number: None });
    Forest { wood: Wood { tree } }
}

/// The same, from a client that writes whatever it likes.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 103)]
struct ForestByHand<'a> {
    #[nl(payload)]
    attrs: &'a [u8],
}

fn nested(levels: usize) -> Vec<u8> {
    (0..=levels).fold(vec![8, 0, 2, 0, 1, 0, 0, 0], |inside, _| {
        let len = u16::try_from(inside.len() + 4).unwrap();
        [&len.to_ne_bytes()[..], &0x8001_u16.to_ne_bytes(), &inside].concat()
    })
}

#[test]
fn request_that_is_too_deep_is_refused_with_the_reason_and_without_a_place() {
    let ask = |levels| {
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        let mut conn = Connection::new(network.open(), 0);
        thread::scope(|scope| {
            scope.spawn(move || {
                let request = server.recv_deadline(Instant::now() + Duration::from_secs(20)).unwrap();
                match request.parse::<Forest>() {
                    Err(err) => request.refuse_unreadable(err).unwrap(),
                    Ok(_) => request.ack().unwrap(),
                }
            });
            conn.request(&ForestByHand { attrs: &nested(levels) }).map(drop)
        })
    };
    ask(8).unwrap();
    for levels in [9, 10, 30] {
        let err = ask(levels).unwrap_err();
        let refusal = err.refusal().unwrap();
        assert_eq!((refusal.errno(), refusal.path(), refusal.ext_ack().offset), (Errno::EINVAL, None, None));
        assert_eq!(refusal.message(), Some("allowed policy recursion depth exceeded"), "{levels}");
    }
    assert!(forest(8).emit(&mut [0; 256], Header::new()).is_ok());
}

#[test]
fn path_of_what_is_too_deep_to_be_sent_ends_at_the_tenth_level() {
    let server = Server::new(Network::new().kernel());
    for levels in [9, 10, 14, 30] {
        let err = server.notify(1, &forest(levels), Header::new()).unwrap_err().to_string();
        let path = format!("Forest.wood.tree{}: nested deeper than 10 levels", ".tree".repeat(8));
        assert!(err.starts_with(&path), "{levels}: {err}");
    }
}
