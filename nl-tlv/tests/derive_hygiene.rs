//! The derives' code holds wherever it is put: among names that are not what they seem, under strict lints, and
//! through another path than `nl_tlv`.
#![cfg(feature = "derive")]
#![no_std]
#![deny(
    warnings,
    missing_docs,
    rust_2018_idioms,
    unused,
    unreachable_pub,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unused_qualifications,
    missing_debug_implementations,
    clippy::all,
    clippy::pedantic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::missing_docs_in_private_items
)]

/// The library by another name.
pub mod elsewhere {
    /// Deeper.
    pub mod deeper {
        pub use ::nl_tlv::*;
    }
}

/// Names of the prelude, and names that the generated code might be thought to use, mean something else.
#[allow(dead_code, non_camel_case_types, missing_debug_implementations, clippy::upper_case_acronyms)]
pub mod shadowed {
    use ::nl_tlv::{Attr, Header, Messages, NlAttrs, NlMessage, Repeat, Rest, nl_struct};

    struct Result;
    struct Some;
    struct None;
    struct Ok;
    struct Err;
    struct Error;
    struct Field;
    struct Limits;
    struct u16;
    struct i128;
    trait Iterator {}
    trait Clone {}
    trait Debug {}
    mod nl {}
    mod core {}
    mod std {}
    mod nl_tlv {}
    const LIMITS: usize = 31;
    const SCHEMA: usize = 1;
    const TYPES: usize = 2;
    #[allow(non_upper_case_globals)]
    const attr: usize = 3;
    #[allow(non_upper_case_globals)]
    const item: usize = 4;
    #[allow(unused_macros)]
    macro_rules! assert {
        () => {};
    }
    #[allow(unused_macros)]
    macro_rules! unreachable {
        () => {};
    }

    /// A nest.
    #[derive(NlAttrs, ::core::clone::Clone, ::core::fmt::Debug)]
    pub struct Nest<'nl> {
        /// With a constant that is called as one of ours might be.
        #[nl(attr = 1, max_len = LIMITS)]
        pub name: ::core::option::Option<&'nl str>,
        /// A number.
        #[nl(attr = TYPE, max = MAX, mask = MASK)]
        pub attr: ::core::option::Option<u32>,
        /// As the locals of `parse`.
        #[nl(attr = 3)]
        pub item: bool,
        /// All else.
        #[nl(rest)]
        pub rest: Rest<'nl>,
    }

    const TYPE: ::core::primitive::u16 = 2;
    const MAX: ::core::primitive::u8 = 9;
    const MASK: ::core::primitive::u64 = 15;

    /// A message.
    #[derive(NlMessage, ::core::clone::Clone, ::core::fmt::Debug)]
    #[nl(ty = 25)]
    pub struct Message<'nl> {
        /// The header.
        #[nl(fixed_header)]
        pub header: Fixed,
        /// Nests.
        #[nl(attr = 1)]
        pub nests: Repeat<'nl, Nest<'nl>>,
    }

    /// One attribute.
    #[derive(NlAttrs, ::core::clone::Clone, ::core::fmt::Debug)]
    pub enum Choice<'nl> {
        /// A nest.
        #[nl(attr = 1)]
        Nest(Nest<'nl>),
        /// All else.
        #[nl(other)]
        Other(Attr<'nl>),
    }

    /// A message with a payload.
    #[derive(NlMessage, ::core::clone::Clone, ::core::fmt::Debug)]
    #[nl(cmd = 1)]
    pub struct Payload<'nl> {
        /// It.
        #[nl(payload, text, max_len = 9)]
        pub text: &'nl [::core::primitive::u8],
    }

    /// A message of a shared set.
    #[derive(NlMessage, ::core::clone::Clone, ::core::fmt::Debug)]
    #[nl(cmd = 2, attrs = Choice<'nl>)]
    pub struct Sharing<'nl> {
        /// The nest.
        #[nl(attr = 1)]
        pub nest: Nest<'nl>,
    }

    /// A C struct.
    #[nl_struct]
    pub struct Fixed {
        /// Bytes.
        pub bytes: [::core::primitive::u8; 4],
    }

    #[test]
    fn shadowed_names_do_not_reach_the_generated_code() {
        let rest = Rest::default();
        let nests = [Nest {
            name: ::core::option::Option::Some("n"),
            attr: ::core::option::Option::Some(9),
            item: true,
            rest,
        }];
        let message = Message { header: Fixed { bytes: *b"abcd" }, nests: Repeat::new(&nests) };
        let mut buf = [0; 64];
        let bytes = message.emit(&mut buf, Header::new()).unwrap();
        let read = ::core::iter::Iterator::next(&mut Messages::new(bytes)).unwrap().unwrap();
        let parsed = Message::parse(&read).unwrap();
        ::core::assert_eq!(parsed.header.bytes, *b"abcd");
        let nest = ::core::iter::Iterator::next(&mut parsed.nests.iter()).unwrap().unwrap();
        ::core::assert_eq!((nest.name.unwrap(), nest.attr.unwrap(), nest.item), ("n", 9, true));
    }
}

/// The library is found where `crate` says, and a variant of a field without docs has docs.
#[allow(missing_docs, clippy::missing_docs_in_private_items)]
pub mod through_another_path {
    use crate::elsewhere::deeper::{NlAttrs, NlMessage};

    #[derive(NlMessage, Clone, Copy, Debug)]
    #[nl(ty = 25, crate = "crate::elsewhere::deeper")]
    pub struct Message {
        #[nl(attr = 1)]
        pub number: u8,
    }

    #[derive(NlAttrs, Clone, Copy, Debug)]
    #[nl(crate = "crate::elsewhere::deeper")]
    pub enum Choice {
        #[nl(attr = 1)]
        Number(u8),
    }

    #[test]
    fn the_path_of_the_library_can_be_given() {
        core::assert_eq!(Choice::SCHEMA.attrs.len(), MessageAttr::SCHEMA.attrs.len());
    }
}

/// Definitions can come out of macros.
pub mod out_of_a_macro {
    use nl_tlv::{Header, Messages, NlMessage};

    macro_rules! message {
        ($(#[$doc:meta])* $name:ident $ty:literal { $($field:ident: $value:ty = $number:expr,)* }) => {
            $(#[$doc])*
            #[derive(NlMessage, Clone, Copy, Debug, PartialEq, Eq)]
            #[nl(ty = $ty)]
            pub struct $name<'a> {
                $(
                    /// An attribute.
                    #[nl(attr = $number, max = 9)]
                    $field: Option<$value>,
                )*
                /// The name.
                #[nl(attr = 9)]
                pub name: &'a str,
            }
        };
    }

    message! {
        /// Out of a macro.
        Made 30 { __attr: u8 = 1, __from: u16 = 2, nl: i32 = 1 + 2, }
    }

    #[test]
    fn a_macro_can_make_definitions() {
        let made = Made { __attr: Some(1), __from: None, nl: Some(-3), name: "n" };
        let mut buf = [0; 64];
        let bytes = made.emit(&mut buf, Header::new()).unwrap();
        assert_eq!(Made::parse(&Messages::new(bytes).next().unwrap().unwrap()), Ok(made));
    }
}

/// Definitions whose parts come out of different macros: what says `derive` is of one, the types and keys of another.
pub mod out_of_macros_in_macros {
    extern crate alloc;

    use alloc::vec::Vec;
    use nl_tlv::{Attr, Error, ErrorKind, Header, Message, Messages, NlAttrs, NlMessage};
    use nl_tlv::{NlSubMessage, NlValue, Rest, nl_struct};

    macro_rules! derived {
        ($derive:ident $(#[$key:meta])* $kind:ident $name:ident { $($body:tt)* }) => {
            /// Out of a macro.
            #[derive($derive, Clone, Debug, PartialEq)]
            $(#[$key])*
            pub $kind $name { $($body)* }
        };
        ($derive:ident struct $name:ident ($($body:tt)*);) => {
            /// Out of a macro.
            #[derive($derive, Clone, Debug, PartialEq)]
            pub struct $name($($body)*);
        };
        (borrowed $derive:ident $(#[$key:meta])* $kind:ident $name:ident { $($body:tt)* }) => {
            /// Out of a macro, with a lifetime.
            #[derive($derive, Clone, Debug, PartialEq)]
            $(#[$key])*
            pub $kind $name<'a> { $($body)* }
        };
    }

    macro_rules! in_c {
        ($name:ident { $($body:tt)* }) => {
            /// Out of a macro.
            #[nl_struct]
            pub struct $name { $($body)* }
        };
    }

    macro_rules! definitions {
        ($value:ty, $name:ident, $next:ident $(, $rest:ident)*) => {
            derived! { NlAttrs struct $name {
                /// The next.
                #[nl(attr = 1)] pub next: Option<$next>,
                /// A value.
                #[nl(attr = 2, be, max = 9)] pub value: Option<$value>,
                /// Several.
                #[nl(attr = 3)] pub several: Vec<$next>,
                /// The kind.
                #[nl(attr = 4)] pub kind: Option<Kind>,
                /// Of the kind.
                #[nl(attr = 5, select = kind)] pub form: Option<Form>,
            } }
            definitions! { $value, $next $(, $rest)* }
        };
        ($value:ty, $name:ident) => {
            derived! { NlAttrs struct $name {
                /// A value.
                #[nl(attr = 1)] pub value: $value,
            } }
            derived! { NlAttrs #[nl(recursive)] struct Tree {
                /// Of the same kind.
                #[nl(attr = 1)] pub trees: Vec<Tree>,
            } }
            derived! { borrowed NlAttrs enum Choice {
                /// The last.
                #[nl(attr = 1)] Last($name),
                /// All else.
                #[nl(other)] Other(Attr<'a>),
            } }
            derived! { NlSubMessage enum Form {
                /// A number.
                #[nl(when = 1)] Number($value),
                /// The last.
                #[nl(when = 2)] Last($name),
            } }
            derived! { NlValue #[derive(Copy)] #[repr(u8)] enum Kind {
                /// A number.
                Number = 1,
                /// The last.
                Last = 2,
                /// All else.
                #[nl(other)] Other(u8),
            } }
            derived! { NlValue struct Named($value); }
            in_c! { Fixed {
                /// A number.
                #[nl(be)] pub number: $value,
                /// Another.
                pub other: Kind,
            } }
            derived! { borrowed NlMessage #[nl(ty = 30, deleted = 31, check = check)] struct Changed {
                /// The header.
                #[nl(fixed_header, key = [other])] pub header: Fixed,
                /// The first.
                #[nl(attr = 1, key)] pub first: Option<First>,
                /// A name.
                #[nl(attr = 2, max_len = 9)] pub name: &'a str,
                /// All else.
                #[nl(rest)] pub rest: Rest<'a>,
            } }
            derived! { NlMessage #[nl(ty = 32)] struct Whole {
                /// All.
                #[nl(attrs)] pub last: $name,
            } }
            derived! { borrowed NlMessage #[nl(ty = 33)] struct Payload {
                /// It.
                #[nl(payload)] pub text: &'a str,
            } }
            derived! { borrowed NlMessage enum Any {
                /// The one.
                Changed(Changed<'a>),
                /// The other.
                Whole(Whole),
                /// All else.
                #[nl(other)] Other(Message<'a>),
            } }
        };
    }

    definitions! { u32, First, Second, Third }

    fn check(changed: &Changed<'_>) -> Result<(), Error> {
        if changed.name.is_empty() { Err(Error::new(ErrorKind::OutOfRange, 0, 1, 0)) } else { Ok(()) }
    }

    #[test]
    fn the_parts_of_a_definition_can_be_of_several_macros() {
        let third = Third { value: 7 };
        let form = Some(Form::Last(third.clone()));
        let second =
            Second { next: Some(third), value: None, several: Vec::new(), kind: Some(Kind::Last), form };
        let first = First { next: Some(second), value: Some(9), several: Vec::new(), kind: None, form: None };
        let header = Fixed { number: 1, other: Kind::Number };
        let changed = Changed { header, first: Some(first), name: "n", rest: Rest::default() };
        let mut buf = [0; 256];
        let bytes = changed.emit(&mut buf, Header::new()).unwrap();
        let read = Messages::new(bytes).next().unwrap().unwrap();
        assert_eq!(Any::parse(&read), Ok(Any::Changed(changed)));
    }
}

/// A definition inside of a function, of private types.
#[test]
fn a_definition_can_stand_in_a_function() {
    use nl_tlv::{NlAttrs, Repeat};

    #[derive(NlAttrs, Clone, Debug)]
    struct Inner {
        #[nl(attr = 1)]
        number: u8,
    }

    #[derive(NlAttrs, Clone, Debug)]
    struct Outer<'a> {
        #[nl(attr = 1)]
        inner: Repeat<'a, Inner>,
    }

    let items = [Inner { number: 1 }];
    let outer = Outer { inner: Repeat::new(&items) };
    assert_eq!(outer.inner.len(), 1);
    assert!(matches!(OuterAttr::Inner(items[0].clone()), OuterAttr::Inner(Inner { number: 1 })));
}
