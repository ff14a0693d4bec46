//! Verdicts on bytes: the rules of netlink's conversation, with no socket in sight.

#[allow(dead_code, reason = "shared with tests that use more of it")]
mod support;

use nl_tlv::control::{Errno, ExtAck, emit_ack, emit_done, emit_whole_refusal};
use nl_tlv::exchange::{Address, Exchange, Expect, Verdict};
use nl_tlv::{Flags, GetFlags, Header, Message, MessageType, Messages, NewFlags, Writer};
use std::ops::Range;

const OURS: u32 = 4242;
const KERNEL: Address = Address::KERNEL;
const OBJECT: MessageType = MessageType(25);

/// What the kernel sends: messages in one datagram.
#[derive(Default)]
struct Datagram(Vec<u8>);

impl Datagram {
    fn with(mut self, write: impl FnOnce(&mut Writer<'_>)) -> Self {
        let mut buf = [0; 1024];
        let mut w = Writer::new(&mut buf);
        write(&mut w);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self.0.extend(w.as_bytes());
        self
    }

    fn message(self, ty: MessageType, header: Header, payload: &[u8]) -> Self {
        self.with(|w| w.message(ty.into(), header, |w| w.bytes(payload)).unwrap())
    }

    fn object(self, seq: u32) -> Self {
        self.message(OBJECT, Header::new().seq(seq).port_id(OURS), b"object")
    }

    fn ack(self, seq: u32) -> Self {
        self.with(|w| on_request(seq, |request| emit_ack(w, request, OURS, &ExtAck::NONE).unwrap()))
    }

    fn refusal(self, seq: u32, errno: Errno) -> Self {
        self.with(|w| {
            on_request(seq, |request| emit_whole_refusal(w, request, OURS, errno, &ExtAck::NONE).unwrap())
        })
    }

    fn done(self, seq: u32, (errno, flags): End) -> Self {
        let why = ExtAck::NONE;
        self.with(|w| on_request(seq, |request| emit_done(w, request, OURS, errno, flags, &why).unwrap()))
    }
}

fn on_request<T>(seq: u32, answer: impl FnOnce(&Message<'_>) -> T) -> T {
    let mut buf = [0; 64];
    let mut w = Writer::new(&mut buf);
    w.message(OBJECT.into(), Header::request().seq(seq), |w| w.bytes(b"request")).unwrap();
    answer(&Messages::new(w.as_bytes()).next().unwrap().unwrap())
}

/// All verdicts on a datagram of the kernel's.
fn verdicts<const N: usize>(exchange: &mut Exchange<N>, datagram: &Datagram) -> Vec<Verdict> {
    judged(exchange, &datagram.0, KERNEL).into_iter().map(|(verdict, _)| verdict).collect()
}

/// The same, with the range of each message.
fn judged<const N: usize>(
    exchange: &mut Exchange<N>,
    datagram: &[u8],
    origin: Address,
) -> Vec<(Verdict, Range<usize>)> {
    let mut rest = datagram;
    let next = || {
        let start = datagram.len() - rest.len();
        let (verdict, message) = exchange.judge(&mut rest, origin)?;
        Some((verdict, start..start + message.len()))
    };
    std::iter::from_fn(next).collect()
}

/// An exchange with one request, which has number 1.
fn waiting(expect: Expect) -> Exchange {
    let mut exchange = Exchange::new(OURS, 0);
    assert_eq!(exchange.request(expect, Header::new()).unwrap().seq, 1);
    exchange
}

const ACK: Verdict = Verdict::Ack { seq: 1, has_warning: false };
const WHOLE: End = (None, Flags::empty());

/// How a dump ends: its error number, and what is true of it.
type End = (Option<Errno>, Flags);

fn end(seq: u32, (errno, flags): End) -> Verdict {
    Verdict::DumpEnd { seq, errno, flags }
}

#[test]
fn requests_get_the_flags_of_what_is_expected_and_numbers_that_count() {
    let mut exchange = Exchange::new(OURS, 0);
    let expected = [
        (Expect::Ack, Flags::REQUEST | Flags::ACK),
        (Expect::OneReply, Flags::REQUEST),
        (Expect::UntilAck, Flags::REQUEST | Flags::ACK),
        (Expect::Dump, Flags::REQUEST | GetFlags::DUMP),
        (Expect::Raw(OBJECT), Flags::empty()),
    ];
    for (at, (expect, flags)) in (1..).zip(expected) {
        let header = exchange.request(expect, Header::new().flags(NewFlags::CREATE)).unwrap();
        assert_eq!((header.flags, header.seq), (flags | NewFlags::CREATE, at));
        assert!(exchange.is_waiting(at));
    }
}

#[test]
fn acknowledgement_ends_a_request() {
    let mut exchange = waiting(Expect::Ack);
    assert_eq!(verdicts(&mut exchange, &Datagram::default().ack(1)), [ACK]);
    assert!(!exchange.is_waiting(1));
    assert_eq!(verdicts(&mut exchange, &Datagram::default().ack(1)), [Verdict::Stale]);
}

#[test]
fn acknowledgement_with_an_extended_ack_is_a_warning() {
    let mut exchange = waiting(Expect::Ack);
    let warning = ExtAck { message: Some("obsolete"), ..ExtAck::NONE };
    let datagram = Datagram::default().with(|w| on_request(1, |r| emit_ack(w, r, OURS, &warning).unwrap()));
    assert_eq!(verdicts(&mut exchange, &datagram), [Verdict::Ack { seq: 1, has_warning: true }]);
}

#[test]
fn refusal_ends_any_request() {
    for expect in [Expect::Ack, Expect::OneReply, Expect::UntilAck, Expect::Dump, Expect::Raw(OBJECT)] {
        let mut exchange = waiting(expect);
        let refused = [Verdict::Refusal { seq: 1, errno: Errno::EPERM }];
        assert_eq!(verdicts(&mut exchange, &Datagram::default().refusal(1, Errno::EPERM)), refused);
        assert!(!exchange.is_waiting(1), "{expect:?}");
    }
}

#[test]
fn echo_and_acknowledgement_come_in_one_datagram_with_their_ranges() {
    let mut exchange = Exchange::new(OURS, 0);
    exchange.request(Expect::Ack, Header::new().flags(Flags::ECHO)).unwrap();
    let datagram = Datagram::default().object(1).ack(1);
    let judged = judged(&mut exchange, &datagram.0, KERNEL);
    // 16 bytes of header, 6 of payload, 2 of padding; then header, number, header.
    assert_eq!(judged, [(Verdict::Reply { seq: 1, is_last: false }, 0..22), (ACK, 24..60)]);
}

#[test]
fn reply_that_nobody_asked_for_is_stale_and_the_acknowledgement_comes_behind_it() {
    let mut exchange = waiting(Expect::Ack);
    assert_eq!(verdicts(&mut exchange, &Datagram::default().object(1).ack(1)), [Verdict::Stale, ACK]);
    for flags in [Flags::empty(), Flags::ECHO] {
        let seq = exchange.batch_request(Header::new().flags(flags)).unwrap().seq;
        let datagram = Datagram::default().object(seq).ack(seq);
        let echo = match flags.contains(Flags::ECHO) {
            true => Verdict::Reply { seq, is_last: false },
            false => Verdict::Stale,
        };
        let ack = Verdict::Ack { seq, has_warning: false };
        assert_eq!(verdicts(&mut exchange, &datagram), [echo, ack]);
        exchange.end_batch();
    }
}

#[test]
fn one_reply_is_the_last_unless_an_acknowledgement_follows() {
    let mut exchange = waiting(Expect::OneReply);
    let datagram = Datagram::default().object(1).object(1);
    let last = Verdict::Reply { seq: 1, is_last: true };
    assert_eq!(verdicts(&mut exchange, &datagram), [last, Verdict::Stale], "more parts are nobody's");

    let mut exchange = Exchange::new(OURS, 0);
    exchange.request(Expect::OneReply, Header::new().flags(Flags::ACK)).unwrap();
    let datagram = Datagram::default().object(1).ack(1);
    assert_eq!(verdicts(&mut exchange, &datagram), [Verdict::Reply { seq: 1, is_last: false }, ACK]);
}

#[test]
fn replies_go_on_until_the_acknowledgement() {
    let mut exchange = waiting(Expect::UntilAck);
    let part = Verdict::Reply { seq: 1, is_last: false };
    assert_eq!(verdicts(&mut exchange, &Datagram::default().object(1).object(1)), [part, part]);
    assert_eq!(verdicts(&mut exchange, &Datagram::default().object(1).ack(1)), [part, ACK]);
}

#[test]
fn dump_ends_with_done_alone_or_in_the_last_datagram() {
    for is_alone in [false, true] {
        let mut exchange = waiting(Expect::Dump);
        let object = Verdict::Object { seq: 1 };
        assert_eq!(verdicts(&mut exchange, &Datagram::default().object(1).object(1)), [object, object]);
        let (mut datagram, mut expected) = (Datagram::default(), vec![]);
        if !is_alone {
            datagram = datagram.object(1);
            expected.push(object);
        }
        expected.push(end(1, WHOLE));
        let datagram = datagram.done(1, WHOLE);
        assert_eq!(verdicts(&mut exchange, &datagram), expected);
        assert_eq!(exchange.running_dump(), None);
    }
}

#[test]
fn message_that_names_no_request_is_an_object_of_the_dump_that_ends_in_its_datagram() {
    // As `thermal_genl_cmd_dumpit` of `drivers/thermal/thermal_netlink.c` makes it.
    let nameless = |datagram: Datagram| datagram.message(OBJECT, Header::new(), b"nameless");
    let whole = || nameless(nameless(Datagram::default())).done(1, WHOLE);
    let objects = [Verdict::Object { seq: 1 }, Verdict::Object { seq: 1 }, end(1, WHOLE)];
    assert_eq!(verdicts(&mut waiting(Expect::Dump), &whole()), objects);
    let event = [Verdict::Event, Verdict::Event, Verdict::Stale];
    assert_eq!(verdicts(&mut Exchange::<8>::with_first_seq(OURS, 0, 1), &whole()), event, "no dump runs");
    let mut exchange = waiting(Expect::Dump);
    assert_eq!(verdicts(&mut exchange, &nameless(Datagram::default())), [Verdict::Event], "it goes on");
    let to_group = judged(&mut exchange, &nameless(Datagram::default()).done(1, WHOLE).0, Address::group(1));
    assert_eq!(to_group[0].0, Verdict::Event);
    exchange.abandon(1);
    assert_eq!(verdicts(&mut exchange, &whole()), [Verdict::Stale; 3]);
}

#[test]
fn dump_is_interrupted_if_any_of_its_messages_says_so() {
    for at in 0..3 {
        let mut exchange = waiting(Expect::Dump);
        let flags = |here| if here == at { Flags::DUMP_INTR | Flags::MULTI } else { Flags::MULTI };
        let header = |here| Header::new().seq(1).port_id(OURS).flags(flags(here));
        let datagram = Datagram::default().message(OBJECT, header(0), b"").message(OBJECT, header(1), b"");
        verdicts(&mut exchange, &datagram);
        let flags = if at == 2 { Flags::DUMP_INTR } else { Flags::empty() };
        let ended = verdicts(&mut exchange, &Datagram::default().done(1, (None, flags)));
        assert_eq!(ended, [end(1, (None, Flags::DUMP_INTR))]);
    }
}

#[test]
fn end_of_a_dump_says_whether_it_failed_and_was_filtered() {
    let mut exchange = waiting(Expect::Dump);
    let failed = (Some(Errno::EINVAL), Flags::DUMP_FILTERED);
    let datagram = Datagram::default().done(1, failed);
    assert_eq!(verdicts(&mut exchange, &datagram), [end(1, failed)]);
}

#[test]
fn there_is_one_dump_at_a_time_abandoned_or_not() {
    let mut exchange = waiting(Expect::Dump);
    assert_eq!(exchange.request(Expect::Dump, Header::new()), None);
    exchange.abandon(1);
    assert_eq!(exchange.request(Expect::Dump, Header::new()), None);
    assert!(!exchange.is_waiting(1));
    assert_eq!(verdicts(&mut exchange, &Datagram::default().object(1)), [Verdict::Stale]);
    let late = Datagram::default().done(1, WHOLE);
    assert_eq!(verdicts(&mut exchange, &late), [Verdict::Stale]);
    assert!(exchange.request(Expect::Dump, Header::new()).is_some());
}

#[test]
fn raw_reply_is_not_looked_into() {
    let mut exchange = waiting(Expect::Raw(MessageType::DONE));
    // Four bytes that would be -EPERM, and the port id that greet writes.
    let header = Header::new().seq(1);
    let datagram = Datagram::default().message(MessageType(22), header, b"event").message(
        MessageType::DONE,
        header,
        &(-1_i32).to_ne_bytes(),
    );
    assert_eq!(
        verdicts(&mut exchange, &datagram),
        [Verdict::Event, Verdict::Reply { seq: 1, is_last: true }]
    );
}

#[test]
fn done_of_a_familys_own_does_not_end_a_dump() {
    let mut exchange = waiting(Expect::Dump);
    let header = Header::new().seq(1).port_id(OURS);
    let datagram = Datagram::default().message(MessageType::DONE, header, &[0xff; 256]);
    assert_eq!(verdicts(&mut exchange, &datagram), [Verdict::Object { seq: 1 }]);
    let datagram = Datagram::default().message(MessageType::DONE, header, &[]);
    assert_eq!(verdicts(&mut exchange, &datagram), [end(1, WHOLE)]);
}

#[test]
fn multicast_is_an_event_even_with_our_own_number() {
    let mut exchange = waiting(Expect::Ack);
    let datagram = Datagram::default().object(1);
    let origin = Address::group(33);
    assert_eq!(judged(&mut exchange, &datagram.0, origin), [(Verdict::Event, 0..22)]);
    let forged = Datagram::default().ack(1);
    assert_eq!(judged(&mut exchange, &forged.0, origin)[0].0, Verdict::Ignored);
    assert!(exchange.is_waiting(1));
}

#[test]
fn unicast_of_a_third_ones_number_and_port_is_an_event() {
    let mut exchange = waiting(Expect::UntilAck);
    let others = Header::new().seq(1).port_id(OURS + 1);
    assert_eq!(verdicts(&mut exchange, &Datagram::default().message(OBJECT, others, b"")), [Verdict::Event]);
    let nobodys = Header::new();
    assert_eq!(verdicts(&mut exchange, &Datagram::default().message(OBJECT, nobodys, b"")), [Verdict::Event]);
}

#[test]
fn servers_may_write_their_own_port_or_none() {
    for port_id in [0, 77, OURS] {
        let mut exchange: Exchange<1> = Exchange::with_first_seq(OURS, 77, 5);
        exchange.request(Expect::OneReply, Header::new()).unwrap();
        let datagram = Datagram::default().message(OBJECT, Header::new().seq(5).port_id(port_id), b"");
        let verdict = judged(&mut exchange, &datagram.0, Address::port(77))[0].0;
        assert_eq!(verdict, Verdict::Reply { seq: 5, is_last: true });
    }
}

#[test]
fn datagram_of_another_sender_is_foreign_as_a_whole() {
    let mut exchange = waiting(Expect::Ack);
    let datagram = Datagram::default().ack(1).ack(1);
    let judged = judged(&mut exchange, &datagram.0, Address::port(666));
    assert_eq!(judged, [(Verdict::Foreign, 0..datagram.0.len())]);
    assert!(exchange.is_waiting(1));
}

#[test]
fn late_answers_are_stale_and_their_numbers_are_not_given_out_again() {
    let mut exchange: Exchange<4> = Exchange::with_first_seq(OURS, 0, u32::MAX);
    assert_eq!(exchange.request(Expect::Ack, Header::new()).unwrap().seq, u32::MAX);
    exchange.abandon(u32::MAX);
    assert_eq!(exchange.request(Expect::Ack, Header::new()).unwrap().seq, 1, "0 is left out");
    let datagram = Datagram::default().object(u32::MAX).ack(u32::MAX).ack(1);
    assert_eq!(verdicts(&mut exchange, &datagram), [Verdict::Stale, Verdict::Stale, ACK]);
}

#[test]
fn what_comes_behind_the_last_answer_is_stale_whether_our_port_id_is_known_or_not() {
    for known in [0, OURS] {
        let mut exchange: Exchange<1> = Exchange::with_first_seq(known, 0, 1);
        // Answered, abandoned and put out of its slot, forgotten: a further reply, and two late ones.
        exchange.request(Expect::OneReply, Header::new()).unwrap();
        let reply = Verdict::Reply { seq: 1, is_last: true };
        assert_eq!(verdicts(&mut exchange, &Datagram::default().object(1)), [reply], "{known}");
        exchange.request(Expect::Ack, Header::new()).unwrap();
        exchange.abandon(2);
        exchange.request(Expect::Dump, Header::new()).unwrap();
        exchange.forget(3);
        // A batch, a transaction.
        exchange.batch_request(Header::new()).unwrap();
        exchange.end_batch();
        let in_transaction = exchange.transaction_request(Header::new()).unwrap().seq;
        exchange.end_batch();
        for seq in [1, 2, 3, 4, in_transaction] {
            let late = verdicts(&mut exchange, &Datagram::default().object(seq));
            assert_eq!(late, [Verdict::Stale], "port id {known}, number {seq}");
        }
    }
}

#[test]
fn event_that_the_peer_has_numbered_itself_is_one_whatever_its_number() {
    // TASKSTATS_CMD_NEW of a task that has ended: by unicast, port id 0, numbered by the kernel.
    for known in [0, OURS] {
        let mut exchange: Exchange<2> = Exchange::with_first_seq(known, 0, 1);
        exchange.request(Expect::Ack, Header::new()).unwrap();
        verdicts(&mut exchange, &Datagram::default().ack(1));
        let ended = Datagram::default().message(OBJECT, Header::new().seq(1), b"ended");
        assert_eq!(verdicts(&mut exchange, &ended), [Verdict::Event], "{known}");
    }
}

#[test]
fn event_with_the_number_of_a_request_is_no_reply_where_replies_name_us() {
    let nameless = |seq| Datagram::default().message(OBJECT, Header::new().seq(seq), b"event");
    for known in [0, OURS] {
        let mut exchange: Exchange<2> = Exchange::with_first_seq(known, 0, 1);
        let mut ask = |answers: [Datagram; 2]| {
            exchange.request(Expect::OneReply, Header::new()).unwrap();
            answers.map(|answer| verdicts(&mut exchange, &answer))
        };
        let reply = |seq| vec![Verdict::Reply { seq, is_last: true }];
        // Audit, and the look-up of a route, name nobody ever.
        assert_eq!(ask([nameless(1), nameless(1)]), [reply(1), vec![Verdict::Event]]);
        assert_eq!(ask([nameless(2), Datagram::default().object(2)]), [reply(2), vec![Verdict::Stale]]);
        // From here on it is known that this type does.
        assert_eq!(ask([Datagram::default().object(3), nameless(3)]), [reply(3), vec![Verdict::Event]]);
        assert_eq!(ask([nameless(4), Datagram::default().object(4)]), [vec![Verdict::Event], reply(4)]);
    }
    // A server may write what it likes.
    let mut exchange = Exchange::new(OURS, 77);
    for (seq, port_id) in [(1, OURS), (2, 0), (3, 77), (4, 0)] {
        exchange.request(Expect::OneReply, Header::new()).unwrap();
        let datagram = Datagram::default().message(OBJECT, Header::new().seq(seq).port_id(port_id), b"");
        let judged = judged(&mut exchange, &datagram.0, Address::port(77));
        assert_eq!(judged[0].0, Verdict::Reply { seq, is_last: true });
    }
}

#[test]
fn reply_of_several_is_one_of_a_dump() {
    for expect in [Expect::OneReply, Expect::UntilAck, Expect::Raw(OBJECT)] {
        let mut exchange = waiting(expect);
        assert_eq!(exchange.running_dump(), None);
        let header = Header::new().seq(1).port_id(OURS);
        let single = Datagram::default().message(OBJECT, header.flags(Flags::MULTI), b"");
        assert_eq!(verdicts(&mut exchange, &single), [Verdict::Reply { seq: 1, is_last: false }]);
        assert_eq!(exchange.running_dump(), Some(1), "{expect:?}");
        exchange.abandon(1);
        assert_eq!(exchange.request(Expect::Dump, Header::new()), None, "the kernel would refuse it");
        assert_eq!(verdicts(&mut exchange, &Datagram::default().object(1)), [Verdict::Stale]);
        assert_eq!(verdicts(&mut exchange, &Datagram::default().done(1, WHOLE)), [Verdict::Stale]);
        assert_eq!(exchange.running_dump(), None);
    }
}

#[test]
fn process_may_be_asked_for_several_dumps_at_a_time() {
    const SERVER: u32 = 77;
    let mut exchange: Exchange<3> = Exchange::with_first_seq(OURS, SERVER, 1);
    for seq in 1..=3 {
        assert_eq!(exchange.request(Expect::Dump, Header::new()).map(|header| header.seq), Some(seq));
    }
    (1..=3).for_each(|seq| exchange.abandon(seq));
    assert_eq!(exchange.running_dump(), Some(3));
    assert!(exchange.request(Expect::Dump, Header::new()).is_some(), "the oldest makes room");
}

#[test]
fn slots_run_out_and_the_oldest_abandoned_one_makes_room() {
    let mut exchange: Exchange<3> = Exchange::with_first_seq(OURS, 0, 1);
    exchange.request(Expect::Dump, Header::new()).unwrap();
    for _ in 0..2 {
        exchange.request(Expect::Ack, Header::new()).unwrap();
    }
    assert_eq!(exchange.request(Expect::Ack, Header::new()), None);
    exchange.abandon(1);
    assert_eq!(exchange.request(Expect::Ack, Header::new()), None, "the dump still runs");
    exchange.abandon(3);
    exchange.abandon(2);
    assert_eq!(exchange.request(Expect::Ack, Header::new()).unwrap().seq, 4);
    // Of an answer without our port id, only a slot tells that it is one: 2 has lost its own.
    let unaddressed = |seq| Datagram::default().message(OBJECT, Header::new().seq(seq), b"");
    assert_eq!(verdicts(&mut exchange, &unaddressed(3)), [Verdict::Stale]);
    assert_eq!(verdicts(&mut exchange, &unaddressed(2)), [Verdict::Event]);
    assert_eq!(exchange.request(Expect::Ack, Header::new()).unwrap().seq, 5);
    // Without a slot, their late answers are stale all the same.
    let late = Datagram::default().object(2).ack(2).object(3);
    assert_eq!(verdicts(&mut exchange, &late), [Verdict::Stale; 3]);
}

#[test]
fn thousands_of_requests_are_told_apart_in_any_order() {
    let mut exchange: Exchange<5000> = Exchange::with_first_seq(OURS, 0, u32::MAX - 2000);
    let request = |_| exchange.request(Expect::Ack, Header::new()).unwrap().seq;
    let seqs: Vec<u32> = (0..5000).map(request).collect();
    assert_eq!(exchange.request(Expect::Ack, Header::new()), None);
    for &seq in seqs.iter().rev() {
        let datagram = Datagram::default().ack(seq);
        assert_eq!(verdicts(&mut exchange, &datagram), [Verdict::Ack { seq, has_warning: false }]);
        assert!(!exchange.is_waiting(seq));
    }
    assert!(exchange.request(Expect::Ack, Header::new()).is_some());
}

#[test]
fn exchange_without_slots_refuses_every_request() {
    let mut exchange: Exchange<0> = Exchange::with_first_seq(OURS, 0, 1);
    assert_eq!(exchange.request(Expect::Ack, Header::new()), None);
}

#[test]
fn messages_are_taken_off_the_datagram_one_by_one() {
    let mut exchange = waiting(Expect::Dump);
    let datagram = Datagram::default().object(1).object(1).done(1, WHOLE);
    let mut rest = &datagram.0[..];
    let found: [_; 3] = std::array::from_fn(|_| {
        let (verdict, _) = exchange.judge(&mut rest, KERNEL).unwrap();
        (verdict, rest.len())
    });
    let object = Verdict::Object { seq: 1 };
    assert_eq!(found, [(object, 44), (object, 20), (end(1, WHOLE), 0)]);
    assert_eq!(exchange.judge(&mut rest, KERNEL), None);
}

#[test]
fn damaged_framing_is_told_with_its_range_and_ends_the_datagram() {
    let mut exchange = waiting(Expect::Ack);
    let mut datagram = Datagram::default().object(0).0;
    datagram.resize(24, 0);
    datagram.extend([0xff; 20]);
    let judged = judged(&mut exchange, &datagram, KERNEL);
    assert_eq!(judged[0], (Verdict::Event, 0..22));
    assert!(matches!(judged[1], (Verdict::Damaged(_), ref range) if *range == (24..44)));
    assert_eq!(judged.len(), 2);
    assert!(exchange.is_waiting(1), "whose message that was is not known");
}

#[test]
fn answer_too_short_for_its_number_is_damaged_and_ends_the_request() {
    let mut exchange = waiting(Expect::Ack);
    let datagram = Datagram::default().message(MessageType::ERROR, Header::new().seq(1), &[0; 19]);
    assert!(matches!(verdicts(&mut exchange, &datagram)[..], [Verdict::Damaged(_)]));
    assert!(!exchange.is_waiting(1));
}

#[test]
fn netlinks_own_other_types_are_ignored() {
    let mut exchange = waiting(Expect::Dump);
    for ty in [0, 1, 4, 15] {
        for seq in [0, 1] {
            let header = Header::new().seq(seq).port_id(OURS);
            let datagram = Datagram::default().message(MessageType(ty), header, b"");
            assert_eq!(verdicts(&mut exchange, &datagram), [Verdict::Ignored]);
        }
    }
    assert!(exchange.is_waiting(1));
}

/// The captures are little-endian.
#[test]
#[cfg(target_endian = "little")]
fn captured_dumps_end_as_captured() {
    let load = |name| support::Vector::load(name).bytes;
    let judge = |bytes: &[u8]| {
        let message = Messages::new(bytes).next().unwrap().unwrap();
        let mut exchange: Exchange<1> = Exchange::with_first_seq(message.port_id(), 0, message.seq());
        exchange.request(Expect::Dump, Header::new()).unwrap();
        judged(&mut exchange, bytes, KERNEL).into_iter().map(|(verdict, _)| verdict).collect::<Vec<_>>()
    };
    let seq = 1;
    let filtered = [load("route_filtered"), load("done_filtered")].concat();
    assert_eq!(judge(&filtered), [Verdict::Object { seq }, end(seq, (None, Flags::DUMP_FILTERED))]);
    let plain = [load("route_plain"), load("done_plain")].concat();
    assert_eq!(judge(&plain), [Verdict::Object { seq }, end(seq, WHOLE)]);
    assert_eq!(judge(&load("error_d")), [end(6, (Some(Errno::EINVAL), Flags::empty()))]);
    assert_eq!(judge(&load("error_c")), [Verdict::Refusal { seq: 7, errno: Errno::EINVAL }]);
}

#[test]
fn every_prefix_and_changed_byte_is_judged_within_bounds() {
    let datagram = Datagram::default().object(1).refusal(1, Errno::EIO).object(2).done(3, WHOLE);
    let judge = |bytes: &[u8]| {
        let mut exchange: Exchange<4> = Exchange::with_first_seq(OURS, 0, 1);
        for expect in [Expect::UntilAck, Expect::OneReply, Expect::Dump] {
            exchange.request(expect, Header::new()).unwrap();
        }
        let mut end = 0;
        for (_, range) in judged(&mut exchange, bytes, KERNEL) {
            assert!(end <= range.start && range.start < range.end && range.end <= bytes.len());
            end = range.end;
        }
    };
    (0..datagram.0.len()).for_each(|end| judge(&datagram.0[..end]));
    let mut changed = datagram.0.clone();
    for at in 0..changed.len() {
        for value in 0..=u8::MAX {
            changed[at] = value;
            judge(&changed);
        }
        changed[at] = datagram.0[at];
    }
}

#[test]
fn requests_of_a_batch_are_answered_in_any_order_and_once() {
    let mut exchange: Exchange = Exchange::new(OURS, 0);
    let echoed = Header::new().flags(Flags::ECHO);
    let seqs: [u32; 3] = std::array::from_fn(|_| exchange.batch_request(echoed).unwrap().seq);
    assert_eq!((seqs, exchange.batch_waiting()), ([1, 2, 3], 3));
    let datagram = Datagram::default().ack(3).refusal(1, Errno::EEXIST).ack(3).ack(4).object(2).ack(2);
    assert_eq!(
        verdicts(&mut exchange, &datagram),
        [
            Verdict::Ack { seq: 3, has_warning: false },
            Verdict::Refusal { seq: 1, errno: Errno::EEXIST },
            Verdict::Stale,
            Verdict::Stale,
            Verdict::Reply { seq: 2, is_last: false },
            Verdict::Ack { seq: 2, has_warning: false },
        ]
    );
    assert_eq!((exchange.batch_waiting(), exchange.place_in_batch(3)), (0, Some(2)));
    exchange.end_batch();
    assert_eq!(exchange.place_in_batch(3), None);
}

#[test]
fn answers_behind_the_end_of_a_batch_are_stale_and_its_numbers_not_given_out_again() {
    let mut exchange: Exchange = Exchange::new(OURS, 0);
    exchange.batch_request(Header::new()).unwrap();
    exchange.batch_request(Header::new()).unwrap();
    exchange.end_batch();
    let next = exchange.batch_request(Header::new()).unwrap().seq;
    assert!(next > 2);
    assert_eq!(verdicts(&mut exchange, &Datagram::default().ack(1).ack(2)), [Verdict::Stale; 2]);
    assert_eq!(exchange.batch_waiting(), 1);
    assert!(exchange.request(Expect::Ack, Header::new()).unwrap().seq > next);
}

#[test]
fn batch_leaves_out_zero_and_what_is_waited_for() {
    let mut exchange: Exchange<2> = Exchange::with_first_seq(OURS, 0, u32::MAX - 100);
    let waited = exchange.request(Expect::Ack, Header::new()).unwrap().seq;
    exchange.abandon(waited);
    for _ in 0..3 {
        let first = exchange.batch_request(Header::new()).unwrap().seq;
        let mut last = first;
        while let Some(header) = exchange.batch_request(Header::new()) {
            last = header.seq;
        }
        assert_eq!(last, first + Exchange::MAX_BATCH - 1, "no wrap, so that 0 is not among them");
        exchange.end_batch();
    }
    exchange.take_back();
    assert_eq!(exchange.batch_waiting(), 0);
}

#[test]
fn answers_to_a_batch_of_another_sender_or_group_count_for_nothing() {
    let mut exchange: Exchange = Exchange::new(OURS, 0);
    exchange.batch_request(Header::new()).unwrap();
    let ack = Datagram::default().ack(1);
    let group = Address::group(1);
    for (origin, verdict) in [(Address::port(7), Verdict::Foreign), (group, Verdict::Ignored)] {
        assert_eq!(judged(&mut exchange, &ack.0, origin)[0].0, verdict);
        assert_eq!(exchange.batch_waiting(), 1);
    }
}

#[test]
fn transaction_takes_as_many_numbers_as_it_has_messages() {
    let mut exchange = Exchange::new(OURS, 0);
    for at in 0..300 {
        let seqs = [(); 3].map(|()| exchange.transaction_request(Header::new()).unwrap().seq);
        assert_eq!(seqs, [1, 2, 3].map(|place| place + 3 * at));
        exchange.end_batch();
    }
    let late = [1, 901].map(|seq| verdicts(&mut exchange, &Datagram::default().object(seq))[0]);
    assert_eq!(late, [Verdict::Stale, Verdict::Event]);
}
