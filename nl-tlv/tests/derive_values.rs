//! The values that kernel families have beyond integers, strings and addresses: numbers of two lengths, numbers with
//! names, structs that grow, arrays of three kinds.
#![cfg(feature = "derive")]

use nl_tlv::bitflags::bitflags;
use nl_tlv::schema::{ValueType, dissect, locate};
use nl_tlv::value::{Array, Be, ByType, Emit, IndexedArray, Parse};
use nl_tlv::{
    Attr, AttrWriter, Error, ErrorKind, Header, Message, Messages, NlAttrs, NlMessage, NlStruct, NlValue,
    Repeat, Writer, nl_struct,
};

/// The state of a link.
#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[repr(u8)]
enum OperState {
    Unknown,
    Down = 2,
    LowerLayerDown,
    Up = 6,
    #[nl(other)]
    Other(core::primitive::u8),
}

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[nl(flags)]
struct LinkFlags(u32);

bitflags! {
    impl LinkFlags: u32 {
        const UP = 1;
        const BROADCAST = 2;
        const PROMISC = 0x100;
        const _ = !0;
    }
}

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
struct IfName<'n>(&'n str);

#[nl_struct]
struct Stats {
    packets: u32,
    errors: u16,
}

#[nl_struct(zero_extend)]
struct Conf {
    forwarding: u32,
    mtu: u32,
}

#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
struct Op {
    #[nl(attr = 0)]
    id: u32,
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 40)]
struct All<'a> {
    #[nl(attr = 0, uint, range = 1..=0x1_0000_0000)]
    uint: Option<u64>,
    #[nl(attr = 1, sint)]
    sint: Option<i64>,
    #[nl(attr = 2)]
    state: Option<OperState>,
    #[nl(attr = 3, mask = 0x8000_0103)]
    flags: Option<LinkFlags>,
    #[nl(attr = 4, be)]
    net_flags: Option<LinkFlags>,
    #[nl(attr = 5, max_len = 15)]
    name: Option<IfName<'a>>,
    #[nl(attr = 6)]
    stats: Option<Stats>,
    #[nl(attr = 7)]
    own_stats: Option<Stats>,
    #[nl(attr = 8)]
    conf: Option<Conf>,
    #[nl(attr = 9)]
    ports: Option<Array<'a, u16, Be>>,
    #[nl(attr = 10)]
    all_stats: Option<Array<'a, Stats>>,
    #[nl(attr = 11)]
    weights: Option<IndexedArray<'a, u32, Be>>,
    #[nl(attr = 12)]
    ops: Option<IndexedArray<'a, Op>>,
    #[nl(attr = 13)]
    policies: Option<ByType<'a, ByType<'a, Op>>>,
    #[nl(attr = 14)]
    states: Repeat<'a, OperState>,
    #[nl(attr = 15, max_len = 2)]
    short: Option<Array<'a, OperState>>,
}

const EMPTY: All<'_> = All {
    uint: None,
    sint: None,
    state: None,
    flags: None,
    net_flags: None,
    name: None,
    stats: None,
    own_stats: None,
    conf: None,
    ports: None,
    all_stats: None,
    weights: None,
    ops: None,
    policies: None,
    states: Repeat::new(&[]),
    short: None,
};

fn emit<'b>(buf: &'b mut [u8], all: &All<'_>) -> Message<'b> {
    Messages::new(all.emit(buf, Header::new()).unwrap()).next().unwrap().unwrap()
}

fn raw<'b>(buf: &'b mut [u8], fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>) -> Message<'b> {
    let mut w = Writer::new(buf);
    w.message(nl_tlv::MessageType(40).into(), Header::new(), fill).unwrap();
    Messages::new(w.finish()).next().unwrap().unwrap()
}

fn payload(message: &Message<'_>, ty: u16) -> Vec<u8> {
    message.attrs().find(ty).unwrap().unwrap().payload().to_vec()
}

#[test]
fn numbers_of_two_lengths_take_the_shorter_and_read_both() {
    let mut buf = [0xa5; 128];
    for (number, len) in [(7, 4), (u64::from(u32::MAX), 4), (1 << 32, 8)] {
        let all = All { uint: Some(number), ..EMPTY };
        let message = emit(&mut buf, &all);
        assert_eq!(payload(&message, 0).len(), len);
        assert_eq!(All::parse(&message).unwrap(), all);
    }
    for (number, len) in [(-7, 4), (i64::from(i32::MIN), 4), (i64::from(i32::MIN) - 1, 8)] {
        let all = All { sint: Some(number), ..EMPTY };
        let message = emit(&mut buf, &all);
        assert_eq!(payload(&message, 1).len(), len);
        assert_eq!(All::parse(&message).unwrap(), all);
    }
    let long = raw(&mut buf, |w| w.put(1, &(-7i64).to_ne_bytes()));
    assert_eq!(All::parse(&long).unwrap().sint, Some(-7));
    for len in [0, 2, 5, 9] {
        let err = All::parse(&raw(&mut buf, |w| w.put(0, &[0; 9][..len]))).unwrap_err();
        assert_eq!((err.kind(), err.found()), (ErrorKind::WrongLength, len as u32));
    }
    let zero = All::parse(&raw(&mut buf, |w| w.put(0, &[0; 4]))).unwrap();
    assert_eq!(zero.uint, Some(0), "type 0 is one as others");
    let err = zero.emit(&mut [0; 64], Header::new()).unwrap_err();
    assert_eq!((err.kind(), err.attr_type()), (ErrorKind::OutOfRange, Some(0)));
}

#[test]
fn numbers_without_a_name_pass_through() {
    let mut buf = [0xa5; 128];
    let states = [
        (0, OperState::Unknown),
        (3, OperState::LowerLayerDown),
        (6, OperState::Up),
        (9, OperState::Other(9)),
    ];
    for (number, state) in states {
        assert_eq!((OperState::from(number), u8::from(state)), (state, number));
        let all = All { state: Some(state), ..EMPTY };
        let message = emit(&mut buf, &all);
        assert_eq!(payload(&message, 2), [number]);
        assert_eq!(All::parse(&message).unwrap(), all);
    }
    let all = All { states: Repeat::new(&[OperState::Up, OperState::Other(1)]), ..EMPTY };
    assert_eq!(All::parse(&emit(&mut buf, &all)).unwrap(), all);
}

#[test]
fn flags_keep_unknown_bits_and_have_the_order_of_their_field() {
    let mut buf = [0xa5; 128];
    let flags = LinkFlags::UP | LinkFlags::from_bits_retain(0x8000_0000);
    let all = All { flags: Some(flags), net_flags: Some(flags), ..EMPTY };
    let message = emit(&mut buf, &all);
    assert_eq!(payload(&message, 3), 0x8000_0001u32.to_ne_bytes());
    assert_eq!(payload(&message, 4), [0x80, 0, 0, 1]);
    assert_eq!(All::parse(&message).unwrap(), all);
    let err = All { flags: Some(LinkFlags::from_bits_retain(4)), ..EMPTY };
    assert_eq!(err.emit(&mut buf, Header::new()).unwrap_err().kind(), ErrorKind::ReservedBit);
}

#[test]
fn a_struct_around_a_value_is_that_value() {
    let mut buf = [0xa5; 128];
    let all = All { name: Some(IfName("eth0")), ..EMPTY };
    let message = emit(&mut buf, &all);
    assert_eq!(payload(&message, 5), b"eth0\0");
    assert_eq!(All::parse(&message).unwrap(), all);
    let long = All { name: Some(IfName("a-name-too-long-by-far")), ..EMPTY };
    assert_eq!(long.emit(&mut buf, Header::new()).unwrap_err().kind(), ErrorKind::TooLong);
}

#[test]
fn of_a_longer_struct_the_known_part_is_read() {
    let mut buf = [0xa5; 128];
    let stats = Stats { packets: 7, errors: 1 };
    let grown = [&stats.to_bytes()[..], &[9; 5]].concat();
    let message = raw(&mut buf, |w| {
        w.put(6, &grown)?;
        w.put(7, &grown)
    });
    let all = All::parse(&message).unwrap();
    assert_eq!((all.stats, all.own_stats), (Some(stats), Some(stats)));
    for ty in [6, 7] {
        let err = All::parse(&raw(&mut buf, |w| w.put(ty, &grown[..5]))).unwrap_err();
        assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::WrongLength, 8, 5));
    }
    let all = All { stats: Some(stats), ..EMPTY };
    assert_eq!(payload(&emit(&mut buf, &all), 6), stats.to_bytes());
}

#[test]
fn what_a_shorter_struct_lacks_is_zero_where_that_was_chosen() {
    let mut buf = [0xa5; 128];
    let both = [1u32.to_ne_bytes(), 2u32.to_ne_bytes()].concat();
    for (len, mtu) in [(4, 0), (8, 2)] {
        let all = All::parse(&raw(&mut buf, |w| w.put(8, &both[..len]))).unwrap();
        assert_eq!(all.conf, Some(Conf { forwarding: 1, mtu }));
    }
    let none = All::parse(&raw(&mut buf, |w| w.put(8, &[]))).unwrap();
    assert_eq!(none.conf, Some(Conf { forwarding: 0, mtu: 0 }));
}

#[test]
fn arrays_in_one_attribute_round_trip() {
    let mut buf = [0xa5; 256];
    let stats = [1, 2].map(|n| Stats { packets: n, errors: 0 });
    let all = All { ports: Some(Array::new(&[80, 443])), all_stats: Some(Array::new(&stats)), ..EMPTY };
    let message = emit(&mut buf, &all);
    assert_eq!(payload(&message, 9), [0, 80, 1, 187]);
    assert_eq!(payload(&message, 10).len(), 16);
    let parsed = All::parse(&message).unwrap();
    assert_eq!(parsed, all);
    assert_eq!(parsed.ports.unwrap().len(), 2);
    assert!(parsed.ports.unwrap().iter().eq([80, 443]));
    assert!(Array::<u16>::default().is_empty());
    let again = parsed.emit(&mut [0; 256], Header::new()).unwrap().to_vec();
    assert_eq!(again, message.as_bytes());
    let err = All::parse(&raw(&mut buf, |w| w.put(10, &[0; 11]))).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::WrongLength, 8, 11));
    let long = All::parse(&raw(&mut buf, |w| w.put(15, &[0; 3]))).unwrap();
    let err = long.emit(&mut [0; 64], Header::new()).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::TooLong, 2, 3));
}

#[test]
fn arrays_of_attributes_round_trip_and_keep_their_types() {
    let mut buf = [0xa5; 256];
    let ops = [Op { id: 3 }, Op { id: 4 }];
    let inner = [(7, ops[0]), (9, ops[1])];
    let policies = [(2, ByType::new(&inner)), (0, ByType::default())];
    let all = All {
        weights: Some(IndexedArray::new(&[1, 2])),
        ops: Some(IndexedArray::new(&ops)),
        policies: Some(ByType::new(&policies)),
        ..EMPTY
    };
    let message = emit(&mut buf, &all);
    let parsed = All::parse(&message).unwrap();
    assert_eq!(parsed, all);
    assert_eq!((parsed.weights.unwrap().len(), parsed.policies.unwrap().len()), (2, 2));
    let (ty, attrs) = parsed.policies.unwrap().iter().next().unwrap().unwrap();
    assert_eq!((ty, attrs.iter().last().unwrap().unwrap()), (2, (9, Op { id: 4 })));
    assert_eq!(parsed.emit(&mut [0; 256], Header::new()).unwrap(), message.as_bytes());

    let from_zero =
        raw(&mut buf, |w| w.nest(11, |w| [0u16, 5].iter().try_for_each(|ty| w.put(*ty, &[0, 0, 0, 8]))));
    let parsed = All::parse(&from_zero).unwrap();
    assert!(parsed.weights.unwrap().iter().eq([Ok(8), Ok(8)]));
    assert_eq!(parsed.emit(&mut [0; 256], Header::new()).unwrap(), from_zero.as_bytes());
}

#[test]
fn damage_in_an_array_is_found_at_once_and_a_wrong_item_when_it_is_read() {
    let mut buf = [0; 128];
    let short = [3_u16, 1].map(u16::to_ne_bytes).concat();
    let err = All::parse(&raw(&mut buf, |w| w.put(11, &short))).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::LengthBelowHeader);
    let message = raw(&mut buf, |w| w.nest(11, |w| w.put(1, &[1, 2, 3])));
    let items: Vec<_> = All::parse(&message).unwrap().weights.unwrap().iter().collect();
    let err = items[0].unwrap_err();
    assert_eq!((items.len(), err.kind(), err.offset()), (1, ErrorKind::WrongLength, 20));
    assert_eq!(locate(All::SCHEMAS[0], message.as_bytes(), err.offset()).to_string(), "All.weights[0]");
}

#[test]
fn the_new_values_are_dissected_with_their_names() {
    let mut buf = [0; 512];
    let inner = [(7, Op { id: 3 })];
    let policies = [(2, ByType::new(&inner))];
    let all = All {
        uint: Some(1 << 32),
        state: Some(OperState::Up),
        flags: Some(LinkFlags::UP | LinkFlags::from_bits_retain(0x8000_0000)),
        net_flags: Some(LinkFlags::empty()),
        conf: Some(Conf { forwarding: 1, mtu: 1500 }),
        ports: Some(Array::new(&[80, 443])),
        weights: Some(IndexedArray::new(&[1, 2])),
        policies: Some(ByType::new(&policies)),
        states: Repeat::new(&[OperState::Other(9)]),
        ..EMPTY
    };
    let text = dissect(All::SCHEMAS, emit(&mut buf, &all).as_bytes()).to_string();
    let lines: Vec<_> = text.lines().skip(1).map(|line| line[7..].trim_start()).collect();
    assert_eq!(
        lines,
        [
            "uint (0) = 4294967296",
            "state (2) = Up (6)",
            "flags (3) = UP|0x80000000",
            "net_flags (4) = 0",
            "conf (8) = { forwarding 1, mtu 1500 }",
            "ports (9) = [80, 443]",
            "weights (11): 16 bytes",
            "[0] (1) = 1",
            "[1] (2) = 2",
            "policies (13): 16 bytes",
            "[0] (2): 12 bytes",
            "[0] (7): 8 bytes",
            "id (0) = 3",
            "states[0] (14) = 9",
        ]
    );
}

#[test]
fn the_schema_names_numbers_and_the_arrays_their_items() {
    let set = All::SCHEMAS[0].attrs;
    let value = |ty| set.attr(ty).unwrap().value;
    let ValueType::Named(state) = value(2) else { panic!("{:?}", value(2)) };
    assert_eq!((state.name, state.doc, state.is_flags), ("OperState", "The state of a link.", false));
    assert!(state.names().eq([("Unknown", 0), ("Down", 2), ("LowerLayerDown", 3), ("Up", 6)]));
    let ValueType::Named(flags) = value(4) else { panic!("{:?}", value(4)) };
    assert!(matches!(flags.base, ValueType::Be32));
    assert!(flags.names().eq([("UP", 1), ("BROADCAST", 2), ("PROMISC", 0x100)]));
    assert!(matches!(value(5), ValueType::NulString));
    assert!(matches!(value(9), ValueType::Units { value: ValueType::Be16, len: 2 }));
    assert!(matches!(value(12), ValueType::Indexed(ValueType::Nested(_))));
    assert!(matches!(value(13), ValueType::ByType(ValueType::ByType(_))));
}

#[test]
fn a_value_that_is_made_elsewhere_reads_as_its_type() {
    let attr = Attr::new(2, &[0, 0, 0, 1]);
    assert_eq!(<LinkFlags as Parse<Be>>::parse(attr), Ok(LinkFlags::UP));
    assert_eq!(<LinkFlags as Emit<Be>>::NLA_FLAGS, 0);
    assert_eq!(<ByType<'_, u32> as Emit>::NLA_FLAGS, nl_tlv::AttrType::NESTED_FLAG);
}
