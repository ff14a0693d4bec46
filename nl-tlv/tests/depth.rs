//! How deep is too deep: parser, validator, dissection and paths count as the kernel does, to which an array and its
//! items are one level.
#![cfg(feature = "derive")]

use nl_tlv::schema::{MAX_DEPTH, Strictness, dissect, locate, validate};
use nl_tlv::value::{IndexedArray, NestedArray};
use nl_tlv::{
    AttrWriter, Error, ErrorKind, Header, Message, MessageType, Messages, NlAttrs, NlMessage, Writer,
};

/// Three ways of containing itself, two of them arrays.
#[derive(NlAttrs, Clone, Copy, Debug)]
#[nl(recursive)]
struct Tree<'a> {
    #[nl(attr = 1)]
    trees: Option<NestedArray<'a, Tree<'a>>>,
    #[nl(attr = 2)]
    others: Option<IndexedArray<'a, Tree<'a>>>,
    #[nl(attr = 3)]
    number: Option<u32>,
}

#[derive(NlMessage, Clone, Copy, Debug)]
#[nl(ty = 50)]
struct Forest<'a> {
    #[nl(attr = 1)]
    tree: Option<Tree<'a>>,
}

/// So many arrays in one another, in a nest of a message; a number in the innermost.
fn arrays(buf: &mut [u8], levels: usize) -> Message<'_> {
    fn fill(w: &mut AttrWriter<'_>, levels: usize) -> Result<(), Error> {
        match levels {
            0 => w.put_value(3, &7_u32),
            _ => w.nest(if levels % 2 == 0 { 1 } else { 2 }, |w| w.nest(1, |w| fill(w, levels - 1))),
        }
    }
    let mut w = Writer::new(buf);
    w.message(MessageType(50).into(), Header::new(), |w| w.nest(1, |w| fill(w, levels))).unwrap();
    Messages::new(w.finish()).next().unwrap().unwrap()
}

/// A set that owns one other of its kind.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
struct Chain {
    #[nl(attr = 1)]
    next: Option<Box<Chain>>,
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 52)]
struct Chained {
    #[nl(attr = 1)]
    chain: Chain,
}

/// The deepest that there can be: the message's attributes are the first level, the tree is the second.
const DEEPEST: usize = MAX_DEPTH - 2;

/// A set that owns others of its kind, as deep as a program makes it.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Owned {
    #[nl(attr = 1)]
    inside: Vec<Owned>,
    #[nl(attr = 3)]
    number: Option<u32>,
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 51)]
struct Owner {
    #[nl(attr = 1)]
    owned: Owned,
}

fn owner(levels: usize) -> Owner {
    let innermost = Owned { inside: vec![], number: Some(7) };
    let owned = (0..levels).fold(innermost, |inside, _| Owned { inside: vec![inside], number: None });
    Owner { owned }
}

#[test]
fn what_is_too_deep_to_be_read_is_not_written() {
    let mut buf = [0; 512];
    let deepest = owner(DEEPEST);
    let bytes = deepest.emit(&mut buf, Header::new()).unwrap();
    assert_eq!(Owner::parse(&Messages::new(bytes).next().unwrap().unwrap()), Ok(deepest));
    for levels in [DEEPEST + 1, DEEPEST + 2, 30] {
        let err = owner(levels).emit(&mut buf, Header::new()).unwrap_err();
        assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::TooDeep, 10, 11), "{levels}");
    }
    // A buffer that is too small is said to be, whatever lies in it.
    let err = owner(2).emit(&mut [0x01; 24], Header::new()).unwrap_err();
    assert_eq!((err.kind(), err.expected()), (ErrorKind::BufferTooSmall, 36));
}

/// So many sets in one another that writing all of them would take more stack than a thread has.
#[test]
fn a_value_of_any_depth_is_refused_and_not_written() {
    for room in [32, 400_000] {
        let mut chain = Chain::default();
        for _ in 0..100_000 {
            chain = Chain { next: Some(Box::new(chain)) };
        }
        let mut message = Chained { chain };
        let err = message.emit(&mut vec![0; room], Header::new()).unwrap_err();
        assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::TooDeep, 10, 11));
        // At the attribute of the tenth level, which would hold the eleventh.
        assert_eq!((err.attr_type(), err.offset()), (Some(1), 16 + 4 * 9));
        while let Some(next) = message.chain.next.take() {
            message.chain = *next; // without the recursion of a drop
        }
    }
}

/// A chain that does not begin right below the message.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Middle {
    #[nl(attr = 1)]
    chain: Chain,
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 53)]
struct Far {
    #[nl(attr = 1)]
    middle: Vec<Middle>,
}

/// A chain that is the message.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 55)]
struct Whole {
    #[nl(attrs)]
    chain: Chain,
}

/// Trees in arrays that are made, and not read.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 54)]
struct Grove<'a> {
    #[nl(attr = 1)]
    wood: Option<NestedArray<'a, Tree<'a>>>,
}

fn chain(levels: usize) -> Chain {
    (0..levels).fold(Chain::default(), |chain, _| Chain { next: Some(Box::new(chain)) })
}

/// So many arrays in one another, made of slices that are never given back.
fn tree(levels: usize) -> Tree<'static> {
    (0..levels).fold(Tree { trees: None, others: None, number: Some(7) }, |tree, level| {
        let trees: &'static [Tree<'static>] = Box::leak(Box::new([tree]));
        match level % 2 {
            0 => Tree { trees: Some(NestedArray::new(trees)), others: None, number: None },
            _ => Tree { trees: None, others: Some(IndexedArray::new(trees)), number: None },
        }
    })
}

/// Whether a message is written; what is written is no deeper than a server reads.
fn is_written<M: NlMessage>(message: &M) -> bool {
    let mut buf = [0; 1024];
    let bytes = match message.emit(&mut buf, Header::new()) {
        Err(err) => {
            assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::TooDeep, 10, 11));
            return false;
        }
        Ok(bytes) => bytes,
    };
    let written = Messages::new(bytes).next().unwrap().unwrap();
    assert_eq!(validate(M::SCHEMAS[0], &written, Strictness::STRICT), Ok(()));
    true
}

#[test]
fn what_lies_deeper_in_a_message_is_written_as_deep_as_it_is_read_and_no_deeper() {
    let written = |is_written: &dyn Fn(usize) -> bool| (0..20).take_while(|&n| is_written(n)).count();
    // The number of levels is that of the innermost: the message's own, those outside, and then one for each.
    assert_eq!(written(&|n| is_written(&Chained { chain: chain(n) })), MAX_DEPTH - 1);
    assert_eq!(written(&|n| is_written(&Whole { chain: chain(n) })), MAX_DEPTH);
    assert_eq!(written(&|n| is_written(&Far { middle: vec![Middle { chain: chain(n) }] })), MAX_DEPTH - 2);
    assert_eq!(written(&|n| is_written(&Forest { tree: Some(tree(n)) })), MAX_DEPTH - 1);
    let grove = |n| is_written(&Grove { wood: Some(NestedArray::new(&[tree(n), tree(0)])) });
    assert_eq!(written(&grove), MAX_DEPTH - 1);
}

#[test]
fn a_message_that_contains_itself_is_read_as_deep_as_it_is_written() {
    let mut buf = [0; 128];
    let deepest = Whole { chain: chain(MAX_DEPTH - 1) };
    let bytes = deepest.emit(&mut buf, Header::new()).unwrap();
    assert_eq!(Whole::parse(&Messages::new(bytes).next().unwrap().unwrap()), Ok(deepest));
    // One nest more, in the innermost.
    let mut deeper = bytes.to_vec();
    deeper.extend([4, 0x8001].map(u16::to_ne_bytes).concat());
    for start in (0..MAX_DEPTH - 1).map(|level| 16 + 4 * level).chain([0]) {
        let len = u16::from_ne_bytes([deeper[start], deeper[start + 1]]) + 4;
        deeper[start..start + 2].copy_from_slice(&len.to_ne_bytes());
    }
    let err = Whole::parse(&Messages::new(&deeper).next().unwrap().unwrap()).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::TooDeep, 10, 11));
}

#[test]
fn an_array_and_its_items_are_one_level_to_all_readers() {
    let mut buf = [0; 512];
    let message = arrays(&mut buf, DEEPEST);
    assert!(Forest::parse(&message).is_ok());
    assert_eq!(validate(Forest::SCHEMAS[0], &message, Strictness::STRICT), Ok(()));
    let tree = dissect(Forest::SCHEMAS, message.as_bytes()).to_string();
    assert!(tree.contains("number (3) = 7") && !tree.contains(" ! "), "{tree}");
    let last = u32::try_from(message.as_bytes().len() - 8).unwrap();
    let path = locate(Forest::SCHEMAS[0], message.as_bytes(), last).to_string();
    assert_eq!(path, format!("Forest.tree{}.number", ".trees[0].others[0]".repeat(DEEPEST / 2)));
}

#[test]
fn one_more_is_too_deep_to_all_readers() {
    let mut buf = [0; 512];
    let message = arrays(&mut buf, DEEPEST + 1);
    let err = validate(Forest::SCHEMAS[0], &message, Strictness::STRICT).unwrap_err();
    assert_eq!(err.message(), Some("allowed policy recursion depth exceeded"));
    let tree = dissect(Forest::SCHEMAS, message.as_bytes()).to_string();
    assert!(tree.contains("nested deeper than 10 levels") && !tree.contains("number"), "{tree}");
    let last = u32::try_from(message.as_bytes().len() - 8).unwrap();
    assert!(!locate(Forest::SCHEMAS[0], message.as_bytes(), last).to_string().contains("number"));
    let err = Forest::parse(&message).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::TooDeep, 10, 11));
}
