//! Sets that contain themselves, in every shape that there is: no message nests them so deep that reading, comparing,
//! printing, writing or dropping it overflows a small stack.
#![cfg(all(feature = "derive", feature = "alloc"))]

use nl_tlv::schema::{Strictness, dissect, validate};
use nl_tlv::value::{ByType, Headed, IndexedArray, Lazy, NestedArray};
use nl_tlv::{
    Header, Message, Messages, NlAttrs, NlMessage, NlSubMessage, NlValue, ParseMessage, Repeat, nl_struct,
};
use std::fmt::Debug;

#[nl_struct]
struct Head {
    number: u32,
}

type Steps<'a> = Vec<Step<'a>>;

/// Contains itself in every way that its own name shows.
#[expect(clippy::vec_box, reason = "a field may be this")]
#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Tree<'a> {
    #[nl(attr = 1)]
    branches: Vec<Tree<'a>>,
    #[nl(attr = 2)]
    left: Option<Box<Tree<'a>>>,
    #[nl(attr = 3)]
    right: Vec<Box<Tree<'a>>>,
    #[nl(attr = 4)]
    later: Option<Lazy<'a, Tree<'a>>>,
    #[nl(attr = 5)]
    repeated: Repeat<'a, Tree<'a>>,
    #[nl(attr = 6)]
    array: Option<NestedArray<'a, Tree<'a>>>,
    #[nl(attr = 7)]
    indexed: Option<IndexedArray<'a, Tree<'a>>>,
    #[nl(attr = 8)]
    by_type: Option<ByType<'a, Tree<'a>>>,
}

/// Contains itself through another set, and through an alias.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
#[nl(recursive)]
struct Step<'a> {
    #[nl(attr = 1)]
    plans: Vec<Plan<'a>>,
    #[nl(attr = 2)]
    plan: Option<Box<Plan<'a>>>,
    #[nl(attr = 3)]
    steps: Steps<'a>,
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Plan<'a> {
    #[nl(attr = 1)]
    steps: Vec<Step<'a>>,
    #[nl(attr = 2)]
    step: Option<Lazy<'a, Step<'a>>>,
    #[nl(attr = 3)]
    array: Option<NestedArray<'a, Step<'a>>>,
}

/// Contains itself behind a struct, and in a value of its own.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
#[nl(recursive)]
struct Behind {
    #[nl(attr = 1)]
    headed: Vec<Headed<Head, Behind>>,
    #[nl(attr = 2)]
    wrapped: Option<Wrapped>,
}

#[derive(NlValue, Clone, Debug, PartialEq)]
struct Wrapped(Box<Behind>);

/// Contains itself in the form that a number selects.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
#[nl(recursive)]
struct Selecting {
    #[nl(attr = 1)]
    kind: Option<u8>,
    #[nl(attr = 2, select = kind)]
    form: Option<Form>,
    #[nl(attr = 3, select = kind)]
    outside: Option<Outside>,
}

#[derive(NlSubMessage, Clone, Debug, PartialEq)]
enum Form {
    #[nl(when = 1)]
    One(Box<Selecting>),
    #[nl(when = 2)]
    Two(Box<Selecting>),
}

/// Contains itself in a form that is selected outside of it.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
#[nl(recursive, selected_outside)]
struct Outside {
    #[nl(attr = 2, select)]
    form: Option<OutsideForm>,
}

#[derive(NlSubMessage, Clone, Debug, PartialEq)]
enum OutsideForm {
    #[nl(when = 1)]
    One(Box<Selecting>),
    #[nl(when = 2)]
    Two(Box<Selecting>),
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 50)]
struct All<'a> {
    #[nl(attr = 1)]
    trees: Vec<Tree<'a>>,
    #[nl(attr = 2)]
    plans: Vec<Plan<'a>>,
    #[nl(attr = 3)]
    behind: Option<Headed<Head, Behind>>,
    #[nl(attr = 4)]
    selecting: Vec<Selecting>,
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 50)]
struct Whole<'a> {
    #[nl(attrs)]
    tree: Tree<'a>,
}

/// Puts a nest into one more level.
type Wrapping = fn(usize, Vec<u8>) -> Vec<u8>;

fn attr(ty: u16, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(payload.len() + 4).unwrap();
    let mut bytes = [len.to_ne_bytes(), ty.to_ne_bytes()].concat();
    bytes.extend(payload);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn selected(kind: u8, ty: u16, inside: &[u8]) -> Vec<u8> {
    [attr(1, &[kind]), attr(ty, inside)].concat()
}

/// Every way to nest, by the attribute of the message that it begins in.
const SHAPES: &[(u16, Wrapping)] = &[
    (1, |_, inside| attr(1, &inside)),
    (1, |_, inside| attr(2, &inside)),
    (1, |_, inside| attr(3, &inside)),
    (1, |_, inside| attr(4, &inside)),
    (1, |_, inside| attr(5, &inside)),
    (1, |_, inside| attr(6, &attr(1, &inside))),
    (1, |_, inside| attr(7, &attr(1, &inside))),
    (1, |_, inside| attr(8, &attr(1, &inside))),
    (1, |level, inside| attr(u16::try_from(level % 5 + 1).unwrap(), &inside)),
    (2, |_, inside| attr(1, &inside)),
    (2, |_, inside| attr(2, &inside)),
    (2, |level, inside| attr(if level % 2 == 0 { 1 } else { 2 }, &inside)),
    (2, |level, inside| if level % 2 == 0 { attr(3, &attr(1, &inside)) } else { attr(1, &inside) }),
    (2, |_, inside| attr(1, &attr(3, &inside))),
    (3, |_, inside| attr(1, &[vec![0; 4], inside].concat())),
    (3, |_, inside| attr(2, &inside)),
    (4, |_, inside| selected(1, 2, &inside)),
    (4, |_, inside| selected(2, 2, &inside)),
    // The last of several selectors is used.
    (4, |_, inside| [attr(1, &[3]), selected(2, 2, &inside)].concat()),
    (4, |_, inside| selected(1, 3, &attr(2, &inside))),
    (4, |_, inside| selected(2, 3, &attr(2, &inside))),
];

/// A message with so many levels, or as many as 60 kB hold.
fn nested(&(ty, wrap): &(u16, Wrapping), levels: usize) -> Vec<u8> {
    let mut inside = Vec::new();
    for level in 0..levels {
        if inside.len() > 60_000 {
            break;
        }
        inside = wrap(level, inside);
    }
    message(ty, inside)
}

/// A message of one attribute.
fn message(ty: u16, inside: Vec<u8>) -> Vec<u8> {
    let head = if ty == 3 { vec![0; 4] } else { Vec::new() };
    let attrs = attr(ty, &[head, inside].concat());
    let len = u32::try_from(attrs.len() + 16).unwrap();
    [&len.to_ne_bytes()[..], &50_u16.to_ne_bytes(), &[0; 10], &attrs].concat()
}

/// Reads the message, and does with it whatever a program does; what it prints.
fn use_up<'a, M>(bytes: &'a [u8]) -> String
where
    M: ParseMessage<'a> + Clone + Debug + PartialEq,
{
    let message: Message<'a> = Messages::new(bytes).next().unwrap().unwrap();
    let _ = validate(M::SCHEMAS[0], &message, Strictness::STRICT);
    let _ = dissect(M::SCHEMAS, bytes).to_string();
    assert!(M::attrs(&message).unwrap().count() > 0);
    let parsed = M::parse(&message);
    if let Ok(parsed) = &parsed {
        assert!(parsed.clone() == *parsed);
        let _ = parsed.emit(&mut vec![0; 0x1_0000], Header::new());
    }
    format!("{parsed:?}")
}

/// A stack on which a few dozen levels fit, but not thousands.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 << 10).spawn(run).unwrap().join().unwrap();
}

#[test]
fn the_deepest_nests_that_a_message_holds_are_refused() {
    on_a_small_stack(|| {
        for (i, shape) in SHAPES.iter().enumerate() {
            for levels in [40, 300, usize::MAX] {
                let bytes = nested(shape, levels);
                // A value that is read later is refused later: its own print says so.
                let printed = use_up::<All<'_>>(&bytes);
                assert!(printed.contains("TooDeep"), "shape {i}, {levels} levels: {printed:.200}");
                if shape.0 == 1 {
                    let printed = use_up::<Whole<'_>>(&bytes);
                    assert!(printed.contains("TooDeep"), "shape {i}, {levels} levels: {printed:.200}");
                }
            }
        }
    });
}

#[test]
fn a_few_levels_are_read() {
    on_a_small_stack(|| {
        for (i, shape) in SHAPES.iter().enumerate() {
            let printed = use_up::<All<'_>>(&nested(shape, 4));
            assert!(printed.starts_with("Ok") && !printed.contains("Error"), "shape {i}: {printed}");
        }
    });
}

/// Levels of all shapes mixed: whatever comes of it, the program goes on.
#[test]
fn mixed_nests_overflow_no_stack() {
    on_a_small_stack(|| {
        let mut seed = 1_u32;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            usize::try_from(seed >> 8).unwrap() % below
        };
        for _ in 0..300 {
            let (begin, mut inside) = (SHAPES[next(SHAPES.len())].0, Vec::new());
            for level in 0..next(4000) {
                let (ty, wrap) = SHAPES[next(SHAPES.len())];
                if ty == begin && inside.len() < 60_000 {
                    inside = wrap(level, inside);
                }
            }
            let bytes = message(begin, inside);
            use_up::<All<'_>>(&bytes);
            use_up::<Whole<'_>>(&bytes);
        }
    });
}
