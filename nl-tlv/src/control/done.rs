//! `NLMSG_DONE`: the end of a dump.
//!
//! ```text
//! +----------+----------------------+-------------------------+
//! | nlmsghdr | error s32, or none   | extended ack attributes |
//! | 16       | 4                    | if ACK_TLVS, maybe none |
//! +----------+----------------------+-------------------------+
//! ```
//!
//! Source: `net/netlink/af_netlink.c`, `netlink_dump_done`.

use super::{Control, Errno};
use crate::bytes::{tail, to_u32};
use crate::flags::AckFlags;
use crate::{Attrs, Error, ErrorKind, Flags, Message};

/// Whether an `NLMSG_DONE` ends a dump: if it says that it is the last of several ([`Flags::MULTI`]), as each of the
/// kernel's does, or if it looks like it, without payload or with one of 4 bytes, as servers write it. A family may use the
/// type for itself otherwise, and what it puts there must not be read as an error number.
fn is_end(flags: Flags, payload: &[u8]) -> bool {
    flags.contains(Flags::MULTI) || matches!(payload.len(), 0 | 4)
}

/// Reads an `NLMSG_DONE`: the [end](is_end) of a dump, or a family's own message.
///
/// # Errors
///
/// [`ErrorKind::Truncated`] if it is the last of several and its payload has 1 to 3 bytes.
pub(super) fn parse<'a>(message: &Message<'a>) -> Result<Control<'a>, Error> {
    let payload = message.payload();
    if !is_end(message.flags(), payload) {
        return Ok(Control::Family);
    }
    match payload.first_chunk::<4>() {
        Some(error) => Ok(Control::Done(Errno::new(i32::from_ne_bytes(*error)))),
        None if payload.is_empty() => Ok(Control::Done(None)),
        None => Err(Error::new(ErrorKind::Truncated, 16, 4, to_u32(payload.len()))),
    }
}

/// The attributes of the extended ack in the end of a dump; none if there is none.
pub(crate) fn tlvs<'a>(message: &Message<'a>) -> Attrs<'a> {
    let has_tlvs = AckFlags::of(message.flags()).contains(AckFlags::ACK_TLVS);
    Attrs::at(if has_tlvs { tail(message.payload(), 4) } else { &[] }, 20)
}
