//! Messages with a key: which object a message is about, and what it says of it.
#![cfg(feature = "derive")]

use nl_tlv::wire::GenlMsgHdr;
use nl_tlv::{
    AttrWriter, Effect, Flags, Header, Keyed, Message, MessageType, Messages, NlAttrs, NlMessage, NlValue,
    Repeat, Writer,
};

/// Links as netdev tells of them: dumped with one command, told with others.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(cmd = [1, 2, 4], deleted = 3)]
struct Device<'a> {
    #[nl(attr = 1, key)]
    ifindex: u32,
    #[nl(attr = 2)]
    name: Option<&'a str>,
}

/// What a family says of a device that has gone: less than of one that is there.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(cmd = 3)]
struct DeviceGone {
    #[nl(attr = 9)]
    reason: Option<u32>,
    #[nl(attr = 1)]
    ifindex: u32,
}

const DELETED: u16 = 25;

/// A family header takes part with some of its fields.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 24, deleted = DELETED)]
struct Route<'a> {
    #[nl(fixed_header, key = [reserved, cmd])]
    header: GenlMsgHdr,
    #[nl(attr = 7, key)]
    table: Option<&'a str>,
    #[nl(attr = 1, key)]
    dst: Repeat<'a, u16>,
    #[nl(attr = 3)]
    metric: Option<u32>,
}

const FAMILY: MessageType = MessageType(30);

fn bytes(message: &impl NlMessage) -> Vec<u8> {
    let mut buf = [0; 128];
    message.emit(&mut buf, Header::new().family(FAMILY).flags(Flags::ECHO)).unwrap().to_vec()
}

fn message(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

fn key<O: Keyed>(message: &Message<'_>) -> Vec<u8> {
    let mut key = Vec::new();
    O::key(message, &mut |part| key.extend_from_slice(part));
    key
}

fn route(cmd: u8, version: u8) -> Route<'static> {
    let header = GenlMsgHdr { cmd, version, reserved: 0 };
    Route { header, table: None, dst: Repeat::default(), metric: None }
}

#[test]
fn key_has_the_named_fields_and_attributes_and_nothing_else() {
    let mut one = route(1, 2);
    let of = |route: &Route<'_>| key::<Route<'_>>(&message(&bytes(route)));
    let mut expected = vec![0, 0, 1];
    assert_eq!(of(&one), expected);
    (one.header.version, one.metric) = (9, Some(1));
    assert_eq!(of(&one), expected, "neither version nor metric is part of it");
    let dst = [7, 8];
    (one.table, one.dst) = (Some("ab"), Repeat::new(&dst));
    expected.extend([0, 7, 0, 2, b'a', b'b']);
    for number in dst {
        expected.extend([0, 1, 0, 2]);
        expected.extend(number.to_ne_bytes());
    }
    assert_eq!(of(&one), expected, "each with its type and length, big-endian");
}

#[test]
fn key_differs_where_the_bytes_alone_would_be_the_same() {
    let of = |table, dst: &'static [u16]| {
        let route = Route { table: Some(table), dst: Repeat::new(dst), ..route(1, 1) };
        key::<Route<'_>>(&message(&bytes(&route)))
    };
    assert_ne!(of("a", &[]), of("", &[0x61]));
    assert_ne!(of("a", &[1]), of("a", &[1, 1]));
}

/// More attributes than are found in one walk.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 26, deleted = 27)]
struct Flow {
    #[nl(attr = 5, key)]
    source: u8,
    #[nl(attr = 4, key)]
    target: u32,
    #[nl(attr = 3, key)]
    zone: Option<u16>,
    #[nl(attr = 2, key)]
    protocol: Option<u8>,
    #[nl(attr = 1, key)]
    mark: Option<u32>,
}

/// Its sender has them in another order.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 26)]
struct FlowTurned {
    #[nl(attr = 1)]
    mark: u32,
    #[nl(attr = 4)]
    target: u32,
    #[nl(attr = 5)]
    source: u8,
}

#[test]
fn key_has_its_own_order_whatever_that_of_the_message_is() {
    let flow = Flow { source: 1, target: 2, zone: None, protocol: None, mark: Some(3) };
    let turned = FlowTurned { mark: 3, target: 2, source: 1 };
    let number = |number: u32| number.to_ne_bytes().to_vec();
    let parts = [vec![0, 5, 0, 1, 1], vec![0, 4, 0, 4], number(2), vec![0, 1, 0, 4], number(3)];
    for bytes in [bytes(&flow), bytes(&turned)] {
        assert_eq!(key::<Flow>(&message(&bytes)), parts.concat());
    }
    let few = Route { table: Some("a"), dst: Repeat::new(&[9]), ..route(1, 1) };
    let (bytes, after) = (bytes(&few), 20);
    let split = bytes.len() - 8;
    let turned = [&bytes[..after], &bytes[split..], &bytes[after..split]].concat();
    assert_eq!(key::<Route<'_>>(&message(&turned)), key::<Route<'_>>(&message(&bytes)));
}

/// A key of values that can be sent in more than one form.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 28, deleted = 29)]
struct Room<'a> {
    #[nl(attr = 1, key)]
    name: Option<&'a str>,
    #[nl(attr = 2, key, uint)]
    floor: Option<u64>,
    #[nl(attr = 3, key, sint)]
    height: Option<i64>,
    #[nl(attr = 4, key)]
    number: Option<u32>,
    #[nl(attr = 5, key)]
    wing: Option<Wing>,
    #[nl(attr = 6)]
    degrees: Option<u8>,
}

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[repr(u16)]
enum Wing {
    East = 1,
    #[nl(other)]
    Other(u16),
}

/// The same with fewer attributes in its key, which are found in one walk, and with a nest.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 28, deleted = 29)]
struct Seat<'a> {
    #[nl(attr = 1, key)]
    row: &'a str,
    #[nl(attr = 2, key, uint)]
    number: Option<u64>,
    #[nl(attr = 7, key)]
    place: Option<Place<'a>>,
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Place<'a> {
    #[nl(attr = 1)]
    name: Option<&'a str>,
    #[nl(attr = 2)]
    side: Option<u8>,
}

/// A message with these attributes: type with flags, and payload.
fn attrs(attrs: &[(u16, &[u8])]) -> Vec<u8> {
    let mut buf = [0; 256];
    let mut w = Writer::new(&mut buf);
    let write = |w: &mut AttrWriter<'_>| attrs.iter().try_for_each(|(ty, payload)| w.put(*ty, payload));
    w.message(MessageType(28).into(), Header::new(), write).unwrap();
    w.as_bytes().to_vec()
}

#[test]
fn key_is_the_same_for_the_same_value_in_another_form() {
    let of = |attrs: &[u8]| (key::<Room<'_>>(&message(attrs)), key::<Seat<'_>>(&message(attrs)));
    let room = [
        (1, &b"kitchen\0"[..]),
        (2, &7_u32.to_ne_bytes()),
        (3, &(-7_i32).to_ne_bytes()),
        (4, &258_u32.to_ne_bytes()),
        (5, &1_u16.to_ne_bytes()),
    ];
    let usual = of(&attrs(&room));
    let forms: [(u16, &[u8]); 8] = [
        (1, b"kitchen"),
        (1, b"kitchen\0\0garbage"),
        (2, &7_u64.to_ne_bytes()),
        (0x4002, &7_u32.to_be_bytes()),
        (3, &(-7_i64).to_ne_bytes()),
        (0x4004, &258_u32.to_be_bytes()),
        (0x4005, &1_u16.to_be_bytes()),
        (0x8005, &1_u16.to_ne_bytes()),
    ];
    for (ty, payload) in forms {
        let mut other = room;
        other[usize::from(ty & 0xff) - 1] = (ty, payload);
        let other = attrs(&other);
        assert_eq!(Room::parse(&message(&other)).unwrap(), Room::parse(&message(&attrs(&room))).unwrap());
        assert_eq!(of(&other), usual, "{ty:#x} {payload:?}");
    }
    let twice = [&[(1, &b"bath\0"[..]), (2, &[9, 0, 0, 0])][..], &room].concat();
    assert_eq!(of(&attrs(&twice)), usual, "the last one counts");
    for (at, payload) in [(0, &b"kitchens"[..]), (1, &[7, 0, 0, 1]), (2, &[7, 0, 0, 0]), (3, &[3, 1, 0, 0])] {
        let mut other = room;
        other[at].1 = payload;
        assert_ne!(of(&attrs(&other)).0, usual.0, "{payload:?}");
    }
}

#[cfg(target_endian = "little")]
#[test]
fn key_has_a_nest_by_its_values() {
    let of = |place: &[u8]| key::<Seat<'_>>(&message(&attrs(&[(1, b"A\0"), (7, place)])));
    let usual = of(&[6, 0, 1, 0, b'x', 0, 0, 0, 5, 0, 2, 0, 1, 0, 0, 0]);
    assert_eq!(of(&[5, 0, 1, 0, b'x', 0, 0, 0, 5, 0, 2, 0, 1, 9, 9, 9]), usual, "without NUL, other padding");
    assert_eq!(of(&[5, 0, 2, 0, 1, 0, 0, 0, 6, 0, 1, 0, b'x', 0, 0, 0]), usual, "another order");
    assert_ne!(of(&[6, 0, 1, 0, b'y', 0, 0, 0, 5, 0, 2, 0, 1, 0, 0, 0]), usual);
    assert_ne!(of(&[6, 0, 1, 0, b'x', 0, 0, 0, 5, 0, 2, 0, 2, 0, 0, 0]), usual);
    assert_ne!(of(&[6, 0, 1, 0, b'x', 0, 0, 0]), usual);
}

#[test]
fn key_is_the_same_in_the_message_that_deletes_whatever_else_is_in_it() {
    let device = bytes(&Device { ifindex: 5, name: Some("eth0") });
    let gone = bytes(&DeviceGone { reason: Some(1), ifindex: 5 });
    assert_eq!(key::<Device<'_>>(&message(&device)), key::<Device<'_>>(&message(&gone)));
    let other = bytes(&DeviceGone { reason: Some(1), ifindex: 6 });
    assert_ne!(key::<Device<'_>>(&message(&device)), key::<Device<'_>>(&message(&other)));
}

/// A deletion with the index in another attribute, or too short.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 3)]
struct GoneOtherwise {
    #[nl(attr = 2)]
    ifindex: Option<u32>,
    #[nl(attr = 1)]
    short: Option<u16>,
}

#[test]
fn deletion_without_the_key_does_not_say_which_object_is_gone() {
    let effect = |gone: &[u8]| Device::effect(&message(gone), Some(FAMILY));
    assert_eq!(effect(&bytes(&DeviceGone { reason: None, ifindex: 5 })), Effect::Removes);
    for (ifindex, short) in [(Some(5), None), (None, Some(5)), (None, None)] {
        assert_eq!(effect(&bytes(&GoneOtherwise { ifindex, short })), Effect::AskAgain);
    }
}

#[test]
fn state_is_told_by_type() {
    let state = |ty: u16| {
        let bytes = [&20_u32.to_ne_bytes()[..], &ty.to_ne_bytes(), &[0; 14]].concat();
        Route::effect(&message(&bytes), None)
    };
    assert_eq!([24, 25, 26].map(state), [Effect::Sets, Effect::Removes, Effect::Nothing]);
}

#[test]
fn state_is_told_by_command_and_family() {
    let state = |cmd: u8, family| {
        let mut bytes = bytes(&Device { ifindex: 5, name: None });
        bytes[16] = cmd;
        Device::effect(&message(&bytes), Some(MessageType(family)))
    };
    let (present, deleted) = (Effect::Sets, Effect::Removes);
    let none = Effect::Nothing;
    let expected = [none, present, present, deleted, present, none];
    assert_eq!(std::array::from_fn(|cmd| state(u8::try_from(cmd).unwrap(), FAMILY.0)), expected);
    assert_eq!(state(1, FAMILY.0 + 1), Effect::Nothing);
}

#[test]
fn damaged_and_short_messages_have_a_key_too() {
    let whole = bytes(&Route { table: Some("blue"), ..route(1, 1) });
    for len in 16..whole.len() {
        let mut cut = whole[..len].to_vec();
        cut[..4].copy_from_slice(&u32::try_from(len).unwrap().to_ne_bytes());
        let cut = key::<Route<'_>>(&message(&cut));
        assert!(key::<Route<'_>>(&message(&whole)).starts_with(&cut) || len < 20, "{len} bytes");
    }
}
