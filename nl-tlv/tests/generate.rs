//! Messages drawn from schemas: what all readers of a valid one agree on, and what each says of one that just misses.
#![cfg(feature = "derive")]

#[path = "contract/definition.rs"]
#[allow(unreachable_pub, reason = "it is a file of another test")]
mod definition;

use arbtest::arbitrary::Unstructured;
use arbtest::arbtest;
use core::net::{IpAddr, Ipv4Addr};
use definition::RouteNew;
use nl_tlv::schema::{
    AttrSet, MAX_DEPTH, MessageSchema, Strictness, ValueType, dissect, dissect_generic, locate, validate,
};
use nl_tlv::value::Bitfield32;
use nl_tlv::value::{Array, Be, ByType, Headed, IndexedArray, NestedArray};
use nl_tlv::{
    Attr, Attrs, ErrorKind, Header, MacAddr, Message, MessageId, MessageType, Messages, NlAttrs, NlMessage,
    NlSubMessage, Repeat,
};
use nl_tlv_testing::random::{Damage, NearMiss, attrs, message, near_miss};
use std::collections::HashSet;
use std::convert::Infallible;

/// An attribute of each kind, each of them optional but one.
#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 40)]
struct Everything<'a> {
    #[nl(fixed_header)]
    header: Bitfield32,
    #[nl(attr = 1)]
    required: u32,
    #[nl(attr = 2, range = 10..=20)]
    range: Option<u8>,
    #[nl(attr = 3, min = -100)]
    signed: Option<i64>,
    #[nl(attr = 4, be, max = 1000)]
    network: Option<u16>,
    #[nl(attr = 5, mask = 0xf0)]
    mask: Option<u32>,
    #[nl(attr = 6, no_nul, max_len = 8)]
    string: Option<&'a str>,
    #[nl(attr = 7, min_len = 1, max_len = 8)]
    nul_string: Option<&'a str>,
    #[nl(attr = 8, min_len = 2, max_len = 9)]
    bytes: Option<&'a [u8]>,
    #[nl(attr = 9)]
    array: Option<[u8; 5]>,
    #[nl(attr = 10)]
    flag: bool,
    #[nl(attr = 11, mask = 0x0f)]
    bits: Option<Bitfield32>,
    #[nl(attr = 12)]
    ip: Option<IpAddr>,
    #[nl(attr = 13)]
    mac: Option<MacAddr>,
    #[nl(attr = 14)]
    numbers: Repeat<'a, u64>,
    #[nl(attr = 15)]
    reject: Option<Infallible>,
    #[nl(attr = 16)]
    tree: Option<Inner<'a>>,
    #[nl(attr = 17)]
    list: Option<NestedArray<'a, Inner<'a>>>,
    #[nl(attr = 18)]
    v4: Option<Ipv4Addr>,
    #[nl(attr = 19, uint, max = 0x1_0000_0000)]
    uint: Option<u64>,
    #[nl(attr = 20, sint)]
    sint: Option<i64>,
    #[nl(attr = 21, max_len = 6)]
    ports: Option<Array<'a, u16, Be>>,
    #[nl(attr = 22)]
    weights: Option<IndexedArray<'a, u32, Be>>,
    #[nl(attr = 23)]
    policies: Option<ByType<'a, ByType<'a, Inner<'a>>>>,
    #[nl(attr = 24, max_len = 6)]
    kind: Option<&'a str>,
    #[nl(attr = 25, select = kind)]
    nests: Option<Nests<'a>>,
    #[nl(attr = 26, be)]
    number: Option<u16>,
    #[nl(attr = 27, select = number)]
    bytes_by_number: Option<Forms<'a>>,
}

/// Forms that are nests, one of which its selector is too short for.
#[derive(NlSubMessage, Debug, Clone, PartialEq)]
enum Nests<'a> {
    #[nl(when = "nest")]
    Nest(Inner<'a>),
    #[nl(when = "array")]
    Array(NestedArray<'a, Inner<'a>>),
    #[nl(when = "too long")]
    Never(Inner<'a>),
    #[nl(other)]
    Other(Attr<'a>),
}

/// Forms of which one is a nest, which is written without its flag.
#[derive(NlSubMessage, Debug, Clone, PartialEq)]
enum Forms<'a> {
    #[nl(when = 1)]
    Nest(Inner<'a>),
    #[nl(when = 2)]
    Number(u32),
    #[nl(when = 300)]
    Headed(Headed<Bitfield32, Inner<'a>>),
    #[nl(other)]
    Other(Attr<'a>),
}

/// A set that contains itself.
#[derive(NlAttrs, Debug, Clone, PartialEq)]
struct Inner<'a> {
    #[nl(attr = 1, be)]
    id: u32,
    #[nl(attr = 2)]
    inner: Repeat<'a, Inner<'a>>,
}

/// A command of generic netlink.
#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(cmd = 3)]
struct Command<'a> {
    #[nl(attr = 1, max_len = 15)]
    name: &'a str,
    #[nl(attr = 2)]
    inner: Option<Inner<'a>>,
}

/// A message that is one value.
#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 41)]
struct Text<'a> {
    #[nl(payload, text, max_len = 30)]
    text: &'a [u8],
}

/// Calls a macro with each message.
macro_rules! each_message {
    ($call:ident, $u:expr) => {{
        $call!(Everything, $u);
        $call!(Command, $u);
        $call!(Text, $u);
        $call!(RouteNew, $u);
    }};
}

#[test]
fn all_readers_accept_what_is_valid_and_emitting_it_is_stable() {
    macro_rules! accepted {
        ($ty:ident, $u:expr) => {{
            let bytes = message($ty::SCHEMAS[0], $u)?;
            let message = only(&bytes);
            assert_eq!(validate($ty::SCHEMAS[0], &message, Strictness::STRICT), Ok(()), "{message:?}");
            assert!($ty::attrs(&message).unwrap().all(|attr| attr.is_ok()));
            let tree =
                dissect_generic($ty::SCHEMAS, Some(family(&message, $ty::SCHEMAS[0])), &bytes).to_string();
            assert!(!tree.contains(" ! ") && !tree.contains("attribute "), "{tree}");
            let parsed = $ty::parse(&message).unwrap();
            let mut buf = vec![0xa5; bytes.len() + 4];
            let emitted = parsed.emit(&mut buf, header(&message)).unwrap();
            let again = only(emitted);
            assert_eq!(validate($ty::SCHEMAS[0], &again, Strictness::STRICT), Ok(()));
            let again = $ty::parse(&again).unwrap();
            assert_eq!(again, parsed, "attributes of one type keep their order");
            let mut twice = vec![0x5a; bytes.len() + 4];
            assert_eq!(again.emit(&mut twice, header(&message)).unwrap(), emitted);
        }};
    }
    arbtest(|u| {
        each_message!(accepted, u);
        Ok(())
    });
}

#[test]
fn near_misses_are_read_by_all_and_refused_where_their_damage_is_seen() {
    macro_rules! missed {
        ($ty:ident, $u:expr) => {{
            let NearMiss { damage, bytes } = near_miss($ty::SCHEMAS[0], $u)?;
            let tree = dissect($ty::SCHEMAS, &bytes).to_string();
            assert!(tree.len() <= 4096 + 256 * bytes.len(), "bounded");
            let _ = locate($ty::SCHEMAS[0], &bytes, bytes.len() as u32 / 2).to_string();
            if let Some(Ok(message)) = Messages::new(&bytes).next() {
                let parsed = $ty::parse(&message).map(|parsed| format!("{parsed:?}"));
                let strict = validate($ty::SCHEMAS[0], &message, Strictness::STRICT);
                judge(damage, parsed.err().map(|err| err.kind()), strict.is_err());
                for mode in (0..0x20).map(Strictness::from_bits_retain) {
                    let more = validate($ty::SCHEMAS[0], &message, mode);
                    assert!(more.is_ok() || strict.is_err(), "more bits do not refuse less: {mode:?}");
                }
            }
        }};
    }
    arbtest(|u| {
        each_message!(missed, u);
        Ok(())
    });
}

/// What a damage must lead to. (Nests that repeat are read lazily: their damage need not be seen by a parser.)
fn judge(damage: Damage, parsed: Option<ErrorKind>, is_refused: bool) {
    match damage {
        Damage::Length | Damage::Rejected | Damage::NestedFlag => assert!(is_refused, "{damage:?}"),
        Damage::Unknown => assert!(is_refused && parsed.is_none(), "{parsed:?}"),
        Damage::Missing => {
            assert!(!is_refused && matches!(parsed, None | Some(ErrorKind::MissingAttr)), "{parsed:?}");
        }
        Damage::OutOfRange => assert!(
            matches!(
                parsed,
                None | Some(
                    ErrorKind::OutOfRange | ErrorKind::ReservedBit | ErrorKind::TooLong | ErrorKind::TooShort
                )
            ),
            "{parsed:?}"
        ),
        Damage::Deep => assert!(is_refused),
        _ => {}
    }
}

#[test]
fn every_damage_and_every_attribute_is_drawn() {
    let (mut damages, mut types) = (HashSet::new(), HashSet::new());
    for seed in 0..2000_u32 {
        let noise: Vec<u8> = (0..512_u32).map(|i| noise(seed, i)).collect();
        damages.insert(near_miss(Everything::SCHEMAS[0], &mut Unstructured::new(&noise)).unwrap().damage);
        let bytes = message(Everything::SCHEMAS[0], &mut Unstructured::new(&noise)).unwrap();
        types.extend(only(&bytes).attrs_after(8).map(|attr| attr.unwrap().ty().get()));
    }
    assert_eq!(damages.len(), 9, "{damages:?}");
    let missing: Vec<_> = (1..=27).filter(|ty| !types.contains(ty)).collect();
    assert_eq!(missing, [15], "all but the one that is rejected");
}

/// Bytes that look random, and are the same in each run.
fn noise(seed: u32, index: u32) -> u8 {
    let mixed = (seed.wrapping_mul(0x9e37_79b9) ^ index).wrapping_mul(0x85eb_ca6b);
    (mixed ^ mixed >> 15).wrapping_mul(0xc2b2_ae35).to_le_bytes()[3]
}

#[test]
fn sets_that_contain_themselves_end_where_the_kernel_ends() {
    arbtest(|u| {
        let bytes = attrs(<Inner<'_> as NlAttrs>::SCHEMA, u)?;
        assert!(depth(Attrs::new(&bytes)) < MAX_DEPTH);
        Ok(())
    });
}

fn depth(attrs: Attrs<'_>) -> usize {
    let nests = attrs.map(Result::unwrap).filter(|attr| attr.is_nested());
    nests.map(|attr| 1 + depth(attr.nested())).max().unwrap_or(0)
}

#[test]
fn what_cannot_be_valid_is_not_drawn() {
    use nl_tlv::schema::{AttrSchema, Limits, Presence};
    static ENDLESS: AttrSet = AttrSet {
        name: "Endless",
        doc: "",
        attrs: &[AttrSchema {
            ty: 1,
            name: "endless",
            doc: "",
            value: ValueType::Nested(nl_tlv::schema::SetRef::new(&|| &ENDLESS)),
            presence: Presence::Required,
            limits: Limits::NONE,
            is_net_byteorder: false,
        }],
        c_prefix: None,
        part_of: None,
        strict_start_type: None,
    };
    assert!(attrs(&ENDLESS, &mut Unstructured::new(&[1; 64])).is_err());
}

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

fn header(message: &Message<'_>) -> Header {
    Header::new().family(message.ty()).flags(message.flags()).seq(message.seq()).port_id(message.port_id())
}

/// The id of the family, for a command; one that no message has otherwise.
fn family(message: &Message<'_>, schema: &MessageSchema) -> MessageType {
    match schema.id {
        MessageId::Type(_) => MessageType(0),
        MessageId::Command { .. } => message.ty(),
    }
}
