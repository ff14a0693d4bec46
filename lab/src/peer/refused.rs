//! Why a request is refused, as a kernel module says it.

use nl_tlv::control::{Errno, ExtAck, Refusal};
use nl_tlv::{Attr, AttrType, Error, ErrorKind};
use std::borrow::Cow;
use std::fmt;

/// Why a message is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The errno.
    pub errno: Errno,
    /// What the extended ack says.
    pub text: Cow<'static, str>,
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
        Self { errno, text: Cow::Borrowed(text), offset: None, missing: None, nest: None }
    }

    /// A refusal whose text is put together; cut to what a kernel module has room for.
    #[must_use]
    pub fn with(errno: Errno, text: fmt::Arguments<'_>) -> Self {
        let mut text = text.to_string();
        text.truncate(text.floor_char_boundary(TEXT_MAX));
        Self { text: text.into(), ..Self::new(errno, "") }
    }

    /// The same because of an attribute.
    #[must_use]
    pub fn of(self, attr: Attr<'_>) -> Self {
        Self { offset: Some(attr.offset()), ..self }
    }

    /// A refusal of an attribute.
    #[must_use]
    pub fn at(errno: Errno, text: &'static str, attr: Attr<'_>) -> Self {
        Self::new(errno, text).of(attr)
    }

    /// A refusal because an attribute is absent: from a nest, or from the message itself.
    #[must_use]
    pub fn missing(ty: impl Into<AttrType>, nest: Option<Attr<'_>>, text: &'static str) -> Self {
        let nest = nest.map(|nest| nest.offset());
        Self { missing: Some(ty.into().get()), nest, ..Self::new(Errno::EINVAL, text) }
    }

    pub(super) fn ext_ack(&self) -> ExtAck<'_> {
        ExtAck {
            message: Some(&self.text),
            offset: self.offset,
            missing_type: self.missing.map(u32::from),
            missing_nest: self.nest,
            ..ExtAck::NONE
        }
    }
}

/// Longest text that is put together, in bytes, without the NUL: `NL_RCV_TEXT_SIZE` in the modules.
const TEXT_MAX: usize = 79;

/// How many bytes of a message lie before its attributes, where it has no family header.
const ATTRS: u32 = 16;

/// What the kernel's policy says of a request.
impl From<Refusal> for Refused {
    fn from(verdict: Refusal) -> Self {
        let text = verdict.message().unwrap_or("refused by the policy").to_owned();
        Self { text: Cow::Owned(text), offset: verdict.ext_ack().offset, ..Self::new(verdict.errno(), "") }
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
