//! The rules of a netlink conversation, one by one, on bytes as the kernel sends them, written here by hand: nothing of
//! the library makes them, and no socket is needed.
//!
//! Acknowledgements and refusals (`netlink_ack`):
//!
//! | rule | test |
//! |---|---|
//! | the request is echoed unless `NLM_F_CAPPED` says otherwise, as on every success | `success_is_capped_and_has_no_echo` |
//! | attributes follow at 36, or behind the padded echo | `attributes_follow_at_36_or_behind_the_padded_echo` |
//! | the echo is padded, and its length is checked before use | `echo_is_padded_and_its_length_not_trusted` |
//! | flags 0x100 and 0x200 mean this here and nowhere else | `modifier_flags_are_read_by_type` |
//! | a text can be a stale warning: never without the number | `text_is_never_shown_without_its_number` |
//! | a success with attributes is a warning | `success_with_attributes_is_a_warning` |
//!
//! Dumps (`netlink_dump`):
//!
//! | rule | test |
//! |---|---|
//! | one dump at a time; a second is refused with `EBUSY` | `second_dump_is_not_made_and_its_refusal_is_one` |
//! | it is not acknowledged: `NLMSG_DONE` ends it, `NLMSG_ERROR` refuses it, a first fill that fails is a `DONE` with the number | `dump_ends_with_done_or_is_refused_with_error` |
//! | `DONE` may say `ACK_TLVS` and have none, have no payload, and not be netlink's at all | `done_has_many_forms` |
//! | `DONE` comes with the last objects or alone | `done_comes_with_the_last_objects_or_alone` |
//! | `DUMP_INTR` counts on any message, `DUMP_FILTERED` on the last | `interrupted_counts_on_any_message_and_filtered_on_the_last` |
//! | an error while it is received is the next receive's | `socket/server.rs`: `dump_that_lost_a_datagram_is_never_taken_for_whole` |
//! | dropped early, it is read to its end | `rest_of_a_dump_that_nobody_wants_is_read_to_its_end`; `socket/route.rs`: `dump_that_is_dropped_early_leaves_the_connection_usable` |
//! | several replies without `NLM_F_MULTI` end with the acknowledgement | `several_replies_end_with_the_acknowledgement`; `socket/server.rs`: `conversation_is_the_same_over_a_socket_and_in_memory` |
//!
//! Receiving, which takes a socket for the most part (`nl-tlv-sys/tests/sockets` is `sys` here, `nl-tlv/tests/socket` is
//! `socket`):
//!
//! | rule | test |
//! |---|---|
//! | too small a buffer loses the rest, and is told with the real size | `sys/route.rs`: `short_buffer_tells_the_full_length`; `socket/usersock.rs`: `datagram_that_does_not_fit_is_lost_and_says_how_long_it_was` |
//! | the sender is who the socket says, not who the header says | `header_does_not_say_who_sent_it`; `socket/namespace.rs`: `forged_answer_of_a_privileged_socket_is_skipped` |
//! | events can have the number of our request; echoes come before the acknowledgement | `event_may_have_our_number_and_echoes_come_before_the_acknowledgement` |
//! | 32 KiB take every dump's datagram, one call each | `socket/dumps.rs`: `dump_takes_one_system_call_for_each_datagram` |
//! | the buffer is as large as the system allows | `socket/options.rs`: `receive_buffer_is_as_large_as_was_asked_for_or_the_system_allows` |
//! | `ENOBUFS` is a loss; what was queued before comes next | `sys/namespace.rs`: `overrun_is_enobufs_and_the_queue_survives`, `overrun_is_silent_with_no_enobufs`; `socket/namespace.rs`: `lost_events_are_told_and_the_next_ones_come` |
//! | the port id is read back, and one that is taken is refused | `sys/route.rs`: `kernel_answers_from_port_id_zero_to_ours`; `sys/usersock.rs`: `taken_port_id_is_refused` |
//! | groups are joined by number, and seen above 32 with `PKTINFO` | `sys/route.rs`: `groups_are_joined_and_left_by_number`, `impossible_groups_are_refused`; `sys/namespace.rs`: `group_above_32_is_seen_by_pktinfo_only` |
//! | events of other namespaces say which | `sys/namespace.rs`: `event_of_another_namespace_has_its_id`; `socket/options.rs`: `events_of_other_namespaces_say_which` |
//! | options are set where the kernel knows them | `socket/options.rs`: `route_sockets_ask_for_strict_checks_and_all_for_extended_acks` |

use nl_tlv::control::{Control, Errno, ErrorMessage, Refusal};
use nl_tlv::exchange::{Address, Exchange, Expect, Verdict};
use nl_tlv::{Flags, Header, Message, MessageType, Messages};

const OURS: u32 = 4242;
const KERNEL: Address = Address::KERNEL;

const ERROR: u16 = 2;
const DONE: u16 = 3;
const NEWLINK: u16 = 16;

const MULTI: u16 = 2;
const DUMP_INTR: u16 = 0x10;
const DUMP_FILTERED: u16 = 0x20;
const CAPPED: u16 = 0x100;
const ACK_TLVS: u16 = 0x200;

/// A message under number 1 to us, padded.
fn bytes(ty: u16, flags: u16, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(16 + payload.len()).unwrap();
    let head = [&len.to_ne_bytes()[..], &ty.to_ne_bytes(), &flags.to_ne_bytes()].concat();
    let numbers = [1, OURS].map(u32::to_ne_bytes).concat();
    let mut all = [&head[..], &numbers, payload].concat();
    all.resize(all.len().next_multiple_of(4), 0);
    all
}

/// An `NLMSG_ERROR`: the number, and what is behind it.
fn error(flags: u16, number: i32, rest: &[&[u8]]) -> Vec<u8> {
    bytes(ERROR, flags, &[&number.to_ne_bytes()[..], &rest.concat()].concat())
}

/// The header of a request of so many bytes, as it is echoed.
fn echoed(len: u32) -> Vec<u8> {
    [&len.to_ne_bytes()[..], &[18, 0, 5, 0], &[1, 0, 0, 0], &[0; 4]].concat()
}

/// `NLMSGERR_ATTR_MSG`.
fn text(text: &str) -> Vec<u8> {
    let len = u16::try_from(4 + text.len() + 1).unwrap();
    let mut attr = [&len.to_ne_bytes()[..], &1_u16.to_ne_bytes(), text.as_bytes(), &[0]].concat();
    attr.resize(attr.len().next_multiple_of(4), 0);
    attr
}

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

fn waiting(expect: Expect) -> Exchange {
    let mut exchange = Exchange::new(OURS, 0);
    assert_eq!(exchange.request(expect, Header::new()).unwrap().seq, 1);
    exchange
}

fn verdicts(exchange: &mut Exchange, datagram: &[u8]) -> Vec<Verdict> {
    let mut rest = datagram;
    std::iter::from_fn(|| Some(exchange.judge(&mut rest, KERNEL)?.0)).collect()
}

const ACK: Verdict = Verdict::Ack { seq: 1, has_warning: false };
const OBJECT: Verdict = Verdict::Object { seq: 1 };

/// The end of a dump.
fn end(errno: Option<Errno>) -> Verdict {
    Verdict::DumpEnd { seq: 1, errno, flags: Flags::empty() }
}

#[test]
fn success_is_capped_and_has_no_echo() {
    let ack = error(CAPPED, 0, &[&echoed(1000)]);
    let parsed = only(&ack);
    let parsed = ErrorMessage::parse(&parsed).unwrap();
    assert_eq!((parsed.is_ack(), parsed.echo(), parsed.request().nlmsg_len), (true, None, 1000));
    assert_eq!(verdicts(&mut waiting(Expect::Ack), &ack), [ACK]);
}

#[test]
fn attributes_follow_at_36_or_behind_the_padded_echo() {
    let capped = error(CAPPED | ACK_TLVS, -22, &[&echoed(1000), &text("no")]);
    // A request of 53 bytes: the attributes begin at 20 + 56.
    let whole = error(ACK_TLVS, -22, &[&echoed(53), &[0xee; 37], &[0; 3], &text("no")]);
    for (message, at) in [(&capped, 36), (&whole, 76)] {
        let message = only(message);
        let parsed = ErrorMessage::parse(&message).unwrap();
        assert_eq!(parsed.ext_ack().message, Some("no"));
        assert_eq!(parsed.tlvs().next().unwrap().unwrap().offset(), at);
    }
    // Without the flag there are none, whatever stands there.
    let silent = error(CAPPED, -22, &[&echoed(1000), &text("no")]);
    assert!(ErrorMessage::parse(&only(&silent)).unwrap().ext_ack().is_empty());
}

#[test]
fn echo_is_padded_and_its_length_not_trusted() {
    let message = error(0, -22, &[&echoed(17), &[7, 0, 0, 0]]);
    assert_eq!(message.len(), 40);
    assert_eq!(ErrorMessage::parse(&only(&message)).unwrap().echo(), Some(&[7][..]));
    for lie in [0, 15, 21, 4096, u32::MAX] {
        let message = error(ACK_TLVS, -22, &[&echoed(lie), &[7, 0, 0, 0]]);
        let message = only(&message);
        let parsed = ErrorMessage::parse(&message).unwrap();
        assert_eq!((parsed.errno(), parsed.echo(), parsed.tlvs().count()), (Some(Errno::EINVAL), None, 0));
    }
}

#[test]
fn modifier_flags_are_read_by_type() {
    // 0x300 on an object is `NLM_F_REPLACE | NLM_F_EXCL`, and on a refusal `CAPPED | ACK_TLVS`.
    let object = bytes(NEWLINK, MULTI | CAPPED | ACK_TLVS, &text("looks like a text"));
    assert_eq!(verdicts(&mut waiting(Expect::Dump), &object), [OBJECT]);
    let reply = Verdict::Reply { seq: 1, is_last: false };
    assert_eq!(verdicts(&mut waiting(Expect::UntilAck), &object), [reply]);
    // `DUMP_INTR` is a bit of its own, which no modifier has.
    assert!(!Flags::from_bits_retain(CAPPED | ACK_TLVS).intersects(Flags::DUMP_INTR | Flags::DUMP_FILTERED));
}

#[test]
fn text_is_never_shown_without_its_number() {
    // As a kernel answered RTM_GETLINK with five bytes too many, of an interface that does not exist.
    let stale = text("bytes leftover after parsing attributes");
    let refused = error(CAPPED | ACK_TLVS, -19, &[&echoed(53), &stale]);
    let refused = only(&refused);
    let parsed = ErrorMessage::parse(&refused).unwrap();
    let refusal = Refusal::new(parsed.errno().unwrap(), &parsed.ext_ack()).to_string();
    assert!(refusal.starts_with("no such device (ENODEV, error code -19)"), "{refusal}");
    assert!(refusal.contains("bytes leftover"), "{refusal}");
    // Some families have the other sign.
    assert_eq!(
        ErrorMessage::parse(&only(&error(CAPPED, 19, &[&echoed(16)]))).unwrap().errno(),
        Some(Errno::ENODEV)
    );
}

#[test]
fn success_with_attributes_is_a_warning() {
    let warned = error(CAPPED | ACK_TLVS, 0, &[&echoed(16), &text("obsolete")]);
    assert_eq!(verdicts(&mut waiting(Expect::Ack), &warned), [Verdict::Ack { seq: 1, has_warning: true }]);
}

#[test]
fn second_dump_is_not_made_and_its_refusal_is_one() {
    let mut exchange = waiting(Expect::Dump);
    assert_eq!(exchange.request(Expect::Dump, Header::new()), None);
    // Another one is running on the socket that the exchange does not know of.
    let busy = error(CAPPED, -16, &[&echoed(32)]);
    assert_eq!(verdicts(&mut exchange, &busy), [Verdict::Refusal { seq: 1, errno: Errno::EBUSY }]);
    assert!(exchange.request(Expect::Dump, Header::new()).is_some());
}

#[test]
fn dump_ends_with_done_or_is_refused_with_error() {
    let text = text("Invalid values in header for FIB dump request");
    let with_text = [&(-22_i32).to_ne_bytes()[..], &text].concat();
    for (answer, verdict) in [
        (bytes(DONE, MULTI, &[0; 4]), end(None)),
        (bytes(DONE, MULTI | ACK_TLVS, &with_text), end(Some(Errno::EINVAL))),
        (error(CAPPED, -1, &[&echoed(32)]), Verdict::Refusal { seq: 1, errno: Errno::EPERM }),
    ] {
        let mut exchange = waiting(Expect::Dump);
        assert_eq!(verdicts(&mut exchange, &answer), [verdict]);
        assert_eq!(exchange.running_dump(), None);
    }
}

#[test]
fn done_has_many_forms() {
    let ends = [
        bytes(DONE, MULTI | ACK_TLVS, &[0; 4]),
        bytes(DONE, MULTI, &[]),
        bytes(DONE, 0, &[]),
        bytes(DONE, 0, &[0; 4]),
        bytes(DONE, MULTI, &[&[0; 4][..], &text("without the flag")].concat()),
    ];
    for done in ends {
        assert_eq!(verdicts(&mut waiting(Expect::Dump), &done), [end(None)], "{done:?}");
    }
    // As the process connector and greet send it: their own payload, no MULTI, and no error number in it.
    let own = bytes(DONE, 0, &[0xff; 52]);
    assert!(matches!(Control::parse(&only(&own)), Ok(Control::Family)));
    assert_eq!(verdicts(&mut waiting(Expect::Dump), &own), [OBJECT]);
    let raw = Verdict::Reply { seq: 1, is_last: true };
    assert_eq!(verdicts(&mut waiting(Expect::Raw(MessageType::DONE)), &own), [raw]);
}

#[test]
fn done_comes_with_the_last_objects_or_alone() {
    let (object, done) = (bytes(NEWLINK, MULTI, &[0; 16]), bytes(DONE, MULTI, &[0; 4]));
    let mut together = waiting(Expect::Dump);
    assert_eq!(verdicts(&mut together, &[&object[..], &object, &done].concat()), [OBJECT, OBJECT, end(None)]);
    let mut alone = waiting(Expect::Dump);
    assert_eq!(verdicts(&mut alone, &object), [OBJECT]);
    assert_eq!(verdicts(&mut alone, &done), [end(None)]);
}

#[test]
fn interrupted_counts_on_any_message_and_filtered_on_the_last() {
    let dump = |flags: [u16; 2]| {
        let datagram =
            [bytes(NEWLINK, MULTI | flags[0], &[0; 16]), bytes(DONE, MULTI | flags[1], &[0; 4])].concat();
        match verdicts(&mut waiting(Expect::Dump), &datagram)[..] {
            [OBJECT, Verdict::DumpEnd { flags, .. }] => {
                (flags.contains(Flags::DUMP_INTR), flags.contains(Flags::DUMP_FILTERED))
            }
            ref other => panic!("{other:?}"),
        }
    };
    assert_eq!(dump([0, 0]), (false, false));
    assert_eq!([dump([DUMP_INTR, 0]), dump([0, DUMP_INTR])], [(true, false); 2]);
    assert_eq!(dump([DUMP_FILTERED; 2]), (false, true));
}

#[test]
fn rest_of_a_dump_that_nobody_wants_is_read_to_its_end() {
    let mut exchange = waiting(Expect::Dump);
    let object = bytes(NEWLINK, MULTI, &[0; 16]);
    assert_eq!(verdicts(&mut exchange, &object), [OBJECT]);
    exchange.abandon(1);
    assert_eq!(verdicts(&mut exchange, &object), [Verdict::Stale]);
    assert_eq!(exchange.running_dump(), Some(1), "the kernel would refuse another one");
    assert_eq!(verdicts(&mut exchange, &bytes(DONE, MULTI, &[0; 4])), [Verdict::Stale]);
    assert_eq!(exchange.running_dump(), None);
}

#[test]
fn several_replies_end_with_the_acknowledgement() {
    let mut exchange = waiting(Expect::UntilAck);
    let part = bytes(NEWLINK, 0, &[0; 16]);
    let reply = Verdict::Reply { seq: 1, is_last: false };
    assert_eq!(verdicts(&mut exchange, &[&part[..], &part].concat()), [reply, reply]);
    assert!(exchange.is_waiting(1), "that MULTI is absent says nothing");
    assert_eq!(verdicts(&mut exchange, &error(CAPPED, 0, &[&echoed(32)])), [ACK]);
}

#[test]
fn header_does_not_say_who_sent_it() {
    let mut exchange = waiting(Expect::Ack);
    let forged = error(CAPPED, -1, &[&echoed(32)]);
    let (verdict, bytes) = exchange.judge(&mut &forged[..], Address::port(77)).unwrap();
    assert_eq!((verdict, bytes.len()), (Verdict::Foreign, 36));
    assert!(exchange.is_waiting(1));
    assert_eq!(verdicts(&mut exchange, &error(CAPPED, 0, &[&echoed(32)])), [ACK]);
}

#[test]
fn event_may_have_our_number_and_echoes_come_before_the_acknowledgement() {
    let changed = bytes(NEWLINK, 0, &[0; 16]);
    let (verdict, _) = waiting(Expect::Ack).judge(&mut &changed[..], Address::group(1)).unwrap();
    assert_eq!(verdict, Verdict::Event);
    let mut exchange = Exchange::new(OURS, 0);
    exchange.request(Expect::Ack, Header::new().flags(Flags::ECHO)).unwrap();
    let echoed = [changed, error(CAPPED, 0, &[&echoed(32)])].concat();
    assert_eq!(verdicts(&mut exchange, &echoed), [Verdict::Reply { seq: 1, is_last: false }, ACK]);
}
