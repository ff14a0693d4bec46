//! The extended ack: what the kernel says about a request beyond a number.

use super::{Control, Policy, done, policy};
use crate::schema::{AttrSchema, AttrSet, SetRef, ValueType};
use crate::value::Emit;
use crate::{Attr, AttrType, AttrWriter, Attrs, Error, Message};

/// What an acknowledgement, a refusal or the end of a dump says beyond the number.
///
/// The text is the kernel's own and need not be the cause of the number: without strict checking it may be an older
/// warning. Offsets count from the request's `nlmsghdr`; [`locate`](crate::schema::locate) turns them into a path.
///
/// ```
/// use nl_tlv::control::{Errno, ExtAck, Refusal};
///
/// let why = ExtAck { message: Some("no such table"), offset: Some(16), ..ExtAck::NONE };
/// let refusal = Refusal::new(Errno::ENOENT, &why); // owned, to be kept
/// assert_eq!(refusal.to_string(), "no such object (ENOENT, error code -2) at offset 16: no such table");
/// ```
///
/// Source: `include/uapi/linux/netlink.h`, `enum nlmsgerr_attrs`.
#[doc(alias = "nlmsgerr_attrs")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtAck<'a> {
    /// Text for people.
    #[doc(alias = "NLMSGERR_ATTR_MSG")]
    pub message: Option<&'a str>,
    /// Where the attribute lies that was refused: bytes from the start of the request.
    #[doc(alias = "NLMSGERR_ATTR_OFFS")]
    pub offset: Option<u32>,
    /// Bytes whose meaning the family knows, such as the number of what was created.
    #[doc(alias = "NLMSGERR_ATTR_COOKIE")]
    pub cookie: Option<&'a [u8]>,
    /// What would have been accepted for the attribute at the offset.
    #[doc(alias = "NLMSGERR_ATTR_POLICY")]
    pub policy: Option<Policy>,
    /// The type of an attribute that is required and absent.
    #[doc(alias = "NLMSGERR_ATTR_MISS_TYPE")]
    pub missing_type: Option<u32>,
    /// Where the nest lies in which it is absent; `None` for the attributes of the message itself.
    #[doc(alias = "NLMSGERR_ATTR_MISS_NEST")]
    pub missing_nest: Option<u32>,
}

impl<'a> ExtAck<'a> {
    /// An extended ack without contents.
    pub const NONE: Self = Self {
        message: None,
        offset: None,
        cookie: None,
        policy: None,
        missing_type: None,
        missing_nest: None,
    };

    /// What an acknowledgement, a refusal or the end of a dump says; nothing if the message is none of these.
    #[must_use]
    pub fn of(message: &Message<'a>) -> Self {
        match Control::parse(message) {
            Ok(Control::Error(error)) => error.ext_ack(),
            Ok(Control::Done(_)) => Self::parse(done::tlvs(message)),
            _ => Self::NONE,
        }
    }

    /// Reads the attributes of an extended ack.
    ///
    /// It cannot fail, so that the error number is known whatever the attributes are: an attribute that is damaged, unknown or
    /// of a wrong length is skipped, and a text ends at the first byte that is not UTF-8.
    #[must_use]
    pub fn parse(tlvs: Attrs<'a>) -> Self {
        let mut found = Self::NONE;
        for attr in tlvs.map_while(Result::ok) {
            match attr.ty() {
                MSG => found.message = Some(text(attr)),
                OFFS => found.offset = attr.parse().ok(),
                COOKIE => found.cookie = Some(attr.payload()),
                POLICY => found.policy = Some(Policy::parse(attr.nested())),
                MISS_TYPE => found.missing_type = attr.parse().ok(),
                MISS_NEST => found.missing_nest = attr.parse().ok(),
                _ => {}
            }
        }
        found
    }

    /// Whether it has no contents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::NONE
    }

    /// Appends the attributes.
    ///
    /// # Errors
    ///
    /// If the text has a NUL inside, or the cookie does not fit an attribute.
    pub fn emit(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        put(w, MSG, self.message)?;
        put(w, OFFS, self.offset)?;
        put(w, COOKIE, self.cookie)?;
        if let Some(policy) = self.policy {
            w.nest(POLICY, |w| policy.emit(w))?;
        }
        put(w, MISS_TYPE, self.missing_type)?;
        put(w, MISS_NEST, self.missing_nest)
    }
}

/// Appends an attribute if there is a value.
pub(super) fn put<T: Emit>(w: &mut AttrWriter<'_>, ty: AttrType, value: Option<T>) -> Result<(), Error> {
    match value {
        Some(value) => w.put_value(ty, &value),
        None => Ok(()),
    }
}

/// The text up to its NUL, or to the first byte that is not UTF-8.
fn text<'a>(attr: Attr<'a>) -> &'a str {
    let bytes = crate::bytes::until_nul(attr.payload());
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

const MSG: AttrType = AttrType::new(1);
pub(crate) const OFFS: AttrType = AttrType::new(2);
const COOKIE: AttrType = AttrType::new(3);
const POLICY: AttrType = AttrType::new(4);
pub(crate) const MISS_TYPE: AttrType = AttrType::new(5);
const MISS_NEST: AttrType = AttrType::new(6);

/// The attributes, for readers of schemas.
pub(crate) static EXT_ACK: AttrSet = AttrSet::new(
    "ExtAck",
    "Extended ack.",
    &[
        AttrSchema::plain(MSG.get(), "msg", ValueType::String),
        AttrSchema::plain(OFFS.get(), "offset", ValueType::U32),
        AttrSchema::plain(COOKIE.get(), "cookie", ValueType::Bytes),
        AttrSchema::plain(POLICY.get(), "policy", ValueType::Nested(SetRef::new(&|| &policy::POLICY))),
        AttrSchema::plain(MISS_TYPE.get(), "miss_type", ValueType::U32),
        AttrSchema::plain(MISS_NEST.get(), "miss_nest", ValueType::U32),
    ],
);
