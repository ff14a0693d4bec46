//! Values that hold several units of one size.

use super::{Tlv, TlvFormat};
use crate::bytes::{InPlace, sub, to_u32};
use crate::{Error, ErrorKind};

impl<'a, F: TlvFormat> Tlv<'a, F> {
    /// The payload as a sequence of `T`: `[u8; N]`, or with the feature `zerocopy` a type with its derives.
    ///
    /// ```
    /// use nl_tlv::tlv::{T8L8, Tlvs};
    /// let record = Tlvs::<T8L8>::new(&[7, 4, 1, 2, 3, 4]).next().unwrap()?;
    /// assert!(record.units::<[u8; 2]>()?.eq([&[1, 2], &[3, 4]]));
    /// assert!(record.units::<[u8; 3]>().is_err());
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    ///
    /// With the feature `zerocopy`:
    ///
    /// ```
    /// # use nl_tlv::tlv::{T8L8, Tlvs};
    /// use nl_tlv::zerocopy::big_endian::U16;
    ///
    /// let record = Tlvs::<T8L8>::new(&[7, 4, 0, 80, 1, 187]).next().unwrap()?;
    /// assert!(record.units::<U16>()?.eq(&[80, 443]));
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongLength`] if its length is not a multiple of a unit's; expected is the next smaller multiple.
    pub fn units<T: InPlace>(&self) -> Result<impl Iterator<Item = &'a T> + Clone + use<'a, F, T>, Error> {
        let mut rest = self.payload();
        match rest.len().checked_rem(size_of::<T>()) {
            Some(0) => Ok(core::iter::from_fn(move || {
                let (unit, behind) = T::split(rest)?;
                rest = behind;
                Some(unit)
            })),
            over => {
                let offset = self.offset().saturating_add(to_u32(size_of::<F::Header>()));
                let expected = sub(rest.len(), over.unwrap_or(rest.len()));
                Err(Error::new(ErrorKind::WrongLength, offset, to_u32(expected), to_u32(rest.len())))
            }
        }
    }
}
