//! Definitions of every kind, as a crate of a user has them: with nl-tlv under another name, in every edition, and with every
//! lint of the compiler and of clippy that can be satisfied.
#![forbid(
    unsafe_code,
    missing_docs,
    missing_debug_implementations,
    absolute_paths_not_starting_with_crate,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    keyword_idents,
    meta_variable_misuse,
    non_ascii_idents,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unnameable_types,
    unreachable_code,
    unreachable_pub,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(
    warnings,
    unused,
    future_incompatible,
    let_underscore,
    nonstandard_style,
    refining_impl_trait,
    rust_2018_compatibility,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    clippy::all,
    clippy::nursery,
    clippy::pedantic,
    clippy::restriction
)]
#![allow(
    clippy::arbitrary_source_item_ordering,
    clippy::blanket_clippy_restriction_lints,
    clippy::implicit_return,
    clippy::large_enum_variant,
    clippy::single_call_fn,
    reason = "they contradict others, or concern what the user wrote: an order, a large variant, a function for `check`"
)]

use core::convert::Infallible;
use core::net::IpAddr;
use netlink::{Attr, MacAddr, Message, NlAttrs, NlMessage, NlSubMessage, NlValue, Repeat, Rest, nl_struct};

/// The type of the attribute with a name.
const NAME: u16 = 2;
/// The length of a name.
const NAME_LEN: usize = 15;

/// A C struct.
#[nl_struct(crate = "::netlink", zero_extend)]
#[non_exhaustive]
pub struct Header {
    /// A byte.
    pub family: u8,
    /// A number in network order.
    #[nl(be)]
    pub port: u16,
    /// A number with names.
    pub state: State,
    /// An address.
    #[nl(align = 8)]
    pub mac: MacAddr,
    /// Bytes.
    pub bytes: [u8; 4],
}

/// A number with names.
#[derive(NlValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[nl(crate = "::netlink", c_prefix = "STATE")]
#[repr(u8)]
#[non_exhaustive]
pub enum State {
    /// One.
    Down = 2,
    /// Another.
    Up = 6,
    /// The next number.
    Dormant,
    /// Any other.
    #[nl(other)]
    Other(u8),
}

/// A number of two sizes.
#[derive(NlValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[nl(crate = "::netlink", uint)]
#[non_exhaustive]
pub struct Bytes(u64);

/// Text under a name of its own.
#[derive(NlValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[nl(crate = "::netlink")]
#[non_exhaustive]
pub struct Name<'msg>(&'msg str);

/// Flags.
#[derive(NlValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[nl(crate = "::netlink", flags)]
#[non_exhaustive]
pub struct Bits(u32);

/// The names of the flags.
#[allow(
    clippy::nursery,
    clippy::pedantic,
    clippy::restriction,
    reason = "bitflags does not satisfy all lints"
)]
mod bits {
    use super::Bits;
    netlink::bitflags::bitflags! {
        impl Bits: u32 {
            /// Up.
            const UP = 1;
        }
    }
}

/// A set that borrows.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
#[nl(crate = "::netlink", pad = 16, c_prefix = "SET")]
#[non_exhaustive]
pub struct Set<'msg> {
    /// Required, with limits.
    #[nl(attr = 1, be, range = 1..=9)]
    pub number: u32,
    /// Optional, with constants.
    #[nl(attr = NAME, max_len = NAME_LEN)]
    pub name: Option<&'msg str>,
    /// A flag.
    #[nl(attr = 3)]
    pub is_up: bool,
    /// Several.
    #[nl(attr = 4)]
    pub addresses: Repeat<'msg, IpAddr>,
    /// Which form follows.
    #[nl(attr = 5)]
    pub kind: Option<&'msg str>,
    /// The form.
    #[nl(attr = 6, select = kind)]
    pub form: Option<Form<'msg>>,
    /// All others.
    #[nl(rest)]
    pub rest: Rest<'msg>,
}

/// A set that owns, contains itself, and is large.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq, Eq)]
#[nl(crate = "::netlink", recursive)]
#[non_exhaustive]
pub struct Owned {
    /// Several of the same kind.
    #[nl(attr = 1)]
    pub inside: Vec<Self>,
    /// Text.
    #[nl(attr = 2, text)]
    pub text: Option<Box<[u8]>>,
    /// A string.
    #[nl(attr = 3, no_nul, max_len = 15)]
    pub name: Option<String>,
    /// A number.
    #[nl(attr = 4)]
    pub state: Option<State>,
    /// A number.
    #[nl(attr = 5, net_byteorder)]
    pub port: Option<u16>,
    /// A flag.
    #[nl(attr = 6)]
    pub is_up: bool,
    /// What must not be sent.
    #[nl(attr = 7)]
    pub reject: Option<Infallible>,
    /// Others.
    #[nl(rest)]
    pub rest: Vec<u8>,
}

/// One attribute out of a set.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
#[nl(crate = "::netlink")]
#[non_exhaustive]
pub enum RouteAttr<'msg> {
    /// Text.
    #[nl(attr = 1)]
    Table(Name<'msg>),
    /// A number.
    #[nl(attr = 2, max = 9)]
    Metric(u32),
    /// Any other.
    #[nl(other)]
    Other(Attr<'msg>),
}

/// A value whose form another attribute selects.
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
#[nl(crate = "::netlink")]
#[non_exhaustive]
pub enum Form<'msg> {
    /// One.
    #[nl(when = "veth")]
    Veth(&'msg [u8]),
    /// Another.
    #[nl(when = "owned")]
    Owned(Owned),
    /// Any other.
    #[nl(other)]
    Other(Attr<'msg>),
}

/// A message with a key, a header and a check.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(crate = "::netlink", ty = [24, 28], deleted = 25, check = Self::check)]
#[non_exhaustive]
pub struct RouteNew<'msg> {
    /// The header.
    #[nl(fixed_header, key = [family])]
    pub header: Header,
    /// Which it is.
    #[nl(attr = 1, key)]
    pub table: &'msg str,
    /// A nest.
    #[nl(attr = 2)]
    pub set: Option<Set<'msg>>,
    /// Several nests.
    #[nl(attr = 3)]
    pub owned: Vec<Owned>,
    /// Flags.
    #[nl(attr = 4)]
    pub bits: Option<Bits>,
    /// A number of two sizes.
    #[nl(attr = 5)]
    pub bytes: Option<Bytes>,
}

impl RouteNew<'_> {
    /// Whether it may be written.
    const fn check(&self) -> Result<(), netlink::Error> {
        if self.table.is_empty() {
            Err(netlink::Error::new(netlink::ErrorKind::OutOfRange, 0, 1, 0))
        } else {
            Ok(())
        }
    }
}

/// A message without a lifetime, of a shared set.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq, Eq)]
#[nl(crate = "::netlink", cmd = 1, version = 2, attrs = RouteAttr<'msg>, c_name = "ROUTE_GET")]
#[non_exhaustive]
pub struct RouteGet {
    /// A number.
    #[nl(attr = 2)]
    pub metric: u32,
}

/// A message that is one set.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(crate = "::netlink", ty = 30)]
#[non_exhaustive]
pub struct Whole<'msg> {
    /// The set.
    #[nl(attrs)]
    pub set: Set<'msg>,
}

/// A message that is one value.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq, Eq)]
#[nl(crate = "::netlink", ty = 31)]
#[non_exhaustive]
pub struct Payload<'msg> {
    /// The value.
    #[nl(payload)]
    pub text: &'msg str,
}

/// One of several messages.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(crate = "::netlink")]
#[non_exhaustive]
pub enum Any<'msg> {
    /// One.
    RouteNew(RouteNew<'msg>),
    /// Another.
    Payload(Payload<'msg>),
    /// Any other.
    #[nl(other)]
    Other(Message<'msg>),
}
