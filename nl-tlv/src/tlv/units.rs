//! Values that hold several units of one size.

use super::{Tlv, TlvFormat};
use crate::bytes::to_u32;
use crate::{Error, ErrorKind};
use core::slice::Iter;
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

impl<'a, F: TlvFormat> Tlv<'a, F> {
    /// The payload as one `T`.
    ///
    /// ```
    /// use nl_tlv::tlv::{T8L8, Tlvs};
    /// use nl_tlv::zerocopy::network_endian::U16;
    ///
    /// let ttl = Tlvs::<T8L8>::new(&[3, 2, 0, 120]).next().unwrap()?;
    /// assert_eq!(ttl.unit::<U16>()?.get(), 120);
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongLength`] unless it has exactly the size of a `T`.
    pub fn unit<T>(&self) -> Result<&'a T, Error>
    where
        T: FromBytes + KnownLayout + Immutable + Unaligned,
    {
        T::ref_from_bytes(self.payload()).map_err(|_| self.wrong_len(size_of::<T>()))
    }

    /// The payload as a sequence of `T`.
    ///
    /// ```
    /// use nl_tlv::tlv::{T8L8, Tlvs};
    /// let record = Tlvs::<T8L8>::new(&[7, 4, 1, 2, 3, 4]).next().unwrap()?;
    /// assert!(record.units::<[u8; 2]>()?.eq([&[1, 2], &[3, 4]]));
    /// assert!(record.units::<[u8; 3]>().is_err());
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongLength`] if its length is not a multiple of a unit's; expected is the next smaller multiple.
    pub fn units<T>(&self) -> Result<Iter<'a, T>, Error>
    where
        T: FromBytes + KnownLayout + Immutable + Unaligned,
    {
        match <[T]>::ref_from_bytes(self.payload()) {
            Ok(units) => Ok(units.iter()),
            Err(_) => {
                let len = self.payload().len();
                let odd = len.checked_rem(size_of::<T>()).unwrap_or(0);
                Err(self.wrong_len(len.saturating_sub(odd)))
            }
        }
    }

    #[cold]
    fn wrong_len(&self, expected: usize) -> Error {
        let offset = self.offset().saturating_add(to_u32(size_of::<F::Header>()));
        Error::new(ErrorKind::WrongLength, offset, to_u32(expected), to_u32(self.payload().len()))
    }
}
