//! Messages with several numbers, and messages whose whole contents are a set; limits, which hold for what is written.
#![cfg(feature = "derive")]

use nl_tlv::schema::{Strictness, dissect_generic, locate, validate};
use nl_tlv::{
    ErrorKind, Header, Keyed, Message, MessageId, MessageType, Messages, NlAttrs, NlMessage, ParseMessage,
    Repeat, Rest, Writer,
};

/// `NAME`, as a constant of another type than `u16`.
const NAME: u32 = 2;

/// As an enum of C has them.
#[derive(Clone, Copy)]
enum Number {
    Set = 7,
}

/// A device.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
#[nl(pad = [3, 5])]
struct Device<'a> {
    /// Its index.
    #[nl(attr = 1, min = 1)]
    ifindex: Option<u32>,
    /// Its name.
    #[nl(attr = NAME, max_len = 15)]
    name: Option<&'a str>,
    #[nl(attr = 4)]
    queues: Repeat<'a, u16>,
    #[nl(rest)]
    rest: Rest<'a>,
}

/// What is there, and what an event says.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(cmd = [1, Number::Set], c_name = ["DEV_GET", "DEV_CHANGED"], deleted = 4)]
struct Dev<'a> {
    #[nl(attrs, key = [ifindex])]
    attrs: Device<'a>,
}

/// Another one with the same set.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = [20, 24])]
struct Other<'a> {
    #[nl(attrs)]
    attrs: Device<'a>,
}

/// Without a typed iterator.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 21, no_enum)]
struct Plain {
    #[nl(attr = 1, range = 1..=9)]
    number: Option<u8>,
}

/// One of several, which have several numbers.
#[derive(NlMessage, Clone, Debug, PartialEq)]
enum Any<'a> {
    Other(Other<'a>),
    Plain(Plain),
    #[nl(other)]
    Else(Message<'a>),
}

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

fn device() -> Device<'static> {
    Device { ifindex: Some(7), name: Some("eth0"), ..Device::default() }
}

#[test]
fn a_set_can_be_the_whole_contents() {
    let dev = Dev { attrs: device() };
    let mut buf = [0xa5; 128];
    let header = Header::request().family(MessageType(30));
    let message = only(dev.emit(&mut buf, header).unwrap());
    assert_eq!(Dev::parse(&message), Ok(dev));
    assert!(matches!(Dev::attrs(&message).unwrap().next(), Some(Ok(DeviceAttr::Ifindex(7)))));
    let tree = dissect_generic(Dev::SCHEMAS, Some(MessageType(30)), message.as_bytes()).to_string();
    assert!(tree.contains("ifindex") && tree.contains("\"eth0\""), "{tree}");
    assert_eq!(locate(Dev::SCHEMAS[0], message.as_bytes(), 20).to_string(), "Dev.ifindex");
    assert_eq!(locate(Dev::SCHEMAS[0], message.as_bytes(), 28).to_string(), "Dev.name");
}

#[test]
fn several_numbers_are_one_message_and_the_first_is_written() {
    let ids: Vec<_> = Dev::SCHEMAS.iter().map(|schema| (schema.id, schema.c_name)).collect();
    let command = |cmd| MessageId::Command { cmd, version: 1 };
    assert_eq!(ids, [(command(1), Some("DEV_GET")), (command(7), Some("DEV_CHANGED"))]);
    let mut buf = [0xa5; 128];
    for id in [20, 24] {
        let mut w = Writer::new(&mut buf);
        w.message(MessageType(id).into(), Header::new(), |w| device().emit_attrs(w)).unwrap();
        let message = only(w.finish());
        assert_eq!(Other::parse(&message), Ok(Other { attrs: device() }));
        assert_eq!(Other::attrs(&message).unwrap().count(), 2);
        assert_eq!(Any::parse(&message), Ok(Any::Other(Other { attrs: device() })));
    }
    let message = only(Other { attrs: device() }.emit(&mut buf, Header::new()).unwrap());
    assert_eq!(message.ty(), MessageType(20));
    let mut buf = [0; 64];
    let message = only(Plain { number: Some(1) }.emit(&mut buf, Header::new()).unwrap());
    assert_eq!(Other::parse(&message).unwrap_err().kind(), ErrorKind::WrongType);
    assert_eq!(Any::SCHEMAS.len(), 3);
    assert_eq!(Any::parse(&message).unwrap().schema().name, "Plain");
}

#[test]
fn a_command_of_another_family_is_another_message() {
    let mut buf = [0; 64];
    let header = Header::new().family(MessageType(30));
    let message = only(Dev { attrs: device() }.emit(&mut buf, header).unwrap());
    assert!(Dev::parse_in(&message, Some(MessageType(30))).is_ok());
    let err = Dev::parse_in(&message, Some(MessageType(31))).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::WrongType, 31, 30));
}

#[test]
fn the_key_can_lie_in_the_set() {
    let mut buf = [0; 64];
    let header = Header::new().family(MessageType(30));
    let message = only(Dev { attrs: device() }.emit(&mut buf, header).unwrap());
    let mut key = Vec::new();
    Dev::key(&message, &mut |part| key.extend_from_slice(part));
    assert_eq!(key, [&[0, 1, 0, 4][..], &7_u32.to_ne_bytes()].concat());
}

#[test]
fn padding_of_several_types_is_skipped() {
    let mut buf = [0; 128];
    let mut w = Writer::new(&mut buf);
    w.message(MessageType(20).into(), Header::new(), |w| {
        w.put(3, b"")?;
        w.put(5, b"")?;
        w.put(6, b"kept")
    })
    .unwrap();
    let other = Other::parse(&only(w.finish())).unwrap();
    assert_eq!(other.attrs.rest.iter().map(|attr| attr.ty().get()).collect::<Vec<_>>(), [6]);
}

#[test]
fn without_a_typed_iterator_attributes_are_as_they_are() {
    let mut buf = [0; 64];
    let message = only(Plain { number: Some(1) }.emit(&mut buf, Header::new()).unwrap());
    let attr = Plain::attrs(&message).unwrap().next().unwrap().unwrap();
    assert_eq!((attr.ty().get(), attr.payload()), (1, &[1][..]));
    let set = Plain::SCHEMAS[0].attrs;
    assert_eq!(set.attrs[0].name, "number");
}

#[test]
fn limits_bind_what_is_written_and_validate_judges_what_was_read() {
    let mut buf = [0; 64];
    let err = Plain { number: Some(10) }.emit(&mut buf, Header::new()).unwrap_err();
    assert_eq!((err.kind(), err.attr_type()), (ErrorKind::OutOfRange, Some(1)));
    let mut w = Writer::new(&mut buf);
    w.message(MessageType(21).into(), Header::new(), |w| w.put(1, &[10])).unwrap();
    let message = only(w.finish());
    assert_eq!(Plain::parse(&message), Ok(Plain { number: Some(10) }));
    assert_eq!(
        validate(Plain::SCHEMAS[0], &message, Strictness::LIBERAL).unwrap_err().errno(),
        nl_tlv::control::Errno::ERANGE
    );
}
