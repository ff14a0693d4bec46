//! Values that come with the schema's own kinds of attribute: nested arrays, bitfields, rejected attributes.
#![cfg(feature = "derive")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod support;

/// The contract's messages.
pub mod route {
    include!("contract/definition.rs");
}

use nl_tlv::schema::{
    AttrSchema, AttrSet, Limits, MessageSchema, Presence, dissect, dissect_generic, locate,
};
use nl_tlv::value::Bitfield32;
use nl_tlv::value::{Emit, NestedArray};
use nl_tlv::{Attr, ErrorKind, Header, MessageType, Messages, NlAttrs, NlMessage, Writer};
use route::NextHop;
use std::convert::Infallible;

type Hops<'a> = NestedArray<'a, NextHop<'a>>;

static SET: AttrSet = AttrSet {
    name: "Values",
    doc: "",
    attrs: &[
        attr::<Hops<'static>>(1, "hops", Limits::NONE),
        attr::<Bitfield32>(2, "bits", Limits { mask: Some(0xf), ..Limits::NONE }),
        attr::<Infallible>(3, "never", Limits::NONE),
    ],
    c_prefix: None,
    part_of: None,
    strict_start_type: None,
};

static SCHEMA: MessageSchema = MessageSchema {
    name: "Values",
    doc: "",
    id: nl_tlv::MessageId::Type(MessageType(40)),
    c_name: None,
    header: None,
    attrs: &SET,
    payload: None,
    deleted: None,
};

const fn attr<T: Emit>(ty: u16, name: &'static str, limits: Limits) -> AttrSchema {
    AttrSchema {
        ty,
        name,
        doc: "",
        value: T::TYPE,
        presence: Presence::Optional,
        limits,
        is_net_byteorder: false,
    }
}

fn hops() -> [NextHop<'static>; 2] {
    [
        NextHop { gateway: Some([11, 1, 1, 1].into()), oif: None, weight: None },
        NextHop { gateway: None, oif: None, weight: Some(3) },
    ]
}

fn message() -> Vec<u8> {
    let mut buf = [0; 256];
    let mut w = Writer::new(&mut buf);
    w.message(SCHEMA.id, Header::new(), |w| {
        w.put_value(1, &Hops::new(&hops()))?;
        w.put_value(2, &Bitfield32 { value: 0x11_u32, selector: 0x1f })?;
        w.put(3, b"no")
    })
    .unwrap();
    w.finish().to_vec()
}

#[test]
fn a_nested_array_reads_back_and_writes_the_same_bytes() {
    let bytes = message();
    let message = Messages::new(&bytes).next().unwrap().unwrap();
    let attr = message.attrs().find(1).unwrap().unwrap();
    assert!(attr.is_nested());
    let parsed: Hops<'_> = attr.parse().unwrap();
    assert_eq!(parsed, Hops::new(&hops()));
    assert_eq!((parsed.len(), parsed.is_empty(), Hops::default().is_empty()), (2, false, true));
    assert_eq!(attr.nested().map(|item| item.unwrap().ty().get()).collect::<Vec<_>>(), [1, 2]);

    let mut again = [0xa5; 64];
    let mut w = Writer::new(&mut again);
    w.message(SCHEMA.id, Header::new(), |w| parsed.emit(1.into(), w)).unwrap();
    assert_eq!(w.as_bytes()[16..], bytes[16..44]);
}

#[test]
#[cfg(target_endian = "little")]
fn a_damaged_nested_array_is_refused_when_it_is_read_or_written() {
    let hops: Hops<'_> = Attr::new(1, &[9, 0, 1, 0, 1, 2, 3, 4]).parse().unwrap();
    let mut items = hops.iter();
    assert_eq!(items.next().unwrap().unwrap_err().kind(), ErrorKind::LengthBeyondEnd);
    assert!(items.next().is_none());
    let mut buf = [0; 64];
    let err = Writer::new(&mut buf).message(SCHEMA.id, Header::new(), |w| hops.emit(1.into(), w));
    assert_eq!(err.unwrap_err().kind(), ErrorKind::LengthBeyondEnd);
    let items: Hops<'_> = Attr::new(1, &[12, 0, 1, 0, 7, 0, 1, 0, 1, 2, 3, 0]).parse().unwrap();
    let err = items.iter().next().unwrap().unwrap_err();
    assert_eq!(
        (err.kind(), err.offset()),
        (ErrorKind::WrongLength, 8),
        "the item's own error comes when it is read"
    );
}

#[test]
fn each_kind_is_dissected() {
    let expected = "
    0  Values (40), 64 bytes, flags 0, seq 0, port id 0
   16    hops (1): 24 bytes
   20      [0] (1): 8 bytes
   24        gateway (1) = 11.1.1.1
   32      [1] (2): 8 bytes
   36        weight (3) = 3
   44    bits (2) = 0x11 of 0x1f ! expected only bits of 0xf, found 0x1f
   56    never (3) ! must not be sent: 6e6f
";
    let tree = dissect(&[&SCHEMA], &message()).to_string();
    assert_eq!(tree, expected.trim_matches('\n'));
}

#[test]
fn items_of_an_array_are_located_by_index() {
    let at = |offset| locate(&SCHEMA, &message(), offset).to_string();
    assert_eq!(at(16), "Values.hops");
    assert_eq!(at(20), "Values.hops[0]");
    assert_eq!(at(36), "Values.hops[1].weight");
    assert_eq!(at(50), "Values.bits");
}

/// What generic netlink's controller says of a family.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 1)]
struct FamilyNew<'a> {
    #[nl(attr = 1)]
    id: u16,
    #[nl(attr = 2)]
    name: &'a str,
    #[nl(attr = 6)]
    ops: Option<NestedArray<'a, Op>>,
    #[nl(attr = 7)]
    groups: Option<NestedArray<'a, Group<'a>>>,
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Op {
    #[nl(attr = 1)]
    id: u32,
    #[nl(attr = 2)]
    flags: u32,
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Group<'a> {
    #[nl(attr = 1)]
    name: &'a str,
    #[nl(attr = 2)]
    id: u32,
}

#[test]
#[cfg(target_endian = "little")]
fn the_kernels_nested_arrays_are_read_and_dissected() {
    let bytes = support::Vector::load("genl_nlctrl").bytes;
    let family = FamilyNew::parse(&Messages::new(&bytes).next().unwrap().unwrap()).unwrap();
    assert_eq!((family.id, family.name), (16, "nlctrl"));
    let ops: Vec<_> = family.ops.unwrap().iter().map(|op| op.unwrap().id).collect();
    assert_eq!(ops, [3, 10]);
    assert_eq!(family.groups.unwrap().iter().next(), Some(Ok(Group { name: "notify", id: 16 })));

    let expected = r#"
    0  FamilyNew (16), 136 bytes, flags 0, seq 1, port id 5489
   16    GenlMsgHdr: cmd 1, version 2, reserved 0
   20    name (2) = "nlctrl"
   32    id (1) = 16
   40    attribute 3 = 02000000
   48    attribute 4 = 00000000
   56    attribute 5 = 00000000
   64    ops (6): 40 bytes
   68      [0] (1): 16 bytes
   72        id (1) = 3
   80        flags (2) = 14
   88      [1] (2): 16 bytes
   92        id (1) = 10
  100        flags (2) = 12
  108    groups (7): 24 bytes
  112      [0] (1): 20 bytes
  116        id (2) = 16
  124        name (1) = "notify"
"#;
    let tree = dissect_generic(FamilyNew::SCHEMAS, Some(MessageType(16)), &bytes).to_string();
    assert_eq!(tree, expected.trim_matches('\n'));
}
