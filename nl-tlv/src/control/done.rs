//! `NLMSG_DONE`: the end of a dump.
//!
//! ```text
//! +----------+----------------------+-------------------------+
//! | nlmsghdr | error s32, or none   | extended ack attributes |
//! | 16       | 4                    | if ACK_TLVS, maybe none |
//! +----------+----------------------+-------------------------+
//! ```

use super::Errno;
use crate::bytes::{tail, to_u32};
use crate::flags::AckFlags;
use crate::{Attrs, Error, ErrorKind, Flags, Message, MessageType};

/// How a dump ended; the default is success. [`ExtAck::of`](super::ExtAck::of) returns what else the message says.
///
/// ```
/// use nl_tlv::control::{DumpEnd, ExtAck, emit_done};
/// # use nl_tlv::{GetFlags, Header, MessageType, Messages, Writer};
/// # let (mut request, mut reply) = ([0; 16], [0; 64]);
/// # let mut w = Writer::new(&mut request);
/// # w.message(MessageType(22).into(), Header::request().flags(GetFlags::DUMP).seq(7), |_| Ok(()))?;
/// # let request = Messages::new(w.finish()).next().unwrap()?;
/// let mut w = Writer::new(&mut reply);
/// let changed_meanwhile = DumpEnd { is_interrupted: true, ..DumpEnd::default() };
/// emit_done(&mut w, &request, 4242, changed_meanwhile, &ExtAck::NONE)?;
///
/// let done = Messages::new(w.as_bytes()).next().unwrap()?;
/// assert_eq!(DumpEnd::parse(&done)?, Some(changed_meanwhile));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
///
/// Source: `net/netlink/af_netlink.c`, `netlink_dump_done`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DumpEnd {
    /// Why it failed; `None` if it did not.
    pub errno: Option<Errno>,
    /// Whether what it covers changed meanwhile: objects may be missing or come twice. Any message of a dump can say so.
    #[doc(alias = "NLM_F_DUMP_INTR")]
    pub is_interrupted: bool,
    /// Whether the kernel filtered it as asked; if not, the requester has to.
    #[doc(alias = "NLM_F_DUMP_FILTERED")]
    pub is_filtered: bool,
}

impl DumpEnd {
    /// Reads an `NLMSG_DONE`; `None` if it is a family's own message and ends no dump.
    ///
    /// It ends one if it says that it is the last of several ([`Flags::MULTI`]), or if it looks like it: without
    /// payload, or with one of 4 bytes. A family may use the type for itself otherwise, and what it puts there must
    /// not be read as an error number.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongType`]; [`ErrorKind::Truncated`] if it is the last of several and its payload has 1 to 3 bytes.
    pub fn parse(message: &Message<'_>) -> Result<Option<Self>, Error> {
        if message.ty() != MessageType::DONE {
            let (expected, found) = (MessageType::DONE.0.into(), message.ty().0.into());
            return Err(Error::new(ErrorKind::WrongType, 4, expected, found));
        }
        let (payload, flags) = (message.payload(), message.flags());
        if !flags.contains(Flags::MULTI) && !matches!(payload.len(), 0 | 4) {
            return Ok(None);
        }
        let errno = match payload.first_chunk::<4>() {
            Some(error) => Errno::new(i32::from_ne_bytes(*error)),
            None if payload.is_empty() => None,
            None => return Err(Error::new(ErrorKind::Truncated, 16, 4, to_u32(payload.len()))),
        };
        let is_interrupted = flags.contains(Flags::DUMP_INTR);
        Ok(Some(Self { errno, is_interrupted, is_filtered: flags.contains(Flags::DUMP_FILTERED) }))
    }

    /// The flags that a message needs to say this.
    #[must_use]
    pub fn flags(self) -> Flags {
        let mut flags = Flags::empty();
        flags.set(Flags::DUMP_INTR, self.is_interrupted);
        flags.set(Flags::DUMP_FILTERED, self.is_filtered);
        flags
    }
}

/// The attributes of the extended ack in the end of a dump; none if there is none.
pub(super) fn tlvs<'a>(message: &Message<'a>) -> Attrs<'a> {
    let has_tlvs = AckFlags::of(message.flags()).contains(AckFlags::ACK_TLVS);
    Attrs::at(if has_tlvs { tail(message.payload(), 4) } else { &[] }, 20)
}
