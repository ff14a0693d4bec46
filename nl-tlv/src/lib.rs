//! Typed netlink messages and TLV iteration: zero-copy, `no_std`, no allocation, derived from one struct.
//!
//! A message is a struct with [`#[derive(NlMessage)]`](NlMessage). The derive makes `emit`, which writes the message into
//! a buffer; `parse`, which reads it, borrowed or owned; `attrs`, an iterator over its attributes; and `SCHEMAS`, its
//! description. The description is what everything else reads: [`schema::dissect`] shows a message as a tree,
//! [`schema::locate`] names the place of an error, and the crate `nl-tlv-uapi` writes the C header and the policies of a
//! kernel module.
//!
//! ```
//! use nl_tlv::{Flags, Header, Messages, NewFlags, NlAttrs, NlMessage, Repeat};
//! use core::net::Ipv4Addr;
//!
//! /// Where packets go.
//! #[derive(NlAttrs, Clone, Debug, PartialEq)]
//! struct NextHop<'a> {
//!     #[nl(attr = 1)]
//!     gateway: Option<Ipv4Addr>,
//!     #[nl(attr = 2, max_len = 31)]
//!     oif: Option<&'a str>,
//! }
//!
//! /// Adds a route.
//! #[derive(NlMessage, Clone, Debug, PartialEq)]
//! #[nl(ty = 25)]
//! struct RouteNew<'a> {
//!     #[nl(attr = 1, max_len = 31)]
//!     table: &'a str,
//!     #[nl(attr = 3)]
//!     nexthops: Repeat<'a, NextHop<'a>>,
//!     #[nl(attr = 4)]
//!     metric: Option<u32>,
//! }
//!
//! let hops = [NextHop { gateway: Some(Ipv4Addr::new(11, 1, 1, 1)), oif: Some("eth0/6") }];
//! let route = RouteNew { table: "blue", nexthops: Repeat::new(&hops), metric: None };
//! let mut buf = [0; 128];
//! let bytes = route.emit(&mut buf, Header::request().flags(NewFlags::CREATE | Flags::ACK).seq(1))?;
//!
//! let message = Messages::new(bytes).next().unwrap()?;
//! assert_eq!(RouteNew::parse(&message)?, route);
//! for attr in RouteNew::attrs(&message)? {
//!     match attr? {
//!         RouteNewAttr::Table(name) => assert_eq!(name, "blue"),
//!         RouteNewAttr::Nexthops(hop) => assert_eq!(hop, hops[0]),
//!         other => panic!("{other:?} was not written"),
//!     }
//! }
//! println!("{}", nl_tlv::schema::dissect(RouteNew::SCHEMAS, bytes));
//! # Ok::<(), nl_tlv::Error>(())
//! ```
//!
//! With `String` and `Vec<NextHop>` instead of `&str` and `Repeat`, the struct has no lifetime, and owns what it holds.
//!
//! Such a message as `nltool decode --svg` draws it:
//!
#![doc = include_str!("../route.html")]
//!
//! A `Connection` (feature `socket`, on by default) sends messages to the kernel or to another process, and waits for the
//! answers. The messages of the kernel's own families are in the crate `nl-tlv-families`:
//!
//! ```
//! use nl_tlv::socket::{Connection, Protocol};
//! use nl_tlv_families::rt_link::{GetLink, Link};
//!
//! let mut conn = Connection::open(Protocol::ROUTE)?;
//! let mut links = conn.dump(&GetLink::default())?;
//! while let Some(link) = links.next::<Link>()? {
//!     println!("{}: {}", link.header.index, link.ifname.unwrap_or_default());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Modules
//!
//! | items | what they are for |
//! |---|---|
//! | [`wire`], [`Flags`], [`MessageType`], [`AttrType`] | the kernel's structs and numbers |
//! | [`tlv`], [`iterate_tlv!`] | records of any format: netlink's two are among them |
//! | [`Messages`], [`Message`], [`Attrs`], [`Attr`], [`Writer`], [`AttrWriter`] | messages and attributes as views over bytes, and how they are written |
//! | [`value`], [`Repeat`], [`Rest`] | what an attribute can hold, and what a field can be |
//! | [`schema`] | the description of a message, and its readers |
//! | [`control`] | acknowledgements, refusals, ends of dumps, extended acks; generic netlink's controller |
//! | [`exchange`] | which answer belongs to which request, without I/O |
#![cfg_attr(feature = "socket", doc = "| [`socket`] (feature) | sockets and connections, also for tasks |")]
#![cfg_attr(not(feature = "socket"), doc = "| `socket` (feature) | sockets and connections |")]
//!
//! # What holds everywhere
//!
//! - An iterator returns `None` at its end, and at damage one `Err` and then `None` for ever.
//! - Reading and writing never panic, never loop without progress, and allocate only for owned fields.
//! - Unknown attribute types, message types and flag bits pass through.
//! - What does not fit is refused where it happens, with the size that is needed; what was written before is intact.
//! - An [`Error`] is 16 bytes and `Copy`, and says what was expected, what was found, and where in the message.
//!
//! # Features
//!
//! `derive` and `socket` are on by default; without them the crate is `no_std` and needs no allocator. `alloc` adds
//! owned forms, `tokio` connections for tasks.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

#[cfg(feature = "socket")]
extern crate std;

#[cfg(feature = "alloc")]
extern crate alloc;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod attr;
mod bytes;
pub mod control;
mod definition;
mod encoding;
mod error;
pub mod exchange;
mod field;
mod flags;
mod header;
mod keyed;
mod message;
mod printable;
mod rest;
pub mod schema;
#[cfg(feature = "socket")]
pub mod socket;
mod structs;
pub mod tlv;
mod types;
pub mod value;
pub mod wire;
mod writer;

pub use attr::{Attr, Attrs};
pub use definition::{NlAttrs, NlMessage, ParseAttrs, ParseMessage};
pub use error::{Error, ErrorKind};
pub use flags::{DeleteFlags, Flags, GetFlags, NewFlags};
pub use header::{Header, MessageId};
pub use keyed::{Effect, Keyed};
pub use message::{Message, Messages};
pub use rest::Rest;
pub use structs::NlStruct;
pub use types::{AttrType, MessageType, NlaType};
pub use value::repeat::Repeat;
pub use value::{MacAddr, NlSubMessage};
pub use writer::{AttrWriter, Writer};

#[doc(no_inline)]
pub use bitflags;
#[cfg(feature = "zerocopy")]
#[doc(no_inline)]
pub use zerocopy;

#[cfg(feature = "derive")]
pub use nl_tlv_derive::{NlSubMessage, nl_struct};

/// Makes a struct a netlink message that can be written (`emit`) and read (`parse`).
///
/// ```
/// use nl_tlv::{Header, Messages, NlMessage};
///
/// #[derive(NlMessage, Debug, Clone, PartialEq)]
/// #[nl(ty = 20)]
/// struct Room<'a> {
///     #[nl(attr = 1, max_len = 31)]
///     name: &'a str, // required
///     #[nl(attr = 2)]
///     degrees: Option<u8>, // may be absent
/// }
///
/// let mut buf = [0; 64];
/// let bytes = Room { name: "attic", degrees: None }.emit(&mut buf, Header::request())?;
/// let room = Room::parse(&Messages::new(bytes).next().unwrap()?)?;
/// assert_eq!(room.name, "attic");
/// # Ok::<(), nl_tlv::Error>(())
/// ```
///
#[cfg(feature = "derive")]
pub use nl_tlv_derive::NlMessage;

/// Makes a struct a nest: attributes inside of another attribute.
///
/// ```
/// use nl_tlv::{NlAttrs, NlMessage};
///
/// #[derive(NlAttrs, Debug, Clone, PartialEq)]
/// struct Limits {
///     #[nl(attr = 1)]
///     low: u8,
///     #[nl(attr = 2)]
///     high: u8,
/// }
///
/// #[derive(NlMessage, Debug, Clone, PartialEq)]
/// #[nl(ty = 21)]
/// struct Heater {
///     #[nl(attr = 1)]
///     limits: Limits,
/// }
/// ```
///
#[cfg(feature = "derive")]
pub use nl_tlv_derive::NlAttrs;

/// Gives numbers names: an enum of numbers, or flags.
///
/// ```
/// use nl_tlv::NlValue;
///
/// #[derive(NlValue, Debug, Clone, Copy, PartialEq)]
/// #[repr(u8)]
/// enum Mode {
///     Off = 0,
///     Heating = 1,
///     #[nl(other)]
///     Other(u8), // keeps numbers that have no name
/// }
/// ```
///
#[cfg(feature = "derive")]
pub use nl_tlv_derive::NlValue;
