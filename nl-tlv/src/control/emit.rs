//! What a server in user space answers: acknowledgements, refusals, ends of dumps. All functions fail as [`emit_ack`] does.

use super::{Errno, ExtAck};
use crate::NlStruct;
use crate::bytes::{from_u32, head, padding4};
use crate::flags::AckFlags;
use crate::{Error, Flags, Header, Message, MessageType, Writer};

/// Appends the acknowledgement of a request, with what `warning` says, if anything.
///
/// `port_id` is the requester's, as the socket that received the request says.
///
/// ```
/// use nl_tlv::control::{ErrorMessage, ExtAck, emit_ack};
/// # use nl_tlv::{Flags, Header, MessageType, Messages, Writer};
/// # let (mut request, mut reply) = ([0; 16], [0; 64]);
/// # let mut w = Writer::new(&mut request);
/// # w.message(MessageType(20).into(), Header::request().flags(Flags::ACK).seq(7), |_| Ok(()))?;
/// # let request = Messages::new(w.finish()).next().unwrap()?;
/// let mut w = Writer::new(&mut reply);
/// let warning = ExtAck { message: Some("attribute 3 is obsolete"), ..ExtAck::NONE };
/// emit_ack(&mut w, &request, 4242, &warning)?;
///
/// let ack = ErrorMessage::parse(&Messages::new(w.as_bytes()).next().unwrap()?)?;
/// assert!(ack.is_ack());
/// assert_eq!((ack.request().nlmsg_seq, ack.ext_ack().message), (7, warning.message));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
///
/// # Errors
///
/// If the buffer is too small, with the size that is needed; if the text has a NUL inside.
pub fn emit_ack(
    w: &mut Writer<'_>,
    request: &Message<'_>,
    port_id: u32,
    warning: &ExtAck<'_>,
) -> Result<(), Error> {
    emit_error(w, request, port_id, 0, None, warning)
}

/// Appends the refusal of a request: the error number, and the extended ack `why`. It contains the request's header but not
/// its payload, as with `NETLINK_CAP_ACK`.
///
/// `port_id` is the requester's, as the socket that received the request says.
pub fn emit_refusal(
    w: &mut Writer<'_>,
    request: &Message<'_>,
    port_id: u32,
    errno: Errno,
    why: &ExtAck<'_>,
) -> Result<(), Error> {
    emit_error(w, request, port_id, errno.to_wire(), None, why)
}

/// As [`emit_refusal`], with the whole request, as without `NETLINK_CAP_ACK`.
///
/// ```
/// use nl_tlv::control::{Errno, ErrorMessage, ExtAck, emit_whole_refusal};
/// # use nl_tlv::{Header, MessageType, Messages, Writer};
/// # let (mut request, mut reply) = ([0; 32], [0; 64]);
/// # let mut w = Writer::new(&mut request);
/// # w.message(MessageType(20).into(), Header::request(), |w| w.put_value(1, &"blue"))?;
/// # let request = Messages::new(w.finish()).next().unwrap()?;
/// let mut w = Writer::new(&mut reply);
/// emit_whole_refusal(&mut w, &request, 4242, Errno::EEXIST, &ExtAck::NONE)?;
///
/// let refusal = ErrorMessage::parse(&Messages::new(w.as_bytes()).next().unwrap()?)?;
/// assert_eq!((refusal.errno(), refusal.echo()), (Some(Errno::EEXIST), Some(request.payload())));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
pub fn emit_whole_refusal(
    w: &mut Writer<'_>,
    request: &Message<'_>,
    port_id: u32,
    errno: Errno,
    why: &ExtAck<'_>,
) -> Result<(), Error> {
    emit_error(w, request, port_id, errno.to_wire(), Some(request.payload()), why)
}

/// Appends the end of a dump: the number if it failed, and of `flags` what is true of it, [`Flags::DUMP_INTR`] and
/// [`Flags::DUMP_FILTERED`].
///
/// `port_id` is the requester's, as the socket that received the request says.
///
/// ```
/// use nl_tlv::Flags;
/// use nl_tlv::control::{Control, ExtAck, emit_done};
/// # use nl_tlv::{GetFlags, Header, MessageType, Messages, Writer};
/// # let (mut request, mut reply) = ([0; 16], [0; 64]);
/// # let mut w = Writer::new(&mut request);
/// # w.message(MessageType(22).into(), Header::request().flags(GetFlags::DUMP).seq(7), |_| Ok(()))?;
/// # let request = Messages::new(w.finish()).next().unwrap()?;
/// let mut w = Writer::new(&mut reply);
/// emit_done(&mut w, &request, 4242, None, Flags::DUMP_INTR, &ExtAck::NONE)?; // objects changed meanwhile
///
/// let done = Messages::new(w.as_bytes()).next().unwrap()?;
/// assert!(matches!(Control::parse(&done)?, Control::Done(None)) && done.flags().contains(Flags::DUMP_INTR));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
pub fn emit_done(
    w: &mut Writer<'_>,
    request: &Message<'_>,
    port_id: u32,
    errno: Option<Errno>,
    flags: Flags,
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
    echo: Option<&[u8]>,
    ext_ack: &ExtAck<'_>,
) -> Result<(), Error> {
    let capped = if echo.is_none() { AckFlags::CAPPED } else { AckFlags::empty() };
    let flags = tlvs_flag(ext_ack) | capped;
    let header = Header::new().seq(request.seq()).port_id(port_id).flags(flags);
    w.message(MessageType::ERROR.into(), header, |w| {
        w.bytes(&error.to_ne_bytes())?;
        w.bytes(&request.header().to_bytes())?;
        w.bytes(echo.unwrap_or_default())?;
        // Padded even at the end of the message, as the kernel does it.
        w.bytes(head(&[0; 3], padding4(from_u32(w.offset()))))?;
        ext_ack.emit(w)
    })
}

fn tlvs_flag(ext_ack: &ExtAck<'_>) -> Flags {
    if ext_ack.is_empty() { Flags::empty() } else { AckFlags::ACK_TLVS.into() }
}
