//! The derive macros of [nl-tlv](https://docs.rs/nl-tlv): one definition of a netlink message, both ends of the wire.
//!
//! Use them through `nl-tlv`, which re-exports them. Each goes the same way: syn → model → check → expand. All mistakes in a definition are reported at once, each at its place.

mod advice;
mod attr;
mod case;
mod check;
#[cfg(test)]
mod documented;
mod errors;
mod expand;
mod literal;
mod model;
mod number;
mod own;
mod structs;
mod types;

use model::Derive;
use proc_macro::TokenStream;
use syn::parse_macro_input;

/// Makes a struct a netlink message: `emit`, `parse`, the typed iterator `attrs` with its enum, and `SCHEMAS`.
///
/// | key of the struct | |
/// |---|---|
/// | `ty = 25` | the message's type (`nlmsg_type`), a literal or a constant, from 16 on (or 3, `NLMSG_DONE`); or |
/// | `cmd = 1` | the command of a generic netlink family, with `version = 1` unless it says otherwise |
/// | `ty = [25, 28]`, `cmd = [1, 4]` | several messages of the same contents: the first number is written, all are read |
/// | `c_name = "RTM_ROUTE_NEW"` | the name of its number in C, or a list of names |
/// | `c_prefix = "RTM_A"` | the prefix of its attributes' names in C |
/// | `attrs = RouteAttr<'a>` | the set that it shares with other messages: an enum with `#[derive(NlAttrs)]`, or the companion of a struct |
/// | `pad = 16`, `pad = [3, 5]` | attribute types that only pad: skipped, and not kept in `rest` |
/// | `no_enum` | no enum for the typed iterator: `attrs` yields plain attributes |
/// | `deleted = 26` | the message that says that such an object has been deleted, for one with a `key` |
/// | `check = function` | a message only: a function of `&Self` that is called before the message is written; its error refuses the message |
/// | `crate = "path"` | where `nl_tlv` is, if not at `::nl_tlv`: under another name in `Cargo.toml`, or in another crate |
///
/// Each field has one of these roles:
///
/// | key of a field | |
/// |---|---|
/// | `attr = 1` | an attribute of this type, a literal or a constant of any integer type. `T` is required, `Option<T>` optional, `Repeat<'a, T>` any number, `bool` a flag |
/// | `fixed_header` | the family header, a struct with `#[nl_struct]`; the first field |
/// | `attrs` | a set with `#[derive(NlAttrs)]` that is the whole contents |
/// | `payload` | the whole payload is this one value, and there are no attributes |
/// | `rest` | `Rest<'a>`: the attributes that no other field claims; or `Vec<u8>`, their bytes, in a struct without a lifetime |
///
/// An attribute tells one object from another with `key`, and a header with the names of those of its fields that do:
/// `#[nl(attr = 1, key)]`, `#[nl(fixed_header, key = [rtm_family, rtm_dst_len])]`. Such a message is `Keyed` too, and
/// can be watched.
///
/// An attribute or a payload can say more of its value:
///
/// | key of a field | |
/// |---|---|
/// | `select = kind` | its form is selected by that field: a type with `NlSubMessage`, or a set with `selected_outside` |
/// | `be` | encoding: an integer in network order |
/// | `net_byteorder` | encoding: an integer in network order, or an address; the attribute says so (`NLA_F_NET_BYTEORDER`) |
/// | `uint`, `sint` | encoding: a `u64` or `i64` that has 4 bytes where the number fits, else 8 |
/// | `text` | encoding: bytes as a string, which ends at a NUL and need not be UTF-8 |
/// | `no_nul` | encoding: a string that is written without a NUL |
/// | `min = 1`, `max = 9`, `range = 1..=9` | limits of an integer |
/// | `mask = 0x1f` | the bits that may be set |
/// | `min_len = 1`, `max_len = 31` | limits of a string's or bytes' length |
///
/// The derive also makes an enum for the typed iterator: that of `Route` is called `RouteAttr`. It has one variant for each
/// attribute, named after the field in UpperCamelCase (`Other_` for a field `other`), and `Other` for all other types. It is `Clone` and `Debug` where the types
/// of all fields are.
///
/// An enum is one of several messages, told apart by type or command: `enum RouteMessage<'a> { New(RouteNew<'a>),
/// Del(RouteDel<'a>), #[nl(other)] Other(Message<'a>) }`. Without `other`, another message is an error.
#[proc_macro_derive(NlMessage, attributes(nl))]
pub fn derive_message(input: TokenStream) -> TokenStream {
    expand::derive(Derive::Message, &own::named(parse_macro_input!(input))).into()
}

/// Makes a struct a set of netlink attributes, to be nested in messages; or an enum one attribute out of a set.
///
/// A struct has the fields of [`NlMessage`] but `fixed_header`, `attrs` and `payload`, and of its keys `c_prefix`, `attrs`, `pad`, `no_enum`
/// and `crate`.
/// A set can contain itself, and is refused where it does so more than ten levels deep. If it does so through another set,
/// one of them needs the key `recursive`. With `selected_outside`, the forms of its fields with `select` (without a value) are
/// selected in the set around it.
///
/// Each variant of an enum holds one value, with the keys of a field: `#[nl(attr = 1)] Table(&'a str)`. An attribute of
/// another type is an error, unless there is a variant `#[nl(other)] Other(Attr<'a>)`. Keys of the enum are `c_prefix`
/// and `crate`.
#[proc_macro_derive(NlAttrs, attributes(nl))]
pub fn derive_attrs(input: TokenStream) -> TokenStream {
    expand::derive(Derive::Attrs, &own::named(parse_macro_input!(input))).into()
}

/// Makes a struct of plain integers a C struct: a family header, or the value of an attribute.
///
/// ```text
/// #[nl_struct]
/// pub struct RouteHeader { pub family: u8, pub prefix_len: u8, pub flags: u16, #[nl(be)] pub port: u16, pub index: u32 }
/// ```
///
/// Fields are integers (`u8` to `u64`, `i8` to `i64`), IP and MAC addresses, arrays of them, other structs with
/// `nl_struct`, and numbers with names (`NlValue`). `#[nl(be)]` at a field is network order, and `#[nl(align = 8)]` is C's
/// `__attribute__((aligned(8)))`. The layout is that of C: fields are aligned as C aligns them, and padding is written as zero.
/// The struct is `Clone`, `Copy`, `Debug`,
/// `PartialEq`, `Eq`, and `Default` (all zero). Further derives stand below `#[nl_struct]`, which sees them: a derive of
/// one of these above it is a second one (E0119).
///
/// More bytes than the struct has are read as well, since structs grow at their end. With `#[nl_struct(zero_extend)]`
/// fewer are too: what they lack is zero. `#[nl_struct(packed)]` leaves the padding out. The other key is
/// `crate = "path"`.
#[proc_macro_attribute]
pub fn nl_struct(args: TokenStream, item: TokenStream) -> TokenStream {
    structs::expand(&args.into(), item.into()).into()
}

/// Makes an enum of numbers a value, or a struct that holds one value.
///
/// ```text
/// #[derive(NlValue, Clone, Copy, Debug, PartialEq)]
/// #[repr(u8)]
/// enum OperState { Unknown = 0, Down = 2, Up = 6, #[nl(other)] Other(u8) }
///
/// #[derive(NlValue, Clone, Copy, Debug, PartialEq)]
/// #[nl(flags)]
/// struct LinkFlags(u32);      // with `bitflags! { impl LinkFlags: u32 { const UP = 1; } }`
/// ```
///
/// Numbers without a name are kept, in the variant `other` or among the bits. Both have the encodings and limits of
/// the integer. A struct without `flags` is a name for the value that it holds, which can have any type. The other key is
/// `crate = "path"`.
#[proc_macro_derive(NlValue, attributes(nl))]
pub fn derive_value(input: TokenStream) -> TokenStream {
    number::derive(&own::named(parse_macro_input!(input))).into()
}

/// Makes an enum a value whose form another attribute selects, by a text or a number.
///
/// ```text
/// #[derive(NlSubMessage, Clone, Debug, PartialEq)]
/// enum LinkData<'a> {
///     #[nl(when = "vlan")] Vlan(Vlan<'a>),
///     #[nl(when = "vxlan")] Vxlan(Vxlan<'a>),
///     #[nl(other)] Other(Attr<'a>),
/// }
/// ```
///
/// The field that holds it says which field selects: `#[nl(attr = 2, select = kind)] data: Option<LinkData<'a>>`. A form is
/// any value: nested attributes, a struct, both (`Headed`), bytes. Other keys are `crate = "path"`, and `nested_flag`: nests are
/// written with `NLA_F_NESTED` although other forms are no nests.
#[proc_macro_derive(NlSubMessage, attributes(nl))]
pub fn derive_sub_message(input: TokenStream) -> TokenStream {
    expand::derive(Derive::SubMessage, &own::named(parse_macro_input!(input))).into()
}
