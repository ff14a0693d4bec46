//! Netlink's own messages: refusals, acknowledgements and the end of a dump, with their extended acks.

use super::tree::{Tree, after};
use super::{Dissect, echoed, title};
use crate::NlStruct;
use crate::bytes::{add, align4, tail, to_u32};
use crate::control::ext_ack::{EXT_ACK, MISS_TYPE, OFFS};
use crate::control::{Errno, ExtAck};
use crate::flags::AckFlags;
use crate::schema::output::Output;
use crate::schema::{MessageSchema, Path, locate};
use crate::wire::{NlMsgErr, NlMsgHdr};
use crate::{AttrType, Attrs, Error, ErrorKind, Flags, MessageType};
use core::fmt::{self, Write};

/// Length of the error code.
const CODE_LEN: usize = 4;

/// Offset of a payload behind the `nlmsghdr`.
const PAYLOAD: u32 = 16;

impl Dissect<'_> {
    /// The payload of an `NLMSG_ERROR`.
    pub(super) fn error(
        &self,
        tree: &mut Tree<'_, '_, '_>,
        header: &NlMsgHdr,
        payload: &[u8],
    ) -> fmt::Result {
        let Some(fixed) = NlMsgErr::from_prefix(payload) else {
            let (expected, found) = (to_u32(size_of::<NlMsgErr>()), to_u32(payload.len()));
            return tree.damage_line(Error::new(ErrorKind::Truncated, PAYLOAD, expected, found), 1, payload);
        };
        tree.line(PAYLOAD, 1)?;
        match fixed.error {
            0 => tree.out.text("error = 0 (acknowledgement)")?,
            error => code(error, tree.out)?,
        }
        let flags = modifiers(header);
        let echo = tail(payload, CODE_LEN);
        let request = if flags.contains(AckFlags::CAPPED) {
            crate::bytes::head(echo, size_of::<NlMsgHdr>())
        } else {
            echoed(&fixed.msg, echo)
        };
        self.request(tree, &fixed.msg, request)?;
        if flags.contains(AckFlags::ACK_TLVS) {
            let (tlvs, at) = after(payload, PAYLOAD, add(CODE_LEN, align4(request.len())));
            tree.attrs(&EXT_ACK, Attrs::at(tlvs, at))?;
            let ty = MessageType(fixed.msg.nlmsg_type);
            if let Some(schema) = self.schema(ty, tail(request, size_of::<NlMsgHdr>())) {
                return places(tree, Attrs::at(tlvs, at), schema, request);
            }
        }
        Ok(())
    }

    /// The request that an `NLMSG_ERROR` echoes, or its header alone; a refusal within it is not looked into.
    fn request(&self, tree: &mut Tree<'_, '_, '_>, header: &NlMsgHdr, request: &[u8]) -> fmt::Result {
        tree.indent = add(tree.indent, 1);
        let ty = MessageType(header.nlmsg_type);
        let shown = if request.len() == size_of::<NlMsgHdr>() || ty < MessageType::FIRST_OF_FAMILY {
            tree.line(0, 0)?;
            let schema = self.schema(ty, &[]);
            tree.out.text("request ")?;
            title(header, schema, tree.out)
        } else {
            self.message(tree, request, "request ", None)
        };
        tree.indent = crate::bytes::sub(tree.indent, 1);
        shown
    }
}

/// What the extended ack points at, by name.
fn places(
    tree: &mut Tree<'_, '_, '_>,
    tlvs: Attrs<'_>,
    schema: &'static MessageSchema,
    request: &[u8],
) -> fmt::Result {
    let ext_ack = ExtAck::parse(tlvs);
    let place = |ty: AttrType| tlvs.find(ty).ok().flatten().map(|attr| attr.offset());
    if let (Some(at), Some(offset)) = (place(OFFS), ext_ack.offset) {
        tree.line(at, 1)?;
        write!(tree.out, "refused: {}", locate(schema, request, offset))?;
    }
    if let (Some(at), Some(path)) = (place(MISS_TYPE), Path::of_missing(schema, request, &ext_ack)) {
        tree.line(at, 1)?;
        write!(tree.out, "missing: {path}")?;
    }
    Ok(())
}

/// The payload of an `NLMSG_DONE` that ends a dump.
pub(super) fn done(tree: &mut Tree<'_, '_, '_>, header: &NlMsgHdr, payload: &[u8]) -> fmt::Result {
    let Some(error) = payload.first_chunk() else {
        let (expected, found) = (to_u32(CODE_LEN), to_u32(payload.len()));
        let err = Error::new(ErrorKind::Truncated, PAYLOAD, expected, found);
        return if found == 0 { Ok(()) } else { tree.damage_line(err, 1, payload) };
    };
    tree.line(PAYLOAD, 1)?;
    code(i32::from_ne_bytes(*error), tree.out)?;
    let (rest, at) = after(payload, PAYLOAD, CODE_LEN);
    match modifiers(header).contains(AckFlags::ACK_TLVS) {
        true => tree.attrs(&EXT_ACK, Attrs::at(rest, at)),
        false => tree.trailing_line(at, 1, rest),
    }
}

/// An error code, with its name in the kernel's headers if it has one.
fn code(error: i32, out: &mut Output<'_, '_>) -> fmt::Result {
    out.text("error = ")?;
    out.number(error)?;
    match Errno::new(error).and_then(Errno::name) {
        Some(name) => write!(out, " ({name})"),
        None => Ok(()),
    }
}

fn modifiers(header: &NlMsgHdr) -> AckFlags {
    AckFlags::of(Flags::from_bits_retain(header.nlmsg_flags))
}
