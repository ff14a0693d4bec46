//! Random messages from a schema: valid ones, and ones with one thing wrong.
//!
//! [`message`] draws what a derived type must accept, and the kernel's validator too; [`near_miss`] draws the same with
//! one thing wrong. Both take any schema, so a new message is covered by the tests that take a list of schemas.
//! Sub-messages are drawn with what selects their forms, unless that is in another set.
//!
//! ```
//! use arbitrary::Unstructured;
//! use nl_tlv::schema::{Strictness, validate};
//! use nl_tlv::Messages;
//! use nl_tlv_testing::random::message;
//! # use nl_tlv::{MessageId, MessageType, schema::*};
//! # static SET: AttrSet = AttrSet { name: "Set", doc: "", attrs: &[
//! #     AttrSchema { ty: 1, name: "port", doc: "", value: ValueType::U32, presence: Presence::Required, limits: Limits::NONE, is_net_byteorder: false },
//! # ], c_prefix: None, part_of: None, strict_start_type: None };
//! # static SCHEMA: &MessageSchema = &MessageSchema { name: "Port", doc: "", id: MessageId::Type(MessageType(20)),
//! #     c_name: None, header: None, attrs: &SET, payload: None, deleted: None };
//! let bytes = message(SCHEMA, &mut Unstructured::new(b"what a fuzzer or a test has drawn"))?;
//! let message = Messages::new(&bytes).next().unwrap()?;
//! assert!(validate(SCHEMA, &message, Strictness::STRICT).is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod damage;
mod sub_message;
mod tree;
mod value;

pub use damage::{Damage, NearMiss, near_miss};

use arbitrary::{Result, Unstructured};
use nl_tlv::schema::{AttrSet, MessageSchema};
use tree::{Contents, Tree};

/// A valid message.
///
/// # Errors
///
/// If the schema requires what cannot be sent: an attribute that must not be sent, a sub-message, limits that no value is within, or
/// a set that requires itself.
pub fn message(schema: &MessageSchema, u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    Tree::draw(schema, u).map(|tree| tree.encode())
}

/// Valid attributes of a set, padded.
///
/// ```
/// use arbitrary::Unstructured;
/// use nl_tlv::{Attrs, NlMessage};
/// use nl_tlv_testing::random;
/// # #[derive(NlMessage)]
/// # #[nl(ty = 20)]
/// # struct Room { #[nl(attr = 2)] degrees: u8 }
///
/// let bytes = random::attrs(Room::SCHEMAS[0].attrs, &mut Unstructured::new(b"what a fuzzer has drawn"))?;
/// assert!(Attrs::new(&bytes).all(|attr| attr.is_ok()));
/// # Ok::<(), arbitrary::Error>(())
/// ```
///
/// # Errors
///
/// As [`message`].
pub fn attrs(set: &AttrSet, u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    tree::encode(&tree::attrs(set, 0, u)?, &mut bytes);
    Ok(bytes)
}

/// What follows the headers of a message: attributes, or the value that fills it.
fn contents(schema: &MessageSchema, u: &mut Unstructured<'_>) -> Result<Contents> {
    match schema.payload {
        None => tree::attrs(schema.attrs, 0, u).map(Contents::Nodes),
        Some(payload) => value::draw(payload.value, &payload.limits, u).map(Contents::Bytes),
    }
}
