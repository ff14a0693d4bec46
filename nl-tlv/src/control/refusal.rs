//! A refusal that can be kept: owned, without allocation.

use super::{Errno, ExtAck, Policy};
use crate::printable::Printable;
use core::fmt;

/// Why a request was refused, or a dump failed: the number and what the extended ack said, in a form that outlives the
/// message. What [`validate`](crate::schema::validate) finds has the same form.
///
/// Shown as the number, the place in the request, and the kernel's text.
///
/// ```
/// use nl_tlv::control::{Errno, ExtAck, Refusal};
///
/// let refusal = Refusal::new(Errno::EINVAL, &ExtAck { offset: Some(28), ..ExtAck::NONE });
/// let refusal = refusal.at("RouteNew.nexthop[1].gateway"); // a connection does this by `locate`
/// assert_eq!((refusal.errno(), refusal.offset()), (Errno::EINVAL, Some(28)));
/// assert!(refusal.to_string().ends_with(" at RouteNew.nexthop[1].gateway"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    errno: Errno,
    message: InlineText<128>,
    path: InlineText<128>,
    cookie: ([u8; Self::MAX_COOKIE], u8),
    offset: Option<u32>,
    missing_type: Option<u32>,
    missing_nest: Option<u32>,
    policy: Option<Policy>,
}

impl Refusal {
    /// The longest cookie of any kernel, in bytes.
    pub const MAX_COOKIE: usize = 20;

    /// Keeps the number and what goes with it. A cookie that is too long is left out.
    #[must_use]
    pub fn new(errno: Errno, ext_ack: &ExtAck<'_>) -> Self {
        let mut cookie = [0; Self::MAX_COOKIE];
        let mut cookie_len = 0;
        let bytes = ext_ack.cookie.unwrap_or_default();
        if let Some(to) = cookie.get_mut(..bytes.len()) {
            to.copy_from_slice(bytes);
            cookie_len = u8::try_from(bytes.len()).unwrap_or(0);
        }
        Self {
            errno,
            message: InlineText::new(ext_ack.message.unwrap_or_default()),
            path: InlineText::new(""),
            cookie: (cookie, cookie_len),
            offset: ext_ack.offset,
            missing_type: ext_ack.missing_type,
            missing_nest: ext_ack.missing_nest,
            policy: ext_ack.policy,
        }
    }

    /// Adds the place in the request, in words: what [`locate`](crate::schema::locate) found.
    #[must_use]
    pub fn at(mut self, path: impl fmt::Display) -> Self {
        self.path = InlineText::new(path);
        self
    }

    /// The number.
    #[must_use]
    pub const fn errno(&self) -> Errno {
        self.errno
    }

    /// The kernel's text.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        Some(self.message.as_str()).filter(|text| !text.is_empty())
    }

    /// The place in the request, as a path: `RouteNew.nexthop[1].gateway`.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        Some(self.path.as_str()).filter(|text| !text.is_empty())
    }

    /// The place in the request: bytes from the start of its header.
    #[must_use]
    pub const fn offset(&self) -> Option<u32> {
        self.offset
    }

    /// The type of an attribute that is required and absent.
    #[must_use]
    pub const fn missing_type(&self) -> Option<u32> {
        self.missing_type
    }

    /// Where the nest lies in which it is absent; `None` for the attributes of the message itself.
    #[must_use]
    pub const fn missing_nest(&self) -> Option<u32> {
        self.missing_nest
    }

    /// What would have been accepted.
    #[must_use]
    pub const fn policy(&self) -> Option<Policy> {
        self.policy
    }

    /// Bytes whose meaning the family knows; empty if there are none.
    #[must_use]
    pub fn cookie(&self) -> &[u8] {
        self.cookie.0.get(..self.cookie.1.into()).unwrap_or_default()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.errno)?;
        match (self.path(), self.offset, self.missing_type) {
            (Some(_), _, Some(_)) => write!(f, ", {} is missing", self.path)?,
            (Some(_), _, None) => write!(f, " at {}", self.path)?,
            (None, Some(offset), _) => write!(f, " at offset {offset}")?,
            (None, None, Some(ty)) => write!(f, ", attribute {ty} is missing")?,
            (None, None, None) => {}
        }
        if let Some(policy) = self.policy {
            write!(f, " (accepted: {policy})")?;
        }
        match (self.message(), self.errno) {
            (Some(_), _) => write!(f, ": {}", self.message),
            // What the kernel says of most requests that change something.
            (None, Errno::EPERM) => f.write_str("; most changes need the capability CAP_NET_ADMIN"),
            (None, _) => Ok(()),
        }
    }
}

/// As [`Display`](fmt::Display): this is what a `main` that returns the error prints.
impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for Refusal {}

/// Text of at most `N` bytes; what did not fit is shown as `…`. What does not print is shown escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
struct InlineText<const N: usize> {
    bytes: [u8; N],
    len: usize,
    is_cut: bool,
}

impl<const N: usize> InlineText<N> {
    /// What is shown of something, as far as it fits.
    fn new(text: impl fmt::Display) -> Self {
        let mut new = Self { bytes: [0; N], len: 0, is_cut: false };
        if fmt::write(&mut new, format_args!("{text}")).is_err() {
            new.is_cut = true;
        }
        new
    }

    /// The text as it is, as far as it fitted.
    fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Write for InlineText<N> {
    /// Takes as many characters as fit; an error once one does not.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = N.saturating_sub(self.len).min(text.len());
        let fits = (0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = self.len.saturating_add(fits);
        let (Some(to), Some(from)) = (self.bytes.get_mut(self.len..end), text.as_bytes().get(..fits)) else {
            return Err(fmt::Error);
        };
        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        self.len = end;
        if fits < text.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

impl<const N: usize> fmt::Display for InlineText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Printable(self.as_str().as_bytes()), f)?;
        if self.is_cut { f.write_str("…") } else { Ok(()) }
    }
}
