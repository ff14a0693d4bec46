//! C structs: padding, network order, arrays, members with names, arrays at the end, and what is shown of them.
#![cfg(feature = "derive")]

#[path = "support/c.rs"]
mod c;

use core::net::Ipv4Addr;
use nl_tlv::bitflags::bitflags;
use nl_tlv::schema::{StructSchema, ValueType, dissect};
use nl_tlv::value::{Array, Bitfield32, Headed, Parse};
use nl_tlv::{
    Attr, ErrorKind, Header, MessageType, Messages, NlAttrs, NlMessage, NlStruct, NlValue, Writer, nl_struct,
};

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[repr(u8)]
enum State {
    Down = 2,
    Up = 6,
    #[nl(other)]
    Other(u8),
}

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[nl(flags)]
struct Flags(u32);

bitflags! {
    impl Flags: u32 {
        const UP = 1;
        const BROADCAST = 2;
        const _ = !0;
    }
}

#[nl_struct]
#[derive(Hash)]
struct Inner {
    #[nl(be)]
    port: u16,
    proto: u8,
}

#[nl_struct]
struct Outer {
    state: State,
    inner: [Inner; 2],
    #[nl(be)]
    ports: [u16; 3],
    flags: Flags,
    address: Ipv4Addr,
    wide: u64,
    end: i8,
}

const OUTER: Outer = Outer {
    state: State::Up,
    inner: [Inner { port: 80, proto: 6 }, Inner { port: 53, proto: 17 }],
    ports: [1, 2, 3],
    flags: Flags::BROADCAST,
    address: Ipv4Addr::new(10, 0, 0, 1),
    wide: 7,
    end: -1,
};

#[nl_struct(packed)]
struct Packed {
    byte: u8,
    wide: u64,
    short: u16,
}

/// The middle of `struct taskstats`, whose 32-bit number is aligned as a 64-bit one.
#[nl_struct]
struct Stats {
    scheduler: u8,
    #[nl(align = 8)]
    user: u32,
    group: u32,
    #[nl(be, align = 2)]
    short: u16,
}

#[nl_struct(packed)]
struct PackedStats {
    byte: u8,
    #[nl(align = 8)]
    user: u32,
    last: u8,
}

#[nl_struct(zero_extend)]
struct IfInfo {
    family: u8,
    ty: u16,
    index: i32,
    flags: Flags,
    change: u32,
}

#[nl_struct]
struct Selector {
    flags: u8,
    nkeys: u8,
}

#[nl_struct]
struct Key {
    mask: u32,
    off: u8,
}

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[nl(flags, uint)]
struct Features(u64);

bitflags! {
    impl Features: u64 {
        const FAST = 1;
        const WIDE = 1 << 40;
        const _ = !0;
    }
}

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[nl(sint)]
#[repr(i64)]
enum Level {
    Low = -1,
    High = 1 << 33,
    #[nl(other)]
    Other(i64),
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 40)]
struct All<'a> {
    #[nl(fixed_header)]
    header: IfInfo,
    #[nl(attr = 1)]
    outer: Option<Outer>,
    #[nl(attr = 2)]
    selector: Option<Headed<Selector, Array<'a, Key>>>,
    #[nl(attr = 3)]
    bits: Option<Bitfield32<Flags>>,
    #[nl(attr = 4)]
    features: Option<Features>,
    #[nl(attr = 5)]
    level: Option<Level>,
    #[nl(attr = 6)]
    headed: Option<Headed<IfInfo, Set>>,
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Set {
    #[nl(attr = 1)]
    number: Option<u8>,
}

fn all() -> All<'static> {
    const KEYS: &[Key] = &[Key { mask: 1, off: 2 }, Key { mask: 3, off: 4 }];
    All {
        header: IfInfo { family: 2, ty: 1, index: 7, flags: Flags::UP, change: 0 },
        outer: Some(OUTER),
        selector: Some(Headed { header: Selector { flags: 1, nkeys: 2 }, contents: Array::new(KEYS) }),
        bits: Some(Bitfield32 { value: Flags::UP, selector: Flags::UP | Flags::BROADCAST }),
        features: Some(Features::WIDE | Features::FAST),
        level: Some(Level::Low),
        headed: None,
    }
}

#[test]
fn sizes_and_offsets_are_those_of_the_c_compiler() {
    let definitions = "struct inner { unsigned short port; unsigned char proto; }; \
        struct outer { unsigned char state; struct inner inner[2]; unsigned short ports[3]; unsigned int flags; \
        unsigned int address; unsigned long long wide; signed char end; }; \
        struct packed { unsigned char byte; unsigned long long wide; unsigned short shorter; } \
        __attribute__((packed)); \
        struct stats { unsigned char scheduler; unsigned int user __attribute__((aligned(8))); \
        unsigned int group; unsigned short shorter __attribute__((aligned(2))); }; \
        struct packed_stats { unsigned char byte; unsigned int user __attribute__((aligned(8))); \
        unsigned char last; } __attribute__((packed)); \
        struct ifinfo { unsigned char family; unsigned short ty; int index; unsigned int flags, change; }; \
        struct key { unsigned int mask; unsigned char off; }; \
        struct selector { unsigned char flags, nkeys; struct key items[]; };";
    let mut expected = Vec::new();
    let mut compare = |name: &str, schema: &StructSchema| {
        let mut add = |c: String, ours: usize| expected.push((c, u64::try_from(ours).unwrap()));
        add(format!("sizeof(struct {name})"), schema.len);
        add(format!("_Alignof(struct {name})"), schema.align);
        for field in schema.fields {
            let field_name = if field.name == "short" { "shorter" } else { field.name };
            add(format!("offsetof(struct {name}, {field_name})"), field.offset);
            add(format!("sizeof(((struct {name} *)0)->{field_name})"), field.len);
        }
    };
    compare("inner", Inner::SCHEMA);
    compare("outer", Outer::SCHEMA);
    compare("packed", Packed::SCHEMA);
    compare("stats", Stats::SCHEMA);
    compare("packed_stats", PackedStats::SCHEMA);
    compare("ifinfo", IfInfo::SCHEMA);
    compare("key", Key::SCHEMA);
    let set = All::SCHEMAS[0].attrs;
    let ValueType::Struct(selector) = set.attr(2).unwrap().value else { panic!("not a struct") };
    let items = selector.items.unwrap();
    expected.push(("offsetof(struct selector, items)".to_owned(), u64::try_from(items.offset).unwrap()));
    let expected = expected.into_iter().map(|(c, ours)| (format!("({{ {definitions} {c}; }})"), ours));
    let expected: Vec<_> = expected.collect();
    let expected: Vec<_> = expected.iter().map(|(c, ours)| (c.as_str(), *ours)).collect();
    c::assert_values("c_structs", &expected);
}

#[test]
fn padding_is_written_as_zero_and_ignored_when_read() {
    let bytes = OUTER.to_bytes();
    let mut dirty = bytes;
    let mut padding = vec![true; bytes.len()];
    for field in Outer::SCHEMA.fields {
        padding[field.offset..field.offset + field.len].fill(false);
    }
    // The padding of the two inner structs.
    padding[5] = true;
    padding[9] = true;
    for (at, _) in padding.iter().enumerate().filter(|(_, is_padding)| **is_padding) {
        assert_eq!(bytes[at], 0, "byte {at}");
        dirty[at] = 0xa5;
    }
    assert_eq!(Outer::from_bytes(&dirty), OUTER);
    assert_eq!(Outer::from_bytes(&bytes), OUTER);
    assert_eq!(bytes[2..4], [0, 80], "network order");
    assert_eq!(Outer::from_bytes(&Outer::default().to_bytes()), Outer::default());
    assert_eq!(Packed { byte: 1, wide: 2, short: 3 }.to_bytes().len(), 11);
}

#[test]
fn numbers_without_a_name_are_kept_in_a_struct() {
    let mut bytes = OUTER.to_bytes();
    bytes[0] = 99;
    let outer = Outer::from_bytes(&bytes);
    assert_eq!(outer.state, State::Other(99));
    assert_eq!(outer.to_bytes(), bytes);
}

#[test]
fn everything_round_trips_and_is_shown_with_names() {
    let mut buf = [0xa5; 512];
    let bytes = all().emit(&mut buf, Header::new()).unwrap();
    let message = Messages::new(bytes).next().unwrap().unwrap();
    assert_eq!(All::parse(&message).unwrap(), all());
    let shown = dissect(All::SCHEMAS, bytes).to_string();
    for part in [
        "IfInfo: family 2, ty 1, index 7, flags UP, change 0",
        "state Up (6), inner [{ port 80, proto 6 }, { port 53, proto 17 }], ports [1, 2, 3], flags BROADCAST",
        "address 10.0.0.1, wide 7, end -1",
        "{ flags 1, nkeys 2, items [{ mask 1, off 2 }, { mask 3, off 4 }] }",
        "bits (3) = UP of UP|BROADCAST",
        "features (4) = FAST|WIDE",
        "level (5) = Low (-1)",
    ] {
        assert!(shown.contains(part), "{part:?} is missing in:\n{shown}");
    }
}

#[test]
fn numbers_of_two_sizes_are_written_as_the_shorter() {
    let mut buf = [0; 512];
    let few = All { features: Some(Features::FAST), level: Some(Level::High), ..all() };
    let bytes = few.emit(&mut buf, Header::new()).unwrap();
    let message = Messages::new(bytes).next().unwrap().unwrap();
    let lens: Vec<_> = message.attrs_after(16).map(|attr| attr.unwrap().payload().len()).collect();
    assert_eq!(lens[3..], [4, 8]);
    assert_eq!(All::parse(&message).unwrap(), few);
    assert_eq!(Level::parse(Attr::new(5, &(-1i32).to_ne_bytes())), Ok(Level::Low));
    assert_eq!(Level::parse(Attr::new(5, &(-1i64).to_ne_bytes())), Ok(Level::Low));
    assert_eq!(Level::parse(Attr::new(5, &9i64.to_ne_bytes())), Ok(Level::Other(9)));
}

#[test]
fn shorter_headers_and_structs_are_read_where_that_was_chosen() {
    let mut buf = [0xa5; 64];
    for len in [0, 1, 4, 15] {
        let mut w = Writer::new(&mut buf);
        w.message(MessageType(40).into(), Header::new(), |w| w.bytes(&[2; 16][..len])).unwrap();
        let bytes = w.finish();
        let message = Messages::new(bytes).next().unwrap().unwrap();
        let all = All::parse(&message).unwrap();
        assert_eq!((all.header.family, all.outer), (if len > 0 { 2 } else { 0 }, None));
        let shown = dissect(All::SCHEMAS, bytes).to_string();
        assert_eq!(shown.contains("family 2"), len > 0, "{shown}");
        assert!(!shown.contains('!'), "{shown}");
    }
    let headed = Headed::<IfInfo, Set>::parse(Attr::new(6, &[2, 0, 1, 0])).unwrap();
    assert_eq!((headed.header.family, headed.contents.number), (2, None));
}

#[test]
fn items_at_the_end_are_whole() {
    let parse = |len: usize| Headed::<Selector, Array<Key>>::parse(Attr::new(2, &[1; 64][..len]));
    assert_eq!(parse(4 + 16).unwrap().contents.len(), 2);
    assert!(parse(4).unwrap().contents.is_empty());
    let err = parse(4 + 9).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::WrongLength, 12, 13));
    let err = parse(1).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::WrongLength, 2, 1));
}
