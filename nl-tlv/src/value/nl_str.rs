//! Strings of the kernel: any bytes but NUL, mostly text. Interface names, aliases and the like need not be UTF-8.

use super::{Native, NoNul, Parse, Text};
use crate::printable::{Printable, is_printable};
use crate::{Attr, Error};
use core::fmt;

/// A string of the kernel: bytes that print and compare as text, and need not be UTF-8.
///
/// It ends at the first NUL or, where the sender wrote none, at the end of the payload. Emitted with one NUL behind it
/// (in the encoding [`NoNul`] without); a NUL inside is refused, since it would cut the string.
/// Printed, bytes that are not UTF-8, and control and format characters, are escaped: `ab\xffc`.
///
/// ```
/// use nl_tlv::{Attr, value::NlStr};
/// let name: NlStr<'_> = Attr::new(3, b"ab\xffc\0").parse()?;
/// assert_eq!(name.to_string(), r"ab\xffc");
/// assert_eq!(name.as_str(), None);
/// assert_eq!(NlStr::new("eth0"), "eth0");
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NlStr<'a>(&'a [u8]);

impl<'a> NlStr<'a> {
    /// This text.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self(text.as_bytes())
    }

    /// These bytes, without a NUL at their end.
    #[must_use]
    pub const fn from_bytes(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes, without a NUL at their end.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// The text, if it is UTF-8.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        core::str::from_utf8(self.0).ok()
    }

    /// Length in bytes, without a NUL.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.len()
    }

    /// Whether it has no bytes.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> From<&'a str> for NlStr<'a> {
    fn from(text: &'a str) -> Self {
        Self::new(text)
    }
}

impl<'a> From<&'a [u8]> for NlStr<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }
}

impl AsRef<[u8]> for NlStr<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

/// Strings of both kinds compare byte by byte.
macro_rules! comparisons {
    ($($own:ty, $other:ty;)*) => {$(
        impl PartialEq<$other> for $own {
            fn eq(&self, other: &$other) -> bool {
                let (own, other): (&[u8], &[u8]) = (self.as_ref(), other.as_ref());
                own == other
            }
        }
    )*};
}

comparisons! {
    NlStr<'_>, str;
    NlStr<'_>, &str;
    str, NlStr<'_>;
    &str, NlStr<'_>;
}

/// The text; what does not print is escaped. Width and alignment are those of the format.
impl fmt::Display for NlStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(text) if is_printable(text) => f.pad(text),
            _ => fmt::Display::fmt(&Printable(self.0), f),
        }
    }
}

/// In quotes, escaped.
impl fmt::Debug for NlStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(text) => fmt::Debug::fmt(text, f),
            None => fmt::Debug::fmt(&Printable(self.0), f),
        }
    }
}

macro_rules! encodings {
    ($($encoding:ty)*) => {$(
        impl<'a> Parse<'a, $encoding> for NlStr<'a> {
            #[inline(always)]
            fn parse(attr: Attr<'a>) -> Result<Self, Error> {
                <&[u8] as Parse<'a, Text>>::parse(attr).map(Self)
            }
        }
    )*};
}

encodings! { Native NoNul }

#[cfg(feature = "alloc")]
mod owned {
    use super::*;
    use alloc::string::String;
    use alloc::vec::Vec;

    /// An owned [`NlStr`].
    #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct NlString(Vec<u8>);

    impl NlString {
        /// The string, borrowed.
        #[must_use]
        pub fn as_nl_str(&self) -> NlStr<'_> {
            NlStr(&self.0)
        }

        /// The text, if it is UTF-8.
        #[must_use]
        pub fn as_str(&self) -> Option<&str> {
            self.as_nl_str().as_str()
        }
    }

    impl From<NlStr<'_>> for NlString {
        fn from(text: NlStr<'_>) -> Self {
            Self(text.0.into())
        }
    }

    impl From<&str> for NlString {
        fn from(text: &str) -> Self {
            Self(text.into())
        }
    }

    impl From<String> for NlString {
        fn from(text: String) -> Self {
            Self(text.into())
        }
    }

    comparisons! {
        NlString, str;
        NlString, &str;
    }

    impl fmt::Display for NlString {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.as_nl_str().fmt(f)
        }
    }

    impl fmt::Debug for NlString {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            fmt::Debug::fmt(&self.as_nl_str(), f)
        }
    }

    impl AsRef<[u8]> for NlString {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }
}

#[cfg(feature = "alloc")]
pub use owned::NlString;

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::value::Emit;
    use crate::value::tests::{read, wire};
    use crate::{AttrType, AttrWriter, ErrorKind, Header, MessageType, Writer};
    use std::format;

    fn parsed(payload: &[u8]) -> NlStr<'_> {
        read::<_, Native>(payload).unwrap()
    }

    #[test]
    fn any_byte_but_nul_is_kept() {
        let name = parsed(b"ab\xffc\0");
        assert_eq!(name.as_bytes(), b"ab\xffc");
        assert_eq!(wire::<_, Native>(&name), b"ab\xffc\0");
        assert_eq!(wire::<_, NoNul>(&name), b"ab\xffc");
    }

    #[test]
    fn it_ends_at_the_first_nul_or_with_the_payload() {
        assert_eq!(parsed(b"lo\0junk"), "lo");
        assert_eq!(parsed(b"lo"), "lo");
        assert!(parsed(b"").is_empty());
    }

    #[test]
    fn a_nul_inside_is_refused() {
        let mut buf = [0; 64];
        let mut w = Writer::new(&mut buf);
        let emit = |w: &mut AttrWriter<'_>| Emit::<Native>::emit(&NlStr::new("a\0b"), AttrType::new(3), w);
        let error = w.message(MessageType(20).into(), Header::new(), emit).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InteriorNul);
    }

    #[test]
    fn what_does_not_print_is_escaped() {
        let odd = NlStr::from_bytes(b"\xc3\xa9 \xff\n");
        assert_eq!(format!("{odd}"), "é \\xff\\n");
        assert_eq!(format!("{odd:?}"), "\"é \\xff\\n\"");
        let turned = NlStr::new("a\u{202e}b\u{200b}");
        assert_eq!(format!("{turned} {turned:?}"), r#"a\u{202e}b\u{200b} "a\u{202e}b\u{200b}""#);
        assert_eq!(format!("{:>5}|{:?}", NlStr::new("lo"), NlStr::new("lo")), "   lo|\"lo\"");
    }
}
