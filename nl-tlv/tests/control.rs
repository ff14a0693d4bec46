//! Netlink's own messages: captured ones say what their captures say, written ones read back, and no damage does more
//! than make them say less.

#[allow(dead_code, reason = "shared with tests that use more of it")]
mod support;

use nl_tlv::control::{
    Control, Errno, ErrorMessage, ExtAck, Policy, Refusal, emit_ack, emit_done, emit_refusal,
    emit_whole_refusal, genl,
};
use nl_tlv::{ErrorKind, Flags, Header, Message, MessageId, MessageType, Messages, Writer};

/// `NLM_F_CAPPED` and `NLM_F_ACK_TLVS`.
const CAPPED: u16 = 0x100;
const ACK_TLVS: Flags = Flags::from_bits_retain(0x200);

fn only(bytes: &[u8]) -> Message<'_> {
    let mut messages = Messages::new(bytes);
    let message = messages.next().unwrap().unwrap();
    assert!(messages.next().is_none());
    message
}

/// The captures are little-endian, and so is what these tests ask of them.
#[cfg(target_endian = "little")]
mod captured {
    use super::support::{Vector, each_change, prefixes};
    use super::*;

    const LEFTOVER: &str = "bytes leftover after parsing attributes";

    fn error(bytes: &[u8]) -> ErrorMessage<'_> {
        ErrorMessage::parse(&only(bytes)).unwrap()
    }

    #[test]
    fn refusal_with_padded_echo() {
        let bytes = Vector::load("error_a").bytes;
        let error = error(&bytes);
        assert_eq!(error.errno(), Some(Errno::EOPNOTSUPP));
        assert_eq!((error.request().nlmsg_len, error.request().nlmsg_type), (17, 1000));
        assert_eq!(error.echo(), Some(&[0][..]), "without its padding");
        assert!(error.ext_ack().is_empty() && error.tlvs().next().is_none());
    }

    #[test]
    fn refusal_with_attributes_behind_the_echo() {
        let bytes = Vector::load("error_b").bytes;
        let error = error(&bytes);
        assert_eq!(error.errno(), Some(Errno::ENODEV));
        assert_eq!(error.echo().map(<[u8]>::len), Some(53 - 16));
        assert_eq!(error.tlvs().offset(), 76);
        assert_eq!(error.ext_ack(), ExtAck { message: Some(LEFTOVER), ..ExtAck::NONE });
    }

    #[test]
    fn capped_refusal_with_attributes() {
        let bytes = Vector::load("error_c").bytes;
        let error = error(&bytes);
        assert_eq!((error.errno(), error.echo()), (Some(Errno::EINVAL), None));
        assert_eq!((error.request().nlmsg_len, error.tlvs().offset()), (37, 36));
        assert_eq!(error.ext_ack().message, Some(LEFTOVER));
    }

    #[test]
    fn failed_dump_says_why() {
        let bytes = Vector::load("error_d").bytes;
        assert_eq!(end(&only(&bytes)), (Some(Errno::EINVAL), false, false));
        let why = ExtAck::of(&only(&bytes));
        assert_eq!(why.message, Some("Invalid values in header for FIB dump request"));
    }

    #[test]
    fn capped_refusal_without_attributes() {
        let bytes = Vector::load("error_e").bytes;
        let error = error(&bytes);
        assert_eq!((error.errno(), error.echo()), (Some(Errno::EINVAL), None));
        assert_eq!(error.request().nlmsg_type, 16);
        assert!(error.ext_ack().is_empty());
    }

    #[test]
    fn filtered_dump_says_so_at_its_end() {
        let bytes = Vector::load("done_filtered").bytes;
        assert_eq!(end(&only(&bytes)), (None, false, true));
    }

    #[test]
    fn acknowledgement_is_one() {
        let bytes = Vector::load("ack").bytes;
        assert!(error(&bytes).is_ack());
    }

    #[test]
    fn families_of_the_controller() {
        let bytes = Vector::load("genl_nlctrl").bytes;
        let family = genl::Family::parse(&only(&bytes)).unwrap();
        assert_eq!((family.id, &*family.name, family.version), (genl::CONTROLLER, "nlctrl", 2));
        assert_eq!(family.ops, [(3, 14), (10, 12)]);
        assert_eq!(family.groups, [("notify".to_owned(), 16)]);
        assert_eq!((family.group("notify"), family.group("events")), (Some(16), None));
    }

    #[test]
    fn damage_never_does_more_than_say_less() {
        for vector in Vector::messages() {
            prefixes(&vector.bytes).for_each(read_all);
            each_change(&vector.bytes, read_all);
        }
    }

    /// Reads whatever there is to read; each view lies within the bytes.
    fn read_all(bytes: &[u8]) {
        let inside = |part: &[u8]| part.is_empty() || bytes.as_ptr_range().contains(&part.as_ptr());
        for message in Messages::new(bytes).map_while(Result::ok) {
            match Control::parse(&message) {
                Ok(Control::Error(error)) => {
                    assert!(error.echo().is_none_or(inside));
                    assert!(error.tlvs().count() <= bytes.len() / 4);
                    let _ = Refusal::new(Errno::EINVAL, &error.ext_ack()).to_string();
                }
                Ok(Control::Done(_)) => assert!(ExtAck::of(&message).cookie.is_none_or(inside)),
                _ => {}
            }
            if let Ok(family) = genl::Family::parse(&message) {
                assert!(family.ops.len() + family.groups.len() <= bytes.len() / 4);
            }
        }
    }
}

/// A request with sequence number 9 and a payload that needs padding.
fn request(buf: &mut [u8]) -> Message<'_> {
    let mut w = Writer::new(buf);
    w.message(MessageType(1000).into(), Header::request().seq(9).port_id(1), |w| w.bytes(b"12345")).unwrap();
    only(w.finish())
}

/// One of everything.
const EVERYTHING: ExtAck<'static> = ExtAck {
    message: Some("it is not so"),
    offset: Some(20),
    cookie: Some(&[1, 2, 3, 4, 5]),
    policy: Some(Policy {
        ty: Policy::U8,
        min_signed: Some(-3),
        max_signed: Some(3),
        min: Some(1),
        max: Some(u64::MAX),
        min_len: Some(2),
        max_len: Some(31),
        policy_index: Some(4),
        policy_max_type: Some(5),
        bitfield32_mask: Some(6),
        mask: Some(7),
    }),
    missing_type: Some(3),
    missing_nest: Some(24),
};

#[test]
fn refusals_read_back_as_written() {
    let mut is_whole = Vec::new();
    for emit in [emit_refusal, emit_whole_refusal] {
        for why in [ExtAck::NONE, EVERYTHING] {
            let (mut request_buf, mut buf) = ([0; 64], [0xa5; 512]);
            let request = request(&mut request_buf);
            let mut w = Writer::new(&mut buf);
            emit(&mut w, &request, 4242, Errno::ERANGE, &why).unwrap();
            let message = only(w.as_bytes());
            assert_eq!((message.ty(), message.seq(), message.port_id()), (MessageType::ERROR, 9, 4242));
            assert_eq!(message.as_bytes().len() % 4, 0, "the echo's padding counts");
            let error = ErrorMessage::parse(&message).unwrap();
            assert_eq!((error.errno(), error.ext_ack()), (Some(Errno::ERANGE), why));
            assert_eq!(error.request(), request.header());
            let is_capped = message.flags().contains(Flags::from_bits_retain(CAPPED));
            assert_eq!(error.echo(), (!is_capped).then_some(&b"12345"[..]));
            is_whole.push(!is_capped);
        }
    }
    assert_eq!(is_whole, [false, false, true, true]);
}

#[test]
fn acknowledgements_read_back_with_their_warning() {
    let (mut request_buf, mut buf) = ([0; 64], [0xa5; 512]);
    let request = request(&mut request_buf);
    let mut w = Writer::new(&mut buf);
    emit_ack(&mut w, &request, 4242, &ExtAck::NONE).unwrap();
    let plain_len = w.as_bytes().len();
    let warning = ExtAck { message: Some("obsolete"), ..ExtAck::NONE };
    emit_ack(&mut w, &request, 4242, &warning).unwrap();
    assert_eq!(plain_len, 36, "header, number, the request's header");
    let errors: Vec<_> =
        Messages::new(w.as_bytes()).map(|message| ErrorMessage::parse(&message.unwrap()).unwrap()).collect();
    assert!(errors.iter().all(ErrorMessage::is_ack));
    assert_eq!([errors[0].ext_ack(), errors[1].ext_ack()], [ExtAck::NONE, warning]);
}

#[test]
fn ends_of_dumps_read_back_as_written() {
    let (mut request_buf, mut buf) = ([0; 64], [0xa5; 512]);
    let request = request(&mut request_buf);
    let mut w = Writer::new(&mut buf);
    let flags = Flags::DUMP_INTR | Flags::DUMP_FILTERED;
    emit_done(&mut w, &request, 1, None, flags, &ExtAck::NONE).unwrap();
    emit_done(&mut w, &request, 1, Some(Errno::EBUSY), Flags::empty(), &EVERYTHING).unwrap();
    let messages = Messages::new(w.as_bytes()).map(Result::unwrap);
    let read: Vec<_> = messages.map(|message| (end(&message), ExtAck::of(&message))).collect();
    let failed = (Some(Errno::EBUSY), false, false);
    assert_eq!(read, [((None, true, true), ExtAck::NONE), (failed, EVERYTHING)]);
}

#[test]
fn refusal_that_does_not_fit_says_what_it_needs() {
    let (mut request_buf, mut buf) = ([0; 64], [0; 63]);
    let request = request(&mut request_buf);
    let why = ExtAck { message: Some("because of that"), ..ExtAck::NONE };
    let refuse = |w: &mut Writer<'_>| emit_whole_refusal(w, &request, 1, Errno::EIO, &why);
    let err = refuse(&mut Writer::new(&mut buf)).unwrap_err();
    assert_eq!(err.needed(), Some(16 + 20 + 8 + 20));
    refuse(&mut Writer::new(&mut [0; 64])).unwrap();
}

/// How a dump ended: why it failed, whether it was interrupted, and whether it was filtered.
fn end(message: &Message<'_>) -> (Option<Errno>, bool, bool) {
    let Control::Done(errno) = Control::parse(message).unwrap() else { panic!("{message:?}") };
    let has = |flag| message.flags().contains(flag);
    (errno, has(Flags::DUMP_INTR), has(Flags::DUMP_FILTERED))
}

/// A message with these flags and this payload.
fn message<'b>(buf: &'b mut [u8], ty: MessageType, flags: Flags, payload: &[u8]) -> Message<'b> {
    let mut w = Writer::new(buf);
    w.message(ty.into(), Header::new().flags(flags), |w| w.bytes(payload)).unwrap();
    only(w.finish())
}

#[test]
fn done_that_ends_no_dump_is_the_familys_own() {
    let text = b"Msg from Process 1234 has been processed by kernel";
    for (flags, payload, is_end) in [
        (Flags::empty(), &text[..], false),
        (Flags::empty(), &[0xff; 256], false),
        (Flags::empty(), &[0xff; 3], false),
        (Flags::empty(), &[0xff; 5], false),
        (Flags::empty(), &[0; 4], true),
        (Flags::empty(), &[], true),
        (Flags::MULTI, &[], true),
        (Flags::MULTI, &[0; 4], true),
        (Flags::MULTI, &[0; 256], true),
    ] {
        let buf = &mut [0; 512];
        let control = Control::parse(&message(buf, MessageType::DONE, flags, payload)).unwrap();
        assert_eq!(matches!(control, Control::Done(_)), is_end, "{flags:?}, {} bytes", payload.len());
        assert_eq!(matches!(control, Control::Family), !is_end);
    }
}

#[test]
fn end_of_a_dump_needs_no_number_but_a_whole_one() {
    let buf = &mut [0; 64];
    assert_eq!(end(&message(buf, MessageType::DONE, Flags::MULTI, &[])), (None, false, false));
    let err = Control::parse(&message(buf, MessageType::DONE, Flags::MULTI, &[1, 2, 3])).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::Truncated, 4, 3));
}

#[test]
fn announced_attributes_may_be_absent() {
    let buf = &mut [0; 64];
    let flags = Flags::MULTI | ACK_TLVS;
    for payload in [&[0; 4][..], &[]] {
        assert!(ExtAck::of(&message(buf, MessageType::DONE, flags, payload)).is_empty());
    }
}

#[test]
fn positive_error_is_the_same_number() {
    let buf = &mut [0; 64];
    let payload = [&22_i32.to_ne_bytes()[..], &[0; 16]].concat();
    let error = ErrorMessage::parse(&message(buf, MessageType::ERROR, Flags::empty(), &payload)).unwrap();
    assert_eq!(error.errno(), Some(Errno::EINVAL));
}

#[test]
fn lying_echo_hides_neither_number_nor_message() {
    for (at, request_len) in [0, 15, 16, 17, 21, 1 << 20, u32::MAX].into_iter().enumerate() {
        let attr = [&12_u16.to_ne_bytes()[..], &1_u16.to_ne_bytes(), b"because\0"].concat();
        let error = (-5_i32).to_ne_bytes();
        let payload = [&error[..], &u32::to_ne_bytes(request_len), &[0; 12], &[9, 0, 0, 0], &attr].concat();
        let buf = &mut [0; 128];
        let message = message(buf, MessageType::ERROR, ACK_TLVS, &payload);
        let error = ErrorMessage::parse(&message).unwrap();
        assert_eq!(error.errno(), Some(Errno::EIO));
        // only an echo of 1 to 4 bytes leaves the attribute where it is
        assert_eq!(error.ext_ack().message, (17..=20).contains(&request_len).then_some("because"));
        let expected = [None, None, Some(0), Some(1), Some(5), None, None];
        assert_eq!(error.echo().map(<[u8]>::len), expected[at]);
    }
}

#[test]
fn reserved_types_are_ignored_and_families_begin_at_16() {
    let buf = &mut [0; 64];
    let mut kind = |ty| {
        Control::parse(&message(buf, MessageType(ty), Flags::empty(), &[])).map(|kind| format!("{kind:?}"))
    };
    assert_eq!(kind(0).unwrap(), "Reserved");
    assert_eq!(kind(1).unwrap(), "Noop");
    assert_eq!(kind(4).unwrap(), "Overrun");
    assert_eq!(kind(15).unwrap(), "Reserved");
    assert_eq!(kind(16).unwrap(), "Family");
    assert_eq!(kind(2).unwrap_err().kind(), ErrorKind::Truncated);
}

#[test]
fn damaged_attributes_of_an_extended_ack_count_as_absent() {
    let mut buf = [0; 128];
    let mut w = Writer::new(&mut buf);
    w.message(MessageType::DONE.into(), Header::new(), |w| {
        w.put(2, &[1, 2, 3])?;
        w.put(1, b"caf\xe9 or not\0")?;
        w.put(5, &7_u32.to_ne_bytes())?;
        w.put(99, b"?")?;
        w.bytes(&[0xff; 4])
    })
    .unwrap();
    let ext_ack = ExtAck::parse(only(w.as_bytes()).attrs());
    assert_eq!(ext_ack, ExtAck { message: Some("caf"), missing_type: Some(7), ..ExtAck::NONE });
}

#[test]
fn refusals_are_shown_with_number_place_and_reason() {
    let why = ExtAck { message: Some("prefix is too long"), offset: Some(76), ..ExtAck::NONE };
    let refusal = Refusal::new(Errno::EINVAL, &why);
    assert_eq!(
        refusal.to_string(),
        "invalid argument (EINVAL, error code -22) at offset 76: prefix is too long"
    );
    assert_eq!(
        refusal.at("RouteNew.dst.len").to_string(),
        "invalid argument (EINVAL, error code -22) at RouteNew.dst.len: prefix is too long"
    );
    let policy = Policy { ty: Policy::U8, min: Some(1), max: Some(128), ..Policy::default() };
    let refusal = Refusal::new(Errno::ERANGE, &ExtAck { policy: Some(policy), ..ExtAck::NONE });
    assert_eq!(
        refusal.to_string(),
        "out of range (ERANGE, error code -34) (accepted: u8, at least 1, at most 128)"
    );
    assert_eq!(Refusal::new(Errno::new(-1000).unwrap(), &ExtAck::NONE).to_string(), "error code -1000");
}

#[test]
fn refusals_keep_long_texts_visibly_cut_and_control_characters_harmless() {
    let long = "ä".repeat(100);
    let refusal = Refusal::new(Errno::EIO, &ExtAck { message: Some(&long), ..ExtAck::NONE });
    assert_eq!(refusal.message().map(str::len), Some(128));
    assert!(refusal.to_string().ends_with("ä…"));
    let path = refusal.at(format_args!("abc{long}"));
    assert_eq!(path.path().map(str::len), Some(127), "whole characters only");
    let refusal = Refusal::new(Errno::EIO, &ExtAck { message: Some("\u{1b}[2J"), ..ExtAck::NONE });
    assert!(refusal.to_string().ends_with(": \\u{1b}[2J"));
    let refusal = Refusal::new(Errno::EIO, &ExtAck { message: Some("a\u{202e}b\u{200b}"), ..ExtAck::NONE });
    let refusal = refusal.at("A\u{2066}.b");
    assert!(refusal.to_string().ends_with(" at A\\u{2066}.b: a\\u{202e}b\\u{200b}"), "{refusal}");
}

#[test]
fn refusals_keep_cookies_of_any_kernel() {
    let cookie = [7; 21];
    let keep = |len| Refusal::new(Errno::EIO, &ExtAck { cookie: Some(&cookie[..len]), ..ExtAck::NONE });
    assert_eq!(keep(20).ext_ack().cookie, Some(&cookie[..20]));
    assert_eq!(keep(21).ext_ack().cookie, None, "longer than any kernel's");
}

#[test]
fn family_is_asked_for_by_a_name_that_fits() {
    let mut buf = [0xa5; 64];
    let mut w = Writer::new(&mut buf);
    let err = genl::emit_get_family(&mut w, Header::request(), "sixteen letters!").unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::TooLong, 15, 16));
    genl::emit_get_family(&mut w, Header::request(), "fifteen letters").unwrap();
    let message = only(w.as_bytes());
    assert_eq!(message.ty(), genl::CONTROLLER);
    assert_eq!(message.payload()[0], genl::GETFAMILY);
    assert_eq!(message.attrs_after(4).find(2).unwrap().unwrap().payload(), b"fifteen letters\0");
}

#[test]
fn family_without_id_or_name_names_what_is_missing() {
    let parse = |cmd, ty, attr: (u16, &[u8])| {
        let mut buf = [0; 64];
        let mut w = Writer::new(&mut buf);
        let header = Header::new().family(MessageType(ty));
        w.message(MessageId::Command { cmd, version: 2 }, header, |w| w.put(attr.0, attr.1)).unwrap();
        let err = genl::Family::parse(&only(w.as_bytes())).unwrap_err();
        (err.kind(), err.attr_type())
    };
    assert_eq!(parse(1, 16, (2, b"greet\0")), (ErrorKind::MissingAttr, Some(1)));
    assert_eq!(parse(1, 16, (1, &[9, 0])), (ErrorKind::MissingAttr, Some(2)));
    assert_eq!(parse(1, 16, (1, &[9])), (ErrorKind::WrongLength, Some(1)));
    assert_eq!(parse(2, 16, (1, &[9, 0])), (ErrorKind::WrongType, None));
    assert_eq!(parse(1, 17, (1, &[9, 0])), (ErrorKind::WrongType, None));
}
