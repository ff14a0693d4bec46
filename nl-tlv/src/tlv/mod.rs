//! Type-length-value records in general: netlink attributes and messages are two formats among others.
//!
//! ```text
//! +------+--------+---------+---------++------+--------+---------+---------+
//! | type | length | payload | padding || type | length | payload | padding |
//! +------+--------+---------+---------++------+--------+---------+---------+
//! |<------ one record, aligned ------>|
//! ```
//!
//! Formats differ in the bits of type and length, in their order, in whether the length counts the header, and in the
//! alignment. A [`TlvFormat`] describes one; netlink's two are those of [`Messages`](crate::Messages) and
//! [`Attrs`](crate::Attrs).
//!
//! | to | use |
//! |---|---|
//! | loop over all records, each in an arm of its type | [`iterate_tlv!`](crate::iterate_tlv) |
//! | take one record after the other | [`Tlvs`] |
//! | split a payload that holds several units of one size | [`Tlv::units`] |
//! | write records | [`Writer::record`](crate::Writer::record) |
//! | read records of another format | a type of yours with [`TlvFormat`] |
//!
//! ```
//! use nl_tlv::tlv::{T8L8, Tlvs};
//!
//! // One byte of type, one of length, then the payload.
//! let buf = [1, 2, b'h', b'i', 7, 1, 42];
//! let mut records = Tlvs::<T8L8>::new(&buf);
//! let first = records.next().unwrap()?;
//! assert_eq!((first.ty(), first.payload()), (1, &b"hi"[..]));
//! # Ok::<(), nl_tlv::Error>(())
//! ```

mod formats;
mod header;
mod iterate;
mod units;

pub use formats::T8L8;
pub(crate) use header::header_of;

use crate::bytes::{InPlace, align_up, from_u32, head, likely_tail, tail, to_u32, wrapping_sub};
use crate::{Error, ErrorKind};
use core::fmt;
use core::marker::PhantomData;

/// How the records of a buffer are laid out: the header, what it says, and the alignment between records.
///
/// ```
/// use nl_tlv::tlv::{TlvFormat, Tlvs};
///
/// /// Seven bits of type and nine bits of length of the payload alone, network order: LLDP, IEEE 802.1AB.
/// #[derive(Debug)]
/// struct Lldp;
///
/// impl TlvFormat for Lldp {
///     type Header = [u8; 2];
///     type Type = u8;
///     fn ty(header: &[u8; 2]) -> u8 { header[0] >> 1 }
///     fn len(header: &[u8; 2]) -> usize { 2 + usize::from(u16::from_be_bytes(*header) & 0x1ff) }
///     fn header(ty: u8, payload_len: usize) -> Option<[u8; 2]> {
///         let len = u16::try_from(payload_len).ok().filter(|len| *len <= 0x1ff)?;
///         (ty <= 0x7f).then(|| (u16::from(ty) << 9 | len).to_be_bytes())
///     }
/// }
///
/// let frame = [0x06, 0x02, 0x00, 0x78, 0x00, 0x00]; // time to live: 120 seconds; end
/// let ttl = Tlvs::<Lldp>::new(&frame).next().unwrap()?;
/// assert_eq!((ttl.ty(), ttl.payload()), (3, &[0, 120][..]));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
pub trait TlvFormat {
    /// The header's bytes: `[u8; N]`.
    type Header: InPlace + AsRef<[u8]> + Copy;

    /// The type of a record.
    type Type: Copy + PartialEq + fmt::Debug;

    /// Records begin at multiples of this, a power of two, counted from the start of the buffer.
    ///
    /// A remainder shorter than this can only be padding, and ends the iteration without an error.
    const ALIGN: usize = 1;

    /// The length that most records have, padded or not; 0 if there is no such length.
    ///
    /// [`Tlvs`] assumes that the next record begins behind one of this length, while it still reads the length. The results
    /// are the same; walks are faster.
    const USUAL_LEN: usize = 0;

    /// The type that a header names.
    fn ty(header: &Self::Header) -> Self::Type;

    /// The length of the whole record in bytes, with its header, without padding.
    ///
    /// The iterator checks it against the header's size and what remains.
    fn len(header: &Self::Header) -> usize;

    /// The header of a record with this type and a payload of this many bytes; `None` if either does not fit.
    fn header(ty: Self::Type, payload_len: usize) -> Option<Self::Header>;
}

/// One record.
///
/// ```
/// use nl_tlv::tlv::{T8L8, Tlvs};
///
/// let record = Tlvs::<T8L8>::new(&[7, 2, b'h', b'i', 0, 0]).next().unwrap()?;
/// assert_eq!((record.ty(), record.payload()), (7, &b"hi"[..]));
/// assert_eq!((record.header(), record.as_bytes().len(), record.offset()), (&[7, 2], 4, 0));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
pub struct Tlv<'a, F: TlvFormat> {
    header: &'a F::Header,
    bytes: &'a [u8],
    payload: &'a [u8],
    pub(crate) origin: Origin,
}

/// The address from which offsets count: that of the buffer (or message).
///
/// It is the same for all records of a buffer and of the nests in it, so that a loop keeps nothing to say where a record
/// lies: the bytes of the record are there, and their address is enough.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin(usize);

impl Origin {
    /// That of something in which these bytes lie at an offset.
    #[inline(always)]
    pub(crate) fn of(bytes: &[u8], offset: u32) -> Self {
        Self(wrapping_sub(bytes.as_ptr().addr(), from_u32(offset)))
    }

    /// The offset of these bytes.
    #[inline(always)]
    pub(crate) fn offset_of(self, bytes: &[u8]) -> u32 {
        to_u32(wrapping_sub(bytes.as_ptr().addr(), self.0))
    }
}

impl<'a, F: TlvFormat> Tlv<'a, F> {
    /// The type.
    #[must_use]
    #[inline(always)]
    pub fn ty(&self) -> F::Type {
        F::ty(self.header)
    }

    /// The header as it lies in the buffer.
    #[must_use]
    #[inline(always)]
    pub fn header(&self) -> &'a F::Header {
        self.header
    }

    /// The payload, without header and padding.
    #[must_use]
    #[inline(always)]
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// Header and payload, without padding.
    #[must_use]
    #[inline(always)]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Where the header lies: bytes from the start of the buffer (or message).
    #[must_use]
    #[inline(always)]
    pub fn offset(&self) -> u32 {
        self.origin.offset_of(self.bytes)
    }
}

impl<F: TlvFormat> Clone for Tlv<'_, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: TlvFormat> Copy for Tlv<'_, F> {}

impl<F: TlvFormat> fmt::Debug for Tlv<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Tlv");
        f.field("ty", &self.ty()).field("offset", &self.offset()).field("payload", &self.payload).finish()
    }
}

/// The records of a buffer, in order.
///
/// The end is `None`. Damage (a length below the header's or beyond the end, or a remainder too short for a header
/// and too long for padding) is one `Err` and then `None` for ever.
///
/// ```
/// use nl_tlv::ErrorKind;
/// use nl_tlv::tlv::{T8L8, Tlvs};
///
/// let mut records = Tlvs::<T8L8>::new(&[1, 1, 42, 2, 200, 0]); // the second length is wrong
/// assert_eq!(records.next().unwrap()?.payload(), [42]);
/// let err = records.next().unwrap().unwrap_err();
/// assert_eq!((err.kind(), err.offset()), (ErrorKind::LengthBeyondEnd, 3));
/// assert!(records.next().is_none());
/// # Ok::<(), nl_tlv::Error>(())
/// ```
pub struct Tlvs<'a, F> {
    /// Always a part of the buffer, also where it is empty: its address says where the walk is.
    pub(crate) rest: &'a [u8],
    pub(crate) origin: Origin,
    format: PhantomData<fn() -> F>,
}

impl<'a, F: TlvFormat> Tlvs<'a, F> {
    pub(crate) const EMPTY: Self = Self { rest: &[], origin: Origin(0), format: PhantomData };

    /// The records in `bytes`.
    #[must_use]
    #[inline(always)]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::at(bytes, 0)
    }

    /// The records in `bytes`, which lie `offset` bytes into something larger; errors count from its start.
    #[must_use]
    #[inline(always)]
    pub fn at(bytes: &'a [u8], offset: u32) -> Self {
        Self::inside(bytes, Origin::of(bytes, offset))
    }

    /// The records in `bytes`, which are a part of something larger.
    #[inline(always)]
    pub(crate) fn inside(bytes: &'a [u8], origin: Origin) -> Self {
        Self { rest: bytes, origin, format: PhantomData }
    }

    /// What has not been walked yet; after the end, the trailing bytes that were too few for a record.
    #[must_use]
    #[inline(always)]
    pub fn remainder(&self) -> &'a [u8] {
        self.rest
    }

    /// Where the next record begins: bytes from the start of the buffer (or message).
    #[must_use]
    #[inline(always)]
    pub fn offset(&self) -> u32 {
        self.origin.offset_of(self.rest)
    }

    /// The next `len` bytes, or those that are left, whatever they are.
    #[inline(always)]
    pub(crate) fn take_bytes(&mut self, len: usize) -> &'a [u8] {
        let taken = head(self.rest, len);
        self.rest = tail(self.rest, taken.len());
        taken
    }

    /// The next record if it takes the usual number of bytes, padding included.
    ///
    /// The step to the record after it is a constant then, which depends on a branch that the processor foresees, and
    /// not on the length: otherwise each step waits until the length before it was loaded, rounded up and added.
    #[inline(always)]
    fn next_if_usual(&mut self) -> Option<Tlv<'a, F>> {
        let usual = align_up(F::USUAL_LEN, F::ALIGN);
        let (record, after) = self.rest.split_at_checked(usual)?;
        let (header, _) = F::Header::split(record)?;
        let len = F::len(header);
        if wrapping_sub(usual, len) >= F::ALIGN {
            return None;
        }
        let bytes = record.get(..len)?;
        let payload = bytes.get(size_of::<F::Header>()..)?;
        self.rest = after;
        Some(Tlv { header, bytes, payload, origin: self.origin })
    }

    /// The next record, whatever its length.
    #[inline(always)]
    pub(crate) fn next_of_any_len(&mut self) -> Option<Result<Tlv<'a, F>, Error>> {
        let rest = self.rest;
        let Some((header, behind)) = F::Header::split(rest) else {
            if rest.len() < F::ALIGN.max(1) {
                return None;
            }
            return Some(Err(self.damage()));
        };
        let len = F::len(header);
        // A length below the header's wraps, and is beyond the end too.
        let Some(payload) = behind.get(..wrapping_sub(len, size_of::<F::Header>())) else {
            return Some(Err(self.damage()));
        };
        let bytes = head(rest, len);
        self.rest = likely_tail(rest, align_up(len, F::ALIGN));
        Some(Ok(Tlv { header, bytes, payload, origin: self.origin }))
    }

    /// Stops for ever, with the offset where it stopped kept; what is wrong there.
    #[inline(always)]
    pub(crate) fn damage(&mut self) -> Error {
        let err = damage::<F>(self.rest, self.origin).known();
        self.rest = head(self.rest, 0);
        err
    }
}

/// What is wrong with the record with which these bytes begin.
///
/// By value: a reference to the iterator would keep its state in memory instead of registers.
#[cold]
#[inline(never)]
fn damage<F: TlvFormat>(rest: &[u8], origin: Origin) -> Error {
    let (offset, header_len) = (origin.offset_of(rest), size_of::<F::Header>());
    let (kind, expected, found) = match F::Header::split(rest) {
        None => (ErrorKind::Truncated, header_len, rest.len()),
        Some((header, _)) => match F::len(header) {
            len if len < header_len => (ErrorKind::LengthBelowHeader, header_len, len),
            len => (ErrorKind::LengthBeyondEnd, rest.len(), len),
        },
    };
    Error::new(kind, offset, to_u32(expected), to_u32(found))
}

impl<'a, F: TlvFormat> Iterator for Tlvs<'a, F> {
    type Item = Result<Tlv<'a, F>, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        match self.next_if_usual() {
            Some(usual) => Some(Ok(usual)),
            None => self.next_of_any_len(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let step = size_of::<F::Header>().max(1);
        (0, self.rest.len().checked_div(step).map(|n| n.saturating_add(1)))
    }
}

impl<F: TlvFormat> core::iter::FusedIterator for Tlvs<'_, F> {}

impl<F> Clone for Tlvs<'_, F> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for Tlvs<'_, F> {}

impl<F: TlvFormat> fmt::Debug for Tlvs<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}
