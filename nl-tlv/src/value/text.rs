//! Strings and bytes. A string ends at its first NUL or, where the sender wrote none, at the end of the payload.

use super::{Emit, Native, NoNul, Parse, Text};
use crate::bytes::until_nul;
use crate::schema::{Limits, ValueType};
use crate::{Attr, AttrType, AttrWriter, Error, ErrorKind};
use core::ffi::CStr;

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

/// `&str`: written with one NUL behind it; a NUL inside is refused, since it would cut the string.
impl Emit<Native> for &str {
    const TYPE: ValueType = ValueType::NulString;

    #[inline(always)]
    fn check(&self, limits: &Limits) -> Result<(), Error> {
        limits.check_len(self.len())
    }

    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        Emit::<Text>::emit_payload(&self.as_bytes(), w)
    }

    #[inline]
    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        Emit::<Text>::emit(&self.as_bytes(), ty, w)
    }
}

impl<'a> Parse<'a, NoNul> for &'a str {
    #[inline]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        <&str as Parse<'a, Native>>::parse(attr)
    }
}

impl Emit<NoNul> for &str {
    const TYPE: ValueType = ValueType::String;

    #[inline(always)]
    fn check(&self, limits: &Limits) -> Result<(), Error> {
        limits.check_len(self.len())
    }

    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        emit_no_nul(self.as_bytes(), w)
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

impl Emit<Text> for &[u8] {
    const TYPE: ValueType = ValueType::String;

    #[inline(always)]
    fn check(&self, limits: &Limits) -> Result<(), Error> {
        limits.check_len(self.len())
    }

    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.refuse_nul(self)?;
        w.bytes(self)?;
        w.bytes(&[0])
    }

    #[inline]
    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.put_text(ty, self)
    }
}

/// `&[u8]`: the payload as it is.
impl<'a> Parse<'a, Native> for &'a [u8] {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Ok(attr.payload())
    }
}

impl Emit<Native> for &[u8] {
    const TYPE: ValueType = ValueType::Bytes;

    #[inline(always)]
    fn check(&self, limits: &Limits) -> Result<(), Error> {
        limits.check_len(self.len())
    }

    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(self)
    }

    #[inline]
    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.put(ty, self)
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

/// A string that is written without a NUL.
pub(super) fn emit_no_nul(text: &[u8], w: &mut AttrWriter<'_>) -> Result<(), Error> {
    w.refuse_nul(text)?;
    w.bytes(text)
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
