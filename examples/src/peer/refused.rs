//! Why a request is refused, as a kernel module says it.

use nl_tlv::control::{Errno, ExtAck};
use nl_tlv::schema::Verdict;
use nl_tlv::{Attr, AttrType, Error, ErrorKind};

/// Why a message is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The errno.
    pub errno: Errno,
    /// What the extended ack says.
    pub text: &'static str,
    /// Where the attribute lies that is refused: bytes from the start of the request.
    pub offset: Option<u32>,
    /// The type of an attribute that is required and absent.
    pub missing: Option<u16>,
    /// Where the nest lies in which it is absent; `None` for the attributes of the message itself.
    pub nest: Option<u32>,
}

impl Refused {
    /// A refusal with a text.
    #[must_use]
    pub const fn new(errno: Errno, text: &'static str) -> Self {
        Self { errno, text, offset: None, missing: None, nest: None }
    }

    /// A refusal of an attribute.
    #[must_use]
    pub const fn at(errno: Errno, text: &'static str, attr: Attr<'_>) -> Self {
        Self { offset: Some(attr.offset()), ..Self::new(errno, text) }
    }

    /// A refusal because an attribute is absent: from a nest, or from the message itself.
    #[must_use]
    pub fn missing(ty: impl Into<AttrType>, nest: Option<Attr<'_>>, text: &'static str) -> Self {
        let nest = nest.map(|nest| nest.offset());
        Self { missing: Some(ty.into().get()), nest, ..Self::new(Errno::EINVAL, text) }
    }

    pub(super) fn ext_ack(&self) -> ExtAck<'static> {
        ExtAck {
            message: Some(self.text),
            offset: self.offset,
            missing_type: self.missing.map(u32::from),
            missing_nest: self.nest,
            ..ExtAck::NONE
        }
    }
}

/// How many bytes of a message lie before its attributes, where it has no family header.
const ATTRS: u32 = 16;

/// What the kernel's policy says of a request.
impl From<Verdict> for Refused {
    fn from(verdict: Verdict) -> Self {
        let text = verdict.message().unwrap_or("refused by the policy");
        Self { offset: verdict.offset(), ..Self::new(verdict.errno(), text) }
    }
}

/// What a derived parser says of a request that passed the policy: an attribute is absent, or holds what a policy
/// cannot rule out.
impl From<Error> for Refused {
    fn from(err: Error) -> Self {
        match err.kind() {
            ErrorKind::MissingAttr => Self {
                missing: err.attr_type(),
                // The error has the offset of the attributes in which one is absent; their nest's header is before.
                nest: err.offset().checked_sub(4).filter(|&nest| nest >= ATTRS),
                ..Self::new(Errno::EINVAL, "attribute is missing")
            },
            _ => Self {
                offset: Some(err.offset()),
                ..Self::new(Errno::EINVAL, "attribute holds no value of its type")
            },
        }
    }
}
