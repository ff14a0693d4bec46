//! Values that hold several units of one size.

use crate::bytes::to_u32;
use crate::{Error, ErrorKind};
use core::fmt;
use core::ops::Deref;
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

/// The value of a record: bytes that know where they lie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Payload<'a> {
    bytes: &'a [u8],
    offset: u32,
}

impl<'a> Payload<'a> {
    #[inline(always)]
    pub(crate) fn new(bytes: &'a [u8], offset: u32) -> Self {
        Self { bytes, offset }
    }

    /// The bytes.
    #[must_use]
    #[inline(always)]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The value as one `T`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongLength`] unless it has exactly the size of a `T`.
    pub fn unit<T>(&self) -> Result<&'a T, Error>
    where
        T: FromBytes + KnownLayout + Immutable + Unaligned,
    {
        T::ref_from_bytes(self.bytes).map_err(|_| self.wrong_len(size_of::<T>()))
    }

    /// The value as a sequence of `T`.
    ///
    /// ```
    /// use nl_tlv::tlv::{T8L8, Tlvs};
    /// let record = Tlvs::<T8L8>::new(&[7, 4, 1, 2, 3, 4]).next().unwrap()?;
    /// assert!(record.payload().units::<[u8; 2]>()?.eq([&[1, 2], &[3, 4]]));
    /// assert!(record.payload().units::<[u8; 3]>().is_err());
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongLength`] if its length is no multiple of a unit's; expected is the next smaller multiple.
    pub fn units<T>(&self) -> Result<Units<'a, T>, Error>
    where
        T: FromBytes + KnownLayout + Immutable + Unaligned,
    {
        match <[T]>::ref_from_bytes(self.bytes) {
            Ok(units) => Ok(Units(units.iter())),
            Err(_) => {
                let odd = self.bytes.len().checked_rem(size_of::<T>()).unwrap_or(0);
                Err(self.wrong_len(self.bytes.len().saturating_sub(odd)))
            }
        }
    }

    #[cold]
    fn wrong_len(&self, expected: usize) -> Error {
        Error::new(ErrorKind::WrongLength, self.offset, to_u32(expected), to_u32(self.bytes.len()))
    }
}

impl Deref for Payload<'_> {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        self.bytes
    }
}

impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes.fmt(f)
    }
}

/// The units of a value, in order, as references into the buffer.
#[derive(Clone, Debug)]
pub struct Units<'a, T>(core::slice::Iter<'a, T>);

impl<'a, T> Iterator for Units<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> ExactSizeIterator for Units<'_, T> {}
impl<T> core::iter::FusedIterator for Units<'_, T> {}
