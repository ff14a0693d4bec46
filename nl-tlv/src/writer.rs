//! Writing into a buffer of the caller's: [`Writer`] appends messages and records, [`AttrWriter`] one message's contents.
//!
//! Nothing is ever cut or wrapped: what does not fit its length field is refused where it happens, and what does not
//! fit the buffer is still counted, so that the error says how many bytes are needed. Either way the messages written
//! before stay as they are. Padding is written as zero.

use crate::bytes::{
    add, align_up, align4, copy, from_u16, from_u32, has_nul, head, is_copied_without_nul, low_u32, padding4,
    sub, to_u32, until_nul, window, within_u32, wrapping_add, wrapping_sub,
};
use crate::tlv::{self, TlvFormat};
use crate::wire::{GenlMsgHdr, NlAttrHdr, NlMsgHdr};
use crate::{Attr, AttrType, Error, ErrorKind, Header, MessageId, NlStruct, NlaType};
use core::fmt;

/// Writes messages, one after the other, as one datagram; or records of another format. What was written stays intact when
/// something does not fit.
///
/// ```
/// use nl_tlv::{Header, Messages, MessageType, Writer};
/// let mut buf = [0xa5; 128];
/// let mut w = Writer::new(&mut buf);
/// w.message(MessageType(20).into(), Header::request().seq(1), |attrs| {
///     attrs.put(1, b"blue\0")?;
///     attrs.nest(2, |dst| dst.put_value(1, &24u8))
/// })?;
/// assert_eq!(w.as_bytes().len(), 16 + 12 + (4 + 8));
/// assert_eq!(Messages::new(w.as_bytes()).count(), 1);
/// # Ok::<(), nl_tlv::Error>(())
/// ```
pub struct Writer<'b> {
    buf: &'b mut [u8],
    len: usize,
}

impl<'b> Writer<'b> {
    /// A writer that begins at the start of `buf`.
    #[must_use]
    pub fn new(buf: &'b mut [u8]) -> Self {
        Self { buf, len: 0 }
    }

    /// Appends a message, whose contents `fill` writes.
    ///
    /// # Errors
    ///
    /// The error of `fill`; [`ErrorKind::BufferTooSmall`] with the size that the buffer needs for all messages so far and
    /// this one; [`ErrorKind::MessageTooLong`]; [`ErrorKind::MissingFamily`] for a generic netlink command whose
    /// header names no family. The messages before are intact.
    #[doc(alias = "nlmsg_put")]
    #[inline]
    pub fn message(
        &mut self,
        id: MessageId,
        header: Header,
        fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.message_with_hint(0, id, header, fill)
    }

    /// Appends a message that is likely to take `size_hint` bytes.
    ///
    /// Where the buffer has them, one comparison says so for all attributes at known places. Where it has not, the
    /// message is written elsewhere, and copied if it takes fewer.
    #[inline(always)]
    pub(crate) fn message_with_hint(
        &mut self,
        size_hint: usize,
        id: MessageId,
        header: Header,
        fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let start = align4(self.len);
        if let Some(gap) = window(self.buf, self.len, sub(start, self.len)) {
            gap.fill(0);
        }
        let mut elsewhere = None;
        let buf = match within_u32(self.buf.get_mut(start..).unwrap_or_default()) {
            buf if size_hint <= HEADERS || buf.len() >= size_hint.min(MAX_SIZE_HINT) => buf,
            _ => &mut elsewhere.insert([0; MAX_SIZE_HINT])[..],
        };
        let mut w = AttrWriter { buf, len: 0, depth: 0, is_recursive: false };
        w.begin(id, header)?;
        fill(&mut w)?;
        let len = w.end()?;
        let end = add(start, len);
        if end > self.buf.len() {
            return Err(too_small(self.len, end, self.buf.len()).known());
        }
        if let Some(elsewhere) = &elsewhere {
            copy_message(self.buf, start, head(elsewhere, len));
        }
        self.len = end;
        Ok(())
    }

    /// Appends a record of any format, padded with zeros to its alignment. Several units of one size, such
    /// as `[[u8; 2]]`, become a payload by `as_flattened`.
    ///
    /// ```
    /// use nl_tlv::{Writer, tlv::T8L8};
    ///
    /// let mut buf = [0xa5; 11];
    /// let mut w = Writer::new(&mut buf);
    /// w.record::<T8L8>(7, b"abc")?;
    /// w.record::<T8L8>(1, [[1, 2], [3, 4]].as_flattened())?;
    /// assert_eq!(w.record::<T8L8>(8, b"abc").unwrap_err().needed(), Some(16));
    /// assert_eq!(w.finish(), [7, 3, b'a', b'b', b'c', 1, 4, 1, 2, 3, 4]);
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TypeTooLarge`] if the type does not fit the header; [`ErrorKind::PayloadTooLong`] with the longest
    /// payload that does; [`ErrorKind::WrongLength`] if the payload would not be read as it was written, because the
    /// format counts words, say; [`ErrorKind::BufferTooSmall`] with the number of bytes that the buffer needs up to the
    /// end of this record.
    pub fn record<F: TlvFormat>(&mut self, ty: F::Type, payload: &[u8]) -> Result<(), Error> {
        let header = tlv::header_of::<F>(ty, payload.len()).map_err(|err| err.at(to_u32(self.len)))?;
        let len = align_up(add(size_of::<F::Header>(), payload.len()), F::ALIGN);
        let (end, capacity) = (add(self.len, len), self.buf.len());
        let Some(slot) = window(self.buf, self.len, len) else {
            return Err(too_small(self.len, end, capacity).known());
        };
        slot.fill(0);
        slot.iter_mut().zip(header.as_ref().iter().chain(payload)).for_each(|(to, from)| *to = *from);
        self.len = end;
        Ok(())
    }

    /// What was written so far.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        head(self.buf, self.len)
    }

    /// What was written, for as long as the buffer lives.
    #[must_use]
    #[inline]
    pub fn finish(self) -> &'b [u8] {
        head(self.buf, self.len)
    }
}

/// The most bytes that [`Writer::message_with_hint`] asks for at once.
const MAX_SIZE_HINT: usize = 256;

/// If only the headers are at known places, one comparison for all of them saves nothing.
const HEADERS: usize = 20;

#[cold]
#[inline(never)]
fn copy_message(buf: &mut [u8], at: usize, message: &[u8]) {
    if let Some(slot) = window(buf, at, message.len()) {
        slot.copy_from_slice(message);
    }
}

/// Appends an attribute that was read, or made by itself, under the type of the field that holds it.
///
/// # Errors
///
/// As [`AttrWriter::copy`].
pub fn copy_as(attr: Attr<'_>, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
    w.put(ty.with_flags(attr.nla_type()), attr.payload())
}

/// By value, like the other errors of the hot paths: a reference to the writer would keep its state in memory.
#[cold]
#[inline(never)]
fn too_small(at: usize, needed: usize, capacity: usize) -> Error {
    Error::new(ErrorKind::BufferTooSmall, to_u32(at), to_u32(needed), to_u32(capacity))
}

impl fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("written", &self.as_bytes())
            .field("capacity", &self.buf.len())
            .finish()
    }
}

/// Writes the contents of one message: family header, attributes, nests.
///
/// Where the buffer is too small it goes on counting; [`Writer::message`] then reports the size that is needed.
///
/// ```
/// use nl_tlv::{Header, MessageType, Messages, Writer};
///
/// let mut buf = [0; 128];
/// let mut w = Writer::new(&mut buf);
/// w.message(MessageType(20).into(), Header::request(), |w| {
///     w.put_value(1, &"blue")?; // a string, with its NUL
///     w.put_array(2, 443_u16.to_be_bytes())?; // a fixed number of bytes
///     w.flag(3)?; // the attribute's presence is the value
///     w.nest(4, |w| w.put_value(1, &24_u8))?; // attributes inside of an attribute
///     w.put_with(5, |w| w.bytes(b"a payload ").and_then(|()| w.bytes(b"in parts")))
/// })?;
/// let message = Messages::new(w.as_bytes()).next().unwrap()?;
/// let types = message.attrs().map(|attr| attr.map(|attr| attr.ty().get()));
/// assert_eq!(types.collect::<Result<Vec<_>, _>>()?, [1, 2, 3, 4, 5]);
/// # Ok::<(), nl_tlv::Error>(())
/// ```
pub struct AttrWriter<'w> {
    /// From the message's first byte on.
    buf: &'w mut [u8],
    /// Bytes of the message so far; beyond the buffer's length while only counting. `u32`, so that the compiler sees that
    /// a length behind it does not overflow, which it would have to check for each attribute.
    len: u32,
    /// The level of the set that is written, if it can contain itself, and whether there was one.
    pub(crate) depth: u32,
    pub(crate) is_recursive: bool,
}

impl AttrWriter<'_> {
    /// The largest payload of an attribute, in bytes.
    pub const MAX_PAYLOAD: usize = 65_531;

    /// Appends an attribute. Flag bits in `ty` are written: `put(0x4006, ..)` says that the payload is in network order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PayloadTooLong`] over [`MAX_PAYLOAD`](Self::MAX_PAYLOAD) bytes; nothing is written then.
    #[doc(alias = "nla_put")]
    #[inline]
    pub fn put(&mut self, ty: impl Into<NlaType>, payload: &[u8]) -> Result<(), Error> {
        let copied = |to: &mut [u8], payload: &[u8]| copy(to, payload);
        self.put_padded(ty.into().get(), payload, 0, copied, |_| ())
    }

    /// Appends an attribute of a fixed size.
    ///
    /// # Errors
    ///
    /// Never: a size that does not fit does not compile.
    #[inline(always)]
    pub fn put_array<const N: usize>(
        &mut self,
        ty: impl Into<NlaType>,
        payload: [u8; N],
    ) -> Result<(), Error> {
        let nla_len = const { attr_len(N) };
        let total = const { align4(add(4, N)) };
        let Some(slot) = self.claim(total) else { return Ok(()) };
        let Some((header, rest)) = slot.split_first_chunk_mut::<4>() else { return Ok(()) };
        let Some((value, padding)) = rest.split_first_chunk_mut::<N>() else { return Ok(()) };
        *header = attr_header(nla_len, ty.into().get());
        *value = payload;
        padding.fill(0);
        Ok(())
    }

    /// Appends an attribute without payload, whose presence is the value.
    #[doc(alias = "nla_put_flag")]
    #[inline(always)]
    pub fn flag(&mut self, ty: impl Into<NlaType>) -> Result<(), Error> {
        self.put_array(ty, [])
    }

    /// Appends nested attributes, which `fill` writes. An empty nest is kept.
    ///
    /// Until it is closed, the nest's length field holds its maximum, so that an interrupted one cannot be read as a
    /// shorter one.
    ///
    /// # Errors
    ///
    /// The error of `fill`, or [`ErrorKind::NestTooLong`]. The nest is then removed again.
    #[doc(alias = "nla_nest_start")]
    #[inline]
    pub fn nest(
        &mut self,
        ty: impl Into<NlaType>,
        fill: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.enclose(ty.into().get() | AttrType::NESTED_FLAG, fill)
    }

    /// Appends an attribute whose payload `fill` writes with [`bytes`](Self::bytes).
    ///
    /// # Errors
    ///
    /// The error of `fill`, about this attribute unless it names another one; [`ErrorKind::PayloadTooLong`]. The attribute is
    /// then removed again.
    #[inline]
    pub fn put_with(
        &mut self,
        ty: impl Into<NlaType>,
        fill: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.enclose(ty.into().get(), fill)
    }

    /// Appends an attribute as it was read, its flag bits included.
    ///
    /// ```
    /// # use nl_tlv::{Attr, Header, MessageType, Messages, Writer};
    /// # let mut buf = [0; 64];
    /// # let mut w = Writer::new(&mut buf);
    /// let received = Attr::new(0x4007, &[1, 2]); // its flag is written too
    /// w.message(MessageType(20).into(), Header::new(), |w| w.copy(received))?;
    /// # let message = Messages::new(w.as_bytes()).next().unwrap()?;
    /// assert_eq!(message.attrs().next().unwrap()?, received);
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PayloadTooLong`] for an attribute that was not read but made too long.
    pub fn copy(&mut self, attr: Attr<'_>) -> Result<(), Error> {
        self.put(attr.nla_type(), attr.payload())
    }

    /// Appends bytes as they are, without header and padding: a payload, or part of one.
    ///
    /// # Errors
    ///
    /// Never: a buffer that is too small is reported by [`Writer::message`].
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Some(slot) = self.claim(bytes.len()) {
            slot.copy_from_slice(bytes);
        }
        Ok(())
    }

    /// Appends the family's header and pads it.
    ///
    /// # Errors
    ///
    /// Never, as [`bytes`](Self::bytes).
    #[inline(always)]
    pub fn family_header<T: NlStruct>(&mut self, header: &T) -> Result<(), Error> {
        self.bytes(header.to_bytes().as_ref())?;
        self.pad();
        Ok(())
    }

    /// Appends a record of another format, for payloads that consist of such, and pads it to four bytes: `fill` writes
    /// what lies behind its header.
    ///
    /// ```
    /// # use nl_tlv::{Header, MessageType, Writer};
    /// # let mut buf = [0; 64];
    /// # let mut w = Writer::new(&mut buf);
    /// use nl_tlv::tlv::T8L8;
    ///
    /// w.message(MessageType(20).into(), Header::new(), |w| {
    ///     w.put_with(1, |w| w.record::<T8L8>(7, |w| w.bytes(b"ab")))
    /// })?;
    /// assert_eq!(w.as_bytes()[20..], [7, 2, b'a', b'b']);
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The error of `fill`; errors of the header, as in [`Writer::record`]. The record is then removed again.
    pub fn record<F: TlvFormat>(
        &mut self,
        ty: F::Type,
        fill: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let start = self.len;
        self.claim(size_of::<F::Header>());
        let closed = fill(self).and_then(|()| {
            let len = sub(from_u32(self.len), add(from_u32(start), size_of::<F::Header>()));
            tlv::header_of::<F>(ty, len).map_err(|err| err.at(start))
        });
        match closed {
            Ok(header) => {
                if let Some(slot) = window(self.buf, from_u32(start), size_of::<F::Header>()) {
                    slot.copy_from_slice(header.as_ref());
                }
                self.pad();
                Ok(())
            }
            Err(err) => {
                self.len = start;
                Err(err)
            }
        }
    }

    /// Where the next byte goes: bytes from the start of the message.
    #[must_use]
    pub fn offset(&self) -> u32 {
        self.len
    }

    /// The message so far, from its first byte on; nothing if the buffer was too small for it.
    pub(crate) fn written(&self) -> &[u8] {
        self.buf.get(..from_u32(self.len)).unwrap_or_default()
    }

    /// Writes with a copy of this writer, which a loop can keep in registers.
    #[inline(always)]
    pub(crate) fn in_registers<T>(&mut self, fill: impl FnOnce(&mut AttrWriter<'_>) -> T) -> T {
        let mut copy = AttrWriter { buf: &mut *self.buf, ..*self };
        let filled = fill(&mut copy);
        self.len = copy.len;
        filled
    }

    /// Appends an attribute with a string and one NUL behind it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InteriorNul`]; [`ErrorKind::PayloadTooLong`].
    #[inline]
    pub(crate) fn put_text(&mut self, ty: AttrType, text: &[u8]) -> Result<(), Error> {
        let start = self.len;
        let is_text = self.put_padded(ty.get(), text, 1, is_copied_without_nul, |text| !has_nul(text))?;
        if !is_text {
            self.len = start;
            return Err(interior_nul(text, start).of_attr(ty.get()).known());
        }
        Ok(())
    }

    /// Appends a string and one NUL behind it, inside of an attribute.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InteriorNul`].
    #[inline]
    pub(crate) fn text(&mut self, text: &[u8]) -> Result<(), Error> {
        match has_nul(text) {
            false => self.bytes(text).and_then(|()| self.bytes(&[0])),
            true => Err(interior_nul(text, self.len).known()),
        }
    }

    /// Appends a string inside of an attribute. A NUL in it would cut it at the receiver, and the kernel takes no empty one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InteriorNul`]; [`ErrorKind::TooShort`].
    #[inline]
    pub(crate) fn text_without_nul(&mut self, text: &[u8]) -> Result<(), Error> {
        match text {
            [] => Err(Error::new(ErrorKind::TooShort, self.len, 1, 0)),
            _ if has_nul(text) => Err(interior_nul(text, self.len).known()),
            _ => self.bytes(text),
        }
    }

    /// Appends an attribute whose payload ends with `zeros` (at most one) zero bytes. `copied` writes the payload;
    /// where there is no room for it, `counted` is called instead. Returns what these return.
    #[inline(always)]
    fn put_padded<T>(
        &mut self,
        nla_type: u16,
        payload: &[u8],
        zeros: usize,
        copied: impl FnOnce(&mut [u8], &[u8]) -> T,
        counted: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, Error> {
        // No slice is so long that this wraps.
        let Ok(nla_len) = u16::try_from(wrapping_add(payload.len(), wrapping_add(zeros, 4))) else {
            return Err(too_long(self.len, nla_type, add(payload.len(), zeros)).known());
        };
        let Some(slot) = self.claim(align4(from_u16(nla_len))) else { return Ok(counted(payload)) };
        // NUL and padding are in the last four bytes, and the payload is written after them.
        if let Some(end) = slot.last_chunk_mut::<4>() {
            *end = [0; 4];
        }
        let Some((header, rest)) = slot.split_first_chunk_mut::<4>() else { return Ok(counted(payload)) };
        let Some(value) = rest.get_mut(..payload.len()) else { return Ok(counted(payload)) };
        *header = attr_header(nla_len, nla_type);
        Ok(copied(value, payload))
    }

    #[inline]
    fn enclose(
        &mut self,
        nla_type: u16,
        fill: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let start = from_u32(self.len);
        self.bytes(&attr_header(u16::MAX, nla_type))?;
        let closed = fill(self).and_then(|()| {
            let len = wrapping_sub(from_u32(self.len), start);
            u16::try_from(len).map_err(|_| too_long(low_u32(start), nla_type, sub(len, 4)).known())
        });
        match closed {
            Ok(nla_len) => {
                if let Some(field) = window(self.buf, start, 2) {
                    field.copy_from_slice(&nla_len.to_ne_bytes());
                }
                self.pad();
                Ok(())
            }
            Err(err) => {
                self.len = low_u32(start);
                Err(of_payload(err, self.len, nla_type).known())
            }
        }
    }

    /// Counts `len` bytes more, and returns these bytes of the buffer, if it has them.
    #[inline(always)]
    fn claim(&mut self, len: usize) -> Option<&mut [u8]> {
        let end = wrapping_add(from_u32(self.len), len);
        match self.buf.get_mut(from_u32(self.len)..end) {
            Some(slot) => {
                self.len = low_u32(end);
                Some(slot)
            }
            None => {
                self.len = self.len.saturating_add(to_u32(len));
                None
            }
        }
    }

    #[inline(always)]
    fn pad(&mut self) {
        if from_u32(self.len) & 3 == 0 {
            return;
        }
        if let Some(padding) = self.claim(padding4(from_u32(self.len))) {
            padding.fill(0);
        }
    }

    #[inline(always)]
    fn begin(&mut self, id: MessageId, header: Header) -> Result<(), Error> {
        let (ty, command) = match (id, header.family) {
            (MessageId::Type(ty), _) => (ty, None),
            (MessageId::Command { cmd, version }, Some(family)) => {
                (family, Some(GenlMsgHdr { cmd, version, reserved: 0 }))
            }
            (MessageId::Command { .. }, None) => return Err(Error::new(ErrorKind::MissingFamily, 4, 0, 0)),
        };
        let header = NlMsgHdr {
            nlmsg_len: u32::MAX,
            nlmsg_type: ty.0,
            nlmsg_flags: header.flags.bits(),
            nlmsg_seq: header.seq,
            nlmsg_pid: header.port_id,
        };
        self.bytes(&header.to_bytes())?;
        match command {
            Some(header) => self.bytes(&header.to_bytes()),
            None => Ok(()),
        }
    }

    /// Closes the message and says how long it is.
    #[inline(always)]
    fn end(&mut self) -> Result<usize, Error> {
        if self.len == u32::MAX {
            return Err(Error::new(ErrorKind::MessageTooLong, 0, u32::MAX, u32::MAX));
        }
        if let Some(field) = window(self.buf, 0, 4) {
            field.copy_from_slice(&self.len.to_ne_bytes());
        }
        Ok(from_u32(self.len))
    }
}

/// Adds an attribute to an error of its payload that names none. An error in a nest names the inner attribute already,
/// unless the nest as a whole is too deep, or there is no such attribute.
#[cold]
#[inline(never)]
fn of_payload(err: Error, start: u32, nla_type: u16) -> Error {
    let is_of_nest = matches!(err.kind(), ErrorKind::TooDeep | ErrorKind::TypeTooLarge);
    match err.attr_type() {
        Some(_) => err,
        None if nla_type & AttrType::NESTED_FLAG != 0 && !is_of_nest => err,
        None => err.of_attr(nla_type & AttrType::MASK).at(start),
    }
}

#[cold]
#[inline(never)]
fn interior_nul(text: &[u8], at: u32) -> Error {
    Error::new(ErrorKind::InteriorNul, at, to_u32(text.len()), to_u32(until_nul(text).len()))
}

#[cold]
#[inline(never)]
fn too_long(at: u32, nla_type: u16, found: usize) -> Error {
    let kind = match nla_type & AttrType::NESTED_FLAG {
        0 => ErrorKind::PayloadTooLong,
        _ => ErrorKind::NestTooLong,
    };
    let (expected, found) = (to_u32(AttrWriter::MAX_PAYLOAD), to_u32(found));
    Error::new(kind, at, expected, found).of_attr(nla_type & AttrType::MASK)
}

impl fmt::Debug for AttrWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttrWriter").field("len", &self.len).field("capacity", &self.buf.len()).finish()
    }
}

/// The `nla_len` of a payload of a constant size; one that does not fit does not compile.
#[allow(
    clippy::as_conversions,
    clippy::panic,
    reason = "evaluated by the compiler, checked in the line above"
)]
const fn attr_len(payload_len: usize) -> u16 {
    assert!(payload_len <= AttrWriter::MAX_PAYLOAD, "an attribute holds at most 65,531 bytes");
    add(4, payload_len) as u16
}

#[inline(always)]
fn attr_header(nla_len: u16, nla_type: u16) -> [u8; 4] {
    NlAttrHdr { nla_len, nla_type }.to_bytes()
}
