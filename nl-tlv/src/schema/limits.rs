//! What limits the value of a field, beyond its type.

use crate::bytes::to_u32;
use crate::{Error, ErrorKind};

/// Limits of a value; `None` does not limit. They are checked when a value is written, and not when it is read. A server's
/// `Request::parse` checks them too. [`validate`](super::validate) checks those that the policy of a kernel module has: all
/// but the smallest length of a string.
///
/// ```
/// use nl_tlv::schema::Limits;
///
/// let limits = Limits::NONE.min(5).max(30); // as `range = 5..=30`
/// assert!(limits.check_number(21).is_ok() && limits.check_number(40).is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The smallest number (`min`, `range`).
    pub min: Option<i128>,
    /// The largest number (`max`, `range`).
    pub max: Option<i128>,
    /// The bits that may be set (`mask`).
    pub mask: Option<u64>,
    /// The smallest length in bytes, of a string without its NUL (`min_len`).
    pub min_len: Option<usize>,
    /// The largest length in bytes, of a string without its NUL (`max_len`).
    pub max_len: Option<usize>,
}

impl Limits {
    /// No limits.
    pub const NONE: Self = Self { min: None, max: None, mask: None, min_len: None, max_len: None };

    /// The same with a smallest number.
    #[must_use]
    pub const fn min(self, min: i128) -> Self {
        Self { min: Some(min), ..self }
    }

    /// The same with a largest number.
    #[must_use]
    pub const fn max(self, max: i128) -> Self {
        Self { max: Some(max), ..self }
    }

    /// The same with the bits that may be set.
    #[must_use]
    pub const fn mask(self, mask: u64) -> Self {
        Self { mask: Some(mask), ..self }
    }

    /// The same with a smallest length.
    #[must_use]
    pub const fn min_len(self, len: usize) -> Self {
        Self { min_len: Some(len), ..self }
    }

    /// The same with a largest length.
    #[must_use]
    pub const fn max_len(self, len: usize) -> Self {
        Self { max_len: Some(len), ..self }
    }

    /// Whether a number is within the limits.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfRange`] or [`ErrorKind::ReservedBit`]; without place.
    #[inline(always)]
    pub fn check_number(&self, number: i128) -> Result<(), Error> {
        let violated = |kind, limit| Err(Error::of_limit(kind, limit, number));
        match (self.min, self.max, self.mask.map(i128::from)) {
            (Some(min), ..) if number < min => violated(ErrorKind::OutOfRange, min),
            (_, Some(max), _) if number > max => violated(ErrorKind::OutOfRange, max),
            (.., Some(mask)) if number & !mask != 0 => violated(ErrorKind::ReservedBit, mask),
            _ => Ok(()),
        }
    }

    /// Whether a length is within the limits.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooShort`] or [`ErrorKind::TooLong`]; without place.
    #[inline(always)]
    pub fn check_len(&self, len: usize) -> Result<(), Error> {
        match (self.min_len, self.max_len) {
            (Some(min), _) if len < min => Err(Error::new(ErrorKind::TooShort, 0, to_u32(min), to_u32(len))),
            (_, Some(max)) if len > max => Err(Error::new(ErrorKind::TooLong, 0, to_u32(max), to_u32(len))),
            _ => Ok(()),
        }
    }

    /// The limit that a number violates, by its error.
    pub(crate) fn violated(&self, err: &Error) -> Option<i128> {
        match err.kind() {
            ErrorKind::OutOfRange if err.is_below() => self.min,
            ErrorKind::OutOfRange => self.max,
            ErrorKind::ReservedBit => self.mask.map(i128::from),
            _ => None,
        }
    }
}

/// No limits, by reference.
pub const FREE: &Limits = &Limits::NONE;
