//! The header of a record that is written.

use super::TlvFormat;
use crate::bytes::{add, sub, to_u32};
use crate::{Error, ErrorKind};

/// The header of a record that is read as it was written.
///
/// # Errors
///
/// As [`Writer::record`](crate::Writer::record), without the place.
pub(crate) fn header_of<F: TlvFormat>(ty: F::Type, payload_len: usize) -> Result<F::Header, Error> {
    match F::header(ty, payload_len) {
        Some(header) => match sub(F::len(&header), size_of::<F::Header>()) {
            len if len == payload_len => Ok(header),
            len => Err(Error::new(ErrorKind::WrongLength, 0, to_u32(len), to_u32(payload_len))),
        },
        None => Err(no_header::<F>(ty, payload_len)),
    }
}

/// Why a format has no header for a type and a length.
#[cold]
fn no_header<F: TlvFormat>(ty: F::Type, payload_len: usize) -> Error {
    let fits = |len: &usize| F::header(ty, *len).is_some();
    let (kind, expected) = if !fits(&0) {
        (ErrorKind::TypeTooLarge, 0)
    } else if let Some(len) = (payload_len..add(payload_len, WORD)).find(fits) {
        (ErrorKind::WrongLength, len)
    } else {
        (ErrorKind::PayloadTooLong, longest(payload_len, fits))
    };
    Error::new(kind, 0, to_u32(expected), to_u32(payload_len))
}

/// The longest payload that fits, below one that does not: bit by bit, the highest first.
fn longest(payload_len: usize, fits: impl Fn(&usize) -> bool) -> usize {
    let bits = (0..usize::BITS).rev().map(|bit| 1_usize.wrapping_shl(bit));
    bits.fold(0, |len, bit| if (len | bit) < payload_len && fits(&(len | bit)) { len | bit } else { len })
}

/// The largest unit in which formats count lengths.
const WORD: usize = 8;
