//! What a derive knows of a message, as constant data, and everything that reads it.
//!
//! A [`MessageSchema`] describes a message, an [`AttrSet`] its attributes, an [`AttrSchema`] one of them. The readers
//! need no macro.

mod hex;
mod limits;
mod types;

pub use hex::Hex;
pub use limits::Limits;
pub use types::{AttrSchema, AttrSet, Contents, MessageSchema, Presence, ValueType};
