//! Netlink messages, read: [`Messages`] walks a datagram, [`Message`] is one.
//!
//! ```text
//! +-----------------+---------------------------+---------+------------------------+
//! | nlmsghdr, 16    | family header (or none)   | padding | attributes             |
//! +-----------------+---------------------------+---------+------------------------+
//! |<------------------------------ nlmsg_len ------------------------------------->|  padded to a multiple of 4
//! ```

use crate::bytes::{add, align4, from_u32, tail, to_u32};
use crate::tlv::{Tlv, TlvFormat, Tlvs};
use crate::wire::NlMsgHdr;
use crate::{Attrs, Error, ErrorKind, Flags, MessageType, NlStruct};
use core::fmt;

/// The messages of a datagram, in order.
///
/// The end is `None`; damage is one `Err` and then `None` for ever. The padding of the last message may be absent.
#[doc(alias = "nlmsg_for_each_msg")]
#[derive(Clone, Copy)]
pub struct Messages<'a>(Tlvs<'a, NlMsgFormat>);

impl<'a> Messages<'a> {
    /// The messages in `datagram`.
    ///
    /// ```
    /// use nl_tlv::{Header, Messages, MessageType, Writer};
    /// let mut buf = [0; 64];
    /// let mut w = Writer::new(&mut buf);
    /// w.message(MessageType(20).into(), Header::new().seq(7), |_| Ok(()))?;
    /// let message = Messages::new(w.as_bytes()).next().unwrap()?;
    /// assert_eq!((message.ty(), message.seq()), (MessageType(20), 7));
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    #[must_use]
    #[inline(always)]
    pub fn new(datagram: &'a [u8]) -> Self {
        Self(Tlvs::new(datagram))
    }

    /// The bytes that have not been walked.
    #[must_use]
    #[inline(always)]
    pub fn remainder(&self) -> &'a [u8] {
        self.0.remainder()
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Result<Message<'a>, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let message =
            |tlv: Tlv<'a, _>| Message { header: tlv.header(), bytes: tlv.as_bytes(), payload: tlv.payload() };
        Some(self.0.next()?.map(message))
    }
}

impl core::iter::FusedIterator for Messages<'_> {}

impl fmt::Debug for Messages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}

/// One message. Offsets in the errors of its contents count from its first byte.
///
/// ```
/// use nl_tlv::{Flags, Header, Messages, MessageType, Writer};
///
/// # let mut buf = [0; 64];
/// # let mut w = Writer::new(&mut buf);
/// # w.message(MessageType(25).into(), Header::request().seq(7), |w| w.put_value(4, &1_u32))?;
/// # let datagram = w.finish();
/// for message in Messages::new(datagram) {
///     let message = message?;
///     assert_eq!((message.ty(), message.seq()), (MessageType(25), 7));
///     assert!(message.flags().contains(Flags::REQUEST));
///     assert_eq!(message.as_bytes().len(), 16 + message.payload().len());
///     assert_eq!(message.attrs().count(), 1);
/// }
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    header: &'a [u8; 16],
    bytes: &'a [u8],
    payload: &'a [u8],
}

impl<'a> Message<'a> {
    /// These bytes as a message, whatever length its header says.
    pub(crate) fn of(bytes: &'a [u8]) -> Option<Self> {
        let (header, payload) = bytes.split_first_chunk::<16>()?;
        Some(Self { header, bytes, payload })
    }

    /// The message at the start of these bytes, if its end is missing: its length says so.
    #[cfg(feature = "socket")]
    pub(crate) fn without_end(bytes: &'a [u8]) -> Option<Self> {
        Self::of(bytes).filter(|message| from_u32(message.header().nlmsg_len) > bytes.len())
    }

    /// The type.
    #[must_use]
    #[inline(always)]
    #[doc(alias = "nlmsg_type")]
    pub fn ty(&self) -> MessageType {
        NlMsgFormat::ty(self.header)
    }

    /// All flags; [`GetFlags::of`](crate::GetFlags::of) and its like read the modifiers of a kind of message.
    #[must_use]
    #[inline(always)]
    #[doc(alias = "nlmsg_flags")]
    pub fn flags(&self) -> Flags {
        Flags::from_bits_retain(self.header().nlmsg_flags)
    }

    /// The sequence number: the request's in an answer, usually 0 in an event.
    #[must_use]
    #[inline(always)]
    #[doc(alias = "nlmsg_seq")]
    pub fn seq(&self) -> u32 {
        self.header().nlmsg_seq
    }

    /// The port id in the header. A sender can write any number here; only the socket knows who sent the message.
    #[must_use]
    #[inline(always)]
    #[doc(alias = "nlmsg_pid")]
    pub fn port_id(&self) -> u32 {
        self.header().nlmsg_pid
    }

    /// The header.
    #[must_use]
    #[inline(always)]
    pub fn header(&self) -> NlMsgHdr {
        NlMsgHdr::from_bytes(self.header)
    }

    /// What follows the header, family header included, without padding.
    #[doc(alias = "nlmsg_data")]
    #[must_use]
    #[inline(always)]
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// The whole message, header included, without padding.
    #[must_use]
    #[inline(always)]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The header of the family, and the attributes behind it.
    ///
    /// ```
    /// use nl_tlv::wire::GenlMsgHdr;
    /// # use nl_tlv::{Header, MessageId, MessageType, Messages, Writer};
    /// # let mut buf = [0; 64];
    /// # let mut w = Writer::new(&mut buf);
    /// # let id = MessageId::Command { cmd: 3, version: 1 };
    /// # w.message(id, Header::request().family(MessageType(30)), |w| w.put_value(1, &5_u8))?;
    /// # let message = Messages::new(w.as_bytes()).next().unwrap()?;
    /// let (header, attrs) = message.family_header::<GenlMsgHdr>()?; // a generic netlink message
    /// assert_eq!((header.cmd, attrs.count()), (3, 1));
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Truncated`] if the payload is shorter than a `T`.
    #[inline(always)]
    pub fn family_header<T: NlStruct>(&self) -> Result<(T, Attrs<'a>), Error> {
        match T::from_prefix(self.payload) {
            Some(header) => Ok((header, self.attrs_after(size_of::<T::Bytes>()))),
            None => {
                let (expected, found) = (to_u32(size_of::<T::Bytes>()), to_u32(self.payload.len()));
                Err(Error::new(ErrorKind::Truncated, HEADER_LEN, expected, found))
            }
        }
    }

    /// The attributes of a message without a family header.
    #[must_use]
    #[inline(always)]
    pub fn attrs(&self) -> Attrs<'a> {
        self.attrs_after(0)
    }

    /// The attributes behind a family header of `header_len` bytes and its padding.
    #[must_use]
    #[inline(always)]
    #[doc(alias = "nlmsg_attrdata")]
    pub fn attrs_after(&self, header_len: usize) -> Attrs<'a> {
        let at = align4(header_len);
        let attrs = tail(self.payload, at);
        Attrs::at(attrs, to_u32(add(at, from_u32(HEADER_LEN))))
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Message");
        f.field("ty", &self.ty()).field("flags", &self.flags()).field("seq", &self.seq());
        f.field("port_id", &self.port_id()).field("payload", &self.payload).finish()
    }
}

/// Length of the `nlmsghdr`, and so the offset of everything behind it.
const HEADER_LEN: u32 = 16;

/// `struct nlmsghdr` as a [`TlvFormat`]: a message is a TLV too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NlMsgFormat;

impl TlvFormat for NlMsgFormat {
    type Header = [u8; 16];
    type Type = MessageType;
    const ALIGN: usize = 4;

    #[inline(always)]
    fn ty(header: &[u8; 16]) -> MessageType {
        MessageType(NlMsgHdr::from_bytes(header).nlmsg_type)
    }

    #[inline(always)]
    fn len(header: &[u8; 16]) -> usize {
        from_u32(NlMsgHdr::from_bytes(header).nlmsg_len)
    }

    fn header(ty: MessageType, payload_len: usize) -> Option<[u8; 16]> {
        let nlmsg_len = u32::try_from(payload_len).ok()?.checked_add(HEADER_LEN)?;
        Some(NlMsgHdr { nlmsg_len, nlmsg_type: ty.0, ..NlMsgHdr::default() }.to_bytes())
    }
}
