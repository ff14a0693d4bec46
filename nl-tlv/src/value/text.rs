//! Strings and bytes. A string ends at its first NUL or, where the sender wrote none, at the end of the payload.

use super::{Emit, HwAddr, Native, NlStr, NoNul, Parse, Text};
use crate::bytes::until_nul;
use crate::schema::{Limits, ValueType};
use crate::{Attr, AttrType, AttrWriter, Error, ErrorKind};
use core::ffi::CStr;
#[cfg(feature = "alloc")]
use {super::NlString, alloc::boxed::Box, alloc::string::String};

/// `&str`: cut at the first NUL, UTF-8.
impl<'a> Parse<'a, Native> for &'a str {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        match utf8_until_nul(attr.payload()) {
            Some(text) => Ok(text),
            None => {
                let (len, valid) = why_not_utf8(attr.payload());
                Err(attr.error(ErrorKind::NotUtf8, len, valid))
            }
        }
    }
}

impl<'a> Parse<'a, NoNul> for &'a str {
    #[inline]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        <&str as Parse<'a, Native>>::parse(attr)
    }
}

/// `&CStr`: the NUL is required, and the string ends there.
impl<'a> Parse<'a, Native> for &'a CStr {
    #[inline]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        CStr::from_bytes_until_nul(attr.payload())
            .map_err(|_| attr.error(ErrorKind::MissingNul, 1, attr.payload().len()))
    }
}

impl Emit<Native> for &CStr {
    const TYPE: ValueType = ValueType::NulString;

    #[inline(always)]
    fn check(&self, limits: &Limits) -> Result<(), Error> {
        limits.check_len(self.count_bytes())
    }

    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(self.to_bytes_with_nul())
    }
}

/// `&[u8]` as a string: cut at the first NUL, any bytes.
impl<'a> Parse<'a, Text> for &'a [u8] {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Ok(until_nul(attr.payload()))
    }
}

/// `&[u8]`: the payload as it is.
impl<'a> Parse<'a, Native> for &'a [u8] {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Ok(attr.payload())
    }
}

/// `[u8; N]`: exactly so many bytes.
impl<'a, const N: usize> Parse<'a, Native> for [u8; N] {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        attr.array()
    }
}

impl<const N: usize> Emit<Native> for [u8; N] {
    const TYPE: ValueType = ValueType::Array(N);

    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(self)
    }

    #[inline(always)]
    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.put_array(ty, *self)
    }
}

/// Values that are bytes of any number: their type, the method of the writer for the payload and, where it
/// has one, that for the whole attribute.
macro_rules! bytes {
    ($($value:ty, $encoding:ty, $ty:ident, $payload:ident $(, $attr:ident)?;)*) => {$(
        impl Emit<$encoding> for $value {
            const TYPE: ValueType = ValueType::$ty;

            #[inline(always)]
            fn check(&self, limits: &Limits) -> Result<(), Error> {
                let bytes: &[u8] = self.as_ref();
                limits.check_len(bytes.len())
            }

            #[inline]
            fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                w.$payload(self.as_ref())
            }

            $(
                #[inline]
                fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                    w.$attr(ty, self.as_ref())
                }
            )?
        }
    )*};
}

bytes! {
    &str, Native, NulString, text, put_text;
    &str, NoNul, String, text_without_nul;
    NlStr<'_>, Native, NulString, text, put_text;
    NlStr<'_>, NoNul, String, text_without_nul;
    &[u8], Text, String, text, put_text;
    &[u8], Native, Bytes, bytes, put;
    HwAddr<'_>, Native, HwAddr, bytes, put;
}

#[cfg(feature = "alloc")]
bytes! {
    String, Native, NulString, text, put_text;
    String, NoNul, String, text_without_nul;
    NlString, Native, NulString, text, put_text;
    NlString, NoNul, String, text_without_nul;
    Box<[u8]>, Text, String, text, put_text;
    Box<[u8]>, Native, Bytes, bytes, put;
}

/// The text up to the first NUL. What it answers is in registers, and the loop that asks keeps its own.
#[inline(never)]
fn utf8_until_nul(payload: &[u8]) -> Option<&str> {
    core::str::from_utf8(until_nul(payload)).ok()
}

/// The length of a text up to its NUL, and of its valid prefix.
#[cold]
#[inline(never)]
fn why_not_utf8(payload: &[u8]) -> (usize, usize) {
    let text = until_nul(payload);
    let valid = core::str::from_utf8(text).map_or_else(|err| err.valid_up_to(), str::len);
    (text.len(), valid)
}
