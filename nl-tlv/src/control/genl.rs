//! Generic netlink's controller: which families there are, under which numbers.
//!
//! A family is asked for by name ([`emit_get_family`]); the answer has its id, which is the message type of all its
//! messages, and the numbers of its multicast groups. With the feature `alloc`, `Family` reads it.
//!
//! Source: `include/uapi/linux/genetlink.h`, `net/netlink/genetlink.c`.

#[cfg(feature = "alloc")]
pub use super::genl_family::Family;
pub use super::genl_policy::{GET_POLICY, GETPOLICY, PolicyEntry, emit_get_policy, read_policies};
use crate::schema::{AttrSchema, AttrSet, MessageSchema, ValueType};
use crate::{AttrType, Error, ErrorKind, Header, MessageId, MessageType, Writer};

/// The controller's own id: the one family whose number is fixed.
#[doc(alias = "GENL_ID_CTRL")]
pub const CONTROLLER: MessageType = MessageType(16);

/// The controller's group `notify`: which families come and go.
#[cfg(feature = "socket")]
pub(crate) const NOTIFY: u32 = 16;

/// The longest name of a family or a group, in bytes, without its NUL.
#[doc(alias = "GENL_NAMSIZ")]
pub const MAX_NAME: usize = 15;

/// The command that asks for a family; its answer and the announcement of a new one have [`NEWFAMILY`].
#[doc(alias = "CTRL_CMD_GETFAMILY")]
pub const GETFAMILY: u8 = 3;

/// The command of a family's description.
#[doc(alias = "CTRL_CMD_NEWFAMILY")]
pub const NEWFAMILY: u8 = 1;

/// Appends the request for a family by its name.
///
/// ```
/// use nl_tlv::{Header, Writer, control::genl};
/// let mut buf = [0; 64];
/// let mut w = Writer::new(&mut buf);
/// genl::emit_get_family(&mut w, Header::request().seq(1), "greet")?;
/// assert_eq!(w.as_bytes().len(), 16 + 4 + 4 + 8);
/// # Ok::<(), nl_tlv::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::TooLong`] over [`MAX_NAME`] bytes; [`ErrorKind::InteriorNul`]; if the buffer is too small.
pub fn emit_get_family(w: &mut Writer<'_>, header: Header, name: &str) -> Result<(), Error> {
    emit_by_name(w, GET_FAMILY.id, header, name)
}

/// Appends a request to the controller about the family of this name.
pub(super) fn emit_by_name(
    w: &mut Writer<'_>,
    id: MessageId,
    header: Header,
    name: &str,
) -> Result<(), Error> {
    if name.len() > MAX_NAME {
        let (expected, found) = (crate::bytes::to_u32(MAX_NAME), crate::bytes::to_u32(name.len()));
        return Err(Error::new(ErrorKind::TooLong, 20, expected, found).of_attr(FAMILY_NAME.get()));
    }
    w.message(id, header.family(CONTROLLER), |w| w.put_value(FAMILY_NAME, &name))
}

/// The request for a family, described for readers of schemas.
pub static GET_FAMILY: MessageSchema =
    command("CtrlGetFamily", "Request for a family by its name.", GETFAMILY);

/// The description of a family, described for readers of schemas.
pub static NEW_FAMILY: MessageSchema = command("CtrlNewFamily", "Description of a family.", NEWFAMILY);

/// A message of the controller.
pub(super) const fn command(name: &'static str, doc: &'static str, cmd: u8) -> MessageSchema {
    MessageSchema::new(name, doc, MessageId::Command { cmd, version: 2 }, &CTRL_ATTRS)
}

static CTRL_ATTRS: AttrSet = AttrSet::new(
    "CtrlAttr",
    "An attribute of the controller.",
    &[
        AttrSchema::plain(FAMILY_ID.get(), "id", ValueType::U16),
        AttrSchema::plain(FAMILY_NAME.get(), "name", ValueType::NulString),
        AttrSchema::plain(VERSION.get(), "version", ValueType::U32),
        AttrSchema::plain(HDRSIZE.get(), "header_len", ValueType::U32),
        AttrSchema::plain(MAXATTR.get(), "max_attr", ValueType::U32),
        AttrSchema::plain(OPS.get(), "ops", ValueType::Bytes),
        AttrSchema::plain(MCAST_GROUPS.get(), "groups", ValueType::Bytes),
    ],
)
.c_prefix("CTRL_ATTR");

pub(super) const FAMILY_ID: AttrType = AttrType::new(1);
pub(super) const FAMILY_NAME: AttrType = AttrType::new(2);
pub(super) const VERSION: AttrType = AttrType::new(3);
pub(super) const HDRSIZE: AttrType = AttrType::new(4);
pub(super) const MAXATTR: AttrType = AttrType::new(5);
pub(super) const OPS: AttrType = AttrType::new(6);
pub(super) const MCAST_GROUPS: AttrType = AttrType::new(7);
