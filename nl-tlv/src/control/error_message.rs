//! `NLMSG_ERROR`: an acknowledgement or a refusal.
//!
//! ```text
//! +----------+-----------+------------------+------------------------+-------------------------+
//! | nlmsghdr | error s32 | request nlmsghdr | request payload,       | extended ack attributes |
//! | 16       | 4         | 16               | padded; unless CAPPED  | if ACK_TLVS             |
//! +----------+-----------+------------------+------------------------+-------------------------+
//! ```

use super::{Errno, ExtAck};
use crate::NlStruct;
use crate::bytes::{add, align4, from_u32, head, sub, tail, to_u32};
use crate::flags::AckFlags;
use crate::wire::{NlMsgErr, NlMsgHdr};
use crate::{Attrs, Error, ErrorKind, Message, MessageType};

/// The answer to a request that its sender wants acknowledged, or that was refused.
///
/// Source: `net/netlink/af_netlink.c`, `netlink_ack`; `include/uapi/linux/netlink.h`, `struct nlmsgerr`.
#[doc(alias = "nlmsgerr")]
#[derive(Clone, Copy, Debug)]
pub struct ErrorMessage<'a> {
    errno: Option<Errno>,
    request: NlMsgHdr,
    echo: Option<&'a [u8]>,
    tlvs: Attrs<'a>,
}

impl<'a> ErrorMessage<'a> {
    /// Reads an `NLMSG_ERROR`.
    ///
    /// What follows the fixed part is found by the flags, and by the length in the echoed header. If that length points
    /// beyond the message, there is neither echo nor attributes; the error number is read all the same.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongType`]; [`ErrorKind::Truncated`] if it is shorter than its fixed part.
    pub fn parse(message: &Message<'a>) -> Result<Self, Error> {
        if message.ty() != MessageType::ERROR {
            let (expected, found) = (MessageType::ERROR.0.into(), message.ty().0.into());
            return Err(Error::new(ErrorKind::WrongType, 4, expected, found));
        }
        let payload = message.payload();
        let Some(fixed) = NlMsgErr::from_prefix(payload) else {
            return Err(Error::new(ErrorKind::Truncated, 16, 20, to_u32(payload.len())));
        };
        let flags = AckFlags::of(message.flags());
        let echo = if flags.contains(AckFlags::CAPPED) { None } else { echoed(payload, &fixed) };
        let tlvs_at = match echo {
            _ if !flags.contains(AckFlags::ACK_TLVS) => payload.len(),
            Some(echo) => align4(add(FIXED_LEN, echo.len())),
            None if flags.contains(AckFlags::CAPPED) => FIXED_LEN,
            None => payload.len(),
        };
        let tlvs = Attrs::at(tail(payload, tlvs_at), to_u32(add(16, tlvs_at)));
        Ok(Self { errno: Errno::new(fixed.error), request: fixed.msg, echo, tlvs })
    }

    /// Why the request was refused; `None` if it was not.
    #[must_use]
    pub const fn errno(&self) -> Option<Errno> {
        self.errno
    }

    /// Whether this acknowledges the request.
    #[must_use]
    pub const fn is_ack(&self) -> bool {
        self.errno.is_none()
    }

    /// The header of the request that this answers.
    #[must_use]
    pub const fn request(&self) -> NlMsgHdr {
        self.request
    }

    /// The request's payload, if it was echoed whole.
    #[must_use]
    pub const fn echo(&self) -> Option<&'a [u8]> {
        self.echo
    }

    /// The attributes of the extended ack, as they are; empty if there is no extended ack.
    #[must_use]
    pub const fn tlvs(&self) -> Attrs<'a> {
        self.tlvs
    }

    /// What the kernel says beyond the number: on an acknowledgement a warning, which need not have to do with it.
    #[must_use]
    pub fn ext_ack(&self) -> ExtAck<'a> {
        ExtAck::parse(self.tlvs)
    }
}

/// The request's payload behind the fixed part, if all of it is there.
fn echoed<'a>(payload: &'a [u8], fixed: &NlMsgErr) -> Option<&'a [u8]> {
    let request_len = from_u32(fixed.msg.nlmsg_len);
    let rest = tail(payload, FIXED_LEN);
    let echo_len = sub(request_len, size_of::<NlMsgHdr>());
    let is_there = request_len >= size_of::<NlMsgHdr>() && echo_len <= rest.len();
    is_there.then(|| head(rest, echo_len))
}

/// Length of the number and the echoed header.
const FIXED_LEN: usize = size_of::<NlMsgErr>();
