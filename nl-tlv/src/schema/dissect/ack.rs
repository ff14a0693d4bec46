//! Netlink's own messages: refusals, acknowledgements and the end of a dump, with their extended acks.

use super::tree::Tree;
use super::{Dissect, title};
use crate::bytes::{add, from_u32, head, sub, tail};
use crate::control::ext_ack::{EXT_ACK, MISS_TYPE, OFFS};
use crate::control::{Errno, ErrorMessage, ExtAck, done};
use crate::flags::AckFlags;
use crate::header::NLMSG_HDRLEN;
use crate::schema::{MessageSchema, Path, locate};
use crate::{AttrType, Attrs, Message, MessageType};
use core::fmt::{self, Write};

impl Dissect<'_> {
    /// The payload of an `NLMSG_ERROR`.
    pub(super) fn error(
        &self,
        tree: &mut Tree<'_, '_, '_>,
        message: &Message<'_>,
        error: &ErrorMessage<'_>,
    ) -> fmt::Result {
        code(tree, message, Some("acknowledgement"))?;
        let len = match AckFlags::of(message.flags()).contains(AckFlags::CAPPED) {
            true => NLMSG_HDRLEN,
            false => from_u32(error.request().nlmsg_len).max(NLMSG_HDRLEN),
        };
        let Some(request) = Message::of(head(behind_code(message), len)) else { return Ok(()) };
        self.request(tree, &request)?;
        tree.attrs(&EXT_ACK, error.tlvs())?;
        match self.schema(&request) {
            Some(schema) => places(tree, error.tlvs(), schema, request.as_bytes()),
            None => Ok(()),
        }
    }

    /// The request that an `NLMSG_ERROR` echoes, or its header alone; a refusal within it is not looked into.
    fn request(&self, tree: &mut Tree<'_, '_, '_>, request: &Message<'_>) -> fmt::Result {
        tree.indent = add(tree.indent, 1);
        if request.payload().is_empty() || request.ty() < MessageType::FIRST_OF_FAMILY {
            tree.line(0, 0)?;
            title(request, self.schema(request), "request ", tree.out)?;
        } else {
            self.message(tree, request, "request ", None)?;
        }
        tree.indent = sub(tree.indent, 1);
        Ok(())
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
pub(super) fn done(tree: &mut Tree<'_, '_, '_>, message: &Message<'_>) -> fmt::Result {
    code(tree, message, None)?;
    match AckFlags::of(message.flags()).contains(AckFlags::ACK_TLVS) {
        true => tree.attrs(&EXT_ACK, done::tlvs(message)),
        false => tree.trailing_line(20, 1, behind_code(message)),
    }
}

/// The line of an error code, with its name in the kernel's headers if it has one, or with the word for 0.
fn code(tree: &mut Tree<'_, '_, '_>, message: &Message<'_>, zero: Option<&'static str>) -> fmt::Result {
    let Some(code) = message.payload().first_chunk() else { return Ok(()) };
    let code = i32::from_ne_bytes(*code);
    tree.line(16, 1)?;
    tree.out.text("error = ")?;
    tree.out.number(code)?;
    match Errno::new(code).map_or(zero, Errno::name) {
        Some(name) => write!(tree.out, " ({name})"),
        None => Ok(()),
    }
}

fn behind_code<'a>(message: &Message<'a>) -> &'a [u8] {
    tail(message.payload(), 4)
}
