//! What a derive knows of a message, as constant data, and everything that reads it.
//!
//! A [`MessageSchema`] describes a message, an [`AttrSet`] its attributes, an [`AttrSchema`] one of them. The readers
//! need no macro: [`walk`] tells what is in a message, [`dissect`] prints messages, [`locate`] turns an offset into a path,
//! [`validate`] refuses what the kernel refuses. The crate `nl-tlv-uapi` writes the C headers of a whole protocol, and
//! `nl-tlv-testing` draws random messages.

pub(crate) mod assertions;
mod dissect;
mod dynamic;
mod hex;
pub(crate) mod level;
pub(crate) mod limits;
mod locate;
pub(crate) mod number;
mod size_hint;
mod structs;
mod sub_message;
mod types;
mod validate;
mod walk;

pub use dissect::{dissect, dissect_generic, flag_names};
pub use dynamic::Value;
use hex::Hex;
pub use limits::Limits;
#[cfg(feature = "socket")]
pub(crate) use locate::schema_of;
pub use locate::{Located, Path, locate};
pub use number::NumberSchema;
pub(crate) use size_hint::size_hint;
pub use structs::{StructField, StructSchema};
pub use sub_message::{Selector, SubMessageSchema};
pub use types::{AttrSchema, AttrSet, Contents, MessageSchema, Nest, Presence, SetRef, ValueType};
pub use validate::{PolicyRefusal, Strictness, validate, validate_attrs};
pub use walk::{Item, Visitor, walk, walk_attrs};

/// How many levels of nests the readers of schemas go down; deeper ones are reported, not read. The kernel's own bound
/// is the same.
pub const MAX_DEPTH: usize = 10;
