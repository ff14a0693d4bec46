//! Who takes part: one file each, all with the same functions.

use crate::records::{Families, Links, Named, Nests, RouteRequest, Routes, Walk};

mod c;
mod families;
pub(crate) mod nl_tlv;
mod once;
#[cfg(feature = "peers")]
mod peers;
mod rust;
mod rust_predicted;
mod text;
mod typed;

/// Someone who can do some of the jobs. `None` as an answer: the bytes were refused.
#[derive(Clone, Copy, Debug)]
pub struct Contender {
    /// What the tables call it.
    pub name: &'static str,
    /// Walks over all attributes of the messages of one kind.
    pub walk: Option<WalkFn>,
    /// Reads routes.
    pub routes: Option<ReadFn<Routes>>,
    /// Reads links.
    pub links: Option<ReadFn<Links>>,
    /// Reads generic netlink families with their nested arrays.
    pub families: Option<ReadFn<Families>>,
    /// Writes each request into the same buffer, over the one before; the sum of the lengths. After it the last
    /// message is at the start of the buffer. A `Vec`, because some can write into nothing else; it has room for one.
    pub emit: Option<EmitFn>,
    /// Reads nests of a number and a name.
    pub nests: Option<ReadFn<Nests>>,
    /// Writes a message with a nest for each entry; its length.
    pub emit_nests: Option<EmitNestsFn>,
    /// Reads the first message of a dump of its kind and says how many fields were found: a second place that calls
    /// each parser. A parser that is called from one loop alone is compiled into that loop, which few programs have.
    pub first: Option<FirstFn>,
}

/// Walks over messages of one kind.
pub type WalkFn = fn(&[u8], Kind) -> Option<Walk>;
/// Reads all messages of one type.
pub type ReadFn<T> = fn(&[u8]) -> Option<T>;
/// Writes requests.
pub type EmitFn = fn(&mut Vec<u8>, &[RouteRequest]) -> Option<usize>;
/// Writes nests.
pub type EmitNestsFn = fn(&mut Vec<u8>, &[Named]) -> Option<usize>;
/// Reads the first message of one kind.
pub type FirstFn = fn(&[u8], Kind) -> Option<usize>;

impl Contender {
    /// Takes part in nothing; the base of the others.
    const fn named(name: &'static str) -> Self {
        Contender {
            name,
            walk: None,
            routes: None,
            links: None,
            families: None,
            emit: None,
            nests: None,
            emit_nests: None,
            first: None,
        }
    }
}

/// The messages that a walk looks at; others are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `RTM_NEWROUTE`, after it a `struct rtmsg`.
    Route,
    /// `RTM_NEWLINK`, after it a `struct ifinfomsg`.
    Link,
    /// The generic netlink controller, after it a `struct genlmsghdr`.
    Family,
    /// Messages of nests that hold a number and a name.
    Nests,
}

impl Kind {
    /// `nlmsg_type`.
    pub const fn ty(self) -> u16 {
        match self {
            Kind::Route => 24,
            Kind::Link | Kind::Family => 16,
            Kind::Nests => 40,
        }
    }

    /// Length of the family header, a multiple of four.
    pub const fn family_len(self) -> usize {
        match self {
            Kind::Route => 12,
            Kind::Link => 16,
            Kind::Family => 4,
            Kind::Nests => 0,
        }
    }
}

/// The loops written by hand. They refuse the same bytes.
pub fn by_hand() -> Vec<Contender> {
    vec![c::CHECKED, c::PREDICTED, rust::CONTENDER, rust_predicted::CONTENDER]
}

/// nl-tlv, used in several ways: derived structs, derived structs that one loop alone reads, the typed iterator, strings
/// that have to be UTF-8, and the ready-made types of `nl-tlv-families`.
pub fn nl_tlv() -> Vec<Contender> {
    vec![nl_tlv::CONTENDER, once::CONTENDER, typed::CONTENDER, text::CONTENDER, families::CONTENDER]
}

/// All contenders, the reference first: the others have to find what it finds.
pub fn all() -> Vec<Contender> {
    let mut contenders = by_hand();
    contenders.extend(nl_tlv());
    #[cfg(feature = "peers")]
    contenders.extend(peers::ALL);
    contenders
}
