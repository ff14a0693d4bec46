//! Owned forms of values: what is parsed outlives the message.
#![cfg(all(feature = "derive", feature = "alloc"))]

use nl_tlv::{
    Attr, AttrWriter, Attrs, Error, ErrorKind, Header, Message, Messages, NlAttrs, NlMessage, NlSubMessage,
    ParseAttrs, Rest, Writer,
};

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Tree {
    #[nl(attr = 1, be)]
    number: u16,
    #[nl(attr = 2)]
    left: Option<Box<Tree>>,
    #[nl(attr = 3)]
    branches: Vec<Tree>,
}

#[derive(NlSubMessage, Clone, Debug, PartialEq)]
enum Data {
    #[nl(when = "tree")]
    Tree(Box<Tree>),
    #[nl(when = "text")]
    Text(String),
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 60)]
struct Owned {
    #[nl(attr = 1, max_len = 15)]
    kind: String,
    #[nl(attr = 2, select = kind)]
    data: Option<Data>,
    #[nl(attr = 3)]
    bytes: Option<Box<[u8]>>,
    #[nl(attr = 4, be, max = 0xff00)]
    ports: Vec<u16>,
    #[nl(attr = 5, no_nul)]
    names: Vec<String>,
}

/// Keeps what it does not know, and has no lifetime.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 61, pad = 9)]
struct Keeping {
    #[nl(attr = 1)]
    name: String,
    #[nl(rest)]
    rest: Vec<u8>,
}

#[test]
fn the_rest_of_an_owned_struct_are_the_bytes_of_its_attributes() {
    let mut buf = [0; 128];
    let mut w = Writer::new(&mut buf);
    w.message(Keeping::SCHEMAS[0].id, Header::new(), |w| {
        w.put(5, b"odd")?;
        w.put_value(1, &"attic")?;
        w.put(9, &[0; 4])?;
        w.nest(6, |w| w.put(1, &[]))
    })
    .unwrap();
    let keeping = Keeping::parse(&only(w.as_bytes())).unwrap();
    let found: Vec<_> = Attrs::new(&keeping.rest).map(Result::unwrap).collect();
    assert_eq!((found[0].ty(), found[0].payload()), (5.into(), &b"odd"[..]));
    assert!(found[1].ty() == 6 && found[1].is_nested() && found.len() == 2);

    let mut other = [0; 128];
    let written = keeping.emit(&mut other, Header::new()).unwrap();
    assert_eq!(Keeping::parse(&only(written)).unwrap(), keeping);
    assert_eq!(&written[written.len() - keeping.rest.len()..], keeping.rest);
}

#[cfg(target_endian = "little")]
#[test]
fn rest_that_would_be_read_as_something_else_is_refused() {
    let (odd, of_name, pad) = ([5, 0, 7, 0, 9, 0, 0, 0], [5, 0, 1, 0, 0, 0, 0, 0], [4, 0, 9, 0]);
    let said = |rest: &[u8]| {
        let keeping = Keeping { name: "attic".into(), rest: rest.to_vec() };
        let borrowing = Borrowing { name: "attic", rest: Rest::new(rest) };
        let (mut buf, mut other) = ([0; 128], [0; 128]);
        let (owned, borrowed) =
            (keeping.emit(&mut buf, Header::new()), borrowing.emit(&mut other, Header::new()));
        if rest.len() >= 4 {
            assert_eq!(owned.map(<[u8]>::len), borrowed.map(<[u8]>::len));
        }
        match owned {
            Ok(bytes) => {
                assert_eq!(Keeping::parse(&only(bytes)).unwrap(), keeping);
                "ok".to_owned()
            }
            Err(err) => err.within(Keeping::SCHEMAS[0], &buf).to_string(),
        }
    };
    // The second attribute lies at 28, behind the name, and so does what cannot be read.
    assert_eq!(said(&odd), "ok");
    assert_eq!(said(&of_name), "Keeping.name must not be sent (offset 28)");
    assert_eq!(said(&[odd, of_name].concat()), "Keeping.name must not be sent (offset 36)");
    assert_eq!(said(&pad), "Keeping.pad must not be sent (offset 28)");
    for bytes in
        [&[1, 2, 3, 4, 5][..], &[200, 0, 99, 0, 1, 0, 0, 0], &[3, 0, 99, 0], &[4, 0, 99, 0, 0, 0, 0, 0]]
    {
        let said = said(bytes);
        assert!(said.starts_with("Keeping: length field ") && said.contains("(offset "), "{said}");
    }
    let few = said(&[1, 2, 3]);
    assert!(few.starts_with("Keeping: ") && few.ends_with("(offset 28)"), "{few}");
}

/// The same with a lifetime.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 61, pad = 9)]
struct Borrowing<'a> {
    #[nl(attr = 1)]
    name: &'a str,
    #[nl(rest)]
    rest: Rest<'a>,
}

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

fn leaf(number: u16) -> Tree {
    Tree { number, left: None, branches: Vec::new() }
}

fn owned() -> Owned {
    let tree = Tree { left: Some(Box::new(leaf(2))), branches: vec![leaf(3), leaf(4)], ..leaf(1) };
    Owned {
        kind: "tree".to_owned(),
        data: Some(Data::Tree(Box::new(tree))),
        bytes: Some(Box::new([1, 2, 3])),
        ports: vec![80, 443],
        names: vec!["a".to_owned(), "b".to_owned()],
    }
}

#[test]
fn what_was_parsed_outlives_the_message() {
    let message = owned();
    let parsed = {
        let mut buf = vec![0xa5; 256];
        Owned::parse(&only(message.emit(&mut buf, Header::new()).unwrap())).unwrap()
    };
    assert_eq!(parsed, message);
    let text = Owned { kind: "text".to_owned(), data: Some(Data::Text("x".to_owned())), ..message };
    assert_eq!(Owned::parse(&only(text.emit(&mut [0; 256], Header::new()).unwrap())).unwrap(), text);
}

#[test]
fn limits_hold_for_owned_values_too() {
    let mut buf = [0; 256];
    let long = Owned { kind: "a-kind-of-16-byte".to_owned(), ..owned() };
    assert_eq!(long.emit(&mut buf, Header::new()).unwrap_err().kind(), ErrorKind::TooLong);
    let high = Owned { ports: vec![1, 0xff01], ..owned() };
    let err = high.emit(&mut buf, Header::new()).unwrap_err();
    assert_eq!((err.kind(), err.attr_type()), (ErrorKind::OutOfRange, Some(4)));
}

#[test]
fn a_nest_on_the_heap_that_is_too_deep_is_refused() {
    fn nested(levels: usize, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.put(1, &[0, 1])?;
        if levels > 0 { w.nest(2, |w| nested(levels - 1, w)) } else { Ok(()) }
    }
    for (levels, is_ok) in [(9, true), (10, false), (12, false), (300, false)] {
        let mut buf = vec![0; 16_000];
        let mut w = Writer::new(&mut buf);
        w.message(nl_tlv::MessageType(60).into(), Header::new(), |w| nested(levels, w)).unwrap();
        let attrs = only(w.finish()).attrs();
        let parsed = Tree::parse_attrs(attrs);
        assert_eq!(
            parsed.as_ref().err().map(Error::kind),
            (!is_ok).then_some(ErrorKind::TooDeep),
            "{levels}"
        );
    }
    let err = Attr::new(1, &[1]).parse::<String>();
    assert_eq!(err.as_deref(), Ok("\u{1}"));
}
