//! Greet, answered in user space: the same behaviour as `kmod/greet.ko`.

use super::{GROUP_EVENTS, GreetEvent, GreetReply, Greeting, Hello, HelloEvent, TEXT_MAX};
use crate::peer::{Answer, Filled, Outbox, Refused, Service};
use nl_tlv::control::Errno;
use nl_tlv::schema::{Strictness, validate};
use nl_tlv::wire::GenlMsgHdr;
use nl_tlv::{Flags, Header, Message, MessageType, NlMessage, Writer};
use std::convert::Infallible;

/// The port id at which processes look for a peer: "greet" in the bytes of a number, roughly.
pub const PORT_ID: u32 = 0x6772_6565;

/// The id that the generic netlink family has at the peer; a kernel would assign one.
pub const FAMILY_ID: MessageType = MessageType(0x7ff1);

/// The group number that the multicast group of the generic netlink family has at the peer.
pub const FAMILY_GROUP_ID: u32 = 2;

/// The greet protocol at the peer.
#[derive(Clone, Copy, Debug, Default)]
pub struct GreetService;

impl Service for GreetService {
    type Dump = Infallible;

    fn is_request_optional(&self, ty: MessageType) -> bool {
        Greeting::SCHEMAS[0].id == ty.into()
    }

    fn handle(&mut self, request: &Message<'_>, sender: u32, out: &mut Outbox) -> Result<Answer, Refused> {
        if self.is_request_optional(request.ty()) {
            greet(request, sender, out)
        } else if request.ty() == FAMILY_ID {
            command(request, sender, out)
        } else {
            Err(Refused::new(Errno::EOPNOTSUPP, "unknown message type"))
        }
    }

    fn fill(&self, dump: &mut Infallible, _: &mut Writer<'_>, _: Header) -> Filled {
        match *dump {}
    }
}

fn greet(request: &Message<'_>, sender: u32, out: &mut Outbox) -> Result<Answer, Refused> {
    let refused = || Refused::with(Errno::EMSGSIZE, format_args!("text is longer than {TEXT_MAX} bytes"));
    let greeting = Greeting::parse(request).map_err(|_| refused())?;
    if greeting.text.len() > TEXT_MAX {
        return Err(refused());
    }
    announce(greeting.text, request, sender, out);
    if request.flags().contains(Flags::ACK) {
        out.send(sender, &GreetReply::to(sender), Header::new().seq(request.seq()));
    }
    Ok(Answer::Own)
}

fn command(request: &Message<'_>, sender: u32, out: &mut Outbox) -> Result<Answer, Refused> {
    let truncated = |_| Refused::new(Errno::EINVAL, "message is shorter than its header");
    let (header, _) = request.family_header::<GenlMsgHdr>().map_err(truncated)?;
    if Hello::SCHEMAS[0].id != (nl_tlv::MessageId::Command { cmd: header.cmd, version: 1 }) {
        return Err(Refused::new(Errno::EOPNOTSUPP, "unknown command"));
    }
    validate(Hello::SCHEMAS[0], request, Strictness::STRICT)?;
    let hello = Hello::parse(request).map_err(|err| Refused {
        missing: err.attr_type(),
        ..Refused::new(Errno::EINVAL, "text is missing")
    })?;
    announce(hello.text, request, sender, out);
    let reply = GreetReply::to(sender);
    let header = Header::new().seq(request.seq()).port_id(sender).family(FAMILY_ID);
    out.send(sender, &Hello { text: reply.text() }, header);
    Ok(Answer::Ack)
}

/// A greeting by either way causes both events.
fn announce(text: &[u8], request: &Message<'_>, sender: u32, out: &mut Outbox) {
    debug_assert!(text.len() <= TEXT_MAX);
    let header = Header::new().seq(request.seq()).port_id(sender);
    out.announce(GROUP_EVENTS, &GreetEvent { port: sender, text }, header);
    out.announce(FAMILY_GROUP_ID, &HelloEvent { port: sender, text }, header.family(FAMILY_ID));
}
