//! What `#[derive(NlAttrs)]` makes of nests, of enums, and of sets that several messages share.
#![cfg(feature = "derive")]

use nl_tlv::schema::{AttrSet, Presence, ValueType};
use nl_tlv::{
    Attr, AttrWriter, Attrs, Error, ErrorKind, Header, Messages, NlAttrs, NlMessage, NlStruct, ParseAttrs,
    Repeat, Rest, Writer, nl_struct,
};

/// What `fill` writes as the attributes of a message, in front of an `nlmsghdr` of 16 bytes.
fn attrs_of<'b>(buf: &'b mut [u8], fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>) -> Attrs<'b> {
    let mut w = Writer::new(buf);
    w.message(nl_tlv::MessageType(99).into(), Header::new(), fill).unwrap();
    Messages::new(w.finish()).next().unwrap().unwrap().attrs()
}

fn names(set: &AttrSet) -> Vec<(&str, u16)> {
    set.attrs.iter().map(|attr| (attr.name, attr.ty)).collect()
}

/// An attribute of RTM.
#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
#[nl(c_prefix = "RTM_A")]
enum RouteAttr<'r> {
    /// Name of the table.
    #[nl(attr = 1, max_len = 31)]
    Table(&'r str),
    #[nl(attr = 4, be)]
    Metric(u32),
    #[nl(attr = 5)]
    OnLink(bool),
    #[nl(other)]
    Unknown(Attr<'r>),
}

#[test]
fn an_enum_reads_and_writes_one_attribute() {
    let values = [RouteAttr::Table("blue"), RouteAttr::Metric(7), RouteAttr::OnLink(true)];
    let mut buf = [0xa5; 64];
    let attrs = attrs_of(&mut buf, |w| {
        values.iter().try_for_each(|value| value.emit_attrs(w))?;
        RouteAttr::Unknown(Attr::new(77, b"?")).emit_attrs(w)
    });
    let payloads: Vec<_> = attrs.map(|attr| attr.unwrap().payload()).collect();
    assert_eq!(payloads, [b"blue\0".as_slice(), &[0, 0, 0, 7], b"", b"?"]);
    let parsed: Vec<_> = attrs.map(|attr| attr.unwrap().parse::<RouteAttr<'_>>().unwrap()).collect();
    assert_eq!(parsed[..3], values);
    assert!(matches!(parsed[3], RouteAttr::Unknown(attr) if attr.ty().get() == 77));
}

#[test]
fn the_limits_of_a_variant_hold() {
    let long = "a-name-of-32-bytes-is-one-too-long";
    let mut buf = [0; 64];
    let attr = attrs_of(&mut buf, |w| w.put_value(1, &long)).next().unwrap().unwrap();
    assert!(
        matches!(attr.parse(), Ok(RouteAttr::Table(name)) if name == long),
        "limits bind what is written"
    );
    let mut w = Writer::new(&mut buf);
    let id = nl_tlv::MessageType(99).into();
    let err = w.message(id, Header::new(), |w| RouteAttr::Table(long).emit_attrs(w)).unwrap_err();
    assert_eq!((err.kind(), err.attr_type()), (ErrorKind::TooLong, Some(1)));
}

#[test]
fn the_schema_of_an_enum_has_names_as_of_fields() {
    let set = RouteAttr::SCHEMA;
    assert_eq!((set.name, set.doc, set.c_prefix), ("RouteAttr", "An attribute of RTM.", Some("RTM_A")));
    assert_eq!(names(set), [("table", 1), ("metric", 4), ("on_link", 5)]);
    assert!(set.attrs.iter().all(|attr| attr.presence == Presence::Optional));
    assert_eq!(set.attrs[0].doc, "Name of the table.");
    assert!(matches!(set.attrs[1].value, ValueType::Be32));
    assert_eq!(set.attrs[0].limits.max_len, Some(31));
}

#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
enum Closed {
    #[nl(attr = 1)]
    Yes(u8),
}

#[test]
fn an_enum_without_others_refuses_them() {
    let mut buf = [0; 64];
    let mut attrs = attrs_of(&mut buf, |w| {
        Closed::Yes(1).emit_attrs(w)?;
        w.put(2, b"")
    });
    assert_eq!(attrs.next().unwrap().unwrap().parse::<Closed>(), Ok(Closed::Yes(1)));
    let err = attrs.next().unwrap().unwrap().parse::<Closed>().unwrap_err();
    assert_eq!((err.kind(), err.attr_type(), err.offset()), (ErrorKind::UnknownAttr, Some(2), 24));
}

#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 21, attrs = RouteAttr<'a>)]
struct TableNew<'a> {
    #[nl(attr = 1, max_len = 31)]
    table: &'a str,
}

/// Without a lifetime of its own.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 22, attrs = RouteAttr<'x>)]
struct MetricSet {
    #[nl(attr = METRIC, be)]
    metric: u32,
}

const METRIC: u16 = 4;

#[test]
fn messages_share_the_enum_of_their_set() {
    let mut buf = [0; 64];
    let bytes = TableNew { table: "blue" }.emit(&mut buf, Header::new()).unwrap();
    let message = Messages::new(bytes).next().unwrap().unwrap();
    assert_eq!(TableNew::parse(&message).unwrap(), TableNew { table: "blue" });
    let attrs: Vec<RouteAttr<'_>> = TableNew::attrs(&message).unwrap().map(Result::unwrap).collect();
    assert_eq!(attrs, [RouteAttr::Table("blue")]);

    let bytes = MetricSet { metric: 7 }.emit(&mut buf, Header::new()).unwrap();
    let message = Messages::new(bytes).next().unwrap().unwrap();
    assert_eq!(MetricSet::parse(&message).unwrap(), MetricSet { metric: 7 });
    assert!(matches!(MetricSet::attrs(&message).unwrap().next(), Some(Ok(RouteAttr::Metric(7)))));
}

#[test]
fn a_part_names_the_set_that_it_is_of() {
    let set = TableNew::SCHEMAS[0].attrs;
    assert_eq!((set.name, names(set)), ("TableNew", vec![("table", 1)]));
    assert_eq!(set.part_of.unwrap()().name, "RouteAttr");
    assert_eq!(set.attr(4).unwrap().name, "metric", "found in the set that it is part of");
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
#[nl(c_prefix = "SHARED_A")]
struct Shared<'a> {
    #[nl(attr = 1)]
    name: Option<&'a str>,
    #[nl(attr = 2)]
    index: Option<u32>,
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(cmd = 1, attrs = SharedAttr<'a>)]
struct ByIndex {
    #[nl(attr = 2)]
    index: u32,
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
#[nl(attrs = SharedAttr<'b>)]
struct ByName<'b> {
    #[nl(attr = 1)]
    name: &'b str,
    #[nl(rest)]
    rest: Rest<'b>,
}

#[test]
fn the_companion_of_a_struct_can_be_shared_too() {
    let set = ByIndex::SCHEMAS[0].attrs;
    assert_eq!(set.part_of.unwrap()().c_prefix, Some("SHARED_A"));
    let mut buf = [0; 64];
    let both = Shared { name: Some("lo"), index: Some(1) };
    let attrs = attrs_of(&mut buf, |w| both.emit_attrs(w));
    let by_name = ByName::parse_attrs(attrs).unwrap();
    assert_eq!((by_name.name, by_name.rest.iter().count()), ("lo", 1));
    let mut typed = ByName::attrs(attrs);
    assert!(matches!(typed.next(), Some(Ok(SharedAttr::Name("lo")))));
    assert!(matches!(typed.next(), Some(Ok(SharedAttr::Index(1)))));
}

/// A set that contains itself.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Tree<'a> {
    #[nl(attr = 1)]
    name: &'a str,
    #[nl(attr = 2)]
    branches: Repeat<'a, Tree<'a>>,
}

#[test]
fn a_set_can_contain_itself() {
    let leaves =
        [Tree { name: "a", branches: Repeat::default() }, Tree { name: "b", branches: Repeat::default() }];
    let root = Tree { name: "root", branches: Repeat::new(&leaves) };
    let mut buf = [0; 128];
    let attrs = attrs_of(&mut buf, |w| root.emit_attrs(w));
    assert_eq!(Tree::parse_attrs(attrs).unwrap(), root);
    let ValueType::Nested(inner) = Tree::SCHEMA.attrs[1].value else { panic!("a nest") };
    assert_eq!(inner().name, "Tree");
}

type Name<'a> = &'a str;
type Opt<T> = Option<T>;
type Many<'a, T> = Repeat<'a, T>;
type On = bool;

mod number {
    pub(crate) const NAME: u16 = 1;
    pub(crate) const INDEX: u16 = NAME + 1;
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Aliased<'a> {
    #[nl(attr = number::NAME)]
    name: Name<'a>,
    #[nl(attr = number::INDEX)]
    index: Opt<u32>,
    #[nl(attr = 3_u8, max = 9_u64)]
    many: Many<'a, u8>,
    #[nl(attr = number::INDEX + 2)]
    r#type: On,
}

#[test]
fn aliases_and_constants_mean_what_they_stand_for() {
    let many = [1, 2];
    let aliased = Aliased { name: "n", index: None, many: Many::new(&many), r#type: true };
    let mut buf = [0; 128];
    let attrs = attrs_of(&mut buf, |w| aliased.emit_attrs(w));
    assert_eq!(attrs.map(|attr| attr.unwrap().ty().get()).collect::<Vec<_>>(), [1, 3, 3, 4]);
    assert_eq!(Aliased::parse_attrs(attrs).unwrap(), aliased);
    assert!(matches!(Aliased::attrs(attrs).last(), Some(Ok(AliasedAttr::Type(true)))));
    assert_eq!(names(Aliased::SCHEMA), [("name", 1), ("index", 2), ("many", 3), ("type", 4)]);
    let presence: Vec<_> = Aliased::SCHEMA.attrs.iter().map(|attr| attr.presence).collect();
    assert_eq!(presence, [Presence::Required, Presence::Optional, Presence::Repeated, Presence::Optional]);
}

#[test]
fn repeated_attributes_are_found_whatever_their_flags_and_what_lies_between_them() {
    let attr = |len: u16, nla_type: u16, byte: u8| {
        let [l0, l1] = len.to_ne_bytes();
        let [t0, t1] = nla_type.to_ne_bytes();
        [l0, l1, t0, t1, byte, 0, 0, 0]
    };
    let all = [(3, 1), (0x8003, 2), (0x8003, 3), (9, 0), (0x4003, 4), (3, 5), (1, b'n')];
    let bytes = all.map(|(nla_type, byte)| attr(5, nla_type, byte)).concat();
    let read = Aliased::parse_attrs(Attrs::new(&bytes)).unwrap();
    assert_eq!(read.many.iter().collect::<Result<Vec<_>, _>>().unwrap(), [1, 2, 3, 4, 5]);
    for len in [0, 3, 60] {
        let damaged = [&bytes[..24], &attr(len, 0x8003, 6)].concat();
        let err = Aliased::parse_attrs(Attrs::new(&damaged)).unwrap_err();
        assert_eq!(err.offset(), 24, "{err:?}");
    }
}

/// First line,
/// second line.
///
///   - indented
#[derive(NlAttrs, Clone, Debug)]
struct Documented {
    #[doc = "As an attribute.\n Of two lines."]
    #[nl(attr = 1)]
    field: Option<u8>,
}

#[test]
fn doc_comments_keep_their_lines_in_the_schema() {
    assert_eq!(Documented::SCHEMA.doc, "First line,\nsecond line.\n\n  - indented");
    assert_eq!(Documented::SCHEMA.attrs[0].doc, "As an attribute.\nOf two lines.");
}

#[nl_struct]
struct Layout {
    r#type: u8,
    tag: [u8; 3],
    #[nl(be)]
    port: u16,
    flags: u32,
    #[nl(be)]
    time: i64,
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Holder<'a> {
    #[nl(attr = 1)]
    one: Layout,
    #[nl(attr = 2)]
    many: Repeat<'a, Layout>,
}

#[test]
fn a_c_struct_is_a_value() {
    let layout = Layout { r#type: 1, tag: *b"abc", port: 80, flags: 3, time: -2 };
    let many = [layout, layout];
    let holder = Holder { one: layout, many: Repeat::new(&many) };
    let mut buf = [0xa5; 128];
    let attrs = attrs_of(&mut buf, |w| holder.emit_attrs(w));
    assert_eq!(Holder::parse_attrs(attrs).unwrap(), holder);
    let bytes = attrs.map(|attr| attr.unwrap().payload()).next().unwrap();
    assert_eq!(bytes, layout.to_bytes());
    assert_eq!((&bytes[6..8], &bytes[12..16]), (&[0; 2][..], &[0; 4][..]), "padding");
    let mut buf = [0; 128];
    let short = attrs_of(&mut buf, |w| w.put(1, &bytes[1..]));
    let err = Holder::parse_attrs(short).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::WrongLength, 24, 23));
}

#[test]
fn the_schema_of_a_struct_has_its_layout() {
    let schema = <Layout as NlStruct>::SCHEMA;
    let fields: Vec<_> = schema.fields.iter().map(|field| (field.name, field.offset, field.len)).collect();
    assert_eq!(fields, [("type", 0, 1), ("tag", 1, 3), ("port", 4, 2), ("flags", 8, 4), ("time", 16, 8)]);
    let shown: Vec<_> = schema.fields.iter().map(|field| format!("{:?}", field.value)).collect();
    assert_eq!(shown, ["U8", "Array(3)", "Be16", "U32", "BeS64"]);
    assert_eq!((schema.len, schema.align), (24, align_of::<u64>()));
    assert!(matches!(Holder::SCHEMA.attrs[0].value, ValueType::Struct(layout) if layout.name == "Layout"));
}

/// Neither this set nor its companion can be cloned or shown.
#[derive(NlAttrs)]
struct Unshown {
    #[nl(attr = 1)]
    number: u32,
}

/// Its own companion has a variant that holds such a set.
#[derive(NlAttrs)]
struct HoldsUnshown {
    #[nl(attr = 1)]
    inner: Unshown,
}

#[test]
fn a_set_without_clone_and_debug_can_be_nested() {
    let mut buf = [0xa5; 64];
    let attrs = attrs_of(&mut buf, |w| HoldsUnshown { inner: Unshown { number: 7 } }.emit_attrs(w));
    assert_eq!(HoldsUnshown::parse_attrs(attrs).unwrap().inner.number, 7);
    let typed = HoldsUnshown::attrs(attrs).next().unwrap().ok();
    assert!(matches!(typed, Some(HoldsUnshownAttr::Inner(Unshown { number: 7 }))));
}

type Byte = u8;

/// A field that is called as the variant for unknown attributes, and bytes by another name.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Odd<'a> {
    #[nl(attr = 1)]
    other: u32,
    #[nl(attr = 2)]
    self_: [Byte; 4],
    #[nl(attr = 3, max_len = 3)]
    bytes: Option<&'a [Byte]>,
}

#[test]
fn odd_names_and_bytes_by_another_name_are_attributes() {
    let odd = Odd { other: 7, self_: [1, 2, 3, 4], bytes: Some(b"abc") };
    let mut buf = [0xa5; 64];
    let attrs = attrs_of(&mut buf, |w| {
        odd.emit_attrs(w)?;
        w.put(4, b"?")
    });
    assert_eq!(Odd::parse_attrs(attrs).unwrap(), odd);
    let read: Vec<OddAttr<'_>> = attrs.map(|attr| attr.unwrap().parse().unwrap()).collect();
    let [OddAttr::Other_(7), OddAttr::Self_([1, 2, 3, 4]), OddAttr::Bytes(b"abc"), OddAttr::Other(other)] =
        read[..]
    else {
        panic!("{read:?}");
    };
    assert_eq!(other.payload(), b"?");
}
