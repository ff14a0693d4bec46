//! Who takes part: one file each, all with the same functions.

use crate::records::{Families, Links, RouteRequest, Routes, Walk};

mod c;
pub(crate) mod nl_tlv;
#[cfg(feature = "peers")]
mod peers;
mod rust;
mod rust_predicted;

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
}

/// Walks over messages of one kind.
pub type WalkFn = fn(&[u8], Kind) -> Option<Walk>;
/// Reads all messages of one type.
pub type ReadFn<T> = fn(&[u8]) -> Option<T>;
/// Writes requests.
pub type EmitFn = fn(&mut Vec<u8>, &[RouteRequest]) -> Option<usize>;

impl Contender {
    /// Takes part in nothing; the base of the others.
    const fn named(name: &'static str) -> Self {
        Contender { name, walk: None, routes: None, links: None, families: None, emit: None }
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
}

impl Kind {
    /// `nlmsg_type`.
    pub const fn ty(self) -> u16 {
        match self {
            Kind::Route => 24,
            Kind::Link | Kind::Family => 16,
        }
    }

    /// Length of the family header, a multiple of four.
    pub const fn family_len(self) -> usize {
        match self {
            Kind::Route => 12,
            Kind::Link => 16,
            Kind::Family => 4,
        }
    }
}

/// The loops written by hand. They refuse the same bytes.
pub fn by_hand() -> Vec<Contender> {
    vec![c::CHECKED, c::PREDICTED, rust::CONTENDER, rust_predicted::CONTENDER]
}

/// All contenders, the reference first: the others have to find what it finds.
pub fn all() -> Vec<Contender> {
    let mut contenders = by_hand();
    contenders.push(nl_tlv::CONTENDER);
    #[cfg(feature = "peers")]
    contenders.extend(peers::ALL);
    contenders
}
