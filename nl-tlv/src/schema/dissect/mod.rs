//! Messages as text: [`dissect`] prints whatever a datagram holds, with the names of the schemas that it is given.

mod ack;
mod flags;
mod tree;

use super::MessageSchema;
use super::dynamic::cut;
use super::output::Output;
use super::walk::{walk, walk_header};
use crate::NlStruct;
use crate::bytes::{sub, tail, to_u32};
use crate::control::Control;
use crate::wire::GenlMsgHdr;
use crate::{Error, ErrorKind, Message, MessageType, Messages};
use core::fmt::{self, Write};
use flags::FlagNames;
pub use flags::flag_names;
use tree::Tree;

/// The messages in `bytes`, for people: what [`Display`](fmt::Display) of the result writes is a line for each header
/// and each attribute.
///
/// Every line begins with the offset of what it shows, in bytes from the start of its message, as in an
/// [`Error`](crate::Error); what lies between messages has its offset in the datagram. An attribute is
/// `name (type) = value`, a nest `name (type): length of the payload`, with its attributes indented below. What no schema knows is shown as hexadecimal digits; what is damaged, absent or beyond
/// its limits is marked with `!`. A refusal shows the request that it echoes, with the request's own offsets, and names
/// what its extended ack points at.
///
/// ```
/// use nl_tlv::schema::dissect;
/// # use nl_tlv::{Flags, Header, MessageId, MessageType, NewFlags, Writer, schema::*};
/// # const fn attr(ty: u16, name: &'static str, value: ValueType, presence: Presence) -> AttrSchema {
/// #     AttrSchema { ty, name, doc: "", value, presence, limits: Limits::NONE, is_net_byteorder: false }
/// # }
/// # static HOP: AttrSet = AttrSet { name: "NextHop", doc: "", c_prefix: None, part_of: None, strict_start_type: None, attrs: &[
/// #     attr(1, "gateway", ValueType::Ip, Presence::Optional), attr(2, "oif", ValueType::NulString, Presence::Optional) ] };
/// # static ROUTE: AttrSet = AttrSet { name: "RouteNew", doc: "", c_prefix: None, part_of: None, strict_start_type: None, attrs: &[
/// #     attr(1, "table", ValueType::NulString, Presence::Required),
/// #     attr(3, "nexthop", ValueType::Nested(SetRef::new(&|| &HOP)), Presence::Repeated),
/// #     attr(4, "metric", ValueType::U32, Presence::Optional) ] };
/// # static SCHEMA: MessageSchema = MessageSchema { name: "RouteNew", doc: "", id: MessageId::Type(MessageType(25)),
/// #     c_name: None, header: None, attrs: &ROUTE, payload: None, deleted: None };
/// # let mut buf = [0; 128];
/// # let mut w = Writer::new(&mut buf);
/// # w.message(SCHEMA.id, Header::request().flags(NewFlags::CREATE | Flags::ACK).seq(1), |w| {
/// #     w.put_value(1, &"blue")?;
/// #     w.nest(3, |w| { w.put(1, &[11, 1, 1, 1])?; w.put_value(2, &"eth0/6") })?;
/// #     w.put(4, &[1, 2, 3])?;
/// #     w.put(77, b"?")
/// # })?;
/// # let bytes = w.finish();
/// assert_eq!(dissect(&[&SCHEMA], bytes).to_string(), r#"
///     0  RouteNew (25), 68 bytes, flags REQUEST|ACK|CREATE, seq 1, port id 0
///    16    table (1) = "blue"
///    28    nexthop[0] (3): 20 bytes
///    32      gateway (1) = 11.1.1.1
///    40      oif (2) = "eth0/6"
///    52    metric (4) ! expected 4 bytes, found 3: 010203
///    60    attribute 77 = 3f
/// "#.trim_matches('\n'));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[must_use]
pub fn dissect<'a>(schemas: &'a [&'static MessageSchema], bytes: &'a [u8]) -> impl fmt::Display + 'a {
    Dissect { schemas, bytes, family: None }
}

/// As [`dissect`], of a generic netlink family: messages with its id are the commands that the schemas describe. Without
/// an id it is `dissect`.
///
/// ```
/// use nl_tlv::schema::dissect_generic;
/// use nl_tlv::{Header, MessageType, NlMessage};
/// use nl_tlv_families::nlctrl::{self, CtrlAttrs, GetFamily};
///
/// let request = GetFamily { attrs: CtrlAttrs { family_name: Some("greet".into()), ..CtrlAttrs::default() } };
/// # let mut buf = [0; 64];
/// let bytes = request.emit(&mut buf, Header::request().family(MessageType(16)))?;
/// assert_eq!(dissect_generic(nlctrl::SCHEMAS, Some(MessageType(16)), bytes).to_string(), r#"
///     0  GetFamily (16), 32 bytes, flags REQUEST, seq 0, port id 0
///    16    GenlMsgHdr: cmd 3, version 2, reserved 0
///    20    family_name (2) = "greet"
/// "#.trim_matches('\n'));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[must_use]
pub fn dissect_generic<'a>(
    schemas: &'a [&'static MessageSchema],
    family: Option<MessageType>,
    bytes: &'a [u8],
) -> impl fmt::Display + use<'a> {
    Dissect { schemas, bytes, family }
}

/// Messages to be shown.
struct Dissect<'a> {
    schemas: &'a [&'static MessageSchema],
    bytes: &'a [u8],
    family: Option<MessageType>,
}

impl Dissect<'_> {
    fn schema(&self, message: &Message<'_>) -> Option<&'static MessageSchema> {
        let cmd = message.family_header::<GenlMsgHdr>().ok().map(|(header, _)| header.cmd);
        let cmd = cmd.filter(|_| self.family == Some(message.ty()));
        self.schemas.iter().copied().find(|schema| schema.is(message.ty(), cmd))
    }
}

impl fmt::Display for Dissect<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Output::to(f, |out| self.messages(&mut Tree::new(out)))
    }
}

impl Dissect<'_> {
    fn messages(&self, tree: &mut Tree<'_, '_, '_>) -> fmt::Result {
        let mut messages = Messages::new(self.bytes);
        loop {
            let rest = messages.remainder();
            match messages.next() {
                Some(Ok(message)) => self.message(tree, &message, "", None)?,
                Some(Err(err)) => return self.damaged(tree, err, rest),
                None => return tree.trailing_line(to_u32(sub(self.bytes.len(), rest.len())), 0, rest),
            }
        }
    }

    /// A message whose length lies: what there is of it is shown all the same.
    fn damaged(&self, tree: &mut Tree<'_, '_, '_>, err: Error, rest: &[u8]) -> fmt::Result {
        match Message::of(rest).filter(|_| err.kind() == ErrorKind::LengthBeyondEnd) {
            Some(message) => self.message(tree, &message, "", Some(err)),
            None => tree.damage_line(err, 0, rest),
        }
    }

    /// A message, with what is known to be wrong with its length.
    fn message(
        &self,
        tree: &mut Tree<'_, '_, '_>,
        message: &Message<'_>,
        role: &str,
        damage: Option<Error>,
    ) -> fmt::Result {
        let control = Control::parse(message);
        let schema = self.schema(message).filter(|_| matches!(control, Ok(Control::Family)));
        tree.line(0, 0)?;
        title(message, schema, role, tree.out)?;
        if let Some(err) = damage {
            write!(tree.out, " ! {}", err.reason())?;
        }
        match control {
            Ok(Control::Error(error)) => self.error(tree, message, &error),
            Ok(Control::Done(_)) => ack::done(tree, message),
            Ok(_) => self.contents(tree, message, schema),
            Err(err) => tree.damage_line(err, 1, message.payload()),
        }
    }

    /// What follows the `nlmsghdr`.
    fn contents(
        &self,
        tree: &mut Tree<'_, '_, '_>,
        message: &Message<'_>,
        schema: Option<&'static MessageSchema>,
    ) -> fmt::Result {
        tree.depth = 1;
        let bytes = message.as_bytes();
        if let Some(schema) = schema {
            tree.contents = to_u32(schema.contents_offset());
            return walk(schema, bytes, tree);
        }
        match self.family == Some(message.ty()) {
            true if !walk_header(GenlMsgHdr::SCHEMA, 16, bytes, tree)? => Ok(()),
            true => payload_line(tree, 20, bytes),
            false => payload_line(tree, 16, bytes),
        }
    }
}

/// The payload of a message that no schema knows.
fn payload_line(tree: &mut Tree<'_, '_, '_>, at: usize, bytes: &[u8]) -> fmt::Result {
    let payload = tail(bytes, at);
    if payload.is_empty() {
        return Ok(());
    }
    tree.line(to_u32(at), 1)?;
    tree.out.text("payload = ")?;
    cut(payload, tree.out)
}

/// The line of a message's header.
fn title(
    message: &Message<'_>,
    schema: Option<&'static MessageSchema>,
    role: &str,
    out: &mut Output<'_, '_>,
) -> fmt::Result {
    let (ty, header) = (message.ty(), message.header());
    out.text(role)?;
    match schema {
        Some(schema) => {
            out.text(schema.name)?;
            out.text(" (")?;
            out.number(ty.0)?;
            out.text(")")?;
        }
        None if ty < MessageType::FIRST_OF_FAMILY => write!(out, "{ty:?} ({})", ty.0)?,
        None => write!(out, "message {}", ty.0)?,
    }
    out.text(", ")?;
    out.number(header.nlmsg_len)?;
    out.text(" bytes, flags ")?;
    FlagNames::new(header.nlmsg_flags, ty, schema).write(out)?;
    out.text(", seq ")?;
    out.number(header.nlmsg_seq)?;
    out.text(", port id ")?;
    out.number(header.nlmsg_pid)
}
