//! C structs as values of attributes.

use crate::{Attr, Error, ErrorKind, NlStruct};

/// A struct out of an attribute.
///
/// # Errors
///
/// [`ErrorKind::WrongLength`] if the payload is too short.
#[inline(always)]
pub fn parse_struct<T: NlStruct>(attr: Attr<'_>) -> Result<T, Error> {
    match T::from_prefix(attr.payload()) {
        Some(value) => Ok(value),
        None => Err(attr.error(ErrorKind::WrongLength, size_of::<T::Bytes>(), attr.payload().len())),
    }
}
