//! Netlink attributes, read: [`Attrs`] walks them, [`Attr`] is one.
//!
//! ```text
//! +----------------+----------------+---------------+---------+
//! | nla_len (u16)  | nla_type (u16) | payload       | padding |
//! +----------------+----------------+---------------+---------+
//! |<-------------- nla_len ------------------------>|         |   padded to a multiple of 4
//! ```

mod walk;

pub use walk::Walk;

use crate::bytes::{from_u16, to_u32};
use crate::tlv::{Origin, Tlv, TlvFormat, Tlvs};
use crate::wire::NlAttrHdr;
use crate::{AttrType, Error, ErrorKind, NlStruct};
use core::fmt;
use core::marker::PhantomData;

/// Attributes, in the order in which they lie in the message.
///
/// The end is `None`; damage is one `Err` and then `None` for ever. As in the kernel, up to three bytes behind the last
/// attribute are not an error; [`remainder`](Self::remainder) returns them.
///
/// ```
/// # use nl_tlv::{Header, Messages, MessageType, Writer};
/// # let mut buf = [0; 64];
/// # let mut w = Writer::new(&mut buf);
/// # w.message(MessageType(25).into(), Header::new(), |w| {
/// #     w.put_value(1, &"blue")?;
/// #     w.put_value(4, &7_u32)
/// # })?;
/// # let message = Messages::new(w.as_bytes()).next().unwrap()?;
/// for attr in message.attrs() {
///     let attr = attr?;
///     match attr.ty().get() {
///         1 => assert_eq!(attr.parse::<&str>()?, "blue"),
///         4 => assert_eq!(attr.parse::<u32>()?, 7),
///         other => println!("attribute {other}: {:?}", attr.payload()),
///     }
/// }
/// # Ok::<(), nl_tlv::Error>(())
/// ```
///
/// Each is read as an `A`: those of a message as they are, those of `Route::attrs(&message)` as the companion enum of the
/// struct. One that cannot be read is an `Err` in its place, and the next one follows.
#[doc(alias = "nla_for_each_attr")]
pub struct Attrs<'a, A = Attr<'a>>(Tlvs<'a, NlAttrFormat>, PhantomData<fn() -> A>);

impl<'a> Attrs<'a> {
    pub(crate) const EMPTY: Self = Self(Tlvs::EMPTY, PhantomData);

    /// The attributes in `bytes`; offsets in errors count from its start.
    ///
    /// ```
    /// # use nl_tlv::Attrs;
    /// # let bytes = [[8, 0, 3, 0], 7u32.to_le_bytes()].concat();
    /// # #[cfg(target_endian = "little")]
    /// assert_eq!(Attrs::new(&bytes).next().unwrap()?.parse::<u32>()?, 7);
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    #[must_use]
    #[inline(always)]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(Tlvs::new(bytes), PhantomData)
    }

    /// The attributes in `bytes`, which lie `offset` bytes into the message.
    #[must_use]
    #[inline(always)]
    pub fn at(bytes: &'a [u8], offset: u32) -> Self {
        Self(Tlvs::at(bytes, offset), PhantomData)
    }

    /// The same attributes, each read as an `A`.
    ///
    /// ```
    /// # use nl_tlv::{Attrs, NlAttrs};
    /// #[derive(NlAttrs)]
    /// struct Limits { #[nl(attr = 1)] low: u8, #[nl(attr = 2)] high: u8 }
    ///
    /// let bytes = [[5, 0, 2, 0], [30, 0, 0, 0]].concat();
    /// # #[cfg(target_endian = "little")]
    /// assert!(matches!(Attrs::new(&bytes).typed().next(), Some(Ok(LimitsAttr::High(30)))));
    /// ```
    #[must_use]
    #[inline(always)]
    pub fn typed<A>(self) -> Attrs<'a, A> {
        Attrs(self.0, PhantomData)
    }

    /// The first attribute of a type, or `None`. (A derived parser takes the last one, as the kernel's does.)
    ///
    /// ```
    /// # use nl_tlv::Attrs;
    /// # let bytes = [[8_u16, 4].map(u16::to_ne_bytes).concat(), 7_u32.to_ne_bytes().to_vec()].concat();
    /// let attrs = Attrs::new(&bytes); // attribute 4 with a u32
    /// assert_eq!(attrs.find(4)?.unwrap().parse::<u32>()?, 7);
    /// assert_eq!(attrs.find(5)?, None);
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the attributes are damaged in front of it.
    #[doc(alias = "nla_find")]
    pub fn find(mut self, ty: impl Into<AttrType>) -> Result<Option<Attr<'a>>, Error> {
        let ty = ty.into();
        Iterator::find(&mut self, |attr| !attr.is_ok_and(|attr| attr.ty() != ty)).transpose()
    }

    /// The next attribute, which is probably longer than most.
    #[inline(always)]
    pub(crate) fn next_nest(&mut self) -> Option<Result<Attr<'a>, Error>> {
        Some(self.0.next_of_any_len()?.map(Attr::of))
    }

    /// The next `len` bytes as they are, or all that are left.
    #[inline(always)]
    pub(crate) fn take_bytes(&mut self, len: usize) -> &'a [u8] {
        self.0.take_bytes(len)
    }

    /// All attributes that are left, as the payload of an attribute.
    #[inline(always)]
    pub(crate) fn as_payload_of(&self, nla_type: u16) -> Attr<'a> {
        Attr { payload: self.remainder(), nla_type, origin: self.0.origin }
    }
}

impl<'a, A> Attrs<'a, A> {
    /// The next attribute as it is.
    #[inline(always)]
    pub(crate) fn next_attr(&mut self) -> Option<Result<Attr<'a>, Error>> {
        Some(self.0.next()?.map(Attr::of))
    }

    /// The bytes that have not been walked; after the end, those too few for an attribute.
    #[must_use]
    #[inline(always)]
    pub fn remainder(&self) -> &'a [u8] {
        self.0.remainder()
    }

    /// Where the next attribute begins: bytes from the start of the message.
    #[must_use]
    #[inline(always)]
    pub fn offset(&self) -> u32 {
        self.0.offset()
    }
}

impl<A> Clone for Attrs<'_, A> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Attrs<'_, A> {}

/// One attribute.
///
/// ```
/// use nl_tlv::Attr;
///
/// let attr = Attr::new(0x4004, &[0, 0, 1, 0]); // type 4 with the flag NLA_F_NET_BYTEORDER
/// assert_eq!((attr.ty().get(), attr.payload().len()), (4, 4));
/// assert!(attr.is_net_byteorder() && !attr.is_nested());
/// assert_eq!(u32::from_be_bytes(attr.array()?), 256);
/// assert!(attr.parse::<u16>().is_err());
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Attr<'a> {
    pub(crate) payload: &'a [u8],
    pub(crate) nla_type: u16,
    pub(crate) origin: Origin,
}

impl<'a> Attr<'a> {
    #[inline(always)]
    fn of(tlv: Tlv<'a, NlAttrFormat>) -> Self {
        let nla_type = NlAttrHdr::from_bytes(tlv.header()).nla_type;
        Self { payload: tlv.payload(), nla_type, origin: tlv.origin }
    }

    /// An attribute that is not part of a message, from its `nla_type` (with flag bits) and its payload.
    #[must_use]
    #[inline]
    pub fn new(nla_type: u16, payload: &'a [u8]) -> Self {
        Self::placed(nla_type, payload, 0)
    }

    /// An attribute of a message, at the place where it was read.
    #[inline]
    pub(crate) fn placed(nla_type: u16, payload: &'a [u8], offset: u32) -> Self {
        Self { payload, nla_type, origin: Origin::of(payload, offset.saturating_add(HEADER_LEN)) }
    }

    /// The type, without the two flag bits.
    #[must_use]
    #[inline(always)]
    pub const fn ty(&self) -> AttrType {
        AttrType::new(self.nla_type)
    }

    /// The type with its flag bits, as on the wire. To compare types, use [`ty`](Self::ty).
    #[must_use]
    #[inline(always)]
    pub const fn nla_type(&self) -> u16 {
        self.nla_type
    }

    /// Whether the sender says that the payload consists of attributes; many kernel families do not say it.
    #[must_use]
    #[doc(alias = "NLA_F_NESTED")]
    pub const fn is_nested(&self) -> bool {
        self.nla_type & AttrType::NESTED_FLAG != 0
    }

    /// Whether the sender says that the payload is in network byte order; many kernel families do not say it.
    #[must_use]
    #[inline(always)]
    #[doc(alias = "NLA_F_NET_BYTEORDER")]
    pub const fn is_net_byteorder(&self) -> bool {
        self.nla_type & AttrType::NET_BYTEORDER_FLAG != 0
    }

    /// The payload, without padding.
    #[doc(alias = "nla_data")]
    #[must_use]
    #[inline(always)]
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// Where the attribute's header lies: bytes from the start of the message.
    #[must_use]
    #[inline(always)]
    pub fn offset(&self) -> u32 {
        self.origin.offset_of(self.payload).wrapping_sub(HEADER_LEN)
    }

    /// The payload as attributes.
    ///
    /// ```
    /// # use nl_tlv::{AttrType, Attr};
    /// # let bytes = [5_u16, 1].map(u16::to_ne_bytes).concat().into_iter().chain([24, 0, 0, 0]).collect::<Vec<u8>>();
    /// let prefix = Attr::new(2 | AttrType::NESTED_FLAG, &bytes); // a nest with attribute 1
    /// let len = prefix.nested().find(1)?.unwrap();
    /// assert_eq!(len.parse::<u8>()?, 24);
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    #[doc(alias = "nla_for_each_nested")]
    #[must_use]
    #[inline(always)]
    pub fn nested(&self) -> Attrs<'a> {
        Attrs(Tlvs::inside(self.payload, self.origin), PhantomData)
    }

    /// The payload as exactly `N` bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongLength`].
    #[inline(always)]
    pub fn array<const N: usize>(&self) -> Result<[u8; N], Error> {
        self.payload.try_into().map_err(|_| self.error(ErrorKind::WrongLength, N, self.payload.len()))
    }

    /// An error about this attribute.
    #[must_use]
    #[inline(always)]
    pub fn error(&self, kind: ErrorKind, expected: usize, found: usize) -> Error {
        let start = self.payload.first_chunk().unwrap_or(&[]);
        attr_error(self.nla_type, start, self.origin, kind, expected, found).known()
    }
}

/// Type, flags and payload; not the place, which is another when what was read is written again.
impl PartialEq for Attr<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.nla_type, self.payload) == (other.nla_type, other.payload)
    }
}

impl Eq for Attr<'_> {}

impl fmt::Debug for Attr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Attr");
        f.field("ty", &self.ty().get());
        if self.is_nested() {
            f.field("nested", &true);
        }
        f.field("offset", &self.offset()).field("payload", &self.payload).finish()
    }
}

/// Length of an attribute's header, in front of its payload.
const HEADER_LEN: u32 = 4;

/// By value: a reference to the attribute would keep it in memory instead of registers, in every loop over attributes. The
/// offset is computed here, and not wherever a value can be wrong.
#[cold]
#[inline(never)]
fn attr_error(
    ty: u16,
    at: &[u8; 0],
    origin: Origin,
    kind: ErrorKind,
    expected: usize,
    found: usize,
) -> Error {
    let offset = origin.offset_of(at).wrapping_sub(HEADER_LEN);
    Error::new(kind, offset, to_u32(expected), to_u32(found)).of_attr(ty & AttrType::MASK)
}

/// `struct nlattr` as a [`TlvFormat`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct NlAttrFormat;

impl TlvFormat for NlAttrFormat {
    type Header = [u8; 4];
    type Type = AttrType;
    const ALIGN: usize = 4;
    /// Most attributes hold four bytes or fewer.
    const USUAL_LEN: usize = 8;

    #[inline(always)]
    fn ty(header: &[u8; 4]) -> AttrType {
        AttrType::new(NlAttrHdr::from_bytes(header).nla_type)
    }

    #[inline(always)]
    fn len(header: &[u8; 4]) -> usize {
        from_u16(NlAttrHdr::from_bytes(header).nla_len)
    }

    #[inline(always)]
    fn header(ty: AttrType, payload_len: usize) -> Option<[u8; 4]> {
        let nla_len = u16::try_from(payload_len).ok()?.checked_add(4)?;
        Some(NlAttrHdr { nla_len, nla_type: ty.get() }.to_bytes())
    }
}
