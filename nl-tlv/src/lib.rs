//! Typed netlink messages and TLV iteration: zero-copy, `no_std`, no allocation, derived from one struct.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]
#![cfg_attr(
    test,
    allow(
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

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod attr;
mod bytes;
pub mod control;
mod definition;
mod error;
pub mod exchange;
mod field;
mod flags;
mod header;
mod message;
mod repeat;
pub mod schema;
#[cfg(feature = "socket")]
pub mod socket;
pub mod tlv;
mod types;
pub mod value;
pub mod wire;
mod writer;

pub use attr::{Attr, Attrs, NlAttrFormat};
pub use definition::{NlAttr, NlAttrs, NlMessage, TypedAttrs};
pub use error::{Error, ErrorKind};
pub use field::Field;
pub use flags::{AckFlags, DeleteFlags, Flags, GetFlags, NewFlags};
pub use header::{Header, MessageId};
pub use message::{Message, Messages, NlMsgFormat};
pub use repeat::{Repeat, RepeatIter, Rest};
pub use types::{AttrType, MessageType};
pub use value::{MacAddr, NlStruct};
pub use writer::{AttrWriter, Writer};

#[cfg(feature = "derive")]
pub use nl_tlv_derive::{NlAttrs, NlMessage, NlStruct};
