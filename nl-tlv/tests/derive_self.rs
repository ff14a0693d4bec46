//! `Self` in a definition is the definition, wherever it is written: in the types of fields, in the lengths of arrays and
//! in keys.
#![cfg(all(feature = "derive", feature = "alloc"))]

use nl_tlv::value::Parse as _;
use nl_tlv::{
    Attr, Error, ErrorKind, Header, Messages, NlAttrs, NlMessage, NlSubMessage, NlValue, Repeat, nl_struct,
};

#[derive(NlAttrs, Debug, Clone, Default, PartialEq)]
#[nl(pad = Self::PAD)]
struct Tree {
    #[nl(attr = Self::BRANCHES)]
    branches: Vec<Self>,
    #[nl(attr = 2)]
    next: Option<Box<Self>>,
    #[nl(attr = 3)]
    cells: [u8; Self::WIDTH],
    #[nl(attr = 4, max = Self::MOST)]
    count: Option<u32>,
}

impl Tree {
    const PAD: u16 = 9;
    const BRANCHES: u16 = 1;
    const WIDTH: usize = 4;
    const MOST: u32 = 7;
}

#[derive(NlAttrs, Debug, Clone, Copy, PartialEq)]
#[nl(recursive)]
struct Borrowed<'a> {
    #[nl(attr = 1)]
    name: &'a str,
    #[nl(attr = 2)]
    inside: Repeat<'a, Self>,
    #[nl(attr = Self::NUMBER)]
    bytes: Option<[u8; 2]>,
}

impl Borrowed<'_> {
    const NUMBER: u16 = 3;
}

#[nl_struct]
struct Fixed {
    bytes: [u8; Self::LEN_OF_BYTES],
}

impl Fixed {
    const LEN_OF_BYTES: usize = 4;
}

#[derive(NlValue, Debug, Clone, Copy, PartialEq)]
#[repr(u32)]
enum Number {
    First = Self::BASE,
    #[nl(other)]
    Other(u32),
}

impl Number {
    const BASE: u32 = 5;
}

#[derive(NlSubMessage, Debug, Clone, PartialEq)]
enum Form<'a> {
    #[nl(when = Self::BYTES)]
    Bytes([u8; 3]),
    #[nl(other)]
    Other(Attr<'a>),
}

impl Form<'_> {
    const BYTES: u8 = 3;
}

#[derive(NlAttrs, Debug, Clone, PartialEq)]
enum Choice {
    #[nl(attr = Self::BYTES)]
    Bytes([u8; Self::BYTES as usize]),
}

impl Choice {
    const BYTES: u16 = 2;
}

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = Self::TYPE, check = Self::is_allowed)]
struct All<'a> {
    #[nl(fixed_header)]
    fixed: Fixed,
    #[nl(attr = 1)]
    tree: Tree,
    #[nl(attr = 2)]
    borrowed: Borrowed<'a>,
    #[nl(attr = 3)]
    number: Number,
    #[nl(attr = 4)]
    which: u8,
    #[nl(attr = 5, select = which)]
    form: Option<Form<'a>>,
}

impl All<'_> {
    const TYPE: u16 = 40;

    fn is_allowed(&self) -> Result<(), Error> {
        if self.which == 0 { Err(Error::new(ErrorKind::OutOfRange, 0, 1, 0)) } else { Ok(()) }
    }
}

#[test]
fn what_self_stands_for_is_written_and_read() {
    let leaf = || Tree { count: Some(7), ..Tree::default() };
    let inside = [Borrowed { name: "b", inside: Repeat::new(&[]), bytes: None }];
    let all = All {
        fixed: Fixed { bytes: [1; 4] },
        tree: Tree { branches: vec![leaf(), leaf()], next: Some(Box::new(leaf())), ..leaf() },
        borrowed: Borrowed { name: "a", inside: Repeat::new(&inside), bytes: Some([1, 2]) },
        number: Number::First,
        which: 3,
        form: Some(Form::Bytes([3; 3])),
    };
    let mut buf = [0; 512];
    let bytes = all.emit(&mut buf, Header::new()).unwrap();
    let message = Messages::new(bytes).next().unwrap().unwrap();
    assert_eq!(message.ty().0, 40);
    assert_eq!(All::parse(&message).unwrap(), all);
    let attrs = All::attrs(&message).unwrap().map(|attr| format!("{:?}", attr.unwrap()));
    assert!(attrs.collect::<Vec<_>>()[0].starts_with("Tree(Tree { branches: [Tree {"));
}

#[test]
fn limits_out_of_self_hold() {
    let tree = Tree { count: Some(8), ..Tree::default() };
    let mut buf = [0; 64];
    let mut w = nl_tlv::Writer::new(&mut buf);
    assert!(w.message(nl_tlv::MessageType(1).into(), Header::new(), |w| tree.emit_attrs(w)).is_err());
    assert!(Choice::parse(Attr::new(2, &[1, 2])).is_ok_and(|choice| choice == Choice::Bytes([1, 2])));
}
