//! A family of generic netlink, as the controller describes it.

use super::genl::{
    CONTROLLER, FAMILY_ID, FAMILY_NAME, HDRSIZE, MAXATTR, MCAST_GROUPS, NEWFAMILY, OPS, VERSION,
};
use crate::value::Parse;
use crate::wire::GenlMsgHdr;
use crate::{Attr, AttrType, Attrs, Error, ErrorKind, Message, MessageType};
use alloc::string::String;
use alloc::vec::Vec;

/// A family. Its numbers are valid as long as its module stays loaded.
///
/// ```
/// # #[cfg(feature = "socket")]
/// # fn main() -> Result<(), nl_tlv::socket::RequestError> {
/// use nl_tlv::socket::{Connection, Protocol};
///
/// let mut conn = Connection::open(Protocol::GENERIC)?;
/// let family = conn.resolve("nlctrl")?;
/// println!("version {}, commands {:?}", family.version, family.ops);
/// assert!(family.group("notify").is_some());
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "socket"))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Family {
    /// The type of all its messages. It changes when the family's module is loaded anew.
    #[doc(alias = "CTRL_ATTR_FAMILY_ID")]
    pub id: MessageType,
    /// Its name.
    #[doc(alias = "CTRL_ATTR_FAMILY_NAME")]
    pub name: String,
    /// Its version.
    #[doc(alias = "CTRL_ATTR_VERSION")]
    pub version: u32,
    /// The length of its own header behind the `genlmsghdr`, in bytes.
    #[doc(alias = "CTRL_ATTR_HDRSIZE")]
    pub header_len: u32,
    /// Its largest attribute type; 0 if its commands differ in that.
    #[doc(alias = "CTRL_ATTR_MAXATTR")]
    pub max_attr: u32,
    /// Its commands: the number of each, and the bits of `GENL_*` that say what it takes.
    #[doc(alias = "CTRL_ATTR_OPS")]
    pub ops: Vec<(u32, u32)>,
    /// Its multicast groups: the name of each, and the number to join it by.
    #[doc(alias = "CTRL_ATTR_MCAST_GROUPS")]
    pub groups: Vec<(String, u32)>,
}

impl Family {
    /// Reads a description: the answer to a request, or the announcement of a new family.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongType`] if it is another message or command; [`ErrorKind::MissingAttr`] without id or name; any
    /// other error of an attribute.
    pub fn parse(message: &Message<'_>) -> Result<Self, Error> {
        let wrong = |at, expected, found| Err(Error::new(ErrorKind::WrongType, at, expected, found));
        if message.ty() != CONTROLLER {
            return wrong(4, CONTROLLER.0.into(), message.ty().0.into());
        }
        let (header, attrs) = message.family_header::<GenlMsgHdr>()?;
        if header.cmd != NEWFAMILY {
            return wrong(16, NEWFAMILY.into(), header.cmd.into());
        }
        let or_zero = |ty| attrs.find(ty)?.map_or(Ok(0), |attr| attr.parse());
        Ok(Self {
            id: MessageType(required(attrs, FAMILY_ID)?),
            name: required::<&str>(attrs, FAMILY_NAME)?.into(),
            version: or_zero(VERSION)?,
            header_len: or_zero(HDRSIZE)?,
            max_attr: or_zero(MAXATTR)?,
            ops: entries(attrs.find(OPS)?, |op| {
                let flags = op.find(OP_FLAGS)?.map_or(Ok(0), |attr| attr.parse())?;
                Ok((required(op, OP_ID)?, flags))
            })?,
            groups: entries(attrs.find(MCAST_GROUPS)?, |group| {
                Ok((required::<&str>(group, GRP_NAME)?.into(), required(group, GRP_ID)?))
            })?,
        })
    }

    /// Whether a message of the controller's is about the family of this name: that it has gone, or is there again.
    #[cfg(feature = "socket")]
    pub(crate) fn is_told_of(&self, message: &Message<'_>) -> bool {
        let name = |attrs| required::<&str>(attrs, FAMILY_NAME);
        message.ty() == CONTROLLER
            && self.id != CONTROLLER
            && message.family_header::<GenlMsgHdr>().is_ok_and(|(_, attrs)| name(attrs) == Ok(&self.name))
    }

    /// The number of a multicast group, by its name; `None` if the family has no such group.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<u32> {
        self.groups.iter().find(|group| group.0 == name).map(|group| group.1)
    }
}

fn required<'a, T: Parse<'a>>(attrs: Attrs<'a>, ty: AttrType) -> Result<T, Error> {
    let missing = || Error::new(ErrorKind::MissingAttr, attrs.offset(), 0, 0).of_attr(ty.get());
    attrs.find(ty)?.ok_or_else(missing)?.parse()
}

/// The entries of an array of nests: their types are indices, and nothing marks them as nests.
fn entries<'a, T>(
    array: Option<Attr<'a>>,
    read: impl Fn(Attrs<'a>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    array.into_iter().flat_map(|array| array.nested()).map(|entry| read(entry?.nested())).collect()
}

const OP_ID: AttrType = AttrType::new(1);
const OP_FLAGS: AttrType = AttrType::new(2);
const GRP_NAME: AttrType = AttrType::new(1);
const GRP_ID: AttrType = AttrType::new(2);
