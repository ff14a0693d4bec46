//! Generic netlink's controller: which families there are, under which numbers.
//!
//! A family is asked for by name ([`emit_get_family`]); the answer ([`FamilyInfo`]) has its id, which is the message type
//! of all its messages, and the numbers of its multicast groups.
//!
//! Source: `include/uapi/linux/genetlink.h`, `net/netlink/genetlink.c`.

pub use super::genl_policy::{GET_POLICY, GETPOLICY, PolicyEntry, emit_get_policy, read_policies};
use crate::schema::{AttrSchema, AttrSet, Contents, Limits, MessageSchema, Presence, ValueType};
use crate::wire::GenlMsgHdr;
use crate::{Attr, AttrType, Attrs, Error, ErrorKind, Header, Message, MessageId, MessageType, Writer};

/// The controller's own id: the one family whose number is fixed.
#[doc(alias = "GENL_ID_CTRL")]
pub const CONTROLLER: MessageType = MessageType(16);

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

/// What the controller says about a family.
#[derive(Clone, Copy, Debug)]
pub struct FamilyInfo<'a> {
    /// The type of all its messages. It changes when the family's module is loaded anew.
    #[doc(alias = "CTRL_ATTR_FAMILY_ID")]
    pub id: MessageType,
    /// Its name.
    #[doc(alias = "CTRL_ATTR_FAMILY_NAME")]
    pub name: &'a str,
    /// Its version.
    #[doc(alias = "CTRL_ATTR_VERSION")]
    pub version: u32,
    /// The length of its own header behind the `genlmsghdr`, in bytes.
    #[doc(alias = "CTRL_ATTR_HDRSIZE")]
    pub header_len: u32,
    /// Its largest attribute type; 0 if its commands differ in that.
    #[doc(alias = "CTRL_ATTR_MAXATTR")]
    pub max_attr: u32,
    ops: Option<Attr<'a>>,
    groups: Option<Attr<'a>>,
}

impl<'a> FamilyInfo<'a> {
    /// Reads a description: the answer to a request, or the announcement of a new family.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongType`] if it is another message or command; [`ErrorKind::MissingAttr`] without id or name; what
    /// else is wrong with an attribute.
    pub fn parse(message: &Message<'a>) -> Result<Self, Error> {
        let wrong =
            |expected: u32, found: u32, at| Err(Error::new(ErrorKind::WrongType, at, expected, found));
        if message.ty() != CONTROLLER {
            return wrong(CONTROLLER.0.into(), message.ty().0.into(), 4);
        }
        let (header, attrs) = message.family_header::<GenlMsgHdr>()?;
        if header.cmd != NEWFAMILY {
            return wrong(NEWFAMILY.into(), header.cmd.into(), 16);
        }
        let (mut id, mut name) = (None, None);
        let mut info = Self {
            id: CONTROLLER,
            name: "",
            version: 0,
            header_len: 0,
            max_attr: 0,
            ops: None,
            groups: None,
        };
        for attr in attrs {
            let attr = attr?;
            match attr.ty() {
                FAMILY_ID => id = Some(attr.parse::<u16>()?),
                FAMILY_NAME => name = Some(attr.parse::<&str>()?),
                VERSION => info.version = attr.parse()?,
                HDRSIZE => info.header_len = attr.parse()?,
                MAXATTR => info.max_attr = attr.parse()?,
                OPS => info.ops = Some(attr),
                MCAST_GROUPS => info.groups = Some(attr),
                _ => {}
            }
        }
        info.id = MessageType(id.ok_or_else(|| missing(FAMILY_ID, &attrs))?);
        info.name = name.ok_or_else(|| missing(FAMILY_NAME, &attrs))?;
        Ok(info)
    }

    /// Its commands.
    pub fn ops(&self) -> impl Iterator<Item = Result<FamilyOp, Error>> + use<'a> {
        entries(self.ops).map(|attrs| FamilyOp::parse(attrs?))
    }

    /// Its multicast groups.
    pub fn groups(&self) -> impl Iterator<Item = Result<FamilyGroup<'a>, Error>> + use<'a> {
        entries(self.groups).map(|attrs| FamilyGroup::parse(attrs?))
    }

    /// The number of a multicast group, by its name; `None` if the family has no such group.
    ///
    /// # Errors
    ///
    /// If the groups before it cannot be read.
    pub fn group(&self, name: &str) -> Result<Option<u32>, Error> {
        for group in self.groups() {
            let group = group?;
            if group.name == name {
                return Ok(Some(group.id));
            }
        }
        Ok(None)
    }
}

/// A command of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FamilyOp {
    /// Its number.
    #[doc(alias = "CTRL_ATTR_OP_ID")]
    pub cmd: u32,
    /// What it takes: bits of `GENL_*`.
    #[doc(alias = "CTRL_ATTR_OP_FLAGS")]
    pub flags: u32,
}

impl FamilyOp {
    fn parse(attrs: Attrs<'_>) -> Result<Self, Error> {
        let cmd = attrs.find(OP_ID)?.ok_or_else(|| missing(OP_ID, &attrs))?.parse()?;
        let flags = attrs.find(OP_FLAGS)?.map_or(Ok(0), |attr| attr.parse())?;
        Ok(Self { cmd, flags })
    }
}

/// A multicast group of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FamilyGroup<'a> {
    /// Its name.
    #[doc(alias = "CTRL_ATTR_MCAST_GRP_NAME")]
    pub name: &'a str,
    /// The number to join it by.
    #[doc(alias = "CTRL_ATTR_MCAST_GRP_ID")]
    pub id: u32,
}

impl<'a> FamilyGroup<'a> {
    fn parse(attrs: Attrs<'a>) -> Result<Self, Error> {
        let name = attrs.find(GRP_NAME)?.ok_or_else(|| missing(GRP_NAME, &attrs))?.parse()?;
        let id = attrs.find(GRP_ID)?.ok_or_else(|| missing(GRP_ID, &attrs))?.parse()?;
        Ok(Self { name, id })
    }
}

/// The entries of an array of nests: their types are indices, and nothing marks them as nests.
fn entries<'a>(array: Option<Attr<'a>>) -> impl Iterator<Item = Result<Attrs<'a>, Error>> {
    array.into_iter().flat_map(|array| array.nested()).map(|entry| Ok(entry?.nested()))
}

fn missing(ty: AttrType, attrs: &Attrs<'_>) -> Error {
    Error::new(ErrorKind::MissingAttr, attrs.offset(), 0, 0).of_attr(ty.get())
}

/// The request for a family, described for readers of schemas.
pub static GET_FAMILY: MessageSchema = MessageSchema {
    name: "CtrlGetFamily",
    doc: "Request for a family by its name.",
    id: MessageId::Command { cmd: GETFAMILY, version: 2 },
    c_name: Some("CTRL_CMD_GETFAMILY"),
    header: None,
    contents: Contents::Attrs(&CTRL_ATTRS),
};

/// The description of a family, described for readers of schemas.
pub static NEW_FAMILY: MessageSchema = MessageSchema {
    name: "CtrlNewFamily",
    doc: "Description of a family.",
    id: MessageId::Command { cmd: NEWFAMILY, version: 2 },
    c_name: Some("CTRL_CMD_NEWFAMILY"),
    header: None,
    contents: Contents::Attrs(&CTRL_ATTRS),
};

pub(super) static CTRL_ATTRS: AttrSet = AttrSet {
    name: "CtrlAttr",
    doc: "An attribute of the controller.",
    attrs: &[
        described(FAMILY_ID, "id", ValueType::U16),
        described(FAMILY_NAME, "name", ValueType::NulString),
        described(VERSION, "version", ValueType::U32),
        described(HDRSIZE, "header_len", ValueType::U32),
        described(MAXATTR, "max_attr", ValueType::U32),
        described(OPS, "ops", ValueType::Bytes),
        described(MCAST_GROUPS, "groups", ValueType::Bytes),
    ],
    c_prefix: Some("CTRL_ATTR"),
    part_of: None,
    strict_start_type: None,
};

const fn described(ty: AttrType, name: &'static str, value: ValueType) -> AttrSchema {
    AttrSchema {
        ty: ty.get(),
        name,
        doc: "",
        value,
        presence: Presence::Optional,
        limits: Limits::NONE,
        is_net_byteorder: false,
    }
}

const FAMILY_ID: AttrType = AttrType::new(1);
const FAMILY_NAME: AttrType = AttrType::new(2);
const VERSION: AttrType = AttrType::new(3);
const HDRSIZE: AttrType = AttrType::new(4);
const MAXATTR: AttrType = AttrType::new(5);
const OPS: AttrType = AttrType::new(6);
const MCAST_GROUPS: AttrType = AttrType::new(7);
const OP_ID: AttrType = AttrType::new(1);
const OP_FLAGS: AttrType = AttrType::new(2);
const GRP_NAME: AttrType = AttrType::new(1);
const GRP_ID: AttrType = AttrType::new(2);
