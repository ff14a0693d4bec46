//! `NLMSG_DONE`: the end of a dump.
//!
//! ```text
//! +----------+----------------------+-------------------------+
//! | nlmsghdr | error s32, or none   | extended ack attributes |
//! | 16       | 4                    | if ACK_TLVS, maybe none |
//! +----------+----------------------+-------------------------+
//! ```

use super::{Errno, ExtAck};
use crate::bytes::{tail, to_u32};
use crate::{AckFlags, Attrs, Error, ErrorKind, Flags, Message, MessageType};

/// The end of a dump, successful or not.
///
/// Source: `net/netlink/af_netlink.c`, `netlink_dump_done`.
#[derive(Clone, Copy, Debug)]
pub struct Done<'a> {
    errno: Option<Errno>,
    flags: Flags,
    tlvs: Attrs<'a>,
}

impl<'a> Done<'a> {
    /// Reads an `NLMSG_DONE`; `None` if it is a family's own message and ends no dump.
    ///
    /// It ends one if it says that it is the last of several ([`Flags::MULTI`]), or if it looks like it: without
    /// payload, or with one of 4 bytes. A family may use the type for itself otherwise, and what it puts there must
    /// not be read as an error number.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongType`]; [`ErrorKind::Truncated`] if it is the last of several and its payload has 1 to 3 bytes.
    pub fn parse(message: &Message<'a>) -> Result<Option<Self>, Error> {
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
        let has_tlvs = AckFlags::of(flags).contains(AckFlags::ACK_TLVS);
        let tlvs = if has_tlvs { tail(payload, 4) } else { &[] };
        Ok(Some(Self { errno, flags, tlvs: Attrs::at(tlvs, 20) }))
    }

    /// Why the dump failed; `None` if it did not.
    #[must_use]
    pub const fn errno(&self) -> Option<Errno> {
        self.errno
    }

    /// Whether what the dump covers changed meanwhile, as far as this message says. Any message of a dump can say it.
    #[must_use]
    #[doc(alias = "NLM_F_DUMP_INTR")]
    pub const fn is_interrupted(&self) -> bool {
        self.flags.contains(Flags::DUMP_INTR)
    }

    /// Whether the kernel filtered the dump as asked; if not, the requester has to.
    #[must_use]
    #[doc(alias = "NLM_F_DUMP_FILTERED")]
    pub const fn is_filtered(&self) -> bool {
        self.flags.contains(Flags::DUMP_FILTERED)
    }

    /// The attributes of the extended ack, as they are; none if there is none.
    #[must_use]
    pub const fn tlvs(&self) -> Attrs<'a> {
        self.tlvs
    }

    /// What the kernel says beyond the number.
    #[must_use]
    pub fn ext_ack(&self) -> ExtAck<'a> {
        ExtAck::parse(self.tlvs)
    }
}
