//! The other direction: acknowledging, refusing and ending dumps, for servers in user space.

use super::{Errno, ExtAck};
use crate::NlStruct;
use crate::bytes::{from_u32, head, padding4};
use crate::{AckFlags, AttrWriter, Error, Flags, Header, Message, MessageType, Writer};

/// How much of the request a refusal carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// Its header, as with `NETLINK_CAP_ACK`.
    Capped,
    /// All of it.
    Whole,
}

/// Appends the acknowledgement of a request; a text in `warning` goes along.
///
/// `port_id` is the requester's, as the socket that received the request says.
///
/// # Errors
///
/// If the buffer is too small, with the size that is needed; if `warning` cannot be said.
pub fn emit_ack(
    w: &mut Writer<'_>,
    request: &Message<'_>,
    port_id: u32,
    warning: &ExtAck<'_>,
) -> Result<(), Error> {
    emit_error(w, request, port_id, 0, Echo::Capped, warning)
}

/// Appends the refusal of a request: the number, and in `why` whatever helps to understand it.
///
/// `port_id` is the requester's, as the socket that received the request says.
///
/// # Errors
///
/// As [`emit_ack`].
pub fn emit_refusal(
    w: &mut Writer<'_>,
    request: &Message<'_>,
    port_id: u32,
    errno: Errno,
    echo: Echo,
    why: &ExtAck<'_>,
) -> Result<(), Error> {
    emit_error(w, request, port_id, errno.to_wire(), echo, why)
}

/// Appends the end of a dump: [`Flags::MULTI`] is added to `flags`, which can say that it was filtered or interrupted.
///
/// `port_id` is the requester's, as the socket that received the request says.
///
/// # Errors
///
/// As [`emit_ack`].
pub fn emit_done(
    w: &mut Writer<'_>,
    request: &Message<'_>,
    port_id: u32,
    flags: Flags,
    errno: Option<Errno>,
    why: &ExtAck<'_>,
) -> Result<(), Error> {
    let flags = flags | Flags::MULTI | tlvs_flag(why);
    let header = Header::new().seq(request.seq()).port_id(port_id).flags(flags);
    w.message(MessageType::DONE.into(), header, |w| {
        w.bytes(&errno.map_or(0, Errno::to_wire).to_ne_bytes())?;
        why.emit(w)
    })
}

fn emit_error(
    w: &mut Writer<'_>,
    request: &Message<'_>,
    port_id: u32,
    error: i32,
    echo: Echo,
    ext_ack: &ExtAck<'_>,
) -> Result<(), Error> {
    let echoed = match echo {
        Echo::Whole => (request.payload(), AckFlags::empty()),
        Echo::Capped => (&[][..], AckFlags::CAPPED),
    };
    let flags = tlvs_flag(ext_ack) | echoed.1;
    let header = Header::new().seq(request.seq()).port_id(port_id).flags(flags);
    w.message(MessageType::ERROR.into(), header, |w| {
        w.bytes(&error.to_ne_bytes())?;
        w.bytes(&request.header().to_bytes())?;
        w.bytes(echoed.0)?;
        pad(w)?;
        ext_ack.emit(w)
    })
}

fn tlvs_flag(ext_ack: &ExtAck<'_>) -> Flags {
    if ext_ack.is_empty() { Flags::empty() } else { AckFlags::ACK_TLVS.into() }
}

/// The padding of the echo is written even at the end of the message, as the kernel does.
fn pad(w: &mut AttrWriter<'_>) -> Result<(), Error> {
    w.bytes(head(&[0; 3], padding4(from_u32(w.offset()))))
}
