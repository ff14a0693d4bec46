//! What `#[derive(NlMessage)]` makes of headers, commands, payloads, encodings, limits, and what is repeated or left
//! over.
#![cfg(feature = "derive")]

use nl_tlv::control::Errno;
use nl_tlv::schema::{Limits, Presence, Strictness, ValueType, validate};
use nl_tlv::value::Be;
use nl_tlv::wire::GenlMsgHdr;
use nl_tlv::{
    AttrWriter, Error, ErrorKind, Header, Message, MessageId, MessageType, Messages, NlAttrs, NlMessage,
    NlStruct, Repeat, Rest, Writer, nl_struct,
};

/// The one message that `fill` writes.
fn written<'b>(
    buf: &'b mut [u8],
    id: MessageId,
    header: Header,
    fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>,
) -> Message<'b> {
    let mut w = Writer::new(buf);
    w.message(id, header, fill).unwrap();
    Messages::new(w.finish()).next().unwrap().unwrap()
}

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

#[nl_struct]
struct IfInfoMsg {
    ifi_family: u8,
    pad: u8,
    ifi_type: u16,
    ifi_index: i32,
    ifi_flags: u32,
    ifi_change: u32,
}

fn loopback() -> IfInfoMsg {
    let (ifi_flags, ifi_change) = (0x49, 0);
    IfInfoMsg { ifi_family: 0, pad: 0, ifi_type: 772, ifi_index: 1, ifi_flags, ifi_change }
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 16, c_name = "RTM_NEWLINK", c_prefix = "IFLA")]
struct Link<'a> {
    #[nl(fixed_header)]
    header: IfInfoMsg,
    /// Its name.
    #[nl(attr = 3, max_len = 15)]
    ifname: &'a str,
    #[nl(attr = 4)]
    mtu: Option<u32>,
}

#[test]
fn a_family_header_comes_before_the_attributes() {
    let link = Link { header: loopback(), ifname: "lo", mtu: Some(65536) };
    let mut buf = [0xa5; 64];
    let bytes = link.emit(&mut buf, Header::new()).unwrap();
    assert_eq!(bytes.len(), 16 + 16 + 8 + 8);
    assert_eq!(&bytes[16..32], loopback().to_bytes());
    assert_eq!(Link::parse(&only(bytes)).unwrap(), link);
    assert!(matches!(Link::attrs(&only(bytes)).unwrap().next(), Some(Ok(LinkAttr::Ifname("lo")))));
}

#[test]
fn a_message_too_short_for_its_header_is_an_error() {
    let mut buf = [0; 64];
    let message = written(&mut buf, Link::SCHEMAS[0].id, Header::new(), |w| w.bytes(&[0; 15]));
    let err = Link::parse(&message).unwrap_err();
    assert_eq!((err.kind(), err.offset(), err.expected(), err.found()), (ErrorKind::Truncated, 16, 16, 15));
    assert_eq!(Link::attrs(&message).unwrap_err(), err);
}

#[test]
fn the_schema_says_what_the_definition_says() {
    let schema = Link::SCHEMAS[0];
    assert_eq!((schema.name, schema.id), ("Link", MessageId::Type(MessageType(16))));
    assert_eq!(schema.c_name, Some("RTM_NEWLINK"));
    let header = schema.header.unwrap();
    assert_eq!((header.name, header.len), ("IfInfoMsg", 16));
    let offsets: Vec<_> = header.fields.iter().map(|field| (field.name, field.offset, field.len)).collect();
    assert_eq!(offsets[..4], [("ifi_family", 0, 1), ("pad", 1, 1), ("ifi_type", 2, 2), ("ifi_index", 4, 4)]);
    let set = schema.attrs;
    assert_eq!((set.name, set.c_prefix), ("Link", Some("IFLA")));
    let [name, mtu] = set.attrs else { panic!("two attributes") };
    assert_eq!((name.ty, name.name, name.doc), (3, "ifname", "Its name."));
    assert_eq!((name.presence, name.limits.max_len), (Presence::Required, Some(15)));
    assert!(matches!((name.value, mtu.value), (ValueType::NulString, ValueType::U32)));
    assert_eq!(mtu.presence, Presence::Optional);
}

#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(cmd = 3, version = 2)]
struct GetFamily<'a> {
    #[nl(attr = 2)]
    name: Option<&'a str>,
}

#[test]
fn a_command_is_found_behind_the_generic_netlink_header() {
    let header = Header::request().family(MessageType(16));
    let mut buf = [0; 64];
    let bytes = GetFamily { name: Some("nlctrl") }.emit(&mut buf, header).unwrap();
    assert_eq!(bytes[16..20], [3, 2, 0, 0]);
    assert_eq!(GetFamily::parse(&only(bytes)).unwrap(), GetFamily { name: Some("nlctrl") });
    assert_eq!(GetFamily::SCHEMAS[0].id, MessageId::Command { cmd: 3, version: 2 });

    let mut buf = [0; 64];
    let other = written(&mut buf, MessageId::Command { cmd: 4, version: 1 }, header, |_| Ok(()));
    let err = GetFamily::parse(&other).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::WrongType, 3, 4));
}

#[test]
fn a_command_without_a_family_is_not_written() {
    let err = GetFamily { name: None }.emit(&mut [0; 64], Header::request()).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::MissingFamily);
}

const TEXT_MAX: usize = 8;

#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 20)]
struct Greeting<'a> {
    #[nl(payload, text, max_len = TEXT_MAX)]
    text: &'a [u8],
}

#[test]
fn a_payload_is_the_whole_message() {
    let mut buf = [0xa5; 64];
    let bytes = Greeting { text: b"hello" }.emit(&mut buf, Header::new()).unwrap();
    assert_eq!(&bytes[16..], b"hello\0");
    assert_eq!(Greeting::parse(&only(bytes)).unwrap().text, b"hello");
    assert_eq!(Greeting::attrs(&only(bytes)).unwrap().count(), 0);
    let payload = Greeting::SCHEMAS[0].payload.unwrap();
    assert_eq!((payload.name, payload.limits.max_len), ("text", Some(TEXT_MAX)));
    assert!(matches!(payload.value, ValueType::String) && Greeting::SCHEMAS[0].attrs.attrs.is_empty());
}

#[test]
fn a_payload_beyond_its_limits_is_not_written_but_read() {
    let err = Greeting { text: b"too long!" }.emit(&mut [0; 64], Header::new()).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::TooLong, 8, 9));
    let mut buf = [0; 64];
    let message = written(&mut buf, Greeting::SCHEMAS[0].id, Header::new(), |w| w.bytes(b"too long!"));
    assert_eq!(Greeting::parse(&message), Ok(Greeting { text: b"too long!" }));
}

#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(cmd = 9)]
struct Stamp {
    #[nl(fixed_header)]
    header: GenlMsgHdr,
    #[nl(payload, be)]
    time: u64,
}

#[test]
fn a_payload_can_follow_a_header() {
    let header = GenlMsgHdr { cmd: 7, version: 7, reserved: 0 };
    let stamp = Stamp { header, time: 0x0102 };
    let mut buf = [0; 64];
    let bytes = stamp.emit(&mut buf, Header::new().family(MessageType(30))).unwrap();
    assert_eq!(bytes[20..], [7, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
    assert_eq!(Stamp::parse(&only(bytes)).unwrap(), stamp);
    assert!(Stamp::attrs(&only(bytes)).unwrap().next().is_none());
}

/// Nothing but its type.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 40)]
struct Flush;

#[test]
fn a_message_may_be_empty_and_damage_is_seen_all_the_same() {
    let mut buf = [0; 64];
    let bytes = Flush.emit(&mut buf, Header::request()).unwrap();
    assert_eq!(bytes.len(), 16);
    assert_eq!(Flush::parse(&only(bytes)).unwrap(), Flush);
    let mut buf = [0; 64];
    let unknown = written(&mut buf, Flush::SCHEMAS[0].id, Header::new(), |w| w.put(1, b"?"));
    assert!(Flush::parse(&unknown).is_ok());
    assert!(matches!(Flush::attrs(&unknown).unwrap().next(), Some(Ok(FlushAttr::Other(_)))));
    let mut buf = [0; 64];
    let damaged = written(&mut buf, Flush::SCHEMAS[0].id, Header::new(), |w| {
        w.bytes(&3u16.to_ne_bytes())?;
        w.bytes(&1u16.to_ne_bytes())
    });
    assert_eq!(Flush::parse(&damaged).unwrap_err().kind(), ErrorKind::LengthBelowHeader);
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 50)]
struct Encoded<'a> {
    #[nl(attr = 0, be)]
    port: u16,
    #[nl(attr = 1, be)]
    limit: Option<u32>,
    #[nl(attr = 2, be)]
    ports: Repeat<'a, u16, Be>,
    #[nl(attr = 3, text)]
    comment: Option<&'a [u8]>,
    #[nl(attr = 4, no_nul)]
    name: &'a str,
    #[nl(attr = 5)]
    raw: &'a [u8],
    #[nl(attr = 6)]
    on: bool,
    #[nl(attr = 7)]
    header: Option<IfInfoMsg>,
}

fn encoded(ports: &[u16]) -> Encoded<'_> {
    let (raw, header) = (b"\0\x01".as_slice(), Some(loopback()));
    Encoded {
        port: 80,
        limit: None,
        ports: Repeat::new(ports),
        comment: Some(b"a"),
        name: "b",
        raw,
        on: true,
        header,
    }
}

#[test]
fn encodings_are_on_the_wire() {
    let mut buf = [0xa5; 128];
    let message = only(encoded(&[1, 2]).emit(&mut buf, Header::new()).unwrap());
    let payloads: Vec<_> =
        message.attrs().map(|attr| attr.unwrap()).map(|a| (a.ty().get(), a.payload())).collect();
    let header = loopback();
    let expected: [(u16, &[u8]); 8] = [
        (0, &[0, 80]),
        (2, &[0, 1]),
        (2, &[0, 2]),
        (3, b"a\0"),
        (4, b"b"),
        (5, b"\0\x01"),
        (6, b""),
        (7, &header.to_bytes()[..]),
    ];
    assert_eq!(payloads, expected);
    assert_eq!(Encoded::parse(&message).unwrap(), encoded(&[1, 2]));
}

#[test]
fn each_variant_writes_what_it_was_read_from() {
    let mut buf = [0xa5; 128];
    let message = only(encoded(&[1, 2]).emit(&mut buf, Header::new()).unwrap());
    let mut again = [0; 128];
    let again = written(&mut again, Encoded::SCHEMAS[0].id, Header::new(), |w| {
        Encoded::attrs(&message)?.try_for_each(|attr| attr?.emit_attrs(w))
    });
    assert_eq!(again.payload(), message.payload());
}

#[test]
fn a_flag_that_is_not_set_is_not_written() {
    let mut buf = [0; 128];
    let encoded = Encoded { on: false, ..encoded(&[]) };
    let message = only(encoded.emit(&mut buf, Header::new()).unwrap());
    assert_eq!(message.attrs().find(6).unwrap(), None);
    assert_eq!(Encoded::parse(&message).unwrap(), encoded);
}

#[test]
fn schemas_know_the_encodings() {
    let types: Vec<_> = EncodedAttr::SCHEMA.attrs.iter().map(|attr| format!("{:?}", attr.value)).collect();
    assert_eq!(types[..7], ["Be16", "Be32", "Be16", "String", "String", "Bytes", "Flag"]);
    assert!(types[7].starts_with("Struct"));
    assert_eq!(IfInfoMsg::SCHEMA.fields.len(), 6);
}

const LEAST: u8 = 2;

#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 51)]
struct Limited<'a> {
    #[nl(attr = 1, range = -5..=5)]
    signed: Option<i8>,
    #[nl(attr = 2, min = LEAST, max = LEAST + 2)]
    named: Option<u8>,
    #[nl(attr = 3, mask = 0x1f)]
    mask: Option<u32>,
    #[nl(attr = 4, min_len = 1, max_len = 3)]
    bytes: Option<&'a [u8]>,
    #[nl(attr = 5, max = 0xffff_ffff_ffff_fffe)]
    wide: Option<u64>,
    #[nl(attr = 6, min = 0x100, be)]
    be: Option<u16>,
}

const FREE: Limited<'static> =
    Limited { signed: None, named: None, mask: None, bytes: None, wide: None, be: None };

#[test]
fn limits_are_inclusive_and_bind_what_is_written() {
    let within = [
        Limited { signed: Some(-5), named: Some(2), mask: Some(0x1f), bytes: Some(b"a"), ..FREE },
        Limited { signed: Some(5), named: Some(4), mask: Some(0), bytes: Some(b"abc"), ..FREE },
        Limited { wide: Some(u64::MAX - 1), be: Some(0x100), ..FREE },
    ];
    for message in within {
        let mut buf = [0; 128];
        assert_eq!(Limited::parse(&only(message.emit(&mut buf, Header::new()).unwrap())).unwrap(), message);
    }
    let beyond = [
        (1, Limited { signed: Some(-6), ..FREE }, ErrorKind::OutOfRange),
        (1, Limited { signed: Some(6), ..FREE }, ErrorKind::OutOfRange),
        (2, Limited { named: Some(1), ..FREE }, ErrorKind::OutOfRange),
        (2, Limited { named: Some(5), ..FREE }, ErrorKind::OutOfRange),
        (3, Limited { mask: Some(0x20), ..FREE }, ErrorKind::ReservedBit),
        (4, Limited { bytes: Some(b""), ..FREE }, ErrorKind::TooShort),
        (4, Limited { bytes: Some(b"abcd"), ..FREE }, ErrorKind::TooLong),
        (5, Limited { wide: Some(u64::MAX), ..FREE }, ErrorKind::OutOfRange),
        (6, Limited { be: Some(0xff), ..FREE }, ErrorKind::OutOfRange),
    ];
    for (ty, message, kind) in beyond {
        let err = message.emit(&mut [0; 128], Header::new()).unwrap_err();
        assert_eq!((err.kind(), err.attr_type()), (kind, Some(ty)));
    }
    let mut buf = [0; 64];
    let read = written(&mut buf, Limited::SCHEMAS[0].id, Header::new(), |w| w.put(1, &[6]));
    assert_eq!(Limited::parse(&read), Ok(Limited { signed: Some(6), ..FREE }));
    assert!(matches!(Limited::attrs(&read).unwrap().next(), Some(Ok(LimitedAttr::Signed(6)))));
    let refusal = validate(Limited::SCHEMAS[0], &read, Strictness::LIBERAL).unwrap_err();
    assert_eq!((refusal.errno(), refusal.ext_ack().offset), (Errno::ERANGE, Some(16)));
}

#[derive(NlMessage, Clone, Copy, Default)]
#[nl(ty = 51)]
struct Large {
    #[nl(attr = 1, max = 10_000_000_000)]
    beyond: Option<u64>,
    #[nl(attr = 2, max = 0x1_0000_0000)]
    power: Option<u64>,
    #[nl(attr = 3, range = -5_000_000_000..=5)]
    signed: Option<i64>,
    #[nl(attr = 4, mask = 0x100_0000_0000)]
    mask: Option<u64>,
    #[nl(attr = 5, range = 1..=0xffff_ffff)]
    small: Option<u64>,
    #[nl(attr = 6, max = 100, be)]
    be: Option<u64>,
    #[nl(attr = 7, range = -5..=5)]
    tiny: Option<i8>,
}

#[test]
fn errors_of_limits_show_the_numbers_whatever_their_size() {
    let shown = |message: Large| {
        let mut buf = [0; 128];
        let err = message.emit(&mut buf, Header::new()).unwrap_err();
        let located = err.within(Large::SCHEMAS[0], &buf).to_string();
        located.split(" (offset").next().unwrap().to_owned()
    };
    let none = Large::default();
    let cases = [
        (
            Large { beyond: Some(10_000_000_001), ..none },
            "beyond: 10000000001 is beyond the limit 10000000000",
        ),
        (Large { power: Some(1 << 33), ..none }, "power: 8589934592 is beyond the limit 4294967296"),
        (
            Large { signed: Some(-6_000_000_000), ..none },
            "signed: -6000000000 is below the limit -5000000000",
        ),
        (Large { signed: Some(6), ..none }, "signed: 6 is beyond the limit 5"),
        (Large { signed: Some(i64::MAX), ..none }, "signed: 9223372036854775807 is beyond the limit 5"),
        (
            Large { signed: Some(i64::MIN), ..none },
            "signed: -9223372036854775808 is below the limit -5000000000",
        ),
        (Large { mask: Some(1), ..none }, "mask: expected only bits of 0x10000000000, found 0x1"),
        (Large { small: Some(1 << 32), ..none }, "small: 4294967296 is beyond the limit 4294967295"),
        (Large { small: Some(0), ..none }, "small: 0 is below the limit 1"),
        (Large { be: Some(u64::MAX), ..none }, "be: 18446744073709551615 is beyond the limit 100"),
        (Large { tiny: Some(-6), ..none }, "tiny: -6 is below the limit -5"),
    ];
    for (message, text) in cases {
        assert_eq!(shown(message), format!("Large.{text}"));
    }
}

#[test]
fn an_error_without_its_schema_shows_no_wrong_number() {
    let err = |limits: Limits, number| limits.check_number(number).unwrap_err();
    let shown = |limits, number| err(limits, number).reason().to_string();
    let (min, max) = (|limit| Limits::NONE.min(limit), |limit| Limits::NONE.max(limit));
    assert_eq!(shown(max(30), 40), "40 is beyond the limit 30");
    assert_eq!(shown(max(0xffff_fffe), 0xffff_ffff), "4294967295 is beyond the limit 4294967294");
    assert_eq!(shown(max(0xffff_ffff), 1 << 32), "4294967296 is beyond the limit");
    assert_eq!(shown(min(1 << 32), 5), "5 is below the limit");
    assert_eq!(shown(max(0), u64::MAX.into()), "18446744073709551615 is beyond the limit");
    assert_eq!(shown(min(-5), -6), "-6 is below the limit -5");
    assert_eq!(shown(min(0), -1), "-1 is below the limit 0");
    assert_eq!(shown(max(-5), 3), "3 is beyond the limit -5");
    assert_eq!(shown(min(-5_000_000_000), i64::MIN.into()), "-9223372036854775808 is below the limit");
    assert_eq!(shown(Limits::NONE.mask(0xf), 0x1f), "expected only bits of 0xf, found 0x1f");
    assert_eq!(shown(Limits::NONE.mask(0xf), 1 << 32), "0x100000000 has bits that must not be set");
    assert_eq!(shown(Limits::NONE.mask(0xf), -1), "-1 has bits that must not be set");
    let numbers = |limits, number| (err(limits, number).expected(), err(limits, number).found());
    assert_eq!(numbers(max(30), 40), (30, 40));
    assert_eq!(numbers(max(1 << 32), 1 << 33), (u32::MAX, u32::MAX));
    assert_eq!(numbers(min(-5), -6), (0, 0));
}

#[derive(NlMessage)]
#[nl(ty = 53)]
struct Alone {
    #[nl(payload, max = 10_000_000_000)]
    number: u64,
}

#[test]
fn the_error_of_a_payload_shows_its_limit() {
    let mut buf = [0; 64];
    let err = Alone { number: 10_000_000_001 }.emit(&mut buf, Header::new()).unwrap_err();
    let shown = err.within(Alone::SCHEMAS[0], &buf).to_string();
    assert!(shown.ends_with("number: 10000000001 is beyond the limit 10000000000 (offset 16)"), "{shown}");
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 52)]
struct Open<'a> {
    #[nl(rest)]
    rest: Rest<'a>,
    #[nl(attr = 9)]
    last: Option<u8>,
}

#[test]
fn the_rest_is_kept_and_of_two_values_the_last_counts() {
    let mut buf = [0; 64];
    let message = written(&mut buf, Open::SCHEMAS[0].id, Header::new(), |w| {
        w.put_value(9, &1u8)?;
        w.put_value(1, &"one")?;
        w.put_value(9, &2u8)?;
        w.nest(2, |_| Ok(()))
    });
    let open = Open::parse(&message).unwrap();
    assert_eq!(open.last, Some(2));
    assert_eq!(open.rest.iter().map(|attr| attr.nla_type()).collect::<Vec<_>>(), [1, 0x8002]);
    let mut again = [0; 64];
    let bytes = open.emit(&mut again, Header::new()).unwrap();
    assert_eq!(Open::parse(&only(bytes)).unwrap(), open);
}
