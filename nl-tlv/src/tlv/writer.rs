//! Writing records of any format.

use super::TlvFormat;
use crate::bytes::{add, align_up, head, sub, to_u32, window};
use crate::{Error, ErrorKind};
use core::fmt;
use core::marker::PhantomData;
use zerocopy::{Immutable, IntoBytes};

/// Writes records of one format into a buffer. What was written stays intact when something does not fit.
///
/// ```
/// use nl_tlv::tlv::{T8L8, TlvWriter};
/// let mut buf = [0xa5; 8];
/// let mut w = TlvWriter::<T8L8>::new(&mut buf);
/// w.put(7, b"abc")?;
/// assert_eq!(w.put(8, b"abc").unwrap_err().needed(), Some(10));
/// assert_eq!(w.finish(), [7, 3, b'a', b'b', b'c']);
/// # Ok::<(), nl_tlv::Error>(())
/// ```
pub struct TlvWriter<'b, F> {
    buf: &'b mut [u8],
    len: usize,
    format: PhantomData<fn() -> F>,
}

impl<'b, F: TlvFormat> TlvWriter<'b, F> {
    /// A writer that begins at the start of `buf`.
    pub fn new(buf: &'b mut [u8]) -> Self {
        Self { buf, len: 0, format: PhantomData }
    }

    /// Appends a record, padded with zeros to the format's alignment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TypeTooLarge`] if the type does not fit the header; [`ErrorKind::PayloadTooLong`] with the longest
    /// payload that does; [`ErrorKind::WrongLength`] if the payload would not be read as it was written, because the
    /// format counts words, say; [`ErrorKind::BufferTooSmall`] with the number of bytes that the buffer needs up to the
    /// end of this record.
    pub fn put(&mut self, ty: F::Type, payload: &[u8]) -> Result<(), Error> {
        let header = header_of::<F>(ty, payload.len()).map_err(|err| err.at(to_u32(self.len)))?;
        let header = header.as_bytes();
        let len = align_up(add(header.len(), payload.len()), F::ALIGN);
        let (end, capacity) = (add(self.len, len), self.buf.len());
        let Some(slot) = window(self.buf, self.len, len) else {
            return Err(Error::new(
                ErrorKind::BufferTooSmall,
                to_u32(self.len),
                to_u32(end),
                to_u32(capacity),
            ));
        };
        slot.fill(0);
        for (to, from) in slot.iter_mut().zip(header.iter().chain(payload)) {
            *to = *from;
        }
        self.len = end;
        Ok(())
    }

    /// Appends a record whose value is a sequence of units of one size.
    ///
    /// ```
    /// # use nl_tlv::tlv::{T8L8, TlvWriter};
    /// # let mut buf = [0; 8];
    /// let mut w = TlvWriter::<T8L8>::new(&mut buf);
    /// w.put_units(1, &[[1_u8, 2], [3, 4]])?;
    /// assert_eq!(w.as_bytes(), [1, 4, 1, 2, 3, 4]);
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    pub fn put_units<T: IntoBytes + Immutable>(&mut self, ty: F::Type, units: &[T]) -> Result<(), Error> {
        self.put(ty, units.as_bytes())
    }

    /// What was written so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        head(self.buf, self.len)
    }

    /// What was written, for as long as the buffer lives.
    #[must_use]
    pub fn finish(self) -> &'b [u8] {
        let Self { buf, len, .. } = self;
        head(buf, len)
    }
}

/// The header of a record that is read as it was written.
///
/// # Errors
///
/// As [`TlvWriter::put`], without the place.
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

/// The longest payload that fits, below one that does not.
fn longest(payload_len: usize, fits: impl Fn(&usize) -> bool) -> usize {
    let (mut least, mut most) = (0, add(payload_len / WORD, 1));
    while add(least, 1) < most {
        let middle = add(least, sub(most, least) / 2);
        if fits(&middle.saturating_mul(WORD)) { least = middle } else { most = middle }
    }
    let words = least.saturating_mul(WORD);
    (words..add(words, WORD)).rev().find(fits).unwrap_or(words)
}

/// The largest unit in which formats count lengths.
const WORD: usize = 8;

impl<F: TlvFormat> fmt::Debug for TlvWriter<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlvWriter")
            .field("written", &self.as_bytes())
            .field("capacity", &self.buf.len())
            .finish()
    }
}
