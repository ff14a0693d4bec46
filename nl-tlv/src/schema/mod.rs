//! What a derive knows of a message, as constant data, and everything that reads it.
//!
//! A [`MessageSchema`] describes a message, an [`AttrSet`] its attributes, an [`AttrSchema`] one of them. The derives make
//! them (`SCHEMAS`). The functions that read them work for any message:
//!
//! | to | use |
//! |---|---|
//! | print messages as a tree | [`dissect`] |
//! | turn an offset into a path by names | [`locate`]; for an error [`Error::within`](crate::Error::within) |
//! | know whether the kernel would accept a message | [`validate`] |
//! | do anything else with all that is in a message | [`walk`] with a [`Visitor`] |
//!
//! ```
//! use nl_tlv::schema::{Strictness, dissect, locate, validate};
//! use nl_tlv::{Header, Messages, NlMessage};
//!
//! /// How warm a room is to be.
//! #[derive(NlMessage)]
//! #[nl(ty = 20)]
//! struct Room<'a> {
//!     #[nl(attr = 1, max_len = 31)]
//!     name: &'a str,
//!     #[nl(attr = 2, max = 30)]
//!     degrees: u32,
//! }
//!
//! let mut buf = [0; 64];
//! let bytes = Room { name: "attic", degrees: 19 }.emit(&mut buf, Header::request())?;
//! let (schema, message) = (Room::SCHEMAS[0], Messages::new(bytes).next().unwrap()?);
//!
//! println!("{}", dissect(Room::SCHEMAS, bytes));
//! assert_eq!(locate(schema, bytes, 28).to_string(), "Room.degrees");
//! assert!(validate(schema, &message, Strictness::STRICT).is_ok());
//! # Ok::<(), nl_tlv::Error>(())
//! ```
//!
//! The crate `nl-tlv-uapi` writes the C headers of a protocol from its schemas, and `nl-tlv-testing` draws random messages.

pub(crate) mod assertions;
mod dissect;
mod dynamic;
mod integer;
pub(crate) mod level;
pub(crate) mod limits;
mod locate;
pub(crate) mod number;
mod output;
#[cfg(feature = "socket")]
mod place;
mod records;
mod size_hint;
mod structs;
mod sub_message;
mod types;
mod validate;
mod walk;

pub use dissect::{dissect, dissect_generic, flag_names};
pub use dynamic::Value;
pub use limits::Limits;
pub use locate::{Path, locate};
pub use number::NumberSchema;
pub(crate) use size_hint::size_hint;
pub use structs::{StructField, StructSchema};
pub use sub_message::{Selector, SubMessageSchema};
pub use types::{AttrSchema, AttrSet, MessageSchema, Nest, Presence, SetRef, ValueType};
pub use validate::{Strictness, validate, validate_attrs};
pub use walk::{Item, Visitor, walk};
#[cfg(feature = "socket")]
pub(crate) use {
    locate::{Located, schema_of},
    place::{Misplaced, place},
    validate::{PolicyRefusal, accepted, check_values, judge},
};

/// How many levels of nests the readers of schemas go down; deeper ones are reported, not read. The kernel's own bound
/// is the same.
pub const MAX_DEPTH: usize = 10;
