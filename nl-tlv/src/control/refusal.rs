//! A refusal that can be kept: owned, without allocation.

use super::{Errno, ExtAck};
use crate::bytes::{add, head};
use crate::printable::Printable;
use core::fmt::{self, Write};

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
/// assert_eq!((refusal.errno(), refusal.ext_ack().offset), (Errno::EINVAL, Some(28)));
/// assert!(refusal.to_string().ends_with(" at RouteNew.nexthop[1].gateway"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    errno: Errno,
    path: Inline<128>,
    message: Inline<128>,
    cookie: Inline<{ Self::MAX_COOKIE }>,
    /// What else the extended ack said.
    numbers: ExtAck<'static>,
}

impl Refusal {
    /// The longest cookie of any kernel, in bytes.
    pub const MAX_COOKIE: usize = 20;

    /// Keeps the number and what goes with it. A cookie that is too long is left out.
    #[must_use]
    pub fn new(errno: Errno, ext_ack: &ExtAck<'_>) -> Self {
        let cookie = ext_ack.cookie.filter(|cookie| cookie.len() <= Self::MAX_COOKIE);
        Self {
            errno,
            path: Inline::of(&[]),
            message: Inline::of(ext_ack.message.unwrap_or_default().as_bytes()),
            cookie: Inline::of(cookie.unwrap_or_default()),
            numbers: ExtAck { message: None, cookie: None, ..*ext_ack },
        }
    }

    /// Adds the place in the request, in words: what [`locate`](crate::schema::locate) found.
    #[must_use]
    pub fn at(mut self, path: impl fmt::Display) -> Self {
        self.path = Inline::of(&[]);
        let _ = write!(self.path, "{path}");
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

    /// What the kernel said beyond the number, as far as it is kept: the text and the cookie, offsets, what is missing, and
    /// what would have been accepted.
    #[must_use]
    pub fn ext_ack(&self) -> ExtAck<'_> {
        let cookie = Some(self.cookie.as_bytes()).filter(|cookie| !cookie.is_empty());
        ExtAck { message: self.message(), cookie, ..self.numbers }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.errno)?;
        match (self.path(), self.numbers.offset, self.numbers.missing_type) {
            (Some(_), _, Some(_)) => write!(f, ", {} is missing", self.path)?,
            (Some(_), _, None) => write!(f, " at {}", self.path)?,
            (None, Some(offset), _) => write!(f, " at offset {offset}")?,
            (None, None, Some(ty)) => write!(f, ", attribute {ty} is missing")?,
            (None, None, None) => {}
        }
        if let Some(policy) = self.numbers.policy {
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

/// At most `N` bytes. Those of a text are shown escaped where they do not print, and what did not fit as `…`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Inline<const N: usize> {
    bytes: [u8; N],
    len: usize,
    is_cut: bool,
}

impl<const N: usize> Inline<N> {
    /// As many of these bytes as fit.
    fn of(bytes: &[u8]) -> Self {
        let mut new = Self { bytes: [0; N], len: 0, is_cut: false };
        new.append(bytes);
        new
    }

    fn append(&mut self, bytes: &[u8]) {
        let (free, end) = (self.bytes.iter_mut().skip(self.len), add(self.len, bytes.len()));
        free.zip(bytes).for_each(|(to, from)| *to = *from);
        (self.len, self.is_cut) = (end.min(N), self.is_cut || end > N);
    }

    fn as_bytes(&self) -> &[u8] {
        head(&self.bytes, self.len)
    }

    /// The text, up to the last character that fitted.
    fn as_str(&self) -> &str {
        self.as_bytes().utf8_chunks().next().map_or("", |chunk| chunk.valid())
    }
}

impl<const N: usize> fmt::Write for Inline<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.append(text.as_bytes());
        Ok(())
    }
}

impl<const N: usize> fmt::Display for Inline<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Printable(self.as_str().as_bytes()), f)?;
        if self.is_cut { f.write_str("…") } else { Ok(()) }
    }
}
