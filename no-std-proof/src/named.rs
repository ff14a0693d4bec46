//! What reads the schema: validation, the path of an offset, and the texts of both and of a refusal.
#![forbid(unsafe_code)]

use crate::route::RouteNew;
use core::fmt;
use core::hint::black_box;
use nl_tlv::control::{Errno, ExtAck, Refusal};
use nl_tlv::schema::{Path, Strictness, locate, validate};
use nl_tlv::{Error, ErrorKind, Header, Messages, NlMessage};

/// Whether each byte of a message is located, and what is wrong with it named where it lies.
///
/// # Errors
///
/// What the library says.
pub fn paths(route: &RouteNew<'_>) -> Result<bool, Error> {
    let mut buf = [0xa5; 256];
    let bytes = black_box(route.emit(black_box(&mut buf[..]), Header::request())?);
    let Some(message) = Messages::new(bytes).next().transpose()? else { return Ok(false) };
    let mut attrs = 0_usize;
    for offset in 0..bytes.len() {
        let path = locate(RouteNew::SCHEMAS[0], bytes, black_box(u32::try_from(offset).unwrap_or(0)));
        attrs = attrs.wrapping_add(usize::from(path.attr().is_some()));
        attrs = attrs.wrapping_add(usize::from(path.join(black_box(1)).attr().is_some()));
    }
    let mode = Strictness::from_bits_retain(black_box(0x1f));
    let verdict = validate(RouteNew::SCHEMAS[0], &message, mode);
    let named = locate(RouteNew::SCHEMAS[0], bytes, black_box(20));
    Ok(attrs > 0 && verdict.is_ok() && named.attr().is_some() && texts(bytes, &named))
}

/// Whether what is shown is what it should be.
fn texts(bytes: &[u8], path: &Path) -> bool {
    let error = Error::new(ErrorKind::WrongLength, black_box(20), 4, 3);
    let located = error.within(RouteNew::SCHEMAS[0], bytes);
    let ext_ack = ExtAck { message: Some(black_box("host bits set")), ..ExtAck::NONE };
    let refusal = Refusal::new(Errno::EINVAL, black_box(&ext_ack)).at(path);
    is_shown_as(&located, "RouteNew.table: expected 4 bytes, found 3 (offset 20)")
        && !is_shown_as(black_box(&refusal), "invalid argument")
}

/// Whether something is shown as this text.
fn is_shown_as(shown: &dyn fmt::Display, text: &'static str) -> bool {
    let mut left = Left(text);
    fmt::write(&mut left, format_args!("{shown}")).is_ok() && left.0.is_empty()
}

/// What has not been shown of a text; an error, if something else is shown.
struct Left(&'static str);

impl fmt::Write for Left {
    fn write_str(&mut self, shown: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(shown).ok_or(fmt::Error)?;
        Ok(())
    }
}
