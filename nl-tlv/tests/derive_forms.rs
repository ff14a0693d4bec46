//! What depends on something else in the message: sub-messages, enums of messages, sets that contain themselves, padding.
#![cfg(feature = "derive")]

use nl_tlv::schema::{Strictness, ValueType, dissect, locate, validate};
use nl_tlv::value::{Headed, Lazy};
use nl_tlv::{
    Attr, AttrType, AttrWriter, Error, ErrorKind, Header, Message, MessageType, Messages, NlAttrs, NlMessage,
    NlSubMessage, NlValue, ParseAttrs, ParseMessage, Repeat, Rest, Writer, nl_struct,
};

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Vlan<'a> {
    #[nl(attr = 1)]
    id: Option<u16>,
    #[nl(rest)]
    rest: Rest<'a>,
}

#[nl_struct]
struct Peer {
    index: u32,
    flag: u8,
}

/// What kinds of links say of themselves.
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
enum LinkData<'a> {
    #[nl(when = "vlan")]
    Vlan(Vlan<'a>),
    #[nl(when = "veth")]
    Veth(Headed<Peer, Vlan<'a>>),
    #[nl(when = "dummy")]
    Dummy(u32),
    #[nl(other)]
    Other(Attr<'a>),
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct LinkInfo<'a> {
    #[nl(attr = 1)]
    kind: Option<&'a str>,
    #[nl(attr = 2, select = kind)]
    data: Option<LinkData<'a>>,
}

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[repr(u32)]
enum ObjectType {
    Counter = 1,
    Limit = 4,
    #[nl(other)]
    Other(u32),
}

/// Constants of a type, which look like variants of an enum.
struct Number;

impl Number {
    const L: u32 = 4;
}

#[derive(NlSubMessage, Clone, Copy, Debug, PartialEq)]
enum Object {
    #[nl(when = 1)]
    Counter(u64),
    #[nl(when = Number::L)]
    Limit(u32),
}

/// Its sub-message is selected by the message around it.
#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
#[nl(selected_outside)]
struct Outer {
    #[nl(attr = 7, select)]
    object: Option<Object>,
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 50, pad = 9)]
struct New<'a> {
    #[nl(attr = 1)]
    info: Option<LinkInfo<'a>>,
    #[nl(attr = 2, select = ty)]
    outer: Option<Outer>,
    #[nl(attr = 3, be)]
    ty: Option<ObjectType>,
    #[nl(attr = 4)]
    tree: Option<Tree<'a>>,
    #[nl(rest)]
    rest: Rest<'a>,
}

/// Two ways of containing itself.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
#[nl(recursive)]
struct Tree<'a> {
    #[nl(attr = 1)]
    name: Option<&'a str>,
    #[nl(attr = 2)]
    branches: Repeat<'a, Tree<'a>>,
    #[nl(attr = 3)]
    next: Option<Lazy<'a, Tree<'a>>>,
}

#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 51)]
struct Del {
    #[nl(attr = 1)]
    index: u32,
}

#[allow(clippy::large_enum_variant, reason = "as messages are")]
#[derive(NlMessage, Clone, Debug, PartialEq)]
enum Link<'a> {
    New(New<'a>),
    Del(Del),
    #[nl(other)]
    Other(Message<'a>),
}

#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(cmd = 1)]
struct Hello {
    #[nl(attr = 1)]
    number: u32,
}

#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(cmd = 2)]
struct Bye {}

#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
enum Command {
    Hello(Hello),
    Bye(Bye),
}

fn new<'a>() -> New<'a> {
    New { info: None, outer: None, ty: None, tree: None, rest: Rest::default() }
}

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

fn raw<'b>(buf: &'b mut [u8], fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>) -> Message<'b> {
    let mut w = Writer::new(buf);
    w.message(MessageType(50).into(), Header::new(), fill).unwrap();
    only(w.finish())
}

fn veth<'a>() -> LinkData<'a> {
    let header = Peer { index: 7, flag: 1 };
    LinkData::Veth(Headed { header, contents: Vlan { id: Some(3), rest: Rest::default() } })
}

#[test]
fn the_form_is_selected_by_the_attribute_beside_it() {
    let vlan = LinkData::Vlan(Vlan { id: Some(42), rest: Rest::default() });
    let mut buf = [0xa5; 128];
    for (kind, data) in [("vlan", vlan), ("veth", veth()), ("dummy", LinkData::Dummy(7))] {
        let message = New { info: Some(LinkInfo { kind: Some(kind), data: Some(data) }), ..new() };
        let bytes = message.emit(&mut buf, Header::new()).unwrap();
        assert_eq!(New::parse(&only(bytes)).unwrap(), message);
    }
}

#[test]
fn a_form_that_is_not_selected_is_not_emitted() {
    let mut buf = [0xa5; 128];
    for kind in [None, Some("veth"), Some("bridge")] {
        let data = LinkData::Vlan(Vlan { id: Some(42), rest: Rest::default() });
        let message = New { info: Some(LinkInfo { kind, data: Some(data) }), ..new() };
        let err = message.emit(&mut buf, Header::new()).unwrap_err();
        assert_eq!((err.kind(), err.attr_type()), (ErrorKind::WrongForm, Some(2)), "{kind:?}");
        let found = match kind {
            None => "none",
            Some("veth") => "\"veth\"",
            Some(_) => "\"bri\" ..",
        };
        assert_eq!(err.reason().to_string(), format!("the form needs selector \"vlan\", found {found}"));
    }
    let raw = LinkData::Other(Attr::new(2, &[1, 2, 3, 4]));
    let message = New { info: Some(LinkInfo { kind: Some("bridge"), data: Some(raw) }), ..new() };
    let bytes = message.emit(&mut buf, Header::new()).unwrap();
    let read = New::parse(&only(bytes)).unwrap();
    let mut again = [0x5a; 128];
    assert_eq!(read.emit(&mut again, Header::new()).unwrap(), bytes);
    assert!(matches!(read.info.unwrap().data, Some(LinkData::Other(attr)) if attr.payload() == [1, 2, 3, 4]));
}

#[test]
fn a_form_of_bytes_has_the_type_of_its_field_whatever_was_said() {
    let mut buf = [0xa5; 128];
    let data = Some(LinkData::Other(Attr::new(0x8007, &[1, 2, 3, 4])));
    let message = New { info: Some(LinkInfo { kind: Some("bridge"), data }), ..new() };
    let bytes = message.emit(&mut buf, Header::new()).unwrap();
    let info = only(bytes).attrs().next().unwrap().unwrap();
    let types: Vec<_> = info.nested().map(|attr| attr.unwrap().nla_type()).collect();
    assert_eq!(types, [1, 0x8002]);
    // The companion, too, has the type of the attribute that it stands for.
    let one = LinkInfoAttr::Data(Attr::new(7, &[1, 2, 3, 4]));
    let message = raw(&mut buf, |w| one.emit_attrs(w));
    assert_eq!(message.attrs().next().unwrap().unwrap().ty().get(), 2);
}

#[test]
fn a_form_that_the_message_around_it_does_not_select_is_not_emitted() {
    let mut buf = [0xa5; 128];
    let outer = Some(Outer { object: Some(Object::Limit(7)) });
    for (ty, is_right) in [(None, false), (Some(ObjectType::Counter), false), (Some(ObjectType::Limit), true)]
    {
        let message = New { outer, ty, ..new() };
        let emitted = message.emit(&mut buf, Header::new()).map_err(|err| (err.kind(), err.attr_type()));
        match emitted {
            Ok(bytes) => {
                assert_eq!(New::parse(&only(bytes)).map(|read| is_right && read == message), Ok(true))
            }
            Err(err) => assert_eq!((err, is_right), ((ErrorKind::WrongForm, Some(7)), false)),
        }
    }
}

#[test]
fn the_selector_may_stand_behind_and_the_last_one_counts() {
    let mut buf = [0xa5; 128];
    let message = raw(&mut buf, |w| {
        w.nest(1, |w| {
            w.put(1, b"vlan\0")?;
            w.put_value(2, &7u32)?;
            w.put(1, b"dummy")
        })
    });
    assert_eq!(New::parse(&message).unwrap().info.unwrap().data, Some(LinkData::Dummy(7)));
    let text = dissect(New::SCHEMAS, message.as_bytes()).to_string();
    assert!(text.contains("data (2) = 7"), "{text}");
}

#[test]
fn an_unknown_form_is_kept_as_it_is() {
    let mut buf = [0xa5; 128];
    for kind in [Some(&b"gre\0"[..]), None] {
        let message = raw(&mut buf, |w| {
            w.nest(1, |w| {
                kind.map_or(Ok(()), |kind| w.put(1, kind))?;
                w.nest(2, |w| w.put(1, b"?"))
            })
        });
        let parsed = New::parse(&message).unwrap();
        let Some(LinkData::Other(attr)) = parsed.info.clone().unwrap().data else { panic!("{parsed:?}") };
        assert!(attr.is_nested());
        assert_eq!(parsed.emit(&mut [0; 128], Header::new()).unwrap(), message.as_bytes());
    }
}

#[test]
fn an_enum_of_forms_without_others_refuses_them() {
    let mut buf = [0xa5; 128];
    let message = raw(&mut buf, |w| {
        w.put(3, &[0, 0, 0, 9])?;
        w.nest(2, |w| w.put(7, &[0; 4]))
    });
    let err = New::parse(&message).unwrap_err();
    assert_eq!((err.kind(), err.attr_type(), err.offset()), (ErrorKind::UnknownForm, Some(7), 28));
    assert_eq!((err.expected(), err.found()), (0, 9));
    let shown = err.within(New::SCHEMAS[0], message.as_bytes()).to_string();
    assert_eq!(shown, "New.outer.object: no form for selector 9 (offset 28)");
}

/// Forms that are all nests.
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
enum Nests<'a> {
    #[nl(when = 1)]
    Read(Lazy<'a, Vlan<'a>>),
    #[nl(when = 4)]
    Tree(Tree<'a>),
}

/// The same, and a number.
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
enum Mixed<'a> {
    #[nl(when = 1)]
    Read(Lazy<'a, Vlan<'a>>),
    #[nl(when = 4)]
    Tree(Tree<'a>),
    #[nl(when = 5)]
    Number(u32),
}

/// The same, for a family that wants the flag.
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
#[nl(nested_flag)]
enum Flagged<'a> {
    #[nl(when = 1)]
    Read(Lazy<'a, Vlan<'a>>),
    #[nl(when = 4)]
    Tree(Tree<'a>),
    #[nl(when = 5)]
    Number(u32),
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 50)]
struct Selected<'a> {
    #[nl(attr = 1)]
    by: u32,
    #[nl(attr = 2, select = by)]
    nests: Option<Nests<'a>>,
    #[nl(attr = 3, select = by)]
    mixed: Option<Mixed<'a>>,
    #[nl(attr = 4, select = by)]
    flagged: Option<Flagged<'a>>,
    #[nl(attr = 5, select = by)]
    outer: Option<Outer>,
}

#[test]
fn a_nest_has_the_flag_where_the_policy_is_that_of_a_nest() {
    let vlan = Vlan { id: Some(5), rest: Rest::default() };
    let tree = Tree { name: Some("oak"), branches: Repeat::default(), next: None };
    let (nothing, number) = (Selected { by: 1, nests: None, mixed: None, flagged: None, outer: None }, 5);
    let read = Lazy::new(&vlan);
    // The flags of the attribute, and whether a strict kernel accepts it.
    let check = |selected: &Selected<'_>, flag: bool, is_accepted: bool| {
        let mut buf = [0; 128];
        let message = only(selected.emit(&mut buf, Header::new()).unwrap());
        let attr = message.attrs().find_map(|attr| attr.ok().filter(|attr| attr.ty().get() != 1)).unwrap();
        assert_eq!(attr.is_nested(), flag, "{selected:?}");
        assert!(validate(Selected::SCHEMAS[0], &message, Strictness::LIBERAL).is_ok());
        let strict = validate(Selected::SCHEMAS[0], &message, Strictness::STRICT);
        assert_eq!(strict.is_ok(), is_accepted, "{strict:?}");
        let parsed = Selected::parse(&message).unwrap();
        assert_eq!(parsed, *selected);
        // It is read with the flag and without it; and where it has none, it is sent again without.
        let mut other = [0; 128];
        let other = raw(&mut other, |w| {
            w.put_value(AttrType::new(1), &selected.by)?;
            w.copy(Attr::new(attr.nla_type() ^ AttrType::NESTED_FLAG, attr.payload()))
        });
        let parsed = Selected::parse(&other).unwrap();
        assert_eq!(parsed, *selected);
        if !flag {
            let mut again = [0; 128];
            assert_eq!(parsed.emit(&mut again, Header::new()).unwrap(), message.as_bytes());
        }
    };
    check(&Selected { nests: Some(Nests::Read(read)), ..nothing.clone() }, true, true);
    check(&Selected { by: 4, nests: Some(Nests::Tree(tree.clone())), ..nothing.clone() }, true, true);
    check(&Selected { mixed: Some(Mixed::Read(read)), ..nothing.clone() }, false, true);
    check(&Selected { by: 4, mixed: Some(Mixed::Tree(tree.clone())), ..nothing.clone() }, false, true);
    check(&Selected { by: 5, mixed: Some(Mixed::Number(number)), ..nothing.clone() }, false, true);
    check(&Selected { flagged: Some(Flagged::Read(read)), ..nothing.clone() }, true, false);
    check(&Selected { by: 4, flagged: Some(Flagged::Tree(tree)), ..nothing.clone() }, true, false);
    check(&Selected { by: 5, flagged: Some(Flagged::Number(number)), ..nothing.clone() }, false, false);
    let outer = Some(Outer { object: Some(Object::Limit(number)) });
    check(&Selected { by: 4, outer, ..nothing }, true, true);
}

#[test]
fn a_form_may_be_selected_from_outside_by_a_number() {
    let mut buf = [0xa5; 128];
    for (ty, object) in [(ObjectType::Counter, Object::Counter(1)), (ObjectType::Limit, Object::Limit(2))] {
        let message = New { outer: Some(Outer { object: Some(object) }), ty: Some(ty), ..new() };
        let bytes = message.emit(&mut buf, Header::new()).unwrap();
        assert_eq!(New::parse(&only(bytes)).unwrap(), message);
        let text = dissect(New::SCHEMAS, bytes).to_string();
        assert!(
            text.contains(if ty == ObjectType::Limit { "object (7) = 2" } else { "object (7) = 1" }),
            "{text}"
        );
    }
    let alone = raw(&mut buf, |w| w.nest(2, |w| w.put(7, &[0; 4])));
    assert_eq!(
        New::parse(&alone).unwrap_err().to_string(),
        "attribute 7: no form, because selector is missing (offset 20)"
    );
}

/// Values of several forms, all of them owned.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 52)]
struct Reading {
    #[nl(attr = 1)]
    kind: i64,
    #[nl(attr = 2, select = kind)]
    value: OwnValue,
    #[nl(attr = 3)]
    unit: Option<String>,
    #[nl(attr = 4, select = unit)]
    scale: Option<Scale>,
}

#[derive(NlSubMessage, Clone, Debug, PartialEq)]
enum OwnValue {
    #[nl(when = -1)]
    List(Items),
    #[nl(when = 2)]
    Array([u8; 3]),
    #[nl(other)]
    Other(Box<[u8]>),
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Items {
    #[nl(attr = 1)]
    item: Vec<i32>,
    #[nl(attr = 2)]
    is_last: bool,
}

#[derive(NlSubMessage, Clone, Debug, PartialEq)]
enum Scale {
    #[nl(when = "degree")]
    Degree(i32),
}

fn reading(kind: i64, value: OwnValue) -> Reading {
    Reading { kind, value, unit: None, scale: None }
}

#[test]
fn lists_and_flags_of_forms_come_back_whole() {
    for (item, is_last) in [(vec![1, 2, 3], true), (vec![], false)] {
        let message = reading(-1, OwnValue::List(Items { item, is_last }));
        let mut buf = [0; 128];
        let bytes = message.emit(&mut buf, Header::new()).unwrap();
        assert_eq!(Reading::parse(&only(bytes)), Ok(message));
    }
}

#[test]
fn other_forms_may_be_owned() {
    let message = reading(9, OwnValue::Other([1, 2, 3, 4, 5].into()));
    let mut buf = [0; 128];
    let bytes = message.emit(&mut buf, Header::new()).unwrap();
    assert_eq!(Reading::parse(&only(bytes)), Ok(message));
}

/// As [`Reading`], selected by a large number that its definition does not have.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 50)]
struct Measure {
    #[nl(attr = 1)]
    kind: i64,
    #[nl(attr = 2, select = kind)]
    value: Option<Single>,
    #[nl(attr = 3)]
    unit: Option<String>,
    #[nl(attr = 4, select = unit)]
    scale: Option<Scale>,
}

#[derive(NlSubMessage, Clone, Debug, PartialEq)]
enum Single {
    #[nl(when = 1)]
    Only(u32),
}

#[test]
fn an_unknown_form_is_called_by_its_selector() {
    let shown = |ty, kind: i64| {
        let mut buf = [0; 128];
        let message = raw(&mut buf, |w| {
            w.put_value(1, &kind)?;
            w.put(3, b"kelvin\0")?;
            w.put(ty, &[0; 4])
        });
        let err = Measure::parse(&message).unwrap_err();
        err.within(Measure::SCHEMAS[0], message.as_bytes()).to_string()
    };
    assert_eq!(shown(2, 9), "Measure.value: no form for kind 9 (offset 40)");
    assert_eq!(shown(2, -9), "Measure.value: no form for kind -9 (offset 40)");
    assert_eq!(shown(2, 1 << 40), "Measure.value: no form for kind 1099511627776 (offset 40)");
    assert_eq!(shown(4, 1), "Measure.scale: no form for unit \"kelvin\" (offset 40)");
}

#[test]
fn a_wrong_form_names_the_selector_that_it_needs_and_the_one_that_is_there() {
    let mut buf = [0; 128];
    let message = Measure { kind: 2, value: Some(Single::Only(7)), unit: None, scale: None };
    let err = message.emit(&mut buf, Header::new()).unwrap_err();
    let shown = err.within(Measure::SCHEMAS[0], &buf[..err.offset() as usize]).to_string();
    assert_eq!(shown, "Measure.value: the form needs kind 1, found 2 (offset 28)");
}

#[test]
fn errors_in_a_form_are_located_in_it() {
    let mut buf = [0; 128];
    let message = raw(&mut buf, |w| {
        w.nest(1, |w| {
            w.put(1, b"vlan\0")?;
            w.nest(2, |w| w.put(1, &[1, 2, 3]))
        })
    });
    let err = New::parse(&message).unwrap_err();
    let shown = err.within(New::SCHEMAS[0], message.as_bytes()).to_string();
    assert_eq!(shown, "New.info.data.id: expected 2 bytes, found 3 (offset 36)");
}

#[test]
fn a_struct_with_attributes_behind_it_is_dissected_and_located() {
    let mut buf = [0; 128];
    let message = New { info: Some(LinkInfo { kind: Some("veth"), data: Some(veth()) }), ..new() };
    let bytes = message.emit(&mut buf, Header::new()).unwrap();
    let text = dissect(New::SCHEMAS, bytes).to_string();
    let lines: Vec<_> = text.lines().skip(2).map(str::trim_start).collect();
    assert_eq!(
        lines,
        ["20      kind (1) = \"veth\"", "32      data (2) = { index 7, flag 1 }", "44        id (1) = 3"]
    );
    assert_eq!(locate(New::SCHEMAS[0], bytes, 40).to_string(), "New.info.data.flag");
    assert_eq!(locate(New::SCHEMAS[0], bytes, 44).to_string(), "New.info.data.id");
}

#[test]
fn the_typed_iterator_leaves_the_form_open() {
    let mut buf = [0; 128];
    let info = LinkInfo { kind: Some("dummy"), data: Some(LinkData::Dummy(7)) };
    let message = New { info: Some(info), ..new() };
    let message = only(message.emit(&mut buf, Header::new()).unwrap());
    let nest = message.attrs().find(1).unwrap().unwrap().nested();
    let attrs: Vec<_> = LinkInfo::attrs(nest).map(Result::unwrap).collect();
    assert!(
        matches!(attrs[..], [LinkInfoAttr::Kind("dummy"), LinkInfoAttr::Data(attr)] if attr.parse() == Ok(7u32))
    );
}

#[test]
fn padding_is_skipped_and_not_kept() {
    let mut buf = [0; 128];
    let message = raw(&mut buf, |w| {
        w.put(9, &[])?;
        w.put(77, b"?")
    });
    let parsed = New::parse(&message).unwrap();
    assert!(parsed.rest.iter().map(|attr| attr.ty().get()).eq([77]));
    let set = New::SCHEMAS[0].attrs;
    assert!(
        matches!(set.attr(9).unwrap(), attr if attr.name == "pad" && matches!(attr.value, ValueType::Pad))
    );
}

#[test]
fn a_set_may_contain_itself() {
    let leaf = |name| Tree { name: Some(name), branches: Repeat::default(), next: None };
    let (branches, next) = ([leaf("a"), leaf("b")], leaf("c"));
    let tree = Tree { name: None, branches: Repeat::new(&branches), next: Some(Lazy::new(&next)) };
    let message = New { tree: Some(tree), ..new() };
    let mut buf = [0xa5; 128];
    let bytes = message.emit(&mut buf, Header::new()).unwrap();
    let parsed = New::parse(&only(bytes)).unwrap();
    assert_eq!(parsed, message);
    assert_eq!(parsed.tree.clone().unwrap().next.unwrap().get().unwrap().name, Some("c"));
    assert_eq!(parsed.emit(&mut [0; 128], Header::new()).unwrap(), bytes);
}

#[test]
fn a_set_that_contains_itself_too_deep_is_refused() {
    fn nested(levels: usize, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match levels {
            0 => Ok(()),
            _ => w.nest(if levels.is_multiple_of(2) { 2 } else { 3 }, |w| nested(levels - 1, w)),
        }
    }
    for (levels, is_ok) in [(8, true), (9, false), (300, false)] {
        let mut buf = vec![0; 32_000];
        let message = raw(&mut buf, |w| w.nest(4, |w| nested(levels, w)));
        let parsed = New::parse(&message);
        assert_eq!(parsed.is_ok(), is_ok, "{levels}");
        match parsed {
            Ok(parsed) => assert_eq!(parsed, parsed.clone()),
            Err(err) => assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::TooDeep, 10, 11)),
        }
    }
}

#[test]
fn an_enum_of_messages_is_the_one_that_was_sent() {
    let mut buf = [0xa5; 64];
    let del = Link::Del(Del { index: 7 });
    let bytes = del.emit(&mut buf, Header::new()).unwrap().to_vec();
    assert_eq!(Link::parse(&only(&bytes)).unwrap(), del);
    assert_eq!(Link::SCHEMAS.iter().map(|schema| schema.name).collect::<Vec<_>>(), ["New", "Del"]);
    let mut w = Writer::new(&mut buf);
    w.message(MessageType(99).into(), Header::new().seq(3), |w| w.put(1, b"?")).unwrap();
    let other = w.finish().to_vec();
    let parsed = Link::parse(&only(&other)).unwrap();
    assert!(matches!(parsed, Link::Other(message) if message.ty() == MessageType(99)));
    assert_eq!(parsed.emit(&mut [0; 64], Header::new().seq(3)).unwrap(), other);
}

#[test]
fn an_enum_of_commands_is_of_one_family() {
    let mut buf = [0xa5; 64];
    let family = MessageType(20);
    let hello = Command::Hello(Hello { number: 1 });
    let bytes = hello.emit(&mut buf, Header::new().family(family)).unwrap().to_vec();
    assert_eq!(Command::parse(&only(&bytes)), Ok(hello));
    assert_eq!(Command::parse_in(&only(&bytes), Some(family)), Ok(hello));
    let err = Command::parse_in(&only(&bytes), Some(MessageType(21))).unwrap_err();
    assert_eq!((err.kind(), err.offset(), err.found()), (ErrorKind::WrongType, 4, 20));
    let text = "message type 20 is not one of those that are read here (offset 4)";
    assert_eq!(err.to_string(), text);
    let bye = Command::Bye(Bye {});
    let bytes = bye.emit(&mut buf, Header::new().family(family)).unwrap();
    assert_eq!(Command::parse(&only(bytes)), Ok(bye));

    let mut w = Writer::new(&mut buf);
    w.message(MessageType::ERROR.into(), Header::new(), |w| w.bytes(&[1, 0, 0, 0])).unwrap();
    assert_eq!(Command::parse(&only(w.finish())).unwrap_err().kind(), ErrorKind::WrongType, "no command 1");
    let mut w = Writer::new(&mut buf);
    w.message(family.into(), Header::new(), |w| w.bytes(&[9, 0, 0, 0])).unwrap();
    let err = Command::parse(&only(w.finish())).unwrap_err();
    assert_eq!(err.to_string(), "command 9 is not one of those that are read here (offset 16)");
}
