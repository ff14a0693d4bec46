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
